//! Letters that did not arrive: who sent them is told once, of whom and why, and can have them
//! tried again. With a real SMTP server, with one that misbehaves, and with the process killed.

use std::collections::HashSet;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant as Moment};

use chrono::DateTime;
use menkan::app::App;
use menkan::app::deliver::{Delivered, Delivery, deliver};
use menkan::app::notice::{self, undelivered};
use menkan::clock::Instant;
use menkan::mail::Patience;
use menkan::store::{Db, outbox};
use tokio::sync::watch;

use crate::harness::mailbox::RealServer;
use crate::harness::smtp::{Does, Sink};
use crate::harness::{self, TempFolder, TestDb, databases, school};

const WEEK_8: &str = "2025-10-31T09:00:00+08:00";

fn at(text: &str) -> Instant {
    DateTime::parse_from_rfc3339(text).unwrap().to_utc()
}

/// A class of `size`, the office of one requirement and two administrators.
async fn seed(db: &Db, size: usize) {
    school::seed(db, 1, size).await;
    let mut tx = db.begin().await.unwrap();
    school::staff(&mut tx, "courses", "office", "teaching-resources").await;
    for account in ["admin", "admin2"] {
        school::staff(&mut tx, account, "admin", "").await;
    }
    tx.commit().await.unwrap();
}

async fn carry(app: &App, now: Instant) -> Delivered {
    let mut delivery = Delivery::of(app).unwrap();
    delivery.patience = Patience { connect: Duration::from_secs(2), step: Duration::from_secs(1) };
    let calendar = app.edition.load().definition.school.calendar.clone();
    let (_keep, stop) = watch::channel(false);
    deliver(&app.db, &delivery, &calendar, &move || now, &stop).await.unwrap()
}

fn words(message: &str) -> String {
    menkan::mail::read(message).text
}

fn command(test: &TestDb, data: &TempFolder, smtp: &str, words: &[&str]) -> Command {
    let mut command = Command::new(harness::menkan());
    command
        .args(words)
        .args(["--lang", "en", "--database", &test.url, "--smtp", smtp])
        .args(["--base-url", "https://thresholds.example.edu.tw"])
        .args(["--folder", harness::root().to_str().unwrap(), "--data", data.path().to_str().unwrap()])
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_of_three_is_refused_and_the_offices_get_one_mail_that_names_the_one() {
    for test in databases().await {
        let rule = "if address.startswith('4110101'): return '550 5.1.1 no such mailbox'";
        let Some(server) = RealServer::that(&[], rule) else { return };
        let folder = TempFolder::new();
        seed(&test.db, 3).await;
        for _ in 0..3 {
            let run = command(&test, &folder, &server.url(), &["notice", "send", "week-8", "--now", WEEK_8]).status();
            assert!(run.unwrap().success());
            assert!(command(&test, &folder, &server.url(), &["mail", "send"]).status().unwrap().success());
        }
        for (who, mails) in [("4110101", 0), ("4110102", 1), ("4110103", 1), ("tutor01", 1)] {
            assert_eq!(server.to(&format!("{who}@")).len(), mails, "{who} on {}", test.kind);
        }
        for who in ["admin@", "admin2@"] {
            let told = server.to(who);
            assert_eq!(told.len(), 1, "{who} on {}", test.kind);
            let said = words(&told[0]);
            assert!(said.contains("4110101 測試生01 <4110101@example.edu.tw>"), "{said}");
            assert!(said.contains("no such mailbox") && !said.contains("4110102"), "{said}");
            assert!(said.contains("https://thresholds.example.edu.tw/notices/week-8"), "{said}");
        }
        assert_eq!(server.mails().len(), 5, "{}", test.kind);
    }
}

#[tokio::test]
async fn a_letter_of_one_office_is_told_to_that_office_alone() {
    let (test, folder) = (harness::sqlite().await, TempFolder::new());
    seed(&test.db, 2).await;
    let mut tx = test.db.begin().await.unwrap();
    school::staff(&mut tx, "activities", "office", "student-activities").await;
    tx.commit().await.unwrap();
    let sink = Sink::start(|to, _| if to.starts_with('4') { Does::Refuse550 } else { Does::Accept }).await;
    let app = school::app(&test.db, Some(sink.url()), folder.path());
    let now = at(WEEK_8);
    notice::send(&app, "missing", now, None, "tester").await.unwrap();
    assert_eq!(carry(&app, now).await.refused, 4, "four requirements are missing");
    undelivered::tell(&app, now).await.unwrap();
    carry(&app, now).await;
    let got = sink.received();
    let said = |who: &str| {
        let mine: Vec<_> = got.iter().filter(|mail| mail.to.starts_with(who)).collect();
        assert_eq!(mine.len(), 1, "{who}");
        words(&mine[0].text())
    };
    let (courses, activities, admin) = (said("courses"), said("activities"), said("admin@"));
    assert!(courses.contains("(stress)") && !courses.contains("(social)"), "{courses}");
    assert!(activities.contains("(social)") && !activities.contains("(stress)"), "{activities}");
    // Nobody here is the office of the other two: whoever may send every letter is told.
    for said in [admin.clone(), said("admin2@")] {
        assert!(said.contains("(enrichment)") && said.contains("(certificate)"), "{said}");
    }
    for said in [courses, activities] {
        assert!(!said.contains("(enrichment)") && !said.contains("(certificate)"), "{said}");
    }
    assert!(!admin.contains("(stress)") && !admin.contains("(social)"), "{admin}");
}

#[tokio::test]
async fn what_was_sent_by_hand_is_told_to_whoever_had_it_sent() {
    let cases = [("admin2", &["admin2"][..]), ("(schedule)", &["admin", "admin2"]), ("gone", &["admin", "admin2"])];
    for (by, told) in cases {
        for test in databases().await {
            let folder = TempFolder::new();
            seed(&test.db, 2).await;
            let sink = Sink::start(|to, _| if to.starts_with('4') { Does::Refuse550 } else { Does::Accept }).await;
            let app = school::app(&test.db, Some(sink.url()), folder.path());
            let now = at(WEEK_8);
            notice::send(&app, "week-8", now, None, by).await.unwrap();
            carry(&app, now).await;
            assert_eq!(undelivered::tell(&app, now).await.unwrap(), told.len() as u64, "{} {by}", test.kind);
            carry(&app, now).await;
            let mut got: Vec<String> = sink.received().into_iter().map(|mail| mail.to).collect();
            got.retain(|to| to.starts_with("admin") || to.starts_with("courses"));
            got.sort();
            let mut expected: Vec<String> = told.iter().map(|who| format!("{who}@example.edu.tw")).collect();
            expected.sort();
            assert_eq!(got, expected, "{} {by}", test.kind);
        }
    }
}

#[tokio::test]
async fn what_fails_later_is_told_together_and_never_of_the_telling_itself() {
    for test in databases().await {
        let folder = TempFolder::new();
        seed(&test.db, 4).await;
        // Nobody takes anything: the letters about letters are refused as well.
        let sink = Sink::start(|to, _| match &to[..4] {
            "4110" if to.starts_with("4110101") => Does::Refuse550,
            "4110" | "tuto" => Does::Busy450,
            _ => Does::Refuse550,
        })
        .await;
        let app = school::app(&test.db, Some(sink.url()), folder.path());
        let mut now = at(WEEK_8);
        notice::send(&app, "week-8", now, None, "tester").await.unwrap();
        let (mut mails, mut told) = (Vec::new(), 0);
        // A day, looked at every ten minutes.
        for step in 0..144 {
            carry(&app, now).await;
            told += undelivered::tell(&app, now).await.unwrap();
            if told > mails.len() as u64 * 2 {
                mails.push(step);
            }
            now += chrono::Duration::minutes(10);
        }
        let mut conn = test.db.read().await.unwrap();
        let dead = outbox::list(&mut conn, "dead", None, 100).await.unwrap();
        let letters = dead.iter().filter(|mail| mail.letter != "undelivered").count();
        assert_eq!(letters, 5, "{}: all letters died", test.kind);
        assert_eq!(told, dead.len() as u64 - 5, "{}", test.kind);
        // At once of the first, and of those that died within the hours after it in few more.
        assert!(told == 2 * mails.len() as u64 && (2..=3).contains(&mails.len()), "{}: {mails:?}", test.kind);
        assert!(mails.windows(2).all(|pair| pair[1] - pair[0] >= 6), "{mails:?}");
        assert_eq!(undelivered::tell(&app, now + chrono::Duration::days(9)).await.unwrap(), 0);
    }
}

#[tokio::test]
async fn a_stalled_server_and_a_broken_connection_are_tried_again_and_told_to_nobody() {
    for test in databases().await {
        let sink = Sink::start(|to, number| match (to.chars().nth(6), number) {
            (Some('1'), 1) if to.starts_with('4') => Does::Stall,
            (Some('2'), 1) => Does::DropAfterData,
            (Some('3'), 1) => Does::Closing421,
            _ => Does::Accept,
        })
        .await;
        let folder = TempFolder::new();
        seed(&test.db, 3).await;
        let app = school::app(&test.db, Some(sink.url()), folder.path());
        let now = at(WEEK_8);
        notice::send(&app, "week-8", now, None, "tester").await.unwrap();
        let first = carry(&app, now).await;
        assert_eq!((first.sent, first.retry, first.refused), (1, 3, 0), "{}: {first:?}", test.kind);
        assert_eq!(undelivered::tell(&app, now).await.unwrap(), 0);
        carry(&app, now + chrono::Duration::minutes(1)).await;
        assert_eq!(outbox::counts(&mut test.db.read().await.unwrap()).await.unwrap().sent, 4, "{}", test.kind);
    }
}

#[tokio::test]
async fn tried_again_and_refused_again_it_is_told_again() {
    let (test, folder) = (harness::sqlite().await, TempFolder::new());
    seed(&test.db, 2).await;
    let sink = Sink::start(|to, _| if to.starts_with("4110101") { Does::Refuse550 } else { Does::Accept }).await;
    let app = school::app(&test.db, Some(sink.url()), folder.path());
    let now = at(WEEK_8);
    notice::send(&app, "week-8", now, None, "tester").await.unwrap();
    carry(&app, now).await;
    assert_eq!(undelivered::tell(&app, now).await.unwrap(), 2);
    assert_eq!(undelivered::tell(&app, now).await.unwrap(), 0);
    assert_eq!(undelivered::retry(&app, "week-8", &notice::Sends::Everything, "courses", now).await.unwrap(), 1);
    assert_eq!(carry(&app, now).await.refused, 1);
    assert_eq!(undelivered::tell(&app, now).await.unwrap(), 2);
}

/// Beside a running server: who carries which letter is chance, what they come to is not.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_command_counts_what_the_server_carried_and_its_letters_lead_to_the_server() {
    for test in databases().await {
        let folder = TempFolder::new();
        seed(&test.db, 60).await;
        let sink = Sink::start(|to, _| if to.starts_with("4110101") { Does::Refuse550 } else { Does::Accept }).await;
        let address = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
        let run = |words: &[&str]| {
            let mut command = Command::new(harness::menkan());
            command.env_remove("BASE_URL").args(words).args(["--lang", "en", "--database", &test.url]);
            command.args(["--smtp", &sink.url(), "--folder", harness::root().to_str().unwrap()]);
            command.args(["--data", folder.path().to_str().unwrap()]);
            command
        };
        let mut server = run(&["serve", "--listen", &address]).stderr(Stdio::null()).spawn().unwrap();
        let began = Moment::now();
        while std::net::TcpStream::connect(&address).is_err() {
            assert!(began.elapsed() < Duration::from_secs(30), "the server does not answer");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let rehearsed = run(&["notice", "send", "week-8", "--now", WEEK_8, "--dry-run"]).output().unwrap();
        let said = String::from_utf8_lossy(&rehearsed.stdout).into_owned();
        assert!(said.contains(&format!("http://{address}/me")), "{said}");
        let named = ["notice", "send", "week-8", "--now", WEEK_8, "--dry-run", "--base-url", "https://x.tw"];
        let said = run(&named).output().unwrap();
        assert!(String::from_utf8_lossy(&said.stdout).contains("https://x.tw/me"), "what is named comes first");
        for _ in 0..2 {
            let sent = run(&["notice", "send", "week-8", "--now", WEEK_8]).output().unwrap();
            let said = String::from_utf8_lossy(&sent.stderr).into_owned();
            assert!(said.contains("delivered 60, refused 1, cancelled 0"), "{}: {said}", test.kind);
        }
        server.kill().unwrap();
        server.wait().unwrap();
        let got = sink.received();
        let letter = got.iter().find(|mail| mail.to.starts_with("4110102")).unwrap();
        assert!(words(&letter.text()).contains(&format!("http://{address}/me")));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_at_any_moment_the_offices_are_told_once() {
    for test in databases().await {
        let folder = TempFolder::new();
        seed(&test.db, 99).await;
        let sink =
            Sink::start(
                |to, _| if to.starts_with("41101") && to[5..7] < *"30" { Does::Refuse550 } else { Does::Accept },
            )
            .await;
        let app = school::app(&test.db, Some(sink.url()), folder.path());
        notice::send(&app, "week-8", at(WEEK_8), None, "tester").await.unwrap();
        let began = Moment::now();
        let mut kills = 0;
        loop {
            let mut child =
                command(&test, &folder, &sink.url(), &["mail", "send", "--in-flight", "4"]).spawn().unwrap();
            let lives = kills == 5;
            if !lives {
                let before = sink.connections();
                while sink.connections() == before && child.try_wait().unwrap().is_none() {
                    tokio::time::sleep(Duration::from_millis(1)).await;
                }
                tokio::time::sleep(Duration::from_millis(11 * kills)).await;
                child.kill().unwrap();
                kills += 1;
            }
            tokio::task::spawn_blocking(move || child.wait().unwrap()).await.unwrap();
            let counts = outbox::counts(&mut test.db.read().await.unwrap()).await.unwrap();
            // One that was killed may have carried everything and told nobody yet.
            if lives && counts.waiting == 0 {
                break;
            }
            assert!(began.elapsed() < Duration::from_secs(120), "{counts:?}");
        }
        for who in ["admin@", "admin2@"] {
            let told: Vec<_> = sink.received().into_iter().filter(|mail| mail.to.starts_with(who)).collect();
            let ids: HashSet<String> = told.iter().map(|mail| mail.message_id()).collect();
            assert_eq!(ids.len(), 1, "{}: {who} was told by {} mails", test.kind, ids.len());
            let said = words(&told[0].text());
            assert_eq!(said.matches("no such mailbox").count(), 29, "{}: {said}", test.kind);
        }
    }
}
