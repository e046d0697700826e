//! The problems found so far.

use std::path::PathBuf;

use super::fault::Fault;
use super::tree::Span;
use crate::lang::Text;
use crate::problem::{Level, Problem, See};

/// A file full of mistakes is not helped by thousands of sentences.
const MAX_PROBLEMS: usize = 500;

#[derive(Clone, Debug)]
pub struct Place {
    pub file: String,
    pub path: String,
    pub span: Span,
}

#[derive(Debug, Default)]
pub struct Report {
    problems: Vec<Problem>,
}

impl Report {
    pub fn error(&mut self, code: &'static str, place: Place, what: Text, found: &str, allowed: Text) {
        self.add(Level::Error, code, place, what, found, allowed, None);
    }

    pub fn warning(&mut self, code: &'static str, place: Place, what: Text, found: &str, allowed: Text) {
        self.add(Level::Warning, code, place, what, found, allowed, None);
    }

    /// A problem of two places: where it is said, and what it does not agree with.
    pub fn clash(
        &mut self,
        code: &'static str,
        place: Place,
        what: Text,
        found: &str,
        allowed: Text,
        see: (Place, Text),
    ) {
        self.add(Level::Error, code, place, what, found, allowed, Some(see));
    }

    pub fn fault(&mut self, file: &str, fault: Fault) {
        let place = |span| Place { file: file.to_owned(), path: String::new(), span };
        let level = if fault.warning { Level::Warning } else { Level::Error };
        let see = fault.see.map(|(span, what)| (place(span), what));
        let at = Place { path: fault.path, ..place(fault.span) };
        self.add(level, fault.code, at, fault.what, &fault.found, fault.allowed, see);
    }

    /// What a file's tree could not be made of, as problems of that file.
    pub fn of_faults(file: &str, faults: Vec<Fault>) -> Vec<Problem> {
        let mut report = Report::default();
        faults.into_iter().for_each(|fault| report.fault(file, fault));
        report.problems
    }

    /// Whether something at or below `path` of a file is wrong; `""` is the whole file.
    pub fn is_wrong(&self, file: &str, path: &str) -> bool {
        self.problems.iter().any(|problem| {
            problem.level == Level::Error
                && problem.file.as_os_str() == file
                && problem
                    .path
                    .strip_prefix(path)
                    .is_some_and(|rest| path.is_empty() || rest.is_empty() || rest.starts_with(['.', '[']))
        })
    }

    /// Whether nothing more will be taken: then nothing more need be looked for.
    pub fn is_full(&self) -> bool {
        self.problems.len() >= MAX_PROBLEMS
    }

    pub fn has_errors(&self) -> bool {
        self.problems.iter().any(|problem| problem.level == Level::Error)
    }

    /// By file, then by place.
    pub fn finish(mut self) -> Vec<Problem> {
        self.problems.sort_by_cached_key(Problem::order);
        self.problems
    }

    #[allow(clippy::too_many_arguments)]
    fn add(
        &mut self,
        level: Level,
        code: &'static str,
        place: Place,
        what: Text,
        found: &str,
        allowed: Text,
        see: Option<(Place, Text)>,
    ) {
        if self.is_full() {
            return;
        }
        self.problems.push(Problem {
            code,
            level,
            file: PathBuf::from(place.file),
            line: place.span.line,
            column: place.span.column,
            length: place.span.length,
            path: place.path,
            what,
            found: found.chars().take(120).collect(),
            allowed,
            see: see.map(|(place, what)| {
                Box::new(See {
                    file: PathBuf::from(place.file),
                    line: place.span.line,
                    column: place.span.column,
                    length: place.span.length,
                    what,
                })
            }),
        });
    }
}
