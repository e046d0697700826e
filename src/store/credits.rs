//! Credits: only added, or taken back by a second record with the negative amount. What they sum
//! to is in `facts`.

use super::{Arg, Conn, Result};
use crate::amount::Amount;
use crate::args;
use crate::clock::Day;

/// A credit that a student has or had on a day. Days are as stored, `YYYY-MM-DD`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreditRecord {
    pub id: i64,
    /// The id of a category of the school's definition.
    pub category: String,
    pub amount: Amount,
    pub happened_on: String,
    /// The term of `happened_on`, as `114-1`.
    pub term: String,
    pub name: String,
    pub recorded_on: String,
    pub source: String,
    /// The import that brought it; 0: none.
    pub import: i64,
    /// When it was taken back, where that was recorded by the day asked for.
    pub taken_back_on: Option<String>,
}

/// A credit to be added.
#[derive(Clone, Debug)]
pub struct NewCredit<'a> {
    pub student: &'a str,
    pub category: &'a str,
    pub amount: Amount,
    pub happened_on: String,
    pub term: String,
    pub name: &'a str,
    pub recorded_on: &'a str,
    /// The credit that this one takes back: amount, category and term are then the other's.
    pub takes_back: Option<i64>,
}

/// All credits of a student that were recorded by `day`, the latest first.
pub async fn of_student(conn: &mut Conn, student: &str, day: Day) -> Result<Vec<CreditRecord>> {
    type Row = (i64, String, i64, String, String, String, String, String, i64, Option<String>);
    let rows: Vec<Row> = conn
        .all(
            "SELECT c.id, c.category, c.amount, c.happened_on, c.term, c.name, c.recorded_on, c.source, c.import_id,
                    b.recorded_on
             FROM credits c LEFT JOIN credits b ON b.takes_back = c.id AND b.recorded_on <= $2
             WHERE c.student = $1 AND c.recorded_on <= $2 AND c.takes_back IS NULL
             ORDER BY c.happened_on DESC, c.id DESC",
            args![student, day.to_string()],
        )
        .await?;
    Ok(rows
        .into_iter()
        .map(|(id, category, amount, happened_on, term, name, recorded_on, source, import, taken_back_on)| {
            CreditRecord {
                id,
                category,
                amount: Amount(amount),
                happened_on,
                term,
                name,
                recorded_on,
                source,
                import,
                taken_back_on,
            }
        })
        .collect())
}

/// Adds credits in one transaction; the caller then has `facts::update` bring the sums up to date.
pub async fn add(
    conn: &mut Conn,
    credits: &[NewCredit<'_>],
    recorded_at: &str,
    source: &str,
    import: i64,
) -> Result<()> {
    let mut id = conn.numbers(credits.len() as i64).await?;
    for chunk in credits.chunks(5_000) {
        let mut args: Vec<Arg<'_>> = Vec::with_capacity(chunk.len() * 12);
        for credit in chunk {
            args.extend([
                Arg::Int(id),
                Arg::from(credit.student),
                Arg::from(credit.category),
                Arg::Int(credit.amount.0),
                Arg::from(&credit.happened_on),
                Arg::from(&credit.term),
                Arg::from(credit.name),
                Arg::from(credit.recorded_on),
                Arg::from(recorded_at),
                Arg::from(source),
                Arg::Int(import),
                Arg::from(credit.takes_back),
            ]);
            id += 1;
        }
        conn.insert(
            "INSERT INTO credits (id, student, category, amount, happened_on, term, name, recorded_on, recorded_at,
             source, import_id, takes_back) VALUES",
            12,
            &args,
            "",
        )
        .await?;
    }
    Ok(())
}
