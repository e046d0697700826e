//! What the pages of cases share: a state as a mark, events as a timeline, answers as they are read.

use std::collections::BTreeMap;

use crate::app::case::time::lapses;
use crate::app::case::{Looked, Open, Shown, Whose, answers_of, called, checks as checks_of, columns, shown};
use crate::app::files::FileRow;
use crate::case::{self, Filled, Refusal, of_says};
use crate::definition::Definition;
use crate::definition::case::{Answer, Aspect, Editable, Effect, End, Field, Party, Workflow};
use crate::lang::{Lang, Text};
use crate::render::pages::cases::{Answered, Event, FileLink, Mark, Moment, UsedCase, UsedCell};
use crate::render::pages::review::CheckLine;
use crate::render::words;
use crate::rules::filing::{Entry, Value};
use crate::store::cases::{CaseRow, EventRow};
use crate::store::{Conn, from_stored, people};
use crate::web::context::Known;
use crate::web::review::refused::told;
use crate::web::{Fault, show};

/// A state in words for whoever reads them.
pub(in crate::web) fn mark(lang: Lang, workflow: &Workflow, state: usize, for_applicant: bool) -> Mark {
    let title = case::title(workflow, state, for_applicant).get(lang).to_owned();
    let kind = match workflow.states.get(state) {
        Some(state) => match (state.ends, state.waits_for, state.editable) {
            (Some(End::Well), _, _) => "good",
            (Some(End::Badly), _, _) => "bad",
            (None, _, Editable::Everything) => "none",
            (None, Some(Party::Applicant), _) => "todo",
            (None, _, _) => "wait",
        },
        None => "none",
    };
    Mark { kind, title }
}

/// A stored instant in the school's zone.
pub(in crate::web) fn moment(known: &Known, stored: &str) -> Moment {
    let shown = from_stored(stored).map_or_else(|| stored.to_owned(), |instant| show::moment(known, instant));
    Moment { iso: stored.to_owned(), shown }
}

/// Until when its applicant can act before time ends it, as a sentence; empty where it does not wait for them.
pub(in crate::web) fn until(known: &Known, definition: &Definition, workflow: &Workflow, row: &CaseRow) -> String {
    let state = workflow.state(&row.state).map(|(_, state)| state);
    let theirs = state.filter(|state| state.waits_for == Some(Party::Applicant));
    let last = theirs.zip(from_stored(&row.waits_since));
    let last = last.and_then(|(state, since)| lapses(definition, state, since));
    last.map_or_else(String::new, |(day, step)| {
        let to = workflow.moves[step].to;
        let title = crate::case::title(workflow, to, true);
        words().say_with(known.lang, "case-until", &[("day", &show::day(known, day)), ("state", title.get(known.lang))])
    })
}

/// What happened to a case, the oldest first.
pub(in crate::web) fn timeline(known: &Known, open: &Open) -> Vec<Event> {
    let mut sent = false;
    let last = open.events.len().saturating_sub(1);
    open.events
        .iter()
        .enumerate()
        .map(|(index, event)| {
            let again = sent && !event.answers.is_empty();
            sent = sent || !event.answers.is_empty();
            Event { current: index == last, ..one_event(known, open, event, again) }
        })
        .collect()
}

fn one_event(known: &Known, open: &Open, event: &EventRow, again: bool) -> Event {
    let workflow = open.workflow();
    let say = |key: &str| words().say(known.lang, key);
    let for_applicant = open.whose == Whose::Own;
    let state = workflow.state(&event.to_state).map(|(index, _)| case::title(workflow, index, for_applicant));
    let what = match (event.step.as_str(), event.answers.is_empty(), again) {
        ("", _, _) => say("case-begun"),
        ("undo", _, _) => say("case-undone"),
        (_, false, false) => say("case-sent"),
        (_, false, true) => say("case-sent-again"),
        (step, true, _) => workflow.step(step).map(|(_, step)| said(&step.title, known.lang)).unwrap_or_default(),
    };
    let repeats = state.as_ref().is_some_and(|title| title.get(known.lang) == what) || repeats(workflow, event);
    let asked = answers_of(&event.asked);
    let asked = workflow.fields.iter().filter_map(|field| Some((field, asked.get(&field.id)?)));
    let labels = event.named.split(',').filter_map(|id| workflow.field(id));
    let reasons: Vec<BTreeMap<String, Option<String>>> = serde_json::from_str(&event.reasons).unwrap_or_default();
    Event {
        at: moment(known, &event.at),
        state: state.map_or_else(|| event.to_state.clone(), |title| said(&title, known.lang)),
        what,
        person: if event.actor.is_empty() { say("case-system") } else { event.actor_name.clone() },
        unit: event.actor_unit.clone(),
        in_place_of: event.lender_name.clone(),
        note: event.note.clone(),
        asked: asked.map(|(field, value)| answered(known, &open.edition.definition, field, Some(value), &[])).collect(),
        named: labels.map(|(_, field)| said(&field.label, known.lang)).collect(),
        reasons: reasons.into_iter().map(|reason| of_both(reason, known.lang)).collect(),
        repeats,
        undone: event.undone,
        current: false,
    }
}

/// Whether a move has the very name of its state, whatever the reader's language.
fn repeats(workflow: &Workflow, event: &EventRow) -> bool {
    let state = workflow.state(&event.to_state).map(|(_, state)| state.title.zh.as_str());
    event.answers.is_empty()
        && state.is_some()
        && workflow.step(&event.step).map(|(_, step)| step.title.zh.as_str()) == state
}

fn of_both(mut texts: BTreeMap<String, Option<String>>, lang: Lang) -> String {
    let mut take = |name: &str| texts.remove(name).flatten();
    let (zh, en) = (take("zh").unwrap_or_default(), take("en"));
    Text { zh, en }.get(lang).to_owned()
}

pub(in crate::web) fn said(text: &Text, lang: Lang) -> String {
    text.get(lang).to_owned()
}

/// What a reviewer is told is right or not, and who found that where no rule says.
pub(in crate::web) fn checks(known: &Known, open: &Open) -> Vec<CheckLine> {
    let workflow = open.workflow();
    let filled = filled(open);
    let looked = checks_of(open, &filled).into_iter();
    looked
        .filter_map(|Looked { checked: one, by }| {
            if let Some(problem) = &one.failed {
                tracing::error!(code = problem.code, line = problem.line, file = %problem.file.display(), "a check failed");
            }
            let check = workflow.checks.get(one.check)?;
            Some(CheckLine {
                id: check.id.clone(),
                title: said(&check.title, known.lang),
                verdict: one.verdict.code(),
                reasons: one.reasons.iter().map(|reason| said(reason, known.lang)).collect(),
                by: by.map(|look| look.actor_name.clone()).unwrap_or_default(),
                at: by.map(|look| moment(known, &look.at)),
            })
        })
        .collect()
}

/// A case's form as it now stands.
pub(in crate::web) fn filled(open: &Open) -> Filled {
    case::fill(&open.setting(), &open.workflow().fields, &open.case.raw)
}

/// The answers to what is asked for, by field (an index): those of a case that nobody may change as they
/// were when it was sent.
pub(in crate::web) fn values(open: &Open, filled: &Filled) -> Vec<(usize, Option<Value>)> {
    let workflow = open.workflow();
    let is_open = workflow.states.get(open.case.state).is_some_and(|state| state.editable != Editable::Nothing);
    let event = open.events.iter().rev().find(|event| !event.answers.is_empty()).filter(|_| !is_open);
    let mut sent = event.map(|event| answers_of(&event.answers)).unwrap_or_default();
    let asked = filled.asked.iter().filter_map(|index| Some((*index, workflow.fields.get(*index)?)));
    asked
        .filter(|(_, field)| !matches!(field.is, Answer::Record(_)))
        .map(|(index, field)| (index, sent.remove(&field.id).or_else(|| filled.value(field).cloned())))
        .collect()
}

/// The answers as they are read. `change` is the address of the form, for fields that can be changed.
pub(in crate::web) fn answers(
    known: &Known,
    open: &Open,
    filled: &Filled,
    files: &[FileRow],
    change: Option<&str>,
) -> Vec<Answered> {
    let (fields, editable) = (&open.workflow().fields, open.editable());
    values(open, filled)
        .into_iter()
        .filter_map(|(index, value)| Some((index, fields.get(index)?, value)))
        .map(|(index, field, value)| {
            let value = value.as_ref();
            let change = change.filter(|_| editable.contains(&index));
            let figure = filled.figures.get(&index);
            // A figure of former days has the reasons of today only where it is the same.
            let reasons = figure.filter(|figure| value == Some(&Value::Amount(figure.amount)));
            let remarks = filled.remarks.iter().filter(|(of, _)| *of == index);
            let read = answered(known, &open.edition.definition, field, value, files);
            Answered {
                kind: if is_paid(open.workflow(), index) && read.kind == "amount" { "money" } else { read.kind },
                reasons: reasons.into_iter().flat_map(|f| &f.reasons).map(|text| said(text, known.lang)).collect(),
                remarks: remarks.map(|(_, text)| said(text, known.lang)).collect(),
                named: open.case.named.contains(&index),
                change: change.map(|form| format!("{form}#field-{}", field.id)).unwrap_or_default(),
                ..read
            }
        })
        .collect()
}

/// Whether a move pays what a field says.
pub(super) fn is_paid(workflow: &Workflow, field: usize) -> bool {
    let mut effects = workflow.moves.iter().flat_map(|step| &step.then);
    effects.any(|effect| matches!(effect, Effect::Pay { amount, .. } if *amount == field))
}

/// One answer to a field of a definition; a private one is masked.
pub(in crate::web) fn answered(
    known: &Known,
    definition: &Definition,
    field: &Field,
    value: Option<&Value>,
    files: &[FileRow],
) -> Answered {
    let (mut code, mut links, mut cases, mut beside) = (String::new(), Vec::new(), Vec::new(), Vec::new());
    let (kind, text) = match shown(&definition.catalogues, field, value, known.lang) {
        Shown::Nothing => ("nothing", String::new()),
        Shown::Text(text) | Shown::Amount(text) if field.private => ("masked", masked(&text)),
        Shown::Text(text) => (if text.contains('\n') { "lines" } else { "text" }, text),
        Shown::Amount(text) => (if matches!(field.is, Answer::Money { .. }) { "money" } else { "amount" }, text),
        Shown::Day(day) => {
            code = day.to_string();
            ("day", show::day(known, day))
        }
        Shown::Yes => ("yes", String::new()),
        Shown::No => ("no", String::new()),
        Shown::Files(ids) => {
            links = ids.iter().filter_map(|id| files.iter().find(|file| file.id == *id)).map(file_link).collect();
            ("files", String::new())
        }
        Shown::Entry { code: known_as, name, beside: others } => {
            (code, beside) = (known_as, others);
            ("entry", name)
        }
        Shown::Cases(used) => {
            cases = used.iter().map(|case| used_case(known, field, case, files)).collect();
            ("cases", String::new())
        }
    };
    Answered {
        id: field.id.clone(),
        label: said(&field.label, known.lang),
        kind,
        text,
        code,
        beside,
        says: entry_says(known, definition, field, value),
        files: links,
        cases,
        reasons: Vec::new(),
        remarks: Vec::new(),
        named: false,
        change: String::new(),
    }
}

/// What an entry that was chosen says, but for its code and its name.
fn entry_says(known: &Known, definition: &Definition, field: &Field, value: Option<&Value>) -> Vec<UsedCell> {
    let (Some(Value::Entry(entry)), Some(list)) = (value, called::list_of(&definition.catalogues, field)) else {
        return Vec::new();
    };
    let says = called::details(list, entry, known.lang).into_iter().filter_map(|(field, value)| {
        let text = match shown(&[], field, Some(value), known.lang) {
            Shown::Text(text) | Shown::Amount(text) => text,
            Shown::Day(day) => show::day(known, day),
            Shown::Yes => words().say(known.lang, "answer-yes"),
            Shown::No => words().say(known.lang, "answer-no"),
            Shown::Nothing | Shown::Files(_) | Shown::Entry { .. } | Shown::Cases(_) => return None,
        };
        Some(UsedCell { label: said(&field.label, known.lang), text }).filter(|cell| !cell.text.is_empty())
    });
    says.collect()
}

/// Another case as its own kind shows it in lists, with its pictures and papers.
pub(in crate::web) fn used_case(known: &Known, field: &Field, case: &Entry, files: &[FileRow]) -> UsedCase {
    let definition = &known.edition.definition;
    let number = match case.says.get("@number") {
        Some(Value::Text(number)) => number.clone(),
        Some(_) | None => String::new(),
    };
    let workflow = match &field.is {
        Answer::Cases { of, .. } => definition.workflow(of).map(|(_, workflow)| workflow),
        _ => None,
    };
    let cells = workflow.into_iter().flat_map(|workflow| {
        let fields = &workflow.fields;
        workflow.columns.iter().filter_map(move |seen| {
            let described = seen.described(fields, &definition.catalogues)?;
            let read = answered(known, definition, described, of_says(seen, fields, &case.says), &[]);
            // What an entry says in a column of its own is not said a second time beside its name.
            let has_own = workflow.columns.iter().any(|other| other.field == seen.field && other.of.is_some());
            let text = match read.kind {
                "day" => read.code,
                "entry" if !has_own => [vec![read.text], read.beside].concat().join(" · "),
                _ => read.text,
            };
            Some(UsedCell { label: read.label, text }).filter(|cell| !cell.text.is_empty())
        })
    });
    UsedCase {
        id: case.id.clone(),
        number,
        cells: cells.collect(),
        files: files.iter().filter(|file| file.owner == case.id).map(file_link).collect(),
        chosen: false,
        taken: false,
    }
}

/// What lists show of a case.
pub(super) fn columns(known: &Known, definition: &Definition, workflow: &Workflow, row: &CaseRow) -> Vec<UsedCell> {
    let says = columns::cells(&row.columns);
    let cell = |seen: &Aspect| {
        let text = says.get(&seen.name(&workflow.fields))?.get(known.lang).to_owned();
        if text.is_empty() {
            return None;
        }
        let described = seen.described(&workflow.fields, &definition.catalogues)?;
        Some(UsedCell { label: said(&described.label, known.lang), text })
    };
    workflow.columns.iter().filter_map(cell).collect()
}

/// `••••8899`: enough to know it again.
pub(in crate::web) fn masked(text: &str) -> String {
    let length = text.chars().count();
    let shown = if length >= 8 { 4 } else { 0 };
    format!("••••{}", text.chars().skip(length - shown).collect::<String>())
}

pub(in crate::web) fn file_link(file: &FileRow) -> FileLink {
    let href = format!("/files/{}", file.id);
    let thumb = if file.thumb_key.is_empty() { String::new() } else { format!("{href}?small=1") };
    FileLink { id: file.id.clone(), name: file.name.clone(), size: size(file.size), thumb, href }
}

fn size(bytes: i64) -> String {
    match bytes {
        ..1024 => format!("{bytes} B"),
        1024..1_048_576 => format!("{} KB", bytes / 1024),
        _ => format!("{}.{} MB", bytes / 1_048_576, bytes % 1_048_576 * 10 / 1_048_576),
    }
}

/// Why a move was not made, to the applicant.
pub(in crate::web) fn refused(known: &Known, refusal: &Refusal, note: &str) -> Vec<String> {
    match refusal {
        Refusal::Form(wrongs) if !wrongs.is_empty() => {
            wrongs.iter().map(|wrong| said(&wrong.what, known.lang)).collect()
        }
        Refusal::ProfileIncomplete => vec![words().say(known.lang, "refusal-profile")],
        Refusal::Closed => vec![words().say(known.lang, "apply-closed")],
        Refusal::Rule(reasons) if !reasons.is_empty() => {
            reasons.iter().map(|reason| said(reason, known.lang)).collect()
        }
        other => vec![told(known, other, note).1],
    }
}

/// Whom a case waits for: the unit and the role there; empty for the applicant and for nobody.
pub(in crate::web) async fn waits_for(known: &Known, conn: &mut Conn, open: &Open) -> Result<String, Fault> {
    let party = open.workflow().states.get(open.case.state).and_then(|state| state.waits_for);
    let school = &open.edition.definition.school;
    let (unit, role) = match party {
        Some(Party::OwnDepartment { role }) => {
            let units = people::units(conn).await?;
            let unit = units.into_iter().find(|unit| unit.code == open.row.department);
            (unit.map_or_else(|| open.row.department.clone(), |unit| unit.name), role)
        }
        Some(Party::Unit { unit, role }) => (said(&school.units[unit].title, known.lang), role),
        Some(Party::Applicant) | None => return Ok(String::new()),
    };
    Ok(format!("{unit} · {}", said(&school.roles[role].title, known.lang)))
}
