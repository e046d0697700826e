//! Units: departments, colleges and offices.

use std::collections::{HashMap, HashSet};

use super::names::{Words, not_one_of};
use super::row::Row;
use super::sheet::{Field, Layout, required};
use super::table::Table;
use super::{Job, Tally, cell};
use crate::lang::Text;
use crate::store::people::{self, UnitRecord};
use crate::store::{Conn, Result, imports, register};

const CODE: usize = 0;
const NAME: usize = 1;
const COLLEGE: usize = 2;
const KIND: usize = 3;
pub const FIELDS: &[Field] = &[required("code"), required("name"), required("college"), required("kind")];

pub struct Plan {
    write: Vec<UnitRecord>,
    /// What each replaces, for taking the import back.
    before: Vec<(String, String)>,
}

pub async fn plan(conn: &mut Conn, job: &Job, layout: &Layout, table: &Table, tally: &mut Tally) -> Result<Plan> {
    let stored = people::units(conn).await?;
    let kinds = &job.edition.definition.school.unit_kinds;
    let words = Words::of(kinds);
    let mut by_code: HashMap<String, &UnitRecord> = stored.iter().map(|unit| (unit.code.clone(), unit)).collect();
    // Who bears each name once the file is taken over, with the row that says so.
    let mut bearers: HashMap<String, (String, Option<u32>)> =
        stored.iter().map(|unit| (cell::key(&unit.name), (unit.code.clone(), None))).collect();
    let next = stored.iter().map(|unit| unit.ordinal + 1).max().unwrap_or(0);
    let mut plan = Plan { write: Vec::new(), before: Vec::new() };
    let mut rows_of: HashMap<String, u32> = HashMap::new();
    // A unit that the file renames no longer bears its old name.
    let renamed: HashSet<String> = table
        .rows
        .iter()
        .filter_map(|(_, record)| layout.column(CODE).and_then(|column| record.get(column)).map(cell::plain))
        .collect();
    bearers.retain(|_, (code, _)| !renamed.contains(code));
    for (ordinal, (number, record)) in (next..).zip(&table.rows) {
        let mut row = Row::new(*number, record, layout, table.headings.len());
        let code = row.code(CODE);
        let name = row.name(NAME, true);
        let college = row.name(COLLEGE, false);
        let kind = words.find(row.raw(KIND));
        if kind.is_none() {
            row.refuse(KIND, not_one_of(kinds));
        }
        twice(&mut row, CODE, &code, &mut rows_of);
        if let Some((bearer, at)) = bearers.get(&cell::key(&name)).filter(|(bearer, _)| *bearer != code) {
            let place = at.map(|at| (format!("第 {at} 列"), format!("row {at}")));
            let (zh, en) = place.unwrap_or_else(|| (format!("單位 {bearer}"), format!("unit {bearer}")));
            row.refuse(
                NAME,
                Text::new(format!("{zh}已經用了這個名稱。"), format!("The name is that of {en} already.")),
            );
        }
        if kind.is_some_and(|kind| kinds[kind].has_students) && college.is_empty() {
            let heading = row.heading(COLLEGE);
            let why = Text::new(
                format!("沒有寫「{heading}」，統計時不會歸入任何學院。"),
                format!("“{heading}” is empty: statistics will not put it under any college."),
            );
            row.warn(COLLEGE, why);
        }
        if !tally.take(row) {
            continue;
        }
        bearers.insert(cell::key(&name), (code.clone(), Some(*number)));
        let before = by_code.remove(&code);
        let unit = UnitRecord {
            kind: kind.map(|kind| kinds[kind].id.clone()).unwrap_or_default(),
            ordinal: before.map_or(ordinal, |before| before.ordinal),
            code,
            name,
            college,
        };
        match before {
            Some(before) if *before == unit => {
                tally.same += 1;
                continue;
            }
            Some(_) => tally.changed += 1,
            None => tally.new += 1,
        }
        plan.before.push((unit.code.clone(), before.map(super::versions::json).unwrap_or_default()));
        plan.write.push(unit);
    }
    Ok(plan)
}

/// Refuses a key that an earlier row has.
pub fn twice(row: &mut Row<'_>, field: usize, key: &str, rows_of: &mut HashMap<String, u32>) {
    if key.is_empty() {
        return;
    }
    if let Some(earlier) = rows_of.get(key) {
        row.refuse(field, Text::new(format!("和第 {earlier} 列重複。"), format!("The same as in row {earlier}.")));
    } else {
        rows_of.insert(key.to_owned(), row.number);
    }
}

impl Plan {
    pub async fn write(&self, conn: &mut Conn, batch: i64) -> Result<()> {
        imports::keep(conn, batch, &self.before).await?;
        register::put_units(conn, &self.write.iter().collect::<Vec<_>>()).await
    }
}
