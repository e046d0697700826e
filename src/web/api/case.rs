//! A case as a program reads it: what stands on its page, with the names of the workflow beside the
//! words.

use serde_json::{Map, Value as Json, json};

use super::flows::asks;
use super::form::{file, of_entry, other, plain, value};
use super::problem::Refused;
use crate::app::case::{self as cases, Open, Whose, called};
use crate::app::money;
use crate::case::{self, Filled, Raw, Wrong, undo, undo_until};
use crate::definition::case::{Catalogue, End, Move, Note, Party};
use crate::lang::Lang;
use crate::render::pages::cases::Event;
use crate::render::pages::review::CheckLine;
use crate::rules::filing::Entry;
use crate::store::cases::EventRow;
use crate::store::{Conn, stored};
use crate::web::cases::{can_edit, edit, parts};
use crate::web::context::Known;

pub(super) async fn of(known: &Known, conn: &mut Conn, open: &Open) -> Result<Json, Refused> {
    let (workflow, row, lang) = (open.workflow(), &open.row, known.lang);
    let files = cases::files_of(conn, &row.id).await?;
    let filled = parts::filled(open);
    let is_own = open.whose == Whose::Own;
    let (setting, editable) = (open.setting(), open.editable());
    let can_undo = undo(&setting, &open.case, &open.actor, row.version).is_ok();
    let can_undo = can_undo && !cases::is_batched(conn, &row.id).await?;
    let values = parts::values(open, &filled);
    let answers: Vec<Json> = parts::answers(known, open, &filled, &files, None)
        .iter()
        .zip(&values)
        .map(|(answer, (index, answered))| {
            json!({
                "field": answer.id,
                "label": answer.label,
                "value": value(answer, answered.as_ref(), &files),
                "masked": answer.kind == "masked",
                "editable": editable.contains(index),
                "to_mend": answer.named,
                "reasons": answer.reasons,
                "remarks": answer.remarks,
            })
        })
        .collect();
    let moves = case::moves(&setting, &open.case, &open.actor).into_iter();
    let state = workflow.states.get(open.case.state);
    let payment = match is_own {
        true => money::of_case(conn, &known.edition.definition, &row.id).await?,
        false => None,
    };
    Ok(json!({
        "id": row.id,
        "number": row.number,
        "workflow": workflow.id,
        "title": workflow.title.get(lang),
        "state": row.state,
        "state_title": case::title(workflow, open.case.state, is_own).get(lang),
        "ends": state.and_then(|state| state.ends).map(ends),
        "version": row.version,
        "whose": match open.whose {
            Whose::Own => "own",
            Whose::Party => "party",
            Whose::Overseer => "overseer",
        },
        "applicant": { "account": row.applicant, "name": row.name, "department": row.department },
        "term": row.term,
        "begun_at": row.created_at,
        "sent_at": moment(&row.sent_at),
        "waits_since": row.waits_since,
        "waits_for": match state.and_then(|state| state.waits_for) {
            Some(Party::Applicant) => json!({ "applicant": true, "title": row.name }),
            Some(_) => json!({ "applicant": false, "title": parts::waits_for(known, conn, open).await? }),
            None => Json::Null,
        },
        "answers": answers,
        "offers": offers(known, conn, open, &filled).await?,
        "files": files.iter().map(file).collect::<Vec<_>>(),
        "wrong": if can_edit(open) { wrong(open, &filled.wrong, lang) } else { Vec::new() },
        "moves": moves.filter_map(|index| workflow.moves.get(index)).map(|one| step(open, one, lang)).collect::<Vec<_>>(),
        "checks": if is_own { Vec::new() } else { checks(known, open) },
        "undo_until": undo_until(&setting, &open.case).filter(|_| can_undo).map(stored),
        "payment": payment.map(|own| json!({
            "state": own.state.code(),
            "amount": own.amount,
            "year": own.place.map(|turn| turn.year),
            "number": own.place.map(|turn| turn.number),
        })),
        "timeline": timeline(known, open),
    }))
}

/// A stored instant; nothing where there is none.
pub(super) fn moment(at: &str) -> Json {
    if at.is_empty() { Json::Null } else { at.into() }
}

pub(super) fn ends(end: End) -> &'static str {
    match end {
        End::Well => "well",
        End::Badly => "badly",
    }
}

/// What must be mended before it can be sent.
pub(super) fn wrong(open: &Open, wrong: &[Wrong], lang: Lang) -> Vec<Json> {
    let fields = &open.workflow().fields;
    let one = |wrong: &Wrong| {
        let field = fields.get(wrong.field)?;
        Some(json!({ "field": field.id, "missing": wrong.is_missing, "detail": wrong.what.get(lang) }))
    };
    wrong.iter().filter_map(one).collect()
}

/// What a reviewer is told is right or not.
fn checks(known: &Known, open: &Open) -> Vec<Json> {
    let told = parts::checks(known, open).into_iter();
    let one = |one: CheckLine| {
        json!({
            "id": one.id,
            "title": one.title,
            "verdict": one.verdict,
            "reasons": one.reasons,
            "looked": one.at.map(|at| json!({ "person": one.by, "at": at.iso })),
        })
    };
    told.map(one).collect()
}

/// A move and what it asks for.
fn step(open: &Open, step: &Move, lang: Lang) -> Json {
    let workflow = open.workflow();
    let to = workflow.states.get(step.to);
    json!({
        "id": step.id,
        "title": step.title.get(lang),
        "to": to.map(|state| state.id.as_str()),
        "note": note(step.note),
        "note_letters": step.note_letters,
        "names_fields": step.names_fields,
        "asks": asks(workflow, step, lang),
        "href": format!("/api/v1/cases/{}/moves/{}", open.row.id, step.id),
    })
}

pub(super) fn note(note: Note) -> &'static str {
    match note {
        Note::None => "none",
        Note::Optional => "optional",
        Note::Needed => "needed",
    }
}

/// An entry that may be chosen, with the words by which people choose it.
pub(super) fn entry(list: Option<&Catalogue>, entry: &Entry, lang: Lang) -> Json {
    let mut out = of_entry(entry);
    out["label"] = called::label(list, entry, lang).into();
    out
}

/// The entries that may be chosen now, by field.
async fn offers(known: &Known, conn: &mut Conn, open: &Open, filled: &Filled) -> Result<Vec<Json>, Refused> {
    let mut out = Vec::new();
    for (index, offered) in edit::offered(known, conn, open, filled, &Raw::new()).await? {
        let Some(field) = open.workflow().fields.get(index) else { continue };
        let list = called::list_of(&open.edition.definition.catalogues, field);
        let entries = offered.entries.iter().map(|one| entry(list, one, known.lang));
        out.push(json!({
            "field": field.id,
            "entries": entries.collect::<Vec<_>>(),
            "cases": offered.cases.iter().filter(|usable| !usable.taken).map(|usable| other(&usable.case)).collect::<Vec<_>>(),
            "search": offered.search.map(|_| format!("/api/v1/cases/{}/entries/{}", open.row.id, field.id)),
            "detail": offered.nothing,
        }));
    }
    Ok(out)
}

fn timeline(known: &Known, open: &Open) -> Vec<Json> {
    let told = parts::timeline(known, open);
    let all = open.events.iter().zip(&told).map(|(event, told)| {
        let mut one = happened(event, told);
        one["undone"] = event.undone.into();
        one
    });
    all.collect()
}

/// An event as it was written: nothing of it changes later.
pub(super) fn happened(event: &EventRow, told: &Event) -> Json {
    json!({
        "version": event.version,
        "at": event.at,
        "step": event.step,
        "what": told.what,
        "from": moment(&event.from_state),
        "to": event.to_state,
        "to_title": told.state,
        "person": told.person,
        "unit": event.actor_unit,
        "in_place_of": told.in_place_of,
        "note": event.note,
        "answers": cases::answers_of(&event.asked).iter().map(|(field, given)| (field.clone(), plain(given))).collect::<Map<_, _>>(),
        "fields": event.named.split(',').filter(|id| !id.is_empty()).collect::<Vec<_>>(),
        "reasons": told.reasons,
    })
}
