//! What reviewers found who looked at a check. Nothing of it is changed: who looks again adds to it.

use super::{Conn, Result};
use crate::args;

/// Somebody looked at a check of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Look {
    pub check: String,
    /// `right`, `wrong`, or empty: it is to be looked at again.
    pub verdict: String,
    pub actor: String,
    pub actor_name: String,
    pub at: String,
}

/// The last look at each check of a case, of those since a moment.
pub async fn since(conn: &mut Conn, case: &str, moment: &str) -> Result<Vec<Look>> {
    let rows: Vec<(String, String, String, String, String)> = conn
        .all(
            "SELECT check_id, verdict, actor, actor_name, at FROM case_looks l WHERE case_id = $1 AND at >= $2
             AND number = (SELECT MAX(number) FROM case_looks o WHERE o.case_id = $1 AND o.check_id = l.check_id)
             ORDER BY check_id",
            args![case, moment],
        )
        .await?;
    let look = |(check, verdict, actor, actor_name, at)| Look { check, verdict, actor, actor_name, at };
    Ok(rows.into_iter().map(look).collect())
}

/// Adds a look; false where another of the same check came at the same moment.
pub async fn add(conn: &mut Conn, case: &str, look: &Look) -> Result<bool> {
    let added = conn
        .run(
            "INSERT INTO case_looks (case_id, check_id, number, verdict, actor, actor_name, at)
             SELECT $1, $2, COALESCE(MAX(number), 0) + 1, $3, $4, $5, $6 FROM case_looks
             WHERE case_id = $1 AND check_id = $2 ON CONFLICT DO NOTHING",
            args![case, &look.check, &look.verdict, &look.actor, &look.actor_name, &look.at],
        )
        .await?;
    Ok(added == 1)
}
