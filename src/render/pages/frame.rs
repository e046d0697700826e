//! What stands around every page: the school, the reader, where they can go.

use serde::Serialize;

#[derive(Clone, Debug, Serialize)]
pub struct Frame {
    /// `zh-TW` or `en`, for `t()`.
    pub lang: &'static str,
    /// The `lang` attribute of the page.
    pub html_lang: &'static str,
    pub school: String,
    pub system: String,
    /// The page's path with its query, without the language.
    pub path: String,
    pub css: String,
    pub js: String,
    pub icon: String,
    pub reader: Option<Reader>,
    pub nav: Vec<Link>,
    /// The nonce of this page's forms.
    pub token: String,
    pub other_lang: OtherLang,
    /// What was done just before, said once on the page that follows.
    pub notice: Option<Notice>,
    /// Shown on error pages, so that an operator can find the request.
    pub request: String,
}

#[derive(Clone, Debug, Serialize)]
pub struct Reader {
    pub account: String,
    pub name: String,
    /// 「系主任 · 資訊工程系」, as the school names it.
    pub roles: Vec<String>,
}

#[derive(Clone, Debug, Serialize)]
pub struct Link {
    pub href: String,
    pub label: String,
    pub current: bool,
}

#[derive(Clone, Debug, Serialize)]
pub struct OtherLang {
    pub code: &'static str,
    pub html_lang: &'static str,
    /// The language's own name.
    pub name: &'static str,
    /// The same page in it.
    pub href: String,
}

#[derive(Clone, Debug, Serialize)]
pub struct Notice {
    /// `done` or `problem`.
    pub kind: &'static str,
    pub text: String,
}

impl Frame {
    pub fn samples() -> Vec<Frame> {
        let out = Frame {
            lang: "zh-TW",
            html_lang: "zh-Hant-TW",
            school: "範例大學".to_owned(),
            system: "畢業門檻".to_owned(),
            path: "/".to_owned(),
            css: "/assets/menkan.0.css".to_owned(),
            js: "/assets/menkan.0.js".to_owned(),
            icon: "/assets/mark.0.svg".to_owned(),
            reader: None,
            nav: vec![Link { href: "/".to_owned(), label: "首頁".to_owned(), current: true }],
            token: String::new(),
            other_lang: OtherLang { code: "en", html_lang: "en", name: "English", href: "/?lang=en".to_owned() },
            notice: None,
            request: "0".to_owned(),
        };
        let signed_in = Frame {
            reader: Some(Reader {
                account: "a".to_owned(),
                name: "<王小明>".to_owned(),
                roles: vec!["教師".to_owned()],
            }),
            token: "t".to_owned(),
            notice: Some(Notice { kind: "done", text: "已完成".to_owned() }),
            ..out.clone()
        };
        vec![out, signed_in]
    }
}
