//! What can be applied for: when, by whom, with what; and its form as a JSON Schema.

use serde_json::{Map, Value as Json, json};

use super::case::{ends, note};
use super::problem::Refused;
use super::{Call, Given, ok};
use crate::app::case;
use crate::definition::case::{Answer, Field, Media, Move, Round, Workflow};
use crate::lang::Lang;
use crate::store::{Conn, stored};
use crate::web::Fault;
use crate::web::context::Known;

pub(super) async fn list(mut call: Call) -> Given {
    let known = call.context.known();
    let conn = call.context.conn().await?;
    let mut out = Vec::new();
    for workflow in &known.edition.definition.workflows {
        out.push(head(&known, conn, workflow).await?);
    }
    ok(&json!({ "workflows": out }))
}

pub(super) async fn one(mut call: Call) -> Given {
    let known = call.context.known();
    let (_, workflow) = known.edition.definition.workflow(call.param("workflow")).ok_or(Fault::NotFound)?;
    let mut out = head(&known, call.context.conn().await?, workflow).await?;
    let lang = known.lang;
    let agreement = workflow.agree.as_ref().map(|agree| {
        let text: Vec<&str> = agree.text.iter().map(|text| text.get(lang)).collect();
        json!({ "text": text, "tick": agree.tick.get(lang) })
    });
    let states = workflow
        .states
        .iter()
        .map(|state| json!({ "id": state.id, "title": state.title.get(lang), "ends": state.ends.map(ends) }));
    let moves = workflow.moves.iter().map(|step| {
        let from: Vec<&str> =
            step.from.iter().filter_map(|state| workflow.states.get(*state)).map(|state| state.id.as_str()).collect();
        json!({
            "id": step.id,
            "title": step.title.get(lang),
            "from": from,
            "to": workflow.states.get(step.to).map(|state| state.id.as_str()),
            "note": note(step.note),
            "names_fields": step.names_fields,
            "asks": asks(workflow, step, lang),
        })
    });
    if let Json::Object(out) = &mut out {
        out.extend([
            ("by".to_owned(), workflow.by.get(lang).into()),
            ("prepare".to_owned(), workflow.prepare.iter().map(|text| text.get(lang)).collect()),
            ("agreement".to_owned(), agreement.into()),
            ("needs_profile".to_owned(), workflow.needs_profile.is_some().into()),
            ("states".to_owned(), states.collect()),
            ("moves".to_owned(), moves.collect()),
            ("files".to_owned(), files(workflow, lang)),
            ("form".to_owned(), form(workflow, lang)),
        ]);
    }
    ok(&out)
}

async fn head(known: &Known, conn: &mut Conn, workflow: &Workflow) -> Result<Json, Refused> {
    let (definition, viewer) = (&known.edition.definition, known.viewer()?);
    let student = case::student(conn, &viewer.account, known.today).await?;
    let is_for = student.is_some_and(|who| case::is_for(definition, workflow, who.admitted, &who.division));
    let (open, next) = case::windows_for(conn, definition, workflow, &viewer.account, known.now).await?;
    Ok(json!({
        "id": workflow.id,
        "title": workflow.title.get(known.lang),
        "office": definition.school.units.get(workflow.office).map(|office| office.title.get(known.lang)),
        "for_me": is_for,
        "open_at_once": workflow.open_at_once,
        "has_windows": workflow.windows.is_some(),
        "late": workflow.late,
        "windows": open.into_iter().map(|round| window(&round, known.lang)).collect::<Vec<_>>(),
        "next_window": next.map(|round| window(&round, known.lang)),
        "href": format!("/api/v1/workflows/{}", workflow.id),
    }))
}

fn window(round: &Round, lang: Lang) -> Json {
    let day = |day: crate::clock::Day| day.to_string();
    json!({
        "id": round.id,
        "title": round.title.get(lang),
        "opens": stored(round.opens),
        "closes": stored(round.closes),
        "covers_from": round.evidence.map(|(from, _)| day(from)),
        "covers_to": round.evidence.map(|(_, to)| day(to)),
    })
}

/// The fields to which files are sent.
fn files(workflow: &Workflow, lang: Lang) -> Json {
    let files = workflow.fields.iter().filter_map(|field| match &field.is {
        Answer::File { of, megabytes } => {
            let kinds: Vec<&str> = of.iter().map(|media| kind(*media)).collect();
            Some(json!({
                "field": field.id,
                "label": field.label.get(lang),
                "kinds": kinds,
                "megabytes": megabytes,
                "sometimes": field.when.is_some() || field.optional,
            }))
        }
        _ => None,
    });
    files.collect()
}

fn kind(media: Media) -> &'static str {
    match media {
        Media::Jpeg => "image/jpeg",
        Media::Png => "image/png",
        Media::Pdf => "application/pdf",
    }
}

/// What may be sent as `answers`. That an answer is right takes more: conditions between fields and
/// the school's rules are asked when it is sent.
pub(super) fn form(workflow: &Workflow, lang: Lang) -> Json {
    schema(workflow.title.get(lang), workflow.fields.iter().filter(|field| field.is_asked()), lang)
}

/// What a move takes as its `answers`; nothing where it asks for nothing.
pub(super) fn asks(workflow: &Workflow, step: &Move, lang: Lang) -> Json {
    let Some((index, _)) = workflow.step(&step.id) else { return Json::Null };
    let asks = workflow.asks(index);
    if asks.is_empty() {
        return Json::Null;
    }
    schema(step.title.get(lang), asks.iter().filter_map(|index| workflow.fields.get(*index)), lang)
}

fn schema<'a>(title: &str, fields: impl Iterator<Item = &'a Field>, lang: Lang) -> Json {
    let properties: Map<String, Json> =
        fields.filter_map(|field| Some((field.id.clone(), property(field, lang)?))).collect();
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": title,
        "type": "object",
        "properties": properties,
        "additionalProperties": false,
    })
}

/// A field's schema; `None` for what is no JSON.
fn property(field: &Field, lang: Lang) -> Option<Json> {
    let mut out = match &field.is {
        Answer::Text { letters, .. } => json!({ "type": ["string", "null"], "maxLength": letters }),
        Answer::Number { least, most } => {
            json!({ "type": ["number", "string", "null"], "minimum": least, "maximum": most })
        }
        Answer::Money { least, most } => {
            json!({ "type": ["integer", "string", "null"], "minimum": least, "maximum": most })
        }
        Answer::Date => json!({ "type": ["string", "null"], "format": "date" }),
        Answer::Choice(options) => {
            let mut all: Vec<Json> =
                options.iter().map(|one| json!({ "const": one.id, "title": one.title.get(lang) })).collect();
            all.push(json!({ "type": "null" }));
            json!({ "oneOf": all })
        }
        Answer::Tick { at_first } => json!({ "type": ["boolean", "null"], "default": at_first }),
        // Which entries there are the case itself says, by the answers so far.
        Answer::Entry { .. } => json!({ "type": ["string", "null"] }),
        Answer::Cases { .. } => json!({ "type": ["array", "null"], "items": { "type": "string" } }),
        Answer::File { .. } | Answer::Computed { .. } | Answer::Record(_) => return None,
    };
    out["title"] = field.label.get(lang).into();
    if !field.hint.get(lang).is_empty() {
        out["description"] = field.hint.get(lang).into();
    }
    Some(out)
}
