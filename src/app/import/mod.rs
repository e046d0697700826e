//! Files of the school's records, read, checked and taken over: units, staff, classes, students
//! and credits. A dry run goes the same way and is rolled back at its end.

pub mod cell;
mod classes;
mod credits;
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
use crate::clock::Day;
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
}

impl Kind {
    /// In the order in which a school brings them: each refers to those before.
    pub const ALL: [Kind; 5] = [Kind::Units, Kind::Staff, Kind::Classes, Kind::Students, Kind::Credits];

    pub const fn id(self) -> &'static str {
        match self {
            Kind::Units => "units",
            Kind::Staff => "staff",
            Kind::Classes => "classes",
            Kind::Students => "students",
            Kind::Credits => "credits",
        }
    }

    fn fields(self) -> &'static [Field] {
        match self {
            Kind::Units => units::FIELDS,
            Kind::Staff => staff::FIELDS,
            Kind::Classes => classes::FIELDS,
            Kind::Students => students::FIELDS,
            Kind::Credits => credits::FIELDS,
        }
    }
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
    pub fields: Vec<Option<&'static str>>,
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
            "kind": self.kind.id(),
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
}

impl Plan {
    /// The roles that are given and taken by it.
    fn roles_turned(&self) -> (Vec<String>, Vec<String>) {
        match self {
            Plan::Staff(plan) => plan.roles_turned(),
            Plan::Units(_) | Plan::Classes(_) | Plan::Students(_) | Plan::Credits(_) => Default::default(),
        }
    }

    async fn of(conn: &mut Conn, job: &Job, layout: &Layout, table: &Table, tally: &mut Tally) -> Result<Plan> {
        Ok(match job.kind {
            Kind::Units => Plan::Units(units::plan(conn, job, layout, table, tally).await?),
            Kind::Staff => Plan::Staff(staff::plan(conn, job, layout, table, tally).await?),
            Kind::Classes => Plan::Classes(classes::plan(conn, job, layout, table, tally).await?),
            Kind::Students => Plan::Students(students::plan(conn, job, layout, table, tally).await?),
            Kind::Credits => Plan::Credits(credits::plan(conn, job, layout, table, tally).await?),
        })
    }

    async fn write(&self, conn: &mut Conn, job: &Job, batch: i64) -> Result<()> {
        match self {
            Plan::Units(plan) => plan.write(conn, batch).await,
            Plan::Staff(plan) => plan.write(conn, batch).await,
            Plan::Classes(plan) => plan.write(conn, batch).await,
            Plan::Students(plan) => plan.write(conn, batch).await,
            Plan::Credits(plan) => plan.write(conn, job, batch).await,
        }
    }
}
