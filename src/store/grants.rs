//! What cases granted students against the general rule, to an end: only added, or taken back by a
//! second record. What of it counts when a student is judged stands with the sums in `facts`.

use super::{Conn, Result};
use crate::amount::Amount;
use crate::args;
use crate::clock::Day;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Waive,
    Substitute,
    Extend,
}

impl Kind {
    const ALL: [Kind; 3] = [Kind::Waive, Kind::Substitute, Kind::Extend];

    const fn name(self) -> &'static str {
        match self {
            Kind::Waive => "waive",
            Kind::Substitute => "substitute",
            Kind::Extend => "extend",
        }
    }
}

/// Something granted. Days are as stored, `YYYY-MM-DD`; names are those of the school's folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    pub id: i64,
    pub kind: Kind,
    /// A requirement, a category or a workflow.
    pub what: String,
    pub amount: Amount,
    pub happened_on: String,
    /// The term of `happened_on`, as `114-1`.
    pub term: String,
    /// Of what is extended; empty: every one.
    pub round: String,
    /// Why, or what stands in: in Chinese, and in English where there is such a text.
    pub said: (String, Option<String>),
    /// The last day, included.
    pub until: String,
    pub by_name: String,
    pub by_unit: String,
    /// The number of the case that it comes from, and the version that the case had by the move.
    pub case: String,
    pub case_version: i64,
    pub recorded_on: String,
    /// When it was taken back, where that was recorded by the day asked for.
    pub taken_back_on: Option<String>,
}

/// Adds what a case granted a student, approved by an account. The caller then has `facts::update` bring the student's facts
/// up to date.
pub async fn add(conn: &mut Conn, student: &str, grant: &Grant, by_account: &str, recorded_at: &str) -> Result<()> {
    let id = conn.numbers(1).await?;
    conn.run(
        "INSERT INTO grants (id, student, kind, what, amount, happened_on, term, round, said_zh, said_en, until_day,
         by_account, by_name, by_unit, case_number, case_version, recorded_on, recorded_at, takes_back)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, NULL)",
        args![
            id,
            student,
            grant.kind.name(),
            &grant.what,
            grant.amount.0,
            &grant.happened_on,
            &grant.term,
            &grant.round,
            &grant.said.0,
            grant.said.1.as_deref().unwrap_or_default(),
            &grant.until,
            by_account,
            &grant.by_name,
            &grant.by_unit,
            &grant.case,
            grant.case_version,
            &grant.recorded_on,
            recorded_at,
        ],
    )
    .await?;
    Ok(())
}

/// All that was granted a student and recorded by `day`, the latest first: also what is over, and what
/// was taken back.
pub async fn of_student(conn: &mut Conn, student: &str, day: Day) -> Result<Vec<Grant>> {
    type Row = (
        i64,
        String,
        String,
        i64,
        String,
        String,
        String,
        String,
        String,
        String,
        String,
        String,
        String,
        i64,
        String,
        Option<String>,
    );
    let rows: Vec<Row> = conn
        .all(
            "SELECT g.id, g.kind, g.what, g.amount, g.happened_on, g.term, g.round, g.said_zh, g.said_en, g.until_day,
                    g.by_name, g.by_unit, g.case_number, g.case_version, g.recorded_on, b.recorded_on
             FROM grants g LEFT JOIN grants b ON b.takes_back = g.id AND b.recorded_on <= $2
             WHERE g.student = $1 AND g.recorded_on <= $2 AND g.takes_back IS NULL ORDER BY g.id DESC",
            args![student, day.to_string()],
        )
        .await?;
    Ok(rows
        .into_iter()
        .filter_map(|row| {
            let (id, kind, what, amount, happened_on, term, round, zh, en, until, name, unit, case, version, on, back) =
                row;
            Some(Grant {
                id,
                kind: Kind::ALL.into_iter().find(|known| known.name() == kind)?,
                what,
                amount: Amount(amount),
                happened_on,
                term,
                round,
                said: (zh, Some(en).filter(|en| !en.is_empty())),
                until,
                by_name: name,
                by_unit: unit,
                case,
                case_version: version,
                recorded_on: on,
                taken_back_on: back,
            })
        })
        .collect())
}

/// What extends the filing of a workflow for a student on a day: rounds, each with the last day. Empty
/// is every round.
pub async fn extensions(conn: &mut Conn, student: &str, workflow: &str, day: Day) -> Result<Vec<(String, String)>> {
    let sql = format!(
        "SELECT g.round, g.until_day FROM grants g
         WHERE g.student = $1 AND g.kind = 'extend' AND g.what = $2 AND g.until_day >= $3 AND {}",
        standing("$3")
    );
    conn.all(&sql, args![student, workflow, day.to_string()]).await
}

/// Takes back what one move of a case granted and was not taken back yet: each by a record of its own, on `today` or
/// later where the record itself is. How many.
pub async fn take_back(
    conn: &mut Conn,
    student: &str,
    case: &str,
    version: i64,
    today: &str,
    recorded_at: &str,
) -> Result<u64> {
    let live = "FROM grants g WHERE g.student = $1 AND g.case_number = $2 AND g.case_version = $3
         AND g.takes_back IS NULL
         AND NOT EXISTS (SELECT 1 FROM grants b WHERE b.takes_back = g.id)";
    let (count,): (i64,) =
        conn.one(&format!("SELECT CAST(COUNT(*) AS BIGINT) {live}"), args![student, case, version]).await?;
    if count == 0 {
        return Ok(0);
    }
    let from = conn.numbers(count).await?;
    let sql = format!(
        "INSERT INTO grants (id, student, kind, what, amount, happened_on, term, round, said_zh, said_en, until_day,
         by_account, by_name, by_unit, case_number, case_version, recorded_on, recorded_at, takes_back)
         SELECT $4 + ROW_NUMBER() OVER (ORDER BY g.id) - 1, g.student, g.kind, g.what, g.amount, g.happened_on, g.term,
         g.round, g.said_zh, g.said_en, g.until_day, g.by_account, g.by_name, g.by_unit, g.case_number,
         g.case_version, CASE WHEN g.recorded_on > $5 THEN g.recorded_on ELSE $5 END, $6, g.id {live}"
    );
    conn.run(&sql, args![student, case, version, from, today, recorded_at]).await
}

/// Of a grant (`g`): recorded by a day, and not taken back by then. Whether it is over by then is for
/// whoever judges.
pub(super) fn standing(day: &str) -> String {
    format!(
        "g.takes_back IS NULL AND g.recorded_on <= {day}
         AND NOT EXISTS (SELECT 1 FROM grants b WHERE b.takes_back = g.id AND b.recorded_on <= {day})"
    )
}

/// What a grant (`g`) adds to a student's facts; `JUDGED` says of which grants.
pub(super) const FACT: &str = "CASE g.kind WHEN 'waive' THEN '!' || g.what || ':' || g.until_day
     ELSE '+' || g.what || ':' || g.term || ':' || g.amount || ':' || g.until_day END";
pub(super) const JUDGED: &str = "g.kind <> 'extend'";
