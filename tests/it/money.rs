//! A budget's open queue, batches of payments, and what may happen to a payment at the same time.

use menkan::amount::Amount;
use menkan::case::budget::{Committed, Place, Turn, places};
use proptest::prelude::*;

fn committed(all: &[(i64, i64, i32)]) -> Vec<Committed> {
    all.iter()
        .map(|(position, units, year)| Committed { position: *position, amount: Amount::whole(*units), year: *year })
        .collect()
}

fn budget(all: &[(i32, i64)]) -> Vec<(i32, Amount)> {
    all.iter().map(|(year, units)| (*year, Amount::whole(*units))).collect()
}

fn turn(year: i32, number: usize) -> Place {
    Some(Turn { year, number })
}

#[test]
fn what_a_year_cannot_pay_waits_and_nobody_overtakes() {
    let years = budget(&[(2026, 3000), (2027, 3000)]);
    let waiting = committed(&[(1, 2000, 2026), (2, 1500, 2026), (3, 500, 2026), (4, 1000, 2026)]);
    // 1,000 are left of 2026, but the third would go before the second.
    assert_eq!(places(&years, &[], &waiting), [turn(2026, 1), turn(2027, 1), turn(2027, 2), turn(2027, 3)]);
    // The first is given up: all move up.
    assert_eq!(places(&years, &[], &waiting[1..]), [turn(2026, 1), turn(2026, 2), turn(2026, 3)]);
    // Exactly the budget fits; one dollar more does not.
    assert_eq!(places(&years, &budget(&[(2026, 1000)]), &waiting[..1]), [turn(2026, 2)]);
    assert_eq!(places(&years, &budget(&[(2026, 1001)]), &waiting[..1]), [turn(2027, 1)]);
    // The order of approval counts, not the order of the list.
    let turned: Vec<Committed> = waiting.iter().rev().copied().collect();
    assert_eq!(places(&years, &[], &turned), [turn(2027, 3), turn(2027, 2), turn(2027, 1), turn(2026, 1)]);
    // No year pays what was approved after it, and where no further year is known it waits.
    let late = committed(&[(1, 100, 2027), (2, 2950, 2026), (3, 1, 2026)]);
    assert_eq!(places(&years, &[], &late), [turn(2027, 1), None, None]);
    assert_eq!(places(&[], &[], &late), [None, None, None]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn no_year_pays_more_than_it_has_and_the_order_of_approval_is_kept(
        budgets in prop::collection::btree_map(2024i32..2031, 0i64..500_000, 0..6),
        batched in prop::collection::vec((2024i32..2031, 1i64..100_000), 0..5),
        waiting in prop::collection::vec((1i64..200_000, 2023i32..2031), 0..40),
        given_up in any::<prop::sample::Index>(),
    ) {
        let years: Vec<(i32, Amount)> = budgets.iter().map(|(year, amount)| (*year, Amount(*amount))).collect();
        let batched: Vec<(i32, Amount)> = batched.into_iter().map(|(year, amount)| (year, Amount(amount))).collect();
        let waiting: Vec<Committed> = waiting
            .iter()
            .enumerate()
            .map(|(index, (amount, year))| Committed { position: index as i64, amount: Amount(*amount), year: *year })
            .collect();
        let found = places(&years, &batched, &waiting);
        prop_assert_eq!(found.len(), waiting.len());
        for (year, amount) in &years {
            let frozen: i64 = batched.iter().filter(|(of, _)| of == year).map(|(_, amount)| amount.0).sum();
            let queued: i64 = waiting.iter().zip(&found).filter(|(_, place)| place.is_some_and(|turn| turn.year == *year))
                .map(|(one, _)| one.amount.0).sum();
            prop_assert!(queued == 0 || frozen + queued <= amount.0, "{year}: {frozen} + {queued} of {amount:?}");
        }
        // Behind one without a year nobody has one; else years and numbers rise.
        let placed: Vec<Turn> = found.iter().map_while(|place| *place).collect();
        prop_assert!(found[placed.len()..].iter().all(Option::is_none));
        prop_assert!(placed.is_sorted());
        for (turn, one) in placed.iter().zip(&waiting) {
            prop_assert!(turn.year >= one.year);
            prop_assert!(years.iter().any(|(year, _)| *year == turn.year));
        }
        // One that is given up makes nobody wait longer than before.
        if !waiting.is_empty() {
            let out = given_up.index(waiting.len());
            let mut fewer = waiting.clone();
            fewer.remove(out);
            let mut before = found.clone();
            before.remove(out);
            for (now, before) in places(&years, &batched, &fewer).iter().zip(&before) {
                if let Some(before) = before {
                    prop_assert!(now.is_some_and(|now| now <= *before), "{now:?} after {before:?}");
                }
            }
        }
    }
}
