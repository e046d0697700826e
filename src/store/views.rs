//! Lists of cases that people named for themselves.

use super::{Conn, Result, stored};
use crate::args;
use crate::clock::Instant;

/// A named list: its filters as they stand after the `?` of an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    pub name: String,
    pub query: String,
}

/// Views that one account may keep.
pub const AT_MOST: i64 = 30;

pub async fn of_account(conn: &mut Conn, account: &str) -> Result<Vec<View>> {
    let rows: Vec<(String, String)> =
        conn.all("SELECT name, query FROM saved_views WHERE account = $1 ORDER BY at, name", args![account]).await?;
    Ok(rows.into_iter().map(|(name, query)| View { name, query }).collect())
}

/// Keeps a list under a name, in the place of one that had it; false where there are too many.
pub async fn keep(conn: &mut Conn, account: &str, view: &View, now: Instant) -> Result<bool> {
    let kept = conn
        .run(
            "INSERT INTO saved_views (account, name, query, at) SELECT $1, $2, $3, $4
             WHERE (SELECT COUNT(*) FROM saved_views WHERE account = $1 AND name <> $2) < $5
             ON CONFLICT (account, name) DO UPDATE SET query = $3",
            args![account, &view.name, &view.query, stored(now), AT_MOST],
        )
        .await?;
    Ok(kept == 1)
}

pub async fn forget(conn: &mut Conn, account: &str, name: &str) -> Result<bool> {
    Ok(conn.run("DELETE FROM saved_views WHERE account = $1 AND name = $2", args![account, name]).await? == 1)
}
