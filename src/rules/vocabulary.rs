//! What a script may say: the fields of what a rule sees, and the functions. One table each, from
//! which both the engine and `docs/rules.md` are made.

use std::sync::Arc;

use rhai::{Dynamic, Engine, EvalAltResult, INT, ImmutableString, NativeCallContext, Position};
use rust_decimal::Decimal;

use super::answer::{Answer, cut};
use super::failure::Raised;
use super::subject::{ParameterMissing, Subject};
use super::{filing, numbers};
use crate::amount::Amount;
use crate::clock::Day;
use crate::lang::Text;

/// What scripts hold as `f`.
type Seen = Arc<Subject>;
pub(super) type Fallible<T> = Result<T, Box<EvalAltResult>>;

/// A field of `f`: `f.earned`.
pub(super) struct Field {
    pub name: &'static str,
    pub sort: &'static str,
    pub zh: &'static str,
    pub en: &'static str,
    read: fn(&Subject) -> Dynamic,
}

pub(super) const FIELDS: &[Field] = &[
    Field {
        name: "earned",
        sort: "decimal",
        zh: "此門檻已採計的數量",
        en: "what counts for this requirement, summed",
        read: |f| decimal(f.earned()).into(),
    },
    Field {
        name: "needed",
        sort: "decimal",
        zh: "此門檻所需的數量（該生適用的參數值）",
        en: "what this requirement needs, by the parameter in force for the student",
        read: |f| decimal(f.needed()).into(),
    },
    Field {
        name: "missing",
        sort: "decimal",
        zh: "還缺的數量；不缺時為 0",
        en: "what is still missing; 0 where nothing is",
        read: |f| decimal(f.earned().missing_to(f.needed())).into(),
    },
    Field {
        name: "admitted",
        sort: "integer",
        zh: "入學學年度",
        en: "academic year of admission",
        read: |f| INT::from(f.admitted()).into(),
    },
    Field {
        name: "year_of_study",
        sort: "integer",
        zh: "判定日為入學後第幾個學年（第一年為 1）",
        en: "which academic year after admission the day lies in; the first is 1",
        read: |f| INT::from(f.academic_year - f.admitted() + 1).into(),
    },
    Field {
        name: "division",
        sort: "text",
        zh: "學制代碼；學校未定義者為空字串",
        en: "id of the division; empty for one that the school does not name",
        read: |f| f.names.divisions.get(f.division()).cloned().unwrap_or_default().into(),
    },
];

/// A function: `parameter("…")`, `f.sum("…")`.
pub(super) struct Function {
    pub signature: &'static str,
    pub zh: &'static str,
    pub en: &'static str,
    register: fn(&mut Engine),
}

pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        signature: "f.sum(\"category\")",
        zh: "該類別所有學期的總數量",
        en: "all the student has in a category, over all terms",
        register: |engine| {
            engine.register_fn("sum", |f: &mut Seen, category: ImmutableString| -> Fallible<Decimal> {
                f.total(&category).map(decimal).ok_or_else(|| unknown("類別", "category", &category))
            });
        },
    },
    Function {
        signature: "f.counted(\"category\")",
        zh: "此門檻採計該類別的數量（已扣除採計學期之外與超過上限者）",
        en: "what this requirement counted of a category, after its terms and its cap",
        register: |engine| {
            engine.register_fn("counted", |f: &mut Seen, category: ImmutableString| -> Fallible<Decimal> {
                f.counted(&category).map(decimal).ok_or_else(|| unknown("類別", "category", &category))
            });
        },
    },
    Function {
        signature: "parameter(\"id\")",
        zh: "參數在判定日對該生適用的值",
        en: "the value of a parameter on the day of judging, for the student",
        register: |engine| {
            engine.register_fn("parameter", |context: NativeCallContext, id: ImmutableString| -> Fallible<Decimal> {
                let tag = context.tag().cloned().unwrap_or_default();
                let (found, day, admitted) = match (tag.clone().try_cast::<Seen>(), tag.try_cast::<filing::Seen>()) {
                    (Some(seen), _) => (seen.parameter(&id), seen.day, seen.admitted()),
                    (None, Some(seen)) => (seen.parameter(&id), seen.today, seen.student.admitted),
                    (None, None) => (Err(ParameterMissing::Unknown), Day::MIN, 0),
                };
                match found {
                    Ok(value) => Ok(decimal(value)),
                    Err(ParameterMissing::Unknown) => Err(unknown("參數", "parameter", &id)),
                    Err(ParameterMissing::NoValue) => Err(raise("MK208", no_value(&id, day, admitted))),
                }
            });
        },
    },
    Function {
        signature: "pass()",
        zh: "通過",
        en: "passed",
        register: |engine| {
            engine.register_fn("pass", || Answer { passed: true, reasons: Vec::new() });
        },
    },
    Function {
        signature: "fail(\"中文理由\", \"reason in English\")",
        zh: "未通過，附理由（英文可省略）",
        en: "not passed, with the reason; the English may be left out",
        register: |engine| {
            engine.register_fn("fail", |zh: ImmutableString, en: ImmutableString| {
                Answer { passed: false, reasons: Vec::new() }.because(&zh, Some(&en))
            });
            engine.register_fn("fail", |zh: ImmutableString| {
                Answer { passed: false, reasons: Vec::new() }.because(&zh, None)
            });
        },
    },
    Function {
        signature: "answer.because(\"中文理由\", \"reason in English\")",
        zh: "為 `pass()` 或 `fail(…)` 再加一個理由",
        en: "one more reason for a `pass()` or a `fail(…)`",
        register: |engine| {
            engine.register_fn("because", |answer: Answer, zh: ImmutableString, en: ImmutableString| {
                answer.because(&zh, Some(&en))
            });
            engine.register_fn("because", |answer: Answer, zh: ImmutableString| answer.because(&zh, None));
        },
    },
];

/// Gives the engine the words of the tables.
pub(super) fn register(engine: &mut Engine) {
    engine.register_type_with_name::<Seen>("facts").register_type_with_name::<Answer>("answer");
    for field in FIELDS {
        let read = field.read;
        engine.register_get(field.name, move |f: &mut Seen| read(f));
    }
    for function in FUNCTIONS {
        (function.register)(engine);
    }
    filing::register(engine);
    numbers::register(engine);
}

/// An amount as scripts see it: exact, written without trailing zeros.
pub(super) fn decimal(amount: Amount) -> Decimal {
    match (amount.0 % 100, amount.0 % 10) {
        (0, _) => Decimal::new(amount.0 / 100, 0),
        (_, 0) => Decimal::new(amount.0 / 10, 1),
        _ => Decimal::new(amount.0, 2),
    }
}

pub(super) fn unknown(zh: &str, en: &str, name: &str) -> Box<EvalAltResult> {
    let name = cut(name);
    raise("MK204", Text::new(format!("沒有名為 {name} 的{zh}"), format!("there is no {en} {name}")))
}

/// What is said where a parameter has no value for a student.
pub(super) fn no_value(id: &str, day: Day, admitted: i32) -> Text {
    Text::new(
        format!("參數 {id} 在 {day} 對 {admitted} 學年度入學者沒有適用的值"),
        format!("parameter {id} has no value in force on {day} for those admitted in {admitted}"),
    )
}

fn raise(code: &'static str, what: Text) -> Box<EvalAltResult> {
    Box::new(EvalAltResult::ErrorRuntime(Dynamic::from(Raised { code, what }), Position::NONE))
}

/// The words that may follow `f.`.
pub(super) fn after_f() -> impl Iterator<Item = &'static str> {
    FIELDS.iter().map(|field| field.name).chain(["sum", "counted"])
}
