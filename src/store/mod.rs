//! What is remembered, on SQLite and PostgreSQL. SQL is written once: `$1` placeholders, TEXT and
//! BIGINT columns. `db` opens the database, `conn` asks it, `writer` is SQLite's one writer; the
//! tables' functions are in the other modules.

pub mod access;
pub mod accounts;
pub mod audit;
pub mod batches;
pub mod cases;
pub mod catalogues;
mod conn;
pub mod credits;
mod db;
pub mod deadlines;
pub mod decisions;
pub mod delegations;
pub mod facts;
pub mod files;
pub mod grants;
pub mod imports;
pub mod links;
pub mod looks;
pub mod outbox;
pub mod payments;
pub mod people;
pub mod profiles;
pub mod queue;
mod readers;
pub mod register;
pub mod report;
pub mod slots;
pub mod tokens;
pub mod unique;
pub mod used;
pub mod uses;
pub mod versions;
pub mod views;
mod writer;

use std::sync::Arc;

pub use conn::{Arg, Conn, Row};
pub use db::Db;

use sqlx::postgres::PgSeverity;

use crate::clock::Instant;

#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("database: {0}")]
    Sql(#[from] sqlx::Error),
    #[error("database migration: {0}")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    #[error("{0}")]
    Refused(String),
    /// The durable commit that this change shared with others failed.
    #[error("{0}")]
    Shared(Arc<StoreError>),
}

pub type Result<T> = std::result::Result<T, StoreError>;

impl StoreError {
    /// Whether the database has no room left on its disk.
    pub fn is_full(&self) -> bool {
        match self {
            // SQLITE_FULL, and PostgreSQL's disk_full.
            StoreError::Sql(sqlx::Error::Database(error)) => matches!(error.code().as_deref(), Some("13" | "53100")),
            StoreError::Shared(error) => error.is_full(),
            StoreError::Sql(_) | StoreError::Migrate(_) | StoreError::Refused(_) => false,
        }
    }

    /// Whether others were in the way until there was no more waiting, or the database could not be
    /// reached: later it may go.
    pub fn is_busy(&self) -> bool {
        match self {
            StoreError::Sql(sqlx::Error::PoolTimedOut | sqlx::Error::Io(_)) => true,
            // SQLITE_BUSY, and PostgreSQL's too_many_connections and lock_not_available.
            StoreError::Sql(sqlx::Error::Database(error)) => {
                // PostgreSQL ends a connection, or lets none be made, with an error that is fatal for it alone.
                let ends = error
                    .try_downcast_ref::<sqlx::postgres::PgDatabaseError>()
                    .is_some_and(|error| matches!(error.severity(), PgSeverity::Fatal | PgSeverity::Panic));
                ends || matches!(error.code().as_deref(), Some("5" | "261" | "517" | "53300" | "55P03"))
            }
            StoreError::Shared(error) => error.is_busy(),
            StoreError::Sql(_) | StoreError::Migrate(_) | StoreError::Refused(_) => false,
        }
    }
}

/// An instant as it is stored.
pub fn stored(instant: Instant) -> String {
    instant.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

/// A stored instant; `None` for any other text.
pub fn from_stored(text: &str) -> Option<Instant> {
    chrono::DateTime::parse_from_rfc3339(text).ok().map(|instant| instant.to_utc())
}
