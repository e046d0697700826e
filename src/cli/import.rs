//! `menkan import`: takes files of the school's records over, lists what was taken over, and takes
//! it back.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::{CliError, SettingsArgs};
use crate::app::import::{self, Kind, Note, Outcome, Request, TakeBackError};
pub use crate::app::import::{WORKBOOK_JOB, decode_workbook};
use crate::app::{App, OPERATOR};
use crate::clock::{Instant, parse_day};
use crate::lang::Lang;
use crate::store::imports;

/// Take over units, staff, classes, students, credits or entries of a catalogue from CSV or xlsx
#[derive(Args, Debug)]
pub struct ImportArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand, Debug)]
enum What {
    /// Departments, colleges and offices
    Units(FileArgs),
    /// Staff with their roles
    Staff(FileArgs),
    /// Classes with their tutors
    Classes(FileArgs),
    /// Students
    Students(FileArgs),
    /// Credits
    Credits(FileArgs),
    /// Entries of a catalogue
    Entries {
        /// The catalogue, by its name
        catalogue: String,
        #[command(flatten)]
        file: FileArgs,
    },
    /// Undo an import, by its number
    TakeBack { batch: i64 },
    /// The latest imports
    List {
        #[arg(long)]
        json: bool,
    },
}

#[derive(Args, Debug)]
struct FileArgs {
    file: PathBuf,
    /// The day from which the records are true; by default today
    #[arg(long)]
    effective: Option<String>,
    /// Check everything, save nothing
    #[arg(long)]
    dry_run: bool,
    /// Save the good rows although others are refused
    #[arg(long)]
    accept_good: bool,
    /// Write the result as JSON
    #[arg(long)]
    json: bool,
}

pub async fn run(settings: &SettingsArgs, args: ImportArgs, now: Instant) -> Result<ExitCode, CliError> {
    let lang = settings.lang();
    let mut catalogue = String::new();
    let (kind, file) = match args.what {
        What::Units(file) => (Kind::Units, file),
        What::Staff(file) => (Kind::Staff, file),
        What::Classes(file) => (Kind::Classes, file),
        What::Students(file) => (Kind::Students, file),
        What::Credits(file) => (Kind::Credits, file),
        What::Entries { catalogue: of, file } => {
            catalogue = of;
            (Kind::Entries, file)
        }
        What::TakeBack { batch } => return take_back(&settings.app().await?, batch, lang, now).await,
        What::List { json } => return list(settings, json).await,
    };
    let effective = match &file.effective {
        None => None,
        Some(text) => Some(parse_day(text).map_err(|error| CliError::Failed(format!("--effective {text}: {error}")))?),
    };
    let bytes =
        std::fs::read(&file.file).map_err(|error| CliError::Failed(format!("{}: {error}", file.file.display())))?;
    let app = settings.app().await?;
    let request = Request {
        kind,
        catalogue,
        file: file.file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default(),
        bytes,
        effective,
        dry_run: file.dry_run,
        accept_good: file.accept_good,
        by: OPERATOR.to_owned(),
        viewer: None,
        upload: None,
    };
    let outcome = import::run(&app, request, now).await?;
    if file.json {
        println!("{}", outcome.json(lang));
    } else {
        print(&outcome, lang);
    }
    // With --accept-good refused rows are no failure; a file that could not be read is one.
    let some_good = outcome.new + outcome.changed + outcome.same > 0;
    let good = outcome.is_good() || (file.accept_good && some_good);
    Ok(if good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn print(outcome: &Outcome, lang: Lang) {
    let say = |zh: String, en: String| println!("{}", if lang == Lang::ZhTw { zh } else { en });
    let source = &outcome.source;
    let sheet = source.sheet.as_deref().map(|sheet| format!(" ({sheet})")).unwrap_or_default();
    say(
        format!("{}：{}，{}{sheet}", outcome.file, source.format, source.encoding),
        format!("{}: {}, {}{sheet}", outcome.file, source.format, source.encoding),
    );
    say(
        format!(
            "{} 列：新增 {}，變更 {}，相同 {}，拒絕 {}",
            outcome.rows,
            outcome.new,
            outcome.changed,
            outcome.same,
            outcome.refused.len()
        ),
        format!(
            "{} row{}: {} new, {} changed, {} the same, {} refused",
            outcome.rows,
            if outcome.rows == 1 { "" } else { "s" },
            outcome.new,
            outcome.changed,
            outcome.same,
            outcome.refused.len()
        ),
    );
    for note in &outcome.warnings {
        say(format!("注意 {}", note_line(note, lang)), format!("warning {}", note_line(note, lang)));
    }
    for note in &outcome.refused {
        say(format!("拒絕 {}", note_line(note, lang)), format!("refused {}", note_line(note, lang)));
    }
    match (outcome.batch, outcome.dry_run) {
        (Some(batch), _) => say(
            format!("已存入，批號 {batch}（撤回：menkan import take-back {batch}）"),
            format!("saved as import {batch} (undo: menkan import take-back {batch})"),
        ),
        (None, true) => say("試跑，沒有存入".to_owned(), "dry run: nothing was saved".to_owned()),
        (None, false) if outcome.is_good() => say("沒有需要存入的".to_owned(), "there was nothing to save".to_owned()),
        (None, false) => say(
            "沒有存入；改好後再匯入，或以 --accept-good 只存正確的列".to_owned(),
            "nothing was saved; mend the file, or save the good rows with --accept-good".to_owned(),
        ),
    }
}

fn note_line(note: &Note, lang: Lang) -> String {
    let mut line = match lang {
        Lang::ZhTw => format!("第 {} 列", note.row),
        Lang::En => format!("row {}", note.row),
    };
    for part in [note.column.as_str(), note.found.as_str()] {
        if !part.is_empty() && part != line {
            line.push_str(" ｜ ");
            line.push_str(part);
        }
    }
    format!("{line} ｜ {}", note.why.get(lang))
}

async fn take_back(app: &App, batch: i64, lang: Lang, now: Instant) -> Result<ExitCode, CliError> {
    match import::take_back(app, batch, OPERATOR, now).await {
        Ok(import) => {
            match lang {
                Lang::ZhTw => println!("已撤回 {batch} 號匯入（{} {}）", import.kind, import.file),
                Lang::En => println!("import {batch} is taken back ({} {})", import.kind, import.file),
            }
            Ok(ExitCode::SUCCESS)
        }
        Err(TakeBackError::Store(error)) => Err(error.into()),
        Err(TakeBackError::Refused(why)) => Err(CliError::Failed(why.get(lang).to_owned())),
        Err(error @ TakeBackError::NotTheirs) => Err(CliError::Failed(error.to_string())),
    }
}

async fn list(settings: &SettingsArgs, json: bool) -> Result<ExitCode, CliError> {
    let db = settings.database().await?;
    for import in imports::list(&mut db.read().await?, 100).await? {
        if json {
            let result: serde_json::Value = serde_json::from_str(&import.result).unwrap_or_default();
            println!(
                "{}",
                serde_json::json!({"batch": import.id, "kind": import.kind, "file": import.file, "by": import.by,
                    "at": import.at, "effective": import.effective, "result": result,
                    "taken_back_at": import.taken_back_at, "taken_back_by": import.taken_back_by})
            );
        } else {
            let taken_back = import.taken_back_at.map(|at| format!("  taken back {at}")).unwrap_or_default();
            println!("{:>8}  {}  {:<8}  {}  {}{taken_back}", import.id, import.at, import.kind, import.file, import.by);
        }
    }
    Ok(ExitCode::SUCCESS)
}
