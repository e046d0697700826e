//! Lists that leave as files: who took which, by what filter and with how many rows is in the audit log
//! before a byte is given. What is private leaves by `access_log` alone.

use serde_json::json;

use super::App;
use crate::clock::Instant;
use crate::store::{Result, audit, stored};

/// A list as it leaves.
#[derive(Clone, Copy, Debug)]
pub struct Given<'a> {
    /// Its address, with what was asked of it.
    pub list: &'a str,
    pub rows: usize,
}

pub async fn note(app: &App, actor: &str, given: Given<'_>, now: Instant) -> Result<()> {
    let mut tx = app.db.begin().await?;
    let detail = json!({ "what": given.list, "rows": given.rows }).to_string();
    audit::add(&mut tx, &app.chain, &stored(now), actor, "export list", &detail).await?;
    tx.commit().await
}
