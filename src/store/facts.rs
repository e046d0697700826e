//! What a student is judged by: the sums of the credits by category and term, and what was granted, with
//! its end. Kept a row a student, in the transaction that changes it; provable from the records; and
//! had for any past day from the index. Which grants are over on a day is for whoever judges.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::grants::{self, FACT, JUDGED};
use super::{Arg, Conn, Result};
use crate::args;
use crate::clock::Day;

/// A student whose kept sums are not those of their credits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    pub student: String,
    pub kept: String,
    pub credits: String,
}

/// Grows one student's sums and grants into their text.
#[derive(Default)]
struct SumsText {
    sums: BTreeMap<(String, String), i64>,
    grants: Vec<String>,
}

impl SumsText {
    fn add(&mut self, category: String, term: String, amount: i64) {
        *self.sums.entry((category, term)).or_default() += amount;
    }

    fn take(&mut self) -> String {
        let mut text = String::new();
        for ((category, term), amount) in std::mem::take(&mut self.sums) {
            if amount != 0 {
                let separator = if text.is_empty() { "" } else { ";" };
                let _ = write!(text, "{separator}{category}:{term}:{amount}");
            }
        }
        self.grants.sort_unstable();
        for grant in self.grants.drain(..) {
            let separator = if text.is_empty() { "" } else { ";" };
            let _ = write!(text, "{separator}{grant}");
        }
        text
    }
}

/// Far beyond any day on which something was recorded.
const EVER: &str = "'9999-12-31'";

/// What was granted of what is judged, by student, as of a day (`$1`) or ever. Few have any.
async fn granted(conn: &mut Conn, day: Option<Day>) -> Result<BTreeMap<String, Vec<String>>> {
    let mut out: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let args: Vec<Arg<'_>> = day.iter().map(|day| Arg::from(day.to_string())).collect();
    let standing = grants::standing(if day.is_some() { "$1" } else { EVER });
    conn.each(
        &format!("SELECT g.student, {FACT} FROM grants g WHERE {JUDGED} AND {standing}"),
        &args,
        |(student, fact): (String, String)| out.entry(student).or_default().push(fact),
    )
    .await?;
    Ok(out)
}

/// Brings what these students are judged by up to date with their credits and grants.
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
        let standing = grants::standing(EVER);
        conn.each(
            &format!("SELECT g.student, {FACT} FROM grants g WHERE g.student IN ({marks}) AND {JUDGED} AND {standing}"),
            &args,
            |(student, fact): (String, String)| texts.entry(student).or_default().grants.push(fact),
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

/// Makes all of it anew from the records; how many students have any.
pub async fn rebuild(conn: &mut Conn) -> Result<u64> {
    conn.run("DELETE FROM student_facts", args![]).await?;
    let mut made = 0;
    let mut after = String::new();
    loop {
        // In blocks, because a connection cannot write while it reads.
        let block: Vec<(String,)> = conn
            .all("SELECT DISTINCT student FROM credits WHERE student > $1 ORDER BY student LIMIT 5000", args![&after])
            .await?;
        let Some((last,)) = block.last() else { break };
        after = last.clone();
        let students: Vec<&str> = block.iter().map(|(student,)| student.as_str()).collect();
        update(conn, &students).await?;
        made += students.len() as u64;
    }
    let rest: Vec<(String,)> = conn
        .all(
            "SELECT DISTINCT g.student FROM grants g
             WHERE NOT EXISTS (SELECT 1 FROM credits c WHERE c.student = g.student)",
            args![],
        )
        .await?;
    let rest: Vec<&str> = rest.iter().map(|(student,)| student.as_str()).collect();
    update(conn, &rest).await?;
    Ok(made + rest.len() as u64)
}

/// Compares every student's kept sums with their credits, a student at a time; `different` is told
/// of each that differs. How many students were compared.
pub async fn prove(conn: &mut Conn, mut different: impl FnMut(Difference) + Send) -> Result<u64> {
    let mut compared = 0;
    let mut granted = granted(conn, None).await?;
    let mut current: Option<(String, Option<String>, SumsText)> = None;
    let mut finish = |entry: Option<(String, Option<String>, SumsText)>| {
        if let Some((student, kept, mut sums)) = entry {
            compared += 1;
            sums.grants = granted.remove(&student).unwrap_or_default();
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
            let mut own = SumsText { grants: granted.remove(&student).unwrap_or_default(), ..SumsText::default() };
            let credits = own.take();
            if kept != credits {
                different(Difference { student, kept, credits });
            }
        },
    )
    .await?;
    for (student, grants) in granted {
        compared += 1;
        let credits = SumsText { grants, ..SumsText::default() }.take();
        different(Difference { student, kept: String::new(), credits });
    }
    Ok(compared)
}

/// On which days the last credit and the last grant of all were recorded.
pub(super) async fn last(conn: &mut Conn) -> Result<(Option<String>, Option<String>)> {
    // The last entry of the index, however few or many there are: asked for "any later one",
    // PostgreSQL may read the whole table to find none.
    conn.one("SELECT (SELECT MAX(recorded_on) FROM credits), (SELECT MAX(recorded_on) FROM grants)", args![]).await
}

/// Whether what is kept is also that of `day`: nothing was recorded after it.
pub async fn are_of(conn: &mut Conn, day: Day) -> Result<bool> {
    let (credit, grant) = last(conn).await?;
    Ok(is_by(day, credit) && is_by(day, grant))
}

/// Whether a last day is none after `day`.
pub(super) fn is_by(day: Day, last: Option<String>) -> bool {
    last.is_none_or(|last| last <= day.to_string())
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
    let standing = grants::standing("$2");
    let rows: Vec<(String,)> = conn
        .all(
            &format!("SELECT {FACT} FROM grants g WHERE g.student = $1 AND {JUDGED} AND {standing}"),
            args![student, day.to_string()],
        )
        .await?;
    sums.grants.extend(rows.into_iter().map(|(fact,)| fact));
    Ok(sums.take())
}

/// Calls `each` with every student who had something on `day` and its text, a student at a time, in the
/// database's order of student numbers; who has nothing but a grant comes last. From what is kept where
/// that is the day's.
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
    let mut granted = granted(conn, Some(day)).await?;
    let mut current: Option<(String, SumsText)> = None;
    conn.each(
        "SELECT student, category, term, CAST(SUM(amount) AS BIGINT) FROM credits
         WHERE recorded_on <= $1 GROUP BY student, category, term ORDER BY student, category, term",
        args![day.to_string()],
        |(student, category, term, amount): (String, String, String, i64)| {
            if current.as_ref().is_none_or(|(name, _)| *name != student)
                && let Some((name, mut sums)) = {
                    let grants = granted.remove(&student).unwrap_or_default();
                    current.replace((student, SumsText { grants, ..SumsText::default() }))
                }
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
    for (student, grants) in granted {
        each(&student, &SumsText { grants, ..SumsText::default() }.take());
    }
    Ok(())
}
