//! What the demonstration's catalogues hold.

use std::collections::BTreeMap;
use std::iter::successors;

use serde_json::{Map, Value as Json, json};

use super::{CatalogueSpec, FillError, Made, refused};
use crate::amount::Amount;
use crate::app::{App, Edition, case};
use crate::clock::{Calendar, Instant, Term};
use crate::definition::case::{Answer, Field};
use crate::demo::people::fill as fill_in;
use crate::store::catalogues::{self, EntryRow, ListRow};
use crate::store::{people, stored};

pub(super) async fn fill(app: &App, edition: &Edition, spec: &CatalogueSpec, now: Instant) -> Result<(), FillError> {
    let definition = &edition.definition;
    let Some(catalogue) = definition.catalogues.iter().find(|list| list.id == spec.catalogue) else {
        return Err(refused(&spec.catalogue, "there is no such catalogue"));
    };
    let has_students =
        |kind: &str| definition.school.unit_kinds.iter().any(|known| known.id == kind && known.has_students);
    let mut conn = app.db.begin_alone().await?;
    let departments: Vec<String> = match catalogue.by_department {
        true => {
            let units = people::units(&mut conn).await?;
            units.into_iter().filter(|unit| has_students(&unit.kind)).map(|unit| unit.code).collect()
        }
        false => vec![String::new()],
    };
    let terms = match (catalogue.by_term, spec.terms.is_empty()) {
        (false, _) => vec![String::new()],
        (true, false) => spec.terms.clone(),
        (true, true) => last_terms(&definition.school.calendar, now),
    };
    let all_entries: Vec<BTreeMap<String, String>> =
        spec.entries.iter().cloned().chain(spec.made.iter().flat_map(made)).collect();
    let (mut rows, mut lists) = (Vec::new(), Vec::new());
    for (number, department) in departments.iter().enumerate() {
        for term in &terms {
            let all = all_entries.len();
            // Neighbouring departments share some of theirs.
            let skipped = if spec.each.is_some() { number * 3 } else { 0 };
            let entries = all_entries.iter().cycle().skip(skipped).take(spec.each.unwrap_or(all).min(all));
            for (ordinal, entry) in entries.enumerate() {
                let typed = |field: Option<&Field>| field.and_then(|field| entry.get(&field.id)).cloned();
                let says: Map<String, Json> = catalogue
                    .fields
                    .iter()
                    .filter_map(|field| Some((field.id.clone(), said(field, entry.get(&field.id)?))))
                    .collect();
                rows.push(EntryRow {
                    id: format!("{}-{department}-{term}-{ordinal}", spec.catalogue),
                    catalogue: spec.catalogue.clone(),
                    department: department.clone(),
                    term: term.clone(),
                    code: typed(catalogue.fields.first()).unwrap_or_default(),
                    name: typed(catalogue.fields.get(1)).unwrap_or_default(),
                    says: Json::Object(says).to_string(),
                    ordinal: ordinal as i64,
                });
            }
            lists.push(ListRow {
                catalogue: spec.catalogue.clone(),
                department: department.clone(),
                term: term.clone(),
                state: case::APPROVED.to_owned(),
                changed_at: stored(now),
                ..ListRow::default()
            });
        }
    }
    catalogues::add_entries(&mut conn, &rows).await?;
    // What stands on a list when it is approved is on offer from then on.
    for list in &lists {
        catalogues::set_list(&mut conn, list, 0).await?;
    }
    conn.commit().await?;
    Ok(())
}

/// This term and the three before it.
fn last_terms(calendar: &Calendar, now: Instant) -> Vec<String> {
    let before = |term: &Term| Some(calendar.term_of(calendar.begins(*term)?.pred_opt()?));
    let mut terms: Vec<String> =
        successors(Some(calendar.term_of(calendar.today(now))), before).take(4).map(|term| term.to_string()).collect();
    terms.reverse();
    terms
}

/// One entry for each combination of the parts.
fn made(made: &Made) -> Vec<BTreeMap<String, String>> {
    let mut combined: Vec<Vec<(String, String)>> = vec![Vec::new()];
    for (part, words) in &made.of {
        let words = words.as_object().into_iter().flatten();
        let words: Vec<(&str, &str)> =
            words.map(|(word, en)| (word.as_str(), en.as_str().unwrap_or_default())).collect();
        let with = |before: Vec<(String, String)>| {
            let one = |(word, en): &(&str, &str)| {
                let own = [(part.clone(), (*word).to_owned()), (format!("{part}.en"), (*en).to_owned())];
                before.iter().cloned().chain(own).collect()
            };
            words.iter().map(one).collect::<Vec<Vec<(String, String)>>>()
        };
        combined = combined.into_iter().flat_map(with).collect();
    }
    let entry = |(number, parts): (usize, Vec<(String, String)>)| {
        let number = format!("{:04}", number + 1);
        let mut values: Vec<(&str, &str)> = parts.iter().map(|(name, word)| (name.as_str(), word.as_str())).collect();
        values.push(("n", &number));
        made.entry.iter().map(|(field, text)| (field.clone(), fill_in(text, &values))).collect()
    };
    combined.into_iter().enumerate().map(entry).collect()
}

/// A typed value as an entry says it.
fn said(field: &Field, text: &str) -> Json {
    match field.is {
        Answer::Tick { .. } => json!({ "tick": text == "true" }),
        Answer::Number { .. } | Answer::Money { .. } => {
            json!({ "amount": Amount::parse(text).unwrap_or_default().0 })
        }
        Answer::Date => json!({ "day": text }),
        _ => json!({ "text": text }),
    }
}
