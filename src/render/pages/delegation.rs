//! Roles that are lent for a time.

use serde::Serialize;

use super::Page;
use super::lists::Choice;

#[derive(Clone, Debug, Serialize)]
pub struct Delegations {
    /// Whom it would be lent to, before it is.
    pub sure: Option<Sure>,
    /// What the reader may lend.
    pub roles: Vec<Choice>,
    pub to: String,
    pub from: String,
    pub until: String,
    pub error: Option<String>,
    /// The field that it is about: `role`, `to` or `until`.
    pub error_at: &'static str,
    pub lent: Vec<Lent>,
    pub borrowed: Vec<Lent>,
}

/// What would be lent to whom.
#[derive(Clone, Debug, Serialize)]
pub struct Sure {
    pub role: String,
    pub name: String,
    /// What they are already, and where.
    pub roles: Vec<String>,
}

#[derive(Clone, Debug, Serialize)]
pub struct Lent {
    pub id: String,
    pub role: String,
    /// To whom, or by whom.
    pub person: String,
    pub from: String,
    pub until: String,
    /// It counts today.
    pub now: bool,
}

impl Page for Delegations {
    const TEMPLATE: &'static str = "pages/delegation.html";
    fn samples() -> Vec<Delegations> {
        let lent = Lent {
            id: "a".to_owned(),
            role: "承辦 · 一系".to_owned(),
            person: "<王>".to_owned(),
            from: "2026-11-01".to_owned(),
            until: "2026-11-30".to_owned(),
            now: true,
        };
        let choice = Choice { value: "a|b".to_owned(), label: "承辦".to_owned(), current: true };
        let sure =
            Sure {
                role: "承辦 · 一系".to_owned(), name: "<王>".to_owned(), roles: vec!["承辦 · <二系>".to_owned()]
            };
        let full = Delegations {
            sure: None,
            roles: vec![choice.clone(), Choice { current: false, ..choice }],
            to: "<x>".to_owned(),
            from: "2026-11-01".to_owned(),
            until: "2026-11-30".to_owned(),
            error: Some("沒有這個人".to_owned()),
            error_at: "to",
            lent: vec![lent.clone(), Lent { now: false, ..lent.clone() }],
            borrowed: vec![lent.clone(), Lent { now: false, ..lent }],
        };
        let empty =
            Delegations { roles: Vec::new(), error: None, lent: Vec::new(), borrowed: Vec::new(), ..full.clone() };
        let asked = Delegations { sure: Some(sure.clone()), error: None, ..full.clone() };
        let nobody = Delegations { sure: Some(Sure { roles: Vec::new(), ..sure }), ..asked.clone() };
        vec![asked, nobody, Delegations { error_at: "until", ..full.clone() }, full, empty]
    }
}
