//! What the words of a file mean: by code, by id, by title or by another name.

use std::collections::HashMap;

use super::cell;
use crate::definition::{Definition, Unit};
use crate::lang::Text;
use crate::store::people::UnitRecord;

/// Something of the school's folder that a file can name.
pub trait Named {
    fn names(&self) -> (&str, &Text, &[String]);
}

macro_rules! named {
    ($($kind:ty),*) => {$(
        impl Named for $kind {
            fn names(&self) -> (&str, &Text, &[String]) {
                (&self.id, &self.title, &self.also)
            }
        }
    )*};
}
named!(
    crate::definition::Division,
    crate::definition::Status,
    crate::definition::UnitKind,
    crate::definition::Role,
    crate::definition::Category,
    Unit
);

fn is_called(thing: &impl Named, key: &str) -> bool {
    let (id, title, also) = thing.names();
    let mut names = [Some(id), Some(title.zh.as_str()), title.en.as_deref()].into_iter().flatten();
    names.any(|name| cell::key(name) == key) || also.iter().any(|name| cell::key(name) == key)
}

/// A dictionary of a list, so that a hundred thousand rows look a word up each.
pub struct Words(HashMap<String, usize>);

impl Words {
    pub fn of<T: Named>(list: &[T]) -> Words {
        let mut words = HashMap::new();
        for (index, thing) in list.iter().enumerate() {
            let (id, title, also) = thing.names();
            let names = [Some(id), Some(title.zh.as_str()), title.en.as_deref()].into_iter().flatten();
            for name in names.chain(also.iter().map(String::as_str)) {
                words.entry(cell::key(name)).or_insert(index);
            }
        }
        Words(words)
    }

    /// The index of what is called so.
    pub fn find(&self, text: &str) -> Option<usize> {
        match self.0.get(text) {
            Some(index) => Some(*index),
            None => self.0.get(&cell::key(text)).copied(),
        }
    }
}

/// What could have been written, for a refusal.
pub fn choices<'a, T: Named + 'a>(list: impl IntoIterator<Item = &'a T>) -> (String, String) {
    let list: Vec<&T> = list.into_iter().collect();
    let zh: Vec<&str> = list.iter().map(|thing| thing.names().1.zh.as_str()).collect();
    // A reader of English may have a file in Chinese: both are taken, and both are told.
    let en: Vec<String> = list
        .iter()
        .map(|thing| {
            let title = thing.names().1;
            title.en.as_ref().map_or_else(|| title.zh.clone(), |en| format!("{en} ({})", title.zh))
        })
        .collect();
    (zh.join("、"), en.join(", "))
}

/// "Unknown; it must be one of …".
pub fn not_one_of<'a, T: Named + 'a>(list: impl IntoIterator<Item = &'a T>) -> Text {
    let (zh, en) = choices(list);
    Text::new(format!("沒有這個名稱；可以是：{zh}。"), format!("Unknown; it can be: {en}."))
}

/// The units there are, by code and by name: those imported, and the offices of the folder.
pub struct Units<'a> {
    pub records: &'a [UnitRecord],
    by_key: HashMap<String, String>,
}

impl<'a> Units<'a> {
    pub fn new(definition: &Definition, records: &'a [UnitRecord]) -> Units<'a> {
        let mut by_key = HashMap::new();
        // Codes before names: a name that looks like another's code does not hide it.
        for unit in records {
            by_key.insert(cell::key(&unit.code), unit.code.clone());
        }
        for unit in records {
            by_key.entry(cell::key(&unit.name)).or_insert_with(|| unit.code.clone());
        }
        for (index, unit) in definition.school.units.iter().enumerate() {
            // An office that was imported goes by its imported code.
            let code = office_codes(definition, records, index).into_iter().next_back().unwrap_or_default();
            let (id, title, also) = unit.names();
            let names = [Some(id), Some(title.zh.as_str()), title.en.as_deref()].into_iter().flatten();
            for name in names.chain(also.iter().map(String::as_str)) {
                by_key.entry(cell::key(name)).or_insert_with(|| code.clone());
            }
        }
        Units { records, by_key }
    }

    /// The code of the unit that is called so.
    pub fn find(&self, text: &str) -> Option<&str> {
        self.by_key.get(&cell::key(text)).map(String::as_str)
    }

    pub fn record(&self, code: &str) -> Option<&UnitRecord> {
        self.records.iter().find(|unit| unit.code == code)
    }
}

/// The codes that mean an office of the school's folder: its id, and those of imported units that
/// have its id, title or another name of it as code or name. The imported ones stand last.
pub fn office_codes(definition: &Definition, units: &[UnitRecord], office: usize) -> Vec<String> {
    let Some(unit) = definition.school.units.get(office) else { return Vec::new() };
    let mut codes = vec![unit.id.clone()];
    for record in units {
        let is_it = is_called(unit, &cell::key(&record.code)) || is_called(unit, &cell::key(&record.name));
        if is_it && !codes.contains(&record.code) {
            codes.push(record.code.clone());
        }
    }
    codes
}
