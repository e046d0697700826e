//! Mails: the list, and one of them.

use serde::Serialize;

use super::Page;

/// The outbox: every mail and what became of it.
#[derive(Clone, Debug, Serialize)]
pub struct Mails {
    pub waiting: i64,
    pub sent: i64,
    pub dead: i64,
    pub cancelled: i64,
    /// `queued`, `sent`, `dead`, `cancelled`; empty for all.
    pub state: String,
    pub mails: Vec<MailRow>,
    /// The last number shown, where there are older ones.
    pub older: Option<i64>,
}

#[derive(Clone, Debug, Serialize)]
pub struct MailRow {
    pub id: i64,
    /// Which letter of which notice, in words.
    pub what: String,
    pub recipient: String,
    pub subject: String,
    pub state: String,
    pub tries: i64,
    pub error: String,
    pub at: String,
}

impl Page for Mails {
    const TEMPLATE: &'static str = "pages/mails.html";
    fn samples() -> Vec<Mails> {
        let page = Mails {
            waiting: 1,
            sent: 2,
            dead: 3,
            cancelled: 4,
            state: "dead".to_owned(),
            mails: ["queued", "leased", "sent", "dead", "cancelled"].map(MailRow::sample).into(),
            older: Some(3),
        };
        vec![Mails { mails: Vec::new(), older: None, state: String::new(), ..page.clone() }, page]
    }
}

impl MailRow {
    fn sample(state: &str) -> MailRow {
        MailRow {
            id: 3,
            what: "第八週 · 甲".to_owned(),
            recipient: "a@example.edu.tw".to_owned(),
            subject: "<主旨>".to_owned(),
            state: state.to_owned(),
            tries: 2,
            error: "550".to_owned(),
            at: "2026-01-01 09:00".to_owned(),
        }
    }
}

/// One mail as it was written.
#[derive(Clone, Debug, Serialize)]
pub struct MailPage {
    pub mail: MailRow,
    pub text: String,
    pub attachments: Vec<String>,
}

impl Page for MailPage {
    const TEMPLATE: &'static str = "pages/mail.html";
    fn samples() -> Vec<MailPage> {
        vec![
            MailPage {
                mail: MailRow::sample("dead"),
                text: "內文".to_owned(),
                attachments: vec!["名單.xlsx".to_owned()],
            },
            MailPage { mail: MailRow::sample("sent"), text: String::new(), attachments: Vec::new() },
        ]
    }
}
