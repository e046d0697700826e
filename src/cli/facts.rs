//! `menkan facts`: proves that the summed facts are the sums of the credits, or makes them anew.

use std::process::ExitCode;

use clap::Args;

use super::{CliError, SettingsArgs};
use crate::store::facts;

/// Prove the summed facts equal to the credits, student by student
#[derive(Args, Debug)]
pub struct FactsArgs {
    /// Make them anew from the credits first
    #[arg(long)]
    rebuild: bool,
}

pub async fn run(settings: &SettingsArgs, args: FactsArgs) -> Result<ExitCode, CliError> {
    let db = settings.database().await?;
    if args.rebuild {
        let mut conn = db.begin_alone().await?;
        let made = facts::rebuild(&mut conn).await?;
        conn.commit().await?;
        println!("made anew for {made} students");
    }
    let mut differences = 0_u64;
    let compared = facts::prove(&mut db.snapshot().await?, |difference| {
        differences += 1;
        println!("{}: kept `{}`, credits `{}`", difference.student, difference.kept, difference.credits);
    })
    .await?;
    if differences == 0 {
        println!("{compared} students: the summed facts are the sums of their credits");
        Ok(ExitCode::SUCCESS)
    } else {
        eprintln!("{differences} of {compared} students differ; `menkan facts --rebuild` makes them anew");
        Ok(ExitCode::FAILURE)
    }
}
