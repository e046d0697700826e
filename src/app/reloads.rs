//! Who had the folder taken as it now is, and what came of it, for the audit log. Taking it is
//! `App::reload`.

use serde_json::json;

use super::App;
use crate::clock::Instant;
use crate::lang::Lang;
use crate::problem::Problem;
use crate::store::{Result, audit, stored};

/// `from` is the edition that was in force before.
pub async fn write_down(app: &App, from: &str, problems: &[Problem], by: &str, now: Instant) -> Result<()> {
    let (action, detail) = match problems.first() {
        None => ("reload", json!({"from": from, "to": app.edition.load().definition.edition})),
        Some(first) => {
            ("reload refused", json!({"stays": from, "problems": problems.len(), "first": first.line(Lang::En)}))
        }
    };
    let mut tx = app.db.begin().await?;
    audit::add(&mut tx, &app.chain, &stored(now), by, action, &detail.to_string()).await?;
    tx.commit().await
}
