//! What reviewers are told of a case: each check with what its rule says. Nothing of it hinders.

use super::Setting;
use super::form::Filled;
use crate::lang::Text;
use crate::problem::Problem;
use crate::rules::Unsaid;

/// A check with its verdict.
#[derive(Clone, Debug, PartialEq)]
pub struct Checked {
    /// Index into `Workflow::checks`.
    pub check: usize,
    pub verdict: Verdict,
    pub reasons: Vec<Text>,
    /// The rule that failed: for whoever keeps the rules.
    pub failed: Option<Problem>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Right,
    Wrong,
    /// No rule can say: somebody has to look.
    Look,
    /// Nobody did before it was over.
    Unseen,
}

impl Verdict {
    pub fn code(self) -> &'static str {
        match self {
            Verdict::Right => "right",
            Verdict::Wrong => "wrong",
            Verdict::Look => "look",
            Verdict::Unseen => "unseen",
        }
    }
}

/// Every check of a case's workflow, in order.
pub fn checks(setting: &Setting<'_>, filled: &Filled) -> Vec<Checked> {
    let all = setting.workflow.checks.iter().enumerate();
    all.map(|(check, described)| {
        let (verdict, reasons, failed) =
            match described.rule.as_ref().map(|rule| setting.rules.agree(rule, &filled.filing)) {
                Some(Ok(answer)) if answer.passed => (Verdict::Right, answer.reasons, None),
                Some(Ok(answer)) => (Verdict::Wrong, answer.reasons, None),
                Some(Err(Unsaid::Failed(problem))) => (Verdict::Look, Vec::new(), Some(*problem)),
                Some(Err(Unsaid::Unanswered(_))) | None => (Verdict::Look, Vec::new(), None),
            };
        Checked { check, verdict, reasons, failed }
    })
    .collect()
}
