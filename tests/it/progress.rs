//! Judging under the school that the repository ships: facts in, verdicts and explanations out.

use menkan::amount::Amount;
use menkan::clock::{Day, Term};
use menkan::definition::{self, Definition};
use menkan::lang::Lang;
use menkan::progress::{Credit, Facts, Judge, explain, judge};
use menkan::rules::Rules;
use proptest::prelude::*;

fn school() -> (Definition, Rules) {
    let definition = definition::load(std::path::Path::new(env!("CARGO_MANIFEST_DIR")), "ncut").unwrap();
    let rules = Rules::compile(&definition).unwrap();
    (definition, rules)
}

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn facts(definition: &Definition, admitted: i32, division: &str, sums: &str) -> Facts {
    let (sums, unread) = Facts::parse_sums(definition, sums);
    assert_eq!((unread.unknown, unread.broken), (0, 0));
    let division = definition.school.divisions.iter().position(|known| known.id == division);
    Facts { admitted, division, sums, ..Facts::default() }
}

#[test]
fn what_is_missing_is_said_in_both_languages() {
    let (definition, rules) = school();
    let facts = facts(
        &definition,
        111,
        "day-4",
        "aesthetic:113-1:1000;aesthetic:113-2:400;enrichment:112-1:300;social:113-1:1200;stress:111-1:400",
    );
    let verdict = judge(&definition, &rules, &facts, day("2025-12-12"));
    let told: Vec<String> = definition
        .requirements
        .iter()
        .zip(&verdict.requirements)
        .map(|(requirement, verdict)| {
            let reasons: Vec<&str> =
                verdict.reasons.iter().flat_map(|reason| [reason.get(Lang::ZhTw), reason.get(Lang::En)]).collect();
            format!("{} {}/{} {} {}", requirement.id, verdict.earned, verdict.needed, verdict.passed, reasons.join("|"))
        })
        .collect();
    assert_eq!(
        told,
        [
            "stress 4/3 true ",
            "enrichment 3/3 true ",
            "social 16/24 false 還缺 8 小時|8 hours still missing",
            "certificate 0/1 false 還缺 1 項|1 item still missing",
        ]
    );
    assert!(verdict.bound && !verdict.passed);
    assert_eq!(verdict.requirements[2].counted, [Amount::whole(12), Amount::whole(4)]);
    assert_eq!(facts.sums[1].term, Term { year: 113, number: 2 });
}

fn credit(definition: &Definition, id: i64, category: &str, amount: i64, happened: &str) -> Credit {
    let happened_on = day(happened);
    Credit {
        id,
        category: definition.category(category).unwrap().0,
        amount: Amount(amount),
        happened_on,
        term: definition.school.calendar.term_of(happened_on),
        name: String::new(),
        recorded_on: happened_on,
        source: String::new(),
        taken_back_on: None,
        stands_in: None,
    }
}

/// The shipped school with a cap of five hours on what aesthetics add to the social requirement.
fn with_cap(script: &str) -> (Definition, Rules) {
    let mut definition = definition::load(std::path::Path::new(env!("CARGO_MANIFEST_DIR")), "ncut").unwrap();
    let mut cap = definition.parameters[0].clone();
    cap.id = "aesthetic_cap".into();
    cap.values[0].value = Amount::whole(5);
    definition.parameters.push(cap);
    let last = definition.parameters.len() - 1;
    let social = definition.requirement("social").unwrap().0;
    definition.requirements[social].counts[1].at_most = Some(last);
    if !script.is_empty() {
        let thresholds = definition.scripts.iter_mut().find(|script| script.name == "thresholds").unwrap();
        thresholds.source = script.into();
    }
    let rules = Rules::compile(&definition).unwrap();
    (definition, rules)
}

#[test]
fn each_record_says_why_it_counts_or_not() {
    let (definition, rules) = with_cap("");
    let mut credits = vec![
        credit(&definition, 1, "social", 1200, "2024-10-01"),
        credit(&definition, 2, "social", 300, "2024-10-02"),
        credit(&definition, 3, "social", 100, "2024-10-03"),
        credit(&definition, 4, "stress", 300, "2024-10-04"),
        credit(&definition, 5, "aesthetic", 400, "2025-01-31"),
        credit(&definition, 6, "aesthetic", 400, "2025-02-01"),
        credit(&definition, 7, "aesthetic", 400, "2025-03-01"),
        credit(&definition, 8, "aesthetic", 400, "2025-04-01"),
    ];
    credits[1].taken_back_on = Some(day("2025-12-12"));
    credits[2].recorded_on = day("2025-12-13");
    let facts = Facts { admitted: 111, division: Some(0), ..Facts::default() };
    let social = definition.requirement("social").unwrap().0;
    let explained = explain(&definition, &rules, &facts, &credits, &[], social, day("2025-12-12")).unwrap();
    let told: Vec<String> = explained
        .records
        .iter()
        .map(|record| format!("{} {} {}", record.credit.id, record.counted, record.reason.get(Lang::En)))
        .collect();
    assert_eq!(
        told,
        [
            "1 12 Counted",
            "2 0 Taken back on 2025-12-12",
            "3 0 Recorded only on 2025-12-13",
            "4 0 This requirement does not count “Stress resilience”",
            "5 0 Happened in 113-1; counted only from 113-2 on",
            "6 4 Counted",
            "7 1 Only 1 hour counted: the cap for “Aesthetics” is 5 hours",
            "8 0 The cap of 5 hours for “Aesthetics” was already reached",
        ]
    );
    assert_eq!(explained.verdict.earned, Amount::whole(17));
    let needed = explained.needed.unwrap();
    assert_eq!((needed.value, needed.from), (Amount::whole(24), day("2022-08-01")));
    assert_eq!(definition.parameters[needed.parameter].by.get(Lang::En), "Regulations, article 3 (3)");
    // A day earlier the second had not been taken back.
    let before = explain(&definition, &rules, &facts, &credits, &[], social, day("2025-12-11")).unwrap();
    assert_eq!(before.verdict.earned, Amount::whole(20));
}

#[test]
fn a_parameter_without_a_value_is_told_and_not_passed() {
    let (definition, rules) = school();
    let facts = facts(&definition, 111, "day-4", "stress:111-1:900");
    let verdict = judge(&definition, &rules, &facts, day("2021-12-12"));
    let stress = &verdict.requirements[0];
    assert!(stress.bound && !stress.passed);
    assert_eq!(stress.error.as_ref().unwrap().code, "MK208");
    assert!(stress.reasons[0].get(Lang::ZhTw).contains("stress_hours"), "{stress:?}");
    let passes = Judge::new(&definition, &rules, day("2021-12-12")).passes(&facts);
    assert!(passes.lacks(0) && !passes.all());
}

#[test]
fn stored_sums_are_read_and_written() {
    let (definition, _) = school();
    let text = "aesthetic:113-2:400;social:111-1:1050;stress:112-2:25";
    let (sums, unread) = Facts::parse_sums(&definition, text);
    assert_eq!((unread.unknown, unread.broken), (0, 0));
    let facts = Facts { admitted: 111, sums, ..Facts::default() };
    assert_eq!(facts.sums_text(&definition), text);
    let (sums, unread) =
        Facts::parse_sums(&definition, "dance:111-1:100;stress;stress:x:1;stress:111-1:99999999999999999;;");
    assert_eq!((sums.len(), unread.unknown, unread.broken), (0, 1, 3));
}

/// Rules of several kinds: one that looks at its own numbers, one at other categories, one at a parameter.
const RULES: &str = r#"
    fn enough(f) {
        if f.admitted == 112 { return f.earned >= f.needed && f.sum("aesthetic") >= 2; }
        if f.admitted == 113 { return f.earned >= parameter("stress_hours") || f.counted("social") > 10; }
        f.earned >= f.needed
    }
"#;

fn any_credits() -> impl Strategy<Value = Vec<(usize, i64, i64, i64, Option<i64>)>> {
    let taken = prop_oneof![3 => Just(None), 1 => (0..900i64).prop_map(Some)];
    prop::collection::vec((0..5usize, 1..40i64, 0..1300i64, 0..60i64, taken), 0..40)
}

fn build(definition: &Definition, made: &[(usize, i64, i64, i64, Option<i64>)]) -> Vec<Credit> {
    let start = day("2022-08-01");
    let later = |days: i64| start + chrono::Duration::days(days);
    made.iter()
        .enumerate()
        .map(|(id, (category, quarters, happened, recorded, taken))| Credit {
            id: id as i64,
            category: *category,
            amount: Amount(quarters * 25),
            happened_on: later(*happened),
            term: definition.school.calendar.term_of(later(*happened)),
            name: String::new(),
            recorded_on: later(happened + recorded),
            source: String::new(),
            taken_back_on: taken.map(|taken| later(happened + recorded + taken)),
            stands_in: None,
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    /// What the stored sums say, what the records say, and what the explanation adds up are one.
    #[test]
    fn sums_and_records_agree(made in any_credits(), admitted in 110..115i32, division in 0..3usize, on in 0..1500i64) {
        let (definition, rules) = with_cap(RULES);
        let credits = build(&definition, &made);
        let on = day("2022-08-01") + chrono::Duration::days(on);
        let facts = Facts::of_credits(admitted, Some(division), &credits, on);
        let stored = facts.sums_text(&definition);
        let (sums, _) = Facts::parse_sums(&definition, &stored);
        let facts = Facts { sums, ..facts };
        let verdict = judge(&definition, &rules, &facts, on);
        for index in 0..definition.requirements.len() {
            let explained = explain(&definition, &rules, &facts, &credits, &[], index, on).unwrap();
            prop_assert_eq!(&explained.verdict, &verdict.requirements[index]);
            let counted: Amount = explained.records.iter().map(|record| record.counted).sum();
            prop_assert_eq!(counted, explained.verdict.earned);
            let counted: Vec<Credit> = explained
                .records
                .iter()
                .filter(|record| record.counted != Amount::ZERO)
                .map(|record| Credit { amount: record.counted, ..record.credit.clone() })
                .collect();
            let again = Facts::of_credits(admitted, Some(division), &counted, on);
            let again = judge(&definition, &rules, &again, on);
            prop_assert_eq!(again.requirements[index].earned, explained.verdict.earned);
        }
    }

    /// The order of sums and records means nothing, and keeping answers changes none.
    #[test]
    fn order_and_memory_change_nothing(
        made in prop::collection::vec((any_credits(), 110..115i32, 0..3usize), 1..12),
        turn in 0..40usize,
    ) {
        let (definition, rules) = with_cap(RULES);
        let on = day("2025-12-12");
        let mut keeping = Judge::new(&definition, &rules, on);
        let mut anew = Judge::new(&definition, &rules, on).without_keeping();
        for (made, admitted, division) in made {
            let credits = build(&definition, &made);
            let facts = Facts::of_credits(admitted, Some(division), &credits, on);
            let mut turned = facts.clone();
            if !turned.sums.is_empty() {
                let middle = turn % turned.sums.len();
                turned.sums.rotate_left(middle);
            }
            let verdict = judge(&definition, &rules, &facts, on);
            prop_assert_eq!(&verdict, &judge(&definition, &rules, &turned, on));
            let passes = keeping.passes(&facts);
            prop_assert_eq!(passes, keeping.passes(&turned));
            prop_assert_eq!(passes, anew.passes(&facts));
            prop_assert_eq!(passes.is_bound(), verdict.bound);
            prop_assert_eq!(passes.all(), verdict.passed);
            for (index, requirement) in verdict.requirements.iter().enumerate() {
                prop_assert_eq!(passes.binds(index), requirement.bound);
                prop_assert_eq!(passes.lacks(index), !requirement.passed);
            }
        }
    }

    /// One more credit never takes a pass away under rules that only ask for enough.
    #[test]
    fn a_credit_never_harms(made in any_credits(), admitted in 110..115i32, more in (0..5usize, 1..40i64, 0..1300i64)) {
        let (definition, rules) = school();
        let on = day("2026-06-30");
        let mut judge = Judge::new(&definition, &rules, on);
        let before = judge.passes(&Facts::of_credits(admitted, Some(0), &build(&definition, &made), on));
        let mut made = made;
        made.push((more.0, more.1, more.2, 0, None));
        let after = judge.passes(&Facts::of_credits(admitted, Some(0), &build(&definition, &made), on));
        prop_assert_eq!(before.bound, after.bound);
        prop_assert_eq!(before.passed & !after.passed, 0);
    }
}
