//! A demonstration school, made from its folder's `demo.yaml` and always the same: the files that
//! a school would import, in the order and with the days of its years. It knows counts and
//! templates, and no school.

mod cases;
pub mod chance;
mod credits;
mod files;
mod fill;
mod folder;
mod people;
mod share;
mod spec;

use std::collections::{BTreeMap, BTreeSet};

use crate::amount::Amount;
use crate::app::password::allow;
use crate::clock::{Day, Instant};
use crate::definition::Definition;
use chance::Chance;
use credits::{Credit, plus};
use people::{People, begins};
use spec::{Files, Spec};

pub use crate::app::import::Kind;
pub use cases::fill_cases;
pub use fill::{FillError, fill};

#[derive(Debug, thiserror::Error)]
#[error("demo.yaml: {0}")]
pub struct DemoError(pub String);

/// One file to import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    pub kind: Kind,
    pub name: String,
    /// The day from which it is true.
    pub effective: Day,
    /// When it was imported, in the story that the data tells.
    pub at: Instant,
    /// When the import was taken back, where it was a mistake.
    pub taken_back: Option<Instant>,
    pub header: Vec<String>,
    pub rows: Vec<Vec<String>>,
}

/// An account with a password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    pub who: crate::lang::Text,
    pub account: String,
    pub password: String,
    /// Kinds of case that this student has.
    pub files: Files,
    /// Whether the profile is filled in though nothing was filed.
    pub profile: bool,
}

/// A notice to send as of a past moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    pub notice: String,
    pub at: Instant,
}

/// The whole school: import its files in order.
pub struct Demo {
    pub files: Vec<File>,
    pub accounts: Vec<Account>,
    pub notices: Vec<Notice>,
    /// The day whose figures the school's folder promises.
    pub figures: Option<Day>,
    /// The account in whose name the files are imported.
    pub importer: String,
    /// What students' profiles say.
    pub profiles: BTreeMap<String, cases::Answers>,
    pub catalogues: Vec<cases::CatalogueSpec>,
    pub cases: Vec<cases::CaseSpec>,
    pub seed: u64,
}

/// Makes the school as it is at `now`: nothing is recorded later than that.
pub fn demo(definition: &Definition, now: Instant) -> Result<Demo, DemoError> {
    let file = format!("workflows/{}/demo.yaml", definition.school.id);
    made(definition, now).map_err(|DemoError(why)| DemoError(format!("{file}: {why}")))
}

fn made(definition: &Definition, now: Instant) -> Result<Demo, DemoError> {
    let value =
        definition.demo.clone().ok_or_else(|| DemoError(format!("the school {} has none", definition.school.id)))?;
    let spec: Spec = serde_json::from_value(value).map_err(|error| DemoError(error.to_string()))?;
    let today = definition.school.calendar.today(now);
    let mut chance = Chance::new(spec.seed);
    let mut people = people::people(definition, &spec, &mut chance)?;
    let credits = credits::credits(definition, &spec, &people, &mut chance)?;
    graduate(definition, &spec, &mut people, &credits)?;
    let accounts = accounts(&spec, &people)?;
    let notices = spec
        .notices
        .iter()
        .map(|notice| {
            let at = notice.at.as_deref().unwrap_or("09:00");
            let at = chrono::NaiveTime::parse_from_str(at, "%H:%M")
                .map_err(|_| DemoError(format!("{at} is no time of day")))?;
            Ok(Notice { notice: notice.notice.clone(), at: definition.school.calendar.instant(notice.on, at) })
        })
        .collect::<Result<Vec<Notice>, DemoError>>()?;
    let figures = spec.cohorts.iter().find(|cohort| cohort.published).and_then(|cohort| cohort.on);
    let mut files = files::files(definition, &spec, &people, &credits, &mut chance)?;
    for file in &mut files {
        file.cut(today);
        file.at = file.at.min(now);
    }
    files.retain(|file| file.effective <= today && !file.rows.is_empty());
    files.sort_by_key(|file| (file.at, Kind::ALL.iter().position(|kind| *kind == file.kind)));
    let notices = notices.into_iter().filter(|notice| notice.at <= now).collect();
    Ok(Demo {
        files,
        accounts,
        notices,
        figures,
        importer: spec.importer,
        profiles: spec.profiles,
        catalogues: spec.catalogues,
        cases: spec.cases,
        seed: spec.seed,
    })
}

/// Whoever has passed everything by the end of their last year graduates.
fn graduate(definition: &Definition, spec: &Spec, people: &mut People, credits: &[Credit]) -> Result<(), DemoError> {
    let Some(graduated) = &spec.students.graduated else { return Ok(()) };
    let calendar = &definition.school.calendar;
    let mut sums: BTreeMap<(usize, usize), Amount> = BTreeMap::new();
    for credit in credits {
        let term = calendar.term_of(credit.happened);
        for (number, requirement) in definition.requirements.iter().enumerate() {
            if credits::counts(requirement, credit.category, term) {
                *sums.entry((credit.student, number)).or_default() += credit.amount;
            }
        }
    }
    for (index, student) in people.students.iter_mut().enumerate() {
        let Some((cohort, _)) = student.counted else { continue };
        let Some(division) = definition.school.divisions.iter().position(|division| division.id == student.division)
        else {
            continue;
        };
        let end = begins(definition, student.admitted + definition.school.divisions[division].years)?;
        let on = spec.cohorts[cohort].on.unwrap_or_default();
        let passed = definition.requirements.iter().enumerate().all(|(number, requirement)| {
            let earned = sums.get(&(index, number)).copied().unwrap_or_default();
            let needed = definition.parameters[requirement.needs].value(on, student.admitted, division);
            needed.is_some_and(|needed| earned >= needed)
        });
        if passed && on < end {
            student.statuses.push((end, graduated.clone()));
        }
    }
    Ok(())
}

fn accounts(spec: &Spec, people: &People) -> Result<Vec<Account>, DemoError> {
    let mut taken: BTreeSet<&str> = BTreeSet::new();
    spec.accounts
        .iter()
        .map(|wanted| {
            let found = match (&wanted.account, wanted.admitted) {
                (Some(account), _) => Some(account.clone()),
                (None, Some(admitted)) if wanted.tutor => busiest_tutor(people, admitted),
                (None, Some(admitted)) => people
                    .students
                    .iter()
                    .find(|student| {
                        let verdict = student.counted.as_ref().map(|(_, verdict)| verdict);
                        student.admitted == admitted
                            && !taken.contains(student.number.as_str())
                            && verdict.is_some_and(|verdict| {
                                let missing = verdict.iter().filter(|passed| **passed == Some(false)).count();
                                // One who does not pass, but not for want of everything, shows most.
                                match wanted.passed {
                                    Some(true) => missing == 0,
                                    Some(false) => missing == 2.min(verdict.iter().flatten().count()),
                                    None => true,
                                }
                            })
                    })
                    .inspect(|student| {
                        taken.insert(&student.number);
                    })
                    .map(|student| student.number.clone()),
                (None, None) => None,
            };
            let account = found
                .ok_or_else(|| DemoError(format!("accounts: nobody is {}", wanted.who.get(crate::lang::Lang::En))))?;
            // Told before anything is made.
            allow(&account, &wanted.password)
                .map_err(|error| DemoError(format!("accounts: {account}, {}: {error}", wanted.password)))?;
            Ok(Account {
                who: wanted.who.clone(),
                account,
                password: wanted.password.clone(),
                files: wanted.files.clone(),
                profile: wanted.profile,
            })
        })
        .collect()
}

fn busiest_tutor(people: &People, admitted: i32) -> Option<String> {
    let mut classes: BTreeMap<&str, usize> = BTreeMap::new();
    for class in people.classes.iter().filter(|class| class.admitted == admitted) {
        for tutor in &class.tutors {
            *classes.entry(tutor).or_default() += 1;
        }
    }
    let most = classes.values().copied().max()?;
    classes.into_iter().find(|(_, count)| *count == most).map(|(tutor, _)| tutor.to_owned())
}

/// The hour at which the story's imports are made.
fn at(definition: &Definition, day: Day, hour: u32) -> Instant {
    let time = chrono::NaiveTime::from_hms_opt(hour, 0, 0).unwrap_or_default();
    definition.school.calendar.instant(day, time)
}

impl File {
    /// Leaves out what is recorded after `today`.
    fn cut(&mut self, today: Day) {
        if self.kind == Kind::Credits {
            let last = today.to_string();
            self.rows.retain(|row| row.last().is_none_or(|recorded| *recorded <= last));
        }
    }
}

/// The day after which a file of credits of a term is complete.
fn next_day(day: Day) -> Day {
    plus(day, 1)
}
