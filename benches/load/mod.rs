//! What the benches of the running server share: starting it, and clients that keep their
//! connections and cost as little as a load can cost. What is asked, and of which school, is each
//! bench's own; `school` makes one.
// Not every bench needs all of it.
#![allow(dead_code)]
// The child is waited for when the server is dropped.
#![allow(clippy::zombie_processes)]

pub mod bare;
pub mod mass;
pub mod open;
mod people;
pub mod school;

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A request, byte for byte.
pub type Request = Arc<[u8]>;

pub struct Server {
    pub child: Child,
    pub address: String,
    pub ready_after: Duration,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub fn menkan() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_menkan"));
    command
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env("LANG", "en")
        .env_remove("DATABASE_URL")
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command
}

impl Server {
    /// Starts the server and waits, polling without pause, until it says that it is ready.
    pub fn start(data: &Path, folder: &Path, database: Option<&str>) -> Server {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let address = format!("127.0.0.1:{port}");
        let mut command = menkan();
        command.args(["serve", "--listen", &address, "--data"]).arg(data).arg("--folder").arg(folder);
        if let Some(url) = database {
            command.env("DATABASE_URL", url);
        }
        let begun = Instant::now();
        let child = command.spawn().unwrap();
        while begun.elapsed() < Duration::from_secs(20) {
            if ask_once(&address, &get(&address, "/readyz", "")).is_ok_and(|answer| answer.status == 200) {
                return Server { child, address, ready_after: begun.elapsed() };
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        panic!("the server was not ready within 20 s");
    }

    /// A line of the process's status, in kB: `VmRSS` now, `VmHWM` at most.
    pub fn memory_kib(&self, line: &str) -> u64 {
        memory_kib(self.child.id(), line).unwrap()
    }
}

pub fn memory_kib(process: u32, line: &str) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find(|known| known.starts_with(line))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

pub fn get(address: &str, path: &str, cookies: &str) -> Request {
    format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nCookie: {cookies}\r\n\r\n").into_bytes().into()
}

/// A form as a browser of the site itself sends it.
pub fn post(address: &str, path: &str, cookies: &str, fields: &[(&str, &str)]) -> Request {
    let encode =
        |text: &str| percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string();
    let body = fields.iter().map(|(name, value)| format!("{name}={}", encode(value))).collect::<Vec<_>>().join("&");
    post_body(address, path, cookies, "application/x-www-form-urlencoded", body.as_bytes())
}

pub fn post_body(address: &str, path: &str, cookies: &str, kind: &str, body: &[u8]) -> Request {
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: {address}\r\nOrigin: http://{address}\r\nSec-Fetch-Site: same-origin\r\n\
         Cookie: {cookies}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat().into()
}

/// An answer; status 0 is none: the connection broke.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.filter(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value).next()
    }

    /// What a hidden field of the page's form holds.
    pub fn hidden(&self, name: &str) -> String {
        let page = self.text();
        let field = page.split("<input").find(|field| field.contains(&format!("name=\"{name}\"")));
        let value = field.and_then(|field| field.split("value=\"").nth(1)?.split('"').next());
        let value = value.unwrap_or_else(|| panic!("no field {name} in {} {page}", self.head));
        let signs = [("&#x2f;", "/"), ("&#x27;", "'"), ("&quot;", "\""), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")];
        signs.iter().fold(value.to_owned(), |text, (written, sign)| text.replace(written, sign))
    }
}

/// A connection that is kept.
pub struct Client {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Client {
    pub async fn connect(address: &str) -> std::io::Result<Client> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Client { stream, buffer: Vec::with_capacity(64 * 1024) })
    }

    pub async fn ask(&mut self, request: &[u8]) -> std::io::Result<Answer> {
        self.buffer.clear();
        self.stream.write_all(request).await?;
        let mut whole = None;
        while whole.is_none_or(|(_, whole)| self.buffer.len() < whole) {
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                return Err(std::io::ErrorKind::UnexpectedEof.into());
            }
            whole = whole.or_else(|| lengths(&self.buffer));
        }
        let (head, whole) = whole.unwrap_or_default();
        let text = String::from_utf8_lossy(&self.buffer[..head]).into_owned();
        let status = text.get(9..12).and_then(|status| status.parse().ok()).unwrap_or_default();
        Ok(Answer { status, head: text, body: self.buffer[head..whole].to_vec() })
    }
}

/// The length of an answer's head, and of all of it, once the head is there.
fn lengths(bytes: &[u8]) -> Option<(usize, usize)> {
    let head = bytes.windows(4).position(|window| window == b"\r\n\r\n")? + 4;
    let text = String::from_utf8_lossy(&bytes[..head]).to_ascii_lowercase();
    let length = text.split("content-length: ").nth(1).and_then(|rest| rest.split("\r\n").next()).expect("a length");
    Some((head, head + length.parse::<usize>().unwrap()))
}

/// A runtime of one thread, which drives all clients.
pub fn on_one_thread<T>(doing: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(doing)
}

pub fn ask_once(address: &str, request: &[u8]) -> std::io::Result<Answer> {
    on_one_thread(async { Client::connect(address).await?.ask(request).await })
}

/// One answer of many: for which request, how long it took, and its status.
#[derive(Clone, Debug)]
pub struct Told {
    pub index: usize,
    pub took: Duration,
    pub answer: Answer,
}

/// Clients that each ask again as soon as they are answered, until `next` has no more for the count so far.
/// What they are told, and how long all of it took. Bodies are dropped unless they are `kept`.
pub fn closed<N>(address: &str, clients: usize, kept: bool, next: N) -> (Vec<Told>, Duration)
where
    N: Fn(usize) -> Option<Request> + Send + Sync + 'static,
{
    let (next, count) = (Arc::new(next), Arc::new(AtomicUsize::new(0)));
    on_one_thread(async {
        let mut set = tokio::task::JoinSet::new();
        let began = Instant::now();
        for _ in 0..clients {
            let (address, next, count) = (address.to_owned(), next.clone(), count.clone());
            set.spawn(tokio::task::unconstrained(async move {
                let mut client = Client::connect(&address).await.unwrap();
                let mut told = Vec::new();
                loop {
                    let index = count.fetch_add(1, Ordering::Relaxed);
                    let Some(request) = next(index) else { return told };
                    let asked = Instant::now();
                    let mut answer = client.ask(&request).await.expect("an answer");
                    let took = asked.elapsed();
                    if !kept {
                        answer.body = Vec::new();
                    }
                    told.push(Told { index, took, answer });
                }
            }));
        }
        let mut told: Vec<Told> = set.join_all().await.into_iter().flatten().collect();
        let took = began.elapsed();
        told.sort_by_key(|one| one.index);
        (told, took)
    })
}

/// Every request of a list once, by 32 clients.
pub fn each(address: &str, kept: bool, requests: Vec<Request>) -> (Vec<Told>, Duration) {
    closed(address, 32, kept, move |index| requests.get(index).cloned())
}

/// The given share of the times is at most this, in milliseconds.
pub fn percentile(times: impl IntoIterator<Item = Duration>, percent: usize) -> f64 {
    let mut times: Vec<Duration> = times.into_iter().collect();
    times.sort_unstable();
    let at = (times.len() * percent / 100).min(times.len().saturating_sub(1));
    times.get(at).map_or(f64::NAN, |time| time.as_secs_f64() * 1e3)
}

pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Says whether a limit held; whether it did.
pub fn held(what: &str, held: bool) -> bool {
    println!("{what}: {}", if held { "within the limit" } else { "ABOVE THE LIMIT" });
    held
}
