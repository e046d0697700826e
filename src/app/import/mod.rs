//! Files of the school's records, read, checked and taken over: units, staff, classes, students,
//! credits, and entries of catalogues. A dry run goes the same way and is rolled back at its end.

pub mod cell;
mod classes;
mod credits;
mod entries;
pub mod names;
mod note;
mod private;
mod refused;
mod rights;
mod row;
mod run;
mod sheet;
mod staff;
mod students;
mod table;
mod take_back;
mod text;
mod units;
mod versions;
mod workbook;

use std::str::FromStr;
use std::sync::Arc;

use serde_json::json;

use crate::app::Edition;
use crate::app::access::Viewer;
use crate::clock::{Day, Instant};
use crate::definition::Definition;
use crate::definition::case::Catalogue;
use crate::lang::Lang;
use crate::seal;
use crate::store::{Conn, Result};

pub use names::office_codes;
pub use note::Note;
pub use private::{
    COLUMNS as PRIVATE_COLUMNS, key as private_key, open as open_private, seal as seal_private, there as private_there,
};
pub use refused::workbook as refused_workbook;
pub use rights::Rights;
pub use run::run;
pub use table::Source;
pub use take_back::{Rehearsed, TakeBackError, Verdicts, rehearse_take_back, take_back, take_back_as};
pub use workbook::{JOB as WORKBOOK_JOB, decode as decode_workbook};

use row::Row;
use sheet::{Field, Layout};
use table::Table;

/// What a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    Units,
    Staff,
    Classes,
    Students,
    Credits,
    /// Entries of a catalogue, which the request names.
    Entries,
}

impl Kind {
    /// In the order in which a school brings them: each refers to those before.
    pub const ALL: [Kind; 6] = [Kind::Units, Kind::Staff, Kind::Classes, Kind::Students, Kind::Credits, Kind::Entries];

    pub const fn id(self) -> &'static str {
        match self {
            Kind::Units => "units",
            Kind::Staff => "staff",
            Kind::Classes => "classes",
            Kind::Students => "students",
            Kind::Credits => "credits",
            Kind::Entries => "entries",
        }
    }
}

/// A kind of file as it is written down: of entries with their catalogue, `entries:certificates`.
pub fn written(kind: Kind, catalogue: &str) -> String {
    match kind {
        Kind::Entries => format!("{}:{catalogue}", kind.id()),
        _ => kind.id().to_owned(),
    }
}

/// The kind of file, and the catalogue where it is of entries, that was written so.
pub fn named(text: &str) -> Option<(Kind, &str)> {
    let (kind, catalogue) = text.split_once(':').unwrap_or((text, ""));
    let kind: Kind = kind.parse().ok()?;
    ((kind == Kind::Entries) != catalogue.is_empty()).then_some((kind, catalogue))
}

/// The columns of a file, and what each may be called.
fn columns(kind: Kind, catalogue: Option<&Catalogue>) -> Vec<Field> {
    match kind {
        Kind::Units => units::FIELDS.to_vec(),
        Kind::Staff => staff::FIELDS.to_vec(),
        Kind::Classes => classes::FIELDS.to_vec(),
        Kind::Students => students::FIELDS.to_vec(),
        Kind::Credits => credits::FIELDS.to_vec(),
        Kind::Entries => catalogue.map(entries::columns).unwrap_or_default(),
    }
}

/// What the columns of a file are called first, and whether each may be left out; entries are of a
/// catalogue (an index).
pub fn asked_columns(definition: &Definition, kind: Kind, catalogue: Option<usize>) -> Vec<(String, bool)> {
    let catalogue = catalogue.and_then(|index| definition.catalogues.get(index));
    let columns = columns(kind, catalogue).into_iter();
    let named = |field: &Field| headings(definition, kind, catalogue, field).into_iter().next().unwrap_or_default();
    columns.map(|field| (named(&field), !field.required)).collect()
}

fn headings(definition: &Definition, kind: Kind, catalogue: Option<&Catalogue>, field: &Field) -> Vec<String> {
    if let Some(catalogue) = catalogue {
        return entries::headings(catalogue, &field.id);
    }
    let own = std::iter::once(field.id.clone().into_owned());
    let given = definition.school.headers.iter();
    let given = given.filter(|alias| alias.file == kind.id() && alias.column == field.id);
    given.flat_map(|alias| alias.also.iter().cloned()).chain(own).collect()
}

impl FromStr for Kind {
    type Err = ();
    fn from_str(text: &str) -> std::result::Result<Kind, ()> {
        Kind::ALL.into_iter().find(|kind| kind.id() == text).ok_or(())
    }
}

/// A file that someone brings.
#[derive(Clone, Debug)]
pub struct Request {
    pub kind: Kind,
    /// The catalogue whose entries they are; empty for other kinds.
    pub catalogue: String,
    /// Its name, for the list of imports; what it holds is told by its content.
    pub file: String,
    pub bytes: Vec<u8>,
    /// The day from which its records are true; `None`: today.
    pub effective: Option<Day>,
    /// Check all, save nothing.
    pub dry_run: bool,
    /// Save the good rows though others are refused.
    pub accept_good: bool,
    /// The account that brings it.
    pub by: String,
    /// Whose rights bound what is taken; `None`: an operator's, which nothing bounds.
    pub viewer: Option<Viewer>,
    /// The name under which it was kept until now: a kept file is saved once.
    pub upload: Option<String>,
}

/// What came of it.
#[derive(Clone, Debug)]
pub struct Outcome {
    pub kind: Kind,
    pub catalogue: String,
    pub file: String,
    pub effective: Day,
    pub dry_run: bool,
    /// The import's number, where something was saved.
    pub batch: Option<i64>,
    pub rows: usize,
    pub new: usize,
    pub changed: usize,
    pub same: usize,
    pub refused: Vec<Note>,
    pub warnings: Vec<Note>,
    pub source: Source,
    pub preview: Preview,
    /// The rows that were refused, as they stand in the file.
    pub refused_rows: Vec<(u32, Vec<String>)>,
}

/// How the file was understood: for a person to look at before it is saved.
#[derive(Clone, Debug, Default)]
pub struct Preview {
    pub headings: Vec<String>,
    /// By column: the id of the field that it was taken for; `None`: not used.
    pub fields: Vec<Option<String>>,
    /// The first rows with their numbers.
    pub rows: Vec<(u32, Vec<String>)>,
}

const PREVIEW_ROWS: usize = 20;

impl Outcome {
    /// Whether nothing stands in the way of saving it whole.
    pub fn is_good(&self) -> bool {
        self.refused.is_empty()
    }

    pub fn json(&self, lang: Lang) -> serde_json::Value {
        let notes = |notes: &[Note]| notes.iter().map(|note| note.json(lang)).collect::<Vec<_>>();
        json!({
            "rows": self.rows,
            "new": self.new,
            "changed": self.changed,
            "same": self.same,
            "refused": notes(&self.refused),
            "warnings": notes(&self.warnings),
            "kind": written(self.kind, &self.catalogue),
            "file": self.file,
            "effective": self.effective.to_string(),
            "dry_run": self.dry_run,
            "saved": self.batch.is_some(),
            "batch": self.batch,
            "source": self.source,
        })
    }
}

/// What every kind of file needs to be judged.
struct Job {
    edition: Arc<Edition>,
    kind: Kind,
    /// The catalogue (an index) whose entries they are.
    catalogue: Option<usize>,
    now: Instant,
    effective: Day,
    today: Day,
    /// `today` where no other day was named.
    recorded_at: String,
    private: seal::Key,
    rights: Rights,
    /// The accounts of whoever imports: nobody gives credits to themselves.
    own: Vec<String>,
}

/// The counts and notes that grow while rows are judged.
#[derive(Default)]
struct Tally {
    rows: usize,
    new: usize,
    changed: usize,
    same: usize,
    refused: Vec<Note>,
    warnings: Vec<Note>,
}

impl Tally {
    /// Takes over what a row has to say; whether it is good.
    fn take(&mut self, row: Row<'_>) -> bool {
        let good = row.ok();
        self.refused.extend(row.refused);
        self.warnings.extend(row.warnings);
        good
    }
}

/// What is to be written, once it is known that it may be.
enum Plan {
    Units(units::Plan),
    Staff(staff::Plan),
    Classes(classes::Plan),
    Students(students::Plan),
    Credits(credits::Plan),
    Entries(entries::Plan),
}

impl Plan {
    /// The roles that are given and taken by it.
    fn roles_turned(&self) -> (Vec<String>, Vec<String>) {
        match self {
            Plan::Staff(plan) => plan.roles_turned(),
            Plan::Units(_) | Plan::Classes(_) | Plan::Students(_) | Plan::Credits(_) | Plan::Entries(_) => {
                Default::default()
            }
        }
    }

    async fn of(conn: &mut Conn, job: &Job, layout: &Layout, table: &Table, tally: &mut Tally) -> Result<Plan> {
        Ok(match job.kind {
            Kind::Units => Plan::Units(units::plan(conn, job, layout, table, tally).await?),
            Kind::Staff => Plan::Staff(staff::plan(conn, job, layout, table, tally).await?),
            Kind::Classes => Plan::Classes(classes::plan(conn, job, layout, table, tally).await?),
            Kind::Students => Plan::Students(students::plan(conn, job, layout, table, tally).await?),
            Kind::Credits => Plan::Credits(credits::plan(conn, job, layout, table, tally).await?),
            Kind::Entries => Plan::Entries(entries::plan(conn, job, layout, table, tally).await?),
        })
    }

    async fn write(&self, conn: &mut Conn, job: &Job, batch: i64) -> Result<()> {
        match self {
            Plan::Units(plan) => plan.write(conn, batch).await,
            Plan::Staff(plan) => plan.write(conn, batch).await,
            Plan::Classes(plan) => plan.write(conn, batch).await,
            Plan::Students(plan) => plan.write(conn, batch).await,
            Plan::Credits(plan) => plan.write(conn, job, batch).await,
            Plan::Entries(plan) => plan.write(conn, job, batch).await,
        }
    }
}
