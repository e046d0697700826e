//! What students keep up about themselves: bank data and the like, in the fields that the school's
//! profile names. Private answers are sealed; whoever shows them to others writes it down.

use std::collections::BTreeMap;

use super::case::answers;
use super::{App, Edition};
use crate::case::{Filled, Raw, Setting, fill};
use crate::clock::Instant;
use crate::definition::Definition;
use crate::definition::case::Workflow;
use crate::rules::filing::Student;
use crate::store::{Conn, Result, profiles};

/// A profile as it was kept.
#[derive(Clone, Debug, Default)]
pub struct Kept {
    pub raw: Raw,
    /// 0 where nothing was kept yet.
    pub version: i64,
}

/// What an account keeps up.
pub async fn read(app: &App, conn: &mut Conn, definition: &Definition, account: &str) -> Result<Kept> {
    let Some(profile) = &definition.profile else { return Ok(Kept::default()) };
    let row = profiles::read(conn, account).await?;
    Ok(row.map_or_else(Kept::default, |(raw, version)| Kept {
        raw: answers::of_store(&app.settings, &owner(account), &profile.fields, &raw),
        version,
    }))
}

/// Keeps what was typed, over the version that was seen; whether it still was that. Fields that the
/// profile does not ask for are left as they are.
pub async fn keep(app: &App, edition: &Edition, account: &str, typed: &Raw, seen: i64, now: Instant) -> Result<bool> {
    let Some(profile) = &edition.definition.profile else { return Ok(false) };
    let mut conn = app.db.begin().await?;
    let mut kept = read(app, &mut conn, &edition.definition, account).await?;
    for field in profile.fields.iter().filter(|field| field.is_asked()) {
        if let Some(text) = typed.get(&field.id) {
            kept.raw.insert(field.id.clone(), text.clone());
        }
    }
    let raw = answers::to_store(&app.settings, &owner(account), &profile.fields, &kept.raw);
    let changed = profiles::keep(&mut conn, account, &raw, seen, now).await?;
    conn.commit().await?;
    Ok(changed)
}

/// The profile's form with its answers, and what is wrong with them.
pub fn filled(edition: &Edition, raw: &Raw, now: Instant) -> Option<Filled> {
    filled_under(&edition.definition, &edition.rules, raw, now)
}

fn filled_under(definition: &Definition, rules: &crate::rules::Rules, raw: &Raw, now: Instant) -> Option<Filled> {
    let profile = definition.profile.as_ref()?;
    let setting = Setting {
        definition,
        rules,
        workflow: &Workflow::default(),
        now,
        today: definition.school.calendar.today(now),
        student: Student::default(),
        windows: Vec::new(),
        entries: BTreeMap::new(),
        paid: Vec::new(),
        profile_complete: false,
    };
    Some(fill(&setting, &profile.fields, raw))
}

/// Whether all that the profile in force asks for is there and right; true where there is none.
pub async fn is_complete(app: &App, conn: &mut Conn, account: &str, now: Instant) -> Result<bool> {
    let edition = app.edition.load_full();
    let kept = read(app, conn, &edition.definition, account).await?;
    Ok(filled(&edition, &kept.raw, now).is_none_or(|filled| filled.wrong.is_empty()))
}

fn owner(account: &str) -> String {
    format!("profile|{account}")
}
