//! Payments that cases bring: reserved when sent, committed when approved, each once.

use super::{Conn, Result};
use crate::args;

/// A payment as it stands in its row; `amount` in hundredths.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PaymentRow {
    pub id: String,
    pub case_id: String,
    pub budget: String,
    pub person: String,
    pub once: String,
    pub amount: i64,
    pub state: String,
    pub year: i64,
    pub position: i64,
    pub batch: String,
    pub at: String,
}

/// The budgets that a person was or is to be paid from by other cases than this.
pub async fn budgets_of(conn: &mut Conn, person: &str, but: &str) -> Result<Vec<String>> {
    let rows: Vec<(String,)> = conn
        .all(
            "SELECT DISTINCT budget FROM payments WHERE person = $1 AND case_id <> $2 AND state <> 'cancelled'",
            args![person, but],
        )
        .await?;
    Ok(rows.into_iter().map(|(budget,)| budget).collect())
}

/// Adds a payment; false where the person (or the case) has one of this budget already.
pub async fn add(conn: &mut Conn, payment: &PaymentRow) -> Result<bool> {
    let added = conn
        .run(
            "INSERT INTO payments (id, case_id, budget, person, once, amount, state, year, position, batch, at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING",
            args![
                &payment.id,
                &payment.case_id,
                &payment.budget,
                &payment.person,
                &payment.once,
                payment.amount,
                &payment.state,
                payment.year,
                payment.position,
                &payment.batch,
                &payment.at,
            ],
        )
        .await?;
    Ok(added == 1)
}

/// Cancels what a case was to bring and was not paid out yet; how many payments.
pub async fn cancel(conn: &mut Conn, case: &str) -> Result<u64> {
    conn.run(
        "UPDATE payments SET state = 'cancelled' WHERE case_id = $1 AND batch = '' AND state <> 'cancelled'",
        args![case],
    )
    .await
}

/// A case's payments that were not cancelled.
pub async fn of_case(conn: &mut Conn, case: &str) -> Result<Vec<PaymentRow>> {
    type Row = (String, String, String, String, String, i64, String, i64, i64, String, String);
    let rows: Vec<Row> = conn
        .all(
            "SELECT id, case_id, budget, person, once, amount, state, year, position, batch, at FROM payments
             WHERE case_id = $1 AND state <> 'cancelled' ORDER BY at, id",
            args![case],
        )
        .await?;
    Ok(rows
        .into_iter()
        .map(|(id, case_id, budget, person, once, amount, state, year, position, batch, at)| PaymentRow {
            id,
            case_id,
            budget,
            person,
            once,
            amount,
            state,
            year,
            position,
            batch,
            at,
        })
        .collect())
}
