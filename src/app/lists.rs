//! Lists of students for staff: a department's, a college's, an office's. The scope is part of the
//! query, counts included; what is shown of a student is what the asker may see.

use crate::app::Edition;
use crate::app::access::{Scope, Viewer};
use crate::app::progress::{self, Reader};
use crate::app::roster::Line;
use crate::app::sheet::Words;
use crate::clock::Day;
use crate::definition::Definition;
use crate::lang::Lang;
use crate::progress::Passes;
use crate::store::people::{self, UnitRecord};
use crate::store::report::{self, Listed, Students, Within};
use crate::store::{Conn, Result};

/// Lines of a list on one page.
pub const PER_PAGE: usize = 50;

/// Whose list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// By code.
    Department(String),
    /// By name.
    College(String),
    /// Those who have not passed a requirement (an index).
    Requirement(usize),
}

/// A list as it is asked for: all of it can stand in an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    pub day: Day,
    pub place: Place,
    /// Only those who have not passed all that is shown.
    pub remaining: bool,
    /// Also those who are not in their final year.
    pub all_years: bool,
    /// Only those who lack this requirement (an index).
    pub lacking: Option<usize>,
    pub department: Option<String>,
    pub class: Option<String>,
    pub search: Option<String>,
    /// From 1.
    pub page: usize,
    /// What the asker may see; `None`: everyone.
    pub within: Option<Within>,
}

/// One page of a list.
#[derive(Clone, Debug, Default)]
pub struct List {
    pub lines: Vec<Line>,
    /// How many students fit all the filters.
    pub found: usize,
    /// How many fit those that say where and who.
    pub students: usize,
    /// How many of those have passed everything.
    pub passed: usize,
    /// How many of those lack each requirement, in the definition's order.
    pub lacking: Vec<usize>,
    pub page: usize,
    pub pages: usize,
}

impl Scope {
    /// The places of a scope, for a query; `None`: everything.
    pub fn within(&self) -> Option<Within> {
        (!self.everything).then(|| Within {
            classes: self.classes.clone(),
            departments: self.departments.clone(),
            colleges: self.colleges.clone(),
        })
    }
}

impl Viewer {
    /// What of a place's list the viewer sees: a requirement's office sees everyone of that list.
    pub fn within(&self, place: &Place) -> Option<Within> {
        match place {
            Place::Requirement(requirement) if self.sees_requirement(*requirement) => None,
            Place::Requirement(_) | Place::Department(_) | Place::College(_) => self.scope.within(),
        }
    }
}

impl Question {
    fn students(&self, edition: &Edition) -> Students {
        let definition = &edition.definition;
        let mut students = match self.all_years {
            true => Students { statuses: Some(progress::studying(definition)), ..Students::on(self.day) },
            false => progress::final_year_students(definition, self.day),
        };
        students.within = self.within.clone();
        match &self.place {
            Place::Department(code) => students.department = Some(code.clone()),
            Place::College(name) => students.college = Some(name.clone()),
            Place::Requirement(_) => {}
        }
        students
    }

    /// Whether a student fits the filters that name a unit, a class or a person.
    fn fits(&self, who: &Listed) -> bool {
        let is = |wanted: &Option<String>, found: &str| wanted.as_ref().is_none_or(|wanted| wanted == found);
        is(&self.department, &who.department)
            && is(&self.class, &who.class)
            && self
                .search
                .as_ref()
                .is_none_or(|text| who.name.contains(text) || who.student.to_lowercase().contains(&text.to_lowercase()))
    }

    /// Whether a student is of the list at all, before the filters by verdict.
    fn concerns(&self, passes: Passes) -> bool {
        match self.place {
            Place::Requirement(requirement) => passes.binds(requirement),
            Place::Department(_) | Place::College(_) => passes.is_bound(),
        }
    }

    fn remains(&self, passes: Passes) -> bool {
        match self.place {
            Place::Requirement(requirement) => passes.lacks(requirement),
            Place::Department(_) | Place::College(_) => !passes.all(),
        }
    }
}

/// A place that a viewer may see, with its name and what belongs to it.
#[derive(Clone, Debug)]
pub struct Seen {
    pub name: String,
    pub college: String,
    /// The departments in it: of a college its own, of a requirement all.
    pub departments: Vec<UnitRecord>,
}

/// A place as its viewer sees it; `None` where there is no such place, or it is not theirs.
pub async fn seen(conn: &mut Conn, edition: &Edition, viewer: &Viewer, place: &Place) -> Result<Option<Seen>> {
    let definition = &edition.definition;
    let with_students =
        |unit: &UnitRecord| definition.school.unit_kinds.iter().any(|kind| kind.id == unit.kind && kind.has_students);
    let mut units = people::units(conn).await?;
    units.retain(with_students);
    Ok(match place {
        Place::Department(code) => units
            .into_iter()
            .find(|unit| unit.code == *code && viewer.sees_department(&unit.code, &unit.college))
            .map(|unit| Seen { name: unit.name, college: unit.college, departments: Vec::new() }),
        Place::College(name) => {
            units.retain(|unit| unit.college == *name);
            (viewer.sees_college(name) && !units.is_empty()).then(|| Seen {
                name: name.clone(),
                college: String::new(),
                departments: units,
            })
        }
        Place::Requirement(requirement) => viewer.sees_requirement(*requirement).then(|| Seen {
            name: String::new(),
            college: String::new(),
            departments: units,
        }),
    })
}

/// One page of a list. Every student is judged, only the page's are judged with reasons and kept.
pub async fn list(conn: &mut Conn, edition: &Edition, question: &Question) -> Result<List> {
    pages_of(conn, edition, question, PER_PAGE).await
}

/// All lines of a list, whatever page is asked for.
pub async fn whole(conn: &mut Conn, edition: &Edition, question: &Question) -> Result<Vec<Line>> {
    let question = Question { page: 1, ..question.clone() };
    Ok(pages_of(conn, edition, &question, usize::MAX).await?.lines)
}

async fn pages_of(conn: &mut Conn, edition: &Edition, question: &Question, per_page: usize) -> Result<List> {
    let mut out = List { lacking: vec![0; edition.definition.requirements.len()], page: 1, ..List::default() };
    let mut reader = Reader::new(edition, question.day);
    report::list(conn, &question.students(edition), |who| {
        let passes = reader.passes_listed(&who);
        if !question.concerns(passes) {
            return;
        }
        out.students += 1;
        out.passed += usize::from(!question.remains(passes));
        for (requirement, lacking) in out.lacking.iter_mut().enumerate() {
            *lacking += usize::from(passes.lacks(requirement));
        }
        if !question.fits(&who)
            || (question.remaining && !question.remains(passes))
            || question.lacking.is_some_and(|requirement| !passes.lacks(requirement))
        {
            return;
        }
        out.found += 1;
        // The page asked for, or the last there is: a page is dropped when a later one begins.
        let page = (out.found - 1) / per_page + 1;
        if page > question.page.max(1) {
            return;
        }
        if page != out.page {
            out.page = page;
            out.lines.clear();
        }
        let verdict = reader.verdict(&who);
        out.lines.push(Line::from(progress::Judged { who, verdict }));
    })
    .await?;
    out.pages = out.found.div_ceil(per_page).max(1);
    Ok(out)
}

/// A list for a spreadsheet: a row a student, amounts and states in columns of their own.
#[derive(Clone, Debug)]
pub struct Table {
    pub day: Day,
    /// Short titles of the requirements that are told, in the reader's language.
    pub titles: Vec<String>,
    pub rows: Vec<Vec<String>>,
}

/// Columns before those of the requirements.
pub const OF_STUDENT: usize = 4;

impl Table {
    /// `told` are the requirements (indices) that the list tells of.
    pub fn of(
        definition: &Definition,
        lines: &[Line],
        told: &[usize],
        day: Day,
        lang: Lang,
        words: Words<'_>,
    ) -> Table {
        let of = |line: &Line| {
            let mut row =
                vec![line.student.clone(), line.name.clone(), line.department_name.clone(), line.class_name.clone()];
            for requirement in told.iter().filter_map(|index| line.verdict.requirements.get(*index)) {
                let (earned, state) = match (requirement.bound, requirement.passed) {
                    (false, _) => (String::new(), "figure-not-bound"),
                    (true, true) => (requirement.earned.to_string(), "figure-passed"),
                    (true, false) => (requirement.earned.to_string(), "figure-not-passed"),
                };
                row.extend([earned, words(state)]);
            }
            row
        };
        let requirements = told.iter().filter_map(|index| definition.requirements.get(*index));
        Table {
            day,
            titles: requirements.map(|requirement| requirement.short.get(lang).to_owned()).collect(),
            rows: lines.iter().map(of).collect(),
        }
    }

    pub fn heads(&self, words: Words<'_>) -> Vec<String> {
        let of_student = ["figure-student-number", "figure-name", "figure-department", "figure-class"].map(words);
        let of_requirements =
            self.titles.iter().flat_map(|title| [title.clone(), format!("{title} {}", words("figure-passed"))]);
        of_student.into_iter().chain(of_requirements).collect()
    }
}
