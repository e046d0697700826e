//! Deciding moves of the shipped certificate case on one thread: `cargo bench --bench case`.
//!
//! What stands between a click and its transaction: who may, the form where a move reads it, the
//! rules, and what follows. A reviewing move alone (`endorse`) is at least 200,000 a second.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::float_arithmetic)]

use std::collections::BTreeMap;
use std::hint::black_box;
use std::path::Path;
use std::time::Instant;

use menkan::case::{self, Actor, Case, Past, Raw, Setting, Wish};
use menkan::definition::case::Party;
use menkan::definition::{self, Definition};
use menkan::rules::Rules;
use menkan::rules::filing::{Entry, Student, Value};

const ROUNDS: usize = 11;
const TARGET: f64 = 200_000.0;

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
    Actor { account: account.to_owned(), parties: vec![party] }
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

fn main() {
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
    };
    let state = |id: &str| workflow.state(id).unwrap().0;
    let step = |id: &str| workflow.step(id).unwrap().0;
    let sent = Past { actor: "student".to_owned(), step: Some(step("submit")), from: state("draft"), at: now };
    let endorsed = Past { actor: "ann".to_owned(), step: Some(step("endorse")), from: state("in_review"), at: now };
    let a_case = |at: &str, past: &[&Past]| Case {
        state: state(at),
        version: 1,
        applicant: "student".to_owned(),
        raw: raw(),
        named: Vec::new(),
        past: past.iter().map(|past| (*past).clone()).collect(),
    };
    let wish = |id: &str| Wish { step: step(id), seen: 1, note: "資料齊全".to_owned(), named: vec![0] };
    let clerk = actor(&definition, "ann", "clerk", None);
    let officer = actor(&definition, "bob", "office", Some("career"));
    let student = Actor { account: "student".to_owned(), parties: vec![Party::Applicant] };
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
    println!("a reviewing move: {slowest:.0} decisions a second; the target is at least {TARGET}");
    if slowest < TARGET {
        std::process::exit(1);
    }
}
