//! Taking records over: what was imported, and a file before it is saved.

use serde::Serialize;

use super::Page;
use super::records::Choice;
use super::student::ShownDay;

/// Where files are brought in, and what was brought in before.
#[derive(Clone, Debug, Serialize)]
pub struct Imports {
    pub kinds: Vec<Choice>,
    pub kind: String,
    pub effective: String,
    pub error: Option<String>,
    pub past: Vec<PastImport>,
    /// What each kind of file has.
    pub columns: Vec<KindColumns>,
    /// Whether files of every kind are taken, or some only: credits, or lists alone.
    pub everything: bool,
    pub credits: bool,
}

/// The columns of a kind of file, as they are called first.
#[derive(Clone, Debug, Serialize)]
pub struct KindColumns {
    pub kind: String,
    pub columns: Vec<ColumnName>,
}

#[derive(Clone, Debug, Serialize)]
pub struct ColumnName {
    pub name: String,
    /// A file without it is taken.
    pub optional: bool,
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

impl PastImport {
    pub(super) fn sample() -> PastImport {
        PastImport {
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
        }
    }
}

impl Page for Imports {
    const TEMPLATE: &'static str = "pages/imports.html";
    fn samples() -> Vec<Imports> {
        let past = PastImport::sample();
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
            columns: vec![KindColumns {
                kind: "單位".to_owned(),
                columns: [true, false].map(|optional| ColumnName { name: "<代碼>".to_owned(), optional }).into(),
            }],
            everything: false,
            credits: true,
        };
        vec![
            Imports { error: None, past: Vec::new(), everything: true, ..page.clone() },
            Imports { credits: false, ..page.clone() },
            page,
        ]
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
