//! `menkan user`: accounts, for students and staff alike. A student's account is the student
//! number, a member of staff's the one on the staff list.

use std::io::{BufRead, IsTerminal};
use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::{CliError, SettingsArgs};
use crate::app::accounts::{self, AccountError};
use crate::app::password;
use crate::clock::Instant;
use crate::lang::Lang;
use crate::store::access;

#[derive(Args)]
pub struct UserArgs {
    #[command(subcommand)]
    command: UserCommand,
}

#[derive(Subcommand)]
enum UserCommand {
    /// Create an account; the password comes from standard input, or is made and printed once
    Create {
        account: String,
        /// The language of its pages and mails: zh-TW or en; without it pages follow the browser
        #[arg(long)]
        language: Option<String>,
    },
    /// Give an account another password and end its sessions
    Password { account: String },
    /// Disable an account and end its sessions; --undo enables it again
    Disable {
        account: String,
        #[arg(long)]
        undo: bool,
    },
    /// List the accounts
    List,
}

pub async fn run(args: UserArgs, settings: &SettingsArgs, now: Instant) -> Result<ExitCode, CliError> {
    let app = settings.app().await?;
    match args.command {
        UserCommand::Create { account, language } => {
            let unknown = |language: &str| CliError::Failed(format!("the language is zh-TW or en, not `{language}`"));
            let lang = language.map(|language| Lang::parse(&language).ok_or_else(|| unknown(&language))).transpose()?;
            let (password, made) = password()?;
            accounts::create(&app, &account, &password, lang, now).await.map_err(failed)?;
            let today = app.edition.load().definition.school.calendar.today(now);
            let person = access::person(&mut app.db.read().await?, &account, today).await?;
            if person.is_none_or(|person| person.staff_name.is_none() && person.student_name.is_none()) {
                eprintln!(
                    "{account}: no student and no member of staff has this number or account by now; \
                     until one is imported the account sees nothing"
                );
            }
            tell(&account, &password, made);
        }
        UserCommand::Password { account } => {
            let (password, made) = password()?;
            accounts::set_password(&app, &account, &password, now).await.map_err(failed)?;
            tell(&account, &password, made);
        }
        UserCommand::Disable { account, undo } => {
            accounts::set_disabled(&app, &account, !undo, now).await.map_err(failed)?;
            eprintln!("{account}: {}", if undo { "enabled" } else { "disabled" });
        }
        UserCommand::List => {
            let today = app.edition.load().definition.school.calendar.today(now);
            let mut conn = app.db.read().await?;
            for row in crate::store::accounts::list(&mut conn, today).await? {
                let state = if row.disabled { "disabled" } else { "active" };
                println!("{}\t{}\t{state}\t{}", row.account, row.name, row.created_at);
            }
        }
    }
    app.db.close().await;
    Ok(ExitCode::SUCCESS)
}

/// The first line of standard input where it is no terminal and holds one; else a password made here.
fn password() -> Result<(String, bool), CliError> {
    let stdin = std::io::stdin();
    if !stdin.is_terminal() {
        let mut line = String::new();
        stdin.lock().read_line(&mut line)?;
        let line = line.trim_end_matches(['\r', '\n']);
        if !line.is_empty() {
            return Ok((line.to_owned(), false));
        }
    }
    let made = password::generate().map_err(|error| CliError::Failed(error.to_string()))?;
    Ok((made, true))
}

fn tell(account: &str, password: &str, made: bool) {
    if made {
        println!("{account}\t{password}");
    } else {
        eprintln!("{account}: done");
    }
}

fn failed(error: AccountError) -> CliError {
    CliError::Failed(error.to_string())
}
