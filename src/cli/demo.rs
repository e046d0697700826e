//! `menkan demo`: a school to look at, made from the folder's `demo.yaml` in a data folder of its
//! own, and served.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;

use super::settings::make_private;
use super::{CliError, SettingsArgs};
use crate::app::OPERATOR;
use crate::app::accounts;
use crate::app::{App, notice};
use crate::clock::{Day, Instant};
use crate::demo::{self, Demo};
use crate::lang::Lang;
use crate::store::people;

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

/// Stands in the data folder: says that what is there is the demonstration's, whether it is whole, of
/// which school, and on which day it was made.
const STATE: &str = "demo-state";
const COMPLETE: &str = "complete";

/// The day on which the demonstration in a data folder was made, where there is one.
pub(super) fn made_on(data: &Path) -> Option<Day> {
    std::fs::read_to_string(data.join(STATE)).ok()?.split_whitespace().nth(2)?.parse().ok()
}

pub async fn run(settings: &SettingsArgs, args: DemoArgs, now: Instant) -> Result<ExitCode, CliError> {
    let mut settings = settings.of_server();
    let school = settings.school()?;
    if settings.data == Path::new("data") {
        // Each school has its own; that of the folder's default school is plain.
        let plain = settings.school.is_none() || settings.default_school().is_ok_and(|default| default == school);
        settings.data = if plain { PathBuf::from("data/demo") } else { PathBuf::from(format!("data/demo-{school}")) };
    }
    let edition = settings.edition()?;
    let demo = demo::demo(&edition.definition, now).map_err(|error| CliError::Failed(error.to_string()))?;
    if let Some(folder) = &args.csv {
        demo.write(folder)?;
        println!("{}", folder.join("import.sh").display());
        return Ok(ExitCode::SUCCESS);
    }
    let today = edition.definition.school.calendar.today(now);
    let state = settings.data.join(STATE);
    let made = std::fs::read_to_string(&state).unwrap_or_default();
    let mut words = made.split_whitespace();
    let (begun, of) = (words.next().unwrap_or_default(), words.next().unwrap_or(&school));
    if of != school && !args.fresh {
        return Err(CliError::Failed(format!(
            "{} holds the demonstration of {of}; name another folder with --data, or make it anew with --fresh",
            settings.data.display()
        )));
    }
    let whole = begun == COMPLETE;
    let make = args.fresh || !whole;
    if make {
        clear(&settings, &state, &format!("{school} {today}"))?;
    }
    let app = Arc::new(settings.app().await?);
    if make {
        fill(&app, &demo, now).await?;
    }
    say(&app, &demo, settings.lang(), args.no_serve);
    let mails = later(app.clone(), demo, now);
    let finished = async move {
        if make {
            mails.await?;
            std::fs::write(&state, format!("{COMPLETE} {school} {today}\n"))?;
        }
        Ok::<(), CliError>(())
    };
    if args.no_serve {
        finished.await?;
        app.db.close().await;
        return Ok(ExitCode::SUCCESS);
    }
    // Nobody waits for the mails: they are written while the server already answers.
    tokio::spawn(async move {
        if let Err(error) = finished.await {
            eprintln!("menkan: {error}");
        }
    });
    super::serve::serve(app, &settings).await
}

/// Makes room in the data folder. What the demonstration did not make is not its to remove.
fn clear(settings: &SettingsArgs, state: &Path, of: &str) -> Result<(), CliError> {
    let database = settings.data.join("menkan.db");
    if database.exists() && !state.exists() {
        return Err(CliError::Failed(format!(
            "{} is not the demonstration's; name another folder with --data",
            database.display()
        )));
    }
    make_private(&settings.data)?;
    std::fs::write(state, format!("begun {of}\n"))?;
    if settings.database.is_none() {
        for name in ["menkan.db", "menkan.db-wal", "menkan.db-shm"] {
            match std::fs::remove_file(settings.data.join(name)) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
                Ok(()) | Err(_) => {}
            }
        }
    }
    Ok(())
}

async fn fill(app: &App, demo: &Demo, now: Instant) -> Result<(), CliError> {
    if !people::units(&mut app.db.read().await?).await?.is_empty() {
        return Err(CliError::Failed(
            "the database holds records already; the demonstration needs an empty one".into(),
        ));
    }
    let accounts = async {
        for account in &demo.accounts {
            // The school's own language, whatever that of whoever starts it.
            let created = accounts::create(app, &account.account, &account.password, None, now).await;
            created.map_err(|error| failed(&format!("{}: {error}", account.account)))?;
        }
        Ok::<(), CliError>(())
    };
    // Hashing passwords takes a processor, importing the other.
    let (filled, created) = tokio::join!(demo::fill(app, demo), accounts);
    filled.map_err(|error| failed(&error))?;
    created
}

/// Writes the mails of past notices, which the server carries, and brings cases to where they stand.
async fn later(app: Arc<App>, demo: Demo, now: Instant) -> Result<(), CliError> {
    demo::fill_cases(&app, &demo, now).await.map_err(|error| failed(&error))?;
    for due in &demo.notices {
        notice::send(&app, &due.notice, due.at, None, OPERATOR).await.map_err(|error| failed(&error))?;
    }
    Ok(())
}

fn failed(error: &dyn std::fmt::Display) -> CliError {
    CliError::Failed(format!("the demonstration cannot be made: {error}"))
}

fn say(app: &App, demo: &Demo, lang: Lang, no_serve: bool) {
    let base = &app.settings.base_url;
    match lang {
        // Nobody serves it: where it would be is not said.
        Lang::En if no_serve => println!("The demonstration is made; `menkan serve` shows it. Accounts:\n"),
        Lang::ZhTw if no_serve => println!("示範資料已建立，以 menkan serve 提供網站。帳號：\n"),
        Lang::En => println!("The demonstration is at {base}\n"),
        Lang::ZhTw => println!("示範網站在 {base}\n"),
    }
    if let Some(day) = demo.figures.filter(|_| !no_serve) {
        let (who, page) = (&demo.importer, format!("{base}/statistics?as-of={day}"));
        match lang {
            Lang::En => println!("Published figures, signed in as {who}: {page}\n"),
            Lang::ZhTw => println!("公布的統計（以 {who} 登入）：{page}\n"),
        }
    }
    for account in &demo.accounts {
        println!("  {:<28} {:<20} {}", account.account, account.password, account.who.get(lang));
    }
}
