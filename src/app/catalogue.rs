//! Lists to choose from: whoever keeps one adds, changes and removes entries, takes over those of the
//! term before and sends it; whoever approves it compares and decides. What may be chosen stays as it
//! was last approved while a list is worked on.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};

use super::access::Viewer;
use super::case::answers::{of_json, to_json};
use super::case::entries::on_offer;
use super::case::{queue::is_party, see::parties_of};
use super::files::{self, FileError, FileRow, Media, OwnerKind, Sent};
use super::{App, profile};
use crate::case::{Raw, Wrong};
use crate::clock::{Instant, Term};
use crate::definition::Definition;
use crate::definition::case::{Answer, Catalogue, Field};
use crate::rules::filing::Value;
use crate::store::catalogues::{self, APPROVED, EntryRow, ListRow, Of};
use crate::store::files::{self as rows, Owner};
use crate::store::{Conn, StoreError, audit, stored};

const DRAFT: &str = "draft";
const SENT: &str = "sent";
const RETURNED: &str = "returned";
/// The field of a list's minutes, and the most bytes of them.
const MINUTES: &str = "minutes";
const MINUTES_BYTES: u64 = 10 << 20;
const NOTE_LETTERS: usize = 500;

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
    pub entries: Vec<EntryRow>,
    /// The term before, and what was on offer in it.
    pub before_term: Option<String>,
    pub before: Vec<EntryRow>,
    /// What may be chosen now.
    pub offered: Vec<EntryRow>,
    pub minutes: Option<FileRow>,
    /// It differs from the term before.
    pub differs: bool,
    pub keeps: bool,
    pub approves: bool,
}

impl List {
    /// Whether its keeper may change it now.
    pub fn is_open(&self) -> bool {
        matches!(self.row.state.as_str(), DRAFT | RETURNED)
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
    /// Nobody approves what they sent.
    #[error("one's own list")]
    OwnList,
    #[error(transparent)]
    File(#[from] FileError),
}

type Outcome<T> = Result<T, ListError>;

/// What somebody wants done with a list.
#[derive(Clone, Debug)]
pub enum Act<'a> {
    Add(&'a Raw),
    /// An entry's id and what is typed.
    Change(&'a str, &'a Raw),
    Remove(&'a str),
    /// An entry of the term before, by id.
    TakeOver(&'a str),
    TakeOverAll,
    RemoveMinutes,
    Send,
    /// An approved or sent list is worked on again.
    Open,
    Approve,
    Return(&'a str),
}

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

/// A list as someone may see it.
pub async fn see(conn: &mut Conn, viewer: &Viewer, definition: &Definition, named: &Named) -> Outcome<List> {
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
    let before = match &before_term {
        Some(before) => catalogues::entries(conn, on_offer(catalogue), &catalogue.id, department, before).await?,
        None => Vec::new(),
    };
    let entries = catalogues::entries(conn, Of::Entries, &catalogue.id, department, term).await?;
    let owner = named.owner();
    let minutes = rows::of_owner(conn, Owner { kind: OwnerKind::List, id: &owner }).await?;
    Ok(List {
        named: named.clone(),
        catalogue: index,
        differs: said(&entries) != said(&before),
        offered: catalogues::entries(conn, on_offer(catalogue), &catalogue.id, department, term).await?,
        minutes: minutes.into_iter().next_back(),
        row,
        entries,
        before_term,
        before,
        keeps,
        approves,
    })
}

/// What a list says, by code.
fn said(entries: &[EntryRow]) -> BTreeMap<&str, (&str, Json)> {
    let json = |text: &str| serde_json::from_str(text).unwrap_or(Json::Null);
    entries.iter().map(|entry| (entry.code.as_str(), (entry.name.as_str(), json(&entry.says)))).collect()
}

/// Does something with a list that was seen in a version.
pub async fn act(app: &App, viewer: &Viewer, named: &Named, seen: i64, act: &Act<'_>, now: Instant) -> Outcome<()> {
    let edition = app.edition.load_full();
    let definition = &edition.definition;
    let mut conn = app.db.begin().await?;
    let viewer = viewer.by_now(&mut conn, definition, definition.school.calendar.today(now)).await?;
    let list = see(&mut conn, &viewer, definition, named).await?;
    let catalogue = &definition.catalogues[list.catalogue];
    if list.row.version != seen {
        return Err(ListError::Stale);
    }
    let decides = matches!(act, Act::Approve | Act::Return(_));
    if !(if decides { list.approves } else { list.keeps }) {
        return Err(ListError::NotTheirs);
    }
    let fits = match act {
        Act::Open => matches!(list.row.state.as_str(), APPROVED | SENT),
        Act::Approve | Act::Return(_) => list.row.state == SENT,
        _ => list.is_open(),
    };
    if !fits {
        return Err(ListError::Locked(list.row.state.clone()));
    }
    let mut row = ListRow { changed_at: stored(now), ..list.row.clone() };
    match act {
        Act::Add(typed) => {
            let entry = entry(&edition, &list, catalogue, None, typed, now)?;
            add(&mut conn, &list, catalogue, vec![entry]).await?;
        }
        Act::Change(id, typed) => {
            let old = list.entries.iter().find(|entry| entry.id == *id).ok_or(ListError::Stale)?;
            let entry = entry(&edition, &list, catalogue, Some(old), typed, now)?;
            if !catalogues::change_entry(&mut conn, &entry).await? {
                return Err(ListError::CodeTaken);
            }
        }
        Act::Remove(id) => {
            let old = list.entries.iter().find(|entry| entry.id == *id).ok_or(ListError::Stale)?;
            catalogues::remove_entry(&mut conn, &old.id).await?;
        }
        Act::TakeOver(id) => {
            let one = list.before.iter().find(|entry| entry.id == *id).ok_or(ListError::Stale)?;
            if list.entries.iter().any(|entry| entry.code == one.code) {
                return Err(ListError::CodeTaken);
            }
            add(&mut conn, &list, catalogue, vec![taken_over(&list, one)?]).await?;
        }
        Act::TakeOverAll => {
            let new = list.before.iter().filter(|one| list.entries.iter().all(|entry| entry.code != one.code));
            let new = new.map(|one| taken_over(&list, one)).collect::<Outcome<Vec<_>>>()?;
            add(&mut conn, &list, catalogue, new).await?;
        }
        Act::RemoveMinutes => {
            if let Some(minutes) = &list.minutes {
                rows::remove(&mut conn, &minutes.id, &stored(now)).await?;
            }
        }
        Act::Send => {
            if list.entries.is_empty() {
                return Err(ListError::Empty);
            }
            if list.needs_minutes(catalogue) {
                return Err(ListError::MinutesNeeded);
            }
            let state = if catalogue.approved_by.is_some() { SENT } else { APPROVED };
            (row.state, row.sent_by, row.note) = (state.to_owned(), viewer.account.clone(), String::new());
        }
        Act::Open => row.state = DRAFT.to_owned(),
        Act::Approve => {
            if list.row.sent_by == viewer.account {
                return Err(ListError::OwnList);
            }
            (row.state, row.decided_by, row.note) = (APPROVED.to_owned(), viewer.account.clone(), String::new());
        }
        Act::Return(note) => {
            let note: String = note.trim().chars().take(NOTE_LETTERS).collect();
            if note.is_empty() {
                return Err(ListError::NoteNeeded);
            }
            (row.state, row.decided_by, row.note) = (RETURNED.to_owned(), viewer.account.clone(), note);
        }
    }
    if !catalogues::set_list(&mut conn, &row, seen).await? {
        return Err(ListError::Stale);
    }
    if let Some(action) = told(act) {
        audit::add(&mut conn, &app.chain, &stored(now), &viewer.account, action, &named.owner()).await?;
    }
    Ok(conn.commit().await?)
}

/// What the audit log says of it.
fn told(act: &Act<'_>) -> Option<&'static str> {
    match act {
        Act::Send => Some("send list"),
        Act::Open => Some("open list"),
        Act::Approve => Some("approve list"),
        Act::Return(_) => Some("return list"),
        Act::Add(_) | Act::Change(..) | Act::Remove(_) | Act::TakeOver(_) | Act::TakeOverAll | Act::RemoveMinutes => {
            None
        }
    }
}

async fn add(conn: &mut Conn, list: &List, catalogue: &Catalogue, new: Vec<EntryRow>) -> Outcome<()> {
    if let Some(most) = catalogue.at_most
        && list.entries.len() + new.len() > most as usize
    {
        return Err(ListError::Full(most));
    }
    let last = list.entries.iter().map(|entry| entry.ordinal).max().unwrap_or(0);
    let new: Vec<EntryRow> =
        new.into_iter().zip(last + 1..).map(|(entry, ordinal)| EntryRow { ordinal, ..entry }).collect();
    if new.is_empty() || catalogues::add_entries(conn, &new).await? == new.len() as u64 {
        Ok(())
    } else {
        Err(ListError::CodeTaken)
    }
}

/// The fields that an entry is known by and called: `code`, else the first; and the first that is
/// not that.
fn names(catalogue: &Catalogue) -> (Option<&Field>, Option<&Field>) {
    let code = catalogue.fields.iter().find(|field| field.id == "code").or(catalogue.fields.first());
    let name = catalogue.fields.iter().find(|field| code.is_none_or(|code| code.id != field.id));
    (code, name.or(code))
}

fn entry(
    edition: &super::Edition,
    list: &List,
    catalogue: &Catalogue,
    old: Option<&EntryRow>,
    typed: &Raw,
    now: Instant,
) -> Outcome<EntryRow> {
    let filled = profile::filled_alone(&edition.definition, &edition.rules, &catalogue.fields, typed, now);
    if !filled.wrong.is_empty() {
        return Err(ListError::Wrong(filled.wrong));
    }
    let (code, name) = names(catalogue);
    let text = |field: Option<&Field>| match field.and_then(|field| filled.value(field)) {
        Some(Value::Text(text)) => text.trim().to_owned(),
        Some(Value::Amount(amount)) => amount.to_string(),
        Some(Value::Day(_) | Value::Tick(_) | Value::Files(_) | Value::Entry(_)) | None => String::new(),
    };
    let says: Map<String, Json> =
        catalogue.fields.iter().filter_map(|field| Some((field.id.clone(), to_json(filled.value(field)?)))).collect();
    let Named { catalogue, department, term } = list.named.clone();
    Ok(EntryRow {
        id: old.map_or_else(random, |old| Ok(old.id.clone()))?,
        catalogue,
        department,
        term,
        code: text(code),
        name: text(name),
        says: Json::Object(says).to_string(),
        ordinal: old.map_or(0, |old| old.ordinal),
    })
}

fn taken_over(list: &List, one: &EntryRow) -> Outcome<EntryRow> {
    Ok(EntryRow { id: random()?, term: list.named.term.clone(), ..one.clone() })
}

fn random() -> Outcome<String> {
    let mut bytes = [0u8; 16];
    getrandom::fill(&mut bytes).map_err(|error| StoreError::Refused(format!("no randomness: {error}")))?;
    Ok(hex::encode(bytes))
}

/// What an entry says, as it was typed.
pub fn typed(catalogue: &Catalogue, entry: &EntryRow) -> Raw {
    let values = values(catalogue, entry);
    let text = |value: &Value| match value {
        Value::Text(text) => text.clone(),
        Value::Amount(amount) => amount.to_string(),
        Value::Day(day) => day.to_string(),
        Value::Tick(true) => "on".to_owned(),
        Value::Tick(false) | Value::Files(_) | Value::Entry(_) => String::new(),
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

/// Takes the minutes of a list, in the place of those that it had.
pub async fn take_minutes(
    app: &App,
    viewer: &Viewer,
    named: &Named,
    seen: i64,
    name: &str,
    bytes: Vec<u8>,
    now: Instant,
) -> Outcome<()> {
    let edition = app.edition.load_full();
    let definition = &edition.definition;
    let check = |list: &List| {
        if !list.keeps {
            Err(ListError::NotTheirs)
        } else if list.row.version != seen {
            Err(ListError::Stale)
        } else if !list.is_open() {
            Err(ListError::Locked(list.row.state.clone()))
        } else {
            Ok(())
        }
    };
    // Nothing is decoded for whom it is not.
    check(&see(&mut app.db.read().await?, viewer, definition, named).await?)?;
    let owner = named.owner();
    let sent = Sent {
        owner: Owner { kind: OwnerKind::List, id: &owner },
        field: MINUTES,
        name,
        bytes,
        accept: &[Media::Pdf],
        up_to_bytes: MINUTES_BYTES,
        by: &viewer.account,
    };
    let file = files::keep(app, sent, now).await?;
    let mut conn = app.db.begin().await?;
    let viewer = viewer.by_now(&mut conn, definition, definition.school.calendar.today(now)).await?;
    let list = see(&mut conn, &viewer, definition, named).await?;
    check(&list)?;
    if let Some(old) = &list.minutes {
        rows::remove(&mut conn, &old.id, &stored(now)).await?;
    }
    rows::add(&mut conn, &file).await?;
    let row = ListRow { changed_at: stored(now), ..list.row.clone() };
    if !catalogues::set_list(&mut conn, &row, seen).await? {
        return Err(ListError::Stale);
    }
    Ok(conn.commit().await?)
}
