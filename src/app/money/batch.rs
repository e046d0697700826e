//! Batches: what of a year is ready to be paid is shown, frozen with the bank data of that moment,
//! and given out as a workbook to whoever says why. A frozen batch is never changed.

use std::collections::BTreeMap;

use serde_json::json;
use sha2::{Digest, Sha256};

use super::content::{self, Content, Paid};
use super::{Line, MoneyError, Sight, State, queue, seen};
use crate::amount::Amount;
use crate::app::access::Viewer;
use crate::app::access_log::{self, Access, How};
use crate::app::import::{open_private, private_key, private_there};
use crate::app::payee::{self, Changed};
use crate::app::{App, Edition, profile};
use crate::case::Raw;
use crate::clock::Instant;
use crate::definition::case::{Answer, Budget, Field, RecordItem};
use crate::lang::Lang;
use crate::render::words;
use crate::store::batches::{self, BatchRow};
use crate::store::{Conn, StoreError, access, audit, from_stored, register, stored};

/// What a batch of a year would hold now.
#[derive(Clone, Debug, Default)]
pub struct Ready {
    pub lines: Vec<Line>,
    pub total: Amount,
    /// Bank data that changed since the approval, and that nobody has looked at.
    pub unconfirmed: Vec<Line>,
    /// Bank data that changed since the approval, so lately that nothing is paid yet.
    pub waiting: Vec<Line>,
    /// Nothing could be paid to them: their own data are not complete, by these fields of the profile.
    pub incomplete: Vec<(Line, Vec<usize>)>,
    /// Paid to whoever asks, who pays nothing to themselves: for somebody else's batch.
    pub own: Vec<Line>,
    /// Names the payments: a batch is made of these or of none.
    pub asked: String,
}

/// Which batch is wanted.
#[derive(Clone, Copy, Debug)]
pub struct Freezing<'a> {
    pub budget: &'a str,
    pub year: i32,
    /// `Ready::asked` as it was shown.
    pub asked: &'a str,
}

/// A budget, for its office alone.
fn office<'a>(viewer: &Viewer, edition: &'a Edition, budget: &str) -> Result<&'a Budget, MoneyError> {
    match seen(viewer, &edition.definition, budget) {
        Some((budget, Sight::Office)) => Ok(budget),
        Some((_, Sight::Overseer)) | None => Err(MoneyError::NotFound),
    }
}

/// The same, where it has money for a year.
fn office_in<'a>(viewer: &Viewer, edition: &'a Edition, budget: &str, year: i32) -> Result<&'a Budget, MoneyError> {
    let budget = office(viewer, edition, budget)?;
    let has_year = budget.years.iter().any(|(known, _)| *known == year);
    has_year.then_some(budget).ok_or(MoneyError::NotFound)
}

/// What a batch of a year would hold now, and who is left out of it.
pub async fn rehearse(
    app: &App,
    conn: &mut Conn,
    viewer: &Viewer,
    budget: &str,
    year: i32,
    now: Instant,
) -> Result<Ready, MoneyError> {
    let edition = app.edition.load_full();
    let budget = office_in(viewer, &edition, budget, year)?;
    let own = accounts_of(conn, &viewer.account).await?;
    Ok(ready(app, conn, &edition, budget, year, &own, now).await?.0)
}

/// All accounts of the person behind one.
pub async fn accounts_of(conn: &mut Conn, viewer: &str) -> Result<Vec<String>, StoreError> {
    let mut own = access::same_person(conn, viewer).await?;
    own.push(viewer.to_owned());
    Ok(own)
}

#[allow(clippy::too_many_arguments)]
async fn ready(
    app: &App,
    conn: &mut Conn,
    edition: &Edition,
    budget: &Budget,
    year: i32,
    own: &[String],
    now: Instant,
) -> Result<(Ready, BTreeMap<String, Raw>), MoneyError> {
    let (mut ready, mut kept) = (Ready::default(), BTreeMap::new());
    let mut names = Sha256::new();
    names.update(format!("{}|{year}", budget.id));
    let due = |line: &Line| line.state == State::Committed && line.place.is_some_and(|turn| turn.year == year);
    let due: Vec<Line> = queue(conn, budget).await?.lines.into_iter().filter(due).collect();
    let people: Vec<&str> = due.iter().map(|line| line.row.person.as_str()).collect();
    let sealed = register::private(conn, &people).await?;
    for line in due {
        if own.contains(&line.row.person) {
            ready.own.push(line);
            continue;
        }
        if line.unconfirmed {
            ready.unconfirmed.push(line);
            continue;
        }
        if rests_until(budget, &line).is_some_and(|until| now < until) {
            ready.waiting.push(line);
            continue;
        }
        let raw = profile::read(app, conn, &edition.definition, &line.row.person).await?.raw;
        let record = sealed.get(&line.row.person).map(String::as_str).unwrap_or_default();
        let lacks = lacks(app, edition, &line.row.person, &raw, record, now)?;
        if !lacks.is_empty() {
            ready.incomplete.push((line, lacks));
            continue;
        }
        names.update(format!("|{}|{}", line.row.id, line.row.changed));
        kept.insert(line.row.person.clone(), raw);
        ready.total += line.amount;
        ready.lines.push(line);
    }
    ready.asked = hex::encode(names.finalize());
    Ok((ready, kept))
}

/// The profile's fields that are wrong or empty, and that a payment cannot be made without.
fn lacks(
    app: &App,
    edition: &Edition,
    person: &str,
    raw: &Raw,
    record: &str,
    now: Instant,
) -> Result<Vec<usize>, StoreError> {
    let wrong = profile::filled(edition, raw, now).map(|filled| filled.wrong).unwrap_or_default();
    let mut lacks: Vec<usize> = wrong.iter().map(|wrong| wrong.field).collect();
    let fields = edition.definition.profile.iter().flat_map(|profile| &profile.fields);
    if let Some(index) = fields.into_iter().position(|field| field.is == Answer::Record(RecordItem::NationalId))
        && !private_there(&app.settings.secret, person, record).contains("national_id")
    {
        lacks.push(index);
    }
    lacks.sort_unstable();
    lacks.dedup();
    Ok(lacks)
}

/// Until when a payment rests because the person's own data changed after it was approved.
pub fn rests_until(budget: &Budget, line: &Line) -> Option<Instant> {
    let changed = from_stored(&line.row.changed).filter(|_| line.row.changed > line.row.at)?;
    Some(changed + chrono::Duration::days(budget.wait_after_change.into()))
}

/// What the office is shown of a change of bank data: nothing where there was none since the approval.
pub async fn changes(app: &App, conn: &mut Conn, edition: &Edition, line: &Line) -> Result<Vec<Changed>, StoreError> {
    if !line.unconfirmed {
        return Ok(Vec::new());
    }
    payee::since(app, conn, &edition.definition, &line.row.person, &line.row.at).await
}

/// Makes a batch of what was shown; the same again where the form was sent twice.
pub async fn freeze(
    app: &App,
    viewer: &Viewer,
    wanted: Freezing<'_>,
    lang: Lang,
    now: Instant,
) -> Result<BatchRow, MoneyError> {
    let edition = app.edition.load_full();
    let today = edition.definition.school.calendar.today(now);
    let mut conn = app.db.begin().await?;
    let viewer = viewer.by_now(&mut conn, &edition.definition, today).await?;
    let budget = office_in(&viewer, &edition, wanted.budget, wanted.year)?;
    if let Some(before) = batches::by_asked(&mut conn, wanted.asked).await? {
        return Ok(before);
    }
    let own = accounts_of(&mut conn, &viewer.account).await?;
    let (ready, kept) = ready(app, &mut conn, &edition, budget, wanted.year, &own, now).await?;
    if ready.asked != wanted.asked {
        return Err(MoneyError::Stale);
    }
    if ready.lines.is_empty() {
        return Err(MoneyError::Nothing);
    }
    let positions = || ready.lines.iter().map(|line| line.row.position);
    let (first, last) = (positions().min().unwrap_or_default(), positions().max().unwrap_or_default());
    let id = random()?;
    let content = fill(app, &mut conn, &edition, budget, &ready, &kept, lang, &today.to_string()).await?;
    let (sha256, sealed) = content::seal(&app.settings, &id, &content)?;
    let batch = BatchRow {
        id,
        asked: ready.asked.clone(),
        budget: budget.id.clone(),
        year: wanted.year.into(),
        made_by: viewer.account.clone(),
        at: stored(now),
        payments: ready.lines.len() as i64,
        total: ready.total.0,
        first,
        last,
        sha256,
        content: sealed,
    };
    if !batches::add(&mut conn, &batch).await? {
        // Sent twice at once: the other one has made it.
        return batches::by_asked(&mut conn, wanted.asked).await?.ok_or(MoneyError::Stale);
    }
    for line in &ready.lines {
        if !batches::put(&mut conn, &line.row.id, &batch.id, batch.year).await? {
            return Err(MoneyError::Stale);
        }
    }
    let detail = json!({"batch": batch.id, "budget": batch.budget, "year": batch.year, "payments": batch.payments,
        "total": ready.total.to_string(), "sha256": batch.sha256});
    audit::add(&mut conn, &app.chain, &batch.at, &viewer.account, "make payment batch", &detail.to_string()).await?;
    conn.commit().await?;
    Ok(batch)
}

fn random() -> Result<String, MoneyError> {
    let mut bytes = [0u8; 16];
    getrandom::fill(&mut bytes).map_err(|_| MoneyError::Case(crate::app::case::CaseError::Random))?;
    Ok(hex::encode(bytes))
}

/// The profile's fields that a bank is told: what the person typed, and who they are by law.
fn told(field: &&Field) -> bool {
    let typed = field.is_asked() && !matches!(field.is, Answer::File { .. } | Answer::Tick { .. });
    typed || field.is == Answer::Record(RecordItem::NationalId)
}

#[allow(clippy::too_many_arguments)]
async fn fill(
    app: &App,
    conn: &mut Conn,
    edition: &Edition,
    budget: &Budget,
    ready: &Ready,
    kept: &BTreeMap<String, Raw>,
    lang: Lang,
    day: &str,
) -> Result<Content, MoneyError> {
    let fields = edition.definition.profile.as_ref().map(|profile| profile.fields.as_slice()).unwrap_or_default();
    let fields: Vec<&Field> = fields.iter().filter(told).collect();
    let people: Vec<&str> = ready.lines.iter().map(|line| line.row.person.as_str()).collect();
    let sealed = register::private(conn, &people).await?;
    let key = private_key(&app.settings.secret);
    let mut rows = Vec::new();
    for line in &ready.lines {
        let person = &line.row.person;
        let columns = open_private(&key, person, sealed.get(person).map(String::as_str).unwrap_or_default())
            .map_err(|error| StoreError::Refused(format!("private data of {person}: {error}")))?;
        let raw = kept.get(person).cloned().unwrap_or_default();
        let say = |field: &&Field| match field.is {
            Answer::Record(_) => columns.get("national_id").cloned().unwrap_or_default(),
            _ => raw.get(&field.id).map(|text| text.trim().to_owned()).unwrap_or_default(),
        };
        rows.push(Paid {
            payment: line.row.id.clone(),
            case: line.row.number.clone(),
            student: person.clone(),
            name: line.row.name.clone(),
            bank: fields.iter().map(say).collect(),
            amount: line.row.amount,
            cheque: budget.cheque_when.as_ref().and_then(|tick| raw.get(tick)).is_some_and(|tick| !tick.is_empty()),
        });
    }
    Ok(Content {
        salt: random()?,
        title: budget.title.get(lang).to_owned(),
        lang: lang.code().to_owned(),
        day: day.to_owned(),
        heads: fields.iter().map(|field| field.label.get(lang).to_owned()).collect(),
        rows,
    })
}

/// Notes that the office has looked at a person's bank data as they were changed at a moment; nobody
/// does so for their own.
pub async fn confirm(
    app: &App,
    viewer: &Viewer,
    budget: &str,
    payment: &str,
    changed: &str,
    now: Instant,
) -> Result<(), MoneyError> {
    let edition = app.edition.load_full();
    let today = edition.definition.school.calendar.today(now);
    let mut conn = app.db.begin().await?;
    let viewer = viewer.by_now(&mut conn, &edition.definition, today).await?;
    let budget = office(&viewer, &edition, budget)?;
    let lines = queue(&mut conn, budget).await?.lines;
    let line = lines.into_iter().find(|line| line.row.id == payment).ok_or(MoneyError::NotFound)?;
    if accounts_of(&mut conn, &viewer.account).await?.contains(&line.row.person) {
        return Err(MoneyError::OwnPayment);
    }
    if line.row.changed != changed || !batches::confirm(&mut conn, payment, changed).await? {
        return Err(MoneyError::Stale);
    }
    let detail = json!({"case": line.row.number, "whose": line.row.person, "changed": changed}).to_string();
    audit::add(&mut conn, &app.chain, &stored(now), &viewer.account, "confirm bank data", &detail).await?;
    Ok(conn.commit().await?)
}

/// A batch as a workbook, after the access was written down with its reason: its name and bytes.
pub async fn export(
    app: &App,
    viewer: &Viewer,
    batch: &str,
    reason: &str,
    now: Instant,
) -> Result<(String, Vec<u8>), MoneyError> {
    let edition = app.edition.load_full();
    let today = edition.definition.school.calendar.today(now);
    let mut conn = app.db.read().await?;
    let viewer = viewer.by_now(&mut conn, &edition.definition, today).await?;
    let row = batches::by_id(&mut conn, batch).await?.ok_or(MoneyError::NotFound)?;
    office(&viewer, &edition, &row.budget)?;
    drop(conn);
    let what = format!("payment batch {}", row.id);
    let whose = format!("{} {}", row.budget, row.year);
    let access = Access { how: How::Export, actor: &viewer.account, what: &what, whose: &whose, reason };
    access_log::write(app, &access, now).await?;
    let content = content::open(&app.settings, &row)?;
    let lang = Lang::parse(&content.lang).unwrap_or_default();
    let bytes = content::workbook(&content, &|key: &str| words().say(lang, key))?;
    Ok((format!("{}-{}-{}.xlsx", row.budget, row.year, &row.id[..8.min(row.id.len())]), bytes))
}
