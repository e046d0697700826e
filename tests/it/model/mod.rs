//! R28: random sequences of what people and time do to the default school's certificate cases, played
//! through the use cases on each database and, beside it, by a model that was written by hand.

mod play;
mod rules;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestError, TestRunner};

use crate::harness::TestDb;
use play::Stage;

/// Commands in a sequence.
const STEPS: usize = 40;

/// How many sequences are played on a database; the full size is 2,000.
fn sequences(kind: &str) -> u32 {
    let few = if kind == "sqlite" { 32 } else { 8 };
    std::env::var("MENKAN_TEST_SEQUENCES").ok().and_then(|number| number.parse().ok()).unwrap_or(few)
}

fn play_on(runtime: &tokio::runtime::Runtime, test: TestDb) {
    let kind = test.kind;
    let stage = runtime.block_on(Stage::new(test));
    let config =
        Config { cases: sequences(kind), failure_persistence: None, max_shrink_iters: 400, ..Config::default() };
    let drawn = prop::collection::vec(any::<[u8; 5]>(), STEPS);
    let tally = std::cell::RefCell::new(play::Tally::default());
    let began = std::time::Instant::now();
    let outcome = TestRunner::new(config).run(&drawn, |drawn| {
        let told = runtime.block_on(stage.sequence(&drawn, &mut tally.borrow_mut()));
        told.map_err(TestCaseError::fail)
    });
    match outcome {
        Ok(()) => {}
        // What was drawn is told by what it did.
        Err(TestError::Fail(why, _)) => panic!("{kind}: {why}"),
        Err(TestError::Abort(why)) => panic!("{kind}: {why}"),
    }
    let tally = tally.into_inner();
    println!("{kind}: {} sequences in {:?}: {tally:?}", sequences(kind), began.elapsed());
    // Of the common ones each was met.
    for met in ["submit", "endorse", "return", "pass", "keep"] {
        assert!(tally.done.contains_key(met), "{kind}: nobody could {met}: {tally:?}");
    }
    for met in ["NotFound", "NotNow", "NotTheirs", "Stale"] {
        assert!(tally.refused.contains_key(met), "{kind}: nothing was refused as {met}: {tally:?}");
    }
}

#[test]
fn whatever_is_tried_the_store_holds_what_the_model_says() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let only = std::env::var("MENKAN_TEST_ONLY").unwrap_or_default();
    for test in runtime.block_on(crate::harness::databases()) {
        if only.is_empty() || only == test.kind {
            play_on(&runtime, test);
        }
    }
}
