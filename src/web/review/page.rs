//! What stands on the page of a case before its reviewer, gathered.

use super::{age, claim, decide, flow, mark, state_title, steps};
use crate::app::access::{Place, Sight};
use crate::app::case::{self as cases, Open, Revealed, Whose};
use crate::app::{access_log, profile};
use crate::case::{self, Raw, Wrong, undo_until};
use crate::definition::case::{Answer, Note};
use crate::render::pages::cases::{Answered, FileLink};
use crate::render::pages::review::{Change, Other, Private, Proved, Review, Same};
use crate::rules::filing::Value;
use crate::store::cases::CaseRow;
use crate::store::files::{self, FileRow, Owner, OwnerKind};
use crate::store::people::{self, UnitRecord};
use crate::store::{Conn, access};
use crate::web::Fault;
use crate::web::cases::parts;
use crate::web::context::{Known, encode};
use crate::web::show;

/// What a page says beside the case: what was refused or revealed just now, and what was typed.
#[derive(Default)]
pub struct Extra {
    pub refused: Option<String>,
    /// What of the form it is about: `choice`, `step`, `asks`, `note` or `fields`.
    pub refused_at: &'static str,
    /// What the refused move (an index) asked for, as it was typed, and what is wrong with it.
    pub asked: Option<(usize, Raw, Vec<Wrong>)>,
    pub note: String,
    pub ticked: Vec<String>,
    pub revealed: Option<Revealed>,
    /// The reason that was too short.
    pub reason: Option<String>,
    pub decided: bool,
}

impl Extra {
    /// Nothing was typed or chosen.
    pub(super) fn is_empty(&self) -> bool {
        self.asked.is_none() && self.note.trim().is_empty() && self.ticked.is_empty()
    }
}

pub(super) async fn of(known: &Known, conn: &mut Conn, open: &Open, extra: Extra) -> Result<Review, Fault> {
    let viewer = known.viewer()?;
    let (workflow, row) = (open.workflow(), &open.row);
    let definition = &known.edition.definition;
    let kept = files::of_owner(conn, Owner { kind: OwnerKind::Case, id: &row.id }).await?;
    let shown: Vec<FileRow> = kept.iter().cloned().chain(cases::files_of_others(conn, open).await?).collect();
    let units = people::units(conn).await?;
    let names = access::staff_names(conn, &[row.claimed_by.as_str()]).await?;
    let others = cases::others(conn, viewer, definition, open).await?;
    let elsewhere = cases::elsewhere(&known.web.app, conn, viewer, definition, open, &kept, &others).await?;
    let next = cases::next(conn, viewer, definition, &row.id, None, known.now).await?;
    let skip = cases::next(conn, viewer, definition, &row.id, Some(&row.waits_since), known.now).await?;
    let private = match open.whose {
        Whose::Party if needs_profile(open) => private(known, conn, open, &extra).await?,
        Whose::Party | Whose::Own | Whose::Overseer => None,
    };
    let student = people::student(conn, &row.applicant, known.today).await?;
    let class = match &student {
        Some(student) => people::class(conn, &student.class, known.today).await?,
        None => None,
    };
    let college = |code: &str| units.iter().find(|unit| unit.code == code).map_or("", |unit| unit.college.as_str());
    let sees = student.as_ref().is_some_and(|student| {
        let department = class.as_ref().map_or(student.department.as_str(), |class| class.department.as_str());
        let place = Place { class: &student.class, department, college: college(department) };
        viewer.sight(&row.applicant, place) != Sight::Nothing
    });
    let setting = open.setting();
    let moves = case::moves(&setting, &open.case, &open.actor);
    let moves = if open.whose == Whose::Own { Vec::new() } else { moves };
    let described = || moves.iter().filter_map(|index| workflow.moves.get(*index));
    let names_fields = described().any(|step| step.names_fields);
    let takes_note = described().filter(|step| step.note != Note::None);
    let is_over = workflow.states.get(open.case.state).is_some_and(|state| state.ends.is_some());
    let may_undo = case::undo(&setting, &open.case, &open.actor, row.version).is_ok() && open.whose == Whose::Party;
    let batched = may_undo && cases::is_batched(conn, &row.id).await?;
    let state = parts::mark(known.lang, workflow, open.case.state, false);
    let mut page = Review {
        id: row.id.clone(),
        version: row.version,
        number: row.number.clone(),
        workflow: workflow.title.get(known.lang).to_owned(),
        flow_link: flow::address(&row.workflow, &row.state),
        student: row.applicant.clone(),
        name: row.name.clone(),
        student_link: sees.then(|| format!("/students/{}", encode(&row.applicant))),
        department: unit_name(&units, &row.department),
        term: row.term.clone(),
        mark: state,
        age: super::Age { late: !is_over && age(known, Some(workflow), row).late, ..age(known, Some(workflow), row) },
        filed: parts::moment(known, &row.sent_at),
        claim: claim(known, row, &names),
        can_claim: !moves.is_empty(),
        answers: answers(known, open, &shown, names_fields, &extra.ticked),
        changes: cases::changed(open).map(|changed| changes(known, open, &shown, &changed)),
        private,
        elsewhere: same(known, open, &elsewhere),
        others: others.iter().map(|one| other(known, one)).collect(),
        used: used(open).iter().filter(|id| others.iter().all(|one| one.id != **id)).count(),
        events: parts::timeline(known, open),
        checks: if open.whose == Whose::Own { Vec::new() } else { parts::checks(known, open) },
        names_fields,
        note_letters: takes_note.map(|step| step.note_letters).max(),
        moves: steps::of(known, open, &moves, extra.asked.as_ref()),
        note: extra.note,
        why_not: steps::why_not(open, &moves),
        refused: None,
        wrongs: Vec::new(),
        choice_wrong: String::new(),
        note_wrong: String::new(),
        mend_wrong: String::new(),
        undo_until: undo_until(&setting, &open.case)
            .filter(|_| may_undo && !batched)
            .map(|until| show::moment(known, until)),
        batched,
        next,
        skip,
        decided: extra.decided && moves.is_empty(),
    };
    if let Some(refused) = extra.refused {
        steps::refuse(&mut page, refused, extra.refused_at);
    }
    Ok(page)
}

/// Whether the applicant's profile belongs to the case.
fn needs_profile(open: &Open) -> bool {
    let workflow = open.workflow();
    let filled = parts::filled(open);
    workflow.needs_profile.as_ref().is_some_and(|when| case::holds(when, &workflow.fields, &filled.given))
}

/// The ids of the cases that this one uses.
fn used(open: &Open) -> Vec<String> {
    let values = parts::values(open, &parts::filled(open)).into_iter();
    let cases = values.filter_map(|(_, value)| if let Some(Value::Cases(cases)) = value { Some(cases) } else { None });
    cases.flatten().map(|case| case.id).collect()
}

fn unit_name(units: &[UnitRecord], code: &str) -> String {
    units.iter().find(|unit| unit.code == code).map_or_else(|| code.to_owned(), |unit| unit.name.clone())
}

fn answers(known: &Known, open: &Open, kept: &[FileRow], names_fields: bool, ticked: &[String]) -> Vec<Proved> {
    let filled = parts::filled(open);
    let fields = &open.workflow().fields;
    let prove = |answer: Answered| {
        let asked = fields.iter().any(|field| field.id == answer.id && field.is_asked());
        Proved { can_name: names_fields && asked, ticked: ticked.contains(&answer.id), answer }
    };
    parts::answers(known, open, &filled, kept, None).into_iter().map(prove).collect()
}

fn changes(known: &Known, open: &Open, kept: &[FileRow], changed: &[cases::Changed]) -> Vec<Change> {
    let fields = &open.workflow().fields;
    changed
        .iter()
        .filter_map(|one| {
            let field = fields.get(one.field)?;
            let side =
                |value: &Option<Value>| parts::answered(known, &open.edition.definition, field, value.as_ref(), kept);
            Some(Change {
                label: field.label.get(known.lang).to_owned(),
                before: side(&one.before),
                after: side(&one.after),
            })
        })
        .collect()
}

/// The applicant's profile; what is private in it only where it was revealed just now.
async fn private(known: &Known, conn: &mut Conn, open: &Open, extra: &Extra) -> Result<Option<Private>, Fault> {
    let edition = &known.edition;
    let Some(described) = &edition.definition.profile else { return Ok(None) };
    let kept = profile::read(&known.web.app, conn, &edition.definition, &open.row.applicant).await?;
    let rows = profile::files_of(conn, &open.row.applicant).await?;
    let Some(filled) = profile::filled(edition, &kept.raw, known.now) else { return Ok(None) };
    let columns = access_log::private_columns(&known.web.app, conn, &open.row.applicant).await?;
    let (mut answers, mut pictures) = (Vec::new(), Vec::new());
    for field in &described.fields {
        let record = extra.revealed.as_ref().and_then(|revealed| revealed.record.get(&field.id));
        let value = record.or(filled.value(field));
        let mut answer = match &extra.revealed {
            Some(_) => parts::answered(
                known,
                &edition.definition,
                &crate::definition::case::Field { private: false, ..field.clone() },
                value,
                &rows,
            ),
            None => parts::answered(known, &edition.definition, field, value, &rows),
        };
        let is_private = field.private;
        let recorded =
            matches!(&field.is, Answer::Record(item) if cases::column(*item).is_some_and(|id| columns.contains(id)));
        if is_private && recorded && extra.revealed.is_none() {
            (answer.kind, answer.text) = ("masked", "••••".to_owned());
        }
        if !answer.files.is_empty() {
            if is_private && extra.revealed.is_none() {
                (answer.kind, answer.text, answer.files) = ("masked", "••••".to_owned(), Vec::new());
            } else {
                for file in &mut answer.files {
                    // What was revealed is fetched by an address of its own.
                    if is_private {
                        file.href = decide::shown_address(known, &open.row.id, &file.id);
                    }
                }
                pictures.extend(answer.files.iter().cloned());
                let has: Vec<FileLink> = answer.files.drain(..).collect();
                (answer.kind, answer.text) =
                    ("text", has.iter().map(|file| file.name.clone()).collect::<Vec<_>>().join(" "));
            }
        }
        answers.push(answer);
    }
    Ok(Some(Private {
        title: described.title.get(known.lang).to_owned(),
        masked: answers.iter().any(|answer| answer.kind == "masked"),
        answers,
        pictures,
        complete: filled.wrong.is_empty(),
        revealed: extra.revealed.is_some(),
        reason: extra.reason.clone().unwrap_or_default(),
        error: extra.reason.is_some(),
    }))
}

fn other(known: &Known, row: &CaseRow) -> Other {
    let workflow = known.edition.definition.workflow(&row.workflow).map(|(_, workflow)| workflow);
    Other {
        id: row.id.clone(),
        number: row.number.clone(),
        workflow: workflow.map_or_else(|| row.workflow.clone(), |one| one.title.get(known.lang).to_owned()),
        student: row.applicant.clone(),
        name: row.name.clone(),
        state: state_title(known, workflow, &row.state),
        mark: mark(workflow, &row.state),
        filed: parts::moment(known, &row.sent_at),
    }
}

fn same(known: &Known, open: &Open, elsewhere: &cases::Elsewhere) -> Vec<Same> {
    let fields = &open.workflow().fields;
    let label = |id: &str| {
        let field = fields.iter().find(|field| field.id == id);
        field.map_or_else(|| id.to_owned(), |field| field.label.get(known.lang).to_owned())
    };
    let mut out = Vec::new();
    // What is another's to see is only counted.
    let mut tell = |kinds: [&'static str; 2], field: String, value: String, cases: Vec<Other>, unseen: usize| {
        let [kind, unseen_kind] = kinds;
        let said = Same { kind, field, value, count: cases.len(), cases };
        if unseen > 0 {
            out.push(Same { kind: unseen_kind, count: unseen, cases: Vec::new(), ..said.clone() });
        }
        if !said.cases.is_empty() {
            out.push(said);
        }
    };
    for one in &elsewhere.files {
        let cases = one.cases.iter().map(|row| other(known, row)).collect();
        tell(["file", "file-unseen"], label(&one.file.field), one.file.name.clone(), cases, one.unseen);
    }
    let filled = parts::filled(open);
    for one in &elsewhere.texts {
        let Some(field) = fields.get(one.field) else { continue };
        let cases = one.cases.iter().map(|row| other(known, row)).collect();
        tell(["text", "text-unseen"], field.label.get(known.lang).to_owned(), String::new(), cases, one.unseen);
    }
    for (index, rows) in &elsewhere.entries {
        let Some(field) = fields.get(*index) else { continue };
        out.push(Same {
            kind: "entry",
            field: field.label.get(known.lang).to_owned(),
            value: parts::answered(known, &open.edition.definition, field, filled.value(field), &[]).text,
            count: rows.len(),
            cases: rows.iter().map(|row| other(known, row)).collect(),
        });
    }
    out
}
