//! The search of a catalogue of 20,000 entries: `cargo bench --bench entries`; on PostgreSQL too where
//! MENKAN_BENCH_POSTGRES names an empty database.
//!
//! What a field offers is looked for as somebody types: by a Chinese keyword, a code, an English name, a
//! word that nothing has; each beside the bare query that finds the same ids and reads nothing of them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::float_arithmetic)]

use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use menkan::app::Edition;
use menkan::app::case::{self, Offer};
use menkan::args;
use menkan::store::Db;
use menkan::store::catalogues::{self, EntryRow};

const ENTRIES: usize = 20_000;
/// Milliseconds, of 99 in a hundred.
const MOST: f64 = 50.0;
const TIMES: usize = 100;
const TERM: &str = "115-1";
const WORDS: [&str; 8] =
    ["證照", "第19999種", "108119999", "certificate 19999", "ＣＥＲＴ 777", "乙級 技術", "勞動", "沒有這種"];

fn main() -> ExitCode {
    let folder = std::env::temp_dir().join(format!("menkan-bench-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let mut good = runtime.block_on(measure("SQLite", &format!("sqlite:{}", folder.join("menkan.db").display())));
    if let Ok(url) = std::env::var("MENKAN_BENCH_POSTGRES") {
        good &= runtime.block_on(measure("PostgreSQL", &url));
    }
    std::fs::remove_dir_all(&folder).unwrap();
    if good { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

async fn fill(db: &Db) {
    let rows: Vec<EntryRow> = (0..ENTRIES)
        .map(|number| {
            let (code, name) = (format!("{}", 108_100_000 + number), format!("專業證照第{number}種技術士"));
            let text = |text: &str| serde_json::json!({ "text": text });
            let level = ["甲級", "乙級", "單一級"][number % 3];
            let says = serde_json::json!({
                "code": text(&code), "name": text(&name), "english": text(&format!("Certificate {number}")),
                "level": text(level), "issuer": text("勞動部"),
            });
            EntryRow {
                id: format!("{number:032x}"),
                catalogue: "certificates".to_owned(),
                term: TERM.to_owned(),
                code,
                name,
                says: says.to_string(),
                ordinal: number as i64,
                ..EntryRow::default()
            }
        })
        .collect();
    let mut tx = db.begin().await.unwrap();
    catalogues::add_entries(&mut tx, &rows).await.unwrap();
    tx.commit().await.unwrap();
    db.analyze().await.unwrap();
}

async fn measure(kind: &str, url: &str) -> bool {
    let db = Db::open(url).await.unwrap();
    fill(&db).await;
    let edition = Edition::load(Path::new(env!("CARGO_MANIFEST_DIR")), "npust").expect("the folder is right");
    let definition = &edition.definition;
    let (_, workflow) = definition.workflow("award").unwrap();
    let (field, _) = workflow.field("certificate").unwrap();
    let offer = Offer { workflow, field, department: "", term: Some(TERM) };
    let mut good = true;
    for words in WORDS {
        let (mut told, mut bare) = (Vec::new(), Vec::new());
        for _ in 0..TIMES {
            let began = Instant::now();
            let mut conn = db.read().await.unwrap();
            case::find_entries(&mut conn, definition, offer, words, 21).await.unwrap();
            told.push(began.elapsed());
            let began = Instant::now();
            let mut sql = "SELECT id FROM catalogue_entries WHERE catalogue = 'certificates' AND department = ''
                           AND term = '115-1'"
                .to_owned();
            for word in catalogues::searched([words]).split(' ') {
                sql.push_str(&format!(" AND search LIKE '%{word}%'"));
            }
            let _: Vec<(String,)> = conn.all(&format!("{sql} ORDER BY ordinal, code LIMIT 21"), args![]).await.unwrap();
            bare.push(began.elapsed());
        }
        let (p50, p99, plain) = (percentile(&mut told, 50), percentile(&mut told, 99), percentile(&mut bare, 50));
        println!(
            "{kind}: {words}: median {p50:.2} ms, p99 {p99:.2} ms, {:.1} times the bare query's {plain:.2} ms",
            p50 / plain
        );
        good &= p99 <= MOST;
    }
    println!("{kind}: every p99 within {MOST} ms: {}", if good { "yes" } else { "NO" });
    good
}

fn percentile(all: &mut [Duration], of: usize) -> f64 {
    all.sort_unstable();
    all[(all.len() * of / 100).min(all.len() - 1)].as_secs_f64() * 1e3
}
