//! Undoing the last move while there is time: what followed from it is taken back by new records.

use serde_json::json;

use super::act::{Done, UNDO, by_now, listed, waits};
use super::see::{self, Open};
use super::{CaseError, answers, brings, granted};
use crate::app::App;
use crate::app::access::Viewer;
use crate::case::{self, Raw, Refusal};
use crate::clock::Instant;
use crate::definition::case::Field;
use crate::store::cases::{self, EventRow};
use crate::store::{Conn, audit, credits, facts, from_stored, payments, stored};

/// Undoes the last move, by whoever made it and while there is time: what followed from it is
/// taken back by new records.
pub async fn undo(
    app: &App,
    viewer: &Viewer,
    id: &str,
    seen: i64,
    nonce: &str,
    now: Instant,
) -> Result<Done, CaseError> {
    let mut conn = app.db.begin().await?;
    if cases::answered(&mut conn, &viewer.account, nonce, id, now).await?.is_some() {
        // Whoever did it first may still wait for the disk.
        conn.commit().await?;
        return Ok(Done { id: id.to_owned(), repeated: true });
    }
    let viewer = &by_now(app, &mut conn, viewer, now).await?;
    let open = see::see(app, &mut conn, id, viewer, now).await?;
    let back_to = case::undo(&open.setting(), &open.case, &open.actor, seen)?;
    // Not always the last event: that may be the undoing of a later move.
    let last = standing(&open).next().ok_or(Refusal::NotNow)?;
    let (undone, takes_back_answers) = (last.version, !last.asked.is_empty());
    let (workflow, definition) = (open.workflow(), &open.edition.definition);
    let state = &workflow.states[back_to];
    let mut row = open.row.clone();
    row.state = state.id.clone();
    row.version += 1;
    row.named = named_before(&open);
    row.changed_at = stored(now);
    row.waits_since = stored(waited_since(&open, last, now));
    (row.waits_role, row.waits_unit) = waits(definition, state.waits_for, &row.department);
    if takes_back_answers {
        let raw = raw_before(&open);
        listed(&mut row, &open, &case::fill(&open.setting(), &workflow.fields, &raw));
    }
    if row.open_slot == 0 && state.ends.is_none() {
        // Another case may have been begun since.
        let taken = cases::open_slots(&mut conn, &row.workflow, &row.applicant).await?;
        let free = (1..=i64::from(workflow.open_at_once)).find(|slot| !taken.contains(slot));
        row.open_slot = free.ok_or(Refusal::TooLate)?;
    }
    if !cases::change(&mut conn, &row, open.row.version).await? {
        return Err(Refusal::Stale.into());
    }
    cases::mark_undone(&mut conn, id, undone).await?;
    let event = EventRow {
        version: row.version,
        at: stored(now),
        actor: viewer.account.clone(),
        actor_name: viewer.name.clone(),
        actor_unit: last.actor_unit.clone(),
        lender: last.lender.clone(),
        lender_name: last.lender_name.clone(),
        step: UNDO.to_owned(),
        from_state: open.row.state.clone(),
        to_state: row.state.clone(),
        ..EventRow::default()
    };
    cases::add_event(&mut conn, id, &event).await?;
    super::letters::take_back(&mut conn, &open.row, undone).await?;
    super::unique::again(app, &mut conn, &open).await?;
    super::used::again(&mut conn, &open).await?;
    super::entered::take_back(&mut conn, &open, undone, now).await?;
    take_back(&mut conn, &open, undone, now).await?;
    let detail = json!({ "case": open.row.number, "from": open.row.state, "to": row.state });
    let action = format!("{} {UNDO}", workflow.id);
    audit::add(&mut conn, &app.chain, &stored(now), &viewer.account, &action, &detail.to_string()).await?;
    conn.commit().await?;
    Ok(Done { id: id.to_owned(), repeated: false })
}

/// Since when a case counts as waiting where it is again: as long as it had waited before the move that is undone.
fn waited_since(open: &Open, last: &EventRow, now: Instant) -> Instant {
    let entered = standing(open).nth(1).map_or(&open.row.created_at, |event| &event.at);
    match (from_stored(entered), from_stored(&last.at)) {
        (Some(entered), Some(moved)) => now - (moved - entered),
        _ => now,
    }
}

/// What was to be mended before the last move: as the move before it named it.
fn named_before(open: &Open) -> String {
    standing(open).nth(1).map(|event| event.named.clone()).unwrap_or_default()
}

/// The answers of a case without what its last move asked for: an older answer stands again.
fn raw_before(open: &Open) -> Raw {
    let workflow = open.workflow();
    let mut raw = open.case.raw.clone();
    let Some(last) = standing(open).next() else { return raw };
    let of_last = |field: &&Field| field.of_move.is_some_and(|step| workflow.moves[step].id == last.step);
    workflow.fields.iter().filter(of_last).for_each(|field| drop(raw.remove(&field.id)));
    if let Some(before) = standing(open).skip(1).find(|event| event.step == last.step) {
        raw.extend(answers::typed_of_event(&before.asked));
    }
    raw
}

/// The events of a case that still hold, the latest first.
fn standing(open: &Open) -> impl Iterator<Item = &EventRow> {
    open.events.iter().rev().filter(|event| !event.undone && event.step != UNDO)
}

/// Takes back what one move (by the version that the case had by it) credited and granted; money that the case was
/// to bring is reserved again, as before the move.
async fn take_back(conn: &mut Conn, open: &Open, undone: i64, now: Instant) -> Result<(), CaseError> {
    let today = open.edition.definition.school.calendar.today(now).to_string();
    let applicant = open.row.applicant.as_str();
    let granted = granted::take_back(conn, open, undone, now).await?;
    let of = (brings::source(open), undone);
    let credited = credits::take_back_move(conn, applicant, (&of.0, of.1), &today, &stored(now)).await? > 0;
    if granted || credited {
        facts::update(conn, &[applicant]).await?;
    }
    payments::cancel(conn, &open.row.id).await?;
    // What is on its way to the bank stays approved; asked for after the rows are taken.
    if !payments::of_case(conn, &open.row.id).await?.is_empty() {
        return Err(Refusal::TooLate.into());
    }
    // As it was when it was sent, for the case is under review again.
    let filled = case::fill(&open.setting(), &open.workflow().fields, &raw_before(open));
    brings::reserve(conn, open, &filled, now).await?;
    Ok(())
}
