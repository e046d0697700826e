//! Forms: a case's, what is about to be sent of it, and one's own profile.

use serde::Serialize;

use super::Page;
use super::cases::{Answered, FileLink, Mark, Pointed, UsedCase};
use super::filing::{MoveLink, Window};

/// One field of a form.
#[derive(Clone, Debug, Serialize)]
pub struct Input {
    pub id: String,
    pub label: String,
    pub hint: String,
    /// `text`, `lines`, `number`, `money`, `date`, `choice`, `tick`, `file`, `entry`, `cases`, or `fixed` for
    /// what is only read.
    pub kind: &'static str,
    /// As it was typed.
    pub value: String,
    pub ticked: bool,
    pub optional: bool,
    /// Characters at most; 0 where there is no limit.
    pub letters: usize,
    pub options: Vec<OptionItem>,
    /// What was typed into a long list and is no option of it.
    pub words: String,
    /// Of entries that are too many to be shown.
    pub find: Option<Find>,
    /// Why there is nothing to choose from.
    pub nothing: String,
    pub files: Vec<FileLink>,
    /// Other cases to choose from.
    pub cases: Vec<UsedCase>,
    /// What is there was sent before and is to be mended: a new file stands beside it.
    pub former: bool,
    /// `.pdf,.jpg`: what the browser offers.
    pub accept: String,
    pub kinds: String,
    pub limit: String,
    pub wrong: Vec<String>,
    pub remarks: Vec<String>,
    /// How it is read, where it is not filled in here.
    pub read: Option<Answered>,
    /// What was kept of it in another window meanwhile, where something else was typed here.
    pub meanwhile: Option<Answered>,
    /// When it is asked for beside others of a move, as the page's script reads it; empty where always.
    pub when: String,
}

/// How a long list of entries is searched.
#[derive(Clone, Debug, Serialize)]
pub struct Find {
    /// What was looked for.
    pub words: String,
    pub found: usize,
    /// There are more than were found.
    pub more: bool,
    /// The field of the date that the list goes by.
    pub date: Option<String>,
}

#[derive(Clone, Debug, Serialize)]
pub struct OptionItem {
    pub value: String,
    pub label: String,
    /// What it is called in other languages: it is found by that, too.
    pub also: String,
    pub chosen: bool,
}

impl Input {
    pub(super) fn samples() -> Vec<Input> {
        let input = Input {
            id: "a".to_owned(),
            label: "甲".to_owned(),
            hint: "以證明為準".to_owned(),
            kind: "text",
            value: "<乙>".to_owned(),
            ticked: true,
            optional: true,
            letters: 40,
            options: vec![OptionItem {
                value: "1".to_owned(),
                label: "一".to_owned(),
                also: "<one>".to_owned(),
                chosen: true,
            }],
            words: "<甲銀>".to_owned(),
            find: None,
            nothing: String::new(),
            files: FileLink::samples(),
            cases: UsedCase::samples(),
            former: true,
            accept: ".pdf".to_owned(),
            kinds: "PDF".to_owned(),
            limit: "10 MB".to_owned(),
            wrong: vec!["請填寫「甲」".to_owned()],
            remarks: vec!["在本區間內".to_owned()],
            read: None,
            meanwhile: None,
            when: String::new(),
        };
        let kinds = ["lines", "number", "money", "date", "choice", "pick", "tick", "file", "entry", "cases"];
        let mut out: Vec<Input> = kinds.into_iter().map(|kind| Input { kind, ..input.clone() }).collect();
        out.push(Input {
            kind: "entry",
            nothing: "請先填日期".to_owned(),
            options: Vec::new(),
            wrong: Vec::new(),
            remarks: Vec::new(),
            hint: String::new(),
            ..input.clone()
        });
        out.push(Input {
            kind: "cases", nothing: "目前沒有可用的".to_owned(), cases: Vec::new(), ..input.clone()
        });
        let find = |words: &str, found, more, date: Option<&str>| {
            let find = Find { words: words.to_owned(), found, more, date: date.map(str::to_owned) };
            Input { kind: "entry", find: Some(find), ..input.clone() }
        };
        out.extend([find("<甲>", 20, true, Some("on")), find("乙", 0, false, None), find("", 20, true, None)]);
        out.push(Input { kind: "fixed", read: Answered::samples().pop(), ..input.clone() });
        out.push(Input { when: "[\"is\",\"a\",\"b\"]".to_owned(), ..input.clone() });
        out.push(Input { meanwhile: Answered::samples().pop(), ..input.clone() });
        out.push(input);
        out
    }
}

/// The form.
#[derive(Clone, Debug, Serialize)]
pub struct Form {
    /// The windows that it is sent in.
    pub windows: Vec<Window>,
    /// Labels of what the profile lacks that it cannot be sent without.
    pub profile_missing: Vec<String>,
    pub id: String,
    pub number: String,
    pub title: String,
    pub mark: Mark,
    pub version: i64,
    /// A print of each answer that is shown, to be compared when it is saved.
    pub shown: String,
    pub wrongs: Vec<Pointed>,
    /// Fields that were answered otherwise in another window meanwhile: nothing was saved.
    pub differs: Vec<Pointed>,
    /// What the reviewer wrote when it was returned.
    pub note: String,
    pub to_mend: Vec<String>,
    pub returned: bool,
    /// Until when its applicant can act before time ends it; empty where it does not.
    pub until: String,
    pub inputs: Vec<Input>,
    /// It was never sent and can be thrown away.
    pub is_draft: bool,
}

impl Page for Form {
    const TEMPLATE: &'static str = "pages/case-form.html";
    fn samples() -> Vec<Form> {
        let page = Form {
            windows: vec![Window::sample(), Window { covers: None, ..Window::sample() }],
            profile_missing: vec!["<帳號>".to_owned()],
            id: "1".to_owned(),
            number: "2345-6789".to_owned(),
            title: "甲申請".to_owned(),
            mark: Mark::sample(),
            version: 1,
            shown: "a=0123".to_owned(),
            wrongs: vec![Pointed::sample()],
            differs: Vec::new(),
            note: "請補件".to_owned(),
            to_mend: vec!["證明".to_owned()],
            returned: true,
            until: "until 28 November 2026".to_owned(),
            inputs: Input::samples(),
            is_draft: false,
        };
        let draft = Form {
            windows: Vec::new(),
            profile_missing: Vec::new(),
            wrongs: Vec::new(),
            note: String::new(),
            to_mend: Vec::new(),
            returned: false,
            until: String::new(),
            is_draft: true,
            ..page.clone()
        };
        let twice = Form { differs: vec![Pointed::sample()], ..draft.clone() };
        vec![page, twice, draft]
    }
}

/// What is about to be sent, and what it will bring.
#[derive(Clone, Debug, Serialize)]
pub struct Check {
    pub id: String,
    pub number: String,
    pub title: String,
    pub version: i64,
    pub answers: Vec<Answered>,
    /// The windows that it is sent in.
    pub windows: Vec<String>,
    pub late: bool,
    /// No window is open and it cannot be sent late.
    pub closed: bool,
    pub brings: Vec<Bring>,
    /// What can still be changed once it is sent, in words.
    pub then: String,
    /// What is missing in the profile.
    pub profile_missing: Vec<String>,
    /// What is different from what was shown before.
    pub changed: Vec<String>,
    /// Why it was not taken.
    pub refused: Vec<String>,
    /// What is shown here, to be compared when it is sent.
    pub shown: String,
    /// The same of the answers, by a print of each.
    pub shown_answers: String,
    pub sends: Vec<MoveLink>,
    /// Labels of what was to be mended and was not changed.
    pub unmended: Vec<String>,
    /// What the sending itself asks for.
    pub asks: Vec<Input>,
}

/// What approval will bring.
#[derive(Clone, Debug, Serialize)]
pub struct Bring {
    /// `credit`, `money`, `waiver`, `substitute` or `extension`.
    pub kind: &'static str,
    pub title: String,
    pub amount: String,
    pub unit: String,
    /// Nothing of it.
    pub none: bool,
    pub reasons: Vec<String>,
}

impl Page for Check {
    const TEMPLATE: &'static str = "pages/case-check.html";
    fn samples() -> Vec<Check> {
        let credit = Bring {
            kind: "credit",
            title: "甲".to_owned(),
            amount: "1".to_owned(),
            unit: "pieces".to_owned(),
            none: false,
            reasons: Vec::new(),
        };
        let money = Bring { kind: "money", reasons: vec!["合計的一半".to_owned()], ..credit.clone() };
        let page = Check {
            id: "1".to_owned(),
            number: "2345-6789".to_owned(),
            title: "甲申請".to_owned(),
            version: 1,
            answers: Answered::samples(),
            windows: vec!["第一學期".to_owned()],
            late: false,
            closed: false,
            brings: vec![credit, Bring { none: true, ..money.clone() }, money],
            then: "<之後>".to_owned(),
            profile_missing: vec!["帳號".to_owned()],
            changed: vec!["補助".to_owned()],
            refused: vec!["請填金額".to_owned()],
            shown: "1".to_owned(),
            shown_answers: "a=0123".to_owned(),
            sends: MoveLink::samples(),
            unmended: vec!["<證明>".to_owned()],
            asks: Input::samples(),
        };
        vec![
            Check { late: true, windows: Vec::new(), changed: Vec::new(), ..page.clone() },
            Check {
                closed: true,
                asks: Vec::new(),
                unmended: Vec::new(),
                windows: Vec::new(),
                refused: Vec::new(),
                profile_missing: Vec::new(),
                changed: Vec::new(),
                brings: Vec::new(),
                ..page.clone()
            },
            page,
        ]
    }
}

/// What one keeps up about oneself.
#[derive(Clone, Debug, Serialize)]
pub struct Profile {
    pub title: String,
    pub about: String,
    pub version: i64,
    pub wrongs: Vec<Pointed>,
    /// Somebody saved it after the reader opened it.
    pub conflict: bool,
    /// What comes from the student's record.
    pub records: Vec<Answered>,
    /// The records are shown in full.
    pub revealed: bool,
    pub inputs: Vec<Input>,
    pub complete: bool,
    /// Where money goes is there already: to change it takes the password.
    pub asks_password: bool,
    /// Why the password that was given was not taken.
    pub denied: Option<String>,
    /// A case to go back to.
    pub back: String,
}

impl Page for Profile {
    const TEMPLATE: &'static str = "pages/profile.html";
    fn samples() -> Vec<Profile> {
        let page = Profile {
            title: "基本資料".to_owned(),
            about: "補助匯入此帳戶".to_owned(),
            version: 1,
            wrongs: vec![Pointed::sample()],
            conflict: true,
            records: Answered::samples(),
            revealed: false,
            inputs: Input::samples(),
            complete: false,
            asks_password: true,
            denied: Some("密碼不對".to_owned()),
            back: "/cases/1/check".to_owned(),
        };
        let good = Profile {
            wrongs: Vec::new(),
            conflict: false,
            revealed: true,
            complete: true,
            asks_password: false,
            denied: None,
            back: String::new(),
            ..page.clone()
        };
        vec![page, good]
    }
}
