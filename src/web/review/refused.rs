//! Why a move was not made, as whoever tried it is told.

use axum::http::StatusCode;

use crate::app::case::CaseError;
use crate::case::Refusal;
use crate::render::words;
use crate::web::Fault;
use crate::web::context::Known;

/// A refusal in words, and the status that says it to programs.
pub(in crate::web) fn told(known: &Known, refusal: &Refusal, note: &str) -> (StatusCode, String) {
    let say = |key: &str| words().say(known.lang, key);
    match refusal {
        Refusal::Stale => (StatusCode::CONFLICT, say("refused-stale")),
        Refusal::NotNow => (StatusCode::CONFLICT, say("refused-not-now")),
        Refusal::TooLate => (StatusCode::CONFLICT, say("refused-too-late")),
        Refusal::InUse => (StatusCode::CONFLICT, say("refused-in-use")),
        Refusal::NotTheirs => (StatusCode::FORBIDDEN, say("refused-not-theirs")),
        Refusal::OwnCase => (StatusCode::FORBIDDEN, say("refused-own-case")),
        Refusal::BothReviews => (StatusCode::FORBIDDEN, say("refused-both-reviews")),
        Refusal::NoteNeeded => (StatusCode::UNPROCESSABLE_ENTITY, say("refused-note-needed")),
        Refusal::NoteTooLong { most } => {
            let (most, found) = (most.to_string(), note.trim().chars().count().to_string());
            let text = words().say_with(known.lang, "refused-note-too-long", &[("most", &most), ("found", &found)]);
            (StatusCode::UNPROCESSABLE_ENTITY, text)
        }
        Refusal::FieldsNeeded => (StatusCode::UNPROCESSABLE_ENTITY, say("refused-fields-needed")),
        Refusal::Rule(reasons) => {
            let reasons: Vec<&str> = reasons.iter().map(|reason| reason.get(known.lang)).collect();
            let text = if reasons.is_empty() { say("refused-form") } else { reasons.join(&say("full-stop")) };
            (StatusCode::UNPROCESSABLE_ENTITY, text)
        }
        Refusal::Form(_) | Refusal::ProfileIncomplete | Refusal::Closed => {
            (StatusCode::UNPROCESSABLE_ENTITY, say("refused-form"))
        }
        Refusal::RuleFailed(problem) => {
            tracing::error!(code = problem.code, line = problem.line, file = %problem.file.display(), "a rule failed");
            (StatusCode::UNPROCESSABLE_ENTITY, say("refused-rule-failed"))
        }
    }
}

/// What of the reviewer's form a refusal is about; nothing where it is about the case.
pub(super) fn at(refusal: &Refusal) -> &'static str {
    match refusal {
        Refusal::NoteNeeded | Refusal::NoteTooLong { .. } => "note",
        Refusal::FieldsNeeded => "fields",
        Refusal::Form(_) => "asks",
        Refusal::Rule(_) => "step",
        _ => "",
    }
}

/// What has no page of its own; a refusal comes back.
pub(in crate::web) fn or_fault(error: CaseError) -> Result<Box<Refusal>, Fault> {
    match error {
        CaseError::Refused(refusal) => Ok(refusal),
        CaseError::Store(error) => Err(error.into()),
        CaseError::NotFound | CaseError::NotForYou | CaseError::OpenAlready { .. } => Err(Fault::NotFound),
        error @ (CaseError::Edition(_) | CaseError::Random | CaseError::File(_) | CaseError::TooManyFiles) => {
            Err(Fault::Internal(error.to_string()))
        }
    }
}
