//! `menkan report`: figures as of a day, as a table, CSV, JSON or a workbook.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand, ValueEnum};
use serde_json::Value;

use super::table::Table;
use super::{CliError, SettingsArgs};
use crate::app::report::{self, By, PassRates, Question, Tally};
use crate::app::{App, csv, sheet};
use crate::clock::{self, Day, Instant};
use crate::definition::Definition;
use crate::lang::Lang;
use crate::render::words;

#[derive(Args)]
pub struct ReportArgs {
    #[command(subcommand)]
    which: Which,
}

#[derive(Subcommand)]
enum Which {
    /// Of the final-year students, how many have passed each requirement and all
    #[command(after_help = "Example: menkan report pass-rates --as-of 2025-12-12 --by college --format csv")]
    PassRates(PassRatesArgs),
}

#[derive(Args)]
struct PassRatesArgs {
    /// The day as of which to count (2025-12-12 or 114/12/12); by default today
    #[arg(long)]
    as_of: Option<String>,
    /// What a row is
    #[arg(long, value_enum, default_value = "department")]
    by: ByArg,
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
    /// Write to this file instead of standard output
    #[arg(long)]
    output: Option<PathBuf>,
}

#[derive(Clone, Copy, ValueEnum)]
enum ByArg {
    Department,
    College,
    Class,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Table,
    Csv,
    Json,
    Xlsx,
}

pub async fn run(args: ReportArgs, settings: &SettingsArgs, now: Instant) -> Result<ExitCode, CliError> {
    let Which::PassRates(args) = args.which;
    let app = settings.app().await?;
    let edition = app.edition.load_full();
    let day = day(&app, args.as_of.as_deref(), now)?;
    let by = match args.by {
        ByArg::Department => By::Department,
        ByArg::College => By::College,
        ByArg::Class => By::Class,
    };
    let mut conn = app.db.snapshot().await?;
    let rates = report::pass_rates(&mut conn, &edition, &Question::whole(day, by)).await?;
    let (definition, lang) = (&edition.definition, settings.lang());
    let bytes = match args.format {
        Format::Table => table(definition, &rates, lang).into_bytes(),
        Format::Csv => csv::pass_rates(definition, &rates, lang, &|key| words().say(lang, key)),
        Format::Json => pretty(&report::as_json(definition, &rates)).into_bytes(),
        Format::Xlsx => sheet::pass_rates(definition, &rates, lang, &|key| words().say(lang, key))
            .map_err(|error| CliError::Failed(error.to_string()))?,
    };
    match args.output {
        Some(file) => {
            std::fs::write(&file, bytes).map_err(|error| CliError::Failed(format!("{}: {error}", file.display())))?
        }
        None if args.format == Format::Xlsx && std::io::IsTerminal::is_terminal(&std::io::stdout()) => {
            return Err(CliError::Failed("a workbook is no text; name a file with --output".to_owned()));
        }
        None => std::io::stdout().write_all(&bytes)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// The day a command asks for, or today where the school stands.
pub(super) fn day(app: &App, text: Option<&str>, now: Instant) -> Result<Day, CliError> {
    match text {
        None => Ok(app.edition.load().definition.school.calendar.today(now)),
        Some(text) => clock::parse_day(text).map_err(|error| CliError::Failed(format!("--as-of {text}: {error}"))),
    }
}

pub(super) fn pretty(value: &Value) -> String {
    let mut text = serde_json::to_string_pretty(value).unwrap_or_default();
    text.push('\n');
    text
}

fn table(definition: &Definition, rates: &PassRates, lang: Lang) -> String {
    let say = |key: &str| words().say(lang, key);
    let mut table = Table::new(match rates.by {
        By::College => "l",
        By::Department => "ll",
        By::Class => "lll",
    });
    let places = ["college", "department", "class"].into_iter().take(rates.by.places().into());
    let mut head: Vec<String> = places.map(|key| say(&format!("figure-{key}"))).collect();
    head.push(say("figure-final-year-students"));
    for requirement in rates.requirements(definition) {
        head.extend([requirement.short.get(lang).to_owned(), "%".to_owned()]);
    }
    head.extend([say("figure-all-requirements"), "%".to_owned()]);
    table.row(head);
    let figures = |tally: &Tally| {
        let shares = tally.requirements.iter().chain([&tally.all]);
        let shares = shares.flat_map(|share| [share.passed.to_string(), share.rate().fixed()]);
        [tally.students.to_string()].into_iter().chain(shares).collect::<Vec<_>>()
    };
    for row in &rates.rows {
        table.row(row.place(rates.by).map(str::to_owned).chain(figures(&row.tally)));
    }
    let blank = std::iter::repeat_n(String::new(), usize::from(rates.by.places()) - 1);
    table.row([say("figure-total")].into_iter().chain(blank).chain(figures(&rates.total)));
    format!("{} {}\n\n{}", say("figure-as-of"), rates.as_of, table.print())
}
