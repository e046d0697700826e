//! The lists of those who review: what waits for them, and all that they may see. The scope is part
//! of the question; nothing filters afterwards.

use std::collections::{BTreeMap, BTreeSet};

use crate::app::access::{Viewer, is_unit};
use crate::clock::Instant;
use crate::definition::Definition;
use crate::definition::case::{By, Party};
use crate::store::access::Holding;
use crate::store::cases::CaseRow;
use crate::store::decisions::{self, Placed};
use crate::store::queue::{self, Looking, Part, Scope};
use crate::store::{Conn, Result, stored};

pub use crate::store::queue::{Page as Listing, Question};

/// The lists that someone has: what of which workflows they may see and what waits for them.
pub fn scope(viewer: &Viewer, definition: &Definition) -> Scope {
    let mut waits = BTreeSet::new();
    let mut parts: BTreeSet<(String, Option<String>)> = BTreeSet::new();
    for holding in &viewer.holdings {
        let Some(role) = definition.school.roles.iter().position(|role| role.id == holding.role) else { continue };
        waits.insert((holding.role.clone(), holding.unit.clone()));
        let units: Vec<usize> = (0..definition.school.units.len())
            .filter(|index| is_unit(&definition.school.units[*index], holding))
            .collect();
        waits.extend(units.iter().map(|unit| (holding.role.clone(), definition.school.units[*unit].id.clone())));
        for workflow in &definition.workflows {
            let by_moves = workflow.moves.iter().filter_map(|step| match step.by {
                By::Party(party) => Some(party),
                By::WhoeverItWaitsFor | By::Time => None,
            });
            for party in workflow.states.iter().filter_map(|state| state.waits_for).chain(by_moves) {
                match party {
                    Party::OwnDepartment { role: wanted } if wanted == role => {
                        parts.insert((workflow.id.clone(), Some(holding.unit.clone())));
                    }
                    Party::Unit { unit, role: wanted } if wanted == role && units.contains(&unit) => {
                        parts.insert((workflow.id.clone(), None));
                    }
                    Party::Applicant | Party::OwnDepartment { .. } | Party::Unit { .. } => {}
                }
            }
        }
    }
    Scope {
        everything: viewer.scope.everything,
        waits: waits.into_iter().collect(),
        parts: parts.into_iter().map(|(workflow, department)| Part { workflow, department }).collect(),
    }
}

/// A page of the cases that someone reviews.
pub async fn queue(conn: &mut Conn, viewer: &Viewer, definition: &Definition, asked: &Question) -> Result<Listing> {
    queue::page(conn, &scope(viewer, definition), asked).await
}

/// The most cases of a list that are given as a file.
pub const MOST_GIVEN: i64 = 20_000;

/// All of a list, at most [`MOST_GIVEN`], with where each applicant is on the day that is asked.
pub async fn found(
    conn: &mut Conn,
    viewer: &Viewer,
    definition: &Definition,
    asked: &Question,
) -> Result<Vec<(CaseRow, Placed)>> {
    let rows = queue::whole(conn, &scope(viewer, definition), asked, MOST_GIVEN).await?;
    let mut students: Vec<&str> = rows.iter().map(|row| row.applicant.as_str()).collect();
    students.sort_unstable();
    students.dedup();
    let placed = decisions::placed(conn, &students, &asked.day).await?;
    let placed: BTreeMap<&str, &Placed> = placed.iter().map(|one| (one.student.as_str(), one)).collect();
    let with = |row: CaseRow| {
        let where_is = placed.get(row.applicant.as_str()).map(|one| (*one).clone()).unwrap_or_default();
        (row, where_is)
    };
    Ok(rows.into_iter().map(with).collect())
}

/// How many cases wait for someone, counted no further than this.
pub const MOST_COUNTED: i64 = 1000;

/// How many cases wait for someone, at most [`MOST_COUNTED`]; `None` where they review nothing.
pub async fn waiting(conn: &mut Conn, viewer: &Viewer, definition: &Definition) -> Result<Option<i64>> {
    let scope = scope(viewer, definition);
    if scope.parts.is_empty() && !scope.everything {
        return Ok(None);
    }
    if scope.waits.is_empty() {
        return Ok(Some(0));
    }
    queue::waiting(conn, &scope, MOST_COUNTED).await.map(Some)
}

/// The next case that someone may decide: the one that waits the longest, or where `after` says since
/// when this one waits, the one behind it.
pub async fn next(
    conn: &mut Conn,
    viewer: &Viewer,
    definition: &Definition,
    this: &str,
    after: Option<&str>,
    now: Instant,
) -> Result<Option<String>> {
    let looking = Looking { account: &viewer.account, but: this, after, now: &stored(now) };
    queue::next(conn, &scope(viewer, definition), looking).await
}

/// The moves that someone could make on many cases at once: those that are not for one alone. Each by
/// its workflow's and its own index.
pub fn bulk_moves(viewer: &Viewer, definition: &Definition) -> Vec<(usize, usize)> {
    let mut out = Vec::new();
    for (index, workflow) in definition.workflows.iter().enumerate() {
        let holds = |party: Party| viewer.holdings.iter().any(|holding| is_party(definition, holding, party));
        for (step, described) in workflow.moves.iter().enumerate().filter(|(step, _)| !workflow.is_for_one(*step)) {
            let parties: Vec<Party> = match described.by {
                By::Party(party) => vec![party],
                By::WhoeverItWaitsFor => {
                    described.from.iter().filter_map(|state| workflow.states.get(*state)?.waits_for).collect()
                }
                By::Time => Vec::new(),
            };
            if parties.into_iter().any(holds) {
                out.push((index, step));
            }
        }
    }
    out
}

/// Whether a holding is that of a party, in some department.
pub(in crate::app) fn is_party(definition: &Definition, holding: &Holding, party: Party) -> bool {
    let holds = |role: usize| definition.school.roles.get(role).is_some_and(|role| role.id == holding.role);
    match party {
        Party::Applicant => false,
        Party::OwnDepartment { role } => holds(role),
        Party::Unit { unit, role } => {
            holds(role) && definition.school.units.get(unit).is_some_and(|unit| is_unit(unit, holding))
        }
    }
}
