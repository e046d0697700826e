//! Judging many students under one definition on one day. Sums are made here; the school's rules
//! decide. Nothing is allocated for a student unless reasons are asked for.

use std::sync::Arc;

use super::{Facts, RequirementVerdict, Sum, Verdict, words};
use crate::amount::Amount;
use crate::clock::{Day, Term};
use crate::definition::{Definition, Requirement};
use crate::lang::Text;
use crate::problem::Problem;
use crate::rules::{Answer, Rules, Subject, no_value};

/// Answers are kept in sets, `SETS` (a power of two) for each requirement, `PLACES` in each.
const SETS: usize = 512;
const PLACES: usize = 4;
/// Failures of rules that are told; the rest would say the same.
const FAILURES: usize = 20;

/// A definition and its rules, prepared for one day.
pub struct Judge<'a> {
    definition: &'a Definition,
    rules: &'a Rules,
    day: Day,
    /// For each category where it counts.
    plan: Vec<Vec<Entry>>,
    /// For each requirement where its counts begin in `counted`; one more at the end.
    starts: Vec<usize>,
    cohorts: Vec<Cohort>,
    counted: Vec<Amount>,
    totals: Vec<Amount>,
    subject: Arc<Subject>,
    kept: Vec<Kept>,
    keeps: bool,
    failures: Vec<Problem>,
}

/// A category's place in a requirement's counts.
struct Entry {
    requirement: usize,
    slot: usize,
    from: Term,
    until: Term,
}

/// Students for whom the same parameters hold.
struct Cohort {
    admitted: i32,
    division: Option<usize>,
    bound: u64,
    needed: Vec<Option<Amount>>,
    /// The cap of each slot of `counted`.
    caps: Vec<Option<Amount>>,
}

/// A rule sees numbers and nothing else, so for the same numbers it answers the same. An answer is
/// kept only where the rule looked at nothing but what is compared here (see `Subject`).
#[derive(Clone, Copy)]
struct Kept {
    cohort: u32,
    passed: bool,
    earned: Amount,
}

const EMPTY: Kept = Kept { cohort: u32::MAX, passed: false, earned: Amount::ZERO };

/// Which requirements bind a student and which are passed: a bit for each, in the definition's order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Passes {
    pub bound: u64,
    /// Only among those that bind.
    pub passed: u64,
}

impl Passes {
    /// Whether any requirement binds.
    pub fn is_bound(self) -> bool {
        self.bound != 0
    }

    /// Whether all that bind are passed.
    pub fn all(self) -> bool {
        self.bound == self.passed
    }

    pub fn binds(self, requirement: usize) -> bool {
        self.bound >> requirement & 1 == 1
    }

    pub fn passed(self, requirement: usize) -> bool {
        self.passed >> requirement & 1 == 1
    }

    /// Whether it binds and is not passed.
    pub fn lacks(self, requirement: usize) -> bool {
        self.binds(requirement) && !self.passed(requirement)
    }
}

impl<'a> Judge<'a> {
    pub fn new(definition: &'a Definition, rules: &'a Rules, day: Day) -> Judge<'a> {
        let earliest = Term { year: i32::MIN, number: 0 };
        let latest = Term { year: i32::MAX, number: u8::MAX };
        let mut plan: Vec<Vec<Entry>> = definition.categories.iter().map(|_| Vec::new()).collect();
        let mut starts = vec![0];
        let mut slots = 0;
        for (index, requirement) in definition.requirements.iter().enumerate() {
            for count in &requirement.counts {
                let (from, until) = (count.from.unwrap_or(earliest), count.until.unwrap_or(latest));
                if let Some(entries) = plan.get_mut(count.category) {
                    entries.push(Entry { requirement: index, slot: slots, from, until });
                }
                slots += 1;
            }
            starts.push(slots);
        }
        Judge {
            definition,
            rules,
            day,
            plan,
            starts,
            cohorts: Vec::new(),
            counted: vec![Amount::ZERO; slots],
            totals: vec![Amount::ZERO; definition.categories.len()],
            subject: rules.subject(day, definition.school.calendar.academic_year(day)),
            kept: Vec::new(),
            keeps: true,
            failures: Vec::new(),
        }
    }

    /// A judge that asks the rules about every student anew: what keeping answers is measured and
    /// tested against.
    pub fn without_keeping(mut self) -> Judge<'a> {
        self.keeps = false;
        self
    }

    /// Which requirements bind the student and which are passed.
    pub fn passes(&mut self, facts: &Facts) -> Passes {
        let index = self.cohort(facts);
        self.sum_up(facts);
        let Some(cohort) = self.cohorts.get(index) else { return Passes::default() };
        cap(&mut self.counted, &cohort.caps);
        if !self.keeps {
            self.subject.set_student(facts.admitted, facts.division, &self.totals);
        }
        let mut told = !self.keeps;
        let mut passed = 0;
        let waived = waived(facts, self.day);
        for (requirement, bounds) in self.starts.windows(2).enumerate() {
            let &[start, end] = bounds else { continue };
            let bit = 1 << requirement;
            if cohort.bound & bit == 0 {
                continue;
            }
            if waived & bit != 0 {
                passed |= bit;
                continue;
            }
            let Some(&Some(needed)) = cohort.needed.get(requirement) else {
                continue;
            };
            let counted = self.counted.get(start..end).unwrap_or_default();
            let earned: Amount = counted.iter().copied().sum();
            let set = (requirement * SETS + hash(index, earned)) * PLACES;
            let set = set..set + PLACES;
            let mut known = self.kept.get(set.clone()).unwrap_or_default().iter();
            if let Some(kept) = known.find(|kept| kept.earned == earned && kept.cohort as usize == index) {
                passed |= u64::from(kept.passed) << requirement;
                continue;
            }
            if !told {
                self.subject.set_student(facts.admitted, facts.division, &self.totals);
                told = true;
            }
            self.subject.set_requirement(requirement, earned, needed, counted);
            match self.rules.ask(requirement, &self.subject) {
                Ok(answer) => {
                    passed |= u64::from(answer.passed) << requirement;
                    if self.keeps && !self.subject.looked_further() {
                        if self.kept.is_empty() {
                            let places = SETS * PLACES * self.definition.requirements.len();
                            self.kept = vec![EMPTY; places];
                        }
                        let kept = Kept { cohort: index as u32, passed: answer.passed, earned };
                        keep(self.kept.get_mut(set).unwrap_or_default(), kept);
                    }
                }
                Err(problem) => {
                    if self.failures.len() < FAILURES && !self.failures.contains(&problem) {
                        self.failures.push(*problem);
                    }
                }
            }
        }
        Passes { bound: cohort.bound, passed }
    }

    /// What failed in the rules so far, for the operator.
    pub fn failures(&self) -> &[Problem] {
        &self.failures
    }

    /// The verdict with its reasons.
    pub fn verdict(&mut self, facts: &Facts) -> Verdict {
        let index = self.cohort(facts);
        self.sum_up(facts);
        let Some(cohort) = self.cohorts.get(index) else {
            return Verdict { bound: false, passed: true, requirements: Vec::new() };
        };
        cap(&mut self.counted, &cohort.caps);
        self.subject.set_student(facts.admitted, facts.division, &self.totals);
        let mut requirements = Vec::new();
        for (index, requirement) in self.definition.requirements.iter().enumerate() {
            let range = self.starts.get(index).copied().unwrap_or(0)..self.starts.get(index + 1).copied().unwrap_or(0);
            let counted = self.counted.get(range).unwrap_or_default();
            let needed = cohort.needed.get(index).copied().flatten();
            let bound = cohort.bound >> index & 1 == 1;
            requirements.push(self.one(index, requirement, facts, bound, needed, counted));
        }
        Verdict {
            bound: cohort.bound != 0,
            passed: requirements.iter().all(|requirement| requirement.passed),
            requirements,
        }
    }

    fn one(
        &self,
        index: usize,
        requirement: &Requirement,
        facts: &Facts,
        bound: bool,
        needed: Option<Amount>,
        counted: &[Amount],
    ) -> RequirementVerdict {
        let earned: Amount = counted.iter().copied().sum();
        let own = |passed, reasons, error| RequirementVerdict {
            bound,
            earned,
            needed: needed.filter(|_| bound).unwrap_or_default(),
            passed,
            waived: None,
            counted: counted.to_vec(),
            reasons,
            error,
        };
        // Who has passed without the waiver has passed.
        let verdict = |passed: bool, reasons, error| match self.waived_until(facts, index).filter(|_| !passed) {
            Some(until) => {
                let reasons = vec![words::waived(until)];
                RequirementVerdict { waived: Some(until), ..own(true, reasons, error) }
            }
            None => own(passed, reasons, error),
        };
        let definition = self.definition;
        if !bound {
            let group = definition.groups.get(requirement.binds);
            return verdict(true, group.map(words::not_bound).into_iter().collect(), None);
        }
        let parameter = definition.parameters.get(requirement.needs);
        let Some(needed) = needed else {
            let id = parameter.map(|parameter| parameter.id.as_str()).unwrap_or_default();
            let problem = no_value(id, self.day, facts.admitted, requirement);
            return verdict(false, vec![words::rule_failed(&problem)], Some(problem));
        };
        self.subject.set_requirement(index, earned, needed, counted);
        match self.rules.ask(index, &self.subject) {
            Ok(Answer { passed, reasons }) if passed || !reasons.is_empty() => verdict(passed, reasons, None),
            Ok(_) => {
                let missing = earned.missing_to(needed);
                let unit = parameter.map(|parameter| parameter.unit.as_str()).unwrap_or_default();
                let reason: Text = if missing == Amount::ZERO {
                    words::refused_by(&requirement.rule)
                } else {
                    words::missing(missing, unit)
                };
                verdict(false, vec![reason], None)
            }
            Err(problem) => verdict(false, vec![words::rule_failed(&problem)], Some(*problem)),
        }
    }

    /// The last day of a waiver of a requirement that stands on the day; of several the latest.
    fn waived_until(&self, facts: &Facts, requirement: usize) -> Option<Day> {
        let of_it = facts.waived.iter().filter(|(of, until)| *of == requirement && self.day <= *until);
        of_it.map(|(_, until)| *until).max()
    }

    /// Sums what counts of each category, before caps.
    fn sum_up(&mut self, facts: &Facts) {
        self.counted.fill(Amount::ZERO);
        self.totals.fill(Amount::ZERO);
        for sum in &facts.sums {
            self.count(sum);
        }
        for (sum, until) in &facts.substitutes {
            if self.day <= *until {
                self.count(sum);
            }
        }
    }

    fn count(&mut self, sum: &Sum) {
        let Some(entries) = self.plan.get(sum.category) else { return };
        if let Some(total) = self.totals.get_mut(sum.category) {
            *total += sum.amount;
        }
        // Where a requirement lists a category more than once, the first that fits takes it.
        let mut taken = usize::MAX;
        for entry in entries {
            if entry.requirement != taken
                && entry.from <= sum.term
                && sum.term <= entry.until
                && let Some(counted) = self.counted.get_mut(entry.slot)
            {
                *counted += sum.amount;
                taken = entry.requirement;
            }
        }
    }

    /// The index of the student's cohort, which is made where there is none yet.
    fn cohort(&mut self, facts: &Facts) -> usize {
        let (admitted, division) = (facts.admitted, facts.division);
        let known = self.cohorts.iter().position(|cohort| cohort.admitted == admitted && cohort.division == division);
        if let Some(index) = known {
            return index;
        }
        // A division that the school no longer names is in no list of divisions.
        let place = division.unwrap_or(usize::MAX);
        let definition = self.definition;
        let value = |parameter: usize| definition.parameters.get(parameter)?.value(self.day, admitted, place);
        let mut cohort = Cohort { admitted, division, bound: 0, needed: Vec::new(), caps: Vec::new() };
        for (index, requirement) in definition.requirements.iter().enumerate() {
            let binds = definition.groups.get(requirement.binds).is_some_and(|group| group.binds(admitted, place));
            cohort.bound |= u64::from(binds).checked_shl(index as u32).unwrap_or_default();
            cohort.needed.push(value(requirement.needs));
            cohort.caps.extend(requirement.counts.iter().map(|count| count.at_most.and_then(value)));
        }
        self.cohorts.push(cohort);
        self.cohorts.len() - 1
    }
}

/// The requirements that are waived on a day: a bit for each.
fn waived(facts: &Facts, day: Day) -> u64 {
    let standing = facts.waived.iter().filter(|(_, until)| day <= *until);
    standing.fold(0, |bits, (requirement, _)| bits | 1 << requirement)
}

fn cap(counted: &mut [Amount], caps: &[Option<Amount>]) {
    for (amount, cap) in counted.iter_mut().zip(caps) {
        if let Some(cap) = cap {
            *amount = (*amount).min(*cap);
        }
    }
}

/// The newest first; the oldest of a full set goes.
fn keep(set: &mut [Kept], kept: Kept) {
    set.rotate_right(1);
    if let Some(first) = set.first_mut() {
        *first = kept;
    }
}

/// A set among the kept answers of a requirement.
fn hash(cohort: usize, earned: Amount) -> usize {
    let mixed = (earned.0 as u64 ^ ((cohort as u64) << 40)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (mixed >> 32) as usize & (SETS - 1)
}
