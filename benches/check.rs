//! From an edited file to a checked answer, for every school of the folder: reading its files, checking
//! them, compiling its rules, running their examples, trying its templates, against reading the same
//! files alone: `cargo bench --bench check`.
#![allow(clippy::unwrap_used, clippy::float_arithmetic)]

use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use menkan::app::check;
use menkan::definition::Files;
use menkan::definition::folder::schools;
use menkan::sandbox::Sandbox;

const ROUNDS: usize = 21;
const TARGET: Duration = Duration::from_millis(200);

/// The middle one of so many rounds.
fn median(mut round: impl FnMut()) -> Duration {
    let mut took: Vec<Duration> = (0..ROUNDS)
        .map(|_| {
            let began = Instant::now();
            round();
            began.elapsed()
        })
        .collect();
    took.sort_unstable();
    took[ROUNDS / 2]
}

fn main() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let sandbox = Sandbox::at(Path::new(env!("CARGO_BIN_EXE_menkan")));
    println!("{:<10} {:>12} {:>12} {:>8}", "school", "read", "checked", "ratio");
    let mut slow = Vec::new();
    for school in schools(folder).unwrap() {
        let read = median(|| drop(black_box(Files::read(folder, &school))));
        let checked = median(|| {
            let checked = black_box(check(folder, &school, &sandbox));
            assert!(checked.edition.is_some(), "{school} does not check");
        });
        let ratio = checked.as_secs_f64() / read.as_secs_f64();
        println!("{school:<10} {:>9.2} ms {:>9.2} ms {ratio:>8.1}", ms(read), ms(checked));
        if checked > TARGET {
            slow.push(school);
        }
    }
    // What is promised is of an optimised build.
    assert!(cfg!(debug_assertions) || slow.is_empty(), "longer than {TARGET:?}: {slow:?}");
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
