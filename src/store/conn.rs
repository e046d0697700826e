//! One connection or one transaction of either database, and the few ways to ask it.

use std::borrow::Cow;

use sqlx::postgres::{PgArguments, PgRow};
use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::{AssertSqlSafe, Executor, FromRow, Postgres, Sqlite};
use tokio_stream::StreamExt;

use super::readers::Reader;
use super::writer::Turn;
use super::{Result, StoreError};

/// One connection, or one transaction (which holds the write lock on SQLite from its beginning).
/// A transaction that is dropped without `commit` is rolled back.
pub enum Conn {
    Sqlite(sqlx::pool::PoolConnection<Sqlite>),
    /// One consistent picture, read only.
    SqliteTx(sqlx::Transaction<'static, Sqlite>),
    SqliteTurn(Turn),
    Postgres(Reader),
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

/// Rows as a database gives them. What asks is compiled once; only their reading is made for each type.
enum Rows {
    Sqlite(Vec<SqliteRow>),
    Postgres(Vec<PgRow>),
}

enum OneRow {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

impl OneRow {
    fn read<T: Row>(&self) -> Result<T> {
        Ok(match self {
            OneRow::Sqlite(row) => T::from_row(row)?,
            OneRow::Postgres(row) => T::from_row(row)?,
        })
    }
}

/// Runs the same expression on whichever connection it is.
macro_rules! on {
    ($conn:expr, $args:expr, |$c:ident, $a:ident| { sqlite: $sqlite:expr, postgres: $postgres:expr }) => {
        match $conn {
            Conn::Sqlite($c) => {
                let ($c, $a) = (&mut **$c, sqlite_args($args)?);
                $sqlite
            }
            Conn::SqliteTx($c) => {
                let ($c, $a) = (&mut **$c, sqlite_args($args)?);
                $sqlite
            }
            Conn::SqliteTurn($c) => {
                let ($c, $a) = ($c.conn()?, sqlite_args($args)?);
                $sqlite
            }
            Conn::Postgres(reader) => {
                let ($c, $a) = (reader.conn()?, postgres_args($args)?);
                let answer = $postgres;
                reader.answered();
                answer
            }
            Conn::PostgresTx($c) => {
                let ($c, $a) = (&mut **$c, postgres_args($args)?);
                $postgres
            }
        }
    };
}

impl Conn {
    /// All rows. `sql` never contains text from outside: values go through `args`.
    pub async fn all<T: Row>(&mut self, sql: &str, args: &[Arg<'_>]) -> Result<Vec<T>> {
        let read: std::result::Result<Vec<T>, sqlx::Error> = match self.rows(sql, args).await? {
            Rows::Sqlite(rows) => rows.iter().map(T::from_row).collect(),
            Rows::Postgres(rows) => rows.iter().map(T::from_row).collect(),
        };
        Ok(read?)
    }

    async fn rows(&mut self, sql: &str, args: &[Arg<'_>]) -> Result<Rows> {
        let sql = AssertSqlSafe(sql.to_owned());
        Ok(on!(self, args, |c, a| {
            sqlite: Rows::Sqlite(sqlx::query_with(sql, a).fetch_all(c).await?),
            postgres: Rows::Postgres(sqlx::query_with(sql, a).fetch_all(c).await?)
        }))
    }

    /// The first row, if there is one.
    pub async fn first<T: Row>(&mut self, sql: &str, args: &[Arg<'_>]) -> Result<Option<T>> {
        self.first_row(sql, args).await?.as_ref().map(OneRow::read).transpose()
    }

    async fn first_row(&mut self, sql: &str, args: &[Arg<'_>]) -> Result<Option<OneRow>> {
        let sql = AssertSqlSafe(sql.to_owned());
        Ok(on!(self, args, |c, a| {
            sqlite: sqlx::query_with(sql, a).fetch_optional(c).await?.map(OneRow::Sqlite),
            postgres: sqlx::query_with(sql, a).fetch_optional(c).await?.map(OneRow::Postgres)
        }))
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
        self.each_row(sql, args, &mut |row| {
            each(row.read()?);
            Ok(())
        })
        .await
    }

    async fn each_row(
        &mut self,
        sql: &str,
        args: &[Arg<'_>],
        each: &mut (dyn FnMut(OneRow) -> Result<()> + Send),
    ) -> Result<()> {
        let sql = AssertSqlSafe(sql.to_owned());
        on!(self, args, |c, a| {
            sqlite: {
                let mut rows = c.fetch(sqlx::query_with(sql, a));
                while let Some(row) = rows.next().await {
                    each(OneRow::Sqlite(row?))?;
                }
            },
            postgres: {
                let mut rows = c.fetch(sqlx::query_with(sql, a));
                while let Some(row) = rows.next().await {
                    each(OneRow::Postgres(row?))?;
                }
            }
        });
        Ok(())
    }

    /// Changes rows; how many.
    pub async fn run(&mut self, sql: &str, args: &[Arg<'_>]) -> Result<u64> {
        let sql = AssertSqlSafe(sql.to_owned());
        Ok(on!(self, args, |c, a| {
            sqlite: sqlx::query_with(sql, a).execute(c).await?.rows_affected(),
            postgres: sqlx::query_with(sql, a).execute(c).await?.rows_affected()
        }))
    }

    /// Whether this is PostgreSQL, for the few statements that the two say differently.
    pub fn is_postgres(&self) -> bool {
        match self {
            Conn::Sqlite(_) | Conn::SqliteTx(_) | Conn::SqliteTurn(_) => false,
            Conn::Postgres(_) | Conn::PostgresTx(_) => true,
        }
    }

    /// Inserts many rows in few statements: `head` is `INSERT INTO t (a, b) VALUES`, `tail` e.g.
    /// `ON CONFLICT DO NOTHING`; `args` holds `width` values a row. Returns the rows inserted.
    pub async fn insert(&mut self, head: &str, width: usize, args: &[Arg<'_>], tail: &str) -> Result<u64> {
        // PostgreSQL takes 65,535 parameters, SQLite 32,766.
        let rows_at_once = (32_000 / width).min(500);
        // SQLite looks a numbered parameter up among all the others each time it is bound.
        let numbered = self.is_postgres();
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
        let sql = if self.is_postgres() {
            "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)"
        } else {
            "SELECT CAST(unixepoch('now', 'subsec') * 1000 AS BIGINT)"
        };
        let (now,): (i64,) = self.one(sql, args![]).await?;
        Ok(now)
    }

    /// Commits a transaction: when this returns well, it survives a power cut. On a plain connection
    /// there is nothing to commit.
    pub async fn commit(self) -> Result<()> {
        match self {
            Conn::SqliteTurn(turn) => turn.commit().await?,
            Conn::SqliteTx(tx) => tx.commit().await?,
            Conn::PostgresTx(tx) => tx.commit().await?,
            Conn::Sqlite(_) | Conn::Postgres(_) => {}
        }
        Ok(())
    }

    /// Rolls a transaction back at once, rather than when it is dropped.
    pub async fn roll_back(self) -> Result<()> {
        match self {
            Conn::SqliteTurn(turn) => turn.roll_back().await?,
            Conn::SqliteTx(tx) => tx.rollback().await?,
            Conn::PostgresTx(tx) => tx.rollback().await?,
            Conn::Sqlite(_) | Conn::Postgres(_) => {}
        }
        Ok(())
    }
}
