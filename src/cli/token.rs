//! `menkan token`: tokens by which programs use the API as an account.

use std::process::ExitCode;

use clap::{Args, Subcommand};
use serde_json::json;

use super::report::pretty;
use super::table::Table;
use super::{CliError, SettingsArgs};
use crate::app::tokens::{self, DAYS, Scope, TokenError, Wanted};
use crate::clock::Instant;
use crate::store::stored;
use crate::store::tokens::TokenRow;

#[derive(Args)]
pub struct TokenArgs {
    #[command(subcommand)]
    command: TokenCommand,
}

#[derive(Subcommand)]
enum TokenCommand {
    /// Make a token and print it, once
    #[command(after_help = "Example: menkan token create 111211002 --scope cases:read --scope cases:write --days 30")]
    Create {
        /// The account that it acts as
        account: String,
        /// What it may do of what the account may: cases:read, cases:write, files:read, files:write, progress:read,
        /// statistics:read, profile:read
        #[arg(long = "scope", required = true, value_parser = scope)]
        scopes: Vec<Scope>,
        /// How many days it holds, at most a year
        #[arg(long, default_value_t = DAYS)]
        days: u32,
        /// What it is for
        #[arg(long, default_value = "")]
        name: String,
    },
    /// List the tokens, or those of an account; never the tokens themselves
    List {
        account: Option<String>,
        #[arg(long)]
        json: bool,
    },
    /// End a token, by the number that `list` prints
    Revoke { id: String },
}

fn scope(text: &str) -> Result<Scope, String> {
    let known = || Scope::ALL.map(Scope::name).join(", ");
    Scope::parse(text).ok_or_else(|| format!("there are: {}", known()))
}

pub async fn run(args: TokenArgs, settings: &SettingsArgs, now: Instant) -> Result<ExitCode, CliError> {
    let app = settings.app().await?;
    match args.command {
        TokenCommand::Create { account, scopes, days, name } => {
            let wanted = Wanted { account: &account, name: &name, scopes: &scopes, days };
            let created = tokens::create(&app, wanted, now).await.map_err(failed)?;
            println!("{}", created.text);
            let row = created.row;
            eprintln!("{}: {}, {}, until {}", row.id, row.account, row.scopes, row.expires_at);
        }
        TokenCommand::List { account, json } => {
            let rows = crate::store::tokens::list(&mut app.db.read().await?, account.as_deref()).await?;
            if json {
                let rows: Vec<_> = rows.iter().map(|row| one(row, now)).collect();
                print!("{}", pretty(&rows.into()));
            } else {
                print!("{}", table(&rows, now));
            }
        }
        TokenCommand::Revoke { id } => {
            let row = tokens::revoke(&app, &id, now).await.map_err(failed)?;
            eprintln!("{}: {}, revoked", row.id, row.account);
        }
    }
    app.db.close().await;
    Ok(ExitCode::SUCCESS)
}

fn state(row: &TokenRow, now: Instant) -> &'static str {
    match row.revoked_at {
        Some(_) => "revoked",
        None if row.expires_at <= stored(now) => "expired",
        None => "active",
    }
}

fn one(row: &TokenRow, now: Instant) -> serde_json::Value {
    json!({
        "id": row.id,
        "account": row.account,
        "name": row.name,
        "scopes": row.scopes.split(' ').collect::<Vec<_>>(),
        "state": state(row, now),
        "created_at": row.created_at,
        "expires_at": row.expires_at,
        "used_at": row.used_at,
        "revoked_at": row.revoked_at,
    })
}

fn table(rows: &[TokenRow], now: Instant) -> String {
    let mut table = Table::new("lllllll");
    table.row(["id", "account", "state", "expires", "last used", "scopes", "name"].map(str::to_owned));
    for row in rows {
        table.row([
            row.id.clone(),
            row.account.clone(),
            state(row, now).to_owned(),
            row.expires_at.clone(),
            row.used_at.clone().unwrap_or_default(),
            row.scopes.clone(),
            row.name.clone(),
        ]);
    }
    table.print()
}

fn failed(error: TokenError) -> CliError {
    CliError::Failed(error.to_string())
}
