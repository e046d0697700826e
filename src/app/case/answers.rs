//! Answers between the form, the row and the page: what was typed as JSON, private answers sealed,
//! values as people read them, entries as they were when they were sent.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json, json};

use super::called;
use crate::amount::Amount;
use crate::app::Settings;
use crate::app::import::cell::plain;
use crate::case::{Filled, Raw};
use crate::clock::{Day, parse_day};
use crate::definition::Definition;
use crate::definition::case::{Answer, Catalogue, Field, Workflow};
use crate::lang::Lang;
use crate::rules::filing::{Entry, Given, Value};
use crate::seal::Key;

/// The key that seals private answers.
fn key(settings: &Settings) -> Key {
    Key::new(&settings.secret, "menkan answers v1")
}

fn place(owner: &str, field: &str) -> String {
    format!("answers|{owner}|{field}")
}

/// What was typed, as it is stored: private answers sealed to their owner (a case, an account).
/// Files are sealed where they are kept: here stand only their ids.
pub(in crate::app) fn to_store(settings: &Settings, owner: &str, fields: &[Field], raw: &Raw) -> String {
    let key = key(settings);
    let sealed = |field: &Field, text: &str| {
        let mut nonce = [0u8; 24];
        getrandom::fill(&mut nonce).ok()?;
        key.seal(nonce, &place(owner, &field.id), text.as_bytes()).ok()
    };
    let stored: Map<String, Json> = fields
        .iter()
        .filter_map(|field| {
            let text = raw.get(&field.id)?;
            let is_private = field.private && !text.is_empty() && !matches!(field.is, Answer::File { .. });
            let text = if is_private { sealed(field, text)? } else { text.clone() };
            Some((field.id.clone(), Json::String(text)))
        })
        .collect();
    Json::Object(stored).to_string()
}

/// What was typed; an answer that cannot be opened any more is not there.
pub(in crate::app) fn of_store(settings: &Settings, owner: &str, fields: &[Field], stored: &str) -> Raw {
    let key = key(settings);
    let stored: BTreeMap<String, String> = serde_json::from_str(stored).unwrap_or_default();
    stored
        .into_iter()
        .filter_map(|(id, text)| {
            let field = fields.iter().find(|field| field.id == id)?;
            if !field.private || text.is_empty() || matches!(field.is, Answer::File { .. }) {
                return Some((id, text));
            }
            let plain = key.open(&place(owner, &id), &text).ok()?;
            Some((id, String::from_utf8(plain).ok()?))
        })
        .collect()
}

/// What was sent, as its event keeps it: values, entries whole, computed figures; private answers
/// are not written a second time.
pub(super) fn to_event<'a>(fields: impl Iterator<Item = &'a Field>, filled: &Filled) -> String {
    let answers: Map<String, Json> = fields
        .filter(|field| !field.private)
        .filter_map(|field| match filled.given.get(&field.id) {
            Some(Given::Answered(value)) => Some((field.id.clone(), to_json(value))),
            Some(Given::Unanswered | Given::NotAsked(_)) | None => None,
        })
        .collect();
    Json::Object(answers).to_string()
}

/// The answers that were sent with an event, by field, as they were then; private ones are not kept
/// there.
pub fn of_event(answers: &str) -> BTreeMap<String, Value> {
    let Ok(Json::Object(answers)) = serde_json::from_str(answers) else { return BTreeMap::new() };
    answers.iter().filter_map(|(field, value)| Some((field.clone(), of_json(value)?))).collect()
}

/// The same as it might have been typed.
pub(super) fn typed_of_event(answers: &str) -> Raw {
    of_event(answers).iter().map(|(field, value)| (field.clone(), typed(value))).collect()
}

/// The entries and other cases that an event keeps, by field.
pub(super) fn entries_of_event(answers: &str) -> Vec<(String, Entry)> {
    let mut out = Vec::new();
    for (field, value) in of_event(answers) {
        match value {
            Value::Entry(entry) => out.push((field, entry)),
            Value::Cases(cases) => out.extend(cases.into_iter().map(|case| (field.clone(), case))),
            Value::Text(_) | Value::Amount(_) | Value::Day(_) | Value::Tick(_) | Value::Files(_) => {}
        }
    }
    out
}

fn typed(value: &Value) -> String {
    match value {
        Value::Text(text) => text.clone(),
        Value::Amount(amount) => amount.to_string(),
        Value::Day(day) => day.to_string(),
        Value::Tick(tick) => if *tick { "on" } else { "" }.to_owned(),
        Value::Files(files) => files.join(","),
        Value::Entry(entry) => entry.id.clone(),
        Value::Cases(cases) => cases.iter().map(|case| case.id.as_str()).collect::<Vec<_>>().join(","),
    }
}

pub(in crate::app) fn to_json(value: &Value) -> Json {
    match value {
        Value::Text(text) => json!({ "text": text }),
        Value::Amount(amount) => json!({ "amount": amount.0 }),
        Value::Day(day) => json!({ "day": day.to_string() }),
        Value::Tick(tick) => json!({ "tick": tick }),
        Value::Files(files) => json!({ "files": files }),
        Value::Entry(entry) => {
            let says: Map<String, Json> =
                entry.says.iter().map(|(name, value)| (name.clone(), to_json(value))).collect();
            json!({ "entry": entry.id, "says": says })
        }
        Value::Cases(cases) => {
            let all: Vec<Json> = cases.iter().map(|case| to_json(&Value::Entry(case.clone()))).collect();
            json!({ "cases": all })
        }
    }
}

pub(in crate::app) fn of_json(value: &Json) -> Option<Value> {
    let (kind, inner) = value.as_object()?.iter().next()?;
    Some(match kind.as_str() {
        "text" => Value::Text(inner.as_str()?.to_owned()),
        "amount" => Value::Amount(Amount(inner.as_i64()?)),
        "day" => Value::Day(inner.as_str()?.parse().ok()?),
        "tick" => Value::Tick(inner.as_bool()?),
        "files" => Value::Files(inner.as_array()?.iter().filter_map(|id| Some(id.as_str()?.to_owned())).collect()),
        "entry" => {
            let says = value.get("says")?.as_object()?;
            let says = says.iter().filter_map(|(name, value)| Some((name.clone(), of_json(value)?))).collect();
            Value::Entry(Entry { id: inner.as_str()?.to_owned(), says })
        }
        "cases" => {
            let cases = inner.as_array()?.iter().filter_map(of_json);
            Value::Cases(
                cases.filter_map(|value| if let Value::Entry(case) = value { Some(case) } else { None }).collect(),
            )
        }
        _ => return None,
    })
}

/// An answer as a page or a list shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shown {
    /// Not answered, or not asked for.
    Nothing,
    Text(String),
    /// With thousands apart.
    Amount(String),
    Day(Day),
    Yes,
    No,
    /// Ids of files.
    Files(Vec<String>),
    /// A catalogue's entry: its code, what it is called, and what stands beside that.
    Entry {
        code: String,
        name: String,
        beside: Vec<String>,
    },
    /// Other cases.
    Cases(Vec<Entry>),
}

/// What is shown of an answer to a field of a definition with these catalogues.
pub fn shown(catalogues: &[Catalogue], field: &Field, value: Option<&Value>, lang: Lang) -> Shown {
    match (value, &field.is) {
        (None, _) => Shown::Nothing,
        (Some(Value::Text(id)), Answer::Choice(options)) => {
            let option = options.iter().find(|option| option.id == *id);
            Shown::Text(option.map_or_else(|| id.clone(), |option| option.title.get(lang).to_owned()))
        }
        (Some(Value::Text(text)), _) => Shown::Text(text.clone()),
        (Some(Value::Amount(amount)), _) => Shown::Amount(grouped(*amount)),
        (Some(Value::Day(day)), _) => Shown::Day(*day),
        (Some(Value::Tick(true)), _) => Shown::Yes,
        (Some(Value::Tick(false)), _) => Shown::No,
        (Some(Value::Files(files)), _) => Shown::Files(files.clone()),
        (Some(Value::Entry(entry)), _) => {
            let list = called::list_of(catalogues, field);
            Shown::Entry {
                code: called::code(entry).to_owned(),
                name: called::name(list, entry, lang).to_owned(),
                beside: called::beside(list, entry, lang, &[]),
            }
        }
        (Some(Value::Cases(cases)), _) => Shown::Cases(cases.clone()),
    }
}

/// `1,750`.
pub fn grouped(amount: Amount) -> String {
    let plain = amount.to_string();
    let (sign, rest) = plain.strip_prefix('-').map_or(("", plain.as_str()), |rest| ("-", rest));
    let (whole, decimals) = rest.split_once('.').map_or((rest, None), |(whole, decimals)| (whole, Some(decimals)));
    let mut out = String::from(sign);
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    if let Some(decimals) = decimals {
        out.push('.');
        out.push_str(decimals);
    }
    out
}

/// The term of the date by which a workflow tells its cases apart; none while that is not answered.
pub(super) fn term(definition: &Definition, workflow: &Workflow, raw: &Raw) -> Option<String> {
    let field = workflow.fields.get(workflow.term_of?)?;
    let day = parse_day(&plain(raw.get(&field.id)?)).ok()?;
    Some(definition.school.calendar.term_of(day).to_string())
}
