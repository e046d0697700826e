//! What reviewers do: their lists, a case before them, several at once.

pub mod bulk;
mod columns;
pub mod decide;
pub mod delegation;
pub mod export;
pub mod flow;
pub mod found;
mod narrowed;
mod page;
pub mod queue;
pub mod refused;
mod steps;

use super::context::Known;
use super::show;
use crate::definition::case::{End, Workflow};
use crate::render::pages::queue::{Age, Claim};
use crate::store::cases::CaseRow;
use crate::store::from_stored;

/// How long a case has waited, and whether that is longer than its state's reminder allows.
pub(in crate::web) fn age(known: &Known, workflow: Option<&Workflow>, row: &CaseRow) -> Age {
    let since = from_stored(&row.waits_since).unwrap_or(known.now);
    let waited = known.now - since;
    let (unit, count) = match (waited.num_days(), waited.num_hours()) {
        (0, 0) => ("minutes", waited.num_minutes().max(0)),
        (0, hours) => ("hours", hours),
        (days, _) => ("days", days),
    };
    let calendar = &known.edition.definition.school.calendar;
    let state = workflow.and_then(|workflow| workflow.state(&row.state));
    let allowed = state.and_then(|(_, state)| state.remind_after);
    Age {
        unit,
        count,
        iso: row.waits_since.clone(),
        shown: show::moment(known, since),
        late: allowed.is_some_and(|allowed| known.today > calendar.working_days_after(calendar.today(since), allowed)),
    }
}

/// Who has taken a case, while they have; `names` knows accounts' names.
fn claim(known: &Known, row: &CaseRow, names: &[(String, String)]) -> Option<Claim> {
    let until = from_stored(&row.claimed_until).filter(|until| *until > known.now)?;
    let viewer = known.viewer.as_ref()?;
    let zone = &known.edition.definition.school.calendar.zone;
    let name = names.iter().find(|(account, _)| *account == row.claimed_by);
    Some(Claim {
        mine: row.claimed_by == viewer.account,
        name: name.map_or_else(|| row.claimed_by.clone(), |(_, name)| name.clone()),
        until: until.with_timezone(zone).format("%H:%M").to_string(),
    })
}

/// A state's colour and shape.
fn mark(workflow: Option<&Workflow>, state: &str) -> &'static str {
    match workflow.and_then(|workflow| workflow.state(state)) {
        None => "none",
        Some((_, state)) => match state.ends {
            Some(End::Well) => "good",
            Some(End::Badly) => "bad",
            None => "wait",
        },
    }
}

/// A state's words to staff; its name where the definition in force no longer has it.
fn state_title(known: &Known, workflow: Option<&Workflow>, state: &str) -> String {
    let described = workflow.and_then(|workflow| workflow.state(state));
    described.map_or_else(|| state.to_owned(), |(_, state)| state.title.get(known.lang).to_owned())
}
