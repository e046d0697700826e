//! Roles that are lent for a time. Who may lend what is decided elsewhere.

use super::{Conn, Result};
use crate::args;
use crate::clock::Day;

/// A role of a unit, lent by one account to another; both days are included.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Delegation {
    pub id: String,
    pub account: String,
    pub to_account: String,
    pub role: String,
    pub unit: String,
    pub from_day: String,
    pub until_day: String,
    pub made_at: String,
    /// Empty while it was not ended by hand.
    pub ended_at: String,
}

const COLUMNS: &str = "id, account, to_account, role, unit, from_day, until_day, made_at, ended_at";
type Row = (String, String, String, String, String, String, String, String, String);

fn row((id, account, to_account, role, unit, from_day, until_day, made_at, ended_at): Row) -> Delegation {
    Delegation { id, account, to_account, role, unit, from_day, until_day, made_at, ended_at }
}

pub async fn add(conn: &mut Conn, one: &Delegation) -> Result<()> {
    let sql = format!("INSERT INTO delegations ({COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)");
    let args = args![
        &one.id,
        &one.account,
        &one.to_account,
        &one.role,
        &one.unit,
        &one.from_day,
        &one.until_day,
        &one.made_at,
        &one.ended_at,
    ];
    conn.run(&sql, args).await?;
    Ok(())
}

/// Lets nobody else lend what an account lends until this transaction is over.
pub async fn one_at_a_time(conn: &mut Conn, account: &str) -> Result<()> {
    conn.run("UPDATE staff SET name = name WHERE account = $1", args![account]).await?;
    Ok(())
}

/// The same role of the same unit, lent by the same account to the same, that is not over and shares
/// a day with another.
pub async fn overlapping(conn: &mut Conn, one: &Delegation) -> Result<Vec<Delegation>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM delegations WHERE account = $1 AND to_account = $2 AND role = $3 AND unit = $4
         AND from_day <= $5 AND until_day >= $6 AND ended_at = '' ORDER BY from_day, id"
    );
    let args = args![&one.account, &one.to_account, &one.role, &one.unit, &one.until_day, &one.from_day];
    Ok(conn.all::<Row>(&sql, args).await?.into_iter().map(row).collect())
}

/// What an account lends or was lent, that is not over on a day; the first to end first.
pub async fn of_account(conn: &mut Conn, account: &str, today: Day) -> Result<Vec<Delegation>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM delegations WHERE (account = $1 OR to_account = $1) AND until_day >= $2
         AND ended_at = '' ORDER BY until_day, id"
    );
    Ok(conn.all::<Row>(&sql, args![account, today.to_string()]).await?.into_iter().map(row).collect())
}

pub async fn one(conn: &mut Conn, id: &str) -> Result<Option<Delegation>> {
    let sql = format!("SELECT {COLUMNS} FROM delegations WHERE id = $1");
    Ok(conn.first::<Row>(&sql, args![id]).await?.map(row))
}

/// Ends what an account lends; whether it was not over.
pub async fn end(conn: &mut Conn, id: &str, account: &str, at: &str) -> Result<bool> {
    let ended = conn
        .run(
            "UPDATE delegations SET ended_at = $3 WHERE id = $1 AND account = $2 AND ended_at = ''",
            args![id, account, at],
        )
        .await?;
    Ok(ended == 1)
}
