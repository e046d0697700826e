//! Which due moments of notices were taken. A slot is taken once, whoever asks first: its row is
//! written in the transaction of what it causes.

use super::{Conn, Result, stored};
use crate::args;
use crate::clock::Instant;

/// What became of a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    Sent,
    /// Found too late, or overtaken by a later one.
    Missed,
}

impl Taken {
    const fn code(self) -> &'static str {
        match self {
            Taken::Sent => "sent",
            Taken::Missed => "missed",
        }
    }
}

const SINCE: &str = "since";

/// Takes a slot; false where it was taken before.
pub async fn take(conn: &mut Conn, notice: &str, slot: Instant, taken: Taken, now: Instant) -> Result<bool> {
    let inserted = conn
        .run(
            "INSERT INTO schedule_slots (notice, slot, taken_at, outcome) VALUES ($1, $2, $3, $4)
             ON CONFLICT DO NOTHING",
            args![notice, stored(slot), stored(now), taken.code()],
        )
        .await?;
    Ok(inserted == 1)
}

/// The slots of a notice taken so far, with what became of them.
pub async fn taken(conn: &mut Conn, notice: &str) -> Result<Vec<(String, String)>> {
    conn.all(
        "SELECT slot, outcome FROM schedule_slots WHERE notice = $1 AND slot <> $2 ORDER BY slot",
        args![notice, SINCE],
    )
    .await
}

/// Since when the scheduler knows a notice, as stored; `None` where it does not yet.
pub async fn known_since(conn: &mut Conn, notice: &str) -> Result<Option<String>> {
    let row: Option<(String,)> =
        conn.first("SELECT taken_at FROM schedule_slots WHERE notice = $1 AND slot = $2", args![notice, SINCE]).await?;
    Ok(row.map(|(since,)| since))
}

/// Notes that the scheduler knows a notice from now on.
pub async fn know(conn: &mut Conn, notice: &str, now: Instant) -> Result<()> {
    conn.run(
        "INSERT INTO schedule_slots (notice, slot, taken_at, outcome) VALUES ($1, $2, $3, '') ON CONFLICT DO NOTHING",
        args![notice, SINCE, stored(now)],
    )
    .await?;
    Ok(())
}

/// How many slots were missed.
pub async fn missed(conn: &mut Conn) -> Result<i64> {
    let (missed,): (i64,) = conn.one("SELECT COUNT(*) FROM schedule_slots WHERE outcome = 'missed'", args![]).await?;
    Ok(missed)
}
