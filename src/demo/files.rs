//! The files that the school would import: rows under the column names of `demo.yaml`, one file
//! for each day on which something became true.

use std::collections::{BTreeMap, BTreeSet};

use super::chance::Chance;
use super::credits::Credit;
use super::people::{Class, People, Stage, Student, begins, checked, fill, name};
use super::spec::{Spec, UnitSpec};
use super::{DemoError, File, Kind, at, next_day};
use crate::amount::Amount;
use crate::clock::Day;
use crate::definition::Definition;

/// The columns that are filled, in the order of the rows.
const fn columns(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Units => &["code", "name", "college", "kind"],
        Kind::Staff => &["account", "name", "email", "role", "unit"],
        Kind::Classes => &["code", "name", "department", "admitted", "tutors"],
        Kind::Students => {
            &["number", "name", "department", "class", "division", "admitted", "status", "email", "national_id"]
        }
        Kind::Credits => &["student", "category", "amount", "happened", "name", "recorded"],
        Kind::Entries => &[],
    }
}

pub fn files(
    definition: &Definition,
    spec: &Spec,
    people: &People,
    credits: &[Credit],
    chance: &mut Chance,
) -> Result<Vec<File>, DemoError> {
    let first = people.students.iter().map(|student| student.admitted).min().unwrap_or_default();
    let opening = begins(definition, first)?;
    let mut files = vec![
        file(definition, Kind::Units, opening, "units".to_owned(), units(definition, spec)?),
        file(definition, Kind::Staff, opening, "staff".to_owned(), staff(spec, people, chance)),
    ];
    files.extend(classes(definition, spec, people)?);
    files.extend(students(definition, spec, people)?);
    files.extend(credit_files(definition, people, credits));
    files.extend(mistakes(definition, spec, people)?);
    Ok(files)
}

fn file(definition: &Definition, kind: Kind, effective: Day, name: String, rows: Vec<Vec<String>>) -> File {
    File {
        kind,
        name: format!("{name}.csv"),
        effective,
        at: at(definition, effective, 9),
        taken_back: None,
        header: columns(kind).iter().map(|column| header(definition, kind, column)).collect(),
        rows,
    }
}

/// The school's own name for a column: the first that its folder gives.
fn header(definition: &Definition, kind: Kind, column: &str) -> String {
    let named = definition.school.headers.iter().find(|alias| alias.file == kind.id() && alias.column == column);
    named.and_then(|alias| alias.also.first()).cloned().unwrap_or_else(|| column.to_owned())
}

fn units(definition: &Definition, spec: &Spec) -> Result<Vec<Vec<String>>, DemoError> {
    spec.units
        .iter()
        .map(|unit| {
            let kind = definition
                .school
                .unit_kinds
                .iter()
                .find(|kind| kind.id == unit.kind)
                .ok_or_else(|| DemoError(format!("{}: there is no kind of unit {}", unit.code, unit.kind)))?;
            Ok(vec![unit.code.clone(), unit.name.clone(), unit.college.clone(), kind.title.zh.clone()])
        })
        .collect()
}

fn staff(spec: &Spec, people: &People, chance: &mut Chance) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    let mut row = |account: String, role: &str, unit: &UnitSpec| {
        let email = fill(&spec.staff.email, &[("account", &account)]);
        rows.push(vec![account, name(spec, chance), email, role.to_owned(), unit.code.clone()]);
    };
    for person in &spec.staff.people {
        for unit in &spec.units {
            let fits = person.each.as_ref().is_some_and(|kind| *kind == unit.kind)
                || person.unit.as_ref().is_some_and(|code| *code == unit.code);
            if fits {
                row(fill(&person.account, &[("unit", &unit.code.to_lowercase())]), &person.role, unit);
            }
        }
    }
    let mut seen = BTreeSet::new();
    for class in &people.classes {
        for tutor in &class.tutors {
            if seen.insert(tutor) {
                let role = spec.staff.tutors.as_ref().map_or("", |tutors| tutors.role.as_str());
                row(tutor.clone(), role, &spec.units[class.department]);
            }
        }
    }
    rows
}

/// A file each academic year: a class's name says in which year of study it is.
fn classes(definition: &Definition, spec: &Spec, people: &People) -> Result<Vec<File>, DemoError> {
    let mut years: BTreeMap<i32, Vec<Vec<String>>> = BTreeMap::new();
    for class in &people.classes {
        let Some(words) = spec.classes.get(&class.division) else { continue };
        for (study, word) in words.years.iter().enumerate() {
            let row = class_row(spec, class, word);
            years.entry(class.admitted + study as i32).or_default().push(row);
        }
    }
    years
        .into_iter()
        .map(|(year, rows)| {
            let day = begins(definition, year)?;
            Ok(file(definition, Kind::Classes, day, format!("classes-{year}"), rows))
        })
        .collect()
}

fn class_row(spec: &Spec, class: &Class, year: &str) -> Vec<String> {
    let unit = &spec.units[class.department];
    let words = spec.classes.get(&class.division);
    let letter = words.and_then(|words| words.letters.values().nth(class.letter)?.as_str()).unwrap_or_default();
    let template = words.map_or("", |words| words.name.as_str());
    vec![
        class.code.clone(),
        fill(template, &[("unit", &unit.name), ("year", year), ("letter", letter)]),
        unit.name.clone(),
        class.admitted.to_string(),
        class.tutors.join(";"),
    ]
}

/// A file for each day on which students began, changed or left.
fn students(definition: &Definition, spec: &Spec, people: &People) -> Result<Vec<File>, DemoError> {
    let mut days: BTreeMap<Day, Vec<Vec<String>>> = BTreeMap::new();
    for student in &people.students {
        for stage in student.stages() {
            let row = student_row(definition, spec, people, student, &stage)?;
            days.entry(stage.from).or_default().push(row);
        }
    }
    Ok(days
        .into_iter()
        .map(|(day, mut rows)| {
            rows.sort();
            file(definition, Kind::Students, day, format!("students-{day}"), rows)
        })
        .collect())
}

fn student_row(
    definition: &Definition,
    spec: &Spec,
    people: &People,
    student: &Student,
    stage: &Stage,
) -> Result<Vec<String>, DemoError> {
    let school = &definition.school;
    let division = school
        .divisions
        .iter()
        .find(|division| division.id == student.division)
        .ok_or_else(|| DemoError(format!("there is no division {}", student.division)))?;
    let status = school
        .statuses
        .iter()
        .find(|status| status.id == stage.status)
        .ok_or_else(|| DemoError(format!("there is no status {}", stage.status)))?;
    Ok(vec![
        student.number.clone(),
        student.name.clone(),
        spec.units[stage.department].name.clone(),
        people.classes[stage.class].code.clone(),
        division.title.zh.clone(),
        student.admitted.to_string(),
        status.title.zh.clone(),
        fill(&spec.students.email, &[("student", &student.number)]),
        checked(&fill(&spec.students.national_id, &[("number", student.number.get(1..).unwrap_or_default())])),
    ])
}

/// A file for each term in which something was recorded.
fn credit_files(definition: &Definition, people: &People, credits: &[Credit]) -> Vec<File> {
    let calendar = &definition.school.calendar;
    let mut terms: BTreeMap<_, Vec<&Credit>> = BTreeMap::new();
    for credit in credits {
        terms.entry(calendar.term_of(credit.recorded)).or_default().push(credit);
    }
    terms
        .into_iter()
        .filter_map(|(term, mut credits)| {
            credits.sort_by_key(|credit| (credit.recorded, credit.student, credit.happened, credit.category));
            let day = calendar.begins(term)?;
            let last = credits.last().map_or(day, |credit| credit.recorded);
            let rows = credits
                .iter()
                .map(|credit| {
                    credit_row(
                        definition,
                        people,
                        credit.student,
                        credit.category,
                        credit.amount,
                        (credit.happened, credit.recorded),
                        &credit.name,
                    )
                })
                .collect();
            let mut made = file(definition, Kind::Credits, day, format!("credits-{term}"), rows);
            made.at = at(definition, next_day(last), 2);
            Some(made)
        })
        .collect()
}

fn credit_row(
    definition: &Definition,
    people: &People,
    student: usize,
    category: usize,
    amount: Amount,
    (happened, recorded): (Day, Day),
    name: &str,
) -> Vec<String> {
    vec![
        people.students[student].number.clone(),
        definition.categories[category].title.zh.clone(),
        amount.to_string(),
        happened.to_string(),
        name.to_owned(),
        recorded.to_string(),
    ]
}

/// Files that were imported in error, and taken back.
fn mistakes(definition: &Definition, spec: &Spec, people: &People) -> Result<Vec<File>, DemoError> {
    spec.mistakes
        .iter()
        .map(|mistake| {
            let (category, _) = definition
                .category(&mistake.category)
                .ok_or_else(|| DemoError(format!("there is no category {}", mistake.category)))?;
            let amount = mistake.amount;
            let days = (mistake.happened, mistake.recorded);
            let rows = (0..people.students.len())
                .filter(|index| people.students[*index].admitted == mistake.admitted)
                .take(mistake.students)
                .map(|student| credit_row(definition, people, student, category, amount, days, &mistake.name))
                .collect();
            let name = format!("credits-{}", mistake.recorded);
            let mut made = file(definition, Kind::Credits, mistake.recorded, name, rows);
            made.at = at(definition, mistake.recorded, 10);
            made.taken_back = Some(at(definition, mistake.taken_back, 11));
            Ok(made)
        })
        .collect()
}
