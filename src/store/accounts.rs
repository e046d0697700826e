//! Accounts, their sessions and their failed tries to sign in.

use super::access::Person;
use super::{Conn, Result, stored};
use crate::args;
use crate::clock::{Day, Instant};

/// An account as an operator sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountRow {
    pub account: String,
    /// The name on the staff list or on the student's record; empty where there is none.
    pub name: String,
    pub disabled: bool,
    pub created_at: String,
}

/// The stored password of an account; `None` where there is no account or it is disabled.
pub async fn password(conn: &mut Conn, account: &str) -> Result<Option<String>> {
    let row: Option<(String,)> =
        conn.first("SELECT password FROM accounts WHERE account = $1 AND disabled = 0", args![account]).await?;
    Ok(row.map(|(password,)| password))
}

/// Adds an account; whether there was none of that name.
pub async fn create(conn: &mut Conn, account: &str, password: &str, lang: &str, now: Instant) -> Result<bool> {
    let added = conn
        .run(
            "INSERT INTO accounts (account, password, lang, disabled, created_at) VALUES ($1, $2, $3, 0, $4)
             ON CONFLICT (account) DO NOTHING",
            args![account, password, lang, stored(now)],
        )
        .await?;
    Ok(added == 1)
}

/// Gives an account another password; whether there is such an account.
pub async fn set_password(conn: &mut Conn, account: &str, password: &str) -> Result<bool> {
    Ok(conn.run("UPDATE accounts SET password = $2 WHERE account = $1", args![account, password]).await? == 1)
}

pub async fn set_disabled(conn: &mut Conn, account: &str, disabled: bool) -> Result<bool> {
    let changed =
        conn.run("UPDATE accounts SET disabled = $2 WHERE account = $1", args![account, i64::from(disabled)]).await?;
    Ok(changed == 1)
}

pub async fn set_lang(conn: &mut Conn, account: &str, lang: &str) -> Result<()> {
    conn.run("UPDATE accounts SET lang = $2 WHERE account = $1", args![account, lang]).await?;
    Ok(())
}

pub async fn list(conn: &mut Conn, today: Day) -> Result<Vec<AccountRow>> {
    let rows: Vec<(String, Option<String>, Option<String>, i64, String)> = conn
        .all(
            "SELECT a.account, s.name, v.name, a.disabled, a.created_at FROM accounts a
             LEFT JOIN staff s ON s.account = a.account
             LEFT JOIN student_versions v ON v.student = a.account AND v.valid_from <= $1 AND $1 < v.valid_to
             ORDER BY a.account",
            args![today.to_string()],
        )
        .await?;
    Ok(rows
        .into_iter()
        .map(|(account, staff, student, disabled, created_at)| AccountRow {
            account,
            name: staff.or(student).unwrap_or_default(),
            disabled: disabled != 0,
            created_at,
        })
        .collect())
}

/// A session that holds, with the person it is of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    pub person: Person,
    pub seen_at: String,
}

/// The session of a token (its SHA-256) that was seen since `idle_since` and has not expired; none
/// where the account was disabled.
pub async fn session(
    conn: &mut Conn,
    token: &str,
    now: Instant,
    idle_since: Instant,
    today: Day,
) -> Result<Option<Session>> {
    type Row = (String, String, String, Option<String>, Option<String>);
    let row: Option<Row> = conn
        .first(
            "SELECT s.seen_at, a.account, a.lang, v.name, f.name FROM sessions s
             JOIN accounts a ON a.account = s.account AND a.disabled = 0
             LEFT JOIN student_versions v ON v.student = a.account AND v.valid_from <= $4 AND $4 < v.valid_to
             LEFT JOIN staff f ON f.account = a.account
             WHERE s.token = $1 AND s.expires_at > $2 AND s.seen_at > $3",
            args![token, stored(now), stored(idle_since), today.to_string()],
        )
        .await?;
    Ok(row.map(|(seen_at, account, lang, student_name, staff_name)| Session {
        person: Person { account, lang, student_name, staff_name },
        seen_at,
    }))
}

pub async fn open_session(conn: &mut Conn, token: &str, account: &str, now: Instant, expires: Instant) -> Result<()> {
    conn.run(
        "INSERT INTO sessions (token, account, created_at, seen_at, expires_at) VALUES ($1, $2, $3, $3, $4)",
        args![token, account, stored(now), stored(expires)],
    )
    .await?;
    Ok(())
}

pub async fn touch_session(conn: &mut Conn, token: &str, now: Instant) -> Result<()> {
    conn.run("UPDATE sessions SET seen_at = $2 WHERE token = $1", args![token, stored(now)]).await?;
    Ok(())
}

pub async fn close_session(conn: &mut Conn, token: &str) -> Result<()> {
    conn.run("DELETE FROM sessions WHERE token = $1", args![token]).await?;
    Ok(())
}

pub async fn close_sessions_of(conn: &mut Conn, account: &str) -> Result<u64> {
    conn.run("DELETE FROM sessions WHERE account = $1", args![account]).await
}

/// Forgets sessions that are over.
pub async fn sweep_sessions(conn: &mut Conn, now: Instant, idle_since: Instant) -> Result<u64> {
    conn.run("DELETE FROM sessions WHERE expires_at <= $1 OR seen_at <= $2", args![stored(now), stored(idle_since)])
        .await
}

/// Tries that failed since a moment: from this origin, from all origins that are not a known
/// device's, and when the oldest of this origin's was.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Failures {
    pub here: i64,
    pub strangers: i64,
    pub oldest_here: Option<String>,
}

pub async fn failures(conn: &mut Conn, account: &str, origin: &str, since: Instant) -> Result<Failures> {
    let (here, strangers, oldest_here): (i64, i64, Option<String>) = conn
        .one(
            "SELECT CAST(COALESCE(SUM(CASE WHEN origin = $2 THEN 1 ELSE 0 END), 0) AS BIGINT),
                    CAST(COALESCE(SUM(CASE WHEN origin LIKE 'device:%' THEN 0 ELSE 1 END), 0) AS BIGINT),
                    MIN(CASE WHEN origin = $2 THEN at ELSE NULL END)
             FROM sign_in_failures WHERE account = $1 AND at > $3",
            args![account, origin, stored(since)],
        )
        .await?;
    Ok(Failures { here, strangers, oldest_here })
}

pub async fn add_failure(conn: &mut Conn, account: &str, origin: &str, now: Instant) -> Result<()> {
    let id = conn.numbers(1).await?;
    conn.run(
        "INSERT INTO sign_in_failures (id, account, origin, at) VALUES ($1, $2, $3, $4)",
        args![id, account, origin, stored(now)],
    )
    .await?;
    Ok(())
}

/// Forgets an origin's failures after it succeeded.
pub async fn clear_failures(conn: &mut Conn, account: &str, origin: &str) -> Result<()> {
    conn.run("DELETE FROM sign_in_failures WHERE account = $1 AND origin = $2", args![account, origin]).await?;
    Ok(())
}

/// Forgets all failures of an account.
pub async fn clear_all_failures(conn: &mut Conn, account: &str) -> Result<()> {
    conn.run("DELETE FROM sign_in_failures WHERE account = $1", args![account]).await?;
    Ok(())
}

pub async fn sweep_failures(conn: &mut Conn, before: Instant) -> Result<u64> {
    conn.run("DELETE FROM sign_in_failures WHERE at <= $1", args![stored(before)]).await
}
