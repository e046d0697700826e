//! The child's side: limits, one job in, one answer out.

use std::process::ExitCode;

use super::{limits, read_frame, write_frame};

/// The largest job that is read.
const JOB_BYTES: u64 = 64 << 20;

/// A job that a child can do: bytes in, bytes out, or a refusal as (code, what was found).
pub type Job = fn(&[u8]) -> Result<Vec<u8>, (&'static str, String)>;

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
    let answer = match job(&input) {
        Ok(mut output) => {
            output.insert(0, 0);
            output
        }
        Err((code, detail)) => format!("\u{1}{code}\n{detail}").into_bytes(),
    };
    match write_frame(&mut std::io::stdout().lock(), &answer) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}
