//! The applicant's side: beginning a case, giving a draft up.

use super::see::{self, Whose};
use super::{CaseError, attach, former, granted, random_id};
use crate::app::access::Viewer;
use crate::app::progress::division_index;
use crate::app::{App, Edition};
use crate::clock::Instant;
use crate::definition::Definition;
use crate::definition::case::{Editable, Round, Workflow};
use crate::lang::folded;
use crate::store::cases::{self, CaseRow, EventRow};
use crate::store::report::Listed;
use crate::store::{Conn, files, stored};

/// A case that was begun; the same again where the form was sent twice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Begun {
    pub id: String,
}

/// Whether someone may begin a case of a workflow now: the student they are. `OpenAlready` names
/// the case that stands in the way.
pub async fn may_begin(
    conn: &mut Conn,
    definition: &Definition,
    workflow: &Workflow,
    viewer: &Viewer,
    now: Instant,
) -> Result<Listed, CaseError> {
    let today = definition.school.calendar.today(now);
    let listed = see::student(conn, &viewer.account, today).await?.ok_or(CaseError::NotForYou)?;
    if !is_for(definition, workflow, listed.admitted, &listed.division) {
        return Err(CaseError::NotForYou);
    }
    if free_slot(conn, workflow, &viewer.account).await?.is_none() {
        let others = cases::of_applicant(conn, &viewer.account).await?;
        let open = others.into_iter().find(|row| row.workflow == workflow.id && row.open_slot > 0);
        return Err(CaseError::OpenAlready {
            case: open.map(|row| row.id).unwrap_or_default(),
            say: workflow.or_say.clone(),
        });
    }
    Ok(listed)
}

/// Whether a workflow is for those who were admitted in an academic year to a division.
pub fn is_for(definition: &Definition, workflow: &Workflow, admitted: i64, division: &str) -> bool {
    let division = division_index(definition, division);
    let admitted = i32::try_from(admitted).unwrap_or_default();
    let binds = |group: usize| division.is_some_and(|division| definition.groups[group].binds(admitted, division));
    workflow.who.is_none_or(binds)
}

/// The windows of a workflow for someone: those that are open, and the one that opens next. One that stays
/// open to them closes when it does so to them.
pub async fn windows_for(
    conn: &mut Conn,
    definition: &Definition,
    workflow: &Workflow,
    account: &str,
    now: Instant,
) -> Result<(Vec<Round>, Option<Round>), CaseError> {
    let today = definition.school.calendar.today(now);
    let Some(listed) = see::student(conn, account, today).await? else { return Ok((Vec::new(), None)) };
    let extensions = granted::extensions(conn, definition, workflow, account, now).await?;
    let theirs = see::rounds_for(definition, workflow, &listed).into_iter();
    let theirs: Vec<Round> = theirs.map(|round| extensions.of(&definition.school.calendar, round)).collect();
    let next = theirs.iter().filter(|round| now < round.opens).min_by_key(|round| round.opens).cloned();
    Ok((theirs.into_iter().filter(|round| round.is_open(now)).collect(), next))
}

async fn free_slot(conn: &mut Conn, workflow: &Workflow, account: &str) -> Result<Option<i64>, CaseError> {
    let taken = cases::open_slots(conn, &workflow.id, account).await?;
    Ok((1..=i64::from(workflow.open_at_once)).find(|slot| !taken.contains(slot)))
}

/// Begins a case under the edition in force. `nonce` is the form's: sent again, it is the same case.
pub async fn begin(app: &App, viewer: &Viewer, workflow: &str, nonce: &str, now: Instant) -> Result<Begun, CaseError> {
    let edition = app.edition.load_full();
    let definition = &edition.definition;
    let (_, described) = definition.workflow(workflow).ok_or(CaseError::NotFound)?;
    let id = random_id()?;
    let mut conn = app.db.begin().await?;
    if let Some(before) = cases::answered(&mut conn, &viewer.account, nonce, &id, now).await? {
        // Whoever began it may still wait for the disk.
        conn.commit().await?;
        return Ok(Begun { id: before });
    }
    let listed = may_begin(&mut conn, definition, described, viewer, now).await?;
    former::keep(&mut conn, &edition, now).await?;
    let row = first_row(&edition, described, &listed, id, now)?;
    // Two tabs may have begun at once: one of them takes the slot.
    let mut row = CaseRow { open_slot: free_slot(&mut conn, described, &viewer.account).await?.unwrap_or(1), ..row };
    for _ in 0..5 {
        if cases::add(&mut conn, &row).await? {
            let event = EventRow {
                version: 1,
                at: stored(now),
                actor: viewer.account.clone(),
                actor_name: viewer.name.clone(),
                to_state: row.state.clone(),
                ..EventRow::default()
            };
            cases::add_event(&mut conn, &row.id, &event).await?;
            conn.commit().await?;
            return Ok(Begun { id: row.id });
        }
        // A slot was taken meanwhile, or a number was drawn twice.
        may_begin(&mut conn, definition, described, viewer, now).await?;
        row.number = number()?;
        row.search = searched(&row.number, &row.applicant, &row.name, "");
    }
    Err(CaseError::Random)
}

fn first_row(
    edition: &Edition,
    workflow: &Workflow,
    listed: &Listed,
    id: String,
    now: Instant,
) -> Result<CaseRow, CaseError> {
    let calendar = &edition.definition.school.calendar;
    let state = workflow.states.first().map(|state| state.id.clone()).unwrap_or_default();
    let number = number()?;
    Ok(CaseRow {
        id,
        search: searched(&number, &listed.student, &listed.name, ""),
        number,
        workflow: workflow.id.clone(),
        edition: edition.definition.edition.clone(),
        state,
        version: 1,
        applicant: listed.student.clone(),
        name: listed.name.clone(),
        department: listed.department.clone(),
        term: calendar.term_of(calendar.today(now)).to_string(),
        waits_since: stored(now),
        raw: "{}".to_owned(),
        columns: "{}".to_owned(),
        created_at: stored(now),
        changed_at: stored(now),
        ..CaseRow::default()
    })
}

/// The text in which lists look for a word. It stands in the lists' indices, which on PostgreSQL take
/// no more than some 2,600 bytes.
pub(super) fn searched(number: &str, student: &str, name: &str, columns: &str) -> String {
    folded(&format!("{number} {student} {name}{columns}")).chars().take(300).collect()
}

/// What people call a case by: eight letters and digits that are not mistaken for each other, drawn,
/// so that nobody counts by it.
fn number() -> Result<String, CaseError> {
    const SIGNS: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    let mut bytes = [0u8; 8];
    getrandom::fill(&mut bytes).map_err(|_| CaseError::Random)?;
    let mut out: String = bytes.iter().map(|byte| char::from(SIGNS[usize::from(byte & 31)])).collect();
    out.insert(4, '-');
    Ok(out)
}

/// Removes a draft that was never sent.
pub async fn discard(app: &App, viewer: &Viewer, id: &str, seen: i64, now: Instant) -> Result<(), CaseError> {
    let mut conn = app.db.begin().await?;
    let open = see::see(app, &mut conn, id, viewer, now).await?;
    let state = open.workflow().states.get(open.case.state);
    let is_draft = state.is_some_and(|state| state.editable == Editable::Everything);
    if open.whose != Whose::Own || !is_draft || !cases::discard(&mut conn, id, seen).await? {
        return Err(crate::case::Refusal::NotNow.into());
    }
    for file in attach::files_of(&mut conn, id).await? {
        files::remove(&mut conn, &file.id, &stored(now)).await?;
    }
    Ok(conn.commit().await?)
}
