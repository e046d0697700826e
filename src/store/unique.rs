//! Texts of cases that are to be told apart, as marks that say nothing of the text itself.

use super::{Conn, Result};
use crate::args;

/// At most so many cases with the same text are told.
const MOST: i64 = 50;

/// A case's text in a field: `alone` where no other case may have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Marked<'a> {
    pub field: &'a str,
    pub mark: String,
    pub alone: bool,
}

/// Writes a case's marks over those that it had; the field where another case has one that is to be alone.
pub async fn put<'a>(conn: &mut Conn, case: &str, marks: &[Marked<'a>]) -> Result<Option<&'a str>> {
    conn.run("DELETE FROM case_marks WHERE case_id = $1", args![case]).await?;
    for one in marks {
        let sql = "INSERT INTO case_marks (case_id, field, mark, alone) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
        if conn.run(sql, args![case, one.field, &one.mark, i64::from(one.alone)]).await? == 0 {
            return Ok(Some(one.field));
        }
    }
    Ok(None)
}

/// Others may have what a case had.
pub async fn release(conn: &mut Conn, case: &str) -> Result<()> {
    conn.run("UPDATE case_marks SET alone = 0 WHERE case_id = $1 AND alone = 1", args![case]).await?;
    Ok(())
}

/// Whether another case has a mark that is to be alone.
pub async fn is_taken(conn: &mut Conn, field: &str, mark: &str, but: &str) -> Result<bool> {
    let sql = "SELECT case_id FROM case_marks WHERE field = $1 AND mark = $2 AND alone = 1 AND case_id <> $3";
    Ok(conn.first::<(String,)>(sql, args![field, mark, but]).await?.is_some())
}

/// Workflow, state and applicant of the other cases that have a mark.
pub async fn standing(conn: &mut Conn, field: &str, mark: &str, but: &str) -> Result<Vec<(String, String, String)>> {
    let sql = "SELECT c.workflow, c.state, c.applicant FROM case_marks m JOIN cases c ON c.id = m.case_id
               WHERE m.field = $1 AND m.mark = $2 AND m.case_id <> $3 ORDER BY c.id LIMIT $4";
    conn.all(sql, args![field, mark, but, MOST]).await
}

/// Other cases (ids) that have a mark.
pub async fn others(conn: &mut Conn, field: &str, mark: &str, but: &str) -> Result<Vec<String>> {
    let sql = "SELECT case_id FROM case_marks WHERE field = $1 AND mark = $2 AND case_id <> $3
               ORDER BY case_id LIMIT $4";
    Ok(conn.all::<(String,)>(sql, args![field, mark, but, MOST]).await?.into_iter().map(|(id,)| id).collect())
}
