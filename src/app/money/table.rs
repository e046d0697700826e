//! A budget's queue as CSV and as a workbook: no bank data.

use rust_xlsxwriter::{Format, FormatBorder, Workbook, XlsxError};

use super::Line;
use super::content::number;
use crate::app::csv;
use crate::app::sheet::Words;

const HEADS: [&str; 9] = [
    "payments-case",
    "payments-student",
    "payments-name",
    "payments-department",
    "payments-amount",
    "payments-state",
    "payments-year",
    "payments-place",
    "payments-approved",
];

fn cells(line: &Line, words: Words<'_>) -> [String; 9] {
    let turn = |text: Option<String>| text.unwrap_or_default();
    [
        line.row.number.clone(),
        line.row.person.clone(),
        line.row.name.clone(),
        line.row.department.clone(),
        line.amount.to_string(),
        words(&format!("payments-{}", line.state.code())),
        turn(line.place.map(|turn| turn.year.to_string())),
        turn(line.place.map(|turn| turn.number.to_string())),
        line.row.at.clone(),
    ]
}

pub fn as_csv(lines: &[&Line], words: Words<'_>) -> Vec<u8> {
    let rows = lines.iter().map(|line| cells(line, words).to_vec());
    csv::table(HEADS.iter().map(|head| words(head)).collect(), rows)
}

pub fn as_sheet(lines: &[&Line], words: Words<'_>) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let head = Format::new().set_bold().set_border_bottom(FormatBorder::Medium);
    let sheet = book.add_worksheet();
    for (column, key) in HEADS.iter().enumerate() {
        sheet.write_string_with_format(0, column as u16, words(key), &head)?;
        sheet.set_column_width(column as u16, 15)?;
    }
    for (index, line) in lines.iter().enumerate() {
        let row = index as u32 + 1;
        for (column, text) in cells(line, words).into_iter().enumerate() {
            match column {
                4 => sheet.write_number(row, 4, number(line.row.amount))?,
                _ => sheet.write_string(row, column as u16, text)?,
            };
        }
    }
    sheet.set_freeze_panes(1, 0)?;
    book.save_to_buffer()
}
