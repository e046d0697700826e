//! The sums of a student's credits by category and term: kept a row a student, in the transaction
//! that changes the credits; provable from the credits; and had for any past day from the index.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::{Arg, Conn, Result};
use crate::amount::Amount;
use crate::args;
use crate::clock::Day;

/// The sum of a student's credits in a category that happened in a term.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SumRow<'a> {
    pub category: &'a str,
    pub term: &'a str,
    pub amount: Amount,
}

/// A student whose kept sums are not those of their credits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    pub student: String,
    pub kept: String,
    pub credits: String,
}

/// Reads `category:term:hundredths;…`.
pub fn sums(text: &str) -> impl Iterator<Item = SumRow<'_>> {
    text.split(';').filter_map(|part| {
        let (rest, amount) = part.rsplit_once(':')?;
        let (category, term) = rest.rsplit_once(':')?;
        Some(SumRow { category, term, amount: Amount(amount.parse().ok()?) })
    })
}

/// Grows one student's sums into their text.
#[derive(Default)]
struct SumsText(BTreeMap<(String, String), i64>);

impl SumsText {
    fn add(&mut self, category: String, term: String, amount: i64) {
        *self.0.entry((category, term)).or_default() += amount;
    }

    fn take(&mut self) -> String {
        let mut text = String::new();
        for ((category, term), amount) in std::mem::take(&mut self.0) {
            if amount != 0 {
                let separator = if text.is_empty() { "" } else { ";" };
                let _ = write!(text, "{separator}{category}:{term}:{amount}");
            }
        }
        text
    }
}

/// Brings the sums of these students up to date with their credits.
pub async fn update(conn: &mut Conn, students: &[&str]) -> Result<()> {
    for chunk in students.chunks(400) {
        let marks: Vec<String> = (1..=chunk.len()).map(|index| format!("${index}")).collect();
        let marks = marks.join(", ");
        let args: Vec<Arg<'_>> = chunk.iter().map(|student| Arg::from(*student)).collect();
        let mut texts: BTreeMap<String, SumsText> = BTreeMap::new();
        conn.each(
            &format!(
                "SELECT student, category, term, CAST(SUM(amount) AS BIGINT) FROM credits
                 WHERE student IN ({marks}) GROUP BY student, category, term"
            ),
            &args,
            |(student, category, term, amount): (String, String, String, i64)| {
                texts.entry(student).or_default().add(category, term, amount);
            },
        )
        .await?;
        conn.run(&format!("DELETE FROM student_facts WHERE student IN ({marks})"), &args).await?;
        let mut rows = Vec::with_capacity(texts.len() * 2);
        for (student, mut sums) in texts {
            let text = sums.take();
            if !text.is_empty() {
                rows.extend([Arg::from(student), Arg::from(text)]);
            }
        }
        conn.insert("INSERT INTO student_facts (student, sums) VALUES", 2, &rows, "").await?;
    }
    Ok(())
}

/// Makes all sums anew from the credits; how many students have any.
pub async fn rebuild(conn: &mut Conn) -> Result<u64> {
    conn.run("DELETE FROM student_facts", args![]).await?;
    let mut made = 0;
    let mut after = String::new();
    loop {
        // In blocks, because a connection cannot write while it reads.
        let block: Vec<(String,)> = conn
            .all("SELECT DISTINCT student FROM credits WHERE student > $1 ORDER BY student LIMIT 5000", args![&after])
            .await?;
        let Some((last,)) = block.last() else { return Ok(made) };
        after = last.clone();
        let students: Vec<&str> = block.iter().map(|(student,)| student.as_str()).collect();
        update(conn, &students).await?;
        made += students.len() as u64;
    }
}

/// Compares every student's kept sums with their credits, a student at a time; `different` is told
/// of each that differs. How many students were compared.
pub async fn prove(conn: &mut Conn, mut different: impl FnMut(Difference) + Send) -> Result<u64> {
    let mut compared = 0;
    let mut current: Option<(String, Option<String>, SumsText)> = None;
    let mut finish = |entry: Option<(String, Option<String>, SumsText)>| {
        if let Some((student, kept, mut sums)) = entry {
            compared += 1;
            let (kept, credits) = (kept.unwrap_or_default(), sums.take());
            if kept != credits {
                different(Difference { student, kept, credits });
            }
        }
    };
    conn.each(
        "SELECT c.student, c.category, c.term, c.amount, f.sums
         FROM (SELECT student, category, term, CAST(SUM(amount) AS BIGINT) AS amount FROM credits
               GROUP BY student, category, term) c
         LEFT JOIN student_facts f ON f.student = c.student ORDER BY c.student",
        args![],
        |(student, category, term, amount, kept): (String, String, String, i64, Option<String>)| {
            if current.as_ref().is_none_or(|(name, _, _)| *name != student) {
                finish(current.replace((student, kept, SumsText::default())));
            }
            if let Some((_, _, sums)) = &mut current {
                sums.add(category, term, amount);
            }
        },
    )
    .await?;
    finish(current.take());
    // Sums that are kept for someone without any credit.
    conn.each(
        "SELECT f.student, f.sums FROM student_facts f
         WHERE NOT EXISTS (SELECT 1 FROM credits c WHERE c.student = f.student) ORDER BY f.student",
        args![],
        |(student, kept): (String, String)| {
            compared += 1;
            different(Difference { student, kept, credits: String::new() });
        },
    )
    .await?;
    Ok(compared)
}

/// Whether the kept sums are also those of `day`: nothing was recorded after it.
pub async fn are_of(conn: &mut Conn, day: Day) -> Result<bool> {
    // The last entry of the index, however few or many there are: asked for "any later one",
    // PostgreSQL may read the whole table to find none.
    let (last,): (Option<String>,) = conn.one("SELECT MAX(recorded_on) FROM credits", args![]).await?;
    Ok(last.is_none_or(|last| last <= day.to_string()))
}

/// The sums of one student as of a day, as text for `sums`.
pub async fn of_student(conn: &mut Conn, student: &str, day: Day) -> Result<String> {
    let rows: Vec<(String, String, i64)> = conn
        .all(
            "SELECT category, term, CAST(SUM(amount) AS BIGINT) FROM credits
             WHERE student = $1 AND recorded_on <= $2 GROUP BY category, term",
            args![student, day.to_string()],
        )
        .await?;
    let mut sums = SumsText::default();
    for (category, term, amount) in rows {
        sums.add(category, term, amount);
    }
    Ok(sums.take())
}

/// Calls `each` with every student who had credits on `day` and the text of their sums, a student
/// at a time, in the database's order of student numbers. From the kept sums where they are that day's.
pub async fn each_as_of(conn: &mut Conn, day: Day, mut each: impl FnMut(&str, &str) + Send) -> Result<()> {
    if are_of(conn, day).await? {
        return conn
            .each(
                "SELECT student, sums FROM student_facts ORDER BY student",
                args![],
                |(student, sums): (String, String)| each(&student, &sums),
            )
            .await;
    }
    let mut current: Option<(String, SumsText)> = None;
    conn.each(
        "SELECT student, category, term, CAST(SUM(amount) AS BIGINT) FROM credits
         WHERE recorded_on <= $1 GROUP BY student, category, term ORDER BY student, category, term",
        args![day.to_string()],
        |(student, category, term, amount): (String, String, String, i64)| {
            if current.as_ref().is_none_or(|(name, _)| *name != student)
                && let Some((name, mut sums)) = current.replace((student, SumsText::default()))
            {
                each(&name, &sums.take());
            }
            if let Some((_, sums)) = &mut current {
                sums.add(category, term, amount);
            }
        },
    )
    .await?;
    if let Some((name, mut sums)) = current {
        each(&name, &sums.take());
    }
    Ok(())
}
