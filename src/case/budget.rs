//! The open queue of a budget: which year pays what was committed, in the order of approval. What a
//! year cannot pay waits for the next, and nobody behind it overtakes, also not with a smaller sum.

use std::collections::BTreeMap;

use crate::amount::Amount;

/// A payment that was committed and is in no batch yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Committed {
    /// The order of approval.
    pub position: i64,
    pub amount: Amount,
    /// The calendar year of its approval: none before it pays it.
    pub year: i32,
}

/// What is in batches already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frozen {
    pub year: i32,
    pub amount: Amount,
    pub payments: usize,
}

/// Where a committed payment stands; `None` where no year whose budget is known can pay it.
pub type Place = Option<Turn>;

/// A year, and which payment of it that is, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Turn {
    pub year: i32,
    pub number: usize,
}

/// The places of `waiting`, in its own order. `years` are the budgets by calendar year.
pub fn places(years: &[(i32, Amount)], batched: &[Frozen], waiting: &[Committed]) -> Vec<Place> {
    let mut left: BTreeMap<i32, (i64, usize)> = years.iter().map(|(year, amount)| (*year, (amount.0, 0))).collect();
    for frozen in batched {
        if let Some((left, number)) = left.get_mut(&frozen.year) {
            *left -= frozen.amount.0;
            *number += frozen.payments;
        }
    }
    let mut order: Vec<usize> = (0..waiting.len()).collect();
    order.sort_by_key(|index| (waiting[*index].position, *index));
    let mut out = vec![None; waiting.len()];
    let mut at = i32::MIN;
    for index in order {
        let one = &waiting[index];
        at = at.max(one.year);
        let turn = left.range_mut(at..).find(|(_, (left, _))| one.amount.0 <= *left);
        // Whoever comes after one that no year can pay waits behind it.
        let Some((year, (left, number))) = turn else { break };
        at = *year;
        *left -= one.amount.0;
        *number += 1;
        out[index] = Some(Turn { year: *year, number: *number });
    }
    out
}
