//! Mails of notices that were refused for good, or never taken in all their tries: who was not
//! reached and why, and of which of them the office was told.

use super::super::{Conn, Result, stored};
use crate::args;
use crate::clock::{Day, Instant};

/// A letter of a notice that did not arrive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undelivered {
    pub id: i64,
    pub letter: String,
    pub occasion: String,
    /// A student number or an account.
    pub person: String,
    /// As the records have it today; empty where they do not.
    pub name: String,
    pub recipient: String,
    pub why: String,
}

/// Remembers who had a notice sent by hand.
pub async fn sent_by(conn: &mut Conn, notice: &str, occasion: &str, account: &str) -> Result<()> {
    let sql = "INSERT INTO notice_senders (notice, occasion, account) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
    conn.run(sql, args![notice, occasion, account]).await?;
    Ok(())
}

/// Who had a notice sent by hand on an occasion.
pub async fn senders(conn: &mut Conn, notice: &str, occasion: &str) -> Result<Vec<String>> {
    let sql = "SELECT account FROM notice_senders WHERE notice = $1 AND occasion = $2 ORDER BY account";
    let rows: Vec<(String,)> = conn.all(sql, args![notice, occasion]).await?;
    Ok(rows.into_iter().map(|(account,)| account).collect())
}

/// Of which notices and occasions something is to be told: (notice, occasion). What was told within
/// `patience` is added to later; while first tries are still under way it is waited for their end,
/// but no longer than that.
pub async fn untold(conn: &mut Conn, now: Instant, patience: chrono::Duration) -> Result<Vec<(String, String)>> {
    let since = stored(now - patience);
    let dead: Vec<(String, String, String)> = conn
        .all(
            "SELECT notice, occasion, MIN(next_at) FROM outbox
             WHERE state = 'dead' AND reported IS NULL AND kind IN ('student', 'tutor', 'unit')
             GROUP BY notice, occasion ORDER BY notice, occasion",
            args![],
        )
        .await?;
    let mut untold = Vec::new();
    for (notice, occasion, first) in dead {
        let (told, under_way): (i64, i64) = conn
            .one(
                "SELECT CAST(COALESCE(SUM(CASE WHEN state = 'dead' AND reported > $3 THEN 1 ELSE 0 END), 0) AS BIGINT),
                        CAST(COALESCE(SUM(CASE WHEN state <> 'dead' AND tries = 0 THEN 1 ELSE 0 END), 0) AS BIGINT)
                 FROM outbox WHERE state IN ('dead', 'queued', 'leased') AND notice = $1 AND occasion = $2",
                args![&notice, &occasion, &since],
            )
            .await?;
        if told == 0 && (under_way == 0 || first <= since) {
            untold.push((notice, occasion));
        }
    }
    Ok(untold)
}

/// Marks an occasion's dead letters as told, in the caller's transaction: of two who do so at once
/// one gets them, the other none.
pub async fn take(conn: &mut Conn, notice: &str, occasion: &str, now: Instant, today: Day) -> Result<Vec<Undelivered>> {
    let ids: Vec<(i64,)> = conn
        .all(
            "UPDATE outbox SET reported = $1
             WHERE state = 'dead' AND reported IS NULL AND kind IN ('student', 'tutor', 'unit')
               AND notice = $2 AND occasion = $3
             RETURNING id",
            args![stored(now), notice, occasion],
        )
        .await?;
    let ids: std::collections::HashSet<i64> = ids.into_iter().map(|(id,)| id).collect();
    let all = of_notice(conn, notice, today, i64::MAX).await?;
    Ok(all.into_iter().filter(|one| ids.contains(&one.id)).collect())
}

/// The letters of a notice that did not arrive, the latest first.
pub async fn of_notice(conn: &mut Conn, notice: &str, today: Day, most: i64) -> Result<Vec<Undelivered>> {
    type Row = (i64, String, String, String, Option<String>, Option<String>, String, String);
    let rows: Vec<Row> = conn
        .all(
            "SELECT o.id, o.letter, o.occasion, o.person, v.name, s.name, o.recipient, o.last_error FROM outbox o
             LEFT JOIN student_versions v ON o.kind = 'student' AND v.student = o.person
               AND v.valid_from <= $2 AND $2 < v.valid_to
             LEFT JOIN staff s ON o.kind <> 'student' AND s.account = o.person
             WHERE o.state = 'dead' AND o.notice = $1 AND o.kind IN ('student', 'tutor', 'unit')
             ORDER BY o.id DESC LIMIT $3",
            args![notice, today.to_string(), most],
        )
        .await?;
    Ok(rows
        .into_iter()
        .map(|(id, letter, occasion, person, student, staff, recipient, why)| Undelivered {
            id,
            letter,
            occasion,
            person,
            name: student.or(staff).unwrap_or_default(),
            recipient,
            why,
        })
        .collect())
}

/// How many of each notice's letters did not arrive: (notice, letter, number).
pub async fn numbers(conn: &mut Conn) -> Result<Vec<(String, String, i64)>> {
    conn.all(
        "SELECT notice, letter, COUNT(*) FROM outbox WHERE state = 'dead' AND kind IN ('student', 'tutor', 'unit')
         GROUP BY notice, letter",
        args![],
    )
    .await
}

/// Puts the undelivered mails of a notice, or of one letter of it, back into the queue; how many.
pub async fn requeue(conn: &mut Conn, notice: &str, letter: Option<&str>) -> Result<u64> {
    conn.run(
        "UPDATE outbox SET state = 'queued', tries = 0, next_at = '', reported = NULL
         WHERE state = 'dead' AND notice = $1 AND ($2 = '' OR letter = $2) AND kind IN ('student', 'tutor', 'unit')",
        args![notice, letter.unwrap_or_default()],
    )
    .await
}
