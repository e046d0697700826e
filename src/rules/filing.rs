//! What a rule sees of a case: its answers, its windows, and so much of the student as a rule may
//! know; never who the student is.

use std::collections::BTreeMap;
use std::sync::Arc;

use rhai::{Array, Dynamic, Engine, EvalAltResult, INT, ImmutableString, Map, Position};
use rust_decimal::Decimal;

use super::answer::cut;
use super::failure::Raised;
use super::subject::{Names, ParameterMissing};
use super::vocabulary::{Fallible, decimal, unknown};
use crate::amount::Amount;
use crate::clock::{Day, Term};
use crate::definition::Definition;
use crate::lang::Text;

/// An answer as it was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// A text, or the id of a choice.
    Text(String),
    Amount(Amount),
    Day(Day),
    Tick(bool),
    /// Ids of files, the first the one shown.
    Files(Vec<String>),
    Entry(Entry),
    /// Other cases, each with what was sent of it.
    Cases(Vec<Entry>),
}

/// A catalogue's entry, or another case, as it was when it was chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub id: String,
    /// Its fields by name; beside them `@code`, `@name`, `@number` …
    pub says: BTreeMap<String, Value>,
}

/// What is known of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Given {
    Answered(Value),
    /// Asked for, and not answered yet: a rule that needs it cannot say anything.
    Unanswered,
    /// Not asked for: reads as nothing, and what that is depends on its kind.
    NotAsked(Value),
}

/// What rules may know of a student.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Student {
    pub admitted: i32,
    /// Index of the division; `None` for one that the school does not name.
    pub division: Option<usize>,
    /// The first day of classes, or of the term, in which the student was admitted.
    pub began: Option<Day>,
    pub department: String,
}

/// One case before a rule.
#[derive(Clone, Debug)]
pub struct Case {
    pub answers: BTreeMap<String, Given>,
    /// The days of evidence of the windows that are open to the student; `None`: any day.
    pub windows: Vec<Option<(Day, Day)>>,
    pub student: Student,
    pub today: Day,
    pub academic_year: i32,
    /// Ids of budgets that the student was paid from.
    pub paid: Vec<String>,
    /// By field: the other cases that say the same there.
    pub elsewhere: BTreeMap<String, Vec<Other>>,
}

/// Another case, as far as a rule may know of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Other {
    /// The names of its workflow and state.
    pub kind: String,
    pub state: String,
    /// `well`, `badly`, or nothing while it is open.
    pub ends: &'static str,
    /// Whether it is of the same applicant.
    pub own: bool,
}

/// A case with the names that rules may say.
#[derive(Debug)]
pub struct Filing {
    names: Arc<Names>,
    case: Case,
}

impl std::ops::Deref for Filing {
    type Target = Case;
    fn deref(&self) -> &Case {
        &self.case
    }
}

/// A computed figure with its reasons.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figure {
    pub amount: Amount,
    pub reasons: Vec<Text>,
}

/// What scripts hold as `c`.
pub(super) type Seen = Arc<Filing>;

/// A rule needs an answer that is not there yet.
#[derive(Clone, Debug)]
pub(super) struct Unanswered(pub String);

/// What may stand behind `c.` beside the form's own fields.
pub(super) const FIELDS: &[(&str, &str, &str)] = &[
    (
        "student",
        "學生：admitted、division、department、began（入學那學期的開學日）、year_of_study",
        "the student: admitted, division, department, began (first day of classes of the first term), year_of_study",
    ),
    (
        "window",
        "開放中的申請區間：c.window.is_open、c.window.covers(日期)、c.window.days（涵蓋的日子，一段文字）",
        "the windows that are open: c.window.is_open, c.window.covers(DAY), c.window.days (what they cover, a text)",
    ),
    ("today", "判定日", "the day it is"),
    (
        "was_paid",
        "c.was_paid(\"預算\")：是否領過",
        "c.was_paid(\"budget\"): whether the student was paid from it before",
    ),
    (
        "elsewhere",
        "c.elsewhere(\"欄位\")：別的案件（任何一種）同名的欄位也填了一樣的內容：清單，每項有 kind、state、ends（well、badly 或空白）、own（是否同一人的）；欄位要有 unique",
        "c.elsewhere(\"field\"): the other cases, of any kind, that say the same in their field of that name: a list, each with kind, state, ends (well, badly or nothing) and own (of the same applicant); of a field with unique",
    ),
];

/// Functions of case rules: signature, Chinese, English.
pub(super) const FUNCTIONS: &[(&str, &str, &str)] = &[
    ("figure(amount)", "算出的金額", "a computed amount"),
    ("nothing(\"中文理由\", \"reason in English\")", "金額 0，附理由", "an amount of 0, with the reason"),
    ("digits(text)", "是否全為數字", "whether a text is all digits"),
    ("digits(text, n)", "是否恰為 n 位數字", "whether a text is exactly n digits"),
];

#[derive(Clone, Debug)]
struct Windows(Seen);

pub(super) fn register(engine: &mut Engine) {
    engine.register_type_with_name::<Seen>("case").register_type_with_name::<Figure>("figure");
    engine.register_type_with_name::<Day>("day").register_type_with_name::<Windows>("windows");
    engine.register_indexer_get(|c: &mut Seen, name: ImmutableString| -> Fallible<Dynamic> { c.read(&name) });
    engine.register_fn("was_paid", |c: &mut Seen, budget: ImmutableString| c.paid.iter().any(|id| *id == *budget));
    engine.register_fn("elsewhere", |c: &mut Seen, field: ImmutableString| -> Array {
        c.elsewhere.get(field.as_str()).into_iter().flatten().map(Other::seen).collect()
    });
    engine.register_get("is_open", |windows: &mut Windows| !windows.0.windows.is_empty());
    engine.register_get("days", |windows: &mut Windows| {
        let covered = windows.0.windows.iter().flatten().map(|(from, to)| format!("{from}–{to}"));
        covered.collect::<Vec<_>>().join("; ")
    });
    engine.register_fn("covers", |windows: &mut Windows, day: Day| {
        windows.0.windows.iter().any(|days| days.is_none_or(|(from, to)| from <= day && day <= to))
    });
    engine
        .register_fn("<", |a: Day, b: Day| a < b)
        .register_fn("<=", |a: Day, b: Day| a <= b)
        .register_fn(">", |a: Day, b: Day| a > b)
        .register_fn(">=", |a: Day, b: Day| a >= b)
        .register_fn("==", |a: Day, b: Day| a == b)
        .register_fn("!=", |a: Day, b: Day| a != b)
        // Days from the second to the first.
        .register_fn("-", |a: Day, b: Day| (a - b).num_days())
        .register_fn("to_string", |day: &mut Day| day.to_string())
        .register_get("year", |day: &mut Day| INT::from(chrono::Datelike::year(day)));
    engine
        .register_fn("figure", |amount: Decimal| Fallible::Ok(Figure { amount: exact(amount)?, reasons: Vec::new() }));
    engine.register_fn("figure", |amount: INT| Figure { amount: Amount::whole(amount), reasons: Vec::new() });
    engine.register_fn("nothing", |zh: ImmutableString, en: ImmutableString| Figure::nothing().because(&zh, Some(&en)));
    engine.register_fn("nothing", |zh: ImmutableString| Figure::nothing().because(&zh, None));
    engine.register_fn("because", |figure: Figure, zh: ImmutableString, en: ImmutableString| {
        figure.because(&zh, Some(&en))
    });
    engine.register_fn("because", |figure: Figure, zh: ImmutableString| figure.because(&zh, None));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    engine.register_fn("digits", move |text: ImmutableString| digits(&text));
    engine.register_fn("digits", move |text: ImmutableString, length: INT| {
        digits(&text) && i64::try_from(text.len()) == Ok(length)
    });
}

impl Student {
    /// A student as rules see one.
    pub fn of(definition: &Definition, admitted: i32, division: Option<usize>, department: String) -> Student {
        let calendar = &definition.school.calendar;
        let first = calendar.terms.first().map(|term| Term { year: admitted, number: term.number });
        let classes = first.and_then(|first| calendar.first_days.get(&first).copied());
        let began = classes.or_else(|| calendar.begins(first?));
        Student { admitted, division, began, department }
    }
}

impl Filing {
    pub(super) fn new(names: Arc<Names>, case: Case) -> Filing {
        Filing { names, case }
    }

    fn read(self: &Seen, name: &str) -> Fallible<Dynamic> {
        match name {
            "student" => Ok(self.student()),
            "window" => Ok(Dynamic::from(Windows(self.clone()))),
            "today" => Ok(Dynamic::from(self.today)),
            _ => match self.answers.get(name) {
                Some(Given::Answered(value) | Given::NotAsked(value)) => Ok(dynamic(value)),
                Some(Given::Unanswered) => Err(Box::new(EvalAltResult::ErrorRuntime(
                    Dynamic::from(Unanswered(name.to_owned())),
                    Position::NONE,
                ))),
                None => Err(unknown("欄位", "field", name)),
            },
        }
    }

    fn student(&self) -> Dynamic {
        let student = &self.student;
        let division = student.division.and_then(|index| self.names.divisions.get(index)).cloned().unwrap_or_default();
        let mut map = Map::new();
        map.insert("admitted".into(), INT::from(student.admitted).into());
        map.insert("division".into(), division.into());
        map.insert("department".into(), student.department.clone().into());
        map.insert("began".into(), Dynamic::from(student.began.unwrap_or(Day::MIN)));
        map.insert("year_of_study".into(), INT::from(self.academic_year - student.admitted + 1).into());
        map.into()
    }

    /// The parameter's value in force for this student.
    pub(super) fn parameter(&self, id: &str) -> Result<Amount, ParameterMissing> {
        let parameter = self.names.parameter(id).ok_or(ParameterMissing::Unknown)?;
        let division = self.student.division.unwrap_or(usize::MAX);
        parameter.value(self.today, self.student.admitted, division).ok_or(ParameterMissing::NoValue)
    }
}

impl Other {
    fn seen(&self) -> Dynamic {
        let mut map = Map::new();
        map.insert("kind".into(), self.kind.clone().into());
        map.insert("state".into(), self.state.clone().into());
        map.insert("ends".into(), self.ends.into());
        map.insert("own".into(), self.own.into());
        map.into()
    }
}

impl Figure {
    fn nothing() -> Figure {
        Figure { amount: Amount::ZERO, reasons: Vec::new() }
    }

    fn because(mut self, zh: &str, en: Option<&str>) -> Figure {
        if self.reasons.len() < 8 {
            self.reasons.push(Text { zh: cut(zh), en: en.map(cut) });
        }
        self
    }

    /// Reads what a function returned: a number, `figure(…)` or `nothing(…)`; else the type's name.
    pub(super) fn read(value: Dynamic) -> Result<Figure, String> {
        let found = value.type_name().to_owned();
        if let Ok(whole) = value.as_int() {
            return Ok(Figure { amount: Amount::whole(whole), reasons: Vec::new() });
        }
        if let Ok(amount) = value.as_decimal() {
            return match Amount::from_decimal(amount) {
                Ok(amount) => Ok(Figure { amount, reasons: Vec::new() }),
                Err(_) => Err(format!("{amount}")),
            };
        }
        value.try_cast::<Figure>().ok_or(found)
    }
}

fn exact(amount: Decimal) -> Fallible<Amount> {
    Amount::from_decimal(amount).map_err(|_| {
        Box::new(EvalAltResult::ErrorRuntime(
            Dynamic::from(Raised {
                code: "MK210",
                what: Text::new(
                    format!("金額 {amount} 超過兩位小數或太大，請先 floor() 或 round()"),
                    format!("the amount {amount} has more than two decimals or is too large; use floor() or round()"),
                ),
            }),
            Position::NONE,
        ))
    })
}

fn dynamic(value: &Value) -> Dynamic {
    match value {
        Value::Text(text) => text.clone().into(),
        Value::Amount(amount) => decimal(*amount).into(),
        Value::Day(day) => Dynamic::from(*day),
        Value::Tick(tick) => (*tick).into(),
        Value::Files(files) => INT::try_from(files.len()).unwrap_or(INT::MAX).into(),
        Value::Entry(entry) => of_entry(entry),
        Value::Cases(cases) => cases.iter().map(of_entry).collect::<rhai::Array>().into(),
    }
}

fn of_entry(entry: &Entry) -> Dynamic {
    let says = entry.says.iter().map(|(name, value)| (name.as_str().into(), dynamic(value)));
    let mut map: Map = says.collect();
    map.insert("id".into(), entry.id.clone().into());
    map.into()
}
