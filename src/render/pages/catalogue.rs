//! Lists to choose from, before those who keep and approve them.

use serde::Serialize;

use super::Page;
use super::cases::{Answered, FileLink};
use super::lists::Choice;

/// The lists that wait for the reader, and their own.
#[derive(Clone, Debug, Serialize)]
pub struct Catalogues {
    pub sections: Vec<Section>,
}

#[derive(Clone, Debug, Serialize)]
pub struct Section {
    pub title: String,
    /// Whether `own` are lists that the reader keeps; else they only look at them.
    pub keeps: bool,
    pub approves: bool,
    pub waiting: Vec<ListLink>,
    pub own: Vec<ListLink>,
}

#[derive(Clone, Debug, Serialize)]
pub struct ListLink {
    pub href: String,
    pub department: String,
    pub term: String,
    /// `draft`, `sent`, `approved` or `returned`.
    pub state: String,
    pub mark: &'static str,
    pub changed: String,
}

/// One list.
#[derive(Clone, Debug, Serialize)]
pub struct CatalogueList {
    pub id: String,
    pub title: String,
    pub department: String,
    pub department_name: String,
    pub term: String,
    pub version: i64,
    pub state: String,
    pub mark: &'static str,
    /// Why it was returned.
    pub note: String,
    pub departments: Vec<Choice>,
    pub terms: Vec<Choice>,
    /// The reader keeps it, and it can be changed now.
    pub edits: bool,
    /// Its term is over, and there was no list.
    pub is_over: bool,
    /// The reader keeps it, and can work on it again.
    pub reopens: bool,
    pub decides: bool,
    /// The reader could decide it, but sent it.
    pub own: bool,
    /// How many entries may be chosen now.
    pub offered: i64,
    pub at_most: Option<u32>,
    pub heads: Vec<String>,
    /// Those on this page.
    pub entries: Vec<Line>,
    /// How many entries there are, and how many have the words that were asked for.
    pub total: i64,
    pub found: i64,
    pub words: String,
    pub page: i64,
    pub pages: i64,
    pub previous_link: Option<String>,
    pub next_link: Option<String>,
    /// Somebody approves it.
    pub approved: bool,
    /// Where entries are brought in from a file.
    pub import: Option<String>,
    /// Entries of the term before that are not on this list.
    pub gone: Vec<Line>,
    pub before_term: Option<String>,
    pub before: Vec<Before>,
    pub minutes: Option<FileLink>,
    pub minutes_rule: bool,
    pub needs_minutes: bool,
    pub differs: bool,
    pub form: EntryForm,
    /// The entry that is about to be removed: the page asks for that alone.
    pub removing: Option<Line>,
    /// This page again, with the words that were asked for.
    pub here: String,
    pub error: Option<String>,
    pub typed: String,
}

#[derive(Clone, Debug, Serialize)]
pub struct Line {
    pub id: String,
    pub code: String,
    pub name: String,
    pub cells: Vec<Answered>,
    /// Where it is changed.
    pub edit: String,
    /// Where it is asked whether to remove it.
    pub remove: String,
    /// Against the term before: `new`, `changed`, or empty.
    pub change: &'static str,
}

/// An entry of the term before.
#[derive(Clone, Debug, Serialize)]
pub struct Before {
    pub id: String,
    pub code: String,
    pub name: String,
    /// It is on this list already.
    pub taken: bool,
}

/// An entry that is added, or changed.
#[derive(Clone, Debug, Serialize)]
pub struct EntryForm {
    /// Empty for a new one.
    pub id: String,
    pub fields: Vec<EntryField>,
}

#[derive(Clone, Debug, Serialize)]
pub struct EntryField {
    pub id: String,
    pub label: String,
    pub hint: String,
    /// `text`, `lines`, `choice` or `tick`.
    pub kind: &'static str,
    pub optional: bool,
    pub value: String,
    pub options: Vec<Choice>,
    pub wrong: Option<String>,
}

impl Page for Catalogues {
    const TEMPLATE: &'static str = "pages/catalogues.html";
    fn samples() -> Vec<Catalogues> {
        let link = |state: &str| ListLink {
            href: "/catalogues/a".to_owned(),
            department: "<一系>".to_owned(),
            term: "114-1".to_owned(),
            state: state.to_owned(),
            mark: "wait",
            changed: "2026-10-10 09:00".to_owned(),
        };
        let links: Vec<ListLink> = ["draft", "sent", "approved", "returned"].map(link).into();
        let full = Section { title: "甲".to_owned(), keeps: true, approves: true, waiting: links.clone(), own: links };
        let approver = Section { keeps: false, ..full.clone() };
        let empty = Section { waiting: Vec::new(), own: Vec::new(), ..full.clone() };
        let keeper = Section { approves: false, ..empty.clone() };
        vec![Catalogues { sections: vec![full, approver, empty, keeper] }, Catalogues { sections: Vec::new() }]
    }
}

impl Page for CatalogueList {
    const TEMPLATE: &'static str = "pages/catalogue.html";
    fn samples() -> Vec<CatalogueList> {
        let choice = Choice { value: "a".to_owned(), label: "甲".to_owned(), current: true };
        let line = |change| Line {
            id: "1".to_owned(),
            code: "9001".to_owned(),
            name: "<甲>".to_owned(),
            cells: Answered::samples(),
            edit: "/catalogues/a?entry=1#entry".to_owned(),
            remove: "/catalogues/a?remove=1".to_owned(),
            change,
        };
        let field = EntryField {
            id: "name".to_owned(),
            label: "名稱".to_owned(),
            hint: "全名".to_owned(),
            kind: "text",
            optional: true,
            value: "<乙>".to_owned(),
            options: vec![choice.clone(), Choice { current: false, ..choice.clone() }],
            wrong: Some("請填寫".to_owned()),
        };
        let fields: Vec<EntryField> = ["text", "lines", "choice", "tick"]
            .into_iter()
            .map(|kind| EntryField { kind, ..field.clone() })
            .chain([EntryField {
                hint: String::new(),
                wrong: None,
                optional: false,
                value: String::new(),
                ..field.clone()
            }])
            .collect();
        let full = CatalogueList {
            id: "a".to_owned(),
            title: "甲".to_owned(),
            department: "D1".to_owned(),
            department_name: "一系".to_owned(),
            term: "114-1".to_owned(),
            version: 1,
            state: "returned".to_owned(),
            mark: "bad",
            note: "<請補>".to_owned(),
            departments: vec![choice.clone(), choice.clone()],
            terms: vec![choice.clone(), choice],
            edits: true,
            is_over: false,
            reopens: false,
            decides: false,
            own: false,
            offered: 3,
            at_most: Some(20),
            heads: vec!["名稱".to_owned()],
            entries: vec![line("new"), line("changed"), line("")],
            total: 203,
            found: 103,
            words: "<甲>".to_owned(),
            page: 2,
            pages: 3,
            previous_link: Some("/catalogues/a?page=1".to_owned()),
            next_link: Some("/catalogues/a?page=3".to_owned()),
            approved: true,
            import: Some("/imports?kind=entries:a".to_owned()),
            gone: vec![line("")],
            before_term: Some("113-2".to_owned()),
            before: [true, false]
                .map(|taken| Before { id: "b".to_owned(), code: "1".to_owned(), name: "<丙>".to_owned(), taken })
                .into(),
            minutes: FileLink::samples().pop(),
            minutes_rule: true,
            needs_minutes: true,
            differs: true,
            form: EntryForm { id: "1".to_owned(), fields },
            removing: None,
            here: "/catalogues/a?q=a".to_owned(),
            error: Some("滿了".to_owned()),
            typed: "<改>".to_owned(),
        };
        let new = CatalogueList {
            state: "draft".to_owned(),
            mark: "none",
            form: EntryForm { id: String::new(), fields: full.form.fields.clone() },
            entries: Vec::new(),
            total: 0,
            found: 0,
            words: String::new(),
            page: 1,
            pages: 1,
            previous_link: None,
            next_link: None,
            approved: false,
            import: None,
            gone: Vec::new(),
            before: Vec::new(),
            before_term: None,
            minutes: None,
            at_most: None,
            differs: false,
            note: String::new(),
            error: None,
            departments: Vec::new(),
            ..full.clone()
        };
        let sent = CatalogueList {
            state: "sent".to_owned(),
            mark: "wait",
            edits: false,
            is_over: true,
            decides: true,
            minutes_rule: false,
            ..full.clone()
        };
        let own = CatalogueList { own: true, decides: false, reopens: true, error: None, ..sent.clone() };
        let approved = CatalogueList { state: "approved".to_owned(), mark: "good", minutes: None, ..own.clone() };
        let removing = CatalogueList { removing: Some(line("")), ..full.clone() };
        vec![new, sent, own, approved, removing, full]
    }
}
