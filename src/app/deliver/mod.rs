//! Carries the outbox to the mail server: claims mails, checks that each is still due, sends over
//! a few kept connections, and records what became of them, several in one commit. What was
//! accepted but not yet recorded when the process dies goes again, byte for byte the same.

mod line;

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::{interval, sleep};

use line::{End, Line};

use super::App;
use super::forgotten::LINK_LASTS;
use crate::clock::{Calendar, Instant};
use crate::mail::{Patience, Route, Sender};
use crate::store::outbox::{self, Claimed, Kind, Outcome};
use crate::store::{Db, Result, StoreError, from_stored};

/// How mail is carried.
#[derive(Clone, Debug)]
pub struct Delivery {
    pub route: Route,
    pub from: Sender,
    /// Connections that carry mail at the same time; a stalled one is not counted.
    pub connections: usize,
    /// The most mails that may be accepted by the server and not yet recorded as sent: what may go
    /// twice when the process is killed.
    pub unconfirmed: usize,
    pub patience: Patience,
    /// How long a worker's claim lasts when it no longer renews it.
    pub lease: Duration,
}

/// Mails in a worker's hands.
const CLAIM: i64 = 256;
/// How soon new mail is looked for while some is on its way.
const LOOK_AGAIN: Duration = Duration::from_millis(500);
/// How long mails on their way are waited for when the process is asked to stop.
const GRACE: Duration = Duration::from_secs(8);
/// Waits between tries: together more than four and a half hours.
const WAITS: [i64; 9] = [10, 60, 240, 600, 1_200, 2_400, 3_600, 3_900, 4_800];
pub const TRIES: i64 = WAITS.len() as i64 + 1;

/// What a delivery did.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Delivered {
    pub sent: u64,
    /// To be tried again later.
    pub retry: u64,
    pub refused: u64,
    pub cancelled: u64,
    /// Why the server could not be reached, where it could not.
    pub unreachable: Option<String>,
}

impl Delivery {
    /// As the settings say.
    pub fn of(app: &App) -> std::result::Result<Delivery, crate::mail::MailError> {
        Ok(Delivery {
            route: Route::new(app.settings.smtp_url.as_deref(), &app.settings.data)?,
            from: Sender::parse(&app.settings.mail_from)?,
            connections: 4,
            unconfirmed: 32,
            patience: Patience::default(),
            lease: Duration::from_secs(10),
        })
    }
}

/// When a mail that failed `tries` times is tried again; `None`: no more. The wait is lengthened
/// by up to a quarter, differently for each mail, so that they don't all come back at once.
pub fn next_try(id: i64, tries: i64, now: Instant) -> Option<Instant> {
    let wait = *WAITS.get(usize::try_from(tries - 1).ok()?)?;
    let spread = (id.wrapping_mul(7_919).wrapping_add(tries * 104_729)).rem_euclid(1_000);
    Some(now + chrono::Duration::milliseconds(wait * 1_000 + wait * spread / 4))
}

/// Sends all that is due, until nothing is or the server can't be reached or `stop` turns true.
/// `clock` gives the time; leases are counted by the database's.
pub async fn deliver(
    db: &Db,
    delivery: &Delivery,
    calendar: &Calendar,
    clock: &(dyn Fn() -> Instant + Send + Sync),
    stop: &watch::Receiver<bool>,
) -> Result<Delivered> {
    let worker = &worker_name();
    let line = Arc::new(Line::new(delivery.clone()));
    // Both ends of `done` are held by the claiming and sending sides: recording ends after both.
    let (done, mut results) = mpsc::unbounded_channel::<Done>();
    let checked = done.clone();
    let (hands, mut batches) = mpsc::channel::<Vec<Claimed>>(1);

    let line_ahead = line.clone();
    let claim = async move {
        while !*stop.borrow() && !line_ahead.is_down() {
            let batch = outbox::claim(db, worker, CLAIM, delivery.lease.as_millis() as i64, clock()).await?;
            if batch.is_empty() {
                if !line_ahead.is_busy() {
                    break;
                }
                // Mails on their way may be stalled; what is written meanwhile doesn't wait for them.
                sleep(LOOK_AGAIN).await;
                continue;
            }
            let batch = check(db, batch, calendar, clock(), &checked).await?;
            if hands.send(batch).await.is_err() {
                break;
            }
        }
        Ok::<(), StoreError>(())
    };

    let line_back = line.clone();
    let send = async move {
        let mut tasks = JoinSet::new();
        'all: while let Some(batch) = batches.recv().await {
            for mail in batch {
                // Permits in this order: a mail is begun only when its end can be recorded.
                let permits = async {
                    let unconfirmed = line.unconfirmed.clone().acquire_owned().await.ok()?;
                    let total = line.total.clone().acquire_owned().await.ok()?;
                    Some((unconfirmed, total, line.active.clone().acquire_owned().await.ok()?))
                };
                let Some(Some((unconfirmed, total, active))) = unless(stop, Duration::ZERO, permits).await else {
                    break 'all;
                };
                if line.is_down() || *stop.borrow() {
                    break 'all;
                }
                let (line, done) = (line.clone(), done.clone());
                tasks.spawn(async move {
                    let (id, tries) = (mail.id, mail.tries);
                    // A panic while sending is that mail's failure, not the worker's.
                    let sending = tokio::spawn(line.carry(mail, active));
                    let end = sending.await.unwrap_or_else(|error| End::Later(format!("sending failed: {error}")));
                    let _ = done.send(Done { id, tries, end, _permits: vec![unconfirmed, total] });
                });
                while tasks.try_join_next().is_some() {}
            }
        }
        batches.close();
        unless(stop, GRACE, async { while tasks.join_next().await.is_some() {} }).await;
        drop(tasks);
        line.close().await;
        Ok::<(), StoreError>(())
    };

    let record = async {
        let mut delivered = Delivered::default();
        let mut some = Vec::new();
        while results.recv_many(&mut some, 256).await > 0 {
            let outcomes: Vec<(i64, Outcome)> = some.iter().map(|one| (one.id, one.outcome(clock()))).collect();
            for (_, outcome) in &outcomes {
                match outcome {
                    Outcome::Sent => delivered.sent += 1,
                    Outcome::Retry { .. } => delivered.retry += 1,
                    Outcome::Dead { .. } => delivered.refused += 1,
                    Outcome::Cancelled { .. } => delivered.cancelled += 1,
                    Outcome::Untouched => {}
                }
            }
            outbox::record(db, worker, &outcomes, clock()).await?;
            // The permits go with what was recorded.
            some.clear();
        }
        Ok::<Delivered, StoreError>(delivered)
    };

    // Where recording fails, sending stops too.
    let work = async { tokio::try_join!(claim, send, record).map(|((), (), delivered)| delivered) };
    let renewing = async {
        let mut tick = interval((delivery.lease / 3).max(Duration::from_millis(50)));
        tick.tick().await;
        loop {
            tick.tick().await;
            if let Err(error) = outbox::renew(db, worker, delivery.lease.as_millis() as i64).await {
                tracing::warn!(%error, "the mail worker's claim could not be renewed");
            }
        }
    };
    let delivered = tokio::select! {
        ended = work => ended,
        () = renewing => Ok(Delivered::default()),
    };
    outbox::release(db, worker).await?;
    let mut delivered = delivered?;
    delivered.unreachable = line_back.down.lock().await.take();
    Ok(delivered)
}

/// The result of something, unless it is time to stop: then `grace` is waited, and no longer.
async fn unless<T>(stop: &watch::Receiver<bool>, grace: Duration, something: impl Future<Output = T>) -> Option<T> {
    let mut stop = stop.clone();
    let stopped = async {
        if stop.wait_for(|stop| *stop).await.is_err() {
            // Nobody is left to ask for it.
            std::future::pending::<()>().await;
        }
        sleep(grace).await;
    };
    tokio::select! {
        done = something => Some(done),
        () = stopped => None,
    }
}

/// Checks that mails are still due: the addresses as the records now stand. Returns those that are.
async fn check(
    db: &Db,
    batch: Vec<Claimed>,
    calendar: &Calendar,
    now: Instant,
    done: &mpsc::UnboundedSender<Done>,
) -> Result<Vec<Claimed>> {
    let today = calendar.today(now);
    // A notice rehearsed for a day to come is due to those who are in place on that day.
    let day_of = |mail: &Claimed| match from_stored(&mail.created_at) {
        Some(written) => calendar.today(written).max(today),
        None => today,
    };
    let mut days: Vec<_> = batch.iter().map(day_of).collect();
    days.sort_unstable();
    days.dedup();
    let mut addresses: HashMap<_, Vec<String>> = HashMap::new();
    let mut conn = db.read().await?;
    for day in days {
        let due: Vec<_> =
            batch.iter().filter(|mail| day_of(mail) == day).filter_map(|mail| mail.due.as_ref()).collect();
        for (due, email) in outbox::still_due(&mut conn, &due, day).await? {
            addresses.entry((day, due)).or_default().push(email);
        }
    }
    drop(conn);
    let mut still = Vec::with_capacity(batch.len());
    for mail in batch {
        let Some(due) = &mail.due else {
            still.push(mail);
            continue;
        };
        // A link that has expired helps nobody.
        let expired = due.kind == Kind::Account
            && from_stored(&mail.created_at).is_some_and(|written| written + LINK_LASTS <= now);
        let end = match addresses.get(&(day_of(&mail), due.clone())) {
            _ if expired => End::NotDue("the link in it has expired"),
            Some(emails) if emails.iter().any(|email| email.trim().eq_ignore_ascii_case(&mail.recipient)) => {
                still.push(mail);
                continue;
            }
            Some(_) => End::NotDue("the address has changed since the mail was written"),
            None => End::NotDue("no longer in the place for which the mail was written"),
        };
        let _ = done.send(Done { id: mail.id, tries: mail.tries, end, _permits: Vec::new() });
    }
    Ok(still)
}

struct Done {
    id: i64,
    tries: i64,
    end: End,
    _permits: Vec<OwnedSemaphorePermit>,
}

impl Done {
    fn outcome(&self, now: Instant) -> Outcome {
        let tries = self.tries + 1;
        match &self.end {
            End::Sent => Outcome::Sent,
            End::Later(why) => match next_try(self.id, tries, now) {
                Some(at) => Outcome::Retry { at, tries, why: why.clone() },
                None => Outcome::Dead { tries, why: why.clone() },
            },
            End::Refused(why) => Outcome::Dead { tries, why: why.clone() },
            End::NotDue(why) => Outcome::Cancelled { why: (*why).to_owned() },
            End::Unreached => Outcome::Untouched,
        }
    }
}

/// Differs between processes and between deliveries of one.
fn worker_name() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let mut random = [0u8; 8];
    // Without randomness the process and a number still tell workers of one machine apart.
    let _ = getrandom::fill(&mut random);
    format!("{}-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed), hex::encode(random))
}
