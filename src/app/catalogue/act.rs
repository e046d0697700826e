//! What is done with a list: its entries, its minutes, sending and deciding it; each in one
//! transaction, over the version that was seen.

use serde_json::{Map, Value as Json, json};

use super::{DRAFT, List, ListError, Named, Outcome, RETURNED, letters, names, see};
use crate::app::access::Viewer;
use crate::app::case::answers::to_json;
use crate::app::case::entries::on_offer;
use crate::app::case::see::parties_by;
use crate::app::files::{self, Media, OwnerKind, Sent};
use crate::app::import::cell;
use crate::app::{App, Edition, profile};
use crate::case::Raw;
use crate::clock::Instant;
use crate::definition::Definition;
use crate::definition::case::{Catalogue, Field};
use crate::rules::filing::Value;
use crate::signs;
use crate::store::access::{self, Holding};
use crate::store::catalogues::{self, APPROVED, EntryRow, ListRow};
use crate::store::files::{self as rows, Owner};
use crate::store::{Conn, StoreError, audit, stored};

const SENT: &str = "sent";
/// The field of a list's minutes, and the most bytes of them.
const MINUTES: &str = "minutes";
const MINUTES_BYTES: u64 = 10 << 20;
const NOTE_LETTERS: usize = 500;
/// Entries that are taken over at once.
const MOST: i64 = 100_000;

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
    /// An approved list is worked on again; a sent one waits until it is decided.
    Open,
    Approve,
    Return(&'a str),
}

/// Does something with a list that was seen in a version.
pub async fn act(app: &App, viewer: &Viewer, named: &Named, seen: i64, act: &Act<'_>, now: Instant) -> Outcome<()> {
    let edition = app.edition.load_full();
    let definition = &edition.definition;
    let mut conn = app.db.begin().await?;
    let today = definition.school.calendar.today(now);
    let viewer = viewer.by_now(&mut conn, definition, today).await?;
    let list = see(&mut conn, &viewer, definition, named, today).await?;
    let catalogue = &definition.catalogues[list.catalogue];
    if list.row.version != seen {
        return Err(ListError::Stale);
    }
    let decides = matches!(act, Act::Approve | Act::Return(_));
    if !(if decides { list.approves } else { list.keeps }) {
        return Err(ListError::NotTheirs);
    }
    let fits = match act {
        Act::Open => list.row.state == APPROVED,
        Act::Approve | Act::Return(_) => list.row.state == SENT,
        _ => list.is_open(catalogue),
    };
    if !fits {
        return Err(ListError::Locked(list.row.state.clone()));
    }
    let lender = match decides {
        true => in_place_of(&mut conn, &viewer, definition, &list).await?,
        false => None,
    };
    let mut row = ListRow { changed_at: stored(now), ..list.row.clone() };
    match act {
        Act::Add(typed) => {
            let entry = entry(&edition, &list, catalogue, None, typed, now)?;
            add(&mut conn, &list, catalogue, vec![entry]).await?;
        }
        Act::Change(id, typed) => {
            let old = super::entry(&mut conn, named, id).await?.ok_or(ListError::Stale)?;
            let entry = entry(&edition, &list, catalogue, Some(&old), typed, now)?;
            if !catalogues::change_entry(&mut conn, &entry).await? {
                return Err(ListError::CodeTaken);
            }
        }
        Act::Remove(id) => {
            let old = super::entry(&mut conn, named, id).await?.ok_or(ListError::Stale)?;
            catalogues::remove_entry(&mut conn, &old.id).await?;
        }
        Act::TakeOver(id) => {
            let before = before(&list).ok_or(ListError::Stale)?;
            let one = catalogues::entry(&mut conn, on_offer(catalogue), id).await?;
            let one = one.filter(|entry| before.has(entry)).ok_or(ListError::Stale)?;
            add(&mut conn, &list, catalogue, vec![taken_over(&list, &one)?]).await?;
        }
        Act::TakeOverAll => {
            let before = before(&list).ok_or(ListError::Stale)?;
            let new = catalogues::gone(&mut conn, on_offer(catalogue), named.on(), &before.term, MOST).await?;
            let new = new.iter().map(|one| taken_over(&list, one)).collect::<Outcome<Vec<_>>>()?;
            add(&mut conn, &list, catalogue, new).await?;
        }
        Act::RemoveMinutes => {
            if let Some(minutes) = &list.minutes {
                rows::remove(&mut conn, &minutes.id, &stored(now)).await?;
            }
        }
        Act::Send => {
            if list.total == 0 {
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
    if decides {
        letters::write(app, &mut conn, &edition, catalogue, named, &row, seen + 1, now).await?;
    }
    if let Some(action) = told(act) {
        let mut detail = json!({ "list": named.owner() });
        if let Some(lender) = lender {
            detail["in_place_of"] = lender.into();
        }
        audit::add(&mut conn, &app.chain, &stored(now), &viewer.account, action, &detail.to_string()).await?;
    }
    Ok(conn.commit().await?)
}

/// Who lent the role in which somebody decides a list; `None` for one's own. Nobody decides what they
/// sent, be it in another's place, under another account of theirs, or by whoever borrowed their role.
async fn in_place_of(
    conn: &mut Conn,
    viewer: &Viewer,
    definition: &Definition,
    list: &List,
) -> Outcome<Option<String>> {
    let sent_by = &list.row.sent_by;
    let mut senders = access::same_person(conn, sent_by).await?;
    senders.push(sent_by.clone());
    if senders.contains(&viewer.account) {
        return Err(ListError::OwnList);
    }
    let party = definition.catalogues[list.catalogue].approved_by;
    let department = &list.named.department;
    let decides = |holding: &&Holding| {
        party.is_some_and(|party| parties_by(&[*holding], definition, department).contains(&party))
    };
    let lenders: Vec<&String> = viewer.holdings.iter().filter(decides).map(|holding| &holding.lent_by).collect();
    if lenders.iter().any(|lender| lender.is_empty()) {
        return Ok(None);
    }
    let lender = lenders.into_iter().find(|lender| !senders.contains(lender));
    Ok(Some(lender.ok_or(ListError::OwnList)?.clone()))
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
        && list.total + new.len() as i64 > i64::from(most)
    {
        return Err(ListError::Full(most));
    }
    let last = catalogues::last_ordinal(conn, list.named.on()).await?;
    let new: Vec<EntryRow> =
        new.into_iter().zip(last + 1..).map(|(entry, ordinal)| EntryRow { ordinal, ..entry }).collect();
    if new.is_empty() || catalogues::add_entries(conn, &new).await? == new.len() as u64 {
        Ok(())
    } else {
        Err(ListError::CodeTaken)
    }
}

fn entry(
    edition: &Edition,
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
    let id = match old {
        Some(old) => old.id.clone(),
        None => random()?,
    };
    let ordinal = old.map_or(0, |old| old.ordinal);
    let says = |field: &Field| filled.value(field).cloned();
    Ok(EntryRow { id, ordinal, ..said(&list.named, catalogue, says) })
}

/// An entry of a list that says so much, by field; without a name or place of its own.
pub(in crate::app) fn said(named: &Named, catalogue: &Catalogue, says: impl Fn(&Field) -> Option<Value>) -> EntryRow {
    let (code, name) = names(catalogue);
    let text = |field: Option<&Field>| match field.and_then(&says) {
        Some(Value::Text(text)) => text.trim().to_owned(),
        Some(Value::Amount(amount)) => amount.to_string(),
        Some(Value::Day(_) | Value::Tick(_) | Value::Files(_) | Value::Entry(_) | Value::Cases(_)) | None => {
            String::new()
        }
    };
    let all: Map<String, Json> =
        catalogue.fields.iter().filter_map(|field| Some((field.id.clone(), to_json(&says(field)?)))).collect();
    EntryRow {
        catalogue: named.catalogue.clone(),
        department: named.department.clone(),
        term: named.term.clone(),
        // Codes of one look are one code.
        code: signs::line(&cell::plain(&text(code))),
        name: text(name),
        says: Json::Object(all).to_string(),
        ..EntryRow::default()
    }
}

/// The list of the term before.
fn before(list: &List) -> Option<Named> {
    Some(Named { term: list.before_term.clone()?, ..list.named.clone() })
}

fn taken_over(list: &List, one: &EntryRow) -> Outcome<EntryRow> {
    Ok(EntryRow { id: random()?, term: list.named.term.clone(), ..one.clone() })
}

/// An id that nobody can guess.
pub(in crate::app) fn random() -> Result<String, StoreError> {
    let mut bytes = [0u8; 16];
    getrandom::fill(&mut bytes).map_err(|error| StoreError::Refused(format!("no randomness: {error}")))?;
    Ok(hex::encode(bytes))
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
        } else if !list.is_open(&definition.catalogues[list.catalogue]) {
            Err(ListError::Locked(list.row.state.clone()))
        } else {
            Ok(())
        }
    };
    // Nothing is decoded for whom it is not.
    check(&see(&mut app.db.read().await?, viewer, definition, named, definition.school.calendar.today(now)).await?)?;
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
    let today = definition.school.calendar.today(now);
    let viewer = viewer.by_now(&mut conn, definition, today).await?;
    let list = see(&mut conn, &viewer, definition, named, today).await?;
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
