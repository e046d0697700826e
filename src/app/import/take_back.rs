//! Taking an import back: the records are as they were before it. Credits by records of their own,
//! so that past days stay as they were; the rest by putting back what the import kept.

use std::collections::{BTreeSet, HashMap, HashSet};

use serde_json::json;

use super::staff::{roles_into, roles_turned};
use super::students::SEALED;
use super::versions::REPLACED;
use super::{Kind, Rights, entries, named};
use crate::app::access::Viewer;
use crate::app::progress::Reader;
use crate::app::{App, Edition};
use crate::clock::{Day, Instant};
use crate::lang::Text;
use crate::store::catalogues::{self, EntryRow, Of};
use crate::store::imports::{self, ImportRecord};
use crate::store::people::{self, ClassRecord, StaffRecord, StudentRecord, UnitRecord};
use crate::store::versions::{self, Stored, Versioned};
use crate::store::{Conn, StoreError, audit, credits, facts, register, report, stored, uses};

#[derive(Debug, thiserror::Error)]
pub enum TakeBackError {
    #[error(transparent)]
    Store(#[from] StoreError),
    /// It cannot be; why, for a person.
    #[error("{}", .0.zh)]
    Refused(Text),
    /// There is none, or it is another's.
    #[error("no such import")]
    NotTheirs,
}

type Result<T> = std::result::Result<T, TakeBackError>;

/// Takes an import back, whole or not at all, in an operator's name.
pub async fn take_back(app: &App, batch: i64, by: &str, now: Instant) -> Result<ImportRecord> {
    let mut conn = begin(app).await?;
    let import = find(&mut conn, batch).await?;
    let import = undo(app, &mut conn, import, by, now).await?;
    conn.commit().await?;
    Ok(import)
}

/// The same by someone who may do so by now.
pub async fn take_back_as(app: &App, batch: i64, viewer: &Viewer, now: Instant) -> Result<ImportRecord> {
    let mut conn = begin(app).await?;
    let import = theirs(app, &mut conn, batch, viewer, now).await?;
    let import = undo(app, &mut conn, import, &viewer.account, now).await?;
    conn.commit().await?;
    Ok(import)
}

/// What taking an import back would do.
#[derive(Clone, Debug)]
pub struct Rehearsed {
    pub import: ImportRecord,
    /// Why it cannot be taken back.
    pub refused: Option<Text>,
    /// The students whose records would change, where it is about students.
    pub students: Option<usize>,
    /// Of them, whose verdict would turn; `None` where they are too many to be judged for a look.
    pub verdicts: Option<Verdicts>,
}

/// How many verdicts turn: of a student as a whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Verdicts {
    /// Passed before, not passed after.
    pub lost: usize,
    /// Not passed before, passed after.
    pub gained: usize,
}

/// So many students at most are judged for a look.
const JUDGED: usize = 5_000;

/// Takes an import back as it would be, tells what comes of it, and leaves everything as it was.
pub async fn rehearse_take_back(app: &App, batch: i64, viewer: &Viewer, now: Instant) -> Result<Rehearsed> {
    let edition = app.edition.load_full();
    let today = edition.definition.school.calendar.today(now);
    let mut conn = begin(app).await?;
    let import = theirs(app, &mut conn, batch, viewer, now).await?;
    let students = match named(&import.kind).map(|(kind, _)| kind) {
        Some(Kind::Credits) => Some(credits::students_of_import(&mut conn, batch).await?),
        Some(Kind::Students) => Some(versions::keys_of_import::<StudentRecord>(&mut conn, batch).await?),
        Some(Kind::Units | Kind::Staff | Kind::Classes | Kind::Entries) | None => None,
    };
    let judged: Option<HashSet<String>> =
        students.as_ref().filter(|students| students.len() <= JUDGED).map(|some| some.iter().cloned().collect());
    let mut rehearsed =
        Rehearsed { import: import.clone(), refused: None, students: students.as_ref().map(Vec::len), verdicts: None };
    let before = passed(&mut conn, &edition, judged.as_ref(), today).await?;
    match undo(app, &mut conn, import, &viewer.account, now).await {
        Ok(_) => {
            let after = passed(&mut conn, &edition, judged.as_ref(), today).await?;
            rehearsed.verdicts = judged.map(|_| Verdicts {
                lost: before.difference(&after).count(),
                gained: after.difference(&before).count(),
            });
        }
        Err(TakeBackError::Refused(why)) => rehearsed.refused = Some(why),
        Err(error) => return Err(error),
    }
    conn.roll_back().await?;
    Ok(rehearsed)
}

/// Those of the students who are bound by something and have passed all of it.
async fn passed(
    conn: &mut Conn,
    edition: &Edition,
    students: Option<&HashSet<String>>,
    today: Day,
) -> Result<HashSet<String>> {
    let mut passed = HashSet::new();
    let Some(students) = students else { return Ok(passed) };
    let mut reader = Reader::new(edition, today);
    report::list(conn, &report::Students::on(today), |who| {
        if students.contains(&who.student) {
            let passes = reader.passes_listed(&who);
            if passes.is_bound() && passes.all() {
                passed.insert(who.student);
            }
        }
    })
    .await?;
    Ok(passed)
}

async fn begin(app: &App) -> Result<Conn> {
    let mut conn = app.db.begin_alone().await?;
    // As in an import: one after the other on PostgreSQL too.
    conn.numbers(1).await?;
    Ok(conn)
}

async fn find(conn: &mut Conn, batch: i64) -> Result<ImportRecord> {
    imports::find(conn, batch).await?.ok_or_else(|| {
        TakeBackError::Refused(Text::new(format!("沒有 {batch} 號匯入。"), format!("There is no import {batch}.")))
    })
}

/// An import that a viewer may take back; what is not theirs is as if it were not there.
async fn theirs(app: &App, conn: &mut Conn, batch: i64, viewer: &Viewer, now: Instant) -> Result<ImportRecord> {
    let edition = app.edition.load_full();
    let definition = &edition.definition;
    let viewer = viewer.by_now(conn, definition, definition.school.calendar.today(now)).await?;
    let import = imports::find(conn, batch).await?.ok_or(TakeBackError::NotTheirs)?;
    if !Rights::of(&viewer, definition).may_take_back(definition, &import, &viewer.account) {
        return Err(TakeBackError::NotTheirs);
    }
    Ok(import)
}

async fn undo(app: &App, conn: &mut Conn, import: ImportRecord, by: &str, now: Instant) -> Result<ImportRecord> {
    let today = app.edition.load().definition.school.calendar.today(now).to_string();
    let batch = import.id;
    if !imports::mark_taken_back(conn, batch, &stored(now), by).await? {
        let at = import.taken_back_at.clone().unwrap_or_default();
        return Err(TakeBackError::Refused(Text::new(
            format!("{batch} 號匯入已經在 {at} 撤回了。"),
            format!("Import {batch} was taken back already, at {at}."),
        )));
    }
    let mut turned = (Vec::new(), Vec::new());
    match named(&import.kind).map(|(kind, _)| kind) {
        Some(Kind::Units) => take_back_units(conn, batch).await?,
        Some(Kind::Staff) => turned = take_back_staff(conn, batch).await?,
        Some(Kind::Classes) => take_back_versions::<ClassRecord>(conn, batch, &import.kind).await?,
        Some(Kind::Students) => {
            take_back_versions::<StudentRecord>(conn, batch, &import.kind).await?;
            take_back_private(conn, batch).await?;
        }
        Some(Kind::Credits) => take_back_credits(conn, batch, &today, &stored(now)).await?,
        Some(Kind::Entries) => take_back_entries(conn, batch, &import.kind, &stored(now)).await?,
        None => {
            return Err(TakeBackError::Refused(Text::new(
                format!("不認得「{}」這種匯入。", import.kind),
                format!("Imports of the kind “{}” are not known.", import.kind),
            )));
        }
    }
    let mut detail = json!({"batch": batch, "kind": import.kind, "file": import.file});
    roles_into(&mut detail, turned);
    audit::add(conn, &app.chain, &stored(now), by, "take back import", &detail.to_string()).await?;
    let import = imports::find(conn, batch).await?.unwrap_or(import);
    Ok(import)
}

/// Refuses where later imports stand on this one, and says which.
fn refuse_built_on(later: BTreeSet<i64>) -> Result<()> {
    if later.is_empty() {
        return Ok(());
    }
    let list: Vec<String> = later.iter().map(i64::to_string).collect();
    Err(TakeBackError::Refused(Text::new(
        format!("之後的匯入 {} 以它為基礎；請先撤回那些匯入。", list.join("、")),
        format!("Later imports build on it ({}); take those back first.", list.join(", ")),
    )))
}

/// Refuses where something else still names what would be gone.
fn refuse_used(used: Vec<String>) -> Result<()> {
    if used.is_empty() {
        return Ok(());
    }
    Err(TakeBackError::Refused(Text::new(
        format!("還有別的資料用到它帶來的：{} 等；請先撤回那些匯入。", used.join("、")),
        format!("Other records use what it brought ({} …); take those imports back first.", used.join(", ")),
    )))
}

async fn take_back_credits(conn: &mut Conn, batch: i64, today: &str, at: &str) -> Result<()> {
    refuse_built_on(credits::imports_built_on(conn, batch).await?.into_iter().collect())?;
    let students = credits::take_back_import(conn, batch, today, at).await?;
    let students: Vec<&str> = students.iter().map(String::as_str).collect();
    facts::update(conn, &students).await?;
    Ok(())
}

/// What a units or staff import replaced: the keys that were new, and the records to put back.
async fn replaced<T: serde::de::DeserializeOwned>(
    conn: &mut Conn,
    batch: i64,
    kind: &str,
) -> Result<(Vec<String>, Vec<T>)> {
    let kept = imports::kept(conn, batch).await?;
    let keys: BTreeSet<&str> = kept.iter().map(|(key, _)| key.as_str()).collect();
    let later = imports::kept_later(conn, batch, kind).await?;
    refuse_built_on(later.iter().filter(|(_, key, _)| keys.contains(key.as_str())).map(|(id, _, _)| *id).collect())?;
    let (mut new, mut before) = (Vec::new(), Vec::new());
    for (key, json) in kept {
        if json.is_empty() {
            new.push(key);
        } else {
            before.push(parse(&json)?);
        }
    }
    Ok((new, before))
}

fn parse<T: serde::de::DeserializeOwned>(json: &str) -> Result<T> {
    Ok(serde_json::from_str(json).map_err(|error| StoreError::Refused(format!("import_changes: {error}")))?)
}

/// Entries that a case has chosen stay: what they are is asked for again as long as the case is open.
async fn take_back_entries(conn: &mut Conn, batch: i64, kind: &str, at: &str) -> Result<()> {
    let (new, before) = replaced::<EntryRow>(conn, batch, kind).await?;
    let new: Vec<&str> = new.iter().map(String::as_str).collect();
    let mut gone = Vec::with_capacity(new.len());
    for id in &new {
        gone.extend(catalogues::entry(conn, Of::Entries, id).await?);
    }
    let used: HashSet<String> = catalogues::chosen(conn, &new).await?.into_iter().collect();
    refuse_used(gone.iter().filter(|entry| used.contains(&entry.id)).map(|entry| entry.code.clone()).collect())?;
    for id in new {
        catalogues::remove_entry(conn, id).await?;
    }
    for entry in &before {
        catalogues::change_entry(conn, entry).await?;
    }
    Ok(entries::touch(conn, gone.iter().chain(&before), at).await?)
}

async fn take_back_units(conn: &mut Conn, batch: i64) -> Result<()> {
    let (new, before) = replaced::<UnitRecord>(conn, batch, Kind::Units.id()).await?;
    let new: Vec<&str> = new.iter().map(String::as_str).collect();
    refuse_used(uses::of_units(conn, &new).await?)?;
    register::remove_units(conn, &new).await?;
    register::put_units(conn, &before.iter().collect::<Vec<_>>()).await?;
    Ok(())
}

/// The roles that are given and taken by it.
async fn take_back_staff(conn: &mut Conn, batch: i64) -> Result<(Vec<String>, Vec<String>)> {
    let (new, before) = replaced::<StaffRecord>(conn, batch, Kind::Staff.id()).await?;
    let concerned = |person: &StaffRecord| {
        new.contains(&person.account) || before.iter().any(|other| other.account == person.account)
    };
    let now: Vec<StaffRecord> = people::staff(conn).await?.into_iter().filter(concerned).collect();
    let turned = roles_turned(&now, &before);
    let new: Vec<&str> = new.iter().map(String::as_str).collect();
    refuse_used(uses::of_staff(conn, &new).await?)?;
    register::remove_staff(conn, &new).await?;
    register::put_staff(conn, &before.iter().collect::<Vec<_>>()).await?;
    Ok(turned)
}

/// Removes the versions that an import brought; the ones before them last again until the next.
async fn take_back_versions<T: Versioned>(conn: &mut Conn, batch: i64, kind: &str) -> Result<()> {
    let keys = versions::keys_of_import::<T>(conn, batch).await?;
    let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
    let all = T::load(conn, &keys).await?;
    let mut later: BTreeSet<i64> = all.iter().map(|version| version.import).filter(|import| *import > batch).collect();
    for (import, key, json) in imports::kept_later(conn, batch, kind).await? {
        if key.starts_with(REPLACED) && parse::<Stored<T>>(&json)?.import == batch {
            later.insert(import);
        }
    }
    refuse_built_on(later)?;
    let mut restored: HashMap<String, Stored<T>> = HashMap::new();
    for (key, json) in imports::kept(conn, batch).await? {
        if let Some(key) = key.strip_prefix(REPLACED) {
            restored.insert(key.to_owned(), parse(&json)?);
        }
    }
    let (mut ends, mut remove, mut gone) = (Vec::new(), Vec::new(), Vec::new());
    for own in all.iter().filter(|version| version.import == batch) {
        remove.push(own.id);
        let key = own.is.key();
        if restored.contains_key(key) {
            continue;
        }
        let others = || all.iter().filter(|other| other.is.key() == key && other.id != own.id);
        if let Some(before) = others().find(|other| other.to == own.from) {
            ends.push((before.id, own.to.clone()));
        }
        if others().next().is_none() {
            gone.push(key);
        }
    }
    refuse_used(uses::of_versions::<T>(conn, &gone).await?)?;
    versions::remove::<T>(conn, &remove).await?;
    versions::end::<T>(conn, &ends).await?;
    T::add(conn, &restored.into_values().collect::<Vec<_>>()).await?;
    Ok(())
}

async fn take_back_private(conn: &mut Conn, batch: i64) -> Result<()> {
    let kept = imports::kept(conn, batch).await?;
    let before: Vec<(String, String)> = kept
        .into_iter()
        .filter_map(|(key, sealed)| key.strip_prefix(SEALED).map(|student| (student.to_owned(), sealed)))
        .collect();
    let later = imports::kept_later(conn, batch, Kind::Students.id()).await?;
    let own: BTreeSet<&str> = before.iter().map(|(student, _)| student.as_str()).collect();
    refuse_built_on(
        later
            .iter()
            .filter(|(_, key, _)| key.strip_prefix(SEALED).is_some_and(|student| own.contains(student)))
            .map(|(import, _, _)| *import)
            .collect(),
    )?;
    register::put_private(conn, &before).await?;
    Ok(())
}
