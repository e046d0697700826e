//! Why a request is not answered, as RFC 9457 says it: a code that stays, a sentence in the asker's
//! language, and the places in what was sent that are to be mended.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value as Json, json};

use super::code::Code;
use crate::app::case::CaseError;
use crate::app::files::{FileError, Why};
use crate::case::Refusal;
use crate::definition::case::Field;
use crate::lang::Lang;
use crate::render::words;
use crate::store::StoreError;
use crate::web::Fault;
use crate::web::context::Known;
use crate::web::review::refused::told;

/// Where the description of a code stands.
const TYPE: &str = "/api/openapi.json#/components/x-problems/";

/// A place in what was sent.
#[derive(Clone, Debug)]
pub(super) struct At {
    pub name: String,
    /// As a fragment: `#/answers/exam_date`.
    pub pointer: String,
    pub said: String,
}

/// A problem, told.
#[derive(Clone, Debug)]
pub(super) struct Details {
    code: Code,
    detail: String,
    errors: Vec<At>,
    more: Map<String, Json>,
}

/// Why a handler gives nothing.
pub(super) enum Refused {
    Fault(Fault),
    Case(CaseError),
    Told(Box<Details>),
}

impl From<Fault> for Refused {
    fn from(fault: Fault) -> Refused {
        Refused::Fault(fault)
    }
}

impl From<CaseError> for Refused {
    fn from(error: CaseError) -> Refused {
        Refused::Case(error)
    }
}

impl From<StoreError> for Refused {
    fn from(error: StoreError) -> Refused {
        Refused::Fault(error.into())
    }
}

impl From<Details> for Refused {
    fn from(details: Details) -> Refused {
        Refused::Told(Box::new(details))
    }
}

impl Details {
    pub fn new(code: Code) -> Details {
        Details { code, detail: String::new(), errors: Vec::new(), more: Map::new() }
    }

    pub fn saying(self, detail: impl Into<String>) -> Details {
        Details { detail: detail.into(), ..self }
    }

    pub fn with(mut self, name: &str, value: impl Into<Json>) -> Details {
        self.more.insert(name.to_owned(), value.into());
        self
    }

    pub fn at(self, errors: Vec<At>) -> Details {
        Details { errors, ..self }
    }

    /// What is said of it, where it is part of an answer.
    pub fn told(&self, lang: Lang) -> Json {
        let mut out = json!({ "code": self.code.name(), "title": self.code.title(lang) });
        if !self.detail.is_empty() {
            out["detail"] = self.detail.as_str().into();
        }
        if !self.errors.is_empty() {
            let one = |at: &At| json!({ "name": at.name, "pointer": at.pointer, "detail": at.said });
            out["errors"] = self.errors.iter().map(one).collect();
        }
        out
    }

    pub fn answer(self, lang: Lang, request: &str) -> Response {
        let mut out = self.told(lang);
        let Details { code, more, .. } = self;
        out["type"] = format!("{TYPE}{}", code.name()).into();
        out["status"] = code.status().into();
        out["request"] = request.into();
        let waits =
            more.get("retry_after").and_then(Json::as_i64).or(matches!(code, Code::Busy | Code::NoRoom).then_some(5));
        let scope = more.get("scope").and_then(Json::as_str).map(str::to_owned);
        if let Json::Object(out) = &mut out {
            out.extend(more);
        }
        let status = StatusCode::from_u16(code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut answer = (status, out.to_string()).into_response();
        let headers = answer.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(super::door::PROBLEM));
        headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(lang.code()));
        if let Some(seconds) = waits {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        let asks = match code {
            Code::NoToken => Some("Bearer realm=\"menkan\"".to_owned()),
            Code::WrongToken => Some("Bearer realm=\"menkan\", error=\"invalid_token\"".to_owned()),
            _ => scope.map(|scope| format!("Bearer realm=\"menkan\", error=\"insufficient_scope\", scope=\"{scope}\"")),
        };
        if let Some(asks) = asks.and_then(|asks| HeaderValue::from_str(&asks).ok()) {
            headers.insert(header::WWW_AUTHENTICATE, asks);
        }
        answer
    }
}

impl Refused {
    pub fn details(self, known: &Known) -> Details {
        match self {
            Refused::Told(details) => *details,
            Refused::Fault(fault) => of_fault(known, fault),
            Refused::Case(error) => of_case(known, error, &[], ""),
        }
    }
}

fn of_fault(known: &Known, fault: Fault) -> Details {
    match fault {
        Fault::BadRequest | Fault::StaleForm => Details::new(Code::BadRequest),
        Fault::SignIn => Details::new(Code::NoToken),
        Fault::Forbidden => Details::new(Code::Forbidden),
        Fault::NotFound => Details::new(Code::NotFound).saying(words().say(known.lang, "failure-not-found-text")),
        Fault::Method => Details::new(Code::Method),
        Fault::Conflict(said) => Details::new(Code::Conflict).saying(said.unwrap_or_default()),
        Fault::TooLarge => Details::new(Code::TooLarge),
        Fault::WrongHost => Details::new(Code::WrongHost),
        Fault::TooMany(seconds) => Details::new(Code::TooMany).with("retry_after", seconds),
        Fault::Unfit(said) => Details::new(Code::Unfit).saying(said),
        Fault::Busy => Details::new(Code::Busy),
        Fault::Internal(ref why) | Fault::Full(ref why) => {
            tracing::error!(request = %known.request, path = %known.path, %why, "a request failed");
            Details::new(if matches!(fault, Fault::Full(_)) { Code::NoRoom } else { Code::Internal })
        }
    }
}

/// Why a case did not do it; `fields` are its form's, `note` what was to be written with a move.
pub(super) fn of_case(known: &Known, error: CaseError, fields: &[Field], note: &str) -> Details {
    match error {
        CaseError::Refused(refusal) => of_refusal(known, &refusal, fields, note),
        CaseError::NotFound => of_fault(known, Fault::NotFound),
        CaseError::OpenAlready { case, say } => {
            Details::new(Code::OpenAlready).saying(say.get(known.lang)).with("case", case)
        }
        CaseError::NotForYou => Details::new(Code::NotForYou),
        CaseError::TooManyFiles => Details::new(Code::TooManyFiles),
        CaseError::File(FileError::Refused(refused)) => {
            let code = match refused.why {
                Why::NoRoom => Code::NoRoom,
                Why::NotNow => Code::Busy,
                Why::TooBig => Code::TooLarge,
                _ => Code::FileRefused,
            };
            Details::new(code).saying(refused.say(known.lang)).with("reason", refused.code())
        }
        CaseError::Store(error) | CaseError::File(FileError::Store(error)) => of_fault(known, error.into()),
        other @ (CaseError::Edition(_) | CaseError::Random | CaseError::File(FileError::Vault(_))) => {
            of_fault(known, Fault::Internal(other.to_string()))
        }
    }
}

fn of_refusal(known: &Known, refusal: &Refusal, fields: &[Field], note: &str) -> Details {
    let code = match refusal {
        Refusal::Stale => Code::Stale,
        Refusal::NotNow => Code::NotNow,
        Refusal::TooLate => Code::TooLate,
        Refusal::InUse => Code::InUse,
        Refusal::NotTheirs => Code::NotTheirs,
        Refusal::OwnCase => Code::OwnCase,
        Refusal::BothReviews => Code::BothReviews,
        Refusal::Form(_) => Code::Form,
        Refusal::ProfileIncomplete => Code::ProfileIncomplete,
        Refusal::Closed => Code::Closed,
        Refusal::NoteNeeded => Code::NoteNeeded,
        Refusal::NoteTooLong { .. } => Code::NoteTooLong,
        Refusal::FieldsNeeded => Code::FieldsNeeded,
        Refusal::Rule(_) => Code::Rule,
        Refusal::RuleFailed(_) => Code::RuleFailed,
    };
    let own = format!("api-said-{}", code.name());
    // Where pages speak of what stands on them, a program is told otherwise.
    let said = if words().has(&own) { words().say(known.lang, &own) } else { told(known, refusal, note).1 };
    let wrong = match refusal {
        Refusal::Form(wrong) => wrong.as_slice(),
        _ => &[],
    };
    let at = wrong.iter().filter_map(|wrong| {
        let field = fields.get(wrong.field)?;
        let said = wrong.what.get(known.lang).to_owned();
        Some(At { name: field.id.clone(), pointer: format!("#/answers/{}", field.id), said })
    });
    Details::new(code).saying(said).at(at.collect())
}

/// The problem that an answer is, which was made for people.
pub(super) fn of_status(status: StatusCode) -> Details {
    Details::new(Code::of_status(status))
}
