//! Moves of the shipped certificate case: `cargo bench --bench case`.
//!
//! First the decision alone, on one thread: who may, the form where a move reads it, the rules, and
//! what follows. Then the whole move: 32 clients endorse cases by the real form, each answer after
//! its durable commit, beside what a plain loop writes of the same rows into the same file in the
//! same run. Preparing the cases and reading the forms is not measured.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::float_arithmetic)]

use std::collections::BTreeMap;
use std::hint::black_box;
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use menkan::case::{self, Actor, Case, Past, Raw, Setting, Wish};
use menkan::definition::case::Party;
use menkan::definition::{self, Definition};
use menkan::rules::Rules;
use menkan::rules::filing::{Entry, Student, Value};

#[path = "load/mod.rs"]
mod load;

use load::bare::{self, Move};
use load::mass::{self, Template, Wanted};
use load::school::{DEPARTMENTS, School, clerk, cookie, student};
use load::{Request, Server, held, median, percentile};

const ROUNDS: usize = 11;
const TARGET: f64 = 200_000.0;
/// Rounds of moves, and moves in each.
const HTTP_ROUNDS: usize = 3;
const MOVES: usize = 1_500;
const CLIENTS: usize = 32;

fn raw() -> Raw {
    let answers = [
        ("exam_date", "2025-09-10"),
        ("certificate", "sql"),
        ("exam_proof", "f1"),
        ("other_aid", ""),
        ("exam_fee", "3000"),
        ("receipt", "f2"),
        ("claims_issue_fee", "on"),
        ("issue_fee", "500"),
        ("issue_receipt", "f3"),
        ("certificate_file", "f4"),
    ];
    answers.map(|(id, text)| (id.to_owned(), text.to_owned())).into_iter().collect()
}

fn entry() -> Entry {
    let text = |text: &str| Value::Text(text.to_owned());
    let says = [
        ("name", text("資料庫管理")),
        ("self_learning", Value::Tick(true)),
        ("@department", text("im")),
        ("@term", text("114-1")),
    ];
    Entry { id: "sql".to_owned(), says: says.map(|(name, value)| (name.to_owned(), value)).into_iter().collect() }
}

/// Somebody in a role of a unit, or of the own department where none is named.
fn actor(definition: &Definition, account: &str, role: &str, unit: Option<&str>) -> Actor {
    let role = definition.school.roles.iter().position(|known| known.id == role).expect("the role");
    let party = match unit {
        Some(unit) => {
            let unit = definition.school.units.iter().position(|known| known.id == unit).expect("the unit");
            Party::Unit { unit, role }
        }
        None => Party::OwnDepartment { role },
    };
    Actor { account: account.to_owned(), also: Vec::new(), parties: vec![party], lent: Vec::new() }
}

/// Decisions a second, of the median round.
fn a_second(times: usize, mut decide: impl FnMut()) -> f64 {
    let mut rounds: Vec<f64> = (0..ROUNDS)
        .map(|_| {
            let began = Instant::now();
            (0..times).for_each(|_| decide());
            times as f64 / began.elapsed().as_secs_f64()
        })
        .collect();
    rounds.sort_by(f64::total_cmp);
    rounds[ROUNDS / 2]
}

fn main() -> ExitCode {
    let decided = deciding();
    let folder = std::env::temp_dir().join(format!("menkan-bench-{}", std::process::id()));
    let moved = moving(&folder);
    std::fs::remove_dir_all(&folder).unwrap();
    if decided && moved { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn deciding() -> bool {
    let definition = definition::load(Path::new(env!("CARGO_MANIFEST_DIR")), "ncut").unwrap();
    let rules = Rules::compile(&definition).unwrap();
    let (_, workflow) = definition.workflow("certificate").unwrap();
    let now = chrono::DateTime::parse_from_rfc3339("2026-02-25T10:00:00+08:00").unwrap().to_utc();
    let today = definition.school.calendar.today(now);
    let rounds = workflow.windows.map(|index| definition.windows[index].rounds.as_slice()).unwrap_or_default();
    let setting = Setting {
        definition: &definition,
        rules: &rules,
        workflow,
        now,
        today,
        student: Student::of(&definition, 112, Some(0), "im".to_owned()),
        windows: rounds.iter().filter(|round| round.is_open(now)).collect(),
        entries: BTreeMap::from([((0, "sql".to_owned()), entry())]),
        paid: Vec::new(),
        profile_complete: true,
        taken: Vec::new(),
        cases: BTreeMap::new(),
        in_use: false,
        elsewhere: BTreeMap::new(),
    };
    let state = |id: &str| workflow.state(id).unwrap().0;
    let step = |id: &str| workflow.step(id).unwrap().0;
    let sent = Past {
        actor: "student".to_owned(),
        lender: String::new(),
        step: Some(step("submit")),
        from: state("draft"),
        at: now,
    };
    let endorsed = Past {
        actor: "ann".to_owned(),
        lender: String::new(),
        step: Some(step("endorse")),
        from: state("in_review"),
        at: now,
    };
    let a_case = |at: &str, past: &[&Past]| Case {
        state: state(at),
        version: 1,
        applicant: "student".to_owned(),
        raw: raw(),
        named: Vec::new(),
        past: past.iter().map(|past| (*past).clone()).collect(),
    };
    let wish =
        |id: &str| Wish { step: step(id), seen: 1, note: "資料齊全".to_owned(), named: vec![0], answers: None };
    let clerk = actor(&definition, "ann", "clerk", None);
    let officer = actor(&definition, "bob", "office", Some("career"));
    let student =
        Actor { account: "student".to_owned(), also: Vec::new(), parties: vec![Party::Applicant], lent: Vec::new() };
    let (draft, in_review) = (a_case("draft", &[]), a_case("in_review", &[&sent]));
    let at_office = a_case("endorsed", &[&sent, &endorsed]);

    let rows: [(&str, usize, &Case, &Actor, Wish); 5] = [
        ("endorse", 100_000, &in_review, &clerk, wish("endorse")),
        ("return", 100_000, &in_review, &clerk, wish("return")),
        ("refuse", 100_000, &at_office, &officer, wish("refuse")),
        ("pass, with credit and payment", 1_000, &at_office, &officer, wish("pass")),
        ("submit, with the form and its rules", 1_000, &draft, &student, wish("submit")),
    ];
    let mut slowest = f64::INFINITY;
    for (name, times, case, actor, wish) in rows {
        let rate = a_second(times, || {
            let made = case::decide(black_box(&setting), black_box(case), black_box(actor), black_box(&wish));
            black_box(made.expect("the move is made"));
        });
        println!("{name:<36} {rate:>12.0} a second");
        if times > 1_000 {
            slowest = slowest.min(rate);
        }
    }
    let rate = a_second(100_000, || {
        black_box(case::moves(black_box(&setting), black_box(&in_review), black_box(&clerk)));
    });
    println!("{:<36} {rate:>12.0} a second", "which moves someone may make");
    println!("the slowest reviewing move: {slowest:.0} decisions a second");
    held("at least 200,000 decisions a second", slowest >= TARGET)
}

/// Whole moves through the running server, and the file's own limit.
fn moving(folder: &Path) -> bool {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (school, cases) = runtime.block_on(async {
        let school = School::make(folder, None).await;
        let count = 2 * HTTP_ROUNDS * MOVES;
        school.people(count + 1).await;
        let first = school.draft(0).await;
        school.act(&student(0), &first, "submit", 1).await;
        let like = Template::of(&school, 0, &first).await;
        let wanted = |student: usize| Wanted { like: &like, student, at: school.now, term: like.row.term.clone() };
        let ids = mass::write(&school, &(1..=count).map(wanted).collect::<Vec<_>>()).await;
        let clerks = (1..=count).map(|student| clerk(student % DEPARTMENTS));
        let cases: Vec<(String, String)> = ids.into_iter().zip(clerks).collect();
        school.close().await;
        (school, cases)
    });
    let server = Server::start(&school.data, &school.folder, None);
    let mut bare = runtime.block_on(bare::open(&school.data.join("menkan.db")));
    let (through, plain) = cases.split_at(cases.len() / 2);
    let (mut rates, mut slow, mut limits) = (Vec::new(), Vec::new(), Vec::new());
    for (through, plain) in through.chunks(MOVES).zip(plain.chunks(MOVES)) {
        let moves: Vec<Move> =
            plain.iter().map(|(case, actor)| Move { case: case.clone(), actor: actor.clone() }).collect();
        limits.push(runtime.block_on(bare::grouped(&mut bare, &moves, CLIENTS)));
        let forms = forms(&server.address, through);
        let (told, took) = load::closed(&server.address, CLIENTS, false, move |index| forms.get(index).cloned());
        for one in &told {
            assert_eq!(one.answer.status, 303, "{}", one.answer.head);
        }
        rates.push(told.len() as f64 / took.as_secs_f64());
        slow.push(percentile(told.iter().map(|one| one.took), 99));
    }
    let made = runtime.block_on(async {
        let sql = "SELECT COUNT(*) FROM case_events WHERE step = 'endorse' AND actor_name LIKE '職員 %'";
        sqlx::query_scalar::<_, i64>(sql).fetch_one(&mut bare).await.unwrap()
    });
    assert_eq!(made as usize, through.len(), "moves that were answered and are not there");
    let (rate, limit, slow) = (median(rates), median(limits), median(slow));
    println!(
        "a move through HTTP, {CLIENTS} clients: {rate:.0} a second, p99 {slow:.1} ms; the same rows alone, {CLIENTS} a \
         commit: {limit:.0} a second; {:.0} % of that",
        rate / limit * 100.0
    );
    let shares = held("at least a third of the rows alone", rate * 3.0 >= limit);
    held("p99 within 100 ms", slow <= 100.0) && shares
}

/// The form of each case's page, filled in: `endorse` with a note.
fn forms(address: &str, cases: &[(String, String)]) -> Vec<Request> {
    let pages = cases.iter().map(|(id, clerk)| load::get(address, &format!("/review/{id}"), &cookie(clerk)));
    let (pages, _) = load::each(address, true, pages.collect());
    let filled = pages.iter().zip(cases).map(|(page, (id, clerk))| {
        let (token, seen) = (page.answer.hidden("token"), page.answer.hidden("seen"));
        let fields = [("token", token.as_str()), ("seen", &seen), ("step", "endorse"), ("note", "資料齊全")];
        load::post(address, &format!("/review/{id}"), &cookie(clerk), &fields)
    });
    filled.collect()
}
