//! Students with the sums of their credits, as they were on a day: one streamed query for any
//! number of students. Nothing here judges; whose eyes it is for is part of the question.

use super::facts;
use super::grants::{self, FACT, JUDGED};
use super::{Arg, Conn, Result};
use crate::args;
use crate::clock::Day;

/// Which students a question is about; all that is set must hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Students {
    pub day: Day,
    /// States of enrolment that count, by id; `None`: any.
    pub statuses: Option<Vec<String>>,
    /// Divisions (by id) with a year of admission; `None`: any.
    pub cohorts: Option<Vec<(String, i32)>>,
    pub student: Option<String>,
    pub class: Option<String>,
    pub department: Option<String>,
    pub college: Option<String>,
    /// What the asker may see; `None`: everyone.
    pub within: Option<Within>,
}

/// The places that someone may see: a student in any of them is seen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Within {
    pub classes: Vec<String>,
    pub departments: Vec<String>,
    pub colleges: Vec<String>,
}

/// What statistics need of a student.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counted {
    pub department: String,
    pub class: String,
    pub division: String,
    pub admitted: i64,
    /// As `facts` keeps them: `category:term:hundredths`, joined by `;`, and what was granted.
    pub sums: String,
}

/// What a list needs of a student.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    pub student: String,
    pub name: String,
    pub email: String,
    pub status: String,
    pub division: String,
    pub admitted: i64,
    pub class: String,
    pub class_name: String,
    pub department: String,
    pub department_name: String,
    pub college: String,
    pub sums: String,
    /// The last day on which a record of a category was added that was not taken back, where one student
    /// is asked for: `category:day`, joined by `;`.
    pub recorded: String,
}

/// A class as it was on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Class {
    pub class: String,
    pub name: String,
    pub department: String,
    pub department_name: String,
    pub college: String,
    pub admitted: i64,
}

impl Students {
    /// Everyone of whom there is a record on `day`.
    pub fn on(day: Day) -> Students {
        Students {
            day,
            statuses: None,
            cohorts: None,
            student: None,
            class: None,
            department: None,
            college: None,
            within: None,
        }
    }

    /// The condition on `v` (student_versions) and `u` (units), its values added to `args`.
    fn condition<'a>(&'a self, args: &mut Vec<Arg<'a>>) -> String {
        let mut condition = Condition { sql: String::new(), args };
        let day = condition.value(self.day.to_string());
        condition.sql = format!("v.valid_from <= {day} AND {day} < v.valid_to");
        if let Some(statuses) = &self.statuses {
            let alternatives = condition.is_one_of("v.status", statuses);
            condition.and(&alternatives);
        }
        if let Some(cohorts) = &self.cohorts {
            let alternatives: Vec<String> = cohorts
                .iter()
                .map(|(division, admitted)| {
                    let division = condition.value(division);
                    format!("(v.admitted = {} AND v.division = {division})", condition.value(i64::from(*admitted)))
                })
                .collect();
            condition.and(&any_of(&alternatives));
        }
        for (column, wanted) in [
            ("v.student", &self.student),
            ("v.class", &self.class),
            ("v.department", &self.department),
            ("u.college", &self.college),
        ] {
            if let Some(wanted) = wanted {
                let wanted = condition.value(wanted);
                condition.and(&format!("{column} = {wanted}"));
            }
        }
        if let Some(within) = &self.within {
            let places = [
                condition.is_one_of("v.class", &within.classes),
                condition.is_one_of("v.department", &within.departments),
                condition.is_one_of("u.college", &within.colleges),
            ];
            condition.and(&any_of(&places));
        }
        condition.sql
    }
}

struct Condition<'a, 'b> {
    sql: String,
    args: &'b mut Vec<Arg<'a>>,
}

impl<'a> Condition<'a, '_> {
    /// The placeholder of a value.
    fn value(&mut self, value: impl Into<Arg<'a>>) -> String {
        self.args.push(value.into());
        format!("${}", self.args.len())
    }

    fn and(&mut self, term: &str) {
        self.sql.push_str(" AND ");
        self.sql.push_str(term);
    }

    fn is_one_of(&mut self, column: &str, values: &'a [String]) -> String {
        if values.is_empty() {
            return NOBODY.to_owned();
        }
        let values: Vec<String> = values.iter().map(|value| self.value(value)).collect();
        format!("{column} IN ({})", values.join(", "))
    }
}

const NOBODY: &str = "1 = 0";

fn any_of(alternatives: &[String]) -> String {
    if alternatives.is_empty() { NOBODY.to_owned() } else { format!("({})", alternatives.join(" OR ")) }
}

/// Where what students are judged by comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Source {
    /// What is kept: nothing was recorded after the day.
    Kept,
    /// The credits recorded by the day, through the index that covers them; and what was granted, where
    /// anything ever was.
    Records { grants: bool },
}

impl Source {
    async fn on(conn: &mut Conn, day: Day) -> Result<Source> {
        let (credit, grant) = facts::last(conn).await?;
        let grants = grant.is_some();
        Ok(if facts::is_by(day, credit) && facts::is_by(day, grant) {
            Source::Kept
        } else {
            Source::Records { grants }
        })
    }

    /// The column of the sums, given that `$1` is the day; and the table it needs.
    fn column_and_join(self) -> (String, &'static str) {
        match self {
            Source::Kept => ("f.sums".to_owned(), "LEFT JOIN student_facts f ON f.student = v.student"),
            Source::Records { grants: false } => (CREDITS.to_owned(), ""),
            Source::Records { grants: true } => {
                let standing = grants::standing("$1");
                let granted = format!(
                    "(SELECT ';' || string_agg({FACT}, ';') FROM grants g
                      WHERE g.student = v.student AND {JUDGED} AND {standing})"
                );
                (format!("COALESCE({CREDITS}, '') || COALESCE({granted}, '')"), "")
            }
        }
    }
}

/// The sums of the credits of `v.student` that were recorded by `$1`.
const CREDITS: &str = "(SELECT string_agg(s.category || ':' || s.term || ':' || s.amount, ';') FROM
    (SELECT c.category, c.term, CAST(SUM(c.amount) AS BIGINT) AS amount FROM credits c
     WHERE c.student = v.student AND c.recorded_on <= $1 GROUP BY c.category, c.term) s)";

/// Calls `each` for every student, in no order.
pub async fn count(conn: &mut Conn, students: &Students, mut each: impl FnMut(Counted) + Send) -> Result<()> {
    let (sums, join) = Source::on(conn, students.day).await?.column_and_join();
    let mut args = Vec::new();
    let condition = students.condition(&mut args);
    // Units are joined only where a college is asked for: a join costs at every student.
    let units =
        if condition.contains("u.college") { "LEFT JOIN units u ON u.code = v.department" } else { Default::default() };
    let sql = format!(
        "SELECT v.department, v.class, v.division, v.admitted, {sums} FROM student_versions v {join} {units}
         WHERE {condition}"
    );
    type Row = (String, String, String, i64, Option<String>);
    conn.each(&sql, &args, |(department, class, division, admitted, sums): Row| {
        each(Counted { department, class, division, admitted, sums: sums.unwrap_or_default() });
    })
    .await
}

/// Calls `each` for every student, by department in the order of import, class and number.
pub async fn list(conn: &mut Conn, students: &Students, mut each: impl FnMut(Listed) + Send) -> Result<()> {
    if students.student.is_none() {
        let source = Source::on(conn, students.day).await?;
        return list_from(conn, students, source, |listed, _| each(listed)).await;
    }
    // One student's page is asked for often and mostly as of today: whether the kept sums are those
    // of the day comes with them, and only where they are not is it asked again.
    let (mut found, mut kept) = (Vec::new(), true);
    list_from(conn, students, Source::Kept, |listed, last| {
        kept = facts::is_by(students.day, last);
        found.push(listed);
    })
    .await?;
    if !kept {
        return list_from(conn, students, Source::Records { grants: true }, |listed, _| each(listed)).await;
    }
    found.into_iter().for_each(each);
    Ok(())
}

/// `each` is told besides on which day the last credit or grant of all was recorded, where one student
/// is asked for.
async fn list_from(
    conn: &mut Conn,
    students: &Students,
    source: Source,
    mut each: impl FnMut(Listed, Option<String>) + Send,
) -> Result<()> {
    let (sums, join) = source.column_and_join();
    // Both in the one question: each more would cost as much again.
    let (last, recorded) = match students.student {
        Some(_) => (
            "(SELECT MAX(last) FROM (SELECT MAX(recorded_on) AS last FROM credits
              UNION ALL SELECT MAX(recorded_on) FROM grants) AS records)",
            "(SELECT string_agg(r.category || ':' || r.day, ';') FROM (SELECT c.category, MAX(c.recorded_on) AS day
              FROM credits c LEFT JOIN credits b ON b.takes_back = c.id
              WHERE c.student = v.student AND c.takes_back IS NULL AND b.id IS NULL GROUP BY c.category) r)",
        ),
        None => ("CAST(NULL AS TEXT)", "CAST(NULL AS TEXT)"),
    };
    let mut args = Vec::new();
    let condition = students.condition(&mut args);
    let sql = format!(
        "SELECT v.student, v.name, v.email, v.status, v.division, v.admitted, v.class, k.name, v.department, u.name,
                u.college, {sums}, {last}, {recorded}
         FROM student_versions v {join}
         LEFT JOIN units u ON u.code = v.department
         LEFT JOIN class_versions k ON k.class = v.class AND k.valid_from <= $1 AND $1 < k.valid_to
         WHERE {condition}
         ORDER BY u.ordinal, v.department, v.class, v.student"
    );
    type Row = (
        String,
        String,
        String,
        String,
        String,
        i64,
        String,
        Option<String>,
        String,
        Option<String>,
        Option<String>,
        Option<String>,
        Option<String>,
        Option<String>,
    );
    conn.each(&sql, &args, |row: Row| {
        let (
            student,
            name,
            email,
            status,
            division,
            admitted,
            class,
            class_name,
            department,
            unit,
            college,
            sums,
            last,
            recorded,
        ) = row;
        let listed = Listed {
            class_name: class_name.unwrap_or_else(|| class.clone()),
            department_name: unit.unwrap_or_else(|| department.clone()),
            college: college.unwrap_or_default(),
            sums: sums.unwrap_or_default(),
            recorded: recorded.unwrap_or_default(),
            student,
            name,
            email,
            status,
            division,
            admitted,
            class,
            department,
        };
        each(listed, last);
    })
    .await
}

const CLASSES: &str = "SELECT k.class, k.name, k.department, u.name, u.college, k.admitted FROM class_versions k
     LEFT JOIN units u ON u.code = k.department WHERE k.valid_from <= $1 AND $1 < k.valid_to";

type ClassRow = (String, String, String, Option<String>, Option<String>, i64);

fn class_of((class, name, department, unit, college, admitted): ClassRow) -> Class {
    Class {
        class,
        name,
        department_name: unit.unwrap_or_else(|| department.clone()),
        department,
        college: college.unwrap_or_default(),
        admitted,
    }
}

/// A class by its code.
pub async fn class(conn: &mut Conn, class: &str, day: Day) -> Result<Option<Class>> {
    let row: Option<ClassRow> =
        conn.first(&format!("{CLASSES} AND k.class = $2"), args![day.to_string(), class]).await?;
    Ok(row.map(class_of))
}

/// All classes by department in the order of import; of one year of admission, where one is given.
pub async fn classes(conn: &mut Conn, day: Day) -> Result<Vec<Class>> {
    let rows: Vec<ClassRow> =
        conn.all(&format!("{CLASSES} ORDER BY u.ordinal, k.department, k.class"), args![day.to_string()]).await?;
    Ok(rows.into_iter().map(class_of).collect())
}

/// When a credit was last recorded, by a day: how fresh the figures are.
pub async fn last_recorded(conn: &mut Conn, day: Day) -> Result<Option<String>> {
    let row: (Option<String>,) =
        conn.one("SELECT MAX(recorded_on) FROM credits WHERE recorded_on <= $1", args![day.to_string()]).await?;
    Ok(row.0)
}
