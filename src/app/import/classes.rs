//! Classes with their tutors, from a day on.

use std::collections::HashMap;

use super::names::Units;
use super::row::Row;
use super::sheet::{Field, Layout, required};
use super::table::Table;
use super::units::twice;
use super::versions::{self, Known};
use super::{Job, Tally, cell};
use crate::definition::Definition;
use crate::lang::Text;
use crate::store::people::{self, ClassRecord, StaffRecord, Tutor};
use crate::store::{Conn, Result};

const CODE: usize = 0;
const NAME: usize = 1;
const DEPARTMENT: usize = 2;
const ADMITTED: usize = 3;
const TUTORS: usize = 4;
pub const FIELDS: &[Field] =
    &[required("code"), required("name"), required("department"), required("admitted"), required("tutors")];

pub type Plan = versions::Plan<ClassRecord>;

pub async fn plan(conn: &mut Conn, job: &Job, layout: &Layout, table: &Table, tally: &mut Tally) -> Result<Plan> {
    let definition = &job.edition.definition;
    let records = people::units(conn).await?;
    let units = Units::new(definition, &records);
    let staff = people::staff(conn).await?;
    let staff: HashMap<&str, &StaffRecord> = staff.iter().map(|person| (person.account.as_str(), person)).collect();
    let mut rows_of = HashMap::new();
    let mut found = Vec::with_capacity(table.rows.len());
    for (number, record) in &table.rows {
        let mut row = Row::new(*number, record, layout, table.headings.len());
        let code = row.code(CODE);
        let name = row.name(NAME, true);
        let department = department(&mut row, DEPARTMENT, definition, &units);
        let admitted = row.year(ADMITTED, definition, job.today.max(job.effective));
        let mut tutors = Vec::new();
        for part in cell::parts(row.raw(TUTORS)) {
            let account = cell::plain(part);
            if staff.contains_key(account.as_str()) {
                tutors.push(Tutor::named(account));
            } else {
                let why = Text::new(
                    format!("教職員名單裡沒有帳號「{account}」；請先匯入教職員。"),
                    format!("There is no account “{account}” on the staff list; import the staff first."),
                );
                row.refuse(TUTORS, why);
            }
        }
        tutors.sort();
        tutors.dedup();
        twice(&mut row, CODE, &code, &mut rows_of);
        if tally.take(row) {
            found.push(ClassRecord { code, name, department, admitted, tutors });
        }
    }
    let codes: Vec<&str> = found.iter().map(|class| class.code.as_str()).collect();
    let known = Known::load(conn, &codes).await?;
    let effective = job.effective.to_string();
    let mut plan = Plan::new();
    for class in found {
        let versions = known.of(&class.code);
        plan.put(versions, class, &effective).count(tally);
    }
    Ok(plan)
}

/// The code of the unit that a cell names, which must be one that students belong to.
pub fn department(row: &mut Row<'_>, field: usize, definition: &Definition, units: &Units<'_>) -> String {
    let text = row.raw(field);
    let has_students = |kind: &str| definition.school.unit_kinds.iter().any(|k| k.id == kind && k.has_students);
    let code = units.find(text);
    match code.and_then(|code| units.record(code)) {
        Some(unit) if has_students(&unit.kind) => return unit.code.clone(),
        Some(unit) => {
            let why = Text::new(
                format!("「{}」不是有學生的單位。", unit.name),
                format!("“{}” is not a unit that students belong to.", unit.name),
            );
            row.refuse(field, why);
        }
        None if text.is_empty() => {
            let heading = row.heading(field);
            row.refuse(field, Text::new(format!("「{heading}」不可空白。"), format!("“{heading}” may not be empty.")));
        }
        None => {
            let heading = row.heading(field);
            let why = Text::new(
                format!("沒有「{text}」這個{heading}；請寫單位的代碼或全名，並先匯入單位。"),
                format!("There is no unit “{text}”; write a unit's code or full name, and import the units first."),
            );
            row.refuse(field, why);
        }
    }
    String::new()
}
