//! Links by which a forgotten password is set anew, and how often one was asked for.

use super::{Conn, Result, stored};
use crate::args;
use crate::clock::{Day, Instant};

/// Whoever has an account, as mail reaches them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reader {
    pub name: String,
    pub email: String,
    pub lang: String,
}

/// Who has an account that is not disabled: the staff's record comes before the student's.
pub async fn reader(conn: &mut Conn, account: &str, today: Day) -> Result<Option<Reader>> {
    let row: Option<(String, String, String)> = conn
        .first(
            "SELECT COALESCE(s.name, v.name, ''), COALESCE(s.email, v.email, ''), a.lang FROM accounts a
             LEFT JOIN staff s ON s.account = a.account
             LEFT JOIN student_versions v ON v.student = a.account AND v.valid_from <= $2 AND $2 < v.valid_to
             WHERE a.account = $1 AND a.disabled = 0",
            args![account, today.to_string()],
        )
        .await?;
    Ok(row.map(|(name, email, lang)| Reader { name, email, lang }))
}

/// How often a link was asked for since a moment: (for the account, from the origin).
pub async fn requests(conn: &mut Conn, account: &str, origin: &str, since: Instant) -> Result<(i64, i64)> {
    conn.one(
        "SELECT CAST(COALESCE(SUM(CASE WHEN account = $1 THEN 1 ELSE 0 END), 0) AS BIGINT),
                CAST(COALESCE(SUM(CASE WHEN origin = $2 THEN 1 ELSE 0 END), 0) AS BIGINT)
         FROM password_requests WHERE at > $3",
        args![account, origin, stored(since)],
    )
    .await
}

/// Notes a request, and forgets those before a moment and the links that have expired.
pub async fn note_request(conn: &mut Conn, account: &str, origin: &str, now: Instant, before: Instant) -> Result<()> {
    conn.run("DELETE FROM password_requests WHERE at <= $1", args![stored(before)]).await?;
    conn.run("DELETE FROM password_links WHERE expires_at <= $1", args![stored(now)]).await?;
    let id = conn.numbers(1).await?;
    conn.run(
        "INSERT INTO password_requests (id, account, origin, at) VALUES ($1, $2, $3, $4)",
        args![id, account, origin, stored(now)],
    )
    .await?;
    Ok(())
}

pub async fn add(conn: &mut Conn, token: &str, account: &str, expires: Instant) -> Result<()> {
    conn.run(
        "INSERT INTO password_links (token, account, expires_at) VALUES ($1, $2, $3)",
        args![token, account, stored(expires)],
    )
    .await?;
    Ok(())
}

/// The account of a link that holds.
pub async fn account(conn: &mut Conn, token: &str, now: Instant) -> Result<Option<String>> {
    let row: Option<(String,)> = conn
        .first(
            "SELECT l.account FROM password_links l JOIN accounts a ON a.account = l.account AND a.disabled = 0
             WHERE l.token = $1 AND l.expires_at > $2",
            args![token, stored(now)],
        )
        .await?;
    Ok(row.map(|(account,)| account))
}

/// Spends a link; whether it was there. Of two who use it at once, one does.
pub async fn spend(conn: &mut Conn, token: &str) -> Result<bool> {
    Ok(conn.run("DELETE FROM password_links WHERE token = $1", args![token]).await? == 1)
}

/// Spends all links of an account.
pub async fn spend_all(conn: &mut Conn, account: &str) -> Result<()> {
    conn.run("DELETE FROM password_links WHERE account = $1", args![account]).await?;
    Ok(())
}
