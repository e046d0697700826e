//! One's own cases, and the page before one is begun.

use axum::http::StatusCode;

use super::parts::{self, mark, said};
use super::{inputs, one, profile};
use crate::app::case::{self, CaseError, Listed};
use crate::clock::Instant;
use crate::definition::Definition;
use crate::definition::case::{Answer, By, End, Party, Round, Workflow};
use crate::render::pages::cases::{Moment, UsedCell};
use crate::render::pages::filing::{Apply, InTheWay, MoveLink, Paper, Window};
use crate::render::pages::mine::{Beginning, Mine, OwnCase, OwnDecision};
use crate::render::words;
use crate::store::cases::CaseRow;
use crate::store::{Conn, decisions, stored};
use crate::web::context::{Known, encode};
use crate::web::lists::choice;
use crate::web::review::export;
use crate::web::student::shown_day;
use crate::web::{Answer as WebAnswer, Context, Fault, Posted, show};

pub(in crate::web) async fn list(mut context: Context) -> WebAnswer {
    let known = context.known();
    let account = known.viewer()?.account.clone();
    let conn = context.conn().await?;
    let rows = case::of_student(conn, &account).await?;
    let asked = |name: &str| known.asked(name).unwrap_or_default();
    let (year, term) = (asked("year"), asked("term"));
    let of = |row: &CaseRow| row.term.split_once('-').map(|(year, term)| (year.to_owned(), term.to_owned()));
    let fits = |row: &&CaseRow| {
        let (of_year, of_term) = of(row).unwrap_or_default();
        (year.is_empty() || of_year == year) && (term.is_empty() || of_term == term)
    };
    let found: Vec<&CaseRow> = rows.iter().filter(fits).collect();
    let pages = found.len().div_ceil(ON_A_PAGE).max(1);
    let page = asked("page").parse::<usize>().unwrap_or(1).clamp(1, pages);
    let mut cases = Vec::new();
    let decisions = decisions::of_applicant(conn, &account).await?;
    for row in found.iter().skip((page - 1) * ON_A_PAGE).take(ON_A_PAGE) {
        // A case is told in the words of the edition that it stands under.
        let edition = case::edition(&known.web.app, conn, &row.edition).await?;
        let Some((_, workflow)) = edition.definition.workflow(&row.workflow) else { continue };
        let state = workflow.state(&row.state).map(|(index, _)| index).unwrap_or_default();
        // What was written of a former state would be read as being about this one.
        let ends_well = workflow.states.get(state).is_some_and(|state| state.ends == Some(End::Well));
        cases.push(OwnCase {
            href: format!("/cases/{}", row.id),
            title: said(&workflow.title, known.lang),
            number: row.number.clone(),
            mark: mark(known.lang, workflow, state, true),
            since: parts::moment(&known, &row.waits_since),
            until: parts::until(&known, &edition.definition, workflow, row),
            cells: cells(&known, &edition.definition, workflow, row),
            moves: onward(&known, conn, row).await?,
            files: case::files_of(conn, &row.id).await?.iter().map(parts::file_link).collect(),
            decided: decisions
                .iter()
                .find(|(id, _)| *id == row.id)
                .filter(|(_, decided)| decided.stands || ends_well)
                .map(|(_, decided)| OwnDecision {
                    person: decided.person.clone(),
                    at: parts::moment(&known, &decided.at),
                    note: if decided.stands { decided.note.clone() } else { String::new() },
                }),
        });
    }
    let definition = &known.edition.definition;
    let begin = match case::student(conn, &account, known.today).await? {
        Some(who) => {
            let is_for = |flow: &&Workflow| case::is_for(definition, flow, who.admitted, &who.division);
            let theirs = definition.workflows.iter().filter(is_for);
            theirs.filter(|flow| open_case(&rows, flow).is_none()).map(|flow| beginning(&known, &rows, flow)).collect()
        }
        None => Vec::new(),
    };
    let to = |page: usize| format!("/cases?year={}&term={}&page={page}", encode(year), encode(term));
    let all = rows.iter().filter_map(of);
    let (mut years, mut numbers): (Vec<String>, Vec<String>) = all.unzip();
    let choices = |all: &mut Vec<String>, now: &str| {
        all.sort();
        all.dedup();
        // Where all are of one, there is nothing to choose.
        let few = all.len() < 2 && now.is_empty();
        let choices = all.iter().map(|one| choice(one, one, one == now));
        if few { Vec::new() } else { choices.collect::<Vec<_>>() }
    };
    let mine = Mine {
        cases,
        total: found.len(),
        years: choices(&mut years, year),
        terms: choices(&mut numbers, term),
        page,
        pages,
        previous_link: (page > 1).then(|| to(page - 1)),
        next_link: (page < pages).then(|| to(page + 1)),
        begin,
    };
    show::page(&known, &mine)
}

/// Own cases on one page.
const ON_A_PAGE: usize = 20;

/// What lists show of a case, after the term that it is of where that is a date's.
fn cells(known: &Known, definition: &Definition, workflow: &Workflow, row: &CaseRow) -> Vec<UsedCell> {
    let mut out = Vec::new();
    if let (Some(_), Some((year, term))) = (workflow.term_of, row.term.split_once('-')) {
        for (label, text) in [("case-year", year), ("case-term", term)] {
            out.push(UsedCell { label: words().say(known.lang, label), text: text.to_owned() });
        }
    }
    out.extend(parts::columns(known, definition, workflow, row));
    out
}

/// Where a workflow begins for someone with these cases; the case that is open where there is one.
pub(in crate::web) fn beginning(known: &Known, rows: &[CaseRow], workflow: &Workflow) -> Beginning {
    match open_case(rows, workflow) {
        Some(row) => {
            let state = workflow.state(&row.state).map(|(index, _)| mark(known.lang, workflow, index, true));
            Beginning { href: format!("/cases/{}", row.id), title: said(&workflow.title, known.lang), mark: state }
        }
        None => {
            Beginning { href: format!("/apply/{}", workflow.id), title: said(&workflow.title, known.lang), mark: None }
        }
    }
}

/// A case of a workflow that is not over; only where no further one may be begun.
fn open_case<'a>(rows: &'a [CaseRow], workflow: &Workflow) -> Option<&'a CaseRow> {
    let mut open = rows.iter().filter(|row| row.workflow == workflow.id && row.open_slot > 0);
    let first = open.next();
    let count = u32::from(first.is_some()) + u32::try_from(open.count()).unwrap_or(u32::MAX);
    first.filter(|_| count >= workflow.open_at_once)
}

pub(in crate::web) async fn start(mut context: Context) -> WebAnswer {
    let page = start_page(&mut context).await?;
    show::page(&context, &page)
}

async fn start_page(context: &mut Context) -> Result<Apply, Fault> {
    let known = context.known();
    let definition = &known.edition.definition;
    let (_, workflow) = definition.workflow(context.param("workflow")).ok_or(Fault::NotFound)?;
    let viewer = known.viewer()?;
    let conn = context.conn().await?;
    let (windows, next) = case::windows_for(conn, definition, workflow, &viewer.account, known.now).await?;
    let mut page = about(&known, workflow, &windows, next.as_ref());
    if page.needs_profile && page.profile_when.is_empty() {
        page.profile_missing = profile::missing(&known, conn).await?;
    }
    match case::may_begin(conn, definition, workflow, viewer, known.now).await {
        Ok(_) => Ok(page),
        Err(CaseError::NotForYou) => Ok(Apply { not_for_you: true, ..page }),
        Err(CaseError::OpenAlready { case, say }) => {
            let in_the_way = InTheWay { say: said(&say, known.lang), href: format!("/cases/{case}") };
            Ok(Apply { in_the_way: Some(in_the_way), ..page })
        }
        Err(error) => Err(error.into()),
    }
}

fn about(known: &Known, workflow: &Workflow, windows: &[Round], next: Option<&Round>) -> Apply {
    let definition = &known.edition.definition;
    let say = |texts: &[crate::lang::Text]| texts.iter().map(|text| said(text, known.lang)).collect();
    let office = &definition.school.units[workflow.office];
    let who = workflow.who.map(|group| &definition.groups[group].title);
    Apply {
        id: workflow.id.clone(),
        title: said(&workflow.title, known.lang),
        by: said(&workflow.by, known.lang),
        office: said(&office.title, known.lang),
        contact: said(&office.contact, known.lang),
        who: who.map(|title| said(title, known.lang)).unwrap_or_default(),
        not_for_you: false,
        in_the_way: None,
        prepare: say(&workflow.prepare),
        papers: papers(known, workflow),
        has_windows: workflow.windows.is_some(),
        late: workflow.late,
        windows: windows.iter().map(|round| window(known, round)).collect(),
        next: next.map(|round| window(known, round)),
        agree: workflow.agree.as_ref().map(|agree| say(&agree.text)).unwrap_or_default(),
        tick: workflow.agree.as_ref().map(|agree| said(&agree.tick, known.lang)).unwrap_or_default(),
        not_ticked: false,
        needs_profile: workflow.needs_profile.is_some() && definition.profile.is_some(),
        profile_when: profile_when(known, workflow),
        profile_missing: Vec::new(),
    }
}

/// The labels of the answers by which it turns out whether the profile is needed; none where it always is.
fn profile_when(known: &Known, workflow: &Workflow) -> Vec<String> {
    let Some(when) = &workflow.needs_profile else { return Vec::new() };
    let fields = workflow.fields.iter().enumerate().filter(|(index, _)| when.is_about(&|field| field == *index));
    fields.map(|(_, field)| said(&field.label, known.lang)).collect()
}

fn papers(known: &Known, workflow: &Workflow) -> Vec<Paper> {
    let files = workflow.fields.iter().filter_map(|field| match &field.is {
        Answer::File { of, megabytes } => Some((field, of, megabytes)),
        _ => None,
    });
    files
        .map(|(field, of, megabytes)| Paper {
            label: said(&field.label, known.lang),
            kinds: inputs::kinds(known.lang, of),
            limit: format!("{megabytes} MB"),
            sometimes: field.when.is_some() || field.optional,
        })
        .collect()
}

pub(in crate::web) fn window(known: &Known, round: &Round) -> Window {
    let moment = |at: Instant| Moment { iso: stored(at), shown: show::moment(known, at) };
    Window {
        title: said(&round.title, known.lang),
        opens: moment(round.opens),
        closes: moment(round.closes),
        covers: round.evidence.map(|(from, to)| (shown_day(known, from), shown_day(known, to))),
        dates: export::dates(known, round),
    }
}

pub(in crate::web) async fn begin(mut context: Context, posted: Posted) -> WebAnswer {
    let page = start_page(&mut context).await?;
    if !page.tick.is_empty() && !posted.has("agree") && page.in_the_way.is_none() && !page.not_for_you {
        return show::page_with(&context, StatusCode::UNPROCESSABLE_ENTITY, &Apply { not_ticked: true, ..page });
    }
    context.release();
    let known = context.known();
    match case::begin(&known.web.app, known.viewer()?, &page.id, posted.text("token"), known.now).await {
        Ok(begun) => show::see(&format!("/cases/{}/edit", begun.id)),
        Err(CaseError::OpenAlready { .. }) => {
            let page = start_page(&mut context).await?;
            show::page_with(&context, StatusCode::CONFLICT, &page)
        }
        Err(CaseError::NotForYou) => {
            show::page_with(&context, StatusCode::FORBIDDEN, &Apply { not_for_you: true, ..page })
        }
        Err(error) => Err(error.into()),
    }
}

/// What can be applied for to meet a requirement, for the dashboard.
pub(in crate::web) async fn for_requirement(
    known: &Known,
    conn: &mut Conn,
    who: &Listed,
    passed: &[bool],
) -> Result<Vec<(usize, Beginning)>, Fault> {
    let definition = &known.edition.definition;
    if definition.workflows.is_empty() {
        return Ok(Vec::new());
    }
    let rows = case::of_student(conn, &who.student).await?;
    let flows = definition.workflows.iter().filter_map(|flow| Some((flow.requirement?, flow)));
    let mut out = Vec::new();
    for (requirement, flow) in flows {
        let of_flow: Vec<&CaseRow> = rows.iter().filter(|row| row.workflow == flow.id).take(MOST_WAITING).collect();
        for row in of_flow {
            let Some((index, state)) = flow.state(&row.state) else { continue };
            let title = format!("{} {}", said(&flow.title, known.lang), row.number);
            let mark = Some(mark(known.lang, flow, index, true));
            if state.waits_for == Some(Party::Applicant) {
                out.push((requirement, Beginning { href: format!("/cases/{}", row.id), title, mark }));
            } else if !passed.get(requirement).copied().unwrap_or_default() {
                for step in onward(known, conn, row).await? {
                    let title = format!("{title}{}{}", words().say(known.lang, "colon"), step.title);
                    out.push((requirement, Beginning { href: step.href, title, mark: mark.clone() }));
                }
            }
        }
        if case::is_for(definition, flow, who.admitted, &who.division) {
            let begins = beginning(known, &rows, flow);
            if out.iter().all(|(_, one)| one.href != begins.href) {
                out.push((requirement, begins));
            }
        }
    }
    Ok(out)
}

/// So many of one's cases of one kind are told where they wait.
const MOST_WAITING: usize = 20;

/// What the applicant may still do with a case that ended well, such as handing it over.
async fn onward(known: &Known, conn: &mut Conn, row: &CaseRow) -> Result<Vec<MoveLink>, Fault> {
    let own = By::Party(Party::Applicant);
    let ended_well = |flow: &Workflow| {
        let state = flow.state(&row.state).filter(|(_, state)| state.ends == Some(End::Well));
        state.is_some_and(|(index, _)| flow.moves.iter().any(|step| step.by == own && step.from.contains(&index)))
    };
    if !known.edition.definition.workflow(&row.workflow).is_some_and(|(_, flow)| ended_well(flow)) {
        return Ok(Vec::new());
    }
    let open = case::see(&known.web.app, conn, &row.id, known.viewer()?, known.now).await?;
    let steps = crate::case::moves(&open.setting(), &open.case, &open.actor).into_iter();
    Ok(steps.filter(|step| case::would(&open, *step).is_ok()).map(|step| one::link(known, &open, step)).collect())
}
