//! The outbox and its carrying: nothing lost, nothing told twice but byte for byte after a crash,
//! and no mail holding up another. R11 to R14, R16.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant as Moment};

use chrono::{DateTime, Utc};
use menkan::app::deliver::{Delivered, Delivery, TRIES, deliver, next_try};
use menkan::args;
use menkan::clock::{Calendar, Instant};
use menkan::mail::{Attachment, Draft, Patience, Route, Security, Sender, Server, allowed, message_id, parse_address};
use menkan::store::Db;
use menkan::store::outbox::{self, Body, DueTo, Kind, Mail, Outcome};
use tokio::sync::watch;

use crate::harness::mailbox::RealServer;
use crate::harness::smtp::{Does, Greets, Sink};
use crate::harness::{self, databases, school};

fn at(text: &str) -> Instant {
    DateTime::parse_from_rfc3339(text).unwrap().to_utc()
}

fn now() -> Instant {
    at("2025-10-31T01:00:00Z")
}

fn calendar() -> Calendar {
    menkan::definition::load(harness::root(), "ncut").unwrap().school.calendar
}

/// A mail to a member of staff of the unit `U`, whose records `people` makes.
fn mail(account: &str) -> Mail {
    let sender = Sender::parse("thresholds@example.edu.tw").unwrap();
    let id = message_id(&[7; 32], account, "example.edu.tw");
    let address = format!("{account}@example.edu.tw");
    let built = Draft {
        from: &sender,
        to_name: "老師",
        to: &address,
        subject: "請提醒學生",
        text: ".first line begins with a dot\nsecond",
        html: "<html><head><style>p{color:red}</style></head><body><p>內容</p></body></html>",
        attachment: None,
        message_id: &id,
        date: now(),
        language: "zh-Hant-TW",
    }
    .build()
    .unwrap();
    Mail {
        dedup: format!("test|{account}"),
        notice: "test".to_owned(),
        letter: "a".to_owned(),
        occasion: "114-1".to_owned(),
        due: DueTo { kind: Kind::Unit, person: account.to_owned(), about: "U".to_owned() },
        recipient: built.recipient,
        subject: built.subject,
        message_id: id,
        head: built.head,
        body: Body { hash: built.body_hash, text: built.body },
    }
}

async fn people(db: &Db, accounts: &[String]) {
    let mut tx = db.begin().await.unwrap();
    for account in accounts {
        school::staff(&mut tx, account, "office", "U").await;
    }
    tx.commit().await.unwrap();
}

/// Writes a mail to each of these accounts, who are on the staff.
async fn written(db: &Db, accounts: &[String]) {
    people(db, accounts).await;
    let mails: Vec<Mail> = accounts.iter().map(|account| mail(account)).collect();
    let mut tx = db.begin().await.unwrap();
    let new = outbox::enqueue(&mut tx, &mails.iter().collect::<Vec<_>>(), now()).await.unwrap();
    assert_eq!(new, accounts.len() as u64);
    tx.commit().await.unwrap();
}

fn accounts(prefix: &str, count: usize) -> Vec<String> {
    (0..count).map(|number| format!("{prefix}{number}")).collect()
}

fn delivery(url: &str) -> Delivery {
    Delivery {
        route: Route::Smtp(Server::parse(url).unwrap()),
        from: Sender::parse("thresholds@example.edu.tw").unwrap(),
        connections: 4,
        unconfirmed: 32,
        patience: Patience { connect: Duration::from_secs(2), step: Duration::from_secs(2) },
        lease: Duration::from_secs(10),
    }
}

/// A clock that stands where the test puts it.
#[derive(Clone)]
struct Clock(Arc<AtomicI64>);

impl Clock {
    fn at(instant: Instant) -> Clock {
        Clock(Arc::new(AtomicI64::new(instant.timestamp_millis())))
    }
    fn now(&self) -> Instant {
        DateTime::<Utc>::from_timestamp_millis(self.0.load(Ordering::SeqCst)).unwrap()
    }
    fn forward(&self, by: chrono::Duration) {
        self.0.fetch_add(by.num_milliseconds(), Ordering::SeqCst);
    }
}

async fn carry(db: &Db, delivery: &Delivery, clock: &Clock) -> Delivered {
    let (_keep, stop) = watch::channel(false);
    let clock = clock.clone();
    deliver(db, delivery, &calendar(), &move || clock.now(), &stop).await.unwrap()
}

async fn counts(db: &Db) -> outbox::Counts {
    outbox::counts(&mut db.read().await.unwrap()).await.unwrap()
}

#[tokio::test]
async fn a_mail_is_written_once_and_only_with_its_transaction() {
    for test in databases().await {
        let db = &test.db;
        let (one, two) = (mail("a"), mail("b"));
        let mut tx = db.begin().await.unwrap();
        assert_eq!(outbox::enqueue(&mut tx, &[&one, &two], now()).await.unwrap(), 2);
        tx.roll_back().await.unwrap();
        assert_eq!(counts(db).await, outbox::Counts::default(), "rolled back on {}", test.kind);

        let mut tx = db.begin().await.unwrap();
        assert_eq!(outbox::enqueue(&mut tx, &[&one], now()).await.unwrap(), 1);
        tx.commit().await.unwrap();
        let mut tx = db.begin().await.unwrap();
        assert_eq!(outbox::enqueue(&mut tx, &[&one, &two], now()).await.unwrap(), 1, "{}", test.kind);
        tx.commit().await.unwrap();
        assert_eq!(counts(db).await.waiting, 2);
        // Equal bodies are stored once.
        let (bodies,): (i64,) =
            db.read().await.unwrap().one("SELECT COUNT(*) FROM outbox_bodies", args![]).await.unwrap();
        assert_eq!(bodies, 1);
    }
}

#[tokio::test]
async fn a_thousand_rolled_back_writings_leave_nothing() {
    for test in databases().await {
        let one = mail("a");
        for _ in 0..1_000 {
            let mut tx = test.db.begin().await.unwrap();
            outbox::enqueue(&mut tx, &[&one], now()).await.unwrap();
            drop(tx);
        }
        assert_eq!(counts(&test.db).await, outbox::Counts::default(), "{}", test.kind);
    }
}

#[tokio::test]
async fn two_workers_never_hold_the_same_mail_and_a_lost_one_is_taken_over() {
    for test in databases().await {
        let db = &test.db;
        written(db, &accounts("p", 20)).await;
        let first = outbox::claim(db, "one", 12, 60_000, now()).await.unwrap();
        let second = outbox::claim(db, "two", 100, 60_000, now()).await.unwrap();
        let ids: HashSet<i64> = first.iter().chain(&second).map(|mail| mail.id).collect();
        assert_eq!((first.len(), second.len(), ids.len()), (12, 8, 20), "{}", test.kind);
        assert!(outbox::claim(db, "three", 100, 60_000, now()).await.unwrap().is_empty());
        assert!(first.iter().all(|mail| mail.message.as_ref().unwrap().contains("\r\n\r\n")));

        // The first worker renews nothing and is gone; the second goes on.
        outbox::renew(db, "one", -1).await.unwrap();
        let over = outbox::claim(db, "three", 100, 60_000, now()).await.unwrap();
        assert_eq!(over.len(), 12, "{}", test.kind);
        // What the lost one still says of a mail that failed no longer counts; what was sent was sent.
        let failed = Outcome::Retry { at: now(), tries: 1, why: "late".to_owned() };
        outbox::record(db, "one", &[(first[0].id, failed), (first[1].id, Outcome::Sent)], now()).await.unwrap();
        let counts = counts(db).await;
        assert_eq!((counts.sent, counts.tried), (1, 0), "{}", test.kind);
    }
}

#[tokio::test]
async fn what_arrives_is_what_was_written() {
    for test in databases().await {
        written(&test.db, &accounts("p", 3)).await;
        let sink = Sink::accepting().await;
        let delivered = carry(&test.db, &delivery(&sink.url()), &Clock::at(now())).await;
        assert_eq!(delivered.sent, 3);
        let mut got = sink.received();
        got.sort_by(|a, b| a.to.cmp(&b.to));
        let wanted = mail("p1");
        assert_eq!(got[1].to, "p1@example.edu.tw");
        assert_eq!(got[1].text(), format!("{}{}", wanted.head, wanted.body.text));
        assert_eq!(got[1].header("Auto-Submitted"), "auto-generated");
        assert_eq!(got[1].header("Date"), "Fri, 31 Oct 2025 01:00:00 +0000");
        assert_eq!(got[1].message_id(), format!("<{}>", wanted.message_id));
        assert_eq!(counts(&test.db).await.sent, 3);
    }
}

#[tokio::test]
async fn refusals_are_told_and_put_off_mails_come_again() {
    let sink = Sink::start(|to, number| match (to.chars().next().unwrap(), number) {
        ('r', _) => Does::Refuse550,
        ('b', 1) => Does::Busy450,
        ('c', 1) => Does::Closing421,
        ('d', 1) => Does::DropAfterData,
        _ => Does::Accept,
    })
    .await;
    for test in databases().await {
        let db = &test.db;
        let names: Vec<String> =
            ["r1", "b1", "c1", "d1", "a1"].iter().map(|name| format!("{name}{}", test.kind)).collect();
        written(db, &names).await;
        let (clock, delivery) = (Clock::at(now()), delivery(&sink.url()));
        let first = carry(db, &delivery, &clock).await;
        assert_eq!((first.sent, first.refused, first.retry), (1, 1, 3), "{}: {first:?}", test.kind);
        // Not before their time.
        assert_eq!(carry(db, &delivery, &clock).await, Delivered::default());
        clock.forward(chrono::Duration::seconds(13));
        let second = carry(db, &delivery, &clock).await;
        assert_eq!((second.sent, second.retry), (3, 0), "{}: {second:?}", test.kind);
        let mut conn = db.read().await.unwrap();
        let dead = outbox::list(&mut conn, "dead", None, 10).await.unwrap();
        assert_eq!(dead.len(), 1);
        assert!(dead[0].last_error.contains("no such mailbox"), "{}", dead[0].last_error);
        drop(conn);

        // The office has the refused one tried again.
        let mut tx = db.begin().await.unwrap();
        assert_eq!(outbox::requeue_dead(&mut tx, None).await.unwrap(), 1);
        tx.commit().await.unwrap();
        assert_eq!(carry(db, &delivery, &clock).await.refused, 1);
        assert_eq!(sink.tries(&dead[0].recipient), 2);
    }
}

#[test]
fn ten_tries_take_more_than_four_and_a_half_hours() {
    for id in 0..500 {
        let (mut when, mut tries) = (now(), 0);
        loop {
            tries += 1;
            match next_try(id, tries, when) {
                Some(next) => when = next,
                None => break,
            }
        }
        assert_eq!(tries, TRIES);
        assert_eq!(tries, 10);
        let all = when - now();
        assert!(all >= chrono::Duration::minutes(270) && all < chrono::Duration::hours(6), "{all}");
    }
    let same: HashSet<Instant> = (0..100).filter_map(|id| next_try(id, 1, now())).collect();
    assert!(same.len() > 50, "they come back one by one");
}

#[tokio::test]
async fn a_mail_that_never_goes_is_given_up_after_ten_tries() {
    let sink = Sink::start(|_, _| Does::Busy450).await;
    let test = harness::sqlite().await;
    written(&test.db, &accounts("p", 1)).await;
    let (clock, delivery) = (Clock::at(now()), delivery(&sink.url()));
    for _ in 0..9 {
        assert_eq!(carry(&test.db, &delivery, &clock).await.retry, 1);
        clock.forward(chrono::Duration::hours(2));
    }
    assert_eq!(carry(&test.db, &delivery, &clock).await.refused, 1);
    assert_eq!(sink.tries("p0@example.edu.tw"), 10);
    assert_eq!(counts(&test.db).await.dead, 1);
}

#[tokio::test]
async fn stalled_recipients_hold_nobody_up() {
    let sink = Sink::start(|to, _| if to.starts_with("stall") { Does::Stall } else { Does::Accept }).await;
    let test = harness::sqlite().await;
    // Eight that stall stand before three hundred healthy ones: more than there are connections.
    written(&test.db, &accounts("stall", 8)).await;
    written(&test.db, &accounts("well", 300)).await;
    let mut delivery = delivery(&sink.url());
    delivery.patience.step = Duration::from_secs(8);
    let began = Moment::now();
    let delivered = carry(&test.db, &delivery, &Clock::at(now())).await;
    assert_eq!((delivered.sent, delivered.retry), (300, 8), "{delivered:?}");
    let slowest = sink.received().iter().map(|one| one.at - began).max().unwrap();
    assert!(slowest < Duration::from_secs(5), "the last healthy mail took {slowest:?}");
    assert!(sink.most_open() <= 4 + 12, "{} connections", sink.most_open());
}

#[tokio::test]
async fn a_server_that_is_down_costs_no_mail_a_try() {
    for test in databases().await {
        let db = &test.db;
        written(db, &accounts("p", 300)).await;
        let sink = Sink::accepting().await;
        let (clock, delivery) = (Clock::at(now()), delivery(&sink.url()));
        for how in [Greets::Half, Greets::Closed] {
            sink.greets(how);
            // An hour of being down, tried every few minutes.
            for _ in 0..if how == Greets::Half { 1 } else { 12 } {
                let delivered = carry(db, &delivery, &clock).await;
                assert!(delivered.unreachable.is_some(), "{how:?}");
                assert_eq!((delivered.sent, delivered.retry, delivered.refused), (0, 0, 0));
                clock.forward(chrono::Duration::minutes(5));
            }
        }
        assert_eq!(counts(db).await.tried, 0);
        sink.greets(Greets::Well);
        let began = Moment::now();
        assert_eq!(carry(db, &delivery, &clock).await.sent, 300);
        assert!(began.elapsed() < Duration::from_secs(30), "{:?}", began.elapsed());
        assert!(sink.most_open() <= 4, "{} connections at once", sink.most_open());
        assert_eq!(sink.received().len(), 300);
    }
}

#[tokio::test]
async fn nothing_goes_in_the_open_where_encryption_is_asked_for() {
    let sink = Sink::accepting().await;
    let test = harness::sqlite().await;
    written(&test.db, &accounts("p", 3)).await;
    for (greets, url) in [
        // It does not offer it; it refuses it; it speaks in the open where it should not.
        (Greets::Well, format!("smtp://{}?tls=required", sink.address)),
        (Greets::NoTls, format!("smtp://{}?tls=required", sink.address)),
        (Greets::Well, format!("smtps://{}", sink.address)),
    ] {
        sink.greets(greets);
        let delivered = carry(&test.db, &delivery(&url), &Clock::at(now())).await;
        assert!(delivered.unreachable.is_some(), "{url}: {delivered:?}");
    }
    assert!(sink.received().is_empty());
    assert_eq!(counts(&test.db).await.waiting, 3);
}

#[tokio::test]
async fn what_is_no_longer_due_is_not_sent() {
    for test in databases().await {
        let db = &test.db;
        written(db, &accounts("p", 3)).await;
        let mut tx = db.begin().await.unwrap();
        tx.run("UPDATE staff SET email = 'other@example.edu.tw' WHERE account = 'p0'", args![]).await.unwrap();
        tx.run("DELETE FROM staff_roles WHERE account = 'p1'", args![]).await.unwrap();
        tx.commit().await.unwrap();
        let sink = Sink::accepting().await;
        let delivered = carry(db, &delivery(&sink.url()), &Clock::at(now())).await;
        assert_eq!((delivered.sent, delivered.cancelled), (1, 2), "{}", test.kind);
        assert_eq!(sink.received()[0].to, "p2@example.edu.tw");
        // Their names are free again: who is due then is written to.
        let mut tx = db.begin().await.unwrap();
        assert_eq!(outbox::enqueue(&mut tx, &[&mail("p0"), &mail("p2")], now()).await.unwrap(), 1, "{}", test.kind);
    }
}

#[tokio::test]
async fn a_row_that_cannot_be_read_stops_nothing() {
    for test in databases().await {
        let db = &test.db;
        written(db, &accounts("p", 60)).await;
        let mut tx = db.begin().await.unwrap();
        tx.run("UPDATE outbox SET body = 'gone' WHERE person = 'p3'", args![]).await.unwrap();
        tx.run("UPDATE outbox SET kind = 'nobody' WHERE person = 'p4'", args![]).await.unwrap();
        tx.run("UPDATE outbox SET recipient = 'no address' WHERE person = 'p5'", args![]).await.unwrap();
        tx.run("UPDATE staff SET email = 'no address' WHERE account = 'p5'", args![]).await.unwrap();
        tx.commit().await.unwrap();
        let sink = Sink::accepting().await;
        let delivered = carry(db, &delivery(&sink.url()), &Clock::at(now())).await;
        assert_eq!((delivered.sent, delivered.refused), (57, 3), "{}", test.kind);
    }
}

#[tokio::test]
async fn without_a_server_each_mail_is_a_file_that_overwrites_itself() {
    let (test, folder) = (harness::sqlite().await, harness::TempFolder::new());
    written(&test.db, &accounts("p", 5)).await;
    let delivery = Delivery { route: Route::new(None, folder.path()).unwrap(), ..delivery("smtp://unused") };
    for _ in 0..2 {
        assert_eq!(carry(&test.db, &delivery, &Clock::at(now())).await.sent, 5);
        let files: Vec<_> =
            std::fs::read_dir(folder.path().join("mail")).unwrap().map(|one| one.unwrap().path()).collect();
        assert_eq!(files.len(), 5, "{files:?}");
        assert!(files.iter().all(|file| file.extension().is_some_and(|extension| extension == "eml")));
        let mut tx = test.db.begin().await.unwrap();
        tx.run("UPDATE outbox SET state = 'queued'", args![]).await.unwrap();
        tx.commit().await.unwrap();
    }
}

#[test]
fn poison_names_make_harmless_headers() {
    let sender = Sender::parse("Office\r\nBcc: a@b.tw <thresholds@example.edu.tw>").unwrap();
    for name in
        ["a\r\nBcc: evil@example.org", "王\n小明", "\u{202e}nemo", "\0\u{7}", "", &"長".repeat(500), "\"quoted\" <x@y>"]
    {
        let built = Draft {
            from: &sender,
            to_name: name,
            to: "student@example.edu.tw",
            subject: &format!("請完成 {name}"),
            text: name,
            html: "<p>x</p>",
            attachment: Some(&Attachment {
                file_name: format!("../{name}.xlsx"),
                media_type: "application/octet-stream".to_owned(),
                bytes: vec![1, 2, 3],
            }),
            message_id: "1@example.edu.tw",
            date: now(),
            language: "zh-Hant-TW",
        }
        .build()
        .unwrap_or_else(|error| panic!("{name:?}: {error}"));
        assert!(built.head.is_ascii() && built.body.is_ascii());
        let names: Vec<&str> = built
            .head
            .lines()
            .filter(|line| !line.starts_with([' ', '\t']))
            .filter_map(|line| line.split(':').next())
            .collect();
        assert!(!names.contains(&"Bcc"), "{name:?}: {}", built.head);
        assert_eq!(names.iter().filter(|field| **field == "To").count(), 1);
    }
}

#[test]
fn addresses_outside_the_school_are_refused() {
    let domains = ["example.edu.tw".to_owned()];
    for (address, is_allowed) in [
        ("a@example.edu.tw", true),
        ("a@gm.example.edu.TW", true),
        ("a@notexample.edu.tw", false),
        ("a@example.edu.tw.evil.org", false),
        ("nobody", false),
    ] {
        assert_eq!(allowed(address, &domains), is_allowed, "{address}");
    }
    assert!(allowed("a@anywhere.org", &[]));
    for wrong in ["a@b\r\nRCPT TO:<x@y.tw>", "a b@example.edu.tw", "學生@example.edu.tw", "@", ""] {
        assert!(parse_address(wrong).is_err(), "{wrong:?}");
    }
}

#[test]
fn the_server_is_named_by_a_url() {
    let server = |url: &str| Server::parse(url).map(|server| (server.host, server.port, server.security));
    assert_eq!(server("smtp://127.0.0.1:2525"), Ok(("127.0.0.1".to_owned(), 2525, Security::None)));
    assert_eq!(server("smtp://u:p%40@h?tls=required"), Ok(("h".to_owned(), 587, Security::StartTls)));
    assert_eq!(server("smtps://u:p@[::1]/"), Ok(("::1".to_owned(), 465, Security::Tls)));
    for wrong in
        ["h:25", "http://h", "smtp://", "smtp://u:p@h", "smtp://h?tls=opportunistic", "smtp://h:x", "smtp://h?x=1"]
    {
        assert!(server(wrong).is_err(), "{wrong}");
    }
    assert!(!format!("{:?}", Server::parse("smtps://u:geheim@h").unwrap()).contains("geheim"));
}

/// R11: the process is killed at random moments, again and again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_at_any_moment_no_mail_is_lost_and_what_goes_twice_is_the_same() {
    const MAILS: usize = 1_000;
    for test in databases().await {
        written(&test.db, &accounts("p", MAILS)).await;
        let (sink, folder) = (Sink::accepting().await, harness::TempFolder::new());
        let mut random = 0x2545_f491_u64;
        let mut kills = 0;
        let began = Moment::now();
        while counts(&test.db).await.sent < MAILS as i64 {
            assert!(began.elapsed() < Duration::from_secs(240), "{:?}", counts(&test.db).await);
            let mut child = std::process::Command::new(harness::menkan())
                .args(["mail", "send", "--in-flight", "4", "--database", &test.url, "--smtp", &sink.url()])
                .args(["--folder", harness::root().to_str().unwrap(), "--data", folder.path().to_str().unwrap()])
                .stderr(std::process::Stdio::null())
                .spawn()
                .unwrap();
            if kills < 12 {
                random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                let before = sink.received().len();
                // Killed a moment after it began to send, wherever that is.
                while sink.received().len() == before && child.try_wait().unwrap().is_none() {
                    tokio::time::sleep(Duration::from_millis(2)).await;
                }
                tokio::time::sleep(Duration::from_millis(random >> 58)).await;
                child.kill().unwrap();
                kills += 1;
            }
            tokio::task::spawn_blocking(move || child.wait().unwrap()).await.unwrap();
        }
        let mut seen: HashMap<String, Vec<u8>> = HashMap::new();
        let got = sink.received();
        for one in &got {
            let known = seen.entry(one.message_id()).or_insert_with(|| one.message.clone());
            assert!(*known == one.message, "the same Message-ID with other bytes");
        }
        assert_eq!(seen.len(), MAILS, "{}: every mail arrived", test.kind);
        let twice = got.len() - MAILS;
        println!("{}: {kills} kills, {twice} mails went twice", test.kind);
        assert!(twice <= kills * 4, "{}: {twice} duplicates after {kills} kills", test.kind);
    }
}

/// A certificate for 127.0.0.1 and the authority that gave it: (authority, certificate, key).
fn certificate(folder: &std::path::Path) -> Option<[String; 3]> {
    let file = |name: &str| folder.join(name).display().to_string();
    let openssl = |args: &[&str]| match std::process::Command::new("openssl").args(args).output() {
        Ok(output) => {
            assert!(output.status.success(), "{output:?}");
            true
        }
        Err(_) => {
            assert!(std::env::var("MENKAN_TEST_ALL").is_err(), "MENKAN_TEST_ALL is set, so openssl must be installed");
            println!("not run with certificates: openssl is not installed");
            false
        }
    };
    let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
    let authority = ["-subj", "/CN=test authority", "-addext", "basicConstraints=critical,CA:TRUE", "-days", "30"];
    let (ca, ca_key, own, own_key, wish) =
        (file("ca.pem"), file("ca.key"), file("s.pem"), file("s.key"), file("s.csr"));
    let made = openssl(&[&["req", "-x509"], &key[..], &authority[..], &["-keyout", &ca_key, "-out", &ca]].concat())
        && openssl(
            &[
                &["req"],
                &key[..],
                &[
                    "-subj",
                    "/CN=localhost",
                    "-addext",
                    "subjectAltName=IP:127.0.0.1",
                    "-keyout",
                    &own_key,
                    "-out",
                    &wish,
                ],
            ]
            .concat(),
        )
        && openssl(&[
            "x509",
            "-req",
            "-in",
            &wish,
            "-CA",
            &ca,
            "-CAkey",
            &ca_key,
            "-CAcreateserial",
            "-days",
            "30",
            "-copy_extensions",
            "copy",
            "-out",
            &own,
        ]);
    made.then_some([ca, own, own_key])
}

#[tokio::test]
async fn encrypted_servers_are_spoken_to_and_their_certificates_checked() {
    let folder = harness::TempFolder::new();
    let Some([ca, own, key]) = certificate(folder.path()) else { return };
    for (scheme, tls, args) in [
        ("smtp", "tls=required&", ["--tlscert", &own, "--tlskey", &key]),
        ("smtps", "", ["--smtpscert", &own, "--smtpskey", &key]),
    ] {
        let Some(server) = RealServer::start(&args) else { return };
        let test = harness::sqlite().await;
        written(&test.db, &accounts("p", 5)).await;
        // An authority that nobody knows: nothing goes.
        let unknown = delivery(&format!("{scheme}://127.0.0.1:{}?{tls}", server.port));
        let delivered = carry(&test.db, &unknown, &Clock::at(now())).await;
        assert!(delivered.unreachable.as_ref().is_some_and(|why| why.to_lowercase().contains("cert")), "{delivered:?}");
        assert_eq!((delivered.sent, server.mails().len()), (0, 0), "{scheme}");
        let known = delivery(&format!("{scheme}://127.0.0.1:{}?{tls}ca={ca}", server.port));
        assert_eq!(carry(&test.db, &known, &Clock::at(now())).await.sent, 5, "{scheme}");
        assert_eq!(server.mails().len(), 5, "{scheme}");
    }
}

/// The running server carries what waits, and ends within ten seconds when asked to, whatever the
/// mail server does.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_running_server_carries_mail_and_stops_gracefully() {
    for test in databases().await {
        let (folder, sink) = (
            harness::TempFolder::new(),
            Sink::start(|to, _| if to.starts_with("stall") { Does::Stall } else { Does::Accept }).await,
        );
        written(&test.db, &accounts("stall", 3)).await;
        written(&test.db, &accounts("p", 200)).await;
        let mut child = std::process::Command::new(harness::menkan())
            .args(["serve", "--listen", "127.0.0.1:0", "--database", &test.url, "--smtp", &sink.url()])
            .args(["--folder", harness::root().to_str().unwrap(), "--data", folder.path().to_str().unwrap()])
            .stderr(std::process::Stdio::null())
            .spawn()
            .unwrap();
        let began = Moment::now();
        while sink.received().len() < 200 {
            assert!(began.elapsed() < Duration::from_secs(60), "{} arrived", sink.received().len());
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let asked = Moment::now();
        std::process::Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
        let status = tokio::task::spawn_blocking(move || child.wait().unwrap()).await.unwrap();
        assert!(status.success(), "{}: {status}", test.kind);
        assert!(asked.elapsed() < Duration::from_secs(12), "{:?}", asked.elapsed());
        let counts = counts(&test.db).await;
        assert_eq!((counts.sent, counts.waiting), (200, 3), "{}", test.kind);
        // What it held is free at once for the next.
        assert_eq!(outbox::claim(&test.db, "next", 10, 1_000, Utc::now()).await.unwrap().len(), 3);
    }
}
