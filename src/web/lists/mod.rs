//! Lists of students for staff: a department, a college, an office's not-passed; a class and its
//! roster in `class`, the same lists as files in `file`. What is not the reader's is answered as if it were not there.

mod class;
mod file;

pub(super) use class::{class, class_roster, class_sheet};
pub(super) use file::{as_csv, as_sheet};

use super::context::{Known, encode};
use axum::http::StatusCode;

use super::{Answer, Context, Fault, door, show};
use crate::app::access::{Place as Where, Sight, Viewer};
use crate::app::lists::{self, Place as Whose, Question, Seen};
use crate::app::progress;
use crate::app::roster::Line;
use crate::clock::{Day, parse_day};
use crate::definition::Definition;
use crate::lang::Lang;
use crate::progress::amount_in_units;
use crate::render::pages::Page;
use crate::render::pages::lists::{Cell, Choice, ChosenDay, Filter, Head, List, ListForm, Missing, Place, Student};
use crate::render::words;
use crate::store::people::{self, Among};

pub(in crate::web) const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

pub(super) async fn department(context: Context) -> Answer {
    let place = whose(&context)?;
    list(context, "department", place).await
}

pub(super) async fn college(context: Context) -> Answer {
    let place = whose(&context)?;
    list(context, "college", place).await
}

pub(super) async fn requirement(context: Context) -> Answer {
    let place = whose(&context)?;
    list(context, "requirement", place).await
}

/// Whose list the address names.
fn whose(context: &Context) -> Result<Whose, Fault> {
    let named = |name: &str| Some(context.param(name).to_owned()).filter(|value| !value.is_empty());
    if let Some(code) = named("department") {
        return Ok(Whose::Department(code));
    }
    if let Some(name) = named("college") {
        return Ok(Whose::College(name));
    }
    let (index, _) = context.edition.definition.requirement(context.param("requirement")).ok_or(Fault::NotFound)?;
    Ok(Whose::Requirement(index))
}

/// The requirements (indices) that a list tells of.
fn told(definition: &Definition, whose: &Whose, day: Day) -> Vec<usize> {
    match whose {
        Whose::Requirement(index) => vec![*index],
        Whose::Department(_) | Whose::College(_) => definition.asking(day),
    }
}

async fn list(mut context: Context, kind: &'static str, whose: Whose) -> Answer {
    let (edition, viewer) = (context.edition.clone(), context.viewer()?.clone());
    let (question, seen) = asked(&mut context, whose).await?;
    let list = lists::list(context.conn().await?, &edition, &question).await?;
    let classes = classes(&mut context, &question).await?;
    dated(&context, &list_page(&context, kind, &viewer, &seen, &question, list, classes))
}

/// What the address asks for of a place that the reader may see.
async fn asked(context: &mut Context, whose: Whose) -> Result<(Question, Seen), Fault> {
    let (edition, viewer) = (context.edition.clone(), context.viewer()?.clone());
    let definition = &edition.definition;
    let seen = lists::seen(context.conn().await?, &edition, &viewer, &whose).await?.ok_or(Fault::NotFound)?;
    let text = |name: &str| context.asked(name).map(str::to_owned);
    let question = Question {
        day: day(context),
        // An office's list is of those who have not passed, unless all are asked for.
        remaining: match context.asked("show") {
            Some(show) => show == "remaining",
            None => matches!(whose, Whose::Requirement(_)),
        },
        all_years: context.asked("years") == Some("all"),
        lacking: match whose {
            Whose::Requirement(_) => None,
            Whose::Department(_) | Whose::College(_) => {
                context.asked("lacking").and_then(|id| definition.requirement(id)).map(|(index, _)| index)
            }
        },
        department: text("department"),
        class: text("class"),
        search: context.asked("q").map(|text| text.trim().chars().take(40).collect()),
        page: context.asked("page").and_then(|page| page.parse().ok()).unwrap_or(1),
        within: viewer.within(&whose),
        place: whose,
    };
    Ok((question, seen))
}

/// The classes to choose from: those of the department that is looked at.
async fn classes(context: &mut Context, question: &Question) -> Result<Vec<Choice>, Fault> {
    let department = match &question.place {
        Whose::Department(code) => Some(code.clone()),
        Whose::College(_) | Whose::Requirement(_) => question.department.clone(),
    };
    let Some(department) = department else { return Ok(Vec::new()) };
    let years: Vec<i32> =
        progress::final_year(&context.edition.definition, question.day).into_iter().map(|(_, year)| year).collect();
    let classes = people::classes(context.conn().await?, Among::Department(&department), question.day).await?;
    Ok(classes
        .into_iter()
        .filter(|class| question.all_years || years.contains(&class.admitted))
        .map(|class| choice(&class.code, &class.name, question.class.as_deref() == Some(&class.code)))
        .collect())
}

fn list_page(
    known: &Known,
    kind: &'static str,
    viewer: &Viewer,
    seen: &Seen,
    question: &Question,
    list: lists::List,
    classes: Vec<Choice>,
) -> List {
    let (definition, lang) = (&known.edition.definition, known.lang);
    let shown = told(definition, &question.place, question.day);
    let (title, above) = match &question.place {
        Whose::Requirement(index) => {
            let requirement = &definition.requirements[*index];
            let office = definition.school.units[requirement.office].title.get(lang);
            (requirement.title.get(lang).to_owned(), Some(place(office, "", None)))
        }
        Whose::Department(_) => {
            let college = (!seen.college.is_empty()).then(|| {
                let address = format!("/colleges/{}", encode(&seen.college));
                let address = viewer.sees_college(&seen.college).then(|| link(known, &address, &[]));
                place(&seen.college, "", address)
            });
            (seen.name.clone(), college)
        }
        Whose::College(_) => (seen.name.clone(), None),
    };
    let is_requirement = matches!(question.place, Whose::Requirement(_));
    let page = |number: usize| with(known, &[("page", &number.to_string())]);
    List {
        kind,
        title,
        above,
        day: chosen(known, question.day),
        requirements: heads(definition, lang, &shown, &list.lacking),
        overall: !is_requirement,
        students: list.lines.iter().map(|line| student(known, viewer, line, &shown)).collect(),
        all: list.students,
        passed: list.passed,
        not_passed: list.students - list.passed,
        found: list.found,
        page: list.page,
        pages: list.pages,
        previous_link: (list.page > 1).then(|| page(list.page - 1)),
        next_link: (list.page < list.pages).then(|| page(list.page + 1)),
        filters: filters(known, seen, question, &classes),
        csv_link: with_path(known, &format!("{}/students.csv", known.path), &[("page", "")]),
        sheet_link: with_path(known, &format!("{}/students.xlsx", known.path), &[("page", "")]),
        remaining: question.remaining,
        all_link: with(known, &[("show", "all"), ("page", "")]),
        remaining_link: with(known, &[("show", "remaining"), ("page", "")]),
        form: ListForm {
            action: known.path.clone(),
            search: question.search.clone().unwrap_or_default(),
            all_years: question.all_years,
            remaining: question.remaining,
            lacking: match is_requirement {
                true => Vec::new(),
                false => shown
                    .iter()
                    .map(|index| (*index, &definition.requirements[*index]))
                    .map(|(index, one)| choice(&one.id, one.short.get(lang), question.lacking == Some(index)))
                    .collect(),
            },
            departments: seen
                .departments
                .iter()
                .map(|unit| choice(&unit.code, &unit.name, question.department.as_deref() == Some(&unit.code)))
                .collect(),
            classes,
        },
        departments: match question.place {
            Whose::College(_) => seen
                .departments
                .iter()
                .map(|unit| {
                    let address = format!("/departments/{}", encode(&unit.code));
                    place(&unit.name, &unit.code, Some(link(known, &address, &[])))
                })
                .collect(),
            Whose::Department(_) | Whose::Requirement(_) => Vec::new(),
        },
    }
}

/// The filters that apply, as links that take them away.
fn filters(known: &Known, seen: &Seen, question: &Question, classes: &[Choice]) -> Vec<Filter> {
    let (definition, lang) = (&known.edition.definition, known.lang);
    let mut out = Vec::new();
    let mut add = |label: String, name: &str| {
        out.push(Filter { label, without: with(known, &[(name, ""), ("page", "")]) });
    };
    if let Some(text) = &question.search {
        add(words().say_with(lang, "list-filter-search", &[("text", text)]), "q");
    }
    if let Some(index) = question.lacking {
        let title = definition.requirements[index].short.get(lang);
        add(words().say_with(lang, "list-filter-lacking", &[("title", title)]), "lacking");
    }
    if let Some(code) = &question.department {
        let name = seen.departments.iter().find(|unit| unit.code == *code).map_or(code, |unit| &unit.name);
        add(name.clone(), "department");
    }
    if let Some(code) = &question.class {
        let name = classes.iter().find(|class| class.value == *code).map_or(code, |class| &class.label);
        add(name.clone(), "class");
    }
    if question.all_years {
        add(words().say(lang, "list-filter-all-years"), "years");
    }
    out
}

/// The day that the address asks for; today where it names none that has come.
pub(super) fn day(known: &Known) -> Day {
    known.asked("as-of").and_then(|text| parse_day(text).ok()).filter(|day| *day <= known.today).unwrap_or(known.today)
}

pub(super) fn chosen(known: &Known, day: Day) -> ChosenDay {
    let wrong = door::wrong_day(known);
    let typed = known.asked("as-of").filter(|_| wrong.is_some());
    ChosenDay {
        typed: typed.map_or_else(|| day.to_string(), |text| text.chars().take(40).collect()),
        wrong,
        day: day.to_string(),
        shown: show::day(known, day),
        is_today: day == known.today,
        today: known.today.to_string(),
    }
}

/// A page of the day that is chosen on it; of today, and as refused, where that is none.
pub(super) fn dated<P: Page>(known: &Known, page: &P) -> Answer {
    let status = if door::wrong_day(known).is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    show::page_with(known, status, page)
}

pub(super) fn choice(value: &str, label: &str, current: bool) -> Choice {
    Choice { value: value.to_owned(), label: label.to_owned(), current }
}

fn place(name: &str, code: &str, link: Option<String>) -> Place {
    Place { name: name.to_owned(), code: code.to_owned(), link }
}

/// Another page as of the same day, with further values in its address.
pub(super) fn link(known: &Known, path: &str, more: &[(&str, &str)]) -> String {
    let day = day(known);
    let day = (day != known.today).then(|| day.to_string());
    let pairs = day.as_deref().map(|day| ("as-of", day)).into_iter().chain(more.iter().copied());
    let kept = ["by", "of", "college", "department"].into_iter().filter(|_| path.starts_with("/statistics."));
    let kept = kept.filter_map(|name| known.asked(name).map(|value| (name, value)));
    address(path, pairs.chain(kept))
}

/// This page with some values in its address changed; an empty one is taken away.
pub(super) fn with(known: &Known, changes: &[(&str, &str)]) -> String {
    with_path(known, &known.path, changes)
}

/// The same of a page that is asked the same things.
fn with_path(known: &Known, path: &str, changes: &[(&str, &str)]) -> String {
    let kept = known.query.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let kept = kept.filter(|(name, _)| *name != "lang" && !changes.iter().any(|(changed, _)| changed == name));
    address(path, kept.chain(changes.iter().copied()))
}

pub(super) fn address<'a>(path: &str, pairs: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let pairs = pairs.filter(|(_, value)| !value.is_empty());
    let query: Vec<String> = pairs.map(|(name, value)| format!("{name}={}", encode(value))).collect();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{}", query.join("&")) }
}

fn heads(definition: &Definition, lang: Lang, shown: &[usize], lacking: &[usize]) -> Vec<Head> {
    let heads = shown.iter().filter_map(|index| Some((*index, definition.requirements.get(*index)?)));
    heads
        .map(|(index, requirement)| Head {
            id: requirement.id.clone(),
            short: requirement.short.get(lang).to_owned(),
            title: requirement.title.get(lang).to_owned(),
            unit: unit(definition, index).to_owned(),
            lacking: lacking.get(index).copied().unwrap_or_default(),
        })
        .collect()
}

fn unit(definition: &Definition, requirement: usize) -> &str {
    &definition.parameters[definition.requirements[requirement].needs].unit
}

/// A student's line with the requirements that are shown, and no other.
fn student(known: &Known, viewer: &Viewer, line: &Line, shown: &[usize]) -> Student {
    let (definition, lang) = (&known.edition.definition, known.lang);
    let standing = Where { class: &line.class, department: &line.department, college: &line.college };
    let class = format!("/classes/{}", encode(&line.class));
    let file = format!("/students/{}", encode(&line.student));
    let cells = shown.iter().filter_map(|index| line.verdict.requirements.get(*index));
    let missing = line.missing().into_iter().filter(|(index, _)| shown.contains(index));
    Student {
        number: line.student.clone(),
        name: line.name.clone(),
        link: (viewer.sight(&line.student, standing) != Sight::Nothing).then(|| link(known, &file, &[])),
        class: place(&line.class_name, &line.class, viewer.sees_class(standing).then(|| link(known, &class, &[]))),
        department: line.department_name.clone(),
        bound: line.verdict.bound,
        passed: line.verdict.passed,
        cells: cells
            .map(|requirement| Cell {
                bound: requirement.bound,
                passed: requirement.passed,
                waived: requirement.waived.is_some(),
                earned: requirement.earned.to_string(),
                needed: requirement.needed.to_string(),
            })
            .collect(),
        missing: missing
            .map(|(index, amount)| Missing {
                short: definition.requirements[index].short.get(lang).to_owned(),
                amount: amount_in_units(amount, unit(definition, index), lang),
            })
            .collect(),
    }
}
