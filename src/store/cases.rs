//! Cases, their events, and the forms that were already answered. What a case may do is decided
//! elsewhere; here a change of an older version changes nothing.

use super::{Conn, Result, stored};
use crate::args;
use crate::clock::Instant;

/// A case as it stands in its row. Names of workflow, state and fields are those of its edition.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CaseRow {
    pub id: String,
    pub number: String,
    pub workflow: String,
    pub edition: String,
    pub state: String,
    pub version: i64,
    pub applicant: String,
    /// The applicant's name when it was begun or sent.
    pub name: String,
    /// Unit code of the applicant's department, frozen when it is first sent.
    pub department: String,
    /// The term that it is of.
    pub term: String,
    pub open_slot: i64,
    pub waits_role: String,
    pub waits_unit: String,
    pub waits_since: String,
    /// JSON of what was typed, by field.
    pub raw: String,
    /// JSON of what lists show, by field.
    pub columns: String,
    pub search: String,
    /// Names of the windows that were open when it was first sent, joined by commas.
    pub rounds: String,
    /// Names of the fields that are to be mended, joined by commas.
    pub named: String,
    pub first_sent_at: String,
    pub sent_at: String,
    pub claimed_by: String,
    pub claimed_until: String,
    pub created_at: String,
    pub changed_at: String,
}

/// One event of a case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EventRow {
    pub version: i64,
    pub at: String,
    pub actor: String,
    pub actor_name: String,
    pub actor_unit: String,
    /// The account and the name of whoever lent the role that was acted in; empty for one's own.
    pub lender: String,
    pub lender_name: String,
    /// Empty for the beginning, `undo` for one that undid the one before.
    pub step: String,
    pub from_state: String,
    pub to_state: String,
    pub note: String,
    pub named: String,
    /// JSON: texts in both languages.
    pub reasons: String,
    /// JSON of the answers that were sent with it; empty where none were.
    pub answers: String,
    /// JSON of what the move asked for; empty where it asked for nothing.
    pub asked: String,
    pub undone: bool,
}

pub(super) const COLUMNS: &str = "id, number, workflow, edition, state, version, applicant, name, department, term, open_slot, \
     waits_role, waits_unit, waits_since, raw, columns, search, rounds, named, COALESCE(first_sent_at, ''), \
     COALESCE(sent_at, ''), claimed_by, claimed_until, created_at, changed_at";

impl<'r, R: sqlx::Row> sqlx::FromRow<'r, R> for CaseRow
where
    usize: sqlx::ColumnIndex<R>,
    String: sqlx::Decode<'r, R::Database> + sqlx::Type<R::Database>,
    i64: sqlx::Decode<'r, R::Database> + sqlx::Type<R::Database>,
{
    fn from_row(row: &'r R) -> std::result::Result<CaseRow, sqlx::Error> {
        Ok(CaseRow {
            id: row.try_get(0)?,
            number: row.try_get(1)?,
            workflow: row.try_get(2)?,
            edition: row.try_get(3)?,
            state: row.try_get(4)?,
            version: row.try_get(5)?,
            applicant: row.try_get(6)?,
            name: row.try_get(7)?,
            department: row.try_get(8)?,
            term: row.try_get(9)?,
            open_slot: row.try_get(10)?,
            waits_role: row.try_get(11)?,
            waits_unit: row.try_get(12)?,
            waits_since: row.try_get(13)?,
            raw: row.try_get(14)?,
            columns: row.try_get(15)?,
            search: row.try_get(16)?,
            rounds: row.try_get(17)?,
            named: row.try_get(18)?,
            first_sent_at: row.try_get(19)?,
            sent_at: row.try_get(20)?,
            claimed_by: row.try_get(21)?,
            claimed_until: row.try_get(22)?,
            created_at: row.try_get(23)?,
            changed_at: row.try_get(24)?,
        })
    }
}

/// A case by its id.
pub async fn by_id(conn: &mut Conn, id: &str) -> Result<Option<CaseRow>> {
    conn.first(&format!("SELECT {COLUMNS} FROM cases WHERE id = $1"), args![id]).await
}

/// A person's cases, the latest first.
pub async fn of_applicant(conn: &mut Conn, applicant: &str) -> Result<Vec<CaseRow>> {
    let sql = format!("SELECT {COLUMNS} FROM cases WHERE applicant = $1 ORDER BY created_at DESC, id");
    conn.all(&sql, args![applicant]).await
}

/// The slots that a person's open cases of a workflow take.
pub async fn open_slots(conn: &mut Conn, workflow: &str, applicant: &str) -> Result<Vec<i64>> {
    let rows: Vec<(i64,)> = conn
        .all(
            "SELECT open_slot FROM cases WHERE workflow = $1 AND applicant = $2 AND open_slot > 0 ORDER BY open_slot",
            args![workflow, applicant],
        )
        .await?;
    Ok(rows.into_iter().map(|(slot,)| slot).collect())
}

/// Adds a case; false where its slot or its number is taken: nothing was added then.
pub async fn add(conn: &mut Conn, case: &CaseRow) -> Result<bool> {
    let added = conn
        .run(
            "INSERT INTO cases (id, number, workflow, edition, state, version, applicant, name, department, term,
             open_slot, waits_role, waits_unit, waits_since, raw, columns, search, rounds, named, claimed_by,
             claimed_until, created_at, changed_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, '', '', $20,
             $20) ON CONFLICT DO NOTHING",
            args![
                &case.id,
                &case.number,
                &case.workflow,
                &case.edition,
                &case.state,
                case.version,
                &case.applicant,
                &case.name,
                &case.department,
                &case.term,
                case.open_slot,
                &case.waits_role,
                &case.waits_unit,
                &case.waits_since,
                &case.raw,
                &case.columns,
                &case.search,
                &case.rounds,
                &case.named,
                &case.created_at,
            ],
        )
        .await?;
    Ok(added == 1)
}

/// Writes all that a move changes, where the case is still of the version before; whether it was.
pub async fn change(conn: &mut Conn, case: &CaseRow, before: i64) -> Result<bool> {
    let sent = |at: &str| (!at.is_empty()).then(|| at.to_owned());
    let (first_sent, last_sent) = (sent(&case.first_sent_at), sent(&case.sent_at));
    let changed = conn
        .run(
            "UPDATE cases SET state = $3, version = $4, name = $5, department = $6, open_slot = $7, waits_role = $8,
             waits_unit = $9, waits_since = $10, raw = $11, columns = $12, search = $13, rounds = $14, named = $15,
             first_sent_at = $16, sent_at = $17, claimed_by = '', claimed_until = '', changed_at = $18, term = $19
             WHERE id = $1 AND version = $2",
            args![
                &case.id,
                before,
                &case.state,
                case.version,
                &case.name,
                &case.department,
                case.open_slot,
                &case.waits_role,
                &case.waits_unit,
                &case.waits_since,
                &case.raw,
                &case.columns,
                &case.search,
                &case.rounds,
                &case.named,
                first_sent.as_deref(),
                last_sent.as_deref(),
                &case.changed_at,
                &case.term,
            ],
        )
        .await?;
    Ok(changed == 1)
}

/// Keeps what was typed into a form that is not sent yet, where the row is still of that version and
/// holds those answers; whether it did. A draft's version stays: it counts moves.
pub async fn keep(conn: &mut Conn, seen: &CaseRow, raw: &str, term: &str, now: Instant) -> Result<bool> {
    let kept = conn
        .run(
            "UPDATE cases SET raw = $4, changed_at = $5, term = $6 WHERE id = $1 AND version = $2 AND raw = $3",
            args![&seen.id, seen.version, &seen.raw, raw, stored(now), term],
        )
        .await?;
    Ok(kept == 1)
}

/// Marks a case of that version as changed, so that no move of it is made beside this transaction;
/// whether it still was of that version.
pub async fn touch(conn: &mut Conn, id: &str, version: i64, now: Instant) -> Result<bool> {
    let sql = "UPDATE cases SET changed_at = $3 WHERE id = $1 AND version = $2";
    Ok(conn.run(sql, args![id, version, stored(now)]).await? == 1)
}

/// Removes a case that was never sent; whether there was one.
pub async fn discard(conn: &mut Conn, id: &str, version: i64) -> Result<bool> {
    let never_sent = "FROM cases WHERE id = $1 AND version = $2 AND first_sent_at IS NULL";
    let there: Option<(String,)> = conn.first(&format!("SELECT id {never_sent}"), args![id, version]).await?;
    if there.is_none() {
        return Ok(false);
    }
    conn.run("DELETE FROM case_events WHERE case_id = $1", args![id]).await?;
    conn.run("DELETE FROM case_reminders WHERE case_id = $1", args![id]).await?;
    Ok(conn.run(&format!("DELETE {never_sent}"), args![id, version]).await? == 1)
}

pub async fn add_event(conn: &mut Conn, id: &str, event: &EventRow) -> Result<()> {
    conn.run(
        "INSERT INTO case_events (case_id, version, at, actor, actor_name, actor_unit, lender, lender_name, step, from_state,
         to_state, note, named, reasons, answers, asked, undone)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, 0)",
        args![
            id,
            event.version,
            &event.at,
            &event.actor,
            &event.actor_name,
            &event.actor_unit,
            &event.lender,
            &event.lender_name,
            &event.step,
            &event.from_state,
            &event.to_state,
            &event.note,
            &event.named,
            &event.reasons,
            &event.answers,
            &event.asked,
        ],
    )
    .await?;
    Ok(())
}

/// Marks an event as undone by the one that follows it.
pub async fn mark_undone(conn: &mut Conn, id: &str, version: i64) -> Result<()> {
    conn.run("UPDATE case_events SET undone = 1 WHERE case_id = $1 AND version = $2", args![id, version]).await?;
    Ok(())
}

impl<'r, R: sqlx::Row> sqlx::FromRow<'r, R> for EventRow
where
    usize: sqlx::ColumnIndex<R>,
    String: sqlx::Decode<'r, R::Database> + sqlx::Type<R::Database>,
    i64: sqlx::Decode<'r, R::Database> + sqlx::Type<R::Database>,
{
    fn from_row(row: &'r R) -> std::result::Result<EventRow, sqlx::Error> {
        Ok(EventRow {
            version: row.try_get(0)?,
            at: row.try_get(1)?,
            actor: row.try_get(2)?,
            actor_name: row.try_get(3)?,
            actor_unit: row.try_get(4)?,
            lender: row.try_get(5)?,
            lender_name: row.try_get(6)?,
            step: row.try_get(7)?,
            from_state: row.try_get(8)?,
            to_state: row.try_get(9)?,
            note: row.try_get(10)?,
            named: row.try_get(11)?,
            reasons: row.try_get(12)?,
            answers: row.try_get(13)?,
            asked: row.try_get(14)?,
            undone: row.try_get::<i64, _>(15)? != 0,
        })
    }
}

/// A case's events, the oldest first.
pub async fn events(conn: &mut Conn, id: &str) -> Result<Vec<EventRow>> {
    conn.all(
        "SELECT version, at, actor, actor_name, actor_unit, lender, lender_name, step, from_state, to_state, note, named,
         reasons, answers, asked, undone FROM case_events WHERE case_id = $1 ORDER BY version",
        args![id],
    )
    .await
}

/// Remembers that an actor's form was answered; the case that it was about where it was before.
pub async fn answered(conn: &mut Conn, actor: &str, nonce: &str, case: &str, now: Instant) -> Result<Option<String>> {
    let added = conn
        .run(
            "INSERT INTO case_requests (actor, nonce, case_id, at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
            args![actor, nonce, case, stored(now)],
        )
        .await?;
    if added == 1 {
        return Ok(None);
    }
    let before: Option<(String,)> =
        conn.first("SELECT case_id FROM case_requests WHERE actor = $1 AND nonce = $2", args![actor, nonce]).await?;
    Ok(before.map(|(case,)| case))
}

/// Forgets which forms were answered before a moment; how many.
pub async fn forget_requests(conn: &mut Conn, before: Instant) -> Result<u64> {
    conn.run("DELETE FROM case_requests WHERE at < $1", args![stored(before)]).await
}

/// Takes a case to work on, where nobody else has it; whether it is now theirs.
pub async fn claim(conn: &mut Conn, id: &str, by: &str, now: Instant, until: Instant) -> Result<bool> {
    let taken = conn
        .run(
            "UPDATE cases SET claimed_by = $2, claimed_until = $4
             WHERE id = $1 AND (claimed_by = '' OR claimed_by = $2 OR claimed_until < $3)",
            args![id, by, stored(now), stored(until)],
        )
        .await?;
    Ok(taken == 1)
}

/// Gives a case back that someone had taken; whether they had.
pub async fn release(conn: &mut Conn, id: &str, by: &str) -> Result<bool> {
    let given = conn
        .run("UPDATE cases SET claimed_by = '', claimed_until = '' WHERE id = $1 AND claimed_by = $2", args![id, by])
        .await?;
    Ok(given == 1)
}

/// Whether the text of an edition is kept.
pub async fn has_edition(conn: &mut Conn, edition: &str) -> Result<bool> {
    let row: Option<(String,)> = conn.first("SELECT school FROM editions WHERE edition = $1", args![edition]).await?;
    Ok(row.is_some())
}

/// Keeps the text of an edition, once.
pub async fn keep_edition(conn: &mut Conn, edition: &str, school: &str, files: &str, now: Instant) -> Result<()> {
    conn.run(
        "INSERT INTO editions (edition, school, files, kept_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
        args![edition, school, files, stored(now)],
    )
    .await?;
    Ok(())
}

/// The text of an edition, as it was kept.
pub async fn edition(conn: &mut Conn, edition: &str) -> Result<Option<String>> {
    let row: Option<(String,)> = conn.first("SELECT files FROM editions WHERE edition = $1", args![edition]).await?;
    Ok(row.map(|(files,)| files))
}
