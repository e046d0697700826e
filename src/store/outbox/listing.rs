//! The outbox as pages and commands show it, and refused mails put back by the office.

use super::super::{Conn, Result};
use crate::args;

/// A mail's place in the outbox, for pages and lists.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Listed {
    pub id: i64,
    pub notice: String,
    pub letter: String,
    pub occasion: String,
    pub person: String,
    pub recipient: String,
    pub subject: String,
    pub state: String,
    pub tries: i64,
    pub next_at: String,
    pub last_error: String,
    pub created_at: String,
    pub sent_at: Option<String>,
}

/// Mails, the newest first; `state` empty: all. `before` is the last id of the page before.
pub async fn list(conn: &mut Conn, state: &str, before: Option<i64>, most: i64) -> Result<Vec<Listed>> {
    type Row =
        (i64, String, String, String, String, String, String, String, i64, String, String, String, Option<String>);
    let rows: Vec<Row> = conn
        .all(
            "SELECT id, notice, letter, occasion, person, recipient, subject, state, tries, next_at, last_error,
               created_at, sent_at
             FROM outbox WHERE ($1 = '' OR state = $1) AND id < $2 ORDER BY id DESC LIMIT $3",
            args![state, before.unwrap_or(i64::MAX), most],
        )
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| Listed {
            id: row.0,
            notice: row.1,
            letter: row.2,
            occasion: row.3,
            person: row.4,
            recipient: row.5,
            subject: row.6,
            state: row.7,
            tries: row.8,
            next_at: row.9,
            last_error: row.10,
            created_at: row.11,
            sent_at: row.12,
        })
        .collect())
}

/// How many mails are in each state, and since when the oldest waits.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Counts {
    /// Queued or in a worker's hands.
    pub waiting: i64,
    pub sent: i64,
    pub dead: i64,
    pub cancelled: i64,
    /// Of the waiting: tried without success so far.
    pub tried: i64,
    pub waiting_since: Option<String>,
}

pub async fn counts(conn: &mut Conn) -> Result<Counts> {
    counted(conn, "", "").await
}

/// What a notice's letters of an occasion came to, whoever carried them.
pub async fn counts_of(conn: &mut Conn, notice: &str, occasion: &str) -> Result<Counts> {
    counted(conn, notice, occasion).await
}

async fn counted(conn: &mut Conn, notice: &str, occasion: &str) -> Result<Counts> {
    let rows: Vec<(String, i64, i64, Option<String>)> = conn
        .all(
            "SELECT state, COUNT(*), CAST(SUM(CASE WHEN tries > 0 THEN 1 ELSE 0 END) AS BIGINT), MIN(created_at)
             FROM outbox WHERE $1 = '' OR (notice = $1 AND occasion = $2 AND kind IN ('student', 'tutor', 'unit'))
             GROUP BY state",
            args![notice, occasion],
        )
        .await?;
    let mut counts = Counts::default();
    for (state, number, tried, since) in rows {
        match state.as_str() {
            "sent" => counts.sent = number,
            "dead" => counts.dead = number,
            "cancelled" => counts.cancelled = number,
            _ => {
                counts.waiting += number;
                counts.tried += tried;
                counts.waiting_since = counts.waiting_since.into_iter().chain(since).min();
            }
        }
    }
    Ok(counts)
}

/// A stored mail whole, for the page that shows it: (subject, message). Not one that is for its
/// reader alone.
pub async fn message(conn: &mut Conn, id: i64) -> Result<Option<(String, String)>> {
    let row: Option<(String, String, String)> = conn
        .first(
            "SELECT o.subject, o.head, b.body FROM outbox o JOIN outbox_bodies b ON b.hash = o.body
             WHERE o.id = $1 AND o.kind <> 'account'",
            args![id],
        )
        .await?;
    Ok(row.map(|(subject, head, body)| (subject, head + body.as_str())))
}

/// Puts refused mails back into the queue with their tries forgotten: one, or all. How many.
pub async fn requeue_dead(conn: &mut Conn, id: Option<i64>) -> Result<u64> {
    conn.run(
        "UPDATE outbox SET state = 'queued', tries = 0, next_at = '', reported = NULL
         WHERE state = 'dead' AND kind <> 'account' AND ($1 = 0 OR id = $1)",
        args![id.unwrap_or(0)],
    )
    .await
}

/// When the next waiting mail may be tried: empty text for at once, `None` where none waits.
pub async fn next_due(conn: &mut Conn) -> Result<Option<String>> {
    let (next,): (Option<String>,) = conn
        .one(
            "SELECT MIN(CASE state WHEN 'queued' THEN next_at ELSE '' END) FROM outbox
             WHERE state IN ('queued', 'leased')",
            args![],
        )
        .await?;
    Ok(next)
}
