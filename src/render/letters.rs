//! What letters are given: the values their templates may use, each with samples.

use serde_json::Value;

/// Each letter's template files and the samples they are checked with: `("mail/passed/text.jinja", …)`.
pub fn samples() -> Vec<(&'static str, Vec<Value>)> {
    Vec::new()
}
