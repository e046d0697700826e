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
