//! Notices, and what one would send.

use serde::Serialize;

use super::Page;
use super::student::ShownDay;

/// The notices, when they are due, and what each last sent.
#[derive(Clone, Debug, Serialize)]
pub struct Notices {
    pub notices: Vec<NoticeRow>,
    pub waiting: i64,
    pub dead: i64,
}

#[derive(Clone, Debug, Serialize)]
pub struct NoticeRow {
    pub id: String,
    pub title: String,
    pub letters: usize,
    /// Letters that did not arrive.
    pub undelivered: i64,
    /// When it goes by itself next, or that this is not known; empty for one that is sent by hand.
    pub next: String,
}

impl Page for Notices {
    const TEMPLATE: &'static str = "pages/notices.html";
    fn samples() -> Vec<Notices> {
        let row = NoticeRow {
            id: "a".to_owned(),
            title: "第八週".to_owned(),
            letters: 2,
            undelivered: 1,
            next: "2026-10-30 09:00".to_owned(),
        };
        vec![
            Notices {
                notices: vec![NoticeRow { next: String::new(), undelivered: 0, ..row.clone() }, row],
                waiting: 3,
                dead: 1,
            },
            Notices { notices: Vec::new(), waiting: 0, dead: 0 },
        ]
    }
}

/// A notice as it would go now, or as it went.
#[derive(Clone, Debug, Serialize)]
pub struct Rehearsal {
    pub id: String,
    pub title: String,
    pub occasion: String,
    pub as_of: ShownDay,
    pub sent: bool,
    /// It is asked once more before it goes.
    pub confirm: bool,
    /// Only what is of today can be sent.
    pub of_today: bool,
    pub new: u64,
    /// The notice has letters that whoever asks may not send; they are not here.
    pub own_only: bool,
    /// Whether the outbox may be read.
    pub reads_mail: bool,
    pub letters: Vec<LetterRow>,
    /// Letters of this notice that did not arrive, the latest first; not all of very many.
    pub undelivered: Vec<UndeliveredMail>,
}

#[derive(Clone, Debug, Serialize)]
pub struct UndeliveredMail {
    pub person: String,
    pub name: String,
    pub address: String,
    pub letter: String,
    /// The letter as people call it.
    pub title: String,
    pub occasion: String,
    pub why: String,
}

#[derive(Clone, Debug, Serialize)]
pub struct LetterRow {
    pub letter: String,
    /// The letter as people call it.
    pub title: String,
    pub new: u64,
    pub already_told: u64,
    pub no_address: Vec<String>,
    pub refused_address: Vec<String>,
    pub failed: Vec<String>,
    pub sample: Option<SampleMail>,
}

#[derive(Clone, Debug, Serialize)]
pub struct SampleMail {
    pub to: String,
    pub subject: String,
    pub text: String,
}

impl Page for Rehearsal {
    const TEMPLATE: &'static str = "pages/notice.html";
    fn samples() -> Vec<Rehearsal> {
        let letter = LetterRow {
            letter: "a".to_owned(),
            title: "甲".to_owned(),
            new: 3,
            already_told: 1,
            no_address: vec!["4A1".to_owned()],
            refused_address: vec!["4A2".to_owned()],
            failed: vec!["4A3: …".to_owned()],
            sample: Some(SampleMail {
                to: "a@example.edu.tw".to_owned(),
                subject: "<主旨>".to_owned(),
                text: "內文".to_owned(),
            }),
        };
        let page = Rehearsal {
            id: "a".to_owned(),
            title: "第八週".to_owned(),
            occasion: "114-1".to_owned(),
            as_of: ShownDay::sample(),
            sent: false,
            confirm: false,
            of_today: true,
            new: 3,
            own_only: false,
            reads_mail: true,
            letters: vec![letter],
            undelivered: vec![UndeliveredMail {
                person: "4A4".to_owned(),
                name: "<王小明>".to_owned(),
                address: "a@example.edu.tw".to_owned(),
                letter: "a".to_owned(),
                title: "甲".to_owned(),
                occasion: "114-1".to_owned(),
                why: "550".to_owned(),
            }],
        };
        let none = Rehearsal { new: 0, letters: Vec::new(), undelivered: Vec::new(), ..page.clone() };
        vec![
            Rehearsal { of_today: false, ..page.clone() },
            Rehearsal { sent: true, ..page.clone() },
            Rehearsal { sent: true, own_only: true, reads_mail: false, ..page.clone() },
            Rehearsal { confirm: true, ..page.clone() },
            none,
            page,
        ]
    }
}
