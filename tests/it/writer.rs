//! SQLite's one writer: changes that wait share a durable commit, each whole or not at all, and
//! nobody is told of a change that is not there.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use menkan::args;
use menkan::store::Db;
use tokio::task::JoinSet;

use crate::harness::sqlite;

/// How one change ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Commit,
    RollBack,
    /// The request goes away in the middle of its work.
    Drop,
    /// A statement is refused, and the change is given up.
    Refused,
}

async fn table(db: &Db) {
    let mut conn = db.begin().await.unwrap();
    conn.run("CREATE TABLE kept (id INTEGER PRIMARY KEY, half INTEGER NOT NULL, padding TEXT)", args![]).await.unwrap();
    conn.commit().await.unwrap();
}

/// One change of two rows; whether it was told that it is kept.
async fn change(db: &Db, id: i64, end: End, padding: &str) -> bool {
    let Ok(mut conn) = db.begin().await else { return false };
    let insert = "INSERT INTO kept (id, half, padding) VALUES ($1, $2, $3)";
    if conn.run(insert, args![id * 2, 1i64, padding]).await.is_err() {
        return false;
    }
    tokio::task::yield_now().await;
    match end {
        End::RollBack => {
            conn.roll_back().await.unwrap();
            return false;
        }
        End::Drop => return false,
        End::Refused => {
            assert!(conn.run(insert, args![id * 2, 1i64, padding]).await.is_err());
            return false;
        }
        End::Commit => {}
    }
    conn.run(insert, args![id * 2 + 1, 2i64, padding]).await.is_ok() && conn.commit().await.is_ok()
}

async fn kept(db: &Db) -> BTreeSet<i64> {
    let rows: Vec<(i64,)> = db.read().await.unwrap().all("SELECT id FROM kept", args![]).await.unwrap();
    rows.into_iter().map(|(id,)| id).collect()
}

fn halves(told: &BTreeSet<i64>) -> BTreeSet<i64> {
    told.iter().flat_map(|id| [id * 2, id * 2 + 1]).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn whatever_else_happens_in_a_shared_commit_each_change_is_whole_and_only_the_told_ones_are_there() {
    let test = sqlite().await;
    table(&test.db).await;
    let mut changes = JoinSet::new();
    for id in 0..600i64 {
        let (db, end) =
            (test.db.clone(), [End::Commit, End::Commit, End::RollBack, End::Drop, End::Refused][id as usize % 5]);
        changes.spawn(async move { (id, change(&db, id, end, "").await) });
    }
    let told: BTreeSet<i64> =
        changes.join_all().await.into_iter().filter(|(_, told)| *told).map(|(id, _)| id).collect();
    assert_eq!(told.len(), 240);
    assert_eq!(kept(&test.db).await, halves(&told));
    let Db::Sqlite { writer, .. } = &test.db else { unreachable!("it is SQLite") };
    // Six hundred that all wait share few commits; the exact number is the machine's.
    assert!(writer.commits() < 60, "{} commits", writer.commits());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_request_that_goes_away_at_any_moment_leaves_its_change_whole_or_not_at_all() {
    let test = sqlite().await;
    table(&test.db).await;
    let mut changes = JoinSet::new();
    for id in 0..400i64 {
        let db = test.db.clone();
        changes.spawn(async move {
            // Each is given another moment to live.
            let life = Duration::from_micros(50 * (id as u64 % 80));
            let told = if id % 4 == 0 {
                Some(change(&db, id, End::Commit, "").await)
            } else {
                tokio::time::timeout(life, change(&db, id, End::Commit, "")).await.ok()
            };
            (id, told)
        });
    }
    let all = changes.join_all().await;
    let kept = kept(&test.db).await;
    for (id, told) in all {
        let (first, second) = (kept.contains(&(id * 2)), kept.contains(&(id * 2 + 1)));
        assert_eq!(first, second, "{id} is kept by half");
        assert!(first || told != Some(true), "{id} was told that it is kept");
        assert!(id % 4 != 0 || told == Some(true), "{id} waited and was refused");
    }
    // Nothing holds the writer.
    assert!(change(&test.db, 9_999, End::Commit, "").await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_full_disk_in_a_shared_commit_is_told_to_everyone_whose_change_is_not_there() {
    let test = sqlite().await;
    table(&test.db).await;
    let mut conn = test.db.begin().await.unwrap();
    let (pages,): (i64,) = conn.one("PRAGMA page_count", args![]).await.unwrap();
    let limit = format!("PRAGMA max_page_count = {}", pages + 200);
    let (_,): (i64,) = conn.one(&limit, args![]).await.unwrap();
    conn.commit().await.unwrap();
    let padding = Arc::new("x".repeat(6_000));
    let mut changes = JoinSet::new();
    for id in 0..300i64 {
        let (db, padding) = (test.db.clone(), padding.clone());
        changes.spawn(async move { (id, change(&db, id, End::Commit, &padding).await) });
    }
    let all = changes.join_all().await;
    let told: BTreeSet<i64> = all.iter().filter(|(_, told)| *told).map(|(id, _)| *id).collect();
    assert!(!told.is_empty() && told.len() < 300, "{} of 300 found room", told.len());
    assert_eq!(kept(&test.db).await, halves(&told));
    // With room again, changes go on.
    let mut conn = test.db.begin().await.unwrap();
    let (_,): (i64,) = conn.one("PRAGMA max_page_count = 1000000", args![]).await.unwrap();
    conn.commit().await.unwrap();
    assert!(change(&test.db, 9_999, End::Commit, &padding).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_has_ended_before_long_work_does_not_wait_for_it() {
    let test = sqlite().await;
    table(&test.db).await;
    let holder = test.db.begin().await.unwrap();
    // Both wait behind the holder, in this order.
    let (mut short, mut long) = (Box::pin(test.db.begin()), Box::pin(test.db.begin_alone()));
    assert!(poll_once(&mut short).await && poll_once(&mut long).await);
    let held = tokio::spawn(holder.commit());
    let mut short = short.await.unwrap();
    short.run("INSERT INTO kept (id, half) VALUES (1, 1)", args![]).await.unwrap();
    let short = tokio::spawn(short.commit());
    let long = long.await.unwrap();
    // The long work goes on, and both are told.
    held.await.unwrap().unwrap();
    short.await.unwrap().unwrap();
    assert_eq!(kept(&test.db).await, BTreeSet::from([1]));
    long.commit().await.unwrap();
}

/// Whether a future still waits after it was begun.
async fn poll_once<F: Future + Unpin>(future: &mut F) -> bool {
    std::future::poll_fn(|context| std::task::Poll::Ready(std::pin::Pin::new(&mut *future).poll(context).is_pending()))
        .await
}
