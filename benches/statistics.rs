//! Pass rates of ten thousand and of a million students with thirty credits each: as of today (from
//! the kept sums) and as of a past day (from the credits). `cargo bench --bench statistics`; the
//! million, which takes minutes to make, after `-- --million`. PostgreSQL where
//! MENKAN_TEST_POSTGRES names a server.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::float_arithmetic)]

use std::path::Path;
use std::time::{Duration, Instant};

use menkan::app::Edition;
use menkan::app::report::{By, PassRates, Question, pass_rates};
use menkan::args;
use menkan::clock::Day;
use menkan::store::{Db, StoreError};
use sqlx::{AssertSqlSafe, Connection, PgConnection};

const CREDITS: i64 = 30;

fn main() {
    let million = std::env::args().any(|arg| arg == "--million");
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let edition = Edition::load(Path::new(env!("CARGO_MANIFEST_DIR")), "ncut").unwrap_or_else(|problems| {
            panic!("{problems:#?}");
        });
        let folder = std::env::temp_dir().join(format!("menkan-bench-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let small = on_sqlite(&edition, &folder, 10_000).await;
        if million {
            let large = on_sqlite(&edition, &folder, 1_000_000).await;
            let each = |figures: &Figures, students: f64| figures.today.as_secs_f64() / students;
            println!(
                "a student at the million costs {:.2} times one at ten thousand (at most 1.3); as of a past day {:.2}",
                each(&large, 1e6) / each(&small, 1e4),
                large.past.as_secs_f64() / small.past.as_secs_f64() / 100.0
            );
            check("the million", large.today <= Duration::from_secs(6));
            check("peak memory", large.peak_mb.is_none_or(|peak| peak <= 300));
        }
        check("ten thousand", small.today <= Duration::from_millis(100));
        std::fs::remove_dir_all(&folder).unwrap();
        if let Ok(server) = std::env::var("MENKAN_TEST_POSTGRES") {
            on_postgres(&edition, &server).await;
        }
    });
}

struct Figures {
    today: Duration,
    past: Duration,
    peak_mb: Option<u64>,
}

fn check(what: &str, held: bool) {
    println!("{what}: {}", if held { "within the limit" } else { "ABOVE THE LIMIT" });
}

async fn on_sqlite(edition: &Edition, folder: &Path, students: i64) -> Figures {
    let db = Db::open(&format!("sqlite:{}", folder.join(format!("{students}.db")).display())).await.unwrap();
    measure(edition, &db, "SQLite", students).await
}

async fn on_postgres(edition: &Edition, server: &str) {
    let name = format!("menkan_bench_{}", std::process::id());
    let mut admin = PgConnection::connect(server).await.unwrap();
    sqlx::raw_sql(AssertSqlSafe(format!("CREATE DATABASE {name}"))).execute(&mut admin).await.unwrap();
    let (before, _) = server.rsplit_once('/').unwrap();
    let db = Db::open(&format!("{before}/{name}")).await.unwrap();
    measure(edition, &db, "PostgreSQL", 10_000).await;
    db.close().await;
    sqlx::raw_sql(AssertSqlSafe(format!("DROP DATABASE {name} WITH (FORCE)"))).execute(&mut admin).await.unwrap();
}

async fn measure(edition: &Edition, db: &Db, kind: &str, students: i64) -> Figures {
    let began = Instant::now();
    fill(db, students).await.unwrap();
    println!("{kind}: {students} students with {CREDITS} credits each made in {:.1?}", began.elapsed());
    let runs = if students > 100_000 { 2 } else { 7 };
    forget_peak();
    let (today, rates) = best(runs, edition, db, "2026-05-31").await;
    let peak_mb = peak_mb();
    let (past, earlier) = best(runs, edition, db, "2025-12-12").await;
    assert_eq!(rates.total.students, students as u64);
    assert!(earlier.total.all.passed < rates.total.all.passed && earlier.total.all.passed > 0);
    let each = |time: Duration| time.as_secs_f64() * 1e6 / students as f64;
    println!(
        "{kind}, {students}: today {:.1} ms ({:.2} µs a student), as of a past day {:.1} ms ({:.2} µs); \
         {} passed all today, {} then; peak memory {} MB",
        today.as_secs_f64() * 1e3,
        each(today),
        past.as_secs_f64() * 1e3,
        each(past),
        rates.total.all.passed,
        earlier.total.all.passed,
        peak_mb.map_or("?".to_owned(), |peak| peak.to_string()),
    );
    Figures { today, past, peak_mb }
}

async fn best(runs: usize, edition: &Edition, db: &Db, day: &str) -> (Duration, PassRates) {
    let question = Question::whole(day.parse::<Day>().unwrap(), By::Department);
    let mut best: Option<(Duration, PassRates)> = None;
    for _ in 0..runs {
        let mut conn = db.snapshot().await.unwrap();
        let began = Instant::now();
        let rates = pass_rates(&mut conn, edition, &question).await.unwrap();
        let took = began.elapsed();
        if best.as_ref().is_none_or(|(least, _)| took < *least) {
            best = Some((took, rates));
        }
    }
    best.unwrap()
}

/// Students of the final year with credits over their seven terms, by SQL alone.
async fn fill(db: &Db, students: i64) -> Result<(), StoreError> {
    let mut conn = db.begin().await?;
    // Indices that are not in the order of the rows are made afterwards, in one go.
    conn.run("DROP INDEX credits_recorded", args![]).await?;
    conn.run("DROP INDEX credits_import", args![]).await?;
    for unit in 0..16i64 {
        let (code, name) = (format!("D{unit:02}"), format!("Department {unit}"));
        let college = format!("College {}", unit / 4);
        conn.run(
            "INSERT INTO units (code, name, college, kind, ordinal) VALUES ($1, $2, $3, 'department', $4)",
            args![code, name, college, unit],
        )
        .await?;
    }
    conn.run(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < CAST($1 AS BIGINT))
         INSERT INTO student_versions (id, student, name, department, class, division, admitted, status, email,
                                       valid_from, valid_to, import_id)
         SELECT i, CAST(311000000 + i AS TEXT), 'Name', 'D' || SUBSTR(CAST(100 + i % 16 AS TEXT), 2),
                'C' || CAST(i % 16 AS TEXT), 'day-4', 111, 'enrolled', 'x@example.edu.tw', '2022-08-01', '9999-12-31', 0
         FROM n",
        args![students],
    )
    .await?;
    conn.run(CREDITS_OF_ALL, args![CREDITS]).await?;
    conn.run("CREATE INDEX credits_recorded ON credits (recorded_on)", args![]).await?;
    conn.run(
        "INSERT INTO student_facts (student, sums)
         SELECT student, string_agg(category || ':' || term || ':' || amount, ';') FROM
             (SELECT student, category, term, CAST(SUM(amount) AS BIGINT) AS amount FROM credits
              GROUP BY student, category, term) s
         GROUP BY student",
        args![],
    )
    .await?;
    conn.run("ANALYZE", args![]).await?;
    conn.commit().await?;
    Ok(())
}

/// Of a student's thirty: 18 social, 4 each of two others, 3 and 1; seven terms, recorded month by month.
const CREDITS_OF_ALL: &str =
    "WITH RECURSIVE k(c) AS (SELECT 0 UNION ALL SELECT c + 1 FROM k WHERE c + 1 < CAST($1 AS BIGINT))
     INSERT INTO credits (id, student, category, amount, happened_on, term, name, recorded_on, recorded_at, source,
                          import_id, takes_back)
     SELECT v.id * 30 + k.c, v.student,
            CASE WHEN c < 18 THEN 'social' WHEN c < 22 THEN 'aesthetic' WHEN c < 26 THEN 'stress'
                 WHEN c < 29 THEN 'enrichment' ELSE 'certificate' END,
            CASE WHEN c = 29 THEN (v.id % 2) * 100 ELSE 50 + (v.id * 7 + c * 13) % 5 * 50 END,
            '2025-10-01', CAST(111 + c % 7 / 2 AS TEXT) || '-' || CAST(1 + c % 7 % 2 AS TEXT), 'Event',
            CASE WHEN c % 10 < 8 OR c = 29 THEN '2025-0' || CAST(1 + c % 8 AS TEXT) || '-15' ELSE '2026-03-15' END,
            '2026-03-15T00:00:00.000Z', 'bench', 0, NULL
     FROM student_versions v, k ORDER BY v.id, k.c";

/// Lets the kernel forget the most memory that was in use so far.
fn forget_peak() {
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}

fn peak_mb() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse::<u64>().ok().map(|kb| kb / 1024)
}
