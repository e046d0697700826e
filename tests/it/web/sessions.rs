//! Signing in, sessions and their ends, and the lock that no stranger can put on a known device.

use menkan::app::accounts;
use menkan::lang::Lang;

use super::{PASSWORD, Site, own};

#[test]
fn a_student_signs_in_sees_what_is_missing_and_signs_out() {
    let site = Site::start();
    let mut student = site.visitor();
    let asked = student.get("/me?show=remaining");
    assert_eq!(asked.status, 303);
    assert_eq!(asked.header("location"), "/sign-in?next=%2Fme%3Fshow%3Dremaining");
    let answer = student.sign_in("4110101", PASSWORD);
    assert_eq!((answer.status, answer.header("location")), (303, "/home"));
    let page = student.get("/me");
    assert_eq!(page.status, 200);
    assert!(page.body.contains("你還差 4 項"), "{}", page.body);

    let before = student.clone();
    assert_eq!(student.send("/me", "/sign-out", &[]).status, 303);
    assert!(student.cookie("menkan").is_none());
    // The cookie that was signed out opens nothing, whoever kept it.
    assert_eq!(before.clone().get("/me").status, 303);
}

#[test]
fn a_session_is_new_at_each_sign_in_and_never_the_one_that_was_brought() {
    let site = Site::start();
    let mut student = site.visitor();
    student.cookies.push(("menkan".to_owned(), "f".repeat(64)));
    assert_eq!(student.sign_in("4110101", PASSWORD).status, 303);
    let first = student.clone();
    assert_ne!(first.cookie("menkan").unwrap(), "f".repeat(64));
    // A form of the open session, sent to sign in once more.
    let answer = student.send("/me", "/sign-in", &[("account", "4110101"), ("password", PASSWORD)]);
    assert_eq!(answer.status, 303, "{}", answer.body);
    assert_ne!(student.cookie("menkan"), first.cookie("menkan"));
    assert_eq!(first.clone().get("/me").status, 303, "the former session has ended");
    assert_eq!(student.get("/me").status, 200);
}

#[test]
fn a_session_ends_when_it_is_idle_too_old_or_its_account_changes() {
    let site = Site::start();
    let ends = |what: &dyn Fn()| {
        let mut student = site.signed_in("4110101");
        assert_eq!(student.get("/me").status, 200);
        what();
        student.get("/me").status
    };
    assert_eq!(ends(&|| site.sql("UPDATE sessions SET seen_at = '2020-01-01T00:00:00.000Z'")), 303, "idle");
    assert_eq!(ends(&|| site.sql("UPDATE sessions SET expires_at = '2020-01-01T00:00:00.000Z'")), 303, "too old");
    let changed =
        || site.runtime.block_on(accounts::set_password(&site.app, "4110101", PASSWORD, chrono::Utc::now())).unwrap();
    assert_eq!(ends(&changed), 303, "another password");
    let disabled =
        || site.runtime.block_on(accounts::set_disabled(&site.app, "4110101", true, chrono::Utc::now())).unwrap();
    assert_eq!(ends(&disabled), 303, "disabled");
    assert_eq!(site.visitor().sign_in("4110101", PASSWORD).status, 422, "a disabled account cannot sign in");
}

#[test]
fn a_role_that_is_taken_away_is_gone_at_the_next_request() {
    let site = Site::start();
    let mut admin = site.signed_in("admin");
    assert_eq!(admin.get("/imports").status, 200);
    site.sql("DELETE FROM staff_roles WHERE account = 'admin'");
    assert_eq!(admin.get("/imports").status, 403);
}

#[test]
fn many_requests_at_once_while_the_session_is_marked_as_used_sign_nobody_out() {
    let site = Site::start();
    let student = site.signed_in("4110101");
    site.sql("UPDATE sessions SET seen_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '-30 minutes')");
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let tasks: Vec<_> = (0..100).map(|_| scope.spawn(|| student.clone().get("/me").status)).collect();
        tasks.into_iter().map(|task| task.join().unwrap()).collect()
    });
    assert_eq!(statuses, vec![200; 100]);
}

#[test]
fn strangers_are_locked_out_but_never_the_owners_own_device() {
    let site = Site::start();
    let mut owner = site.signed_in("4110101");
    owner.send("/me", "/sign-out", &[]);
    let mut stranger = site.visitor();
    let answers: Vec<u16> = (0..7).map(|n| stranger.sign_in("4110101", &format!("guess number {n}")).status).collect();
    assert_eq!(answers, [422, 422, 422, 422, 422, 429, 429]);
    assert_eq!(site.visitor().sign_in("4110101", PASSWORD).status, 429, "not even the right one, from there");
    let locked = stranger.sign_in("4110101", "x");
    assert!(locked.body.contains("15 分鐘"), "{}", locked.body);
    assert_eq!(owner.sign_in("4110101", PASSWORD).status, 303, "on a device that is known");
    site.sql("UPDATE sign_in_failures SET at = '2020-01-01T00:00:00.000Z'");
    assert_eq!(site.visitor().sign_in("4110101", PASSWORD).status, 303, "after a while, from anywhere");
    // Locked once more, until somebody who may sets another password.
    for guess in 0..6 {
        stranger.sign_in("4110101", &format!("another guess {guess}"));
    }
    assert_eq!(site.visitor().sign_in("4110101", PASSWORD).status, 429);
    let set = accounts::set_password(&site.app, "4110101", "a quite new one", chrono::Utc::now());
    site.runtime.block_on(set).unwrap();
    assert_eq!(site.visitor().sign_in("4110101", "a quite new one").status, 303);
}

#[test]
fn guesses_at_once_are_no_more_than_guesses_one_after_another() {
    let site = Site::start();
    let mut visitor = site.visitor();
    visitor.get("/sign-in");
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let tasks: Vec<_> = (0..20)
            .map(|n| {
                let mut visitor = visitor.clone();
                scope.spawn(move || visitor.sign_in("4110102", &format!("guess number {n}")).status)
            })
            .collect();
        tasks.into_iter().map(|task| task.join().unwrap()).collect()
    });
    assert_eq!(statuses.iter().filter(|status| **status == 422).count(), 5, "{statuses:?}");
    assert_eq!(statuses.iter().filter(|status| **status == 429).count(), 15, "{statuses:?}");
}

#[test]
fn an_unknown_account_is_answered_like_a_known_one() {
    let site = Site::start();
    let tell = |account: &str| {
        let page = site.visitor().sign_in(account, "wrong password");
        (page.status, blank(&page.body.replace(account, "ACCOUNT")))
    };
    assert_eq!(tell("4110101"), tell("4999999"));
}

/// A page without what differs at every request.
pub fn blank(body: &str) -> String {
    let mut out = String::new();
    for (index, part) in body.split("name=\"token\" value=\"").enumerate() {
        out.push_str(if index == 0 { part } else { part.split_once('"').map_or(part, |(_, rest)| rest) });
    }
    match out.split_once("請求編號：") {
        Some((before, after)) => format!("{before}{}", after.split_once('<').map_or(after, |(_, rest)| rest)),
        None => out,
    }
}

#[test]
fn an_account_that_never_chose_a_language_follows_the_browser_until_it_does() {
    let site = Site::start();
    let now = chrono::Utc::now();
    let made = accounts::create(&site.app, "tutor02", PASSWORD, None, now);
    site.runtime.block_on(made).unwrap();
    let english = [("Accept-Language", "en-GB,en;q=0.9,zh-TW;q=0.5".to_owned())];
    let lang =
        |page: &super::Page| page.body.split("<html lang=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let mut unchosen = site.signed_in("tutor02");
    assert_eq!(lang(&unchosen.ask("GET", "/home", &english, "")), "en");
    assert_eq!(lang(&unchosen.get("/home")), "zh-Hant-TW", "a browser that asks for nothing");
    // One that chose keeps it, whatever the browser asks for.
    assert_eq!(lang(&site.signed_in("tutor01").ask("GET", "/home", &english, "")), "zh-Hant-TW");
    let token = unchosen.get("/home").token();
    let answer = unchosen.post("/language", &own(site.address), &format!("token={token}&lang=zh-TW&to=/home"));
    assert_eq!(answer.status, 303);
    unchosen.cookies.retain(|(name, _)| name != "lang");
    assert_eq!(lang(&unchosen.ask("GET", "/home", &english, "")), "zh-Hant-TW");
    assert!(Lang::parse("").is_none(), "mails then take the school's first language");
}

#[test]
fn the_most_recent_record_is_not_one_that_was_taken_back() {
    let site = Site::start();
    site.runtime.block_on(async {
        let edition = site.app.edition.load_full();
        let text = "學號,類別,數量,發生日期,名稱,登錄日期\n4110102,抗壓,1,2025-10-01,演講,2025-11-11\n";
        let asked = crate::import::request(menkan::app::import::Kind::Credits, text, "2025-11-11");
        let last = async || {
            let mut conn = site.app.db.read().await.unwrap();
            let today = menkan::clock::parse_day("2026-01-01").unwrap();
            let judged = menkan::app::progress::of_student(&mut conn, &edition, "4110102", today).await.unwrap();
            menkan::app::progress::last_recorded(&edition.definition, &judged.unwrap().who)
        };
        let stress = edition.definition.category("stress").unwrap().0;
        let before = last().await;
        let batch = menkan::app::import::run(&site.app, asked, chrono::Utc::now()).await.unwrap().batch.unwrap();
        assert_eq!(last().await[stress].unwrap().to_string(), "2025-11-11");
        menkan::app::import::take_back(&site.app, batch, "tester", chrono::Utc::now()).await.unwrap();
        assert_eq!(last().await, before, "neither it nor the record that takes it back");
    });
}

#[test]
fn a_form_half_sent_does_nothing_once_its_sender_is_signed_out_or_disabled() {
    use std::io::{Read, Write};
    let site = Site::start();
    for how in ["signed out", "disabled", "nothing"] {
        let mut admin = site.signed_in("admin");
        let body = format!("token={}", admin.get("/rules").token());
        let cookies: Vec<String> = admin.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut head = format!(
            "POST /rules/reload HTTP/1.1\r\nHost: {0}\r\nConnection: close\r\nCookie: {1}\r\nContent-Length: {2}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nExpect: 100-continue\r\n",
            site.address,
            cookies.join("; "),
            body.len()
        );
        for (name, value) in own(site.address) {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        let mut socket = std::net::TcpStream::connect(site.address).unwrap();
        socket.write_all(format!("{head}\r\n").as_bytes()).unwrap();
        // The server asks for the body: it knows by now who sends it.
        let mut said = [0u8; 25];
        socket.read_exact(&mut said).unwrap();
        assert!(said.starts_with(b"HTTP/1.1 100"), "{}", String::from_utf8_lossy(&said));
        match how {
            "signed out" => assert_eq!(admin.clone().send("/rules", "/sign-out", &[]).status, 303),
            "disabled" => {
                site.runtime.block_on(accounts::set_disabled(&site.app, "admin", true, chrono::Utc::now())).unwrap()
            }
            _ => {}
        }
        socket.write_all(body.as_bytes()).unwrap();
        let mut answer = String::new();
        socket.read_to_string(&mut answer).unwrap();
        let acted = answer.contains("location: /rules\r\n");
        assert_eq!(acted, how == "nothing", "{how}: {answer}");
        if how == "disabled" {
            site.runtime.block_on(accounts::set_disabled(&site.app, "admin", false, chrono::Utc::now())).unwrap();
        }
    }
}
