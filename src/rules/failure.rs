//! What can be wrong with a rule, as problems that name file, line and column. Rhai's own words are
//! English; the kinds of failure that rule authors meet are said in both languages.

use std::path::{Path, PathBuf};

use rhai::{EvalAltResult, ParseError, Position};

use super::Compiled;
use super::answer::cut;
use super::engine::OPERATIONS;
use super::filing::Unanswered;
use crate::clock::Day;
use crate::definition::Requirement;
use crate::lang::Text;
use crate::problem::Problem;

/// The codes of this module with what they mean, for `docs/problems.md`.
pub const CODES: &[(&str, &str, &str)] = &[
    ("MK201", "規則檔有語法錯誤", "A script does not compile"),
    ("MK202", "沒有這個規則檔", "There is no such script"),
    ("MK203", "規則檔中沒有這個函式", "The script has no such function of one argument"),
    ("MK204", "規則中使用了不存在的名稱", "A rule names something that there is not"),
    ("MK205", "規則超過執行限制", "A rule went beyond its limits"),
    ("MK206", "規則執行失敗", "A rule failed while it ran"),
    ("MK207", "規則的回答不是通過或未通過", "A rule answered something else than passed or not passed"),
    ("MK208", "參數在該日沒有適用的值", "A parameter has no value in force"),
    ("MK209", "超過引擎可處理的數量", "More than the engine takes"),
    ("MK210", "算出的金額不對", "A computed amount that is none"),
];

/// An error raised by one of our own functions, in both languages.
#[derive(Clone, Debug)]
pub(super) struct Raised {
    pub code: &'static str,
    pub what: Text,
}

/// A problem in `file` at a place of a script.
pub(super) fn at(code: &'static str, file: &Path, position: Position, path: String, what: Text) -> Problem {
    Problem {
        code,
        file: file.to_owned(),
        line: position.line().unwrap_or(0),
        column: position.position().unwrap_or(usize::from(!position.is_none())),
        path,
        what,
        ..Problem::default()
    }
}

pub(super) fn no_rule(requirement: usize) -> Problem {
    let what = Text::new(format!("第 {requirement} 個門檻沒有規則"), format!("requirement {requirement} has no rule"));
    at("MK202", &PathBuf::new(), Position::NONE, String::new(), what)
}

/// No value of the parameter that says how much a requirement needs is in force for a student.
pub fn no_value(parameter: &str, day: Day, admitted: i32, requirement: &Requirement) -> Problem {
    let path = format!("parameters.{parameter}");
    let mut problem =
        at("MK208", &PathBuf::new(), Position::NONE, path, super::vocabulary::no_value(parameter, day, admitted));
    problem.found = requirement.id.clone();
    problem
}

pub(super) fn of_parse(error: &ParseError, file: &Path) -> Problem {
    let detail = cut(&error.err_type().to_string());
    let what = Text::new(format!("規則檔有語法錯誤：{detail}"), format!("the script does not compile: {detail}"));
    at("MK201", file, error.position(), String::new(), what)
}

pub(super) fn not_an_answer(found: &str, compiled: &Compiled, function: &str) -> Problem {
    let found = cut(found);
    let name = format!("{}::{function}", compiled.name);
    let what = Text::new(
        format!("規則 {name} 的回答是 {found}，不是通過或未通過"),
        format!("the rule {name} answered {found}, neither passed nor not passed"),
    );
    let mut problem = at("MK207", &compiled.file, place(compiled, function), name, what);
    problem.found = found;
    problem.allowed = Text::new("true、false、pass() 或 fail(…)", "true, false, pass() or fail(…)");
    problem
}

pub(super) fn not_a_figure(found: &str, compiled: &Compiled, function: &str) -> Problem {
    let found = cut(found);
    let name = format!("{}::{function}", compiled.name);
    let what = Text::new(
        format!("規則 {name} 的回答是 {found}，不是金額"),
        format!("the rule {name} answered {found}, which is no amount"),
    );
    let mut problem = at("MK210", &compiled.file, place(compiled, function), name, what);
    problem.found = found;
    problem.allowed = Text::new(
        "數字（最多兩位小數）、figure(…) 或 nothing(…)",
        "a number of at most two decimals, figure(…) or nothing(…)",
    );
    problem
}

/// The field without whose answer the rule could say nothing, where that is why it failed.
pub(super) fn unanswered(error: &EvalAltResult) -> Option<String> {
    let mut error = error;
    while let EvalAltResult::ErrorInFunctionCall(_, _, inner, _) = error {
        error = inner;
    }
    match error {
        EvalAltResult::ErrorRuntime(value, ..) => value.clone().try_cast::<Unanswered>().map(|field| field.0),
        _ => None,
    }
}

pub(super) fn of_run(error: &EvalAltResult, compiled: &Compiled, function: &str) -> Problem {
    let (inner, position) = innermost(error, compiled, function);
    let name = format!("{}::{function}", compiled.name);
    let (code, detail) = describe(inner);
    let what = Text::new(
        format!("規則 {name}：{}", detail.zh),
        format!("rule {name}: {}", detail.en.as_deref().unwrap_or(&detail.zh)),
    );
    at(code, &compiled.file, position, name, what)
}

/// The error where it arose, through the calls that it passed. The engine does not say where an
/// empty loop stands; then it is the function that it stands in.
fn innermost<'a>(error: &'a EvalAltResult, compiled: &Compiled, function: &str) -> (&'a EvalAltResult, Position) {
    let mut error = error;
    let mut function = function;
    while let EvalAltResult::ErrorInFunctionCall(name, _, inner, _) = error {
        function = name;
        error = inner;
    }
    let position = error.position();
    (error, if position.is_none() { place(compiled, function) } else { position })
}

/// Where a function is written.
fn place(compiled: &Compiled, function: &str) -> Position {
    let known = compiled.places.iter().find(|(name, _)| name == function);
    known.map_or(Position::NONE, |(_, position)| *position)
}

fn describe(error: &EvalAltResult) -> (&'static str, Text) {
    use EvalAltResult as E;
    match error {
        E::ErrorTooManyOperations(..) => (
            "MK205",
            Text::new(
                format!("超過 {OPERATIONS} 個運算步驟（是否有不會結束的迴圈？）"),
                format!("more than {OPERATIONS} operations (a loop that does not end?)"),
            ),
        ),
        E::ErrorStackOverflow(..) => (
            "MK205",
            Text::new(
                "函式呼叫的層數太多（是否呼叫了自己？）",
                "calls nest too deeply (a function that calls itself?)",
            ),
        ),
        E::ErrorDataTooLarge(what, ..) => {
            ("MK205", Text::new(format!("資料太大：{what}"), format!("too large: {what}")))
        }
        E::ErrorTooManyVariables(..) => ("MK205", Text::new("變數太多", "too many variables")),
        E::ErrorTerminated(..) => ("MK205", Text::new("執行時間太長", "it took too long")),
        E::ErrorVariableNotFound(name, ..) => {
            ("MK206", Text::new(format!("沒有名為 {name} 的變數"), format!("there is no variable {name}")))
        }
        E::ErrorFunctionNotFound(signature, ..) => {
            let signature = cut(signature);
            ("MK206", Text::new(format!("沒有函式 {signature}"), format!("there is no function {signature}")))
        }
        E::ErrorRuntime(value, ..) => match value.clone().try_cast::<Raised>() {
            Some(raised) => (raised.code, raised.what),
            None => {
                let thrown = cut(&value.to_string());
                ("MK206", Text::new(format!("規則自行中止：{thrown}"), format!("it threw: {thrown}")))
            }
        },
        other => {
            let detail = cut(&other.to_string());
            ("MK206", Text::new(format!("執行失敗：{detail}"), format!("it failed: {detail}")))
        }
    }
}
