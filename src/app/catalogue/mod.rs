//! Lists to choose from: whoever keeps one adds, changes and removes entries, takes over those of the
//! term before and sends it; whoever approves it compares and decides. What may be chosen stays as it
//! was last approved while a list is worked on. Here is what a list is and who may see it; `act` is
//! what is done with it.

mod act;
mod letters;

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::access::Viewer;
use super::case::answers::of_json;
use super::case::entries::on_offer;
use super::case::{queue::is_party, see::parties_of};
use super::files::{FileError, FileRow, OwnerKind};
use crate::case::{Raw, Wrong};
use crate::clock::{Day, Term};
use crate::definition::Definition;
use crate::definition::case::{Answer, Catalogue, Field};
use crate::rules::filing::Value;
use crate::store::catalogues::{self, EntryRow, ListRow, Of, On};
use crate::store::files::{self as rows, Owner};
use crate::store::{Conn, StoreError};

pub use act::{Act, act, take_minutes};
pub(in crate::app) use act::{random, said};

const DRAFT: &str = "draft";
const RETURNED: &str = "returned";

/// A list, by its names; `department` and `term` are empty where the catalogue has one for all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Named {
    pub catalogue: String,
    pub department: String,
    pub term: String,
}

impl Named {
    /// What files of it belong to.
    pub fn owner(&self) -> String {
        format!("{}|{}|{}", self.catalogue, self.department, self.term)
    }

    /// Where its entries stand.
    pub fn on(&self) -> On<'_> {
        On { catalogue: &self.catalogue, department: &self.department, term: &self.term }
    }

    fn has(&self, entry: &EntryRow) -> bool {
        entry.catalogue == self.catalogue && entry.department == self.department && entry.term == self.term
    }

    pub fn of_owner(owner: &str) -> Option<Named> {
        let mut parts = owner.split('|').map(str::to_owned);
        Some(Named { catalogue: parts.next()?, department: parts.next()?, term: parts.next()? })
    }
}

/// A list as someone sees it.
pub struct List {
    pub named: Named,
    /// Index into the definition's catalogues.
    pub catalogue: usize,
    pub row: ListRow,
    /// How many entries it has, and how many may be chosen now.
    pub total: i64,
    pub offered: i64,
    /// The term before.
    pub before_term: Option<String>,
    pub minutes: Option<FileRow>,
    /// It differs from the term before.
    pub differs: bool,
    pub keeps: bool,
    pub approves: bool,
    /// Its term is over, and there was no list.
    pub is_over: bool,
}

impl List {
    /// Whether its keeper may change it now: at any time where nobody approves it.
    pub fn is_open(&self, catalogue: &Catalogue) -> bool {
        let is_open = catalogue.approved_by.is_none() || matches!(self.row.state.as_str(), DRAFT | RETURNED);
        !self.is_over && is_open
    }

    pub fn needs_minutes(&self, catalogue: &Catalogue) -> bool {
        catalogue.minutes_when_changed && self.differs && self.minutes.is_none()
    }
}

/// Why a list did not do what was asked of it. Nothing has changed.
#[derive(Debug, thiserror::Error)]
pub enum ListError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("there is no such list")]
    NotFound,
    #[error("it is not theirs")]
    NotTheirs,
    /// It is not as it was when it was seen.
    #[error("the list was changed")]
    Stale,
    /// In its state it cannot be changed so.
    #[error("the list is {0}")]
    Locked(String),
    #[error("at most {0} entries")]
    Full(u32),
    #[error("the code is taken")]
    CodeTaken,
    #[error("the entry is wrong")]
    Wrong(Vec<Wrong>),
    #[error("minutes are needed")]
    MinutesNeeded,
    #[error("the list is empty")]
    Empty,
    #[error("a note is needed")]
    NoteNeeded,
    /// Nobody decides what they sent.
    #[error("one's own list")]
    OwnList,
    #[error(transparent)]
    File(#[from] FileError),
}

type Outcome<T> = Result<T, ListError>;

/// Whether someone keeps or approves any list, or sees all.
pub fn takes_part(viewer: &Viewer, definition: &Definition) -> bool {
    let holds = |party| viewer.holdings.iter().any(|holding| is_party(definition, holding, party));
    !definition.catalogues.is_empty()
        && (viewer.scope.everything
            || definition.catalogues.iter().any(|one| holds(one.kept_by) || one.approved_by.is_some_and(holds)))
}

/// Whether someone keeps and approves the lists of a department; `None` where they may not know of
/// them.
pub fn rights(
    viewer: &Viewer,
    definition: &Definition,
    catalogue: &Catalogue,
    department: &str,
) -> Option<(bool, bool)> {
    let parties = parties_of(viewer, definition, department);
    let keeps = parties.contains(&catalogue.kept_by);
    let approves = catalogue.approved_by.is_some_and(|party| parties.contains(&party));
    (keeps || approves || viewer.scope.everything).then_some((keeps, approves))
}

/// Whether someone may read what belongs to a list, by its owner's name.
pub fn may_see_files(viewer: &Viewer, definition: &Definition, owner: &str) -> bool {
    Named::of_owner(owner).is_some_and(|named| {
        let catalogue = definition.catalogues.iter().find(|one| one.id == named.catalogue);
        catalogue.is_some_and(|catalogue| rights(viewer, definition, catalogue, &named.department).is_some())
    })
}

/// The term before a term.
pub fn term_before(definition: &Definition, term: &str) -> Option<String> {
    let term: Term = term.parse().ok()?;
    let calendar = &definition.school.calendar;
    let last = calendar.begins(term)?.pred_opt()?;
    Some(calendar.term_of(last).to_string())
}

/// Whether a term is over on a day; what is of no term never is.
fn is_past(definition: &Definition, term: &str, today: Day) -> bool {
    let calendar = &definition.school.calendar;
    let begins = |term: Term| calendar.begins(term);
    let term = term.parse::<Term>().ok();
    term.and_then(begins).is_some_and(|first| first < begins(calendar.term_of(today)).unwrap_or(first))
}

/// A list as someone may see it.
pub async fn see(
    conn: &mut Conn,
    viewer: &Viewer,
    definition: &Definition,
    named: &Named,
    today: Day,
) -> Outcome<List> {
    let found = definition.catalogues.iter().enumerate().find(|(_, one)| one.id == named.catalogue);
    let (index, catalogue) = found.ok_or(ListError::NotFound)?;
    let (keeps, approves) = rights(viewer, definition, catalogue, &named.department).ok_or(ListError::NotFound)?;
    if catalogue.by_department == named.department.is_empty() || catalogue.by_term == named.term.is_empty() {
        return Err(ListError::NotFound);
    }
    let Named { department, term, .. } = named;
    let row = catalogues::list(conn, &catalogue.id, department, term).await?.unwrap_or_else(|| ListRow {
        catalogue: catalogue.id.clone(),
        department: department.clone(),
        term: term.clone(),
        state: DRAFT.to_owned(),
        ..ListRow::default()
    });
    let before_term = if catalogue.by_term { term_before(definition, term) } else { None };
    let owner = named.owner();
    let minutes = rows::of_owner(conn, Owner { kind: OwnerKind::List, id: &owner }).await?;
    let on = named.on();
    let total = catalogues::count(conn, Of::Entries, on, "").await?;
    let is_over = catalogue.approved_by.is_some() && is_past(definition, term, today) && total == 0;
    Ok(List {
        named: named.clone(),
        catalogue: index,
        differs: catalogues::differs(conn, on_offer(catalogue), on, before_term.as_deref()).await?,
        total,
        offered: catalogues::count(conn, on_offer(catalogue), on, "").await?,
        minutes: minutes.into_iter().next_back(),
        row,
        before_term,
        keeps,
        approves,
        is_over,
    })
}

/// Entries on one page of a list.
pub const PAGE: i64 = 100;

/// One page of a list's entries, and what it is compared with.
pub struct Page {
    pub entries: Vec<EntryRow>,
    /// How many entries have the words that were asked for.
    pub found: i64,
    /// What the term before has on offer: of those on this page, the first of all, and those that are
    /// not on this list.
    pub same_code: Vec<EntryRow>,
    pub before: Vec<EntryRow>,
    pub gone: Vec<EntryRow>,
    /// The codes of `before` that are on this list already.
    pub taken: Vec<String>,
}

/// Reads a page (from 0) of the entries that have all the words.
pub async fn page(
    conn: &mut Conn,
    definition: &Definition,
    list: &List,
    words: &str,
    page: i64,
) -> Result<Page, StoreError> {
    let (on, of) = (list.named.on(), on_offer(&definition.catalogues[list.catalogue]));
    let found = if words.is_empty() { list.total } else { catalogues::count(conn, Of::Entries, on, words).await? };
    let entries = catalogues::find(conn, Of::Entries, on, words, page.max(0).saturating_mul(PAGE), PAGE).await?;
    let codes = |entries: &[EntryRow]| entries.iter().map(|entry| entry.code.clone()).collect::<Vec<_>>();
    let empty = || Page {
        entries: Vec::new(),
        found,
        same_code: Vec::new(),
        before: Vec::new(),
        gone: Vec::new(),
        taken: Vec::new(),
    };
    let Some(term) = list.before_term.as_deref() else { return Ok(Page { entries, ..empty() }) };
    let before_on = On { term, ..on };
    let own = codes(&entries);
    let own: Vec<&str> = own.iter().map(String::as_str).collect();
    let before = catalogues::find(conn, of, before_on, "", 0, PAGE).await?;
    let old = codes(&before);
    let old: Vec<&str> = old.iter().map(String::as_str).collect();
    Ok(Page {
        same_code: catalogues::of_codes(conn, of, before_on, &own).await?,
        gone: catalogues::gone(conn, of, on, term, PAGE).await?,
        taken: codes(&catalogues::of_codes(conn, Of::Entries, on, &old).await?),
        before,
        entries,
        found,
    })
}

/// An entry of a list by its id.
pub async fn entry(conn: &mut Conn, named: &Named, id: &str) -> Result<Option<EntryRow>, StoreError> {
    let entry = catalogues::entry(conn, Of::Entries, id).await?;
    Ok(entry.filter(|entry| named.has(entry)))
}

/// The fields that an entry is known by and called: `code`, else the first; and the first that is
/// not that.
pub(in crate::app) fn names(catalogue: &Catalogue) -> (Option<&Field>, Option<&Field>) {
    let code = catalogue.fields.iter().find(|field| field.id == "code").or(catalogue.fields.first());
    let name = catalogue.fields.iter().find(|field| code.is_none_or(|code| code.id != field.id));
    (code, name.or(code))
}

/// The field (an index) by which entries are told apart.
pub fn code_field(catalogue: &Catalogue) -> usize {
    catalogue.fields.iter().position(|field| field.id == "code").unwrap_or_default()
}

/// What an entry says, as it was typed.
pub fn typed(catalogue: &Catalogue, entry: &EntryRow) -> Raw {
    let values = values(catalogue, entry);
    let text = |value: &Value| match value {
        Value::Text(text) => text.clone(),
        Value::Amount(amount) => amount.to_string(),
        Value::Day(day) => day.to_string(),
        Value::Tick(true) => "on".to_owned(),
        Value::Tick(false) | Value::Files(_) | Value::Entry(_) | Value::Cases(_) => String::new(),
    };
    values.iter().map(|(name, value)| (name.clone(), text(value))).collect()
}

/// What an entry says, by field.
pub fn values(catalogue: &Catalogue, entry: &EntryRow) -> BTreeMap<String, Value> {
    let says: BTreeMap<String, Json> = serde_json::from_str(&entry.says).unwrap_or_default();
    let mut out: BTreeMap<String, Value> =
        says.into_iter().filter_map(|(name, value)| Some((name, of_json(&value)?))).collect();
    let (code, name) = names(catalogue);
    for (field, text) in [(code, &entry.code), (name, &entry.name)] {
        if let Some(field) = field.filter(|field| matches!(field.is, Answer::Text { .. })) {
            out.entry(field.id.clone()).or_insert_with(|| Value::Text(text.clone()));
        }
    }
    out
}
