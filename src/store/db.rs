//! Opening the database: its pools, what is asked of each connection, its tables brought up to date.

use std::borrow::Cow;
use std::str::FromStr;
use std::time::Duration;

use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, SqlStr};

use super::readers::{FRESH, PATIENCE, READERS, Readers};
use super::writer::Writer;
use super::{Conn, Result, StoreError};

/// What the two databases say differently: triggers.
const SQLITE: &[(i64, &str, &str)] = &[(3, "audit", include_str!("../../migrations/0003_audit.sqlite.sql"))];
const POSTGRES: &[(i64, &str, &str)] = &[(3, "audit", include_str!("../../migrations/0003_audit.postgres.sql"))];

/// In order; one that was released is never edited.
const MIGRATIONS: &[(i64, &str, &str)] = &[
    (1, "ground", include_str!("../../migrations/0001_ground.sql")),
    (2, "cases", include_str!("../../migrations/0002_cases.sql")),
];

/// The database: a pool of readers and, on SQLite, the one writer.
#[derive(Clone)]
pub enum Db {
    Sqlite { readers: SqlitePool, writer: Writer },
    Postgres { pool: PgPool, readers: Readers },
}

impl Db {
    /// Opens `sqlite:path` or `postgres://…` and brings its tables up to date.
    pub async fn open(url: &str) -> Result<Db> {
        Ok(if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            let pool = PgPoolOptions::new()
                .max_connections(2 * READERS)
                .acquire_timeout(PATIENCE)
                // Asked before each use whether it still answers, a connection would answer twice as
                // often as it is needed: only one that has been idle may have gone.
                .test_before_acquire(false)
                .before_acquire(|conn, meta| {
                    Box::pin(async move {
                        if meta.idle_for >= FRESH {
                            sqlx::Connection::ping(conn).await?;
                        }
                        Ok(true)
                    })
                })
                .connect_with(
                    PgConnectOptions::from_str(url)?
                        .options([
                            ("statement_timeout", "60s"),
                            ("idle_in_transaction_session_timeout", "60s"),
                            ("timezone", "UTC"),
                        ])
                        .disable_statement_logging(),
                )
                .await?;
            migrator(POSTGRES).run(&pool).await?;
            Db::Postgres { readers: Readers::new(pool.clone()), pool }
        } else if url.starts_with("sqlite:") {
            let options = SqliteConnectOptions::from_str(url)?
                .create_if_missing(true)
                .journal_mode(SqliteJournalMode::Wal)
                // An acknowledged change survives a power cut.
                .synchronous(SqliteSynchronous::Full)
                .foreign_keys(true)
                .busy_timeout(Duration::from_secs(5))
                .pragma("secure_delete", "ON")
                .statement_cache_capacity(200)
                // A slow statement's text may be long; what it was for is logged by whoever asked.
                .disable_statement_logging();
            // One writer: a second would wait for the lock inside SQLite and fail.
            let mut writer = options.connect().await?;
            migrator(SQLITE).run(&mut writer).await?;
            let readers = whole(SqlitePoolOptions::new().max_connections(READERS).acquire_timeout(PATIENCE))
                .connect_with(options.read_only(false))
                .await?;
            Db::Sqlite { readers, writer: Writer::new(writer) }
        } else {
            return Err(StoreError::Refused(format!(
                "DATABASE_URL must begin with sqlite: or postgres:, not `{}`",
                url.split(':').next().unwrap_or_default()
            )));
        })
    }

    /// A connection to read with.
    pub async fn read(&self) -> Result<Conn> {
        Ok(match self {
            Db::Sqlite { readers, .. } => Conn::Sqlite(readers.acquire().await?),
            Db::Postgres { readers, .. } => Conn::Postgres(readers.read().await?),
        })
    }

    /// A transaction to change with: on SQLite it waits for the one writer, and shares its durable
    /// commit with those who wait behind it.
    pub async fn begin(&self) -> Result<Conn> {
        Ok(match self {
            Db::Sqlite { writer, .. } => Conn::SqliteTurn(writer.begin().await?),
            Db::Postgres { pool, .. } => Conn::PostgresTx(pool.begin().await?),
        })
    }

    /// A transaction for long work (an import), with which nobody shares a commit.
    pub async fn begin_alone(&self) -> Result<Conn> {
        Ok(match self {
            Db::Sqlite { writer, .. } => Conn::SqliteTurn(writer.begin_alone().await?),
            Db::Postgres { pool, .. } => Conn::PostgresTx(pool.begin().await?),
        })
    }

    /// A transaction to read one consistent picture with.
    pub async fn snapshot(&self) -> Result<Conn> {
        Ok(match self {
            Db::Sqlite { readers, .. } => Conn::SqliteTx(readers.begin().await?),
            Db::Postgres { pool, .. } => {
                Conn::PostgresTx(pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?)
            }
        })
    }

    /// Lets the database look at what its tables hold now, after much has changed: PostgreSQL does so by
    /// itself only some minutes later, and plans for empty tables until then.
    pub async fn analyze(&self) -> Result<()> {
        match self {
            Db::Sqlite { .. } => Ok(()),
            Db::Postgres { .. } => self.read().await?.run("ANALYZE", &[]).await.map(drop),
        }
    }

    pub async fn close(&self) {
        match self {
            Db::Sqlite { readers, writer } => {
                readers.close().await;
                writer.close().await;
            }
            Db::Postgres { pool, readers } => {
                readers.close();
                pool.close().await;
            }
        }
    }
}

/// Where its disk is full or fails, SQLite ends a transaction by itself; the connection still counts
/// one, and would begin no other: it is closed, and the next is a new one.
fn whole(options: SqlitePoolOptions) -> SqlitePoolOptions {
    options.before_acquire(|conn, _| Box::pin(async move { Ok(!sqlx::Connection::is_in_transaction(conn)) }))
}

/// What brings the tables up to date; the two databases' own migrations come last.
fn migrator(own: &[(i64, &'static str, &'static str)]) -> Migrator {
    let migrations = MIGRATIONS.iter().chain(own).map(|(version, name, sql)| {
        let sql = SqlStr::from_static(sql);
        Migration::new(*version, Cow::Borrowed(*name), MigrationType::Simple, sql, false)
    });
    Migrator::with_migrations(migrations.collect())
}
