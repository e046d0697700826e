//! Writing the versions of students and classes. What a new version does to its neighbours is
//! decided in `app::import`; here are the rows.

use std::collections::HashMap;

use super::people::{ClassRecord, StudentRecord, Tutor};
use super::register::marks;
use super::{Arg, Conn, Result};
use crate::args;

/// The end of a version that is still true.
pub const OPEN: &str = "9999-12-31";

/// A version as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Stored<T> {
    #[serde(skip)]
    pub id: i64,
    /// The import that brought it; 0: none.
    pub import: i64,
    pub from: String,
    pub to: String,
    pub is: T,
}

/// What has versions: students or classes.
#[allow(async_fn_in_trait)]
pub trait Versioned: Sized + Clone + PartialEq + Send + Sync + serde::Serialize + serde::de::DeserializeOwned {
    /// `student` or `class`: names the table `<what>_versions` and its column.
    const WHAT: &'static str;

    fn key(&self) -> &str;

    /// All versions of these keys.
    async fn load(conn: &mut Conn, keys: &[&str]) -> Result<Vec<Stored<Self>>>;

    /// Adds versions; their `id` is given here.
    async fn add(conn: &mut Conn, versions: &[Stored<Self>]) -> Result<()>;
}

fn keys_args<'a>(keys: &[&'a str]) -> Vec<Arg<'a>> {
    keys.iter().map(|key| Arg::from(*key)).collect()
}

impl Versioned for StudentRecord {
    const WHAT: &'static str = "student";

    fn key(&self) -> &str {
        &self.number
    }

    async fn load(conn: &mut Conn, keys: &[&str]) -> Result<Vec<Stored<StudentRecord>>> {
        type Row = (i64, String, String, String, String, String, i64, String, String, String, String, i64);
        let mut all = Vec::new();
        for chunk in keys.chunks(500) {
            let sql = format!(
                "SELECT id, student, name, department, class, division, admitted, status, email, valid_from, valid_to,
                 import_id FROM student_versions WHERE student IN {} ORDER BY student, valid_from",
                marks(chunk.len())
            );
            all.extend(conn.all::<Row>(&sql, &keys_args(chunk)).await?.into_iter().map(
                |(id, number, name, department, class, division, admitted, status, email, from, to, import)| {
                    let admitted = admitted as i32;
                    Stored {
                        id,
                        import,
                        from,
                        to,
                        is: StudentRecord { number, name, department, class, division, admitted, status, email },
                    }
                },
            ));
        }
        Ok(all)
    }

    async fn add(conn: &mut Conn, versions: &[Stored<StudentRecord>]) -> Result<()> {
        let first = conn.numbers(versions.len() as i64).await?;
        let mut args = Vec::with_capacity(versions.len() * 12);
        for (id, version) in (first..).zip(versions) {
            let is = &version.is;
            args.extend([Arg::Int(id), Arg::from(&is.number), Arg::from(&is.name), Arg::from(&is.department)]);
            args.extend([Arg::from(&is.class), Arg::from(&is.division), Arg::Int(is.admitted.into())]);
            args.extend([Arg::from(&is.status), Arg::from(&is.email)]);
            args.extend([Arg::from(&version.from), Arg::from(&version.to), Arg::Int(version.import)]);
        }
        conn.insert(
            "INSERT INTO student_versions (id, student, name, department, class, division, admitted, status, email,
             valid_from, valid_to, import_id) VALUES",
            12,
            &args,
            "",
        )
        .await?;
        Ok(())
    }
}

impl Versioned for ClassRecord {
    const WHAT: &'static str = "class";

    fn key(&self) -> &str {
        &self.code
    }

    /// Tutors are loaded by account only: whose name and address they have is not the class's.
    async fn load(conn: &mut Conn, keys: &[&str]) -> Result<Vec<Stored<ClassRecord>>> {
        type Row = (i64, String, String, String, i64, String, String, i64);
        let mut all: Vec<Stored<ClassRecord>> = Vec::new();
        for chunk in keys.chunks(500) {
            let marks = marks(chunk.len());
            let tutors: Vec<(i64, String)> = conn
                .all(
                    &format!(
                        "SELECT t.class_id, t.account FROM class_tutors t JOIN class_versions c ON c.id = t.class_id
                         WHERE c.class IN {marks} ORDER BY t.account"
                    ),
                    &keys_args(chunk),
                )
                .await?;
            let mut tutors_of: HashMap<i64, Vec<Tutor>> = HashMap::new();
            for (id, account) in tutors {
                tutors_of.entry(id).or_default().push(Tutor::named(account));
            }
            let sql = format!(
                "SELECT id, class, name, department, admitted, valid_from, valid_to, import_id FROM class_versions
                 WHERE class IN {marks} ORDER BY class, valid_from"
            );
            all.extend(conn.all::<Row>(&sql, &keys_args(chunk)).await?.into_iter().map(
                |(id, code, name, department, admitted, from, to, import)| {
                    let mut tutors = tutors_of.remove(&id).unwrap_or_default();
                    // By bytes, as an import sorts them.
                    tutors.sort();
                    Stored {
                        id,
                        import,
                        from,
                        to,
                        is: ClassRecord { code, name, department, admitted: admitted as i32, tutors },
                    }
                },
            ));
        }
        Ok(all)
    }

    async fn add(conn: &mut Conn, versions: &[Stored<ClassRecord>]) -> Result<()> {
        let first = conn.numbers(versions.len() as i64).await?;
        let mut args = Vec::with_capacity(versions.len() * 8);
        let mut tutors = Vec::new();
        for (id, version) in (first..).zip(versions) {
            let is = &version.is;
            args.extend([Arg::Int(id), Arg::from(&is.code), Arg::from(&is.name), Arg::from(&is.department)]);
            args.extend([Arg::Int(is.admitted.into()), Arg::from(&version.from), Arg::from(&version.to)]);
            args.push(Arg::Int(version.import));
            for tutor in &is.tutors {
                tutors.extend([Arg::from(&tutor.account), Arg::Int(id)]);
            }
        }
        conn.insert(
            "INSERT INTO class_versions (id, class, name, department, admitted, valid_from, valid_to, import_id) VALUES",
            8,
            &args,
            "",
        )
        .await?;
        conn.insert("INSERT INTO class_tutors (account, class_id) VALUES", 2, &tutors, "").await?;
        Ok(())
    }
}

/// Lets versions end on other days: (id, day).
pub async fn end<T: Versioned>(conn: &mut Conn, ends: &[(i64, String)]) -> Result<()> {
    let mut by_day: HashMap<&str, Vec<i64>> = HashMap::new();
    for (id, day) in ends {
        by_day.entry(day).or_default().push(*id);
    }
    for (day, ids) in by_day {
        for chunk in ids.chunks(500) {
            let mut args: Vec<Arg<'_>> = chunk.iter().map(|id| Arg::Int(*id)).collect();
            args.push(Arg::from(day));
            let sql = format!(
                "UPDATE {}_versions SET valid_to = ${} WHERE id IN {}",
                T::WHAT,
                chunk.len() + 1,
                marks(chunk.len())
            );
            conn.run(&sql, &args).await?;
        }
    }
    Ok(())
}

/// Removes versions: of an import that is taken back, or to be written anew for the same day.
pub async fn remove<T: Versioned>(conn: &mut Conn, ids: &[i64]) -> Result<()> {
    for chunk in ids.chunks(500) {
        let args: Vec<Arg<'_>> = chunk.iter().map(|id| Arg::Int(*id)).collect();
        let marks = marks(chunk.len());
        if T::WHAT == ClassRecord::WHAT {
            conn.run(&format!("DELETE FROM class_tutors WHERE class_id IN {marks}"), &args).await?;
        }
        conn.run(&format!("DELETE FROM {}_versions WHERE id IN {marks}", T::WHAT), &args).await?;
    }
    Ok(())
}

/// The keys of which an import brought versions.
pub async fn keys_of_import<T: Versioned>(conn: &mut Conn, import: i64) -> Result<Vec<String>> {
    let sql = format!("SELECT DISTINCT {} FROM {}_versions WHERE import_id = $1", T::WHAT, T::WHAT);
    Ok(conn.all::<(String,)>(&sql, args![import]).await?.into_iter().map(|(key,)| key).collect())
}

/// Which of these keys there are, on any day.
pub async fn known<T: Versioned>(conn: &mut Conn, keys: &[&str]) -> Result<std::collections::HashSet<String>> {
    let mut known = std::collections::HashSet::new();
    for chunk in keys.chunks(500) {
        let sql = format!(
            "SELECT DISTINCT {} FROM {}_versions WHERE {} IN {}",
            T::WHAT,
            T::WHAT,
            T::WHAT,
            marks(chunk.len())
        );
        known.extend(conn.all::<(String,)>(&sql, &keys_args(chunk)).await?.into_iter().map(|(key,)| key));
    }
    Ok(known)
}
