//! The engine: raw, built from chosen packages, bounded. The limits stay in the region that
//! Rhai's own fuzzing covers.

use std::cell::Cell;
use std::sync::Arc;

use rhai::packages::{
    ArithmeticPackage, BasicArrayPackage, BasicFnPackage, BasicIteratorPackage, BasicMapPackage, BasicMathPackage,
    BasicStringPackage, LogicPackage, MoreStringPackage, Package,
};
use rhai::{Dynamic, Engine, OptimizationLevel};

/// Milliseconds since any fixed moment. Handed in by whoever may read a clock.
pub type Watch = Arc<dyn Fn() -> u64 + Send + Sync>;

pub(super) const OPERATIONS: u64 = 50_000;
pub(super) const SCRIPT_BYTES: usize = 32 * 1024;
pub(super) const CALL_LEVELS: usize = 16;
pub(super) const STRING_BYTES: usize = 8 * 1024;
pub(super) const ARRAY_ITEMS: usize = 2_000;
pub(super) const MAP_ITEMS: usize = 500;
pub(super) const VARIABLES: usize = 200;
pub(super) const FUNCTIONS: usize = 50;
pub(super) const MILLISECONDS: u64 = 200;

/// The engine for one school's scripts.
pub(super) fn build(watch: Option<Watch>) -> Engine {
    let mut engine = Engine::new_raw();
    ArithmeticPackage::new().register_into_engine(&mut engine);
    LogicPackage::new().register_into_engine(&mut engine);
    BasicStringPackage::new().register_into_engine(&mut engine);
    MoreStringPackage::new().register_into_engine(&mut engine);
    BasicIteratorPackage::new().register_into_engine(&mut engine);
    BasicArrayPackage::new().register_into_engine(&mut engine);
    BasicMapPackage::new().register_into_engine(&mut engine);
    BasicMathPackage::new().register_into_engine(&mut engine);
    BasicFnPackage::new().register_into_engine(&mut engine);
    engine.disable_symbol("eval");
    // Optimising has dropped statements before (rhai#1126); a rule runs as it is written.
    engine.set_optimization_level(OptimizationLevel::None);
    engine.set_strict_variables(true);
    engine
        .set_max_operations(OPERATIONS)
        .set_max_call_levels(CALL_LEVELS)
        .set_max_expr_depths(32, 16)
        .set_max_string_size(STRING_BYTES)
        .set_max_array_size(ARRAY_ITEMS)
        .set_max_map_size(MAP_ITEMS)
        .set_max_variables(VARIABLES)
        .set_max_functions(FUNCTIONS);
    // What a script prints could carry a student's data out: it goes nowhere.
    engine.on_print(|_| {}).on_debug(|_, _, _| {});
    if let Some(watch) = watch {
        limit_time(&mut engine, watch);
    }
    super::vocabulary::register(&mut engine);
    engine
}

/// Ends a rule that takes too long. The engine counts operations from one for each rule and a rule
/// stays on its thread, so the first operation is where its time begins.
fn limit_time(engine: &mut Engine, watch: Watch) {
    thread_local! {
        static BEGAN: Cell<u64> = const { Cell::new(0) };
    }
    engine.on_progress(move |operations| {
        if operations <= 1 {
            BEGAN.set(watch());
            return None;
        }
        let late = operations % 64 == 0 && watch().saturating_sub(BEGAN.get()) > MILLISECONDS;
        late.then_some(Dynamic::UNIT)
    });
}
