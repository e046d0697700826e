//! Checking a school's folder without running it: the same functions that load it, but each part
//! is looked at even where another has problems.

use std::path::Path;

use crate::definition::{self, Files};
use crate::problem::{Level, Problem};
use crate::render::Templates;
use crate::rules::Rules;

/// A school's folder and all that is wrong with it.
pub struct CheckedFolder {
    pub school: String,
    pub files: Files,
    /// The name of the edition, where it could run.
    pub edition: Option<String>,
    /// By file, then by place; warnings too.
    pub problems: Vec<Problem>,
}

pub fn check(folder: &Path, school: &str) -> CheckedFolder {
    let files = Files::read(folder, school);
    let checked = definition::check(&files, school);
    let mut problems = checked.problems;
    // Where the YAML has problems, scripts and templates are checked on their own: what they say
    // about the definition's faults has been said already.
    let whole = checked.definition.is_some();
    let definition = checked.definition.unwrap_or(checked.parts);
    let of_its_own = |problem: &Problem| whole || !problem.file.starts_with("workflows");
    problems.extend(Rules::compile(&definition).err().unwrap_or_default().into_iter().filter(of_its_own));
    problems.extend(Templates::load(folder, &definition).err().unwrap_or_default().into_iter().filter(of_its_own));
    problems.sort_by_cached_key(Problem::order);
    problems.dedup();
    let runs = problems.iter().all(|problem| problem.level != Level::Error);
    let edition = runs.then(|| definition.edition.clone());
    CheckedFolder { school: school.to_owned(), files, edition, problems }
}
