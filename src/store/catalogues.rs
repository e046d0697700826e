//! Entries of catalogues, and the lists that they stand on.

use super::{Conn, Result};
use crate::args;

/// An entry; `department` and `term` are empty where the catalogue has one list for all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EntryRow {
    pub id: String,
    pub catalogue: String,
    pub department: String,
    pub term: String,
    pub code: String,
    pub name: String,
    /// JSON of its fields.
    pub says: String,
    pub ordinal: i64,
}

/// The state of a list; one of which nothing is recorded is a draft.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListRow {
    pub catalogue: String,
    pub department: String,
    pub term: String,
    pub state: String,
    pub version: i64,
    pub sent_by: String,
    pub decided_by: String,
    pub note: String,
    pub changed_at: String,
}

const ENTRY: &str = "SELECT id, catalogue, department, term, code, name, says, ordinal FROM catalogue_entries";

type Row = (String, String, String, String, String, String, String, i64);

fn entry_of((id, catalogue, department, term, code, name, says, ordinal): Row) -> EntryRow {
    EntryRow { id, catalogue, department, term, code, name, says, ordinal }
}

pub async fn entry(conn: &mut Conn, id: &str) -> Result<Option<EntryRow>> {
    let row: Option<Row> = conn.first(&format!("{ENTRY} WHERE id = $1"), args![id]).await?;
    Ok(row.map(entry_of))
}

/// The entries of one list, in its order.
pub async fn entries(conn: &mut Conn, catalogue: &str, department: &str, term: &str) -> Result<Vec<EntryRow>> {
    let sql = format!("{ENTRY} WHERE catalogue = $1 AND department = $2 AND term = $3 ORDER BY ordinal, code");
    let rows: Vec<Row> = conn.all(&sql, args![catalogue, department, term]).await?;
    Ok(rows.into_iter().map(entry_of).collect())
}

/// Adds entries; those whose code the list has already are left out. How many were added.
pub async fn add_entries(conn: &mut Conn, entries: &[EntryRow]) -> Result<u64> {
    let args: Vec<super::Arg<'_>> = entries
        .iter()
        .flat_map(|entry| {
            [
                (&entry.id).into(),
                (&entry.catalogue).into(),
                (&entry.department).into(),
                (&entry.term).into(),
                (&entry.code).into(),
                (&entry.name).into(),
                (&entry.says).into(),
                entry.ordinal.into(),
            ]
        })
        .collect();
    let head = "INSERT INTO catalogue_entries (id, catalogue, department, term, code, name, says, ordinal) VALUES";
    conn.insert(head, 8, &args, "ON CONFLICT DO NOTHING").await
}

pub async fn list(conn: &mut Conn, catalogue: &str, department: &str, term: &str) -> Result<Option<ListRow>> {
    type Row = (String, String, String, String, i64, String, String, String, String);
    let row: Option<Row> = conn
        .first(
            "SELECT catalogue, department, term, state, version, sent_by, decided_by, note, changed_at
             FROM catalogue_lists WHERE catalogue = $1 AND department = $2 AND term = $3",
            args![catalogue, department, term],
        )
        .await?;
    Ok(row.map(|(catalogue, department, term, state, version, sent_by, decided_by, note, changed_at)| ListRow {
        catalogue,
        department,
        term,
        state,
        version,
        sent_by,
        decided_by,
        note,
        changed_at,
    }))
}

/// Writes a list's state over the version that was seen (0 for one that is not there); whether it
/// still was that.
pub async fn set_list(conn: &mut Conn, list: &ListRow, seen: i64) -> Result<bool> {
    let args = args![
        &list.catalogue,
        &list.department,
        &list.term,
        &list.state,
        seen + 1,
        &list.sent_by,
        &list.decided_by,
        &list.note,
        &list.changed_at,
        seen,
    ];
    let changed = conn
        .run(
            "INSERT INTO catalogue_lists (catalogue, department, term, state, version, sent_by, decided_by, note,
             changed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
             ON CONFLICT (catalogue, department, term) DO UPDATE SET state = $4, version = $5, sent_by = $6,
             decided_by = $7, note = $8, changed_at = $9 WHERE catalogue_lists.version = $10",
            args,
        )
        .await?;
    Ok(changed == 1)
}
