//! Tokens by which programs act as an account. What was printed once is not here, only its SHA-256.

use super::{Conn, Result, stored};
use crate::args;
use crate::clock::Instant;

/// A token as an operator sees it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TokenRow {
    /// What it is revoked by.
    pub id: String,
    pub account: String,
    pub name: String,
    /// Joined by spaces.
    pub scopes: String,
    pub created_at: String,
    pub expires_at: String,
    pub used_at: Option<String>,
    pub revoked_at: Option<String>,
}

const COLUMNS: &str = "id, account, name, scopes, created_at, expires_at, used_at, revoked_at";
type Row = (String, String, String, String, String, String, Option<String>, Option<String>);

fn row((id, account, name, scopes, created_at, expires_at, used_at, revoked_at): Row) -> TokenRow {
    TokenRow { id, account, name, scopes, created_at, expires_at, used_at, revoked_at }
}

/// Adds a token by its hash.
pub async fn add(conn: &mut Conn, hash: &str, one: &TokenRow) -> Result<()> {
    conn.run(
        "INSERT INTO tokens (id, token, account, name, scopes, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        args![&one.id, hash, &one.account, &one.name, &one.scopes, &one.created_at, &one.expires_at],
    )
    .await?;
    Ok(())
}

/// The token of a hash, where it holds at a moment.
pub async fn holding(conn: &mut Conn, hash: &str, now: Instant) -> Result<Option<TokenRow>> {
    let sql = format!("SELECT {COLUMNS} FROM tokens WHERE token = $1 AND expires_at > $2 AND revoked_at IS NULL");
    Ok(conn.first::<Row>(&sql, args![hash, stored(now)]).await?.map(row))
}

/// All tokens, or those of an account; the latest first.
pub async fn list(conn: &mut Conn, account: Option<&str>) -> Result<Vec<TokenRow>> {
    let rows: Vec<Row> = match account {
        Some(account) => {
            let sql = format!("SELECT {COLUMNS} FROM tokens WHERE account = $1 ORDER BY created_at DESC, id");
            conn.all(&sql, args![account]).await?
        }
        None => conn.all(&format!("SELECT {COLUMNS} FROM tokens ORDER BY created_at DESC, id"), args![]).await?,
    };
    Ok(rows.into_iter().map(row).collect())
}

/// Revokes a token, where one is named of that account; what it was, or `None` where there is none that could be revoked.
pub async fn revoke(conn: &mut Conn, id: &str, account: Option<&str>, now: Instant) -> Result<Option<TokenRow>> {
    let revoked = conn
        .run(
            "UPDATE tokens SET revoked_at = $2 WHERE id = $1 AND ($3 = '' OR account = $3) AND revoked_at IS NULL",
            args![id, stored(now), account.unwrap_or_default()],
        )
        .await?;
    if revoked == 0 {
        return Ok(None);
    }
    Ok(conn.first::<Row>(&format!("SELECT {COLUMNS} FROM tokens WHERE id = $1"), args![id]).await?.map(row))
}

/// Remembers that a token is used.
pub async fn touch(conn: &mut Conn, id: &str, now: Instant) -> Result<()> {
    conn.run("UPDATE tokens SET used_at = $2 WHERE id = $1", args![id, stored(now)]).await?;
    Ok(())
}
