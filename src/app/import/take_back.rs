//! Taking an import back: the records are as they were before it. Credits by records of their own,
//! so that past days stay as they were; the rest by putting back what the import kept.

use std::collections::{BTreeSet, HashMap};

use serde_json::json;

use super::Kind;
use super::students::SEALED;
use super::versions::REPLACED;
use crate::app::App;
use crate::clock::Instant;
use crate::lang::Text;
use crate::store::imports::{self, ImportRecord};
use crate::store::people::{ClassRecord, StaffRecord, StudentRecord, UnitRecord};
use crate::store::versions::{self, Stored, Versioned};
use crate::store::{Conn, StoreError, audit, credits, facts, register, stored, uses};

#[derive(Debug, thiserror::Error)]
pub enum TakeBackError {
    #[error(transparent)]
    Store(#[from] StoreError),
    /// It cannot be; why, for a person.
    #[error("{}", .0.zh)]
    Refused(Text),
}

type Result<T> = std::result::Result<T, TakeBackError>;

/// Takes an import back, whole or not at all.
pub async fn take_back(app: &App, batch: i64, by: &str, now: Instant) -> Result<ImportRecord> {
    let edition = app.edition.load_full();
    let today = edition.definition.school.calendar.today(now).to_string();
    let mut conn = app.db.begin().await?;
    // As in an import: one after the other on PostgreSQL too.
    conn.numbers(1).await?;
    let import = imports::find(&mut conn, batch).await?.ok_or_else(|| {
        TakeBackError::Refused(Text::new(format!("沒有 {batch} 號匯入。"), format!("There is no import {batch}.")))
    })?;
    if !imports::mark_taken_back(&mut conn, batch, &stored(now), by).await? {
        let at = import.taken_back_at.clone().unwrap_or_default();
        return Err(TakeBackError::Refused(Text::new(
            format!("{batch} 號匯入已經在 {at} 收回了。"),
            format!("Import {batch} was taken back already, at {at}."),
        )));
    }
    match import.kind.parse() {
        Ok(Kind::Units) => take_back_units(&mut conn, batch).await?,
        Ok(Kind::Staff) => take_back_staff(&mut conn, batch).await?,
        Ok(Kind::Classes) => take_back_versions::<ClassRecord>(&mut conn, batch, &import.kind).await?,
        Ok(Kind::Students) => {
            take_back_versions::<StudentRecord>(&mut conn, batch, &import.kind).await?;
            take_back_private(&mut conn, batch).await?;
        }
        Ok(Kind::Credits) => take_back_credits(&mut conn, batch, &today, &stored(now)).await?,
        Err(()) => {
            return Err(TakeBackError::Refused(Text::new(
                format!("不認得「{}」這種匯入。", import.kind),
                format!("Imports of the kind “{}” are not known.", import.kind),
            )));
        }
    }
    let detail = json!({"batch": batch, "kind": import.kind, "file": import.file});
    audit::add(&mut conn, &app.chain, &stored(now), by, "take back import", &detail.to_string()).await?;
    let import = imports::find(&mut conn, batch).await?.unwrap_or(import);
    conn.commit().await?;
    Ok(import)
}

/// Refuses where later imports stand on this one, and says which.
fn refuse_built_on(later: BTreeSet<i64>) -> Result<()> {
    if later.is_empty() {
        return Ok(());
    }
    let list: Vec<String> = later.iter().map(i64::to_string).collect();
    Err(TakeBackError::Refused(Text::new(
        format!("之後的匯入 {} 以它為基礎；請先收回那些匯入。", list.join("、")),
        format!("Later imports build on it ({}); take those back first.", list.join(", ")),
    )))
}

/// Refuses where something else still names what would be gone.
fn refuse_used(used: Vec<String>) -> Result<()> {
    if used.is_empty() {
        return Ok(());
    }
    Err(TakeBackError::Refused(Text::new(
        format!("還有別的資料用到它帶來的：{} 等；請先收回那些匯入。", used.join("、")),
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
    kind: Kind,
) -> Result<(Vec<String>, Vec<T>)> {
    let kept = imports::kept(conn, batch).await?;
    let keys: BTreeSet<&str> = kept.iter().map(|(key, _)| key.as_str()).collect();
    let later = imports::kept_later(conn, batch, kind.id()).await?;
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

async fn take_back_units(conn: &mut Conn, batch: i64) -> Result<()> {
    let (new, before) = replaced::<UnitRecord>(conn, batch, Kind::Units).await?;
    let new: Vec<&str> = new.iter().map(String::as_str).collect();
    refuse_used(uses::of_units(conn, &new).await?)?;
    register::remove_units(conn, &new).await?;
    register::put_units(conn, &before.iter().collect::<Vec<_>>()).await?;
    Ok(())
}

async fn take_back_staff(conn: &mut Conn, batch: i64) -> Result<()> {
    let (new, before) = replaced::<StaffRecord>(conn, batch, Kind::Staff).await?;
    let new: Vec<&str> = new.iter().map(String::as_str).collect();
    refuse_used(uses::of_staff(conn, &new).await?)?;
    register::remove_staff(conn, &new).await?;
    register::put_staff(conn, &before.iter().collect::<Vec<_>>()).await?;
    Ok(())
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
