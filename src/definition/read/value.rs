//! Single values as authors write them. The same functions tell the check of the shape what is
//! a value and the readers what it is.

use chrono::{NaiveTime, Weekday};

use crate::amount::Amount;
use crate::clock::{Day, Term};
use crate::definition::tree::{Kind, Node};
use crate::definition::{Audience, RuleName, Which};
use crate::lang::Text;

/// What a name is made of: names stand in addresses, reports and style sheets.
pub const NAME_PATTERN: &str = "^[a-z][a-z0-9_-]{0,59}$";

pub fn is_name(text: &str) -> bool {
    text.len() <= 60
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_')
}

/// As a name; it may begin with a digit, as terms do.
pub fn is_option_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit()) && is_name(&format!("a{text}")) || is_name(text)
}

pub fn text(node: Option<&Node>) -> Text {
    let Some(node) = node else { return Text::default() };
    match &node.kind {
        Kind::Word { text, .. } => Text { zh: text.clone(), en: None },
        Kind::Map(_) => {
            let part = |key| node.get(key).and_then(Node::word).map(str::to_owned);
            let (zh, en) = (part("zh-TW"), part("en"));
            Text { zh: zh.or_else(|| en.clone()).unwrap_or_default(), en }
        }
        Kind::Empty | Kind::List(_) => Text::default(),
    }
}

pub fn string(node: Option<&Node>) -> String {
    node.and_then(Node::word).unwrap_or_default().to_owned()
}

pub fn strings(node: Option<&Node>) -> Vec<String> {
    node.map(Node::items).unwrap_or_default().iter().filter_map(|item| item.word().map(str::to_owned)).collect()
}

pub fn whole<T: std::str::FromStr>(node: Option<&Node>) -> Option<T> {
    node?.word()?.parse().ok()
}

pub fn yes(node: Option<&Node>) -> bool {
    node.and_then(Node::word) == Some("true")
}

pub fn amount(node: Option<&Node>) -> Option<Amount> {
    Amount::parse(node?.word()?).ok()
}

/// `2025-09-08`, and nothing else: files are read by people of several calendars.
pub fn day(text: &str) -> Option<Day> {
    let digits = |part: &str, length: usize| part.len() == length && part.bytes().all(|b| b.is_ascii_digit());
    match text.split('-').collect::<Vec<_>>().as_slice() {
        [year, month, day] if digits(year, 4) && digits(month, 2) && digits(day, 2) => {
            Day::from_ymd_opt(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
        }
        _ => None,
    }
}

/// `10 days ago`, `1 day ago`, `today`.
pub fn ago(text: &str) -> Option<i64> {
    if text == "today" {
        return Some(0);
    }
    let number = text.strip_suffix(" days ago").or_else(|| text.strip_suffix(" day ago"))?;
    number.parse().ok().filter(|days: &i64| (1..=36_600).contains(days) && days.to_string() == number)
}

/// `06-01`. 29 February is none: a year may be without it.
pub fn month_day(text: &str) -> Option<(u32, u32)> {
    use chrono::Datelike;
    let day = day(&format!("2001-{text}"))?;
    Some((day.month(), day.day()))
}

/// `114-1`.
pub fn term(text: &str) -> Option<Term> {
    let term: Term = text.parse().ok()?;
    (term.year > 0 && term.year < 3000 && term.number > 0 && term.to_string() == text).then_some(term)
}

/// `09:00`.
pub fn time(text: &str) -> Option<NaiveTime> {
    (text.len() == 5).then(|| NaiveTime::parse_from_str(text, "%H:%M").ok()).flatten()
}

pub fn weekday(text: &str) -> Option<Weekday> {
    let days = [
        ("monday", Weekday::Mon),
        ("tuesday", Weekday::Tue),
        ("wednesday", Weekday::Wed),
        ("thursday", Weekday::Thu),
        ("friday", Weekday::Fri),
        ("saturday", Weekday::Sat),
        ("sunday", Weekday::Sun),
    ];
    days.into_iter().find(|(name, _)| *name == text).map(|(_, day)| day)
}

/// `thresholds::enough`.
pub fn rule(text: &str) -> Option<RuleName> {
    let (script, function) = text.split_once("::")?;
    let is_name = |name: &str| {
        name.starts_with(|c: char| c.is_ascii_lowercase())
            && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
    };
    (is_name(script) && is_name(function))
        .then(|| RuleName { script: script.to_owned(), function: function.to_owned() })
}

pub fn which(text: &str) -> Option<Which> {
    match text {
        "all" => Some(Which::All),
        "passed" => Some(Which::Passed),
        "not passed" => Some(Which::NotPassed),
        _ => None,
    }
}

/// Whom a letter goes to; `requirement` finds the one that is named.
pub fn audience(text: &str, which: Which, requirement: impl Fn(&str) -> Option<usize>) -> Option<Audience> {
    match text {
        "students" => Some(Audience::Students(which)),
        "tutors" => Some(Audience::Tutors),
        "department heads" => Some(Audience::DepartmentHeads),
        _ => match (text.strip_prefix("students missing "), text.strip_prefix("office of ")) {
            (Some(name), _) => requirement(name).map(Audience::MissingOne),
            (None, Some(name)) => requirement(name).map(Audience::Office),
            (None, None) => None,
        },
    }
}
