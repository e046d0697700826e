//! The people of the demonstration: which students there are, in which classes, with which
//! tutors, and what each of them passes on the day of the figures.

use std::collections::BTreeMap;

use super::DemoError;
use super::chance::Chance;
use super::share;
use super::spec::{Cohort, Spec, TutorSpec, UnitSpec};
use crate::clock::{Day, Term};
use crate::definition::Definition;
use crate::rules::numbers::national_id;

#[derive(Clone, Debug)]
pub struct Class {
    pub code: String,
    pub division: String,
    pub admitted: i32,
    /// Index into the units.
    pub department: usize,
    /// Which of its department's classes: an index into the letters.
    pub letter: usize,
    pub tutors: Vec<String>,
}

/// Where a student stands from a day on.
#[derive(Clone, Debug)]
pub struct Stage {
    pub from: Day,
    pub department: usize,
    pub class: usize,
    pub status: String,
}

#[derive(Clone, Debug)]
pub struct Student {
    pub number: String,
    pub name: String,
    pub division: String,
    pub admitted: i32,
    pub department: usize,
    pub class: usize,
    pub statuses: Vec<(Day, String)>,
    /// Where the student was before: until this day, in that department and class.
    pub former: Option<(Day, usize, usize)>,
    /// The cohort that binds and counts the student, and what is passed on its day (in the
    /// definition's order).
    pub counted: Option<(usize, Vec<Option<bool>>)>,
}

pub struct People {
    pub classes: Vec<Class>,
    pub students: Vec<Student>,
}

/// A cohort's counts, by department: students, passed by requirement where the cohort says so.
type Counts = Vec<(usize, (usize, Vec<Option<usize>>))>;

pub fn people(definition: &Definition, spec: &Spec, chance: &mut Chance) -> Result<People, DemoError> {
    let mut people = People { classes: Vec::new(), students: Vec::new() };
    let mut counts: Vec<Counts> = Vec::new();
    for (index, cohort) in spec.cohorts.iter().enumerate() {
        let own = counts_of(definition, spec, cohort, &counts)?;
        enrol(definition, spec, index, &own, &mut people, chance)?;
        counts.push(own);
    }
    others(definition, spec, &mut people)?;
    into_classes(spec, &mut people)?;
    number_and_name(spec, &mut people, chance)?;
    moves(spec, &mut people, chance);
    Ok(people)
}

/// The day on which students of an academic year begin.
pub fn begins(definition: &Definition, year: i32) -> Result<Day, DemoError> {
    let calendar = &definition.school.calendar;
    let number = calendar.terms.first().map_or(1, |term| term.number);
    calendar
        .begins(Term { year, number })
        .ok_or_else(|| DemoError(format!("academic year {year} has no first day in the calendar")))
}

fn counts_of(definition: &Definition, spec: &Spec, cohort: &Cohort, before: &[Counts]) -> Result<Counts, DemoError> {
    if let Some(like) = &cohort.like {
        let model = spec
            .cohorts
            .iter()
            .zip(before)
            .find(|(other, _)| other.admitted == like.admitted)
            .map(|(_, counts)| counts)
            .ok_or_else(|| DemoError(format!("no cohort {} stands before {}", like.admitted, cohort.admitted)))?;
        return Ok(model
            .iter()
            .map(|(unit, (students, passed))| {
                let students = students * like.students_percent / 100;
                let passed = passed
                    .iter()
                    .map(|count| Some((count.as_ref()? * like.passed_percent / 100).min(students)))
                    .collect();
                (*unit, (students, passed))
            })
            .collect());
    }
    // The table's columns, in the definition's order of requirements; a requirement that the school
    // has added since has none.
    let columns: Vec<Option<usize>> = definition
        .requirements
        .iter()
        .map(|requirement| cohort.requirements.iter().position(|id| *id == requirement.id))
        .collect();
    cohort
        .departments
        .iter()
        .map(|(code, numbers)| {
            let wrong = || DemoError(format!("{code}: a count for the students and for each requirement"));
            let (students, passed) = numbers.split_first().ok_or_else(wrong)?;
            if passed.len() != cohort.requirements.len() || passed.iter().any(|count| count > students) {
                return Err(wrong());
            }
            Ok((
                unit(spec, code)?,
                (*students, columns.iter().map(|column| column.map(|column| passed[column])).collect()),
            ))
        })
        .collect()
}

fn unit(spec: &Spec, code: &str) -> Result<usize, DemoError> {
    spec.units.iter().position(|unit| unit.code == code).ok_or_else(|| DemoError(format!("there is no unit {code}")))
}

fn enrol(
    definition: &Definition,
    spec: &Spec,
    index: usize,
    counts: &Counts,
    people: &mut People,
    chance: &mut Chance,
) -> Result<(), DemoError> {
    let cohort = &spec.cohorts[index];
    let departments: Vec<(usize, Vec<usize>)> =
        counts.iter().map(|(_, (students, passed))| (*students, passed.iter().flatten().copied().collect())).collect();
    let all = match (cohort.all, &cohort.like) {
        (Some(all), _) => all,
        (None, Some(like)) => {
            let model = spec.cohorts.iter().find(|other| other.admitted == like.admitted);
            let all = model.and_then(|other| other.all).unwrap_or(0) * like.passed_percent / 100;
            let least: usize = departments
                .iter()
                .map(|(students, passed)| {
                    passed.iter().sum::<usize>().saturating_sub(passed.len().saturating_sub(1) * students)
                })
                .sum();
            all.max(least)
        }
        // Where there is nothing to pass nobody is counted.
        (None, None) if departments.iter().all(|(_, passed)| passed.is_empty()) => 0,
        (None, None) => return Err(DemoError(format!("the cohort {}: how many pass everything?", cohort.admitted))),
    };
    let shares = share::all_passed(&departments, all)?;
    let first = begins(definition, cohort.admitted)?;
    for (((unit, (_, said)), (students, passed)), all) in counts.iter().zip(&departments).zip(shares) {
        for verdict in share::verdicts(*students, passed, all, chance) {
            let mut verdict = verdict.into_iter();
            let verdict = said.iter().map(|count| count.and_then(|_| verdict.next())).collect();
            people.students.push(Student {
                number: String::new(),
                name: String::new(),
                division: cohort.division.clone(),
                admitted: cohort.admitted,
                department: *unit,
                class: 0,
                statuses: vec![(first, spec.students.status.clone())],
                former: None,
                counted: Some((index, verdict)),
            });
        }
    }
    Ok(())
}

/// Those whom the figures leave out, spread over the departments.
fn others(definition: &Definition, spec: &Spec, people: &mut People) -> Result<(), DemoError> {
    let mut departments: Vec<usize> = people.students.iter().map(|student| student.department).collect();
    departments.sort_unstable();
    departments.dedup();
    for group in &spec.others {
        let mut statuses = vec![(begins(definition, group.admitted)?, spec.students.status.clone())];
        statuses.extend(group.statuses.iter().map(|(day, status)| (*day, status.clone())));
        for department in departments.iter().cycle().take(group.count) {
            people.students.push(Student {
                number: String::new(),
                name: String::new(),
                division: group.division.clone(),
                admitted: group.admitted,
                department: *department,
                class: 0,
                statuses: statuses.clone(),
                former: None,
                counted: None,
            });
        }
    }
    Ok(())
}

/// Divides the students of a year and department into classes, with tutors.
fn into_classes(spec: &Spec, people: &mut People) -> Result<(), DemoError> {
    let mut groups: BTreeMap<(String, i32, usize), Vec<usize>> = BTreeMap::new();
    for (index, student) in people.students.iter().enumerate() {
        let key = (student.division.clone(), student.admitted, student.department);
        groups.entry(key).or_default().push(index);
    }
    let mut tutors = Tutors { spec, given: BTreeMap::new(), last: None, classes: 0 };
    for ((division, admitted, department), members) in groups {
        let class =
            spec.classes.get(&division).ok_or_else(|| DemoError(format!("no classes are described for {division}")))?;
        let count = members.len().div_ceil(class.size.max(1)).clamp(1, class.letters.len().max(1));
        let first = people.classes.len();
        for letter in 0..count {
            let unit = &spec.units[department];
            let code = class.letters.keys().nth(letter).ok_or_else(|| DemoError(format!("{division}: no letters")))?;
            people.classes.push(Class {
                code: fill(&class.code, &[("unit", &unit.code), ("admitted", &admitted.to_string()), ("letter", code)]),
                division: division.clone(),
                admitted,
                department,
                letter,
                tutors: tutors.next(unit),
            });
        }
        for (place, member) in members.into_iter().enumerate() {
            people.students[member].class = first + place % count;
        }
    }
    Ok(())
}

struct Tutors<'a> {
    spec: &'a Spec,
    /// How many tutors each unit has.
    given: BTreeMap<&'a str, usize>,
    last: Option<(&'a str, String)>,
    classes: usize,
}

impl<'a> Tutors<'a> {
    fn next(&mut self, unit: &'a UnitSpec) -> Vec<String> {
        let Some(rule) = &self.spec.staff.tutors else { return Vec::new() };
        let every = |count: Option<usize>, classes: usize| count.is_some_and(|count| classes.is_multiple_of(count));
        self.classes += 1;
        let same = every(rule.same_every, self.classes);
        let before = self.last.clone().filter(|(of, _)| same && *of == unit.code);
        let mut tutors = vec![match before {
            Some((_, tutor)) => tutor,
            None => self.hire(rule, unit),
        }];
        if every(rule.second_every, self.classes) {
            tutors.push(self.hire(rule, unit));
        }
        self.last = tutors.first().map(|tutor| (unit.code.as_str(), tutor.clone()));
        tutors
    }

    fn hire(&mut self, rule: &TutorSpec, unit: &'a UnitSpec) -> String {
        let number = self.given.entry(&unit.code).or_default();
        *number += 1;
        fill(&rule.account, &[("unit", &unit.code.to_lowercase()), ("n", &number.to_string())])
    }
}

/// Numbers run through a year and department, class by class.
fn number_and_name(spec: &Spec, people: &mut People, chance: &mut Chance) -> Result<(), DemoError> {
    // Within a class the order says nothing of who passes.
    people.students.sort_by_key(|student| student.class);
    let mut given: BTreeMap<(String, i32, usize), usize> = BTreeMap::new();
    for student in &mut people.students {
        let seq = given.entry((student.division.clone(), student.admitted, student.department)).or_default();
        *seq += 1;
        student.name = name(spec, chance);
        let unit = &spec.units[student.department];
        let division = spec.classes.keys().position(|id| *id == student.division).unwrap_or(0) + 1;
        student.number = fill(
            &spec.students.number,
            &[
                ("division", &division.to_string()),
                ("admitted", &student.admitted.to_string()),
                ("unit", &unit.number),
                ("seq", &format!("{seq:03}")),
            ],
        );
    }
    Ok(())
}

pub fn name(spec: &Spec, chance: &mut Chance) -> String {
    let mut part = |syllables: &[String]| chance.pick(syllables).cloned().unwrap_or_default();
    let family = part(&spec.names.family);
    let first = part(&spec.names.first);
    let second = part(&spec.names.second);
    format!("{family}{first}{second}")
}

/// Gives some students a former class, or a former department with one of its classes.
fn moves(spec: &Spec, people: &mut People, chance: &mut Chance) {
    for rule in &spec.moves {
        let mut open: Vec<usize> = (0..people.students.len())
            .filter(|index| {
                let student = &people.students[*index];
                student.admitted == rule.admitted
                    && student.division == rule.division
                    && student.counted.is_some()
                    && student.former.is_none()
            })
            .collect();
        chance.shuffle(&mut open);
        let mut left = rule.count;
        for index in open {
            if left == 0 {
                break;
            }
            let student = &people.students[index];
            let former: Vec<usize> = (0..people.classes.len())
                .filter(|class| {
                    let other = &people.classes[*class];
                    other.division == student.division
                        && other.admitted == student.admitted
                        && *class != student.class
                        && (other.department != student.department) == rule.department
                })
                .collect();
            if let Some(class) = chance.pick(&former) {
                people.students[index].former = Some((rule.on, people.classes[*class].department, *class));
                left -= 1;
            }
        }
    }
}

impl Student {
    /// Every change of place or state, in order.
    pub fn stages(&self) -> Vec<Stage> {
        let mut days: Vec<Day> = self.statuses.iter().map(|(day, _)| *day).collect();
        days.extend(self.former.map(|(until, _, _)| until));
        days.sort_unstable();
        days.dedup();
        days.into_iter()
            .map(|from| {
                let before = self.former.filter(|(until, _, _)| from < *until);
                let (department, class) =
                    before.map_or((self.department, self.class), |(_, department, class)| (department, class));
                let status = self.statuses.iter().rev().find(|(day, _)| *day <= from);
                Stage { from, department, class, status: status.map(|(_, id)| id.clone()).unwrap_or_default() }
            })
            .collect()
    }
}

/// Puts into `{check}` the digit that makes a national ID right.
pub fn checked(text: &str) -> String {
    let with = |digit: u32| text.replace("{check}", &digit.to_string());
    (0..10).map(with).find(|text| national_id(text)).unwrap_or_else(|| with(0))
}

/// Puts values into a template's braces: `{unit}` …
pub fn fill(template: &str, values: &[(&str, &str)]) -> String {
    values.iter().fold(template.to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
}
