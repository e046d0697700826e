//! Students, from a day on, and their private data, which has no versions and is sealed.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::names::{Units, Words, not_one_of};
use super::row::Row;
use super::sheet::{Field, Layout, optional, required};
use super::table::Table;
use super::units::twice;
use super::versions::{self, Change, Known};
use super::{Job, Tally, cell, classes, private};
use crate::lang::Text;
use crate::store::people::{self, Among, ClassRecord, StudentRecord};
use crate::store::{Conn, Result, StoreError, imports, register};

const NUMBER: usize = 0;
const NAME: usize = 1;
const DEPARTMENT: usize = 2;
const CLASS: usize = 3;
const DIVISION: usize = 4;
const ADMITTED: usize = 5;
const STATUS: usize = 6;
const EMAIL: usize = 7;
/// The first of the private columns, in the order of `private::COLUMNS`.
const PRIVATE: usize = 8;
pub const FIELDS: &[Field] = &[
    required("number"),
    required("name"),
    required("department"),
    required("class"),
    required("division"),
    required("admitted"),
    required("status"),
    required("email"),
    optional(private::COLUMNS[0]),
    optional(private::COLUMNS[1]),
    optional(private::COLUMNS[2]),
    optional(private::COLUMNS[3]),
    optional(private::COLUMNS[4]),
];

/// Before the key of sealed data among what an import keeps.
pub const SEALED: &str = "private|";

pub struct Plan {
    versions: versions::Plan<StudentRecord>,
    private: Vec<(String, String)>,
    keep: Vec<(String, String)>,
}

/// The classes there are, by code and by name.
struct Classes {
    now: HashMap<String, ClassRecord>,
    /// Those that there are on some other day only.
    otherwise: HashSet<String>,
    by_name: HashMap<String, Vec<String>>,
}

impl Classes {
    async fn load(conn: &mut Conn, job: &Job, table: &Table, layout: &Layout) -> Result<Classes> {
        let now = people::classes(conn, Among::School, job.effective).await?;
        let mut by_name: HashMap<String, Vec<String>> = HashMap::new();
        for class in &now {
            by_name.entry(cell::key(&class.name)).or_default().push(class.code.clone());
        }
        let now: HashMap<String, ClassRecord> = now.into_iter().map(|class| (class.code.clone(), class)).collect();
        let column = layout.column(CLASS);
        let named: HashSet<String> = table
            .rows
            .iter()
            .filter_map(|(_, record)| column.and_then(|column| record.get(column)).map(cell::plain))
            .filter(|code| !now.contains_key(code))
            .collect();
        let named: Vec<&str> = named.iter().map(String::as_str).collect();
        let otherwise = crate::store::versions::known::<ClassRecord>(conn, &named).await?;
        Ok(Classes { now, otherwise, by_name })
    }

    /// The code of the class that a row names.
    fn find(&self, row: &mut Row<'_>, department: &str) -> String {
        let code = cell::plain(row.raw(CLASS));
        if let Some(class) = self.now.get(&code) {
            if !department.is_empty() && class.department != department {
                row.warn(
                    CLASS,
                    Text::new(
                        format!("班級「{}」屬於單位 {}，和這位學生的不同。", class.name, class.department),
                        format!(
                            "The class “{}” belongs to unit {}, not to the student's.",
                            class.name, class.department
                        ),
                    ),
                );
            }
            return code;
        }
        // By name: the one in the student's own department, where several bear it.
        let bearers = self.by_name.get(&cell::key(row.raw(CLASS))).map(Vec::as_slice).unwrap_or_default();
        let mut own = bearers.iter().filter(|code| self.now.get(*code).is_some_and(|c| c.department == department));
        if let (Some(class), None) = (own.next(), own.next()) {
            return class.clone();
        }
        if code.is_empty() {
            row.warn(CLASS, Text::new("沒有班級，不會列在任何班級名冊上。", "No class: on no class's roster."));
        } else if self.otherwise.contains(&code) {
            row.warn(CLASS, Text::new("這個班級在生效日當天不存在。", "There is no such class on the effective day."));
        } else {
            row.refuse(
                CLASS,
                Text::new(
                    format!("沒有「{code}」這個班級；請先匯入班級。"),
                    format!("There is no class “{code}”; import the classes first."),
                ),
            );
        }
        code
    }
}

/// A row that is good.
struct Found {
    is: StudentRecord,
    /// By column; `None` where the file has no private columns.
    private: Option<BTreeMap<String, String>>,
}

pub async fn plan(conn: &mut Conn, job: &Job, layout: &Layout, table: &Table, tally: &mut Tally) -> Result<Plan> {
    let definition = &job.edition.definition;
    let records = people::units(conn).await?;
    let units = Units::new(definition, &records);
    let divisions = Words::of(&definition.school.divisions);
    let statuses = Words::of(&definition.school.statuses);
    let class_list = Classes::load(conn, job, table, layout).await?;
    let mut rows_of = HashMap::new();
    let mut found = Vec::with_capacity(table.rows.len());
    for (number, record) in &table.rows {
        let mut row = Row::new(*number, record, layout, table.headings.len());
        let student = row.code(NUMBER);
        let name = row.name(NAME, true);
        let department = classes::department(&mut row, DEPARTMENT, definition, &units);
        let class = class_list.find(&mut row, &department);
        let division = divisions.find(row.raw(DIVISION));
        if division.is_none() {
            row.refuse(DIVISION, not_one_of(&definition.school.divisions));
        }
        let status = statuses.find(row.raw(STATUS));
        if status.is_none() {
            row.refuse(STATUS, not_one_of(&definition.school.statuses));
        }
        let admitted = row.year(ADMITTED, definition, job.today.max(job.effective));
        let email = row.email(EMAIL, &definition.school.mail_domains);
        let private = private_values(&mut row, layout);
        twice(&mut row, NUMBER, &student, &mut rows_of);
        if !tally.take(row) {
            continue;
        }
        let is = StudentRecord {
            number: student,
            name,
            department,
            class,
            division: division.map(|index| definition.school.divisions[index].id.clone()).unwrap_or_default(),
            admitted,
            status: status.map(|index| definition.school.statuses[index].id.clone()).unwrap_or_default(),
            email,
        };
        found.push(Found { is, private });
    }
    compare(conn, job, found, tally).await
}

async fn compare(conn: &mut Conn, job: &Job, found: Vec<Found>, tally: &mut Tally) -> Result<Plan> {
    let numbers: Vec<&str> = found.iter().map(|found| found.is.number.as_str()).collect();
    let known = Known::load(conn, &numbers).await?;
    let sealed = match found.iter().any(|found| found.private.is_some()) {
        true => register::private(conn, &numbers).await?,
        false => HashMap::new(),
    };
    let effective = job.effective.to_string();
    let mut plan = Plan { versions: versions::Plan::new(), private: Vec::new(), keep: Vec::new() };
    for Found { is, private } in found {
        let number = is.number.clone();
        let mut change = plan.versions.put(known.of(&number), is, &effective);
        if let Some(values) = private {
            let before = sealed.get(&number).map(String::as_str).unwrap_or_default();
            // What was sealed with another key cannot be compared; it is written anew.
            if private::open(&job.private, &number, before).ok().as_ref() != Some(&values) {
                let after = private::seal(&job.private, &number, &values)
                    .map_err(|error| StoreError::Refused(format!("{number}: {error}")))?;
                plan.keep.push((format!("{SEALED}{number}"), before.to_owned()));
                plan.private.push((number, after));
                if change == Change::Same {
                    change = Change::Changed;
                }
            }
        }
        change.count(tally);
    }
    Ok(plan)
}

/// The private cells of a row that are filled; `None` where the file has no such columns.
fn private_values(row: &mut Row<'_>, layout: &Layout) -> Option<BTreeMap<String, String>> {
    let mut values = BTreeMap::new();
    let mut any = false;
    for (index, column) in private::COLUMNS.into_iter().enumerate() {
        let field = PRIVATE + index;
        any |= layout.has(field);
        let value = match column {
            "birthday" => row.day(field, false).map(|day| day.to_string()).unwrap_or_default(),
            "address" => row.name(field, false),
            _ => cell::plain(row.raw(field)),
        };
        if !value.is_empty() {
            values.insert(column.to_owned(), value);
        }
    }
    any.then_some(values)
}

impl Plan {
    pub async fn write(&self, conn: &mut Conn, batch: i64) -> Result<()> {
        self.versions.write(conn, batch).await?;
        imports::keep(conn, batch, &self.keep).await?;
        register::put_private(conn, &self.private).await
    }
}
