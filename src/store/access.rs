//! Who an account is: the rows from which a viewer's rights are made.

use super::{Conn, Result};
use crate::args;
use crate::clock::Day;

/// An account with the person behind it, as they are on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    pub account: String,
    pub lang: String,
    /// The name on the student's record, where the account is a student's.
    pub student_name: Option<String>,
    /// The name on the staff record, where there is one.
    pub staff_name: Option<String>,
}

/// A role that a person holds in a unit; `college` is the unit's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holding {
    pub role: String,
    pub unit: String,
    pub unit_name: String,
    pub college: String,
    /// The account that lends it for a time; empty for one's own.
    pub lent_by: String,
}

/// A person by account; `None` where there is no such account or it is disabled.
pub async fn person(conn: &mut Conn, account: &str, today: Day) -> Result<Option<Person>> {
    let row: Option<(String, String, Option<String>, Option<String>)> = conn
        .first(
            "SELECT a.account, a.lang, v.name, s.name FROM accounts a
             LEFT JOIN student_versions v ON v.student = a.account AND v.valid_from <= $2 AND $2 < v.valid_to
             LEFT JOIN staff s ON s.account = a.account
             WHERE a.account = $1 AND a.disabled = 0",
            args![account, today.to_string()],
        )
        .await?;
    Ok(row.map(|(account, lang, student_name, staff_name)| Person { account, lang, student_name, staff_name }))
}

/// The roles of a member of staff with their units, and those that are lent to them on a day by
/// someone who holds them. A unit that was never imported (an office that only the school's folder
/// names) stands for itself.
pub async fn holdings(conn: &mut Conn, account: &str, today: Day) -> Result<Vec<Holding>> {
    let rows: Vec<(String, String, Option<String>, Option<String>, String)> = conn
        .all(
            "SELECT h.role, h.unit, u.name, u.college, h.lent_by FROM (
               SELECT role, unit, '' AS lent_by FROM staff_roles WHERE account = $1
               UNION ALL
               SELECT d.role, d.unit, d.account FROM delegations d
               JOIN staff_roles r ON r.account = d.account AND r.role = d.role AND r.unit = d.unit
               JOIN accounts a ON a.account = d.account AND a.disabled = 0
               WHERE d.to_account = $1 AND d.from_day <= $2 AND d.until_day >= $2 AND d.ended_at = ''
             ) h LEFT JOIN units u ON u.code = h.unit ORDER BY h.lent_by, h.role, h.unit",
            args![account, today.to_string()],
        )
        .await?;
    let mut holdings: Vec<Holding> = Vec::new();
    for (role, unit, name, college, lent_by) in rows {
        // What is one's own needs no lending.
        if holdings.iter().any(|held| held.role == role && held.unit == unit && held.lent_by.is_empty()) {
            continue;
        }
        let (unit_name, college) = (name.unwrap_or_else(|| unit.clone()), college.unwrap_or_default());
        holdings.push(Holding { role, unit_name, unit, college, lent_by });
    }
    Ok(holdings)
}

/// Other accounts of the person behind one: whoever works here and studies here has two.
pub async fn same_person(conn: &mut Conn, account: &str) -> Result<Vec<String>> {
    let rows: Vec<(String,)> = conn
        .all(
            "SELECT student FROM staff WHERE account = $1 AND student <> ''
             UNION SELECT account FROM staff WHERE student = $1 AND student <> ''
             UNION SELECT o.account FROM staff s JOIN staff o ON o.student = s.student
             WHERE s.account = $1 AND s.student <> '' AND o.student <> ''",
            args![account],
        )
        .await?;
    Ok(rows.into_iter().map(|(other,)| other).filter(|other| other != account).collect())
}

/// The names of members of staff, by account.
pub async fn staff_names(conn: &mut Conn, accounts: &[&str]) -> Result<Vec<(String, String)>> {
    let mut names = Vec::new();
    for chunk in accounts.chunks(500) {
        let args: Vec<super::Arg<'_>> = chunk.iter().map(|account| super::Arg::from(*account)).collect();
        let sql = format!("SELECT account, name FROM staff WHERE account IN {}", super::register::marks(chunk.len()));
        names.extend(conn.all::<(String, String)>(&sql, &args).await?);
    }
    Ok(names)
}

/// The classes of which the account is tutor on a day.
pub async fn tutored_classes(conn: &mut Conn, account: &str, today: Day) -> Result<Vec<String>> {
    let rows: Vec<(String,)> = conn
        .all(
            "SELECT c.class FROM class_tutors t JOIN class_versions c ON c.id = t.class_id
             WHERE t.account = $1 AND c.valid_from <= $2 AND $2 < c.valid_to ORDER BY c.class",
            args![account, today.to_string()],
        )
        .await?;
    Ok(rows.into_iter().map(|(class,)| class).collect())
}

/// The languages that people chose, by account.
pub async fn languages(conn: &mut Conn) -> Result<Vec<(String, String)>> {
    conn.all("SELECT account, lang FROM accounts", args![]).await
}
