//! The lists of those who review: what waits for them, and all that they may see. The scope is part
//! of the question; nothing filters afterwards.

use std::collections::BTreeSet;

use crate::app::access::{Viewer, is_unit};
use crate::definition::Definition;
use crate::definition::case::{By, Party};
use crate::store::cases::CaseRow;
use crate::store::queue::{self, Part, Scope};
use crate::store::{Conn, Result};

pub use crate::store::queue::Question;

/// One page of a list, and how many there are in all.
pub struct Listing {
    pub rows: Vec<CaseRow>,
    pub total: i64,
}

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
    let scope = scope(viewer, definition);
    let total = queue::count(conn, &scope, asked).await?;
    let rows = queue::page(conn, &scope, asked).await?;
    Ok(Listing { rows, total })
}

/// How many cases wait for someone.
pub async fn waiting(conn: &mut Conn, viewer: &Viewer, definition: &Definition) -> Result<i64> {
    queue::count(conn, &scope(viewer, definition), &Question { mine: true, ..Question::default() }).await
}
