//! Moves of a case and their undoing. A request that is sent again with the same key gets the same
//! answer, made of the event that was written, and does nothing twice.

use serde_json::{Value as Json, json};

use super::cases::{refused, seen};
use super::code::Code;
use super::problem::{Details, Refused, of_case};
use super::sent::at;
use super::{Call, Given, case::happened, form, ok};
use crate::amount::Amount;
use crate::app::case::{self, Asked, CaseError, Open};
use crate::render::words;
use crate::store::cases::EventRow;
use crate::web::Fault;
use crate::web::cases::parts;
use crate::web::context::Known;

/// The step of an event that undid the one before.
const UNDO: &str = "undo";

pub(super) async fn act(mut call: Call) -> Given {
    let known = call.context.known();
    let mut sent = call.object(&["expected_version", "expected_figures", "note", "fields", "answers"])?;
    let (version, note, named) = (sent.version(), sent.text("note"), sent.texts("fields"));
    let expected = sent.amounts("expected_figures");
    let open = seen(&mut call).await?;
    let workflow = open.workflow();
    let described = workflow.step(call.param("move")).ok_or(Fault::NotFound)?;
    let (step, described) = described;
    for name in named.iter().filter(|name| workflow.field(name).is_none()) {
        sent.wrong.push(at("/fields", name, words().say(known.lang, "api-no-field")));
    }
    let answers = sent.parts_or_none("answers");
    let answers = form::typed_among(workflow, &workflow.asks(step), &answers, known.lang, &mut sent.wrong);
    sent.done()?;
    let key = call.key("move")?;
    if open.row.version == version {
        as_expected(&call, &open, &expected)?;
    }
    call.context.release();
    let asked = Asked {
        step: &described.id,
        seen: version,
        note: &note,
        named: named.iter().map(String::as_str).collect(),
        answers,
        nonce: &key,
    };
    match case::act(&known.web.app, known.viewer()?, &open.row.id, &asked, known.now).await {
        Ok(_) => {
            let is_it = |event: &EventRow| {
                event.step == described.id
                    && (event.note.is_empty() || event.note == note.trim())
                    && event.named.split(',').filter(|id| !id.is_empty()).all(|id| named.iter().any(|one| one == id))
            };
            done(&mut call, version, is_it).await
        }
        Err(error) => Err(refused(&mut call, error, &note).await),
    }
}

/// The most cases that are moved at once.
const AT_ONCE: usize = 50;

/// The same move of several cases, each a transaction of its own.
pub(super) async fn several(mut call: Call) -> Given {
    let known = call.context.known();
    let mut sent = call.object(&["cases", "note", "fields", "answers"])?;
    let (cases, note, named) = (sent.seen("cases", AT_ONCE), sent.text("note"), sent.texts("fields"));
    let (_, workflow) = known.edition.definition.workflow(call.param("workflow")).ok_or(Fault::NotFound)?;
    let (step, described) = workflow.step(call.param("move")).ok_or(Fault::NotFound)?;
    for name in named.iter().filter(|name| workflow.field(name).is_none()) {
        sent.wrong.push(at("/fields", name, words().say(known.lang, "api-no-field")));
    }
    let answers = sent.parts_or_none("answers");
    let answers = form::typed_among(workflow, &workflow.asks(step), &answers, known.lang, &mut sent.wrong);
    sent.done()?;
    let (key, viewer) = (call.key("moves")?, known.viewer()?);
    let mut moved = Vec::new();
    for (id, seen) in cases {
        call.context.release();
        let nonce = format!("{key}|{id}");
        let asked = Asked {
            step: &described.id,
            seen,
            note: &note,
            named: named.iter().map(String::as_str).collect(),
            answers: answers.clone(),
            nonce: &nonce,
        };
        // A case of another workflow may have a move of the same name.
        let conn = call.context.conn().await?;
        let before = case::see(&known.web.app, conn, &id, viewer, known.now).await;
        call.context.release();
        let outcome = match before {
            Ok(open) if open.row.workflow == workflow.id => {
                case::act(&known.web.app, viewer, &id, &asked, known.now).await.map(drop)
            }
            Ok(_) => Err(CaseError::NotFound),
            Err(error) => Err(error),
        };
        let conn = call.context.conn().await?;
        moved.push(match outcome {
            Ok(()) => {
                let open = case::see(&known.web.app, conn, &id, viewer, known.now).await?;
                let is_it = |event: &&EventRow| {
                    event.version == seen + 1 && event.step == described.id && event.actor == viewer.account
                };
                match open.events.iter().find(is_it) {
                    Some(event) => json!({
                        "id": id, "done": true, "number": open.row.number, "version": event.version, "state": event.to_state,
                    }),
                    None => not_done(&id, Details::new(Code::KeyReused), &known),
                }
            }
            Err(error) => not_done(&id, of_case(&known, error, &workflow.fields, &note), &known),
        });
    }
    ok(&json!({ "cases": moved }))
}

fn not_done(id: &str, details: Details, known: &Known) -> Json {
    let mut one = details.told(known.lang);
    one["id"] = id.into();
    one["done"] = false.into();
    one
}

/// Computed figures that are not what whoever sends the form was shown: a window may have closed since.
fn as_expected(call: &Call, open: &Open, expected: &[(String, Amount)]) -> Result<(), Refused> {
    if expected.is_empty() {
        return Ok(());
    }
    let (filled, fields) = (parts::filled(open), &open.workflow().fields);
    let now = |name: &str| {
        let (index, _) = fields.iter().enumerate().find(|(_, field)| field.id == name)?;
        filled.figures.get(&index).map(|figure| figure.amount)
    };
    let other: Vec<String> = expected
        .iter()
        .filter(|(name, amount)| now(name) != Some(*amount))
        .map(|(name, _)| format!("{name} = {}", now(name).map(|amount| amount.to_string()).unwrap_or_default()))
        .collect();
    if other.is_empty() {
        return Ok(());
    }
    let said = words().say_with(call.lang, "api-said-figures", &[("figures", &other.join(", "))]);
    Err(Details::new(Code::Conflict).saying(said).with("version", open.row.version).into())
}

pub(super) async fn undo(mut call: Call) -> Given {
    let known = call.context.known();
    let mut sent = call.object(&["expected_version"])?;
    let version = sent.version();
    sent.done()?;
    let key = call.key("undo")?;
    let id = call.param("case").to_owned();
    call.context.release();
    match case::undo(&known.web.app, known.viewer()?, &id, version, &key, known.now).await {
        Ok(_) => done(&mut call, version, |event| event.step == UNDO).await,
        Err(error) => Err(refused(&mut call, error, "").await),
    }
}

/// What a request did, from the event that it wrote. A key that was used for another request has
/// written another event.
async fn done(call: &mut Call, seen_version: i64, is_it: impl Fn(&EventRow) -> bool) -> Given {
    let known = call.context.known();
    let open: Open = seen(call).await?;
    let account = &known.viewer()?.account;
    let told = parts::timeline(&known, &open);
    let written = open.events.iter().zip(&told).find(|(event, _)| event.version == seen_version + 1);
    let Some((event, told)) = written.filter(|(event, _)| event.actor == *account && is_it(event)) else {
        return Err(Refused::from(Details::new(Code::KeyReused)));
    };
    ok(&json!({
        "id": open.row.id,
        "number": open.row.number,
        "version": event.version,
        "state": event.to_state,
        "event": happened(event, told),
    }))
}
