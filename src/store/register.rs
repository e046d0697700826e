//! Writing units, staff and the sealed private data of students: what is there is replaced, and
//! what it replaced is kept by the caller (`imports::keep`).

use std::collections::HashMap;

use super::people::{StaffRecord, UnitRecord};
use super::{Arg, Conn, Result};

/// `($1, $2, …)` for a list of values.
pub(super) fn marks(count: usize) -> String {
    let marks: Vec<String> = (1..=count).map(|index| format!("${index}")).collect();
    format!("({})", marks.join(", "))
}

async fn delete(conn: &mut Conn, head: &str, keys: &[&str]) -> Result<()> {
    for chunk in keys.chunks(500) {
        let args: Vec<Arg<'_>> = chunk.iter().map(|key| Arg::from(*key)).collect();
        conn.run(&format!("{head} {}", marks(chunk.len())), &args).await?;
    }
    Ok(())
}

pub async fn remove_units(conn: &mut Conn, codes: &[&str]) -> Result<()> {
    delete(conn, "DELETE FROM units WHERE code IN", codes).await
}

/// Writes units, in place of those with the same code.
pub async fn put_units(conn: &mut Conn, units: &[&UnitRecord]) -> Result<()> {
    // All out first: two units may have exchanged their names.
    let codes: Vec<&str> = units.iter().map(|unit| unit.code.as_str()).collect();
    remove_units(conn, &codes).await?;
    let mut args = Vec::with_capacity(units.len() * 5);
    for unit in units {
        args.extend([
            Arg::from(&unit.code),
            Arg::from(&unit.name),
            Arg::from(&unit.college),
            Arg::from(&unit.kind),
            Arg::Int(unit.ordinal),
        ]);
    }
    conn.insert("INSERT INTO units (code, name, college, kind, ordinal) VALUES", 5, &args, "").await?;
    Ok(())
}

pub async fn remove_staff(conn: &mut Conn, accounts: &[&str]) -> Result<()> {
    delete(conn, "DELETE FROM staff_roles WHERE account IN", accounts).await?;
    delete(conn, "DELETE FROM staff WHERE account IN", accounts).await
}

/// Writes staff with all their roles, in place of those with the same account.
pub async fn put_staff(conn: &mut Conn, staff: &[&StaffRecord]) -> Result<()> {
    let accounts: Vec<&str> = staff.iter().map(|person| person.account.as_str()).collect();
    remove_staff(conn, &accounts).await?;
    let mut people = Vec::with_capacity(staff.len() * 4);
    let mut roles = Vec::new();
    for person in staff {
        let columns = [&person.account, &person.name, &person.email, &person.student];
        people.extend(columns.map(Arg::from));
        for (role, unit) in &person.roles {
            roles.extend([Arg::from(&person.account), Arg::from(role), Arg::from(unit)]);
        }
    }
    conn.insert("INSERT INTO staff (account, name, email, student) VALUES", 4, &people, "").await?;
    conn.insert("INSERT INTO staff_roles (account, role, unit) VALUES", 3, &roles, "").await?;
    Ok(())
}

/// The sealed private data of these students.
pub async fn private(conn: &mut Conn, students: &[&str]) -> Result<HashMap<String, String>> {
    let mut sealed = HashMap::new();
    for chunk in students.chunks(500) {
        let args: Vec<Arg<'_>> = chunk.iter().map(|student| Arg::from(*student)).collect();
        let sql = format!("SELECT student, sealed FROM student_private WHERE student IN {}", marks(chunk.len()));
        sealed.extend(conn.all::<(String, String)>(&sql, &args).await?);
    }
    Ok(sealed)
}

/// Writes sealed private data: (student, sealed; empty to have none).
pub async fn put_private(conn: &mut Conn, rows: &[(String, String)]) -> Result<()> {
    let students: Vec<&str> = rows.iter().map(|(student, _)| student.as_str()).collect();
    delete(conn, "DELETE FROM student_private WHERE student IN", &students).await?;
    let mut args = Vec::with_capacity(rows.len() * 2);
    for (student, sealed) in rows.iter().filter(|(_, sealed)| !sealed.is_empty()) {
        args.extend([Arg::from(student), Arg::from(sealed)]);
    }
    conn.insert("INSERT INTO student_private (student, sealed) VALUES", 2, &args, "").await?;
    Ok(())
}
