//! What a school is: its calendar, who studies and works there, and how the system presents itself.

use crate::clock::{Calendar, Day};
use crate::lang::Text;

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
    pub pages: Vec<SchoolPage>,
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
    /// Files of every kind: whoever brings the staff list can give themselves any role.
    Import,
    /// Credits of categories that count towards a requirement of one's own office.
    ImportCredits,
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

/// A page that anyone may read.
#[derive(Clone, Debug)]
pub struct SchoolPage {
    pub id: String,
    pub title: Text,
    pub parts: Vec<PagePart>,
}

#[derive(Clone, Debug)]
pub enum PagePart {
    Text(Text),
    Table {
        heads: Vec<Text>,
        rows: Vec<Vec<Text>>,
    },
    /// The picture of how a kind of case (by its name) moves.
    Flow(String),
}
