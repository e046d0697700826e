//! A budget's payments, and what a batch of them would hold. No bank data.

use serde::Serialize;

use super::Page;
use super::lists::Choice;

#[derive(Clone, Debug, Serialize)]
pub struct Payments {
    pub title: String,
    pub by: String,
    pub address: String,
    /// Whether the reader makes batches.
    pub office: bool,
    pub years: Vec<YearLine>,
    pub reserved: String,
    pub unplaced: Option<String>,
    pub states: Vec<Choice>,
    /// The year that is asked for; empty for all.
    pub year: String,
    pub year_wrong: Option<String>,
    /// Held until the office has looked at changed bank data.
    pub held: Vec<Held>,
    pub lines: Vec<PaymentLine>,
    pub page: usize,
    pub pages: usize,
    pub previous_link: Option<String>,
    pub next_link: Option<String>,
    pub csv_link: String,
    pub xlsx_link: String,
    pub batches: Vec<Batch>,
}

/// A held payment, and where in the queue it stands.
#[derive(Clone, Debug, Serialize)]
pub struct Held {
    pub number: String,
    pub href: String,
}

#[derive(Clone, Debug, Serialize)]
pub struct YearLine {
    pub year: i32,
    /// The year as days are written.
    pub shown: String,
    pub link: String,
    pub budget: String,
    pub committed: String,
    pub batched: String,
    pub left: String,
    pub may_pay: bool,
}

#[derive(Clone, Debug, Serialize)]
pub struct PaymentLine {
    pub id: String,
    pub case: String,
    pub number: String,
    pub student: String,
    pub name: String,
    pub department: String,
    pub amount: String,
    pub state: String,
    /// Approved, and no known year can pay it.
    pub waits: bool,
    pub year: Option<String>,
    pub place: Option<usize>,
    /// When the bank data were changed since the approval, as stored.
    pub changed: Option<String>,
    /// The same for people.
    pub changed_at: String,
    /// What was changed; only for whoever may confirm it.
    pub changes: Vec<PayeeChange>,
    /// The labels of what the profile lacks.
    pub lacks: Vec<String>,
    pub may_confirm: bool,
    /// It goes to the reader, so somebody else is to look at it.
    pub own: bool,
}

/// A field of the profile before and after, what is private in it masked.
#[derive(Clone, Debug, Serialize)]
pub struct PayeeChange {
    pub label: String,
    pub is_file: bool,
    pub before: String,
    pub after: String,
}

#[derive(Clone, Debug, Serialize)]
pub struct Batch {
    pub id: String,
    pub year: String,
    pub at: String,
    pub made_by: String,
    pub payments: i64,
    pub total: String,
    pub sha256: String,
}

/// What a batch of a year would hold.
#[derive(Clone, Debug, Serialize)]
pub struct BatchCheck {
    pub title: String,
    pub address: String,
    pub year: i32,
    pub year_shown: String,
    pub count: usize,
    pub total: String,
    pub asked: String,
    pub lines: Vec<PaymentLine>,
    pub unconfirmed: Vec<PaymentLine>,
    /// Those whose bank data changed less than so many days ago.
    pub waiting: Vec<PaymentLine>,
    pub days: u32,
    pub incomplete: Vec<PaymentLine>,
    /// Whoever asks is paid by them.
    pub own: Vec<PaymentLine>,
}

fn line(changed: bool, year: Option<i32>) -> PaymentLine {
    PaymentLine {
        id: "1".to_owned(),
        case: "0123".to_owned(),
        number: "K7Q2-9XTM".to_owned(),
        student: "S1".to_owned(),
        name: "<甲>".to_owned(),
        department: "D1".to_owned(),
        amount: "1750".to_owned(),
        state: "已核准".to_owned(),
        waits: year.is_none(),
        year: year.map(|year| year.to_string()),
        place: year.map(|_| 1),
        changed: changed.then(|| "2026-01-01T00:00:00.000Z".to_owned()),
        changed_at: "2026-01-01 08:00".to_owned(),
        changes: [true, false]
            .into_iter()
            .filter(|_| changed)
            .map(|is_file| PayeeChange {
                label: "<帳號>".to_owned(),
                is_file,
                before: "••••8901".to_owned(),
                after: "••••7777".to_owned(),
            })
            .collect(),
        lacks: Vec::new(),
        may_confirm: changed,
        own: false,
    }
}

impl Page for Payments {
    const TEMPLATE: &'static str = "pages/payments.html";
    fn samples() -> Vec<Payments> {
        let year = |may_pay: bool| YearLine {
            year: 2026,
            shown: "115".to_owned(),
            link: "/payments/b?year=2026".to_owned(),
            budget: "450000".to_owned(),
            committed: "1750".to_owned(),
            batched: "0".to_owned(),
            left: "448250".to_owned(),
            may_pay,
        };
        let batch = Batch {
            id: "ab".to_owned(),
            year: "115".to_owned(),
            at: "2026-01-01 09:00".to_owned(),
            made_by: "office".to_owned(),
            payments: 1,
            total: "1750".to_owned(),
            sha256: "00".to_owned(),
        };
        let choice = |current| Choice { value: "reserved".to_owned(), label: "已保留".to_owned(), current };
        let full = Payments {
            title: "補助".to_owned(),
            by: "第 7 條".to_owned(),
            address: "/payments/b".to_owned(),
            office: true,
            years: vec![year(true), year(false)],
            reserved: "3500".to_owned(),
            unplaced: Some("1".to_owned()),
            states: vec![choice(true), choice(false)],
            year: "2026".to_owned(),
            year_wrong: None,
            held: vec![Held { number: "K7Q2-9XTM".to_owned(), href: "/payments/b?page=2#payment-1".to_owned() }],
            lines: vec![line(true, Some(2026)), line(false, None)],
            page: 2,
            pages: 3,
            previous_link: Some("/payments/b?page=1".to_owned()),
            next_link: Some("/payments/b?page=3".to_owned()),
            csv_link: "/payments/b/queue.csv".to_owned(),
            xlsx_link: "/payments/b/queue.xlsx".to_owned(),
            batches: vec![batch],
        };
        let empty = Payments {
            by: String::new(),
            office: false,
            unplaced: None,
            year: "<abc>".to_owned(),
            year_wrong: Some("<不是年度>".to_owned()),
            held: Vec::new(),
            lines: Vec::new(),
            page: 1,
            pages: 1,
            previous_link: None,
            next_link: None,
            batches: Vec::new(),
            ..full.clone()
        };
        vec![full, empty]
    }
}

impl Page for BatchCheck {
    const TEMPLATE: &'static str = "pages/payments-batch.html";
    fn samples() -> Vec<BatchCheck> {
        let full = BatchCheck {
            title: "補助".to_owned(),
            address: "/payments/b".to_owned(),
            year: 2026,
            year_shown: "115".to_owned(),
            count: 1,
            total: "1750".to_owned(),
            asked: "00".to_owned(),
            lines: vec![line(false, Some(2026))],
            unconfirmed: vec![line(true, Some(2026))],
            waiting: vec![line(false, Some(2026))],
            days: 3,
            incomplete: vec![PaymentLine { lacks: vec!["<帳號>".to_owned()], ..line(false, Some(2026)) }],
            own: vec![line(false, Some(2026))],
        };
        let empty = BatchCheck {
            count: 0,
            lines: Vec::new(),
            unconfirmed: Vec::new(),
            waiting: Vec::new(),
            incomplete: Vec::new(),
            own: Vec::new(),
            ..full.clone()
        };
        vec![full, empty]
    }
}
