//! A case as someone sees it: its row and events, the edition that it stands under, and what
//! `crate::case` needs to decide it. Whoever may not know of a case is told that there is none.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::answers::{entries_of_event, of_event, of_store, typed_of_event};
use super::granted::{self, Extensions};
use super::{CaseError, attach, entries, former, instant, unique, used};
use crate::app::access::{Viewer, is_unit};
use crate::app::progress::division_index;
use crate::app::{App, Edition};
use crate::case::{Actor, Case, Lent, Past, Setting, Usable, fill};
use crate::clock::{Day, Instant};
use crate::definition::Definition;
use crate::definition::case::{Answer, Editable, Party, Round, Workflow};
use crate::rules::filing::{Entry, Other, Student};
use crate::store::access::{self, Holding};
use crate::store::cases::{self, CaseRow, EventRow};
use crate::store::looks::{self, Look};
use crate::store::payments;
use crate::store::report::{Listed, Students};
use crate::store::{Conn, Result};

/// In what capacity someone sees a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// It is their own.
    Own,
    /// A party of the workflow, in its department or unit.
    Party,
    /// They see everything, and move nothing.
    Overseer,
}

/// A case with all that is needed to show and decide it.
pub struct Open {
    pub row: CaseRow,
    pub events: Vec<EventRow>,
    pub edition: Arc<Edition>,
    /// Index into the edition's workflows.
    pub workflow: usize,
    pub case: Case,
    pub whose: Whose,
    pub actor: Actor,
    pub known: Known,
    /// What was found since it was last sent by those who looked at its checks.
    pub looks: Vec<Look>,
}

/// What a case is decided by, beside its edition and itself.
#[derive(Clone, Debug, Default)]
pub struct Known {
    pub now: Instant,
    pub day: Day,
    pub student: Student,
    /// Indices of rounds.
    pub rounds: Vec<usize>,
    pub entries: BTreeMap<(usize, String), Entry>,
    pub paid: Vec<String>,
    /// Also where nothing is asked of it.
    pub profile_complete: bool,
    /// Fields (indices) whose text another case has and keeps for itself.
    pub taken: Vec<usize>,
    /// Other cases that fields may use, by field and id.
    pub cases: BTreeMap<(String, String), Usable>,
    /// The number of the case that uses this one.
    pub in_use: Option<String>,
    /// By field: the other cases that say the same there.
    pub elsewhere: BTreeMap<String, Vec<Other>>,
}

impl Open {
    pub fn workflow(&self) -> &Workflow {
        &self.edition.definition.workflows[self.workflow]
    }

    pub fn setting(&self) -> Setting<'_> {
        setting(&self.edition, self.workflow, &self.known)
    }

    /// Whether the applicant may change answers now, and which (indices). Of a case that was returned
    /// these are the fields that were named, and those without which it could not be sent again:
    /// what another answer now asks for, and what is no longer right.
    pub fn editable(&self) -> Vec<usize> {
        let workflow = self.workflow();
        let asked = || (0..workflow.fields.len()).filter(|index| workflow.fields[*index].is_asked());
        match (self.whose, workflow.states.get(self.case.state).map(|state| state.editable)) {
            (Whose::Own, Some(Editable::Everything)) => asked().collect(),
            (Whose::Own, Some(Editable::Named)) => {
                let filled = fill(&self.setting(), &workflow.fields, &self.case.raw);
                let sent = self.events.iter().rev().find(|event| !event.answers.is_empty());
                let sent = sent.map(|event| of_event(&event.answers)).unwrap_or_default();
                let is_new = |index: usize| {
                    let field = &workflow.fields[index];
                    !field.private && !field.optional && filled.asked.contains(&index) && !sent.contains_key(&field.id)
                };
                let is_wrong = |index: usize| filled.wrong.iter().any(|wrong| wrong.field == index);
                asked().filter(|at| self.case.named.contains(at) || is_new(*at) || is_wrong(*at)).collect()
            }
            (Whose::Own | Whose::Party | Whose::Overseer, _) => Vec::new(),
        }
    }
}

pub(super) fn setting<'a>(edition: &'a Edition, workflow: usize, known: &Known) -> Setting<'a> {
    let workflow = &edition.definition.workflows[workflow];
    let rounds = workflow.windows.map(|index| edition.definition.windows[index].rounds.as_slice()).unwrap_or_default();
    Setting {
        definition: &edition.definition,
        rules: &edition.rules,
        workflow,
        now: known.now,
        today: known.day,
        student: known.student.clone(),
        windows: known.rounds.iter().filter_map(|index| rounds.get(*index)).collect(),
        entries: known.entries.clone(),
        paid: known.paid.clone(),
        profile_complete: known.profile_complete,
        taken: known.taken.clone(),
        cases: known.cases.clone(),
        in_use: known.in_use.is_some(),
        elsewhere: known.elsewhere.clone(),
    }
}

/// A case for someone; `NotFound` where there is none that they may know of.
pub async fn see(
    app: &App,
    conn: &mut Conn,
    id: &str,
    viewer: &Viewer,
    now: Instant,
) -> std::result::Result<Open, CaseError> {
    let row = cases::by_id(conn, id).await?.ok_or(CaseError::NotFound)?;
    // What is not theirs is refused before an old edition is read for them.
    let edition = former::edition(app, conn, &row.edition).await?;
    let definition = &edition.definition;
    let (workflow, described) = definition.workflow(&row.workflow).ok_or(CaseError::NotFound)?;
    let parties = parties_of(viewer, definition, &row.department);
    let whose = if row.applicant == viewer.account {
        Whose::Own
    } else if row.first_sent_at.is_empty() {
        // A draft is its writer's alone.
        return Err(CaseError::NotFound);
    } else if takes_part(described, &parties) {
        Whose::Party
    } else if viewer.scope.everything {
        Whose::Overseer
    } else {
        return Err(CaseError::NotFound);
    };
    // Nobody decides what they filed or decided under another account.
    let also = if parties.is_empty() { Vec::new() } else { access::same_person(conn, &viewer.account).await? };
    let (own, lent): (Vec<&Holding>, Vec<&Holding>) =
        viewer.holdings.iter().partition(|holding| holding.lent_by.is_empty());
    let mut actor = Actor {
        account: viewer.account.clone(),
        also,
        parties: parties_by(&own, definition, &row.department),
        lent: Vec::new(),
    };
    for holding in lent {
        let (by, also) = (&holding.lent_by, access::same_person(conn, &holding.lent_by).await?);
        let parties = parties_by(&[holding], definition, &row.department);
        actor.lent.extend(parties.into_iter().map(|party| Lent { party, by: by.clone(), also: also.clone() }));
    }
    open(app, conn, row, edition.clone(), workflow, whose, actor, now).await
}

/// A case as time finds it.
pub(super) async fn for_time(
    app: &App,
    conn: &mut Conn,
    id: &str,
    now: Instant,
) -> std::result::Result<Open, CaseError> {
    let row = cases::by_id(conn, id).await?.ok_or(CaseError::NotFound)?;
    let edition = former::edition(app, conn, &row.edition).await?;
    let (workflow, _) = edition.definition.workflow(&row.workflow).ok_or(CaseError::NotFound)?;
    open(app, conn, row, edition, workflow, Whose::Overseer, Actor::time(), now).await
}

#[allow(clippy::too_many_arguments)]
async fn open(
    app: &App,
    conn: &mut Conn,
    row: CaseRow,
    edition: Arc<Edition>,
    workflow: usize,
    whose: Whose,
    actor: Actor,
    now: Instant,
) -> std::result::Result<Open, CaseError> {
    let described = &edition.definition.workflows[workflow];
    let events = cases::events(conn, &row.id).await?;
    let mut case = case_of(app, described, &row, &events);
    attach::place(&mut case.raw, &described.fields, &attach::files_of(conn, &row.id).await?);
    let known = know(app, conn, &edition, workflow, &row, &case, &events, now).await?;
    let looks = match described.checks.is_empty() || row.sent_at.is_empty() {
        true => Vec::new(),
        false => looks::since(conn, &row.id, &row.sent_at).await?,
    };
    Ok(Open { row, events, edition, workflow, case, whose, actor, known, looks })
}

/// A person's own cases, the latest first.
pub async fn of_student(conn: &mut Conn, applicant: &str) -> Result<Vec<CaseRow>> {
    cases::of_applicant(conn, applicant).await
}

/// The parties of a case of a department that someone is of.
pub(in crate::app) fn parties_of(viewer: &Viewer, definition: &Definition, department: &str) -> Vec<Party> {
    parties_by(&viewer.holdings.iter().collect::<Vec<_>>(), definition, department)
}

pub(in crate::app) fn parties_by(holdings: &[&Holding], definition: &Definition, department: &str) -> Vec<Party> {
    let school = &definition.school;
    let mut out = Vec::new();
    for holding in holdings {
        let Some(role) = school.roles.iter().position(|role| role.id == holding.role) else { continue };
        if !department.is_empty() && holding.unit == department {
            out.push(Party::OwnDepartment { role });
        }
        let units = school.units.iter().enumerate().filter(|(_, unit)| is_unit(unit, holding));
        out.extend(units.map(|(unit, _)| Party::Unit { unit, role }));
    }
    out
}

/// Whether a workflow ever waits for one of these, or lets them move.
pub(super) fn takes_part(workflow: &Workflow, parties: &[Party]) -> bool {
    let waits = workflow.states.iter().filter_map(|state| state.waits_for);
    let moves = workflow.moves.iter().filter_map(|step| match step.by {
        crate::definition::case::By::Party(party) => Some(party),
        crate::definition::case::By::WhoeverItWaitsFor | crate::definition::case::By::Time => None,
    });
    waits.chain(moves).any(|party| parties.contains(&party))
}

fn case_of(app: &App, workflow: &Workflow, row: &CaseRow, events: &[EventRow]) -> Case {
    let state = |id: &str| workflow.state(id).map(|(index, _)| index).unwrap_or(0);
    let past = events.iter().filter(|event| !event.undone && !matches!(event.step.as_str(), "" | super::act::UNDO));
    let mut raw = of_store(&app.settings, &row.id, workflow.form(), &row.raw);
    // What a move asked for stands until it is undone, or the same move is made again.
    for event in past.clone() {
        let step = workflow.step(&event.step).map(|(index, _)| index);
        let asked = workflow.fields.iter().filter(|field| step.is_some() && field.of_move == step);
        asked.for_each(|field| drop(raw.remove(&field.id)));
        raw.extend(typed_of_event(&event.asked));
    }
    Case {
        state: state(&row.state),
        version: row.version,
        applicant: row.applicant.clone(),
        raw,
        named: row.named.split(',').filter_map(|id| workflow.field(id).map(|(index, _)| index)).collect(),
        past: past
            .map(|event| Past {
                actor: event.actor.clone(),
                lender: event.lender.clone(),
                step: workflow.step(&event.step).map(|(index, _)| index),
                from: state(&event.from_state),
                at: instant(&event.at),
            })
            .collect(),
    }
}

#[allow(clippy::too_many_arguments)]
async fn know(
    app: &App,
    conn: &mut Conn,
    edition: &Edition,
    workflow: usize,
    row: &CaseRow,
    case: &Case,
    events: &[EventRow],
    now: Instant,
) -> std::result::Result<Known, CaseError> {
    let definition = &edition.definition;
    let described = &definition.workflows[workflow];
    let calendar = &definition.school.calendar;
    let student = student(conn, &row.applicant, calendar.today(now)).await?;
    let rounds = definition_rounds(definition, described);
    let is_editable = described.states.get(case.state).is_some_and(|state| state.editable != Editable::Nothing);
    // Only what could be sent hangs on it.
    let asks_profile = described.needs_profile.is_some() && is_editable;
    let mut known = Known {
        now,
        day: calendar.today(now),
        entries: entries::chosen(conn, definition, described, &case.raw).await?,
        paid: payments::budgets_of(conn, &row.applicant, &row.id).await?,
        profile_complete: !asks_profile || crate::app::profile::is_complete(app, conn, &row.applicant, now).await?,
        taken: unique::taken(app, conn, described, &case.raw, &row.id).await?,
        in_use: crate::store::used::user(conn, &row.id).await?.map(|(_, number)| number),
        elsewhere: unique::elsewhere(app, conn, definition, described, case, row).await?,
        ..Known::default()
    };
    // What was sent stands below, as it was then.
    if is_editable {
        known.cases = used::usable(conn, described, &row.applicant, &row.id).await?;
    }
    if let Some(listed) = student {
        known.student = facts(definition, &listed);
        if row.first_sent_at.is_empty() {
            let extensions = granted::extensions(conn, definition, described, &row.applicant, now).await?;
            known.rounds = open_rounds(definition, described, &listed, &extensions, now);
        }
    }
    if !row.first_sent_at.is_empty() {
        known.day = calendar.today(instant(&row.first_sent_at));
        known.student.department = row.department.clone();
        let kept: Vec<&str> = row.rounds.split(',').collect();
        known.rounds = (0..rounds.len()).filter(|index| kept.contains(&rounds[*index].id.as_str())).collect();
        // What was chosen is shown as it was when it was sent; sent again, it must be there again.
        if !is_editable {
            let sent = events.iter().rev().find(|event| !event.answers.is_empty());
            for (id, entry) in sent.map(|event| entries_of_event(&event.answers)).unwrap_or_default() {
                match described.field(&id).map(|(_, field)| &field.is) {
                    Some(Answer::Entry { catalogue, .. }) => {
                        known.entries.insert((*catalogue, entry.id.clone()), entry);
                    }
                    Some(Answer::Cases { .. }) => {
                        known.cases.insert((id, entry.id.clone()), Usable { case: entry, taken: false });
                    }
                    Some(_) | None => {}
                }
            }
        }
    }
    Ok(known)
}

fn definition_rounds<'a>(definition: &'a Definition, workflow: &Workflow) -> &'a [Round] {
    workflow.windows.map(|index| definition.windows[index].rounds.as_slice()).unwrap_or_default()
}

/// The student behind an account on a day.
pub async fn student(conn: &mut Conn, account: &str, day: Day) -> Result<Option<Listed>> {
    let students = Students { student: Some(account.to_owned()), ..Students::on(day) };
    let mut found = None;
    crate::store::report::list(conn, &students, |listed| found = Some(listed)).await?;
    Ok(found)
}

/// What rules may know of a student.
pub(super) fn facts(definition: &Definition, listed: &Listed) -> Student {
    let admitted = i32::try_from(listed.admitted).unwrap_or_default();
    Student::of(definition, admitted, division_index(definition, &listed.division), listed.department.clone())
}

/// The rounds (indices) of a workflow that are open to a student.
fn open_rounds(
    definition: &Definition,
    workflow: &Workflow,
    listed: &Listed,
    extensions: &Extensions,
    now: Instant,
) -> Vec<usize> {
    let calendar = &definition.school.calendar;
    let rounds = definition_rounds(definition, workflow).iter().enumerate();
    rounds
        .filter(|(_, round)| extensions.of(calendar, round).is_open(now) && is_theirs(definition, round, listed))
        .map(|(index, _)| index)
        .collect()
}

/// The rounds of a workflow that a student may use, open or not.
pub(super) fn rounds_for<'a>(definition: &'a Definition, workflow: &Workflow, listed: &Listed) -> Vec<&'a Round> {
    definition_rounds(definition, workflow).iter().filter(|round| is_theirs(definition, round, listed)).collect()
}

fn is_theirs(definition: &Definition, round: &Round, listed: &Listed) -> bool {
    let admitted = i32::try_from(listed.admitted).unwrap_or_default();
    let division = division_index(definition, &listed.division);
    let names = |name: &String| *name == listed.department || *name == listed.department_name;
    let binds = |index: &usize| division.is_some_and(|division| definition.groups[*index].binds(admitted, division));
    (round.departments.is_empty() || round.departments.iter().any(names))
        && (round.groups.is_empty() || round.groups.iter().any(binds))
}
