//! What a school's `demo.yaml` may say. Every word that a reader of the demonstration sees is
//! there; the generator knows only counts, days and templates with names in braces.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::clock::Day;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// The same seed makes the same school.
    pub seed: u64,
    pub names: Names,
    pub units: Vec<UnitSpec>,
    pub staff: StaffSpec,
    /// By division.
    pub classes: BTreeMap<String, ClassSpec>,
    pub students: StudentSpec,
    pub cohorts: Vec<Cohort>,
    /// Students whom the figures must leave out.
    pub others: Vec<Others>,
    /// Former places of students who changed.
    pub moves: Vec<Move>,
    /// By category.
    pub credits: BTreeMap<String, Vec<Source>>,
    pub records: Records,
    pub mistakes: Vec<Mistake>,
    /// The account in whose name the files are imported.
    pub importer: String,
    pub accounts: Vec<AccountSpec>,
    /// Notices sent at a past moment, so that there is mail to read.
    #[serde(default)]
    pub notices: Vec<NoticeSpec>,
    #[serde(default)]
    pub catalogues: Vec<super::cases::CatalogueSpec>,
    #[serde(default)]
    pub cases: Vec<super::cases::CaseSpec>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Names {
    pub family: Vec<String>,
    pub first: Vec<String>,
    pub second: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnitSpec {
    pub code: String,
    pub name: String,
    #[serde(default)]
    pub college: String,
    pub kind: String,
    /// Stands in student numbers.
    #[serde(default)]
    pub number: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StaffSpec {
    /// One person for every unit of a kind, or for one unit.
    pub people: Vec<PersonSpec>,
    pub tutors: TutorSpec,
    pub email: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PersonSpec {
    pub role: String,
    pub each: Option<String>,
    pub unit: Option<String>,
    pub account: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TutorSpec {
    pub role: String,
    pub account: String,
    /// Every so-manieth class has a second tutor.
    pub second_every: usize,
    /// Every so-manieth class has the tutor of the class before.
    pub same_every: usize,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClassSpec {
    pub size: usize,
    /// Letters of the code and of the name, in pairs.
    pub letters: Vec<(String, String)>,
    pub code: String,
    pub name: String,
    /// Words for the years of study, first to last; the last serves for whoever stays longer.
    pub years: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StudentSpec {
    pub number: String,
    pub email: String,
    /// Of a form that is never given out; `{number}` is the student's without its first letter.
    #[serde(default)]
    pub national_id: String,
    pub status: String,
    /// The status from the day after the final year on, where all is passed by then.
    pub graduated: String,
}

/// Students whom the thresholds bind, with the counts that the figures of one day must show.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cohort {
    pub admitted: i32,
    pub division: String,
    pub on: Day,
    /// Records go on until this day.
    pub until: Day,
    /// How many pass everything; taken in proportion where the cohort is like another.
    pub all: Option<usize>,
    #[serde(default)]
    pub requirements: Vec<String>,
    /// By unit: students, then those who pass each of `requirements`.
    #[serde(default)]
    pub departments: Map<String, Value>,
    pub like: Option<Like>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Like {
    pub admitted: i32,
    pub students_percent: usize,
    pub passed_percent: usize,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Others {
    pub count: usize,
    pub admitted: i32,
    pub division: String,
    /// Further states of enrolment, each from a day on.
    #[serde(default)]
    pub statuses: BTreeMap<Day, String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Move {
    pub count: usize,
    pub admitted: i32,
    pub division: String,
    /// The day from which they are where they are now.
    pub on: Day,
    /// Whether they came from another department, or only from another class.
    pub department: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    pub name: String,
    /// What each is worth.
    pub topics: Map<String, Value>,
    /// So many sessions a term; without it, each student on a day of their own.
    pub each_term: Option<usize>,
    /// Days from the event to its entry: from, to.
    pub recorded_after: (i64, i64),
    #[serde(default = "one")]
    pub weight: usize,
}

fn one() -> usize {
    1
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Records {
    /// Of those who miss a requirement on the day of the figures, so many of a hundred do it later.
    pub later_percent: u32,
    /// Of those who pass, so many of a hundred go on and earn more.
    pub more_percent: u32,
    /// So many of a hundred have records of a category from before it counted.
    pub uncounted_percent: u32,
    /// Of the others, so many of a hundred pass a requirement.
    pub others_percent: u32,
}

/// Records entered in error, and taken back whole.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mistake {
    pub category: String,
    pub name: String,
    pub amount: Value,
    pub happened: Day,
    pub recorded: Day,
    pub taken_back: Day,
    pub admitted: i32,
    pub students: usize,
}

/// An account with a password, shown when the demonstration starts.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccountSpec {
    pub who: Who,
    pub password: String,
    /// A member of staff …
    pub account: Option<String>,
    /// … or a student of a cohort: one who passes everything, or one who does not.
    pub admitted: Option<i32>,
    pub passed: Option<bool>,
    /// Whoever is tutor of most classes of the cohort.
    #[serde(default)]
    pub tutor: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoticeSpec {
    pub notice: String,
    pub at: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Who {
    #[serde(rename = "zh-TW")]
    pub zh: String,
    pub en: String,
}
