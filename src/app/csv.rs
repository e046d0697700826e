//! Statistics as CSV for spreadsheets: UTF-8 with a mark that Excel knows it by, and no cell that a
//! spreadsheet would run as a formula.

use crate::app::report::{By, PassRates, Tally};
use crate::app::sheet::Words;
use crate::definition::Definition;
use crate::lang::Lang;

const BYTE_ORDER_MARK: &str = "\u{feff}";

pub fn pass_rates(definition: &Definition, rates: &PassRates, lang: Lang, words: Words<'_>) -> Vec<u8> {
    let mut out = String::from(BYTE_ORDER_MARK);
    let mut head = vec![words("figure-college")];
    if rates.by != By::College {
        head.push(words("figure-department"));
    }
    if rates.by == By::Class {
        head.push(words("figure-class"));
    }
    head.push(words("figure-final-year-students"));
    let titles = rates.requirements(definition).map(|requirement| requirement.short.get(lang).to_owned());
    for title in titles.chain([words("figure-all-requirements")]) {
        head.push(format!("{title} {}", words("figure-passed")));
        head.push(format!("{title} %"));
    }
    line(&mut out, head);
    for row in &rates.rows {
        let withheld = if row.withheld { Some(words("statistics-few")) } else { None };
        let figures = figures(&row.tally).filter(|_| withheld.is_none());
        line(&mut out, row.place(rates.by).map(str::to_owned).chain(withheld.clone()).chain(figures));
    }
    let blank = std::iter::repeat_n(String::new(), usize::from(rates.by.places()) - 1);
    line(&mut out, [words("figure-total")].into_iter().chain(blank).chain(figures(&rates.total)));
    out.into_bytes()
}

/// A table of texts.
pub fn table(head: Vec<String>, rows: impl Iterator<Item = Vec<String>>) -> Vec<u8> {
    let mut out = String::from(BYTE_ORDER_MARK);
    line(&mut out, head);
    rows.for_each(|row| line(&mut out, row));
    out.into_bytes()
}

fn figures(tally: &Tally) -> impl Iterator<Item = String> + '_ {
    let shares = tally.requirements.iter().chain([&tally.all]);
    [tally.students.to_string()]
        .into_iter()
        .chain(shares.flat_map(|share| [share.passed.to_string(), share.rate().fixed()]))
}

fn line(out: &mut String, cells: impl IntoIterator<Item = String>) {
    for (index, cell) in cells.into_iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        out.push_str(&quoted(&harmless(&cell)));
    }
    out.push_str("\r\n");
}

/// A text that a spreadsheet would take for a formula, with an apostrophe before it.
pub fn harmless(text: &str) -> String {
    let formula = text.trim_start().starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']);
    if formula || text.starts_with(['\t', '\r', '\n']) { format!("'{text}") } else { text.to_owned() }
}

fn quoted(text: &str) -> String {
    if text.contains(['"', ',', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
}
