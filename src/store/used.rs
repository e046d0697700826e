//! Cases that others use: one that is in use is used by no other.

use super::register::marks;
use super::{Arg, Conn, Result};
use crate::args;

/// Writes which cases a case uses over those that it used; false where another uses one of them, or it is
/// no longer in the state in which it was seen.
pub async fn put(conn: &mut Conn, case: &str, used: &[Used<'_>]) -> Result<bool> {
    conn.run("DELETE FROM case_uses WHERE case_id = $1", args![case]).await?;
    for one in used {
        // Its row is held to the end of this transaction: nobody moves it meanwhile.
        let hold = "UPDATE cases SET version = version WHERE id = $1 AND state = $2";
        if conn.run(hold, args![one.case, one.state]).await? == 0 {
            return Ok(false);
        }
        let sql = "INSERT INTO case_uses (case_id, field, used, live) VALUES ($1, $2, $3, 1) ON CONFLICT DO NOTHING";
        if conn.run(sql, args![case, one.field, one.case]).await? == 0 {
            return Ok(false);
        }
    }
    Ok(true)
}

/// A case that a field uses, and the state in which it was seen.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Used<'a> {
    pub case: &'a str,
    pub field: &'a str,
    pub state: &'a str,
}

/// Others may use what a case used.
pub async fn release(conn: &mut Conn, case: &str) -> Result<()> {
    conn.run("UPDATE case_uses SET live = 0 WHERE case_id = $1 AND live = 1", args![case]).await?;
    Ok(())
}

/// The case (its id and number) that uses a case.
pub async fn user(conn: &mut Conn, used: &str) -> Result<Option<(String, String)>> {
    let sql =
        "SELECT c.id, c.number FROM case_uses u JOIN cases c ON c.id = u.case_id WHERE u.used = $1 AND u.live = 1";
    conn.first(sql, args![used]).await
}

/// Every case (its id) that uses or used a case.
pub async fn users(conn: &mut Conn, used: &str) -> Result<Vec<String>> {
    let sql = "SELECT DISTINCT case_id FROM case_uses WHERE used = $1";
    Ok(conn.all::<(String,)>(sql, args![used]).await?.into_iter().map(|(id,)| id).collect())
}

/// Those of a person's cases that another than `but` uses.
pub async fn taken(conn: &mut Conn, applicant: &str, but: &str) -> Result<Vec<String>> {
    let sql = "SELECT u.used FROM case_uses u JOIN cases c ON c.id = u.used
               WHERE c.applicant = $1 AND u.live = 1 AND u.case_id <> $2";
    Ok(conn.all::<(String,)>(sql, args![applicant, but]).await?.into_iter().map(|(id,)| id).collect())
}

/// What was last sent of cases: their ids with the answers that an event keeps.
pub async fn sent(conn: &mut Conn, ids: &[&str]) -> Result<Vec<(String, String)>> {
    let mut out = Vec::new();
    for chunk in ids.chunks(500) {
        let args: Vec<Arg<'_>> = chunk.iter().map(|id| Arg::from(*id)).collect();
        let sql = format!(
            "SELECT case_id, answers FROM case_events WHERE answers <> '' AND case_id IN {} ORDER BY case_id, version",
            marks(chunk.len())
        );
        out.extend(conn.all::<(String, String)>(&sql, &args).await?);
    }
    Ok(out)
}
