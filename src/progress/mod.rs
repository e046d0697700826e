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

pub use explain::{Explained, Explanation, InForce, Why, explain};
pub use facts::UnreadSums;
pub use judge::{Judge, Passes};
pub use words::amount_in_units;

/// What a verdict is made from: who the student is, and the sums of their credits.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// Academic year of admission.
    pub admitted: i32,
    /// Index into `School::divisions`; `None` for one the school no longer names.
    pub division: Option<usize>,
    pub sums: Vec<Sum>,
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
    /// True where it does not bind: it holds nobody back.
    pub passed: bool,
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
