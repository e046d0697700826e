//! What the demonstration's catalogues hold.

use serde_json::{Map, Value as Json, json};

use super::{CatalogueSpec, FillError, refused};
use crate::amount::Amount;
use crate::app::{App, Edition, case};
use crate::clock::Instant;
use crate::definition::case::{Answer, Field};
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
    let terms = if catalogue.by_term { spec.terms.clone() } else { vec![String::new()] };
    let (mut rows, mut lists) = (Vec::new(), Vec::new());
    for (number, department) in departments.iter().enumerate() {
        for term in &terms {
            let all = spec.entries.len();
            // Neighbouring departments share some of theirs.
            let skipped = if spec.each.is_some() { number * 3 } else { 0 };
            let entries = spec.entries.iter().cycle().skip(skipped).take(spec.each.unwrap_or(all).min(all));
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
