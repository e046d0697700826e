//! Mails in a worker's hands: claimed under leases, checked, and recorded with what became of them.

use std::collections::HashMap;

use super::super::{Arg, Conn, Db, Result, stored};
use super::{DueTo, Kind, placeholders};
use crate::args;
use crate::clock::{Day, Instant};

/// A mail in the hands of a worker. `message` is `None` where the row can't be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claimed {
    pub id: i64,
    pub due: Option<DueTo>,
    pub recipient: String,
    pub message_id: String,
    pub message: Option<String>,
    /// Tries that ended without success.
    pub tries: i64,
    pub created_at: String,
}

/// What became of a claimed mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    Sent,
    /// Not now: try again at the instant, which was the `tries`-th try.
    Retry {
        at: Instant,
        tries: i64,
        why: String,
    },
    /// Refused for good; the office sees it and can have it tried again.
    Dead {
        tries: i64,
        why: String,
    },
    /// No longer due. Its name is free again: who is due now is written to anew.
    Cancelled {
        why: String,
    },
    /// Not tried at all: the server could not be reached.
    Untouched,
}

/// Claims up to `most` mails that are due at `now`, or whose worker's lease has run out. A lease
/// is counted by the database's clock: workers' clocks may disagree.
pub async fn claim(db: &Db, worker: &str, most: i64, lease_ms: i64, now: Instant) -> Result<Vec<Claimed>> {
    let mut tx = db.begin().await?;
    let clock = tx.milliseconds().await?;
    // On SQLite the transaction holds the write lock; on PostgreSQL others' rows are passed over.
    let lock = if tx.is_postgres() { "FOR UPDATE SKIP LOCKED" } else { "" };
    type Row = (i64, String, String, String, String, String, String, String, i64, String);
    let mut rows: Vec<Row> = tx
        .all(
            &format!(
                "UPDATE outbox SET state = 'leased', leased_to = $1, lease_until = $2 WHERE id IN (
                   SELECT id FROM outbox
                   WHERE (state = 'queued' AND next_at <= $3) OR (state = 'leased' AND lease_until < $4)
                   ORDER BY id LIMIT $5 {lock})
                 RETURNING id, kind, person, about, recipient, message_id, head, body, tries, created_at"
            ),
            args![worker, clock + lease_ms, stored(now), clock, most],
        )
        .await?;
    if rows.is_empty() {
        tx.roll_back().await?;
        return Ok(Vec::new());
    }
    rows.sort_unstable_by_key(|row| row.0);
    let bodies = bodies(&mut tx, rows.iter().map(|row| row.7.as_str()).collect()).await?;
    tx.commit().await?;
    Ok(rows
        .into_iter()
        .map(|(id, kind, person, about, recipient, message_id, head, body, tries, created_at)| Claimed {
            id,
            due: Kind::of(&kind).map(|kind| DueTo { kind, person, about }),
            recipient,
            message_id,
            message: bodies.get(&body).map(|body| head + body.as_str()),
            tries,
            created_at,
        })
        .collect())
}

async fn bodies(conn: &mut Conn, mut hashes: Vec<&str>) -> Result<HashMap<String, String>> {
    hashes.sort_unstable();
    hashes.dedup();
    let mut bodies = HashMap::with_capacity(hashes.len());
    for chunk in hashes.chunks(500) {
        let sql = format!("SELECT hash, body FROM outbox_bodies WHERE hash IN ({})", placeholders(1, chunk.len()));
        let args: Vec<Arg<'_>> = chunk.iter().map(|hash| Arg::from(*hash)).collect();
        bodies.extend(conn.all::<(String, String)>(&sql, &args).await?);
    }
    Ok(bodies)
}

/// Lengthens the leases that a worker holds.
pub async fn renew(db: &Db, worker: &str, lease_ms: i64) -> Result<()> {
    let mut tx = db.begin().await?;
    let until = tx.milliseconds().await? + lease_ms;
    tx.run("UPDATE outbox SET lease_until = $1 WHERE state = 'leased' AND leased_to = $2", args![until, worker])
        .await?;
    tx.commit().await
}

/// Gives back all that a worker still holds.
pub async fn release(db: &Db, worker: &str) -> Result<()> {
    let mut tx = db.begin().await?;
    tx.run(
        "UPDATE outbox SET state = 'queued', leased_to = '' WHERE state = 'leased' AND leased_to = $1",
        args![worker],
    )
    .await?;
    tx.commit().await
}

/// Records what became of mails, all in one commit. A worker whose lease ran out still records
/// what was sent, because sent it is.
pub async fn record(db: &Db, worker: &str, outcomes: &[(i64, Outcome)], now: Instant) -> Result<()> {
    let mut tx = db.begin().await?;
    let now = stored(now);
    let mut sent = Vec::new();
    for (id, outcome) in outcomes {
        match outcome {
            Outcome::Sent => sent.push(*id),
            Outcome::Retry { at, tries, why } => {
                tx.run(
                    "UPDATE outbox SET state = 'queued', leased_to = '', next_at = $1, tries = $2, last_error = $3
                     WHERE id = $4 AND state = 'leased' AND leased_to = $5",
                    args![stored(*at), *tries, why, *id, worker],
                )
                .await?;
            }
            Outcome::Dead { tries, why } => {
                tx.run(
                    "UPDATE outbox SET state = 'dead', leased_to = '', next_at = $1, tries = $2, last_error = $3
                     WHERE id = $4 AND state = 'leased' AND leased_to = $5",
                    args![&now, *tries, why, *id, worker],
                )
                .await?;
            }
            Outcome::Cancelled { why } => {
                tx.run(
                    "UPDATE outbox SET state = 'cancelled', leased_to = '', next_at = $1, last_error = $2,
                       dedup = dedup || '|cancelled ' || CAST(id AS TEXT)
                     WHERE id = $3 AND state = 'leased' AND leased_to = $4",
                    args![&now, why, *id, worker],
                )
                .await?;
            }
            Outcome::Untouched => {
                tx.run(
                    "UPDATE outbox SET state = 'queued', leased_to = ''
                     WHERE id = $1 AND state = 'leased' AND leased_to = $2",
                    args![*id, worker],
                )
                .await?;
            }
        }
    }
    for chunk in sent.chunks(500) {
        let sql = format!(
            "UPDATE outbox SET state = 'sent', leased_to = '', sent_at = $1, last_error = '' WHERE id IN ({})",
            placeholders(2, chunk.len())
        );
        let mut args = vec![Arg::from(&now)];
        args.extend(chunk.iter().map(|id| Arg::from(*id)));
        tx.run(&sql, &args).await?;
    }
    // What was for one reader alone is not kept.
    for chunk in outcomes.chunks(500) {
        let sql = format!(
            "DELETE FROM outbox_bodies WHERE hash IN (
               SELECT body FROM outbox
               WHERE kind = 'account' AND state IN ('sent', 'dead', 'cancelled') AND id IN ({}))",
            placeholders(1, chunk.len())
        );
        let args: Vec<Arg<'_>> = chunk.iter().map(|(id, _)| Arg::from(*id)).collect();
        tx.run(&sql, &args).await?;
    }
    tx.commit().await
}

const HOLDERS: &str = "SELECT r.account, r.unit, s.email FROM staff_roles r JOIN staff s ON s.account = r.account
    WHERE $1 = $1 AND r.account IN ";

/// The addresses at which the mails are due on `day`, as the records stand: what is no longer so
/// is missing. In few queries for a whole batch.
pub async fn still_due(conn: &mut Conn, wanted: &[&DueTo], day: Day) -> Result<Vec<(DueTo, String)>> {
    let day = day.to_string();
    let mut out = Vec::new();
    for (kind, sql) in [
        (
            Kind::Student,
            "SELECT student, '', email FROM student_versions
             WHERE valid_from <= $1 AND $1 < valid_to AND student IN ",
        ),
        (
            Kind::Tutor,
            "SELECT t.account, c.class, s.email FROM class_tutors t
             JOIN class_versions c ON c.id = t.class_id JOIN staff s ON s.account = t.account
             WHERE c.valid_from <= $1 AND $1 < c.valid_to AND t.account IN ",
        ),
        (Kind::Unit, HOLDERS),
        (Kind::Report, HOLDERS),
        (
            Kind::Account,
            "SELECT a.account, '', COALESCE(s.email, v.email, '') FROM accounts a
             LEFT JOIN staff s ON s.account = a.account
             LEFT JOIN student_versions v ON v.student = a.account AND v.valid_from <= $1 AND $1 < v.valid_to
             WHERE a.disabled = 0 AND a.account IN ",
        ),
    ] {
        let mut people: Vec<&str> =
            wanted.iter().filter(|due| due.kind == kind).map(|due| due.person.as_str()).collect();
        people.sort_unstable();
        people.dedup();
        for chunk in people.chunks(500) {
            let sql = format!("{sql}({})", placeholders(2, chunk.len()));
            let mut args = vec![Arg::from(&day)];
            args.extend(chunk.iter().map(|person| Arg::from(*person)));
            for (person, about, email) in conn.all::<(String, String, String)>(&sql, &args).await? {
                out.push((DueTo { kind, person, about }, email));
            }
        }
    }
    Ok(out)
}
