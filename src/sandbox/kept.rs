//! Children that are kept for work that comes again and again: set up once, then asked. Each has the
//! limits of every child; one that ends or is too slow is replaced. How many work at once is bounded.

use std::path::Path;
use std::process::{ChildStdin, ChildStdout};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use super::{ANSWER_BYTES, Ended, Sandbox, SandboxError, read_answer, read_frame, write_frame};

/// Children that work at once.
const AT_ONCE: usize = 2;
/// Until a child is set up, or one is free.
const PATIENCE: Duration = Duration::from_secs(10);
/// A child's processor time is bounded for its whole life, so that it ends with some hundred answers.
const ANSWERS: usize = 300;

pub struct Kept {
    sandbox: Sandbox,
    job: &'static str,
    setup: Arc<[u8]>,
    children: Mutex<Children>,
    freed: Condvar,
}

#[derive(Default)]
struct Children {
    idle: Vec<KeptChild>,
    busy: usize,
}

struct KeptChild {
    // Before the process: its thread ends once nobody asks.
    asked: SyncSender<Vec<u8>>,
    answers: Receiver<std::io::Result<Vec<u8>>>,
    _process: Ended,
    answered: usize,
}

impl Kept {
    /// Nothing is started before the first question.
    pub fn new(sandbox: &Sandbox, job: &'static str, setup: Vec<u8>) -> Kept {
        let (children, freed) = (Mutex::default(), Condvar::new());
        Kept { sandbox: sandbox.clone(), job, setup: setup.into(), children, freed }
    }

    /// Asks one of the children and waits for its answer, at most `deadline`. Blocks its thread.
    pub fn ask(&self, question: &[u8], deadline: Duration) -> Result<Vec<u8>, SandboxError> {
        let idle = self.enter()?;
        let _place = Place(self);
        let mut child = match idle {
            Some(child) => child,
            None => self.start()?,
        };
        let mut answer = child.ask(question, deadline);
        // One that was used before may have come to the end of what it may have in its life.
        if matches!(answer, Err(SandboxError::TooMuch)) && child.answered > 0 {
            child = self.start()?;
            answer = child.ask(question, deadline);
        }
        let lives = matches!(answer, Ok(_) | Err(SandboxError::Refused { .. }));
        if lives && child.answered < ANSWERS {
            self.children().idle.push(child);
        }
        answer
    }

    fn children(&self) -> std::sync::MutexGuard<'_, Children> {
        self.children.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a place among those that work, and a child where one is idle.
    fn enter(&self) -> Result<Option<KeptChild>, SandboxError> {
        let full = |children: &mut Children| children.busy >= AT_ONCE;
        let (mut children, waited) =
            self.freed.wait_timeout_while(self.children(), PATIENCE, full).unwrap_or_else(PoisonError::into_inner);
        if waited.timed_out() {
            return Err(SandboxError::TooSlow(PATIENCE));
        }
        children.busy += 1;
        Ok(children.idle.pop())
    }

    fn start(&self) -> Result<KeptChild, SandboxError> {
        let mut process = self.sandbox.spawn(&["sandbox-worker", self.job, "--kept"])?;
        let (Some(stdin), Some(stdout)) = (process.0.stdin.take(), process.0.stdout.take()) else {
            return Err(SandboxError::TooMuch);
        };
        let (asked, questions) = sync_channel(1);
        let (answer, answers) = sync_channel(1);
        std::thread::spawn(move || carry(&questions, stdin, stdout, &answer));
        let mut child = KeptChild { asked, answers, _process: process, answered: 0 };
        child.ask(&self.setup, PATIENCE)?;
        child.answered = 0;
        Ok(child)
    }
}

/// Gives its place back.
struct Place<'a>(&'a Kept);

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.children().busy -= 1;
        self.0.freed.notify_one();
    }
}

impl KeptChild {
    fn ask(&mut self, question: &[u8], deadline: Duration) -> Result<Vec<u8>, SandboxError> {
        self.asked.send(question.to_vec()).map_err(|_| SandboxError::TooMuch)?;
        match self.answers.recv_timeout(deadline) {
            Ok(Ok(frame)) => {
                self.answered += 1;
                read_answer(frame)
            }
            Ok(Err(_)) | Err(RecvTimeoutError::Disconnected) => Err(SandboxError::TooMuch),
            Err(RecvTimeoutError::Timeout) => Err(SandboxError::TooSlow(deadline)),
        }
    }
}

/// Writes what is asked and reads what is answered, until the child or who asks has gone.
fn carry(
    questions: &Receiver<Vec<u8>>,
    mut stdin: ChildStdin,
    mut stdout: ChildStdout,
    answers: &SyncSender<std::io::Result<Vec<u8>>>,
) {
    while let Ok(question) = questions.recv() {
        let answer = write_frame(&mut stdin, &question).and_then(|()| read_frame(&mut stdout, ANSWER_BYTES));
        let ended = answer.is_err();
        if answers.send(answer).is_err() || ended {
            return;
        }
    }
}

impl std::fmt::Debug for Kept {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let program: &Path = &self.sandbox.program;
        f.debug_struct("Kept").field("job", &self.job).field("program", &program).finish_non_exhaustive()
    }
}
