//! Credits: only added, or taken back by a second record with the negative amount. What they sum
//! to is in `facts`.

use super::register::marks;
use super::{Arg, Conn, Result};
use crate::amount::Amount;
use crate::args;
use crate::clock::Day;

/// A credit that a student has or had on a day. Days are as stored, `YYYY-MM-DD`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreditRecord {
    pub id: i64,
    /// The id of a category of the school's definition.
    pub category: String,
    pub amount: Amount,
    pub happened_on: String,
    /// The term of `happened_on`, as `114-1`.
    pub term: String,
    pub name: String,
    pub recorded_on: String,
    pub source: String,
    /// The import that brought it; 0: none.
    pub import: i64,
    /// When it was taken back, where that was recorded by the day asked for.
    pub taken_back_on: Option<String>,
}

/// A credit to be added.
#[derive(Clone, Debug)]
pub struct NewCredit<'a> {
    pub student: &'a str,
    pub category: &'a str,
    pub amount: Amount,
    pub happened_on: &'a str,
    pub term: &'a str,
    pub name: &'a str,
    pub recorded_on: &'a str,
    /// The version that its case had by the move that brought it; 0 where none did.
    pub case_version: i64,
    /// The credit that this one takes back: amount, category and term are then the other's.
    pub takes_back: Option<i64>,
}

/// All credits of a student that were recorded by `day`, the latest first.
pub async fn of_student(conn: &mut Conn, student: &str, day: Day) -> Result<Vec<CreditRecord>> {
    type Row = (i64, String, i64, String, String, String, String, String, i64, Option<String>);
    let rows: Vec<Row> = conn
        .all(
            "SELECT c.id, c.category, c.amount, c.happened_on, c.term, c.name, c.recorded_on, c.source, c.import_id,
                    b.recorded_on
             FROM credits c LEFT JOIN credits b ON b.takes_back = c.id AND b.recorded_on <= $2
             WHERE c.student = $1 AND c.recorded_on <= $2 AND c.takes_back IS NULL
             ORDER BY c.happened_on DESC, c.id DESC",
            args![student, day.to_string()],
        )
        .await?;
    Ok(rows
        .into_iter()
        .map(|(id, category, amount, happened_on, term, name, recorded_on, source, import, taken_back_on)| {
            CreditRecord {
                id,
                category,
                amount: Amount(amount),
                happened_on,
                term,
                name,
                recorded_on,
                source,
                import,
                taken_back_on,
            }
        })
        .collect())
}

/// Adds credits in one transaction; the caller then has `facts::update` bring the sums up to date.
pub async fn add(
    conn: &mut Conn,
    credits: &[NewCredit<'_>],
    recorded_at: &str,
    source: &str,
    import: i64,
) -> Result<()> {
    let mut id = conn.numbers(credits.len() as i64).await?;
    for chunk in credits.chunks(5_000) {
        let mut args: Vec<Arg<'_>> = Vec::with_capacity(chunk.len() * 13);
        for credit in chunk {
            args.extend([
                Arg::Int(id),
                Arg::from(credit.student),
                Arg::from(credit.category),
                Arg::Int(credit.amount.0),
                Arg::from(credit.happened_on),
                Arg::from(credit.term),
                Arg::from(credit.name),
                Arg::from(credit.recorded_on),
                Arg::from(recorded_at),
                Arg::from(source),
                Arg::Int(import),
                Arg::Int(credit.case_version),
                Arg::from(credit.takes_back),
            ]);
            id += 1;
        }
        conn.insert(
            "INSERT INTO credits (id, student, category, amount, happened_on, term, name, recorded_on, recorded_at,
             source, import_id, case_version, takes_back) VALUES",
            13,
            &args,
            "",
        )
        .await?;
    }
    Ok(())
}

/// A credit that was not taken back, as an import compares it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiveCredit {
    pub id: i64,
    pub student: String,
    pub category: String,
    pub amount: Amount,
    pub happened_on: String,
    pub name: String,
    pub recorded_on: String,
}

/// All credits of these students that were not taken back, whenever recorded.
pub async fn live(conn: &mut Conn, students: &[&str], mut each: impl FnMut(LiveCredit) + Send) -> Result<()> {
    type Row = (i64, String, String, i64, String, String, String);
    for chunk in students.chunks(500) {
        let args: Vec<Arg<'_>> = chunk.iter().map(|student| Arg::from(*student)).collect();
        let sql = format!(
            "SELECT c.id, c.student, c.category, c.amount, c.happened_on, c.name, c.recorded_on FROM credits c
             WHERE c.student IN {} AND c.takes_back IS NULL
             AND NOT EXISTS (SELECT 1 FROM credits b WHERE b.takes_back = c.id) ORDER BY c.id",
            marks(chunk.len())
        );
        conn.each(&sql, &args, |(id, student, category, amount, happened_on, name, recorded_on): Row| {
            each(LiveCredit { id, student, category, amount: Amount(amount), happened_on, name, recorded_on });
        })
        .await?;
    }
    Ok(())
}

/// The imports, not themselves taken back, that took back credits of this one.
pub async fn imports_built_on(conn: &mut Conn, import: i64) -> Result<Vec<i64>> {
    let rows: Vec<(i64,)> = conn
        .all(
            "SELECT DISTINCT b.import_id FROM credits c JOIN credits b ON b.takes_back = c.id
             JOIN imports i ON i.id = b.import_id
             WHERE c.import_id = $1 AND b.import_id <> $1 AND i.taken_back_at IS NULL ORDER BY b.import_id",
            args![import],
        )
        .await?;
    Ok(rows.into_iter().map(|(import,)| import).collect())
}

/// The students whose credits an import added or took back.
pub async fn students_of_import(conn: &mut Conn, import: i64) -> Result<Vec<String>> {
    let rows: Vec<(String,)> =
        conn.all("SELECT DISTINCT student FROM credits WHERE import_id = $1 ORDER BY student", args![import]).await?;
    Ok(rows.into_iter().map(|(student,)| student).collect())
}

/// Takes all that an import did to credits back: what it added by negative records, what it took
/// back by adding it again for the import that had brought it. Nobody's record is backdated: each
/// is recorded on `today`, or later where the record itself is. The students concerned.
pub async fn take_back_import(conn: &mut Conn, import: i64, today: &str, recorded_at: &str) -> Result<Vec<String>> {
    let students: Vec<(String,)> =
        conn.all("SELECT DISTINCT student FROM credits WHERE import_id = $1", args![import]).await?;
    let (added, taken): (i64, i64) = conn
        .one(
            "SELECT CAST(COUNT(*) AS BIGINT), CAST(COUNT(takes_back) AS BIGINT) FROM credits WHERE import_id = $1",
            args![import],
        )
        .await?;
    let added_from = conn.numbers(added - taken).await?;
    // Numbers are given by the row's place, so that one statement does it for a hundred thousand.
    conn.run(
        "INSERT INTO credits (id, student, category, amount, happened_on, term, name, recorded_on, recorded_at, source,
         import_id, takes_back)
         SELECT $2 + ROW_NUMBER() OVER (ORDER BY c.id) - 1, c.student, c.category, -c.amount, c.happened_on, c.term,
         c.name, CASE WHEN c.recorded_on > $3 THEN c.recorded_on ELSE $3 END, $4, 'take-back', $1, c.id
         FROM credits c WHERE c.import_id = $1 AND c.takes_back IS NULL
         AND NOT EXISTS (SELECT 1 FROM credits b WHERE b.takes_back = c.id)",
        args![import, added_from, today, recorded_at],
    )
    .await?;
    let restored_from = conn.numbers(taken).await?;
    conn.run(
        "INSERT INTO credits (id, student, category, amount, happened_on, term, name, recorded_on, recorded_at, source,
         import_id, takes_back)
         SELECT $2 + ROW_NUMBER() OVER (ORDER BY o.id) - 1, o.student, o.category, o.amount, o.happened_on, o.term,
         o.name, CASE WHEN b.recorded_on > $3 THEN b.recorded_on ELSE $3 END, $4, o.source, o.import_id, NULL
         FROM credits b JOIN credits o ON o.id = b.takes_back
         WHERE b.import_id = $1 AND o.import_id <> $1",
        args![import, restored_from, today, recorded_at],
    )
    .await?;
    Ok(students.into_iter().map(|(student,)| student).collect())
}

/// Takes back a student's credits that one move brought (their source, and the version of the case) and that were not
/// taken back yet: each by a record of its own, on `today` or later where the record itself is. How many.
pub async fn take_back_move(
    conn: &mut Conn,
    student: &str,
    (source, version): (&str, i64),
    today: &str,
    recorded_at: &str,
) -> Result<u64> {
    let live = "FROM credits c WHERE c.student = $1 AND c.source = $2 AND c.case_version = $3 AND c.takes_back IS NULL
         AND NOT EXISTS (SELECT 1 FROM credits b WHERE b.takes_back = c.id)";
    let (count,): (i64,) =
        conn.one(&format!("SELECT CAST(COUNT(*) AS BIGINT) {live}"), args![student, source, version]).await?;
    if count == 0 {
        return Ok(0);
    }
    let from = conn.numbers(count).await?;
    let sql = format!(
        "INSERT INTO credits (id, student, category, amount, happened_on, term, name, recorded_on, recorded_at, source,
         import_id, case_version, takes_back)
         SELECT $4 + ROW_NUMBER() OVER (ORDER BY c.id) - 1, c.student, c.category, -c.amount, c.happened_on, c.term,
         c.name, CASE WHEN c.recorded_on > $5 THEN c.recorded_on ELSE $5 END, $6, 'take-back', c.import_id, c.case_version, c.id {live}"
    );
    conn.run(&sql, args![student, source, version, from, today, recorded_at]).await
}
