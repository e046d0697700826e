//! The rules that forms and moves name: that they exist, that what they read is there, and that
//! they answer when they are tried on made-up answers.

use std::collections::{BTreeMap, BTreeSet};

use super::check::nearest;
use super::failure::at;
use super::filing::{Case, Entry, FIELDS, Given, Other, Student, Value};
use super::scan::{Sort, Word};
use super::{Compiled, Rules, Unsaid};
use crate::amount::Amount;
use crate::clock::Day;
use crate::definition::case::{Answer, Field};
use crate::definition::{Definition, RuleName, Script};
use crate::lang::Text;
use crate::problem::Problem;
use rhai::Position;

/// A rule and the form that it reads.
pub(super) struct Use<'a> {
    pub rule: &'a RuleName,
    /// Who names it, for problems: `certificate.exam_date`.
    pub path: String,
    pub fields: &'a [Field],
    pub computes: bool,
}

/// Every rule that a form or a move names.
pub(super) fn uses(definition: &Definition) -> Vec<Use<'_>> {
    let mut out = Vec::new();
    let forms = definition.workflows.iter().map(|case| (case.id.as_str(), case.fields.as_slice()));
    let catalogues = definition.catalogues.iter().map(|list| (list.id.as_str(), list.fields.as_slice()));
    let profile = definition.profile.iter().map(|profile| (profile.id.as_str(), profile.fields.as_slice()));
    for (id, fields) in forms.chain(catalogues).chain(profile) {
        for field in fields {
            let path = format!("{id}.{}", field.id);
            if let Some(rule) = &field.check {
                out.push(Use { rule, path: path.clone(), fields, computes: false });
            }
            if let Answer::Computed { rule } = &field.is {
                out.push(Use { rule, path, fields, computes: true });
            }
        }
    }
    for case in &definition.workflows {
        for check in &case.checks {
            if let Some(rule) = &check.rule {
                let path = format!("{}.checks.{}", case.id, check.id);
                out.push(Use { rule, path, fields: &case.fields, computes: false });
            }
        }
        for step in &case.moves {
            if let Some(rule) = &step.rule {
                let path = format!("{}.moves.{}", case.id, step.id);
                out.push(Use { rule, path, fields: &case.fields, computes: false });
            }
        }
    }
    out
}

/// Rules that are named and not there.
pub(super) fn missing(definition: &Definition, scripts: &[Compiled]) -> Vec<Problem> {
    let mut problems = Vec::new();
    for named in uses(definition) {
        // A script that is not there, or does not compile, has its problem already.
        let Some(script) = scripts.iter().find(|script| script.name == named.rule.script) else { continue };
        let name = &named.rule.function;
        if script.ast.iter_functions().any(|function| function.name == name && function.params.len() == 1) {
            continue;
        }
        let what = Text::new(
            format!("{} 要用的函式 {name} 不存在，或不是恰有一個參數", named.path),
            format!("{} needs a function {name} of one argument", named.path),
        );
        let mut problem = at("MK203", &script.file, Position::NONE, named.path, what);
        problem.found = name.clone();
        problem.allowed = nearest(name, script.ast.iter_functions().map(|function| function.name));
        problems.push(problem);
    }
    problems
}

/// What a script says behind `c.` that none of its forms has.
pub(super) fn unknown_fields(definition: &Definition, script: &Script, words: &[Word], problems: &mut Vec<Problem>) {
    let used = uses(definition);
    let forms = used.iter().filter(|named| named.rule.script == script.name);
    let known: BTreeSet<&str> = forms
        .flat_map(|named| named.fields.iter().filter(|field| !is_record(field)).map(|field| field.id.as_str()))
        .chain(FIELDS.iter().map(|(name, ..)| *name))
        .collect();
    for three in words.windows(3) {
        let [c, point, field] = three else { continue };
        let is_budget = c.text == "was_paid" && point.text == "(" && field.sort == Sort::Text;
        if is_budget && !definition.budgets.iter().any(|budget| budget.id == field.text) {
            let known = definition.budgets.iter().map(|budget| budget.id.as_str());
            let what =
                Text::new(format!("沒有名為 {} 的預算", field.text), format!("there is no budget {}", field.text));
            problems.push(unknown(script, field, what, nearest(&field.text, known)));
        }
        let is_elsewhere = c.text == "elsewhere" && point.text == "(" && field.sort == Sort::Text;
        let forms = || used.iter().filter(|named| named.rule.script == script.name).flat_map(|named| named.fields);
        let told: BTreeSet<&str> = forms().filter(|of| of.unique.is_some()).map(|of| of.id.as_str()).collect();
        if is_elsewhere && !told.contains(field.text.as_str()) {
            let what = Text::new(
                format!("{} 不是有 unique 的欄位", field.text),
                format!("{} is no field with unique", field.text),
            );
            problems.push(unknown(script, field, what, nearest(&field.text, told.iter().copied())));
        }
        let is_read = c.sort == Sort::Name && c.text == "c" && point.text == "." && field.sort == Sort::Name;
        // A script that no form uses may be a requirement's alone.
        if !is_read || known.len() == FIELDS.len() || known.contains(field.text.as_str()) {
            continue;
        }
        let recorded = uses(definition).iter().any(|named| {
            named.rule.script == script.name && named.fields.iter().any(|at| at.id == field.text && is_record(at))
        });
        let what = if recorded {
            Text::new(
                format!("{} 取自學生資料，規則不能讀", field.text),
                format!("{} is of the student's record, which rules do not see", field.text),
            )
        } else {
            Text::new(format!("表單沒有名為 {} 的欄位", field.text), format!("no form has a field {}", field.text))
        };
        problems.push(unknown(script, field, what, nearest(&field.text, known.iter().copied())));
    }
}

/// What a script says behind `c.field.` that the catalogue of no such field has.
pub(super) fn unknown_of_entries(
    definition: &Definition,
    script: &Script,
    words: &[Word],
    problems: &mut Vec<Problem>,
) {
    let used = uses(definition);
    for five in words.windows(5) {
        let [c, point, field, second, of] = five else { continue };
        let reads = c.text == "c" && point.text == "." && second.text == "." && of.sort == Sort::Name;
        if !reads || c.sort != Sort::Name {
            continue;
        }
        let forms = used.iter().filter(|named| named.rule.script == script.name).flat_map(|named| named.fields);
        let named: Vec<&Field> = forms.filter(|known| known.id == field.text).collect();
        let mut known: BTreeSet<&str> = BTreeSet::new();
        for named in &named {
            let Answer::Entry { catalogue, .. } = named.is else { continue };
            let list = definition.catalogues.get(catalogue);
            known.extend(list.into_iter().flat_map(|list| &list.fields).map(|field| field.id.as_str()));
        }
        let are_entries = named.iter().all(|named| matches!(named.is, Answer::Entry { .. }));
        if named.is_empty() || !are_entries || known.contains(of.text.as_str()) || of.text == "id" {
            continue;
        }
        let what =
            Text::new(format!("目錄沒有名為 {} 的欄位", of.text), format!("the catalogue has no field {}", of.text));
        problems.push(unknown(script, of, what, nearest(&of.text, known.iter().copied())));
    }
}

fn unknown(script: &Script, word: &Word, what: Text, allowed: Text) -> Problem {
    Problem {
        line: word.line,
        column: word.column,
        length: word.text.chars().count(),
        found: word.text.clone(),
        allowed,
        ..at("MK204", &script.file, Position::NONE, script.name.clone(), what)
    }
}

fn is_record(field: &Field) -> bool {
    matches!(field.is, Answer::Record(_))
}

/// Tries each rule on forms that are barely and fully filled in.
pub(super) fn trial(definition: &Definition, rules: &Rules) -> Vec<Problem> {
    let mut problems: Vec<Problem> = Vec::new();
    let newest = definition.parameters.iter().flat_map(|parameter| &parameter.values).map(|value| value.from).max();
    let today = newest.unwrap_or_else(|| Day::from_ymd_opt(2000, 1, 1).unwrap_or_default());
    let academic_year = definition.school.calendar.academic_year(today);
    let student = Student { admitted: academic_year, division: Some(0), began: Some(today), department: String::new() };
    for named in uses(definition) {
        // A script that is not there is told where it is named.
        if !rules.scripts.iter().any(|script| script.name == named.rule.script) {
            continue;
        }
        for full in [false, true] {
            let filing = rules.filing(Case {
                answers: sample(definition, named.fields, today, full),
                windows: if full { vec![None] } else { Vec::new() },
                student: student.clone(),
                today,
                academic_year,
                paid: Vec::new(),
                elsewhere: if full { others(definition, named.fields) } else { BTreeMap::new() },
            });
            let failed = if named.computes {
                rules.figure(named.rule, &filing).err()
            } else {
                rules.agree(named.rule, &filing).err()
            };
            match failed {
                Some(Unsaid::Failed(problem)) if problem.code != "MK208" => {
                    if !problems.contains(&problem) {
                        problems.push(*problem);
                    }
                    break;
                }
                Some(Unsaid::Failed(_) | Unsaid::Unanswered(_)) | None => {}
            }
        }
    }
    problems
}

/// Another case with the same text in every field that is told apart.
fn others(definition: &Definition, fields: &[Field]) -> BTreeMap<String, Vec<Other>> {
    let Some(case) = definition.workflows.first() else { return BTreeMap::new() };
    let state = case.states.last().map(|state| state.id.clone()).unwrap_or_default();
    let other = Other { kind: case.id.clone(), state, ends: "", own: true };
    let told = fields.iter().filter(|field| field.unique.is_some());
    told.map(|field| (field.id.clone(), vec![other.clone()])).collect()
}

/// Made-up answers to all of a form.
fn sample(definition: &Definition, fields: &[Field], today: Day, full: bool) -> BTreeMap<String, Given> {
    let answer = |field: &Field| match &field.is {
        Answer::Date => Value::Day(today),
        Answer::Number { least, most } | Answer::Money { least, most } => {
            Value::Amount(if full { (*most).min(Amount::whole(1_000)) } else { *least })
        }
        Answer::Tick { .. } => Value::Tick(full),
        Answer::Entry { catalogue, .. } => {
            let fields = definition.catalogues.get(*catalogue).map(|list| list.fields.as_slice()).unwrap_or_default();
            let says = fields.iter().map(|field| (field.id.clone(), nothing(&field.is, today))).collect();
            Value::Entry(Entry { id: "1".to_owned(), says })
        }
        Answer::Cases { of, .. } => {
            let fields = definition.workflow(of).map(|(_, case)| case.fields.as_slice()).unwrap_or_default();
            let says = fields.iter().map(|field| (field.id.clone(), nothing(&field.is, today))).collect();
            Value::Cases(if full { vec![Entry { id: "1".to_owned(), says }] } else { Vec::new() })
        }
        Answer::Choice(options) => Value::Text(options.first().map(|option| option.id.clone()).unwrap_or_default()),
        other => nothing(other, today),
    };
    fields.iter().map(|field| (field.id.clone(), Given::Answered(answer(field)))).collect()
}

/// What an answer reads as where it is not asked for.
pub fn nothing(is: &Answer, day: Day) -> Value {
    match is {
        Answer::Text { .. } | Answer::Choice(_) | Answer::Record(_) => Value::Text(String::new()),
        Answer::Number { .. } | Answer::Money { .. } | Answer::Computed { .. } => Value::Amount(Amount::ZERO),
        Answer::Date => Value::Day(day),
        Answer::Tick { .. } => Value::Tick(false),
        Answer::File { .. } => Value::Files(Vec::new()),
        Answer::Cases { .. } => Value::Cases(Vec::new()),
        Answer::Entry { .. } => Value::Entry(Entry { id: String::new(), says: BTreeMap::new() }),
    }
}
