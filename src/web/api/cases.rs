//! Cases: lists of them, one, beginning one, and what is answered in it.

use std::collections::BTreeMap;

use axum::http::{HeaderValue, StatusCode, header};
use serde_json::{Value as Json, json};

use super::case::{entry, moment, of, wrong};
use super::code::Code;
use super::form;
use super::problem::{At, Details, Refused, of_case};
use super::sent::{VERSION, at};
use super::{Call, Given, gone, json, ok};
use crate::app::case::{self, CaseError, Open, called};
use crate::app::profile;
use crate::case::Refusal;
use crate::definition::case::Workflow;
use crate::render::words;
use crate::store::cases::CaseRow;
use crate::store::people;
use crate::store::queue::PAGE;
use crate::web::Fault;
use crate::web::cases::{edit, parts};
use crate::web::context::{Known, encode};
use crate::web::review::{age, queue};

pub(super) async fn list(mut call: Call) -> Given {
    let known = call.context.known();
    let viewer = known.viewer()?;
    let reviews = viewer.is_staff && known.asked("view").is_none_or(|view| view != "own");
    if reviews {
        return reviewed(call).await;
    }
    let view = known.asked("view").unwrap_or("own");
    if view != "own" || !viewer.is_student {
        return Err(Fault::Forbidden.into());
    }
    let others: Vec<At> = known
        .query
        .iter()
        .filter(|(name, _)| name != "view")
        .map(|(name, _)| At {
            name: name.clone(),
            pointer: format!("?{name}"),
            said: words().say(known.lang, "api-own-unfiltered"),
        })
        .collect();
    if !others.is_empty() {
        return Err(Details::new(Code::Unfit).at(others).into());
    }
    let account = viewer.account.clone();
    let conn = call.context.conn().await?;
    let mut cases = Vec::new();
    for row in case::of_student(conn, &account).await? {
        // A case is told in the words of the edition that it stands under.
        let edition = case::edition(&known.web.app, conn, &row.edition).await?;
        let workflow = edition.definition.workflow(&row.workflow).map(|(_, workflow)| workflow);
        cases.push(line(&known, &row, workflow, true));
    }
    ok(&json!({
        "view": "own", "total": cases.len(), "more": false, "page": 1, "pages": 1, "per_page": PAGE, "next": null, "cases": cases,
    }))
}

/// What waits for the asker, or all that they may see; by the filters of the page.
async fn reviewed(mut call: Call) -> Given {
    let known = call.context.known();
    let page = known.asked("page").unwrap_or("1");
    if page.parse::<u32>().ok().is_none_or(|page| page == 0) {
        let said = words().say(known.lang, "api-needs-number");
        let at = At { name: "page".to_owned(), pointer: "?page".to_owned(), said };
        return Err(Details::new(Code::Unfit).at(vec![at]).into());
    }
    let (viewer, definition) = (known.viewer()?, &known.edition.definition);
    let asked = queue::question(&known, &case::scope(viewer, definition));
    let conn = call.context.conn().await?;
    let listing = case::queue(conn, viewer, definition, &asked).await?;
    let units = people::units(conn).await?;
    let cases = listing.rows.iter().map(|row| {
        let workflow = definition.workflow(&row.workflow).map(|(_, workflow)| workflow);
        let mut out = line(&known, row, workflow, false);
        if let Some(unit) = units.iter().find(|unit| unit.code == row.department) {
            out["department_name"] = unit.name.as_str().into();
        }
        out
    });
    let (number, pages) = (asked.page + 1, (listing.total + PAGE - 1) / PAGE);
    ok(&json!({
        "view": if asked.mine { "mine" } else { "all" },
        "total": listing.total,
        "more": listing.more,
        "page": number,
        "pages": pages,
        "per_page": PAGE,
        "next": (number < pages || (listing.more && number == pages)).then(|| next(&known, number + 1)),
        "cases": cases.collect::<Vec<_>>(),
    }))
}

/// The address of another page of the same list.
fn next(known: &Known, page: i64) -> String {
    let kept = known.query.iter().filter(|(name, _)| name != "page");
    let kept: String = kept.map(|(name, value)| format!("{}={}&", encode(name), encode(value))).collect();
    format!("{}?{kept}page={page}", known.path)
}

fn line(known: &Known, row: &CaseRow, workflow: Option<&Workflow>, is_own: bool) -> Json {
    let state = workflow.and_then(|workflow| Some((workflow, workflow.state(&row.state)?.0)));
    let title = state.map(|(workflow, state)| crate::case::title(workflow, state, is_own));
    let columns = case::columns::cells(&row.columns);
    let columns: BTreeMap<&str, &str> =
        columns.iter().map(|(name, cell)| (name.as_str(), cell.get(known.lang))).collect();
    json!({
        "id": row.id,
        "number": row.number,
        "workflow": row.workflow,
        "title": workflow.map_or(row.workflow.as_str(), |workflow| workflow.title.get(known.lang)),
        "state": row.state,
        "state_title": title.as_ref().map_or(row.state.as_str(), |title| title.get(known.lang)),
        "version": row.version,
        "applicant": row.applicant,
        "name": row.name,
        "department": row.department,
        "department_name": row.department,
        "term": row.term,
        "sent_at": moment(&row.sent_at),
        "waits_since": row.waits_since,
        "late": age(known, workflow, row).late,
        "columns": columns,
        "href": format!("/api/v1/cases/{}", row.id),
    })
}

pub(super) async fn one(mut call: Call) -> Given {
    let known = call.context.known();
    let open = seen(&mut call).await?;
    ok(&of(&known, call.context.conn().await?, &open).await?)
}

/// What is found in a long list.
pub(super) async fn entries(mut call: Call) -> Given {
    let open = seen(&mut call).await?;
    let (found, more) = edit::look_up(&mut call.context, &open).await?;
    let field = open.workflow().field(call.param("field")).map(|(_, field)| field);
    let list = field.and_then(|field| called::list_of(&open.edition.definition.catalogues, field));
    let lang = call.context.lang;
    let entries: Vec<Json> = found.iter().map(|one| entry(list, one, lang)).collect();
    ok(&json!({ "entries": entries, "more": more }))
}

/// The case of the address, as the asker may see it.
pub(super) async fn seen(call: &mut Call) -> Result<Open, Refused> {
    let (known, id) = (call.context.known(), call.param("case").to_owned());
    let conn = call.context.conn().await?;
    Ok(case::see(&known.web.app, conn, &id, known.viewer()?, known.now).await?)
}

/// Why a case did not do it: with the version that it now has, to whoever saw an older one.
pub(super) async fn refused(call: &mut Call, error: CaseError, note: &str) -> Refused {
    let known = call.context.known();
    let CaseError::Refused(refusal) = error else { return error.into() };
    match seen(call).await {
        Ok(open) => {
            let by_profile = matches!(*refusal, Refusal::ProfileIncomplete);
            let is_stale = matches!(*refusal, Refusal::Stale | Refusal::NotNow | Refusal::TooLate);
            let details = of_case(&known, CaseError::Refused(refusal), &open.workflow().fields, note);
            if by_profile {
                return match profile_missing(call).await {
                    Ok(fields) => details.with("profile_missing", fields).into(),
                    Err(error) => error.into(),
                };
            }
            match is_stale {
                true => details.with("version", open.row.version).with("state", open.row.state.as_str()).into(),
                false => details.into(),
            }
        }
        Err(refused) => refused,
    }
}

/// The fields of the asker's own profile that are empty or wrong.
pub(super) async fn profile_missing(call: &mut Call) -> Result<Vec<String>, Fault> {
    let known = call.context.known();
    let edition = &known.edition;
    let conn = call.context.conn().await?;
    let kept = profile::read(&known.web.app, conn, &edition.definition, &known.viewer()?.account).await?;
    let filled = profile::filled(edition, &kept.raw, known.now);
    let fields = edition.definition.profile.as_ref().map(|profile| profile.fields.as_slice()).unwrap_or_default();
    let wrong = filled.iter().flat_map(|filled| &filled.wrong);
    let mut out: Vec<String> =
        wrong.filter_map(|wrong| fields.get(wrong.field)).map(|field| field.id.clone()).collect();
    out.dedup();
    Ok(out)
}

pub(super) async fn begin(mut call: Call) -> Given {
    let mut sent = call.object(&["workflow", "agreed"])?;
    let (id, agreed) = (sent.text("workflow"), sent.flag("agreed"));
    if id.is_empty() && sent.wrong.is_empty() {
        sent.wrong.push(at("", "workflow", words().say(call.lang, "api-needed")));
    }
    let known = call.context.known();
    let workflow = known.edition.definition.workflow(&id).map(|(_, workflow)| workflow);
    if let Some(agree) = workflow.and_then(|workflow| workflow.agree.as_ref())
        && !agreed
    {
        sent.wrong.push(at("", "agreed", agree.tick.get(known.lang).to_owned()));
    }
    sent.done()?;
    workflow.ok_or(Fault::NotFound)?;
    let key = call.key("begin")?;
    call.context.release();
    let begun = case::begin(&known.web.app, known.viewer()?, &id, &key, known.now).await?;
    let conn = call.context.conn().await?;
    let open = case::see(&known.web.app, conn, &begun.id, known.viewer()?, known.now).await?;
    if open.row.workflow != id {
        return Err(Details::new(Code::KeyReused).into());
    }
    let first = open.events.first();
    let mut answer = json(
        StatusCode::CREATED,
        &json!({
            "id": open.row.id,
            "number": open.row.number,
            "version": first.map(|event| event.version),
            "state": first.map(|event| event.to_state.as_str()),
            "href": format!("/api/v1/cases/{}", open.row.id),
        }),
    )?;
    if let Ok(place) = HeaderValue::from_str(&format!("/api/v1/cases/{}", open.row.id)) {
        answer.headers_mut().insert(header::LOCATION, place);
    }
    Ok(answer)
}

/// Takes answers to fields: all of them, or where one is wrong none.
pub(super) async fn change(mut call: Call) -> Given {
    let known = call.context.known();
    let mut sent = call.object(&["expected_version", "answers"])?;
    let (seen_version, answers) = (sent.version(), sent.parts("answers"));
    let open = seen(&mut call).await?;
    // To whoever saw another version, what is open is not what they think.
    if sent.wrong.is_empty() && open.row.version != seen_version {
        return Err(refused(&mut call, Refusal::Stale.into(), "").await);
    }
    let typed = form::typed(&open, &answers, known.lang, &mut sent.wrong);
    sent.done()?;
    call.context.release();
    let (app, viewer) = (&known.web.app, known.viewer()?);
    match case::keep_right(app, viewer, &open.row.id, seen_version, &typed, known.now).await {
        Ok(open) => ok(&json!({
            "id": open.row.id,
            "version": open.row.version,
            "state": open.row.state,
            "wrong": wrong(&open, &parts::filled(&open).wrong, known.lang),
        })),
        Err(error) => Err(refused(&mut call, error, "").await),
    }
}

/// Throws a draft away.
pub(super) async fn discard(mut call: Call) -> Given {
    let known = call.context.known();
    let Some(version) = known.asked(VERSION).and_then(|version| version.parse::<i64>().ok()) else {
        let said = words().say(known.lang, "api-needs-number");
        let at = At { name: VERSION.to_owned(), pointer: format!("?{VERSION}"), said };
        return Err(Details::new(Code::Unfit).at(vec![at]).into());
    };
    let open = seen(&mut call).await?;
    if open.row.version != version {
        return Err(refused(&mut call, Refusal::Stale.into(), "").await);
    }
    call.context.release();
    match case::discard(&known.web.app, known.viewer()?, &open.row.id, version, known.now).await {
        Ok(()) => gone(),
        Err(error) => Err(refused(&mut call, error, "").await),
    }
}
