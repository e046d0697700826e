//! What others last did with a person's cases, and where people were on a day: what lists of cases tell
//! beside them.

use super::register::marks;
use super::{Arg, Conn, Result};
use crate::args;

/// The last move of somebody else that still stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Decision {
    pub person: String,
    pub at: String,
    pub note: String,
    /// Nothing was done with the case since: the note is about its present state.
    pub stands: bool,
}

/// What others last did with each of a person's cases, by the case's id.
pub async fn of_applicant(conn: &mut Conn, applicant: &str) -> Result<Vec<(String, Decision)>> {
    let sql =
        "SELECT e.case_id, e.actor, e.actor_name, e.at, e.note FROM case_events e JOIN cases c ON c.id = e.case_id
               WHERE c.applicant = $1 AND e.undone = 0 AND e.step NOT IN ('', 'undo') ORDER BY e.case_id, e.version";
    let rows: Vec<(String, String, String, String, String)> = conn.all(sql, args![applicant]).await?;
    let mut out: Vec<(String, Decision)> = Vec::new();
    for (case, actor, person, at, note) in rows {
        if !actor.is_empty() && actor != applicant {
            out.retain(|(known, _)| *known != case);
            out.push((case, Decision { person, at, note, stands: true }));
        } else if let Some((_, decision)) = out.last_mut().filter(|(known, _)| *known == case) {
            decision.stands = false;
        }
    }
    Ok(out)
}

/// Where a student is on a day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Placed {
    pub student: String,
    pub division: String,
    /// The class by its name, else by its code.
    pub class: String,
}

/// Where students are on a day.
pub async fn placed(conn: &mut Conn, students: &[&str], day: &str) -> Result<Vec<Placed>> {
    let mut out = Vec::new();
    for chunk in students.chunks(500) {
        let mut args: Vec<Arg<'_>> = chunk.iter().map(|student| Arg::from(*student)).collect();
        args.push(Arg::from(day));
        let day = args.len();
        let sql = format!(
            "SELECT v.student, v.division, COALESCE(k.name, v.class) FROM student_versions v
             LEFT JOIN class_versions k ON k.class = v.class AND k.valid_from <= ${day} AND ${day} < k.valid_to
             WHERE v.student IN {} AND v.valid_from <= ${day} AND ${day} < v.valid_to",
            marks(chunk.len())
        );
        let rows: Vec<(String, String, String)> = conn.all(&sql, &args).await?;
        out.extend(rows.into_iter().map(|(student, division, class)| Placed { student, division, class }));
    }
    Ok(out)
}
