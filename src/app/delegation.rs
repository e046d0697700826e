//! Roles lent for a time: a reviewer who is away lets somebody else review in their place. Only what
//! one holds oneself is lent, and only roles that review; whoever borrows acts under their own name.

use serde_json::json;

use super::App;
use super::access::Viewer;
use super::case::queue::is_party;
use crate::clock::{Day, Instant};
use crate::definition::Definition;
use crate::definition::case::By;
use crate::store::access::Holding;
use crate::store::delegations::{self, Delegation};
use crate::store::people::StaffRecord;
use crate::store::{Conn, StoreError, audit, people, stored};

/// The most days for which a role is lent at once.
pub const MOST_DAYS: i64 = 366;

/// What is to be lent, to whom, both days included.
#[derive(Clone, Copy, Debug)]
pub struct Lending<'a> {
    pub role: &'a str,
    pub unit: &'a str,
    pub to: &'a str,
    pub from: Day,
    pub until: Day,
}

/// Why a role is not lent.
#[derive(Debug, thiserror::Error)]
pub enum LendError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the role is not theirs to lend")]
    NotTheirs,
    #[error("there is no such member of staff")]
    Nobody,
    #[error("one lends nothing to oneself")]
    Oneself,
    #[error("the days are not in order")]
    Days,
}

/// The roles that someone may lend: their own, where the role reviews cases or lists.
pub fn lendable<'a>(viewer: &'a Viewer, definition: &'a Definition) -> impl Iterator<Item = &'a Holding> {
    viewer.holdings.iter().filter(move |holding| holding.lent_by.is_empty() && reviews(definition, holding))
}

fn reviews(definition: &Definition, holding: &Holding) -> bool {
    let states = definition.workflows.iter().flat_map(|one| &one.states).filter_map(|state| state.waits_for);
    let moves = definition.workflows.iter().flat_map(|one| &one.moves).filter_map(|step| match step.by {
        By::Party(party) => Some(party),
        By::WhoeverItWaitsFor | By::Time => None,
    });
    let lists = definition.catalogues.iter().flat_map(|one| [Some(one.kept_by), one.approved_by]).flatten();
    states.chain(moves).chain(lists).any(|party| is_party(definition, holding, party))
}

/// Whom a role would be lent to. Nothing is changed.
pub async fn rehearse(
    app: &App,
    viewer: &Viewer,
    lending: &Lending<'_>,
    now: Instant,
) -> Result<StaffRecord, LendError> {
    let edition = app.edition.load_full();
    let today = edition.definition.school.calendar.today(now);
    allowed(&mut app.db.read().await?, viewer, &edition.definition, lending, today).await
}

async fn allowed(
    conn: &mut Conn,
    viewer: &Viewer,
    definition: &Definition,
    lending: &Lending<'_>,
    today: Day,
) -> Result<StaffRecord, LendError> {
    let Lending { role, unit, to, from, until } = *lending;
    if !lendable(viewer, definition).any(|holding| holding.role == role && holding.unit == unit) {
        return Err(LendError::NotTheirs);
    }
    if to == viewer.account {
        return Err(LendError::Oneself);
    }
    let whom = people::staff_member(conn, to).await?.ok_or(LendError::Nobody)?;
    if from > until || until < today || (until - from).num_days() > MOST_DAYS {
        return Err(LendError::Days);
    }
    Ok(whom)
}

/// Lends a role, and writes it down. The same loan over days that it shares with one that is there is one
/// with it, over the days of both.
pub async fn lend(app: &App, viewer: &Viewer, lending: Lending<'_>, now: Instant) -> Result<(), LendError> {
    let edition = app.edition.load_full();
    let definition = &edition.definition;
    let today = definition.school.calendar.today(now);
    let mut conn = app.db.begin().await?;
    delegations::one_at_a_time(&mut conn, &viewer.account).await?;
    let viewer = viewer.by_now(&mut conn, definition, today).await?;
    allowed(&mut conn, &viewer, definition, &lending, today).await?;
    let Lending { role, unit, to, from, until } = lending;
    let mut bytes = [0u8; 16];
    getrandom::fill(&mut bytes).map_err(|error| StoreError::Refused(format!("no randomness: {error}")))?;
    let mut one = Delegation {
        id: hex::encode(bytes),
        account: viewer.account.clone(),
        to_account: to.to_owned(),
        role: role.to_owned(),
        unit: unit.to_owned(),
        from_day: from.to_string(),
        until_day: until.to_string(),
        made_at: stored(now),
        ended_at: String::new(),
    };
    let before = delegations::overlapping(&mut conn, &one).await?;
    if before.iter().any(|lent| lent.from_day <= one.from_day && lent.until_day >= one.until_day) {
        return Ok(conn.commit().await?);
    }
    for lent in before {
        delegations::end(&mut conn, &lent.id, &lent.account, &one.made_at).await?;
        one.from_day = one.from_day.min(lent.from_day);
        one.until_day = one.until_day.max(lent.until_day);
    }
    delegations::add(&mut conn, &one).await?;
    let detail = json!({"to": to, "role": role, "unit": unit, "from": from.to_string(), "until": until.to_string()});
    audit::add(&mut conn, &app.chain, &stored(now), &viewer.account, "lend role", &detail.to_string()).await?;
    Ok(conn.commit().await?)
}

/// Takes back what one lends; false where it is not theirs, or over.
pub async fn end(app: &App, viewer: &Viewer, id: &str, now: Instant) -> Result<bool, StoreError> {
    let mut conn = app.db.begin().await?;
    let ended = delegations::end(&mut conn, id, &viewer.account, &stored(now)).await?;
    if ended && let Some(one) = delegations::one(&mut conn, id).await? {
        let detail = json!({"to": one.to_account, "role": one.role, "unit": one.unit, "from": one.from_day,
            "until": one.until_day})
        .to_string();
        audit::add(&mut conn, &app.chain, &stored(now), &viewer.account, "end lending", &detail).await?;
    }
    conn.commit().await?;
    Ok(ended)
}
