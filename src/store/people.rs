//! Students, classes, units and staff as of a day. Reading only: versions are written by
//! `versions`, units and staff by `register`.

use std::collections::HashMap;

use super::{Arg, Conn, Result};
use crate::args;
use crate::clock::Day;

/// A student as they were on a day.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct StudentRecord {
    pub number: String,
    pub name: String,
    /// The code of a unit.
    pub department: String,
    /// The code of a class.
    pub class: String,
    /// The id of a division of the school's definition, likewise `status`.
    pub division: String,
    /// Academic year of admission.
    pub admitted: i32,
    pub status: String,
    pub email: String,
}

/// A class as it was on a day.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ClassRecord {
    pub code: String,
    pub name: String,
    pub department: String,
    pub admitted: i32,
    pub tutors: Vec<Tutor>,
}

/// A tutor of a class; name and address are empty where the account is not on the staff list.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub struct Tutor {
    pub account: String,
    pub name: String,
    pub email: String,
}

impl Tutor {
    /// A tutor of whom only the account is known.
    pub fn named(account: String) -> Tutor {
        Tutor { account, name: String::new(), email: String::new() }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct UnitRecord {
    pub code: String,
    pub name: String,
    /// The college's name; empty for a unit that belongs to none.
    pub college: String,
    /// The id of a unit kind of the school's definition.
    pub kind: String,
    /// The place in the file that brought it: lists keep the school's own order.
    pub ordinal: i64,
}

#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct StaffRecord {
    pub account: String,
    pub name: String,
    pub email: String,
    /// The number under which the same person studies here; else empty.
    #[serde(default)]
    pub student: String,
    /// (role's id, unit's code; empty where the role is held for the whole school).
    pub roles: Vec<(String, String)>,
}

/// One version of a student or a class, true from `from` until before `to`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version<T> {
    pub from: String,
    pub to: String,
    pub is: T,
}

/// Which students or classes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Among<'a> {
    School,
    /// All departments of a college, by its name.
    College(&'a str),
    Department(&'a str),
    Class(&'a str),
    /// Classes of a tutor, or students in them.
    Tutor(&'a str),
}

type StudentRow = (String, String, String, String, String, i64, String, String);

fn student_record((number, name, department, class, division, admitted, status, email): StudentRow) -> StudentRecord {
    StudentRecord { number, name, department, class, division, admitted: admitted as i32, status, email }
}

const STUDENT: &str = "v.student, v.name, v.department, v.class, v.division, v.admitted, v.status, v.email";

/// A student on a day.
pub async fn student(conn: &mut Conn, number: &str, day: Day) -> Result<Option<StudentRecord>> {
    let sql = format!(
        "SELECT {STUDENT} FROM student_versions v WHERE v.student = $1 AND v.valid_from <= $2 AND $2 < v.valid_to"
    );
    Ok(conn.first::<StudentRow>(&sql, args![number, day.to_string()]).await?.map(student_record))
}

/// Students on a day, in the order of their numbers; `admitted` narrows to one academic year.
pub async fn students(
    conn: &mut Conn,
    among: Among<'_>,
    admitted: Option<i32>,
    day: Day,
) -> Result<Vec<StudentRecord>> {
    let day = day.to_string();
    let mut args = vec![Arg::from(&day)];
    let mut sql = format!("SELECT {STUDENT} FROM student_versions v");
    sql.push_str(match among {
        Among::College(_) => " JOIN units u ON u.code = v.department",
        _ => "",
    });
    sql.push_str(" WHERE v.valid_from <= $1 AND $1 < v.valid_to");
    let (condition, value) = match among {
        Among::School => ("", None),
        Among::College(college) => (" AND u.college = $2", Some(college)),
        Among::Department(department) => (" AND v.department = $2", Some(department)),
        Among::Class(class) => (" AND v.class = $2", Some(class)),
        Among::Tutor(account) => (
            " AND v.class IN (SELECT c.class FROM class_tutors t JOIN class_versions c ON c.id = t.class_id
               WHERE t.account = $2 AND c.valid_from <= $1 AND $1 < c.valid_to)",
            Some(account),
        ),
    };
    sql.push_str(condition);
    args.extend(value.map(Arg::from));
    if let Some(admitted) = admitted {
        args.push(Arg::Int(i64::from(admitted)));
        sql.push_str(&format!(" AND v.admitted = ${}", args.len()));
    }
    let mut students: Vec<StudentRecord> =
        conn.all::<StudentRow>(&sql, &args).await?.into_iter().map(student_record).collect();
    // By bytes, not by a database's idea of the alphabet: the same everywhere.
    students.sort_unstable_by(|a, b| a.number.cmp(&b.number));
    Ok(students)
}

/// All versions of a student, oldest first.
pub async fn student_history(conn: &mut Conn, number: &str) -> Result<Vec<Version<StudentRecord>>> {
    type Row = (String, String, String, String, String, i64, String, String, String, String);
    let sql = format!(
        "SELECT {STUDENT}, v.valid_from, v.valid_to FROM student_versions v WHERE v.student = $1 ORDER BY v.valid_from"
    );
    let rows: Vec<Row> = conn.all(&sql, args![number]).await?;
    Ok(rows
        .into_iter()
        .map(|(number, name, department, class, division, admitted, status, email, from, to)| Version {
            from,
            to,
            is: student_record((number, name, department, class, division, admitted, status, email)),
        })
        .collect())
}

/// Classes on a day with their tutors, in the order of their codes: two queries, however many.
pub async fn classes(conn: &mut Conn, among: Among<'_>, day: Day) -> Result<Vec<ClassRecord>> {
    let day = day.to_string();
    let mut args = vec![Arg::from(&day)];
    let (join, condition, value) = match among {
        Among::School => ("", "", None),
        Among::College(college) => (" JOIN units u ON u.code = c.department", " AND u.college = $2", Some(college)),
        Among::Department(department) => ("", " AND c.department = $2", Some(department)),
        Among::Class(class) => ("", " AND c.class = $2", Some(class)),
        Among::Tutor(account) => {
            ("", " AND c.id IN (SELECT o.class_id FROM class_tutors o WHERE o.account = $2)", Some(account))
        }
    };
    args.extend(value.map(Arg::from));
    let from = format!("FROM class_versions c{join}");
    let wanted = format!("c.valid_from <= $1 AND $1 < c.valid_to{condition}");
    let rows: Vec<(i64, String, String, String, i64)> = conn
        .all(&format!("SELECT c.id, c.class, c.name, c.department, c.admitted {from} WHERE {wanted}"), &args)
        .await?;
    let tutors: Vec<(i64, String, Option<String>, Option<String>)> = conn
        .all(
            &format!(
                "SELECT t.class_id, t.account, s.name, s.email {from} JOIN class_tutors t ON t.class_id = c.id
                 LEFT JOIN staff s ON s.account = t.account WHERE {wanted} ORDER BY t.account"
            ),
            &args,
        )
        .await?;
    let mut tutors_of: HashMap<i64, Vec<Tutor>> = HashMap::new();
    for (class, account, name, email) in tutors {
        let tutor = Tutor { account, name: name.unwrap_or_default(), email: email.unwrap_or_default() };
        tutors_of.entry(class).or_default().push(tutor);
    }
    let mut classes: Vec<ClassRecord> = rows
        .into_iter()
        .map(|(id, code, name, department, admitted)| ClassRecord {
            code,
            name,
            department,
            admitted: admitted as i32,
            tutors: tutors_of.remove(&id).unwrap_or_default(),
        })
        .collect();
    classes.sort_unstable_by(|a, b| a.code.cmp(&b.code));
    Ok(classes)
}

/// A class on a day.
pub async fn class(conn: &mut Conn, code: &str, day: Day) -> Result<Option<ClassRecord>> {
    Ok(classes(conn, Among::Class(code), day).await?.pop())
}

/// All versions of a class with the accounts of its tutors, oldest first.
pub async fn class_history(conn: &mut Conn, code: &str) -> Result<Vec<Version<ClassRecord>>> {
    type Row = (String, String, i64, String, String, Option<String>, Option<String>, Option<String>);
    let rows: Vec<Row> = conn
        .all(
            "SELECT c.name, c.department, c.admitted, c.valid_from, c.valid_to, t.account, s.name, s.email
             FROM class_versions c LEFT JOIN class_tutors t ON t.class_id = c.id LEFT JOIN staff s ON s.account = t.account
             WHERE c.class = $1 ORDER BY c.valid_from, t.account",
            args![code],
        )
        .await?;
    let mut versions: Vec<Version<ClassRecord>> = Vec::new();
    for (name, department, admitted, from, to, account, tutor_name, email) in rows {
        if versions.last().is_none_or(|last| last.from != from) {
            let is =
                ClassRecord { code: code.to_owned(), name, department, admitted: admitted as i32, tutors: Vec::new() };
            versions.push(Version { from, to, is });
        }
        if let (Some(account), Some(version)) = (account, versions.last_mut()) {
            version.is.tutors.push(Tutor {
                account,
                name: tutor_name.unwrap_or_default(),
                email: email.unwrap_or_default(),
            });
        }
    }
    Ok(versions)
}

/// All units, in the school's own order.
pub async fn units(conn: &mut Conn) -> Result<Vec<UnitRecord>> {
    let rows: Vec<(String, String, String, String, i64)> =
        conn.all("SELECT code, name, college, kind, ordinal FROM units", args![]).await?;
    let mut units: Vec<UnitRecord> = rows
        .into_iter()
        .map(|(code, name, college, kind, ordinal)| UnitRecord { code, name, college, kind, ordinal })
        .collect();
    units.sort_unstable_by(|a, b| (a.ordinal, &a.code).cmp(&(b.ordinal, &b.code)));
    Ok(units)
}

/// All staff with the roles they hold, in the order of their accounts.
pub async fn staff(conn: &mut Conn) -> Result<Vec<StaffRecord>> {
    let people: Vec<(String, String, String, String)> =
        conn.all("SELECT account, name, email, student FROM staff", args![]).await?;
    let roles: Vec<(String, String, String)> =
        conn.all("SELECT account, role, unit FROM staff_roles ORDER BY role, unit", args![]).await?;
    let mut roles_of: HashMap<String, Vec<(String, String)>> = HashMap::new();
    for (account, role, unit) in roles {
        roles_of.entry(account).or_default().push((role, unit));
    }
    let mut staff: Vec<StaffRecord> = people
        .into_iter()
        .map(|(account, name, email, student)| {
            let roles = roles_of.remove(&account).unwrap_or_default();
            StaffRecord { account, name, email, student, roles }
        })
        .collect();
    staff.sort_unstable_by(|a, b| a.account.cmp(&b.account));
    Ok(staff)
}

/// A member of staff, by account.
pub async fn staff_member(conn: &mut Conn, account: &str) -> Result<Option<StaffRecord>> {
    let person: Option<(String, String, String)> =
        conn.first("SELECT name, email, student FROM staff WHERE account = $1", args![account]).await?;
    let Some((name, email, student)) = person else { return Ok(None) };
    let roles =
        conn.all("SELECT role, unit FROM staff_roles WHERE account = $1 ORDER BY role, unit", args![account]).await?;
    Ok(Some(StaffRecord { account: account.to_owned(), name, email, student, roles }))
}
