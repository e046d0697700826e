//! What the running server does by itself: sends the notices that fall due, each moment once
//! whoever asks first, and carries the outbox to the mail server.
//!
//! After a standstill, what fell due is caught up for three days, and of a notice only its latest
//! moment; older ones are written down as missed, and logged. A notice is not sent for moments
//! before the scheduler first saw it, and a clock that goes back sends nothing again.

use std::sync::Arc;
use std::time::Duration;

use chrono::Utc;
use tokio::sync::watch;
use tokio::time::timeout;

use crate::app::SCHEDULE;
pub use crate::app::notice::due::{due_between, next_due};

use crate::app::App;
use crate::app::case::time;
use crate::app::deliver::{Delivery, deliver};
use crate::app::files;
use crate::app::notice::{self, NoticeError, Sending};
use crate::clock::Instant;
use crate::store::slots::{self as taken, Taken};
use crate::store::{from_stored, stored};

/// How long after its moment a notice is still sent.
pub const CATCH_UP: chrono::Duration = chrono::Duration::days(3);
const TICK: Duration = Duration::from_secs(20);
/// How often cases are looked at for which time is over.
const CASES: Duration = Duration::from_secs(5 * 60);
const SWEEP: Duration = Duration::from_secs(60 * 60);
/// How soon new mail is seen.
const POLL: Duration = Duration::from_secs(1);
/// The longest wait between tries to reach a mail server that is down.
const LONGEST_WAIT: Duration = Duration::from_secs(20);

/// What a tick did.
#[derive(Clone, Debug, Default)]
pub struct Ticked {
    pub sent: Vec<Sending>,
    /// (notice, moment) written down as missed by this tick.
    pub missed: Vec<(String, Instant)>,
}

/// Sends what fell due by `now` and was not taken yet.
pub async fn tick(app: &App, now: Instant) -> Result<Ticked, NoticeError> {
    let edition = app.edition.load_full();
    let calendar = &edition.definition.school.calendar;
    let mut ticked = Ticked::default();
    for notice in &edition.definition.notices {
        let mut conn = app.db.read().await?;
        let Some(since) = taken::known_since(&mut conn, &notice.id).await?.and_then(|since| from_stored(&since)) else {
            drop(conn);
            let mut tx = app.db.begin().await?;
            taken::know(&mut tx, &notice.id, now).await?;
            tx.commit().await?;
            continue;
        };
        let before: Vec<String> =
            taken::taken(&mut conn, &notice.id).await?.into_iter().map(|(slot, _)| slot).collect();
        drop(conn);
        let due = due_between(calendar, notice, since, now);
        let mut open: Vec<Instant> = due.into_iter().filter(|slot| !before.contains(&stored(*slot))).collect();
        let latest = open.pop_if(|slot| now - *slot <= CATCH_UP);
        for slot in miss(app, &notice.id, &open, now).await? {
            ticked.missed.push((notice.id.clone(), slot));
        }
        if let Some(slot) = latest
            && let Some(sending) = notice::send(app, &notice.id, now, Some(slot), SCHEDULE).await?
        {
            ticked.sent.push(sending);
        }
    }
    Ok(ticked)
}

/// Writes moments down as missed; those that no other did first.
async fn miss(app: &App, notice: &str, slots: &[Instant], now: Instant) -> Result<Vec<Instant>, NoticeError> {
    let mut missed = Vec::new();
    if slots.is_empty() {
        return Ok(missed);
    }
    let mut tx = app.db.begin().await?;
    for slot in slots {
        if taken::take(&mut tx, notice, *slot, Taken::Missed, now).await? {
            missed.push(*slot);
        }
    }
    tx.commit().await?;
    for slot in &missed {
        tracing::warn!(notice, slot = %slot, "a notice was due and was not sent: it is too late now");
    }
    Ok(missed)
}

/// Runs all of it until `stop` turns true.
pub async fn run(app: Arc<App>, stop: watch::Receiver<bool>) {
    tokio::join!(
        notices(&app, stop.clone()),
        cases(&app, stop.clone()),
        carrying(&app, stop.clone()),
        sweeping(&app, stop)
    );
}

/// Deletes files that nothing needs any more, and forgets which forms were answered long ago, from the server's start on.
async fn sweeping(app: &App, mut stop: watch::Receiver<bool>) {
    loop {
        match files::sweep(app, Utc::now()).await {
            Ok(0) => {}
            Ok(deleted) => tracing::info!(deleted, "files that nothing needs were deleted"),
            Err(error) => tracing::error!(%error, "files that nothing needs could not be deleted"),
        }
        if let Err(error) = time::forget(app, Utc::now()).await {
            tracing::error!(%error, "forms that were answered long ago could not be forgotten");
        }
        if pause(SWEEP, &mut stop).await {
            return;
        }
    }
}

/// Reminds of cases and makes the moves of time, from the server's start on.
async fn cases(app: &App, mut stop: watch::Receiver<bool>) {
    loop {
        match time::tick(app, Utc::now(), time::Run::Do).await {
            Ok(ticked) if ticked.reminded.is_empty() && ticked.moved.is_empty() && ticked.dates == 0 => {}
            Ok(ticked) => {
                let (reminded, moved) = (ticked.reminded.len(), ticked.moved.len());
                tracing::info!(reminded, moved, dates = ticked.dates, "time acted on cases");
            }
            Err(error) => tracing::error!(%error, "time could not act on cases"),
        }
        if pause(CASES, &mut stop).await {
            return;
        }
    }
}

async fn notices(app: &App, mut stop: watch::Receiver<bool>) {
    loop {
        match tick(app, Utc::now()).await {
            Ok(ticked) => {
                for sending in &ticked.sent {
                    let new: u64 = sending.letters.iter().map(|letter| letter.new).sum();
                    tracing::info!(notice = sending.notice, occasion = sending.occasion, new, "a notice was sent");
                }
            }
            // The moment stays open: the next tick tries again.
            Err(error) => tracing::error!(%error, "a notice that is due could not be sent"),
        }
        if pause(TICK, &mut stop).await {
            return;
        }
    }
}

async fn carrying(app: &App, mut stop: watch::Receiver<bool>) {
    let delivery = match Delivery::of(app) {
        Ok(delivery) => delivery,
        Err(error) => {
            tracing::error!(%error, "mail waits: the settings name no server that can be used");
            return;
        }
    };
    let mut failures = 0u32;
    loop {
        let calendar = app.edition.load_full().definition.school.calendar.clone();
        let wait = match deliver(&app.db, &delivery, &calendar, &Utc::now, &stop).await {
            Ok(delivered) if !told(app).await => {
                failures += u32::from(delivered.unreachable.is_some());
                LONGEST_WAIT
            }
            Ok(delivered) => match delivered.unreachable {
                None => {
                    failures = 0;
                    POLL
                }
                Some(why) => {
                    if failures == 0 {
                        tracing::warn!(why, "mail waits: the server can't be reached");
                    }
                    failures += 1;
                    LONGEST_WAIT.min(POLL * 2u32.saturating_pow(failures.min(10)))
                }
            },
            Err(error) => {
                tracing::error!(%error, "mail waits: the outbox can't be read");
                LONGEST_WAIT
            }
        };
        if pause(wait, &mut stop).await {
            return;
        }
    }
}

/// Writes to the offices what did not arrive; whether that could be looked up.
async fn told(app: &App) -> bool {
    match notice::undelivered::tell(app, Utc::now()).await {
        Ok(0) => true,
        Ok(mails) => {
            tracing::warn!(mails, "letters did not arrive: the offices are told");
            true
        }
        Err(error) => {
            tracing::error!(%error, "letters did not arrive, and the offices could not be told");
            false
        }
    }
}

/// Waits; true where it is time to stop.
async fn pause(wait: Duration, stop: &mut watch::Receiver<bool>) -> bool {
    // Where the sender is gone it is time, too.
    timeout(wait, stop.wait_for(|stop| *stop)).await.is_ok()
}
