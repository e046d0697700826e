//! `menkan audit`: whether the audit log is what was written, and its head, to be kept elsewhere.

use std::process::ExitCode;

use clap::{Args, Subcommand};
use serde_json::json;

use super::{CliError, SettingsArgs};
use crate::lang::Lang;
use crate::seal::Chain;
use crate::store::audit::{self, Fault, Head, PURPOSE};

#[derive(Args)]
pub struct AuditArgs {
    #[command(subcommand)]
    command: AuditCommand,
}

#[derive(Subcommand)]
enum AuditCommand {
    /// Look at every row; name the first that does not fit
    Verify {
        /// Begin with this row
        #[arg(long, default_value_t = 1)]
        from: i64,
        /// What `menkan audit head` printed earlier, kept elsewhere
        #[arg(long, value_parser = parse_head)]
        head: Option<Head>,
        /// Print the outcome as JSON
        #[arg(long)]
        json: bool,
    },
    /// Print how many rows there are and the last one's hash, to be kept where the database is not
    Head,
}

fn parse_head(text: &str) -> Result<Head, String> {
    let parsed = text.trim().split_once(':').and_then(|(seq, hash)| Some((seq.parse::<i64>().ok()?, hash)));
    match parsed {
        Some((seq, hash)) if seq >= 0 => Ok(Head { seq, hash: hash.to_owned() }),
        _ => Err("must be NUMBER:HASH, as `menkan audit head` prints it".to_owned()),
    }
}

pub async fn run(args: AuditArgs, settings: &SettingsArgs) -> Result<ExitCode, CliError> {
    let db = settings.database().await?;
    match args.command {
        AuditCommand::Head => {
            let head = audit::head(&mut db.read().await?).await?;
            println!("{}:{}", head.seq, head.hash);
            Ok(ExitCode::SUCCESS)
        }
        AuditCommand::Verify { from, head, json } => {
            let chain = Chain::new(&settings.settings()?.secret, PURPOSE);
            let verified = audit::verify(&mut db.snapshot().await?, &chain, from, head.as_ref()).await?;
            let said = verified.fault.map(|fault| say(fault, settings.lang()));
            if json {
                let fault = verified.fault.map(|fault| {
                    let (kind, row) = named(fault);
                    json!({"kind": kind, "row": row})
                });
                println!("{}", json!({"rows": verified.rows, "head": verified.head.seq, "fault": fault}));
            } else if let Some(said) = &said {
                println!("{said}");
            } else {
                println!("{}", fits(verified.rows, settings.lang()));
            }
            Ok(if said.is_none() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
        }
    }
}

fn named(fault: Fault) -> (&'static str, i64) {
    match fault {
        Fault::Altered(row) => ("altered", row),
        Fault::Missing(row) => ("missing", row),
        Fault::Unknown(row) => ("unknown", row),
        Fault::Head(row) => ("head", row),
        Fault::KeptHead(row) => ("kept-head", row),
    }
}

fn fits(rows: i64, lang: Lang) -> String {
    match lang {
        Lang::ZhTw => format!("{rows} 列，前後相符"),
        Lang::En => format!("{rows} rows, and they fit"),
    }
}

fn say(fault: Fault, lang: Lang) -> String {
    match (lang, fault) {
        (Lang::ZhTw, Fault::Altered(row)) => format!("第 {row} 列不是當初寫下的內容，或不在原來的位置"),
        (Lang::En, Fault::Altered(row)) => format!("row {row} is not what was written, or not where it was"),
        (Lang::ZhTw, Fault::Missing(row)) => format!("第 {row} 列不見了"),
        (Lang::En, Fault::Missing(row)) => format!("row {row} is missing"),
        (Lang::ZhTw, Fault::Unknown(row)) => format!("第 {row} 列不是系統寫下的"),
        (Lang::En, Fault::Unknown(row)) => format!("row {row} was not written by the program"),
        (Lang::ZhTw, Fault::Head(row)) => format!("各列相符，但與記錄的總數（{row}）不符"),
        (Lang::En, Fault::Head(row)) => format!("the rows fit each other, and the count of them ({row}) was changed"),
        (Lang::ZhTw, Fault::KeptHead(row)) => format!("第 {row} 列與另外保存的不同：紀錄被整個重寫過"),
        (Lang::En, Fault::KeptHead(row)) => {
            format!("row {row} is not the one that was kept elsewhere: the log was written anew")
        }
    }
}
