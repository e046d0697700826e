//! An SMTP server for tests that does what it is told: accepts, puts off, refuses, drops the
//! connection, falls silent. It keeps what it accepted, byte for byte.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// What happens to a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Does {
    Accept,
    /// 421 to the recipient, and the connection closes.
    Closing421,
    Busy450,
    Refuse550,
    /// The connection closes after the message, without an answer.
    DropAfterData,
    /// No answer to the recipient, ever.
    Stall,
}

/// What happens to a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Greets {
    Well = 0,
    /// Half a greeting, and then nothing.
    Half = 1,
    /// 421 instead of a greeting.
    Closed = 2,
    /// Says that it offers encryption, and refuses it.
    NoTls = 3,
}

#[derive(Clone, Debug)]
pub struct Received {
    pub to: String,
    pub message: Vec<u8>,
    pub at: Instant,
}

impl Received {
    pub fn text(&self) -> String {
        String::from_utf8(self.message.clone()).unwrap()
    }

    /// A header field, unfolded.
    pub fn header(&self, name: &str) -> String {
        let text = self.text();
        let head = text.split("\r\n\r\n").next().unwrap().replace("\r\n ", " ").replace("\r\n\t", " ");
        let prefix = format!("{}:", name.to_ascii_lowercase());
        let line = head.lines().find(|line| line.to_ascii_lowercase().starts_with(&prefix)).unwrap_or_default();
        line.split_once(':').map(|(_, value)| value.trim().to_owned()).unwrap_or_default()
    }

    pub fn message_id(&self) -> String {
        self.header("Message-ID")
    }
}

type Script = dyn Fn(&str, usize) -> Does + Send + Sync;

pub struct Sink {
    pub address: SocketAddr,
    shared: Arc<Shared>,
    task: tokio::task::JoinHandle<()>,
}

struct Shared {
    script: Box<Script>,
    greets: AtomicU8,
    received: Mutex<Vec<Received>>,
    tries: Mutex<HashMap<String, usize>>,
    open: AtomicUsize,
    most_open: AtomicUsize,
    connections: AtomicUsize,
}

impl Sink {
    /// A server that accepts everything.
    pub async fn accepting() -> Sink {
        Sink::start(|_, _| Does::Accept).await
    }

    /// A server that does with each mail what `script` says of its recipient and which try it is,
    /// counted from 1.
    pub async fn start(script: impl Fn(&str, usize) -> Does + Send + Sync + 'static) -> Sink {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            script: Box::new(script),
            greets: AtomicU8::new(0),
            received: Mutex::default(),
            tries: Mutex::default(),
            open: AtomicUsize::new(0),
            most_open: AtomicUsize::new(0),
            connections: AtomicUsize::new(0),
        });
        let task = tokio::spawn({
            let shared = shared.clone();
            async move {
                while let Ok((socket, _)) = listener.accept().await {
                    let shared = shared.clone();
                    tokio::spawn(async move {
                        shared.connections.fetch_add(1, Ordering::SeqCst);
                        let open = shared.open.fetch_add(1, Ordering::SeqCst) + 1;
                        shared.most_open.fetch_max(open, Ordering::SeqCst);
                        let _ = serve(&shared, socket).await;
                        shared.open.fetch_sub(1, Ordering::SeqCst);
                    });
                }
            }
        });
        Sink { address, shared, task }
    }

    pub fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }

    pub fn greets(&self, how: Greets) {
        self.shared.greets.store(how as u8, Ordering::SeqCst);
    }

    pub fn received(&self) -> Vec<Received> {
        self.shared.received.lock().unwrap().clone()
    }

    /// How often each recipient was tried.
    pub fn tries(&self, to: &str) -> usize {
        self.shared.tries.lock().unwrap().get(to).copied().unwrap_or_default()
    }

    /// The most connections that were open at once.
    pub fn most_open(&self) -> usize {
        self.shared.most_open.load(Ordering::SeqCst)
    }

    pub fn connections(&self) -> usize {
        self.shared.connections.load(Ordering::SeqCst)
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(shared: &Shared, socket: TcpStream) -> std::io::Result<()> {
    socket.set_nodelay(true)?;
    let (read, mut write) = socket.into_split();
    let mut lines = BufReader::new(read);
    let greets = shared.greets.load(Ordering::SeqCst);
    match greets {
        1 => {
            write.write_all(b"220-test.exa").await?;
            return silence(&mut lines).await;
        }
        2 => return write.write_all(b"421 test.example.edu.tw closed\r\n").await,
        _ => write.write_all(b"220 test.example.edu.tw ESMTP\r\n").await?,
    }
    let (mut line, mut to, mut does) = (Vec::new(), String::new(), Does::Accept);
    loop {
        line.clear();
        if lines.read_until(b'\n', &mut line).await? == 0 {
            return Ok(());
        }
        let said = String::from_utf8_lossy(&line).trim_end().to_owned();
        let verb = said.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
        match verb.as_str() {
            "EHLO" if greets == 3 => write.write_all(b"250-test.example.edu.tw\r\n250 STARTTLS\r\n").await?,
            "EHLO" | "HELO" => write.write_all(b"250-test.example.edu.tw\r\n250 8BITMIME\r\n").await?,
            "STARTTLS" => write.write_all(b"454 not now\r\n").await?,
            "RCPT" => {
                to = said.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
                let number = {
                    let mut tries = shared.tries.lock().unwrap();
                    let number = tries.entry(to.clone()).or_default();
                    *number += 1;
                    *number
                };
                does = (shared.script)(&to, number);
                match does {
                    Does::Closing421 => return write.write_all(b"421 too busy\r\n").await,
                    Does::Busy450 => write.write_all(b"450 mailbox busy\r\n").await?,
                    Does::Refuse550 => write.write_all(b"550 no such mailbox\r\n").await?,
                    Does::Stall => return silence(&mut lines).await,
                    Does::Accept | Does::DropAfterData => write.write_all(b"250 ok\r\n").await?,
                }
            }
            "DATA" => {
                write.write_all(b"354 go on\r\n").await?;
                let message = data(&mut lines).await?;
                if does == Does::DropAfterData {
                    return Ok(());
                }
                // Kept before it is acknowledged: what is acknowledged is never lost here.
                shared.received.lock().unwrap().push(Received { to: to.clone(), message, at: Instant::now() });
                write.write_all(b"250 accepted\r\n").await?;
            }
            "QUIT" => return write.write_all(b"221 bye\r\n").await,
            _ => write.write_all(b"250 ok\r\n").await?,
        }
    }
}

/// Says nothing until the other side goes.
async fn silence(lines: &mut BufReader<tokio::net::tcp::OwnedReadHalf>) -> std::io::Result<()> {
    let mut heard = Vec::new();
    while lines.read_until(b'\n', &mut heard).await? > 0 {}
    Ok(())
}

/// The message until its closing dot, its doubled dots made single.
async fn data(lines: &mut BufReader<tokio::net::tcp::OwnedReadHalf>) -> std::io::Result<Vec<u8>> {
    let (mut message, mut line) = (Vec::new(), Vec::new());
    loop {
        line.clear();
        if lines.read_until(b'\n', &mut line).await? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        if line == b".\r\n" {
            // The line break before the dot belongs to the dot.
            if message.ends_with(b"\r\n") && message.len() >= 2 {
                message.truncate(message.len() - 2);
            }
            return Ok(message);
        }
        message.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
    }
}
