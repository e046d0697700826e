//! Lending one's role for a time, and taking it back.

use axum::http::StatusCode;

use crate::app::delegation::{self, LendError, Lending};
use crate::clock::{Day, parse_day};
use crate::render::pages::delegation::{Delegations, Lent, Sure};
use crate::render::words;
use crate::store::delegations::{self, Delegation};
use crate::store::people::StaffRecord;
use crate::store::{access, people};
use crate::web::context::Known;
use crate::web::lists::choice;
use crate::web::{Answer, Context, Fault, Posted, show};

/// A form as it was sent, and what is wrong with it.
#[derive(Default)]
struct Typed {
    role: String,
    to: String,
    from: String,
    until: String,
    error: Option<String>,
    error_at: &'static str,
    /// Whom it is, before it is lent.
    whom: Option<StaffRecord>,
}

pub(in crate::web) async fn list(mut context: Context) -> Answer {
    let today = context.today.to_string();
    let page = page(&mut context, Typed { from: today.clone(), until: today, ..Typed::default() }).await?;
    show::page(&context, &page)
}

async fn page(context: &mut Context, typed: Typed) -> Result<Delegations, Fault> {
    let known = context.known();
    let (viewer, definition) = (known.viewer()?, &known.edition.definition);
    let conn = context.conn().await?;
    let live = delegations::of_account(conn, &viewer.account, known.today).await?;
    let accounts: Vec<&str> = live.iter().flat_map(|one| [one.account.as_str(), one.to_account.as_str()]).collect();
    let names = access::staff_names(conn, &accounts).await?;
    let units = people::units(conn).await?;
    let unit_name = |code: &str| {
        let imported = units.iter().find(|unit| unit.code == code).map(|unit| unit.name.clone());
        let named = || definition.school.units.iter().find(|unit| unit.id == code);
        imported
            .or_else(|| named().map(|unit| unit.title.get(known.lang).to_owned()))
            .unwrap_or_else(|| code.to_owned())
    };
    let title = |role: &str, unit: &str| {
        let role = definition.school.roles.iter().find(|known| known.id == role);
        let role = role.map(|role| role.title.get(known.lang)).unwrap_or_default();
        format!("{role} · {}", unit_name(unit))
    };
    let shown = |one: &Delegation, person: &str| Lent {
        id: one.id.clone(),
        role: title(&one.role, &one.unit),
        person: names.iter().find(|(known, _)| known == person).map_or(person, |(_, name)| name).to_owned(),
        from: one.from_day.clone(),
        until: one.until_day.clone(),
        now: one.from_day <= known.today.to_string(),
    };
    let sure = typed.whom.map(|whom| Sure {
        role: typed.role.split_once('|').map(|(role, unit)| title(role, unit)).unwrap_or_default(),
        name: whom.name,
        roles: whom.roles.iter().map(|(role, unit)| title(role, unit)).collect(),
    });
    Ok(Delegations {
        sure,
        roles: delegation::lendable(viewer, definition)
            .map(|holding| {
                let value = format!("{}|{}", holding.role, holding.unit);
                choice(&value, &title(&holding.role, &holding.unit), value == typed.role)
            })
            .collect(),
        to: typed.to,
        from: typed.from,
        until: typed.until,
        error: typed.error,
        error_at: typed.error_at,
        lent: live.iter().filter(|one| one.account == viewer.account).map(|one| shown(one, &one.to_account)).collect(),
        borrowed: live
            .iter()
            .filter(|one| one.to_account == viewer.account)
            .map(|one| shown(one, &one.account))
            .collect(),
    })
}

pub(in crate::web) async fn lend(mut context: Context, posted: Posted) -> Answer {
    let known = context.known();
    context.release();
    let text = |name: &str| posted.text(name).trim().to_owned();
    let typed =
        Typed { role: text("role"), to: text("to"), from: text("from"), until: text("until"), ..Typed::default() };
    match made(&known, &typed, posted.text("sure")).await {
        // Whose account it is was not looked at yet.
        Ok(Some(whom)) => {
            let page = page(&mut context, Typed { whom: Some(whom), ..typed }).await?;
            show::page(&known, &page)
        }
        Ok(None) => show::see_saying(&known, "/delegation", "lent-done"),
        Err(error) => {
            let (key, error_at) = match error {
                LendError::Store(error) => return Err(error.into()),
                LendError::NotTheirs => ("lend-refused-theirs", "role"),
                LendError::Nobody => ("lend-refused-nobody", "to"),
                LendError::Oneself => ("lend-refused-oneself", "to"),
                LendError::Days => ("lend-refused-days", "until"),
            };
            let typed = Typed { error: Some(words().say(known.lang, key)), error_at, ..typed };
            show::page_with(&known, StatusCode::UNPROCESSABLE_ENTITY, &page(&mut context, typed).await?)
        }
    }
}

/// Lends it where whoever it is lent to was looked at (`sure` is their account); else who they are.
async fn made(known: &Known, typed: &Typed, sure: &str) -> Result<Option<StaffRecord>, LendError> {
    let viewer = known.viewer.as_ref().ok_or(LendError::NotTheirs)?;
    let (role, unit) = typed.role.split_once('|').ok_or(LendError::NotTheirs)?;
    let day = |text: &str| -> Result<Day, LendError> { parse_day(text).map_err(|_| LendError::Days) };
    let lending = Lending { role, unit, to: &typed.to, from: day(&typed.from)?, until: day(&typed.until)? };
    if typed.to.is_empty() || sure != typed.to {
        return delegation::rehearse(&known.web.app, viewer, &lending, known.now).await.map(Some);
    }
    delegation::lend(&known.web.app, viewer, lending, known.now).await.map(|()| None)
}

pub(in crate::web) async fn end(mut context: Context, _posted: Posted) -> Answer {
    let known = context.known();
    let id = context.param("delegation").to_owned();
    context.release();
    if !delegation::end(&known.web.app, known.viewer()?, &id, known.now).await? {
        return Err(Fault::NotFound);
    }
    show::see_saying(&known, "/delegation", "lent-ended")
}
