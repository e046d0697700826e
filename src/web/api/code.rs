//! The codes of refusals: what a program decides by. None is ever renamed.

use axum::http::StatusCode;

use crate::lang::Lang;
use crate::render::words;

/// The codes; each is said by `api-problem-<code>` in the locale files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Code {
    BadRequest,
    NoJson,
    NoToken,
    WrongToken,
    NoScope,
    Forbidden,
    NotForYou,
    NotTheirs,
    OwnCase,
    BothReviews,
    NotFound,
    Method,
    Conflict,
    OpenAlready,
    Stale,
    NotNow,
    TooLate,
    InUse,
    TooLarge,
    MediaType,
    WrongHost,
    Unfit,
    KeyReused,
    Form,
    ProfileIncomplete,
    Closed,
    NoteNeeded,
    NoteTooLong,
    FieldsNeeded,
    Rule,
    RuleFailed,
    FileRefused,
    TooManyFiles,
    TooMany,
    Internal,
    NoRoom,
    Busy,
}

impl Code {
    pub const ALL: [Code; 37] = [
        Code::BadRequest,
        Code::NoJson,
        Code::NoToken,
        Code::WrongToken,
        Code::NoScope,
        Code::Forbidden,
        Code::NotForYou,
        Code::NotTheirs,
        Code::OwnCase,
        Code::BothReviews,
        Code::NotFound,
        Code::Method,
        Code::Conflict,
        Code::OpenAlready,
        Code::Stale,
        Code::NotNow,
        Code::TooLate,
        Code::InUse,
        Code::TooLarge,
        Code::MediaType,
        Code::WrongHost,
        Code::Unfit,
        Code::KeyReused,
        Code::Form,
        Code::ProfileIncomplete,
        Code::Closed,
        Code::NoteNeeded,
        Code::NoteTooLong,
        Code::FieldsNeeded,
        Code::Rule,
        Code::RuleFailed,
        Code::FileRefused,
        Code::TooManyFiles,
        Code::TooMany,
        Code::Internal,
        Code::NoRoom,
        Code::Busy,
    ];

    const fn row(self) -> (&'static str, u16) {
        match self {
            Code::BadRequest => ("bad-request", 400),
            Code::NoJson => ("no-json", 400),
            Code::NoToken => ("no-token", 401),
            Code::WrongToken => ("wrong-token", 401),
            Code::NoScope => ("no-scope", 403),
            Code::Forbidden => ("forbidden", 403),
            Code::NotForYou => ("not-for-you", 403),
            Code::NotTheirs => ("not-theirs", 403),
            Code::OwnCase => ("own-case", 403),
            Code::BothReviews => ("both-reviews", 403),
            Code::NotFound => ("not-found", 404),
            Code::Method => ("method", 405),
            Code::Conflict => ("conflict", 409),
            Code::OpenAlready => ("open-already", 409),
            Code::Stale => ("stale", 409),
            Code::NotNow => ("not-now", 409),
            Code::TooLate => ("too-late", 409),
            Code::InUse => ("in-use", 409),
            Code::TooLarge => ("too-large", 413),
            Code::MediaType => ("media-type", 415),
            Code::WrongHost => ("wrong-host", 421),
            Code::Unfit => ("unfit", 422),
            Code::KeyReused => ("key-reused", 422),
            Code::Form => ("form", 422),
            Code::ProfileIncomplete => ("profile-incomplete", 422),
            Code::Closed => ("closed", 422),
            Code::NoteNeeded => ("note-needed", 422),
            Code::NoteTooLong => ("note-too-long", 422),
            Code::FieldsNeeded => ("fields-needed", 422),
            Code::Rule => ("rule", 422),
            Code::RuleFailed => ("rule-failed", 422),
            Code::FileRefused => ("file-refused", 422),
            Code::TooManyFiles => ("too-many-files", 422),
            Code::TooMany => ("too-many", 429),
            Code::Internal => ("internal", 500),
            Code::NoRoom => ("no-room", 507),
            Code::Busy => ("busy", 503),
        }
    }

    pub const fn name(self) -> &'static str {
        self.row().0
    }

    pub const fn status(self) -> u16 {
        self.row().1
    }

    /// What a code is called, in words.
    pub fn title(self, lang: Lang) -> String {
        words().say(lang, &format!("api-problem-{}", self.name()))
    }

    /// What is said of an answer that was made where nobody knew that a program asks.
    pub(super) fn of_status(status: StatusCode) -> Code {
        let same = |code: &&Code| code.status() == status.as_u16();
        match status {
            StatusCode::SERVICE_UNAVAILABLE => Code::Busy,
            StatusCode::INSUFFICIENT_STORAGE => Code::NoRoom,
            StatusCode::FORBIDDEN => Code::Forbidden,
            _ if status.is_client_error() => *Code::ALL.iter().find(same).unwrap_or(&Code::BadRequest),
            _ => Code::Internal,
        }
    }
}
