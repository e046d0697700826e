//! What students keep up about themselves.

use super::{Conn, Result, stored};
use crate::args;
use crate::clock::Instant;

/// An account's answers as JSON, and their version.
pub async fn read(conn: &mut Conn, account: &str) -> Result<Option<(String, i64)>> {
    conn.first("SELECT raw, version FROM profiles WHERE account = $1", args![account]).await
}

/// Writes over the version that was seen (0 for one that is not there); whether it still was that.
pub async fn keep(conn: &mut Conn, account: &str, raw: &str, seen: i64, now: Instant) -> Result<bool> {
    let changed = conn
        .run(
            "INSERT INTO profiles (account, raw, version, changed_at) VALUES ($1, $2, $3, $4)
             ON CONFLICT (account) DO UPDATE SET raw = $2, version = $3, changed_at = $4 WHERE profiles.version = $5",
            args![account, raw, seen + 1, stored(now), seen],
        )
        .await?;
    Ok(changed == 1)
}

/// Keeps what an account had before a change.
pub async fn keep_former(conn: &mut Conn, account: &str, version: i64, raw: &str, until: Instant) -> Result<()> {
    let sql = "INSERT INTO profile_versions (account, version, raw, until) VALUES ($1, $2, $3, $4)";
    conn.run(sql, args![account, version, raw, stored(until)]).await?;
    Ok(())
}

/// What an account had at a moment, where it was changed since.
pub async fn former_at(conn: &mut Conn, account: &str, at: &str) -> Result<Option<String>> {
    let sql = "SELECT raw FROM profile_versions WHERE account = $1 AND until > $2 ORDER BY until, version LIMIT 1";
    let row: Option<(String,)> = conn.first(sql, args![account, at]).await?;
    Ok(row.map(|(raw,)| raw))
}
