//! What follows from a move, made of its effects and the answers of the form.

use super::form::{Filled, Wrong};
use super::{Due, Refusal, Setting, words};
use crate::amount::Amount;
use crate::clock::{ALWAYS, Day};
use crate::definition::case::{About, Answer, Effect, Field, Until};
use crate::lang::Text;
use crate::rules::filing::Value;

pub(super) fn reads_the_form(effect: &Effect) -> bool {
    match effect {
        Effect::Credit { on, .. } => on.is_some(),
        Effect::Pay { .. } | Effect::Waive { .. } | Effect::Substitute { .. } | Effect::Extend { .. } => true,
        Effect::Enter { .. } => true,
        Effect::Mail { .. } => false,
    }
}

/// What is due; `filled` is there where an effect reads the form. Where what the move asks for is only
/// supposed, what hangs on it is left out.
pub(super) fn due(
    setting: &Setting<'_>,
    then: &[Effect],
    filled: Option<&Filled>,
    supposes: bool,
) -> Result<Vec<Due>, Refusal> {
    let mut out = Vec::new();
    for effect in then {
        match one(setting, effect, filled) {
            Err(Refusal::Form(_)) if supposes => {}
            due => out.extend(due?),
        }
    }
    Ok(out)
}

/// What one effect comes to; nothing where what it is about was not asked for.
fn one(setting: &Setting<'_>, effect: &Effect, filled: Option<&Filled>) -> Result<Option<Due>, Refusal> {
    let definition = setting.definition;
    let today = definition.school.calendar.today(setting.now);
    let day = |on: &Option<usize>| match on.and_then(|index| answer(setting, filled?, index)) {
        Some(Value::Day(day)) => *day,
        Some(_) | None => today,
    };
    Ok(match (effect, filled) {
        (Effect::Credit { category, amount, on }, _) => {
            Some(Due::Credit { category: *category, amount: *amount, happened_on: day(on) })
        }
        (Effect::Mail { template, to, .. }, _) => Some(Due::Mail { template: template.clone(), to: *to }),
        (Effect::Pay { amount, from }, Some(filled)) => {
            above_zero(setting, filled, *amount)?.map(|amount| Due::Pay { amount, from: *from })
        }
        (Effect::Waive { requirement, because, until }, Some(filled)) => {
            let place = |id: &str| definition.requirement(id).map(|(index, _)| index);
            let Some(requirement) = about(setting, filled, *requirement, place)? else { return Ok(None) };
            let because = because.and_then(|index| told(setting, filled, index));
            let because = because.unwrap_or_else(|| setting.workflow.title.clone());
            Some(Due::Waive { requirement, because, until: end(setting, filled, *until)? })
        }
        (Effect::Substitute { category, amount, of, on, until }, Some(filled)) => {
            let place = |id: &str| definition.category(id).map(|(index, _)| index);
            let Some(category) = about(setting, filled, *category, place)? else { return Ok(None) };
            let Some(amount) = above_zero(setting, filled, *amount)? else { return Ok(None) };
            let of = told(setting, filled, *of).unwrap_or_else(|| setting.workflow.title.clone());
            let until = end(setting, filled, *until)?;
            Some(Due::Substitute { category, amount, of, happened_on: day(on), until })
        }
        (Effect::Extend { workflow, round, until }, Some(filled)) => {
            let round = match round {
                None => None,
                Some(round) => {
                    let windows = definition.workflows.get(*workflow).and_then(|workflow| workflow.windows);
                    let windows = windows.and_then(|index| definition.windows.get(index));
                    let place = |id: &str| windows?.rounds.iter().position(|round| round.id == id);
                    match about(setting, filled, *round, place)? {
                        Some(round) => Some(round),
                        None => return Ok(None),
                    }
                }
            };
            Some(Due::Extend { workflow: *workflow, round, until: end(setting, filled, *until)? })
        }
        (Effect::Enter { catalogue, says, on }, Some(filled)) => {
            let of = says.iter().filter_map(|(entry, form)| Some((*entry, answer(setting, filled, *form)?.clone())));
            let term = definition.school.calendar.term_of(day(on)).to_string();
            Some(Due::Enter { catalogue: *catalogue, term, says: of.collect() })
        }
        (Effect::Pay { .. } | Effect::Waive { .. } | Effect::Substitute { .. }, None) => None,
        (Effect::Extend { .. } | Effect::Enter { .. }, None) => None,
    })
}

/// The amount of a field; none where it is zero, or not asked for. But nothing is lost because a
/// rule fails.
fn above_zero(setting: &Setting<'_>, filled: &Filled, amount: usize) -> Result<Option<Amount>, Refusal> {
    match answer(setting, filled, amount) {
        Some(Value::Amount(amount)) => Ok(Some(*amount).filter(|amount| *amount > Amount::ZERO)),
        Some(_) => Ok(None),
        None if filled.asked.contains(&amount) => {
            let failed = filled.failed.first().cloned();
            let wrong = || Refusal::Form(filled.wrong.clone());
            Err(failed.map_or_else(wrong, |problem| Refusal::RuleFailed(Box::new(problem))))
        }
        None => Ok(None),
    }
}

/// What an effect is about (an index), by its name where it was chosen.
fn about(
    setting: &Setting<'_>,
    filled: &Filled,
    about: About,
    place: impl Fn(&str) -> Option<usize>,
) -> Result<Option<usize>, Refusal> {
    match about {
        About::One(index) => Ok(Some(index)),
        About::Chosen(field) => match answer(setting, filled, field) {
            Some(Value::Text(id)) => match place(id) {
                Some(index) => Ok(Some(index)),
                None => Err(lacks(setting, field, |field| words::no_option(field, id))),
            },
            Some(_) | None => Ok(None),
        },
    }
}

/// The last day. What is over already is not granted.
fn end(setting: &Setting<'_>, filled: &Filled, until: Until) -> Result<Day, Refusal> {
    let today = setting.definition.school.calendar.today(setting.now);
    match until {
        Until::Always => Ok(ALWAYS),
        Until::Field(field) => match answer(setting, filled, field) {
            Some(Value::Day(day)) if *day < today => Err(lacks(setting, field, |field| words::over(field, *day))),
            Some(Value::Day(day)) => Ok((*day).min(ALWAYS)),
            Some(_) | None => Err(lacks(setting, field, words::needed)),
        },
        Until::Days(parameter) => {
            let student = &setting.student;
            let parameter = setting.definition.parameters.get(parameter);
            let division = student.division.unwrap_or(usize::MAX);
            let days = parameter.and_then(|parameter| parameter.value(today, student.admitted, division));
            let days = days.and_then(|days| u64::try_from(days.0 / 100).ok());
            let Some(days) = days else {
                let id = parameter.map(|parameter| parameter.id.as_str()).unwrap_or_default();
                return Err(Refusal::Rule(vec![words::no_value(id, today)]));
            };
            Ok(today.checked_add_days(chrono::Days::new(days)).map_or(ALWAYS, |day| day.min(ALWAYS)))
        }
    }
}

/// A field that does not say what the move needs of it.
fn lacks(setting: &Setting<'_>, field: usize, what: impl FnOnce(&Field) -> Text) -> Refusal {
    let asked = setting.workflow.fields.get(field);
    let wrong = asked.map(|asked| Wrong { field, what: what(asked), is_missing: false });
    Refusal::Form(wrong.into_iter().collect())
}

/// An answer in words; none where there is none.
fn told(setting: &Setting<'_>, filled: &Filled, index: usize) -> Option<Text> {
    let field = setting.workflow.fields.get(index)?;
    let same = |text: &str| Text { zh: text.to_owned(), en: None };
    match (filled.value(field)?, &field.is) {
        (Value::Text(id), Answer::Choice(options)) => {
            let option = options.iter().find(|option| option.id == *id);
            Some(option.map_or_else(|| same(id), |option| option.title.clone()))
        }
        (Value::Text(text), _) => Some(same(text)),
        (Value::Entry(entry), _) => match entry.says.get("@name") {
            Some(Value::Text(name)) => Some(same(name)),
            Some(_) | None => Some(same(&entry.id)),
        },
        (Value::Amount(_) | Value::Day(_) | Value::Tick(_) | Value::Files(_) | Value::Cases(_), _) => None,
    }
}

fn answer<'a>(setting: &Setting<'_>, filled: &'a Filled, index: usize) -> Option<&'a Value> {
    filled.value(setting.workflow.fields.get(index)?)
}
