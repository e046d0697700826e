//! From files to a definition, or to every problem in them.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::fault::{self, Fault};
use super::folder::{Content, Files};
use super::read::{self, Document};
use super::tree::{self, Kind, Node};
use super::{Definition, School, Script};
use crate::problem::{Level, Problem, See};

/// What a check found: the definition where there is no error, and all problems, warnings too.
pub struct Checked {
    pub definition: Option<Definition>,
    /// By file, then by place.
    pub problems: Vec<Problem>,
}

/// Reads and checks the school's folder: the definition, or every problem in it.
pub fn load(folder: &Path, school: &str) -> Result<Definition, Vec<Problem>> {
    let checked = check(&Files::read(folder, school), school);
    checked.definition.ok_or(checked.problems)
}

/// Checks a school's files.
pub fn check(files: &Files, school: &str) -> Checked {
    let mut problems = Vec::new();
    let mut documents = Vec::new();
    let mut demo = None;
    let home = format!("workflows/{school}/");
    for (file, content) in files.under(&home, &[".yaml", ".yml"]) {
        let root = read_tree(file, content, &mut problems);
        // What the demonstration makes is the demonstration's own language.
        if file == format!("{home}demo.yaml") {
            demo = root.as_ref().map(json);
        } else if let Some(root) = root {
            documents.push(Document { file: file.to_owned(), root });
        }
    }
    let built = read::build(&documents);
    problems.sort_by_key(Problem::order);
    if problems.iter().any(|problem| problem.level == Level::Error) || built.school.is_none() {
        return Checked { definition: None, problems };
    }
    let definition = Definition {
        edition: files.edition(),
        school: built.school.map_or_else(School::default, |item| item.value),
        groups: built.groups.into_iter().map(|item| item.value).collect(),
        parameters: built.parameters.into_iter().map(|item| item.value).collect(),
        categories: built.categories.into_iter().map(|item| item.value).collect(),
        requirements: built.requirements.into_iter().map(|item| item.value).collect(),
        notices: built.notices.into_iter().map(|item| item.value).collect(),
        scripts: scripts(files, school),
        demo,
    };
    Checked { definition: Some(definition), problems }
}

fn read_tree(file: &str, content: &Content, problems: &mut Vec<Problem>) -> Option<Node> {
    let (root, faults) = match content {
        Content::Bytes(bytes) => tree::parse(bytes),
        Content::TooLarge(bytes) => (None, vec![fault::too_large(*bytes as usize, tree::MAX_BYTES)]),
        Content::Unreadable(why) => (None, vec![fault::unreadable(why)]),
    };
    problems.extend(faults.into_iter().map(|fault| problem(file, fault)));
    root
}

pub(super) fn problem(file: &str, fault: Fault) -> Problem {
    Problem {
        code: fault.code,
        level: if fault.warning { Level::Warning } else { Level::Error },
        file: PathBuf::from(file),
        line: fault.span.line,
        column: fault.span.column,
        length: fault.span.length,
        path: String::new(),
        what: fault.what,
        found: fault.found,
        allowed: fault.allowed,
        see: fault.see.map(|(span, what)| {
            Box::new(See { file: PathBuf::from(file), line: span.line, column: span.column, length: span.length, what })
        }),
    }
}

/// The name of a script is its file's: `rules/<school>/thresholds.rhai` is `thresholds`.
fn scripts(files: &Files, school: &str) -> Vec<Script> {
    let home = format!("rules/{school}/");
    files
        .under(&home, &[".rhai"])
        .filter_map(|(file, _)| {
            let name = file.strip_prefix(&home)?.strip_suffix(".rhai")?;
            let source = Arc::from(files.text(file)?);
            Some(Script { name: name.to_owned(), file: PathBuf::from(file), source })
        })
        .collect()
}

/// A tree as JSON: plain words that look like numbers or `true` are those, all else is text.
fn json(node: &Node) -> serde_json::Value {
    use serde_json::Value;
    match &node.kind {
        Kind::Empty => Value::Null,
        Kind::Word { text, plain } => match text.as_str() {
            _ if !plain => Value::String(text.clone()),
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            text => match text.parse::<i64>() {
                // `0123` and `+1` are names, not numbers.
                Ok(number) if number.to_string() == text => Value::from(number),
                _ => Value::String(text.to_owned()),
            },
        },
        Kind::List(items) => Value::Array(items.iter().map(json).collect()),
        Kind::Map(entries) => {
            Value::Object(entries.iter().map(|entry| (entry.key.clone(), json(&entry.value))).collect())
        }
    }
}
