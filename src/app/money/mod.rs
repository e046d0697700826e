//! Money that cases bring: each budget's open queue by year, a student's own place in it, and the
//! batches in which payments go to the bank. Amounts and years here; bank data only in a batch.

mod batch;
mod content;
mod table;

use std::collections::BTreeMap;

use super::access::{Viewer, is_unit};
use super::case::CaseError;
use crate::amount::Amount;
use crate::case::budget::{Committed, Filling, Frozen, Place, Stretch, Turn, places};
use crate::definition::Definition;
use crate::definition::case::{Budget, Effect};
use crate::store::batches::{self, QueuedRow};
use crate::store::{Conn, Result, StoreError, payments};

pub use crate::store::batches::BatchRow;
pub use batch::{Freezing, Ready, accounts_of, changes, confirm, export, freeze, rehearse, rests_until};
pub use table::{as_csv, as_sheet};

/// How far a payment is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// Its case was sent.
    Reserved,
    /// Its case was approved.
    Committed,
    /// It is in a batch.
    Batched,
}

impl State {
    pub const ALL: [State; 3] = [State::Reserved, State::Committed, State::Batched];

    pub const fn code(self) -> &'static str {
        match self {
            State::Reserved => "reserved",
            State::Committed => "committed",
            State::Batched => "batched",
        }
    }

    pub fn parse(code: &str) -> Option<State> {
        State::ALL.into_iter().find(|state| state.code() == code)
    }
}

/// A payment in its budget's queue.
#[derive(Clone, Debug)]
pub struct Line {
    pub row: QueuedRow,
    pub state: State,
    pub amount: Amount,
    /// Where it stands; of one in a batch, the batch's year. `None` for what is only reserved, and
    /// for what no known year can pay.
    pub place: Place,
    /// The person's own data were changed since it was approved, and nobody has looked at them yet.
    pub unconfirmed: bool,
}

/// What became of one calendar year's money.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Year {
    pub year: i32,
    pub budget: Amount,
    pub committed: Amount,
    pub batched: Amount,
}

impl Year {
    pub fn left(&self) -> Amount {
        self.budget - self.committed - self.batched
    }
}

/// A budget's queue: approved payments in their order, then what is reserved.
#[derive(Clone, Debug, Default)]
pub struct Queue {
    pub lines: Vec<Line>,
    pub years: Vec<Year>,
    pub reserved: Amount,
    /// What was approved and no known year can pay.
    pub unplaced: Amount,
}

/// Why money was not moved. Nothing has changed.
#[derive(Debug, thiserror::Error)]
pub enum MoneyError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Case(#[from] CaseError),
    /// There is none, or it is not theirs to know of.
    #[error("there is no such budget or batch")]
    NotFound,
    /// The payments are not those that were shown.
    #[error("the payments have changed since they were shown")]
    Stale,
    /// Nobody confirms where their own money goes.
    #[error("the payment is their own")]
    OwnPayment,
    #[error("there is nothing to pay")]
    Nothing,
    /// A sealed batch is not what was frozen.
    #[error("batch {0} is not what was frozen: {1}")]
    Broken(String, String),
    #[error("no workbook could be written: {0}")]
    Workbook(#[from] rust_xlsxwriter::XlsxError),
}

/// How much of a budget somebody sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sight {
    /// They make batches and export them.
    Office,
    /// They see the queue, and no bank data.
    Overseer,
}

/// What somebody may do with a budget; `None` where it is not theirs to know of.
pub fn sight(viewer: &Viewer, definition: &Definition, budget: usize) -> Option<Sight> {
    let pays = |effect: &Effect| matches!(effect, Effect::Pay { from, .. } if *from == budget);
    let mut offices = definition
        .workflows
        .iter()
        .filter(|workflow| workflow.moves.iter().any(|step| step.then.iter().any(pays)))
        .map(|workflow| &definition.school.units[workflow.office]);
    let known = |role: &str| definition.school.roles.iter().any(|known| known.id == role);
    // Whoever stands in for somebody decides cases; no bank data are theirs.
    let own: Vec<_> = viewer.holdings.iter().filter(|held| held.lent_by.is_empty() && known(&held.role)).collect();
    let is_theirs = offices.any(|unit| own.iter().any(|holding| is_unit(unit, holding)));
    match (is_theirs, viewer.scope.everything) {
        (true, _) => Some(Sight::Office),
        (false, true) => Some(Sight::Overseer),
        (false, false) => None,
    }
}

/// A budget by its name, with what somebody may do with it.
pub fn seen<'a>(viewer: &Viewer, definition: &'a Definition, id: &str) -> Option<(&'a Budget, Sight)> {
    let index = definition.budgets.iter().position(|budget| budget.id == id)?;
    Some((&definition.budgets[index], sight(viewer, definition, index)?))
}

/// A budget's queue as it now is.
pub async fn queue(conn: &mut Conn, budget: &Budget) -> Result<Queue> {
    Ok(arrange(budget, batches::queue(conn, &budget.id).await?))
}

fn arrange(budget: &Budget, rows: Vec<QueuedRow>) -> Queue {
    let year = |row: &QueuedRow| i32::try_from(row.year).unwrap_or_default();
    let amount = |row: &QueuedRow| Amount(row.amount);
    let state = |row: &QueuedRow| State::parse(&row.state).unwrap_or(State::Reserved);
    let frozen: Vec<Frozen> = rows
        .iter()
        .filter(|row| state(row) == State::Batched)
        .map(|row| Frozen { year: year(row), amount: amount(row), payments: 1 })
        .collect();
    let waiting: Vec<Committed> = rows
        .iter()
        .filter(|row| state(row) == State::Committed)
        .map(|row| Committed { position: row.position, amount: amount(row), year: year(row) })
        .collect();
    let mut found = places(&budget.years, &frozen, &waiting).into_iter();
    let mut years: BTreeMap<i32, Year> = budget
        .years
        .iter()
        .map(|(year, amount)| (*year, Year { year: *year, budget: *amount, ..Year::default() }))
        .collect();
    let mut numbers: BTreeMap<i32, usize> = BTreeMap::new();
    let mut out = Queue::default();
    for row in rows {
        let (state, amount) = (state(&row), amount(&row));
        let of = match state {
            State::Reserved => {
                out.reserved += amount;
                None
            }
            State::Committed => {
                let place = found.next().flatten();
                match place.and_then(|turn| years.get_mut(&turn.year)) {
                    Some(year) => year.committed += amount,
                    None => out.unplaced += amount,
                }
                place.map(|turn| turn.year)
            }
            State::Batched => {
                let of = years.entry(year(&row)).or_insert(Year { year: year(&row), ..Year::default() });
                of.batched += amount;
                Some(year(&row))
            }
        };
        // The order of approval, whether paid yet or not: a batch lets nobody overtake whoever is held.
        let place = of.map(|year| {
            let number = numbers.entry(year).or_default();
            *number += 1;
            Turn { year, number: *number }
        });
        let changed = row.changed > row.at && row.confirmed < row.changed;
        out.lines.push(Line { state, amount, place, unconfirmed: changed && state == State::Committed, row });
    }
    out.years = years.into_values().collect();
    out
}

/// A budget's batches, the latest first, without what they hold.
pub async fn batches_of(conn: &mut Conn, budget: &Budget) -> Result<Vec<BatchRow>> {
    batches::of_budget(conn, &budget.id).await
}

/// Where a case's own payment stands, for its applicant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OwnPlace {
    pub state: State,
    pub amount: Amount,
    pub place: Place,
}

/// The place of a case's payment; `None` where it brings none. Only what stands before it is read.
pub async fn of_case(conn: &mut Conn, definition: &Definition, case: &str) -> Result<Option<OwnPlace>> {
    let Some(own) = payments::of_case(conn, case).await?.into_iter().next() else { return Ok(None) };
    let (state, amount) = (State::parse(&own.state).unwrap_or(State::Reserved), Amount(own.amount));
    let place = match state {
        State::Reserved => None,
        State::Batched | State::Committed => {
            // A budget that the definition in force no longer names has no years.
            let budget = definition.budgets.iter().find(|budget| budget.id == own.budget);
            let years = budget.map(|budget| budget.years.as_slice()).unwrap_or_default();
            let frozen: Vec<Frozen> = batches::batched(conn, &own.budget)
                .await?
                .into_iter()
                .map(|(year, amount, payments)| Frozen {
                    year: i32::try_from(year).unwrap_or_default(),
                    amount: Amount(amount),
                    payments: usize::try_from(payments).unwrap_or_default(),
                })
                .collect();
            let before = Filling::new(years, &frozen);
            let (filled, last) = fill(conn, &own.budget, own.position, before.clone()).await?;
            let year = match state {
                State::Batched => i32::try_from(own.year).ok(),
                State::Reserved | State::Committed => last,
            };
            match year {
                Some(year) => {
                    let paid = batches::batched_before(conn, &own.budget, year.into(), own.position).await?;
                    let paid = usize::try_from(paid).unwrap_or_default() + usize::from(state == State::Batched);
                    let queued = filled.payments(year) - before.payments(year);
                    Some(Turn { year, number: paid + queued })
                }
                None => None,
            }
        }
    };
    Ok(Some(OwnPlace { state, amount, place }))
}

/// Places all that was approved up to a position; the year of the last one, where one can pay it.
async fn fill(conn: &mut Conn, budget: &str, position: i64, mut years: Filling) -> Result<(Filling, Option<i32>)> {
    let mut last = None;
    let approved = batches::approved_until(conn, budget, position).await?;
    for (index, some) in approved.iter().enumerate() {
        let year = i32::try_from(some.year).unwrap_or_default();
        let payments = usize::try_from(some.payments).unwrap_or_default();
        // Of those with the last one it is asked where the last one is.
        let is_last = index + 1 == approved.len();
        if !is_last && years.take_all(Stretch { year, amount: Amount(some.amount), payments }) {
            continue;
        }
        for amount in batches::amounts_of(conn, budget, position, some).await? {
            last = years.take(Amount(amount), year).map(|turn| turn.year);
        }
    }
    Ok((years, last))
}
