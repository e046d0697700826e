//! The way to the mail server: kept connections, shared by the mails on it. A mail ends here as
//! sent, refused, put off or not tried; what follows from that is not decided here.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::{Mutex, OwnedSemaphorePermit, Semaphore};
use tokio::time::{sleep, timeout};

use super::Delivery;
use crate::mail::{Address, Connection, Route, Verdict, parse_address};
use crate::store::outbox::Claimed;

/// A mail that takes longer no longer holds others up.
const SLOW: Duration = Duration::from_millis(700);
/// Connections besides those that carry mail: for stalled ones.
const STALLED: usize = 12;

/// How a mail ended.
pub(super) enum End {
    Sent,
    Later(String),
    Refused(String),
    NotDue(&'static str),
    /// Nothing was tried: the server can't be reached.
    Unreached,
}

/// The way to the server, shared by the mails on it.
pub(super) struct Line {
    delivery: Delivery,
    idle: Mutex<Vec<Connection>>,
    open: AtomicUsize,
    pub(super) active: Arc<Semaphore>,
    pub(super) total: Arc<Semaphore>,
    pub(super) unconfirmed: Arc<Semaphore>,
    pub(super) down: Mutex<Option<String>>,
    failed: AtomicUsize,
}

impl Line {
    pub(super) fn new(delivery: Delivery) -> Line {
        Line {
            active: Arc::new(Semaphore::new(delivery.connections.max(1))),
            total: Arc::new(Semaphore::new(delivery.connections.max(1) + STALLED)),
            unconfirmed: Arc::new(Semaphore::new(delivery.unconfirmed.max(1))),
            delivery,
            idle: Mutex::default(),
            open: AtomicUsize::new(0),
            down: Mutex::default(),
            failed: AtomicUsize::new(0),
        }
    }

    pub(super) fn is_down(&self) -> bool {
        self.failed.load(Ordering::Relaxed) > 0
    }

    pub(super) fn is_busy(&self) -> bool {
        self.total.available_permits() < self.delivery.connections.max(1) + STALLED
    }

    async fn fall(&self, why: String) {
        self.failed.fetch_add(1, Ordering::Relaxed);
        self.down.lock().await.get_or_insert(why);
    }

    pub(super) async fn carry(self: Arc<Line>, mail: Claimed, active: OwnedSemaphorePermit) -> End {
        let (Some(message), true) = (mail.message, mail.due.is_some()) else {
            return End::Refused("the stored mail can't be read".to_owned());
        };
        let to = match parse_address(&mail.recipient) {
            Ok(to) => to,
            Err(error) => return End::Refused(error.to_string()),
        };
        match &self.delivery.route {
            Route::Folder(folder) => {
                let folder = folder.clone();
                let kept = tokio::task::spawn_blocking(move || folder.keep(&mail.message_id, &message)).await;
                match kept {
                    Ok(Ok(())) => End::Sent,
                    Ok(Err(error)) => {
                        self.fall(format!("the mail folder: {error}")).await;
                        End::Unreached
                    }
                    Err(error) => End::Later(format!("writing failed: {error}")),
                }
            }
            Route::Smtp(_) => self.speak(&to, &message, active).await,
        }
    }

    async fn speak(&self, to: &Address, message: &str, active: OwnedSemaphorePermit) -> End {
        let mut active = Some(active);
        loop {
            let mut connection = match self.connection().await {
                Ok(connection) => connection,
                Err(end) => return end,
            };
            let verdict = {
                let sending = connection.send(self.delivery.from.address(), to, message);
                tokio::pin!(sending);
                match timeout(SLOW, &mut sending).await {
                    Ok(verdict) => verdict,
                    Err(_) => {
                        // From here on this one waits beside the others.
                        drop(active.take());
                        sending.await
                    }
                }
            };
            if connection.usable() {
                self.idle.lock().await.push(connection);
            } else {
                self.open.fetch_sub(1, Ordering::Relaxed);
            }
            match verdict {
                Verdict::Accepted => return End::Sent,
                Verdict::Later(why) => return End::Later(why),
                Verdict::Refused(why) => return End::Refused(why),
                // The server had closed a connection that it found idle: that says nothing of the mail.
                Verdict::Stale(_) => {}
            }
        }
    }

    /// An idle connection, or a new one.
    async fn connection(&self) -> std::result::Result<Connection, End> {
        if let Some(connection) = self.idle.lock().await.pop() {
            return Ok(connection);
        }
        let Route::Smtp(server) = &self.delivery.route else { return Err(End::Unreached) };
        let others = self.open.fetch_add(1, Ordering::Relaxed);
        match Connection::open(server, self.delivery.patience).await {
            Ok(connection) => Ok(connection),
            Err(error) => {
                self.open.fetch_sub(1, Ordering::Relaxed);
                if others == 0 {
                    self.fall(error.to_string()).await;
                } else {
                    // The server may allow fewer connections than we open: the others go on.
                    sleep(Duration::from_millis(200)).await;
                }
                Err(End::Unreached)
            }
        }
    }

    pub(super) async fn close(&self) {
        let idle = std::mem::take(&mut *self.idle.lock().await);
        for connection in idle {
            connection.close().await;
        }
    }
}
