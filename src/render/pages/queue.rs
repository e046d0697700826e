//! The reviewers' lists: the cases that wait, and what is done to many of them at once.

use serde::Serialize;

use super::Page;
use super::cases::Pointed;
use super::exports::DateLine;
use super::form::Input;
use super::lists::{Choice, Filter};

#[derive(Clone, Debug, Serialize)]
pub struct Queue {
    /// Why the cases that were chosen cannot be moved.
    pub wrong: Option<String>,
    /// Of this list.
    pub address: String,
    /// Only what waits for the reader; else all that they may see.
    pub mine: bool,
    /// As far as they were counted; `more` where there are more.
    pub total: i64,
    pub more: bool,
    pub waiting: i64,
    pub mine_link: String,
    pub all_link: String,
    pub workflows: Vec<Choice>,
    pub states: Vec<Choice>,
    pub departments: Vec<Choice>,
    pub terms: Vec<Choice>,
    pub years: Vec<Choice>,
    pub divisions: Vec<Choice>,
    /// A class, as it was typed.
    pub class: String,
    /// The same list as files: in the school's language, and in the page's where that is another.
    pub files: Vec<QueueFiles>,
    pub text: String,
    /// The filters that apply, each with the address without it.
    pub filters: Vec<Filter>,
    /// Heads of the fields that the workflows name for lists.
    pub columns: Vec<QueueHead>,
    pub rows: Vec<QueueRow>,
    pub page: i64,
    pub pages: i64,
    pub previous_link: Option<String>,
    pub next_link: Option<String>,
    pub views: Vec<SavedView>,
    /// The filters as they stand in the address: what a view keeps.
    pub query: String,
    /// Moves that the reader may make on several cases: workflow and move, and the button's words.
    pub moves: Vec<Choice>,
    /// Where the tables of each kind of case are.
    pub exports: Vec<Choice>,
    /// What is still due in the rounds of these cases.
    pub dates: Vec<DateLine>,
    /// How each kind of case of the list moves.
    pub flows: Vec<Choice>,
    /// Cases of several kinds are shown: each row says its own.
    pub kinds_differ: bool,
    /// The same list without filters.
    pub clear_link: String,
}

/// A list as files in a language.
#[derive(Clone, Debug, Serialize)]
pub struct QueueFiles {
    /// The `lang` attribute of what the language is called.
    pub lang: &'static str,
    pub csv_link: String,
    pub sheet_link: String,
}

impl QueueFiles {
    fn sample(lang: &'static str) -> QueueFiles {
        QueueFiles { lang, csv_link: "/queue.csv".to_owned(), sheet_link: "/queue.xlsx".to_owned() }
    }
}

#[derive(Clone, Debug, Serialize)]
pub struct QueueRow {
    pub id: String,
    pub version: i64,
    pub number: String,
    pub student: String,
    pub name: String,
    pub department: String,
    pub term: String,
    pub workflow: String,
    pub state: String,
    /// `good`, `bad`, `wait` or `none`.
    pub mark: &'static str,
    pub age: Age,
    pub claim: Option<Claim>,
    /// One for each of the columns.
    /// How many checks are wrong, and how many somebody has to look at.
    pub wrong: usize,
    pub look: usize,
    /// Whether any check was made.
    pub checked: bool,
    pub cells: Vec<QueueCell>,
    /// Whether it waits for the reader: then it can be ticked.
    pub tick: bool,
    /// It was ticked.
    pub ticked: bool,
}

#[derive(Clone, Debug, Serialize)]
pub struct QueueCell {
    pub text: String,
    /// A day as ISO: it stays on one line.
    pub is_day: bool,
    /// It stands under the others' last digits.
    pub is_amount: bool,
}

#[derive(Clone, Debug, Serialize)]
pub struct QueueHead {
    pub label: String,
    pub is_amount: bool,
}

/// How long something has been so.
#[derive(Clone, Debug, Serialize)]
pub struct Age {
    /// `days`, `hours` or `minutes`.
    pub unit: &'static str,
    pub count: i64,
    /// As stored, and in the school's zone.
    pub iso: String,
    pub shown: String,
    /// Longer than the state's reminder allows.
    pub late: bool,
}

/// Who has taken a case, and until when.
#[derive(Clone, Debug, Serialize)]
pub struct Claim {
    pub mine: bool,
    pub name: String,
    pub until: String,
}

#[derive(Clone, Debug, Serialize)]
pub struct SavedView {
    pub name: String,
    pub link: String,
    pub current: bool,
}

/// What is about to be done to many cases.
#[derive(Clone, Debug, Serialize)]
pub struct Bulk {
    /// The move: its words, and `workflow/move`.
    pub title: String,
    pub step: String,
    pub cases: Vec<BulkCase>,
    pub included: usize,
    pub excluded: usize,
    /// `none`, `optional` or `needed`.
    pub note: &'static str,
    pub note_letters: usize,
    pub typed: String,
    /// What is wrong with what was filled in; of it, with the note.
    pub wrongs: Vec<Pointed>,
    pub note_wrong: String,
    /// What the move asks for, once for all.
    pub asks: Vec<Input>,
    /// It was done: each case says what became of it.
    pub done: bool,
    /// How long each can be undone.
    pub undo: Option<Span>,
}

/// A length of time in its largest whole unit.
#[derive(Clone, Debug, Serialize)]
pub struct Span {
    /// `days`, `hours` or `minutes`.
    pub unit: &'static str,
    pub count: u32,
}

impl Span {
    pub fn of(minutes: u32) -> Span {
        match minutes {
            minutes if minutes % 1440 == 0 => Span { unit: "days", count: minutes / 1440 },
            minutes if minutes % 60 == 0 => Span { unit: "hours", count: minutes / 60 },
            count => Span { unit: "minutes", count },
        }
    }
}

#[derive(Clone, Debug, Serialize)]
pub struct BulkCase {
    pub id: String,
    pub version: i64,
    pub number: String,
    pub student: String,
    pub name: String,
    pub department: String,
    pub state: String,
    /// What will happen or has; or why not.
    pub what: String,
    pub included: bool,
}

impl Age {
    pub(super) fn sample(late: bool) -> Age {
        Age {
            unit: "days",
            count: 3,
            iso: "2025-12-12T01:00:00.000Z".to_owned(),
            shown: "2025-12-12 09:00".to_owned(),
            late,
        }
    }
}

impl QueueRow {
    fn sample() -> QueueRow {
        QueueRow {
            id: "a".to_owned(),
            version: 2,
            number: "AAAA-2222".to_owned(),
            student: "0001".to_owned(),
            name: "<林小美>".to_owned(),
            department: "一系".to_owned(),
            term: "114-1".to_owned(),
            workflow: "甲申請".to_owned(),
            state: "審查中".to_owned(),
            mark: "wait",
            age: Age::sample(true),
            claim: Some(Claim { mine: false, name: "王".to_owned(), until: "09:30".to_owned() }),
            cells: vec![
                QueueCell { text: "甲".to_owned(), is_day: false, is_amount: false },
                QueueCell { text: "2026-10-10".to_owned(), is_day: true, is_amount: false },
                QueueCell { text: "1,750".to_owned(), is_day: false, is_amount: true },
            ],
            tick: true,
            wrong: 1,
            look: 2,
            checked: true,
            ticked: true,
        }
    }
}

impl Page for Queue {
    const TEMPLATE: &'static str = "pages/queue.html";
    fn samples() -> Vec<Queue> {
        let choice = Choice { value: "a".to_owned(), label: "甲".to_owned(), current: true };
        let row = QueueRow::sample();
        let full = Queue {
            wrong: Some("<沒有選>".to_owned()),
            address: "/queue?state=<a>".to_owned(),
            mine: true,
            total: 2,
            more: false,
            waiting: 2,
            mine_link: "/queue".to_owned(),
            all_link: "/queue?view=all".to_owned(),
            workflows: vec![choice.clone()],
            states: vec![choice.clone()],
            departments: vec![choice.clone()],
            terms: vec![choice.clone()],
            years: vec![choice.clone()],
            divisions: vec![choice.clone()],
            class: "<甲>".to_owned(),
            files: vec![QueueFiles::sample("zh-Hant-TW"), QueueFiles::sample("en")],
            text: "林".to_owned(),
            filters: vec![Filter { label: "甲".to_owned(), without: "/queue".to_owned() }],
            columns: ["甲", "日期", "金額"]
                .map(|label| QueueHead { label: label.to_owned(), is_amount: label == "金額" })
                .to_vec(),
            rows: vec![
                QueueRow { claim: None, tick: false, wrong: 0, look: 0, age: Age::sample(false), ..row.clone() },
                QueueRow {
                    claim: Some(Claim { mine: true, name: String::new(), until: "09:30".to_owned() }),
                    ..row.clone()
                },
                row,
            ],
            page: 1,
            pages: 2,
            previous_link: Some("/queue".to_owned()),
            next_link: Some("/queue?page=2".to_owned()),
            views: vec![
                SavedView { name: "甲".to_owned(), link: "/queue?state=a".to_owned(), current: true },
                SavedView { name: "乙".to_owned(), link: "/queue?state=b".to_owned(), current: false },
            ],
            query: "state=a".to_owned(),
            exports: vec![choice.clone()],
            dates: vec![DateLine::sample()],
            flows: vec![choice.clone()],
            moves: vec![Choice { value: "a/b".to_owned(), ..choice }],
            kinds_differ: true,
            clear_link: "/queue?view=mine".to_owned(),
        };
        let empty = Queue {
            wrong: None,
            rows: Vec::new(),
            total: 0,
            pages: 1,
            filters: Vec::new(),
            views: Vec::new(),
            query: String::new(),
            moves: Vec::new(),
            exports: Vec::new(),
            dates: Vec::new(),
            flows: Vec::new(),
            kinds_differ: false,
            previous_link: None,
            next_link: None,
            ..full.clone()
        };
        let long = Queue { mine: false, total: 1000, more: true, page: 20, pages: 20, ..full.clone() };
        vec![Queue { mine: false, ..empty.clone() }, long, full, empty]
    }
}

impl Page for Bulk {
    const TEMPLATE: &'static str = "pages/queue-bulk.html";
    fn samples() -> Vec<Bulk> {
        let case = BulkCase {
            id: "a".to_owned(),
            version: 2,
            number: "AAAA-2222".to_owned(),
            student: "0001".to_owned(),
            name: "<林小美>".to_owned(),
            department: "一系".to_owned(),
            state: "審查中".to_owned(),
            what: "通過".to_owned(),
            included: true,
        };
        let full = Bulk {
            title: "通過".to_owned(),
            step: "a/b".to_owned(),
            cases: vec![case.clone(), BulkCase { included: false, ..case }],
            included: 1,
            excluded: 1,
            note: "needed",
            note_letters: 250,
            typed: "<好>".to_owned(),
            wrongs: vec![Pointed::sample()],
            note_wrong: "請填寫".to_owned(),
            asks: Input::samples(),
            done: false,
            undo: Some(Span::of(60)),
        };
        let good = Bulk { wrongs: Vec::new(), note_wrong: String::new(), ..full.clone() };
        vec![
            Bulk { done: true, ..good.clone() },
            Bulk { note: "none", asks: Vec::new(), included: 0, undo: None, ..good },
            Bulk { note: "optional", ..full.clone() },
            full,
        ]
    }
}
