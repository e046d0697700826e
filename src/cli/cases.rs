//! `menkan cases`: what time does to cases, by hand; the server does it every few minutes.

use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::{CliError, SettingsArgs};
use crate::app::case::time::{self, Run};
use crate::clock::Instant;

#[derive(Args)]
pub struct CasesArgs {
    #[command(subcommand)]
    command: CasesCommand,
}

#[derive(Subcommand)]
enum CasesCommand {
    /// Remind whom cases wait for, and make the moves of time that are due
    Tick {
        /// As if it were this instant: 2026-11-20T01:00:00Z
        #[arg(long)]
        now: Option<Instant>,
        /// Only tell what would be done
        #[arg(long)]
        dry_run: bool,
    },
}

pub async fn run(args: CasesArgs, settings: &SettingsArgs) -> Result<ExitCode, CliError> {
    let CasesCommand::Tick { now, dry_run } = args.command;
    let app = settings.app().await?;
    let run = if dry_run { Run::Dry } else { Run::Do };
    let ticked = time::tick(&app, now.unwrap_or_else(chrono::Utc::now), run)
        .await
        .map_err(|error| CliError::Failed(error.to_string()))?;
    for number in &ticked.reminded {
        println!("{number}\treminder");
    }
    for (number, step) in &ticked.moved {
        println!("{number}\t{step}");
    }
    Ok(ExitCode::SUCCESS)
}
