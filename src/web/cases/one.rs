//! A case, to its applicant: where it stands, what happened, what can be done now.

use axum::http::StatusCode;

use super::parts::{self, said};
use super::{can_edit, is_draft, seen, sends};
use crate::app::case::{self, Open, Whose, grouped};
use crate::app::money::{self, OwnPlace, State};
use crate::case::{undo, undo_until};
use crate::definition::case::{End, Party};
use crate::render::pages::cases::Moment;
use crate::render::pages::filing::{CasePage, MoveLink, OwnPayment};
use crate::store::stored;
use crate::web::context::Known;
use crate::web::{Answer, Context, Fault, show};

pub(in crate::web) async fn page(mut context: Context) -> Answer {
    let open = seen(&mut context).await?;
    if open.whose != Whose::Own {
        // Letters name one address for all of a case's readers.
        return show::see(&format!("/review/{}", open.row.id));
    }
    let sent = context.asked("sent").is_some() && !open.row.sent_at.is_empty();
    let page = CasePage { sent, ..of(&mut context, &open).await? };
    show::page(&context, &page)
}

/// What it now is, to someone who acted on what it was.
pub(super) async fn conflict(context: &mut Context, open: &Open) -> Answer {
    let page = CasePage { conflict: true, ..of(context, open).await? };
    show::page_with(context, StatusCode::CONFLICT, &page)
}

pub(super) async fn refused(context: &mut Context, open: &Open, refused: Vec<String>) -> Answer {
    let page = CasePage { refused, ..of(context, open).await? };
    show::page_with(context, StatusCode::CONFLICT, &page)
}

async fn of(context: &mut Context, open: &Open) -> Result<CasePage, Fault> {
    let known = context.known();
    let conn = context.conn().await?;
    let mut files = case::files_of(conn, &open.row.id).await?;
    files.extend(case::files_of_others(conn, open).await?);
    let (workflow, setting) = (open.workflow(), open.setting());
    let state = workflow.states.get(open.case.state);
    let waits_for_me = state.is_some_and(|state| state.waits_for == Some(Party::Applicant));
    let can_undo = undo(&setting, &open.case, &open.actor, open.row.version).is_ok();
    let until = undo_until(&setting, &open.case).filter(|_| can_undo);
    let payment =
        money::of_case(conn, &known.edition.definition, &open.row.id).await?.map(|own| own_payment(&known, own));
    Ok(CasePage {
        payment,
        id: open.row.id.clone(),
        number: open.row.number.clone(),
        title: said(&workflow.title, known.lang),
        mark: parts::mark(known.lang, workflow, open.case.state, true),
        version: open.row.version,
        sent: false,
        thresholds: !known.edition.definition.requirements.is_empty(),
        conflict: false,
        refused: Vec::new(),
        waits_for: parts::waits_for(&known, conn, open).await?,
        waits_for_me,
        used_by: open.known.in_use.clone().unwrap_or_default(),
        since: parts::moment(&known, &open.row.waits_since),
        until: parts::until(&known, &open.edition.definition, workflow, &open.row),
        days: state.and_then(|state| state.remind_after).unwrap_or_default(),
        note: last_note(open),
        to_mend: to_mend(&known, open),
        can_edit: can_edit(open),
        is_draft: is_draft(open),
        moves: moves(&known, open),
        undo_until: until.map(|at| Moment { iso: stored(at), shown: show::moment(&known, at) }),
        events: parts::timeline(&known, open),
        answers: parts::answers(&known, open, &parts::filled(open), &files, None),
    })
}

fn own_payment(known: &Known, own: OwnPlace) -> OwnPayment {
    let (kind, turn) = match (own.state, own.place) {
        (State::Reserved, _) => ("reserved", None),
        (State::Committed, None) => ("waits", None),
        (State::Committed, Some(turn)) => ("placed", Some(turn)),
        (State::Batched, turn) => ("batched", turn),
    };
    OwnPayment {
        kind,
        amount: grouped(own.amount),
        year: turn.map(|turn| show::year(known, turn.year)).unwrap_or_default(),
        number: turn.map(|turn| turn.number.to_string()).unwrap_or_default(),
    }
}

/// What can be done beside filling in and sending. A draft is thrown away, not withdrawn.
fn moves(known: &Known, open: &Open) -> Vec<MoveLink> {
    if is_draft(open) {
        return Vec::new();
    }
    let sends = sends(open);
    let steps = crate::case::moves(&open.setting(), &open.case, &open.actor).into_iter();
    steps.filter(|step| !sends.contains(step)).map(|step| link(known, open, step)).collect()
}

pub(super) fn link(known: &Known, open: &Open, step: usize) -> MoveLink {
    let step = &open.workflow().moves[step];
    MoveLink {
        id: step.id.clone(),
        href: format!("/cases/{}/do/{}", open.row.id, step.id),
        title: said(&step.title, known.lang),
        danger: open.workflow().states[step.to].ends == Some(End::Badly),
    }
}

/// What was written to the applicant with the last move of somebody else.
pub(super) fn last_note(open: &Open) -> String {
    let last = open.events.last().filter(|event| event.actor != open.row.applicant);
    last.map(|event| event.note.clone()).unwrap_or_default()
}

/// Labels of the fields that were named when it was returned.
pub(super) fn to_mend(known: &Known, open: &Open) -> Vec<String> {
    let fields = open.case.named.iter().filter_map(|index| open.workflow().fields.get(*index));
    fields.map(|field| said(&field.label, known.lang)).collect()
}
