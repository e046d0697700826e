//! Templates and screen words: minijinja and Fluent, compiled once an edition.

use std::path::Path;

use crate::definition::Definition;
use crate::problem::Problem;

/// A school's templates and the locale files, compiled.
pub struct Templates {}

impl Templates {
    /// Reads `templates/` of the folder (a school's own override one by one) and checks them all.
    pub fn load(_folder: &Path, _definition: &Definition) -> Result<Templates, Vec<Problem>> {
        Ok(Templates {})
    }
}
