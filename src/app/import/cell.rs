//! Cells as people fill them, made plain: full-width letters, spaces of all kinds, days in every
//! spelling, numbers that a spreadsheet took for something else.

use chrono::Days;

use crate::clock::{Day, DayError, parse_day};

/// Without the white space around, ideographic and invisible kinds too.
pub fn trim(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '\u{FEFF}' | '\u{200B}'..='\u{200F}' | '\u{2060}'))
}

/// For codes, days and amounts: half-width, without the tricks that keep a spreadsheet from
/// taking a code for a number (`="0411"`, `'0411`).
pub fn plain(text: &str) -> String {
    let text = trim(text);
    let text = text.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"')).unwrap_or(text);
    let text = text.strip_prefix('\'').unwrap_or(text);
    if text.is_ascii() {
        return text.trim().to_owned();
    }
    trim(&text.chars().map(half_width).collect::<String>()).to_owned()
}

/// For names: as typed, in one line.
pub fn words(text: &str) -> String {
    let text = trim(text);
    if text.contains(|c: char| c.is_control()) {
        return text
            .split(|c: char| c.is_control() || c == ' ')
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join(" ");
    }
    text.to_owned()
}

/// Two names are the same where they differ in width, case or spaces only.
pub fn key(text: &str) -> String {
    text.chars()
        .map(half_width)
        .filter(|c| !c.is_whitespace() && !matches!(c, '\u{FEFF}' | '\u{200B}'..='\u{200F}'))
        .flat_map(char::to_lowercase)
        .collect()
}

/// The parts of a cell that lists several.
pub fn parts(text: &str) -> impl Iterator<Item = &str> {
    text.split([';', '；', '、', '\n']).map(trim).filter(|part| !part.is_empty())
}

fn half_width(c: char) -> char {
    match c {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(c as u32 - 0xFEE0).unwrap_or(c),
        '\u{3000}' => ' ',
        _ => c,
    }
}

/// A day as people and spreadsheets write it; a time of day after it is left off.
pub fn day(plain: &str) -> Result<Day, DayError> {
    let date = match plain.split_once([' ', 'T']) {
        Some((date, time)) if time.contains(':') => date,
        _ => plain,
    };
    let serial = date.strip_suffix(".0").unwrap_or(date);
    if serial.len() == 5 && serial.bytes().all(|byte| byte.is_ascii_digit()) {
        return serial.parse().map_err(|_| DayError::NotADate).and_then(serial_day);
    }
    parse_day(date)
}

/// Excel's day number: 1 is 1900-01-01, and there is a 60 for a 29 February that never was.
fn serial_day(serial: u64) -> Result<Day, DayError> {
    let epoch = if serial < 60 { (1899, 12, 31) } else { (1899, 12, 30) };
    Day::from_ymd_opt(epoch.0, epoch.1, epoch.2)
        .and_then(|epoch| epoch.checked_add_days(Days::new(serial)))
        .ok_or(DayError::NoSuchDay)
}

/// Whether a code went through a spreadsheet that made it a number: `4.11E+11`.
pub fn is_scientific(plain: &str) -> bool {
    plain.split_once(['E', 'e']).is_some_and(|(mantissa, exponent)| {
        mantissa.contains('.')
            && exponent.strip_prefix('+').is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))
    })
}
