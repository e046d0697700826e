//! Notices: who is written to, what each letter says, and that a student who has passed is told
//! once, ever. Also through a real SMTP server, and read by other programs.

use std::collections::{HashMap, HashSet};
use std::process::Command;

use calamine::Reader;
use chrono::DateTime;
use menkan::app::App;
use menkan::app::deliver::{Delivery, deliver};
use menkan::app::notice::{self, Sending};
use menkan::args;
use menkan::clock::Instant;
use menkan::store::outbox;
use tokio::sync::watch;

use crate::harness::mailbox::RealServer;
use crate::harness::smtp::{Received, Sink};
use crate::harness::{self, TempFolder, databases, school};

fn at(text: &str) -> Instant {
    DateTime::parse_from_rfc3339(text).unwrap().to_utc()
}

const WEEK_8: &str = "2025-10-31T09:00:00+08:00";
const WEEK_16: &str = "2025-12-26T09:00:00+08:00";

async fn send(app: &App, notice: &str, now: &str) -> Sending {
    notice::send(app, notice, at(now), None, "tester").await.unwrap().unwrap()
}

fn news(sending: &Sending) -> Vec<(&str, u64, u64)> {
    sending.letters.iter().map(|letter| (letter.letter.as_str(), letter.new, letter.already_told)).collect()
}

async fn carry(app: &App, now: &str) -> u64 {
    let delivery = Delivery::of(app).unwrap();
    let calendar = app.edition.load().definition.school.calendar.clone();
    let (_keep, stop) = watch::channel(false);
    let now = at(now);
    let delivered = deliver(&app.db, &delivery, &calendar, &move || now, &stop).await.unwrap();
    assert_eq!((delivered.retry, delivered.refused, delivered.cancelled), (0, 0, 0), "{delivered:?}");
    delivered.sent
}

/// The parts of a message with their type, decoded.
fn parts(mail: &Received) -> Vec<(String, Vec<u8>)> {
    use base64::Engine;
    let text = mail.text();
    let mut found = Vec::new();
    for part in text.split("\r\n--=") {
        let Some((head, body)) = part.split_once("\r\n\r\n") else { continue };
        let head = head.replace("\r\n ", " ").replace("\r\n\t", " ");
        let Some(kind) = head.lines().find_map(|line| line.strip_prefix("Content-Type: ")) else { continue };
        if !head.contains("Content-Transfer-Encoding: base64") {
            continue;
        }
        let packed: String = body.lines().take_while(|line| !line.starts_with("--")).collect();
        let bytes = base64::engine::general_purpose::STANDARD.decode(packed).unwrap();
        found.push((format!("{kind} | {head}"), bytes));
    }
    found
}

fn part(mail: &Received, kind: &str) -> Vec<u8> {
    parts(mail).into_iter().find(|(found, _)| found.starts_with(kind)).unwrap_or_else(|| panic!("no {kind}")).1
}

fn text(mail: &Received) -> String {
    String::from_utf8(part(mail, "text/plain")).unwrap()
}

/// An encoded header field as people see it.
fn decoded(field: &str) -> String {
    use base64::Engine;
    field
        .split_whitespace()
        .map(|word| match word.strip_prefix("=?utf-8?b?").and_then(|word| word.strip_suffix("?=")) {
            Some(packed) => {
                String::from_utf8(base64::engine::general_purpose::STANDARD.decode(packed).unwrap()).unwrap()
            }
            None => word.to_owned(),
        })
        .collect()
}

#[tokio::test]
async fn who_has_passed_is_told_once_ever_and_the_others_each_time() {
    for test in databases().await {
        let folder = TempFolder::new();
        school::seed(&test.db, 2, 10).await;
        let sink = Sink::accepting().await;
        let app = school::app(&test.db, Some(sink.url()), folder.path());

        let week_8 = send(&app, "week-8", WEEK_8).await;
        assert_eq!(news(&week_8), [("passed", 10, 0), ("unfinished", 10, 0), ("tutors", 2, 0)], "{}", test.kind);
        let again = send(&app, "week-8", WEEK_8).await;
        assert_eq!(news(&again), [("passed", 0, 10), ("unfinished", 0, 10), ("tutors", 0, 2)]);

        // Until week 16 one more student passes.
        let mut tx = test.db.begin().await.unwrap();
        school::pass(&mut tx, "4110101", "2025-12-01").await;
        tx.commit().await.unwrap();
        let week_16 = send(&app, "week-16", WEEK_16).await;
        assert_eq!(
            news(&week_16),
            [("passed", 1, 10), ("unfinished", 9, 0), ("tutors", 2, 0), ("heads", 1, 0)],
            "{}",
            test.kind
        );
        for _ in 0..2 {
            send(&app, "week-16", WEEK_16).await;
            send(&app, "week-8", WEEK_8).await;
        }
        carry(&app, WEEK_16).await;
        let got = sink.received();
        // Told once: the letter that says so, whichever notice it came with.
        let told: Vec<&str> =
            got.iter().filter(|mail| text(mail).contains("均已通過")).map(|mail| mail.to.as_str()).collect();
        assert_eq!(told.len(), 11);
        assert_eq!(told.iter().collect::<HashSet<_>>().len(), 11, "{}", test.kind);
        assert_eq!(got.iter().map(Received::message_id).collect::<HashSet<_>>().len(), got.len());

        // In term 2 only who has not passed is written to, every month anew.
        let march = send(&app, "monthly", "2026-03-05T09:00:00+08:00").await;
        assert_eq!(news(&march), [("unfinished", 9, 0), ("tutors", 2, 0), ("heads", 1, 0)]);
        let april = send(&app, "monthly", "2026-04-05T09:00:00+08:00").await;
        assert_eq!(news(&april), [("unfinished", 9, 0), ("tutors", 2, 0), ("heads", 1, 0)]);
    }
}

#[tokio::test]
async fn a_notice_is_as_of_its_instant() {
    let (test, folder) = (harness::sqlite().await, TempFolder::new());
    school::seed(&test.db, 1, 4).await;
    let mut tx = test.db.begin().await.unwrap();
    school::pass(&mut tx, "4110101", "2025-11-15").await;
    tx.commit().await.unwrap();
    let app = school::app(&test.db, None, folder.path());
    let counts = |sending: Sending| sending.letters.iter().map(|letter| letter.new).collect::<Vec<_>>();
    assert_eq!(counts(notice::prepare(&app, "week-8", at(WEEK_8)).await.unwrap().sending), [2, 2, 1]);
    assert_eq!(counts(notice::prepare(&app, "week-8", at(WEEK_16)).await.unwrap().sending), [3, 1, 1]);
    // In another year nobody is in the final year.
    let early = notice::prepare(&app, "week-8", at("2024-10-31T09:00:00+08:00")).await.unwrap().sending;
    assert_eq!(counts(early), [0, 0, 0]);
    // A rehearsal writes nothing.
    assert_eq!(outbox::counts(&mut test.db.read().await.unwrap()).await.unwrap(), outbox::Counts::default());
    assert!(matches!(
        notice::prepare(&app, "week-9", at(WEEK_8)).await.err(),
        Some(notice::NoticeError::Unknown(_, known)) if known.contains("week-8")
    ));
}

#[tokio::test]
async fn who_cannot_be_written_to_is_reported() {
    let (test, folder) = (harness::sqlite().await, TempFolder::new());
    school::seed(&test.db, 1, 6).await;
    let mut tx = test.db.begin().await.unwrap();
    for (student, email) in
        [("4110101", ""), ("4110102", "a@elsewhere.org"), ("4110103", "a b"), ("4110104", "x@y\r\nz")]
    {
        tx.run("UPDATE student_versions SET email = $1 WHERE student = $2", args![email, student]).await.unwrap();
    }
    tx.run("UPDATE student_versions SET name = $1 WHERE student = '4110105'", args!["王\r\nBcc: x@y.tw"])
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let app = school::app(&test.db, None, folder.path());
    let sending = send(&app, "week-8", WEEK_8).await;
    let [passed, unfinished, tutors] = sending.letters.as_slice() else { panic!("three letters") };
    assert_eq!((passed.new, unfinished.new, tutors.new), (1, 1, 1), "{sending:?}");
    assert_eq!(passed.refused_address, ["4110102", "4110104"]);
    assert_eq!(unfinished.no_address, ["4110101"]);
    assert_eq!(unfinished.refused_address, ["4110103"]);
    assert!(sending.letters.iter().all(|letter| letter.failed.is_empty()));
    assert_eq!(carry(&app, WEEK_8).await, 3);
}

#[tokio::test]
async fn letters_say_what_to_do_in_the_readers_language() {
    let (test, folder) = (harness::sqlite().await, TempFolder::new());
    school::seed(&test.db, 1, 3).await;
    let mut tx = test.db.begin().await.unwrap();
    tx.run(
        "INSERT INTO accounts (account, password, lang, disabled, created_at) VALUES ('4110103', '', 'en', 0, '')",
        args![],
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
    let sink = Sink::accepting().await;
    let app = school::app(&test.db, Some(sink.url()), folder.path());
    send(&app, "week-16", WEEK_16).await;
    send(&app, "missing", WEEK_16).await;
    carry(&app, WEEK_16).await;
    let got = sink.received();
    let to = |who: &str| got.iter().filter(|mail| mail.to.starts_with(who)).collect::<Vec<_>>();

    let chinese = to("4110101");
    assert_eq!(chinese.len(), 5, "what is missing, and a letter from each of four offices");
    let subjects: Vec<String> = chinese.iter().map(|mail| decoded(&mail.header("Subject"))).collect();
    assert!(subjects.iter().any(|subject| subject.starts_with("請於115年6月1日")), "{subjects:?}");
    assert!(subjects.iter().all(|subject| subject.starts_with('請') && !subject.contains("4110101")));
    let first = text(chinese[0]);
    assert!(first.lines().next().unwrap().contains("115 年 6 月 1 日（2026-06-01）"), "{first}");
    assert!(first.contains("還差 24 小時") && first.contains("https://thresholds.example.edu.tw/me\r\n"), "{first}");
    let html = String::from_utf8(part(chinese[0], "text/html")).unwrap();
    assert!(html.contains("style=") && !html.contains("<style"), "styles stand on the elements");

    let english = text(to("4110103")[0]);
    assert!(english.starts_with("Please complete these 4 graduation thresholds before 1 June 2026"), "{english}");
    assert!(decoded(&to("head")[0].header("Subject")).contains("測試系"));
    let head = text(to("head")[0]);
    assert!(head.contains("四測01") && head.contains("/classes/C01/roster"), "{head}");
}

#[tokio::test]
async fn a_tutor_gets_the_roster_as_table_and_workbook_and_link() {
    let (test, folder) = (harness::sqlite().await, TempFolder::new());
    school::seed(&test.db, 2, 5).await;
    // A second tutor of class 1: the same roster, stored once.
    let mut tx = test.db.begin().await.unwrap();
    school::staff(&mut tx, "tutor91", "tutor", "D1").await;
    tx.run("INSERT INTO class_tutors (account, class_id) VALUES ('tutor91', 1)", args![]).await.unwrap();
    tx.commit().await.unwrap();
    let sink = Sink::accepting().await;
    let app = school::app(&test.db, Some(sink.url()), folder.path());
    assert_eq!(send(&app, "week-8", WEEK_8).await.letters[2].new, 3);
    carry(&app, WEEK_8).await;
    let got = sink.received();
    let mail = got.iter().find(|mail| mail.to.starts_with("tutor01")).unwrap();
    let html = String::from_utf8(part(mail, "text/html")).unwrap();
    assert!(html.contains("4110101") && html.contains("測試生01") && !html.contains("4110201"), "only the own class");
    assert!(html.contains("https://thresholds.example.edu.tw/classes/C01/roster"));
    let (kind, bytes) = parts(mail).into_iter().find(|(kind, _)| kind.contains("spreadsheetml")).unwrap();
    // The name in Chinese, as RFC 2231 writes it.
    assert!(kind.contains("filename*0*=utf-8''%E5%9B%9B"), "{kind}");

    let mut book = calamine::open_workbook_auto_from_rs(std::io::Cursor::new(bytes.clone())).unwrap();
    let sheet = book.worksheet_range_at(0).unwrap().unwrap();
    let cells: Vec<String> = sheet.rows().flatten().map(ToString::to_string).collect();
    for student in ["4110101", "4110105", "測試生03", "24 / 24"] {
        assert!(cells.iter().any(|cell| cell == student), "{student} is not in {cells:?}");
    }
    let twin = got.iter().find(|mail| mail.to.starts_with("tutor91")).unwrap();
    assert_eq!(parts(twin).last().unwrap().1, bytes, "the same bytes");
    opened_by_libreoffice(&folder, &bytes);
}

/// Another program opens the workbook; where it is not installed this is not tried.
fn opened_by_libreoffice(folder: &TempFolder, bytes: &[u8]) {
    let file = folder.path().join("roster.xlsx");
    std::fs::write(&file, bytes).unwrap();
    if let Some(csv) = crate::harness::as_csv(&file) {
        assert!(csv.contains("4110101") && csv.contains("測試生03"), "{csv}");
    }
}

#[tokio::test]
async fn a_tutor_who_is_none_any_more_gets_no_roster() {
    for test in databases().await {
        let folder = TempFolder::new();
        school::seed(&test.db, 2, 4).await;
        let sink = Sink::accepting().await;
        let app = school::app(&test.db, Some(sink.url()), folder.path());
        send(&app, "week-8", WEEK_8).await;
        // Between the writing and the sending the class gets another tutor.
        let mut tx = test.db.begin().await.unwrap();
        school::staff(&mut tx, "tutor77", "tutor", "D1").await;
        tx.run("UPDATE class_tutors SET account = 'tutor77' WHERE class_id = 1", args![]).await.unwrap();
        tx.commit().await.unwrap();
        let delivery = Delivery::of(&app).unwrap();
        let calendar = app.edition.load().definition.school.calendar.clone();
        let (_keep, stop) = watch::channel(false);
        let delivered = deliver(&app.db, &delivery, &calendar, &|| at(WEEK_8), &stop).await.unwrap();
        assert_eq!((delivered.sent, delivered.cancelled), (9, 1), "{}", test.kind);
        assert!(sink.received().iter().all(|mail| !mail.to.starts_with("tutor01")));
        let mut conn = test.db.read().await.unwrap();
        let cancelled = outbox::list(&mut conn, "cancelled", None, 5).await.unwrap();
        assert!(cancelled[0].last_error.contains("no longer in the place"), "{cancelled:?}");
        drop(conn);
        // A repeat writes to the new one, and to nobody else.
        assert_eq!(news(&send(&app, "week-8", WEEK_8).await)[2], ("tutors", 1, 1));
    }
}

/// The notice goes through the command, into the mailbox of a real server in its own process.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_command_fills_a_real_servers_mailbox() {
    let Some(server) = RealServer::start(&[]) else { return };
    for test in databases().await {
        let folder = TempFolder::new();
        school::seed(&test.db, 2, 6).await;
        let run = |extra: &[&str]| {
            let output = Command::new(harness::menkan())
                .args(["notice", "send", "week-8", "--now", WEEK_8, "--lang", "en", "--database", &test.url])
                .args(["--smtp", &server.url(), "--folder", harness::root().to_str().unwrap()])
                .args(["--data", folder.path().to_str().unwrap(), "--base-url", "https://thresholds.example.edu.tw"])
                .args(extra)
                .output()
                .unwrap();
            assert!(output.status.success(), "{output:?}");
            String::from_utf8(output.stdout).unwrap()
        };
        let before = server.mails().len();
        let rehearsed: serde_json::Value = serde_json::from_str(&run(&["--dry-run", "--json"])).unwrap();
        assert_eq!(rehearsed["letters"][2]["new"], 2, "{rehearsed}");
        assert_eq!(server.mails().len(), before, "a rehearsal sends nothing");
        assert!(run(&[]).contains("6 new"));
        assert_eq!(server.mails().len() - before, 14, "{}", test.kind);
        assert!(run(&[]).contains("6 already told"));
        assert_eq!(server.mails().len() - before, 14, "{}: a repeat sends nothing", test.kind);
    }
}

/// R11 for the whole command: killed while it writes and while it sends, and simply run again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_command_killed_anywhere_and_repeated_tells_everyone_once() {
    for test in databases().await {
        let folder = TempFolder::new();
        school::seed(&test.db, 4, 30).await;
        let sink = Sink::accepting().await;
        let mut random = 0x1234_5678_9abc_def0_u64;
        let mut kills = 0;
        for (name, now) in [("week-8", WEEK_8), ("week-16", WEEK_16)] {
            for round in 0..7 {
                let mut child = Command::new(harness::menkan())
                    .args(["notice", "send", name, "--now", now, "--in-flight", "4", "--database", &test.url])
                    .args(["--smtp", &sink.url(), "--folder", harness::root().to_str().unwrap()])
                    .args(["--data", folder.path().to_str().unwrap()])
                    .stdout(std::process::Stdio::null())
                    .stderr(std::process::Stdio::null())
                    .spawn()
                    .unwrap();
                if round < 6 {
                    random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                    // Before it writes, while it writes, while it sends.
                    std::thread::sleep(std::time::Duration::from_millis((random >> 54) * (round + 1) / 3));
                    child.kill().unwrap();
                    kills += 1;
                }
                tokio::task::spawn_blocking(move || child.wait().unwrap()).await.unwrap();
            }
        }
        let got = sink.received();
        let mut distinct: HashMap<String, &Received> = HashMap::new();
        for one in &got {
            let known = distinct.entry(one.message_id()).or_insert(one);
            assert!(known.message == one.message, "the same Message-ID with other bytes");
        }
        // Week 8: 120 students and 4 tutors; week 16: the 60 not passed, 4 tutors and the head.
        assert_eq!(distinct.len(), 120 + 4 + 60 + 4 + 1, "{}", test.kind);
        assert!(got.len() - distinct.len() <= kills * 4, "{} of {}", got.len(), distinct.len());
        let told: Vec<&str> =
            distinct.values().filter(|mail| text(mail).contains("均已通過")).map(|mail| mail.to.as_str()).collect();
        assert_eq!((told.len(), told.iter().collect::<HashSet<_>>().len()), (60, 60), "{}", test.kind);
    }
}
