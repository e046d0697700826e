//! What a list of cases can be narrowed to, and what it is narrowed to.

use super::state_title;
use crate::app::case::Question;
use crate::definition::Definition;
use crate::render::pages::lists::{Choice, Filter};
use crate::render::words;
use crate::store::people::UnitRecord;
use crate::store::queue::Scope;
use crate::web::context::Known;
use crate::web::lists::{choice, with};

/// Terms and years to choose from, this one included.
const TERMS: i64 = 10;

pub(super) fn workflows(known: &Known, scope: &Scope, asked: &Question) -> Vec<Choice> {
    let seen = |id: &str| scope.everything || scope.parts.iter().any(|part| part.workflow == id);
    let workflows = known.edition.definition.workflows.iter().filter(|workflow| seen(&workflow.id));
    workflows.map(|one| choice(&one.id, one.title.get(known.lang), one.id == asked.workflow)).collect()
}

/// The states in which a case can be before others than its writer; each name once.
pub(super) fn states(known: &Known, asked: &Question) -> Vec<Choice> {
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
pub(super) fn departments(
    definition: &Definition,
    scope: &Scope,
    asked: &Question,
    units: &[UnitRecord],
) -> Vec<Choice> {
    let with_students =
        |unit: &UnitRecord| definition.school.unit_kinds.iter().any(|kind| kind.id == unit.kind && kind.has_students);
    let all = scope.everything || scope.parts.iter().any(|part| part.department.is_none());
    let seen = |code: &str| all || scope.parts.iter().any(|part| part.department.as_deref() == Some(code));
    let units = units.iter().filter(|unit| seen(&unit.code) && with_students(unit));
    units.map(|unit| choice(&unit.code, &unit.name, unit.code == asked.department)).collect()
}

pub(super) fn terms(known: &Known, asked: &Question) -> Vec<Choice> {
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
pub(super) fn years(known: &Known, asked: &Question) -> Vec<Choice> {
    let this = known.edition.definition.school.calendar.academic_year(known.today);
    let years = (0..i32::try_from(TERMS).unwrap_or_default()).map(|back| (this - back).to_string());
    years.map(|year| choice(&year, &year, year == asked.year)).collect()
}

pub(super) fn divisions(known: &Known, asked: &Question) -> Vec<Choice> {
    let divisions = known.edition.definition.school.divisions.iter();
    divisions.map(|one| choice(&one.id, one.title.get(known.lang), one.id == asked.division)).collect()
}

pub(super) fn filters(known: &Known, asked: &Question, units: &[UnitRecord]) -> Vec<Filter> {
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
