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

/// Payments that follow each other in the order of approval, all approved in one year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    pub year: i32,
    pub amount: Amount,
    pub payments: usize,
}

/// The years of a budget, filled in the order of approval.
#[derive(Clone, Debug)]
pub struct Filling {
    /// What each year has left, and how many payments it has.
    left: BTreeMap<i32, (i64, usize)>,
    /// The year in which the last one was placed: none after it comes before.
    at: i32,
    /// One came that no year can pay: whoever comes after it waits behind it.
    is_stuck: bool,
}

impl Filling {
    /// `years` are the budgets by calendar year.
    pub fn new(years: &[(i32, Amount)], batched: &[Frozen]) -> Filling {
        let mut left: BTreeMap<i32, (i64, usize)> = years.iter().map(|(year, amount)| (*year, (amount.0, 0))).collect();
        for frozen in batched {
            if let Some((left, number)) = left.get_mut(&frozen.year) {
                *left -= frozen.amount.0;
                *number += frozen.payments;
            }
        }
        Filling { left, at: i32::MIN, is_stuck: false }
    }

    /// Places the next one.
    pub fn take(&mut self, amount: Amount, year: i32) -> Place {
        self.at = self.at.max(year);
        let turn = self.left.range_mut(self.at..).find(|(_, (left, _))| amount.0 <= *left);
        let Some((year, (left, number))) = turn.filter(|_| !self.is_stuck) else {
            self.is_stuck = true;
            return None;
        };
        self.at = *year;
        *left -= amount.0;
        *number += 1;
        Some(Turn { year: *year, number: *number })
    }

    /// Places the next ones together, where the first year that comes into question can pay them all;
    /// else nothing is placed and the answer is false: they are to be taken one by one.
    pub fn take_all(&mut self, stretch: Stretch) -> bool {
        if self.is_stuck {
            return true;
        }
        let from = self.at.max(stretch.year);
        let Some((year, (left, number))) = self.left.range_mut(from..).next() else { return false };
        if stretch.amount.0 > *left {
            return false;
        }
        self.at = *year;
        *left -= stretch.amount.0;
        *number += stretch.payments;
        true
    }

    /// How many payments a year has, those in batches included.
    pub fn payments(&self, year: i32) -> usize {
        self.left.get(&year).map_or(0, |(_, number)| *number)
    }
}

/// The places of `waiting`, in its own order. `years` are the budgets by calendar year.
pub fn places(years: &[(i32, Amount)], batched: &[Frozen], waiting: &[Committed]) -> Vec<Place> {
    let mut filling = Filling::new(years, batched);
    let mut order: Vec<usize> = (0..waiting.len()).collect();
    order.sort_by_key(|index| (waiting[*index].position, *index));
    let mut out = vec![None; waiting.len()];
    for index in order {
        out[index] = filling.take(waiting[index].amount, waiting[index].year);
    }
    out
}
