//! Facts from their stored text and from records, and back.

use std::fmt::Write;

use super::{Credit, Facts, Sum, Waiver};
use crate::amount::Amount;
use crate::clock::{Day, Term};
use crate::definition::Definition;

/// Far above anything that is earned, far below what could overflow when sums are added.
const LARGEST: i64 = 100_000_000_000_000;

/// What of a stored text could not be used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UnreadSums {
    /// Parts about categories or requirements that the school no longer names.
    pub unknown: usize,
    /// Parts that are neither `category:term:hundredths` nor a grant.
    pub broken: usize,
}

impl Facts {
    /// Reads `category:term:hundredths;…`. Categories that the definition does not name are left
    /// out and counted.
    pub fn parse_sums(definition: &Definition, text: &str) -> (Vec<Sum>, UnreadSums) {
        let mut facts = Facts::default();
        let unread = facts.read(definition, text);
        (facts.sums, unread)
    }

    /// Replaces what was summed and granted by what a stored text says, using the room that is there:
    /// `category:term:hundredths`, `+category:term:hundredths:day` and `!requirement:day`.
    pub fn read(&mut self, definition: &Definition, text: &str) -> UnreadSums {
        self.sums.clear();
        self.substitutes.clear();
        self.waived.clear();
        let mut unread = UnreadSums::default();
        for part in text.split(';').filter(|part| !part.is_empty()) {
            if part.starts_with(['+', '!']) {
                self.read_grant(definition, part, &mut unread);
                continue;
            }
            let mut fields = part.rsplitn(3, ':');
            let amount = fields.next().and_then(|text| text.parse().ok()).filter(|sum: &i64| sum.abs() <= LARGEST);
            let term = fields.next().and_then(|text| text.parse::<Term>().ok());
            let (Some(amount), Some(term), Some(id)) = (amount, term, fields.next()) else {
                unread.broken += 1;
                continue;
            };
            match definition.category(id) {
                Some((category, _)) => self.sums.push(Sum { category, term, amount: Amount(amount) }),
                None => unread.unknown += 1,
            }
        }
        unread
    }

    fn read_grant(&mut self, definition: &Definition, grant: &str, unread: &mut UnreadSums) {
        let Some((what, until)) = grant.rsplit_once(':').and_then(|(what, day)| Some((what, day.parse::<Day>().ok()?)))
        else {
            unread.broken += 1;
            return;
        };
        if let Some(requirement) = what.strip_prefix('!') {
            match definition.requirement(requirement) {
                Some((requirement, _)) => self.waived.push((requirement, until)),
                None => unread.unknown += 1,
            }
            return;
        }
        let (sums, of_sum) = Facts::parse_sums(definition, what.trim_start_matches('+'));
        unread.unknown += of_sum.unknown;
        unread.broken += of_sum.broken;
        self.substitutes.extend(sums.into_iter().map(|sum| (sum, until)));
    }

    /// The sums as they are stored: sorted, without zeros.
    pub fn sums_text(&self, definition: &Definition) -> String {
        let named = self.sums.iter().filter(|sum| sum.amount != Amount::ZERO);
        let mut rows: Vec<(&str, Term, i64)> = named
            .filter_map(|sum| Some((definition.categories.get(sum.category)?.id.as_str(), sum.term, sum.amount.0)))
            .collect();
        rows.sort_unstable();
        let mut out = String::new();
        for (id, term, amount) in rows {
            let separator = if out.is_empty() { "" } else { ";" };
            let _ = write!(out, "{separator}{id}:{term}:{amount}");
        }
        out
    }

    /// The facts that a student's records make on a day: those recorded by then and neither taken back nor
    /// over.
    pub fn of_credits(admitted: i32, division: Option<usize>, credits: &[Credit], day: Day) -> Facts {
        let mut facts = Facts { admitted, division, ..Facts::default() };
        for credit in credits.iter().filter(|credit| credit.stands_on(day)) {
            facts.add(credit.category, credit.term, credit.amount);
        }
        facts
    }

    /// Adds to the sum of a category in a term.
    pub fn add(&mut self, category: usize, term: Term, amount: Amount) {
        match self.sums.iter_mut().find(|sum| sum.category == category && sum.term == term) {
            Some(sum) => sum.amount += amount,
            None => self.sums.push(Sum { category, term, amount }),
        }
    }
}

impl Credit {
    /// Whether it was recorded by `day` and neither taken back by then nor over.
    pub fn stands_on(&self, day: Day) -> bool {
        self.recorded_on <= day
            && self.taken_back_on.is_none_or(|taken| taken > day)
            && self.stands_in.as_ref().is_none_or(|stands_in| day <= stands_in.until)
    }
}

impl Waiver {
    /// Whether it was granted by `day` and neither taken back by then nor over.
    pub fn stands_on(&self, day: Day) -> bool {
        self.recorded_on <= day && self.taken_back_on.is_none_or(|taken| taken > day) && day <= self.until
    }
}
