//! The running server, measured from outside: time to ready, memory at rest, and the dashboard's
//! rate as a share of the same server's plain answer in the same run.
//! `cargo bench --bench server`; on PostgreSQL too where MENKAN_BENCH_POSTGRES names an empty database.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::float_arithmetic, clippy::zombie_processes)]

use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

#[path = "load/mod.rs"]
mod load;

use load::{Answer, Server, ask_once, closed, get, median, menkan, percentile, post};

const CONNECTIONS: usize = 32;
const ROUND: Duration = Duration::from_secs(4);
const ROUNDS: usize = 5;

fn start(data: &Path, database: Option<&str>) -> Server {
    Server::start(data, Path::new("."), database)
}

fn cookies_of(answer: &Answer) -> Vec<String> {
    let lines = answer.head.lines().filter_map(|line| line.split_once(": "));
    let set = lines.filter(|(name, _)| name.eq_ignore_ascii_case("set-cookie"));
    set.filter_map(|(_, value)| value.split(';').next().map(str::to_owned)).collect()
}

/// Signs in as a browser does: reads the form's hidden fields, posts them, keeps the cookies.
fn sign_in(address: &str, account: &str, password: &str) -> String {
    let form = ask_once(address, &get(address, "/sign-in", "")).unwrap();
    let mut cookies = cookies_of(&form);
    let token = form.hidden("token");
    let fields = [("account", account), ("password", password), ("token", &token)];
    let answer = ask_once(address, &post(address, "/sign-in", &cookies.join("; "), &fields)).unwrap();
    assert_eq!(answer.status, 303, "sign-in failed");
    cookies.extend(cookies_of(&answer));
    cookies.join("; ")
}

/// Requests a second and the 99th percentile, over `CONNECTIONS` kept-alive connections that each
/// ask again as soon as they are answered.
fn load(address: &str, path: &str, cookies: &str) -> (f64, f64) {
    let request = get(address, path, cookies);
    let end = Instant::now() + ROUND;
    let (told, _) = closed(address, CONNECTIONS, false, move |_| (Instant::now() < end).then(|| request.clone()));
    for one in &told {
        assert_eq!(one.answer.status, 200, "{}", one.answer.head);
    }
    (told.len() as f64 / ROUND.as_secs_f64(), percentile(told.iter().map(|one| one.took), 99))
}

fn measure(name: &str, data: &Path, database: Option<&str>) {
    let made = {
        let mut command = menkan();
        command.args(["demo", "--no-serve", "--data"]).arg(data).stdout(Stdio::piped());
        if let Some(url) = database {
            command.env("DATABASE_URL", url);
        }
        command.output().unwrap()
    };
    assert!(made.status.success(), "the demonstration's data could not be made");
    let accounts = String::from_utf8_lossy(&made.stdout).into_owned();
    let (account, password) = student(&accounts);

    let readies: Vec<f64> = (0..5).map(|_| start(data, database).ready_after.as_secs_f64() * 1000.0).collect();
    let server = start(data, database);
    std::thread::sleep(Duration::from_secs(1));
    let at_rest = server.memory_kib("VmRSS");
    let cookies = sign_in(&server.address, &account, &password);
    let page = ask_once(&server.address, &get(&server.address, "/me", &cookies)).unwrap();
    assert_eq!(page.status, 200, "{}", page.head);
    let (mut hello, mut dashboard, mut p99) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        hello.push(load(&server.address, "/healthz", &cookies).0);
        let (rate, slow) = load(&server.address, "/me", &cookies);
        dashboard.push(rate);
        p99.push(slow);
    }
    let (hello, dashboard) = (median(hello), median(dashboard));
    println!(
        "{name}: ready after {:.0} ms; {:.1} MB at rest; page of {} bytes; hello {hello:.0}/s, dashboard {dashboard:.0}/s = {:.1} % of hello, p99 {:.1} ms; {:.1} MB after load",
        median(readies),
        at_rest as f64 / 1024.0,
        page.body.len(),
        dashboard / hello * 100.0,
        median(p99),
        server.memory_kib("VmRSS") as f64 / 1024.0,
    );
}

/// The first student's account and password in what the demonstration prints: `ACCOUNT PASSWORD Student …`.
fn student(printed: &str) -> (String, String) {
    let line = printed.lines().find(|line| line.contains("Student")).expect("a student's account");
    let mut words = line.split_whitespace().map(str::to_owned);
    (words.next().expect("an account"), words.next().expect("a password"))
}

fn main() {
    let folder = std::env::temp_dir().join(format!("menkan-bench-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    measure("SQLite", &folder.join("sqlite"), None);
    if let Ok(url) = std::env::var("MENKAN_BENCH_POSTGRES") {
        measure("PostgreSQL", &folder.join("postgres"), Some(&url));
    }
    std::fs::remove_dir_all(&folder).unwrap();
}
