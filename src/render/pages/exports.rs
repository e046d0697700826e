//! A kind of case's tables, round by round: the list of them, one before it leaves, one on paper.

use serde::Serialize;

use super::Page;
use super::cases::Moment;
use super::student::ShownDay;

#[derive(Clone, Debug, Serialize)]
pub struct Exports {
    /// The workflow's title.
    pub title: String,
    /// Those that have cases or are open, the newest first; the last is all of them.
    pub rounds: Vec<ExportRound>,
    /// The others.
    pub folded: Vec<ExportRound>,
}

#[derive(Clone, Debug, Serialize)]
pub struct ExportRound {
    /// Empty for all rounds.
    pub title: String,
    pub opens: Option<Moment>,
    pub closes: Option<Moment>,
    pub dates: Vec<DateLine>,
    pub tables: Vec<ExportTable>,
}

#[derive(Clone, Debug, Serialize)]
pub struct ExportTable {
    pub title: String,
    pub link: String,
    /// How many cases it holds.
    pub cases: usize,
}

/// A day by which something of a round is to be done.
#[derive(Clone, Debug, Serialize)]
pub struct DateLine {
    /// The round's title.
    pub round: String,
    pub title: String,
    pub on: ShownDay,
}

impl DateLine {
    pub(super) fn sample() -> DateLine {
        DateLine { round: "<第一梯次>".to_owned(), title: "<審查截止>".to_owned(), on: ShownDay::sample() }
    }
}

impl Page for Exports {
    const TEMPLATE: &'static str = "pages/exports.html";
    fn samples() -> Vec<Exports> {
        let table = |cases| ExportTable { title: "<全部>".to_owned(), link: "/exports/a/b/c".to_owned(), cases };
        let tables = vec![table(3), table(0)];
        let round = ExportRound {
            title: "<第一梯次>".to_owned(),
            opens: Some(Moment::sample()),
            closes: Some(Moment::sample()),
            dates: vec![DateLine::sample()],
            tables: tables.clone(),
        };
        let all = ExportRound { title: String::new(), opens: None, closes: None, dates: Vec::new(), tables };
        let page = Exports { title: "<甲申請>".to_owned(), rounds: vec![round.clone(), all], folded: vec![round] };
        vec![Exports { folded: Vec::new(), ..page.clone() }, page]
    }
}

#[derive(Clone, Debug, Serialize)]
pub struct Export {
    pub title: String,
    pub table: String,
    /// Empty for all rounds.
    pub round: String,
    /// The address of the list and of this page.
    pub back: String,
    pub address: String,
    /// What the columns hold.
    pub columns: Vec<String>,
    pub cases: usize,
    /// Private data are among it: a reason is asked for.
    pub private: bool,
    pub reason: String,
    /// The reason was missing.
    pub wrong: bool,
}

impl Page for Export {
    const TEMPLATE: &'static str = "pages/export.html";
    fn samples() -> Vec<Export> {
        let page = Export {
            title: "<甲申請>".to_owned(),
            table: "<通過>".to_owned(),
            round: "<第一梯次>".to_owned(),
            back: "/exports/a".to_owned(),
            address: "/exports/a/b/c".to_owned(),
            columns: vec!["<學號>".to_owned()],
            cases: 2,
            private: true,
            reason: "<報帳>".to_owned(),
            wrong: true,
        };
        vec![
            Export { round: String::new(), cases: 0, ..page.clone() },
            Export { private: false, wrong: false, ..page.clone() },
            page,
        ]
    }
}

#[derive(Clone, Debug, Serialize)]
pub struct ExportPaper {
    pub title: String,
    pub table: String,
    pub round: String,
    pub back: String,
    pub day: ShownDay,
    pub heads: Vec<String>,
    pub amounts: Vec<bool>,
    pub rows: Vec<Vec<String>>,
    pub signs: Vec<String>,
}

impl Page for ExportPaper {
    const TEMPLATE: &'static str = "pages/export-paper.html";
    fn samples() -> Vec<ExportPaper> {
        let page = ExportPaper {
            title: "<甲申請>".to_owned(),
            table: "<通過>".to_owned(),
            round: "<第一梯次>".to_owned(),
            back: "/exports/a".to_owned(),
            day: ShownDay::sample(),
            heads: vec!["<學號>".to_owned(), "金額".to_owned()],
            amounts: vec![false, true],
            rows: vec![vec!["<0001>".to_owned(), "1750".to_owned()]],
            signs: vec!["<承辦人>".to_owned()],
        };
        vec![ExportPaper { rows: Vec::new(), signs: Vec::new(), round: String::new(), ..page.clone() }, page]
    }
}
