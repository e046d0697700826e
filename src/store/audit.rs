//! The audit log: who did what, each row chained to the one before it by the school's secret, so
//! that whoever changes, removes, adds or moves one without it is found out. The head says how many
//! rows there are; what it is at a time, kept elsewhere, also shows a log that was written anew.

use super::{Arg, Conn, Result};
use crate::args;
use crate::seal::Chain;

/// The purpose of the chain's key.
pub const PURPOSE: &str = "menkan audit v1";

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditRow {
    /// From 1, without gaps.
    pub seq: i64,
    /// When, as stored (UTC).
    pub at: String,
    pub actor: String,
    pub action: String,
    pub detail: String,
    pub hash: String,
}

type Row = (i64, String, String, String, String, String);

fn row((seq, at, actor, action, detail, hash): Row) -> AuditRow {
    AuditRow { seq, at, actor, action, detail, hash }
}

/// How many rows there are, and the last one's hash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    pub seq: i64,
    pub hash: String,
}

/// What is hashed of a row: JSON, so that no two rows have the same.
fn text(seq: i64, at: &str, actor: &str, action: &str, detail: &str) -> String {
    serde_json::json!([seq, at, actor, action, detail]).to_string()
}

fn head_mark(chain: &Chain, head: &Head) -> String {
    chain.link("head", &format!("{} {}", head.seq, head.hash))
}

/// Writes down who did what, in the transaction in which it is done. Call it last: from here to the
/// commit every other that writes to the log waits.
pub async fn add(conn: &mut Conn, chain: &Chain, at: &str, actor: &str, action: &str, detail: &str) -> Result<()> {
    // Takes the row's lock on PostgreSQL; on SQLite there is one writer.
    let (seq, previous): (i64, String) =
        conn.one("UPDATE audit_head SET seq = seq + 1 WHERE one = 1 RETURNING seq, hash", args![]).await?;
    let hash = chain.link(&previous, &text(seq, at, actor, action, detail));
    conn.run(
        "INSERT INTO audit (seq, at, actor, action, detail, hash) VALUES ($1, $2, $3, $4, $5, $6)",
        args![seq, at, actor, action, detail, &hash],
    )
    .await?;
    let head = Head { seq, hash };
    let mark = head_mark(chain, &head);
    conn.run("UPDATE audit_head SET hash = $1, mark = $2 WHERE one = 1", args![&head.hash, mark]).await?;
    Ok(())
}

/// The head as it is kept; nothing is verified.
pub async fn head(conn: &mut Conn) -> Result<Head> {
    let (seq, hash): (i64, String) = conn.one("SELECT seq, hash FROM audit_head WHERE one = 1", args![]).await?;
    Ok(Head { seq, hash })
}

/// What does not fit; the number is that of the first row that does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It is not what was written, or stands where another was.
    Altered(i64),
    /// It is not there, and should be.
    Missing(i64),
    /// The head does not know of it.
    Unknown(i64),
    /// The rows fit each other, and the head does not fit them.
    Head(i64),
    /// This row's hash is not the one that was kept elsewhere.
    KeptHead(i64),
}

#[derive(Clone, Debug)]
pub struct Verified {
    /// Rows that were looked at.
    pub rows: i64,
    pub head: Head,
    pub fault: Option<Fault>,
}

/// Looks at the rows from one on, and at the head; `kept` is a head that was kept elsewhere. The
/// connection should be a snapshot.
pub async fn verify(conn: &mut Conn, chain: &Chain, from: i64, kept: Option<&Head>) -> Result<Verified> {
    let from = from.max(1);
    let (seq, hash, mark): (i64, String, String) =
        conn.one("SELECT seq, hash, mark FROM audit_head WHERE one = 1", args![]).await?;
    let head = Head { seq, hash };
    let before: Option<(String,)> = conn.first("SELECT hash FROM audit WHERE seq = $1", args![from - 1]).await?;
    let mut previous = before.map(|(hash,)| hash).unwrap_or_default();
    let (mut expected, mut fault, mut kept_fits) = (from, None, kept.is_none_or(|kept| kept.seq < from));
    if let Some(kept) = kept.filter(|kept| kept.seq < from) {
        let found: Option<(String,)> = conn.first("SELECT hash FROM audit WHERE seq = $1", args![kept.seq]).await?;
        // Before the first row there is nothing to compare.
        kept_fits = found.map_or(kept.seq == 0, |(hash,)| hash == kept.hash);
    }
    conn.each::<Row>(
        "SELECT seq, at, actor, action, detail, hash FROM audit WHERE seq >= $1 ORDER BY seq",
        args![from],
        |(seq, at, actor, action, detail, hash)| {
            if fault.is_none() {
                if seq != expected {
                    fault = Some(Fault::Missing(expected));
                } else if chain.link(&previous, &text(seq, &at, &actor, &action, &detail)) != hash {
                    fault = Some(Fault::Altered(seq));
                }
            }
            kept_fits |= kept.is_some_and(|kept| kept.seq == seq && kept.hash == hash);
            previous = hash;
            expected = seq + 1;
        },
    )
    .await?;
    let last = expected - 1;
    let fault = fault.or_else(|| {
        if head.seq > last {
            Some(Fault::Missing(last + 1))
        } else if head.seq < last {
            Some(Fault::Unknown(head.seq + 1))
        } else if last > 0 && ((last >= from && head.hash != previous) || mark != head_mark(chain, &head)) {
            Some(Fault::Head(last))
        } else {
            kept.filter(|_| !kept_fits).map(|kept| Fault::KeptHead(kept.seq))
        }
    });
    Ok(Verified { rows: (last + 1 - from).max(0), head, fault })
}

/// What is asked of the log; empty for all.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub actor: String,
    pub action: String,
    /// Instants as stored: from, and before.
    pub between: Option<(String, String)>,
    /// Only rows before this one.
    pub before: Option<i64>,
}

/// Rows, the newest first.
pub async fn list(conn: &mut Conn, filter: &Filter, at_most: i64) -> Result<Vec<AuditRow>> {
    let mut sql = "SELECT seq, at, actor, action, detail, hash FROM audit WHERE seq < $1".to_owned();
    let mut args = vec![Arg::Int(filter.before.unwrap_or(i64::MAX))];
    let mut and = |what: &str, value: Arg<'static>| {
        args.push(value);
        sql += &format!(" AND {what} ${}", args.len());
    };
    if !filter.actor.is_empty() {
        and("actor =", Arg::from(filter.actor.clone()));
    }
    if !filter.action.is_empty() {
        and("action =", Arg::from(filter.action.clone()));
    }
    if let Some((from, before)) = &filter.between {
        and("at >=", Arg::from(from.clone()));
        and("at <", Arg::from(before.clone()));
    }
    args.push(Arg::Int(at_most));
    sql += &format!(" ORDER BY seq DESC LIMIT ${}", args.len());
    Ok(conn.all::<Row>(&sql, &args).await?.into_iter().map(row).collect())
}

/// Every action that was ever written down.
pub async fn actions(conn: &mut Conn) -> Result<Vec<String>> {
    let rows: Vec<(String,)> = conn.all("SELECT DISTINCT action FROM audit ORDER BY action", args![]).await?;
    Ok(rows.into_iter().map(|(action,)| action).collect())
}
