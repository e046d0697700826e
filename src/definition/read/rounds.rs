//! When cases may be filed: rounds that are dated, and rounds that come back each year, which are
//! read as one for every year.

use chrono::{Datelike, NaiveTime};

use super::cases::{defining, party};
use super::value::{day, month_day, strings, text, time, whole};
use super::{Document, Item, position};
use crate::clock::Day;
use crate::definition::case::{Round, RoundDate, Windows};
use crate::definition::tree::{Entry, Node};
use crate::definition::{Group, School};
use crate::lang::Text;

/// What a yearly title may say, in braces.
pub const OF_A_YEAR: [&str; 2] = ["year", "academic_year"];

/// A round that comes back goes on to this year where nothing else is said.
const LAST_YEAR: i32 = 2100;

pub fn windows<'a>(documents: &'a [Document], school: &School, groups: &[Item<'_, Group>]) -> Vec<Item<'a, Windows>> {
    defining(documents, "windows", |document, id| {
        let rounds = document.root.get("rounds").map(Node::entries).unwrap_or_default();
        Windows {
            id,
            title: text(document.root.get("title")),
            rounds: rounds.iter().flat_map(|entry| read(entry, school, groups)).collect(),
        }
    })
}

/// The rounds that an entry is: one, or one a year.
pub fn read(entry: &Entry, school: &School, groups: &[Item<'_, Group>]) -> Vec<Round> {
    let node = &entry.value;
    if node.get("each").is_none() {
        return round(&entry.key, node, school, groups, None).into_iter().collect();
    }
    let Some((since, until)) = years(node) else { return Vec::new() };
    let of_year = |year| {
        let id = yearly_id(school, year, &entry.key);
        round(&id, node, school, groups, Some(year))
    };
    (since..=until).filter_map(of_year).collect()
}

/// The first and the last calendar year of a round that comes back.
pub fn years(node: &Node) -> Option<(i32, i32)> {
    let since: i32 = whole(node.get("since"))?;
    let until = whole(node.get("until")).unwrap_or(LAST_YEAR);
    Some((since.max(1), until.min(LAST_YEAR)))
}

/// What the round of a year is called by: `114-spring`.
pub fn yearly_id(school: &School, year: i32, key: &str) -> String {
    format!("{}-{key}", year - school.calendar.year_offset)
}

fn round(id: &str, node: &Node, school: &School, groups: &[Item<'_, Group>], year: Option<i32>) -> Option<Round> {
    let calendar = &school.calendar;
    let time_at = |key| node.get(key).and_then(Node::word).and_then(time);
    let on = |node: &Node, key: &str, near: Near| {
        let word = node.get(key)?.word()?;
        if year.is_some() { near.day(month_day(word)?) } else { day(word) }
    };
    let opens = on(node, "opens", Near::In(year.unwrap_or_default()))?;
    let closes = on(node, "closes", Near::From(opens))?;
    let covers_to = on(node, "covers_to", Near::To(closes));
    let covers_from = on(node, "covers_from", Near::To(covers_to.unwrap_or(closes)));
    let said = |node: Option<&Node>| match year {
        None => text(node),
        Some(year) => {
            let year = (year - calendar.year_offset).to_string();
            filled(&text(node), &year, &calendar.academic_year(opens).to_string())
        }
    };
    let date = |entry: &Entry| {
        let node = &entry.value;
        let reminded = node.get("reminds").and_then(Node::word).and_then(|text| party(text, school));
        Some(RoundDate {
            id: entry.key.clone(),
            title: said(node.get("title")),
            on: on(node, "on", Near::From(opens))?,
            reminds: reminded.map(|party| (party, whole(node.get("working_days_before")).unwrap_or(3))),
        })
    };
    let named = node.get("groups").map(Node::items).unwrap_or_default();
    Some(Round {
        id: id.to_owned(),
        title: said(node.get("title")),
        opens: calendar.instant(opens, time_at("opens_at").unwrap_or(NaiveTime::MIN)),
        closes: match time_at("closes_at") {
            Some(hour) => calendar.instant(closes, hour),
            None => calendar.end_of(closes),
        },
        evidence: match (covers_from, covers_to) {
            (None, None) => None,
            (from, to) => Some((from.unwrap_or(Day::MIN), to.unwrap_or(Day::MAX))),
        },
        departments: strings(node.get("departments")),
        groups: named.iter().filter_map(|name| position(groups, Some(name))).collect(),
        dates: node.get("dates").map(Node::entries).unwrap_or_default().iter().filter_map(date).collect(),
    })
}

/// Which of the days with one month and day is meant.
#[derive(Clone, Copy)]
enum Near {
    In(i32),
    /// The first on this day or later.
    From(Day),
    /// The last on this day or earlier.
    To(Day),
}

impl Near {
    fn day(self, (month, day): (u32, u32)) -> Option<Day> {
        let of = |year| Day::from_ymd_opt(year, month, day);
        match self {
            Near::In(year) => of(year),
            Near::From(first) => of(first.year()).filter(|day| *day >= first).or_else(|| of(first.year() + 1)),
            Near::To(last) => of(last.year()).filter(|day| *day <= last).or_else(|| of(last.year() - 1)),
        }
    }
}

fn filled(text: &Text, year: &str, academic: &str) -> Text {
    let fill = |text: &String| text.replace("{year}", year).replace("{academic_year}", academic);
    Text { zh: fill(&text.zh), en: text.en.as_ref().map(fill) }
}
