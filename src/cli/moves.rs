//! `menkan table`: who may do what with a case in which state, as a page in Markdown or a picture.

use std::io::Write;
use std::process::ExitCode;

use clap::{Args, ValueEnum};

use super::{CliError, SettingsArgs};
use crate::case::{diagram, table};
use crate::definition;

#[derive(Args)]
pub struct TableArgs {
    /// The case, by its name in the folder
    case: String,
    /// A page in both languages, or the picture in that of --lang
    #[arg(long, value_enum, default_value = "markdown")]
    format: Format,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    Markdown,
    Svg,
}

pub fn run(args: &TableArgs, settings: &SettingsArgs) -> Result<ExitCode, CliError> {
    let school = settings.school()?;
    let definition = definition::load(&settings.folder, &school).map_err(|problems| {
        problems.iter().for_each(|problem| eprintln!("{}", problem.line(settings.lang())));
        CliError::Problems
    })?;
    let Some((_, workflow)) = definition.workflow(&args.case) else {
        let known: Vec<&str> = definition.workflows.iter().map(|workflow| workflow.id.as_str()).collect();
        return Err(CliError::Failed(format!("there is no case {}; there are: {}", args.case, known.join(", "))));
    };
    let text = match args.format {
        Format::Markdown => table::page(&definition, workflow),
        Format::Svg => diagram::file(&definition, workflow, settings.lang()),
    };
    match std::io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error.into()),
        Err(_) | Ok(()) => Ok(ExitCode::SUCCESS),
    }
}
