//! Editions that cases stand under: the one in force, or a former one from the text that was kept.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use super::CaseError;
use crate::app::{App, Edition, stopwatch};
use crate::clock::Instant;
use crate::definition::folder::Content;
use crate::definition::{Files, check};
use crate::rules::Rules;
use crate::store::{Conn, Result, cases};

/// The edition of that name. A case under a former one is decided by its words and rules; letters
/// are written by the templates in force.
pub async fn edition(app: &App, conn: &mut Conn, name: &str) -> std::result::Result<Arc<Edition>, CaseError> {
    let current = app.edition.load_full();
    if current.definition.edition == name {
        return Ok(current);
    }
    if let Ok(former) = app.former.lock()
        && let Some(known) = former.get(name)
    {
        return Ok(known.clone());
    }
    let gone = || CaseError::Edition(name.to_owned());
    let text = cases::edition(conn, name).await?.ok_or_else(gone)?;
    let texts: BTreeMap<String, String> = serde_json::from_str(&text).map_err(|_| gone())?;
    let files = texts.into_iter().map(|(path, text)| (path, Content::Bytes(text.into_bytes()))).collect();
    let files = Files(files);
    let mut definition = check(&files, &current.definition.school.id).definition.ok_or_else(gone)?;
    // Only the texts that decide were kept: the name is that of the whole.
    definition.edition = name.to_owned();
    if let Some(made) = app.demonstrated {
        definition.held(current.definition.demo.as_ref(), made);
    }
    let rules = Rules::compile_watched(&definition, stopwatch()).map_err(|_| gone())?;
    let edition =
        Arc::new(Edition { definition, rules, templates: current.templates.clone(), files, warnings: Vec::new() });
    if let Ok(mut former) = app.former.lock() {
        former.insert(name.to_owned(), edition.clone());
    }
    Ok(edition)
}

/// Keeps an edition's texts, in the transaction that begins the first case under it.
pub(super) async fn keep(conn: &mut Conn, edition: &Edition, now: Instant) -> Result<()> {
    if cases::has_edition(conn, &edition.definition.edition).await? {
        return Ok(());
    }
    let texts: BTreeMap<&str, &str> = edition
        .files
        .0
        .iter()
        .filter_map(|(path, content)| match content {
            Content::Bytes(bytes) => Some((path.as_str(), std::str::from_utf8(bytes).ok()?)),
            Content::TooLarge(_) | Content::Unreadable(_) => None,
        })
        .filter(|(path, _)| decides(path))
        .collect();
    let text = serde_json::to_string(&texts).unwrap_or_default();
    cases::keep_edition(conn, &edition.definition.edition, &edition.definition.school.id, &text, now).await
}

/// Definitions and scripts; not the demonstration's data, templates or examples.
fn decides(path: &str) -> bool {
    let name = PathBuf::from(path);
    let is_demo = name.file_name().is_some_and(|name| name == "demo.yaml");
    (path.starts_with("workflows/") && !is_demo) || path.ends_with(".rhai")
}
