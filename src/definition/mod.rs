//! What a school's folder says, checked and immutable. The way in is `load`: files (`folder`),
//! their trees (`tree`), the language (`shape`), what they say (`read`). Nothing here decides or remembers.

pub mod case;
pub mod codes;
mod condition;
mod conform;
pub mod examples;
mod fault;
pub mod folder;
mod held;
mod load;
mod mend;
mod names;
mod near;
mod node;
mod notice;
mod read;
mod report;
mod scalar;
mod school;
mod sense;
pub mod shape;
pub mod tables;
mod tree;

use std::sync::Arc;

use crate::amount::Amount;
use crate::clock::{Day, Term};
use crate::lang::Text;

pub use folder::Files;
pub use load::{Checked, check, load};
pub use notice::{Audience, Due, Letter, Notice, Spot, Which};
pub use read::value::{ago, is_name};
pub use school::{
    Division, HeaderAlias, Lockout, May, News, PagePart, Role, School, SchoolPage, Sees, Status, Unit, UnitKind,
};

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
    pub windows: Vec<case::Windows>,
    pub catalogues: Vec<case::Catalogue>,
    pub budgets: Vec<case::Budget>,
    /// What students keep up about themselves; none where the school has no such page.
    pub profile: Option<case::Profile>,
    pub workflows: Vec<case::Workflow>,
    /// Scripts by name: `thresholds` for `rules/<school>/thresholds.rhai`.
    pub scripts: Vec<Script>,
    /// What the demonstration makes, in the form of its table; `demo` reads it.
    pub demo: Option<serde_json::Value>,
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
    /// The requirements (indices) that ask something of anyone on a day, by the values then in force.
    pub fn asking(&self, day: Day) -> Vec<usize> {
        let asks = |requirement: &Requirement| {
            let values = self.parameters[requirement.needs].values.iter().filter(|value| value.from <= day);
            // The last value that fits holds: one for everybody hides those before it.
            values.fold(false, |asks, value| {
                let everybody =
                    value.admitted_from.is_none() && value.admitted_to.is_none() && value.divisions.is_empty();
                (asks && !everybody) || value.value > Amount::ZERO
            })
        };
        (0..self.requirements.len()).filter(|index| asks(&self.requirements[*index])).collect()
    }

    pub fn requirement(&self, id: &str) -> Option<(usize, &Requirement)> {
        self.requirements.iter().enumerate().find(|(_, requirement)| requirement.id == id)
    }

    pub fn workflow(&self, id: &str) -> Option<(usize, &case::Workflow)> {
        self.workflows.iter().enumerate().find(|(_, workflow)| workflow.id == id)
    }

    pub fn category(&self, id: &str) -> Option<(usize, &Category)> {
        self.categories.iter().enumerate().find(|(_, category)| category.id == id)
    }
}
