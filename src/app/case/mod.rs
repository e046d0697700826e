//! Cases from beginning to end, one function a use case: begin, keep, send, move, undo, list. What
//! may happen is decided by `crate::case`; here is what it needs loaded, and what it says saved.

mod act;
mod alike;
pub(in crate::app) mod answers;
pub(in crate::app) mod attach;
mod begin;
mod brings;
pub mod called;
pub mod columns;
mod dates;
mod entered;
pub(in crate::app) mod entries;
pub mod export;
mod former;
mod granted;
mod keep;
mod letters;
mod look;
mod prints;
mod private;
pub(in crate::app) mod queue;
mod review;
pub(in crate::app) mod see;
pub mod time;
mod undo;
mod unique;
mod used;

use super::files::FileError;
use crate::case::Refusal;
use crate::clock::Instant;
use crate::lang::Text;
use crate::store::StoreError;

pub use crate::store::report::Listed;
pub use act::{Asked, Done, act, send};
pub use answers::{Shown, grouped, of_event as answers_of, shown};
pub use attach::{Brought, MOST_FILES, attach, detach, files_of};
pub use begin::{Begun, begin, discard, is_for, may_begin, windows_for};
pub use entries::{APPROVED, LONG, Offer, choices, find_entries};
pub use former::edition;
pub use keep::{Differing, Kept, keep, keep_over, keep_right};
pub use look::{Looked, checks, look};
pub use prints::{answered_since, prints};
pub use private::{Revealed, column, reveal};
pub use queue::{Listing, MOST_COUNTED, Question, bulk_moves, found, next, queue, scope, waiting};
pub use review::{
    Changed, Elsewhere, Rehearsed, SameFile, SameText, changed, claim, elsewhere, is_batched, others, rehearse,
    release, unmended, would, wrong_of_move,
};
pub use see::{Open, Whose, of_student, see, student};
pub use undo::undo;
pub use used::{files_of_others, may_open_files};

/// Why a case did not do what was asked of it.
#[derive(Debug, thiserror::Error)]
pub enum CaseError {
    #[error(transparent)]
    Store(#[from] StoreError),
    /// There is none, or it is not theirs to know of.
    #[error("there is no such case")]
    NotFound,
    #[error("the case refuses it")]
    Refused(Box<Refusal>),
    /// Another case stands in the way: its id, and the workflow's own words.
    #[error("another case is open")]
    OpenAlready { case: String, say: Text },
    /// The workflow is not for whoever asks.
    #[error("the workflow is not for this person")]
    NotForYou,
    /// The edition that the case stands under cannot be read any more.
    #[error("the edition {0} cannot be read")]
    Edition(String),
    #[error("no random number could be had")]
    Random,
    /// A file was not taken, or could not be kept.
    #[error(transparent)]
    File(#[from] FileError),
    /// The field has as many files as it takes.
    #[error("no more files for this field")]
    TooManyFiles,
}

impl From<Refusal> for CaseError {
    fn from(refusal: Refusal) -> CaseError {
        CaseError::Refused(Box::new(refusal))
    }
}

/// An id that nobody can guess.
fn random_id() -> Result<String, CaseError> {
    let mut bytes = [0u8; 16];
    getrandom::fill(&mut bytes).map_err(|_| CaseError::Random)?;
    Ok(hex::encode(bytes))
}

/// A stored instant; the beginning of time for one that is not there.
fn instant(text: &str) -> Instant {
    crate::store::from_stored(text).unwrap_or_default()
}
