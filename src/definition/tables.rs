//! Tables that every school can use: the country's banks and postal areas. They are data, one file each
//! beside this one, and a school's own lists are catalogues.

use std::sync::LazyLock;

use crate::lang::Text;

/// A line of a table: a code and what it stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub code: String,
    pub name: Text,
    /// What people call it for short: it is found by that, too.
    pub also: String,
}

/// Banks, credit cooperatives and the post office, by their three digits. Not the credit departments of
/// farmers' and fishermen's associations.
pub static BANKS: LazyLock<Vec<Line>> = LazyLock::new(|| read(include_str!("tables/banks.csv")));
/// Areas by the first three digits of their postcodes.
pub static POSTCODES: LazyLock<Vec<Line>> = LazyLock::new(|| read(include_str!("tables/postcodes.csv")));

/// The table that is called so in a folder.
pub fn named(name: &str) -> Option<&'static [Line]> {
    match name {
        "banks" => Some(&BANKS),
        "postcodes" => Some(&POSTCODES),
        _ => None,
    }
}

/// The line of a code.
pub fn find<'a>(table: &'a [Line], code: &str) -> Option<&'a Line> {
    table.binary_search_by(|line| line.code.as_str().cmp(code)).ok().and_then(|index| table.get(index))
}

fn read(table: &str) -> Vec<Line> {
    let lines = table.lines().skip(1).filter_map(|line| {
        let mut parts = line.split(',');
        let (code, name, english) = (parts.next()?, parts.next()?, parts.next()?);
        let also = parts.next().unwrap_or_default().to_owned();
        let en = Some(english.to_owned()).filter(|english| !english.is_empty());
        Some(Line { code: code.to_owned(), name: Text { zh: name.to_owned(), en }, also })
    });
    lines.collect()
}
