//! The pages of 100,000 cases: `cargo bench --bench queue`; on PostgreSQL too where
//! MENKAN_BENCH_POSTGRES names an empty database. `-- --few` makes a tenth.
//!
//! One reader after another asks for every list that the queue's filters make, its first, middle and
//! last page, as a clerk, as the office and as an administrator; then for a student's case and a reviewer's.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::float_arithmetic)]

use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

#[path = "load/mod.rs"]
mod load;

use load::mass::{self, Template, Wanted};
use load::school::{DEPARTMENTS, School, clerk, cookie, department, officer, student};
use load::{Client, Server, get, held, on_one_thread, percentile};

/// Milliseconds, of 99 in a hundred.
const LIST: f64 = 50.0;
const STUDENTS_PAGE: f64 = 20.0;
/// How often each page is asked for.
const TIMES: usize = 25;
/// Readers at once.
const READERS: usize = 2;

fn main() -> ExitCode {
    let count = if std::env::args().any(|arg| arg == "--few") { 10_000 } else { 100_000 };
    let folder = std::env::temp_dir().join(format!("menkan-bench-{}", std::process::id()));
    let mut good = measure("SQLite", &folder.join("sqlite"), None, count);
    if let Ok(url) = std::env::var("MENKAN_BENCH_POSTGRES") {
        good &= measure("PostgreSQL", &folder.join("postgres"), Some(&url), count);
    }
    std::fs::remove_dir_all(&folder).unwrap();
    if good { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// A case in each state, walked there by the program's own functions; how many of a hundred are like it.
const WALKS: [(usize, &[(&str, &str)]); 7] = [
    (4, &[]),
    (20, &[("submit", "student")]),
    (6, &[("submit", "student"), ("return", "clerk")]),
    (10, &[("submit", "student"), ("endorse", "clerk")]),
    (48, &[("submit", "student"), ("endorse", "clerk"), ("pass", "office")]),
    (8, &[("submit", "student"), ("endorse", "clerk"), ("refuse", "office")]),
    (4, &[("submit", "student"), ("withdraw", "student")]),
];

/// A case to look at, by state.
struct Seen {
    state: String,
    id: String,
    student: usize,
}

async fn fill(school: &School, count: usize) -> Vec<Seen> {
    school.people(count).await;
    let mut templates = Vec::new();
    for (index, (_, steps)) in WALKS.iter().enumerate() {
        let id = school.draft(index).await;
        for (made, (step, who)) in steps.iter().enumerate() {
            let account = match *who {
                "clerk" => clerk(index % DEPARTMENTS),
                "office" => officer(0),
                _ => student(index),
            };
            school.act(&account, &id, step, made as i64 + 1).await;
        }
        templates.push(Template::of(school, index, &id).await);
    }
    let day = |days: i64| school.today - chrono::Duration::days(days);
    let terms: Vec<String> = (0..4).map(|back| school.term(day(back * 182))).collect();
    let likes: Vec<usize> =
        WALKS.iter().enumerate().flat_map(|(index, (share, _))| std::iter::repeat_n(index, *share)).collect();
    let wanted: Vec<Wanted<'_>> = (WALKS.len()..count)
        .map(|number| Wanted {
            // Neighbours are not alike, and every department has every state.
            like: &templates[likes[(number * 37 + number / 100) % 100]],
            student: number,
            at: school.now - chrono::Duration::seconds((number as i64 * 7919) % 20_000_000),
            term: terms[number / 7 % terms.len()].clone(),
        })
        .collect();
    let ids = mass::write(school, &wanted).await;
    let mut conn = school.app.db.begin().await.unwrap();
    conn.run("INSERT INTO staff_roles (account, role, unit) VALUES ('officer3', 'admin', '')", &[]).await.unwrap();
    conn.commit().await.unwrap();
    let at_end = ids.iter().zip(&wanted).rev();
    let seen = |state: &str| {
        let (id, wanted) = at_end.clone().find(|(_, wanted)| wanted.like.row.state == state).expect("a case");
        Seen { state: state.to_owned(), id: id.clone(), student: wanted.student }
    };
    ["draft", "in_review", "returned", "endorsed", "passed"].map(seen).into()
}

fn measure(kind: &str, folder: &Path, database: Option<&str>, count: usize) -> bool {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (school, cases) = runtime.block_on(async {
        let school = School::make(folder, database).await;
        let cases = fill(&school, count).await;
        school.close().await;
        (school, cases)
    });
    let server = Server::start(&school.data, &school.folder, database);
    let mut good = lists(kind, &server.address, &school, count);
    for case in &cases {
        good &= pages(kind, &server.address, case);
    }
    println!("{kind}: {} MB after all of it", server.memory_kib("VmHWM") / 1024);
    good
}

/// What the filters of a list can ask for.
fn questions(school: &School) -> Vec<String> {
    let (term, none) = (school.term(school.today), "");
    let mut all = Vec::new();
    for state in [none, "in_review", "returned", "endorsed", "passed", "refused", "withdrawn"] {
        for department in [none.to_owned(), department(3)] {
            for term in [none, &term] {
                for text in [none, "00012", "S1", "nothing-like-it"] {
                    let workflow = if state.is_empty() { none } else { "certificate" };
                    all.push(format!("workflow={workflow}&state={state}&department={department}&term={term}&q={text}"));
                }
            }
        }
    }
    all
}

fn lists(kind: &str, address: &str, school: &School, count: usize) -> bool {
    let mut all: Vec<(String, Vec<Duration>)> = Vec::new();
    let readers = [("clerk", clerk(3)), ("office", officer(0)), ("administrator", officer(3))];
    for (who, account) in &readers {
        for view in ["mine", "all"] {
            for question in questions(school) {
                let path = format!("/queue?view={view}&{question}");
                let (last, page) = last_page(address, &path, account);
                let mut numbers = vec![1, (1 + last) / 2, last];
                numbers.dedup();
                for number in numbers {
                    let path = format!("{path}&page={number}");
                    let times = if page > LIST { TIMES } else { 4 };
                    all.push((format!("{who}: {path}"), asked(address, &path, account, times)));
                }
            }
        }
    }
    all.sort_by(|(_, one), (_, other)| percentile(other.clone(), 99).total_cmp(&percentile(one.clone(), 99)));
    println!("{kind}: {count} cases, {} lists; the slowest by their own p99:", all.len());
    for (path, times) in all.iter().take(8) {
        println!("  {:>7.1} ms (median {:.1}) {path}", percentile(times.clone(), 99), percentile(times.clone(), 50));
    }
    let times: Vec<Duration> = all.iter().flat_map(|(_, times)| times.clone()).collect();
    let median = percentile(times.clone(), 50);
    println!("{kind}: {} answers, median {median:.1} ms, p99 {:.1} ms", times.len(), percentile(times.clone(), 99));
    held("every list's p99 within 50 ms", all.iter().all(|(_, times)| percentile(times.clone(), 99) <= LIST))
}

/// The number of the list's last page as its first one says it, and how long that took in milliseconds.
fn last_page(address: &str, path: &str, account: &str) -> (i64, f64) {
    let began = std::time::Instant::now();
    let answer = load::ask_once(address, &get(address, path, &cookie(account))).unwrap();
    assert_eq!(answer.status, 200, "{path}: {}", answer.head);
    let took = began.elapsed().as_secs_f64() * 1e3;
    let page = answer.text();
    let pages = page.split("class=\"pages\"").nth(1).and_then(|rest| rest.split("<span>").nth(1)?.split('<').next());
    let numbers =
        pages.unwrap_or("1").split(|sign: char| !sign.is_ascii_digit()).filter_map(|number| number.parse().ok());
    (numbers.max().unwrap_or(1), took)
}

fn asked(address: &str, path: &str, account: &str, times: usize) -> Vec<Duration> {
    let request = get(address, path, &cookie(account));
    on_one_thread(async {
        let mut out = Vec::new();
        let mut client = Client::connect(address).await.unwrap();
        for _ in 0..times {
            let began = std::time::Instant::now();
            let answer = client.ask(&request).await.unwrap();
            out.push(began.elapsed());
            assert_eq!(answer.status, 200, "{path}: {}", answer.head);
        }
        out
    })
}

/// A case before its applicant and before its reviewer.
fn pages(kind: &str, address: &str, case: &Seen) -> bool {
    let mut good = true;
    let reviewer = if case.state == "in_review" { clerk(case.student % DEPARTMENTS) } else { officer(0) };
    let readers = [("the student's page", "cases", student(case.student)), ("the reviewer's page", "review", reviewer)];
    for (what, part, account) in readers {
        if part == "review" && case.state == "draft" {
            continue;
        }
        let request = get(address, &format!("/{part}/{}", case.id), &cookie(&account));
        let (told, _) = load::closed(address, READERS, false, move |index| (index < 400).then(|| request.clone()));
        assert!(told.iter().all(|one| one.answer.status == 200), "{what} of a case {}", case.state);
        let (p50, p99) =
            (percentile(told.iter().map(|one| one.took), 50), percentile(told.iter().map(|one| one.took), 99));
        println!("{kind}: {what}, {}: median {p50:.1} ms, p99 {p99:.1} ms", case.state);
        good &= held("  p99 within 20 ms", p99 <= STUDENTS_PAGE);
    }
    good
}
