//! A budget's payments as its queue has them, and the batches in which they go to the bank.

use super::{Conn, Result};
use crate::args;

/// A payment with the case that brought it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct QueuedRow {
    pub id: String,
    pub case_id: String,
    pub number: String,
    pub person: String,
    pub name: String,
    pub department: String,
    /// In hundredths.
    pub amount: i64,
    pub state: String,
    pub year: i64,
    pub position: i64,
    pub batch: String,
    pub at: String,
    /// The change of the person's own data that the office has looked at; empty for none.
    pub confirmed: String,
    /// When the person last changed them; empty where there are none.
    pub changed: String,
}

impl<'r, R: sqlx::Row> sqlx::FromRow<'r, R> for QueuedRow
where
    usize: sqlx::ColumnIndex<R>,
    String: sqlx::Decode<'r, R::Database> + sqlx::Type<R::Database>,
    i64: sqlx::Decode<'r, R::Database> + sqlx::Type<R::Database>,
{
    fn from_row(row: &'r R) -> std::result::Result<QueuedRow, sqlx::Error> {
        Ok(QueuedRow {
            id: row.try_get(0)?,
            case_id: row.try_get(1)?,
            number: row.try_get(2)?,
            person: row.try_get(3)?,
            name: row.try_get(4)?,
            department: row.try_get(5)?,
            amount: row.try_get(6)?,
            state: row.try_get(7)?,
            year: row.try_get(8)?,
            position: row.try_get(9)?,
            batch: row.try_get(10)?,
            at: row.try_get(11)?,
            confirmed: row.try_get(12)?,
            changed: row.try_get(13)?,
        })
    }
}

/// All live payments of a budget: in the order of approval, those that are only reserved last.
pub async fn queue(conn: &mut Conn, budget: &str) -> Result<Vec<QueuedRow>> {
    let later = |one: &str, other: &str| format!("CASE WHEN {one} > {other} THEN {one} ELSE {other} END");
    let file = later("COALESCE(f.removed_at, '')", "f.at");
    let files = format!(
        "COALESCE((SELECT MAX({file}) FROM files f WHERE f.owner_kind = 'profile' AND f.owner = p.person), '')"
    );
    let changed = later("COALESCE(o.changed_at, '')", &files);
    let sql = format!(
        "SELECT p.id, p.case_id, c.number, p.person, c.name, c.department, p.amount, p.state, p.year, p.position,
           p.batch, p.at, p.confirmed, {changed}
         FROM payments p JOIN cases c ON c.id = p.case_id LEFT JOIN profiles o ON o.account = p.person
         WHERE p.budget = $1 AND p.state <> 'cancelled'
         ORDER BY CASE WHEN p.state = 'reserved' THEN 1 ELSE 0 END, p.position, p.at, p.id"
    );
    conn.all(&sql, args![budget]).await
}

/// Notes that the office has looked at a person's data as they were changed at a moment; whether the
/// payment still waits.
pub async fn confirm(conn: &mut Conn, payment: &str, changed: &str) -> Result<bool> {
    let sql = "UPDATE payments SET confirmed = $2 WHERE id = $1 AND state = 'committed' AND batch = ''";
    Ok(conn.run(sql, args![payment, changed]).await? == 1)
}

/// A batch as it stands in its row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BatchRow {
    pub id: String,
    pub asked: String,
    pub budget: String,
    pub year: i64,
    pub made_by: String,
    pub at: String,
    pub payments: i64,
    /// In hundredths.
    pub total: i64,
    /// The positions of the first and the last payment of it.
    pub first: i64,
    pub last: i64,
    pub sha256: String,
    /// Sealed.
    pub content: String,
}

type Row = (String, String, String, i64, String, String, i64, i64, i64, i64, String, String);

const COLUMNS: &str = "id, asked, budget, year, made_by, at, payments, total, first, last, sha256, content";

fn row((id, asked, budget, year, made_by, at, payments, total, first, last, sha256, content): Row) -> BatchRow {
    BatchRow { id, asked, budget, year, made_by, at, payments, total, first, last, sha256, content }
}

/// Adds a batch; false where one was made of what was asked.
pub async fn add(conn: &mut Conn, batch: &BatchRow) -> Result<bool> {
    let sql = format!(
        "INSERT INTO payment_batches ({COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
         ON CONFLICT DO NOTHING"
    );
    let added = conn
        .run(
            &sql,
            args![
                &batch.id,
                &batch.asked,
                &batch.budget,
                batch.year,
                &batch.made_by,
                &batch.at,
                batch.payments,
                batch.total,
                batch.first,
                batch.last,
                &batch.sha256,
                &batch.content,
            ],
        )
        .await?;
    Ok(added == 1)
}

/// Puts a committed payment into a batch; whether it still was committed and in none.
pub async fn put(conn: &mut Conn, payment: &str, batch: &str, year: i64) -> Result<bool> {
    let put = conn
        .run(
            "UPDATE payments SET state = 'batched', batch = $2, year = $3
             WHERE id = $1 AND state = 'committed' AND batch = ''",
            args![payment, batch, year],
        )
        .await?;
    Ok(put == 1)
}

pub async fn by_id(conn: &mut Conn, id: &str) -> Result<Option<BatchRow>> {
    let sql = format!("SELECT {COLUMNS} FROM payment_batches WHERE id = $1");
    Ok(conn.first::<Row>(&sql, args![id]).await?.map(row))
}

pub async fn by_asked(conn: &mut Conn, asked: &str) -> Result<Option<BatchRow>> {
    let sql = format!("SELECT {COLUMNS} FROM payment_batches WHERE asked = $1");
    Ok(conn.first::<Row>(&sql, args![asked]).await?.map(row))
}

/// A budget's batches, the latest first, without what they hold.
pub async fn of_budget(conn: &mut Conn, budget: &str) -> Result<Vec<BatchRow>> {
    let sql = "SELECT id, asked, budget, year, made_by, at, payments, total, first, last, sha256, ''
               FROM payment_batches
               WHERE budget = $1 ORDER BY at DESC, id";
    Ok(conn.all::<Row>(sql, args![budget]).await?.into_iter().map(row).collect())
}

/// How many payments of a year's batches stand before a position: what is wholly before it is told by the
/// batches, and only what they hold around it is counted.
pub async fn batched_before(conn: &mut Conn, budget: &str, year: i64, position: i64) -> Result<i64> {
    let whole = "SELECT CAST(COALESCE(SUM(payments), 0) AS BIGINT) FROM payment_batches
                 WHERE budget = $1 AND year = $2 AND last < $3";
    let part = "SELECT CAST(COUNT(*) AS BIGINT) FROM payment_batches b
                JOIN payments p ON p.batch = b.id AND p.batch <> '' AND p.position < $3
                WHERE b.budget = $1 AND b.year = $2 AND b.first < $3 AND b.last >= $3";
    let (whole,): (i64,) = conn.one(whole, args![budget, year, position]).await?;
    let (part,): (i64,) = conn.one(part, args![budget, year, position]).await?;
    Ok(whole + part)
}

/// What is in batches, by year: amounts in hundredths, and how many.
pub async fn batched(conn: &mut Conn, budget: &str) -> Result<Vec<(i64, i64, i64)>> {
    let sql = "SELECT year, CAST(SUM(total) AS BIGINT), CAST(SUM(payments) AS BIGINT) FROM payment_batches
               WHERE budget = $1 GROUP BY year";
    conn.all(sql, args![budget]).await
}

/// How many positions a stretch spans.
const STRETCH: i64 = 256;

/// Payments of one year that were approved one after another and are in no batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Approved {
    pub year: i64,
    pub amount: i64,
    pub payments: i64,
    stretch: i64,
}

/// What was approved up to a position and is in no batch, in its order, many payments summed up in one.
pub async fn approved_until(conn: &mut Conn, budget: &str, position: i64) -> Result<Vec<Approved>> {
    let sql =
        "SELECT year, CAST(SUM(amount) AS BIGINT), CAST(COUNT(*) AS BIGINT), position / $3 AS stretch FROM payments
               WHERE budget = $1 AND state = 'committed' AND position <= $2
               GROUP BY position / $3, year ORDER BY stretch, year";
    let rows: Vec<(i64, i64, i64, i64)> = conn.all(sql, args![budget, position, STRETCH]).await?;
    Ok(rows.into_iter().map(|(year, amount, payments, stretch)| Approved { year, amount, payments, stretch }).collect())
}

/// The amounts that were summed up in one, in their order.
pub async fn amounts_of(conn: &mut Conn, budget: &str, position: i64, of: &Approved) -> Result<Vec<i64>> {
    let sql = "SELECT amount FROM payments WHERE budget = $1 AND state = 'committed' AND position <= $2
               AND position >= $3 AND position < $4 AND year = $5 ORDER BY position";
    let (from, to) = (of.stretch * STRETCH, (of.stretch + 1) * STRETCH);
    let rows: Vec<(i64,)> = conn.all(sql, args![budget, position, from, to, of.year]).await?;
    Ok(rows.into_iter().map(|(amount,)| amount).collect())
}
