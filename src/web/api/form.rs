//! Answers between JSON and a form: each as its kind is written, and only those that are open to
//! whoever sends them. Whether an answer is right the form says (`crate::case`).

use serde_json::{Map, Value as Json, json};

use super::problem::At;
use super::sent::{self, at};
use crate::app::case::Open;
use crate::app::files::FileRow;
use crate::case::Raw;
use crate::definition::case::{Answer, Field, Workflow};
use crate::lang::Lang;
use crate::render::pages::cases::Answered;
use crate::render::words;
use crate::rules::filing::{Entry, Value};

/// What a program answers to fields, as it is kept until it is right; what cannot be kept is told by
/// field.
pub(super) fn typed(open: &Open, answers: &Map<String, Json>, lang: Lang, wrong: &mut Vec<At>) -> Raw {
    typed_among(open.workflow(), &open.editable(), answers, lang, wrong)
}

/// The same where only some fields (indices) are open.
pub(super) fn typed_among(
    workflow: &Workflow,
    editable: &[usize],
    answers: &Map<String, Json>,
    lang: Lang,
    wrong: &mut Vec<At>,
) -> Raw {
    let mut raw = Raw::new();
    for (id, value) in answers {
        let text = match workflow.field(id) {
            None => Err("api-no-field"),
            Some((_, field)) if matches!(field.is, Answer::File { .. }) => Err("api-field-file"),
            Some((_, field)) if !field.is_answered() => Err("api-field-not-asked"),
            Some((index, _)) if !editable.contains(&index) => Err("api-field-closed"),
            Some((_, field)) => text(field, value),
        };
        match text {
            Ok(text) => {
                raw.insert(id.clone(), text);
            }
            Err(key) => wrong.push(at("/answers", id, words().say(lang, key))),
        }
    }
    raw
}

fn text(field: &Field, value: &Json) -> Result<String, &'static str> {
    let number = matches!(field.is, Answer::Number { .. } | Answer::Money { .. });
    match (&field.is, value) {
        (_, Json::Null) => Ok(String::new()),
        (Answer::Tick { .. }, Json::Bool(tick)) => Ok(if *tick { "on" } else { "" }.to_owned()),
        (Answer::Tick { .. }, _) => Err("api-needs-flag"),
        (Answer::Cases { .. }, Json::Array(all)) => {
            let ids: Option<Vec<&str>> = all.iter().map(Json::as_str).collect();
            ids.map(|ids| ids.join(",")).ok_or("api-needs-texts")
        }
        (Answer::Cases { .. }, _) => Err("api-needs-texts"),
        (_, Json::Number(amount)) if number => Ok(amount.to_string()),
        (_, Json::String(text)) => sent::plain(text),
        (_, _) if number => Err("api-needs-amount"),
        (_, _) => Err("api-needs-text"),
    }
}

/// An answer as a program reads it, beside how people are shown it: what is masked for them is masked
/// here.
pub(super) fn value(answer: &Answered, value: Option<&Value>, files: &[FileRow]) -> Json {
    if answer.kind == "masked" {
        return answer.text.clone().into();
    }
    match value {
        None => Json::Null,
        Some(Value::Files(ids)) => {
            ids.iter().filter_map(|id| files.iter().find(|file| file.id == *id)).map(file).collect()
        }
        Some(value) => plain(value),
    }
}

/// A value that is no file.
pub(super) fn plain(value: &Value) -> Json {
    match value {
        Value::Text(text) => text.clone().into(),
        Value::Amount(amount) => json!(amount),
        Value::Day(day) => day.to_string().into(),
        Value::Tick(tick) => (*tick).into(),
        Value::Entry(entry) => of_entry(entry),
        Value::Cases(cases) => cases.iter().map(other).collect(),
        Value::Files(_) => Json::Null,
    }
}

/// An entry with what its catalogue says of it, by field.
pub(super) fn of_entry(entry: &Entry) -> Json {
    let says = entry.says.iter().filter(|(name, _)| !name.starts_with('@'));
    let says: Map<String, Json> = says.map(|(name, value)| (name.clone(), plain(value))).collect();
    json!({
        "id": entry.id,
        "code": said(&entry.says, "@code"),
        "name": said(&entry.says, "@name"),
        "says": says,
    })
}

/// Another case that is used, or may be.
pub(super) fn other(case: &Entry) -> Json {
    json!({ "id": case.id, "number": said(&case.says, "@number") })
}

pub(super) fn said<'a>(says: &'a std::collections::BTreeMap<String, Value>, name: &str) -> &'a str {
    match says.get(name) {
        Some(Value::Text(text)) => text,
        Some(_) | None => "",
    }
}

pub(super) fn file(row: &FileRow) -> Json {
    json!({
        "id": row.id,
        "field": row.field,
        "name": row.name,
        "media": row.media,
        "size": row.size,
        "sha256": row.sha256,
        "at": row.at,
        "href": format!("/api/v1/files/{}", row.id),
    })
}
