//! PostgreSQL's readers. The pool asks every connection that comes back whether it still answers,
//! which costs a page as much as one of its own questions; here a reader that has ended all it asked
//! is handed to the next as it is. One that has not, or has rested long, goes by way of the pool.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use sqlx::pool::PoolConnection;
use sqlx::postgres::PgPool;
use sqlx::{PgConnection, Postgres};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{Result, StoreError};

/// How many read at once; the pool's other connections are for those who change something.
pub const READERS: u32 = 8;
/// How long a connection to read with is waited for.
pub const PATIENCE: Duration = Duration::from_secs(10);
/// What has rested longer may have gone.
pub const FRESH: Duration = Duration::from_secs(5);

type Resting = Arc<Shelf>;

/// Connections at rest, and since when.
#[derive(Default)]
struct Shelf(Mutex<Vec<(PoolConnection<Postgres>, Instant)>>);

#[derive(Clone)]
pub struct Readers {
    pool: PgPool,
    permits: Arc<Semaphore>,
    resting: Resting,
}

/// A connection to read with, until it is dropped.
pub struct Reader {
    /// `None` only while it is dropped.
    conn: Option<PoolConnection<Postgres>>,
    /// All that was asked has been answered.
    at_rest: bool,
    resting: Resting,
    permit: OwnedSemaphorePermit,
}

impl Readers {
    pub fn new(pool: PgPool) -> Readers {
        Readers { pool, permits: Arc::new(Semaphore::new(READERS as usize)), resting: Resting::default() }
    }

    pub async fn read(&self) -> Result<Reader> {
        let permit = tokio::time::timeout(PATIENCE, self.permits.clone().acquire_owned())
            .await
            .map_err(|_| StoreError::Sql(sqlx::Error::PoolTimedOut))?
            .map_err(|_| StoreError::Sql(sqlx::Error::PoolClosed))?;
        // The latest first: the others rest until the pool has them back.
        let latest = self.resting.0.lock().ok().and_then(|mut resting| resting.pop());
        let conn = match latest.filter(|(_, since)| since.elapsed() < FRESH) {
            Some((conn, _)) => conn,
            None => self.pool.acquire().await?,
        };
        Ok(Reader { conn: Some(conn), at_rest: true, resting: self.resting.clone(), permit })
    }

    /// Lets nobody read any more, and gives the pool its connections back.
    pub fn close(&self) {
        self.permits.close();
        if let Ok(mut resting) = self.resting.0.lock() {
            resting.clear();
        }
    }
}

impl Reader {
    /// To ask something; `answered` says that it has all been answered.
    pub fn conn(&mut self) -> Result<&mut PgConnection> {
        self.at_rest = false;
        self.conn.as_deref_mut().ok_or(StoreError::Sql(sqlx::Error::PoolClosed))
    }

    pub fn answered(&mut self) {
        self.at_rest = true;
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        if self.at_rest
            && !self.permit.semaphore().is_closed()
            && let (Some(conn), Ok(mut resting)) = (self.conn.take(), self.resting.0.lock())
        {
            resting.push((conn, Instant::now()));
        }
    }
}

impl Drop for Shelf {
    fn drop(&mut self) {
        // The last of the program's hands has let go, perhaps after its runtime: to give them back to
        // the pool would need one.
        for (conn, _) in self.0.get_mut().map(std::mem::take).unwrap_or_default() {
            drop(conn.leak());
        }
    }
}
