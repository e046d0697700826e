//! Whether a single word is what its place wants; if not, why, in words for its author.

use super::conform::suggestion;
use super::names::Names;
use super::near::nearest;
use super::read::value;
use super::shape::{Is, Naming, Said, Word, describe};
use crate::amount::{Amount, AmountError};
use crate::lang::Text;

pub struct Wrong {
    pub code: &'static str,
    pub what: Text,
    pub allowed: Text,
}

/// `None` where the word is right.
pub fn wrong(is: &Is, text: &str, names: &Names) -> Option<Wrong> {
    let no = |code, zh: &str, en: &str| {
        Some(Wrong {
            code,
            what: Text::new(format!("「{text}」{zh}"), format!("`{text}` {en}")),
            allowed: describe(is),
        })
    };
    match is {
        Is::Text | Is::Line | Is::Holds => {
            if text.trim().is_empty() {
                no("MK021", "是空白", "is blank")
            } else {
                None
            }
        }
        Is::Name | Is::Defines(_) if value::is_name(text) => None,
        Is::Name | Is::Defines(_) => no("MK024", "不能當代號", "cannot be a name"),
        Is::OptionName if value::is_option_name(text) => None,
        Is::OptionName => no("MK024", "不能當代號", "cannot be a name"),
        Is::Of(naming) => reference(*naming, text, names),
        Is::Whole(least, most) => match text.parse::<i64>() {
            Ok(number) if (*least..=*most).contains(&number) && number.to_string() == text => None,
            Ok(_) => no("MK025", "超出範圍", "is out of range"),
            Err(_) => no("MK025", "不是整數", "is no whole number"),
        },
        Is::Amount { above_zero } => match Amount::parse(text) {
            Ok(amount) if amount.0 < 0 || (*above_zero && amount.0 == 0) => no("MK026", "太小", "is too small"),
            Ok(_) => None,
            Err(AmountError::TooFine) => no("MK026", "超過兩位小數", "has more than two decimals"),
            Err(AmountError::TooLarge) => no("MK026", "太大", "is too large"),
            Err(AmountError::NotANumber) => no("MK026", "不是數", "is no number"),
        },
        Is::YesNo => match text {
            "true" | "false" => None,
            _ => no("MK027", "不是 true 或 false", "is neither true nor false"),
        },
        Is::Day if value::day(text).is_some() => None,
        Is::Day => no("MK028", why_no_day(text).zh, why_no_day(text).en),
        Is::DayOrAgo if value::day(text).is_some() || value::ago(text).is_some() => None,
        Is::DayOrAgo => no("MK028", why_no_day(text).zh, why_no_day(text).en),
        Is::MonthDay if value::month_day(text).is_some() => None,
        Is::MonthDay => no("MK028", "不是月日", "is no month and day"),
        Is::Term if value::term(text).is_some() => None,
        Is::Term => no("MK029", "不是學期", "is no term"),
        Is::Time if value::time(text).is_some() => None,
        Is::Time => no("MK030", "不是時刻", "is no time of day"),
        Is::Zone if text.parse::<chrono_tz::Tz>().is_ok() => None,
        Is::Zone => no("MK031", "不是時區", "is no time zone"),
        Is::Link if is_link(text) => None,
        Is::Link => no("MK032", "不是網址", "is no address of a page"),
        Is::Domain if is_domain(text) => None,
        Is::Domain => no("MK033", "不是網域", "is no domain"),
        Is::Rule if value::rule(text).is_some() => None,
        Is::Rule => no("MK034", "不是規則的名稱", "is no name of a rule"),
        Is::Choice(words) => choice(words, text),
        Is::Phrase(words, with_name) => phrase(words, with_name, text, names),
        // Words are never given to the forms that hold others.
        Is::Shape(_) | Is::List(_) | Is::Names(..) | Is::Map(..) | Is::Either(_) => None,
    }
}

fn reference(naming: Naming, text: &str, names: &Names) -> Option<Wrong> {
    if names.defines(naming, text) {
        return None;
    }
    let Said { zh, en } = naming.said();
    let known = names.known(naming);
    Some(Wrong {
        code: "MK035",
        what: Text::new(format!("沒有叫「{text}」的{zh}"), format!("there is no {en} `{text}`")),
        allowed: suggestion(nearest(text, known.iter().copied()), &known),
    })
}

fn choice(words: &[Word], text: &str) -> Option<Wrong> {
    let known: Vec<&str> = words.iter().map(|word| word.word).collect();
    (!known.contains(&text)).then(|| Wrong {
        code: "MK036",
        what: Text::new(format!("「{text}」不在可選的值之中"), format!("`{text}` is not one of the choices")),
        allowed: suggestion(nearest(text, known.iter().copied()), &known),
    })
}

/// A phrase, alone or followed by a name.
fn phrase(words: &[Word], with_name: &[(Word, Naming)], text: &str, names: &Names) -> Option<Wrong> {
    for (word, naming) in with_name {
        if let Some(name) = text.strip_prefix(word.word).and_then(|rest| rest.strip_prefix(' ')) {
            return reference(*naming, name, names);
        }
    }
    choice(words, text).map(|wrong| {
        let alone = words.iter().map(|word| word.word.to_owned());
        let named = with_name.iter().map(|(word, naming)| format!("{} <{}>", word.word, naming.said().en));
        let known: Vec<String> = alone.chain(named).collect();
        let near = nearest(text, words.iter().map(|word| word.word));
        Wrong { allowed: suggestion(near, &known.iter().map(String::as_str).collect::<Vec<_>>()), ..wrong }
    })
}

fn why_no_day(text: &str) -> Said {
    use crate::clock::{DayError, parse_day};
    match parse_day(text) {
        Err(DayError::NoSuchDay) => Said { zh: "這一天不存在", en: "is a day that does not exist" },
        // It can be read as a day, but not in one way by everyone.
        Ok(_) => Said { zh: "請寫成西元年-月-日", en: "is not written as year-month-day" },
        Err(DayError::NotADate) => Said { zh: "不是日期", en: "is no date" },
    }
}

fn is_link(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    rest.is_some_and(|rest| rest.contains('.') && !rest.starts_with('.'))
        && !text.chars().any(|c| c.is_whitespace() || c.is_control() || matches!(c, '"' | '<' | '>'))
}

fn is_domain(text: &str) -> bool {
    text.contains('.')
        && text.split('.').all(|part| {
            !part.is_empty() && part.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
        })
}
