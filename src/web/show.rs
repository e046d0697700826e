//! Answers: a page, another address, a file.

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::context::Known;
use super::{Answer, Fault, frame};
use crate::app::files::{Media, Opened};
use crate::render::pages::{Failure, Page};

/// A page in its frame.
pub fn page<P: Page>(known: &Known, page: &P) -> Answer {
    page_with(known, StatusCode::OK, page)
}

/// A page that says what is wrong with what was sent, or that something failed.
pub fn page_with<P: Page>(known: &Known, status: StatusCode, page: &P) -> Answer {
    let text = known.edition.templates.page(&frame::of(known), page)?;
    Ok((status, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], text).into_response())
}

/// After a form: the page that shows what it did.
pub fn see(address: &str) -> Answer {
    let location = HeaderValue::from_str(address).map_err(|_| Fault::BadRequest)?;
    Ok((StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response())
}

/// After a form: a page, on which a sentence (a key of the locale files) is said once.
pub fn see_saying(known: &Known, address: &str, key: &str) -> Answer {
    let mut answer = see(address)?;
    set_cookie(&mut answer, &super::cookies::notice(&known.web, key));
    Ok(answer)
}

/// A file to be kept, by a name that no header can be broken with.
pub fn file(name: &str, kind: &'static str, bytes: Vec<u8>) -> Answer {
    let plain: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() || ".-_".contains(c) { c } else { '_' }).collect();
    let disposition = format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{}", super::context::encode(name));
    let disposition = HeaderValue::from_str(&disposition).map_err(|_| Fault::BadRequest)?;
    Ok(([(header::CONTENT_TYPE, HeaderValue::from_static(kind)), (header::CONTENT_DISPOSITION, disposition)], bytes)
        .into_response())
}

/// A file that somebody sent: a picture is shown where it stands, a PDF is handed over to be kept.
/// Whatever it holds, it runs nothing in our name.
pub fn sent_file(opened: Opened) -> Answer {
    let media = opened.media;
    let mut answer = file(&opened.name, media.mime(), opened.bytes)?;
    let headers = answer.headers_mut();
    if matches!(media, Media::Jpeg | Media::Png) {
        headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static("inline"));
    }
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(answer)
}

/// What a page's script asks for.
pub fn json(value: &serde_json::Value) -> Answer {
    Ok(([(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-store")], value.to_string())
        .into_response())
}

pub fn text(text: impl Into<Body>) -> Response {
    ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text.into()).into_response()
}

/// The page of a fault.
pub(super) fn fault(known: &Known, fault: &Fault) -> Response {
    if let Fault::SignIn = fault {
        return see(&frame::sign_in_address(known)).unwrap_or_else(|_| StatusCode::FORBIDDEN.into_response());
    }
    if let Fault::Internal(why) | Fault::Full(why) = fault {
        tracing::error!(request = %known.request, path = %known.path, %why, "a request failed");
    }
    let failure = Failure { status: fault.status().as_u16(), kind: fault.kind(), detail: fault.detail() };
    let mut answer = match page_with(known, fault.status(), &failure) {
        Ok(answer) => answer,
        Err(error) => {
            tracing::error!(request = %known.request, ?error, "the page of a fault failed");
            (fault.status(), format!("{} {}\n", fault.status(), known.request)).into_response()
        }
    };
    match fault {
        Fault::Busy | Fault::Full(_) => {
            answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
        }
        Fault::TooMany(seconds) => {
            answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(*seconds));
        }
        Fault::BadRequest
        | Fault::SignIn
        | Fault::Forbidden
        | Fault::StaleForm
        | Fault::NotFound
        | Fault::Method
        | Fault::Conflict(_)
        | Fault::TooLarge
        | Fault::WrongHost
        | Fault::Unfit(_)
        | Fault::Internal(_) => {}
    }
    answer
}

pub(super) fn set_cookie(answer: &mut Response, cookie: &str) {
    if let Ok(value) = HeaderValue::from_str(cookie) {
        answer.headers_mut().append(header::SET_COOKIE, value);
    }
}

/// A day as people here write it: with the school's own year in Chinese, and as ISO in English.
pub fn day(known: &Known, day: crate::clock::Day) -> String {
    use chrono::Datelike;
    let year = day.year() - known.edition.definition.school.calendar.year_offset;
    match known.lang {
        crate::lang::Lang::ZhTw => format!("{year} 年 {} 月 {} 日", day.month(), day.day()),
        crate::lang::Lang::En => day.format("%-d %B %Y").to_string(),
    }
}

/// A calendar year as `day` writes it.
pub fn year(known: &Known, year: i32) -> String {
    match known.lang {
        crate::lang::Lang::ZhTw => (year - known.edition.definition.school.calendar.year_offset).to_string(),
        crate::lang::Lang::En => year.to_string(),
    }
}

/// A moment in the school's zone, its day as people here write it: for sentences.
pub fn moment(known: &Known, instant: crate::clock::Instant) -> String {
    let local = instant.with_timezone(&known.edition.definition.school.calendar.zone);
    let time = local.format("%H:%M");
    match known.lang {
        crate::lang::Lang::ZhTw => format!("{} {time}", day(known, local.date_naive())),
        crate::lang::Lang::En => format!("{}, {time}", day(known, local.date_naive())),
    }
}

/// A moment in the school's zone as a table's column has it: `2025-12-12 09:00`.
pub fn stamp(known: &Known, instant: crate::clock::Instant) -> String {
    instant.with_timezone(&known.edition.definition.school.calendar.zone).format("%Y-%m-%d %H:%M").to_string()
}
