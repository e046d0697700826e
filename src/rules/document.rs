//! `docs/rules.md`: what a script may use, made from the engine's own tables and limits.

use std::fmt::Write;

use super::engine::{
    ARRAY_ITEMS, CALL_LEVELS, FUNCTIONS as MOST_FUNCTIONS, MAP_ITEMS, MILLISECONDS, OPERATIONS, SCRIPT_BYTES,
    STRING_BYTES, VARIABLES,
};
use super::failure::CODES;
use super::filing;
use super::numbers;
use super::vocabulary::{FIELDS, FUNCTIONS, Field, Function};

/// The page, in Markdown.
pub fn document() -> String {
    let mut out = String::from(OPENING);
    out.push_str("\n## What `f` holds\n\n| field | sort | meaning | 意義 |\n|---|---|---|---|\n");
    for Field { name, sort, zh, en, .. } in FIELDS {
        let _ = writeln!(out, "| `f.{name}` | {sort} | {en} | {zh} |");
    }
    out.push_str("\n## Functions\n\n| function | meaning | 意義 |\n|---|---|---|\n");
    for Function { signature, zh, en, .. } in FUNCTIONS {
        let _ = writeln!(out, "| `{signature}` | {en} | {zh} |");
    }
    out.push_str(ANSWERS);
    out.push_str(CASES);
    out.push_str("\n| field | meaning | 意義 |\n|---|---|---|\n| `c.FIELD` | the answer of a field of the form | 表單欄位的答案 |\n");
    for (name, zh, en) in filing::FIELDS {
        let _ = writeln!(out, "| `c.{name}` | {en} | {zh} |");
    }
    out.push_str("\n| function | meaning | 意義 |\n|---|---|---|\n");
    for (signature, zh, en) in filing::FUNCTIONS.iter().chain(numbers::FUNCTIONS) {
        let _ = writeln!(out, "| `{signature}` | {en} | {zh} |");
    }
    out.push_str("\n## Limits\n\n| what | at most |\n|---|---|\n");
    let limits = [
        ("a script", format!("{SCRIPT_BYTES} bytes")),
        ("operations of one answer", OPERATIONS.to_string()),
        ("time of one answer, on a running server", format!("{MILLISECONDS} ms")),
        ("calls within calls", CALL_LEVELS.to_string()),
        ("a text", format!("{STRING_BYTES} bytes")),
        ("an array", format!("{ARRAY_ITEMS} items")),
        ("a map", format!("{MAP_ITEMS} items")),
        ("variables", VARIABLES.to_string()),
        ("functions of a script", MOST_FUNCTIONS.to_string()),
    ];
    for (what, most) in limits {
        let _ = writeln!(out, "| {what} | {most} |");
    }
    out.push_str(LIMITS);
    out.push_str("\n## What can be wrong\n\n| code | meaning | 意義 |\n|---|---|---|\n");
    for (code, zh, en) in CODES {
        let _ = writeln!(out, "| {code} | {en} | {zh} |");
    }
    out.push_str(EXAMPLES);
    out
}

const OPENING: &str = r#"# Rules

*Made from the engine's tables by `MENKAN_WRITE_DOCS=1 cargo test --test it rules::`.*

A rule is a function of one argument in `rules/<school>/<script>.rhai`; a requirement names it as
`rule: script::function`. Sums are made before it is asked: the requirement says which categories
count, from which term and up to which cap, a parameter says how much is needed. The rule says
when that is enough:

```rhai
fn enough(f) {
    f.earned >= f.needed
}
```

The language is [Rhai](https://rhai.rs/book/). Numbers with a point are exact decimals
(`0.1 + 0.2 == 0.3`); there is no floating point, no clock, no file, no network, no randomness and no
`eval`. What a script prints goes nowhere. A rule sees numbers, never who the student is.
"#;

const ANSWERS: &str = r#"
A rule answers `true`, `false`, `pass()` or `fail(…)`. Where it answers `false` without a reason, the
student is told how much is missing.

```rhai
fn enough_with_one_of_each(f) {
    if f.counted("volunteering") < 4 {
        return fail("志工服務至少 4 小時", "at least 4 hours of volunteering");
    }
    f.earned >= f.needed
}
```
"#;

const CASES: &str = r#"
## Rules of cases

The check of a field and the `if` of a move answer like the rules above, about what `c` holds; a computed
field's rule answers an amount. A date is compared with `<`, `<=`, `==`, and two are subtracted to days. What
is not asked for reads as 0, `false` or an empty text. A rule that reads an answer that is not there yet says
nothing until it is.

```rhai
fn subsidy(c) {
    if c.other_aid { return nothing("已申請其他補助", "there is other aid"); }
    let half = ((c.exam_fee + c.issue_fee) / 2).floor();
    if half > parameter("subsidy_cap") { return figure(parameter("subsidy_cap")); }
    figure(half)
}
```
"#;

const LIMITS: &str = r#"
A rule that goes beyond them is refused when the folder is checked: each is tried on made-up students
who have nothing, nearly enough, just enough and plenty. One that fails later leaves the student not
passed, with a reason that names the rule, its file and its line.
"#;

const EXAMPLES: &str = r#"
## Examples beside a script

`rules/<school>/<script>.examples.yaml` proves what a script does; `menkan test` runs it and says what no
example covers. `on` and `student` may be said once at the top, for all examples.

```yaml
on: 2025-12-12
student: {admitted: 111, division: day}
examples:
  - name: {zh-TW: 差半小時仍未通過, en: Half an hour short does not pass}
    requirement: service
    has: {volunteering: {111-1: 1.5, 113-1: 1}}        # amounts by category and term
    expect: {passed: false, earned: 2.5, needed: 3, reasons: [{zh-TW: 還缺 0.5 小時, en: 0.5 hours still missing}]}
  - name: {zh-TW: 被撤回的紀錄不再採計, en: A record that was taken back no longer counts}
    requirement: service
    credits:                                        # or records, each with its days
      - {category: volunteering, amount: 3, on: 2025-03-01, recorded: 2025-03-02, taken_back: 2025-06-01}
    expect: {bound: true, passed: false, earned: 0}
```

An example of a case's rule is a form as somebody filled it in. It is filled in by the same functions as a
student's: what the form does not ask for reads as nothing, whatever was typed. `case`, the name of a case, a
catalogue or the profile, says whose form it is; it may be said once at the top, or left out.

```yaml
case: certificate
on: 2026-02-25
student: {admitted: 112, division: day, department: 資管}
window: [2025-08-01, 2026-01-31]        # the evidence that the open window covers; a list of such, any, or none
examples:
  - name: {zh-TW: 一半, en: Half of it}
    rule: certificate::subsidy
    answers: {exam_date: 2025-09-10, other_aid: false, exam_fee: 3000}
    expect: {figure: 1500, reasons: [{zh-TW: 3000 的一半, en: half of 3000}]}
  - name: {zh-TW: 領過者不再補助, en: Paid once in a life}
    rule: certificate::subsidy
    paid: [certificate-subsidy]         # budgets that the student was paid from before
    answers: {exam_date: 2025-09-10, other_aid: false, exam_fee: 3000}
    expect: {figure: 0}
  - name: {zh-TW: 還不能判斷, en: Nothing can be said yet}
    rule: certificate::subsidy
    answers: {exam_date: 2025-09-10, other_aid: false}
    expect: {unanswered: exam_fee}      # the field that is to be answered first
  - name: {zh-TW: 可以送出, en: It may be sent}
    rule: certificate::may_submit
    answers: {certificate: {name: 電腦軟體應用, level: 乙級}, exam_proof: proof}   # an entry by what it says; a file by any word
    # other cases that are used: [{name: 甲}, {name: 乙}], each by what was sent of it
    expect: {passed: true}
```
"#;
