//! Entries of a catalogue. One is known by its code on its list; what the file does not name stays.

use std::collections::{HashMap, HashSet};

use super::classes::department;
use super::names::Units;
use super::row::Row;
use super::sheet::{Field as Column, Layout};
use super::table::Table;
use super::units::twice;
use super::{Job, Tally, cell};
use crate::app::catalogue::{Named, random, said};
use crate::app::profile::filled_alone;
use crate::case::Raw;
use crate::clock::{Calendar, Term};
use crate::definition::case::{Answer, Catalogue, DEPARTMENT, Field, TERM};
use crate::lang::Text;
use crate::store::catalogues::{self, EntryRow, On};
use crate::store::people;
use crate::store::{Conn, Result, StoreError, imports, stored};

/// What a file of entries has: which list an entry is of, and what it says.
pub fn columns(catalogue: &Catalogue) -> Vec<Column> {
    let optional = |id: &str| {
        let field = catalogue.fields.iter().find(|field| field.id == id);
        field.is_some_and(|field| field.optional || field.when.is_some() || matches!(field.is, Answer::Tick { .. }))
    };
    let column = |id: &str| Column { id: id.to_owned().into(), required: !optional(id) };
    catalogue.columns().map(column).collect()
}

/// What a column may be called: as the catalogue's `headers` say, as its field is labelled, by its name.
pub fn headings(catalogue: &Catalogue, id: &str) -> Vec<String> {
    let given = catalogue.headers.iter().filter(|(column, _)| column == id).flat_map(|(_, names)| names.clone());
    let label = catalogue.fields.iter().find(|field| field.id == id).map(|field| &field.label);
    let labels = label.into_iter().flat_map(|label| [Some(label.zh.clone()), label.en.clone()]).flatten();
    let mut names: Vec<String> = Vec::new();
    for name in given.chain(labels).chain([id.to_owned()]) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

#[derive(Default)]
pub struct Plan {
    add: Vec<EntryRow>,
    change: Vec<EntryRow>,
    /// By id, what each replaces; empty for a new one.
    before: Vec<(String, String)>,
}

/// What is known of a list while rows are read.
#[derive(Default)]
struct ListSoFar {
    entries: i64,
    last: i64,
}

pub async fn plan(conn: &mut Conn, job: &Job, layout: &Layout, table: &Table, tally: &mut Tally) -> Result<Plan> {
    let definition = &job.edition.definition;
    let Some((index, catalogue)) = job.catalogue.and_then(|index| Some((index, definition.catalogues.get(index)?)))
    else {
        return Ok(Plan::default());
    };
    let records = people::units(conn).await?;
    let units = Units::new(definition, &records);
    let stored = catalogues::all(conn, &catalogue.id).await?;
    let mut lists: HashMap<(String, String), ListSoFar> = HashMap::new();
    for entry in &stored {
        let list = lists.entry((entry.department.clone(), entry.term.clone())).or_default();
        list.entries += 1;
        list.last = list.last.max(entry.ordinal);
    }
    let key = |entry: &EntryRow| (entry.department.clone(), entry.term.clone(), entry.code.to_lowercase());
    let known: HashMap<_, &EntryRow> = stored.iter().map(|entry| (key(entry), entry)).collect();
    let names: Vec<String> = catalogue.columns().map(str::to_owned).collect();
    let column = |id: &str| names.iter().position(|name| name == id).unwrap_or_default();
    let mut rows_of = HashMap::new();
    let mut plan = Plan::default();
    for (number, record) in &table.rows {
        let mut row = Row::new(*number, record, layout, table.headings.len());
        let mut named = Named { catalogue: catalogue.id.clone(), ..Named::default() };
        if catalogue.by_department {
            named.department = department(&mut row, column(DEPARTMENT), definition, &units);
            if row.ok() && !job.rights.may_enter(index, &named.department) {
                let why = Text::new("不是你的單位維護的目錄。", "The list of this unit is not kept by yours.");
                row.refuse(column(DEPARTMENT), why);
            }
        }
        if catalogue.by_term {
            named.term = term(&mut row, column(TERM), &definition.school.calendar, job.now);
        }
        let mut typed = Raw::new();
        for field in &catalogue.fields {
            if let Some(text) = cell_of(&mut row, column(&field.id), field) {
                typed.insert(field.id.clone(), text);
            }
        }
        let filled = filled_alone(definition, &job.edition.rules, &catalogue.fields, &typed, job.now);
        for wrong in filled.wrong.iter().filter(|_| row.ok()).cloned().collect::<Vec<_>>() {
            row.refuse(column(&catalogue.fields[wrong.field].id), wrong.what);
        }
        let mut entry = said(&named, catalogue, |field| filled.value(field).cloned());
        let code = column(&catalogue.fields[crate::app::catalogue::code_field(catalogue)].id);
        let list = (named.department.clone(), named.term.clone());
        if row.ok() {
            twice(&mut row, code, &format!("{}|{}|{}", list.0, list.1, entry.code.to_lowercase()), &mut rows_of);
        }
        let old = known.get(&key(&entry)).copied();
        let there = lists.entry(list).or_default();
        if let Some(most) = catalogue.at_most.filter(|most| old.is_none() && there.entries >= i64::from(*most)) {
            row.refuse(
                code,
                Text::new(format!("一份列表最多 {most} 項。"), format!("A list has at most {most} entries.")),
            );
        }
        if !tally.take(row) {
            continue;
        }
        match old {
            Some(old) if old.name == entry.name && old.says == entry.says => tally.same += 1,
            Some(old) => {
                (entry.id, entry.ordinal) = (old.id.clone(), old.ordinal);
                plan.before.push((old.id.clone(), json(old)?));
                plan.change.push(entry);
                tally.changed += 1;
            }
            None => {
                there.entries += 1;
                there.last += 1;
                (entry.id, entry.ordinal) = (random()?, there.last);
                plan.before.push((entry.id.clone(), String::new()));
                plan.add.push(entry);
                tally.new += 1;
            }
        }
    }
    Ok(plan)
}

/// A cell as the form would have it; nothing where the file has no such column, or it is empty.
fn cell_of(row: &mut Row<'_>, column: usize, field: &Field) -> Option<String> {
    let raw = row.raw(column);
    if let Answer::Tick { .. } = field.is {
        return match cell::key(raw).as_str() {
            "是" | "y" | "yes" | "true" | "1" | "v" | "✓" | "✔" | "o" => Some("on".to_owned()),
            "" | "否" | "n" | "no" | "false" | "0" | "x" => Some(String::new()),
            _ => {
                row.refuse(column, Text::new("請寫「是」或「否」。", "Write yes or no."));
                None
            }
        };
    }
    if raw.is_empty() {
        return None;
    }
    Some(match &field.is {
        Answer::Choice(options) => {
            let key = cell::key(raw);
            let called = |text: &str| cell::key(text) == key;
            let option = options.iter().find(|option| {
                let title = &option.title;
                called(&option.id) || called(&title.zh) || title.en.as_deref().is_some_and(called)
            });
            option.map_or_else(|| raw.to_owned(), |option| option.id.clone())
        }
        Answer::Date => row.day(column, false)?.to_string(),
        Answer::Text { lines: false, .. } => {
            let text = cell::words(raw);
            if cell::is_scientific(&cell::plain(raw)) {
                row.code(column);
            }
            text
        }
        _ => raw.to_owned(),
    })
}

/// `111-1`, `1111` or `111學年第1學期`.
fn term(row: &mut Row<'_>, column: usize, calendar: &Calendar, now: crate::clock::Instant) -> String {
    let plain = cell::plain(row.raw(column));
    let numbers: Vec<&str> =
        plain.split(|letter: char| !letter.is_ascii_digit()).filter(|part| !part.is_empty()).collect();
    let parts = match numbers.as_slice() {
        [year, number] => Some((*year, *number)),
        [both] if both.len() == 4 => both.split_at_checked(3),
        _ => None,
    };
    let term = parts.and_then(|(year, number)| Some(Term { year: year.parse().ok()?, number: number.parse().ok()? }));
    match term.filter(|term| !plain.starts_with('-') && calendar.has(*term, calendar.today(now))) {
        Some(term) => term.to_string(),
        None => {
            let why = Text::new("請寫學期，例如 111-1。", "Write a term, such as 111-1.");
            row.refuse(column, why);
            String::new()
        }
    }
}

fn json(entry: &EntryRow) -> Result<String> {
    serde_json::to_string(entry).map_err(|error| StoreError::Refused(format!("an entry: {error}")))
}

impl Plan {
    pub async fn write(&self, conn: &mut Conn, job: &Job, batch: i64) -> Result<()> {
        imports::keep(conn, batch, &self.before).await?;
        for entry in &self.change {
            catalogues::change_entry(conn, entry).await?;
        }
        catalogues::add_entries(conn, &self.add).await?;
        touch(conn, self.add.iter().chain(&self.change), &stored(job.now)).await
    }
}

/// Whoever sees a list that was changed by a file sees an old one.
pub async fn touch(conn: &mut Conn, changed: impl Iterator<Item = &EntryRow>, at: &str) -> Result<()> {
    let lists: HashSet<_> = changed.map(|entry| (&entry.catalogue, &entry.department, &entry.term)).collect();
    for (catalogue, department, term) in lists {
        catalogues::touch(conn, On { catalogue, department, term }, at).await?;
    }
    Ok(())
}
