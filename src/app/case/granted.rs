//! What a case grants its applicant against the general rule, to an end: written with the move that
//! approves it, taken back with the move that undoes it.

use std::collections::BTreeMap;

use super::see::Open;
use crate::amount::Amount;
use crate::case::Due;
use crate::clock::{Calendar, Day, Instant};
use crate::definition::Definition;
use crate::definition::case::{Round, Workflow};
use crate::store::cases::EventRow;
use crate::store::grants::{self, Grant, Kind};
use crate::store::{Conn, Result, facts, stored};

/// Writes what a move grants; whoever made it has approved it.
pub(super) async fn write(conn: &mut Conn, open: &Open, due: &[Due], event: &EventRow, now: Instant) -> Result<()> {
    let definition = &open.edition.definition;
    let today = definition.school.calendar.today(now);
    let granted: Vec<Grant> = due.iter().filter_map(|due| grant(definition, due, open, event, today)).collect();
    for grant in &granted {
        grants::add(conn, &open.row.applicant, grant, &event.actor, &stored(now)).await?;
    }
    if !granted.is_empty() {
        facts::update(conn, &[open.row.applicant.as_str()]).await?;
    }
    Ok(())
}

fn grant(definition: &Definition, due: &Due, open: &Open, event: &EventRow, today: Day) -> Option<Grant> {
    let term = |day: Day| definition.school.calendar.term_of(day).to_string();
    let grant = |kind, what: &str, until: Day| Grant {
        id: 0,
        kind,
        what: what.to_owned(),
        amount: Amount::ZERO,
        happened_on: today.to_string(),
        term: term(today),
        round: String::new(),
        said: (String::new(), None),
        until: until.to_string(),
        by_name: event.actor_name.clone(),
        by_unit: event.actor_unit.clone(),
        case: open.row.number.clone(),
        case_version: event.version,
        recorded_on: today.to_string(),
        taken_back_on: None,
    };
    match due {
        Due::Waive { requirement, because, until } => Some(Grant {
            said: (because.zh.clone(), because.en.clone()),
            ..grant(Kind::Waive, &definition.requirements.get(*requirement)?.id, *until)
        }),
        Due::Substitute { category, amount, of, happened_on, until } => Some(Grant {
            amount: *amount,
            happened_on: happened_on.to_string(),
            term: term(*happened_on),
            said: (of.zh.clone(), of.en.clone()),
            ..grant(Kind::Substitute, &definition.categories.get(*category)?.id, *until)
        }),
        Due::Extend { workflow, round, until } => {
            let workflow = definition.workflows.get(*workflow)?;
            let rounds = workflow.windows.and_then(|index| definition.windows.get(index));
            let round = round.and_then(|index| rounds?.rounds.get(index)).map(|round| round.id.clone());
            Some(Grant { round: round.unwrap_or_default(), ..grant(Kind::Extend, &workflow.id, *until) })
        }
        Due::Credit { .. } | Due::Pay { .. } | Due::Mail { .. } | Due::Enter { .. } => None,
    }
}

/// Takes back what a move granted, by the version that the case had by it; whether there was anything.
pub(super) async fn take_back(conn: &mut Conn, open: &Open, version: i64, now: Instant) -> Result<bool> {
    let today = open.edition.definition.school.calendar.today(now).to_string();
    let row = &open.row;
    Ok(grants::take_back(conn, &row.applicant, &row.number, version, &today, &stored(now)).await? > 0)
}

/// The last day until which each round stays open to a student; under no name: every one.
#[derive(Clone, Debug, Default)]
pub(super) struct Extensions(BTreeMap<String, Day>);

/// What is extended for a student in a workflow on the day that it is.
pub(super) async fn extensions(
    conn: &mut Conn,
    definition: &Definition,
    workflow: &Workflow,
    student: &str,
    now: Instant,
) -> Result<Extensions> {
    let mut out = Extensions::default();
    if workflow.windows.is_none() {
        return Ok(out);
    }
    let today = definition.school.calendar.today(now);
    for (round, until) in grants::extensions(conn, student, &workflow.id, today).await? {
        let Ok(until) = until.parse::<Day>() else { continue };
        let last = out.0.entry(round).or_insert(until);
        *last = until.max(*last);
    }
    Ok(out)
}

impl Extensions {
    /// A round as it is for the student.
    pub(super) fn of(&self, calendar: &Calendar, round: &Round) -> Round {
        let until = self.0.get(&round.id).max(self.0.get(""));
        until.map_or_else(|| round.clone(), |until| round.extended(calendar.end_of(*until)))
    }
}
