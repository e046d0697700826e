//! What people do: pages over HTTP, and the same for programs (`api`). A handler parses, calls one
//! function of `app`, answers. The tables of `routes` and of `api` are the lists of addresses; `guard`
//! stands before all of them.

pub mod api;
mod context;
pub mod control;
mod cookies;
mod crowd;
mod door;
mod fault;
mod form;
mod frame;
mod guard;
mod guesses;
mod listen;
mod nonce;
mod operator;
mod room;
mod route;
pub mod routes;
mod show;

mod cases;
mod catalogue;
mod forgotten;
mod health;
mod lists;
mod money;
mod public;
mod review;
mod sign_in;
mod statistics;
mod student;
mod tokens;
mod work;

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize};

use axum::Router;

use crate::app::App;
use crate::app::reloads;
use crate::clock::Instant;
use crate::problem::Problem;

pub use context::{Context, Peer};
pub use fault::Fault;
pub use form::{Posted, Upload};
pub use listen::serve;
pub use route::{Access, Object, Route, get, open, post, upload, uploads};
pub use show::sent_file;

/// What a handler gives: an answer, or why there is none.
pub type Answer = Result<axum::response::Response, Fault>;

/// The server's state beside the school's.
pub struct Web {
    pub app: Arc<App>,
    /// `Host` values that are answered.
    hosts: Vec<String>,
    /// `Origin` values that a form may come from.
    origins: Vec<String>,
    secure: bool,
    draining: AtomicBool,
    in_flight: AtomicUsize,
    /// Proxies that say whom they ask for.
    proxies: Vec<IpAddr>,
    /// Requests that are being answered, by address.
    asking: Arc<crowd::Crowd>,
    guesses: guesses::Guesses,
    /// For large bodies.
    rooms: Arc<room::Rooms>,
    last_reload: std::sync::Mutex<Option<Reload>>,
}

/// The last try to take the folder as it then was.
#[derive(Clone, Debug)]
pub struct Reload {
    pub at: Instant,
    /// Empty where it was taken.
    pub problems: Vec<Problem>,
}

impl Web {
    /// `address` is what the server listens on: beside the public address it may be asked by that.
    pub fn new(app: Arc<App>, address: SocketAddr) -> Web {
        let base = &app.settings.base_url;
        let (scheme, host) = base.split_once("://").unwrap_or(("http", base));
        let host = host.split('/').next().unwrap_or(host).to_ascii_lowercase();
        let port = address.port();
        let mut hosts = vec![host.clone(), address.to_string()];
        if address.ip().is_loopback() || address.ip().is_unspecified() {
            hosts.extend([format!("localhost:{port}"), format!("127.0.0.1:{port}"), format!("[::1]:{port}")]);
        }
        let mut origins = vec![format!("{scheme}://{host}")];
        origins.extend(hosts.iter().skip(1).map(|host| format!("http://{host}")));
        Web {
            secure: scheme == "https",
            hosts,
            origins,
            draining: AtomicBool::new(false),
            in_flight: AtomicUsize::new(0),
            proxies: Vec::new(),
            asking: crowd::Crowd::new(guard::MOST_OF_ONE),
            guesses: guesses::Guesses::default(),
            rooms: Arc::default(),
            last_reload: std::sync::Mutex::new(None),
            app,
        }
    }

    /// The same behind proxies: requests from these addresses are those of whom they name.
    pub fn behind(self, proxies: &[IpAddr]) -> Web {
        Web { proxies: proxies.iter().map(IpAddr::to_canonical).collect(), ..self }
    }

    /// Whom a request comes from. A proxy that says nothing asks for itself.
    fn asked_by(&self, peer: SocketAddr, headers: &axum::http::HeaderMap) -> SocketAddr {
        let named = self.is_proxy(peer.ip()).then(|| crowd::named_by_proxy(headers)).flatten();
        named.map_or(peer, |address| SocketAddr::new(address, 0))
    }

    fn is_proxy(&self, address: IpAddr) -> bool {
        self.proxies.contains(&address.to_canonical())
    }

    /// Takes the folder as it now is where it checks; else keeps what is, and says why.
    pub fn reload(&self, now: Instant) -> Result<(), Vec<Problem>> {
        let problems = self.app.reload().err().unwrap_or_default();
        match &problems[..] {
            [] => tracing::info!(edition = %self.app.edition.load().definition.edition, "reloaded"),
            [first, ..] => {
                tracing::error!(count = problems.len(), first = %first.line(crate::lang::Lang::En), "not reloaded")
            }
        }
        if let Ok(mut last) = self.last_reload.lock() {
            *last = Some(Reload { at: now, problems: problems.clone() });
        }
        if problems.is_empty() { Ok(()) } else { Err(problems) }
    }

    pub fn last_reload(&self) -> Option<Reload> {
        self.last_reload.lock().ok().and_then(|last| last.clone())
    }
}

/// Takes the folder as it now is, beside the requests that are being answered: reading and checking
/// a folder takes a while.
pub async fn reload(web: Arc<Web>, by: &str) -> Result<(), Vec<Problem>> {
    let now = chrono::Utc::now();
    let before = web.app.edition.load_full();
    let app = web.app.clone();
    let outcome = match tokio::task::spawn_blocking(move || web.reload(now)).await {
        Ok(outcome) => outcome,
        Err(error) => Err(vec![Problem { what: error.to_string().as_str().into(), ..Problem::default() }]),
    };
    let problems = outcome.as_ref().err().map(Vec::as_slice).unwrap_or_default();
    if let Err(error) = reloads::write_down(&app, &before.definition.edition, problems, by, now).await {
        tracing::error!(%error, "that the folder was taken anew could not be written to the audit log");
    }
    outcome
}

/// The server as one service.
pub fn router(web: Arc<Web>) -> Router {
    let mut router = Router::new();
    for route in routes::all() {
        router = router.route(route.path, route.serve(web.clone()));
    }
    for endpoint in api::endpoints() {
        router = router.route(endpoint.path, endpoint.serve(web.clone()));
    }
    // How much a request may bring its route says; axum would stop every form at 2 MB.
    let router = router.layer(axum::extract::DefaultBodyLimit::disable());
    guard::around(router.fallback(door::nowhere(web.clone())), web)
}
