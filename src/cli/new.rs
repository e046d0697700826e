//! `menkan new`: lays out a small school that checks, runs and can be demonstrated, to be changed
//! into one's own. Its texts stand in `start/` of the source; nothing that is there is touched.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;

use super::{CliError, SettingsArgs};
use crate::definition::is_name;
use crate::lang::Lang;

#[derive(Args)]
pub struct NewArgs {
    /// The new school's name: a lower-case letter, then letters, digits, - and _
    #[arg(value_name = "NAME")]
    new_school: String,
    /// The academic year that it begins with; this one where it is not said
    #[arg(long, value_parser = clap::value_parser!(i32).range(10..=500))]
    year: Option<i32>,
}

macro_rules! start {
    ($($part:literal / $file:literal),* $(,)?) => {
        &[$(($part, $file, include_str!(concat!("../../start/", $part, "/", $file)))),*]
    };
}

/// Part of the folder, file, text.
const FILES: &[(&str, &str, &str)] = start![
    "workflows" / "school.yaml",
    "workflows" / "reading.yaml",
    "workflows" / "report.yaml",
    "workflows" / "windows.yaml",
    "workflows" / "week-16.yaml",
    "workflows" / "demo.yaml",
    "rules" / "thresholds.rhai",
    "rules" / "thresholds.examples.yaml",
    "rules" / "report.rhai",
    "rules" / "report.examples.yaml",
];

/// The ROC calendar, in which the small school counts its years, and the month in which one begins.
const YEAR_OFFSET: i32 = 1911;
const FIRST_MONTH: u32 = 8;

pub fn run(settings: &SettingsArgs, args: NewArgs, now: crate::clock::Instant) -> Result<ExitCode, CliError> {
    let school = &args.new_school;
    if !is_name(school) {
        return Err(CliError::Failed(format!(
            "{school} cannot be a school's name: a lower-case letter, then letters, digits, - and _"
        )));
    }
    let folder = &settings.folder;
    for part in ["workflows", "rules"] {
        let there = folder.join(part).join(school);
        if there.exists() {
            return Err(CliError::Failed(format!("{} is there already; nothing was written", there.display())));
        }
    }
    let begins = args.year.map_or_else(|| begins(now), |year| year + YEAR_OFFSET);
    let mut written = Vec::new();
    for (part, file, text) in FILES {
        let place = folder.join(part).join(school);
        std::fs::create_dir_all(&place)?;
        written.push(write(&place, file, &fitted(text, school, begins))?);
    }
    let default = folder.join("workflows/default");
    if !default.exists() {
        written.push(write(&folder.join("workflows"), "default", &format!("{school}\n"))?);
    }
    for file in &written {
        println!("{}", file.display());
    }
    let folder = if folder == Path::new(".") { String::new() } else { format!(" --folder {}", folder.display()) };
    let next = ["check", "test", "demo"].map(|what| format!("  menkan{folder} {what} --school {school}")).join("\n");
    match settings.lang() {
        Lang::ZhTw => eprintln!("\n接著：\n{next}"),
        Lang::En => eprintln!("\nNext:\n{next}"),
    }
    Ok(ExitCode::SUCCESS)
}

/// The calendar year in which the academic year of a moment begins.
fn begins(now: crate::clock::Instant) -> i32 {
    use chrono::Datelike;
    let day = now.with_timezone(&chrono_tz::Asia::Taipei).date_naive();
    if day.month() >= FIRST_MONTH { day.year() } else { day.year() - 1 }
}

/// A text of `start/` for a school and the academic year that begins in a calendar year. Whoever was
/// admitted in the year FIRST, which FOUNDED began, is in the last of four.
fn fitted(text: &str, school: &str, begins: i32) -> String {
    let year = begins - YEAR_OFFSET;
    let words: [(&str, String); 8] = [
        ("SCHOOL", school.to_owned()),
        ("FIRST", (year - 3).to_string()),
        ("FOUNDED", (begins - 3).to_string()),
        ("BEFORE", (year - 1).to_string()),
        ("YEAR", year.to_string()),
        ("START", (begins - 1).to_string()),
        ("BEGINS", begins.to_string()),
        ("ENDS", (begins + 1).to_string()),
    ];
    words.iter().fold(text.to_owned(), |text, (word, stands)| text.replace(word, stands))
}

fn write(place: &Path, file: &str, text: &str) -> std::io::Result<PathBuf> {
    let file = place.join(file);
    std::fs::OpenOptions::new().write(true).create_new(true).open(&file)?.write_all(text.as_bytes())?;
    Ok(file)
}
