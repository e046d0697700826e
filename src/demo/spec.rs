//! What a school's `demo.yaml` says, in the form of its table in `definition::shape`. Every word that
//! a reader of the demonstration sees is there; the generator knows only counts, days and templates
//! with names in braces.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Map;

use super::credits::plus;
use crate::amount::Amount;
use crate::clock::Day;
use crate::definition::ago;
use crate::lang::Text;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// The same seed makes the same school.
    #[serde(rename = "demo")]
    pub seed: u64,
    pub names: Names,
    pub units: Vec<UnitSpec>,
    pub staff: StaffSpec,
    /// By division.
    pub classes: BTreeMap<String, ClassSpec>,
    pub students: StudentSpec,
    pub cohorts: Vec<Cohort>,
    /// Students whom the figures must leave out.
    #[serde(default)]
    pub others: Vec<Others>,
    /// Former places of students who changed.
    #[serde(default)]
    pub moves: Vec<Move>,
    /// By category.
    #[serde(default)]
    pub credits: BTreeMap<String, Vec<Source>>,
    #[serde(default)]
    pub records: Records,
    #[serde(default)]
    pub mistakes: Vec<Mistake>,
    /// The account in whose name the files are imported.
    pub importer: String,
    pub accounts: Vec<AccountSpec>,
    /// Notices sent at a past moment, so that there is mail to read.
    #[serde(default)]
    pub notices: Vec<NoticeSpec>,
    /// By set of windows: on which day of the nearest round the demonstration is made. Whoever runs
    /// it holds them so (`Definition::held`).
    #[serde(default)]
    #[allow(dead_code, reason = "read where the definition is")]
    rounds: BTreeMap<String, i64>,
    /// What students' profiles say.
    #[serde(default)]
    pub profiles: BTreeMap<String, super::cases::Answers>,
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
    pub tutors: Option<TutorSpec>,
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
    pub second_every: Option<usize>,
    /// Every so-manieth class has the tutor of the class before.
    pub same_every: Option<usize>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClassSpec {
    pub size: usize,
    /// Letters of the code, and what stands for each in the name.
    pub letters: Map<String, serde_json::Value>,
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
    pub graduated: Option<String>,
}

/// Counts by unit, in the order of the file.
#[derive(Debug, Default, Deserialize)]
#[serde(transparent)]
pub struct Departments(Map<String, serde_json::Value>);

impl Departments {
    pub fn iter(&self) -> impl Iterator<Item = (&str, Vec<usize>)> {
        self.0.iter().map(|(code, counts)| (code.as_str(), counts_of(counts)))
    }
}

fn counts_of(counts: &serde_json::Value) -> Vec<usize> {
    let counts = counts.as_array().map(Vec::as_slice).unwrap_or_default();
    counts.iter().filter_map(|count| usize::try_from(count.as_u64()?).ok()).collect()
}

/// Students whom the thresholds bind, with the counts that the figures of one day must show.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cohort {
    pub admitted: i32,
    pub division: String,
    /// Needed where there is anything to pass.
    pub on: Option<Day>,
    /// Whether the figures of that day were published.
    #[serde(default)]
    pub published: bool,
    /// Records go on until this day; until `on` where it is not said.
    pub until: Option<Day>,
    /// How many pass everything; taken in proportion where the cohort is like another.
    pub all: Option<usize>,
    #[serde(default)]
    pub requirements: Vec<String>,
    /// By unit: students, then those who pass each of `requirements`.
    #[serde(default)]
    pub departments: Departments,
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
    #[serde(default)]
    pub department: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    pub name: String,
    /// What each is worth.
    pub topics: Map<String, serde_json::Value>,
    /// So many sessions a term; without it, each student on a day of their own.
    pub each_term: Option<usize>,
    /// Days from the event to its entry: from, to.
    pub recorded_after: Days,
    #[serde(default = "one")]
    pub weight: usize,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Days {
    pub from: i64,
    pub to: i64,
}

pub(super) fn one() -> usize {
    1
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
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
    #[serde(deserialize_with = "amount")]
    pub amount: Amount,
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
    #[serde(deserialize_with = "text")]
    pub who: Text,
    pub password: String,
    /// A member of staff …
    pub account: Option<String>,
    /// … or a student of a year, and whether one who passes everything.
    pub admitted: Option<i32>,
    pub passed: Option<bool>,
    /// Whoever is tutor of most classes of the year.
    #[serde(default)]
    pub tutor: bool,
    /// Kinds of case that this student has.
    #[serde(default)]
    pub files: Files,
    /// Whether the profile is filled in though nothing was filed.
    #[serde(default)]
    pub profile: bool,
}

/// Kinds of case that a student has: one of each walk, or of those that end in some states.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(untagged)]
pub enum Files {
    One(String),
    All(Vec<String>),
    In(BTreeMap<String, Vec<String>>),
}

impl Default for Files {
    fn default() -> Files {
        Files::All(Vec::new())
    }
}

impl Files {
    /// Whether there is a case of this kind that ends in a state.
    pub fn has(&self, case: &str, state: &str) -> bool {
        match self {
            Files::One(other) => other == case,
            Files::All(cases) => cases.iter().any(|other| other == case),
            Files::In(cases) => cases.get(case).is_some_and(|states| states.iter().any(|other| other == state)),
        }
    }
}

/// A day, or so many before that on which the demonstration is made.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(try_from = "String")]
pub enum When {
    Day(Day),
    Ago(i64),
}

impl When {
    pub fn on(self, today: Day) -> Day {
        match self {
            When::Day(day) => day,
            When::Ago(days) => plus(today, -days),
        }
    }
}

impl TryFrom<String> for When {
    type Error = String;
    fn try_from(text: String) -> Result<When, String> {
        let day = text.parse().ok().map(When::Day).or_else(|| ago(&text).map(When::Ago));
        day.ok_or_else(|| format!("{text} is no day"))
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoticeSpec {
    pub notice: String,
    pub on: Day,
    /// The hour; nine in the morning where it is not said.
    pub at: Option<String>,
}

/// A text in one language or two, as the table allows.
fn text<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Text, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Written {
        Plain(String),
        Both {
            #[serde(rename = "zh-TW")]
            zh: String,
            en: Option<String>,
        },
    }
    Ok(match Written::deserialize(from)? {
        Written::Plain(zh) => Text { zh, en: None },
        Written::Both { zh, en } => Text { zh, en },
    })
}

fn amount<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Amount, D::Error> {
    let text = String::deserialize(from)?;
    Amount::parse(&text).map_err(|error| serde::de::Error::custom(format!("{text}: {error}")))
}
