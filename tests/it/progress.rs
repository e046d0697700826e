//! Judging under the school that the repository ships: facts in, verdicts and explanations out.

use menkan::amount::Amount;
use menkan::clock::{Day, Term};
use menkan::definition::{self, Definition};
use menkan::lang::Lang;
use menkan::progress::{Facts, judge};
use menkan::rules::Rules;

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
    Facts { admitted, division, sums }
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
