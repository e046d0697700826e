//! What notices are: when they are due, and which letters they send to whom.

use std::path::PathBuf;

use chrono::{NaiveTime, Weekday};

use crate::lang::Text;

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
    /// What people call it; where nothing is said, it goes by whom it is for.
    pub title: Option<Text>,
    pub to: Audience,
    /// The template's name: `templates/mail/<template>/…`.
    pub template: String,
    /// Where the template is named: whether it exists is known only once templates are read.
    pub template_at: Spot,
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

/// A place in a file of the school.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Spot {
    pub file: PathBuf,
    pub line: usize,
    pub column: usize,
    pub length: usize,
    /// The path in the document.
    pub path: String,
}
