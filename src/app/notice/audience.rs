//! To whom a notice's letters are due on a day: the final-year students whom the thresholds bind,
//! and those who look after them. One pass over the students serves all letters.

use std::collections::{BTreeMap, HashMap};

use crate::app::Edition;
use crate::app::access::requirements_of;
use crate::app::progress::{self, Judged};
use crate::app::roster::{self, Roster};
use crate::clock::Day;
use crate::definition::{Audience, Definition, Letter, May, Notice, Sees, Which};
use crate::lang::Lang;
use crate::store::access::{self, Holding};
use crate::store::outbox::{DueTo, Kind};
use crate::store::people::{self, StaffRecord};
use crate::store::{Conn, Result};

/// All that a notice's letters are written from, as of a day.
pub struct Picture {
    pub day: Day,
    pub students: Vec<Judged>,
    pub staff: Vec<StaffRecord>,
    /// Unit names by code.
    pub units: HashMap<String, String>,
    /// Rosters of the classes with final-year students, by class code.
    pub rosters: BTreeMap<String, Roster>,
    /// The languages that people chose, by account.
    pub langs: HashMap<String, Lang>,
}

/// A letter that is due, and to whom.
pub struct Addressee<'a> {
    pub due: DueTo,
    pub name: &'a str,
    pub email: &'a str,
    pub lang: Lang,
    pub what: What<'a>,
}

pub enum What<'a> {
    /// A student's own letter; `only` a requirement, where it is on an office's behalf.
    Student {
        student: &'a Judged,
        only: Option<usize>,
    },
    Class(&'a Roster),
    Department {
        code: &'a str,
    },
    Requirement(usize),
}

impl Picture {
    /// Reads what the notice's letters need.
    pub async fn take(conn: &mut Conn, edition: &Edition, notice: &Notice, day: Day) -> Result<Picture> {
        let mut students = Vec::new();
        let wanted = progress::final_year_students(&edition.definition, day);
        progress::judged(conn, edition, &wanted, |judged| students.push(judged)).await?;
        let to = |wanted: fn(Audience) -> bool| notice.letters.iter().any(|letter| wanted(letter.to));
        let mut rosters = BTreeMap::new();
        if to(|audience| matches!(audience, Audience::Tutors | Audience::DepartmentHeads)) {
            let mut classes: Vec<&str> = students.iter().map(|student| student.who.class.as_str()).collect();
            classes.sort_unstable();
            classes.dedup();
            for class in classes {
                if let Some(roster) = roster::of_class(conn, edition, class, day).await? {
                    rosters.insert(class.to_owned(), roster);
                }
            }
        }
        let units = people::units(conn).await?.into_iter().map(|unit| (unit.code, unit.name)).collect();
        let langs = access::languages(conn).await?;
        let langs = langs.into_iter().filter_map(|(account, lang)| Some((account, Lang::parse(&lang)?))).collect();
        Ok(Picture { day, students, staff: people::staff(conn).await?, units, rosters, langs })
    }

    /// Everyone to whom a letter is due, whether or not they have an address.
    pub fn addressees<'a>(&'a self, definition: &Definition, letter: &Letter) -> Vec<Addressee<'a>> {
        match letter.to {
            Audience::Students(which) => self.to_students(None, |student| match which {
                Which::All => true,
                Which::Passed => student.verdict.passed,
                Which::NotPassed => !student.verdict.passed,
            }),
            Audience::MissingOne(index) => self.to_students(Some(index), |student| {
                student.verdict.requirements.get(index).is_some_and(|verdict| verdict.bound && !verdict.passed)
            }),
            Audience::Tutors => self
                .rosters
                .values()
                .flat_map(|roster| roster.tutors.iter().map(move |tutor| (roster, tutor)))
                .map(|(roster, tutor)| Addressee {
                    due: due(Kind::Tutor, &tutor.account, &roster.class.class),
                    name: &tutor.name,
                    email: &tutor.email,
                    lang: self.lang(&tutor.account),
                    what: What::Class(roster),
                })
                .collect(),
            Audience::DepartmentHeads => self.to_heads(definition),
            Audience::Office(index) => self.to_office(definition, index),
        }
    }

    fn to_students(&self, only: Option<usize>, wanted: impl Fn(&Judged) -> bool) -> Vec<Addressee<'_>> {
        self.students
            .iter()
            .filter(|student| wanted(student))
            .map(|student| Addressee {
                due: due(Kind::Student, &student.who.student, ""),
                name: &student.who.name,
                email: &student.who.email,
                lang: self.lang(&student.who.student),
                what: What::Student { student, only },
            })
            .collect()
    }

    /// Those who see their own department and its statistics: its head, not its clerks.
    fn to_heads(&self, definition: &Definition) -> Vec<Addressee<'_>> {
        let heads = |role: &str| {
            definition.school.roles.iter().any(|known| {
                known.id == role && known.sees == Sees::OwnDepartment && known.may.contains(&May::Statistics)
            })
        };
        let concerned = |unit: &str| self.students.iter().any(|student| student.who.department == unit);
        self.holders(|holding| heads(&holding.role) && concerned(&holding.unit))
            .into_iter()
            .map(|(person, unit)| self.to_holder(person, unit, What::Department { code: unit }))
            .collect()
    }

    fn to_office(&self, definition: &Definition, index: usize) -> Vec<Addressee<'_>> {
        let sees = |role: &str| {
            definition.school.roles.iter().any(|known| known.id == role && known.sees == Sees::OwnRequirements)
        };
        self.holders(|holding| sees(&holding.role) && requirements_of(definition, holding).any(|own| own == index))
            .into_iter()
            .map(|(person, unit)| self.to_holder(person, unit, What::Requirement(index)))
            .collect()
    }

    /// Who holds a role that is wanted, with the unit's code; each once a unit.
    fn holders(&self, wanted: impl Fn(&Holding) -> bool) -> Vec<(&StaffRecord, &str)> {
        let mut found = Vec::new();
        for person in &self.staff {
            for (role, unit) in &person.roles {
                let holding = Holding {
                    role: role.clone(),
                    unit: unit.clone(),
                    unit_name: self.units.get(unit).unwrap_or(unit).clone(),
                    college: String::new(),
                    lent_by: String::new(),
                };
                if wanted(&holding) && !found.contains(&(person, unit.as_str())) {
                    found.push((person, unit.as_str()));
                }
            }
        }
        found
    }

    fn to_holder<'a>(&'a self, person: &'a StaffRecord, unit: &str, what: What<'a>) -> Addressee<'a> {
        Addressee {
            due: due(Kind::Unit, &person.account, unit),
            name: &person.name,
            email: &person.email,
            lang: self.lang(&person.account),
            what,
        }
    }

    fn lang(&self, account: &str) -> Lang {
        self.langs.get(account).copied().unwrap_or_default()
    }
}

fn due(kind: Kind, person: &str, about: &str) -> DueTo {
    DueTo { kind, person: person.to_owned(), about: about.to_owned() }
}
