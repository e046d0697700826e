//! What letters are given: the values their templates may use, each with samples. All texts are in
//! the reader's language already.

use serde::Serialize;

mod samples;

pub use samples::{of, samples};

/// What every letter knows.
#[derive(Clone, Debug, Serialize)]
pub struct About {
    pub school: String,
    /// The system's name.
    pub system: String,
    /// The reader's name; may be empty.
    pub name: String,
    /// `114-1`.
    pub term: String,
    /// The day of the figures; empty where it tells none.
    pub as_of: String,
    /// Before when all must be done; empty where the school names no day.
    pub before: String,
    /// Where the reader sees it all.
    pub link: String,
}

/// To a student.
#[derive(Clone, Debug, Serialize)]
pub struct StudentLetter {
    pub about: About,
    pub student: String,
    pub passed: bool,
    pub requirements: Vec<Standing>,
    /// Those of them that are not passed; a letter on an office's behalf names only its own.
    pub missing: Vec<Standing>,
}

/// A requirement as a student stands.
#[derive(Clone, Debug, Serialize)]
pub struct Standing {
    pub title: String,
    pub earned: String,
    pub needed: String,
    pub missing: String,
    /// `hours`, `pieces`: as the school's folder writes it.
    pub unit: String,
    pub passed: bool,
    /// Until when, where it is passed because it is waived; else empty.
    pub waived: String,
    pub how: String,
    /// Empty where there is none.
    pub link: String,
    pub office: String,
    pub contact: String,
}

/// To a tutor, with one class.
#[derive(Clone, Debug, Serialize)]
pub struct RosterLetter {
    pub about: About,
    pub department: String,
    pub class: String,
    pub bound: usize,
    pub passed: usize,
    pub not_passed: usize,
    /// The A4 page.
    pub print_link: String,
    /// Short titles of the requirements.
    pub heads: Vec<String>,
    pub rows: Vec<RosterRow>,
    /// Whether the roster is attached as a spreadsheet.
    pub attached: bool,
}

#[derive(Clone, Debug, Serialize)]
pub struct RosterRow {
    pub student: String,
    pub name: String,
    pub bound: bool,
    pub passed: bool,
    pub cells: Vec<Cell>,
    pub missing: String,
}

#[derive(Clone, Debug, Serialize)]
pub struct Cell {
    /// `3 / 3`.
    pub text: String,
    pub passed: bool,
}

/// To a head of department.
#[derive(Clone, Debug, Serialize)]
pub struct DepartmentLetter {
    pub about: About,
    pub department: String,
    pub students: usize,
    pub passed: usize,
    pub not_passed: usize,
    pub requirements: Vec<Share>,
    pub classes: Vec<ClassShare>,
}

/// How many of those bound have passed.
#[derive(Clone, Debug, Serialize)]
pub struct Share {
    pub title: String,
    pub passed: usize,
    pub of: usize,
    /// Percent with two decimals.
    pub rate: String,
}

#[derive(Clone, Debug, Serialize)]
pub struct ClassShare {
    pub class: String,
    pub tutors: String,
    pub students: usize,
    pub passed: usize,
    pub not_passed: usize,
    pub print_link: String,
}

/// To an office, with those who lack its requirement.
#[derive(Clone, Debug, Serialize)]
pub struct OfficeLetter {
    pub about: About,
    pub office: String,
    pub requirement: String,
    pub unit: String,
    /// How many lack it; `rows` may be fewer.
    pub students: usize,
    pub rows: Vec<OfficeRow>,
}

#[derive(Clone, Debug, Serialize)]
pub struct OfficeRow {
    pub student: String,
    pub name: String,
    pub department: String,
    pub class: String,
    pub earned: String,
    pub needed: String,
}

/// To whoever may send notices: which letters of one did not arrive.
#[derive(Clone, Debug, Serialize)]
pub struct UndeliveredLetter {
    pub about: About,
    /// The notice's title.
    pub notice: String,
    /// The term, the month or the day it was sent for.
    pub occasion: String,
    /// How many did not arrive; `rows` may be fewer.
    pub letters: usize,
    pub rows: Vec<UndeliveredRow>,
}

#[derive(Clone, Debug, Serialize)]
pub struct UndeliveredRow {
    /// A student number or an account.
    pub person: String,
    /// Empty where the records no longer have it.
    pub name: String,
    pub address: String,
    /// The letter's id in the notice.
    pub letter: String,
    /// What the mail server said.
    pub why: String,
}

/// To whoever has an account and forgot its password; `about.link` is where a new one is set.
#[derive(Clone, Debug, Serialize)]
pub struct PasswordLetter {
    pub about: About,
    pub account: String,
    /// How long the link holds.
    pub minutes: i64,
}

/// To the applicant or a party of a case, after a move; `about.link` is the case.
#[derive(Clone, Debug, Serialize)]
pub struct CaseLetter {
    pub about: About,
    pub number: String,
    /// The workflow's title.
    pub title: String,
    /// The state that the case is in now, in the reader's words.
    pub state: String,
    /// Empty where none was given.
    pub note: String,
    /// The last day, included, on which its applicant can act before time ends it: `2026-11-28`, or empty.
    pub until: String,
    /// Labels of the fields that are to be mended.
    pub named: Vec<String>,
    /// What the move asked for, and its answers.
    pub asked: Vec<Asked>,
}

#[derive(Clone, Debug, Serialize)]
pub struct Asked {
    pub label: String,
    pub value: String,
}

/// To whoever's profile says another payee than before; `about.link` is the profile.
#[derive(Clone, Debug, Serialize)]
pub struct PayeeLetter {
    pub about: About,
    /// `2026-11-21 09:00`.
    pub at: String,
    /// Labels of the fields.
    pub changed: Vec<String>,
}

/// To whoever a date of a round reminds; `about.link` is their list of cases.
#[derive(Clone, Debug, Serialize)]
pub struct DateLetter {
    pub about: About,
    /// The round's title, and what is to be done.
    pub round: String,
    pub title: String,
    /// `2026-04-10`.
    pub on: String,
    /// How many cases of the round wait for the reader.
    pub waiting: usize,
}

/// To whoever sent a list, once it is decided; `about.link` is the list.
#[derive(Clone, Debug, Serialize)]
pub struct ListLetter {
    pub about: About,
    /// The catalogue's title.
    pub title: String,
    pub department: String,
    /// `115-1`; empty where there is one list for all terms.
    pub term: String,
    /// It is to be mended; else it is approved.
    pub returned: bool,
    /// Why it was returned.
    pub note: String,
}
