//! The way of a file: read, laid out, judged, written or not, and what is told of it.

use std::collections::BTreeSet;

use serde_json::json;

use super::sheet::{Field, Layout};
use super::table::{self, Table};
use super::{
    Job, Kind, Note, Outcome, PREVIEW_ROWS, Plan, Preview, Request, Rights, Source, Tally, columns, headings,
    private_key, refused, staff, written,
};
use crate::app::App;
use crate::app::files::shown_name;
use crate::clock::Instant;
use crate::lang::Text;
use crate::store::imports::{self, ImportRecord};
use crate::store::{Conn, Result, access, audit, stored};

/// From so many changed rows on, what the database knows of its tables is out of date.
const MANY: usize = 1_000;

/// Reads a file, judges every row, and saves it where it may be saved.
pub async fn run(app: &App, request: Request, now: Instant) -> Result<Outcome> {
    let edition = app.edition.load_full();
    let today = edition.definition.school.calendar.today(now);
    let sandbox = app.settings.sandbox.clone();
    let Request { kind, catalogue, file, bytes, effective, dry_run, accept_good, by, viewer, upload } = request;
    // It is listed, and stands in the audit log: without what turns or hides letters, and not too long.
    let file = shown_name(&file);
    let place = edition.definition.catalogues.iter().position(|one| one.id == catalogue && !one.headers.is_empty());
    let mut outcome = Outcome {
        kind,
        catalogue,
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
    let of = place.and_then(|index| edition.definition.catalogues.get(index));
    if kind == Kind::Entries && of.is_none() {
        outcome.refused.push(Note::file(Text::new(
            format!("沒有「{}」這個可由檔案匯入的目錄。", outcome.catalogue),
            format!("There is no catalogue “{}” whose entries are brought in from files.", outcome.catalogue),
        )));
        return Ok(outcome);
    }
    let fields = columns(kind, of);
    let names = |field: &Field| headings(&edition.definition, kind, of, field);
    let layout = match Layout::of(&fields, names, &table) {
        Ok(layout) => layout,
        Err(notes) => {
            outcome.refused.extend(notes);
            return Ok(outcome);
        }
    };
    explain_columns(&fields, &layout, &table, &mut outcome);

    let mut tally = Tally { rows: table.rows.len() + table.broken.len(), ..Tally::default() };
    tally.refused.append(&mut table.broken);
    tally.warnings = doubtful(&table);
    let mut conn = app.db.begin_alone().await?;
    let rights = match &viewer {
        Some(viewer) => Rights::of(&viewer.by_now(&mut conn, &edition.definition, today).await?, &edition.definition),
        None => Rights::Everything,
    };
    if !rights.may_bring(kind, place) {
        conn.roll_back().await?;
        outcome.refused.push(Note::file(Text::new(
            "你的角色不能匯入這種檔案；什麼都沒有儲存。",
            "Your role may not import files of this kind; nothing was saved.",
        )));
        return Ok(outcome);
    }
    let mut own = Vec::new();
    if let Some(viewer) = &viewer {
        own = access::same_person(&mut conn, &viewer.account).await?;
        own.push(viewer.account.clone());
    }
    let job = Job {
        kind,
        catalogue: place.filter(|_| kind == Kind::Entries),
        now,
        effective: outcome.effective,
        today,
        recorded_at: stored(now),
        private: private_key(&app.settings.secret),
        edition,
        rights,
        own,
    };
    // Taking the number first also lets imports on PostgreSQL come one after the other.
    let batch = conn.numbers(1).await?;
    // Of two who save a kept file at once, the second is told what the first has done.
    if let Some(name) = upload.as_deref().filter(|_| !dry_run)
        && let Some(saved) = imports::of_upload(&mut conn, name, &by).await?
    {
        conn.roll_back().await?;
        return Ok(done_before(outcome, &saved));
    }
    let plan = Plan::of(&mut conn, &job, &layout, &table, &mut tally).await?;
    tally.refused.sort_by_key(|note| note.row);
    tally.warnings.sort_by_key(|note| note.row);
    outcome.refused_rows = refused::rows(&table, &tally.refused);
    drop(table);
    let something = tally.new + tally.changed > 0;
    if something && (tally.refused.is_empty() || accept_good) {
        plan.write(&mut conn, &job, batch).await?;
        let upload = upload.filter(|_| !dry_run);
        let detail = write_down(&mut conn, &job, &outcome, &tally, &plan, batch, &by, upload).await?;
        audit::add(&mut conn, &app.chain, &job.recorded_at, &by, "import", &detail).await?;
        if dry_run {
            conn.roll_back().await?;
        } else {
            conn.commit().await?;
            outcome.batch = Some(batch);
            // What is kept is kept, whether the database can look at it now or not.
            if tally.new + tally.changed >= MANY
                && let Err(error) = app.db.analyze().await
            {
                tracing::warn!(%error, "the database did not look at its tables after an import");
            }
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

/// What an import that was saved earlier came to.
fn done_before(outcome: Outcome, saved: &ImportRecord) -> Outcome {
    let counts: serde_json::Value = serde_json::from_str(&saved.result).unwrap_or_default();
    let count = |name: &str| counts[name].as_u64().and_then(|count| usize::try_from(count).ok()).unwrap_or_default();
    Outcome {
        batch: Some(saved.id),
        rows: count("rows"),
        new: count("new"),
        changed: count("changed"),
        same: count("same"),
        ..outcome
    }
}

#[allow(clippy::too_many_arguments, reason = "what an import is has as many parts")]
/// Writes the import down, and gives what the audit log says of it.
async fn write_down(
    conn: &mut Conn,
    job: &Job,
    outcome: &Outcome,
    tally: &Tally,
    plan: &Plan,
    batch: i64,
    by: &str,
    upload: Option<String>,
) -> Result<String> {
    let result = json!({
        "rows": tally.rows, "new": tally.new, "changed": tally.changed, "same": tally.same,
        "refused": tally.refused.iter().map(|note| note.row).collect::<BTreeSet<_>>().len(),
    });
    let record = ImportRecord {
        id: batch,
        kind: written(job.kind, &outcome.catalogue),
        file: outcome.file.clone(),
        by: by.to_owned(),
        at: job.recorded_at.clone(),
        effective: job.effective.to_string(),
        result: result.to_string(),
        taken_back_at: None,
        taken_back_by: None,
        upload,
    };
    imports::add(conn, &record).await?;
    let mut detail = json!({"batch": batch, "kind": record.kind, "file": record.file, "effective": record.effective, "result": result});
    staff::roles_into(&mut detail, plan.roles_turned());
    Ok(detail.to_string())
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
fn explain_columns(fields: &[Field], layout: &Layout, table: &Table, outcome: &mut Outcome) {
    for (index, field) in fields.iter().enumerate() {
        if let Some(column) = layout.column(index) {
            outcome.preview.fields[column] = Some(field.id.clone().into_owned());
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
