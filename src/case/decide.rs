//! Who may make which move, and what follows from it. What is refused says why.

use super::form::{Filled, Wrong, fill_with, holds};
use super::{Actor, Case, Past, Setting, Wish, effects, words};
use crate::amount::Amount;
use crate::clock::{Day, Instant};
use crate::definition::case::{Answer, By, Editable, End, Field, Note, Party};
use crate::lang::Text;
use crate::problem::Problem;
use crate::rules::Unsaid;
use crate::rules::filing::Value;
use crate::signs;

/// A move that is made.
#[derive(Clone, Debug)]
pub struct Made {
    pub step: usize,
    pub from: usize,
    pub to: usize,
    /// The case's version after it.
    pub version: i64,
    pub note: String,
    pub named: Vec<usize>,
    /// The account of whoever lent the role in which it is made; `None` for one's own.
    pub in_place_of: Option<String>,
    pub waits_for: Option<Party>,
    pub end: Option<End>,
    /// What the rule said.
    pub reasons: Vec<Text>,
    pub effects: Vec<Due>,
    /// Whether the applicant sent the form with it: then its answers are kept with the move.
    pub sent: Option<Filled>,
    /// The form with what the move asked for, which is kept with it; `None` where it asks nothing.
    pub asked: Option<Filled>,
}

/// What is to be done in the same transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Due {
    /// A credit of a category (an index).
    Credit {
        category: usize,
        amount: Amount,
        happened_on: Day,
    },
    /// Money from a budget (an index); never zero.
    Pay {
        amount: Amount,
        from: usize,
    },
    Mail {
        template: String,
        to: Party,
    },
    /// A requirement (an index) is taken as passed until a day, included.
    Waive {
        requirement: usize,
        because: Text,
        until: Day,
    },
    /// An amount counts for a category (an index), as if it had happened on a day, until another.
    Substitute {
        category: usize,
        amount: Amount,
        of: Text,
        happened_on: Day,
        until: Day,
    },
    /// A workflow (an index) may be filed in a round of its windows (an index; every one where none
    /// is named) until a day, included.
    Extend {
        workflow: usize,
        round: Option<usize>,
        until: Day,
    },
    /// An entry of a catalogue (an index), on the list of a term: what its fields (indices) say.
    Enter {
        catalogue: usize,
        term: String,
        says: Vec<(usize, Value)>,
    },
}

/// Why a move is not made. Nothing has changed.
#[derive(Clone, Debug)]
pub enum Refusal {
    /// The case is not as it was when it was seen.
    Stale,
    /// There is no such move from the state that the case is in.
    NotNow,
    /// It is not theirs to make.
    NotTheirs,
    /// Nobody decides their own case.
    OwnCase,
    /// Nobody decides twice, in two states, on one case.
    BothReviews,
    /// The form cannot be sent yet.
    Form(Vec<Wrong>),
    ProfileIncomplete,
    /// No window is open.
    Closed,
    NoteNeeded,
    NoteTooLong {
        most: usize,
    },
    /// What is to be mended was not named.
    FieldsNeeded,
    /// The rule says no.
    Rule(Vec<Text>),
    RuleFailed(Box<Problem>),
    /// Another case uses it.
    InUse,
    /// The time in which it could be undone is over, or something happened since.
    TooLate,
}

/// Whose a move is, of a case in a state; `None` for time's.
pub fn party(setting: &Setting<'_>, state: usize, step: usize) -> Option<Party> {
    match setting.step(step)?.by {
        By::Party(party) => Some(party),
        By::WhoeverItWaitsFor => setting.workflow.states.get(state)?.waits_for,
        By::Time => None,
    }
}

/// Whether an actor may make a move of a case as it now is, not looking at the form.
pub fn may(setting: &Setting<'_>, case: &Case, actor: &Actor, step: usize) -> Result<(), Refusal> {
    in_place_of(setting, case, actor, step).map(drop)
}

/// The same, and who lent the role in which they may; `None` for one's own.
fn in_place_of<'a>(
    setting: &Setting<'_>,
    case: &Case,
    actor: &'a Actor,
    step: usize,
) -> Result<Option<&'a str>, Refusal> {
    let Some(wanted) = setting.step(step).filter(|wanted| wanted.from.contains(&case.state)) else {
        return Err(Refusal::NotNow);
    };
    if setting.in_use {
        return Err(Refusal::InUse);
    }
    if wanted.by == By::Time {
        return if actor.account.is_empty() { Ok(None) } else { Err(Refusal::NotTheirs) };
    }
    let Some(party) = party(setting, case.state, step) else { return Err(Refusal::NotTheirs) };
    if party == Party::Applicant {
        return if actor.account == case.applicant && !actor.account.is_empty() {
            Ok(None)
        } else {
            Err(Refusal::NotTheirs)
        };
    }
    let mut lenders = actor.lent.iter().filter(|lent| lent.party == party).peekable();
    if !actor.parties.contains(&party) && lenders.peek().is_none() {
        return Err(Refusal::NotTheirs);
    }
    impartial(case, |account| actor.is(account))?;
    if actor.parties.contains(&party) {
        return Ok(None);
    }
    // What they may not decide themselves, nobody decides in their place; another's role may do it.
    let mut refused = Err(Refusal::NotTheirs);
    for lent in lenders {
        refused = impartial(case, |account| lent.by == account || lent.also.iter().any(|own| own == account));
        if refused.is_ok() {
            return Ok(Some(&lent.by));
        }
    }
    refused.map(|()| None)
}

/// Nobody decides their own case, and nobody twice on one, whether they did it themselves or somebody in their place.
fn impartial(case: &Case, is: impl Fn(&str) -> bool) -> Result<(), Refusal> {
    if is(&case.applicant) {
        return Err(Refusal::OwnCase);
    }
    let decided_elsewhere = |past: &Past| (is(&past.actor) || is(&past.lender)) && past.from != case.state;
    if case.past.iter().any(decided_elsewhere) { Err(Refusal::BothReviews) } else { Ok(()) }
}

/// The moves (indices) that an actor may make now, in the workflow's order.
pub fn moves(setting: &Setting<'_>, case: &Case, actor: &Actor) -> Vec<usize> {
    (0..setting.workflow.moves.len()).filter(|step| may(setting, case, actor, *step).is_ok()).collect()
}

/// Decides a move: what becomes of the case and what follows, or why not.
pub fn decide(setting: &Setting<'_>, case: &Case, actor: &Actor, wish: &Wish) -> Result<Made, Refusal> {
    if wish.seen != case.version {
        return Err(Refusal::Stale);
    }
    let in_place_of = in_place_of(setting, case, actor, wish.step)?.map(str::to_owned);
    let workflow = setting.workflow;
    let Some(step) = setting.step(wish.step) else { return Err(Refusal::NotNow) };
    let note = wish.note.trim();
    match step.note {
        Note::Needed if signs::is_blank(note) => return Err(Refusal::NoteNeeded),
        Note::Needed | Note::Optional if note.chars().count() > step.note_letters => {
            return Err(Refusal::NoteTooLong { most: step.note_letters });
        }
        Note::Needed | Note::Optional | Note::None => {}
    }
    // What nobody fills in cannot be mended.
    let may_be_mended = |field: &usize| workflow.fields.get(*field).is_some_and(Field::is_asked);
    let mut named: Vec<usize> = wish.named.iter().copied().filter(may_be_mended).collect();
    named.sort_unstable();
    named.dedup();
    if step.names_fields && named.is_empty() {
        return Err(Refusal::FieldsNeeded);
    }
    let target = workflow.states.get(step.to);
    let by_applicant = actor.account == case.applicant;
    let editable = workflow.states.get(case.state).is_some_and(|state| state.editable != Editable::Nothing);
    // Whoever hands on a form that they could edit sends it; giving up is not sending.
    let sends = by_applicant && editable && target.is_some_and(|target| target.ends.is_none());
    // Most moves of reviewers ask nothing of the form.
    let asks = workflow.asks(wish.step);
    let is_read = sends || !asks.is_empty() || step.rule.is_some() || step.then.iter().any(effects::reads_the_form);
    let filled = is_read.then(|| {
        let mut raw = case.raw.clone();
        for field in asks.iter().filter_map(|index| workflow.fields.get(*index)) {
            raw.remove(&field.id);
            if let Some(text) = wish.answers.as_ref().and_then(|answers| answers.get(&field.id)) {
                raw.insert(field.id.clone(), text.clone());
            } else if wish.answers.is_none() && matches!(field.is, Answer::Tick { .. }) {
                // What is supposed to be answered is supposed to be ticked: what it then brings is told.
                raw.insert(field.id.clone(), "on".to_owned());
            }
        }
        let mut filled = fill_with(setting, &workflow.fields, &raw, Some(wish.step));
        if wish.answers.is_none() {
            filled.wrong.retain(|wrong| !asks.contains(&wrong.field));
        }
        filled
    });
    // Of what was answered to the move itself all must be right.
    if let Some(filled) = filled.as_ref().filter(|_| !sends) {
        let wrong: Vec<Wrong> = filled.wrong.iter().filter(|wrong| asks.contains(&wrong.field)).cloned().collect();
        if !wrong.is_empty() {
            return Err(Refusal::Form(wrong));
        }
    }
    let is_supposed = |field: usize| wish.answers.is_none() && asks.contains(&field);
    if let Some(filled) = filled.as_ref().filter(|_| sends) {
        if !filled.wrong.is_empty() {
            return Err(Refusal::Form(filled.wrong.clone()));
        }
        let needs_profile = workflow.needs_profile.as_ref();
        let needs_profile = needs_profile.is_some_and(|when| holds(when, &workflow.fields, &filled.given));
        if needs_profile && !setting.profile_complete {
            return Err(Refusal::ProfileIncomplete);
        }
        // What was returned is mended whenever it is: its window was kept when it was first sent.
        let first = case.past.is_empty();
        if first && workflow.windows.is_some() && !workflow.late && setting.windows.is_empty() {
            return Err(Refusal::Closed);
        }
    }
    let mut reasons = Vec::new();
    if let (Some(rule), Some(filled)) = (&step.rule, &filled) {
        match setting.rules.agree(rule, &filled.filing) {
            Ok(answer) if answer.passed => reasons = answer.reasons,
            Ok(answer) => return Err(Refusal::Rule(answer.reasons)),
            Err(Unsaid::Unanswered(id)) if workflow.field(&id).is_some_and(|(index, _)| is_supposed(index)) => {}
            Err(Unsaid::Unanswered(id)) => {
                let field = workflow.field(&id).map(|(index, field)| (index, words::needed(field)));
                let wrong = field.map(|(field, what)| Wrong { field, what, is_missing: true });
                return Err(Refusal::Form(wrong.into_iter().collect()));
            }
            Err(Unsaid::Failed(problem)) => return Err(Refusal::RuleFailed(problem)),
        }
    }
    let supposes = wish.answers.is_none() && !asks.is_empty();
    let effects = effects::due(setting, &step.then, filled.as_ref(), supposes)?;
    Ok(Made {
        step: wish.step,
        from: case.state,
        to: step.to,
        version: case.version + 1,
        note: if step.note == Note::None { String::new() } else { note.to_owned() },
        named: if step.names_fields { named } else { Vec::new() },
        in_place_of,
        waits_for: target.and_then(|target| target.waits_for),
        end: target.and_then(|target| target.ends),
        reasons,
        effects,
        asked: filled.clone().filter(|_| !asks.is_empty()),
        sent: filled.filter(|_| sends),
    })
}

/// Whether the last move may be undone by an actor now; the state that the case goes back to.
pub fn undo(setting: &Setting<'_>, case: &Case, actor: &Actor, seen: i64) -> Result<usize, Refusal> {
    if seen != case.version {
        return Err(Refusal::Stale);
    }
    let Some(last) = case.past.last() else { return Err(Refusal::NotNow) };
    if last.actor != actor.account || actor.account.is_empty() {
        return Err(Refusal::NotTheirs);
    }
    if setting.in_use {
        return Err(Refusal::InUse);
    }
    let minutes = last.step.and_then(|step| setting.step(step)).and_then(|step| step.undo_minutes);
    match minutes {
        Some(minutes) if setting.now < last.at + chrono::Duration::minutes(minutes.into()) => Ok(last.from),
        Some(_) | None => Err(Refusal::TooLate),
    }
}

/// The moment until which the last move may be undone.
pub fn undo_until(setting: &Setting<'_>, case: &Case) -> Option<Instant> {
    let last = case.past.last()?;
    let minutes = setting.step(last.step?)?.undo_minutes?;
    Some(last.at + chrono::Duration::minutes(minutes.into()))
}
