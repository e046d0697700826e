//! A student's dashboard, for the student and for staff who may see it.

use serde::Serialize;

use super::Page;
use super::mine::Beginning;

/// What a student has and what is missing.
#[derive(Clone, Debug, Serialize)]
pub struct Dashboard {
    /// Whether the reader is the student.
    pub own: bool,
    /// Where the student's pages are: `/me` or `/students/<number>`.
    pub base: String,
    pub student: StudentHead,
    /// The school has thresholds.
    pub asks: bool,
    /// Thresholds bind the student.
    pub bound: bool,
    pub passed: bool,
    /// What is missing, one entry a requirement.
    pub missing: Vec<Missing>,
    /// The day before which all must be done, as the reader reads it, and as ISO.
    pub deadline: Option<ShownDay>,
    pub as_of: ShownDay,
    /// The last day on which a record was added; empty where there is none.
    pub updated: Option<ShownDay>,
    /// Only what is not passed is shown.
    pub remaining_only: bool,
    pub blocks: Vec<Block>,
}

#[derive(Clone, Debug, Serialize)]
pub struct StudentHead {
    pub number: String,
    pub name: String,
    pub department: String,
    pub class: String,
    /// The class, where the reader may see it.
    pub class_link: Option<String>,
    pub division: String,
    pub admitted: String,
    pub status: String,
}

#[derive(Clone, Debug, Serialize)]
pub struct ShownDay {
    pub iso: String,
    pub shown: String,
}

#[derive(Clone, Debug, Serialize)]
pub struct Missing {
    pub id: String,
    pub title: String,
    /// With its unit: `6 小時`.
    pub amount: String,
}

/// One requirement.
#[derive(Clone, Debug, Serialize)]
pub struct Block {
    pub id: String,
    pub title: String,
    pub passed: bool,
    /// By what it is passed, where it is waived.
    pub waived: Option<Waived>,
    /// `24 + 4`: what counts directly, then what is counted in from categories with their own row.
    pub earned: String,
    pub needed: String,
    pub unit: String,
    pub bar: Bar,
    pub reasons: Vec<String>,
    /// What can be applied for to meet it.
    pub filings: Vec<Beginning>,
    /// The day before which it must be done.
    pub deadline: Option<ShownDay>,
    /// The last day on which a record of what it counts was added.
    pub updated: Option<ShownDay>,
    pub rows: Vec<OwnRow>,
    pub how: String,
    pub link: Option<String>,
    pub office: String,
    pub contact: String,
    pub by: String,
}

/// A waiver that counts.
#[derive(Clone, Debug, Serialize)]
pub struct Waived {
    /// Empty for readers who are not to know.
    pub because: String,
    pub by: String,
}

/// A category that is shown on a row of its own although it counts here.
#[derive(Clone, Debug, Serialize)]
pub struct OwnRow {
    pub category: String,
    pub title: String,
    pub amount: String,
    pub unit: String,
    pub shown_as: String,
}

/// Widths in thousandths of the bar.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Bar {
    pub done: u32,
    pub added: u32,
    /// Where what is needed lies.
    pub sill: u32,
    pub full: bool,
}

impl Page for Dashboard {
    const TEMPLATE: &'static str = "pages/dashboard.html";
    fn samples() -> Vec<Dashboard> {
        let block = Block {
            id: "a".to_owned(),
            title: "甲".to_owned(),
            passed: false,
            waived: None,
            earned: "16 + 5".to_owned(),
            needed: "24".to_owned(),
            unit: "hours".to_owned(),
            bar: Bar { done: 600, added: 200, sill: 1000, full: false },
            reasons: vec!["還缺 3 小時".to_owned()],
            filings: Beginning::samples(),
            deadline: Some(ShownDay::sample()),
            updated: Some(ShownDay::sample()),
            rows: vec![OwnRow {
                category: "b".to_owned(),
                title: "乙".to_owned(),
                amount: "5".to_owned(),
                unit: "hours".to_owned(),
                shown_as: "納入甲".to_owned(),
            }],
            how: "參加活動".to_owned(),
            link: Some("https://example.edu.tw/".to_owned()),
            office: "一組".to_owned(),
            contact: "分機 1".to_owned(),
            by: "辦法第 1 條".to_owned(),
        };
        let passed = Block {
            passed: true,
            link: None,
            updated: None,
            deadline: None,
            rows: Vec::new(),
            reasons: Vec::new(),
            ..block.clone()
        };
        let waived = Block {
            waived: Some(Waived { because: "役畢".to_owned(), by: "一組 <李大明>".to_owned() }),
            reasons: vec!["免修，至 2026-06-30（含）".to_owned()],
            ..passed.clone()
        };
        let page = Dashboard {
            own: true,
            base: "/me".to_owned(),
            student: StudentHead::sample(),
            asks: true,
            bound: true,
            passed: false,
            missing: vec![Missing { id: "a".to_owned(), title: "甲".to_owned(), amount: "3 小時".to_owned() }],
            deadline: Some(ShownDay::sample()),
            as_of: ShownDay::sample(),
            updated: Some(ShownDay::sample()),
            remaining_only: false,
            blocks: vec![block, passed.clone(), waived],
        };
        vec![
            Dashboard {
                own: false,
                base: "/students/1".to_owned(),
                passed: true,
                missing: Vec::new(),
                deadline: None,
                updated: None,
                blocks: vec![passed],
                ..page.clone()
            },
            Dashboard { own: false, asks: false, bound: false, blocks: Vec::new(), ..page.clone() },
            Dashboard { bound: false, passed: true, missing: Vec::new(), blocks: Vec::new(), ..page.clone() },
            Dashboard { remaining_only: true, blocks: Vec::new(), ..page.clone() },
            page,
        ]
    }
}

impl StudentHead {
    pub(super) fn sample() -> StudentHead {
        StudentHead {
            number: "4A1".to_owned(),
            name: "<王小明>".to_owned(),
            department: "一系".to_owned(),
            class: "一甲".to_owned(),
            class_link: Some("/classes/1".to_owned()),
            division: "日間部".to_owned(),
            admitted: "111".to_owned(),
            status: "在學".to_owned(),
        }
    }
}

impl ShownDay {
    pub(super) fn sample() -> ShownDay {
        ShownDay { iso: "2026-06-01".to_owned(), shown: "115 年 6 月 1 日".to_owned() }
    }
}
