//! Pages of cases. `parts` is what applicants' and reviewers' pages share; the others are the
//! applicant's.

pub(in crate::web) mod apply;
pub(in crate::web) mod asked;
pub(in crate::web) mod check;
pub(in crate::web) mod edit;
pub(in crate::web) mod files;
pub(in crate::web) mod follows;
pub(in crate::web) mod inputs;
pub(in crate::web) mod one;
pub(in crate::web) mod parts;
pub(in crate::web) mod profile;
pub(in crate::web) mod step;

use super::{Context, Fault};
use crate::app::case::{self, CaseError, Open, Whose};
use crate::app::files::FileError;
use crate::case::Refusal;
use crate::definition::case::Editable;

/// The reader's own case that the address names. Whoever reviews it has other pages.
async fn own(context: &mut Context) -> Result<Open, Fault> {
    let open = seen(context).await?;
    if open.whose == Whose::Own { Ok(open) } else { Err(Fault::NotFound) }
}

async fn seen(context: &mut Context) -> Result<Open, Fault> {
    let (id, now) = (context.param("case").to_owned(), context.now);
    let (known, viewer) = (context.known(), context.viewer()?.clone());
    Ok(case::see(&known.web.app, context.conn().await?, &id, &viewer, now).await?)
}

/// The moves (indices) with which the applicant sends the form.
fn sends(open: &Open) -> Vec<usize> {
    let workflow = open.workflow();
    if !can_edit(open) {
        return Vec::new();
    }
    let steps = crate::case::moves(&open.setting(), &open.case, &open.actor).into_iter();
    steps.filter(|step| workflow.states[workflow.moves[*step].to].ends.is_none()).collect()
}

pub(in crate::web) fn can_edit(open: &Open) -> bool {
    let state = open.workflow().states.get(open.case.state);
    open.whose == Whose::Own && state.is_some_and(|state| state.editable != Editable::Nothing)
}

/// Whether it was never sent, and can be thrown away.
fn is_draft(open: &Open) -> bool {
    let state = open.workflow().states.get(open.case.state);
    open.row.first_sent_at.is_empty() && state.is_some_and(|state| state.editable == Editable::Everything)
}

impl From<CaseError> for Fault {
    fn from(error: CaseError) -> Fault {
        match error {
            CaseError::Store(error) | CaseError::File(FileError::Store(error)) => error.into(),
            CaseError::NotFound => Fault::NotFound,
            CaseError::Refused(refusal) => match *refusal {
                Refusal::NotTheirs | Refusal::OwnCase | Refusal::BothReviews => Fault::Forbidden,
                _ => Fault::Conflict(None),
            },
            CaseError::OpenAlready { .. } => Fault::Conflict(None),
            CaseError::NotForYou => Fault::Forbidden,
            other @ (CaseError::Edition(_)
            | CaseError::Random
            | CaseError::File(FileError::Refused(_) | FileError::Vault(_))
            | CaseError::TooManyFiles) => Fault::Internal(other.to_string()),
        }
    }
}
