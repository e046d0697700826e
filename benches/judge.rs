//! Judging a student (four requirements, from summed facts) against a loop written by hand for the
//! same four requirements over the same facts, in one run: `cargo bench --bench judge`.
//!
//! Three ways of judging are measured. `judge` is what the server runs: rules in Rhai, an answer
//! kept where the rule looked at nothing but the numbers it is kept under. `every rule` asks Rhai
//! anew for each requirement of each student. `with reasons` is what one dashboard costs.
#![allow(clippy::unwrap_used, clippy::float_arithmetic)]

use std::hint::black_box;
use std::time::Instant;

use menkan::amount::Amount;
use menkan::clock::{Day, Term};
use menkan::definition::{self, Definition};
use menkan::progress::{Facts, Judge, Passes};
use menkan::rules::Rules;

const STUDENTS: usize = 20_000;
const ROUNDS: usize = 21;
const TARGET: f64 = 12.0;

/// The four thresholds, written out for one school.
struct ByHand {
    division: usize,
    stress: usize,
    enrichment: usize,
    social: usize,
    aesthetic: usize,
    certificate: usize,
}

impl ByHand {
    fn of(definition: &Definition) -> ByHand {
        let category = |id| definition.category(id).unwrap().0;
        ByHand {
            division: definition.school.divisions.iter().position(|division| division.id == "day-4").unwrap(),
            stress: category("stress"),
            enrichment: category("enrichment"),
            social: category("social"),
            aesthetic: category("aesthetic"),
            certificate: category("certificate"),
        }
    }

    fn judge(&self, facts: &Facts) -> Passes {
        if facts.division != Some(self.division) || facts.admitted < 111 {
            return Passes::default();
        }
        let (mut stress, mut enrichment, mut social, mut certificate) = (0, 0, 0, 0);
        for sum in &facts.sums {
            if sum.category == self.stress {
                stress += sum.amount.0;
            } else if sum.category == self.enrichment {
                enrichment += sum.amount.0;
            } else if sum.category == self.social
                || sum.category == self.aesthetic && sum.term >= (Term { year: 113, number: 2 })
            {
                social += sum.amount.0;
            } else if sum.category == self.certificate {
                certificate += sum.amount.0;
            }
        }
        let passed = u64::from(stress >= 300)
            | u64::from(enrichment >= 300) << 1
            | u64::from(social >= 2400) << 2
            | u64::from(certificate >= 100) << 3;
        Passes { bound: 0b1111, passed }
    }
}

/// Students with thirty credits each, in half hours and quarter hours, over their terms.
fn students(definition: &Definition) -> Vec<Facts> {
    let mut state = 0x2545_F491_4F6C_DD1D_u64;
    let mut random = |below: u64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state % below
    };
    (0..STUDENTS)
        .map(|_| {
            let admitted = 110 + random(5) as i32;
            let division = if random(10) == 0 { 1 } else { 0 };
            let mut facts = Facts { admitted, division: Some(division), ..Facts::default() };
            for _ in 0..30 {
                let category = random(definition.categories.len() as u64) as usize;
                let term = Term { year: admitted + random(4) as i32, number: 1 + random(2) as u8 };
                let amount = match definition.categories[category].unit.as_str() {
                    "hours" => Amount(25 * (1 + random(8) as i64)),
                    _ => Amount::whole(random(2) as i64),
                };
                facts.add(category, term, amount);
            }
            facts
        })
        .collect()
}

fn nanoseconds(students: &[Facts], mut judge: impl FnMut(&Facts) -> Passes) -> f64 {
    let began = Instant::now();
    for facts in students {
        black_box(judge(black_box(facts)));
    }
    began.elapsed().as_nanos() as f64 / students.len() as f64
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn main() {
    let definition = definition::load(std::path::Path::new(env!("CARGO_MANIFEST_DIR")), "ncut").unwrap();
    let rules = Rules::compile(&definition).unwrap();
    let day: Day = "2025-12-12".parse().unwrap();
    let students = students(&definition);
    let by_hand = ByHand::of(&definition);
    let mut judge = Judge::new(&definition, &rules, day);
    let mut anew = Judge::new(&definition, &rules, day).without_keeping();

    let sums: usize = students.iter().map(|facts| facts.sums.len()).sum();
    let passed = students.iter().filter(|facts| by_hand.judge(facts).all()).count();
    for facts in &students {
        let expected = by_hand.judge(facts);
        assert_eq!(judge.passes(facts), expected, "{facts:?}");
        assert_eq!(anew.passes(facts), expected, "{facts:?}");
        assert_eq!(judge.verdict(facts).passed, expected.all(), "{facts:?}");
    }
    println!(
        "{STUDENTS} students, {:.1} sums each, {passed} pass all that binds them; medians of {ROUNDS} rounds",
        sums as f64 / STUDENTS as f64
    );

    let mut rounds: [Vec<f64>; 5] = Default::default();
    for _ in 0..ROUNDS {
        rounds[0].push(nanoseconds(&students, |facts| by_hand.judge(facts)));
        rounds[1].push(nanoseconds(&students, |facts| judge.passes(facts)));
        // A judge that has not seen any student yet.
        let mut fresh = Judge::new(&definition, &rules, day);
        rounds[2].push(nanoseconds(&students, |facts| fresh.passes(facts)));
        rounds[3].push(nanoseconds(&students, |facts| anew.passes(facts)));
        rounds[4].push(nanoseconds(&students, |facts| {
            black_box(judge.verdict(facts));
            Passes::default()
        }));
    }
    let [hand, kept, fresh, every, reasons] = rounds.map(median);
    let row = |name: &str, value: f64| println!("{name:<34} {value:>9.1} ns {:>7.1} ×", value / hand);
    row("written by hand", hand);
    row("judge", kept);
    row("judge, from its first student on", fresh);
    row("judge, every rule asked anew", every);
    row("judge, with reasons", reasons);
    let ratio = fresh / hand;
    println!("judge costs {ratio:.1} times the loop by hand; the target is at most {TARGET}");
    if ratio > TARGET {
        std::process::exit(1);
    }
}
