//! The rows that were refused, as a workbook with the reason beside each: to be mended there and
//! imported again.

use std::collections::HashSet;

use rust_xlsxwriter::{Format, Workbook, XlsxError};

use super::Outcome;
use super::note::Note;
use super::table::Table;
use crate::lang::Lang;

/// The rows that notes are about, as they stand in the file.
pub fn rows(table: &Table, notes: &[Note]) -> Vec<(u32, Vec<String>)> {
    let wanted: HashSet<u32> = notes.iter().map(|note| note.row).collect();
    let rows = table.rows.iter().filter(|(row, _)| wanted.contains(row));
    rows.map(|(row, record)| (*row, record.iter().map(str::to_owned).collect())).collect()
}

/// A workbook (xlsx) of the refused rows under the file's own headings; `reason` heads the last
/// column. Every cell is text, so that no number loses a zero and nothing becomes a formula.
pub fn workbook(outcome: &Outcome, reason: &str, lang: Lang) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let bold = Format::new().set_bold();
    let width = outcome.preview.headings.len() as u16;
    for (column, heading) in (0..).zip(&outcome.preview.headings) {
        sheet.write_string_with_format(0, column, heading, &bold)?;
    }
    sheet.write_string_with_format(0, width, reason, &bold)?;
    for (line, (row, cells)) in (1..).zip(&outcome.refused_rows) {
        for (column, cell) in (0..width).zip(cells) {
            sheet.write_string(line, column, cell)?;
        }
        let reasons: Vec<String> = outcome
            .refused
            .iter()
            .filter(|note| note.row == *row)
            .map(|note| match note.column.as_str() {
                "" => note.why.get(lang).to_owned(),
                column => format!("{column}：{}", note.why.get(lang)),
            })
            .collect();
        sheet.write_string(line, width, reasons.join("\n"))?;
    }
    book.save_to_buffer()
}
