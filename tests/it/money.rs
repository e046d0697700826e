//! A budget's open queue, batches of payments, and what may happen to a payment at the same time.

use std::collections::{BTreeMap, BTreeSet};

use menkan::amount::Amount;
use menkan::app::case::{self, Asked};
use menkan::app::money::{self, Freezing, MoneyError, State};
use menkan::app::profile;
use menkan::args;
use menkan::case::Raw;
use menkan::case::budget::{Committed, Frozen, Place, Turn, places};
use menkan::clock::Instant;
use menkan::lang::Lang;
use menkan::store::batches::{self, BatchRow};
use menkan::store::cases::{self, CaseRow};
use menkan::store::payments::{self, PaymentRow};
use proptest::prelude::*;

use crate::applications::{World, inside, refusal, worlds_of};

const BUDGET: &str = "certificate-subsidy";

fn committed(all: &[(i64, i64, i32)]) -> Vec<Committed> {
    all.iter()
        .map(|(position, units, year)| Committed { position: *position, amount: Amount::whole(*units), year: *year })
        .collect()
}

fn budget(all: &[(i32, i64)]) -> Vec<(i32, Amount)> {
    all.iter().map(|(year, units)| (*year, Amount::whole(*units))).collect()
}

fn frozen(all: &[(i32, i64)]) -> Vec<Frozen> {
    all.iter().map(|(year, units)| Frozen { year: *year, amount: Amount::whole(*units), payments: 1 }).collect()
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
    assert_eq!(places(&years, &frozen(&[(2026, 1000)]), &waiting[..1]), [turn(2026, 2)]);
    assert_eq!(places(&years, &frozen(&[(2026, 1001)]), &waiting[..1]), [turn(2027, 1)]);
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
        let batched: Vec<Frozen> =
            batched.into_iter().map(|(year, amount)| Frozen { year, amount: Amount(amount), payments: 1 }).collect();
        let waiting: Vec<Committed> = waiting
            .iter()
            .enumerate()
            .map(|(index, (amount, year))| Committed { position: index as i64, amount: Amount(*amount), year: *year })
            .collect();
        let found = places(&years, &batched, &waiting);
        prop_assert_eq!(found.len(), waiting.len());
        for (year, amount) in &years {
            let frozen: i64 = batched.iter().filter(|one| one.year == *year).map(|one| one.amount.0).sum();
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

impl World {
    /// An application that its department has endorsed.
    async fn endorsed(&self, student: &str) -> String {
        let (who, clerk) = (self.person(student).await, self.person("clerk1").await);
        self.profile(student).await;
        let id = self.draft(&who, inside()).await;
        self.act(&who, &id, "submit", inside()).await.unwrap();
        self.act(&clerk, &id, "endorse", inside()).await.unwrap();
        id
    }

    async fn queue(&self) -> money::Queue {
        let edition = self.app.edition.load_full();
        let budget = edition.definition.budgets.iter().find(|budget| budget.id == BUDGET).unwrap();
        money::queue(&mut self.db.db.read().await.unwrap(), budget).await.unwrap()
    }

    async fn ready(&self, now: Instant) -> money::Ready {
        let office = self.person("office1").await;
        let mut conn = self.db.db.read().await.unwrap();
        money::rehearse(&self.app, &mut conn, &office, BUDGET, 2026, now).await.unwrap()
    }

    async fn freeze(&self, asked: &str, now: Instant) -> Result<money::BatchRow, MoneyError> {
        let office = self.person("office1").await;
        money::freeze(&self.app, &office, Freezing { budget: BUDGET, year: 2026, asked }, Lang::ZhTw, now).await
    }

    async fn account(&self, student: &str, account: &str, frozen: &str, now: Instant) {
        let edition = self.app.edition.load_full();
        let mut conn = self.db.db.read().await.unwrap();
        let kept = profile::read(&self.app, &mut conn, &edition.definition, student).await.unwrap();
        drop(conn);
        let typed: Raw = [("account", account), ("account_frozen", frozen)]
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        assert!(profile::keep(&self.app, &edition, student, &typed, kept.version, now).await.unwrap());
    }
}

#[tokio::test]
async fn each_of_a_thousand_is_told_the_place_that_the_whole_queue_gives_them() {
    for world in worlds_of(1, 1).await {
        let mut tx = world.db.db.begin().await.unwrap();
        let mut held: BTreeMap<String, BatchRow> = BTreeMap::new();
        for number in 1..=1000_i64 {
            let (id, person) = (format!("case-{number}"), format!("student-{number}"));
            let case = CaseRow { id: id.clone(), number: id.clone(), applicant: person.clone(), ..CaseRow::default() };
            assert!(cases::add(&mut tx, &case).await.unwrap());
            let is_batched = number % 9 == 0;
            // Two batches that hold each other's neighbours, then one behind them.
            let batch = if number > 600 { "late".to_owned() } else { format!("batch-{}", number % 2) };
            let payment = PaymentRow {
                id: format!("payment-{number}"),
                case_id: id,
                budget: BUDGET.to_owned(),
                once: person.clone(),
                person,
                amount: 100 * (1 + number * 7919 % 2000),
                state: if is_batched { "batched" } else { "committed" }.to_owned(),
                year: if number < 300 || is_batched { 2026 } else { 2027 },
                position: number,
                batch: if is_batched { batch.clone() } else { String::new() },
                at: String::new(),
            };
            assert!(payments::add(&mut tx, &payment).await.unwrap());
            if is_batched {
                let row = BatchRow {
                    id: batch.clone(),
                    asked: batch.clone(),
                    budget: BUDGET.to_owned(),
                    year: 2026,
                    first: number,
                    ..BatchRow::default()
                };
                let holds = held.entry(batch).or_insert(row);
                (holds.payments, holds.total, holds.last) = (holds.payments + 1, holds.total + payment.amount, number);
            }
        }
        for batch in held.values() {
            assert!(batches::add(&mut tx, batch).await.unwrap());
        }
        tx.commit().await.unwrap();
        let (edition, queue) = (world.app.edition.load_full(), world.queue().await);
        let years: BTreeSet<_> = queue.lines.iter().map(|line| line.place.map(|turn| turn.year)).collect();
        assert_eq!(years, [None, Some(2026), Some(2027)].into(), "some wait for a year that nobody knows yet");
        let mut conn = world.db.db.read().await.unwrap();
        for line in &queue.lines {
            let own = money::of_case(&mut conn, &edition.definition, &line.row.case_id).await.unwrap().unwrap();
            assert_eq!((own.state, own.place), (line.state, line.place), "{}: {}", world.db.kind, line.row.case_id);
        }
    }
}

#[tokio::test]
async fn two_hundred_students_are_paid_once_each_whoever_presses_how_often() {
    for world in worlds_of(8, 25).await {
        let mut cases = Vec::new();
        for class in 1..=8 {
            for number in 1..=25 {
                cases.push(world.endorsed(&format!("411{class:02}{number:02}")).await);
            }
        }
        let office = world.person("office1").await;
        for id in &cases {
            let seen = world.version(id).await;
            let mut tasks = tokio::task::JoinSet::new();
            for number in 0..16 {
                let (app, id, office) = (world.app.clone(), id.clone(), office.clone());
                tasks.spawn(async move {
                    // Half of them are one form sent again and again.
                    let nonce = if number % 2 == 0 { id.clone() } else { format!("{id}-{number}") };
                    let asked =
                        Asked { step: "pass", seen, note: "", named: Vec::new(), nonce: &nonce, ..Asked::default() };
                    case::act(&app, &office, &id, &asked, inside()).await.is_ok_and(|done| !done.repeated)
                });
            }
            let done = tasks.join_all().await.into_iter().filter(|done| *done).count();
            assert_eq!(done, 1, "{}", world.db.kind);
        }
        let live = "FROM payments WHERE state <> 'cancelled'";
        assert_eq!(world.number(&format!("SELECT CAST(COUNT(*) AS BIGINT) {live}")).await, 200, "{}", world.db.kind);
        assert_eq!(world.number(&format!("SELECT CAST(COUNT(DISTINCT person) AS BIGINT) {live}")).await, 200);
        assert_eq!(world.number(&format!("SELECT CAST(SUM(amount) AS BIGINT) {live}")).await, 200 * 175_000);
        // 450,000 a year pay 257 of them: all are of this year, in the order of approval.
        let queue = world.queue().await;
        let order: Vec<&str> = queue.lines.iter().map(|line| line.row.case_id.as_str()).collect();
        assert_eq!(order, cases.iter().map(String::as_str).collect::<Vec<_>>());
        let numbers: Vec<usize> = queue.lines.iter().map(|line| line.place.unwrap().number).collect();
        assert_eq!(numbers, (1..=200).collect::<Vec<_>>());
        let year = queue.years.iter().find(|year| year.year == 2026).unwrap();
        assert_eq!((year.committed, year.left()), (Amount::whole(350_000), Amount::whole(100_000)));
        let places_of = || async {
            let edition = world.app.edition.load_full();
            let mut conn = world.db.db.read().await.unwrap();
            for line in world.queue().await.lines.iter().step_by(7) {
                let own = money::of_case(&mut conn, &edition.definition, &line.row.case_id).await.unwrap().unwrap();
                assert_eq!((own.state, own.amount, own.place), (line.state, line.amount, line.place));
            }
        };
        places_of().await;
        // A batch that is asked for by eight at once is one.
        let asked = world.ready(inside()).await.asked;
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..8 {
            let (app, office, asked) = (world.app.clone(), office.clone(), asked.clone());
            tasks.spawn(async move {
                let wanted = Freezing { budget: BUDGET, year: 2026, asked: &asked };
                money::freeze(&app, &office, wanted, Lang::ZhTw, inside()).await.map(|batch| batch.id)
            });
        }
        let batches: BTreeSet<String> = tasks.join_all().await.into_iter().map(|batch| batch.unwrap()).collect();
        assert_eq!(batches.len(), 1, "{}", world.db.kind);
        let batch = batches.first().unwrap();
        places_of().await;
        assert_eq!(world.number("SELECT total FROM payment_batches").await, 200 * 175_000);
        let count = "SELECT CAST(COUNT(*) AS BIGINT) FROM payments WHERE state = 'batched' AND batch <> ''";
        assert_eq!(world.number(count).await, 200);
        let (name, one) = money::export(&world.app, &office, batch, "付款", inside()).await.unwrap();
        let later = inside() + chrono::Duration::days(40);
        let (_, other) = money::export(&world.app, &office, batch, "再一次", later).await.unwrap();
        assert!(name.ends_with(".xlsx") && one == other, "{}: exported twice, two files", world.db.kind);
        let logged = "SELECT CAST(COUNT(*) AS BIGINT) FROM audit WHERE action = 'export private data'";
        assert_eq!(world.number(logged).await, 2);
    }
}

#[tokio::test]
async fn a_batch_is_frozen_with_the_bank_data_that_the_office_knows() {
    for world in worlds_of(1, 6).await {
        let office = world.person("office1").await;
        let mut cases = Vec::new();
        for number in 1..=3 {
            cases.push(world.endorsed(&format!("411010{number}")).await);
        }
        world.account("4110103", "00099999999999", "on", inside()).await;
        for id in &cases {
            world.act(&office, id, "pass", inside()).await.unwrap();
        }
        let later = |minutes| inside() + chrono::Duration::minutes(minutes);
        // One thinks better of it; another changes the account after the approval.
        case::undo(&world.app, &office, &cases[0], world.version(&cases[0]).await, "undo", later(5)).await.unwrap();
        let before = world.ready(later(6)).await;
        assert_eq!((before.lines.len(), before.total), (2, Amount::whole(3500)), "{}", world.db.kind);
        world.account("4110102", "00077777777777", "", later(7)).await;
        assert!(matches!(world.freeze(&before.asked, later(8)).await, Err(MoneyError::Stale)));
        let ready = world.ready(later(8)).await;
        assert_eq!((ready.lines.len(), ready.unconfirmed.len()), (1, 1), "{}", world.db.kind);
        let batch = world.freeze(&ready.asked, later(8)).await.unwrap();
        assert_eq!((batch.payments, batch.total), (1, 175_000));
        // What is on its way to the bank is not undone; what is not, is.
        let undone = case::undo(&world.app, &office, &cases[2], world.version(&cases[2]).await, "late", later(9)).await;
        assert_eq!(refusal(undone), "TooLate", "{}", world.db.kind);
        // Others' offices, clerks and students know of no batch.
        for stranger in ["clerk1", "4110101", "tutor01", "head"] {
            let stranger = world.person(stranger).await;
            let given = money::export(&world.app, &stranger, &batch.id, "看看", later(9)).await;
            assert!(matches!(given, Err(MoneyError::NotFound)), "{}: {}", world.db.kind, stranger.account);
        }
        assert!(money::export(&world.app, &office, &batch.id, " ", later(9)).await.is_err(), "without a reason");
        let (_, first) = money::export(&world.app, &office, &batch.id, "付款", later(9)).await.unwrap();
        let cells = cells(&first);
        assert_eq!(cells.len(), 2);
        assert!(cells[1].contains(&"00099999999999".to_owned()) && cells[1].contains(&"支票".to_owned()), "{cells:?}");
        world.account("4110103", "00011111111111", "", later(10)).await;
        assert_eq!(money::export(&world.app, &office, &batch.id, "付款", later(11)).await.unwrap().1, first);
        // Confirmed, the other is paid by the next batch: to the new account, by transfer.
        let line = &world.ready(later(12)).await.unconfirmed[0];
        let confirm = |changed: String| {
            let (app, office, payment) = (world.app.clone(), office.clone(), line.row.id.clone());
            async move { money::confirm(&app, &office, BUDGET, &payment, &changed, later(12)).await }
        };
        assert!(matches!(confirm("2026-01-01T00:00:00.000Z".to_owned()).await, Err(MoneyError::Stale)));
        confirm(line.row.changed.clone()).await.unwrap();
        let ready = world.ready(later(13)).await;
        assert_eq!((ready.lines.len(), ready.unconfirmed.len()), (1, 0), "{}", world.db.kind);
        let next = world.freeze(&ready.asked, later(13)).await.unwrap();
        let (_, bytes) = money::export(&world.app, &office, &next.id, "付款", later(13)).await.unwrap();
        let cells = self::cells(&bytes);
        assert!(cells[1].contains(&"00077777777777".to_owned()) && cells[1].contains(&"匯款".to_owned()), "{cells:?}");
        assert!(matches!(world.freeze(&world.ready(later(14)).await.asked, later(14)).await, Err(MoneyError::Nothing)));
        let edition = world.app.edition.load_full();
        let mut conn = world.db.db.read().await.unwrap();
        let own = money::of_case(&mut conn, &edition.definition, &cases[1]).await.unwrap().unwrap();
        assert_eq!((own.state, own.place), (State::Batched, turn(2026, 1)), "{}", world.db.kind);
        let own = money::of_case(&mut conn, &edition.definition, &cases[0]).await.unwrap().unwrap();
        assert_eq!((own.state, own.place), (State::Reserved, None));
        // Nothing of it can be read in the database, and a changed batch is not given out.
        drop(conn);
        let sql = "SELECT CAST(COUNT(*) AS BIGINT) FROM payment_batches WHERE content LIKE '%00099999999999%'";
        assert_eq!(world.number(sql).await, 0);
        let mut tx = world.db.db.begin().await.unwrap();
        tx.run("UPDATE payment_batches SET total = total + 1 WHERE id = $1", args![&batch.id]).await.unwrap();
        tx.commit().await.unwrap();
        let broken = money::export(&world.app, &office, &batch.id, "付款", later(15)).await;
        assert!(matches!(broken, Err(MoneyError::Broken(..))), "{}", world.db.kind);
    }
}

/// The texts and numbers of a workbook's first sheet.
pub(crate) fn cells(bytes: &[u8]) -> Vec<Vec<String>> {
    use calamine::Reader;
    let mut book = calamine::Xlsx::new(std::io::Cursor::new(bytes.to_vec())).unwrap();
    let name = book.sheet_names()[0].clone();
    book.worksheet_range(&name).unwrap().rows().map(|row| row.iter().map(ToString::to_string).collect()).collect()
}
