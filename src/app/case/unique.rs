//! Texts that no other case should have, such as the number of a certificate: compared by marks made
//! with the school's secret, so that the table of them gives none away.

use std::collections::BTreeMap;

use super::see::Open;
use super::{CaseError, Refusal, alike};
use crate::app::App;
use crate::case::{self, Case, Filled, Raw, Wrong};
use crate::definition::Definition;
use crate::definition::case::{End, Unique, Workflow};
use crate::rules::filing::{Other, Value};
use crate::store::cases::CaseRow;
use crate::store::unique::{self, Marked};
use crate::store::{Conn, Result};

/// A field's text as it is compared; `None` where there is nothing to compare.
pub(super) fn mark(app: &App, field: &str, text: &str) -> Option<String> {
    let plain = alike::plain(text);
    (!plain.is_empty()).then(|| crate::seal::mark(&app.settings.secret, "menkan case marks v1", &[field, &plain]))
}

/// The fields (indices) whose text another case has and keeps for itself.
pub(super) async fn taken(
    app: &App,
    conn: &mut Conn,
    workflow: &Workflow,
    raw: &Raw,
    case: &str,
) -> Result<Vec<usize>> {
    let mut out = Vec::new();
    for (index, field) in workflow.fields.iter().enumerate() {
        let text = raw.get(&field.id).filter(|_| field.unique == Some(Unique::Refuse));
        if let Some(mark) = text.and_then(|text| mark(app, &field.id, text))
            && unique::is_taken(conn, &field.id, &mark, case).await?
        {
            out.push(index);
        }
    }
    Ok(out)
}

/// The other cases that say the same in such fields, by field.
pub(super) async fn elsewhere(
    app: &App,
    conn: &mut Conn,
    definition: &Definition,
    workflow: &Workflow,
    case: &Case,
    row: &CaseRow,
) -> Result<BTreeMap<String, Vec<Other>>> {
    let mut out = BTreeMap::new();
    for field in workflow.fields.iter().filter(|field| field.unique.is_some()) {
        let text = case.raw.get(&field.id);
        let Some(mark) = text.and_then(|text| mark(app, &field.id, text)) else { continue };
        let others = unique::standing(conn, &field.id, &mark, &row.id).await?.into_iter();
        let other = |(kind, state, applicant): (String, String, String)| {
            let described = definition.workflow(&kind).and_then(|(_, kind)| kind.state(&state));
            let ends = match described.and_then(|(_, state)| state.ends) {
                Some(End::Well) => "well",
                Some(End::Badly) => "badly",
                None => "",
            };
            Other { kind, state, ends, own: applicant == row.applicant }
        };
        out.insert(field.id.clone(), others.map(other).collect());
    }
    Ok(out)
}

/// Keeps what a case says in such fields, as it is sent or is under review again.
pub(super) async fn keep(
    app: &App,
    conn: &mut Conn,
    open: &Open,
    filled: &Filled,
) -> std::result::Result<(), CaseError> {
    let fields = open.workflow().fields.iter().filter_map(|field| Some((field, field.unique?)));
    let marks: Vec<Marked<'_>> = fields
        .filter_map(|(field, is)| match filled.value(field) {
            Some(Value::Text(text)) => {
                Some(Marked { field: &field.id, mark: mark(app, &field.id, text)?, alone: is == Unique::Refuse })
            }
            Some(_) | None => None,
        })
        .collect();
    // Another case took it between reading and writing.
    match unique::put(conn, &open.row.id, &marks).await? {
        None => Ok(()),
        Some(taken) => {
            let (field, described) = open.workflow().field(taken).ok_or(Refusal::Stale)?;
            Err(Refusal::Form(vec![Wrong::taken(field, described)]).into())
        }
    }
}

/// What follows for them from a move.
pub(super) async fn follow(
    app: &App,
    conn: &mut Conn,
    open: &Open,
    made: &case::Made,
) -> std::result::Result<(), CaseError> {
    if open.workflow().fields.iter().all(|field| field.unique.is_none()) {
        return Ok(());
    }
    if let Some(filled) = &made.sent {
        keep(app, conn, open, filled).await?;
    }
    if made.end == Some(End::Badly) {
        unique::release(conn, &open.row.id).await?;
    }
    Ok(())
}

/// A case that had ended badly is under review again.
pub(super) async fn again(app: &App, conn: &mut Conn, open: &Open) -> std::result::Result<(), CaseError> {
    if open.workflow().fields.iter().all(|field| field.unique.is_none()) {
        return Ok(());
    }
    let filled = case::fill(&open.setting(), &open.workflow().fields, &open.case.raw);
    keep(app, conn, open, &filled).await.map_err(|error| match error {
        CaseError::Refused(_) => Refusal::TooLate.into(),
        error => error,
    })
}
