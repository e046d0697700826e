//! A form as it is filled in: which fields are asked for, what their answers are, what is wrong
//! with them, and what rules make of them.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Raw, Setting, words};
use crate::amount::{Amount, AmountError};
use crate::clock::parse_day;
use crate::definition::case::{Among, Answer, Aspect, Comparison, Condition, Count, Field};
use crate::lang::Text;
use crate::problem::Problem;
use crate::rules::filing::{self, Entry, Filing, Given, Value};
use crate::rules::{Figure, Unsaid, nothing};
use crate::signs;

/// A form with its answers.
#[derive(Clone, Debug)]
pub struct Filled {
    /// By field.
    pub given: BTreeMap<String, Given>,
    /// Indices of the fields that are asked for, in order.
    pub asked: Vec<usize>,
    /// What is wrong, in the order of the form; empty where it can be sent.
    pub wrong: Vec<Wrong>,
    /// What computed fields come to; none where an answer that they need is not there yet.
    pub figures: BTreeMap<usize, Figure>,
    /// What checks say of answers that are right.
    pub remarks: Vec<(usize, Text)>,
    /// Rules that failed: for whoever keeps the rules.
    pub failed: Vec<Problem>,
    pub filing: Arc<Filing>,
}

/// Something that must be mended before a form can be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// Index of the field.
    pub field: usize,
    pub what: Text,
    /// Nothing was answered, which only matters once it is sent.
    pub is_missing: bool,
}

impl Wrong {
    /// Another case has the same, and keeps it for itself.
    pub fn taken(index: usize, field: &Field) -> Wrong {
        Wrong { field: index, what: words::taken(field), is_missing: false }
    }
}

impl Filled {
    pub fn value(&self, field: &Field) -> Option<&Value> {
        match self.given.get(&field.id) {
            Some(Given::Answered(value)) => Some(value),
            Some(Given::Unanswered | Given::NotAsked(_)) | None => None,
        }
    }
}

/// Reads what was typed into a form's fields. What moves asked for is there where it was answered.
pub fn fill(setting: &Setting<'_>, fields: &[Field], raw: &Raw) -> Filled {
    fill_with(setting, fields, raw, None)
}

/// The same while a move (an index) is made, which asks for its fields, too.
pub fn fill_with(setting: &Setting<'_>, fields: &[Field], raw: &Raw, step: Option<usize>) -> Filled {
    let mut given: BTreeMap<String, Given> = BTreeMap::new();
    let (mut asked, mut wrong) = (Vec::new(), Vec::new());
    for (index, field) in fields.iter().enumerate() {
        if field.of_move.is_some() && field.of_move != step {
            // Answered with a move before: nobody can mend it now.
            let typed = raw.get(&field.id).map(|text| text.trim());
            let before = typed.and_then(|text| read(setting, fields, field, Some(text), &given).ok().flatten());
            asked.extend(before.as_ref().map(|_| index));
            let not_asked = || Given::NotAsked(nothing(&field.is, setting.today));
            given.insert(field.id.clone(), before.map_or_else(not_asked, Given::Answered));
            continue;
        }
        let is_asked = field.when.as_ref().is_none_or(|when| holds(when, fields, &given));
        if !is_asked {
            given.insert(field.id.clone(), Given::NotAsked(nothing(&field.is, setting.today)));
            continue;
        }
        asked.push(index);
        let typed = raw.get(&field.id).map(|text| text.trim());
        match read(setting, fields, field, typed, &given) {
            Ok(Some(value)) => {
                if setting.taken.contains(&index) {
                    wrong.push(Wrong::taken(index, field));
                }
                given.insert(field.id.clone(), Given::Answered(value));
            }
            Ok(None) => {
                let answer =
                    if field.optional { Given::NotAsked(nothing(&field.is, setting.today)) } else { Given::Unanswered };
                given.insert(field.id.clone(), answer);
                if !field.optional && field.is_answered() {
                    wrong.push(Wrong { field: index, what: words::needed(field), is_missing: true });
                }
            }
            Err(what) => {
                given.insert(field.id.clone(), Given::Unanswered);
                wrong.push(Wrong { field: index, what, is_missing: false });
            }
        }
    }
    let filing = filing(setting, fields, &given);
    let mut filled =
        Filled { given, asked, wrong, figures: BTreeMap::new(), remarks: Vec::new(), failed: Vec::new(), filing };
    filled.compute(setting, fields);
    filled.check(setting, fields, step);
    filled.wrong.sort_by_key(|wrong| wrong.field);
    filled
}

fn filing(setting: &Setting<'_>, fields: &[Field], given: &BTreeMap<String, Given>) -> Arc<Filing> {
    let mut answers = given.clone();
    let definition = setting.definition;
    // A field of an entry or of another case that says nothing reads as nothing does.
    for field in fields {
        let of = match &field.is {
            Answer::Entry { catalogue, .. } => definition.catalogues.get(*catalogue).map(|list| &list.fields),
            Answer::Cases { of, .. } => definition.workflow(of).map(|(_, workflow)| &workflow.fields),
            _ => continue,
        };
        let chosen = match answers.get_mut(&field.id) {
            Some(Given::Answered(Value::Entry(entry)) | Given::NotAsked(Value::Entry(entry))) => {
                std::slice::from_mut(entry)
            }
            Some(Given::Answered(Value::Cases(cases))) => cases.as_mut_slice(),
            Some(Given::Answered(_) | Given::Unanswered | Given::NotAsked(_)) | None => continue,
        };
        for one in chosen {
            for of in of.map(Vec::as_slice).unwrap_or_default() {
                one.says.entry(of.id.clone()).or_insert_with(|| nothing(&of.is, setting.today));
            }
        }
    }
    setting.rules.filing(filing::Case {
        answers,
        windows: setting.windows.iter().map(|round| round.evidence).collect(),
        student: setting.student.clone(),
        today: setting.today,
        academic_year: setting.definition.school.calendar.academic_year(setting.today),
        paid: setting.paid.clone(),
        elsewhere: setting.elsewhere.clone(),
    })
}

impl Filled {
    /// Makes the fields that are made by rules.
    fn compute(&mut self, setting: &Setting<'_>, fields: &[Field]) {
        for index in self.asked.clone() {
            let Some((field, rule)) = fields.get(index).and_then(|field| match &field.is {
                Answer::Computed { rule } => Some((field, rule)),
                _ => None,
            }) else {
                continue;
            };
            match setting.rules.figure(rule, &self.filing) {
                Ok(figure) => {
                    self.given.insert(field.id.clone(), Given::Answered(Value::Amount(figure.amount)));
                    self.figures.insert(index, figure);
                    // A figure may be made of those above it.
                    self.filing = filing(setting, fields, &self.given);
                }
                // Of a form that lacks nothing else, what it cannot be made of must be told.
                Err(Unsaid::Unanswered(_)) if self.wrong.is_empty() => {
                    self.wrong.push(Wrong { field: index, what: words::not_computed(field), is_missing: true });
                }
                Err(Unsaid::Unanswered(_)) => {}
                Err(Unsaid::Failed(problem)) => self.fail(index, *problem),
            }
        }
    }

    /// Asks the checks of the fields that have an answer.
    fn check(&mut self, setting: &Setting<'_>, fields: &[Field], step: Option<usize>) {
        for index in self.asked.clone() {
            let of_now = |field: &&Field| field.of_move.is_none() || field.of_move == step;
            let Some(field) = fields.get(index).filter(of_now) else { continue };
            let answered = matches!(self.given.get(&field.id), Some(Given::Answered(_)));
            let (Some(rule), true) = (&field.check, answered) else { continue };
            match setting.rules.agree(rule, &self.filing) {
                Ok(answer) if answer.passed => {
                    self.remarks.extend(answer.reasons.into_iter().map(|reason| (index, reason)));
                }
                Ok(answer) => {
                    let what = answer.reasons.into_iter().next().unwrap_or_else(|| words::not_accepted(field));
                    self.wrong.push(Wrong { field: index, what, is_missing: false });
                }
                Err(Unsaid::Unanswered(_)) => {}
                Err(Unsaid::Failed(problem)) => self.fail(index, *problem),
            }
        }
    }

    fn fail(&mut self, field: usize, problem: Problem) {
        self.wrong.push(Wrong { field, what: words::rule_failed(&problem), is_missing: false });
        self.failed.push(problem);
    }
}

/// The answer that was typed; none where nothing was; else what is wrong with it.
fn read(
    setting: &Setting<'_>,
    fields: &[Field],
    field: &Field,
    typed: Option<&str>,
    given: &BTreeMap<String, Given>,
) -> Result<Option<Value>, Text> {
    if let Answer::Tick { at_first } = field.is {
        return Ok(Some(Value::Tick(typed.map_or(at_first, |text| !text.is_empty()))));
    }
    let Some(text) = typed.filter(|text| !signs::is_blank(text)) else { return Ok(None) };
    match &field.is {
        Answer::Text { letters, lines } => {
            let length = text.chars().count();
            if length > *letters {
                return Err(words::too_long(field, length, *letters));
            }
            if text.chars().any(|letter| letter.is_control() && !(*lines && matches!(letter, '\n' | '\r' | '\t'))) {
                return Err(words::control(field));
            }
            if text.chars().any(signs::turns) {
                return Err(words::turned(field));
            }
            Ok(Some(Value::Text(text.to_owned())))
        }
        Answer::Number { least, most } => amount(field, text, *least, *most, false).map(Some),
        Answer::Money { least, most } => amount(field, text, *least, *most, true).map(Some),
        Answer::Date => match parse_day(&halved(text)) {
            Ok(day) => Ok(Some(Value::Day(day))),
            Err(_) => Err(words::no_date(field, text)),
        },
        Answer::Choice(options) if options.iter().any(|option| option.id == text) => {
            Ok(Some(Value::Text(text.to_owned())))
        }
        Answer::Choice(_) => Err(words::no_option(field, text)),
        Answer::File { .. } => Ok(Some(Value::Files(text.split(',').map(str::to_owned).collect()))),
        Answer::Entry { catalogue, among } => {
            let Some(entry) = setting.entries.get(&(*catalogue, text.to_owned())) else {
                return Err(words::entry_gone(field));
            };
            if fits(setting, fields, *catalogue, among, entry, given) {
                Ok(Some(Value::Entry(entry.clone())))
            } else {
                Err(words::entry_elsewhere(field))
            }
        }
        Answer::Cases { count, .. } => {
            let count = match count {
                Some(Count::Number(number)) => Some(i64::from(*number)),
                Some(Count::Of(seen)) => match answer(seen, fields, given) {
                    Some(Value::Amount(amount)) => Some(amount.0 / 100),
                    Some(_) | None => None,
                },
                None => None,
            };
            chosen(setting, field, text, count).map(|cases| Some(Value::Cases(cases)))
        }
        Answer::Computed { .. } | Answer::Record(_) | Answer::Tick { .. } => Ok(None),
    }
}

/// The other cases that were chosen, so many where it is said.
fn chosen(setting: &Setting<'_>, field: &Field, ids: &str, count: Option<i64>) -> Result<Vec<Entry>, Text> {
    let mut out: Vec<Entry> = Vec::new();
    for id in ids.split(',') {
        match setting.cases.get(&(field.id.clone(), id.to_owned())) {
            None => return Err(words::case_gone(field)),
            Some(usable) if usable.taken => return Err(words::case_taken(field, &usable.case)),
            Some(usable) if out.iter().all(|known| known.id != id) => out.push(usable.case.clone()),
            Some(_) => {}
        }
    }
    let found = i64::try_from(out.len()).unwrap_or(i64::MAX);
    match count {
        Some(count) if count != found => Err(words::not_so_many(field, count, found)),
        Some(_) | None => Ok(out),
    }
}

/// Whether an entry is one of those that may be chosen. It carries the department and the term of
/// its list as `@department` and `@term`, where it has a list of its own.
fn fits(
    setting: &Setting<'_>,
    fields: &[Field],
    catalogue: usize,
    among: &[Among],
    entry: &Entry,
    given: &BTreeMap<String, Given>,
) -> bool {
    let says = |name: &str| match entry.says.get(name) {
        Some(Value::Text(text)) => text.as_str(),
        Some(_) | None => "",
    };
    among.iter().all(|among| match among {
        Among::OwnDepartment => says("@department") == setting.student.department,
        Among::TermOf(field) => match fields.get(*field).and_then(|field| given.get(&field.id)) {
            Some(Given::Answered(Value::Day(day))) => {
                says("@term") == setting.definition.school.calendar.term_of(*day).to_string()
            }
            Some(_) | None => false,
        },
        Among::Ticked(field) => {
            let list = setting.definition.catalogues.get(catalogue);
            let name = list.and_then(|list| list.fields.get(*field)).map(|field| field.id.as_str());
            name.and_then(|name| entry.says.get(name)) == Some(&Value::Tick(true))
        }
    })
}

fn amount(field: &Field, text: &str, least: Amount, most: Amount, whole: bool) -> Result<Value, Text> {
    let plain: String = halved(text).chars().filter(|letter| !matches!(letter, ',' | ' ')).collect();
    match Amount::parse(&plain) {
        Ok(amount) if amount < least || most < amount => Err(words::out_of_range(field, least, most)),
        Ok(amount) if whole && amount.0 % 100 != 0 => Err(words::not_whole(field)),
        Ok(amount) => Ok(Value::Amount(amount)),
        Err(AmountError::TooLarge) => Err(words::out_of_range(field, least, most)),
        Err(AmountError::NotANumber | AmountError::TooFine) => Err(words::no_number(field, least, most)),
    }
}

/// Full-width digits and signs as half-width ones.
fn halved(text: &str) -> String {
    text.chars()
        .map(|letter| match letter {
            '！'..='～' => char::from_u32(letter as u32 - 0xFEE0).unwrap_or(letter),
            _ => letter,
        })
        .collect()
}

/// The answer to a field, or what the entry that was chosen in it says.
pub fn answer<'a>(seen: &Aspect, fields: &[Field], given: &'a BTreeMap<String, Given>) -> Option<&'a Value> {
    let value = match given.get(&fields.get(seen.field)?.id)? {
        Given::Answered(value) => value,
        Given::Unanswered | Given::NotAsked(_) => return None,
    };
    match (&seen.of, value) {
        (None, value) => Some(value),
        (Some(of), Value::Entry(entry)) => entry.says.get(of),
        (Some(_), _) => None,
    }
}

/// What an entry or another case says.
pub fn of_says<'a>(seen: &Aspect, fields: &[Field], says: &'a BTreeMap<String, Value>) -> Option<&'a Value> {
    match (&seen.of, says.get(&fields.get(seen.field)?.id)?) {
        (None, value) => Some(value),
        (Some(of), Value::Entry(entry)) => entry.says.get(of),
        (Some(_), _) => None,
    }
}

/// Whether a condition holds for the answers so far.
pub fn holds(condition: &Condition, fields: &[Field], given: &BTreeMap<String, Given>) -> bool {
    let value = |seen: &Aspect| answer(seen, fields, given);
    match condition {
        Condition::Ticked(seen) => value(seen) == Some(&Value::Tick(true)),
        Condition::Filled(seen) => value(seen).is_some(),
        Condition::Is(seen, option) => matches!(value(seen), Some(Value::Text(text)) if text == option),
        Condition::Compare(seen, comparison, with) => match value(seen) {
            Some(Value::Amount(amount)) => match comparison {
                Comparison::Less => amount < with,
                Comparison::AtMost => amount <= with,
                Comparison::Equal => amount == with,
                Comparison::AtLeast => amount >= with,
                Comparison::More => amount > with,
            },
            Some(_) | None => false,
        },
        Condition::Not(inner) => !holds(inner, fields, given),
        Condition::All(parts) => parts.iter().all(|part| holds(part, fields, given)),
        Condition::Any(parts) => parts.iter().any(|part| holds(part, fields, given)),
    }
}
