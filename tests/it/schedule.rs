//! Due moments: each is taken once, whoever asks; what was slept through is caught up or written
//! down as missed; a clock that goes back sends nothing again. R18 to R20.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Duration, NaiveTime, Weekday};
use menkan::clock::{Calendar, Instant, Term};
use menkan::definition::{Due, Notice};
use menkan::lang::Text;
use menkan::schedule::{due_between, next_due, tick};
use menkan::store::{outbox, slots};

use crate::harness::{self, TempFolder, databases, school};

fn at(text: &str) -> Instant {
    DateTime::parse_from_rfc3339(text).unwrap().to_utc()
}

fn calendar() -> Calendar {
    menkan::definition::load(harness::root(), "ncut").unwrap().school.calendar
}

fn notice(due: Due) -> Notice {
    Notice { id: "n".to_owned(), title: Text::from("n"), due, letters: Vec::new() }
}

fn nine() -> NaiveTime {
    NaiveTime::from_hms_opt(9, 0, 0).unwrap()
}

fn local(calendar: &Calendar, slots: &[Instant]) -> Vec<String> {
    slots.iter().map(|slot| slot.with_timezone(&calendar.zone).format("%F %R").to_string()).collect()
}

#[test]
fn weeks_are_counted_from_the_first_day_of_classes() {
    let calendar = calendar();
    let (from, to) = (at("2025-08-01T00:00:00Z"), at("2026-07-31T00:00:00Z"));
    let week = |week| notice(Due::Week { term: 1, week, day: Weekday::Fri, at: nine() });
    assert_eq!(local(&calendar, &due_between(&calendar, &week(8), from, to)), ["2025-10-31 09:00"]);
    assert_eq!(local(&calendar, &due_between(&calendar, &week(16), from, to)), ["2025-12-26 09:00"]);
    // An instant before and at its moment.
    let slot = at("2025-10-31T01:00:00Z");
    assert!(due_between(&calendar, &week(8), from, slot - Duration::milliseconds(1)).is_empty());
    assert_eq!(due_between(&calendar, &week(8), from, slot), [slot]);
    assert!(due_between(&calendar, &week(8), slot, to).is_empty());
    // A term whose first day of classes is not known has no weeks.
    assert_eq!(next_due(&calendar, &week(8), at("2040-01-01T00:00:00Z")), None);
}

#[test]
fn months_are_those_of_the_term_and_short_ones_use_their_last_day() {
    let calendar = calendar();
    let (from, to) = (at("2025-08-01T00:00:00Z"), at("2026-07-31T12:00:00Z"));
    let monthly = |term, day| notice(Due::Monthly { term, day, at: nine() });
    assert_eq!(
        local(&calendar, &due_between(&calendar, &monthly(2, 5), from, to)),
        ["2026-02-05", "2026-03-05", "2026-04-05", "2026-05-05", "2026-06-05", "2026-07-05"]
            .map(|day| format!("{day} 09:00"))
    );
    assert_eq!(
        local(&calendar, &due_between(&calendar, &monthly(2, 31), from, to)),
        ["2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31", "2026-06-30", "2026-07-31"]
            .map(|day| format!("{day} 09:00"))
    );
    assert_eq!(due_between(&calendar, &monthly(1, 15), from, to).len(), 6);
    assert!(due_between(&calendar, &notice(Due::ByHand), from, to).is_empty());
}

#[test]
fn where_clocks_change_there_is_still_one_moment() {
    let mut calendar = calendar();
    calendar.zone = chrono_tz::Europe::Berlin;
    calendar.first_days = BTreeMap::from([(Term { year: 114, number: 2 }, "2026-03-23".parse().unwrap())]);
    // 2026-03-29 02:30 does not exist there: the first instant after it.
    let gap = notice(Due::Week { term: 2, week: 1, day: Weekday::Sun, at: NaiveTime::from_hms_opt(2, 30, 0).unwrap() });
    let found = due_between(&calendar, &gap, at("2026-03-01T00:00:00Z"), at("2026-04-30T00:00:00Z"));
    assert_eq!(found, [at("2026-03-29T01:00:00Z")]);
    // 2025-10-26 02:30 comes twice: once.
    calendar.first_days = BTreeMap::from([(Term { year: 114, number: 1 }, "2025-10-20".parse().unwrap())]);
    let twice =
        notice(Due::Week { term: 1, week: 1, day: Weekday::Sun, at: NaiveTime::from_hms_opt(2, 30, 0).unwrap() });
    let found = due_between(&calendar, &twice, at("2025-10-01T00:00:00Z"), at("2025-11-30T00:00:00Z"));
    assert_eq!(found, [at("2025-10-26T00:30:00Z")]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn several_schedulers_with_differing_clocks_send_each_notice_once() {
    for test in databases().await {
        let folder = TempFolder::new();
        school::seed(&test.db, 1, 4).await;
        let app = Arc::new(school::app(&test.db, None, folder.path()));
        tick(&app, at("2025-09-01T00:00:00Z")).await.unwrap();
        let mut sent = 0;
        // Six minutes around the moment, every 30 s, three schedulers up to 90 s apart.
        for step in 0..12 {
            let base = at("2025-10-31T00:57:00Z") + Duration::seconds(30 * step);
            let three = [-90, 0, 90].map(|skew| {
                let app = app.clone();
                tokio::spawn(async move { tick(&app, base + Duration::seconds(skew)).await })
            });
            for one in three {
                let ticked = one.await.unwrap().unwrap();
                assert!(ticked.missed.is_empty());
                sent += ticked.sent.len();
            }
        }
        assert_eq!(sent, 1, "{}", test.kind);
        let mut conn = test.db.read().await.unwrap();
        let taken = slots::taken(&mut conn, "week-8").await.unwrap();
        assert_eq!(taken, [("2025-10-31T01:00:00.000Z".to_owned(), "sent".to_owned())], "{}", test.kind);
        assert_eq!(outbox::counts(&mut conn).await.unwrap().waiting, 5);
    }
}

#[tokio::test]
async fn a_clock_that_goes_back_sends_nothing_again() {
    let (test, folder) = (harness::sqlite().await, TempFolder::new());
    school::seed(&test.db, 1, 4).await;
    let app = school::app(&test.db, None, folder.path());
    tick(&app, at("2025-09-01T00:00:00Z")).await.unwrap();
    let after = at("2025-10-31T01:00:01Z");
    assert_eq!(tick(&app, after).await.unwrap().sent.len(), 1);
    for moment in [after - Duration::hours(1), after - Duration::seconds(1), after, after + Duration::days(1)] {
        let ticked = tick(&app, moment).await.unwrap();
        assert!(ticked.sent.is_empty() && ticked.missed.is_empty(), "{moment}");
    }
    assert_eq!(outbox::counts(&mut test.db.read().await.unwrap()).await.unwrap().waiting, 5);
}

#[tokio::test]
async fn what_was_slept_through_is_caught_up_for_three_days_and_else_missed() {
    for (awake, sent, missed) in [
        // Three hours late; three days late; the next week.
        ("2025-10-31T04:00:00Z", 1, 0),
        ("2025-11-03T00:59:00Z", 1, 0),
        ("2025-11-03T01:00:01Z", 0, 1),
        ("2025-11-10T00:00:00Z", 0, 1),
        // Week 8 long gone, week 16 just due.
        ("2025-12-26T02:00:00Z", 1, 1),
        // A whole year: both weeks, and six months of term 2.
        ("2026-08-01T00:00:00Z", 0, 8),
    ] {
        let (test, folder) = (harness::sqlite().await, TempFolder::new());
        school::seed(&test.db, 1, 2).await;
        let app = school::app(&test.db, None, folder.path());
        tick(&app, at("2025-09-01T00:00:00Z")).await.unwrap();
        let ticked = tick(&app, at(awake)).await.unwrap();
        assert_eq!((ticked.sent.len(), ticked.missed.len()), (sent, missed), "{awake}: {ticked:?}");
        let mut conn = test.db.read().await.unwrap();
        assert_eq!(slots::missed(&mut conn).await.unwrap(), missed as i64);
        drop(conn);
        let again = tick(&app, at(awake)).await.unwrap();
        assert!(again.sent.is_empty() && again.missed.is_empty());
    }
}

#[tokio::test]
async fn a_scheduler_that_begins_late_sends_nothing_of_before() {
    let (test, folder) = (harness::sqlite().await, TempFolder::new());
    school::seed(&test.db, 1, 2).await;
    let app = school::app(&test.db, None, folder.path());
    // Begun an hour after the moment: that was before its time.
    for moment in ["2025-10-31T02:00:00Z", "2025-10-31T02:00:20Z", "2025-11-20T00:00:00Z"] {
        let ticked = tick(&app, at(moment)).await.unwrap();
        assert!(ticked.sent.is_empty() && ticked.missed.is_empty(), "{moment}");
    }
}
