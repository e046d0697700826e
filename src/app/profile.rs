//! What students keep up about themselves: bank data and the like, in the fields that the school's
//! profile names. Private answers are sealed; whoever shows them to others writes it down.

use std::collections::BTreeMap;

use super::case::attach::{self, Brought, MOST_FILES};
use super::case::{CaseError, answers};
use super::files::{FileRow, OwnerKind, Sent};
use super::{App, Edition, payee};
use crate::case::{Filled, Raw, Setting, fill};
use crate::clock::Instant;
use crate::definition::Definition;
use crate::definition::case::{Answer, Field, Workflow};
use crate::rules::filing::Student;
use crate::store::files::{self, Owner};
use crate::store::{Conn, Result, profiles, stored};

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
    let mut kept = row.map_or_else(Kept::default, |(raw, version)| Kept {
        raw: answers::of_store(&app.settings, &owner(account), &profile.fields, &raw),
        version,
    });
    attach::place(&mut kept.raw, &profile.fields, &files_of(conn, account).await?);
    Ok(kept)
}

/// The files that an account's profile has now.
pub async fn files_of(conn: &mut Conn, account: &str) -> Result<Vec<FileRow>> {
    files::of_owner(conn, Owner { kind: OwnerKind::Profile, id: account }).await
}

/// Takes a file for a field of an account's own profile, whatever else is wrong with it.
pub async fn attach(
    app: &App,
    edition: &Edition,
    account: &str,
    brought: Brought<'_>,
    now: Instant,
) -> std::result::Result<(), CaseError> {
    let fields = edition.definition.profile.as_ref().map(|profile| profile.fields.as_slice()).unwrap_or_default();
    let field = fields.iter().find(|field| field.id == brought.field).ok_or(CaseError::NotFound)?;
    let (accept, up_to_bytes) = attach::takes(field).ok_or(CaseError::NotFound)?;
    let sent = Sent {
        owner: Owner { kind: OwnerKind::Profile, id: account },
        field: &field.id,
        name: brought.name,
        bytes: brought.bytes,
        accept: &accept,
        up_to_bytes,
        by: account,
    };
    let row = super::files::keep(app, sent, now).await?;
    let mut conn = app.db.begin().await?;
    let there = files_of(&mut conn, account).await?;
    let mut there = there.iter().filter(|file| file.field == field.id);
    if there.clone().count() >= MOST_FILES {
        return Err(CaseError::TooManyFiles);
    }
    if !there.any(|file| file.sha256 == row.sha256) {
        let before = read(app, &mut conn, &edition.definition, account).await?;
        files::add(&mut conn, &row).await?;
        if field.payee && payee::is_settled(edition, &before.raw, now) {
            payee::tell(app, &mut conn, edition, account, &[field], &row.id, now).await?;
        }
        conn.commit().await?;
    }
    Ok(())
}

/// Removes a file of an account's own profile; whether there was one.
pub async fn detach(app: &App, account: &str, file: &str, now: Instant) -> Result<bool> {
    let mut conn = app.db.begin().await?;
    let edition = app.edition.load_full();
    let before = read(app, &mut conn, &edition.definition, account).await?;
    let own = files_of(&mut conn, account).await?.into_iter().find(|row| row.id == file);
    let fields = edition.definition.profile.iter().flat_map(|profile| &profile.fields);
    let payee = own.as_ref().and_then(|row| fields.clone().find(|field| field.payee && field.id == row.field));
    if let Some(field) = payee.filter(|_| payee::is_settled(&edition, &before.raw, now)) {
        let which = format!("{file}|removed");
        payee::tell(app, &mut conn, &edition, account, &[field], &which, now).await?;
    }
    let removed = own.is_some() && files::remove(&mut conn, file, &stored(now)).await?;
    conn.commit().await?;
    Ok(removed)
}

/// Keeps what was typed, over the version that was seen; whether it still was that. Fields that the
/// profile does not ask for are left as they are.
pub async fn keep(app: &App, edition: &Edition, account: &str, typed: &Raw, seen: i64, now: Instant) -> Result<bool> {
    let Some(profile) = &edition.definition.profile else { return Ok(false) };
    let mut conn = app.db.begin().await?;
    let mut kept = read(app, &mut conn, &edition.definition, account).await?;
    let before = kept.raw.clone();
    let typed_in = |field: &&Field| field.is_asked() && !matches!(field.is, Answer::File { .. });
    for field in profile.fields.iter().filter(typed_in) {
        if let Some(text) = typed.get(&field.id) {
            kept.raw.insert(field.id.clone(), text.clone());
        }
    }
    let raw = answers::to_store(&app.settings, &owner(account), &profile.fields, &kept.raw);
    let former = profiles::read(&mut conn, account).await?;
    if !profiles::keep(&mut conn, account, &raw, seen, now).await? {
        return Ok(false);
    }
    let changed = payee::changed(edition, &before, &kept.raw, now);
    if let (Some((former, version)), false) = (&former, changed.is_empty()) {
        payee::note(app, &mut conn, edition, account, &changed, (former, *version), now).await?;
    }
    conn.commit().await?;
    Ok(true)
}

/// The profile's form with its answers, and what is wrong with them.
pub fn filled(edition: &Edition, raw: &Raw, now: Instant) -> Option<Filled> {
    filled_under(&edition.definition, &edition.rules, raw, now)
}

fn filled_under(definition: &Definition, rules: &crate::rules::Rules, raw: &Raw, now: Instant) -> Option<Filled> {
    definition.profile.as_ref().map(|profile| filled_alone(definition, rules, &profile.fields, raw, now))
}

/// Fields that belong to no case, with their answers.
pub(super) fn filled_alone(
    definition: &Definition,
    rules: &crate::rules::Rules,
    fields: &[Field],
    raw: &Raw,
    now: Instant,
) -> Filled {
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
        taken: Vec::new(),
        cases: BTreeMap::new(),
        in_use: false,
        elsewhere: BTreeMap::new(),
    };
    fill(&setting, fields, raw)
}

/// Whether all that the profile in force asks for is there and right; true where there is none.
pub async fn is_complete(app: &App, conn: &mut Conn, account: &str, now: Instant) -> Result<bool> {
    let edition = app.edition.load_full();
    let kept = read(app, conn, &edition.definition, account).await?;
    Ok(filled(&edition, &kept.raw, now).is_none_or(|filled| filled.wrong.is_empty()))
}

pub(super) fn owner(account: &str) -> String {
    format!("profile|{account}")
}
