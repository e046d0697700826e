//! The outbox: mail written in the transaction that causes it, and kept with what became of it.
//! Claiming and recording are in `claims`, what pages show in `listing`, what never arrived in
//! `undelivered`. Nothing here knows SMTP.

mod claims;
mod listing;
pub mod undelivered;

use std::collections::HashSet;

pub use claims::{Claimed, Outcome, claim, record, release, renew, still_due};
pub use listing::{Counts, Listed, counts, counts_of, list, message, next_due, requeue_dead};

use super::{Arg, Conn, Result, stored};
use crate::args;
use crate::clock::Instant;

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
    /// The same, told of mails that did not arrive: of such a letter's own failure nobody is told.
    Report,
    /// Whoever has the account: what it says is for nobody else, and is not kept.
    Account,
}

impl Kind {
    pub const fn code(self) -> &'static str {
        match self {
            Kind::Student => "student",
            Kind::Tutor => "tutor",
            Kind::Unit => "unit",
            Kind::Report => "report",
            Kind::Account => "account",
        }
    }

    fn of(code: &str) -> Option<Kind> {
        [Kind::Student, Kind::Tutor, Kind::Unit, Kind::Report, Kind::Account]
            .into_iter()
            .find(|kind| kind.code() == code)
    }
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

/// Lets the queued mails of an occasion go no sooner than `until`.
pub async fn hold(conn: &mut Conn, notice: &str, occasion: &str, until: Instant) -> Result<()> {
    conn.run(
        "UPDATE outbox SET next_at = $3 WHERE notice = $1 AND occasion = $2 AND state = 'queued'",
        args![notice, occasion, stored(until)],
    )
    .await?;
    Ok(())
}

/// Cancels the queued mails of an occasion: what they say is no longer true.
pub async fn cancel(conn: &mut Conn, notice: &str, occasion: &str, why: &str) -> Result<()> {
    conn.run(
        "UPDATE outbox SET state = 'cancelled', last_error = $3 WHERE notice = $1 AND occasion = $2 AND state = 'queued'",
        args![notice, occasion, why],
    )
    .await?;
    Ok(())
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
