//! What a rule answers: passed or not, with the rule's own reasons.

use rhai::Dynamic;

use crate::lang::Text;

/// At most so many reasons, each of at most so many characters: a reason is a sentence on a page
/// and in a mail.
const REASONS: usize = 8;
const LETTERS: usize = 300;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    pub passed: bool,
    /// What the rule itself says; empty where it only says yes or no.
    pub reasons: Vec<Text>,
}

impl Answer {
    /// Reads what a function returned: `true`, `false`, `pass(…)` or `fail(…)`; else the type's name.
    pub(super) fn read(value: Dynamic) -> Result<Answer, String> {
        match value.as_bool() {
            Ok(passed) => Ok(Answer { passed, reasons: Vec::new() }),
            Err(found) => value.try_cast::<Answer>().ok_or_else(|| found.to_owned()),
        }
    }

    /// The same answer with one more reason.
    pub(super) fn because(mut self, zh: &str, en: Option<&str>) -> Answer {
        if self.reasons.len() < REASONS {
            self.reasons.push(Text { zh: cut(zh), en: en.map(cut) });
        }
        self
    }
}

/// A text of a script, bounded and on one line.
pub(super) fn cut(text: &str) -> String {
    let flat = text.chars().map(|letter| if letter.is_control() { ' ' } else { letter });
    let mut out: String = flat.take(LETTERS).collect();
    if text.chars().nth(LETTERS).is_some() {
        out.push('…');
    }
    out
}
