//! Keeping what is typed into a form that is not sent. Nothing needs to be right yet.

use super::see::{self, Open};
use super::{CaseError, answers, prints};
use crate::app::App;
use crate::app::access::Viewer;
use crate::case::{Raw, Refusal};
use crate::clock::Instant;
use crate::definition::case::Answer;
use crate::store::{Conn, cases};

/// What became of what was typed.
pub enum Kept {
    /// The case as it is now.
    Kept(Box<Open>),
    /// Nothing was kept: some of it was answered otherwise meanwhile.
    Differs(Box<Differing>),
}

/// A form that was filled in twice over the same answers.
pub struct Differing {
    /// The case as it is.
    pub open: Open,
    /// What would be kept, by field.
    pub typed: Raw,
    /// Fields (indices) whose answer is another by now than was shown and than was typed.
    pub fields: Vec<usize>,
}

/// Keeps what was typed into the fields that are open to the applicant, whatever they hold by now;
/// anything else that a form brings is left aside.
pub async fn keep(
    app: &App,
    viewer: &Viewer,
    id: &str,
    seen: i64,
    typed: &Raw,
    now: Instant,
) -> Result<Open, CaseError> {
    match keep_typed(app, viewer, id, &Typed { seen, typed, shown: None }, now).await? {
        Kept::Kept(open) => Ok(*open),
        Kept::Differs(_) => Err(Refusal::Stale.into()),
    }
}

/// The same over what a page showed (`prints`): what was answered in another window meanwhile and
/// not touched here stays; where both answered, and not alike, nothing is kept.
pub async fn keep_over(
    app: &App,
    viewer: &Viewer,
    id: &str,
    seen: i64,
    typed: &Raw,
    shown: &str,
    now: Instant,
) -> Result<Kept, CaseError> {
    keep_typed(app, viewer, id, &Typed { seen, typed, shown: Some(shown) }, now).await
}

/// Keeps what was typed where all of it is right; where an answer is wrong, nothing of it.
pub async fn keep_right(
    app: &App,
    viewer: &Viewer,
    id: &str,
    seen: i64,
    typed: &Raw,
    now: Instant,
) -> Result<Open, CaseError> {
    let mut conn = app.db.begin().await?;
    match put(app, &mut conn, viewer, id, &Typed { seen, typed, shown: None }, now).await? {
        Put::Kept => {}
        Put::Raced | Put::Differs(_) => return Err(Refusal::Stale.into()),
    }
    let open = see::see(app, &mut conn, id, viewer, now).await?;
    let fields = &open.workflow().fields;
    let mut wrong = crate::case::fill(&open.setting(), fields, &open.case.raw).wrong;
    let is_typed = |index: usize| fields.get(index).is_some_and(|field| typed.contains_key(&field.id));
    wrong.retain(|wrong| !wrong.is_missing && is_typed(wrong.field));
    if !wrong.is_empty() {
        return Err(Refusal::Form(wrong).into());
    }
    conn.commit().await?;
    Ok(open)
}

/// What was typed, and over what.
struct Typed<'a> {
    /// The version of the case that they saw.
    seen: i64,
    typed: &'a Raw,
    /// Prints of the answers that they saw; `None`: whatever they are.
    shown: Option<&'a str>,
}

/// Times that keeping begins anew where others keep answers at the same moment.
const TRIES: usize = 5;

async fn keep_typed(app: &App, viewer: &Viewer, id: &str, typed: &Typed<'_>, now: Instant) -> Result<Kept, CaseError> {
    for _ in 0..TRIES {
        let mut conn = app.db.begin().await?;
        match put(app, &mut conn, viewer, id, typed, now).await? {
            Put::Kept => {
                conn.commit().await?;
                // What was chosen may have other entries behind it now.
                let mut conn = app.db.read().await?;
                return Ok(Kept::Kept(Box::new(see::see(app, &mut conn, id, viewer, now).await?)));
            }
            Put::Differs(differing) => return Ok(Kept::Differs(differing)),
            Put::Raced => {}
        }
    }
    Err(Refusal::Stale.into())
}

enum Put {
    Kept,
    /// Somebody kept answers between this transaction's reading and writing.
    Raced,
    Differs(Box<Differing>),
}

async fn put(
    app: &App,
    conn: &mut Conn,
    viewer: &Viewer,
    id: &str,
    typed: &Typed<'_>,
    now: Instant,
) -> Result<Put, CaseError> {
    let mut open = see::see(app, conn, id, viewer, now).await?;
    if open.row.version != typed.seen {
        return Err(Refusal::Stale.into());
    }
    let editable = open.editable();
    if editable.is_empty() {
        return Err(Refusal::NotNow.into());
    }
    let fields = &open.workflow().fields;
    let mut changed: Raw = editable
        .iter()
        .filter_map(|index| {
            // Files are kept when they are sent, by rows of their own.
            let field = fields.get(*index).filter(|field| !matches!(field.is, Answer::File { .. }))?;
            Some((field.id.clone(), typed.typed.get(&field.id)?.clone()))
        })
        .collect();
    if let Some(shown) = typed.shown {
        let merged = prints::merge(app, &open, changed, shown);
        if !merged.differ.is_empty() {
            let differing = Differing { open, typed: merged.typed, fields: merged.differ };
            return Ok(Put::Differs(Box::new(differing)));
        }
        changed = merged.typed;
    }
    open.case.raw.extend(changed);
    let term = answers::term(&open.edition.definition, open.workflow(), &open.case.raw);
    let term = term.unwrap_or_else(|| open.row.term.clone());
    let raw = answers::to_store(&app.settings, id, open.workflow().form(), &open.case.raw);
    Ok(if cases::keep(conn, &open.row, &raw, &term, now).await? { Put::Kept } else { Put::Raced })
}
