//! Runs the examples that stand beside the rules, by the same functions that judge students.

use super::{Credit, Facts, RequirementVerdict, judge};
use crate::clock::Calendar;
use crate::definition::Definition;
use crate::definition::examples::Example;
use crate::lang::Text;
use crate::rules::Rules;

/// Something that came out differently.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Difference {
    /// `passed`, `earned`, `needed`, `bound`, `reasons` or `rule`.
    pub field: &'static str,
    pub expected: String,
    pub found: String,
}

/// What an example's student is judged to be.
pub fn verdict_of(definition: &Definition, rules: &Rules, example: &Example) -> Option<RequirementVerdict> {
    let facts = facts_of(definition, example);
    judge(definition, rules, &facts, example.day).requirements.into_iter().nth(example.requirement)
}

/// What came out differently than the example says; nothing where it holds.
pub fn differences(example: &Example, verdict: &RequirementVerdict) -> Vec<Difference> {
    let expect = &example.expect;
    let mut out = Vec::new();
    let mut compare = |field, expected: Option<String>, found: String| {
        if let Some(expected) = expected.filter(|expected| *expected != found) {
            out.push(Difference { field, expected, found });
        }
    };
    compare("bound", expect.bound.map(|bound| bound.to_string()), verdict.bound.to_string());
    compare("passed", expect.passed.map(|passed| passed.to_string()), verdict.passed.to_string());
    compare("earned", expect.earned.map(|amount| amount.to_string()), verdict.earned.to_string());
    compare("needed", expect.needed.map(|amount| amount.to_string()), verdict.needed.to_string());
    if let Some(expected) = &expect.reasons {
        // Compared in English only where the example says it in English.
        let in_both: Vec<bool> = expected.iter().map(|text| text.en.is_some()).collect();
        let found = verdict.reasons.iter().enumerate();
        let found = found.map(|(index, text)| words(text, in_both.get(index).copied().unwrap_or(true)));
        compare(
            "reasons",
            Some(expected.iter().map(|text| words(text, true)).collect::<Vec<_>>().join("; ")),
            found.collect::<Vec<_>>().join("; "),
        );
    }
    if let Some(error) = &verdict.error {
        let found = error.line(crate::lang::Lang::En);
        out.push(Difference { field: "rule", expected: String::new(), found });
    }
    out
}

fn words(text: &Text, in_both: bool) -> String {
    match &text.en {
        Some(en) if in_both => format!("{} / {en}", text.zh),
        Some(_) | None => text.zh.clone(),
    }
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
        })
        .collect();
    let mut facts = Facts::of_credits(example.admitted, Some(example.division), &credits, example.day);
    for (category, term, amount) in &example.has {
        facts.add(*category, *term, *amount);
    }
    facts
}
