//! Other cases of the applicant's that a form uses: each once, kept for it from when it is sent until it
//! ends badly. One that is used stays as it is.

use std::collections::BTreeMap;

use super::answers::of_event;
use super::attach::files_of;
use super::see::{self, Open};
use super::{CaseError, Refusal};
use crate::app::App;
use crate::app::access::Viewer;
use crate::app::files::FileRow;
use crate::case::{self, Filled, Made, Usable};
use crate::clock::Instant;
use crate::definition::case::{Answer, End, Workflow};
use crate::rules::filing::{Entry, Value};
use crate::store::used::{self, Used};
use crate::store::{Conn, Result, cases};

type Cases = BTreeMap<(String, String), Usable>;

fn uses_others(workflow: &Workflow) -> bool {
    workflow.fields.iter().any(|field| matches!(field.is, Answer::Cases { .. }))
}

/// The applicant's other cases that the fields of a form may use, by field and id.
pub(super) async fn usable(conn: &mut Conn, workflow: &Workflow, applicant: &str, case: &str) -> Result<Cases> {
    let mut out = Cases::new();
    if !uses_others(workflow) {
        return Ok(out);
    }
    let rows = cases::of_applicant(conn, applicant).await?;
    let taken = used::taken(conn, applicant, case).await?;
    let ids: Vec<&str> = rows.iter().map(|row| row.id.as_str()).collect();
    // The later one stands last.
    let sent: BTreeMap<String, String> = used::sent(conn, &ids).await?.into_iter().collect();
    for field in &workflow.fields {
        let Answer::Cases { of, among, .. } = &field.is else { continue };
        let fits = |row: &&cases::CaseRow| row.workflow == *of && among.contains(&row.state) && row.id != case;
        for row in rows.iter().filter(fits) {
            let mut says = sent.get(&row.id).map(|answers| of_event(answers)).unwrap_or_default();
            for (name, text) in [("@number", &row.number), ("@state", &row.state)] {
                says.insert(name.to_owned(), Value::Text(text.clone()));
            }
            let usable = Usable { case: Entry { id: row.id.clone(), says }, taken: taken.contains(&row.id) };
            out.insert((field.id.clone(), row.id.clone()), usable);
        }
    }
    Ok(out)
}

/// Keeps the cases that were chosen for the one that is sent, or is under review again.
async fn keep(conn: &mut Conn, open: &Open, filled: &Filled) -> std::result::Result<(), CaseError> {
    let mut all = Vec::new();
    for field in &open.workflow().fields {
        let Some(Value::Cases(chosen)) = filled.value(field) else { continue };
        for one in chosen {
            let state = match one.says.get("@state") {
                Some(Value::Text(state)) => state.as_str(),
                Some(_) | None => "",
            };
            all.push(Used { case: &one.id, field: &field.id, state });
        }
    }
    // In one order for everybody, so that nobody waits for each other.
    all.sort();
    // Another took it between reading and writing: looked at again, the form says so.
    if used::put(conn, &open.row.id, &all).await? { Ok(()) } else { Err(Refusal::Stale.into()) }
}

/// What follows for them from a move.
pub(super) async fn follow(conn: &mut Conn, open: &Open, made: &Made) -> std::result::Result<(), CaseError> {
    unused(conn, open).await?;
    if !uses_others(open.workflow()) {
        return Ok(());
    }
    if let Some(filled) = &made.sent {
        keep(conn, open, filled).await?;
    }
    if made.end == Some(End::Badly) {
        used::release(conn, &open.row.id).await?;
    }
    Ok(())
}

/// A case that had ended badly is under review again.
pub(super) async fn again(conn: &mut Conn, open: &Open) -> std::result::Result<(), CaseError> {
    unused(conn, open).await?;
    if !uses_others(open.workflow()) {
        return Ok(());
    }
    let filled = case::fill(&open.setting(), &open.workflow().fields, &open.case.raw);
    keep(conn, open, &filled).await.map_err(|error| match error {
        CaseError::Refused(_) => Refusal::TooLate.into(),
        error => error,
    })
}

/// Asked once the row is taken: whoever used it meanwhile has committed.
async fn unused(conn: &mut Conn, open: &Open) -> std::result::Result<(), CaseError> {
    match used::user(conn, &open.row.id).await? {
        Some(_) => Err(Refusal::InUse.into()),
        None => Ok(()),
    }
}

/// The files of the cases that a form uses or may use, each with its case as its owner.
pub async fn files_of_others(conn: &mut Conn, open: &Open) -> Result<Vec<FileRow>> {
    let mut ids: Vec<&str> = open.known.cases.keys().map(|(_, id)| id.as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    let mut out = Vec::new();
    for id in ids {
        out.extend(files_of(conn, id).await?);
    }
    Ok(out)
}

/// Whether someone may open the files of a case: those who may see it, or a case that uses it.
pub async fn may_open_files(
    app: &App,
    conn: &mut Conn,
    id: &str,
    viewer: &Viewer,
    now: Instant,
) -> std::result::Result<bool, CaseError> {
    let mut ids = vec![id.to_owned()];
    ids.extend(used::users(conn, id).await?);
    for id in ids {
        match see::see(app, conn, &id, viewer, now).await {
            Ok(_) => return Ok(true),
            Err(CaseError::NotFound) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(false)
}
