//! From summed credits and definitions to verdicts with their reasons. Pure: no time, no store.

pub mod examples;
mod explain;
mod facts;
mod judge;
mod words;

use crate::amount::Amount;
use crate::clock::{Day, Term};
use crate::definition::Definition;
use crate::lang::Text;
use crate::problem::Problem;
use crate::rules::Rules;

pub use explain::{Explained, ExplainedWaiver, Explanation, InForce, Why, explain};
pub use facts::UnreadSums;
pub use judge::{Judge, Passes};
pub use words::amount_in_units;

/// What a verdict is made from: who the student is, the sums of their credits, and what was granted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// Academic year of admission.
    pub admitted: i32,
    /// Index into `School::divisions`; `None` for one the school no longer names.
    pub division: Option<usize>,
    pub sums: Vec<Sum>,
    /// What stands in for records, each to a last day.
    pub substitutes: Vec<(Sum, Day)>,
    /// Requirements (indices) that are waived, each to a last day.
    pub waived: Vec<(usize, Day)>,
}

/// The sum of a student's credits in a category that happened in a term.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sum {
    /// Index into `Definition::categories`.
    pub category: usize,
    pub term: Term,
    pub amount: Amount,
}

/// One record, as an explanation needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credit {
    pub id: i64,
    pub category: usize,
    pub amount: Amount,
    pub happened_on: Day,
    pub term: Term,
    pub name: String,
    pub recorded_on: Day,
    pub source: String,
    /// The record that took this one back, and when.
    pub taken_back_on: Option<Day>,
    /// Of one that stands in for records.
    pub stands_in: Option<StandsIn>,
}

/// What makes an amount count in place of records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StandsIn {
    /// Who approved it.
    pub by: Text,
    /// The last day on which it counts.
    pub until: Day,
}

/// A requirement that a student is taken to have passed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiver {
    /// Index into `Definition::requirements`.
    pub requirement: usize,
    /// Not for everyone who may see that there is one.
    pub because: Text,
    /// Who approved it.
    pub by: Text,
    /// The number of the case that it comes from.
    pub case: String,
    pub recorded_on: Day,
    /// The last day on which it counts.
    pub until: Day,
    pub taken_back_on: Option<Day>,
}

/// A student's verdict on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Whether any requirement binds the student; where none does, `passed` is true and empty.
    pub bound: bool,
    pub passed: bool,
    /// One for each requirement of the definition, in its order.
    pub requirements: Vec<RequirementVerdict>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequirementVerdict {
    pub bound: bool,
    pub earned: Amount,
    /// Zero where it does not bind, and where no value is in force.
    pub needed: Amount,
    /// True where it does not bind or is waived: it holds nobody back.
    pub passed: bool,
    /// The last day of the waiver by which it is passed; none where it is passed or failed without one.
    pub waived: Option<Day>,
    /// What each of the requirement's `counts` brought, in their order.
    pub counted: Vec<Amount>,
    /// Sentences in both languages; empty where it is passed and the rule says nothing.
    pub reasons: Vec<Text>,
    /// What failed in the rule, for the operator. The student is then not passed.
    pub error: Option<Problem>,
}

/// Judges a student on every requirement, with reasons. For many students prepare one `Judge`.
pub fn judge(definition: &Definition, rules: &Rules, facts: &Facts, day: Day) -> Verdict {
    Judge::new(definition, rules, day).verdict(facts)
}
