//! What a school's folder says, checked and immutable. The way in is `load`: files (`folder`),
//! their trees (`tree`), the language (`shape`), what they say (`read`). Nothing here decides or remembers.

pub mod codes;
mod conform;
pub mod examples;
mod fault;
pub mod folder;
mod load;
mod mend;
mod names;
mod near;
mod read;
mod report;
mod scalar;
mod sense;
pub mod shape;
mod tree;

use std::sync::Arc;

use chrono::{NaiveTime, Weekday};

use crate::amount::Amount;
use crate::clock::{Calendar, Day, Term};
use crate::lang::Text;

pub use folder::Files;
pub use load::{Checked, check, load};

/// A school's folder, whole: an edition. Lists keep the order of the files and of the text, and
/// other parts point into them by index.
#[derive(Clone, Debug)]
pub struct Definition {
    /// SHA-256 of the school's files, in hex: names the edition.
    pub edition: String,
    pub school: School,
    pub groups: Vec<Group>,
    pub parameters: Vec<Parameter>,
    pub categories: Vec<Category>,
    pub requirements: Vec<Requirement>,
    pub notices: Vec<Notice>,
    /// Scripts by name: `thresholds` for `rules/<school>/thresholds.rhai`.
    pub scripts: Vec<Script>,
    /// What the demonstration makes, as written; `demo` reads it.
    pub demo: Option<serde_json::Value>,
}

#[derive(Clone, Debug, Default)]
pub struct School {
    pub id: String,
    pub title: Text,
    /// The name of the system, shown in the header.
    pub system: Text,
    /// A sentence or two for the public home page.
    pub welcome: Text,
    pub calendar: Calendar,
    pub divisions: Vec<Division>,
    /// States of enrolment: 在學, 休學 …
    pub statuses: Vec<Status>,
    pub unit_kinds: Vec<UnitKind>,
    /// Units that the definitions name: the offices. Others come by import.
    pub units: Vec<Unit>,
    pub roles: Vec<Role>,
    /// Further names of import columns: (kind of file, column as documented, other names).
    pub headers: Vec<HeaderAlias>,
    pub lockout: Lockout,
    /// Mail goes to addresses of these domains only; empty: to any.
    pub mail_domains: Vec<String>,
    /// Announcements on the public home page.
    pub news: Vec<News>,
}

#[derive(Clone, Debug)]
pub struct Division {
    pub id: String,
    pub title: Text,
    /// Other names that an import may use.
    pub also: Vec<String>,
    /// Regular length in academic years: a student in the last of them is a final-year student.
    pub years: i32,
}

#[derive(Clone, Debug)]
pub struct Status {
    pub id: String,
    pub title: Text,
    pub also: Vec<String>,
    /// Whether such a student is studying: counted in statistics, written to, on rosters.
    pub studying: bool,
}

#[derive(Clone, Debug)]
pub struct UnitKind {
    pub id: String,
    pub title: Text,
    pub also: Vec<String>,
    /// Whether students belong to units of this kind.
    pub has_students: bool,
}

#[derive(Clone, Debug)]
pub struct Unit {
    pub id: String,
    pub title: Text,
    pub also: Vec<String>,
    /// Index into `School::unit_kinds`.
    pub kind: usize,
    /// How to reach it, shown to students.
    pub contact: Text,
}

/// What a role may see. A student, besides, always sees what is their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Sees {
    OwnClasses,
    OwnDepartment,
    OwnCollege,
    /// The requirements whose office is the person's unit, over all students whom they bind.
    OwnRequirements,
    Everything,
    Nothing,
}

/// What a role may do besides seeing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum May {
    Import,
    SendNotices,
    ReadMail,
    ReloadRules,
    ManageAccounts,
    /// See statistics of the whole school by department.
    Statistics,
}

#[derive(Clone, Debug)]
pub struct Role {
    pub id: String,
    pub title: Text,
    pub also: Vec<String>,
    pub sees: Sees,
    pub may: Vec<May>,
}

#[derive(Clone, Debug)]
pub struct HeaderAlias {
    /// `units`, `staff`, `classes`, `students` or `credits`.
    pub file: String,
    /// The column's name in the language: `number`, `department` … (`shape::columns`).
    pub column: String,
    /// What it is called in files; the first is what the school calls it.
    pub also: Vec<String>,
}

/// Sign-in failures that lock, and for how long.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lockout {
    pub failures: u32,
    pub minutes: u32,
}

#[derive(Clone, Debug)]
pub struct News {
    pub day: Day,
    pub title: Text,
    pub text: Text,
}

/// Whom something binds.
#[derive(Clone, Debug)]
pub struct Group {
    pub id: String,
    pub title: Text,
    /// Indices into `School::divisions`; empty: any.
    pub divisions: Vec<usize>,
    pub admitted_from: Option<i32>,
    pub admitted_to: Option<i32>,
    /// Month and day of the final academic year before which all must be done.
    pub finish_before: Option<(u32, u32)>,
    pub by: Text,
}

/// A dated number with its article. Never a number in a script.
#[derive(Clone, Debug)]
pub struct Parameter {
    pub id: String,
    pub title: Text,
    pub unit: String,
    /// The article that says so.
    pub by: Text,
    /// In the order of the file; the last that fits counts.
    pub values: Vec<ParameterValue>,
}

#[derive(Clone, Debug)]
pub struct ParameterValue {
    pub from: Day,
    pub admitted_from: Option<i32>,
    pub admitted_to: Option<i32>,
    /// Indices into `School::divisions`; empty: any.
    pub divisions: Vec<usize>,
    pub value: Amount,
}

#[derive(Clone, Debug)]
pub struct Category {
    pub id: String,
    pub title: Text,
    pub also: Vec<String>,
    /// `hours`, `points`, `pieces`: named in the locale files (`unit-hours` …), or shown as written.
    pub unit: String,
    /// The most that one record may bring; what is above is refused at import.
    pub at_most_each: Amount,
}

#[derive(Clone, Debug)]
pub struct Requirement {
    pub id: String,
    pub title: Text,
    /// For table heads.
    pub short: Text,
    /// Index into `School::units`.
    pub office: usize,
    pub by: Text,
    /// Index into `groups`.
    pub binds: usize,
    /// Index into `parameters`.
    pub needs: usize,
    pub counts: Vec<Count>,
    /// How to get it.
    pub how: Text,
    pub link: Option<String>,
    pub rule: RuleName,
}

/// A category that a requirement counts.
#[derive(Clone, Debug)]
pub struct Count {
    /// Index into `categories`.
    pub category: usize,
    /// Only what happened in this term or later.
    pub from: Option<Term>,
    /// Only what happened in this term or earlier.
    pub until: Option<Term>,
    /// At most so much of it counts.
    pub at_most: Option<usize>,
    /// Shown on a row of its own on the dashboard, with these words.
    pub shown_as: Option<Text>,
    pub own_row: bool,
}

/// `thresholds::enough`: the function `enough` of the script `thresholds`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RuleName {
    pub script: String,
    pub function: String,
}

#[derive(Clone, Debug)]
pub struct Script {
    pub name: String,
    /// Relative to the folder.
    pub file: std::path::PathBuf,
    pub source: Arc<str>,
}

#[derive(Clone, Debug)]
pub struct Notice {
    pub id: String,
    pub title: Text,
    pub due: Due,
    pub letters: Vec<Letter>,
}

/// When a notice is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Due {
    /// Once in a term of this number: in a week, on a weekday, at an hour.
    Week { term: u8, week: u32, day: Weekday, at: NaiveTime },
    /// In every month of a term of this number, on a day of the month.
    Monthly { term: u8, day: u32, at: NaiveTime },
    /// Only by command.
    ByHand,
}

/// One kind of letter within a notice.
#[derive(Clone, Debug)]
pub struct Letter {
    pub id: String,
    pub to: Audience,
    /// The template's name: `templates/mail/<template>/…`.
    pub template: String,
    /// Told once, ever, under this name, whichever notice says it.
    pub once: Option<String>,
    pub attach_roster: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Audience {
    Students(Which),
    /// Tutors of classes with final-year students; a letter a class.
    Tutors,
    /// Those who see their own department; a letter a department.
    DepartmentHeads,
    /// The not-passed students of a requirement (an index), on its office's behalf.
    MissingOne(usize),
    /// The requirement's office itself, with its list (an index).
    Office(usize),
}

/// Final-year students whom the thresholds bind, by their overall verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Which {
    All,
    Passed,
    NotPassed,
}

impl Parameter {
    /// The value in force on `day` for a student; `None` before the first.
    pub fn value(&self, day: Day, admitted: i32, division: usize) -> Option<Amount> {
        self.in_force(day, admitted, division).map(|value| value.value)
    }

    /// The entry that gives the value in force.
    pub fn in_force(&self, day: Day, admitted: i32, division: usize) -> Option<&ParameterValue> {
        self.values.iter().rev().find(|value| {
            value.from <= day
                && value.admitted_from.is_none_or(|from| from <= admitted)
                && value.admitted_to.is_none_or(|to| admitted <= to)
                && (value.divisions.is_empty() || value.divisions.contains(&division))
        })
    }
}

impl Group {
    pub fn binds(&self, admitted: i32, division: usize) -> bool {
        self.admitted_from.is_none_or(|from| from <= admitted)
            && self.admitted_to.is_none_or(|to| admitted <= to)
            && (self.divisions.is_empty() || self.divisions.contains(&division))
    }
}

impl Definition {
    pub fn requirement(&self, id: &str) -> Option<(usize, &Requirement)> {
        self.requirements.iter().enumerate().find(|(_, requirement)| requirement.id == id)
    }

    pub fn category(&self, id: &str) -> Option<(usize, &Category)> {
        self.categories.iter().enumerate().find(|(_, category)| category.id == id)
    }
}
