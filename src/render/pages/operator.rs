//! What operators work with: taking records over, notices, mails, and the rules in force.

use serde::Serialize;

use super::Page;
use super::student::{Choice, ShownDay};

/// Where files are brought in, and what was brought in before.
#[derive(Clone, Debug, Serialize)]
pub struct Imports {
    pub kinds: Vec<Choice>,
    pub kind: String,
    pub effective: String,
    pub error: Option<String>,
    pub past: Vec<PastImport>,
    /// Whether files of every kind are taken, or credits only.
    pub everything: bool,
}

#[derive(Clone, Debug, Serialize)]
pub struct PastImport {
    pub id: i64,
    pub kind: String,
    pub file: String,
    pub by: String,
    pub at: String,
    pub effective: String,
    pub new: i64,
    pub changed: i64,
    pub same: i64,
    /// Rows that were left out.
    pub refused: i64,
    pub taken_back: Option<String>,
    /// Whether the reader may take it back.
    pub may_take_back: bool,
}

impl Page for Imports {
    const TEMPLATE: &'static str = "pages/imports.html";
    fn samples() -> Vec<Imports> {
        let past = PastImport {
            id: 7,
            kind: "學生".to_owned(),
            file: "<a>.csv".to_owned(),
            by: "admin".to_owned(),
            at: "2026-01-01 09:00".to_owned(),
            effective: "2026-01-01".to_owned(),
            new: 3,
            changed: 2,
            same: 1,
            refused: 0,
            taken_back: None,
            may_take_back: true,
        };
        let page = Imports {
            kinds: vec![Choice { value: "units".to_owned(), label: "單位".to_owned() }],
            kind: "units".to_owned(),
            effective: String::new(),
            error: Some("檔案是空的".to_owned()),
            past: vec![
                PastImport { taken_back: Some("2026-01-02 09:00".to_owned()), ..past.clone() },
                PastImport { may_take_back: false, ..past.clone() },
                past,
            ],
            everything: false,
        };
        vec![Imports { error: None, past: Vec::new(), everything: true, ..page.clone() }, page]
    }
}

/// How a file was understood, before it is saved and after.
#[derive(Clone, Debug, Serialize)]
pub struct ImportCheck {
    pub kind: String,
    pub file: String,
    /// Names the file that was sent; empty once it is saved.
    pub upload: String,
    pub format: String,
    pub effective: ShownDay,
    pub rows: usize,
    pub new: usize,
    pub changed: usize,
    pub same: usize,
    pub refused: usize,
    pub problems: Vec<RowNote>,
    pub warnings: Vec<RowNote>,
    pub headings: Vec<Heading>,
    pub preview: Vec<PreviewRow>,
    /// The import's number once it is saved.
    pub batch: Option<i64>,
    /// It was to be saved, and was not.
    pub not_saved: bool,
    /// Names the file that was saved without its refused rows, which are still given out.
    pub left_out: Option<String>,
}

#[derive(Clone, Debug, Serialize)]
pub struct RowNote {
    pub row: u32,
    pub column: String,
    pub found: String,
    pub why: String,
}

#[derive(Clone, Debug, Serialize)]
pub struct Heading {
    pub text: String,
    /// Whether the column is used.
    pub used: bool,
}

#[derive(Clone, Debug, Serialize)]
pub struct PreviewRow {
    pub number: u32,
    pub cells: Vec<String>,
}

impl Page for ImportCheck {
    const TEMPLATE: &'static str = "pages/import-check.html";
    fn samples() -> Vec<ImportCheck> {
        let note =
            RowNote {
                row: 3, column: "學號".to_owned(), found: "<x>".to_owned(), why: "沒有這位學生".to_owned()
            };
        let page = ImportCheck {
            kind: "學生".to_owned(),
            file: "a.csv".to_owned(),
            upload: "0a".to_owned(),
            format: "CSV · UTF-8".to_owned(),
            effective: ShownDay::sample(),
            rows: 5,
            new: 1,
            changed: 1,
            same: 2,
            refused: 1,
            problems: vec![note.clone(), RowNote { row: 0, ..note.clone() }],
            warnings: vec![note],
            headings: vec![
                Heading { text: "學號".to_owned(), used: true },
                Heading { text: "備註".to_owned(), used: false },
            ],
            preview: vec![PreviewRow { number: 2, cells: vec!["4A1".to_owned(), String::new()] }],
            batch: None,
            not_saved: true,
            left_out: Some("0a".to_owned()),
        };
        let good = ImportCheck { refused: 0, problems: Vec::new(), warnings: Vec::new(), ..page.clone() };
        vec![
            ImportCheck { batch: Some(7), upload: String::new(), ..good.clone() },
            ImportCheck { headings: Vec::new(), preview: Vec::new(), rows: 0, ..page.clone() },
            good,
            page,
        ]
    }
}

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

/// The edition in force, and what stands against the folder as it now is.
#[derive(Clone, Debug, Serialize)]
pub struct Rules {
    pub edition: String,
    pub folder: String,
    pub requirements: Vec<RuleRow>,
    pub parameters: Vec<ParameterRow>,
    /// Why the folder was not taken.
    pub problems: Vec<ProblemRow>,
    /// What is worth a look in the rules in force.
    pub warnings: Vec<ProblemRow>,
}

#[derive(Clone, Debug, Serialize)]
pub struct RuleRow {
    pub id: String,
    pub title: String,
    pub office: String,
    pub needed: String,
    pub unit: String,
    pub counts: String,
    pub rule: String,
    pub by: String,
}

#[derive(Clone, Debug, Serialize)]
pub struct ParameterRow {
    pub id: String,
    pub title: String,
    pub unit: String,
    pub by: String,
    pub values: Vec<DatedValue>,
}

#[derive(Clone, Debug, Serialize)]
pub struct DatedValue {
    pub from: String,
    pub value: String,
}

#[derive(Clone, Debug, Serialize)]
pub struct ProblemRow {
    pub code: String,
    pub place: String,
    pub what: String,
    pub found: String,
    pub allowed: String,
}

impl Page for Rules {
    const TEMPLATE: &'static str = "pages/rules.html";
    fn samples() -> Vec<Rules> {
        let page = Rules {
            edition: "0123456789ab".to_owned(),
            folder: "workflows/x".to_owned(),
            requirements: vec![RuleRow {
                id: "a".to_owned(),
                title: "甲".to_owned(),
                office: "一組".to_owned(),
                needed: "3".to_owned(),
                unit: "hours".to_owned(),
                counts: "甲、乙".to_owned(),
                rule: "a::b".to_owned(),
                by: "第 1 條".to_owned(),
            }],
            parameters: vec![ParameterRow {
                id: "p".to_owned(),
                title: "時數".to_owned(),
                unit: "hours".to_owned(),
                by: "第 1 條".to_owned(),
                values: vec![DatedValue { from: "2022-08-01".to_owned(), value: "3".to_owned() }],
            }],
            problems: vec![ProblemRow {
                code: "MK001".to_owned(),
                place: "workflows/x/a.yaml:3:5".to_owned(),
                what: "沒有這個鍵".to_owned(),
                found: "<titel>".to_owned(),
                allowed: "title".to_owned(),
            }],
            warnings: Vec::new(),
        };
        let warned = Rules { problems: Vec::new(), warnings: page.problems.clone(), ..page.clone() };
        vec![Rules { problems: Vec::new(), ..page.clone() }, warned, page]
    }
}
