//! Pages of cases. `parts` is what applicants' and reviewers' pages share.

pub(in crate::web) mod parts;
