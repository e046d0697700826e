//! Imports: who brought which file, what it replaced, and whether it was taken back.

use super::{Arg, Conn, Result};
use crate::args;

/// An import that changed something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportRecord {
    pub id: i64,
    pub kind: String,
    pub file: String,
    pub by: String,
    /// When, as stored (UTC).
    pub at: String,
    /// The day from which its records are true.
    pub effective: String,
    /// Counts, as JSON: `{"rows","new","changed","same","refused"}`.
    pub result: String,
    pub taken_back_at: Option<String>,
    pub taken_back_by: Option<String>,
    /// The uploaded file that it saved, where it came over a page.
    pub upload: Option<String>,
}

const COLUMNS: &str = "id, kind, file, by_account, at, effective, result, taken_back_at, taken_back_by, upload";
type Row = (i64, String, String, String, String, String, String, Option<String>, Option<String>, Option<String>);

fn record((id, kind, file, by, at, effective, result, taken_back_at, taken_back_by, upload): Row) -> ImportRecord {
    ImportRecord { id, kind, file, by, at, effective, result, taken_back_at, taken_back_by, upload }
}

pub async fn add(conn: &mut Conn, import: &ImportRecord) -> Result<()> {
    conn.run(
        "INSERT INTO imports (id, kind, file, by_account, at, effective, result, upload)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        args![
            import.id,
            &import.kind,
            &import.file,
            &import.by,
            &import.at,
            &import.effective,
            &import.result,
            import.upload.as_deref()
        ],
    )
    .await?;
    Ok(())
}

/// The latest imports, the newest first.
pub async fn list(conn: &mut Conn, at_most: i64) -> Result<Vec<ImportRecord>> {
    let sql = format!("SELECT {COLUMNS} FROM imports ORDER BY id DESC LIMIT $1");
    Ok(conn.all::<Row>(&sql, args![at_most]).await?.into_iter().map(record).collect())
}

/// The latest imports of one account, the newest first.
pub async fn list_by(conn: &mut Conn, by: &str, at_most: i64) -> Result<Vec<ImportRecord>> {
    let sql = format!("SELECT {COLUMNS} FROM imports WHERE by_account = $1 ORDER BY id DESC LIMIT $2");
    Ok(conn.all::<Row>(&sql, args![by, at_most]).await?.into_iter().map(record).collect())
}

pub async fn find(conn: &mut Conn, id: i64) -> Result<Option<ImportRecord>> {
    let sql = format!("SELECT {COLUMNS} FROM imports WHERE id = $1");
    Ok(conn.first::<Row>(&sql, args![id]).await?.map(record))
}

/// The import that saved an uploaded file, where an account did so.
pub async fn of_upload(conn: &mut Conn, upload: &str, by: &str) -> Result<Option<ImportRecord>> {
    let sql = format!("SELECT {COLUMNS} FROM imports WHERE upload = $1 AND by_account = $2");
    Ok(conn.first::<Row>(&sql, args![upload, by]).await?.map(record))
}

/// Marks an import as taken back; whether it was not already.
pub async fn mark_taken_back(conn: &mut Conn, id: i64, at: &str, by: &str) -> Result<bool> {
    let marked = conn
        .run(
            "UPDATE imports SET taken_back_at = $2, taken_back_by = $3 WHERE id = $1 AND taken_back_at IS NULL",
            args![id, at, by],
        )
        .await?;
    Ok(marked == 1)
}

/// Keeps what an import replaces: (key, what was there; empty where nothing was).
pub async fn keep(conn: &mut Conn, import: i64, changes: &[(String, String)]) -> Result<()> {
    let mut args = Vec::with_capacity(changes.len() * 3);
    for (key, before) in changes {
        args.extend([Arg::Int(import), Arg::from(key), Arg::from(before)]);
    }
    conn.insert("INSERT INTO import_changes (import_id, key, before) VALUES", 3, &args, "").await?;
    Ok(())
}

/// What an import replaced: (key, what was there).
pub async fn kept(conn: &mut Conn, import: i64) -> Result<Vec<(String, String)>> {
    conn.all("SELECT key, before FROM import_changes WHERE import_id = $1 ORDER BY key", args![import]).await
}

/// What later imports of a kind replaced that are still in force: (import, key, what was there).
pub async fn kept_later(conn: &mut Conn, import: i64, kind: &str) -> Result<Vec<(i64, String, String)>> {
    conn.all(
        "SELECT c.import_id, c.key, c.before FROM import_changes c JOIN imports i ON i.id = c.import_id
         WHERE c.import_id > $1 AND i.kind = $2 AND i.taken_back_at IS NULL ORDER BY c.import_id, c.key",
        args![import, kind],
    )
    .await
}
