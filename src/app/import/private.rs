//! The private columns of a student's record: kept sealed, one text a student, bound to the
//! student. They are opened nowhere but here.

use std::collections::{BTreeMap, BTreeSet};

use crate::seal::{Key, SealError};

/// Their ids in the school's headings.
pub const COLUMNS: [&str; 5] = ["national_id", "birthday", "phone", "mobile", "address"];

/// The key that seals them.
pub fn key(secret: &[u8; 32]) -> Key {
    Key::new(secret, "menkan student_private v1")
}

fn place(student: &str) -> String {
    format!("student_private|sealed|{student}")
}

/// Seals the values by column; empty where there are none.
pub fn seal(key: &Key, student: &str, values: &BTreeMap<String, String>) -> Result<String, SealError> {
    if values.is_empty() {
        return Ok(String::new());
    }
    let mut nonce = [0u8; 24];
    getrandom::fill(&mut nonce).map_err(|_| SealError::Changed)?;
    let plain = serde_json::to_vec(values).map_err(|_| SealError::Changed)?;
    key.seal(nonce, &place(student), &plain)
}

/// The values by column. Whoever shows them writes down that they were shown.
pub fn open(key: &Key, student: &str, sealed: &str) -> Result<BTreeMap<String, String>, SealError> {
    if sealed.is_empty() {
        return Ok(BTreeMap::new());
    }
    serde_json::from_slice(&key.open(&place(student), sealed)?).map_err(|_| SealError::NotSealed)
}

/// The columns that a student's record has, not what they say: nothing of it needs writing down. What
/// cannot be opened counts as there; whoever asks to see it is told why it cannot be shown.
pub fn there(secret: &[u8; 32], student: &str, sealed: &str) -> BTreeSet<String> {
    match open(&key(secret), student, sealed) {
        Ok(columns) => columns.into_iter().filter(|(_, text)| !text.trim().is_empty()).map(|(name, _)| name).collect(),
        Err(_) => COLUMNS.map(str::to_owned).into(),
    }
}
