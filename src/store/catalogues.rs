//! Entries of catalogues, and the lists that they stand on.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::{Arg, Conn, Result};
use crate::args;
use crate::lang::folded;

/// An entry; `department` and `term` are empty where the catalogue has one list for all.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
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

/// The most characters of an entry that it is found by.
const SEARCHED: usize = 400;

/// Texts as they are searched: how a letter is written and the number of spaces do not matter.
pub fn searched<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    let mut out = String::new();
    for letter in texts.into_iter().flat_map(|text| folded(text).chars().chain([' ']).collect::<Vec<_>>()) {
        match letter.is_whitespace() || letter.is_control() {
            true if out.is_empty() || out.ends_with(' ') => {}
            true => out.push(' '),
            false => out.push(letter),
        }
    }
    out.trim_end().chars().take(SEARCHED).collect()
}

impl EntryRow {
    /// What it is found by: its code, its name, and the other texts that it says.
    fn search(&self) -> String {
        let says: BTreeMap<String, serde_json::Value> = serde_json::from_str(&self.says).unwrap_or_default();
        let others = says.values().filter_map(|value| value.get("text")?.as_str());
        let others = others.filter(|text| *text != self.code && *text != self.name);
        searched([self.code.as_str(), self.name.as_str()].into_iter().chain(others))
    }
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

/// One list of a catalogue; `department` and `term` are empty where it has one for all.
#[derive(Clone, Copy, Debug)]
pub struct On<'a> {
    pub catalogue: &'a str,
    pub department: &'a str,
    pub term: &'a str,
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

/// The most words that are looked for at once.
const WORDS: usize = 5;

/// A list as it is asked for: all of it, or what has every word.
fn of_list<'a>(on: On<'a>, words: &str, args: &mut Vec<Arg<'a>>) -> String {
    args.extend([on.catalogue, on.department, on.term].map(Arg::from));
    let mut sql = "catalogue = $1 AND department = $2 AND term = $3".to_owned();
    for word in searched([words]).split(' ').filter(|word| !word.is_empty()).take(WORDS) {
        let word = word.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
        args.push(Arg::from(format!("%{word}%")));
        sql.push_str(&format!(" AND search LIKE ${} ESCAPE '\\'", args.len()));
    }
    sql
}

/// Some entries of a list, in its order: those that have all the words, the first `skip` left out, at
/// most `most`. Which they are is read in an index alone.
pub async fn find(conn: &mut Conn, of: Of, on: On<'_>, words: &str, skip: i64, most: i64) -> Result<Vec<EntryRow>> {
    let mut args = Vec::new();
    let condition = of_list(on, words, &mut args);
    let table = of.table();
    let sql = format!(
        "SELECT {FIELDS} FROM {table} WHERE id IN (SELECT id FROM {table} WHERE {condition}
           ORDER BY ordinal, code LIMIT {most} OFFSET {skip}) ORDER BY ordinal, code"
    );
    let rows: Vec<Row> = conn.all(&sql, &args).await?;
    Ok(rows.into_iter().map(entry_of).collect())
}

/// How many entries of a list have all the words.
pub async fn count(conn: &mut Conn, of: Of, on: On<'_>, words: &str) -> Result<i64> {
    let mut args = Vec::new();
    let condition = of_list(on, words, &mut args);
    let sql = format!("SELECT CAST(COUNT(*) AS BIGINT) FROM {} WHERE {condition}", of.table());
    let (count,): (i64,) = conn.one(&sql, &args).await?;
    Ok(count)
}

/// The entries of a list that have one of the codes.
pub async fn of_codes(conn: &mut Conn, of: Of, on: On<'_>, codes: &[&str]) -> Result<Vec<EntryRow>> {
    if codes.is_empty() {
        return Ok(Vec::new());
    }
    let mut args: Vec<Arg<'_>> = [on.catalogue, on.department, on.term].map(Arg::from).into();
    args.extend(codes.iter().map(|code| Arg::from(*code)));
    let marks: Vec<String> = (4..=args.len()).map(|number| format!("${number}")).collect();
    let sql = format!(
        "SELECT {FIELDS} FROM {} WHERE catalogue = $1 AND department = $2 AND term = $3 AND code IN ({})",
        of.table(),
        marks.join(", ")
    );
    let rows: Vec<Row> = conn.all(&sql, &args).await?;
    Ok(rows.into_iter().map(entry_of).collect())
}

/// What the list of another term has on offer whose code this list does not have, at most `most`.
pub async fn gone(conn: &mut Conn, of: Of, on: On<'_>, before: &str, most: i64) -> Result<Vec<EntryRow>> {
    let sql = format!(
        "SELECT {FIELDS} FROM {} b WHERE b.catalogue = $1 AND b.department = $2 AND b.term = $4 AND NOT EXISTS (
           SELECT 1 FROM catalogue_entries e WHERE e.catalogue = $1 AND e.department = $2 AND e.term = $3
           AND e.code = b.code) ORDER BY b.ordinal, b.code LIMIT {most}",
        of.table()
    );
    let rows: Vec<Row> = conn.all(&sql, args![on.catalogue, on.department, on.term, before]).await?;
    Ok(rows.into_iter().map(entry_of).collect())
}

/// Whether a list says something else than what the list of another term has on offer.
pub async fn differs(conn: &mut Conn, of: Of, on: On<'_>, before: Option<&str>) -> Result<bool> {
    let Some(before) = before else { return Ok(count(conn, Of::Entries, on, "").await? > 0) };
    let there = On { term: before, ..on };
    if count(conn, Of::Entries, on, "").await? != count(conn, of, there, "").await? {
        return Ok(true);
    }
    let sql = format!(
        "SELECT e.id FROM catalogue_entries e WHERE e.catalogue = $1 AND e.department = $2 AND e.term = $3
         AND NOT EXISTS (SELECT 1 FROM {} b WHERE b.catalogue = $1 AND b.department = $2 AND b.term = $4
           AND b.code = e.code AND b.name = e.name AND b.says = e.says) LIMIT 1",
        of.table()
    );
    let one: Option<(String,)> = conn.first(&sql, args![on.catalogue, on.department, on.term, before]).await?;
    Ok(one.is_some())
}

/// The last place of a list's entries; 0 of an empty one.
pub async fn last_ordinal(conn: &mut Conn, on: On<'_>) -> Result<i64> {
    let sql = "SELECT COALESCE(MAX(ordinal), 0) FROM catalogue_entries
               WHERE catalogue = $1 AND department = $2 AND term = $3";
    let (last,): (i64,) = conn.one(sql, args![on.catalogue, on.department, on.term]).await?;
    Ok(last)
}

/// All entries of a catalogue, whatever list they stand on.
pub async fn all(conn: &mut Conn, catalogue: &str) -> Result<Vec<EntryRow>> {
    let sql = format!("SELECT {FIELDS} FROM catalogue_entries WHERE catalogue = $1");
    Ok(conn.all::<Row>(&sql, args![catalogue]).await?.into_iter().map(entry_of).collect())
}

/// Of some entries, those that a case has chosen, whatever became of it.
pub async fn chosen(conn: &mut Conn, ids: &[&str]) -> Result<Vec<String>> {
    let wanted: HashSet<&str> = ids.iter().copied().collect();
    let mut found = BTreeSet::new();
    let cases: Vec<(String,)> = conn.all("SELECT raw FROM cases", args![]).await?;
    for (raw,) in cases {
        let answers: BTreeMap<String, String> = serde_json::from_str(&raw).unwrap_or_default();
        found.extend(answers.into_values().filter(|answer| wanted.contains(answer.as_str())));
    }
    Ok(found.into_iter().collect())
}

/// Says that a list that nobody approves was changed: a page that shows it as it was is out of date.
pub async fn touch(conn: &mut Conn, on: On<'_>, at: &str) -> Result<()> {
    conn.run(
        "INSERT INTO catalogue_lists (catalogue, department, term, state, version, sent_by, decided_by, note,
         changed_at) VALUES ($1, $2, $3, 'draft', 1, '', '', '', $4)
         ON CONFLICT (catalogue, department, term) DO UPDATE
         SET version = catalogue_lists.version + 1, changed_at = $4",
        args![on.catalogue, on.department, on.term, at],
    )
    .await?;
    Ok(())
}

/// Writes an entry anew; false where another of its list has its code.
pub async fn change_entry(conn: &mut Conn, entry: &EntryRow) -> Result<bool> {
    let changed = conn
        .run(
            "UPDATE catalogue_entries SET code = $2, name = $3, says = $4, search = $5 WHERE id = $1 AND NOT EXISTS (
               SELECT 1 FROM catalogue_entries o WHERE o.catalogue = catalogue_entries.catalogue
               AND o.department = catalogue_entries.department AND o.term = catalogue_entries.term
               AND lower(o.code) = lower($2) AND o.id <> $1)",
            args![&entry.id, &entry.code, &entry.name, &entry.says, entry.search()],
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
    let args: Vec<Arg<'_>> = entries
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
                entry.search().into(),
            ]
        })
        .collect();
    let head = format!("INSERT INTO catalogue_entries ({FIELDS}, search) VALUES");
    conn.insert(&head, 9, &args, "ON CONFLICT DO NOTHING").await
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
            "INSERT INTO catalogue_offers ({FIELDS}, search) SELECT {FIELDS}, search FROM catalogue_entries
             WHERE catalogue = $1 AND department = $2 AND term = $3"
        );
        conn.run(&sql, of).await?;
    }
    Ok(changed == 1)
}
