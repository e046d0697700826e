//! What a database file itself can do: a plain loop that writes the rows of a move, many moves a commit,
//! and decides nothing.

use std::path::Path;
use std::time::Instant;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, SqliteConnection};

use super::school::random;

/// A move to be written.
pub struct Move {
    pub case: String,
    pub actor: String,
}

pub async fn open(file: &Path) -> SqliteConnection {
    let options = SqliteConnectOptions::new().filename(file).journal_mode(SqliteJournalMode::Wal);
    options.synchronous(SqliteSynchronous::Full).disable_statement_logging().connect().await.unwrap()
}

/// Moves a second, `together` in each commit.
pub async fn grouped(conn: &mut SqliteConnection, moves: &[Move], together: usize) -> f64 {
    let began = Instant::now();
    for some in moves.chunks(together) {
        let mut tx = conn.begin_with("BEGIN IMMEDIATE").await.unwrap();
        for one in some {
            write(&mut tx, one).await.unwrap();
        }
        tx.commit().await.unwrap();
    }
    moves.len() as f64 / began.elapsed().as_secs_f64()
}

/// The rows that `endorse` writes: the form's number, the case, its event, the audit log with its head.
async fn write(conn: &mut SqliteConnection, one: &Move) -> sqlx::Result<()> {
    let at = menkan::store::stored(chrono::Utc::now());
    let nonce = format!("{0}.{0}", random());
    sqlx::query("INSERT INTO case_requests (actor, nonce, case_id, at) VALUES ($1, $2, $3, $4)")
        .bind(&one.actor)
        .bind(nonce)
        .bind(&one.case)
        .bind(&at)
        .execute(&mut *conn)
        .await?;
    sqlx::query(
        "UPDATE cases SET state = 'endorsed', version = version + 1, name = name, department = department, open_slot = 1,
         waits_role = 'office', waits_unit = 'career', waits_since = $2, raw = raw, columns = columns, search = search,
         rounds = rounds, named = '', first_sent_at = first_sent_at, sent_at = sent_at, claimed_by = '',
         claimed_until = '', changed_at = $2 WHERE id = $1",
    )
    .bind(&one.case)
    .bind(&at)
    .execute(&mut *conn)
    .await?;
    sqlx::query(
        "INSERT INTO case_events (case_id, version, at, actor, actor_name, actor_unit, lender, lender_name, step,
         from_state, to_state, note, named, reasons, answers, asked, undone) VALUES ($1, 3, $2, $3, '職員', '系所', '',
         '', 'endorse', 'in_review', 'endorsed', '資料齊全', '', '[]', '', '', 0)",
    )
    .bind(&one.case)
    .bind(&at)
    .bind(&one.actor)
    .execute(&mut *conn)
    .await?;
    let head = "UPDATE audit_head SET seq = seq + 1 WHERE one = 1 RETURNING seq, hash";
    let (seq, _): (i64, String) = sqlx::query_as(head).fetch_one(&mut *conn).await?;
    let hash = format!("{}{}", random(), random());
    sqlx::query(
        "INSERT INTO audit (seq, at, actor, action, detail, hash) VALUES ($1, $2, $3, 'certificate endorse',
         '{\"case\":\"AAAA-BBBB\",\"from\":\"in_review\",\"to\":\"endorsed\"}', $4)",
    )
    .bind(seq)
    .bind(&at)
    .bind(&one.actor)
    .bind(&hash)
    .execute(&mut *conn)
    .await?;
    sqlx::query("UPDATE audit_head SET hash = $1, mark = $1 WHERE one = 1").bind(&hash).execute(&mut *conn).await?;
    Ok(())
}
