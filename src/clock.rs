//! Days, instants and the school's calendar. Nothing here reads the time: `now` is an argument.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveTime, TimeZone, Utc, Weekday};
use chrono_tz::Tz;

pub type Day = NaiveDate;
pub type Instant = DateTime<Utc>;

/// The last day of what has no end.
pub const ALWAYS: Day = match NaiveDate::from_ymd_opt(9999, 12, 31) {
    Some(day) => day,
    None => NaiveDate::MAX,
};

/// Why a text is no day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DayError {
    #[error("not a date")]
    NotADate,
    #[error("there is no such day")]
    NoSuchDay,
}

/// Reads a day as people write them: `2025-09-08`, `2025/9/8`, `20250908`, and years of the
/// Republic (a year below 1000): `114/9/8`, `114.9.8`, `1140908`, `990908`; also with 年月日.
/// Digits must be half-width.
pub fn parse_day(text: &str) -> Result<Day, DayError> {
    let text = text.trim();
    let text = text.strip_suffix('日').unwrap_or(text);
    let parts: Vec<&str> = text.split(['-', '/', '.', '年', '月']).map(str::trim).collect();
    let number = |part: &str| match part.bytes().all(|byte| byte.is_ascii_digit()) {
        true => part.parse::<u32>().map_err(|_| DayError::NotADate),
        false => Err(DayError::NotADate),
    };
    let (year, month, day) = match parts.as_slice() {
        [year, month, day] => (number(year)?, number(month)?, number(day)?),
        [run] if run.bytes().all(|b| b.is_ascii_digit()) && (6..=8).contains(&run.len()) => {
            let (year, rest) = run.split_at(run.len() - 4);
            (number(year)?, number(&rest[..2])?, number(&rest[2..])?)
        }
        _ => return Err(DayError::NotADate),
    };
    let year = match year {
        0 => return Err(DayError::NoSuchDay),
        1..1000 => year + 1911,
        _ => year,
    };
    Day::from_ymd_opt(year as i32, month, day).ok_or(DayError::NoSuchDay)
}

/// A term of an academic year, written `114-1`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Term {
    pub year: i32,
    pub number: u8,
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.year, self.number)
    }
}

impl FromStr for Term {
    type Err = DayError;
    fn from_str(text: &str) -> Result<Term, DayError> {
        let (year, number) = text.split_once('-').ok_or(DayError::NotADate)?;
        Ok(Term {
            year: year.parse().map_err(|_| DayError::NotADate)?,
            number: number.parse().map_err(|_| DayError::NotADate)?,
        })
    }
}

impl serde::Serialize for Term {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// How a school counts years and terms. Terms are in order, each begins on its month and day
/// and lasts until the next begins; the first begins the academic year.
#[derive(Clone, Debug, Default)]
pub struct Calendar {
    pub zone: Tz,
    /// Calendar year minus academic year at the year's beginning: 1911 where years are the Republic's.
    pub year_offset: i32,
    pub terms: Vec<TermRule>,
    /// First days of classes, from which weeks are counted.
    pub first_days: BTreeMap<Term, Day>,
    /// Days that are no working days, beside Saturdays and Sundays.
    pub holidays: BTreeSet<Day>,
}

#[derive(Clone, Debug)]
pub struct TermRule {
    pub number: u8,
    pub title: crate::lang::Text,
    pub month: u32,
    pub day: u32,
}

impl Calendar {
    /// The day it is at `now` where the school stands.
    pub fn today(&self, now: Instant) -> Day {
        now.with_timezone(&self.zone).date_naive()
    }

    /// The instant of a local day and time. Where clocks skip it: the first instant after.
    pub fn instant(&self, day: Day, time: NaiveTime) -> Instant {
        let mut local = day.and_time(time);
        for _ in 0..48 {
            if let Some(instant) = self.zone.from_local_datetime(&local).earliest() {
                return instant.with_timezone(&Utc);
            }
            local += chrono::Duration::minutes(15);
        }
        Utc.from_utc_datetime(&local)
    }

    /// The day that is so many working days after another.
    pub fn working_days_after(&self, day: Day, count: u32) -> Day {
        let works = |day: &Day| !matches!(day.weekday(), Weekday::Sat | Weekday::Sun) && !self.holidays.contains(day);
        let later = day.iter_days().skip(1).filter(works);
        if count == 0 { day } else { later.into_iter().nth(count as usize - 1).unwrap_or(Day::MAX) }
    }

    /// The day that is so many working days before another.
    pub fn working_days_before(&self, day: Day, count: u32) -> Day {
        let works = |day: &Day| !matches!(day.weekday(), Weekday::Sat | Weekday::Sun) && !self.holidays.contains(day);
        let earlier = std::iter::successors(day.pred_opt(), Day::pred_opt).filter(works);
        if count == 0 { day } else { earlier.into_iter().nth(count as usize - 1).unwrap_or(Day::MIN) }
    }

    /// The instant at which `day` is over.
    pub fn end_of(&self, day: Day) -> Instant {
        self.instant(day.succ_opt().unwrap_or(day), NaiveTime::MIN)
    }

    pub fn term_of(&self, day: Day) -> Term {
        let key = (day.month(), day.day());
        // The terms that began earlier in the same calendar year; before the first of those,
        // the day belongs to the term that began last in the calendar year before.
        let begun =
            self.terms.iter().filter(|term| (term.month, term.day) <= key).max_by_key(|term| (term.month, term.day));
        let (rule, began_in) = match begun {
            Some(term) => (term, day.year()),
            None => match self.terms.iter().max_by_key(|term| (term.month, term.day)) {
                Some(term) => (term, day.year() - 1),
                None => return Term { year: day.year() - self.year_offset, number: 1 },
            },
        };
        Term { year: self.academic_year_of(rule, began_in), number: rule.number }
    }

    pub fn academic_year(&self, day: Day) -> i32 {
        self.term_of(day).year
    }

    /// The first day of a term (not of its classes); `None` for a number the school has not.
    pub fn begins(&self, term: Term) -> Option<Day> {
        let rule = self.terms.iter().find(|rule| rule.number == term.number)?;
        let year = term.year + self.year_offset + i32::from(self.is_after_new_year(rule));
        Day::from_ymd_opt(year, rule.month, rule.day)
    }

    /// Whether a school writes of a term today: it has such a number, and is neither of another age nor far ahead.
    pub fn has(&self, term: Term, today: Day) -> bool {
        let now = self.term_of(today).year;
        self.begins(term).is_some() && (now - 60..=now + 2).contains(&term.year)
    }

    /// The day in week `week` of a term: weeks are counted from the first day of classes,
    /// Monday to Sunday. `None` where the first day is not known.
    pub fn day_in_week(&self, term: Term, week: u32, weekday: Weekday) -> Option<Day> {
        let first = *self.first_days.get(&term)?;
        let monday = first.checked_sub_days(Days::new(first.weekday().num_days_from_monday().into()))?;
        monday.checked_add_days(Days::new(
            u64::from(week.checked_sub(1)?) * 7 + u64::from(weekday.num_days_from_monday()),
        ))
    }

    fn is_after_new_year(&self, rule: &TermRule) -> bool {
        self.terms.first().is_some_and(|first| (rule.month, rule.day) < (first.month, first.day))
    }

    fn academic_year_of(&self, rule: &TermRule, began_in: i32) -> i32 {
        began_in - self.year_offset - i32::from(self.is_after_new_year(rule))
    }
}

#[cfg(test)]
mod tests {
    use super::{Day, DayError, parse_day};

    #[test]
    fn a_day_is_read_as_people_write_it_and_nothing_else_is_one() {
        let day = Day::from_ymd_opt(2025, 9, 8);
        for text in
            ["2025-09-08", "2025/9/8", "20250908", "114/9/8", "114.9.8", "1140908", "114年9月8日", " 114 年 9 月 8 日 "]
        {
            assert_eq!(parse_day(text).ok(), day, "{text}");
        }
        assert_eq!(parse_day("1899-01-01").ok(), Day::from_ymd_opt(1899, 1, 1));
        for text in ["-2025-09-08", "--114-9-8", "2025--09-08", "2025-09-08-", "114/9", "+114/9/8", "", "日", "年月日"]
        {
            assert_eq!(parse_day(text), Err(DayError::NotADate), "{text}");
        }
        for text in ["0000-01-01", "2025-02-30", "114/13/1", "000101"] {
            assert_eq!(parse_day(text), Err(DayError::NoSuchDay), "{text}");
        }
    }
}
