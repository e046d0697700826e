//! R21: where a window, a period and a fee begin and end, whatever zone the process and the database
//! believe to be in; what a student's department is once an application was sent.

use std::process::Command;

use menkan::app::case;
use menkan::args;
use menkan::case::Raw;
use menkan::clock::Instant;
use menkan::store::Db;

use crate::applications::{World, refusal, world_of};
use crate::harness::{self, databases, school};

const ZONES: [&str; 3] = ["UTC", "Asia/Taipei", "America/New_York"];

/// The window of 114-1: 2026-02-23 to 2026-03-01, both whole in Taipei. Whether it was open.
const MOMENTS: [(&str, bool); 4] = [
    ("2026-02-22T15:59:59.999Z", false),
    ("2026-02-22T16:00:00Z", true),
    ("2026-03-01T15:59:59.999Z", true),
    ("2026-03-01T16:00:00Z", false),
];

fn at(text: &str) -> Instant {
    text.parse().unwrap()
}

/// Lists for the terms that the tests' exams lie in.
async fn lists(world: &World) {
    let mut tx = world.db.db.begin().await.unwrap();
    for term in ["113-2", "114-1", "114-2"] {
        school::approved(&mut tx, &[school::certificate(&format!("e{term}"), "D1", term, "9001", "測試技術士")]).await;
    }
    tx.commit().await.unwrap();
}

/// Sends an application; its case, or why it is not taken.
async fn send(world: &World, student: &str, moment: Instant, exam: &str, term: &str) -> Result<String, String> {
    let who = world.person(student).await;
    world.profile(student).await;
    let id = world.draft(&who, moment).await;
    let typed: Raw = [("exam_date", exam), ("certificate", &format!("e{term}"))]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into();
    case::keep(&world.app, &who, &id, 1, &typed, moment).await.unwrap();
    match world.act(&who, &id, "submit", moment).await {
        Ok(_) => Ok(id),
        refused => Err(refusal(refused)),
    }
}

async fn reserved(world: &World, id: &str) -> i64 {
    let sql = format!(
        "SELECT CAST(COALESCE(SUM(amount), 0) AS BIGINT) FROM payments WHERE case_id = '{id}' AND state = 'reserved'"
    );
    world.number(&sql).await
}

#[test]
fn a_window_opens_and_closes_at_the_same_moment_in_every_zone() {
    let mut cells = 0;
    for zone in ZONES {
        let output = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "edges::in_a_zone", "--ignored", "--nocapture"])
            .env("TZ", zone)
            .env("PGTZ", zone)
            .output()
            .unwrap();
        let (said, wrong) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success() && said.contains("1 passed"), "{zone}: {said}{wrong}");
        cells += said.matches("same verdict").count();
    }
    let databases = if std::env::var("MENKAN_TEST_POSTGRES").is_ok() { 2 } else { 1 };
    assert_eq!(cells, 36 * databases, "process, database, moment");
}

#[tokio::test]
#[ignore = "run by the test above, in each zone"]
async fn in_a_zone() {
    for test in databases().await {
        let mut world = world_of(test, 1, 12).await;
        lists(&world).await;
        for (number, zone) in ZONES.into_iter().enumerate() {
            // SQLite has no zone of its own.
            if world.db.kind == "postgres" {
                let name = world.db.url.rsplit('/').next().unwrap();
                let sql = format!("ALTER DATABASE {name} SET timezone = '{zone}'");
                let mut conn = world.db.db.read().await.unwrap();
                conn.run(&sql, args![]).await.unwrap();
                drop(conn);
                let db = Db::open(&world.db.url).await.unwrap();
                let edition = menkan::app::Edition::load(harness::root(), "ncut").unwrap();
                let app = menkan::app::App::new(db.clone(), edition, world.app.settings.clone());
                world.app = std::sync::Arc::new(app);
                world.db.db = db;
            }
            for (index, (moment, open)) in MOMENTS.into_iter().enumerate() {
                let student = format!("41101{:02}", 1 + number * 4 + index);
                let id = send(&world, &student, at(moment), "2025-09-10", "114-1").await.unwrap();
                let expected = if open { 175_000 } else { 0 };
                assert_eq!(reserved(&world, &id).await, expected, "{} {zone} {moment}", world.db.kind);
                let sql = format!("SELECT CAST(COUNT(*) AS BIGINT) FROM cases WHERE id = '{id}' AND rounds = '114-1'");
                assert_eq!(world.number(&sql).await, i64::from(open), "{} {zone} {moment}", world.db.kind);
                println!("same verdict at {moment} in {zone}");
            }
        }
    }
}

#[tokio::test]
async fn an_exam_on_the_periods_edges_is_in_it_and_the_day_beside_is_not() {
    for test in databases().await {
        let world = world_of(test, 1, 8).await;
        lists(&world).await;
        let moment = at("2026-02-25T02:00:00Z");
        for (number, (exam, term, expected)) in [
            ("2025-07-31", "113-2", Ok(0)),
            ("2025-08-01", "114-1", Ok(175_000)),
            ("115/1/31", "114-1", Ok(175_000)),
            ("2026-02-01", "114-2", Ok(0)),
            // Today is past; tomorrow is to come.
            ("2026-02-25", "114-2", Ok(0)),
            ("2026-02-26", "114-2", Err("Form")),
            // There was no such day.
            ("2025-02-29", "113-2", Err("Form")),
            ("114/2/30", "113-2", Err("Form")),
        ]
        .into_iter()
        .enumerate()
        {
            let student = format!("41101{:02}", number + 1);
            let found = match send(&world, &student, moment, exam, term).await {
                Ok(id) => Ok(reserved(&world, &id).await),
                Err(why) => Err(why),
            };
            assert_eq!(found, expected.map_err(str::to_owned), "{} {exam}", world.db.kind);
        }
    }
}

/// H4: the department is that of the day of sending; whoever moves on changes nobody's queue.
#[tokio::test]
async fn a_student_who_changes_departments_is_reviewed_by_the_one_it_was_sent_to() {
    for test in databases().await {
        let world = world_of(test, 1, 6).await;
        lists(&world).await;
        let moment = at("2026-02-25T02:00:00Z");
        let id = send(&world, "4110101", moment, "2025-09-10", "114-1").await.unwrap();
        let moved = "UPDATE student_versions SET department = 'D2' WHERE student = '4110101'";
        let mut tx = world.db.db.begin().await.unwrap();
        tx.run(moved, args![]).await.unwrap();
        tx.commit().await.unwrap();
        let (student, clerk, elsewhere) =
            (world.person("4110101").await, world.person("clerk1").await, world.person("elsewhere").await);
        assert_eq!(refusal(world.act(&elsewhere, &id, "endorse", moment).await), "there is no such case");
        world.act(&clerk, &id, "return", moment).await.unwrap();
        // Mended and sent again it stays where it was, with the certificate of that department.
        world.act(&student, &id, "submit", moment).await.unwrap();
        assert_eq!(refusal(world.act(&elsewhere, &id, "endorse", moment).await), "there is no such case");
        world.act(&clerk, &id, "endorse", moment).await.unwrap();
        world.act(&world.person("office1").await, &id, "pass", moment).await.unwrap();
        let waits = format!("SELECT CAST(COUNT(*) AS BIGINT) FROM cases WHERE id = '{id}' AND department = 'D1'");
        assert_eq!((world.number(&waits).await, world.state(&id).await.as_str()), (1, "passed"), "{}", world.db.kind);
        // What they begin from now on is the new department's: the old list's certificate is none of it.
        let who = world.person("4110101").await;
        let next = world.draft(&who, moment).await;
        assert_eq!(refusal(world.act(&who, &next, "submit", moment).await), "Form", "{}", world.db.kind);
    }
}
