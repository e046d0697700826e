//! Staff with the roles they hold and where. A person may stand in several rows, one a role.

use std::collections::{BTreeSet, HashMap};

use super::names::{Units, Words, not_one_of};
use super::row::Row;
use super::sheet::{Field, Layout, optional, required};
use super::table::Table;
use super::{Job, Tally, cell};
use crate::definition::Definition;
use crate::lang::Text;
use crate::store::people::{self, StaffRecord};
use crate::store::{Conn, Result, imports, register};

const ACCOUNT: usize = 0;
const NAME: usize = 1;
const EMAIL: usize = 2;
const ROLE: usize = 3;
const UNIT: usize = 4;
const STUDENT: usize = 5;
pub const FIELDS: &[Field] = &[
    required("account"),
    required("name"),
    required("email"),
    required("role"),
    required("unit"),
    optional("student"),
];

pub struct Plan {
    write: Vec<StaffRecord>,
    before: Vec<(String, String)>,
}

pub async fn plan(conn: &mut Conn, job: &Job, layout: &Layout, table: &Table, tally: &mut Tally) -> Result<Plan> {
    let definition = &job.edition.definition;
    let records = people::units(conn).await?;
    let units = Units::new(definition, &records);
    let roles = Words::of(&definition.school.roles);
    let mut found: Vec<(u32, StaffRecord)> = Vec::new();
    let mut place: HashMap<String, usize> = HashMap::new();
    // People of whom a row was refused: none of their rows is taken, or they would lose a role.
    let mut spoilt: Vec<String> = Vec::new();
    for (number, record) in &table.rows {
        let mut row = Row::new(*number, record, layout, table.headings.len());
        let account = row.code(ACCOUNT);
        let name = row.name(NAME, true);
        let email = row.email(EMAIL, &definition.school.mail_domains);
        let student = if row.raw(STUDENT).is_empty() { String::new() } else { row.code(STUDENT) };
        let held = held(&mut row, definition, &roles, &units);
        let earlier = place.get(&account).and_then(|index| found.get_mut(*index));
        if let Some((at, earlier)) = &earlier
            && (earlier.name != name || earlier.email != email || earlier.student != student)
        {
            let why = Text::new(
                format!("和第 {at} 列是同一個帳號，但姓名、電子郵件或學號不同。"),
                format!("The same account as in row {at}, with another name, address or student number."),
            );
            row.refuse(ACCOUNT, why);
        }
        if !tally.take(row) {
            spoilt.push(account);
            continue;
        }
        match earlier {
            Some((_, earlier)) => earlier.roles.extend(held),
            None => {
                place.insert(account.clone(), found.len());
                found.push((*number, StaffRecord { account, name, email, student, roles: held }));
            }
        }
    }
    let stored = people::staff(conn).await?;
    let stored: HashMap<&str, &StaffRecord> = stored.iter().map(|person| (person.account.as_str(), person)).collect();
    let mut plan = Plan { write: Vec::new(), before: Vec::new() };
    for (_, mut person) in found {
        if spoilt.contains(&person.account) {
            continue;
        }
        person.roles.sort();
        person.roles.dedup();
        // A list that says nothing of it changes nothing of it.
        if layout.column(STUDENT).is_none()
            && let Some(before) = stored.get(person.account.as_str())
        {
            person.student.clone_from(&before.student);
        }
        let before = stored.get(person.account.as_str()).map(|before| {
            let mut before = (*before).clone();
            before.roles.sort();
            before
        });
        match &before {
            Some(before) if *before == person => {
                tally.same += 1;
                continue;
            }
            Some(_) => tally.changed += 1,
            None => tally.new += 1,
        }
        plan.before.push((person.account.clone(), before.as_ref().map(super::versions::json).unwrap_or_default()));
        plan.write.push(person);
    }
    Ok(plan)
}

/// The roles of a row with their units: one role in several units, several roles in one, or as
/// many of each, in pairs.
fn held(row: &mut Row<'_>, definition: &Definition, roles: &Words, units: &Units<'_>) -> Vec<(String, String)> {
    let mut named_roles = Vec::new();
    for part in cell::parts(row.raw(ROLE)) {
        match roles.find(part) {
            Some(role) => named_roles.push(definition.school.roles[role].id.clone()),
            None => {
                row.refuse(ROLE, not_one_of(&definition.school.roles));
                return Vec::new();
            }
        }
    }
    let mut named_units = Vec::new();
    for part in cell::parts(row.raw(UNIT)) {
        match units.find(part) {
            Some(unit) => named_units.push(unit.to_owned()),
            None => {
                let why = Text::new(
                    format!("沒有「{part}」這個單位；請先匯入單位。"),
                    format!("There is no unit “{part}”; import the units first."),
                );
                row.refuse(UNIT, why);
                return Vec::new();
            }
        }
    }
    match (named_roles.len(), named_units.len()) {
        (0, _) => {
            let heading = row.heading(ROLE);
            let why = Text::new(format!("「{heading}」不可空白。"), format!("“{heading}” may not be empty."));
            row.refuse(ROLE, why);
            Vec::new()
        }
        (_, 0) => named_roles.into_iter().map(|role| (role, String::new())).collect(),
        (1, _) => named_units.into_iter().map(|unit| (named_roles[0].clone(), unit)).collect(),
        (_, 1) => named_roles.into_iter().map(|role| (role, named_units[0].clone())).collect(),
        (some, others) if some == others => named_roles.into_iter().zip(named_units).collect(),
        (some, others) => {
            let why = Text::new(
                format!("有 {some} 個角色、{others} 個單位，不知道如何配對；請分成幾列。"),
                format!("{some} roles and {others} units cannot be paired; use a row for each."),
            );
            row.refuse(UNIT, why);
            Vec::new()
        }
    }
}

/// The roles that were given and taken, one a line: account, role, unit.
pub fn roles_turned(before: &[StaffRecord], after: &[StaffRecord]) -> (Vec<String>, Vec<String>) {
    let all = |people: &[StaffRecord]| -> BTreeSet<String> {
        let of = |person: &StaffRecord| {
            let line =
                |(role, unit): &(String, String)| format!("{}: {role} {unit}", person.account).trim_end().to_owned();
            person.roles.iter().map(line).collect::<Vec<_>>()
        };
        people.iter().flat_map(of).collect()
    };
    let (before, after) = (all(before), all(after));
    (after.difference(&before).cloned().collect(), before.difference(&after).cloned().collect())
}

/// Says in the audit log's words which roles were given and taken.
pub fn roles_into(detail: &mut serde_json::Value, (given, taken): (Vec<String>, Vec<String>)) {
    for (name, roles) in [("roles_given", given), ("roles_taken", taken)] {
        if !roles.is_empty() {
            detail[name] = serde_json::json!(roles);
        }
    }
}

impl Plan {
    pub fn roles_turned(&self) -> (Vec<String>, Vec<String>) {
        let before: Vec<StaffRecord> =
            self.before.iter().filter_map(|(_, json)| serde_json::from_str(json).ok()).collect();
        roles_turned(&before, &self.write)
    }

    pub async fn write(&self, conn: &mut Conn, batch: i64) -> Result<()> {
        imports::keep(conn, batch, &self.before).await?;
        register::put_staff(conn, &self.write.iter().collect::<Vec<_>>()).await
    }
}
