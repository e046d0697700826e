//! Files of the school's records, read, checked and taken over: units, staff, classes, students
//! and credits. A dry run goes the same way and is rolled back at its end.

pub mod cell;
mod classes;
mod credits;
pub mod names;
mod note;
mod private;
mod refused;
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

use crate::app::{App, Edition};
use crate::clock::{Day, Instant};
use crate::lang::{Lang, Text};
use crate::seal;
use crate::store::imports::{self, ImportRecord};
use crate::store::{Conn, Result, stored};

pub use names::office_codes;
pub use note::Note;
pub use private::{COLUMNS as PRIVATE_COLUMNS, key as private_key, open as open_private};
pub use refused::workbook as refused_workbook;
pub use table::Source;
pub use take_back::{TakeBackError, take_back};
pub use workbook::{JOB as WORKBOOK_JOB, decode as decode_workbook};

use sheet::{Field, Layout, Row};
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

/// Reads a file, judges every row, and saves it where it may be saved.
pub async fn run(app: &App, request: Request, now: Instant) -> Result<Outcome> {
    let edition = app.edition.load_full();
    let today = edition.definition.school.calendar.today(now);
    let sandbox = app.settings.sandbox.clone();
    let Request { kind, file, bytes, effective, dry_run, accept_good, by } = request;
    let mut outcome = Outcome {
        kind,
        file,
        effective: effective.unwrap_or(today),
        dry_run,
        batch: None,
        rows: 0,
        new: 0,
        changed: 0,
        same: 0,
        refused: Vec::new(),
        warnings: Vec::new(),
        source: Source::default(),
        preview: Preview::default(),
        refused_rows: Vec::new(),
    };
    let name = outcome.file.clone();
    // Reading may wait for the child process: not on a thread that serves others.
    let read = tokio::task::spawn_blocking(move || table::read(&name, &bytes, &sandbox)).await;
    let mut table = match read {
        Ok(Ok(table)) => table,
        Ok(Err(note)) => {
            outcome.refused.push(note);
            return Ok(outcome);
        }
        Err(_) => {
            outcome.refused.push(Note::file(Text::new("檔案無法讀取。", "The file could not be read.")));
            return Ok(outcome);
        }
    };
    outcome.source = table.source.clone();
    outcome.warnings.append(&mut table.warnings);
    outcome.preview = preview(&table);
    let layout = match Layout::of(kind.id(), kind.fields(), &edition.definition, &table) {
        Ok(layout) => layout,
        Err(notes) => {
            outcome.refused.extend(notes);
            return Ok(outcome);
        }
    };
    explain_columns(&layout, &table, &mut outcome);

    let mut tally = Tally { rows: table.rows.len() + table.broken.len(), ..Tally::default() };
    tally.refused.append(&mut table.broken);
    tally.warnings = doubtful(&table);
    let job = Job {
        kind,
        effective: outcome.effective,
        today,
        recorded_at: stored(now),
        private: private_key(&app.settings.secret),
        edition,
    };
    let mut conn = app.db.begin().await?;
    // Taking the number first also lets imports on PostgreSQL come one after the other.
    let batch = conn.numbers(1).await?;
    let plan = Plan::of(&mut conn, &job, &layout, &table, &mut tally).await?;
    tally.refused.sort_by_key(|note| note.row);
    tally.warnings.sort_by_key(|note| note.row);
    outcome.refused_rows = refused::rows(&table, &tally.refused);
    drop(table);
    let something = tally.new + tally.changed > 0;
    if something && (tally.refused.is_empty() || accept_good) {
        plan.write(&mut conn, &job, batch).await?;
        write_down(&mut conn, &job, &outcome, &tally, batch, &by).await?;
        if dry_run {
            conn.roll_back().await?;
        } else {
            conn.commit().await?;
            outcome.batch = Some(batch);
        }
    } else {
        conn.roll_back().await?;
    }
    outcome.rows = tally.rows;
    outcome.new = tally.new;
    outcome.changed = tally.changed;
    outcome.same = tally.same;
    outcome.refused = tally.refused;
    outcome.warnings.extend(tally.warnings);
    Ok(outcome)
}

async fn write_down(conn: &mut Conn, job: &Job, outcome: &Outcome, tally: &Tally, batch: i64, by: &str) -> Result<()> {
    let result = json!({
        "rows": tally.rows, "new": tally.new, "changed": tally.changed, "same": tally.same,
        "refused": tally.refused.len(),
    });
    let record = ImportRecord {
        id: batch,
        kind: job.kind.id().to_owned(),
        file: outcome.file.clone(),
        by: by.to_owned(),
        at: job.recorded_at.clone(),
        effective: job.effective.to_string(),
        result: result.to_string(),
        taken_back_at: None,
        taken_back_by: None,
    };
    imports::add(conn, &record).await?;
    let detail = json!({"batch": batch, "kind": record.kind, "file": record.file, "effective": record.effective, "result": result});
    imports::audit(conn, &record.at, by, "import", &detail.to_string()).await
}

fn preview(table: &Table) -> Preview {
    Preview {
        headings: table.headings.clone(),
        fields: vec![None; table.headings.len()],
        rows: table
            .rows
            .iter()
            .take(PREVIEW_ROWS)
            .map(|(row, record)| (*row, record.iter().map(str::to_owned).collect()))
            .collect(),
    }
}

/// Which column was taken for what, and which are not used.
fn explain_columns(layout: &Layout, table: &Table, outcome: &mut Outcome) {
    for (index, field) in outcome.kind.fields().iter().enumerate() {
        if let Some(column) = layout.column(index) {
            outcome.preview.fields[column] = Some(field.id);
        }
    }
    if !layout.unknown.is_empty() {
        let (zh, en) = (layout.unknown.join("、"), layout.unknown.join(", "));
        outcome.warnings.push(Note {
            row: table.heading_row,
            column: zh.clone(),
            why: Text::new(format!("沒有用到的欄位：{zh}。"), format!("Columns that are not used: {en}.")),
            found: zh,
        });
    }
}

/// Cells with characters that Big5 leaves to each maker: what they decode to may not be meant.
fn doubtful(table: &Table) -> Vec<Note> {
    let of = |row: u32, column: usize| {
        let cells = table.rows.iter().find(|(number, _)| *number == row).map(|(_, record)| record);
        Note {
            row,
            column: table.headings.get(column).cloned().unwrap_or_default(),
            why: Text::new(
                "這一格有 Big5 的自造字，轉換後可能不是原來的字，請核對。",
                "This cell has a user-made Big5 character, which may not be the one that was meant; please check.",
            ),
            found: cells.and_then(|record| record.get(column)).unwrap_or_default().to_owned(),
        }
    };
    table.doubtful.iter().map(|(row, column)| of(*row, *column)).collect()
}
