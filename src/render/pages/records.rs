//! The records behind a student's numbers, and why a requirement stands as it does.

use serde::Serialize;

use super::Page;
use super::student::{ShownDay, StudentHead};

/// A student's records, the latest first.
#[derive(Clone, Debug, Serialize)]
pub struct Records {
    pub own: bool,
    pub base: String,
    pub student: StudentHead,
    /// The category that is shown; empty for all.
    pub category: String,
    pub categories: Vec<Choice>,
    pub records: Vec<Record>,
    /// How many of them were not taken back.
    pub live: usize,
    /// The sums of what is shown, by unit.
    pub totals: Vec<Total>,
}

#[derive(Clone, Debug, Serialize)]
pub struct Choice {
    pub value: String,
    pub label: String,
}

#[derive(Clone, Debug, Serialize)]
pub struct Total {
    pub amount: String,
    pub unit: String,
}

#[derive(Clone, Debug, Serialize)]
pub struct Record {
    pub happened_on: ShownDay,
    pub term: String,
    pub category: String,
    pub name: String,
    pub amount: String,
    pub unit: String,
    pub recorded_on: ShownDay,
    /// The day it was taken back on.
    pub taken_back: Option<ShownDay>,
    /// How much of it counted, and why; empty where no requirement was asked for.
    pub counted: String,
    pub why: String,
    pub counts: bool,
}

impl Record {
    fn samples() -> Vec<Record> {
        let record = Record {
            happened_on: ShownDay::sample(),
            term: "114-1".to_owned(),
            category: "甲".to_owned(),
            name: "講座".to_owned(),
            amount: "2".to_owned(),
            unit: "hours".to_owned(),
            recorded_on: ShownDay::sample(),
            taken_back: None,
            counted: "2".to_owned(),
            why: "採計".to_owned(),
            counts: true,
        };
        vec![Record { taken_back: Some(ShownDay::sample()), counts: false, ..record.clone() }, record]
    }
}

impl Page for Records {
    const TEMPLATE: &'static str = "pages/records.html";
    fn samples() -> Vec<Records> {
        let page = Records {
            own: true,
            base: "/me".to_owned(),
            student: StudentHead::sample(),
            category: "a".to_owned(),
            categories: vec![Choice { value: "a".to_owned(), label: "甲".to_owned() }],
            records: Record::samples(),
            live: 1,
            totals: vec![Total { amount: "2".to_owned(), unit: "hours".to_owned() }],
        };
        let empty =
            Records { own: false, category: String::new(), records: Vec::new(), totals: Vec::new(), ..page.clone() };
        vec![page, empty]
    }
}

/// Why a requirement stands as it does: the verdict, what is in force, and every record.
#[derive(Clone, Debug, Serialize)]
pub struct Why {
    pub own: bool,
    pub base: String,
    pub student: StudentHead,
    pub requirement: String,
    pub id: String,
    pub bound: bool,
    pub passed: bool,
    pub waived: bool,
    pub earned: String,
    pub needed: String,
    pub unit: String,
    pub reasons: Vec<String>,
    /// Every waiver that was given.
    pub waivers: Vec<Waiver>,
    pub parameter: Option<InForce>,
    pub by: String,
    pub rule: String,
    pub edition: String,
    pub as_of: ShownDay,
    pub counted: Vec<Record>,
    pub not_counted: Vec<Record>,
}

#[derive(Clone, Debug, Serialize)]
pub struct Waiver {
    pub recorded_on: ShownDay,
    /// Empty for readers who are not to know.
    pub because: String,
    pub by: String,
    pub case: String,
    /// Until when, or what became of it.
    pub state: String,
    pub stands: bool,
}

#[derive(Clone, Debug, Serialize)]
pub struct InForce {
    pub title: String,
    pub value: String,
    pub unit: String,
    pub from: ShownDay,
    pub by: String,
}

impl Page for Why {
    const TEMPLATE: &'static str = "pages/why.html";
    fn samples() -> Vec<Why> {
        let page = Why {
            own: true,
            base: "/me".to_owned(),
            student: StudentHead::sample(),
            requirement: "甲".to_owned(),
            id: "a".to_owned(),
            bound: true,
            passed: false,
            waived: false,
            earned: "2".to_owned(),
            needed: "3".to_owned(),
            unit: "hours".to_owned(),
            reasons: vec!["還缺 1 小時".to_owned()],
            waivers: Vec::new(),
            parameter: Some(InForce {
                title: "時數".to_owned(),
                value: "3".to_owned(),
                unit: "hours".to_owned(),
                from: ShownDay::sample(),
                by: "辦法第 1 條".to_owned(),
            }),
            by: "辦法第 1 條".to_owned(),
            rule: "a::b".to_owned(),
            edition: "0123456789ab".to_owned(),
            as_of: ShownDay::sample(),
            counted: Record::samples(),
            not_counted: Record::samples(),
        };
        let passed = Why {
            own: false,
            passed: true,
            reasons: Vec::new(),
            parameter: None,
            counted: Vec::new(),
            not_counted: Vec::new(),
            ..page.clone()
        };
        let waiver = Waiver {
            recorded_on: ShownDay::sample(),
            because: "役畢".to_owned(),
            by: "一組 <李大明>".to_owned(),
            case: "AB23-CD45".to_owned(),
            state: "免修，至 2026-06-30（含）".to_owned(),
            stands: true,
        };
        let over = Waiver { because: String::new(), stands: false, ..waiver.clone() };
        let waived = Why { waived: true, waivers: vec![waiver, over], ..passed.clone() };
        vec![Why { bound: false, ..passed.clone() }, passed, waived, page]
    }
}
