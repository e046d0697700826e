//! SQLite's one writer. Changes take turns at one connection; those who wait when a turn ends share
//! its durable commit (a savepoint each, one COMMIT, one sync of the disk), and none is told that
//! its change is kept before that commit is. With nobody waiting a turn commits at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use sqlx::{Connection, SqliteConnection};
use tokio::sync::{Mutex, OwnedMutexGuard, oneshot};

use super::{Result, StoreError};

/// How long a turn is waited for.
const PATIENCE: Duration = Duration::from_secs(60);

/// Who has changed something in the open transaction and waits for its commit.
type Waiting = Vec<oneshot::Sender<Result<()>>>;

#[derive(Clone)]
pub struct Writer {
    // A fair lock: whoever asks first has the next turn.
    lane: Arc<Mutex<Lane>>,
    queued: Arc<AtomicUsize>,
    commits: Arc<AtomicU64>,
}

/// The connection, and how far its transaction is.
struct Lane {
    /// `None` once it is closed.
    conn: Option<SqliteConnection>,
    /// A transaction is open; its turns that ended well wait here.
    open: Option<Waiting>,
    /// The last turn was dropped before it ended: its savepoint stands.
    torn: bool,
    commits: Arc<AtomicU64>,
}

/// One change's time at the writer. Dropped without `commit`, it is rolled back.
pub struct Turn {
    /// `None` once the turn has ended.
    lane: Option<OwnedMutexGuard<Lane>>,
    writer: Writer,
    alone: bool,
}

impl Writer {
    pub fn new(conn: SqliteConnection) -> Writer {
        let commits = Arc::<AtomicU64>::default();
        let lane = Lane { conn: Some(conn), open: None, torn: false, commits: commits.clone() };
        Writer { lane: Arc::new(Mutex::new(lane)), queued: Arc::default(), commits }
    }

    /// How often it has committed: fewer times than there were changes, where some shared one.
    pub fn commits(&self) -> u64 {
        self.commits.load(Ordering::Relaxed)
    }

    /// A turn that may share its commit.
    pub async fn begin(&self) -> Result<Turn> {
        self.turn(false).await
    }

    /// A turn that shares its commit with nobody: what went before is committed first.
    pub async fn begin_alone(&self) -> Result<Turn> {
        self.turn(true).await
    }

    async fn turn(&self, alone: bool) -> Result<Turn> {
        let queued = Queued::new(&self.queued);
        let lane = tokio::time::timeout(PATIENCE, self.lane.clone().lock_owned())
            .await
            .map_err(|_| StoreError::Sql(sqlx::Error::PoolTimedOut))?;
        drop(queued);
        let lane = if alone { finished(lane).await? } else { lane };
        // From here on whatever is dropped half-way is mended by `Turn`.
        let mut turn = Turn { lane: Some(lane), writer: self.clone(), alone };
        let lane = turn.lane()?;
        lane.mend().await;
        lane.torn = true;
        let opening = if lane.open.is_some() { "SAVEPOINT turn" } else { "BEGIN IMMEDIATE; SAVEPOINT turn" };
        lane.say(opening).await?;
        lane.open.get_or_insert_default();
        Ok(turn)
    }

    /// Commits what is open, after everyone who waits now has had their turn.
    fn finish_later(&self) {
        let writer = self.clone();
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move {
                let mut lane = writer.lane.lock().await;
                lane.finish().await;
            });
        }
    }

    pub async fn close(&self) {
        let mut lane = self.lane.lock().await;
        lane.finish().await;
        if let Some(conn) = lane.conn.take() {
            let _ = conn.close().await;
        }
    }
}

impl Lane {
    fn conn(&mut self) -> Result<&mut SqliteConnection> {
        self.conn.as_mut().ok_or(StoreError::Sql(sqlx::Error::PoolClosed))
    }

    async fn say(&mut self, statements: &'static str) -> Result<()> {
        sqlx::raw_sql(statements).execute(self.conn()?).await?;
        Ok(())
    }

    async fn commit(&mut self) -> Result<()> {
        self.say("COMMIT").await?;
        self.commits.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    /// Takes back what a dropped turn did. Where even that fails the whole transaction goes, and
    /// everyone in it is told.
    async fn mend(&mut self) {
        if !self.torn {
            return;
        }
        let Some(others) = &self.open else {
            // It was dropped while it began.
            let _ = self.say("ROLLBACK").await;
            self.torn = false;
            return;
        };
        if others.is_empty() {
            self.open = None;
            // An error has ended the transaction already where there is none.
            let _ = self.say("ROLLBACK").await;
        } else if let Err(error) = self.say("ROLLBACK TO turn; RELEASE turn").await {
            // Without its savepoint the turn was dropped when that had just been released: it goes
            // with the others. Unless an error has ended the whole transaction: then one can begin.
            if self.say("BEGIN").await.is_ok() {
                self.fail(error).await;
            }
        }
        self.torn = false;
    }

    /// Commits what is open and tells everyone in it.
    async fn finish(&mut self) {
        self.mend().await;
        if self.open.is_none() {
            return;
        }
        match self.commit().await {
            Ok(()) => {
                for waiting in self.open.take().into_iter().flatten() {
                    let _ = waiting.send(Ok(()));
                }
            }
            Err(error) => {
                self.fail(error).await;
            }
        }
    }

    /// Gives the transaction up; everyone in it is told why.
    async fn fail(&mut self, error: StoreError) -> Arc<StoreError> {
        let error = Arc::new(error);
        let all = self.open.take();
        let _ = self.say("ROLLBACK").await;
        for waiting in all.into_iter().flatten() {
            let _ = waiting.send(Err(StoreError::Shared(error.clone())));
        }
        error
    }
}

impl Turn {
    fn lane(&mut self) -> Result<&mut Lane> {
        self.lane.as_deref_mut().ok_or(StoreError::Sql(sqlx::Error::PoolClosed))
    }

    pub fn conn(&mut self) -> Result<&mut SqliteConnection> {
        self.lane()?.conn()
    }

    /// Returns once the change is durable.
    pub async fn commit(mut self) -> Result<()> {
        let shares = !self.alone && self.writer.queued.load(Ordering::Acquire) > 0;
        let lane = self.lane()?;
        let first = lane.open.as_ref().is_none_or(Vec::is_empty);
        if first && !shares {
            // Nobody else is in the transaction, nobody waits.
            let said = lane.commit().await;
            if said.is_err() {
                let _ = lane.say("ROLLBACK").await;
            }
            lane.open = None;
            lane.torn = false;
            self.lane = None;
            return said;
        }
        if let Err(error) = lane.say("RELEASE turn").await {
            // The database has given the whole transaction up, a full disk for one.
            let error = lane.fail(error).await;
            lane.torn = false;
            self.lane = None;
            return Err(StoreError::Shared(error));
        }
        lane.torn = false;
        let (tell, told) = oneshot::channel();
        lane.open.get_or_insert_default().push(tell);
        if first {
            // Queued behind those who wait now: they are in, whoever comes later is in the next.
            self.writer.finish_later();
        }
        self.lane = None;
        told.await.unwrap_or(Err(StoreError::Sql(sqlx::Error::WorkerCrashed)))
    }

    /// Takes the turn back. Where others share the transaction it returns once theirs is durable: what
    /// was read in it may be told.
    pub async fn roll_back(mut self) -> Result<()> {
        let lane = self.lane()?;
        lane.mend().await;
        let (tell, told) = oneshot::channel();
        let shared = lane.open.as_mut().map(|others| others.push(tell)).is_some();
        self.lane = None;
        if shared { told.await.unwrap_or(Err(StoreError::Sql(sqlx::Error::WorkerCrashed))) } else { Ok(()) }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        // Dropped before it ended: the next turn mends it, or this one where there is no next.
        if self.lane.take().is_some() {
            self.writer.finish_later();
        }
    }
}

/// The lane when what was open in it is committed. A task of its own: if whoever asks goes away in
/// the middle, the others are still told what became of theirs.
async fn finished(mut lane: OwnedMutexGuard<Lane>) -> Result<OwnedMutexGuard<Lane>> {
    let task = tokio::spawn(async move {
        lane.finish().await;
        lane
    });
    task.await.map_err(|_| StoreError::Sql(sqlx::Error::WorkerCrashed))
}

/// Counts who waits for a turn, however the waiting ends.
struct Queued<'a>(&'a AtomicUsize);

impl Queued<'_> {
    fn new(count: &AtomicUsize) -> Queued<'_> {
        count.fetch_add(1, Ordering::AcqRel);
        Queued(count)
    }
}

impl Drop for Queued<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}
