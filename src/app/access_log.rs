//! Private data is shown and handed out only through here: who saw what of whom, and why, is
//! written to the audit log and committed before a byte is given.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use super::App;
use super::import::{open_private, private_key, private_there};
use crate::clock::Instant;
use crate::signs;
use crate::store::{Conn, Result, StoreError, audit, register, stored};

/// How private data leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// One person's, on a page.
    Reveal,
    /// As a file, of many.
    Export,
}

impl How {
    /// The action in the audit log.
    pub const fn action(self) -> &'static str {
        match self {
            How::Reveal => "reveal private data",
            How::Export => "export private data",
        }
    }
}

#[derive(Clone, Copy, Debug)]
pub struct Access<'a> {
    pub how: How,
    pub actor: &'a str,
    /// What is given: a field, a file's id, an export's name.
    pub what: &'a str,
    /// A student's number, or what the export is of.
    pub whose: &'a str,
    /// In the actor's own words.
    pub reason: &'a str,
}

/// That an access was written down. Nothing else makes one: what gives private data asks for it.
#[derive(Debug)]
pub struct Written(());

/// The fewest and the most letters of a reason.
const REASON: std::ops::RangeInclusive<usize> = 2..=200;

/// A reason as it is written down, in one line; `None` where it says too little or too much.
pub fn reason(typed: &str) -> Option<String> {
    Some(signs::line(typed)).filter(|line| REASON.contains(&line.chars().count()))
}

/// Writes an access down, for good. Without a reason there is none.
pub async fn write(app: &App, access: &Access<'_>, now: Instant) -> Result<Written> {
    let Some(reason) = reason(access.reason) else {
        return Err(StoreError::Refused("private data is not given without a reason".to_owned()));
    };
    let detail = json!({"what": access.what, "whose": access.whose, "reason": reason}).to_string();
    let mut tx = app.db.begin().await?;
    audit::add(&mut tx, &app.chain, &stored(now), access.actor, access.how.action(), &detail).await?;
    tx.commit().await?;
    Ok(Written(()))
}

/// A student's private columns, opened; `whose` is the student.
pub async fn private_of(app: &App, access: &Access<'_>, now: Instant) -> Result<BTreeMap<String, String>> {
    write(app, access, now).await?;
    let mut sealed = register::private(&mut app.db.read().await?, &[access.whose]).await?;
    let sealed = sealed.remove(access.whose).unwrap_or_default();
    open_private(&private_key(&app.settings.secret), access.whose, &sealed)
        .map_err(|error| StoreError::Refused(format!("private data of {}: {error}", access.whose)))
}

/// Which private columns a student's record has at all: what is empty is not offered to be shown.
pub async fn private_columns(app: &App, conn: &mut Conn, student: &str) -> Result<BTreeSet<String>> {
    let sealed = register::private(conn, &[student]).await?.remove(student).unwrap_or_default();
    Ok(private_there(&app.settings.secret, student, &sealed))
}
