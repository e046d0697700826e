//! Moves: decided by `crate::case`, and with all that follows from them written in one transaction.

use serde_json::json;

use super::prints::answered_since;
use super::see::{self, Open};
use super::{CaseError, answers, begin::searched, brings, entered, granted};
use crate::app::App;
use crate::app::access::Viewer;
use crate::case::{self, Filled, Made, Raw, Refusal, Wish};
use crate::clock::Instant;
use crate::definition::Definition;
use crate::definition::case::{Party, Workflow};
use crate::store::access::Holding;
use crate::store::cases::{self, CaseRow, EventRow};
use crate::store::{Conn, audit, people, stored};

/// The step of an event that undid the one before.
pub(super) const UNDO: &str = "undo";

/// A move as somebody asks for it, by the workflow's names.
#[derive(Clone, Debug, Default)]
pub struct Asked<'a> {
    pub step: &'a str,
    /// The version of the case that they saw.
    pub seen: i64,
    pub note: &'a str,
    /// Fields that are to be mended.
    pub named: Vec<&'a str>,
    /// What the move asks for, as it was typed.
    pub answers: Raw,
    /// The form's: sent again, it gets the same answer and does nothing twice.
    pub nonce: &'a str,
}

/// What became of a move.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Done {
    pub id: String,
    /// Whether this very form was answered before.
    pub repeated: bool,
}

/// Makes a move.
pub async fn act(app: &App, viewer: &Viewer, id: &str, asked: &Asked<'_>, now: Instant) -> Result<Done, CaseError> {
    act_on(app, viewer, id, asked, None, now).await
}

/// Sends a form whose answers were shown: where one of them is another by now, nothing is sent and
/// the refusal is `Stale`, although the case is of the version that was seen.
pub async fn send(
    app: &App,
    viewer: &Viewer,
    id: &str,
    asked: &Asked<'_>,
    shown: &str,
    now: Instant,
) -> Result<Done, CaseError> {
    act_on(app, viewer, id, asked, Some(shown), now).await
}

async fn act_on(
    app: &App,
    viewer: &Viewer,
    id: &str,
    asked: &Asked<'_>,
    shown: Option<&str>,
    now: Instant,
) -> Result<Done, CaseError> {
    let mut conn = app.db.begin().await?;
    if cases::answered(&mut conn, &viewer.account, asked.nonce, id, now).await?.is_some() {
        // Whoever did it first may still wait for the disk.
        conn.commit().await?;
        return Ok(Done { id: id.to_owned(), repeated: true });
    }
    let viewer = &by_now(app, &mut conn, viewer, now).await?;
    let open = see::see(app, &mut conn, id, viewer, now).await?;
    if shown.is_some_and(|shown| !answered_since(app, &open, shown).is_empty()) {
        return Err(Refusal::Stale.into());
    }
    let workflow = open.workflow();
    let (step, _) = workflow.step(asked.step).ok_or(CaseError::NotFound)?;
    let named = asked.named.iter().filter_map(|id| workflow.field(id).map(|(index, _)| index)).collect();
    let answers = Some(asked.answers.clone());
    let wish = Wish { step, seen: asked.seen, note: asked.note.to_owned(), named, answers };
    let made = case::decide(&open.setting(), &open.case, &open.actor, &wish)?;
    let by = By { account: &viewer.account, name: &viewer.name, unit: unit_of(viewer, &open, &made) };
    save(app, &mut conn, by, &open, &made, now).await?;
    let mut detail = json!({ "case": open.row.number, "from": open.row.state, "to": workflow.states[made.to].id });
    if let Some(lender) = &made.in_place_of {
        detail["in_place_of"] = lender.as_str().into();
    }
    let action = format!("{} {}", workflow.id, asked.step);
    audit::add(&mut conn, &app.chain, &stored(now), &viewer.account, &action, &detail.to_string()).await?;
    conn.commit().await?;
    Ok(Done { id: id.to_owned(), repeated: false })
}

/// Who made a move; nobody where time did.
#[derive(Clone, Debug, Default)]
pub(super) struct By<'a> {
    pub account: &'a str,
    pub name: &'a str,
    pub unit: String,
}

/// Whoever acts, with the roles that they hold as this is committed.
pub(super) async fn by_now(app: &App, conn: &mut Conn, viewer: &Viewer, now: Instant) -> Result<Viewer, CaseError> {
    let edition = app.edition.load_full();
    let today = edition.definition.school.calendar.today(now);
    Ok(viewer.by_now(conn, &edition.definition, today).await?)
}

pub(super) async fn save(
    app: &App,
    conn: &mut Conn,
    by: By<'_>,
    open: &Open,
    made: &Made,
    now: Instant,
) -> Result<(), CaseError> {
    let (workflow, definition) = (open.workflow(), &open.edition.definition);
    let mut row = open.row.clone();
    let before = row.version;
    row.state = workflow.states[made.to].id.clone();
    row.version = made.version;
    if made.end.is_some() {
        row.open_slot = 0;
    }
    row.waits_since = stored(now);
    row.changed_at = stored(now);
    row.named = made.named.iter().map(|index| workflow.fields[*index].id.as_str()).collect::<Vec<_>>().join(",");
    let mut sent = String::new();
    if let Some(filled) = &made.sent {
        sent = answers::to_event(workflow.form().iter(), filled);
        row.sent_at = stored(now);
        if let Some(term) = answers::term(definition, workflow, &open.case.raw) {
            row.term = term;
        }
        if row.first_sent_at.is_empty() {
            row.first_sent_at = stored(now);
            row.department = open.known.student.department.clone();
            let rounds = open.setting().windows.iter().map(|round| round.id.clone()).collect::<Vec<_>>();
            row.rounds = rounds.join(",");
        }
    }
    if let Some(filled) = made.sent.as_ref().or(made.asked.as_ref()) {
        listed(&mut row, open, filled);
    }
    (row.waits_role, row.waits_unit) = waits(definition, made.waits_for, &row.department);
    if !cases::change(conn, &row, before).await? {
        return Err(Refusal::Stale.into());
    }
    let lender = made.in_place_of.clone().unwrap_or_default();
    let lending = if lender.is_empty() { None } else { people::staff_member(conn, &lender).await? };
    let reasons: Vec<_> = made.reasons.iter().map(|reason| json!({ "zh": reason.zh, "en": reason.en })).collect();
    let event = EventRow {
        version: made.version,
        at: stored(now),
        actor: by.account.to_owned(),
        actor_name: by.name.to_owned(),
        actor_unit: by.unit,
        lender_name: lending.map(|lending| lending.name).unwrap_or_default(),
        lender,
        step: workflow.moves[made.step].id.clone(),
        from_state: open.row.state.clone(),
        to_state: row.state.clone(),
        note: made.note.clone(),
        named: row.named.clone(),
        reasons: serde_json::Value::from(reasons).to_string(),
        answers: sent,
        asked: made.asked.as_ref().map(|filled| asked_of(workflow, made.step, filled)).unwrap_or_default(),
        undone: false,
    };
    cases::add_event(conn, &row.id, &event).await?;
    super::unique::follow(app, conn, open, made).await?;
    super::used::follow(conn, open, made).await?;
    brings::money(conn, open, made, now).await?;
    brings::credits(conn, open, made, now).await?;
    granted::write(conn, open, &made.effects, &event, now).await?;
    entered::write(conn, open, made, now).await?;
    super::letters::write(app, conn, open, &row, made, now).await
}

/// What lists show of a case, and where they look for a word.
pub(super) fn listed(row: &mut CaseRow, open: &Open, filled: &Filled) {
    let (workflow, catalogues) = (open.workflow(), &open.edition.definition.catalogues);
    let (columns, search) = super::columns::of(&workflow.fields, catalogues, &workflow.columns, filled);
    row.search = searched(&row.number, &row.applicant, &row.name, &search);
    row.columns = columns;
}

/// What a move asked for, as its event keeps it.
fn asked_of(workflow: &Workflow, step: usize, filled: &Filled) -> String {
    answers::to_event(workflow.fields.iter().filter(|field| field.of_move == Some(step)), filled)
}

/// Whom a row waits for, as its columns say it.
pub(super) fn waits(definition: &Definition, party: Option<Party>, department: &str) -> (String, String) {
    let role = |role: usize| definition.school.roles[role].id.clone();
    match party {
        Some(Party::OwnDepartment { role: index }) => (role(index), department.to_owned()),
        Some(Party::Unit { unit, role: index }) => (role(index), definition.school.units[unit].id.clone()),
        Some(Party::Applicant) | None => (String::new(), String::new()),
    }
}

/// The unit in whose name a move is made, in one's own role or in one that was lent; empty for the applicant.
fn unit_of(viewer: &Viewer, open: &Open, made: &Made) -> String {
    let Some(party) = case::party(&open.setting(), made.from, made.step) else { return String::new() };
    let lender = made.in_place_of.as_deref().unwrap_or_default();
    let definition = &open.edition.definition;
    let acts = |held: &&Holding| {
        held.lent_by == lender && see::parties_by(&[*held], definition, &open.row.department).contains(&party)
    };
    viewer.holdings.iter().find(acts).map(|held| held.unit_name.clone()).unwrap_or_default()
}
