//! Entries that a move puts into a catalogue: written with it, and taken off again with the move that
//! undoes it, unless a case has chosen them.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use super::CaseError;
use super::see::Open;
use crate::app::catalogue::{Named, names, said, typed};
use crate::app::profile::filled_alone;
use crate::case::{Due, Made, Refusal};
use crate::clock::Instant;
use crate::lang::Text;
use crate::rules::filing::Value;
use crate::store::catalogues::{self, EntryRow, Of, On};
use crate::store::{Conn, stored};

/// What an entry is known by: of the move of a case that put it there, in its order.
fn id(case: &str, version: i64, place: usize) -> String {
    hex::encode(&Sha256::digest(format!("entry|{case}|{version}|{place}"))[..16])
}

/// Puts what a move enters into its catalogue, whole and right as its keeper would have, or says why not.
pub(super) async fn write(conn: &mut Conn, open: &Open, made: &Made, now: Instant) -> Result<(), CaseError> {
    let definition = &open.edition.definition;
    for (place, due) in made.effects.iter().enumerate() {
        let Due::Enter { catalogue, term, says } = due else { continue };
        let Some(of) = definition.catalogues.get(*catalogue) else { continue };
        let named = Named {
            catalogue: of.id.clone(),
            department: if of.by_department { open.known.student.department.clone() } else { String::new() },
            term: if of.by_term { term.clone() } else { String::new() },
        };
        let says: BTreeMap<usize, &Value> = says.iter().map(|(field, value)| (*field, value)).collect();
        let index = |id: &str| of.fields.iter().position(|field| field.id == id);
        let given = said(&named, of, |field| says.get(&index(&field.id)?).map(|value| (*value).clone()));
        // As if it had been typed: what a keeper could not enter, a move cannot.
        let filled = filled_alone(definition, &open.edition.rules, &of.fields, &typed(of, &given), now);
        if !filled.wrong.is_empty() {
            let wrong = filled.wrong.into_iter().map(|wrong| wrong.what).collect();
            return Err(Refusal::Rule(wrong).into());
        }
        let entry = said(&named, of, |field| filled.value(field).cloned());
        let on = named.on();
        let full = of.at_most.is_some();
        if full && catalogues::count(conn, Of::Entries, on, "").await? >= of.at_most.map_or(i64::MAX, i64::from) {
            return Err(refused("目錄已滿，不能再列入", "the list is full: nothing more can be entered"));
        }
        let ordinal = catalogues::last_ordinal(conn, on).await? + 1;
        let entry = EntryRow { id: id(&open.row.id, made.version, place), ordinal, ..entry };
        if catalogues::add_entries(conn, std::slice::from_ref(&entry)).await? == 0 {
            let label = names(of).0.map(|field| field.label.clone()).unwrap_or_default();
            let (zh, en) = (label.zh.as_str(), label.en.as_deref().unwrap_or(&label.zh));
            return Err(refused(
                &format!("目錄裡已有「{zh}」為 {} 的項目", entry.code),
                &format!("the list has an entry with this already: {en} {}", entry.code),
            ));
        }
        catalogues::touch(conn, on, &stored(now)).await?;
    }
    Ok(())
}

/// Takes off what an undone move (its version) had entered. What a case has chosen stays, and with it
/// the move.
pub(super) async fn take_back(conn: &mut Conn, open: &Open, undone: i64, now: Instant) -> Result<(), CaseError> {
    let moves = &open.workflow().moves;
    let most = moves.iter().map(|step| step.then.len()).max().unwrap_or_default();
    for place in 0..most {
        let Some(entry) = catalogues::entry(conn, Of::Entries, &id(&open.row.id, undone, place)).await? else {
            continue;
        };
        if !catalogues::chosen(conn, &[entry.id.as_str()]).await?.is_empty() {
            return Err(refused(
                &format!("已有申請選了「{} {}」，不能復原", entry.code, entry.name),
                &format!("{} {} has been chosen in an application: this cannot be undone", entry.code, entry.name),
            ));
        }
        catalogues::remove_entry(conn, &entry.id).await?;
        let on = On { catalogue: &entry.catalogue, department: &entry.department, term: &entry.term };
        catalogues::touch(conn, on, &stored(now)).await?;
    }
    Ok(())
}

fn refused(zh: &str, en: &str) -> CaseError {
    Refusal::Rule(vec![Text::new(zh, en)]).into()
}
