//! What a handler knows of a request: who asks, for what, in which language, under which edition.

use std::net::SocketAddr;
use std::ops::Deref;
use std::sync::Arc;

use axum::http::HeaderMap;
use axum::http::request::Parts;

use super::cookies::{self, Device};
use super::{Fault, Web};
use crate::app::access::Viewer;
use crate::app::{Edition, accounts, case};
use crate::clock::{Day, Instant};
use crate::lang::Lang;
use crate::store::{Conn, StoreError};

/// The address of whoever is connected.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub SocketAddr);

/// The request's number, for its log line and its error page.
#[derive(Clone, Debug)]
pub struct RequestId(pub String);

/// What stays known of a request after its handler has failed.
#[derive(Clone)]
pub struct Known {
    pub web: Arc<Web>,
    pub edition: Arc<Edition>,
    pub now: Instant,
    pub today: Day,
    pub lang: Lang,
    /// The language that was chosen on this device before signing in.
    pub chosen_lang: Option<Lang>,
    pub viewer: Option<Viewer>,
    /// The session's token.
    pub session: Option<String>,
    pub device: Option<Device>,
    pub peer: Option<SocketAddr>,
    pub path: String,
    pub query: Vec<(String, String)>,
    pub request: String,
    pub notice: Option<String>,
    /// How many cases wait for whoever asks for a page; `None` where they review nothing.
    pub waiting: Option<i64>,
    /// Cookies to set with the answer.
    pub cookies: Vec<String>,
}

/// A request, and the one connection it reads with.
pub struct Context {
    known: Arc<Known>,
    conn: Option<Conn>,
    params: Vec<(String, String)>,
}

impl Deref for Context {
    type Target = Known;
    fn deref(&self) -> &Known {
        &self.known
    }
}

impl Context {
    pub(super) async fn new(
        web: Arc<Web>,
        parts: &Parts,
        params: Vec<(String, String)>,
        personal: bool,
    ) -> Result<Context, StoreError> {
        Context::asked_by(web, parts, params, personal, None).await
    }

    /// The same request once its body is here: asked anew who sends it, not how much waits for them.
    pub(super) async fn again(&self, parts: &Parts, personal: bool) -> Result<Context, StoreError> {
        Context::asked_by(self.web.clone(), parts, self.params.clone(), personal, Some(self.waiting)).await
    }

    async fn asked_by(
        web: Arc<Web>,
        parts: &Parts,
        params: Vec<(String, String)>,
        personal: bool,
        counted: Option<Option<i64>>,
    ) -> Result<Context, StoreError> {
        let edition = web.app.edition.load_full();
        // One of the four places that ask what time it is: the rest is told.
        let now = chrono::Utc::now();
        let today = edition.definition.school.calendar.today(now);
        let session =
            cookies::read(&parts.headers, cookies::session_name(&web)).filter(|_| personal).map(str::to_owned);
        let chosen = cookies::read(&parts.headers, cookies::LANG).and_then(Lang::parse);
        let unchosen = chosen.unwrap_or_else(|| accepted(&parts.headers));
        let mut conn = None;
        let mut viewer = None;
        let mut waiting = None;
        if let Some(token) = &session {
            let mut reading = web.app.db.read().await?;
            let current = accounts::current(&mut reading, &edition.definition, token, now, today, unchosen).await?;
            if let Some(current) = current {
                if current.stale {
                    keep_later(web.clone(), token.clone(), now);
                }
                if current.viewer.is_staff {
                    waiting = match counted {
                        Some(counted) => counted,
                        None => case::waiting(&mut reading, &current.viewer, &edition.definition).await?,
                    };
                }
                viewer = Some(current.viewer);
            }
            conn = Some(reading);
        }
        let query = pairs(parts.uri.query().unwrap_or_default());
        let mut cookies = Vec::new();
        let asked = query.iter().find(|(name, _)| name == "lang").and_then(|(_, code)| Lang::parse(code));
        if let (Some(lang), None) = (asked, &viewer) {
            cookies.push(cookies::lang(&web, lang));
        }
        let lang = asked.or(viewer.as_ref().map(|viewer| viewer.lang)).unwrap_or(unchosen);
        let notice = cookies::read(&parts.headers, cookies::NOTICE).map(str::to_owned);
        if notice.is_some() {
            cookies.push(cookies::clear_notice());
        }
        let known = Known {
            session: session.filter(|_| viewer.is_some()),
            device: cookies::device(&web, &parts.headers),
            peer: parts.extensions.get::<Peer>().map(|peer| peer.0),
            path: parts.uri.path().to_owned(),
            request: parts.extensions.get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default(),
            web,
            edition,
            now,
            today,
            lang,
            chosen_lang: chosen,
            viewer,
            query,
            notice,
            waiting,
            cookies,
        };
        Ok(Context { known: Arc::new(known), conn, params })
    }

    pub(super) fn known(&self) -> Arc<Known> {
        self.known.clone()
    }

    /// The part of the address named so in the route.
    pub fn param(&self, name: &str) -> &str {
        self.params.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str()).unwrap_or_default()
    }

    /// The request's connection, to read with.
    pub async fn conn(&mut self) -> Result<&mut Conn, Fault> {
        if self.conn.is_none() {
            self.conn = Some(self.known.web.app.db.read().await?);
        }
        self.conn.as_mut().ok_or(Fault::Internal("no connection".to_owned()))
    }

    /// The same request from a device that has just been given its cookie.
    pub(super) fn with_device(&self, device: Device) -> Known {
        Known { device: Some(device), cookies: Vec::new(), ..Known::clone(&self.known) }
    }

    /// The same request by whoever its token acts as.
    pub(super) fn of_token(self, viewer: Viewer, lang: Lang) -> Context {
        let known = Known { viewer: Some(viewer), lang, ..Known::clone(&self.known) };
        Context { known: Arc::new(known), ..self }
    }

    /// Gives the connection back, before something that takes its own.
    pub fn release(&mut self) {
        self.conn = None;
    }
}

impl Known {
    /// The first value of a name in the query.
    pub fn asked(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str()).filter(|v| !v.is_empty())
    }

    /// Whoever is signed in; the door has let no one else in where the route says so.
    pub fn viewer(&self) -> Result<&Viewer, Fault> {
        self.viewer.as_ref().ok_or(Fault::SignIn)
    }

    /// The path with its query, without the language.
    pub fn address(&self) -> String {
        let rest: Vec<String> = self
            .query
            .iter()
            .filter(|(name, _)| name != "lang")
            .map(|(name, value)| format!("{}={}", encode(name), encode(value)))
            .collect();
        if rest.is_empty() { self.path.clone() } else { format!("{}?{}", self.path, rest.join("&")) }
    }

    /// What a form's nonce is bound to: the session, or the device where there is none.
    pub(super) fn binding(&self) -> Option<&str> {
        self.session.as_deref().or(self.device.as_ref().map(|device| device.id.as_str()))
    }
}

/// Remembers that a session is used, beside the request: a reading page waits for no writer.
fn keep_later(web: Arc<Web>, token: String, now: Instant) {
    tokio::spawn(async move {
        if let Err(error) = accounts::keep(&web.app, &token, now).await {
            tracing::warn!(%error, "a session's last use was not remembered");
        }
    });
}

pub(super) fn accepted(headers: &HeaderMap) -> Lang {
    chosen(headers).unwrap_or_default()
}

/// The language that a request asks for, where it asks for one that we have.
pub(super) fn chosen(headers: &HeaderMap) -> Option<Lang> {
    let value = headers.get("accept-language")?.to_str().ok()?;
    value.split(',').find_map(|part| Lang::parse(part.trim()))
}

/// `a=1&b=2` as pairs; what does not decode stays as it is.
pub(super) fn pairs(text: &str) -> Vec<(String, String)> {
    let decode = |part: &str| {
        let spaced = part.replace('+', " ");
        percent_encoding::percent_decode_str(&spaced).decode_utf8_lossy().into_owned()
    };
    text.split('&')
        .filter(|part| !part.is_empty())
        .map(|part| {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            (decode(name), decode(value))
        })
        .collect()
}

/// A text as a part of an address.
pub fn encode(text: &str) -> String {
    use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
    const KEPT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');
    utf8_percent_encode(text, KEPT).to_string()
}
