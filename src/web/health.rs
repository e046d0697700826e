//! What an operator's tools ask: alive, ready, which version.

use std::sync::atomic::Ordering;

use axum::http::StatusCode;
use axum::response::IntoResponse;

use super::{Answer, Context, Fault, show};

/// Alive: nothing is looked at.
pub(super) async fn alive(_context: Context) -> Answer {
    Ok(show::text("ok\n"))
}

/// Ready: the database answers, and the server is not about to stop.
pub(super) async fn ready(mut context: Context) -> Answer {
    if context.web.draining.load(Ordering::Relaxed) {
        return Ok((StatusCode::SERVICE_UNAVAILABLE, "draining\n").into_response());
    }
    let answers = match context.conn().await {
        Ok(conn) => conn.answers().await,
        Err(_) => false,
    };
    if answers { Ok(show::text("ready\n")) } else { Err(Fault::Busy) }
}

pub(super) async fn version(context: Context) -> Answer {
    let answer = serde_json::json!({
        "version": env!("CARGO_PKG_VERSION"),
        "edition": context.edition.definition.edition,
    });
    Ok(([("content-type", "application/json")], answer.to_string()).into_response())
}
