//! The list of what waits for a reviewer, and of all that they may see. Its state is its address.

use axum::http::StatusCode;

use super::{age, claim, export, flow, mark, state_title};
use crate::app::case::{self, CaseError, Listing, Question};
use crate::clock::Day;
use crate::definition::Definition;
use crate::definition::case::{Answer as Kind, Aspect, Field, Workflow};
use crate::lang::Lang;
use crate::render::pages::exports::DateLine;
use crate::render::pages::lists::{Choice, Filter};
use crate::render::pages::queue::{Queue, QueueCell, QueueFiles, QueueHead, QueueRow, SavedView};
use crate::render::words;
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
/// Terms to choose from, this one included.
const TERMS: i64 = 10;

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
    let (columns, cells) = shown_columns(known, &listing.rows);
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

/// The columns of a page: those of the one kind of case that it shows, or those that all its kinds have;
/// without those that are empty.
fn shown_columns(known: &Known, rows: &[CaseRow]) -> (Vec<QueueHead>, Vec<Vec<QueueCell>>) {
    let definition = &known.edition.definition;
    let (heads, cells) = columns(known, rows);
    let mut kinds: Vec<&str> = rows.iter().map(|row| row.workflow.as_str()).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let labels = |id: &&str| {
        let workflow = definition.workflow(id).map(|(_, workflow)| workflow);
        workflow.map(|one| shown(definition, one).map(|(_, field)| field.label.get(known.lang)).collect::<Vec<_>>())
    };
    let labels: Vec<Vec<&str>> = kinds.iter().filter_map(labels).collect();
    let stays: Vec<bool> = heads
        .iter()
        .enumerate()
        .map(|(at, head)| {
            let is_common = labels.iter().all(|labels| labels.contains(&head.label.as_str()));
            is_common && cells.iter().any(|row| row.get(at).is_some_and(|cell| !cell.text.is_empty()))
        })
        .collect();
    fn kept<T>(all: Vec<T>, stays: &[bool]) -> Vec<T> {
        all.into_iter().zip(stays).filter(|(_, stays)| **stays).map(|(one, _)| one).collect()
    }
    let cells = cells.into_iter().map(|row| kept(row, &stays)).collect();
    (kept(heads, &stays), cells)
}

/// The fields that the shown workflows name for lists, by their labels, and what each row has there.
pub(super) fn columns(known: &Known, rows: &[CaseRow]) -> (Vec<QueueHead>, Vec<Vec<QueueCell>>) {
    let definition = &known.edition.definition;
    let mut heads: Vec<String> = Vec::new();
    let labels = |row: &CaseRow| -> Vec<(String, String)> {
        let workflow = definition.workflow(&row.workflow).map(|(_, workflow)| workflow);
        let fields = workflow.into_iter().flat_map(|workflow| shown(definition, workflow));
        fields.map(|(id, field)| (id, field.label.get(known.lang).to_owned())).collect()
    };
    for row in rows {
        for (_, label) in labels(row) {
            if !heads.contains(&label) {
                heads.push(label);
            }
        }
    }
    let amounts: Vec<&str> = definition
        .workflows
        .iter()
        .flat_map(|workflow| shown(definition, workflow))
        .map(|(_, field)| field)
        .filter(|field| matches!(field.is, Kind::Money { .. } | Kind::Number { .. } | Kind::Computed { .. }))
        .map(|field| field.label.get(known.lang))
        .collect();
    let cells = rows
        .iter()
        .map(|row| {
            let says = case::columns::cells(&row.columns);
            let labels = labels(row);
            let cell = |head: &String| {
                let field = labels.iter().find(|(_, label)| label == head);
                let text = field.and_then(|(id, _)| says.get(id)).map_or("", |cell| cell.get(known.lang)).to_owned();
                QueueCell { is_day: text.parse::<Day>().is_ok(), is_amount: amounts.contains(&head.as_str()), text }
            };
            heads.iter().map(cell).collect()
        })
        .collect();
    let heads =
        heads.into_iter().map(|label| QueueHead { is_amount: amounts.contains(&label.as_str()), label }).collect();
    (heads, cells)
}

/// What lists show of a workflow's cases, each by its name.
fn shown<'a>(definition: &'a Definition, workflow: &'a Workflow) -> impl Iterator<Item = (String, &'a Field)> {
    let field = |seen: &'a Aspect| {
        Some((seen.name(&workflow.fields), seen.described(&workflow.fields, &definition.catalogues)?))
    };
    workflow.columns.iter().filter_map(field)
}

fn workflows(known: &Known, scope: &Scope, asked: &Question) -> Vec<Choice> {
    let seen = |id: &str| scope.everything || scope.parts.iter().any(|part| part.workflow == id);
    let workflows = known.edition.definition.workflows.iter().filter(|workflow| seen(&workflow.id));
    workflows.map(|one| choice(&one.id, one.title.get(known.lang), one.id == asked.workflow)).collect()
}

/// The states in which a case can be before others than its writer; each name once.
fn states(known: &Known, asked: &Question) -> Vec<Choice> {
    let mut out: Vec<Choice> = Vec::new();
    let workflows = known.edition.definition.workflows.iter();
    for workflow in workflows.filter(|one| asked.workflow.is_empty() || one.id == asked.workflow) {
        for state in workflow.states.iter().skip(1) {
            if !out.iter().any(|known| known.value == state.id) {
                out.push(choice(&state.id, state.title.get(known.lang), state.id == asked.state));
            }
        }
    }
    out
}

/// The units that have students: no other has cases of its own.
fn departments(definition: &Definition, scope: &Scope, asked: &Question, units: &[UnitRecord]) -> Vec<Choice> {
    let with_students =
        |unit: &UnitRecord| definition.school.unit_kinds.iter().any(|kind| kind.id == unit.kind && kind.has_students);
    let all = scope.everything || scope.parts.iter().any(|part| part.department.is_none());
    let seen = |code: &str| all || scope.parts.iter().any(|part| part.department.as_deref() == Some(code));
    let units = units.iter().filter(|unit| seen(&unit.code) && with_students(unit));
    units.map(|unit| choice(&unit.code, &unit.name, unit.code == asked.department)).collect()
}

fn terms(known: &Known, asked: &Question) -> Vec<Choice> {
    let calendar = &known.edition.definition.school.calendar;
    let mut day = known.today;
    let mut out = Vec::new();
    for _ in 0..TERMS {
        let term = calendar.term_of(day);
        let name = term.to_string();
        out.push(choice(&name, &name, name == asked.term));
        let Some(before) = calendar.begins(term).and_then(|first| first.pred_opt()) else { break };
        day = before;
    }
    out
}

/// Academic years to choose from, this one included.
fn years(known: &Known, asked: &Question) -> Vec<Choice> {
    let this = known.edition.definition.school.calendar.academic_year(known.today);
    let years = (0..i32::try_from(TERMS).unwrap_or_default()).map(|back| (this - back).to_string());
    years.map(|year| choice(&year, &year, year == asked.year)).collect()
}

fn divisions(known: &Known, asked: &Question) -> Vec<Choice> {
    let divisions = known.edition.definition.school.divisions.iter();
    divisions.map(|one| choice(&one.id, one.title.get(known.lang), one.id == asked.division)).collect()
}

/// The address of the same list as a file.
fn file_link(known: &Known, ending: &str, lang: Lang) -> String {
    let here = with(known, &[("page", ""), ("in", if lang == Lang::default() { "" } else { lang.code() })]);
    let query = here.split_once('?').map(|(_, query)| format!("?{query}")).unwrap_or_default();
    format!("/queue.{ending}{query}")
}

fn filters(known: &Known, asked: &Question, units: &[UnitRecord]) -> Vec<Filter> {
    let definition = &known.edition.definition;
    let mut out = Vec::new();
    let mut add = |label: String, name: &str| {
        // The kind of list stays, also where it was not said.
        let view = if asked.mine { "mine" } else { "all" };
        out.push(Filter { label, without: with(known, &[(name, ""), ("page", ""), ("view", view)]) });
    };
    if !asked.text.is_empty() {
        add(words().say_with(known.lang, "list-filter-search", &[("text", &asked.text)]), "q");
    }
    let workflow = definition.workflow(&asked.workflow).map(|(_, workflow)| workflow);
    if !asked.workflow.is_empty() {
        add(workflow.map_or_else(|| asked.workflow.clone(), |w| w.title.get(known.lang).to_owned()), "workflow");
    }
    if !asked.state.is_empty() {
        let of = workflow.or_else(|| definition.workflows.iter().find(|one| one.state(&asked.state).is_some()));
        add(state_title(known, of, &asked.state), "state");
    }
    if !asked.department.is_empty() {
        let unit = units.iter().find(|unit| unit.code == asked.department);
        add(unit.map_or_else(|| asked.department.clone(), |unit| unit.name.clone()), "department");
    }
    if !asked.term.is_empty() {
        add(asked.term.clone(), "term");
    }
    if !asked.year.is_empty() {
        add(words().say_with(known.lang, "queue-filter-year", &[("year", &asked.year)]), "year");
    }
    if !asked.division.is_empty() {
        let division = definition.school.divisions.iter().find(|one| one.id == asked.division);
        add(division.map_or_else(|| asked.division.clone(), |one| one.title.get(known.lang).to_owned()), "division");
    }
    if !asked.class.is_empty() {
        add(asked.class.clone(), "class");
    }
    out
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
