//! What is remembered, on SQLite and PostgreSQL. SQL is written once: `$1` placeholders, TEXT and
//! BIGINT columns. This file is the connection; the tables' functions are in the modules below.

pub mod access;
pub mod accounts;
pub mod audit;
pub mod batches;
pub mod cases;
pub mod catalogues;
pub mod credits;
pub mod deadlines;
pub mod delegations;
pub mod facts;
pub mod files;
pub mod grants;
pub mod imports;
pub mod links;
pub mod outbox;
pub mod payments;
pub mod people;
pub mod profiles;
pub mod queue;
pub mod register;
pub mod report;
pub mod slots;
pub mod tokens;
pub mod uses;
pub mod versions;
pub mod views;

use std::borrow::Cow;
use std::str::FromStr;
use std::time::Duration;

use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::postgres::{PgArguments, PgConnectOptions, PgPool, PgPoolOptions, PgRow};
use sqlx::sqlite::{
    SqliteArguments, SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteRow,
    SqliteSynchronous,
};
use sqlx::{AssertSqlSafe, ConnectOptions, FromRow, Postgres, SqlStr, Sqlite};

use crate::clock::Instant;

/// What the two databases say differently: triggers.
const SQLITE: &[(i64, &str, &str)] = &[(3, "audit", include_str!("../../migrations/0003_audit.sqlite.sql"))];
const POSTGRES: &[(i64, &str, &str)] = &[(3, "audit", include_str!("../../migrations/0003_audit.postgres.sql"))];

/// In order; one that was released is never edited.
const MIGRATIONS: &[(i64, &str, &str)] = &[
    (1, "ground", include_str!("../../migrations/0001_ground.sql")),
    (2, "cases", include_str!("../../migrations/0002_cases.sql")),
];

#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("database: {0}")]
    Sql(#[from] sqlx::Error),
    #[error("database migration: {0}")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    #[error("{0}")]
    Refused(String),
}

pub type Result<T> = std::result::Result<T, StoreError>;

impl StoreError {
    /// Whether the database has no room left on its disk.
    pub fn is_full(&self) -> bool {
        // SQLITE_FULL, and PostgreSQL's disk_full.
        matches!(self, StoreError::Sql(sqlx::Error::Database(error))
            if matches!(error.code().as_deref(), Some("13" | "53100")))
    }
}

/// The database: a pool of readers and, on SQLite, the one writer.
#[derive(Clone)]
pub enum Db {
    Sqlite { readers: SqlitePool, writer: SqlitePool },
    Postgres(PgPool),
}

/// One connection, or one transaction (which holds the write lock on SQLite from its beginning).
/// A transaction that is dropped without `commit` is rolled back.
pub enum Conn {
    Sqlite(sqlx::pool::PoolConnection<Sqlite>),
    Postgres(sqlx::pool::PoolConnection<Postgres>),
    SqliteTx(sqlx::Transaction<'static, Sqlite>),
    PostgresTx(sqlx::Transaction<'static, Postgres>),
}

/// A value bound to `$n`.
#[derive(Clone, Debug)]
pub enum Arg<'a> {
    Text(Cow<'a, str>),
    Int(i64),
    NoText,
    NoInt,
}

impl<'a> From<&'a str> for Arg<'a> {
    fn from(text: &'a str) -> Arg<'a> {
        Arg::Text(Cow::Borrowed(text))
    }
}
impl<'a> From<&'a String> for Arg<'a> {
    fn from(text: &'a String) -> Arg<'a> {
        Arg::Text(Cow::Borrowed(text))
    }
}
impl From<String> for Arg<'_> {
    fn from(text: String) -> Arg<'static> {
        Arg::Text(Cow::Owned(text))
    }
}
impl From<i64> for Arg<'_> {
    fn from(number: i64) -> Arg<'static> {
        Arg::Int(number)
    }
}
impl<'a> From<Option<&'a str>> for Arg<'a> {
    fn from(text: Option<&'a str>) -> Arg<'a> {
        text.map_or(Arg::NoText, Arg::from)
    }
}
impl From<Option<i64>> for Arg<'_> {
    fn from(number: Option<i64>) -> Arg<'static> {
        number.map_or(Arg::NoInt, Arg::Int)
    }
}

/// Arguments in the order of `$1`, `$2` …
#[macro_export]
macro_rules! args {
    ($($value:expr),* $(,)?) => { &[$($crate::store::Arg::from($value)),*] };
}

/// A row that both databases can give: tuples of `String`, `i64` and options of them.
pub trait Row: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}
impl<T> Row for T where T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}

fn sqlite_args(args: &[Arg<'_>]) -> Result<SqliteArguments> {
    use sqlx::Arguments;
    let mut out = SqliteArguments::default();
    for arg in args {
        let added = match arg {
            Arg::Text(text) => out.add(text.as_ref().to_owned()),
            Arg::Int(number) => out.add(*number),
            Arg::NoText => out.add(None::<String>),
            Arg::NoInt => out.add(None::<i64>),
        };
        added.map_err(sqlx::Error::Encode)?;
    }
    Ok(out)
}

fn postgres_args(args: &[Arg<'_>]) -> Result<PgArguments> {
    use sqlx::Arguments;
    let mut out = PgArguments::default();
    for arg in args {
        let added = match arg {
            Arg::Text(text) => out.add(text.as_ref()),
            Arg::Int(number) => out.add(*number),
            Arg::NoText => out.add(None::<String>),
            Arg::NoInt => out.add(None::<i64>),
        };
        added.map_err(sqlx::Error::Encode)?;
    }
    Ok(out)
}

/// Runs the same expression on whichever connection it is.
macro_rules! on {
    ($conn:expr, $args:expr, |$c:ident, $a:ident| $body:expr) => {
        match $conn {
            Conn::Sqlite(c) => {
                let ($c, $a) = (&mut **c, sqlite_args($args)?);
                $body
            }
            Conn::SqliteTx(c) => {
                let ($c, $a) = (&mut **c, sqlite_args($args)?);
                $body
            }
            Conn::Postgres(c) => {
                let ($c, $a) = (&mut **c, postgres_args($args)?);
                $body
            }
            Conn::PostgresTx(c) => {
                let ($c, $a) = (&mut **c, postgres_args($args)?);
                $body
            }
        }
    };
}

impl Conn {
    /// All rows. `sql` never contains text from outside: values go through `args`.
    pub async fn all<T: Row>(&mut self, sql: &str, args: &[Arg<'_>]) -> Result<Vec<T>> {
        Ok(on!(self, args, |c, a| sqlx::query_as_with(AssertSqlSafe(sql.to_owned()), a).fetch_all(c).await?))
    }

    /// The first row, if there is one.
    pub async fn first<T: Row>(&mut self, sql: &str, args: &[Arg<'_>]) -> Result<Option<T>> {
        Ok(on!(self, args, |c, a| sqlx::query_as_with(AssertSqlSafe(sql.to_owned()), a).fetch_optional(c).await?))
    }

    /// The one row that there must be.
    pub async fn one<T: Row>(&mut self, sql: &str, args: &[Arg<'_>]) -> Result<T> {
        self.first(sql, args).await?.ok_or(StoreError::Sql(sqlx::Error::RowNotFound))
    }

    /// Whether the database answers and its tables are there.
    pub async fn answers(&mut self) -> bool {
        self.one::<(i64,)>("SELECT next FROM counters WHERE name = 'record'", &[]).await.is_ok()
    }

    /// Calls `each` for every row, without holding them all.
    pub async fn each<T: Row>(&mut self, sql: &str, args: &[Arg<'_>], mut each: impl FnMut(T) + Send) -> Result<()> {
        use tokio_stream::StreamExt;
        on!(self, args, |c, a| {
            let mut rows = sqlx::query_as_with::<_, T, _>(AssertSqlSafe(sql.to_owned()), a).fetch(c);
            while let Some(row) = rows.next().await {
                each(row?);
            }
        });
        Ok(())
    }

    /// Changes rows; how many.
    pub async fn run(&mut self, sql: &str, args: &[Arg<'_>]) -> Result<u64> {
        Ok(on!(self, args, |c, a| sqlx::query_with(AssertSqlSafe(sql.to_owned()), a).execute(c).await?.rows_affected()))
    }

    /// Inserts many rows in few statements: `head` is `INSERT INTO t (a, b) VALUES`, `tail` e.g.
    /// `ON CONFLICT DO NOTHING`; `args` holds `width` values a row. Returns the rows inserted.
    pub async fn insert(&mut self, head: &str, width: usize, args: &[Arg<'_>], tail: &str) -> Result<u64> {
        // PostgreSQL takes 65,535 parameters, SQLite 32,766.
        let rows_at_once = (32_000 / width).min(500);
        // SQLite looks a numbered parameter up among all the others each time it is bound.
        let numbered = matches!(self, Conn::Postgres(_) | Conn::PostgresTx(_));
        let mut inserted = 0;
        for chunk in args.chunks(rows_at_once * width) {
            let mut sql = String::with_capacity(head.len() + chunk.len() * 6 + tail.len());
            sql.push_str(head);
            for index in 0..chunk.len() {
                sql.push_str(match (index % width, index) {
                    (0, 0) => " (",
                    (0, _) => "), (",
                    _ => ", ",
                });
                if numbered {
                    sql.push('$');
                    sql.push_str(&(index + 1).to_string());
                } else {
                    sql.push('?');
                }
            }
            sql.push_str(") ");
            sql.push_str(tail);
            inserted += self.run(&sql, chunk).await?;
        }
        Ok(inserted)
    }

    /// Takes `count` consecutive numbers and gives the first. Only inside a transaction.
    pub async fn numbers(&mut self, count: i64) -> Result<i64> {
        let (next,): (i64,) =
            self.one("UPDATE counters SET next = next + $1 WHERE name = 'record' RETURNING next", args![count]).await?;
        Ok(next - count)
    }

    /// The time by the database's clock, in milliseconds since 1970: for leases between workers
    /// whose own clocks may disagree. SQLite's is this machine's, on which all its users are.
    pub async fn milliseconds(&mut self) -> Result<i64> {
        let sql = match self {
            Conn::Sqlite(_) | Conn::SqliteTx(_) => "SELECT CAST(unixepoch('now', 'subsec') * 1000 AS BIGINT)",
            Conn::Postgres(_) | Conn::PostgresTx(_) => {
                "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)"
            }
        };
        let (now,): (i64,) = self.one(sql, args![]).await?;
        Ok(now)
    }

    /// Commits a transaction; on a plain connection there is nothing to commit.
    pub async fn commit(self) -> Result<()> {
        match self {
            Conn::SqliteTx(tx) => tx.commit().await?,
            Conn::PostgresTx(tx) => tx.commit().await?,
            Conn::Sqlite(_) | Conn::Postgres(_) => {}
        }
        Ok(())
    }

    /// Rolls a transaction back at once, rather than when it is dropped.
    pub async fn roll_back(self) -> Result<()> {
        match self {
            Conn::SqliteTx(tx) => tx.rollback().await?,
            Conn::PostgresTx(tx) => tx.rollback().await?,
            Conn::Sqlite(_) | Conn::Postgres(_) => {}
        }
        Ok(())
    }
}

impl Db {
    /// Opens `sqlite:path` or `postgres://…` and brings its tables up to date.
    pub async fn open(url: &str) -> Result<Db> {
        let db = if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            let pool = PgPoolOptions::new()
                .max_connections(16)
                .acquire_timeout(Duration::from_secs(10))
                // Asked before each use whether it still answers, a connection would answer twice as
                // often as it is needed: only one that has been idle may have gone.
                .test_before_acquire(false)
                .before_acquire(|conn, meta| {
                    Box::pin(async move {
                        if meta.idle_for >= Duration::from_secs(5) {
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
            Db::Postgres(pool)
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
            let writer = whole(SqlitePoolOptions::new())
                .max_connections(1)
                .acquire_timeout(Duration::from_secs(60))
                .connect_with(options.clone())
                .await?;
            let readers =
                whole(SqlitePoolOptions::new()).max_connections(8).connect_with(options.read_only(false)).await?;
            Db::Sqlite { readers, writer }
        } else {
            return Err(StoreError::Refused(format!(
                "DATABASE_URL must begin with sqlite: or postgres:, not `{}`",
                url.split(':').next().unwrap_or_default()
            )));
        };
        db.migrate().await?;
        Ok(db)
    }

    async fn migrate(&self) -> Result<()> {
        let own = match self {
            Db::Sqlite { .. } => SQLITE,
            Db::Postgres(_) => POSTGRES,
        };
        let migrations = MIGRATIONS.iter().chain(own).map(|(version, name, sql)| {
            let sql = SqlStr::from_static(sql);
            Migration::new(*version, Cow::Borrowed(*name), MigrationType::Simple, sql, false)
        });
        let migrator = Migrator::with_migrations(migrations.collect());
        match self {
            Db::Sqlite { writer, .. } => migrator.run(writer).await?,
            Db::Postgres(pool) => migrator.run(pool).await?,
        }
        Ok(())
    }

    /// A connection to read with.
    pub async fn read(&self) -> Result<Conn> {
        Ok(match self {
            Db::Sqlite { readers, .. } => Conn::Sqlite(readers.acquire().await?),
            Db::Postgres(pool) => Conn::Postgres(pool.acquire().await?),
        })
    }

    /// A transaction to change with: on SQLite it waits for the one writer.
    pub async fn begin(&self) -> Result<Conn> {
        Ok(match self {
            Db::Sqlite { writer, .. } => Conn::SqliteTx(writer.begin_with("BEGIN IMMEDIATE").await?),
            Db::Postgres(pool) => Conn::PostgresTx(pool.begin().await?),
        })
    }

    /// A transaction to read one consistent picture with.
    pub async fn snapshot(&self) -> Result<Conn> {
        Ok(match self {
            Db::Sqlite { readers, .. } => Conn::SqliteTx(readers.begin().await?),
            Db::Postgres(pool) => {
                Conn::PostgresTx(pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?)
            }
        })
    }

    pub async fn close(&self) {
        match self {
            Db::Sqlite { readers, writer } => {
                readers.close().await;
                writer.close().await;
            }
            Db::Postgres(pool) => pool.close().await,
        }
    }
}

/// Where its disk is full or fails, SQLite ends a transaction by itself; the connection still counts
/// one, and would begin no other: it is closed, and the next is a new one.
fn whole(options: SqlitePoolOptions) -> SqlitePoolOptions {
    options.before_acquire(|conn, _| Box::pin(async move { Ok(!sqlx::Connection::is_in_transaction(conn)) }))
}

/// An instant as it is stored.
pub fn stored(instant: Instant) -> String {
    instant.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

/// A stored instant; `None` for any other text.
pub fn from_stored(text: &str) -> Option<Instant> {
    chrono::DateTime::parse_from_rfc3339(text).ok().map(|instant| instant.to_utc())
}
