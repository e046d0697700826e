//! The child's side: limits, one job in, one answer out; where it is kept, one after the other.

use std::process::ExitCode;

use super::{limits, read_frame, write_frame};

/// The largest job that is read.
const JOB_BYTES: u64 = 64 << 20;

/// A job that a child can do: bytes in, bytes out, or a refusal as (code, what was found).
pub type Job = fn(&[u8]) -> Answer;

/// A job that is set up once and then done again and again.
pub type KeptJob = fn(&[u8]) -> Result<Box<dyn Fn(&[u8]) -> Answer>, (&'static str, String)>;

type Answer = Result<Vec<u8>, (&'static str, String)>;

/// Does one job of `jobs` and ends. Called by the binary's `sandbox-worker`.
pub fn serve(name: &str, jobs: &[(&str, Job)]) -> ExitCode {
    if limits::set().is_err() {
        return ExitCode::FAILURE;
    }
    let Some((_, job)) = jobs.iter().find(|(known, _)| *known == name) else {
        return ExitCode::FAILURE;
    };
    let Ok(input) = read_frame(std::io::stdin().lock(), JOB_BYTES) else {
        return ExitCode::FAILURE;
    };
    match answer(job(&input)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

/// Is set up with the first frame, answers it with nothing, and then answers each until there is none.
pub fn serve_kept(name: &str, jobs: &[(&str, KeptJob)]) -> ExitCode {
    if limits::set().is_err() {
        return ExitCode::FAILURE;
    }
    let Some((_, job)) = jobs.iter().find(|(known, _)| *known == name) else {
        return ExitCode::FAILURE;
    };
    let Ok(setup) = read_frame(std::io::stdin().lock(), JOB_BYTES) else {
        return ExitCode::FAILURE;
    };
    let done = match job(&setup) {
        Ok(done) => done,
        Err(refused) => {
            let _ = answer(Err(refused));
            return ExitCode::FAILURE;
        }
    };
    if answer(Ok(Vec::new())).is_err() {
        return ExitCode::FAILURE;
    }
    while let Ok(question) = read_frame(std::io::stdin().lock(), JOB_BYTES) {
        if answer(done(&question)).is_err() {
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

fn answer(answer: Answer) -> std::io::Result<()> {
    let frame = match answer {
        Ok(mut output) => {
            output.insert(0, 0);
            output
        }
        Err((code, detail)) => format!("\u{1}{code}\n{detail}").into_bytes(),
    };
    write_frame(&mut std::io::stdout().lock(), &frame)
}
