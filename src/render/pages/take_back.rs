//! Taking an import back: what it was, and what would come of it.

use serde::Serialize;

use super::Page;
use super::imports::PastImport;

#[derive(Clone, Debug, Serialize)]
pub struct TakeBack {
    pub import: PastImport,
    /// Why it cannot be taken back; then there is no button.
    pub refused: Option<String>,
    /// The students whose records change; `None` where it is not about students.
    pub students: Option<usize>,
    /// Whose verdict turns; `None` where they are too many to be judged for a look.
    pub verdicts: Option<TurnedVerdicts>,
}

#[derive(Clone, Debug, Serialize)]
pub struct TurnedVerdicts {
    pub lost: usize,
    pub gained: usize,
}

impl Page for TakeBack {
    const TEMPLATE: &'static str = "pages/take-back.html";
    fn samples() -> Vec<TakeBack> {
        let page = TakeBack {
            import: PastImport::sample(),
            refused: None,
            students: Some(4),
            verdicts: Some(TurnedVerdicts { lost: 2, gained: 0 }),
        };
        vec![
            TakeBack { refused: Some("之後的匯入以它為基礎".to_owned()), verdicts: None, ..page.clone() },
            TakeBack { students: None, verdicts: None, ..page.clone() },
            TakeBack { verdicts: None, ..page.clone() },
            TakeBack { verdicts: Some(TurnedVerdicts { lost: 0, gained: 1 }), ..page.clone() },
            TakeBack { verdicts: Some(TurnedVerdicts { lost: 0, gained: 0 }), ..page.clone() },
            page,
        ]
    }
}
