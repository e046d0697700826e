//! Lists of cases: whose eyes a list is for is part of the question.
//!
//! What a list asks for stands whole in the index in whose order it is read, so that it costs what it
//! passes and not what the school has; how long it is is counted a stretch at a time.

use super::cases::{COLUMNS, CaseRow};
use super::{Arg, Conn, Result};
use crate::lang::folded;

/// Which cases someone may see at all; drafts are nobody's but their writer's.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    pub everything: bool,
    /// Roles with units (role, unit's key) that a case may wait for.
    pub waits: Vec<(String, String)>,
    pub parts: Vec<Part>,
}

/// A workflow's cases: of one department, or all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    pub workflow: String,
    pub department: Option<String>,
}

/// What is asked of a list; empty texts ask for nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Question {
    /// Only what waits for the asker, the longest first; else all, the latest first.
    pub mine: bool,
    pub workflow: String,
    pub state: String,
    pub department: String,
    pub term: String,
    /// The academic year in which they were begun.
    pub year: String,
    /// The applicant's division, and class by code or name, on a day.
    pub division: String,
    pub class: String,
    pub day: String,
    /// Words that must all be in the number, the name or what lists show.
    pub text: String,
    /// From 0.
    pub page: i64,
}

/// Cases on one page.
pub const PAGE: i64 = 50;
/// A list is counted no further than to the end of so many cases around the page.
const STRETCH: i64 = 1000;

/// One page of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    pub rows: Vec<CaseRow>,
    /// How many cases the list has, as far as they were counted.
    pub total: i64,
    /// Whether there are more.
    pub more: bool,
}

fn condition<'a>(scope: &'a Scope, asked: &'a Question, args: &mut Vec<Arg<'a>>) -> String {
    let mut value = |arg: Arg<'a>| {
        args.push(arg);
        format!("${}", args.len())
    };
    let mut all = Vec::new();
    if asked.mine {
        let pairs: Vec<String> = scope
            .waits
            .iter()
            .map(|(role, unit)| {
                let unit = value(Arg::from(unit));
                format!("(waits_unit = {unit} AND waits_role = {})", value(Arg::from(role)))
            })
            .collect();
        all.push(if pairs.is_empty() { "1 = 0".to_owned() } else { format!("({})", pairs.join(" OR ")) });
    } else if !scope.everything {
        let mut departments: Vec<Option<&str>> = scope.parts.iter().map(|part| part.department.as_deref()).collect();
        departments.sort_unstable();
        departments.dedup();
        // A department is said once for all its workflows: alone, the list is read in its own index.
        let parts: Vec<String> = departments
            .into_iter()
            .map(|department| {
                let of = scope.parts.iter().filter(|part| part.department.as_deref() == department);
                let workflows: Vec<String> = of.map(|part| value(Arg::from(&part.workflow))).collect();
                let workflows = format!("(workflow IN ({})) IS TRUE", workflows.join(", "));
                match department {
                    Some(department) => format!("department = {} AND {workflows}", value(Arg::from(department))),
                    None => workflows,
                }
            })
            .collect();
        all.push(match parts.as_slice() {
            [] => "1 = 0".to_owned(),
            [only] => only.clone(),
            several => format!("(({}))", several.join(") OR (")),
        });
    }
    // What waits for somebody was sent.
    if !asked.mine {
        all.push("first_sent_at IS NOT NULL".to_owned());
    }
    // An expression, so that no index is chosen in which the list would have to be sorted; what
    // passes the fewest comes first.
    let same: Vec<String> = [("state", &asked.state), ("term", &asked.term), ("workflow", &asked.workflow)]
        .into_iter()
        .filter(|(_, wanted)| !wanted.is_empty())
        .map(|(column, wanted)| format!("{column} = {}", value(Arg::from(wanted))))
        .collect();
    if !same.is_empty() {
        all.push(format!("({}) IS TRUE", same.join(" AND ")));
    }
    if !asked.department.is_empty() {
        all.push(format!("department = {}", value(Arg::from(&asked.department))));
    }
    if !asked.year.is_empty() {
        all.push(format!("term LIKE {}", value(Arg::from(format!("{}-%", plain(&asked.year))))));
    }
    if !asked.division.is_empty() || !asked.class.is_empty() {
        let day = value(Arg::from(&asked.day));
        let mut theirs = format!("v.student = cases.applicant AND v.valid_from <= {day} AND {day} < v.valid_to");
        if !asked.division.is_empty() {
            theirs.push_str(&format!(" AND v.division = {}", value(Arg::from(&asked.division))));
        }
        if !asked.class.is_empty() {
            let class = value(Arg::from(&asked.class));
            theirs.push_str(&format!(
                " AND (v.class = {class} OR v.class IN (SELECT k.class FROM class_versions k WHERE k.name = {class}
                   AND k.valid_from <= {day} AND {day} < k.valid_to))"
            ));
        }
        all.push(format!("EXISTS (SELECT 1 FROM student_versions v WHERE {theirs})"));
    }
    for word in asked.text.split_whitespace().take(5) {
        let word = plain(&folded(word));
        all.push(format!("search LIKE {}", value(Arg::from(format!("%{word}%")))));
    }
    all.join(" AND ")
}

/// A text in which LIKE finds nothing but letters.
fn plain(text: &str) -> String {
    text.replace(['%', '_', '\\'], "")
}

/// All of a list, but no more than so many.
pub async fn whole(conn: &mut Conn, scope: &Scope, asked: &Question, most: i64) -> Result<Vec<CaseRow>> {
    let mut args = Vec::new();
    let condition = condition(scope, asked, &mut args);
    let order = if asked.mine { "waits_since, id" } else { "changed_at DESC, id DESC" };
    let sql = format!("SELECT {COLUMNS} FROM cases WHERE {condition} ORDER BY {order} LIMIT {most}");
    conn.all(&sql, &args).await
}

/// How many cases wait for someone, counted no further than `most`.
pub async fn waiting(conn: &mut Conn, scope: &Scope, most: i64) -> Result<i64> {
    let asked = Question { mine: true, ..Question::default() };
    let mut args = Vec::new();
    let condition = condition(scope, &asked, &mut args);
    let sql =
        format!("SELECT CAST(COUNT(*) AS BIGINT) FROM (SELECT 1 FROM cases WHERE {condition} LIMIT {most}) AS waiting");
    let (count,): (i64,) = conn.one(&sql, &args).await?;
    Ok(count)
}

/// Whoever looks for the next case, and what they come from.
#[derive(Clone, Copy, Debug)]
pub struct Looking<'a> {
    pub account: &'a str,
    /// The case that is left aside, and only those after it where `after` says since when it waits.
    pub but: &'a str,
    pub after: Option<&'a str>,
    /// As stored.
    pub now: &'a str,
}

/// The case that waits the longest for someone and that they may decide: not their own, not taken
/// by another, not decided by them in another state.
pub async fn next(conn: &mut Conn, scope: &Scope, looking: Looking<'_>) -> Result<Option<String>> {
    let asked = Question { mine: true, ..Question::default() };
    let mut args = Vec::new();
    let mut condition = condition(scope, &asked, &mut args);
    let Looking { account, but, after, now } = looking;
    args.extend([Arg::from(account), Arg::from(but), Arg::from(now)]);
    let (me, this, at) = (args.len() - 2, args.len() - 1, args.len());
    condition.push_str(&format!(
        " AND id <> ${this} AND applicant <> ${me}
         AND (claimed_by = '' OR claimed_by = ${me} OR claimed_until < ${at})
         AND NOT EXISTS (SELECT 1 FROM case_events e WHERE e.case_id = cases.id AND e.actor = ${me} AND e.undone = 0
           AND e.step NOT IN ('', 'undo') AND e.from_state <> cases.state)"
    ));
    if let Some(after) = after {
        args.push(Arg::from(after));
        let since = args.len();
        condition.push_str(&format!(" AND (waits_since > ${since} OR (waits_since = ${since} AND id > ${this}))"));
    }
    let sql = format!("SELECT id FROM cases WHERE {condition} ORDER BY waits_since, id LIMIT 1");
    let row: Option<(String,)> = conn.first(&sql, &args).await?;
    Ok(row.map(|(id,)| id))
}

/// One page of a list, with its length as far as it is counted.
pub async fn page(conn: &mut Conn, scope: &Scope, asked: &Question) -> Result<Page> {
    let mut args = Vec::new();
    let condition = condition(scope, asked, &mut args);
    let order = if asked.mine { "waits_since, id" } else { "changed_at DESC, id DESC" };
    let first = asked.page.max(0).saturating_mul(PAGE);
    let before = first / STRETCH * STRETCH;
    let most = STRETCH + 1;
    let sql = format!("SELECT id FROM cases WHERE {condition} ORDER BY {order} LIMIT {most} OFFSET {before}");
    let ids: Vec<(String,)> = conn.all(&sql, &args).await?;
    if ids.is_empty() && before > 0 {
        // Behind the end, where no link leads.
        let sql = format!("SELECT CAST(COUNT(*) AS BIGINT) FROM cases WHERE {condition}");
        let (total,): (i64,) = conn.one(&sql, &args).await?;
        return Ok(Page { total, ..Page::default() });
    }
    let (counted, more) = (ids.len().min(STRETCH as usize), ids.len() > STRETCH as usize);
    let from = ((first - before) as usize).min(counted);
    let shown = &ids[from..(from + PAGE as usize).min(counted)];
    Ok(Page { rows: of_ids(conn, shown).await?, total: before + counted as i64, more })
}

/// Cases in the order of their ids.
async fn of_ids(conn: &mut Conn, ids: &[(String,)]) -> Result<Vec<CaseRow>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let args: Vec<Arg<'_>> = ids.iter().map(|(id,)| Arg::from(id)).collect();
    let sql = format!("SELECT {COLUMNS} FROM cases WHERE id IN {}", super::register::marks(ids.len()));
    let mut rows: Vec<CaseRow> = conn.all(&sql, &args).await?;
    rows.sort_by_key(|row| ids.iter().position(|(id,)| *id == row.id));
    Ok(rows)
}

/// A case that a table may hold: its id, state and rounds.
pub type Held = (String, String, String);

/// The cases of a workflow that were sent, of some departments or of all, by department and applicant.
pub async fn sent(conn: &mut Conn, workflow: &str, departments: Option<&[String]>) -> Result<Vec<Held>> {
    let mut args = vec![Arg::from(workflow)];
    let mut sql = "SELECT id, state, rounds FROM cases WHERE workflow = $1 AND first_sent_at IS NOT NULL".to_owned();
    if let Some(departments) = departments {
        if departments.is_empty() {
            return Ok(Vec::new());
        }
        let marks: Vec<String> = (0..departments.len()).map(|index| format!("${}", index + 2)).collect();
        sql.push_str(&format!(" AND department IN ({})", marks.join(", ")));
        args.extend(departments.iter().map(Arg::from));
    }
    sql.push_str(" ORDER BY department, applicant, first_sent_at, id");
    conn.all(&sql, &args).await
}
