//! The running server, measured from outside: time to ready, memory at rest, and the dashboard's
//! rate as a share of the same server's plain answer in the same run.
//! `cargo bench --bench server`; on PostgreSQL too where MENKAN_BENCH_POSTGRES names an empty database.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::float_arithmetic, clippy::zombie_processes)]

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const CONNECTIONS: usize = 32;
const ROUND: Duration = Duration::from_secs(4);
const ROUNDS: usize = 5;

struct Server {
    child: Child,
    address: String,
    ready_after: Duration,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn menkan() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_menkan"));
    command
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env("LANG", "en")
        .env_remove("DATABASE_URL")
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command
}

/// Starts the server and waits, polling without pause, until it says that it is ready.
fn start(data: &Path, database: Option<&str>) -> Server {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let address = format!("127.0.0.1:{port}");
    let mut command = menkan();
    command.args(["serve", "--listen", &address, "--data"]).arg(data);
    if let Some(url) = database {
        command.env("DATABASE_URL", url);
    }
    let begun = Instant::now();
    let child = command.spawn().unwrap();
    while begun.elapsed() < Duration::from_secs(20) {
        if let Ok(answer) = get(&address, "/readyz", "")
            && answer.starts_with("HTTP/1.1 200")
        {
            return Server { child, address, ready_after: begun.elapsed() };
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    panic!("the server was not ready within 20 s");
}

fn exchange(address: &str, request: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    stream.write_all(request.as_bytes())?;
    let mut out = Vec::new();
    stream.read_to_end(&mut out)?;
    Ok(String::from_utf8_lossy(&out).into_owned())
}

fn get(address: &str, path: &str, cookies: &str) -> std::io::Result<String> {
    exchange(
        address,
        &format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nCookie: {cookies}\r\nConnection: close\r\n\r\n"),
    )
}

fn cookies_of(answer: &str) -> Vec<String> {
    answer
        .lines()
        .filter_map(|line| line.split_once(": ").filter(|(name, _)| name.eq_ignore_ascii_case("set-cookie")))
        .filter_map(|(_, value)| value.split(';').next().map(str::to_owned))
        .collect()
}

/// Signs in as a browser does: reads the form's hidden fields, posts them, keeps the cookies.
fn sign_in(address: &str, account: &str, password: &str) -> String {
    let form = get(address, "/sign-in", "").unwrap();
    let mut cookies = cookies_of(&form);
    let mut body = format!("account={account}&password={password}");
    for field in form.split("<input").skip(1).filter(|field| field.contains("type=\"hidden\"")) {
        let attribute = |name: &str| field.split(&format!("{name}=\"")).nth(1).and_then(|rest| rest.split('"').next());
        body.push_str(&format!("&{}={}", attribute("name").unwrap(), attribute("value").unwrap_or_default()));
    }
    let answer = exchange(
        address,
        &format!(
            "POST /sign-in HTTP/1.1\r\nHost: {address}\r\nOrigin: http://{address}\r\nSec-Fetch-Site: same-origin\r\nCookie: {}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            cookies.join("; "),
            body.len()
        ),
    )
    .unwrap();
    assert!(answer.starts_with("HTTP/1.1 303"), "sign-in failed: {}", answer.lines().next().unwrap_or_default());
    cookies.extend(cookies_of(&answer));
    cookies.join("; ")
}

/// Requests a second and the 99th percentile, over `CONNECTIONS` kept-alive connections that each
/// ask again as soon as they are answered. One thread drives them all, as little as a load can cost.
fn load(address: &str, path: &str, cookies: &str) -> (f64, Duration) {
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nCookie: {cookies}\r\n\r\n");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (count, mut times) = runtime.block_on(async {
        let end = Instant::now() + ROUND;
        let tasks: Vec<_> = (0..CONNECTIONS)
            .map(|_| {
                let (address, request) = (address.to_owned(), request.clone());
                async move {
                    use tokio::io::{AsyncReadExt, AsyncWriteExt};
                    let mut stream = tokio::net::TcpStream::connect(&address).await.unwrap();
                    stream.set_nodelay(true).unwrap();
                    let (mut times, mut buffer) = (Vec::new(), vec![0u8; 128 * 1024]);
                    while Instant::now() < end {
                        let asked = Instant::now();
                        stream.write_all(request.as_bytes()).await.unwrap();
                        let (mut filled, mut whole) = (0, None);
                        while whole.is_none_or(|whole| filled < whole) {
                            let read = stream.read(&mut buffer[filled..]).await.unwrap();
                            assert!(read > 0, "the server closed the connection");
                            filled += read;
                            if whole.is_none() {
                                whole = answer_length(&buffer[..filled]);
                            }
                        }
                        times.push(asked.elapsed());
                    }
                    times
                }
            })
            .map(tokio::task::unconstrained)
            .collect();
        let mut set = tokio::task::JoinSet::new();
        for task in tasks {
            set.spawn(task);
        }
        let all: Vec<Vec<Duration>> = set.join_all().await;
        let times: Vec<Duration> = all.into_iter().flatten().collect();
        (times.len(), times)
    });
    times.sort_unstable();
    (count as f64 / ROUND.as_secs_f64(), times[times.len() * 99 / 100])
}

/// The whole length of an answer once its head is there; only 200 counts as one.
fn answer_length(bytes: &[u8]) -> Option<usize> {
    let head_end = bytes.windows(4).position(|window| window == b"\r\n\r\n")? + 4;
    let head = String::from_utf8_lossy(&bytes[..head_end]).to_ascii_lowercase();
    assert!(head.starts_with("http/1.1 200"), "{head}");
    let length = head.split("content-length: ").nth(1).and_then(|rest| rest.split("\r\n").next()).expect("a length");
    Some(head_end + length.parse::<usize>().unwrap())
}

fn resident_kib(child: &Child) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
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
    let at_rest = resident_kib(&server.child);
    let cookies = sign_in(&server.address, &account, &password);
    let page = get(&server.address, "/me", &cookies).unwrap();
    assert!(page.starts_with("HTTP/1.1 200"), "{}", page.lines().next().unwrap_or_default());
    let (mut hello, mut dashboard, mut p99) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        hello.push(load(&server.address, "/healthz", &cookies).0);
        let (rate, slow) = load(&server.address, "/me", &cookies);
        dashboard.push(rate);
        p99.push(slow.as_secs_f64() * 1000.0);
    }
    let (hello, dashboard) = (median(hello), median(dashboard));
    println!(
        "{name}: ready after {:.0} ms; {:.1} MB at rest; page of {} bytes; hello {hello:.0}/s, dashboard {dashboard:.0}/s = {:.1} % of hello, p99 {:.1} ms; {:.1} MB after load",
        median(readies),
        at_rest as f64 / 1024.0,
        page.len(),
        dashboard / hello * 100.0,
        median(p99),
        resident_kib(&server.child) as f64 / 1024.0,
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
