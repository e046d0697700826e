//! How a case moves: what is filled in and asked for (`form`), and who may make which move when
//! (`decide`). Pure: whoever calls it loads what it needs and saves what it says.

pub mod budget;
mod checks;
mod decide;
pub mod diagram;
mod effects;
pub mod examples;
mod form;
pub mod table;
mod words;

use std::collections::BTreeMap;

use crate::clock::{Day, Instant};
use crate::definition::Definition;
use crate::definition::case::{End, Move, Party, Round, Workflow};
use crate::lang::Text;
use crate::rules::Rules;
use crate::rules::filing::{Entry, Other, Student};

pub use checks::{Checked, Verdict, checks};
pub use decide::{Due, Made, Refusal, decide, may, moves, party, undo, undo_until};
pub use form::{Filled, Wrong, answer, fill, fill_with, holds, of_says};

/// What was typed and chosen, by field: texts as they were typed, a tick as `on` or nothing, the
/// ids of files joined by commas, an entry's id. Kept as it is until it is right.
pub type Raw = BTreeMap<String, String>;

/// A case as it is remembered.
#[derive(Clone, Debug)]
pub struct Case {
    /// Index into `Workflow::states`.
    pub state: usize,
    /// Rises by one with each change: whoever acts on an older one is told.
    pub version: i64,
    /// The applicant's account.
    pub applicant: String,
    /// Of the form, and of the moves that were made.
    pub raw: Raw,
    /// Indices of the fields that were named when it was returned.
    pub named: Vec<usize>,
    /// Every move that was made and not undone, the oldest first.
    pub past: Vec<Past>,
}

/// A move that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Past {
    pub actor: String,
    /// The account in whose place it was made; empty for one's own.
    pub lender: String,
    /// Index into `Workflow::moves`; `None` for one that the workflow no longer names.
    pub step: Option<usize>,
    pub from: usize,
    pub at: Instant,
}

/// What a case is decided by, beside itself.
pub struct Setting<'a> {
    pub definition: &'a Definition,
    pub rules: &'a Rules,
    pub workflow: &'a Workflow,
    pub now: Instant,
    /// The day by which rules judge: that on which it was first sent, today for a draft.
    pub today: Day,
    pub student: Student,
    /// The windows that were open to the applicant when it was first sent, those open now for a
    /// draft.
    pub windows: Vec<&'a Round>,
    /// Entries of catalogues that were chosen or may be, by catalogue and id.
    pub entries: BTreeMap<(usize, String), Entry>,
    /// Ids of budgets that the applicant was paid from.
    pub paid: Vec<String>,
    /// Whether the applicant's profile is filled in.
    pub profile_complete: bool,
    /// Fields (indices) whose text another case has and keeps for itself.
    pub taken: Vec<usize>,
    /// By field: the other cases that say the same there.
    pub elsewhere: BTreeMap<String, Vec<Other>>,
    /// Other cases of the applicant's that a field may use, by field and id.
    pub cases: BTreeMap<(String, String), Usable>,
    /// Whether another case uses this one: then it stays as it is.
    pub in_use: bool,
}

/// A case that another may use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Usable {
    pub case: Entry,
    /// Yet another uses it already.
    pub taken: bool,
}

/// Who acts: an account, and which of a case's parties it is of.
#[derive(Clone, Debug)]
pub struct Actor {
    pub account: String,
    /// Other accounts of the same person.
    pub also: Vec<String>,
    /// Of what they are themselves.
    pub parties: Vec<Party>,
    /// Of what they are in somebody's place.
    pub lent: Vec<Lent>,
}

/// A party of which somebody is because a member of it lends them their role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lent {
    pub party: Party,
    /// The account that lends it.
    pub by: String,
    /// Other accounts of the same person.
    pub also: Vec<String>,
}

/// A move that somebody wants to make.
#[derive(Clone, Debug, Default)]
pub struct Wish {
    /// Index into `Workflow::moves`.
    pub step: usize,
    /// The version of the case that they saw.
    pub seen: i64,
    pub note: String,
    /// Indices of fields that are to be mended.
    pub named: Vec<usize>,
    /// What the move asks for, as it was typed; `None`: taken as rightly given, whatever it is.
    pub answers: Option<Raw>,
}

impl Actor {
    /// The school's clock.
    pub fn time() -> Actor {
        Actor { account: String::new(), also: Vec::new(), parties: Vec::new(), lent: Vec::new() }
    }

    /// Whether an account is this person's.
    pub fn is(&self, account: &str) -> bool {
        self.account == account || self.also.iter().any(|own| own == account)
    }
}

impl Setting<'_> {
    pub fn step(&self, index: usize) -> Option<&Move> {
        self.workflow.moves.get(index)
    }

    /// How a case in a state ended, where it has.
    pub fn end(&self, state: usize) -> Option<End> {
        self.workflow.states.get(state).and_then(|state| state.ends)
    }
}

/// A state's words for whoever reads them.
pub fn title(workflow: &Workflow, state: usize, for_applicant: bool) -> Text {
    let state = workflow.states.get(state);
    state.map_or_else(Text::default, |state| if for_applicant { state.applicant.clone() } else { state.title.clone() })
}
