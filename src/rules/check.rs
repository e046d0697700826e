//! Compiles a definition's scripts and finds what is wrong with them: syntax, missing functions,
//! names that do not exist, and, by trying each rule on made-up facts, rules that never end.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rhai::Position;

use super::engine::{SCRIPT_BYTES, Watch};
use super::failure::{at, of_parse};
use super::scan::{Sort, Word, words};
use super::subject::Names;
use super::{Compiled, Rule, Rules, engine, vocabulary};
use crate::amount::Amount;
use crate::clock::Day;
use crate::definition::{Definition, Requirement, Script};
use crate::lang::Text;
use crate::problem::Problem;

/// Sets of requirements are kept in the bits of one number.
pub(super) const REQUIREMENTS: usize = 64;

pub(super) fn compile(definition: &Definition, watch: Option<Watch>) -> Result<Rules, Vec<Problem>> {
    let names = Arc::new(Names::of(definition));
    let engine = engine::build(watch);
    let mut problems = Vec::new();
    let mut scripts = Vec::new();
    for script in &definition.scripts {
        if script.source.len() > SCRIPT_BYTES {
            problems.push(too_large(script));
            continue;
        }
        match engine.compile(script.source.as_ref()) {
            Ok(ast) => {
                let words = words(&script.source);
                unknown_names(script, &words, &ast, &names, &mut problems);
                super::cases::unknown_fields(definition, script, &words, &mut problems);
                super::cases::unknown_of_entries(definition, script, &words, &mut problems);
                let (name, file) = (script.name.clone(), script.file.clone());
                let (places, asks_parameters) = (places(&words), asks_parameters(&words));
                scripts.push(Compiled { name, file, ast, places, asks_parameters });
            }
            Err(error) => problems.push(of_parse(&error, &script.file)),
        }
    }
    if definition.requirements.len() > REQUIREMENTS {
        let what = Text::new(
            format!("門檻超過 {REQUIREMENTS} 個"),
            format!("there are more than {REQUIREMENTS} requirements"),
        );
        problems.push(at("MK209", Path::new(""), Position::NONE, "requirements".into(), what));
    }
    let mut rules = Vec::new();
    for requirement in &definition.requirements {
        match find(definition, &scripts, requirement) {
            Ok(rule) => rules.push(rule),
            Err(problem) => problems.extend(problem),
        }
    }
    problems.extend(super::cases::missing(definition, &scripts));
    if !problems.is_empty() {
        return Err(problems);
    }
    let compiled = Rules { engine, scripts, rules, names };
    let mut problems = trial(definition, &compiled);
    problems.extend(super::cases::trial(definition, &compiled));
    if problems.is_empty() { Ok(compiled) } else { Err(problems) }
}

fn too_large(script: &Script) -> Problem {
    let size = script.source.len();
    let what = Text::new(
        format!("規則檔有 {size} 位元組，上限 {SCRIPT_BYTES}"),
        format!("the script has {size} bytes, at most {SCRIPT_BYTES} are allowed"),
    );
    at("MK209", &script.file, Position::NONE, String::new(), what)
}

/// The function that a requirement names. `Err(None)` where its script has a problem of its own.
pub(super) fn find(
    definition: &Definition,
    scripts: &[Compiled],
    requirement: &Requirement,
) -> Result<Rule, Option<Problem>> {
    let name = &requirement.rule;
    let path = format!("{}.rule", requirement.id);
    let Some(index) = scripts.iter().position(|script| script.name == name.script) else {
        if definition.scripts.iter().any(|script| script.name == name.script) {
            return Err(None);
        }
        let file = PathBuf::from(format!("rules/{}/{}.rhai", definition.school.id, name.script));
        let what = Text::new(
            format!("門檻 {} 的規則檔 {} 不存在", requirement.id, name.script),
            format!("there is no script {} for the requirement {}", name.script, requirement.id),
        );
        let mut problem = at("MK202", &file, Position::NONE, path, what);
        problem.found = name.script.clone();
        problem.allowed = nearest(&name.script, scripts.iter().map(|script| script.name.as_str()));
        return Err(Some(problem));
    };
    let Some(script) = scripts.get(index) else { return Err(None) };
    let fits = |function: &rhai::ScriptFnMetadata<'_>| function.name == name.function && function.params.len() == 1;
    if script.ast.iter_functions().any(|function| fits(&function)) {
        return Ok(Rule { script: index, function: name.function.clone() });
    }
    let what = Text::new(
        format!("門檻 {} 要用的函式 {} 不存在，或不是恰有一個參數", requirement.id, name.function),
        format!("the requirement {} needs a function {} of one argument", requirement.id, name.function),
    );
    let mut problem = at("MK203", &script.file, Position::NONE, path, what);
    problem.found = name.function.clone();
    problem.allowed = nearest(&name.function, script.ast.iter_functions().map(|function| function.name));
    Err(Some(problem))
}

/// Where each function is written: the engine does not keep it.
fn places(words: &[Word]) -> Vec<(String, Position)> {
    let pairs = words.iter().zip(words.iter().skip(1));
    pairs
        .filter(|(before, name)| before.text == "fn" && before.sort == Sort::Name && name.sort == Sort::Name)
        .map(|(_, name)| (name.text.clone(), Position::new(short(name.line), short(name.column))))
        .collect()
}

/// A call by a name that is computed needs `Fn`.
fn asks_parameters(words: &[Word]) -> bool {
    words.iter().any(|word| word.text.contains("parameter") || word.text == "Fn")
}

fn short(number: usize) -> u16 {
    u16::try_from(number).unwrap_or(u16::MAX)
}

/// Names of parameters, categories and fields that a script says and the school has not.
fn unknown_names(script: &Script, words: &[Word], ast: &rhai::AST, names: &Names, problems: &mut Vec<Problem>) {
    let arguments: Vec<&str> = ast.iter_functions().flat_map(|function| function.params).collect();
    for (index, word) in words.iter().enumerate() {
        let next = |offset: usize| words.get(index + offset);
        let sign =
            |offset: usize, text: &str| next(offset).is_some_and(|word| word.sort == Sort::Sign && word.text == text);
        if word.sort != Sort::Name {
            continue;
        }
        let literal = next(2).filter(|literal| sign(1, "(") && literal.sort == Sort::Text);
        match (word.text.as_str(), literal) {
            ("parameter", Some(id)) if names.parameter(&id.text).is_none() => {
                let known = names.parameters.iter().map(|parameter| parameter.id.as_str());
                problems.push(unknown(script, id, "參數", "parameter", nearest(&id.text, known)));
            }
            ("sum" | "counted", Some(id)) if names.category(&id.text).is_none() => {
                let known = names.categories.iter().map(|category| category.as_str());
                problems.push(unknown(script, id, "類別", "category", nearest(&id.text, known)));
            }
            (argument, _) if arguments.contains(&argument) && sign(1, ".") => {
                // Only what follows the rule's own argument: `f.x`, not `f.x.y`.
                let field = next(2).filter(|field| field.sort == Sort::Name);
                if let Some(field) =
                    field.filter(|field| argument == "f" && !vocabulary::after_f().any(|known| known == field.text))
                {
                    problems.push(unknown(script, field, "欄位", "field", nearest(&field.text, vocabulary::after_f())));
                }
            }
            _ => {}
        }
    }
}

fn unknown(script: &Script, word: &Word, zh: &str, en: &str, allowed: Text) -> Problem {
    let what = Text::new(format!("沒有名為 {} 的{zh}", word.text), format!("there is no {en} {}", word.text));
    Problem {
        line: word.line,
        column: word.column,
        length: word.text.chars().count(),
        found: word.text.clone(),
        allowed,
        ..at("MK204", &script.file, Position::NONE, script.name.clone(), what)
    }
}

/// Tries each rule on a student who has nothing, nearly enough, just enough, and plenty.
fn trial(definition: &Definition, rules: &Rules) -> Vec<Problem> {
    let newest = definition.parameters.iter().flat_map(|parameter| &parameter.values).map(|value| value.from).max();
    let day = newest.unwrap_or_else(|| Day::from_ymd_opt(2000, 1, 1).unwrap_or_default());
    let year = definition.school.calendar.academic_year(day);
    let subject = rules.subject(day, year);
    let mut problems: Vec<Problem> = Vec::new();
    for (index, requirement) in definition.requirements.iter().enumerate() {
        let group = definition.groups.get(requirement.binds);
        let admitted = group.and_then(|group| group.admitted_to.or(group.admitted_from)).unwrap_or(year);
        let division = group.and_then(|group| group.divisions.first().copied()).unwrap_or(0);
        let needed = definition.parameters.get(requirement.needs).and_then(|p| p.value(day, admitted, division));
        let needed = needed.unwrap_or(Amount::whole(1));
        for earned in [Amount::ZERO, Amount((needed.0 - 50).max(0)), needed, Amount(needed.0.saturating_mul(2))] {
            subject.set_student(admitted, Some(division), &vec![earned; definition.categories.len()]);
            subject.set_requirement(index, earned, needed, &vec![earned; requirement.counts.len()]);
            match rules.ask(index, &subject) {
                // Others may have a value where these made-up students have none.
                Err(problem) if problem.code != "MK208" => {
                    if !problems.contains(&problem) {
                        problems.push(*problem);
                    }
                    break;
                }
                Err(_) | Ok(_) => {}
            }
        }
    }
    problems
}

/// What is said of an unknown word: the nearest known one, or all where none is near.
pub(super) fn nearest<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Text {
    let known: Vec<&str> = known.collect();
    let close = known.iter().map(|other| (distance(word, other), *other)).min();
    match close {
        Some((distance, other)) if distance <= 1 + word.chars().count() / 3 => {
            Text::new(format!("是否為 {other}？"), format!("did you mean {other}?"))
        }
        _ => {
            let list = known.join(", ");
            Text::new(format!("可用的有：{list}"), format!("there are: {list}"))
        }
    }
}

/// Letters to insert, leave out or replace.
fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (i, a) in left.chars().enumerate() {
        let mut diagonal = i;
        let mut before = i + 1;
        let mut next = vec![before];
        for (b, above) in right.iter().zip(row.iter().skip(1)) {
            before = (diagonal + usize::from(a != *b)).min(above + 1).min(before + 1);
            diagonal = *above;
            next.push(before);
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}
