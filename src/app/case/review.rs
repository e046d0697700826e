//! What a reviewer is told beside a case: what a move would bring, what was changed since it was
//! returned, what else is known of its applicant and its files; and taking a case to work on.

use std::collections::BTreeMap;

use super::see::{self, Open};
use super::{CaseError, act, answers, unique};
use crate::app::App;
use crate::app::access::Viewer;
use crate::case::{self, Made, Raw, Refusal, Wish, Wrong};
use crate::clock::Instant;
use crate::definition::Definition;
use crate::definition::case::{Answer, Note};
use crate::rules::filing::Value;
use crate::store::cases::{self, CaseRow};
use crate::store::files::{self, FileRow, Owner, OwnerKind};
use crate::store::{self, Conn, Result as Stored, payments};

/// How long a case stays with whoever took it.
const CLAIM: chrono::Duration = chrono::Duration::minutes(30);

/// What a move (an index) would bring if it were made now. A note, fields and answers that it needs are
/// taken as given.
pub fn would(open: &Open, step: usize) -> Result<Made, Refusal> {
    case::decide(&open.setting(), &open.case, &open.actor, &given(open, step))
}

/// A move to which all that it needs is taken as given.
fn given(open: &Open, step: usize) -> Wish {
    let workflow = open.workflow();
    let wanted = workflow.moves.get(step);
    let needs_note = wanted.is_some_and(|step| step.note == Note::Needed);
    let names_fields = wanted.is_some_and(|step| step.names_fields);
    let asked = workflow.fields.iter().position(|field| field.is_asked());
    let named = asked.filter(|_| names_fields).into_iter().collect();
    let note = if needs_note { "…".to_owned() } else { String::new() };
    Wish { step, seen: open.row.version, note, named, answers: None }
}

/// What is wrong with what was answered to a move (an index), were it made now.
pub fn wrong_of_move(open: &Open, step: usize, answers: &Raw) -> Vec<Wrong> {
    let wish = Wish { step, seen: open.row.version, answers: Some(answers.clone()), ..given(open, step) };
    match case::decide(&open.setting(), &open.case, &open.actor, &wish) {
        Err(Refusal::Form(wrong)) => wrong,
        Ok(_) | Err(_) => Vec::new(),
    }
}

/// A case of many as a move would find it; no case where there is none that they may see.
pub struct Rehearsed {
    pub id: String,
    pub seen: i64,
    pub case: Option<(Open, Result<Made, Refusal>)>,
}

/// What a move of a workflow would do to each of many cases, by the versions that were seen.
pub async fn rehearse(
    app: &App,
    viewer: &Viewer,
    workflow: &str,
    step: &str,
    chosen: &[(String, i64)],
    now: Instant,
) -> Result<Vec<Rehearsed>, CaseError> {
    let mut conn = app.db.read().await?;
    let mut out = Vec::new();
    for (id, seen) in chosen {
        let case = match see::see(app, &mut conn, id, viewer, now).await {
            Ok(open) => Some(open),
            Err(CaseError::NotFound) => None,
            Err(error) => return Err(error),
        };
        let case = case.map(|open| {
            let made = match open.workflow().step(step).filter(|_| open.row.workflow == workflow) {
                None => Err(Refusal::NotNow),
                Some(_) if open.row.version != *seen => Err(Refusal::Stale),
                Some((index, _)) => would(&open, index),
            };
            (open, made)
        });
        out.push(Rehearsed { id: id.clone(), seen: *seen, case });
    }
    Ok(out)
}

/// Takes a case to work on for a while; false where somebody else has it. Only who could decide it
/// takes it.
pub async fn claim(app: &App, viewer: &Viewer, id: &str, now: Instant) -> Result<bool, CaseError> {
    let mut conn = app.db.begin().await?;
    let viewer = act::by_now(app, &mut conn, viewer, now).await?;
    let open = see::see(app, &mut conn, id, &viewer, now).await?;
    if case::moves(&open.setting(), &open.case, &open.actor).is_empty() {
        return Err(Refusal::NotTheirs.into());
    }
    let taken = cases::claim(&mut conn, id, &viewer.account, now, now + CLAIM).await?;
    conn.commit().await?;
    Ok(taken)
}

/// Gives a case back that one had taken.
pub async fn release(app: &App, viewer: &Viewer, id: &str, now: Instant) -> Result<(), CaseError> {
    let mut conn = app.db.begin().await?;
    see::see(app, &mut conn, id, viewer, now).await?;
    cases::release(&mut conn, id, &viewer.account).await?;
    Ok(conn.commit().await?)
}

/// An answer that was changed between the last two sendings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changed {
    /// Index of the field.
    pub field: usize,
    pub before: Option<Value>,
    pub after: Option<Value>,
}

/// What was changed between the last two sendings; `None` where it was sent once. Private answers are
/// not kept with a sending, and so are not among them.
pub fn changed(open: &Open) -> Option<Vec<Changed>> {
    let mut sent = open.events.iter().rev().filter(|event| !event.answers.is_empty());
    let after: BTreeMap<String, Value> = answers::of_event(&sent.next()?.answers);
    let before: BTreeMap<String, Value> = answers::of_event(&sent.next()?.answers);
    let fields = open.workflow().fields.iter().enumerate();
    let differing = fields.filter(|(_, field)| before.get(&field.id) != after.get(&field.id));
    Some(
        differing
            .map(|(index, field)| Changed {
                field: index,
                before: before.get(&field.id).cloned(),
                after: after.get(&field.id).cloned(),
            })
            .collect(),
    )
}

/// Fields (indices) that were named as to be mended and are as when the case was last sent. Private answers
/// are not kept with a sending, and so are not among them.
pub fn unmended(open: &Open) -> Vec<usize> {
    let Some(sent) = open.events.iter().rev().find(|event| !event.answers.is_empty()) else { return Vec::new() };
    let before: BTreeMap<String, Value> = answers::of_event(&sent.answers);
    let fields = &open.workflow().fields;
    let filled = case::fill(&open.setting(), fields, &open.case.raw);
    let is_same = |field: &&usize| {
        let Some(field) = fields.get(**field).filter(|field| !field.private) else { return false };
        match (before.get(&field.id), filled.value(field)) {
            // What an entry says may be another by now.
            (Some(Value::Entry(before)), Some(Value::Entry(now))) => before.id == now.id,
            (before, now) => before == now,
        }
    };
    open.case.named.iter().filter(is_same).copied().collect()
}

/// Whether money of a case is in a payment batch: what led there can no longer be undone.
pub async fn is_batched(conn: &mut Conn, id: &str) -> Stored<bool> {
    Ok(payments::of_case(conn, id).await?.iter().any(|payment| !payment.batch.is_empty()))
}

/// The applicant's other cases that a viewer may know of, the latest first.
pub async fn others(conn: &mut Conn, viewer: &Viewer, definition: &Definition, open: &Open) -> Stored<Vec<CaseRow>> {
    let rows = cases::of_applicant(conn, &open.row.applicant).await?;
    Ok(rows.into_iter().filter(|row| row.id != open.row.id && may_know(viewer, definition, row)).collect())
}

fn may_know(viewer: &Viewer, definition: &Definition, row: &CaseRow) -> bool {
    let described = definition.workflow(&row.workflow).map(|(_, workflow)| workflow);
    let takes_part = |workflow| see::takes_part(workflow, &see::parties_of(viewer, definition, &row.department));
    !row.first_sent_at.is_empty() && (viewer.scope.everything || described.is_some_and(takes_part))
}

/// A file of a case whose very bytes were sent with other cases, too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SameFile {
    pub file: FileRow,
    /// Those that the viewer may know of.
    pub cases: Vec<CaseRow>,
    /// How many there are beside them.
    pub unseen: usize,
}

/// A text (an index of its field) that other cases have, too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SameText {
    pub field: usize,
    /// Those that the viewer may know of.
    pub cases: Vec<CaseRow>,
    /// How many there are beside them.
    pub unseen: usize,
}

/// What a case has in common with others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Elsewhere {
    pub files: Vec<SameFile>,
    pub texts: Vec<SameText>,
    /// Fields (indices) whose entry the same applicant chose in other cases.
    pub entries: Vec<(usize, Vec<CaseRow>)>,
}

/// Cases by their ids: those that a viewer may know of, and how many there are beside them.
async fn known_of(
    conn: &mut Conn,
    viewer: &Viewer,
    definition: &Definition,
    ids: &[String],
) -> Stored<(Vec<CaseRow>, usize)> {
    let (mut known, mut unseen) = (Vec::new(), 0);
    for id in ids {
        match cases::by_id(conn, id).await? {
            Some(row) if may_know(viewer, definition, &row) => known.push(row),
            // A draft is its writer's alone until it is sent.
            Some(row) if !row.first_sent_at.is_empty() => unseen += 1,
            Some(_) | None => {}
        }
    }
    Ok((known, unseen))
}

/// Where a case's files, its texts and the entries that were chosen are used, too.
pub async fn elsewhere(
    app: &App,
    conn: &mut Conn,
    viewer: &Viewer,
    definition: &Definition,
    open: &Open,
    kept: &[FileRow],
    others: &[CaseRow],
) -> Stored<Elsewhere> {
    let mut out = Elsewhere::default();
    let owner = Owner { kind: OwnerKind::Case, id: &open.row.id };
    for file in kept {
        let mut ids: Vec<String> = Vec::new();
        for same in files::same_bytes_elsewhere(conn, &file.sha256, owner).await? {
            if same.owner_kind == OwnerKind::Case && !ids.contains(&same.owner) {
                ids.push(same.owner);
            }
        }
        let (cases, unseen) = known_of(conn, viewer, definition, &ids).await?;
        if !cases.is_empty() || unseen > 0 {
            out.files.push(SameFile { file: file.clone(), cases, unseen });
        }
    }
    for (index, field) in open.workflow().fields.iter().enumerate().filter(|(_, field)| field.unique.is_some()) {
        let text = open.case.raw.get(&field.id);
        let Some(mark) = text.and_then(|text| unique::mark(app, &field.id, text)) else { continue };
        let ids = store::unique::others(conn, &field.id, &mark, &open.row.id).await?;
        let (cases, unseen) = known_of(conn, viewer, definition, &ids).await?;
        if !cases.is_empty() || unseen > 0 {
            out.texts.push(SameText { field: index, cases, unseen });
        }
    }
    for (index, field) in open.workflow().fields.iter().enumerate() {
        let (Answer::Entry { .. }, Some(entry)) = (&field.is, open.case.raw.get(&field.id)) else { continue };
        let same: Vec<CaseRow> = others
            .iter()
            .filter(|row| row.workflow == open.row.workflow && !entry.is_empty())
            .filter(|row| {
                let raw: BTreeMap<String, String> = serde_json::from_str(&row.raw).unwrap_or_default();
                raw.get(&field.id) == Some(entry)
            })
            .cloned()
            .collect();
        if !same.is_empty() {
            out.entries.push((index, same));
        }
    }
    Ok(out)
}
