//! What a rule sees of one student and one requirement: numbers only, never who the student is.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI32, AtomicI64, AtomicUsize, Ordering::Relaxed};

use rhai::ImmutableString;

use crate::amount::Amount;
use crate::clock::Day;
use crate::definition::{Definition, Parameter};

/// The names that scripts may say, and the parameters behind theirs.
#[derive(Debug)]
pub(super) struct Names {
    pub categories: Vec<ImmutableString>,
    pub divisions: Vec<ImmutableString>,
    pub parameters: Vec<Parameter>,
    /// For each requirement the categories that it counts.
    pub counts: Vec<Vec<usize>>,
}

impl Names {
    pub fn of(definition: &Definition) -> Names {
        Names {
            categories: definition.categories.iter().map(|category| category.id.as_str().into()).collect(),
            divisions: definition.school.divisions.iter().map(|division| division.id.as_str().into()).collect(),
            parameters: definition.parameters.clone(),
            counts: definition
                .requirements
                .iter()
                .map(|requirement| requirement.counts.iter().map(|count| count.category).collect())
                .collect(),
        }
    }

    pub fn category(&self, id: &str) -> Option<usize> {
        self.categories.iter().position(|known| known == id)
    }

    pub fn parameter(&self, id: &str) -> Option<&Parameter> {
        self.parameters.iter().find(|known| known.id == id)
    }
}

/// What a rule sees. Filled anew for each student without allocating; the engine shares it with the
/// script while the rule runs, which is why its fields are atomic (they are never waited for).
#[derive(Debug)]
pub struct Subject {
    pub(super) names: Arc<Names>,
    pub(super) day: Day,
    pub(super) academic_year: i32,
    requirement: AtomicUsize,
    admitted: AtomicI32,
    /// Index of the division; `usize::MAX` for none that the school names.
    division: AtomicUsize,
    earned: AtomicI64,
    needed: AtomicI64,
    /// What each of the requirement's counts brought.
    counted: Vec<AtomicI64>,
    /// The sum of each category over all terms.
    totals: Vec<AtomicI64>,
    looked_further: AtomicBool,
}

impl Subject {
    pub(super) fn new(names: Arc<Names>, day: Day, academic_year: i32) -> Subject {
        let zeros = |length: usize| (0..length).map(|_| AtomicI64::new(0)).collect::<Vec<_>>();
        let longest = names.counts.iter().map(Vec::len).max().unwrap_or_default();
        Subject {
            counted: zeros(longest),
            totals: zeros(names.categories.len()),
            names,
            day,
            academic_year,
            requirement: AtomicUsize::new(0),
            admitted: AtomicI32::new(0),
            division: AtomicUsize::new(usize::MAX),
            earned: AtomicI64::new(0),
            needed: AtomicI64::new(0),
            looked_further: AtomicBool::new(false),
        }
    }

    /// Who is asked about next.
    pub fn set_student(&self, admitted: i32, division: Option<usize>, totals: &[Amount]) {
        self.admitted.store(admitted, Relaxed);
        self.division.store(division.unwrap_or(usize::MAX), Relaxed);
        for (cell, total) in self.totals.iter().zip(totals) {
            cell.store(total.0, Relaxed);
        }
    }

    /// Which requirement is asked about next, and what the student has for it.
    pub fn set_requirement(&self, requirement: usize, earned: Amount, needed: Amount, counted: &[Amount]) {
        self.requirement.store(requirement, Relaxed);
        self.earned.store(earned.0, Relaxed);
        self.needed.store(needed.0, Relaxed);
        self.looked_further.store(false, Relaxed);
        for (cell, amount) in self.counted.iter().zip(counted) {
            cell.store(amount.0, Relaxed);
        }
    }

    /// Whether the rule looked at more than `earned`, what is needed, and the student's year of
    /// admission and division. Where it did not, its answer is the same for all who agree in these.
    pub fn looked_further(&self) -> bool {
        self.looked_further.load(Relaxed)
    }

    pub(super) fn earned(&self) -> Amount {
        Amount(self.earned.load(Relaxed))
    }

    pub(super) fn needed(&self) -> Amount {
        Amount(self.needed.load(Relaxed))
    }

    pub(super) fn admitted(&self) -> i32 {
        self.admitted.load(Relaxed)
    }

    pub(super) fn division(&self) -> usize {
        self.division.load(Relaxed)
    }

    /// The sum of a category over all terms; `None` for a category that the school has not.
    pub(super) fn total(&self, category: &str) -> Option<Amount> {
        self.looked_further.store(true, Relaxed);
        let index = self.names.category(category)?;
        self.totals.get(index).map(|cell| Amount(cell.load(Relaxed)))
    }

    /// What the requirement counted of a category; zero where it counts none of it.
    pub(super) fn counted(&self, category: &str) -> Option<Amount> {
        self.looked_further.store(true, Relaxed);
        let index = self.names.category(category)?;
        let counts = self.names.counts.get(self.requirement.load(Relaxed)).map(Vec::as_slice).unwrap_or_default();
        let fitting = counts.iter().zip(&self.counted).filter(|(counted, _)| **counted == index);
        Some(fitting.map(|(_, cell)| Amount(cell.load(Relaxed))).sum())
    }

    /// The parameter's value in force for this student.
    pub(super) fn parameter(&self, id: &str) -> Result<Amount, ParameterMissing> {
        let parameter = self.names.parameter(id).ok_or(ParameterMissing::Unknown)?;
        parameter.value(self.day, self.admitted(), self.division()).ok_or(ParameterMissing::NoValue)
    }
}

pub(super) enum ParameterMissing {
    Unknown,
    NoValue,
}
