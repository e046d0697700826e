//! The credits of the demonstration: sessions that were held, who was there, and when it was
//! entered, so that on the day of a cohort's figures each student passes exactly what was drawn.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, Weekday};
use serde_json::Value;

use super::DemoError;
use super::chance::Chance;
use super::people::{People, Student, begins, fill};
use super::spec::{Cohort, Days, Spec};
use crate::amount::{Amount, AmountError};
use crate::clock::{Day, Term};
use crate::definition::{Definition, Requirement};

#[derive(Clone, Debug)]
pub struct Credit {
    /// Index into the students.
    pub student: usize,
    /// Index into the definition's categories.
    pub category: usize,
    pub amount: Amount,
    pub happened: Day,
    pub name: String,
    pub recorded: Day,
}

/// Something that a student can take part in once.
struct Offer {
    category: usize,
    name: String,
    amount: Amount,
    /// When it was held; `None`: on a day of the student's own.
    day: Option<Day>,
    recorded_after: Days,
    weight: usize,
}

/// Between which days something may happen, and be recorded; both included.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Window {
    happened: (Day, Day),
    recorded: (Day, Day),
}

pub fn credits(
    definition: &Definition,
    spec: &Spec,
    people: &People,
    chance: &mut Chance,
) -> Result<Vec<Credit>, DemoError> {
    let offers = offers(definition, spec, chance)?;
    let mut maker = Maker {
        definition,
        spec,
        offers,
        chance,
        used: BTreeSet::new(),
        made: Vec::new(),
        mine: 0,
        windows: BTreeMap::new(),
    };
    for (index, student) in people.students.iter().enumerate() {
        maker.used.clear();
        maker.mine = maker.made.len();
        maker.student(index, student)?;
    }
    Ok(maker.made)
}

fn offers(definition: &Definition, spec: &Spec, chance: &mut Chance) -> Result<Vec<Offer>, DemoError> {
    let calendar = &definition.school.calendar;
    let first = spec.cohorts.iter().map(|cohort| cohort.admitted).min().unwrap_or_default();
    let last = spec.cohorts.iter().filter_map(|cohort| cohort.until.or(cohort.on)).max().unwrap_or_default();
    let mut offers = Vec::new();
    for (id, sources) in &spec.credits {
        let (category, _) = definition.category(id).ok_or_else(|| DemoError(format!("there is no category {id}")))?;
        for source in sources {
            let topics: Vec<(&String, Amount)> = source
                .topics
                .iter()
                .map(|(topic, worth)| match amount(worth) {
                    Ok(amount) => Ok((topic, amount)),
                    Err(error) => Err(DemoError(format!("{topic}: {worth}: {error}"))),
                })
                .collect::<Result<_, _>>()?;
            let Some(each_term) = source.each_term else {
                offers.extend(topics.into_iter().map(|(topic, amount)| Offer {
                    category,
                    name: fill(&source.name, &[("topic", topic)]),
                    amount,
                    day: None,
                    recorded_after: source.recorded_after,
                    weight: source.weight,
                }));
                continue;
            };
            for year in first..=calendar.academic_year(last) {
                for rule in &calendar.terms {
                    let term = Term { year, number: rule.number };
                    let Some(begin) = calendar.begins(term) else { continue };
                    for n in 1..=each_term {
                        let Some((topic, amount)) = chance.pick(&topics) else { continue };
                        // Spread over the term, from some weeks after its beginning on.
                        let share = 130 / each_term.max(1) as i64;
                        let early = 35 + (n as i64 - 1) * share;
                        let day = weekday(plus(begin, chance.between(early, early + share - 1)));
                        let values = [("topic", topic.as_str()), ("term", &term.to_string()), ("n", &n.to_string())];
                        offers.push(Offer {
                            category,
                            name: fill(&source.name, &values),
                            amount: *amount,
                            day: Some(day),
                            recorded_after: source.recorded_after,
                            weight: source.weight,
                        });
                    }
                }
            }
        }
    }
    Ok(offers)
}

struct Maker<'a> {
    definition: &'a Definition,
    spec: &'a Spec,
    offers: Vec<Offer>,
    chance: &'a mut Chance,
    /// Offers that the student at hand has taken.
    used: BTreeSet<usize>,
    made: Vec<Credit>,
    /// Where the credits of the student at hand begin in `made`.
    mine: usize,
    /// Offers by requirement and window: there are few windows.
    windows: BTreeMap<(usize, Window), Vec<usize>>,
}

impl<'a> Maker<'a> {
    fn student(&mut self, index: usize, student: &Student) -> Result<(), DemoError> {
        let Some(cohort) = self.cohort(student) else { return Ok(()) };
        let first = begins(self.definition, student.admitted)?;
        let Some(on) = cohort.on else { return Ok(()) };
        let until = cohort.until.unwrap_or(on);
        if first >= on {
            return Ok(());
        }
        // Classes begin some weeks after the term does.
        let first = plus(first, 40);
        let before = Window { happened: (first, on), recorded: (first, on) };
        let after = Window { happened: (plus(on, -9).max(first), until), recorded: (plus(on, 1), plus(until, 30)) };
        for (number, requirement) in self.definition.requirements.iter().enumerate() {
            let said = student.counted.as_ref().and_then(|(_, verdict)| verdict[number]);
            let passes = match said {
                Some(passes) => passes,
                // Of what no cohort says anything nobody has anything, unless it can be earned.
                None if !self.is_offered(requirement) => continue,
                None => self.chance.percent(self.spec.records.others_percent),
            };
            let needed = self.needed(requirement, student, on)?;
            self.uncounted(index, requirement, first, on);
            if passes {
                self.earn(index, (number, requirement), needed, before);
                if said.is_some() && self.counted(requirement) < needed {
                    return Err(DemoError(format!("{}: too few sources to reach {needed}", requirement.id)));
                }
                if self.chance.percent(self.spec.records.more_percent) {
                    self.earn(index, (number, requirement), self.counted(requirement) + Amount(1), after);
                }
            } else {
                // Anything from nothing to nearly all.
                let goal = Amount(self.chance.between(0, needed.0));
                self.stay_below(index, (number, requirement), goal, needed, before);
                if self.chance.percent(self.spec.records.later_percent) {
                    self.earn(index, (number, requirement), needed, after);
                }
            }
        }
        Ok(())
    }

    /// The cohort whose days a student's records follow: their own, or the nearest in years.
    fn cohort(&self, student: &Student) -> Option<&'a Cohort> {
        match &student.counted {
            Some((index, _)) => self.spec.cohorts.get(*index),
            None => self.spec.cohorts.iter().min_by_key(|cohort| (cohort.admitted - student.admitted).abs()),
        }
    }

    fn needed(&self, requirement: &Requirement, student: &Student, on: Day) -> Result<Amount, DemoError> {
        let division = self.definition.school.divisions.iter().position(|division| division.id == student.division);
        division
            .and_then(|division| self.definition.parameters[requirement.needs].value(on, student.admitted, division))
            .ok_or_else(|| DemoError(format!("{}: no amount is in force on {on}", requirement.id)))
    }

    /// Whether anything is offered that counts towards a requirement.
    fn is_offered(&self, requirement: &Requirement) -> bool {
        let counts = |offer: &Offer| requirement.counts.iter().any(|count| count.category == offer.category);
        self.offers.iter().any(counts)
    }

    /// What the student's credits so far come to.
    fn counted(&self, requirement: &Requirement) -> Amount {
        let calendar = &self.definition.school.calendar;
        self.made[self.mine..]
            .iter()
            .filter(|credit| counts(requirement, credit.category, calendar.term_of(credit.happened)))
            .map(|credit| credit.amount)
            .sum()
    }

    /// Takes part in what is offered until `goal` is reached, or nothing is left.
    fn earn(&mut self, student: usize, (number, requirement): (usize, &Requirement), goal: Amount, window: Window) {
        while self.counted(requirement) < goal {
            if !self.take(student, (number, requirement), None, window) {
                return;
            }
        }
    }

    /// Takes part until `goal`, but never as much as `needed`.
    fn stay_below(
        &mut self,
        student: usize,
        (number, requirement): (usize, &Requirement),
        goal: Amount,
        needed: Amount,
        window: Window,
    ) {
        while self.counted(requirement) < goal {
            let room = needed - self.counted(requirement);
            if !self.take(student, (number, requirement), Some(room), window) {
                return;
            }
        }
    }

    /// Takes one offer that counts (and is worth less than `below`); `false` where there is none.
    fn take(
        &mut self,
        student: usize,
        (number, requirement): (usize, &Requirement),
        below: Option<Amount>,
        window: Window,
    ) -> bool {
        let mut open = self.open(number, requirement, window).to_vec();
        // Most draws succeed at once; what was drawn in vain is not drawn again.
        while !open.is_empty() {
            let index = open.swap_remove(self.chance.below(open.len()));
            let offer = &self.offers[index];
            if self.used.contains(&index) || below.is_some_and(|below| offer.amount >= below) {
                continue;
            }
            let day = match offer.day {
                Some(day) => day,
                None => {
                    // Late enough to be there, early enough to be entered in time.
                    let last = plus(window.recorded.1, -offer.recorded_after.from).min(window.happened.1);
                    let drawn = plus(window.happened.0, self.chance.between(0, (last - window.happened.0).num_days()));
                    let day = weekday(drawn).max(window.happened.0);
                    let term = self.definition.school.calendar.term_of(day);
                    if !counts(requirement, self.offers[index].category, term) {
                        continue;
                    }
                    day
                }
            };
            self.record(student, index, day, window);
            return true;
        }
        false
    }

    /// The offers that count within a window, each as often as its weight says.
    fn open(&mut self, number: usize, requirement: &Requirement, window: Window) -> &[usize] {
        let (offers, calendar) = (&self.offers, &self.definition.school.calendar);
        self.windows.entry((number, window)).or_insert_with(|| {
            let fits = |offer: &Offer| match offer.day {
                Some(day) => {
                    window.happened.0 <= day
                        && day <= window.happened.1
                        && plus(day, offer.recorded_after.from) <= window.recorded.1
                        && counts(requirement, offer.category, calendar.term_of(day))
                }
                None => requirement.counts.iter().any(|count| count.category == offer.category),
            };
            let fitting = offers.iter().enumerate().filter(|(_, offer)| fits(offer));
            fitting.flat_map(|(index, offer)| std::iter::repeat_n(index, offer.weight)).collect()
        })
    }

    fn record(&mut self, student: usize, index: usize, day: Day, window: Window) {
        self.used.insert(index);
        let offer = &self.offers[index];
        let Days { from: soon, to: late } = offer.recorded_after;
        let recorded = plus(day, self.chance.between(soon, late)).clamp(window.recorded.0, window.recorded.1);
        self.made.push(Credit {
            student,
            category: offer.category,
            amount: offer.amount,
            happened: day,
            name: offer.name.clone(),
            recorded,
        });
    }

    /// Records of a category from the terms before it counted.
    fn uncounted(&mut self, student: usize, requirement: &Requirement, first: Day, on: Day) {
        let calendar = &self.definition.school.calendar;
        for count in &requirement.counts {
            let Some(begin) = count.from.and_then(|term| calendar.begins(term)) else { continue };
            if begin <= first || !self.chance.percent(self.spec.records.uncounted_percent) {
                continue;
            }
            let last = plus(begin, -1).min(on);
            let window = Window { happened: (first, last), recorded: (first, on) };
            let open: Vec<(usize, Day)> = self
                .offers
                .iter()
                .enumerate()
                .filter(|(index, offer)| offer.category == count.category && !self.used.contains(index))
                .filter_map(|(index, offer)| offer.day.map(|day| (index, day)))
                .filter(|(_, day)| first <= *day && *day <= last)
                .collect();
            if let Some((index, day)) = self.chance.pick(&open).copied() {
                self.record(student, index, day, window);
            }
        }
    }
}

/// Whether what happened in `term` counts towards a requirement.
pub fn counts(requirement: &Requirement, category: usize, term: Term) -> bool {
    requirement.counts.iter().any(|count| {
        count.category == category
            && count.from.is_none_or(|from| from <= term)
            && count.until.is_none_or(|until| term <= until)
    })
}

/// An amount as YAML gives it: a whole number, or text where it has decimals.
pub fn amount(value: &Value) -> Result<Amount, AmountError> {
    match value.as_str() {
        Some(text) => Amount::parse(text),
        None => Amount::parse(&value.to_string()),
    }
}

pub fn plus(day: Day, days: i64) -> Day {
    let moved = if days < 0 {
        day.checked_sub_days(chrono::Days::new(days.unsigned_abs()))
    } else {
        day.checked_add_days(chrono::Days::new(days.unsigned_abs()))
    };
    moved.unwrap_or(day)
}

/// The day itself, or the Friday before a weekend.
fn weekday(day: Day) -> Day {
    match day.weekday() {
        Weekday::Sat => plus(day, -1),
        Weekday::Sun => plus(day, -2),
        Weekday::Mon | Weekday::Tue | Weekday::Wed | Weekday::Thu | Weekday::Fri => day,
    }
}
