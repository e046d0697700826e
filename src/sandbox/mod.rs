//! A child process of the same binary for what is not to be trusted: little memory, little time,
//! no files. One job a process, or many of one kind where it is kept. What the jobs are is not known here.

mod kept;
mod limits;
mod worker;

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

pub use kept::Kept;
pub use worker::{Job, KeptJob, serve, serve_kept};

/// The largest answer that is taken from a child.
const ANSWER_BYTES: u64 = 96 << 20;

/// Why a job has no answer.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// The job's own refusal: its code, and what it found.
    #[error("{code}: {detail}")]
    Refused { code: String, detail: String },
    #[error("it took longer than {0:?}")]
    TooSlow(Duration),
    /// The child ended without an answer: it asked for more memory than it may have, or crashed.
    #[error("it asked for more than it may have")]
    TooMuch,
    #[error("the worker process cannot be started: {0}")]
    Start(#[from] std::io::Error),
}

/// Where the worker's binary is.
#[derive(Clone, Debug)]
pub struct Sandbox {
    pub program: PathBuf,
}

impl Sandbox {
    /// The binary that runs.
    pub fn own() -> std::io::Result<Sandbox> {
        Ok(Sandbox { program: std::env::current_exe()? })
    }

    pub fn at(program: &Path) -> Sandbox {
        Sandbox { program: program.to_owned() }
    }

    /// Runs one job and waits for it, at most `deadline`. Blocks its thread.
    pub fn run(&self, job: &str, input: Vec<u8>, deadline: Duration) -> Result<Vec<u8>, SandboxError> {
        let mut child = self.spawn(&["sandbox-worker", job])?;
        let (Some(mut stdin), Some(stdout)) = (child.0.stdin.take(), child.0.stdout.take()) else {
            return Err(SandboxError::TooMuch);
        };
        let (answered, answer) = mpsc::channel();
        // Writing and reading on threads of their own: a child that does neither holds nobody up.
        std::thread::spawn(move || {
            // A child that refuses early does not read to the end.
            let _ = write_frame(&mut stdin, &input);
        });
        std::thread::spawn(move || {
            let _ = answered.send(read_frame(stdout, ANSWER_BYTES));
        });
        match answer.recv_timeout(deadline) {
            Ok(Ok(frame)) => read_answer(frame),
            Ok(Err(_)) | Err(mpsc::RecvTimeoutError::Disconnected) => Err(SandboxError::TooMuch),
            Err(mpsc::RecvTimeoutError::Timeout) => Err(SandboxError::TooSlow(deadline)),
        }
    }

    fn spawn(&self, args: &[&str]) -> std::io::Result<Ended> {
        Command::new(&self.program)
            .args(args)
            .env_clear()
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map(Ended)
    }
}

/// A child that does not outlive its job.
struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// An answer begins with one byte: 0 for the job's output, 1 for a refusal `code\ndetail`.
fn read_answer(mut frame: Vec<u8>) -> Result<Vec<u8>, SandboxError> {
    match frame.first() {
        Some(0) => {
            frame.remove(0);
            Ok(frame)
        }
        Some(1) => {
            let text = String::from_utf8_lossy(&frame[1..]);
            let (code, detail) = text.split_once('\n').unwrap_or((&text, ""));
            Err(SandboxError::Refused { code: code.to_owned(), detail: detail.to_owned() })
        }
        _ => Err(SandboxError::TooMuch),
    }
}

fn write_frame(to: &mut impl Write, bytes: &[u8]) -> std::io::Result<()> {
    to.write_all(&(bytes.len() as u64).to_be_bytes())?;
    to.write_all(bytes)?;
    to.flush()
}

fn read_frame(mut from: impl Read, at_most: u64) -> std::io::Result<Vec<u8>> {
    let mut length = [0u8; 8];
    from.read_exact(&mut length)?;
    let length = u64::from_be_bytes(length);
    if length > at_most {
        return Err(std::io::Error::other("too long"));
    }
    // Grows with what arrives: a length alone costs nothing.
    let mut bytes = Vec::new();
    from.take(length).read_to_end(&mut bytes)?;
    if bytes.len() as u64 == length { Ok(bytes) } else { Err(std::io::ErrorKind::UnexpectedEof.into()) }
}
