//! The applicant's pages of a case: what is read before one begins, and the case itself.

use serde::Serialize;

use super::Page;
use super::cases::{Answered, Event, Mark, Moment};
use super::exports::DateLine;
use super::student::ShownDay;

/// What one reads before beginning.
#[derive(Clone, Debug, Serialize)]
pub struct Apply {
    pub id: String,
    pub title: String,
    pub by: String,
    pub office: String,
    pub contact: String,
    /// Whom it is for; empty where it is for every student.
    pub who: String,
    /// It is not for the reader.
    pub not_for_you: bool,
    /// What stands in the way: its own words, and the open case.
    pub in_the_way: Option<InTheWay>,
    pub prepare: Vec<String>,
    pub papers: Vec<Paper>,
    /// Whether it is filed within windows at all.
    pub has_windows: bool,
    pub late: bool,
    pub windows: Vec<Window>,
    pub next: Option<Window>,
    pub agree: Vec<String>,
    /// The sentence that is ticked; empty where none is.
    pub tick: String,
    /// It was not ticked.
    pub not_ticked: bool,
    pub needs_profile: bool,
    /// The labels of the answers on which that depends; none where it always is.
    pub profile_when: Vec<String>,
    /// Labels of what it lacks.
    pub profile_missing: Vec<String>,
}

#[derive(Clone, Debug, Serialize)]
pub struct InTheWay {
    pub say: String,
    pub href: String,
}

/// A file that the form asks for.
#[derive(Clone, Debug, Serialize)]
pub struct Paper {
    pub label: String,
    pub kinds: String,
    pub limit: String,
    /// Asked for only in some cases.
    pub sometimes: bool,
}

#[derive(Clone, Debug, Serialize)]
pub struct Window {
    pub title: String,
    pub opens: Moment,
    pub closes: Moment,
    pub covers: Option<(ShownDay, ShownDay)>,
    /// What else is due.
    pub dates: Vec<DateLine>,
}

impl Window {
    pub(super) fn sample() -> Window {
        Window {
            title: "第一學期".to_owned(),
            opens: Moment::sample(),
            closes: Moment::sample(),
            covers: Some((ShownDay::sample(), ShownDay::sample())),
            dates: vec![DateLine::sample()],
        }
    }
}

impl Page for Apply {
    const TEMPLATE: &'static str = "pages/apply.html";
    fn samples() -> Vec<Apply> {
        let window = Window::sample();
        let page = Apply {
            id: "a".to_owned(),
            title: "甲申請".to_owned(),
            by: "辦法".to_owned(),
            office: "一組".to_owned(),
            contact: "分機 1".to_owned(),
            who: "日間部".to_owned(),
            not_for_you: false,
            in_the_way: None,
            prepare: vec!["證明".to_owned()],
            papers: vec![Paper {
                label: "證明".to_owned(),
                kinds: "PDF、JPG".to_owned(),
                limit: "10 MB".to_owned(),
                sometimes: true,
            }],
            has_windows: true,
            late: true,
            windows: vec![window.clone(), Window { covers: None, ..window.clone() }],
            next: None,
            agree: vec!["如有不實須繳回".to_owned()],
            tick: "我同意".to_owned(),
            not_ticked: true,
            needs_profile: true,
            profile_when: vec!["<標準>".to_owned()],
            profile_missing: vec!["<帳號>".to_owned()],
        };
        vec![
            Apply { windows: Vec::new(), next: Some(window), not_ticked: false, ..page.clone() },
            Apply { not_for_you: true, ..page.clone() },
            Apply {
                in_the_way: Some(InTheWay { say: "已有申請".to_owned(), href: "/cases/1".to_owned() }),
                ..page.clone()
            },
            page,
        ]
    }
}

#[derive(Clone, Debug, Serialize)]
pub struct MoveLink {
    pub id: String,
    pub href: String,
    pub title: String,
    /// It ends the case badly.
    pub danger: bool,
}

impl MoveLink {
    pub(super) fn samples() -> Vec<MoveLink> {
        let link =
            MoveLink {
                id: "a".to_owned(), href: "/cases/1/do/a".to_owned(), title: "送出".to_owned(), danger: false
            };
        vec![MoveLink { danger: true, ..link.clone() }, link]
    }
}

/// A case, to its applicant.
#[derive(Clone, Debug, Serialize)]
pub struct CasePage {
    pub id: String,
    pub number: String,
    pub title: String,
    pub mark: Mark,
    pub version: i64,
    /// It was sent just now.
    pub sent: bool,
    /// The school has thresholds, where the reader may look next.
    pub thresholds: bool,
    /// Something happened after the reader opened a page of it.
    pub conflict: bool,
    /// Why a move was not made.
    pub refused: Vec<String>,
    /// Whom it waits for; empty for the reader and for nobody.
    pub waits_for: String,
    pub waits_for_me: bool,
    /// The number of the case that uses it; empty for none.
    pub used_by: String,
    pub since: Moment,
    /// Until when its applicant can act before time ends it; empty where it does not.
    pub until: String,
    /// After so many working days whoever it waits for is reminded; 0 where nobody is.
    pub days: u32,
    pub note: String,
    pub to_mend: Vec<String>,
    /// The form can be filled in.
    pub can_edit: bool,
    pub is_draft: bool,
    pub moves: Vec<MoveLink>,
    /// Until when the last move can be taken back by the reader.
    pub undo_until: Option<Moment>,
    pub events: Vec<Event>,
    pub answers: Vec<Answered>,
    /// The money that it brings, where it brings any.
    pub payment: Option<OwnPayment>,
}

/// A case's payment, to its applicant.
#[derive(Clone, Debug, Serialize)]
pub struct OwnPayment {
    /// `reserved`, `placed`, `waits` or `batched`.
    pub kind: &'static str,
    pub amount: String,
    /// Empty for what has no place yet, likewise `number`.
    pub year: String,
    pub number: String,
}

impl OwnPayment {
    fn samples() -> [Option<OwnPayment>; 4] {
        ["reserved", "placed", "waits", "batched"].map(|kind| {
            Some(OwnPayment { kind, amount: "1,750".to_owned(), year: "2026".to_owned(), number: "12".to_owned() })
        })
    }
}

impl Page for CasePage {
    const TEMPLATE: &'static str = "pages/case.html";
    fn samples() -> Vec<CasePage> {
        let page = CasePage {
            id: "1".to_owned(),
            number: "2345-6789".to_owned(),
            title: "甲申請".to_owned(),
            mark: Mark::sample(),
            version: 1,
            sent: true,
            thresholds: true,
            conflict: false,
            refused: Vec::new(),
            waits_for: "一系 承辦人".to_owned(),
            waits_for_me: false,
            used_by: String::new(),
            since: Moment::sample(),
            until: "until 28 November 2026".to_owned(),
            days: 5,
            note: String::new(),
            to_mend: Vec::new(),
            can_edit: false,
            is_draft: false,
            moves: MoveLink::samples(),
            undo_until: Some(Moment::sample()),
            events: Event::samples(),
            answers: Answered::samples(),
            payment: None,
        };
        let [reserved, placed, waits, batched] = OwnPayment::samples();
        vec![
            CasePage { payment: reserved, ..page.clone() },
            CasePage { payment: placed, ..page.clone() },
            CasePage { payment: batched, ..page.clone() },
            CasePage {
                payment: waits,
                sent: false,
                conflict: true,
                refused: vec!["現在不能".to_owned()],
                waits_for: String::new(),
                waits_for_me: true,
                note: "請補件".to_owned(),
                to_mend: vec!["證明".to_owned()],
                can_edit: true,
                is_draft: true,
                undo_until: None,
                days: 0,
                ..page.clone()
            },
            CasePage {
                sent: false,
                waits_for: String::new(),
                used_by: "2345-6789".to_owned(),
                moves: Vec::new(),
                ..page.clone()
            },
            page,
        ]
    }
}
