//! Operators' pages: records taken over, notices, mails, the rules in force.

pub(super) mod audit;
pub(super) mod imports;
pub(super) mod mails;
pub(super) mod notices;
pub(super) mod rules;
