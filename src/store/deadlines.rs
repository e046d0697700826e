//! How long cases have been in their states, and of which stays was reminded.

use super::{Conn, Result, stored};
use crate::args;
use crate::clock::Instant;

/// A case's stay in its state, which its version names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stay {
    pub id: String,
    pub number: String,
    pub version: i64,
    /// As stored.
    pub since: String,
    pub reminded: bool,
}

/// Workflow, edition and state of all cases that are not over.
pub async fn kinds(conn: &mut Conn) -> Result<Vec<(String, String, String)>> {
    let sql = "SELECT DISTINCT workflow, edition, state FROM cases WHERE open_slot > 0
               ORDER BY workflow, edition, state";
    conn.all(sql, args![]).await
}

/// Moments before which stays began that may be over, as stored; empty where there is none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Over {
    /// Of those that lapse.
    pub lapse: String,
    /// Of those to be reminded of, once.
    pub remind: String,
}

/// The cases that are in a state for so long that they may be due, the longest first. One that another
/// case uses stays as it is: time has nothing to do with it until that case lets it go.
pub async fn stays(conn: &mut Conn, workflow: &str, edition: &str, state: &str, over: &Over) -> Result<Vec<Stay>> {
    let rows: Vec<(String, String, i64, String, i64)> = conn
        .all(
            "SELECT c.id, c.number, c.version, c.waits_since, CAST(COUNT(r.case_id) AS BIGINT) FROM cases c
             LEFT JOIN case_reminders r ON r.case_id = c.id AND r.version = c.version
             WHERE c.workflow = $1 AND c.edition = $2 AND c.state = $3 AND c.open_slot > 0
               AND NOT EXISTS (SELECT 1 FROM case_uses u WHERE u.used = c.id AND u.live = 1)
               AND c.waits_since < CASE WHEN $4 > $5 THEN $4 ELSE $5 END
             GROUP BY c.id, c.number, c.version, c.waits_since
             HAVING c.waits_since < $4 OR COUNT(r.case_id) = 0 ORDER BY c.waits_since, c.id",
            args![workflow, edition, state, &over.lapse, &over.remind],
        )
        .await?;
    Ok(rows
        .into_iter()
        .map(|(id, number, version, since, reminded)| Stay { id, number, version, since, reminded: reminded > 0 })
        .collect())
}

/// Notes that a stay was reminded of, where it still lasts; whether it is the first time.
pub async fn remind(conn: &mut Conn, case: &str, version: i64, now: Instant) -> Result<bool> {
    let noted = conn
        .run(
            "INSERT INTO case_reminders (case_id, version, at)
             SELECT id, version, $3 FROM cases WHERE id = $1 AND version = $2 ON CONFLICT DO NOTHING",
            args![case, version, stored(now)],
        )
        .await?;
    Ok(noted == 1)
}

/// Notes that someone was reminded of a round's date; whether it is the first time.
pub async fn remind_of_date(conn: &mut Conn, date: &str, account: &str, now: Instant) -> Result<bool> {
    let sql = "INSERT INTO date_reminders (date, account, at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
    Ok(conn.run(sql, args![date, account, stored(now)]).await? == 1)
}

/// Who was reminded of a round's date.
pub async fn reminded_of_date(conn: &mut Conn, date: &str) -> Result<Vec<String>> {
    let rows: Vec<(String,)> =
        conn.all("SELECT account FROM date_reminders WHERE date = $1 ORDER BY account", args![date]).await?;
    Ok(rows.into_iter().map(|(account,)| account).collect())
}

/// The rounds of the cases of a workflow that wait for a role in a unit.
pub async fn waiting_rounds(conn: &mut Conn, workflow: &str, role: &str, unit: &str) -> Result<Vec<String>> {
    let sql = "SELECT rounds FROM cases WHERE waits_unit = $1 AND waits_role = $2 AND workflow = $3";
    let rows: Vec<(String,)> = conn.all(sql, args![unit, role, workflow]).await?;
    Ok(rows.into_iter().map(|(rounds,)| rounds).collect())
}
