//! The pages that anyone may open: home, sign-in, and what is shown when something fails.

use serde::Serialize;

use super::Page;
use super::filing::Window;

#[derive(Clone, Debug, Serialize)]
pub struct Home {
    pub welcome: String,
    pub news: Vec<HomeNews>,
    /// Pages of the school's own.
    pub pages: Vec<HomePage>,
    pub requirements: Vec<HomeRequirement>,
    pub cases: Vec<HomeCase>,
    /// Windows that are not over, each with the title of what it is for.
    pub windows: Vec<HomeWindow>,
}

#[derive(Clone, Debug, Serialize)]
pub struct HomeWindow {
    pub kind: String,
    pub window: Window,
}

/// What can be applied for.
#[derive(Clone, Debug, Serialize)]
pub struct HomeCase {
    /// None for staff, who apply for nothing.
    pub href: Option<String>,
    pub title: String,
    pub by: String,
    pub office: String,
    pub contact: String,
}

#[derive(Clone, Debug, Serialize)]
pub struct HomePage {
    pub href: String,
    pub title: String,
}

/// A page of the school's own.
#[derive(Clone, Debug, Serialize)]
pub struct ReadPage {
    pub title: String,
    pub parts: Vec<ReadPart>,
}

/// A paragraph, a table or a picture; what it is not is empty.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ReadPart {
    pub text: String,
    pub heads: Vec<String>,
    pub rows: Vec<Vec<String>>,
    /// Drawn here, of the definition: SVG.
    pub picture: String,
}

impl Page for ReadPage {
    const TEMPLATE: &'static str = "pages/page.html";
    fn samples() -> Vec<ReadPage> {
        let text = ReadPart { text: "<一段>".to_owned(), ..ReadPart::default() };
        let table =
            ReadPart { heads: vec!["級別".to_owned()], rows: vec![vec!["<甲>".to_owned()]], ..ReadPart::default() };
        let picture = ReadPart { picture: "<svg></svg>".to_owned(), ..text.clone() };
        vec![ReadPage { title: "<標準>".to_owned(), parts: vec![text, table, picture] }]
    }
}

#[derive(Clone, Debug, Serialize)]
pub struct HomeNews {
    pub day: String,
    pub day_shown: String,
    pub title: String,
    pub text: String,
}

#[derive(Clone, Debug, Serialize)]
pub struct HomeRequirement {
    pub id: String,
    pub title: String,
    /// What is needed today, as a number; empty where nothing is in force.
    pub needed: String,
    pub unit: String,
    pub how: String,
    pub link: Option<String>,
    pub by: String,
    pub office: String,
    pub contact: String,
}

impl Page for Home {
    const TEMPLATE: &'static str = "pages/home.html";
    fn samples() -> Vec<Home> {
        vec![
            Home {
                welcome: String::new(),
                news: Vec::new(),
                pages: Vec::new(),
                requirements: Vec::new(),
                cases: Vec::new(),
                windows: Vec::new(),
            },
            Home {
                welcome: "歡迎".to_owned(),
                news: vec![HomeNews {
                    day: "2025-12-12".to_owned(),
                    day_shown: "12/12".to_owned(),
                    title: "公告".to_owned(),
                    text: "內容".to_owned(),
                }],
                pages: vec![HomePage { href: "/pages/a".to_owned(), title: "<標準>".to_owned() }],
                requirements: vec![HomeRequirement {
                    id: "a".to_owned(),
                    title: "甲".to_owned(),
                    needed: "3".to_owned(),
                    unit: "hours".to_owned(),
                    how: "參加活動".to_owned(),
                    link: Some("https://example.edu.tw/".to_owned()),
                    by: "辦法第 1 條".to_owned(),
                    office: "一組".to_owned(),
                    contact: "分機 1".to_owned(),
                }],
                cases: vec![HomeCase {
                    href: Some("/apply/a".to_owned()),
                    title: "申請".to_owned(),
                    by: "辦法第 1 條".to_owned(),
                    office: "一組".to_owned(),
                    contact: "分機 1".to_owned(),
                }],
                windows: vec![HomeWindow { kind: "<甲申請>".to_owned(), window: Window::sample() }],
            },
        ]
    }
}

#[derive(Clone, Debug, Serialize)]
pub struct SignIn {
    pub account: String,
    /// Why the last try did not succeed.
    pub error: Option<String>,
    /// Where to go afterwards.
    pub next: String,
}

impl Page for SignIn {
    const TEMPLATE: &'static str = "pages/sign-in.html";
    fn samples() -> Vec<SignIn> {
        vec![
            SignIn { account: String::new(), error: None, next: "/".to_owned() },
            SignIn { account: "a".to_owned(), error: Some("不符".to_owned()), next: "/".to_owned() },
        ]
    }
}

/// Asking for a link by which a forgotten password is set anew.
#[derive(Clone, Debug, Serialize)]
pub struct Forgot {
    /// The same is said of every account.
    pub asked: bool,
}

impl Page for Forgot {
    const TEMPLATE: &'static str = "pages/forgot.html";
    fn samples() -> Vec<Forgot> {
        vec![Forgot { asked: false }, Forgot { asked: true }]
    }
}

/// Setting a password by a link.
#[derive(Clone, Debug, Serialize)]
pub struct NewPassword {
    /// The link's own part of the address; empty where it no longer holds.
    pub link: String,
    pub account: String,
    pub error: Option<String>,
}

impl Page for NewPassword {
    const TEMPLATE: &'static str = "pages/new-password.html";
    fn samples() -> Vec<NewPassword> {
        let page = NewPassword { link: "0a".to_owned(), account: "a".to_owned(), error: None };
        vec![
            NewPassword { link: String::new(), ..page.clone() },
            NewPassword { error: Some("太短".to_owned()), ..page.clone() },
            page,
        ]
    }
}

/// What is shown when something fails: what happened, and what to do now.
#[derive(Clone, Debug, Serialize)]
pub struct Failure {
    pub status: u16,
    /// Picks the words: `not-found`, `forbidden`, `conflict` …
    pub kind: &'static str,
    /// A sentence of the case at hand, where there is one.
    pub detail: Option<String>,
}

impl Page for Failure {
    const TEMPLATE: &'static str = "pages/failure.html";
    fn samples() -> Vec<Failure> {
        FAILURES
            .iter()
            .map(|(status, kind)| Failure { status: *status, kind, detail: Some("…".to_owned()) })
            .chain([Failure { status: 404, kind: "not-found", detail: None }])
            .collect()
    }
}

/// The failures that have words of their own: `failure-<kind>-title`, `-text` and `-next`.
pub const FAILURES: &[(u16, &str)] = &[
    (400, "bad-request"),
    (403, "forbidden"),
    (403, "stale-form"),
    (404, "not-found"),
    (405, "method"),
    (409, "conflict"),
    (413, "too-large"),
    (421, "wrong-host"),
    (422, "unfit"),
    (429, "too-many"),
    (500, "internal"),
    (503, "busy"),
    (507, "full"),
];
