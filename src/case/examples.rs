//! Runs the examples of rules that forms and moves name, by the same functions that fill in a
//! student's form and ask its rules.

use std::collections::BTreeMap;

use super::{Filled, Raw, Setting, Usable, fill};
use crate::clock::{Day, Instant};
use crate::definition::Definition;
use crate::definition::case::{Among, Answer, Catalogue, End, Field, Round, Workflow};
use crate::definition::examples::{CaseExample, Difference, Form, Typed, compare, compare_reasons};
use crate::lang::{Lang, Text};
use crate::rules::filing::{Entry, Given, Other, Student, Value};
use crate::rules::{Answer as Said, Figure, Rules, Unsaid};

/// What came out differently than the example says; nothing where it holds. The form is filled in
/// by `rules`, its one rule is asked of `asked`: the same, or those that count what is run.
pub fn differences(definition: &Definition, rules: &Rules, asked: &Rules, example: &CaseExample) -> Vec<Difference> {
    let fields = example.form.fields(definition);
    let filled = filled(definition, rules, example, fields);
    let mut out = Vec::new();
    for field in fields {
        let typed = example.answers.get(&field.id).is_some_and(|typed| *typed != Typed::Text(String::new()));
        let is_read = match filled.given.get(&field.id) {
            Some(Given::Unanswered) => false,
            Some(Given::NotAsked(_)) => field.of_move.is_none(),
            Some(Given::Answered(_)) | None => true,
        };
        if typed && !is_read {
            let wrong = filled.wrong.iter().find(|wrong| fields.get(wrong.field).is_some_and(|at| at.id == field.id));
            let found = wrong.map(|wrong| wrong.what.get(Lang::En).to_owned()).unwrap_or_default();
            out.push(Difference { field: format!("answers.{}", field.id), expected: String::new(), found });
        }
    }
    let computes = fields.iter().any(|field| matches!(&field.is, Answer::Computed { rule } if *rule == example.rule));
    if computes {
        figure(&mut out, example, asked.figure(&example.rule, &filled.filing));
    } else {
        agreed(&mut out, example, asked.agree(&example.rule, &filled.filing));
    }
    out
}

fn figure(out: &mut Vec<Difference>, example: &CaseExample, said: Result<Figure, Unsaid>) {
    let expect = &example.expect;
    if let Some(passed) = expect.passed {
        compare(out, "passed", Some(passed.to_string()), String::new());
    }
    let said = match said {
        Ok(figure) => figure,
        Err(unsaid) => return failed(out, example, unsaid),
    };
    compare(out, "unanswered", expect.unanswered.clone(), String::new());
    compare(out, "figure", expect.figure.map(|amount| amount.to_string()), said.amount.to_string());
    compare_reasons(out, expect.reasons.as_ref(), &said.reasons);
}

fn agreed(out: &mut Vec<Difference>, example: &CaseExample, said: Result<Said, Unsaid>) {
    let expect = &example.expect;
    if let Some(amount) = expect.figure {
        compare(out, "figure", Some(amount.to_string()), String::new());
    }
    let said = match said {
        Ok(answer) => answer,
        Err(unsaid) => return failed(out, example, unsaid),
    };
    compare(out, "unanswered", expect.unanswered.clone(), String::new());
    compare(out, "passed", expect.passed.map(|passed| passed.to_string()), said.passed.to_string());
    compare_reasons(out, expect.reasons.as_ref(), &said.reasons);
}

fn failed(out: &mut Vec<Difference>, example: &CaseExample, unsaid: Unsaid) {
    match unsaid {
        Unsaid::Unanswered(field) => {
            let expected = example.expect.unanswered.clone().unwrap_or_default();
            compare(out, "unanswered", Some(expected), field);
        }
        Unsaid::Failed(problem) => {
            let found = problem.line(Lang::En);
            out.push(Difference { field: "rule".to_owned(), expected: String::new(), found });
        }
    }
}

/// The form as the example's student filled it in.
fn filled(definition: &Definition, rules: &Rules, example: &CaseExample, fields: &[Field]) -> Filled {
    let no_case = Workflow::default();
    let workflow = match example.form {
        Form::Case(index) => definition.workflows.get(index),
        Form::Catalogue(_) | Form::Profile => None,
    };
    let rounds: Vec<Round> = example.windows.iter().map(|days| round(*days)).collect();
    let (raw, entries, cases) = answers(definition, example, fields);
    let student = Student::of(definition, example.admitted, Some(example.division), example.department.clone());
    let noon = chrono::NaiveTime::from_hms_opt(12, 0, 0).unwrap_or_default();
    let setting = Setting {
        definition,
        rules,
        workflow: workflow.unwrap_or(&no_case),
        now: definition.school.calendar.instant(example.day, noon),
        today: example.day,
        student,
        windows: rounds.iter().collect(),
        entries,
        paid: example.paid.clone(),
        profile_complete: true,
        taken: Vec::new(),
        cases,
        in_use: false,
        elsewhere: elsewhere(definition, example),
    };
    fill(&setting, fields, &raw)
}

fn elsewhere(definition: &Definition, example: &CaseExample) -> BTreeMap<String, Vec<Other>> {
    let other = |(kind, state, own): &(usize, usize, bool)| {
        let kind = definition.workflows.get(*kind)?;
        let state = kind.states.get(*state)?;
        let ends = match state.ends {
            Some(End::Well) => "well",
            Some(End::Badly) => "badly",
            None => "",
        };
        Some(Other { kind: kind.id.clone(), state: state.id.clone(), ends, own: *own })
    };
    let by_field = example.elsewhere.iter();
    by_field.map(|(field, others)| (field.clone(), others.iter().filter_map(other).collect())).collect()
}

/// A window that is open on every day.
fn round(evidence: Option<(Day, Day)>) -> Round {
    let (id, title) = (String::new(), Text::default());
    let (opens, closes) = (Instant::MIN_UTC, Instant::MAX_UTC);
    Round { id, title, opens, closes, evidence, departments: Vec::new(), groups: Vec::new(), dates: Vec::new() }
}

type Entries = BTreeMap<(usize, String), Entry>;
type Cases = BTreeMap<(String, String), Usable>;

fn answers(definition: &Definition, example: &CaseExample, fields: &[Field]) -> (Raw, Entries, Cases) {
    let (mut raw, mut entries, mut cases) = (Raw::new(), Entries::new(), Cases::new());
    for (id, typed) in &example.answers {
        let field = fields.iter().find(|field| field.id == *id);
        match (typed, field.map(|field| &field.is)) {
            (Typed::Text(text), _) => drop(raw.insert(id.clone(), text.clone())),
            (Typed::Entry(says), Some(Answer::Entry { catalogue, among })) => {
                let Some(list) = definition.catalogues.get(*catalogue) else { continue };
                raw.insert(id.clone(), id.clone());
                entries.insert((*catalogue, id.clone()), entry(definition, example, fields, list, among, id, says));
            }
            (Typed::Cases(all), Some(Answer::Cases { of, .. })) => {
                let of = definition.workflow(of).map(|(_, workflow)| workflow.fields.as_slice()).unwrap_or_default();
                let ids: Vec<String> = (1..=all.len()).map(|number| number.to_string()).collect();
                raw.insert(id.clone(), ids.join(","));
                for (own, said) in ids.into_iter().zip(all) {
                    let says = said.iter().map(|(name, word)| (name.clone(), value(of, name, word))).collect();
                    let case = Entry { id: own.clone(), says };
                    cases.insert((id.clone(), own), Usable { case, taken: false });
                }
            }
            (Typed::Entry(_) | Typed::Cases(_), _) => {}
        }
    }
    (raw, entries, cases)
}

/// What an example says of a field, as its kind has it.
fn value(fields: &[Field], name: &str, word: &str) -> Value {
    let text = || Value::Text(word.to_owned());
    match fields.iter().find(|field| field.id == name).map(|field| &field.is) {
        Some(Answer::Tick { .. }) => Value::Tick(word == "true"),
        Some(Answer::Date) => crate::clock::parse_day(word).map_or(text(), Value::Day),
        Some(Answer::Number { .. } | Answer::Money { .. }) => {
            crate::amount::Amount::parse(word).map_or(text(), Value::Amount)
        }
        Some(Answer::Entry { .. }) => {
            Value::Entry(Entry { id: word.to_owned(), says: [("@name".to_owned(), text())].into() })
        }
        Some(_) | None => text(),
    }
}

/// An entry that may be chosen, but for what the example says of it.
fn entry(
    definition: &Definition,
    example: &CaseExample,
    fields: &[Field],
    list: &Catalogue,
    among: &[Among],
    id: &str,
    said: &[(String, String)],
) -> Entry {
    let mut says: BTreeMap<String, Value> =
        list.fields.iter().map(|field| (field.id.clone(), crate::rules::nothing(&field.is, example.day))).collect();
    let text = |text: String| Value::Text(text);
    says.insert("@department".to_owned(), text(example.department.clone()));
    for among in among {
        match among {
            Among::OwnDepartment => {}
            Among::TermOf(index) => {
                let typed = fields.get(*index).and_then(|field| example.answers.get(&field.id));
                let Some(Typed::Text(typed)) = typed else { continue };
                if let Ok(day) = crate::clock::parse_day(typed) {
                    says.insert("@term".to_owned(), text(definition.school.calendar.term_of(day).to_string()));
                }
            }
            Among::Ticked(index) => {
                if let Some(field) = list.fields.get(*index) {
                    says.insert(field.id.clone(), Value::Tick(true));
                }
            }
        }
    }
    for (name, word) in said {
        let is_own = list.fields.iter().any(|field| field.id == *name);
        let of_the_list = !is_own && matches!(name.as_str(), "department" | "term");
        let name_of = if of_the_list { format!("@{name}") } else { name.clone() };
        says.insert(name_of, value(&list.fields, name, word));
    }
    Entry { id: id.to_owned(), says }
}
