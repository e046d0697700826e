//! `menkan notice`: sends a notice now, or rehearses it; lists when notices are due.

use std::process::ExitCode;

use chrono::Utc;
use clap::{Args, Subcommand};

use super::mail::{carry, print_carried};
use super::{CliError, SettingsArgs};
use crate::app::OPERATOR;
use crate::app::notice::{self, NoticeError, Sending};
use crate::clock::{Calendar, Instant, parse_day};
use crate::definition::Due;
use crate::lang::Lang;
use crate::schedule;
use crate::store::outbox;

#[derive(Args)]
pub struct NoticeArgs {
    #[command(subcommand)]
    command: NoticeCommand,
}

#[derive(Subcommand)]
enum NoticeCommand {
    /// Write a notice's letters into the outbox and deliver them; who was told is not told again
    Send(SendArgs),
    /// When each notice is due next
    List {
        /// As if it were this instant
        #[arg(long)]
        now: Option<String>,
        #[arg(long)]
        json: bool,
    },
}

#[derive(Args)]
struct SendArgs {
    /// The notice, as the school's folder names it
    name: String,
    /// As if it were this instant: 2025-10-31T09:00:00+08:00, or a day of the school's
    #[arg(long)]
    now: Option<String>,
    /// Show whom it would go to and what it would say, and change nothing
    #[arg(long)]
    dry_run: bool,
    #[arg(long)]
    json: bool,
    /// The most mails that may be accepted and not yet recorded as sent: what may go twice (the
    /// same bytes) when this process is killed
    #[arg(long, default_value_t = 32)]
    in_flight: usize,
}

pub async fn run(settings: &SettingsArgs, args: NoticeArgs) -> Result<ExitCode, CliError> {
    match args.command {
        NoticeCommand::Send(args) => send(settings, args).await,
        NoticeCommand::List { now, json } => list(settings, now.as_deref(), json),
    }
}

async fn send(settings: &SettingsArgs, args: SendArgs) -> Result<ExitCode, CliError> {
    let app = settings.app().await?;
    let calendar = app.edition.load().definition.school.calendar.clone();
    let now = instant(&calendar, args.now.as_deref())?;
    if args.dry_run {
        let sending = notice::prepare(&app, &args.name, now).await?.sending;
        print_sending(&sending, args.json, true, settings.lang())?;
        return Ok(verdict(&sending));
    }
    // Without a slot it is never left to another.
    let Some(mut sending) = notice::send(&app, &args.name, now, None, OPERATOR).await? else {
        return Ok(ExitCode::SUCCESS);
    };
    for letter in &mut sending.letters {
        letter.sample = None;
    }
    print_sending(&sending, args.json, false, settings.lang())?;
    let mut carried = carry(&app, args.in_flight).await?;
    // A running server may have carried some, or all.
    let came_to = outbox::counts_of(&mut app.db.read().await?, &sending.notice, &sending.occasion).await?;
    let number = |count: i64| u64::try_from(count).unwrap_or_default();
    carried.sent = number(came_to.sent);
    carried.refused = number(came_to.dead);
    carried.cancelled = number(came_to.cancelled);
    print_carried(&app, &carried, settings.lang()).await?;
    app.db.close().await;
    Ok(verdict(&sending))
}

fn verdict(sending: &Sending) -> ExitCode {
    if sending.letters.iter().any(|letter| !letter.failed.is_empty()) { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

fn print_sending(sending: &Sending, json: bool, dry: bool, lang: Lang) -> Result<(), CliError> {
    if json {
        let text = serde_json::to_string_pretty(sending).map_err(|error| CliError::Failed(error.to_string()))?;
        println!("{text}");
        return Ok(());
    }
    let Sending { notice, occasion, as_of, letters } = sending;
    match (lang, dry) {
        (Lang::En, true) => println!("{notice} ({occasion}), as of {as_of}: a rehearsal, nothing is written"),
        (Lang::En, false) => println!("{notice} ({occasion}), as of {as_of}"),
        (Lang::ZhTw, true) => println!("{notice}（{occasion}），結算至 {as_of}：預演，不寫入任何資料"),
        (Lang::ZhTw, false) => println!("{notice}（{occasion}），結算至 {as_of}"),
    }
    for letter in letters {
        let (new, told) = (letter.new, letter.already_told);
        let (none, refused) = (letter.no_address.len(), letter.refused_address.len());
        match lang {
            Lang::En => println!(
                "  {:<14} {new:>6} new  {told:>6} already told  {none:>4} without address  {refused:>4} refused address",
                letter.letter
            ),
            Lang::ZhTw => println!(
                "  {:<14} 新寄 {new:>6}  已通知過 {told:>6}  無信箱 {none:>4}  信箱不可寄 {refused:>4}",
                letter.letter
            ),
        }
        for (person, why) in &letter.failed {
            eprintln!("  {}: {person}: {why}", letter.letter);
        }
        if let (true, Some(sample)) = (dry, &letter.sample) {
            println!("    -> {}\n    {}", sample.to, sample.subject);
            for line in sample.text.lines().take(12) {
                println!("    | {line}");
            }
        }
    }
    Ok(())
}

fn list(settings: &SettingsArgs, now: Option<&str>, json: bool) -> Result<ExitCode, CliError> {
    let edition = settings.edition()?;
    let calendar = &edition.definition.school.calendar;
    let now = instant(calendar, now)?;
    let mut all = Vec::new();
    for notice in &edition.definition.notices {
        let next = schedule::next_due(calendar, notice, now);
        let local = next.map(|next| next.with_timezone(&calendar.zone).format("%Y-%m-%d %H:%M").to_string());
        if json {
            all.push(serde_json::json!({
                "notice": notice.id, "title": notice.title.get(settings.lang()), "next": next, "local": local,
            }));
            continue;
        }
        let when = match (&local, &notice.due, settings.lang()) {
            (Some(local), _, _) => local.as_str(),
            (None, Due::ByHand, Lang::En) => "by hand",
            (None, Due::ByHand, Lang::ZhTw) => "由人寄發",
            (None, _, Lang::En) => "not within two years: is the term's first day of classes in the calendar?",
            (None, _, Lang::ZhTw) => "兩年內沒有：行事曆裡有那一學期的開學日嗎？",
        };
        println!("{:<14} {when}  {}", notice.id, notice.title.get(settings.lang()));
    }
    if json {
        println!("{}", serde_json::Value::from(all));
    }
    Ok(ExitCode::SUCCESS)
}

/// The instant that is meant: with a zone, or a day or a day and hour of the school's; else now.
pub(super) fn instant(calendar: &Calendar, text: Option<&str>) -> Result<Instant, CliError> {
    let Some(text) = text else { return Ok(Utc::now()) };
    if let Ok(instant) = chrono::DateTime::parse_from_rfc3339(text) {
        return Ok(instant.to_utc());
    }
    let (day, time) = text.split_once(['T', ' ']).unwrap_or((text, "00:00"));
    let time = chrono::NaiveTime::parse_from_str(time, "%H:%M:%S")
        .or_else(|_| chrono::NaiveTime::parse_from_str(time, "%H:%M"));
    match (parse_day(day), time) {
        (Ok(day), Ok(time)) => Ok(calendar.instant(day, time)),
        _ => Err(CliError::Failed(format!(
            "--now {text}: write it like 2025-10-31T09:00:00+08:00, 2025-10-31 09:00 or 2025-10-31"
        ))),
    }
}

impl From<NoticeError> for CliError {
    fn from(error: NoticeError) -> CliError {
        CliError::Failed(error.to_string())
    }
}
