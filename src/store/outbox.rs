//! The outbox: mail written in the transaction that causes it, claimed under leases, and kept with
//! what became of it. Nothing here knows SMTP.

use std::collections::{HashMap, HashSet};

use super::{Arg, Conn, Db, Result, stored};
use crate::args;
use crate::clock::{Day, Instant};

/// A mail as it is written. Head and body together are the message, byte for byte.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// Names the occasion: a mail of the same name is written once.
    pub dedup: String,
    pub notice: String,
    pub letter: String,
    pub occasion: String,
    pub due: DueTo,
    pub recipient: String,
    pub subject: String,
    /// Without angle brackets.
    pub message_id: String,
    /// The header fields, ending with the empty line.
    pub head: String,
    pub body: Body,
}

/// A body with the SHA-256 under which it is stored once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Body {
    pub hash: String,
    pub text: std::sync::Arc<str>,
}

/// To whom a mail is due, so that it can be checked again when it goes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DueTo {
    pub kind: Kind,
    /// A student number, or the account of a member of staff.
    pub person: String,
    /// The class, or the unit's code; empty for a student's own letter.
    pub about: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    Student,
    /// Tutor of the class `about`.
    Tutor,
    /// Holder of a role in the unit `about`.
    Unit,
}

impl Kind {
    pub const fn code(self) -> &'static str {
        match self {
            Kind::Student => "student",
            Kind::Tutor => "tutor",
            Kind::Unit => "unit",
        }
    }

    fn of(code: &str) -> Option<Kind> {
        [Kind::Student, Kind::Tutor, Kind::Unit].into_iter().find(|kind| kind.code() == code)
    }
}

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

/// Which of these names were written already.
pub async fn known(conn: &mut Conn, names: &[&str]) -> Result<HashSet<String>> {
    let mut known = HashSet::new();
    for chunk in names.chunks(500) {
        let sql = format!("SELECT dedup FROM outbox WHERE dedup IN ({})", placeholders(1, chunk.len()));
        let args: Vec<Arg<'_>> = chunk.iter().map(|name| Arg::from(*name)).collect();
        known.extend(conn.all::<(String,)>(&sql, &args).await?.into_iter().map(|(name,)| name));
    }
    Ok(known)
}

/// Writes mails in the caller's transaction; those whose name is there already change nothing.
/// Tells how many were new.
pub async fn enqueue(conn: &mut Conn, mails: &[&Mail], now: Instant) -> Result<u64> {
    let now = stored(now);
    let mut new = 0;
    // A few hundred at once: a class's roster may be 100 kB, and the arguments are copied.
    for chunk in mails.chunks(200) {
        let names: Vec<&str> = chunk.iter().map(|mail| mail.dedup.as_str()).collect();
        let known = known(conn, &names).await?;
        let mails: Vec<&Mail> = chunk.iter().copied().filter(|mail| !known.contains(&mail.dedup)).collect();
        if mails.is_empty() {
            continue;
        }
        let bodies: Vec<Arg<'_>> =
            mails.iter().flat_map(|mail| [Arg::from(&mail.body.hash), Arg::from(&*mail.body.text)]).collect();
        conn.insert("INSERT INTO outbox_bodies (hash, body) VALUES", 2, &bodies, "ON CONFLICT DO NOTHING").await?;
        let first = conn.numbers(mails.len() as i64).await?;
        let mut rows = Vec::with_capacity(mails.len() * 21);
        for (id, mail) in (first..).zip(&mails) {
            rows.extend([
                Arg::from(id),
                Arg::from(&mail.dedup),
                Arg::from(&mail.notice),
                Arg::from(&mail.letter),
                Arg::from(&mail.occasion),
                Arg::from(mail.due.kind.code()),
                Arg::from(&mail.due.person),
                Arg::from(&mail.due.about),
                Arg::from(&mail.recipient),
                Arg::from(&mail.subject),
                Arg::from(&mail.message_id),
                Arg::from(&mail.head),
                Arg::from(&mail.body.hash),
                Arg::from("queued"),
                Arg::from(0),
                Arg::from(""),
                Arg::from(""),
                Arg::from(0),
                Arg::from(""),
                Arg::from(&now),
                Arg::NoText,
            ]);
        }
        // A transaction beside this one may have written the same names since they were looked up.
        new += conn
            .insert(
                "INSERT INTO outbox (id, dedup, notice, letter, occasion, kind, person, about, recipient, subject, \
                 message_id, head, body, state, tries, next_at, leased_to, lease_until, last_error, created_at, \
                 sent_at) VALUES",
                21,
                &rows,
                "ON CONFLICT (dedup) DO NOTHING",
            )
            .await?;
    }
    Ok(new)
}

/// Claims up to `most` mails that are due at `now`, or whose worker's lease has run out. A lease
/// is counted by the database's clock: workers' clocks may disagree.
pub async fn claim(db: &Db, worker: &str, most: i64, lease_ms: i64, now: Instant) -> Result<Vec<Claimed>> {
    let mut tx = db.begin().await?;
    let clock = tx.milliseconds().await?;
    // On SQLite the transaction holds the write lock; on PostgreSQL others' rows are passed over.
    let lock = match tx {
        Conn::Postgres(_) | Conn::PostgresTx(_) => "FOR UPDATE SKIP LOCKED",
        Conn::Sqlite(_) | Conn::SqliteTx(_) => "",
    };
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
    tx.commit().await
}

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
    let rows: Vec<(String, i64, i64, Option<String>)> = conn
        .all(
            "SELECT state, COUNT(*), CAST(SUM(CASE WHEN tries > 0 THEN 1 ELSE 0 END) AS BIGINT), MIN(created_at)
             FROM outbox GROUP BY state",
            args![],
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

/// A stored mail whole, for the page that shows it: (subject, message).
pub async fn message(conn: &mut Conn, id: i64) -> Result<Option<(String, String)>> {
    let row: Option<(String, String, String)> = conn
        .first(
            "SELECT o.subject, o.head, b.body FROM outbox o JOIN outbox_bodies b ON b.hash = o.body WHERE o.id = $1",
            args![id],
        )
        .await?;
    Ok(row.map(|(subject, head, body)| (subject, head + body.as_str())))
}

/// Puts refused mails back into the queue with their tries forgotten: one, or all. How many.
pub async fn requeue_dead(conn: &mut Conn, id: Option<i64>) -> Result<u64> {
    conn.run(
        "UPDATE outbox SET state = 'queued', tries = 0, next_at = '' WHERE state = 'dead' AND ($1 = 0 OR id = $1)",
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
        (
            Kind::Unit,
            "SELECT r.account, r.unit, s.email FROM staff_roles r JOIN staff s ON s.account = r.account
             WHERE $1 = $1 AND r.account IN ",
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

fn placeholders(first: usize, count: usize) -> String {
    let mut out = String::with_capacity(count * 5);
    for number in first..first + count {
        if number > first {
            out.push(',');
        }
        out.push('$');
        out.push_str(&number.to_string());
    }
    out
}
