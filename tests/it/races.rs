//! What happens at once, and what is sent again: one of many decides, a form that is repeated does
//! nothing twice, also after a restart, and a budget pays no more than it has. R24, R25, R27.

use std::sync::Arc;

use menkan::app::App;
use menkan::app::case::time::{self, Run};
use menkan::app::case::{self, Asked, CaseError, Done};
use menkan::app::money::{self, Freezing};
use menkan::case::Refusal;
use menkan::lang::Lang;

use crate::applications::{World, copied, edit, inside, refusal, world_of, worlds_of};
use crate::harness::{self, TempFolder, databases};

/// The size that is asked for, with `MENKAN_TEST_FULL` set; else the small one.
fn size(small: usize, full: usize) -> usize {
    if std::env::var("MENKAN_TEST_FULL").is_ok() { full } else { small }
}

fn students(count: usize) -> Vec<String> {
    (0..count).map(|number| format!("411{:02}{:02}", 1 + number / 50, 1 + number % 50)).collect()
}

/// A draft with everything in it, of a student whose profile is complete.
async fn ready(world: &World, student: &str) -> String {
    world.profile(student).await;
    world.draft(&world.person(student).await, inside()).await
}

async fn sent(world: &World, student: &str) -> String {
    let id = ready(world, student).await;
    world.act(&world.person(student).await, &id, "submit", inside()).await.unwrap();
    id
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_who_decide_at_once_one_does() {
    let count = size(24, 500);
    for world in worlds_of(count.div_ceil(50), 50).await {
        let office = world.person("office1").await;
        let clerks = [world.person("clerk1").await, world.person("clerk2").await, world.person("both").await];
        // Only who has an account is written to.
        let accounts = "INSERT INTO accounts (account, password, lang, disabled, created_at)
             SELECT student, '', 'zh-TW', 0, '2025-01-01T00:00:00.000Z' FROM student_versions WHERE true
             ON CONFLICT DO NOTHING";
        let mut tx = world.db.db.begin().await.unwrap();
        tx.run(accounts, menkan::args![]).await.unwrap();
        tx.commit().await.unwrap();
        for (number, student) in students(count).into_iter().enumerate() {
            let id = sent(&world, &student).await;
            // Half of them before the department, where the applicant may withdraw meanwhile; half before
            // the office.
            let before_office = number % 2 == 1;
            if before_office {
                world.act(&clerks[0], &id, "endorse", inside()).await.unwrap();
            }
            let applicant = world.person(&student).await;
            let seen = world.version(&id).await;
            let letters = "SELECT CAST(COUNT(*) AS BIGINT) FROM outbox WHERE letter = 'case-state'";
            let before = world.number(letters).await;
            let mut tasks = tokio::task::JoinSet::new();
            for one in 0..2 + number % 7 {
                let (who, step) = match (before_office, one % 4) {
                    (true, at) => (&office, ["pass", "refuse", "return", "pass"][at]),
                    (false, 3) => (&applicant, "withdraw"),
                    (false, at) => (&clerks[at], ["endorse", "return", "endorse"][at]),
                };
                let (app, who, id) = (world.app.clone(), who.clone(), id.clone());
                tasks.spawn(async move {
                    let nonce = harness::unique();
                    let asked = Asked {
                        step,
                        seen,
                        note: "看過了",
                        named: vec!["exam_fee"],
                        nonce: &nonce,
                        ..Asked::default()
                    };
                    (step, case::act(&app, &who, &id, &asked, inside()).await)
                });
            }
            let mut done = Vec::new();
            for (step, outcome) in tasks.join_all().await {
                match outcome {
                    Ok(_) => done.push(step),
                    Err(CaseError::Refused(refusal)) if matches!(*refusal, Refusal::Stale) => {}
                    Err(other) => panic!("{} {step}: {other} {other:?}", world.db.kind),
                }
            }
            assert_eq!(done.len(), 1, "{} {student}: {done:?}", world.db.kind);
            assert_eq!(world.version(&id).await, seen + 1);
            let told = i64::from(!matches!(done[0], "endorse" | "withdraw"));
            assert_eq!(world.number(letters).await, before + told, "{} {student}: letters", world.db.kind);
            let events =
                format!("SELECT CAST(COUNT(*) AS BIGINT) FROM case_events WHERE case_id = '{id}' AND version > {seen}");
            assert_eq!(world.number(&events).await, 1);
            let live = format!(
                "SELECT CAST(COUNT(*) AS BIGINT) FROM payments WHERE case_id = '{id}' AND state <> 'cancelled'"
            );
            let brings = i64::from(!matches!(done[0], "refuse" | "withdraw"));
            assert_eq!(world.number(&live).await, brings, "{} {}", world.db.kind, done[0]);
        }
    }
}

/// Everything that a move may add to or change.
async fn all_of_it(world: &World) -> Vec<i64> {
    let mut out = Vec::new();
    for sql in [
        "SELECT CAST(COUNT(*) AS BIGINT) FROM cases",
        "SELECT CAST(SUM(version) AS BIGINT) FROM cases",
        "SELECT CAST(COUNT(*) AS BIGINT) FROM case_events",
        "SELECT CAST(COUNT(*) AS BIGINT) FROM outbox WHERE state <> 'cancelled'",
        "SELECT CAST(COUNT(*) AS BIGINT) FROM credits",
        "SELECT CAST(COUNT(*) AS BIGINT) FROM payments WHERE state <> 'cancelled'",
        "SELECT CAST(COUNT(*) AS BIGINT) FROM payments",
        "SELECT CAST(COUNT(*) AS BIGINT) FROM payment_batches",
        "SELECT seq FROM audit_head",
    ] {
        out.push(world.number(sql).await);
    }
    out
}

/// The same school served anew: nothing is remembered but what the database holds.
async fn restarted(world: &World) -> App {
    let edition = menkan::app::Edition::load(harness::root(), "ncut").unwrap();
    let db = menkan::store::Db::open(&world.db.url).await.unwrap();
    App::new(db, edition, world.app.settings.clone())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_is_sent_again_does_nothing_twice_also_after_a_restart() {
    for world in worlds_of(1, 6).await {
        let kind = world.db.kind;
        world.profile("4110101").await;
        let (student, clerk, office) =
            (world.person("4110101").await, world.person("clerk1").await, world.person("office1").await);
        let began = case::begin(&world.app, &student, "certificate", "begin", inside()).await.unwrap();
        world.fill(&student, &began.id, inside()).await;
        let id = began.id;
        let steps = [
            (&student, "submit"),
            (&clerk, "return"),
            (&student, "submit"),
            (&clerk, "endorse"),
            (&clerk, "undo"),
            (&clerk, "endorse"),
            (&office, "return"),
            (&student, "submit"),
            (&clerk, "endorse"),
            (&office, "refuse"),
            (&office, "undo"),
            (&office, "pass"),
        ];
        let mut tried = 0;
        for (number, (who, step)) in steps.into_iter().enumerate() {
            let seen = world.version(&id).await;
            let send = async |app: &App, nonce: &str| -> Result<Done, CaseError> {
                if step == "undo" {
                    return case::undo(app, who, &id, seen, nonce, inside()).await;
                }
                let asked =
                    Asked { step, seen, note: "請看備註", named: vec!["exam_date"], nonce, ..Asked::default() };
                case::act(app, who, &id, &asked, inside()).await
            };
            let nonce = format!("form {number}");
            let first = send(&world.app, &nonce).await.unwrap();
            assert!(!first.repeated && first.id == id);
            let before = all_of_it(&world).await;
            let later = restarted(&world).await;
            for round in 0..10 {
                let app = if round % 2 == 0 { &*world.app } else { &later };
                let again = send(app, &nonce).await.unwrap();
                assert!(again.repeated && again.id == id, "{kind} {step}: {again:?}");
                let other = send(app, &format!("{nonce}, page {round}")).await;
                assert_eq!(refusal(other), "Stale", "{kind} {step}");
                tried += 2;
            }
            assert_eq!(case::begin(&later, &student, "certificate", "begin", inside()).await.unwrap().id, id);
            later.db.close().await;
            assert_eq!(all_of_it(&world).await, before, "{kind} {step}");
        }
        // Another has the same key: keys are each one's own.
        let other = world.person("4110103").await;
        assert_ne!(case::begin(&world.app, &other, "certificate", "begin", inside()).await.unwrap().id, id);
        // A batch and what time does, likewise.
        let ready = {
            let mut conn = world.db.db.read().await.unwrap();
            money::rehearse(&world.app, &mut conn, &office, "certificate-subsidy", 2026, inside()).await.unwrap()
        };
        let wanted = Freezing { budget: "certificate-subsidy", year: 2026, asked: &ready.asked };
        let batch = money::freeze(&world.app, &office, wanted, Lang::ZhTw, inside()).await.unwrap();
        let before = all_of_it(&world).await;
        let later = restarted(&world).await;
        for round in 0..10 {
            let app = if round % 2 == 0 { &*world.app } else { &later };
            let again = money::freeze(app, &office, wanted, Lang::ZhTw, inside()).await.unwrap();
            assert_eq!(again.id, batch.id);
            assert_eq!(time::tick(app, inside(), Run::Do).await.unwrap(), time::Ticked::default());
            tried += 2;
        }
        assert_eq!(all_of_it(&world).await, before, "{kind}: a batch");
        println!("{kind}: {tried} repetitions of {} moves and a batch changed nothing", steps.len());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_year_pays_exactly_as_many_as_its_budget_has_room_for() {
    let (places, applicants, rounds) = (size(8, 30), size(40, 300), size(1, 20));
    // A folder whose years have room for so many subsidies of 1,750 and no more.
    let folder = TempFolder::new();
    for part in ["workflows", "rules", "templates"] {
        copied(&harness::root().join(part), &folder.path().join(part));
    }
    let years = format!("years: {{2026: {}, 2027: {}}}", places * 1750 + 1749, places * 1750);
    edit(
        &folder.path().join("workflows/ncut/thresholds.yaml"),
        &[("years: {2023: 400000, 2024: 400000, 2025: 450000, 2026: 450000, 2027: 450000}", &years)],
    );
    for _ in 0..rounds {
        for test in databases().await {
            let mut world = world_of(test, applicants.div_ceil(50), 50).await;
            let settings = menkan::app::Settings { folder: folder.path().to_owned(), ..world.app.settings.clone() };
            let edition = menkan::app::Edition::load(folder.path(), "ncut").unwrap_or_else(|why| panic!("{why:#?}"));
            world.app = Arc::new(App::new(world.db.db.clone(), edition, settings));
            let kind = world.db.kind;
            let mut drafts = Vec::new();
            for student in students(applicants) {
                drafts.push((world.person(&student).await, ready(&world, &student).await));
            }
            let (clerk, office) = (world.person("clerk1").await, world.person("office1").await);
            // All of them at once, each from sending to approval.
            let mut tasks = tokio::task::JoinSet::new();
            for (student, id) in drafts {
                let (app, clerk, office) = (world.app.clone(), clerk.clone(), office.clone());
                tasks.spawn(async move {
                    for (seen, (who, step)) in
                        [(&student, "submit"), (&clerk, "endorse"), (&office, "pass")].iter().enumerate()
                    {
                        let nonce = format!("{id} {step}");
                        let asked = Asked {
                            step,
                            seen: 1 + seen as i64,
                            note: "",
                            named: Vec::new(),
                            nonce: &nonce,
                            ..Asked::default()
                        };
                        // Whoever is told that too many ask at once asks again.
                        loop {
                            match case::act(&app, who, &id, &asked, inside()).await {
                                Err(CaseError::Store(error)) if error.is_busy() => {}
                                done => {
                                    done.unwrap();
                                    break;
                                }
                            }
                        }
                    }
                });
            }
            tasks.join_all().await;
            let edition = world.app.edition.load_full();
            let budget = &edition.definition.budgets[0];
            let queue = money::queue(&mut world.db.db.read().await.unwrap(), budget).await.unwrap();
            let of = |year: i32| -> Vec<usize> {
                let turns = queue.lines.iter().filter_map(|line| line.place).filter(|turn| turn.year == year);
                turns.map(|turn| turn.number).collect()
            };
            let all: Vec<usize> = (1..=places).collect();
            assert_eq!((of(2026), of(2027)), (all.clone(), all), "{kind}");
            let without = queue.lines.iter().filter(|line| line.place.is_none()).count();
            assert_eq!(without, applicants - 2 * places, "{kind}");
            // The bank is told of just those.
            let ready = {
                let mut conn = world.db.db.read().await.unwrap();
                money::rehearse(&world.app, &mut conn, &office, &budget.id, 2026, inside()).await.unwrap()
            };
            let wanted = Freezing { budget: &budget.id, year: 2026, asked: &ready.asked };
            let batch = money::freeze(&world.app, &office, wanted, Lang::ZhTw, inside()).await.unwrap();
            assert_eq!((batch.payments, batch.total), (places as i64, places as i64 * 175_000), "{kind}");
        }
    }
}
