//! What pages do, for programs: JSON by tokens. The same functions of `app` answer; here is what a
//! program is told and how it asks. No cookie is read, so that nothing happens because a browser was
//! led here; and no page takes a token.

mod case;
mod cases;
mod code;
mod document;
mod door;
mod figures;
mod files;
mod flows;
mod form;
mod moves;
mod problem;
mod profile;
mod sent;
mod table;

use std::future::Future;
use std::ops::Deref;
use std::pin::Pin;
use std::sync::Arc;

use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, delete, get, patch, post};
use serde_json::Value as Json;

use super::context::Context;
use super::room::Room;
use super::{Access, Web};
use crate::app::access::Viewer;
use crate::app::tokens::{Holder, Scope};

pub use code::Code;
pub(super) use door::{is_here, with_problem};
use problem::Refused;
pub use table::endpoints;

/// What a handler gives: an answer, or why there is none.
type Given = Result<Response, Refused>;
type Answering = Pin<Box<dyn Future<Output = Given> + Send>>;
type Handler = Arc<dyn Fn(Call) -> Answering + Send + Sync>;

/// A row of the table from which the routes and their description are made: there is no route that
/// is not described.
#[derive(Clone)]
pub struct Endpoint {
    pub method: &'static str,
    pub path: &'static str,
    pub access: Access,
    pub needs: Needs,
    pub takes: Takes,
    pub gives: Gives,
    /// What may stand in the query; anything else there is refused.
    pub asks: &'static [Ask],
    /// Names it in programs that are made from the description.
    pub id: &'static str,
    pub title: &'static str,
    pub says: &'static str,
    /// Beside what every request may be refused for.
    pub refuses: &'static [Code],
    handler: Handler,
}

/// What whoever asks must bring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    Nothing,
    Token,
    Scope(Scope),
}

/// What a request's body is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    Nothing,
    /// JSON, by the name of its schema.
    Json(&'static str),
    File,
}

/// What an answer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gives {
    /// A status, and the name of the schema.
    Json(u16, &'static str),
    File,
    /// Done, and nothing to say.
    Nothing,
    /// The description of all this.
    Document,
}

/// A name that may stand in the query.
#[derive(Clone, Copy, Debug)]
pub struct Ask {
    pub name: &'static str,
    pub says: &'static str,
    /// What it may be; empty for any text.
    pub among: &'static [&'static str],
}

fn handler<F, A>(handler: F) -> Handler
where
    F: Fn(Call) -> A + Send + Sync + 'static,
    A: Future<Output = Given> + Send + 'static,
{
    Arc::new(move |call| Box::pin(handler(call)))
}

impl Endpoint {
    pub(super) fn serve(self, web: Arc<Web>) -> MethodRouter {
        let endpoint = Arc::new(self);
        let method = endpoint.method;
        let answer = move |request| door::answer(web.clone(), endpoint.clone(), request);
        match method {
            "POST" => post(answer),
            "PATCH" => patch(answer),
            "DELETE" => delete(answer),
            _ => get(answer),
        }
    }
}

/// A request that was let in.
pub(super) struct Call {
    context: Context,
    /// `None` where nothing is needed.
    holder: Option<Holder>,
    head: Arc<Parts>,
    body: Vec<u8>,
    /// What the body takes up.
    _room: Room,
}

impl Deref for Call {
    type Target = Context;
    fn deref(&self) -> &Context {
        &self.context
    }
}

impl Call {
    fn viewer(&self) -> Result<&Viewer, Refused> {
        Ok(self.context.viewer()?)
    }

    fn header(&self, name: &str) -> &str {
        self.head.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

fn json(status: StatusCode, value: &Json) -> Given {
    let kind = HeaderValue::from_static("application/json");
    Ok((status, [(header::CONTENT_TYPE, kind)], value.to_string()).into_response())
}

fn gone() -> Given {
    Ok(StatusCode::NO_CONTENT.into_response())
}

fn ok(value: &Json) -> Given {
    json(StatusCode::OK, value)
}
