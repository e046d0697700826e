//! What still names a unit, a person, a class or a student that is about to go.

use super::register::marks;
use super::versions::Versioned;
use super::{Arg, Conn, Result};

/// How many examples are given.
const EXAMPLES: usize = 5;

/// Those of `keys` that one of the queries finds; `{}` stands for the list of keys.
async fn found(conn: &mut Conn, keys: &[&str], queries: &[&str]) -> Result<Vec<String>> {
    let mut used: Vec<String> = Vec::new();
    for chunk in keys.chunks(500) {
        let args: Vec<Arg<'_>> = chunk.iter().map(|key| Arg::from(*key)).collect();
        for query in queries {
            let sql = query.replace("{}", &marks(chunk.len()));
            used.extend(conn.all::<(String,)>(&sql, &args).await?.into_iter().map(|(key,)| key));
        }
        if used.len() >= EXAMPLES {
            break;
        }
    }
    used.sort();
    used.dedup();
    used.truncate(EXAMPLES);
    Ok(used)
}

pub async fn of_units(conn: &mut Conn, codes: &[&str]) -> Result<Vec<String>> {
    let queries = [
        "SELECT DISTINCT department FROM class_versions WHERE department IN {}",
        "SELECT DISTINCT department FROM student_versions WHERE department IN {}",
        "SELECT DISTINCT unit FROM staff_roles WHERE unit IN {}",
    ];
    found(conn, codes, &queries).await
}

pub async fn of_staff(conn: &mut Conn, accounts: &[&str]) -> Result<Vec<String>> {
    found(conn, accounts, &["SELECT DISTINCT account FROM class_tutors WHERE account IN {}"]).await
}

/// Classes that students are in; students who have credits that were not taken back.
pub async fn of_versions<T: Versioned>(conn: &mut Conn, keys: &[&str]) -> Result<Vec<String>> {
    let query = match T::WHAT {
        "class" => "SELECT DISTINCT class FROM student_versions WHERE class IN {}",
        _ => {
            "SELECT DISTINCT c.student FROM credits c WHERE c.student IN {} AND c.takes_back IS NULL
             AND NOT EXISTS (SELECT 1 FROM credits b WHERE b.takes_back = c.id)"
        }
    };
    found(conn, keys, &[query]).await
}
