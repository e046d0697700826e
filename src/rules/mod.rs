//! The sandboxed rule engine: scripts compiled once, facts in, verdict with reasons out.

use crate::definition::Definition;
use crate::problem::Problem;

/// A school's scripts, compiled.
pub struct Rules {}

impl Rules {
    /// Compiles every script of a definition, or says everything that is wrong with them.
    pub fn compile(_definition: &Definition) -> Result<Rules, Vec<Problem>> {
        Ok(Rules {})
    }
}
