//! What lists show of a case: written when it is filed and moved, so that a list is read without its
//! cases; what differs by language is written in each.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::answers::{Shown, shown};
use super::called;
use crate::case::{self, Filled};
use crate::definition::case::{Aspect, Catalogue, Field};
use crate::lang::Lang;
use crate::rules::filing::Value;

/// What a list shows of a case in one column: days as ISO.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Cell {
    /// Alike in every language.
    Plain(String),
    Said {
        zh: String,
        en: String,
    },
}

impl Cell {
    pub fn get(&self, lang: Lang) -> &str {
        match (self, lang) {
            (Cell::Plain(text), _) => text,
            (Cell::Said { zh, .. }, Lang::ZhTw) => zh,
            (Cell::Said { en, .. }, Lang::En) => en,
        }
    }
}

/// What was written, by the names of the columns.
pub fn cells(stored: &str) -> BTreeMap<String, Cell> {
    serde_json::from_str(stored).unwrap_or_default()
}

/// What lists show of a case, and the words by which it is found there.
pub(super) fn of(fields: &[Field], catalogues: &[Catalogue], columns: &[Aspect], filled: &Filled) -> (String, String) {
    let mut out = BTreeMap::new();
    let mut search = String::new();
    for seen in columns.iter().filter(|seen| fields.get(seen.field).is_some_and(|field| !field.private)) {
        let Some(field) = seen.described(fields, catalogues) else { continue };
        // What an entry says in a column of its own is not said a second time beside its name.
        let others = columns.iter().filter(|other| other.field == seen.field);
        let own: Vec<&str> = others.filter_map(|other| other.of.as_deref()).collect();
        let say = |lang| text(catalogues, field, case::answer(seen, fields, &filled.given), lang, &own);
        let (Some(zh), Some(en)) = (say(Lang::ZhTw), say(Lang::En)) else { continue };
        search.push_str(&format!(" {zh}"));
        if zh != en {
            search.push_str(&format!(" {en}"));
        }
        out.insert(seen.name(fields), if zh == en { Cell::Plain(zh) } else { Cell::Said { zh, en } });
    }
    (serde_json::to_string(&out).unwrap_or_else(|_| "{}".to_owned()), search)
}

fn text(catalogues: &[Catalogue], field: &Field, value: Option<&Value>, lang: Lang, own: &[&str]) -> Option<String> {
    if let Some(Value::Entry(entry)) = value {
        return Some(called::line(called::list_of(catalogues, field), entry, lang, own));
    }
    match shown(catalogues, field, value, lang) {
        Shown::Text(text) | Shown::Amount(text) => Some(text),
        Shown::Day(day) => Some(day.to_string()),
        Shown::Entry { name, .. } => Some(name),
        Shown::Cases(cases) => Some(cases.len().to_string()),
        Shown::Nothing | Shown::Yes | Shown::No | Shown::Files(_) => None,
    }
}
