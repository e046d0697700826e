//! When notices are due: the calendar's weeks and months as instants, in the school's own zone.

use chrono::{Datelike, Days, Months};

use crate::clock::{Calendar, Day, Instant, Term};
use crate::definition::{Due, Notice};

/// The instants at which a notice is due between two instants, oldest first: later than `after`,
/// not later than `until`. At most one a day, so never many.
pub fn due_between(calendar: &Calendar, notice: &Notice, after: Instant, until: Instant) -> Vec<Instant> {
    if until <= after {
        return Vec::new();
    }
    // A year more on both sides: a term may begin long before its slot, and end after it.
    let (first, last) = (calendar.academic_year(calendar.today(after)), calendar.academic_year(calendar.today(until)));
    let mut slots: Vec<Instant> = (first - 1..=last + 1)
        .flat_map(|year| in_year(calendar, notice, year))
        .filter(|slot| after < *slot && *slot <= until)
        .collect();
    slots.sort_unstable();
    slots.dedup();
    slots
}

/// The next instant at which a notice is due, within two years; `None` where there is none or the
/// calendar does not know the term's first day of classes yet.
pub fn next_due(calendar: &Calendar, notice: &Notice, after: Instant) -> Option<Instant> {
    due_between(calendar, notice, after, after + chrono::Duration::days(730)).into_iter().next()
}

fn in_year(calendar: &Calendar, notice: &Notice, year: i32) -> Vec<Instant> {
    match &notice.due {
        Due::ByHand => Vec::new(),
        Due::Week { term, week, day, at } => calendar
            .day_in_week(Term { year, number: *term }, *week, *day)
            .map(|day| calendar.instant(day, *at))
            .into_iter()
            .collect(),
        Due::Monthly { term, day, at } => days_of_months(calendar, Term { year, number: *term }, *day)
            .into_iter()
            .map(|day| calendar.instant(day, *at))
            .collect(),
    }
}

/// Day `wanted` of each month, as far as it lies in the term; in a shorter month its last day.
fn days_of_months(calendar: &Calendar, term: Term, wanted: u32) -> Vec<Day> {
    let Some(begins) = calendar.begins(term) else { return Vec::new() };
    let mut days = Vec::new();
    let mut month = begins.with_day(1);
    while let Some(first) = month {
        let next = first.checked_add_months(Months::new(1));
        let last = next.and_then(|next| next.checked_sub_days(Days::new(1))).unwrap_or(first);
        let day = first.with_day(wanted).unwrap_or(last);
        if day >= begins && calendar.term_of(day) == term {
            days.push(day);
        }
        if calendar.term_of(last) != term {
            break;
        }
        month = next;
    }
    days
}
