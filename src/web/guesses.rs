//! Whoever asks for many pages that are not there is guessing. From some number a minute on they
//! are told so instead of "not found"; a page that is theirs is shown all the same. Counted in this
//! process's memory: several servers each count their own.

use std::collections::HashMap;
use std::sync::Mutex;

use axum::http::StatusCode;
use axum::response::Response;

use super::context::Known;
use super::{Fault, show, sign_in};
use crate::clock::Instant;

/// So many addresses that lead nowhere are answered as such within a window.
const MOST: u32 = 60;
const WINDOW: chrono::Duration = chrono::Duration::minutes(1);
/// So many guessers are told apart: beyond these, those of past windows are forgotten, and else all
/// new ones are one.
const GUESSERS: usize = 10_000;

#[derive(Default)]
pub(super) struct Guesses {
    /// When a guesser's window began, and the misses in it.
    misses: Mutex<HashMap<String, (Instant, u32)>>,
}

impl Guesses {
    /// Counts a miss; the seconds that are left to wait, where there were too many.
    fn miss(&self, who: String, now: Instant) -> Option<i64> {
        let mut misses = self.misses.lock().ok()?;
        if misses.len() >= GUESSERS && !misses.contains_key(&who) {
            misses.retain(|_, (began, _)| now - *began < WINDOW);
            // As many networks as this within a minute are one guesser: whoever is new then counts with them.
            if misses.len() >= GUESSERS {
                return Self::count(misses.entry(String::new()).or_insert((now, 0)), now);
            }
        }
        Self::count(misses.entry(who).or_insert((now, 0)), now)
    }

    fn count((began, count): &mut (Instant, u32), now: Instant) -> Option<i64> {
        if now - *began >= WINDOW || now < *began {
            (*began, *count) = (now, 0);
        }
        *count = count.saturating_add(1);
        (*count > MOST).then(|| (*began + WINDOW - now).num_seconds().max(1))
    }
}

/// The answer, or what a guesser is told instead. Signed in it is the account that is counted,
/// whatever its sessions; else the network.
pub(super) fn instead(known: &Known, answer: Response) -> Response {
    if answer.status() != StatusCode::NOT_FOUND {
        return answer;
    }
    match too_many(known) {
        Some(seconds) => show::fault(known, &Fault::TooMany(seconds)),
        None => answer,
    }
}

/// Counts a miss of whoever asks; the seconds that they must wait, where there were too many.
pub(super) fn too_many(known: &Known) -> Option<i64> {
    let who = match &known.viewer {
        Some(viewer) => {
            tracing::info!(account = viewer.account, path = known.path, "asked for what is not there or not theirs");
            format!("account:{}", viewer.account)
        }
        None => format!("network:{}", sign_in::network_of(known)),
    };
    known.web.guesses.miss(who, known.now)
}
