//! Why a request has no answer, as people are told it. What is foreign and what is missing are the
//! same fault, so that nobody learns what there is.

use axum::http::StatusCode;

use crate::render::RenderError;
use crate::store::StoreError;

#[derive(Debug)]
pub enum Fault {
    BadRequest,
    /// Not signed in: the sign-in page, and then back.
    SignIn,
    Forbidden,
    /// A form from another site, or one that has expired.
    StaleForm,
    NotFound,
    Method,
    /// Somebody was faster; the sentence says what is now.
    Conflict(Option<String>),
    TooLarge,
    WrongHost,
    /// Too many addresses that lead nowhere; the seconds until they are answered again.
    TooMany(i64),
    /// What was sent cannot be taken; the sentence says why.
    Unfit(String),
    /// Told to the log, not to the reader.
    Internal(String),
    /// The disk has no room: nothing of what was sent is kept. Told to the log, too.
    Full(String),
    Busy,
}

impl Fault {
    pub(super) fn status(&self) -> StatusCode {
        match self {
            Fault::BadRequest => StatusCode::BAD_REQUEST,
            Fault::SignIn => StatusCode::SEE_OTHER,
            Fault::Forbidden | Fault::StaleForm => StatusCode::FORBIDDEN,
            Fault::NotFound => StatusCode::NOT_FOUND,
            Fault::Method => StatusCode::METHOD_NOT_ALLOWED,
            Fault::Conflict(_) => StatusCode::CONFLICT,
            Fault::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Fault::WrongHost => StatusCode::MISDIRECTED_REQUEST,
            Fault::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
            Fault::Unfit(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Fault::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
            Fault::Full(_) => StatusCode::INSUFFICIENT_STORAGE,
            Fault::Busy => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// Picks the words of the page (`failure-<kind>-title` …).
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Fault::BadRequest => "bad-request",
            Fault::SignIn | Fault::Forbidden => "forbidden",
            Fault::StaleForm => "stale-form",
            Fault::NotFound => "not-found",
            Fault::Method => "method",
            Fault::Conflict(_) => "conflict",
            Fault::TooLarge => "too-large",
            Fault::WrongHost => "wrong-host",
            Fault::TooMany(_) => "too-many",
            Fault::Unfit(_) => "unfit",
            Fault::Internal(_) => "internal",
            Fault::Full(_) => "full",
            Fault::Busy => "busy",
        }
    }

    pub(super) fn detail(&self) -> Option<String> {
        match self {
            Fault::Conflict(detail) => detail.clone(),
            Fault::Unfit(detail) => Some(detail.clone()),
            Fault::BadRequest
            | Fault::SignIn
            | Fault::Forbidden
            | Fault::StaleForm
            | Fault::NotFound
            | Fault::Method
            | Fault::TooLarge
            | Fault::WrongHost
            | Fault::TooMany(_)
            | Fault::Internal(_)
            | Fault::Full(_)
            | Fault::Busy => None,
        }
    }
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Fault {
        match error {
            error if error.is_full() => Fault::Full(error.to_string()),
            error if error.is_busy() => Fault::Busy,
            error => Fault::Internal(error.to_string()),
        }
    }
}

impl From<RenderError> for Fault {
    fn from(error: RenderError) -> Fault {
        Fault::Internal(error.to_string())
    }
}
