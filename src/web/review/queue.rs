//! The list of what waits for a reviewer, and of all that they may see. Its state is its address.

use axum::http::StatusCode;

use super::narrowed::{departments, divisions, filters, states, terms, workflows, years};
use super::{age, claim, columns, export, flow, mark, state_title};
use crate::app::case::{self, CaseError, Listing, Question};
use crate::lang::Lang;
use crate::render::pages::exports::DateLine;
use crate::render::pages::lists::Choice;
use crate::render::pages::queue::{Queue, QueueFiles, QueueRow, SavedView};
use crate::store::cases::CaseRow;
use crate::store::people::{self, UnitRecord};
use crate::store::queue::{PAGE, Scope};
use crate::store::{Conn, access, views};
use crate::web::cases::parts;
use crate::web::context::{Known, encode, pairs};
use crate::web::lists::{choice, with};
use crate::web::{Answer, Context, Fault, Posted, show};

/// What is part of a list's address.
const ASKED: [&str; 9] = ["view", "workflow", "state", "department", "term", "year", "division", "class", "q"];

pub(in crate::web) async fn list(mut context: Context) -> Answer {
    let known = context.known();
    let page = listed(&mut context, &known).await?;
    show::page(&known, &page)
}

/// The list from which cases were chosen, by its address, with what is wrong with the choice.
pub(super) async fn again(context: &mut Context, address: &str, chosen: &[&str], wrong: String) -> Answer {
    let query = address.strip_prefix("/queue?").map(pairs).unwrap_or_default();
    let known = Known { path: "/queue".to_owned(), query, ..(*context.known()).clone() };
    let mut page = listed(context, &known).await?;
    for row in &mut page.rows {
        row.ticked = chosen.contains(&row.id.as_str());
    }
    show::page_with(&known, StatusCode::UNPROCESSABLE_ENTITY, &Queue { wrong: Some(wrong), ..page })
}

async fn listed(context: &mut Context, known: &Known) -> Result<Queue, Fault> {
    let viewer = known.viewer()?;
    let scope = case::scope(viewer, &known.edition.definition);
    let asked = question(known, &scope);
    let conn = context.conn().await?;
    let listing = case::queue(conn, viewer, &known.edition.definition, &asked).await?;
    let units = people::units(conn).await?;
    let claimed: Vec<&str> =
        listing.rows.iter().map(|row| row.claimed_by.as_str()).filter(|account| !account.is_empty()).collect();
    let names = access::staff_names(conn, &claimed).await?;
    let kept = views::of_account(conn, &viewer.account).await?;
    let rows = listing.rows.clone();
    let mut page = page(known, &scope, &asked, listing, &units, &names, kept)?;
    let conn = context.conn().await?;
    for (row, shown) in rows.iter().zip(&mut page.rows) {
        check(known, conn, row, shown).await?;
    }
    Ok(page)
}

/// How the checks of an open case come out, of a kind that has any.
async fn check(known: &Known, conn: &mut Conn, row: &CaseRow, shown: &mut QueueRow) -> Result<(), Fault> {
    let workflow = known.edition.definition.workflow(&row.workflow).map(|(_, workflow)| workflow);
    let is_open = workflow.and_then(|one| one.state(&row.state)).is_some_and(|(_, state)| state.ends.is_none());
    if !is_open || workflow.is_none_or(|one| one.checks.is_empty()) {
        return Ok(());
    }
    let open = match case::see(&known.web.app, conn, &row.id, known.viewer()?, known.now).await {
        Ok(open) => open,
        Err(CaseError::NotFound) => return Ok(()),
        Err(error) => return Err(error.into()),
    };
    let checked = parts::checks(known, &open);
    let count = |verdict: &str| checked.iter().filter(|one| one.verdict == verdict).count();
    (shown.wrong, shown.look, shown.checked) = (count("wrong"), count("look"), !checked.is_empty());
    Ok(())
}

pub(in crate::web) fn question(known: &Known, scope: &Scope) -> Question {
    let text = |name: &str| known.asked(name).unwrap_or_default().trim().chars().take(60).collect::<String>();
    Question {
        mine: match known.asked("view") {
            Some(view) => view != "all",
            None => !scope.parts.is_empty(),
        },
        workflow: text("workflow"),
        state: text("state"),
        department: text("department"),
        term: text("term"),
        year: text("year"),
        division: text("division"),
        class: text("class"),
        day: known.today.to_string(),
        text: text("q"),
        page: known
            .asked("page")
            .and_then(|page| page.parse::<i64>().ok())
            .map_or(0, |page| page.clamp(1, 1 << 40) - 1),
    }
}

fn page(
    known: &Known,
    scope: &Scope,
    asked: &Question,
    listing: Listing,
    units: &[UnitRecord],
    names: &[(String, String)],
    kept: Vec<views::View>,
) -> Result<Queue, Fault> {
    let definition = &known.edition.definition;
    let pages = (listing.total + PAGE - 1) / PAGE;
    let number = asked.page + 1;
    let to = |page: i64| with(known, &[("page", &page.to_string())]);
    let (columns, cells) = columns::of_page(known, &listing.rows);
    let waits =
        |row: &CaseRow| scope.waits.iter().any(|(role, unit)| *role == row.waits_role && *unit == row.waits_unit);
    let viewer = known.viewer()?;
    let moves: Vec<Choice> = case::bulk_moves(viewer, definition)
        .into_iter()
        .filter(|(workflow, _)| {
            listing.rows.iter().any(|row| row.workflow == definition.workflows[*workflow].id && waits(row))
        })
        .map(|(workflow, step)| {
            let workflow = &definition.workflows[workflow];
            let step = &workflow.moves[step];
            choice(&format!("{}/{}", workflow.id, step.id), step.title.get(known.lang), false)
        })
        .collect();
    let query = query(known);
    let workflows = workflows(known, scope, asked);
    let rows = listing.rows.iter().zip(cells).map(|(row, cells)| {
        let workflow = definition.workflow(&row.workflow).map(|(_, workflow)| workflow);
        let unit = units.iter().find(|unit| unit.code == row.department);
        QueueRow {
            id: row.id.clone(),
            version: row.version,
            number: row.number.clone(),
            student: row.applicant.clone(),
            name: row.name.clone(),
            department: unit.map_or_else(|| row.department.clone(), |unit| unit.name.clone()),
            term: row.term.clone(),
            workflow: workflow.map_or_else(|| row.workflow.clone(), |w| w.title.get(known.lang).to_owned()),
            state: state_title(known, workflow, &row.state),
            mark: mark(workflow, &row.state),
            age: age(known, workflow, row),
            claim: claim(known, row, names),
            cells,
            tick: waits(row) && row.applicant != viewer.account,
            wrong: 0,
            look: 0,
            checked: false,
            ticked: false,
        }
    });
    Ok(Queue {
        wrong: None,
        address: known.address(),
        mine: asked.mine,
        total: listing.total,
        more: listing.more,
        waiting: known.waiting.unwrap_or_default(),
        mine_link: "/queue?view=mine".to_owned(),
        all_link: "/queue?view=all".to_owned(),
        states: states(known, asked),
        departments: departments(definition, scope, asked, units),
        terms: terms(known, asked),
        years: years(known, asked),
        divisions: divisions(known, asked),
        class: asked.class.clone(),
        kinds_differ: listing.rows.iter().any(|row| row.workflow != listing.rows[0].workflow),
        clear_link: format!("/queue?view={}", if asked.mine { "mine" } else { "all" }),
        files: [Lang::default(), known.lang]
            .into_iter()
            .take(if known.lang == Lang::default() { 1 } else { 2 })
            .map(|lang| QueueFiles {
                lang: lang.html(),
                csv_link: file_link(known, "csv", lang),
                sheet_link: file_link(known, "xlsx", lang),
            })
            .collect(),
        text: asked.text.clone(),
        filters: filters(known, asked, units),
        columns,
        rows: rows.collect(),
        page: number,
        pages,
        previous_link: (number > 1).then(|| to(number - 1)),
        next_link: (number < pages || (listing.more && number == pages)).then(|| to(number + 1)),
        views: kept
            .into_iter()
            .map(|view| SavedView {
                current: view.query == query,
                link: format!("/queue?{}", view.query),
                name: view.name,
            })
            .collect(),
        query,
        moves,
        exports: exports(known)?,
        dates: dates(known, scope),
        flows: flows(known, asked, &workflows),
        workflows,
    })
}

/// How each kind of case of the list moves; where it is one alone, from the state that is asked for.
fn flows(known: &Known, asked: &Question, workflows: &[Choice]) -> Vec<Choice> {
    let definition = &known.edition.definition;
    let listed = workflows.iter().filter(|one| one.current || asked.workflow.is_empty());
    let has_state = |id: &str| {
        let workflow = definition.workflow(id).map(|(_, workflow)| workflow);
        asked.state.is_empty() || workflow.is_some_and(|one| one.state(&asked.state).is_some())
    };
    let listed = listed.filter(|one| has_state(&one.value));
    listed.map(|one| choice(&flow::address(&one.value, &asked.state), &one.label, false)).collect()
}

/// Where the tables of each kind of case are, for whoever may have them.
fn exports(known: &Known) -> Result<Vec<Choice>, Fault> {
    let (definition, viewer) = (&known.edition.definition, known.viewer()?);
    let theirs = definition.workflows.iter().filter(|one| case::export::may_export(viewer, definition, one));
    Ok(theirs.map(|one| choice(&export::address(one), one.title.get(known.lang), false)).collect())
}

/// What is still due in the rounds of the cases that someone reviews, the next first.
fn dates(known: &Known, scope: &Scope) -> Vec<DateLine> {
    let definition = &known.edition.definition;
    let seen = |id: &str| scope.everything || scope.parts.iter().any(|part| part.workflow == id);
    let mut windows: Vec<usize> =
        definition.workflows.iter().filter(|one| seen(&one.id)).filter_map(|one| one.windows).collect();
    windows.sort_unstable();
    windows.dedup();
    let rounds = windows.iter().filter_map(|index| definition.windows.get(*index)).flat_map(|one| &one.rounds);
    let mut out: Vec<DateLine> = rounds
        .filter(|round| round.opens <= known.now)
        .flat_map(|round| export::dates(known, round))
        .filter(|date| date.on.iso >= known.today.to_string())
        .collect();
    out.sort_by(|a, b| a.on.iso.cmp(&b.on.iso));
    out
}

/// The address of the same list as a file.
fn file_link(known: &Known, ending: &str, lang: Lang) -> String {
    let here = with(known, &[("page", ""), ("in", if lang == Lang::default() { "" } else { lang.code() })]);
    let query = here.split_once('?').map(|(_, query)| format!("?{query}")).unwrap_or_default();
    format!("/queue.{ending}{query}")
}

/// What a saved view keeps: the filters, not the page.
fn query(known: &Known) -> String {
    let parts = ASKED.iter().filter_map(|name| Some(format!("{name}={}", encode(known.asked(name)?))));
    let query = parts.collect::<Vec<_>>().join("&");
    // The lists that are there without being kept.
    if matches!(query.as_str(), "view=mine" | "view=all") { String::new() } else { query }
}

/// Keeps the filters of a list under a name.
pub(in crate::web) async fn keep(mut context: Context, posted: Posted) -> Answer {
    context.release();
    let account = context.viewer()?.account.clone();
    let name = posted.text("name").split_whitespace().collect::<Vec<_>>().join(" ");
    let query: String = pairs(posted.text("query"))
        .into_iter()
        .filter(|(name, value)| ASKED.contains(&name.as_str()) && value.chars().count() <= 60)
        .map(|(name, value)| format!("{name}={}", encode(&value)))
        .collect::<Vec<_>>()
        .join("&");
    let back = if query.is_empty() { "/queue".to_owned() } else { format!("/queue?{query}") };
    let fits =
        !name.is_empty() && name.chars().count() <= 40 && !name.chars().any(char::is_control) && !query.is_empty();
    let mut tx = context.web.app.db.begin().await?;
    let kept = fits && views::keep(&mut tx, &account, &views::View { name, query }, context.now).await?;
    tx.commit().await?;
    show::see_saying(&context, &back, if kept { "view-kept" } else { "view-not-kept" })
}

pub(in crate::web) async fn forget(mut context: Context, posted: Posted) -> Answer {
    context.release();
    let account = context.viewer()?.account.clone();
    let mut tx = context.web.app.db.begin().await?;
    views::forget(&mut tx, &account, posted.text("name")).await?;
    tx.commit().await?;
    show::see_saying(&context, "/queue", "view-forgotten")
}
