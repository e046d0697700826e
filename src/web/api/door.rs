//! The door: whose token it is, whether it may, what was sent; then the handler, and its refusal as a
//! problem.

use std::sync::Arc;

use axum::body::Body;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Request, StatusCode, header};
use axum::response::Response;

use super::code::Code;
use super::problem::{At, Details, Refused, of_status};
use super::{Call, Endpoint, Given, Needs, Takes};
use crate::app::tokens::{self, Holder, PREFIX};
use crate::clock::Instant;
use crate::render::words;
use crate::web::context::{Context, Known, accepted, chosen};
use crate::web::room::Room;
use crate::web::route::{FILES, FORM};
use crate::web::{Fault, Web, door, form, guesses};

pub(super) const PROBLEM: &str = "application/problem+json";

/// Whether an address is one of ours.
pub(in crate::web) fn is_here(path: &str) -> bool {
    path == "/api" || path.starts_with("/api/")
}

/// A failure as programs are told it, whoever made the answer.
pub(in crate::web) fn with_problem(headers: &HeaderMap, request: &str, answer: Response) -> Response {
    let status = answer.status();
    let kind = answer.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if kind == PROBLEM || !(status.is_client_error() || status.is_server_error()) {
        return answer;
    }
    let mut told = of_status(status).answer(accepted(headers), request);
    for name in [header::ALLOW, header::RETRY_AFTER] {
        if let Some(value) = answer.headers().get(&name) {
            told.headers_mut().insert(name, value.clone());
        }
    }
    told
}

pub(super) async fn answer(web: Arc<Web>, endpoint: Arc<Endpoint>, request: Request<Body>) -> Response {
    let (mut parts, body) = request.into_parts();
    // Nothing is done because a browser sends a cookie along.
    parts.headers.remove(header::COOKIE);
    let params = door::params(&mut parts).await;
    let lang = accepted(&parts.headers);
    let context = match Context::new(web, &parts, params, false).await {
        Ok(context) => context,
        Err(error) => {
            tracing::error!(%error, "a request could not be read");
            return of_status(StatusCode::SERVICE_UNAVAILABLE).answer(lang, "");
        }
    };
    let mut known = context.known();
    let outcome = inside(&endpoint, context, &mut known, parts, body).await;
    let answer = outcome.unwrap_or_else(|refused| refused.details(&known).answer(known.lang, &known.request));
    // Whoever asks for much that is not there, or with many tokens that are none, is guessing.
    let missed = matches!(answer.status(), StatusCode::NOT_FOUND | StatusCode::UNAUTHORIZED);
    let too_many = if missed { guesses::too_many(&known) } else { None };
    match too_many {
        Some(seconds) => Refused::from(Fault::TooMany(seconds)).details(&known).answer(known.lang, &known.request),
        None => answer,
    }
}

async fn inside(endpoint: &Endpoint, context: Context, known: &mut Arc<Known>, parts: Parts, body: Body) -> Given {
    let head = Arc::new(parts);
    let admitted = admit(endpoint, context, known, &head).await;
    let (mut context, holder) = match admitted {
        Ok(admitted) => admitted,
        Err(refused) => {
            form::discard(body).await;
            return Err(refused);
        }
    };
    let most = match endpoint.takes {
        Takes::Nothing => {
            let call = Call { context, holder, head, body: Vec::new(), _room: Room::default() };
            return (endpoint.handler)(call).await;
        }
        Takes::Json(_) => FORM,
        Takes::File => FILES,
    };
    // Read without holding a connection: its sender may be slow.
    context.release();
    let (body, room) = form::whole(&known.clone(), &head.headers, body, most).await?;
    // Meanwhile the token may have been revoked, its account disabled, or a role taken away.
    let again = context.again(&head, false).await?;
    let (context, holder) = admit(endpoint, again, known, &head).await?;
    (endpoint.handler)(Call { context, holder, head, body, _room: room }).await
}

/// Lets in whoever may, or says why not.
async fn admit(
    endpoint: &Endpoint,
    mut context: Context,
    known: &mut Arc<Known>,
    head: &Parts,
) -> Result<(Context, Option<Holder>), Refused> {
    if endpoint.needs == Needs::Nothing {
        return Ok((context, None));
    }
    let text = bearer(&head.headers).ok_or_else(|| Details::new(Code::NoToken))?;
    let (edition, now, today) = (context.edition.clone(), context.now, context.today);
    let conn = context.conn().await?;
    let holder = match text.starts_with(PREFIX) {
        true => tokens::current(conn, &edition.definition, &text, now, today).await?,
        false => None,
    };
    let holder = holder.ok_or_else(|| Details::new(Code::WrongToken))?;
    let lang = chosen(&head.headers).unwrap_or(holder.viewer.lang);
    context = context.of_token(holder.viewer.clone(), lang);
    *known = context.known();
    if holder.stale {
        keep_later(context.web.clone(), holder.token.id.clone(), now);
    }
    if let Needs::Scope(scope) = endpoint.needs
        && !holder.has(scope)
    {
        let said = words().say_with(known.lang, "api-scope-needed", &[("scope", scope.name())]);
        return Err(Details::new(Code::NoScope).saying(said).with("scope", scope.name()).into());
    }
    door::admit(endpoint.access, known)?;
    asked_rightly(endpoint, known)?;
    Ok((context, Some(holder)))
}

/// The token of an `Authorization` header: one header, one scheme.
fn bearer(headers: &HeaderMap) -> Option<String> {
    let mut all = headers.get_all(header::AUTHORIZATION).iter();
    let (scheme, token) = all.next()?.to_str().ok()?.split_once(' ')?;
    let alone = all.next().is_none() && scheme.eq_ignore_ascii_case("bearer");
    Some(token.trim().to_owned()).filter(|token| alone && !token.is_empty())
}

/// What stands in the query is known; a name mistyped would else widen what is asked.
fn asked_rightly(endpoint: &Endpoint, known: &Known) -> Result<(), Refused> {
    let mut wrong = Vec::new();
    let mut seen: Vec<&str> = Vec::new();
    for (name, value) in &known.query {
        let names: Vec<&str> = endpoint.asks.iter().map(|ask| ask.name).collect();
        let said = match endpoint.asks.iter().find(|ask| ask.name == name) {
            None if names.is_empty() => words().say(known.lang, "api-asks-nothing"),
            None => words().say_with(known.lang, "api-unknown-name", &[("known", &names.join(", "))]),
            Some(_) if seen.contains(&name.as_str()) => words().say(known.lang, "api-twice"),
            Some(ask) if !ask.among.is_empty() && !ask.among.contains(&value.as_str()) => {
                words().say_with(known.lang, "api-among", &[("known", &ask.among.join(", "))])
            }
            Some(_) => {
                seen.push(name);
                continue;
            }
        };
        let shown: String = name.chars().filter(|letter| !letter.is_control()).take(60).collect();
        wrong.push(At { pointer: format!("?{shown}"), name: shown, said });
    }
    if wrong.is_empty() { Ok(()) } else { Err(Details::new(Code::Unfit).at(wrong).into()) }
}

/// Remembers that a token is used, beside the request.
fn keep_later(web: Arc<Web>, id: String, now: Instant) {
    tokio::spawn(async move {
        if let Err(error) = tokens::keep(&web.app, &id, now).await {
            tracing::warn!(%error, "a token's last use was not remembered");
        }
    });
}
