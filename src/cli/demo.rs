//! `menkan demo`: a school to look at, made from the folder's `demo.yaml` in a data folder of its
//! own, and served.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;

use super::{CliError, SettingsArgs};
use crate::app::{App, accounts, notice};
use crate::clock::Instant;
use crate::demo::{self, Demo};
use crate::lang::Lang;

#[derive(Args)]
pub struct DemoArgs {
    /// Make the data and stop
    #[arg(long)]
    no_serve: bool,
    /// Make it anew where it was made before
    #[arg(long)]
    fresh: bool,
    /// Write the data as CSV files, with the commands that import them, and stop
    #[arg(long, value_name = "DIR")]
    csv: Option<PathBuf>,
}

/// Written last: without it what is there is not whole.
const COMPLETE: &str = "demo-complete";

pub async fn run(settings: &SettingsArgs, args: DemoArgs, now: Instant) -> Result<ExitCode, CliError> {
    let mut settings = settings.clone();
    if settings.data == Path::new("data") {
        settings.data = PathBuf::from("data/demo");
    }
    let edition = settings.edition()?;
    let demo = demo::demo(&edition.definition, now).map_err(|error| CliError::Failed(error.to_string()))?;
    if let Some(folder) = &args.csv {
        demo.write(folder)?;
        println!("{}", folder.join("import.sh").display());
        return Ok(ExitCode::SUCCESS);
    }
    let complete = settings.data.join(COMPLETE);
    if args.fresh || !complete.exists() {
        clear(&settings)?;
    }
    let app = settings.app().await?;
    if !complete.exists() {
        make(&app, &demo, now).await?;
        std::fs::write(&complete, format!("{}\n", now.to_rfc3339()))?;
    }
    say(&app, &demo, settings.lang());
    if args.no_serve {
        app.db.close().await;
        return Ok(ExitCode::SUCCESS);
    }
    super::serve::serve(Arc::new(app), &settings.listen).await
}

/// Removes what an earlier, unfinished or unwanted run left in the data folder. A database that
/// was named is not the demonstration's to remove.
fn clear(settings: &SettingsArgs) -> Result<(), CliError> {
    let mut left = vec![settings.data.join(COMPLETE)];
    if settings.database.is_none() {
        left.extend(["menkan.db", "menkan.db-wal", "menkan.db-shm"].map(|name| settings.data.join(name)));
    }
    for file in left {
        match std::fs::remove_file(&file) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
            Ok(()) | Err(_) => {}
        }
    }
    Ok(())
}

async fn make(app: &App, demo: &Demo, now: Instant) -> Result<(), CliError> {
    let failed = |error: &dyn std::fmt::Display| CliError::Failed(format!("the demonstration cannot be made: {error}"));
    demo::fill(app, demo).await.map_err(|error| failed(&error))?;
    for account in &demo.accounts {
        // The school's own language, whatever that of whoever starts it.
        accounts::create(app, &account.account, &account.password, Lang::default(), now)
            .await
            .map_err(|error| failed(&error))?;
    }
    // Only written: the server carries them once it runs.
    for due in &demo.notices {
        notice::send(app, &due.notice, due.at, None).await.map_err(|error| failed(&error))?;
    }
    Ok(())
}

fn say(app: &App, demo: &Demo, lang: Lang) {
    let base = &app.settings.base_url;
    match lang {
        Lang::En => {
            println!("The demonstration is at {base}\nPublished figures: {base}/statistics?as-of={}\n", demo.figures)
        }
        Lang::ZhTw => println!("示範網站在 {base}\n公布的統計：{base}/statistics?as-of={}\n", demo.figures),
    }
    for account in &demo.accounts {
        println!("  {:<28} {:<20} {}", account.account, account.password, account.who.get(lang));
    }
}
