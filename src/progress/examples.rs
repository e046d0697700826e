//! Runs the examples that stand beside the rules, by the same functions that judge students.

use super::{Credit, Facts, RequirementVerdict, judge};
use crate::clock::Calendar;
use crate::definition::Definition;
use crate::definition::examples::{Difference, Example, compare, compare_reasons};
use crate::rules::Rules;

/// What an example's student is judged to be.
pub fn verdict_of(definition: &Definition, rules: &Rules, example: &Example) -> Option<RequirementVerdict> {
    let facts = facts_of(definition, example);
    judge(definition, rules, &facts, example.day).requirements.into_iter().nth(example.requirement)
}

/// What came out differently than the example says; nothing where it holds.
pub fn differences(example: &Example, verdict: &RequirementVerdict) -> Vec<Difference> {
    let expect = &example.expect;
    let mut out = Vec::new();
    let out_of = |value: bool| value.to_string();
    compare(&mut out, "bound", expect.bound.map(out_of), verdict.bound.to_string());
    compare(&mut out, "passed", expect.passed.map(out_of), verdict.passed.to_string());
    compare(&mut out, "earned", expect.earned.map(|amount| amount.to_string()), verdict.earned.to_string());
    compare(&mut out, "needed", expect.needed.map(|amount| amount.to_string()), verdict.needed.to_string());
    compare_reasons(&mut out, expect.reasons.as_ref(), &verdict.reasons);
    if let Some(error) = &verdict.error {
        let found = error.line(crate::lang::Lang::En);
        out.push(Difference { field: "rule".to_owned(), expected: String::new(), found });
    }
    out
}

fn facts_of(definition: &Definition, example: &Example) -> Facts {
    let calendar: &Calendar = &definition.school.calendar;
    let credits: Vec<Credit> = example
        .credits
        .iter()
        .enumerate()
        .map(|(index, credit)| Credit {
            id: index as i64,
            category: credit.category,
            amount: credit.amount,
            happened_on: credit.happened_on,
            term: calendar.term_of(credit.happened_on),
            name: String::new(),
            recorded_on: credit.recorded_on,
            source: String::new(),
            taken_back_on: credit.taken_back_on,
            stands_in: None,
        })
        .collect();
    let mut facts = Facts::of_credits(example.admitted, Some(example.division), &credits, example.day);
    for (category, term, amount) in &example.has {
        facts.add(*category, *term, *amount);
    }
    facts
}
