//! The door of every route: who asks, whether they may, and what a form brings, before a handler
//! is called; and its fault as a page, after it.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::RawPathParams;
use axum::http::Request;
use axum::response::Response;

use super::context::{Context, Known};
use super::form::Posted;
use super::route::{Access, Handler, Route};
use super::{Answer, Fault, Web, form, guesses, show};
use crate::clock::parse_day;
use crate::render::words;

pub(super) async fn answer(web: Arc<Web>, route: Route, request: Request<Body>) -> Response {
    let (mut parts, body) = request.into_parts();
    let params = params(&mut parts).await;
    let context = match Context::new(web.clone(), &parts, params, route.personal).await {
        Ok(context) => context,
        Err(error) => {
            tracing::error!(%error, "a request could not be read");
            return super::guard::plain_fault(&Fault::Busy);
        }
    };
    let known = context.known();
    if matches!(route.handler, Handler::Post(_)) {
        let head = Head(Arc::new(parts.clone()));
        parts.extensions.insert(head);
    }
    let outcome = inside(&route, context, Request::from_parts(parts, body)).await;
    let mut answer = match outcome {
        Ok(answer) => answer,
        Err(fault) => show::fault(&known, &fault),
    };
    answer = guesses::instead(&known, answer);
    for cookie in &known.cookies {
        show::set_cookie(&mut answer, cookie);
    }
    answer
}

/// A request's head, to be looked at again once the body is here.
#[derive(Clone)]
struct Head(Arc<axum::http::request::Parts>);

async fn inside(route: &Route, mut context: Context, request: Request<Body>) -> Answer {
    if let Err(fault) = admit(route.access, &context) {
        context.release();
        form::discard(request.into_body()).await;
        return Err(fault);
    }
    match &route.handler {
        Handler::Read(handler) => {
            if let Some(wrong) = wrong_day(&context).filter(|_| !route.dated) {
                return Err(Fault::Unfit(wrong));
            }
            handler(context).await
        }
        Handler::Post(handler) => {
            // A form is read without holding a connection: its sender may be slow.
            context.release();
            let head = request.extensions().get::<Head>().cloned();
            let posted = Posted::read(&context, request, route.most).await?;
            // Meanwhile whoever sends it may have been signed out, disabled, or lost a role.
            let Some(Head(parts)) = head else { return Err(Fault::Internal("no head".to_owned())) };
            let context = context.again(&parts, route.personal).await?;
            admit(route.access, &context)?;
            handler(context, posted).await
        }
    }
}

/// A page is not shown as of another day than was asked for: why it cannot be that one.
pub(super) fn wrong_day(known: &Known) -> Option<String> {
    let text = known.asked("as-of")?;
    let key = match parse_day(text) {
        Ok(day) if day <= known.today => return None,
        Ok(_) => "as-of-not-yet",
        Err(_) => "as-of-no-date",
    };
    let found: String = text.chars().take(40).collect();
    Some(words().say_with(known.lang, key, &[("found", &found)]))
}

pub(super) fn admit(access: Access, known: &Known) -> Result<(), Fault> {
    let viewer = known.viewer.as_ref();
    match (access, viewer) {
        (Access::Anyone, _) | (Access::SignedIn, Some(_)) => Ok(()),
        (_, None) => Err(Fault::SignIn),
        (Access::Student, Some(viewer)) if viewer.is_student => Ok(()),
        (Access::Staff, Some(viewer)) if viewer.is_staff => Ok(()),
        (Access::Everything, Some(viewer)) if viewer.scope.everything => Ok(()),
        (Access::May(may), Some(viewer)) if viewer.may(may) => Ok(()),
        (Access::Imports, Some(viewer)) if viewer.imports(&known.edition.definition) => Ok(()),
        (Access::Student | Access::Staff | Access::Everything | Access::Imports | Access::May(_), Some(_)) => {
            Err(Fault::Forbidden)
        }
    }
}

pub(super) async fn params(parts: &mut axum::http::request::Parts) -> Vec<(String, String)> {
    use axum::extract::FromRequestParts;
    match RawPathParams::from_request_parts(parts, &()).await {
        Ok(params) => params
            .iter()
            .map(|(name, value)| {
                (name.to_owned(), percent_encoding::percent_decode_str(value).decode_utf8_lossy().into_owned())
            })
            .collect(),
        Err(_) => Vec::new(),
    }
}

type Nowhere = Pin<Box<dyn Future<Output = Response> + Send>>;

/// An address that no route has.
pub(super) fn nowhere(web: Arc<Web>) -> impl Fn(Request<Body>) -> Nowhere + Clone + Send + Sync + 'static {
    fault(web, || Fault::NotFound)
}

/// A page that says a fault, for requests that reach no route.
pub(super) fn fault(
    web: Arc<Web>,
    why: impl Fn() -> Fault + Clone + Send + Sync + 'static,
) -> impl Fn(Request<Body>) -> Nowhere + Clone + Send + Sync + 'static {
    move |request: Request<Body>| {
        let (web, why) = (web.clone(), why());
        Box::pin(async move {
            let (parts, body) = request.into_parts();
            form::discard(body).await;
            match Context::new(web, &parts, Vec::new(), true).await {
                Ok(context) => guesses::instead(&context, show::fault(&context, &why)),
                Err(_) => super::guard::plain_fault(&Fault::Busy),
            }
        })
    }
}
