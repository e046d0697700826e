//! A round's cases as a table: one picture of all of them, of what whoever asks reviews in their own
//! name. Each is in the audit log; private data leave only for a reason that is written down first.

use std::collections::BTreeMap;

use serde_json::json;

use super::see::{self, Open};
use super::{CaseError, Shown, act, shown};
use crate::app::access::Viewer;
use crate::app::access_log::{self, Access, How};
use crate::app::import::{open_private, private_key};
use crate::app::{App, profile};
use crate::case::{self, Raw};
use crate::clock::Instant;
use crate::definition::Definition;
use crate::definition::case::{Answer, Column, Export, Field, Fixed, Round, Workflow};
use crate::lang::Lang;
use crate::store::people::{self, UnitRecord};
use crate::store::{Conn, StoreError, audit, queue, register, stored};

/// What stands for all rounds.
pub const ALL: &str = "all";

/// A table of cases as texts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    pub heads: Vec<String>,
    /// Whether a column holds amounts.
    pub amounts: Vec<bool>,
    pub rows: Vec<Vec<String>>,
}

/// Which table is asked for, and how its words are said.
#[derive(Clone, Copy)]
pub struct Wanted<'a> {
    pub workflow: &'a Workflow,
    pub export: &'a Export,
    /// `None`: of all rounds.
    pub round: Option<&'a Round>,
    pub lang: Lang,
    /// The screen's words by key.
    pub words: &'a (dyn Fn(&str) -> String + Sync),
}

/// The departments whose cases of a workflow someone reviews in their own name: `None` for all,
/// nothing where they review none.
fn departments(viewer: &Viewer, definition: &Definition, workflow: &Workflow) -> Option<Option<Vec<String>>> {
    let mut own = viewer.clone();
    own.holdings.retain(|holding| holding.lent_by.is_empty());
    let parts = super::scope(&own, definition).parts;
    let parts: Vec<Option<String>> =
        parts.into_iter().filter(|part| part.workflow == workflow.id).map(|part| part.department).collect();
    if parts.is_empty() {
        return None;
    }
    let all = parts.iter().any(Option::is_none);
    Some((!all).then(|| parts.into_iter().flatten().collect()))
}

/// Whether someone may have the tables of a workflow.
pub fn may_export(viewer: &Viewer, definition: &Definition, workflow: &Workflow) -> bool {
    !workflow.exports.is_empty() && departments(viewer, definition, workflow).is_some()
}

/// Whether a table holds private data.
pub fn is_private(definition: &Definition, workflow: &Workflow, export: &Export) -> bool {
    export.columns.iter().any(|column| match column {
        Column::Fixed(_) => false,
        Column::Answer(seen) => workflow.fields.get(seen.field).is_some_and(|field| field.private),
        Column::Profile(id) => of_profile(definition, id).is_some_and(|field| field.private),
    })
}

fn of_profile<'a>(definition: &'a Definition, id: &str) -> Option<&'a Field> {
    definition.profile.as_ref()?.fields.iter().find(|field| field.id == *id)
}

/// The cases of a workflow that someone may have in its tables: each its id, state and rounds.
pub struct Theirs(Vec<queue::Held>);

impl Theirs {
    pub async fn of(
        app: &App,
        conn: &mut Conn,
        viewer: &Viewer,
        workflow: &Workflow,
        now: Instant,
    ) -> Result<Theirs, CaseError> {
        let viewer = act::by_now(app, conn, viewer, now).await?;
        let definition = &app.edition.load_full().definition;
        let departments = departments(&viewer, definition, workflow).ok_or(CaseError::NotFound)?;
        Ok(Theirs(queue::sent(conn, &workflow.id, departments.as_deref()).await?))
    }

    /// The ids of those that a table holds; of all rounds where none is said.
    fn held<'a>(&'a self, workflow: &'a Workflow, export: &'a Export, round: Option<&'a Round>) -> Vec<&'a str> {
        let states: Vec<&str> =
            export.states.iter().filter_map(|at| workflow.states.get(*at)).map(|one| one.id.as_str()).collect();
        let in_round = |rounds: &str| round.is_none_or(|round| rounds.split(',').any(|id| id == round.id));
        let fits = |state: &str, rounds: &str| (states.is_empty() || states.contains(&state)) && in_round(rounds);
        self.0.iter().filter(|(_, state, rounds)| fits(state, rounds)).map(|(id, ..)| id.as_str()).collect()
    }

    /// How many cases a table would hold.
    pub fn count(&self, workflow: &Workflow, export: &Export, round: Option<&Round>) -> usize {
        self.held(workflow, export, round).len()
    }
}

/// The table, after that it leaves was written down; of private data, with a reason.
pub async fn export(
    app: &App,
    viewer: &Viewer,
    wanted: Wanted<'_>,
    reason: &str,
    now: Instant,
) -> Result<Table, CaseError> {
    let edition = app.edition.load_full();
    let definition = &edition.definition;
    let mut conn = app.db.snapshot().await?;
    let theirs = Theirs::of(app, &mut conn, viewer, wanted.workflow, now).await?;
    let ids = theirs.held(wanted.workflow, wanted.export, wanted.round);
    let round = wanted.round.map_or(ALL, |round| round.id.as_str());
    let what = format!("{} {} {round}", wanted.workflow.id, wanted.export.id);
    if is_private(definition, wanted.workflow, wanted.export) {
        let access = Access { how: How::Export, actor: &viewer.account, what: &what, whose: round, reason };
        access_log::write(app, &access, now).await?;
    }
    let mut tx = app.db.begin().await?;
    let detail = json!({ "what": what, "cases": ids.len() }).to_string();
    audit::add(&mut tx, &app.chain, &stored(now), &viewer.account, "export cases", &detail).await?;
    tx.commit().await?;
    let mut table = Table { heads: heads(definition, wanted), ..Table::default() };
    let is_amount = |column: &Column| match column {
        Column::Answer(seen) => seen.described(&wanted.workflow.fields, &definition.catalogues).is_some_and(|field| {
            matches!(field.is, Answer::Money { .. } | Answer::Number { .. } | Answer::Computed { .. })
        }),
        Column::Fixed(_) | Column::Profile(_) => false,
    };
    table.amounts = wanted.export.columns.iter().map(is_amount).collect();
    let mut read = Read { app, units: people::units(&mut conn).await?, classes: BTreeMap::new() };
    for id in ids {
        let open = see::for_time(app, &mut conn, id, now).await?;
        table.rows.push(read.row(&mut conn, &open, definition, wanted, now).await?);
    }
    Ok(table)
}

/// What the columns are called.
pub fn heads(definition: &Definition, wanted: Wanted<'_>) -> Vec<String> {
    let label = |field: Option<&Field>| field.map(|field| field.label.get(wanted.lang).to_owned()).unwrap_or_default();
    let columns = wanted.export.columns.iter().map(|column| match column {
        Column::Fixed(fixed) => (wanted.words)(&format!("export-{}", fixed.word().replace(' ', "-"))),
        Column::Answer(seen) => label(seen.described(&wanted.workflow.fields, &definition.catalogues)),
        Column::Profile(id) => label(of_profile(definition, id)),
    });
    columns.collect()
}

/// What is read while a table is made.
struct Read<'a> {
    app: &'a App,
    units: Vec<UnitRecord>,
    /// Names of classes by their code.
    classes: BTreeMap<String, String>,
}

impl Read<'_> {
    async fn row(
        &mut self,
        conn: &mut Conn,
        open: &Open,
        definition: &Definition,
        wanted: Wanted<'_>,
        now: Instant,
    ) -> Result<Vec<String>, CaseError> {
        let described = open.workflow();
        let filled = case::fill(&open.setting(), &described.fields, &open.case.raw);
        let mut own: Option<(Raw, BTreeMap<String, String>)> = None;
        let mut cells = Vec::new();
        for column in &wanted.export.columns {
            cells.push(match column {
                Column::Fixed(fixed) => self.fixed(conn, open, *fixed, wanted.lang, now).await?,
                Column::Answer(seen) => {
                    // By the edition that the case stands under, under the same name.
                    let name = seen.name(&wanted.workflow.fields);
                    let (name, of) = name.split_once('.').map_or((name.as_str(), None), |(name, of)| (name, Some(of)));
                    let here = described
                        .field(name)
                        .map(|(field, _)| crate::definition::case::Aspect { field, of: of.map(str::to_owned) });
                    let catalogues = &open.edition.definition.catalogues;
                    let field = here.as_ref().and_then(|here| here.described(&described.fields, catalogues));
                    match (field, here.as_ref()) {
                        (Some(field), Some(here)) => {
                            let value = case::answer(here, &described.fields, &filled.given);
                            told(shown(catalogues, field, value, wanted.lang), wanted)
                        }
                        _ => String::new(),
                    }
                }
                Column::Profile(id) => {
                    if own.is_none() {
                        own = Some(self.own(conn, definition, &open.row.applicant).await?);
                    }
                    let (raw, record) = own.clone().unwrap_or_default();
                    of_profile(definition, id).map(|field| kept(field, &raw, &record, wanted)).unwrap_or_default()
                }
            });
        }
        Ok(cells)
    }

    async fn fixed(
        &mut self,
        conn: &mut Conn,
        open: &Open,
        fixed: Fixed,
        lang: Lang,
        now: Instant,
    ) -> Result<String, CaseError> {
        let (row, calendar) = (&open.row, &open.edition.definition.school.calendar);
        Ok(match fixed {
            Fixed::CaseNumber => row.number.clone(),
            Fixed::StudentNumber => row.applicant.clone(),
            Fixed::Name => row.name.clone(),
            Fixed::Department => {
                let unit = self.units.iter().find(|unit| unit.code == row.department);
                unit.map_or_else(|| row.department.clone(), |unit| unit.name.clone())
            }
            Fixed::State => case::title(open.workflow(), open.case.state, false).get(lang).to_owned(),
            Fixed::SentOn => super::instant(&row.first_sent_at).with_timezone(&calendar.zone).date_naive().to_string(),
            Fixed::Class => {
                let day = calendar.today(now);
                let Some(student) = people::student(conn, &row.applicant, day).await? else { return Ok(String::new()) };
                if let Some(name) = self.classes.get(&student.class) {
                    return Ok(name.clone());
                }
                let class = people::class(conn, &student.class, day).await?;
                let name = class.map_or_else(|| student.class.clone(), |class| class.name);
                self.classes.insert(student.class, name.clone());
                name
            }
        })
    }

    /// What an applicant keeps up, and the private columns of their record.
    async fn own(
        &self,
        conn: &mut Conn,
        definition: &Definition,
        student: &str,
    ) -> Result<(Raw, BTreeMap<String, String>), CaseError> {
        let raw = profile::read(self.app, conn, definition, student).await?.raw;
        let sealed = register::private(conn, &[student]).await?.remove(student).unwrap_or_default();
        let record = open_private(&private_key(&self.app.settings.secret), student, &sealed)
            .map_err(|error| StoreError::Refused(format!("private data of {student}: {error}")))?;
        Ok((raw, record))
    }
}

fn told(shown: Shown, wanted: Wanted<'_>) -> String {
    match shown {
        Shown::Nothing => String::new(),
        Shown::Text(text) => text,
        // Without what sets thousands apart, so that a workbook counts with it.
        Shown::Amount(text) => text.replace(',', ""),
        Shown::Day(day) => day.to_string(),
        Shown::Yes => (wanted.words)("answer-yes"),
        Shown::No => (wanted.words)("answer-no"),
        Shown::Files(files) => files.len().to_string(),
        Shown::Entry { name, .. } => name,
        #[allow(unreachable_patterns)]
        _ => String::new(),
    }
}

fn kept(field: &Field, raw: &Raw, record: &BTreeMap<String, String>, wanted: Wanted<'_>) -> String {
    let text = raw.get(&field.id).map(|text| text.trim()).unwrap_or_default();
    match &field.is {
        Answer::Record(item) => {
            let column = super::column(*item);
            column.and_then(|column| record.get(column)).cloned().unwrap_or_default()
        }
        Answer::Choice(options) => {
            let option = options.iter().find(|option| option.id == text);
            option.map_or_else(|| text.to_owned(), |option| option.title.get(wanted.lang).to_owned())
        }
        Answer::Tick { .. } => (wanted.words)(if text.is_empty() { "answer-no" } else { "answer-yes" }),
        Answer::File { .. } => text.split(',').filter(|id| !id.is_empty()).count().to_string(),
        _ => text.to_owned(),
    }
}
