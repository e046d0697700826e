//! Checking a school's folder without running it: the same functions that load it, but each part
//! is looked at even where another has problems.

use std::path::Path;

use crate::case;
use crate::definition::examples::Difference;
use crate::definition::{self, Definition, Files};
use crate::lang::{Lang, Text};
use crate::problem::{Level, Problem};
use crate::progress::examples::{differences, verdict_of};
use crate::render::Templates;
use crate::rules::Rules;
use crate::sandbox::Sandbox;

/// A school's folder and all that is wrong with it.
pub struct CheckedFolder {
    pub school: String,
    pub files: Files,
    /// The name of the edition, where it could run.
    pub edition: Option<String>,
    /// By file, then by place; warnings too.
    pub problems: Vec<Problem>,
}

/// Templates from outside are tried in `sandbox`.
pub fn check(folder: &Path, school: &str, sandbox: &Sandbox) -> CheckedFolder {
    let files = Files::read(folder, school);
    let checked = definition::check(&files, school);
    let mut problems = checked.problems;
    // Where the YAML has problems, scripts and templates are checked on their own: what they say
    // about the definition's faults has been said already.
    let whole = checked.definition.is_some();
    let definition = checked.definition.unwrap_or(checked.parts);
    let of_its_own = |problem: &Problem| whole || !problem.file.starts_with("workflows");
    match Rules::compile_watched(&definition, super::stopwatch()) {
        Ok(rules) if whole => problems.extend(examples(&files, &definition, &rules)),
        Ok(_) => {}
        Err(found) => problems.extend(found.into_iter().filter(of_its_own)),
    }
    let tried = Templates::load(folder, &definition).and_then(|templates| super::try_templates(&templates, sandbox));
    problems.extend(tried.err().unwrap_or_default().into_iter().filter(of_its_own));
    problems.sort_by_cached_key(Problem::order);
    problems.dedup();
    let runs = problems.iter().all(|problem| problem.level != Level::Error);
    let edition = runs.then(|| definition.edition.clone());
    CheckedFolder { school: school.to_owned(), files, edition, problems }
}

/// Every problem of the examples beside the rules: how they are written, and which do not hold.
fn examples(files: &Files, definition: &Definition, rules: &Rules) -> Vec<Problem> {
    let examples = definition::examples::examples(files, definition);
    let mut problems = examples.problems;
    for example in &examples.requirements {
        let Some(verdict) = verdict_of(definition, rules, example) else { continue };
        let told = differences(example, &verdict);
        problems.extend(told.into_iter().map(|told| does_not_hold(&example.name, &example.file, example.line, told)));
    }
    for example in &examples.cases {
        let told = case::examples::differences(definition, rules, rules, example);
        problems.extend(told.into_iter().map(|told| does_not_hold(&example.name, &example.file, example.line, told)));
    }
    problems
}

fn does_not_hold(name: &Text, file: &Path, line: usize, told: Difference) -> Problem {
    let Difference { field, expected, found } = told;
    Problem {
        code: "MK305",
        file: file.to_owned(),
        line,
        column: 1,
        what: Text::new(
            format!("範例「{}」不成立：{field} 是 {found}", name.zh),
            format!("the example “{}” does not hold: {field} is {found}", name.get(Lang::En)),
        ),
        path: field,
        found,
        allowed: Text::new(format!("應為 {expected}"), format!("expected {expected}")),
        ..Problem::default()
    }
}
