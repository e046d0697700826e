//! Killed at any moment: of an import either nothing or everything is there, and repeating it makes
//! it whole; what the server has acknowledged over HTTP holds after it was killed. R1.

use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use menkan::app::accounts;
use menkan::args;
use menkan::lang::Lang;
use menkan::store::{Db, facts};

use crate::harness::{self, TempFolder, TestDb, databases, school};
use crate::web::{PASSWORD, Visitor};

/// Numbers that look drawn and are the same in every run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }
}

fn command(test: &TestDb, data: &TempFolder, words: &[&str]) -> Command {
    let mut command = Command::new(harness::menkan());
    command
        .env_remove("DATABASE_URL")
        .env_remove("BASE_URL")
        .args(words)
        .args(["--database", &test.url, "--folder", harness::root().to_str().unwrap()])
        .args(["--data", data.path().to_str().unwrap()])
        .stderr(Stdio::null());
    command
}

async fn count(db: &Db, sql: &str, name: &str) -> i64 {
    let (rows,): (i64,) = db.read().await.unwrap().one(sql, args![name]).await.unwrap();
    rows
}

async fn sums_are_right(test: &TestDb) {
    let mut differences = Vec::new();
    let mut conn = test.db.snapshot().await.unwrap();
    let compared = facts::prove(&mut conn, |difference| differences.push(format!("{difference:?}"))).await.unwrap();
    assert!(differences.is_empty() && compared > 0, "{}: {differences:?}", test.kind);
}

/// A file, how many rows of it are in the database, and by which words they are found.
struct File {
    kind: &'static str,
    path: String,
    rows: i64,
    sql: &'static str,
    name: String,
}

fn file(folder: &TempFolder, kind: &'static str, round: usize) -> File {
    let (text, rows, sql, name) = match kind {
        "credits" => {
            let mut text = String::from("學號,類別,數量,發生日期,名稱,登錄日期\n");
            for number in 0..8_000 {
                let student = format!("411{:02}{:02}", 1 + number % 4, 1 + (number / 4) % 50);
                let day = 1 + number / 400;
                text.push_str(&format!("{student},社會接軌,1,2025-10-{day:02},第{round}次,2025-10-28\n"));
            }
            (text, 8_000, "SELECT COUNT(*) FROM credits WHERE name = $1", format!("第{round}次"))
        }
        _ => {
            let mut text = String::from("學號,姓名,系所,班級,學制,入學學年度,在學狀態,電子郵件\n");
            for number in 0..1_500 {
                text.push_str(&format!("N{round}{number:04},新生{round},D1,C01,日四技,111,在學,\n"));
            }
            (text, 1_500, "SELECT COUNT(*) FROM student_versions WHERE name = $1", format!("新生{round}"))
        }
    };
    let path = folder.path().join(format!("{kind}-{round}.csv"));
    std::fs::write(&path, text).unwrap();
    File { kind, path: path.to_str().unwrap().to_owned(), rows, sql, name }
}

fn import(test: &TestDb, data: &TempFolder, file: &File) -> Child {
    let words = ["import", file.kind, file.path.as_str(), "--effective", "2025-08-01", "--json"];
    command(test, data, &words).stdout(Stdio::piped()).spawn().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_import_that_is_killed_is_there_whole_or_not_at_all() {
    const ROUNDS: usize = 12;
    for test in databases().await {
        let folder = TempFolder::new();
        school::seed(&test.db, 4, 50).await;
        for kind in ["credits", "students"] {
            // How long one takes from its beginning to its end: kills are spread over all of it.
            let began = Instant::now();
            let whole = import(&test, &folder, &file(&folder, kind, 99)).wait_with_output().unwrap();
            assert!(whole.status.success(), "{whole:?}");
            // The machine's other work makes it differ: what one took last is what the next is measured by.
            let mut takes = began.elapsed();
            let (mut nothing, mut everything) = (0, 0);
            for round in 0.. {
                if round >= ROUNDS && nothing >= ROUNDS / 2 {
                    break;
                }
                assert!(round < 5 * ROUNDS, "{}: killed too late to show anything", test.kind);
                let file = file(&folder, kind, round);
                let mut child = import(&test, &folder, &file);
                std::thread::sleep(takes.mul_f64(((round % ROUNDS) as f64 + 0.5) / (ROUNDS as f64 - 0.5)));
                child.kill().unwrap();
                child.wait().unwrap();
                // PostgreSQL may still be ending the killed one's transaction: the next waits for it.
                let began = Instant::now();
                let again = import(&test, &folder, &file).wait_with_output().unwrap();
                let told: serde_json::Value = serde_json::from_slice(&again.stdout).unwrap();
                let counts = (told["new"].as_i64().unwrap(), told["same"].as_i64().unwrap());
                match counts {
                    (new, 0) if new == file.rows => {
                        nothing += 1;
                        takes = began.elapsed();
                    }
                    (0, same) if same == file.rows => everything += 1,
                    _ => panic!("{} {kind} round {round}: {counts:?} of {}", test.kind, file.rows),
                }
                assert_eq!(count(&test.db, file.sql, &file.name).await, file.rows, "{} {kind}", test.kind);
                sums_are_right(&test).await;
            }
            println!(
                "{} {kind}: takes {takes:?}; after {} kills {nothing} not there, {everything} whole",
                test.kind,
                nothing + everything
            );
        }
    }
}

struct Server {
    child: Child,
    address: SocketAddr,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn start(test: &TestDb, data: &TempFolder) -> (Server, Duration) {
    let address = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let began = Instant::now();
    let child =
        command(test, data, &["serve", "--listen", &address.to_string()]).stdout(Stdio::null()).spawn().unwrap();
    let server = Server { child, address };
    while (Visitor { address, cookies: Vec::new() }).get("/readyz").status != 200 {
        assert!(began.elapsed() < Duration::from_secs(30), "the server is not ready");
        std::thread::sleep(Duration::from_millis(5));
    }
    (server, began.elapsed())
}

/// What was sent, and whether it was acknowledged.
struct Sent {
    name: String,
    acknowledged: bool,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_server_has_acknowledged_holds_after_it_was_killed() {
    const ROUNDS: u64 = 6;
    for test in databases().await {
        let folder = TempFolder::new();
        school::seed(&test.db, 1, 20).await;
        let mut tx = test.db.begin().await.unwrap();
        school::staff(&mut tx, "admin", "admin", "").await;
        tx.commit().await.unwrap();
        let app = school::app(&test.db, None, folder.path());
        accounts::create(&app, "admin", PASSWORD, Lang::ZhTw, chrono::Utc::now()).await.unwrap();
        let mut chance = Chance(42);
        let (mut saved, mut unsaid, mut signed_in, mut slowest) = (0, 0, 0, Duration::ZERO);
        let (mut server, _) = start(&test, &folder);
        for round in 0..ROUNDS {
            let (sent, sessions) = (Mutex::new(Vec::<Sent>::new()), Mutex::new(Vec::new()));
            let (over, answers) = (AtomicBool::new(false), AtomicUsize::new(0));
            let enough = 3 + chance.below(12) as usize;
            let pause = Duration::from_millis(chance.below(60));
            let address = server.address;
            std::thread::scope(|scope| {
                for client in 0..3 {
                    let (sent, sessions, over, answers) = (&sent, &sessions, &over, &answers);
                    scope.spawn(move || {
                        let mut admin = Visitor { address, cookies: Vec::new() };
                        for number in 0.. {
                            if number % 4 == 0 {
                                admin.cookies.clear();
                                if admin.sign_in("admin", PASSWORD).status == 303 {
                                    sessions.lock().unwrap().push(admin.clone());
                                    answers.fetch_add(1, Ordering::SeqCst);
                                }
                            }
                            let name = format!("r{round}c{client}n{number}");
                            let mut text = String::from("學號,類別,數量,發生日期,名稱,登錄日期\n");
                            for student in 1..=20 {
                                text.push_str(&format!("41101{student:02},社會接軌,1,2025-10-01,{name},2025-10-02\n"));
                            }
                            let kept = admin.upload("credits", "hours.csv", &text);
                            if let Some(upload) = kept.header("location").strip_prefix("/imports/check/") {
                                let answer = admin.send("/imports", "/imports/save", &[("upload", upload)]);
                                let acknowledged = matches!(answer.status, 200 | 303);
                                sent.lock().unwrap().push(Sent { name, acknowledged });
                                answers.fetch_add(usize::from(acknowledged), Ordering::SeqCst);
                            }
                            if over.load(Ordering::SeqCst) {
                                return;
                            }
                        }
                    });
                }
                let began = Instant::now();
                while answers.load(Ordering::SeqCst) < enough {
                    assert!(began.elapsed() < Duration::from_secs(60), "no answers");
                    std::thread::sleep(Duration::from_millis(1));
                }
                std::thread::sleep(pause);
                server.child.kill().unwrap();
                server.child.wait().unwrap();
                over.store(true, Ordering::SeqCst);
            });
            let (next, ready) = start(&test, &folder);
            (server, slowest) = (next, slowest.max(ready));
            for Sent { name, acknowledged } in sent.into_inner().unwrap() {
                let rows = count(&test.db, "SELECT COUNT(*) FROM credits WHERE name = $1", &name).await;
                match acknowledged {
                    true => assert_eq!(rows, 20, "{}: {name} was acknowledged", test.kind),
                    false => assert!(matches!(rows, 0 | 20), "{}: {rows} rows of {name}", test.kind),
                }
                saved += usize::from(acknowledged);
                unsaid += usize::from(!acknowledged);
            }
            for session in sessions.into_inner().unwrap() {
                let mut session = Visitor { address: server.address, ..session };
                assert_eq!(session.get("/imports").status, 200, "{}: a session is lost", test.kind);
                signed_in += 1;
            }
            sums_are_right(&test).await;
        }
        println!(
            "{}: {ROUNDS} kills; {saved} imports and {signed_in} sessions acknowledged, {unsaid} imports not; \
             ready again within {slowest:?}",
            test.kind
        );
        assert!(saved >= 10 && signed_in >= 6, "{}: {saved}, {signed_in}", test.kind);
    }
}
