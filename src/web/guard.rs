//! What stands before every route and after every answer: the request's number, the host, forgery,
//! time limits, panics, and the headers that tell a browser what it may do.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Request, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use tower_http::catch_panic::CatchPanicLayer;

use super::context::{Peer, RequestId};
use super::{Fault, Web, api, door};
use crate::lang::Lang;
use crate::render::words;

/// A request, its body and its answer take no longer than this.
const LONGEST: Duration = Duration::from_secs(30);
/// Requests at once; beyond these one is turned away.
const MOST: usize = 1024;
/// Of these, one address has so many at most.
pub(super) const MOST_OF_ONE: usize = 256;
/// Seconds after which it may ask again.
const AGAIN: i64 = 5;

const CSP: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; \
                   form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/// On every answer.
static HEADERS: [(HeaderName, HeaderValue); 7] = [
    (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(CSP)),
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    (header::REFERRER_POLICY, HeaderValue::from_static("same-origin")),
    (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
    (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
    (
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static("camera=(), microphone=(), geolocation=(), payment=()"),
    ),
];

pub(super) fn around(router: Router, web: Arc<Web>) -> Router {
    router
        .method_not_allowed_fallback(door::fault(web.clone(), || Fault::Method))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(middleware::from_fn_with_state(web, guard))
}

async fn guard(State(web): State<Arc<Web>>, mut request: Request<Body>, next: Next) -> Response {
    let id = request_id();
    request.extensions_mut().insert(RequestId(id.clone()));
    // Nobody is told apart behind a proxy that does not say for whom it asks.
    let peer = request.extensions().get::<Peer>().map(|peer| peer.0.ip().to_canonical());
    let one = peer.filter(|peer| !peer.is_loopback() && !web.is_proxy(*peer));
    let inside = one.map(|one| web.asking.enter(one));
    let counted = Counted::new(&web);
    // What asks by token and never by cookie cannot be forged by another site.
    let asker = api::is_here(request.uri().path()).then(|| request.headers().clone());
    let mut answer = if let Some(None) = inside {
        plain_fault(&Fault::TooMany(AGAIN))
    } else if counted.before >= MOST {
        plain_fault(&Fault::Busy)
    } else if !is_host(&web, request.headers()) {
        plain_fault(&Fault::WrongHost)
    } else if asker.is_none() && !is_safe(request.method()) && !is_own(&web, request.headers()) {
        door::fault(web.clone(), || Fault::StaleForm)(request).await
    } else {
        match tokio::time::timeout(LONGEST, next.run(request)).await {
            Ok(answer) => answer,
            Err(_) => plain_fault(&Fault::Busy),
        }
    };
    if let Some(headers) = &asker {
        answer = api::with_problem(headers, &id, answer);
    }
    let headers = answer.headers_mut();
    // A file that somebody sent is told to do less than a page may.
    for (name, value) in &HEADERS {
        headers.entry(name).or_insert_with(|| value.clone());
    }
    if web.secure {
        headers
            .insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=63072000; includeSubDomains"));
    }
    // What is not said to be the same for all is nobody else's.
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    let vary = if asker.is_some() { "Authorization, Accept-Language" } else { "Sec-Fetch-Site, Origin, Cookie" };
    headers.insert(header::VARY, HeaderValue::from_static(vary));
    if let Ok(id) = HeaderValue::from_str(&id) {
        headers.insert(HeaderName::from_static("x-request-id"), id);
    }
    answer
}

struct Counted<'a> {
    web: &'a Web,
    before: usize,
}

impl Counted<'_> {
    fn new(web: &Web) -> Counted<'_> {
        Counted { web, before: web.in_flight.fetch_add(1, Ordering::Relaxed) }
    }
}

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.web.in_flight.fetch_sub(1, Ordering::Relaxed);
    }
}

fn is_safe(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

fn is_host(web: &Web, headers: &HeaderMap) -> bool {
    let mut hosts = headers.get_all(header::HOST).iter();
    match (hosts.next().and_then(|host| host.to_str().ok()), hosts.next()) {
        (Some(host), None) => web.hosts.iter().any(|own| own.eq_ignore_ascii_case(host)),
        _ => false,
    }
}

/// Whether a form comes from our own pages. A sibling domain (`same-site`) is as foreign as any:
/// a campus has thousands of them.
fn is_own(web: &Web, headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    match (text("sec-fetch-site"), text("origin")) {
        (Some("same-origin" | "none"), _) => true,
        (Some(_), _) => false,
        (None, Some(origin)) => web.origins.iter().any(|own| own == origin),
        (None, None) => false,
    }
}

/// A number that tells requests apart: since when the server runs, and a count.
fn request_id() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    static START: std::sync::OnceLock<u32> = std::sync::OnceLock::new();
    let start = START.get_or_init(|| {
        let mut bytes = [0u8; 4];
        let _ = getrandom::fill(&mut bytes);
        u32::from_be_bytes(bytes)
    });
    format!("{start:08x}-{:x}", NEXT.fetch_add(1, Ordering::Relaxed))
}

/// A fault told before it is known who asks and in which language: in both, without the school's frame.
pub(super) fn plain_fault(fault: &Fault) -> Response {
    // Here it is not what was asked for that is too many, but how much at once.
    let kind = if let Fault::TooMany(_) = fault { "crowd" } else { fault.kind() };
    let said = |lang: Lang, tag: &str| {
        let say = |part: &str| words().say(lang, &format!("failure-{kind}-{part}"));
        let code = lang.code();
        let (title, text, next) = (say("title"), say("text"), say("next"));
        format!("<{tag} lang=\"{code}\">{title}</{tag}><p lang=\"{code}\">{text} {next}</p>")
    };
    let status = fault.status();
    let page = format!(
        "<!doctype html><html lang=\"{}\"><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>{status}</title>{}{}",
        Lang::ZhTw.code(),
        said(Lang::ZhTw, "h1"),
        said(Lang::En, "h2"),
    );
    let mut answer = (status, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], page).into_response();
    if let Fault::Busy | Fault::TooMany(_) = fault {
        answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(AGAIN));
    }
    answer
}

fn panicked(panic: Box<dyn std::any::Any + Send>) -> Response {
    let why = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("no reason");
    tracing::error!(why, "a handler panicked");
    plain_fault(&Fault::Internal(String::new()))
}
