//! Every number opens to its records: which counted for a requirement, which did not and why, and
//! under which parameter and article.

use super::{Credit, Facts, Judge, RequirementVerdict, Waiver, words};
use crate::amount::Amount;
use crate::clock::{Day, Term};
use crate::definition::{Count, Definition};
use crate::lang::Text;
use crate::rules::Rules;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// Index into `Definition::requirements`.
    pub requirement: usize,
    pub verdict: RequirementVerdict,
    /// What says how much is needed; `None` where nothing is in force for the student.
    pub needed: Option<InForce>,
    /// The student's records in the order they happened; what stands in for records is among them.
    pub records: Vec<Explained>,
    /// The waivers of the requirement, as they were given.
    pub waivers: Vec<ExplainedWaiver>,
}

/// A waiver and whether it counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExplainedWaiver {
    pub waiver: Waiver,
    pub stands: bool,
    pub reason: Text,
}

/// A parameter's value in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InForce {
    /// Index into `Definition::parameters`, which names the article (`by`).
    pub parameter: usize,
    pub value: Amount,
    /// Since when.
    pub from: Day,
}

/// A record and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explained {
    pub credit: Credit,
    /// Index into the requirement's `counts`, where one of them takes its category.
    pub count: Option<usize>,
    /// How much of it counted.
    pub counted: Amount,
    pub why: Why,
    /// The same as a sentence.
    pub reason: Text,
}

/// Why a record counted or did not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    Counted,
    /// The rest is above the cap.
    CountedInPart {
        cap: InForce,
    },
    CapReached {
        cap: InForce,
    },
    TakenBack {
        on: Day,
    },
    NotYetRecorded {
        on: Day,
    },
    /// It stood in for records only until a day.
    Over {
        until: Day,
    },
    /// The requirement does not count its category.
    NotListed,
    TooEarly {
        from: Term,
    },
    TooLate {
        until: Term,
    },
}

/// Explains one requirement of a student from all their records and waivers. Of `facts` only the year of
/// admission and the division are used: all else is made from the records, as of `day`.
pub fn explain(
    definition: &Definition,
    rules: &Rules,
    facts: &Facts,
    credits: &[Credit],
    waivers: &[Waiver],
    requirement: usize,
    day: Day,
) -> Option<Explanation> {
    let subject = definition.requirements.get(requirement)?;
    let place = facts.division.unwrap_or(usize::MAX);
    let in_force = |parameter: usize| in_force(definition, parameter, day, facts.admitted, place);
    let caps: Vec<Option<InForce>> = subject.counts.iter().map(|count| count.at_most.and_then(in_force)).collect();
    let mut room: Vec<Option<Amount>> = caps.iter().map(|cap| cap.as_ref().map(|cap| cap.value)).collect();

    let mut ordered: Vec<&Credit> = credits.iter().collect();
    ordered.sort_by_key(|credit| (credit.happened_on, credit.recorded_on, credit.id));
    let mut records = Vec::new();
    for credit in ordered {
        let (count, why) = place_of(&subject.counts, credit, day);
        let (counted, why) = match (why, count) {
            (Why::Counted, Some(index)) => {
                let room = room.get_mut(index).and_then(Option::as_mut);
                match (room, caps.get(index).cloned().flatten()) {
                    (Some(room), Some(cap)) => within(credit.amount, room, cap),
                    _ => (credit.amount, Why::Counted),
                }
            }
            (why, _) => (Amount::ZERO, why),
        };
        let reason = sentence(definition, credit, counted, &why);
        records.push(Explained { credit: credit.clone(), count, counted, why, reason });
    }

    let standing = waivers.iter().filter(|waiver| waiver.stands_on(day));
    let summed = Facts {
        waived: standing.map(|waiver| (waiver.requirement, waiver.until)).collect(),
        ..Facts::of_credits(facts.admitted, facts.division, credits, day)
    };
    let verdict = Judge::new(definition, rules, day).verdict(&summed).requirements.into_iter().nth(requirement)?;
    let needed = in_force(subject.needs).filter(|_| verdict.bound);
    let waivers = waivers.iter().filter(|waiver| waiver.requirement == requirement);
    let waivers = waivers.map(|waiver| ExplainedWaiver {
        stands: waiver.stands_on(day),
        reason: state(waiver, day),
        waiver: waiver.clone(),
    });
    Some(Explanation { requirement, verdict, needed, records, waivers: waivers.collect() })
}

/// What became of a waiver by a day.
fn state(waiver: &Waiver, day: Day) -> Text {
    match waiver.taken_back_on.filter(|on| *on <= day) {
        Some(on) => words::taken_back(on),
        None if waiver.recorded_on > day => words::not_yet_recorded(waiver.recorded_on),
        None if waiver.until < day => words::waiver_over(waiver.until),
        None => words::waived(waiver.until),
    }
}

fn in_force(definition: &Definition, parameter: usize, day: Day, admitted: i32, division: usize) -> Option<InForce> {
    let value = definition.parameters.get(parameter)?.in_force(day, admitted, division)?;
    Some(InForce { parameter, value: value.value, from: value.from })
}

/// Which of the counts takes a record, or why none does. Where a category is listed more than once
/// (for different terms), the first that fits says so.
fn place_of(counts: &[Count], credit: &Credit, day: Day) -> (Option<usize>, Why) {
    let mut listed = counts.iter().enumerate().filter(|(_, count)| count.category == credit.category);
    let fits = |count: &Count| {
        count.from.is_none_or(|from| from <= credit.term) && count.until.is_none_or(|until| credit.term <= until)
    };
    let first = listed.clone().next();
    let fitting = listed.find(|(_, count)| fits(count)).or(first);
    let index = fitting.map(|(index, _)| index);
    if let Some(on) = credit.taken_back_on.filter(|on| *on <= day) {
        return (index, Why::TakenBack { on });
    }
    if credit.recorded_on > day {
        return (index, Why::NotYetRecorded { on: credit.recorded_on });
    }
    if let Some(until) = credit.stands_in.as_ref().map(|stands_in| stands_in.until).filter(|until| *until < day) {
        return (index, Why::Over { until });
    }
    let Some((index, count)) = fitting else { return (None, Why::NotListed) };
    if let Some(from) = count.from.filter(|from| credit.term < *from) {
        return (Some(index), Why::TooEarly { from });
    }
    if let Some(until) = count.until.filter(|until| *until < credit.term) {
        return (Some(index), Why::TooLate { until });
    }
    (Some(index), Why::Counted)
}

/// How much of an amount still fits under a cap.
fn within(amount: Amount, room: &mut Amount, cap: InForce) -> (Amount, Why) {
    let counted = amount.min(*room);
    *room = *room - counted;
    match counted {
        _ if counted == amount => (counted, Why::Counted),
        Amount::ZERO => (counted, Why::CapReached { cap }),
        _ => (counted, Why::CountedInPart { cap }),
    }
}

fn sentence(definition: &Definition, credit: &Credit, counted: Amount, why: &Why) -> Text {
    let category = definition.categories.get(credit.category);
    let unit = category.map(|category| category.unit.as_str()).unwrap_or_default();
    let title = category.map(|category| category.title.clone()).unwrap_or_default();
    let said = match why {
        Why::Counted => words::counted(),
        Why::CountedInPart { cap } | Why::CapReached { cap } => words::capped(counted, cap.value, unit, &title),
        Why::TakenBack { on } => words::taken_back(*on),
        Why::NotYetRecorded { on } => words::not_yet_recorded(*on),
        Why::Over { until } => words::substitute_over(*until),
        Why::NotListed => words::not_listed(&title),
        Why::TooEarly { from } => words::before(credit.term, *from),
        Why::TooLate { until } => words::after(credit.term, *until),
    };
    match &credit.stands_in {
        Some(stands_in) => words::stands_in(&stands_in.by, stands_in.until, &said),
        None => said,
    }
}
