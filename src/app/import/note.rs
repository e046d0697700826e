//! What is to be said about a row of a file: where, why, and what was found there.

use crate::lang::{Lang, Text};

/// A refusal or a warning at a cell. Row 0 is the file as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// As a spreadsheet counts: the headings usually stand in row 1.
    pub row: u32,
    /// The heading as the file has it; empty where the whole row is meant.
    pub column: String,
    pub why: Text,
    /// The cell as written.
    pub found: String,
}

impl Note {
    /// About the file as a whole.
    pub fn file(why: Text) -> Note {
        Note { row: 0, column: String::new(), why, found: String::new() }
    }

    pub fn row(row: u32, why: Text) -> Note {
        Note { row, column: String::new(), why, found: String::new() }
    }

    pub fn json(&self, lang: Lang) -> serde_json::Value {
        serde_json::json!({"row": self.row, "column": self.column, "why": self.why.get(lang), "found": self.found})
    }
}
