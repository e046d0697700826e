//! Guessing: of ten thousand tries none hits, they are soon told to stop, and whoever guesses still
//! sees what is theirs. And a guess at an account costs what a known one costs. S3, S19.

use std::time::{Duration, Instant};

use menkan::app::accounts::{self, Origin};

use super::{Site, own};

#[test]
fn ten_thousand_guesses_hit_nothing_and_are_told_to_stop() {
    let site = Site::start();
    let tutor = site.signed_in("tutor01");
    let first = std::sync::Mutex::new(Vec::new());
    let (mut hits, mut told) = (0, 0);
    let answers: Vec<(usize, u16, String)> = std::thread::scope(|scope| {
        let tasks: Vec<_> = (0..4)
            .map(|part| {
                let (mut tutor, first) = (tutor.clone(), &first);
                scope.spawn(move || {
                    let mut answers = Vec::new();
                    for number in (part..10_000).step_by(4) {
                        // Numbers near one's own, numbers of the class next door, other kinds of pages.
                        let path = match number % 8 {
                            0 => format!("/students/411{:04}", 200 + number % 5_000),
                            1 => format!("/students/411{:04}/records", 201 + number % 9_000),
                            2 => format!("/classes/C{:02}", 2 + number % 90),
                            3 => format!("/students/41102{:02}/why/stress", number % 99),
                            4 => format!("/departments/D{}", 1 + number % 99),
                            // Ids of cases and files are drawn from 2^128.
                            5 => format!("/review/{:032x}", number as u128 * 0x9E37_79B9_7F4A_7C15),
                            6 => format!("/files/{:032x}", u128::MAX - number as u128),
                            _ => format!("/cases/{:032x}", number as u128 * 0x0001_0000_0001_0000_0001),
                        };
                        let page = tutor.get(&path);
                        first.lock().unwrap().push(page.status);
                        answers.push((number, page.status, page.header("retry-after").to_owned()));
                    }
                    answers
                })
            })
            .collect();
        tasks.into_iter().flat_map(|task| task.join().unwrap()).collect()
    });
    for (number, status, retry) in answers {
        match status {
            404 => {}
            429 => {
                assert!((1..=60).contains(&retry.parse::<u32>().unwrap()), "{retry}");
                told += 1;
            }
            _ => {
                hits += 1;
                println!("{number}: {status}");
            }
        }
    }
    assert_eq!(hits, 0);
    let first = first.into_inner().unwrap().into_iter().position(|status| status == 429).unwrap();
    assert!(first <= 200, "told to stop at guess {first}");
    println!("of 10,000 guesses none hit; told to stop at guess {first}, {told} times");

    let mut tutor = tutor;
    let page = tutor.get("/students/4110201");
    assert!(page.status == 429 || page.status == 404);
    // What is theirs is shown all the same, to them and to others.
    assert_eq!(tutor.get("/students/4110101").status, 200);
    assert_eq!(tutor.get("/classes/C01").status, 200);
    assert_eq!(site.signed_in("head").get("/students/4110201").status, 200);
    assert_eq!(site.signed_in("head").get("/students/9").status, 404, "another account is counted by itself");
}

#[test]
fn who_is_not_signed_in_is_counted_by_network_and_told_in_words() {
    let site = Site::start();
    let mut stranger = site.visitor();
    let statuses: Vec<u16> = (0..70).map(|number| stranger.get(&format!("/nothing/{number}")).status).collect();
    assert_eq!(statuses, [vec![404; 60], vec![429; 10]].concat());
    let page = site.visitor().get("/assets/nothing");
    assert_eq!(page.status, 429);
    let page = site.visitor().get("/nothing?lang=en");
    assert!(page.body.contains("Too many addresses that lead nowhere"), "{}", page.body);
    for path in ["/", "/sign-in", "/forgot", "/healthz"] {
        assert_eq!(site.visitor().get(path).status, 200, "{path}");
    }
    assert_eq!(site.signed_in("4110101").get("/me").status, 200);
    // A form is answered as ever.
    assert_eq!(site.visitor().post("/sign-in", &own(site.address), "token=1.1").status, 403);
}

#[test]
fn an_account_that_there_is_not_costs_the_same_work() {
    let site = Site::start();
    let shortest = |account: &str, round: u32| {
        let origin = Origin::Network(format!("net {account} {round}"));
        let began = Instant::now();
        let answer = site.runtime.block_on(accounts::sign_in(
            &site.app,
            account,
            "a wrong password",
            &origin,
            None,
            chrono::Utc::now(),
        ));
        assert_eq!(answer.unwrap(), accounts::SignedIn::Wrong);
        began.elapsed()
    };
    // The shortest of several, in turn: other tests can only lengthen one. Without the work for
    // nothing an unknown account would be answered many times sooner.
    let (mut known, mut unknown) = (Duration::MAX, Duration::MAX);
    for round in 0..12 {
        known = known.min(shortest("4110101", round));
        unknown = unknown.min(shortest("4999999", round));
    }
    println!("known {known:?}, unknown {unknown:?}");
    let ratio = unknown.as_secs_f64() / known.as_secs_f64();
    assert!((0.4..2.5).contains(&ratio), "known {known:?}, unknown {unknown:?}");
}
