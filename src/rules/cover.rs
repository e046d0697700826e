//! Which parts of the scripts the examples run: a mark is written at the beginning of each function
//! and each branch, and where an `if` has no `else`, for the case that it is not taken. The marked
//! scripts are for counting only; verdicts come from the scripts as they are.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use rhai::INT;

use super::scan::{Sort, Word, words};
use super::subject::Names;
use super::{Compiled, Rules, check, engine};
use crate::definition::Definition;

/// The function that a mark calls.
const MARK: &str = "__seen";

/// The marked places of all scripts, and which of them have been run.
pub struct Coverage {
    spots: Vec<Spot>,
    seen: Arc<[AtomicBool]>,
}

/// A part of a script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spot {
    pub file: PathBuf,
    pub line: usize,
    pub column: usize,
    pub part: Part,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    Function(String),
    /// What follows a condition, a `case`, the body of a loop.
    Branch,
    /// The case that the condition of an `if` without `else` is false.
    NotTaken,
}

impl Coverage {
    pub fn spots(&self) -> usize {
        self.spots.len()
    }

    /// The parts that have not been run. Of a function that was never called only its name.
    pub fn unseen(&self) -> Vec<&Spot> {
        let mut out: Vec<&Spot> = Vec::new();
        let mut inside = false;
        for (spot, seen) in self.spots.iter().zip(self.seen.iter()) {
            let seen = seen.load(Relaxed);
            if matches!(spot.part, Part::Function(_)) {
                inside = !seen;
            } else if inside {
                continue;
            }
            if !seen {
                out.push(spot);
            }
        }
        out
    }
}

/// The definition's rules with marks. `None` where marking changes more than it should: a script
/// whose braces could not be told apart.
pub(super) fn compile(definition: &Definition) -> Option<(Rules, Coverage)> {
    let mut spots = Vec::new();
    let marked: Vec<String> = definition
        .scripts
        .iter()
        .map(|script| {
            let (source, found) = mark(&script.source, &script.file, spots.len());
            spots.extend(found);
            source
        })
        .collect();
    let seen: Arc<[AtomicBool]> = spots.iter().map(|_| AtomicBool::new(false)).collect();
    let mut engine = engine::build(None);
    // Marks are operations too.
    engine.set_max_operations(engine::OPERATIONS * 4);
    let cells = seen.clone();
    engine.register_fn(MARK, move |spot: INT| {
        if let Some(cell) = usize::try_from(spot).ok().and_then(|spot| cells.get(spot)) {
            cell.store(true, Relaxed);
        }
    });
    let mut scripts = Vec::new();
    for (script, source) in definition.scripts.iter().zip(&marked) {
        let ast = engine.compile(source).ok()?;
        let (name, file) = (script.name.clone(), script.file.clone());
        scripts.push(Compiled { name, file, ast, places: Vec::new(), asks_parameters: true });
    }
    let rules = definition.requirements.iter().map(|requirement| check::find(definition, &scripts, requirement).ok());
    let rules = rules.collect::<Option<Vec<_>>>()?;
    let rules = Rules { engine, scripts, rules, names: Arc::new(Names::of(definition)) };
    Some((rules, Coverage { spots, seen }))
}

/// What a brace opens.
enum Open {
    If,
    Other,
}

/// The source with marks, and the places of these; the first has the number `first`.
fn mark(source: &str, file: &std::path::Path, first: usize) -> (String, Vec<Spot>) {
    let words = words(source);
    let mut out = String::new();
    let mut spots = Vec::new();
    let mut copied = 0;
    let mut open = Vec::new();
    // The word that says what the next brace opens.
    let mut keyword: Option<&Word> = None;
    for (index, word) in words.iter().enumerate() {
        let before = index.checked_sub(1).and_then(|index| words.get(index));
        let after = words.get(index + 1);
        match (word.sort, word.text.as_str()) {
            (Sort::Name, "fn" | "if" | "else" | "while" | "for" | "loop" | "do" | "switch" | "try" | "catch") => {
                keyword = Some(word);
            }
            (Sort::Sign, "{") => {
                let is_map = before.is_some_and(|before| before.sort == Sort::Sign && before.text == "#");
                let is_arm = before.is_some_and(|before| before.text == ">" || before.text == "|");
                let said = if is_map { None } else { keyword.take() };
                let part = match said.map(|word| word.text.as_str()) {
                    Some("switch") => None,
                    Some("fn") => Some(Part::Function(name_after(&words, said))),
                    Some(_) => Some(Part::Branch),
                    None if is_arm => Some(Part::Branch),
                    None => None,
                };
                open.push(match said.map(|word| word.text.as_str()) {
                    Some("if") => Open::If,
                    Some(_) | None => Open::Other,
                });
                if let Some(part) = part {
                    let place = said.unwrap_or(word);
                    out.push_str(source.get(copied..=word.offset).unwrap_or_default());
                    copied = word.offset + 1;
                    out.push_str(&format!(" {MARK}({});", first + spots.len()));
                    spots.push(Spot { file: file.into(), line: place.line, column: place.column, part });
                }
            }
            (Sort::Sign, "}") => {
                let has_else = after.is_some_and(|after| after.sort == Sort::Name && after.text == "else");
                if let (Some(Open::If), false) = (open.pop(), has_else) {
                    out.push_str(source.get(copied..=word.offset).unwrap_or_default());
                    copied = word.offset + 1;
                    out.push_str(&format!(" else {{ {MARK}({}); }}", first + spots.len()));
                    let (line, column) = (word.line, word.column);
                    spots.push(Spot { file: file.into(), line, column, part: Part::NotTaken });
                }
            }
            _ => {}
        }
    }
    out.push_str(source.get(copied..).unwrap_or_default());
    (out, spots)
}

fn name_after(words: &[Word], keyword: Option<&Word>) -> String {
    let place = words.iter().position(|word| keyword.is_some_and(|keyword| std::ptr::eq(keyword, word)));
    place.and_then(|place| words.get(place + 1)).map(|name| name.text.clone()).unwrap_or_default()
}
