//! `menkan mail`: what is in the outbox; carries it now; has refused mails tried again.

use std::process::ExitCode;
use std::time::Duration;

use chrono::Utc;
use clap::{Args, Subcommand};
use tokio::sync::watch;
use tokio::time::sleep;

use super::{CliError, SettingsArgs};
use crate::app::deliver::{Delivered, Delivery, deliver};
use crate::app::notice;
use crate::app::{App, OPERATOR};
use crate::lang::Lang;
use crate::store::{audit, from_stored, outbox, stored};

/// How long a command waits for mails that are due again soon, or in another's hands.
const LINGER: Duration = Duration::from_secs(20);

#[derive(Args)]
pub struct MailArgs {
    #[command(subcommand)]
    command: MailCommand,
}

#[derive(Subcommand)]
enum MailCommand {
    /// How much mail is in which state, and the latest mails
    List {
        /// Only mails in this state: queued, leased, sent, dead, cancelled
        #[arg(long, default_value = "")]
        state: String,
        #[arg(long, default_value_t = 20)]
        most: i64,
        #[arg(long)]
        json: bool,
    },
    /// Deliver what waits
    Send {
        /// The most mails that may be accepted and not yet recorded as sent
        #[arg(long, default_value_t = 32)]
        in_flight: usize,
    },
    /// Try refused mails again: one by its number, or all
    Retry { id: Option<i64> },
}

pub async fn run(settings: &SettingsArgs, args: MailArgs) -> Result<ExitCode, CliError> {
    match args.command {
        MailCommand::List { state, most, json } => list(settings, &state, most, json).await,
        MailCommand::Send { in_flight } => {
            let app = settings.app().await?;
            let carried = carry(&app, in_flight).await?;
            print_carried(&app, &carried, settings.lang()).await?;
            app.db.close().await;
            Ok(ExitCode::SUCCESS)
        }
        MailCommand::Retry { id } => {
            let app = settings.app().await?;
            let mut tx = app.db.begin().await?;
            let number = outbox::requeue_dead(&mut tx, id).await?;
            if number > 0 {
                let detail = serde_json::json!({ "mail": id, "letters": number }).to_string();
                let at = stored(chrono::Utc::now());
                audit::add(&mut tx, &app.chain, &at, OPERATOR, "mail retry", &detail).await?;
            }
            tx.commit().await?;
            match settings.lang() {
                Lang::En => println!("{number} to be tried again; the server does it, or: menkan mail send"),
                Lang::ZhTw => println!("{number} 封將重新寄送；由執行中的伺服器寄出，或執行 menkan mail send"),
            }
            Ok(ExitCode::SUCCESS)
        }
    }
}

async fn list(settings: &SettingsArgs, state: &str, most: i64, json: bool) -> Result<ExitCode, CliError> {
    let db = settings.database().await?;
    let mut conn = db.read().await?;
    let counts = outbox::counts(&mut conn).await?;
    let mails = outbox::list(&mut conn, state, None, most).await?;
    if json {
        println!("{}", serde_json::json!({ "counts": counts, "mails": mails }));
        return Ok(ExitCode::SUCCESS);
    }
    print_counts(&counts, settings.lang());
    for mail in mails {
        println!("{:>8} {:<9} {:<32} {}", mail.id, mail.state, mail.recipient, mail.subject);
        if !mail.last_error.is_empty() {
            println!("         {}", mail.last_error);
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Delivers until nothing waits that could go now. A mail that is due again in a few seconds, or
/// that a worker held which is gone, is waited for.
pub(super) async fn carry(app: &App, in_flight: usize) -> Result<Delivered, CliError> {
    let mut delivery = Delivery::of(app).map_err(|error| CliError::Failed(error.to_string()))?;
    delivery.unconfirmed = in_flight.max(1);
    delivery.connections = delivery.connections.min(delivery.unconfirmed);
    let calendar = app.edition.load().definition.school.calendar.clone();
    let (asked_to_stop, stop) = watch::channel(false);
    tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            let _ = asked_to_stop.send(true);
        }
    });
    let mut all = Delivered::default();
    let until = tokio::time::Instant::now() + LINGER;
    loop {
        let one = deliver(&app.db, &delivery, &calendar, &Utc::now, &stop).await?;
        all.sent += one.sent;
        all.retry = one.retry;
        all.refused += one.refused;
        all.cancelled += one.cancelled;
        all.unreachable = one.unreachable;
        if notice::undelivered::tell(app, Utc::now()).await? > 0 {
            continue;
        }
        let mut conn = app.db.read().await?;
        let Some(next) = outbox::next_due(&mut conn).await? else { return Ok(all) };
        drop(conn);
        let soon = from_stored(&next).is_none_or(|next| next - Utc::now() < chrono::Duration::seconds(15));
        if all.unreachable.is_some() || !soon || *stop.borrow() || tokio::time::Instant::now() > until {
            return Ok(all);
        }
        sleep(Duration::from_millis(500)).await;
    }
}

/// What was carried, and what still waits and why, on standard error: it is no command's result.
pub(super) async fn print_carried(app: &App, carried: &Delivered, lang: Lang) -> Result<(), CliError> {
    let Delivered { sent, refused, cancelled, unreachable, .. } = carried;
    match lang {
        Lang::En => eprintln!("delivered {sent}, refused {refused}, cancelled {cancelled}"),
        Lang::ZhTw => eprintln!("已寄出 {sent}，遭拒 {refused}，取消 {cancelled}"),
    }
    let counts = outbox::counts(&mut app.db.read().await?).await?;
    let waiting = counts.waiting;
    match (unreachable, lang) {
        (Some(why), Lang::En) => eprintln!("{waiting} wait; nothing is lost: the mail server can't be reached: {why}"),
        (Some(why), Lang::ZhTw) => eprintln!("{waiting} 封等候中，不會遺失：連不上郵件伺服器：{why}"),
        (None, Lang::En) if waiting > 0 => eprintln!("{waiting} wait to be tried again; the running server does it"),
        (None, Lang::ZhTw) if waiting > 0 => eprintln!("{waiting} 封稍後再試，由執行中的伺服器寄出"),
        (None, _) => {}
    }
    match lang {
        _ if counts.dead == 0 => {}
        Lang::En => eprintln!("{} refused for good: see menkan mail list --state dead", counts.dead),
        Lang::ZhTw => eprintln!("{} 封遭永久拒收：請看 menkan mail list --state dead", counts.dead),
    }
    Ok(())
}

fn print_counts(counts: &outbox::Counts, lang: Lang) {
    let outbox::Counts { waiting, sent, dead, cancelled, .. } = counts;
    match lang {
        Lang::En => println!("{waiting} waiting, {sent} sent, {dead} refused, {cancelled} cancelled"),
        Lang::ZhTw => println!("等候 {waiting}，已寄出 {sent}，遭拒 {dead}，取消 {cancelled}"),
    }
}
