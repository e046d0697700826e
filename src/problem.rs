//! One thing that is wrong in a school's folder: where, what was found, what is allowed.
//! Printing and pages are elsewhere (`cli`, `web`).

use std::path::PathBuf;

use crate::lang::{Lang, Text};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    #[default]
    Error,
    Warning,
}

/// A problem at a place. `line` and `column` count from 1, columns in characters; 0 where a
/// problem is of the file as a whole.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Problem {
    /// Stable, e.g. `MK012`; its meaning is documented in `docs/problems.md`.
    pub code: &'static str,
    pub level: Level,
    /// Relative to the folder that was checked, with `/`.
    pub file: PathBuf,
    pub line: usize,
    pub column: usize,
    /// Characters to underline; 0 where unknown.
    pub length: usize,
    /// The path in the document: `requirement.counts[1].category`.
    pub path: String,
    /// What is wrong, as a sentence.
    pub what: Text,
    /// What was found there, as written; empty where nothing was.
    pub found: String,
    /// What would be right, or the nearest known word.
    pub allowed: Text,
    /// The other place that it is about, where there is one: the first of two equal names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub see: Option<Box<See>>,
}

/// A second place of a problem, and what is there.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct See {
    pub file: PathBuf,
    pub line: usize,
    pub column: usize,
    pub length: usize,
    pub what: Text,
}

impl Problem {
    /// The order of a list of problems: by file, then by place.
    pub fn order(&self) -> (PathBuf, usize, usize, &'static str) {
        (self.file.clone(), self.line, self.column, self.code)
    }

    /// As one JSON object with its sentences in one language.
    pub fn json(&self, lang: Lang) -> serde_json::Value {
        let mut out = serde_json::json!({
            "code": self.code,
            "level": self.level,
            "file": self.file,
            "line": self.line,
            "column": self.column,
            "length": self.length,
            "path": self.path,
            "what": self.what.get(lang),
            "found": self.found,
            "allowed": self.allowed.get(lang),
        });
        if let (Some(out), Some(see)) = (out.as_object_mut(), &self.see) {
            let see = serde_json::json!({
                "file": see.file,
                "line": see.line,
                "column": see.column,
                "length": see.length,
                "what": see.what.get(lang),
            });
            out.insert("see".to_owned(), see);
        }
        out
    }

    /// `workflows/school/x.yaml:3:5: error MK012 …` in one line.
    pub fn line(&self, lang: Lang) -> String {
        let mut out =
            format!("{}:{}:{}: {} {}", self.file.display(), self.line, self.column, self.code, self.what.get(lang));
        let allowed = self.allowed.get(lang);
        if !allowed.is_empty() {
            out.push_str(match lang {
                Lang::ZhTw => "；",
                Lang::En => "; ",
            });
            out.push_str(allowed);
        }
        out
    }
}
