//! Moves: decided by `crate::case`, and with all that follows from them written in one transaction.

use serde_json::json;

use super::prints::answered_since;
use super::see::{self, Open};
use super::{CaseError, answers, begin::searched, granted, random_id};
use crate::amount::Amount;
use crate::app::App;
use crate::app::access::Viewer;
use crate::case::{self, Due, Filled, Made, Raw, Refusal, Wish};
use crate::clock::Instant;
use crate::definition::Definition;
use crate::definition::case::{Effect, Field, Party, Workflow};
use crate::rules::filing::Value;
use crate::store::audit;
use crate::store::cases::{self, CaseRow, EventRow};
use crate::store::credits::{self, NewCredit};
use crate::store::payments::{self, PaymentRow};
use crate::store::{Conn, facts, stored};

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
    let by = By { account: &viewer.account, name: &viewer.name, unit: unit_of(viewer, &open) };
    save(app, &mut conn, by, &open, &made, now).await?;
    let detail = json!({ "case": open.row.number, "from": open.row.state, "to": workflow.states[made.to].id });
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
    let reasons: Vec<_> = made.reasons.iter().map(|reason| json!({ "zh": reason.zh, "en": reason.en })).collect();
    let event = EventRow {
        version: made.version,
        at: stored(now),
        actor: by.account.to_owned(),
        actor_name: by.name.to_owned(),
        actor_unit: by.unit,
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
    money(conn, open, made, now).await?;
    for due in &made.effects {
        if let Due::Credit { category, amount, happened_on } = due {
            credit(conn, open, *category, *amount, *happened_on, now).await?;
        }
    }
    granted::write(conn, open, &made.effects, &event, now).await?;
    super::letters::write(app, conn, open, &row, made, now).await
}

/// What lists show of a case, and where they look for a word.
fn listed(row: &mut CaseRow, open: &Open, filled: &Filled) {
    let (workflow, catalogues) = (open.workflow(), &open.edition.definition.catalogues);
    let (columns, search) = answers::columns(&workflow.fields, catalogues, &workflow.columns, filled);
    row.search = searched(&row.number, &row.applicant, &row.name, &search);
    row.columns = columns;
}

/// What a move asked for, as its event keeps it.
fn asked_of(workflow: &Workflow, step: usize, filled: &Filled) -> String {
    answers::to_event(workflow.fields.iter().filter(|field| field.of_move == Some(step)), filled)
}

/// Whom a row waits for, as its columns say it.
fn waits(definition: &Definition, party: Option<Party>, department: &str) -> (String, String) {
    let role = |role: usize| definition.school.roles[role].id.clone();
    match party {
        Some(Party::OwnDepartment { role: index }) => (role(index), department.to_owned()),
        Some(Party::Unit { unit, role: index }) => (role(index), definition.school.units[unit].id.clone()),
        Some(Party::Applicant) | None => (String::new(), String::new()),
    }
}

/// The unit in which someone acts on a case; empty for the applicant.
fn unit_of(viewer: &Viewer, open: &Open) -> String {
    if viewer.account == open.row.applicant {
        return String::new();
    }
    let department = viewer.holdings.iter().find(|holding| holding.unit == open.row.department);
    department.or(viewer.holdings.first()).map(|holding| holding.unit_name.clone()).unwrap_or_default()
}

/// Money that a case is to bring: reserved when it is sent, committed when a move pays it, given
/// up when the case ends otherwise.
async fn money(conn: &mut Conn, open: &Open, made: &Made, now: Instant) -> Result<(), CaseError> {
    if paying(open.workflow()).is_empty() {
        return Ok(());
    }
    if made.sent.is_some() || made.end.is_some() {
        payments::cancel(conn, &open.row.id).await?;
    }
    if let Some(filled) = &made.sent {
        return reserve(conn, open, filled, now).await;
    }
    for due in &made.effects {
        if let Due::Pay { amount, from } = due {
            let position = conn.numbers(1).await?;
            pay(conn, open, *from, *amount, "committed", position, now).await?;
        }
    }
    Ok(())
}

/// The fields that moves of a workflow pay, each with its budget (indices).
fn paying(workflow: &Workflow) -> Vec<(usize, usize)> {
    let effects = workflow.moves.iter().flat_map(|step| &step.then);
    let mut paying: Vec<(usize, usize)> = effects
        .filter_map(|effect| match effect {
            Effect::Pay { amount, from } => Some((*amount, *from)),
            Effect::Credit { .. } | Effect::Mail { .. } => None,
            Effect::Waive { .. } | Effect::Substitute { .. } | Effect::Extend { .. } => None,
        })
        .collect();
    paying.dedup();
    paying
}

/// Reserves what a form asks for.
async fn reserve(conn: &mut Conn, open: &Open, filled: &Filled, now: Instant) -> Result<(), CaseError> {
    let workflow = open.workflow();
    for (field, budget) in paying(workflow) {
        if let Some(Value::Amount(amount)) = workflow.fields.get(field).and_then(|field| filled.value(field))
            && *amount > Amount::ZERO
        {
            pay(conn, open, budget, *amount, "reserved", 0, now).await?;
        }
    }
    Ok(())
}

async fn pay(
    conn: &mut Conn,
    open: &Open,
    budget: usize,
    amount: Amount,
    state: &str,
    position: i64,
    now: Instant,
) -> Result<(), CaseError> {
    let budget = &open.edition.definition.budgets[budget];
    let today = open.edition.definition.school.calendar.today(now);
    let once = if budget.once_in_a_life { &open.row.applicant } else { &open.row.id };
    let payment = PaymentRow {
        id: random_id()?,
        case_id: open.row.id.clone(),
        budget: budget.id.clone(),
        person: open.row.applicant.clone(),
        once: once.clone(),
        amount: amount.0,
        state: state.to_owned(),
        year: chrono::Datelike::year(&today).into(),
        position,
        batch: String::new(),
        at: stored(now),
    };
    // Another case of the same person was paid between reading and writing: looked at again, the
    // rule says what is left.
    if payments::add(conn, &payment).await? { Ok(()) } else { Err(Refusal::Stale.into()) }
}

async fn credit(
    conn: &mut Conn,
    open: &Open,
    category: usize,
    amount: Amount,
    happened_on: crate::clock::Day,
    now: Instant,
) -> Result<(), CaseError> {
    let definition = &open.edition.definition;
    let calendar = &definition.school.calendar;
    let (happened, today) = (happened_on.to_string(), calendar.today(now).to_string());
    let term = calendar.term_of(happened_on).to_string();
    let name = credit_name(open);
    let credit = NewCredit {
        student: &open.row.applicant,
        category: &definition.categories[category].id,
        amount,
        happened_on: &happened,
        term: &term,
        name: &name,
        recorded_on: &today,
        takes_back: None,
    };
    credits::add(conn, &[credit], &stored(now), &source(open), 0).await?;
    facts::update(conn, &[open.row.applicant.as_str()]).await?;
    Ok(())
}

/// What a credit of a case is called: the entry that was chosen, else the workflow.
fn credit_name(open: &Open) -> String {
    let entry = open.known.entries.values().next().and_then(|entry| entry.says.get("@name"));
    match entry {
        Some(Value::Text(name)) => name.clone(),
        Some(_) | None => open.workflow().title.zh.clone(),
    }
}

/// Where a case's credits say that they come from.
fn source(open: &Open) -> String {
    format!("case:{}", open.row.number)
}

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
    row.waits_since = stored(now);
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
        actor_unit: unit_of(viewer, &open),
        step: UNDO.to_owned(),
        from_state: open.row.state.clone(),
        to_state: row.state.clone(),
        ..EventRow::default()
    };
    cases::add_event(&mut conn, id, &event).await?;
    super::letters::take_back(&mut conn, &open.row, undone).await?;
    super::unique::again(app, &mut conn, &open).await?;
    super::used::again(&mut conn, &open).await?;
    take_back(&mut conn, &open, now).await?;
    let detail = json!({ "case": open.row.number, "from": open.row.state, "to": row.state });
    let action = format!("{} {UNDO}", workflow.id);
    audit::add(&mut conn, &app.chain, &stored(now), &viewer.account, &action, &detail.to_string()).await?;
    conn.commit().await?;
    Ok(Done { id: id.to_owned(), repeated: false })
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

/// Takes the credits of a case back, and what it granted; money that it was to bring is reserved again, as
/// before the move.
async fn take_back(conn: &mut Conn, open: &Open, now: Instant) -> Result<(), CaseError> {
    let today = open.edition.definition.school.calendar.today(now).to_string();
    let granted = granted::take_back(conn, open, now).await?;
    let credited = credits::take_back_source(conn, &open.row.applicant, &source(open), &today, &stored(now)).await? > 0;
    if granted || credited {
        facts::update(conn, &[open.row.applicant.as_str()]).await?;
    }
    payments::cancel(conn, &open.row.id).await?;
    // What is on its way to the bank stays approved; asked for after the rows are taken.
    if !payments::of_case(conn, &open.row.id).await?.is_empty() {
        return Err(Refusal::TooLate.into());
    }
    // As it was when it was sent, for the case is under review again.
    let filled = case::fill(&open.setting(), &open.workflow().fields, &raw_before(open));
    reserve(conn, open, &filled, now).await?;
    Ok(())
}
