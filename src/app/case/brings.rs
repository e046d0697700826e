//! What a case brings its applicant by a move: money, reserved when it is sent and committed when a move
//! pays it, and credits.

use super::see::Open;
use super::{CaseError, random_id};
use crate::amount::Amount;
use crate::case::{Due, Filled, Made, Refusal};
use crate::clock::{Day, Instant};
use crate::definition::case::{Effect, Workflow};
use crate::rules::filing::Value;
use crate::store::credits::{self, NewCredit};
use crate::store::payments::{self, PaymentRow};
use crate::store::{Conn, facts, stored};

/// Money that a case is to bring: reserved when it is sent, committed when a move pays it, given
/// up when the case ends otherwise.
pub(super) async fn money(conn: &mut Conn, open: &Open, made: &Made, now: Instant) -> Result<(), CaseError> {
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

/// The credits that a move brings.
pub(super) async fn credits(conn: &mut Conn, open: &Open, made: &Made, now: Instant) -> Result<(), CaseError> {
    for due in &made.effects {
        if let Due::Credit { category, amount, happened_on } = due {
            credit(conn, open, (*category, *amount, *happened_on), made.version, now).await?;
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
            Effect::Waive { .. } | Effect::Substitute { .. } | Effect::Extend { .. } | Effect::Enter { .. } => None,
        })
        .collect();
    paying.dedup();
    paying
}

/// Reserves what a form asks for.
pub(super) async fn reserve(conn: &mut Conn, open: &Open, filled: &Filled, now: Instant) -> Result<(), CaseError> {
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
    (category, amount, happened_on): (usize, Amount, Day),
    version: i64,
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
        case_version: version,
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
pub(super) fn source(open: &Open) -> String {
    format!("case:{}", open.row.number)
}
