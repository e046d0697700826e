//! Lists of cases: whose eyes a list is for is part of the question.

use super::cases::{COLUMNS, CaseRow};
use super::{Arg, Conn, Result};

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
    /// Words that must all be in the number, the name or what lists show.
    pub text: String,
    /// From 0.
    pub page: i64,
}

/// Cases on one page.
pub const PAGE: i64 = 50;

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
        let parts: Vec<String> = scope
            .parts
            .iter()
            .map(|part| {
                let workflow = value(Arg::from(&part.workflow));
                match &part.department {
                    Some(department) => {
                        format!("(workflow = {workflow} AND department = {})", value(Arg::from(department)))
                    }
                    None => format!("workflow = {workflow}"),
                }
            })
            .collect();
        all.push(if parts.is_empty() { "1 = 0".to_owned() } else { format!("({})", parts.join(" OR ")) });
    }
    all.push("first_sent_at IS NOT NULL".to_owned());
    for (column, wanted) in [
        ("workflow", &asked.workflow),
        ("state", &asked.state),
        ("department", &asked.department),
        ("term", &asked.term),
    ] {
        if !wanted.is_empty() {
            all.push(format!("{column} = {}", value(Arg::from(wanted))));
        }
    }
    for word in asked.text.split_whitespace().take(5) {
        let word = word.to_lowercase().replace(['%', '_', '\\'], "");
        all.push(format!("(search LIKE {0} OR LOWER(number) LIKE {0})", value(Arg::from(format!("%{word}%")))));
    }
    all.join(" AND ")
}

/// How many cases a list has.
pub async fn count(conn: &mut Conn, scope: &Scope, asked: &Question) -> Result<i64> {
    let mut args = Vec::new();
    let condition = condition(scope, asked, &mut args);
    let (count,): (i64,) =
        conn.one(&format!("SELECT CAST(COUNT(*) AS BIGINT) FROM cases WHERE {condition}"), &args).await?;
    Ok(count)
}

/// One page of a list.
pub async fn page(conn: &mut Conn, scope: &Scope, asked: &Question) -> Result<Vec<CaseRow>> {
    let mut args = Vec::new();
    let condition = condition(scope, asked, &mut args);
    let order = if asked.mine { "waits_since, id" } else { "changed_at DESC, id" };
    let offset = asked.page.max(0).saturating_mul(PAGE);
    let sql = format!("SELECT {COLUMNS} FROM cases WHERE {condition} ORDER BY {order} LIMIT {PAGE} OFFSET {offset}");
    conn.all(&sql, &args).await
}
