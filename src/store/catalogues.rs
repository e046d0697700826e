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

const FIELDS: &str = "id, catalogue, department, term, code, name, says, ordinal";

/// What is kept, or what is on offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of {
    Entries,
    /// As they stood when their list was last approved.
    Offers,
}

impl Of {
    const fn table(self) -> &'static str {
        match self {
            Of::Entries => "catalogue_entries",
            Of::Offers => "catalogue_offers",
        }
    }
}

type Row = (String, String, String, String, String, String, String, i64);

fn entry_of((id, catalogue, department, term, code, name, says, ordinal): Row) -> EntryRow {
    EntryRow { id, catalogue, department, term, code, name, says, ordinal }
}

pub async fn entry(conn: &mut Conn, of: Of, id: &str) -> Result<Option<EntryRow>> {
    let sql = format!("SELECT {FIELDS} FROM {} WHERE id = $1", of.table());
    Ok(conn.first::<Row>(&sql, args![id]).await?.map(entry_of))
}

/// The entries of one list, in its order.
pub async fn entries(conn: &mut Conn, of: Of, catalogue: &str, department: &str, term: &str) -> Result<Vec<EntryRow>> {
    let sql = format!(
        "SELECT {FIELDS} FROM {} WHERE catalogue = $1 AND department = $2 AND term = $3 ORDER BY ordinal, code",
        of.table()
    );
    let rows: Vec<Row> = conn.all(&sql, args![catalogue, department, term]).await?;
    Ok(rows.into_iter().map(entry_of).collect())
}

/// Writes an entry anew; false where another of its list has its code.
pub async fn change_entry(conn: &mut Conn, entry: &EntryRow) -> Result<bool> {
    let changed = conn
        .run(
            "UPDATE catalogue_entries SET code = $2, name = $3, says = $4 WHERE id = $1 AND NOT EXISTS (
               SELECT 1 FROM catalogue_entries o WHERE o.catalogue = catalogue_entries.catalogue
               AND o.department = catalogue_entries.department AND o.term = catalogue_entries.term
               AND o.code = $2 AND o.id <> $1)",
            args![&entry.id, &entry.code, &entry.name, &entry.says],
        )
        .await?;
    Ok(changed == 1)
}

pub async fn remove_entry(conn: &mut Conn, id: &str) -> Result<bool> {
    Ok(conn.run("DELETE FROM catalogue_entries WHERE id = $1", args![id]).await? == 1)
}

/// The lists of a catalogue: those in a state, or a department's, as is said; the longest in their
/// state first.
pub async fn lists(conn: &mut Conn, catalogue: &str, state: &str, department: Option<&str>) -> Result<Vec<ListRow>> {
    let sql = format!(
        "{LIST} WHERE catalogue = $1 AND ($2 = '' OR state = $2) AND ($3 = '' OR department = $4)
         ORDER BY changed_at, department, term"
    );
    let given = if department.is_some() { "one" } else { "" };
    let args = args![catalogue, state, given, department.unwrap_or_default()];
    Ok(conn.all::<ListColumns>(&sql, args).await?.into_iter().map(list_of).collect())
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

const LIST: &str = "SELECT catalogue, department, term, state, version, sent_by, decided_by, note, changed_at
     FROM catalogue_lists";
type ListColumns = (String, String, String, String, i64, String, String, String, String);

fn list_of(
    (catalogue, department, term, state, version, sent_by, decided_by, note, changed_at): ListColumns,
) -> ListRow {
    ListRow { catalogue, department, term, state, version, sent_by, decided_by, note, changed_at }
}

pub async fn list(conn: &mut Conn, catalogue: &str, department: &str, term: &str) -> Result<Option<ListRow>> {
    let sql = format!("{LIST} WHERE catalogue = $1 AND department = $2 AND term = $3");
    Ok(conn.first::<ListColumns>(&sql, args![catalogue, department, term]).await?.map(list_of))
}

/// The state in which a list is approved.
pub const APPROVED: &str = "approved";

/// Writes a list's state over the version that was seen (0 for one that is not there); whether it
/// still was that. One that becomes approved has its entries on offer from then on.
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
    if changed == 1 && list.state == APPROVED {
        let of = args![&list.catalogue, &list.department, &list.term];
        conn.run("DELETE FROM catalogue_offers WHERE catalogue = $1 AND department = $2 AND term = $3", of).await?;
        let sql = format!(
            "INSERT INTO catalogue_offers ({FIELDS}) SELECT {FIELDS} FROM catalogue_entries
             WHERE catalogue = $1 AND department = $2 AND term = $3"
        );
        conn.run(&sql, of).await?;
    }
    Ok(changed == 1)
}
