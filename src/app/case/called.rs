//! What an entry of a catalogue is called, in the reader's language, and what stands beside its name so
//! that entries of one name are told apart.

use super::answers::{Shown, shown};
use crate::app::catalogue::names;
use crate::definition::case::{Answer, Catalogue, Field};
use crate::lang::Lang;
use crate::rules::filing::{Entry, Value};

/// The catalogue whose entries a field holds.
pub fn list_of<'a>(catalogues: &'a [Catalogue], field: &Field) -> Option<&'a Catalogue> {
    match field.is {
        Answer::Entry { catalogue, .. } => catalogues.get(catalogue),
        _ => None,
    }
}

/// What it is known by.
pub fn code(entry: &Entry) -> &str {
    said(entry, "@code")
}

/// What it is called.
pub fn name<'a>(list: Option<&Catalogue>, entry: &'a Entry, lang: Lang) -> &'a str {
    let english = list.and_then(|list| list.fields.get(list.in_english?)).filter(|_| lang == Lang::En);
    match english.map(|field| said(entry, &field.id)) {
        Some(english) if !english.is_empty() => english,
        Some(_) | None => said(entry, "@name"),
    }
}

/// What stands beside its name, but for fields that are said already.
pub fn beside(list: Option<&Catalogue>, entry: &Entry, lang: Lang, but: &[&str]) -> Vec<String> {
    let fields = list.into_iter().flat_map(|list| list.columns.iter().filter_map(|index| list.fields.get(*index)));
    let shown = fields.filter(|field| !but.contains(&field.id.as_str())).filter_map(|field| {
        match shown(&[], field, entry.says.get(&field.id), lang) {
            Shown::Text(text) | Shown::Amount(text) => Some(text),
            Shown::Day(day) => Some(day.to_string()),
            Shown::Yes => Some(field.label.get(lang).to_owned()),
            Shown::Nothing | Shown::No | Shown::Files(_) | Shown::Entry { .. } | Shown::Cases(_) => None,
        }
    });
    shown.filter(|text| !text.is_empty()).collect()
}

/// The same behind the name, on one line.
pub fn line(list: Option<&Catalogue>, entry: &Entry, lang: Lang, but: &[&str]) -> String {
    let mut parts = vec![name(list, entry, lang).to_owned()];
    parts.extend(beside(list, entry, lang, but));
    parts.join(" · ")
}

/// An option of a menu: its code, too.
pub fn label(list: Option<&Catalogue>, entry: &Entry, lang: Lang) -> String {
    format!("{} {}", code(entry), line(list, entry, lang, &[])).trim().to_owned()
}

/// What it says beside its code and its name, in its catalogue's order.
pub fn details<'a>(list: &'a Catalogue, entry: &'a Entry, lang: Lang) -> Vec<(&'a Field, &'a Value)> {
    let (code, named) = names(list);
    let english = list.in_english.and_then(|index| list.fields.get(index));
    // What it is called stands there already, in whichever language.
    let is_named = |field: &&Field| match (english, lang) {
        (Some(english), Lang::En) if !said(entry, &english.id).is_empty() => field.id == english.id,
        (Some(_) | None, _) => named.is_some_and(|named| named.id == field.id),
    };
    let others = list.fields.iter().filter(|field| code.is_none_or(|code| code.id != field.id));
    others.filter(|field| !is_named(field)).filter_map(|field| Some((field, entry.says.get(&field.id)?))).collect()
}

fn said<'a>(entry: &'a Entry, name: &str) -> &'a str {
    match entry.says.get(name) {
        Some(Value::Text(text)) => text,
        Some(_) | None => "",
    }
}
