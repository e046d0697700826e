//! Files: what was sent, by whom, for what, and under which keys the vault has it. A row is never
//! deleted; one that was removed says when.

use super::{Conn, Result};
use crate::args;

/// What a file belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OwnerKind {
    /// A case, by its id.
    Case,
    /// A person's own data, by account.
    Profile,
    /// A department's list, by its id.
    List,
}

impl OwnerKind {
    pub const fn code(self) -> &'static str {
        match self {
            OwnerKind::Case => "case",
            OwnerKind::Profile => "profile",
            OwnerKind::List => "list",
        }
    }

    fn parse(code: &str) -> OwnerKind {
        match code {
            "profile" => OwnerKind::Profile,
            "list" => OwnerKind::List,
            _ => OwnerKind::Case,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Owner<'a> {
    pub kind: OwnerKind,
    pub id: &'a str,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileRow {
    /// 32 hex digits, at random.
    pub id: String,
    pub owner_kind: OwnerKind,
    pub owner: String,
    /// The form's field.
    pub field: String,
    /// As it may be shown.
    pub name: String,
    /// `image/jpeg`, `image/png` or `application/pdf`.
    pub media: String,
    /// Bytes, and their SHA-256, as they were sent.
    pub size: i64,
    pub sha256: String,
    pub vault_key: String,
    /// Empty where there is no thumbnail.
    pub thumb_key: String,
    pub uploaded_by: String,
    /// When, as stored (UTC).
    pub at: String,
    pub removed_at: Option<String>,
}

const COLUMNS: &str = "id, owner_kind, owner, field, name, media, size, sha256, vault_key, thumb_key, uploaded_by, \
                       at, removed_at";
type Row =
    (String, String, String, String, String, String, i64, String, String, String, String, String, Option<String>);

fn row(row: Row) -> FileRow {
    let (id, kind, owner, field, name, media, size, sha256, vault_key, thumb_key, uploaded_by, at, removed_at) = row;
    let owner_kind = OwnerKind::parse(&kind);
    FileRow {
        id,
        owner_kind,
        owner,
        field,
        name,
        media,
        size,
        sha256,
        vault_key,
        thumb_key,
        uploaded_by,
        at,
        removed_at,
    }
}

pub async fn add(conn: &mut Conn, file: &FileRow) -> Result<()> {
    let sql = format!("INSERT INTO files ({COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)");
    let args = args![
        &file.id,
        file.owner_kind.code(),
        &file.owner,
        &file.field,
        &file.name,
        &file.media,
        file.size,
        &file.sha256,
        &file.vault_key,
        &file.thumb_key,
        &file.uploaded_by,
        &file.at,
        file.removed_at.as_deref(),
    ];
    conn.run(&sql, args).await?;
    for key in [&file.vault_key, &file.thumb_key] {
        forget(conn, key).await?;
    }
    Ok(())
}

/// A file, also one that was removed.
pub async fn by_id(conn: &mut Conn, id: &str) -> Result<Option<FileRow>> {
    let sql = format!("SELECT {COLUMNS} FROM files WHERE id = $1");
    Ok(conn.first::<Row>(&sql, args![id]).await?.map(row))
}

/// The files that something has now, in the order in which they came.
pub async fn of_owner(conn: &mut Conn, owner: Owner<'_>) -> Result<Vec<FileRow>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM files WHERE owner_kind = $1 AND owner = $2 AND removed_at IS NULL ORDER BY at, id"
    );
    Ok(conn.all::<Row>(&sql, args![owner.kind.code(), owner.id]).await?.into_iter().map(row).collect())
}

/// Files of anything else that were sent with the very same bytes, removed ones aside.
pub async fn same_bytes_elsewhere(conn: &mut Conn, sha256: &str, but: Owner<'_>) -> Result<Vec<FileRow>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM files WHERE sha256 = $1 AND removed_at IS NULL AND NOT (owner_kind = $2 AND owner = $3)
         ORDER BY at, id"
    );
    Ok(conn.all::<Row>(&sql, args![sha256, but.kind.code(), but.id]).await?.into_iter().map(row).collect())
}

/// Marks a file as removed; whether it was not already. Its bytes go with the sweep, once no other
/// row has them.
pub async fn remove(conn: &mut Conn, id: &str, at: &str) -> Result<bool> {
    let keys: Option<(String, String)> = conn
        .first(
            "UPDATE files SET removed_at = $2 WHERE id = $1 AND removed_at IS NULL RETURNING vault_key, thumb_key",
            args![id, at],
        )
        .await?;
    let Some((whole, thumb)) = keys else { return Ok(false) };
    expect(conn, &[&whole, &thumb]).await?;
    Ok(true)
}

/// Notes keys of the vault before anything is kept under them: where no row follows, they are swept.
pub async fn expect(conn: &mut Conn, keys: &[&str]) -> Result<()> {
    let now = conn.milliseconds().await?;
    for key in keys.iter().filter(|key| !key.is_empty()) {
        let sql = "INSERT INTO loose_files (key, since) VALUES ($1, $2) ON CONFLICT DO NOTHING";
        conn.run(sql, args![*key, now]).await?;
    }
    Ok(())
}

/// Keys that have been without a row since before a moment (milliseconds since 1970).
pub async fn loose(conn: &mut Conn, before: i64) -> Result<Vec<String>> {
    let keys: Vec<(String,)> = conn
        .all(
            "SELECT l.key FROM loose_files l WHERE l.since < $1
             AND NOT EXISTS (SELECT 1 FROM files f WHERE f.vault_key = l.key AND f.removed_at IS NULL)
             AND NOT EXISTS (SELECT 1 FROM files f WHERE f.thumb_key = l.key AND f.removed_at IS NULL)",
            args![before],
        )
        .await?;
    Ok(keys.into_iter().map(|(key,)| key).collect())
}

/// Forgets a key under which nothing is kept any more.
pub async fn forget(conn: &mut Conn, key: &str) -> Result<()> {
    conn.run("DELETE FROM loose_files WHERE key = $1", args![key]).await?;
    Ok(())
}
