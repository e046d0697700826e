//! Entries of catalogues as forms see them: those that may be chosen, and those that were.

use std::collections::BTreeMap;

use crate::definition::Definition;
use crate::definition::case::{Among, Answer, Catalogue, Workflow};
use crate::rules::filing::{Entry, Value};
use crate::store::catalogues::{self, EntryRow, Of, On};
use crate::store::{Conn, Result};

use super::answers::of_json;

/// The state in which a list's entries may be chosen.
pub use crate::store::catalogues::APPROVED;

/// An entry with what its catalogue says of it; `@code`, `@name`, and where it has a list of its
/// own `@department` and `@term`.
pub(in crate::app) fn entry(row: &EntryRow) -> Entry {
    let says: BTreeMap<String, serde_json::Value> = serde_json::from_str(&row.says).unwrap_or_default();
    let mut says: BTreeMap<String, Value> =
        says.into_iter().filter_map(|(name, value)| Some((name, of_json(&value)?))).collect();
    for (name, text) in
        [("@code", &row.code), ("@name", &row.name), ("@department", &row.department), ("@term", &row.term)]
    {
        says.insert(name.to_owned(), Value::Text(text.clone()));
    }
    Entry { id: row.id.clone(), says }
}

/// A list that is longer is not shown whole, but searched.
pub const LONG: usize = 100;

/// What a field of entries offers.
#[derive(Clone, Copy, Debug)]
pub struct Offer<'a> {
    pub workflow: &'a Workflow,
    /// Index of the field.
    pub field: usize,
    /// The applicant's.
    pub department: &'a str,
    /// The term in which the date lies that the field goes by.
    pub term: Option<&'a str>,
}

/// The entries that a field offers to someone of a department for a term, in the list's order: the
/// first of them, at most one more than `LONG`. Nothing is offered of a list that nobody has approved.
pub async fn choices(
    conn: &mut Conn,
    definition: &Definition,
    workflow: &Workflow,
    field: usize,
    department: &str,
    term: Option<&str>,
) -> Result<Vec<Entry>> {
    find_entries(conn, definition, Offer { workflow, field, department, term }, "", LONG + 1).await
}

/// Entries read at once.
const STRETCH: i64 = 200;

/// The first entries of an offer that have all the words, at most so many.
pub async fn find_entries(
    conn: &mut Conn,
    definition: &Definition,
    offer: Offer<'_>,
    words: &str,
    most: usize,
) -> Result<Vec<Entry>> {
    let Some(Answer::Entry { catalogue, among }) = offer.workflow.fields.get(offer.field).map(|field| &field.is) else {
        return Ok(Vec::new());
    };
    let Some(list) = definition.catalogues.get(*catalogue) else { return Ok(Vec::new()) };
    let department = if list.by_department { offer.department } else { "" };
    let term = match (list.by_term, offer.term) {
        (false, _) => "",
        (true, Some(term)) => term,
        (true, None) => return Ok(Vec::new()),
    };
    let ticks: Vec<&str> = among
        .iter()
        .filter_map(|among| match among {
            Among::Ticked(index) => list.fields.get(*index).map(|field| field.id.as_str()),
            Among::OwnDepartment | Among::TermOf(_) => None,
        })
        .collect();
    let on = On { catalogue: &list.id, department, term };
    let mut out = Vec::new();
    let mut skip = 0;
    // Ticks stand in what an entry says: one that lacks them is left out here.
    loop {
        let rows = catalogues::find(conn, on_offer(list), on, words, skip, STRETCH.min(most as i64)).await?;
        let read = rows.len() as i64;
        let entries = rows.iter().map(entry);
        out.extend(entries.filter(|entry| ticks.iter().all(|tick| entry.says.get(*tick) == Some(&Value::Tick(true)))));
        skip += read;
        if out.len() >= most || read < STRETCH.min(most as i64) {
            out.truncate(most);
            return Ok(out);
        }
    }
}

/// Where the entries of a catalogue that may be chosen stand.
pub(in crate::app) fn on_offer(list: &Catalogue) -> Of {
    if list.approved_by.is_some() { Of::Offers } else { Of::Entries }
}

/// The entries that were chosen in a form, by catalogue and id, where they still stand on an
/// approved list.
pub(super) async fn chosen(
    conn: &mut Conn,
    definition: &Definition,
    workflow: &Workflow,
    raw: &crate::case::Raw,
) -> Result<BTreeMap<(usize, String), Entry>> {
    let mut out = BTreeMap::new();
    for field in &workflow.fields {
        let (Answer::Entry { catalogue, .. }, Some(id)) = (&field.is, raw.get(&field.id)) else { continue };
        let Some(list) = definition.catalogues.get(*catalogue) else { continue };
        let row = catalogues::entry(conn, on_offer(list), id).await?;
        if let Some(row) = row.filter(|row| row.catalogue == list.id) {
            out.insert((*catalogue, id.clone()), entry(&row));
        }
    }
    Ok(out)
}
