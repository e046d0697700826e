//! Workbooks (xlsx): the child's job that decodes them under limits, and the parent's reading of
//! its answer. The answer is CSV: the sheet's name, then rows that begin with their number.

use std::io::{Cursor, Read};

use calamine::{DataRef, Reader, Xlsx};
use csv::{ReaderBuilder, StringRecord, WriterBuilder};

use super::note::Note;
use super::table::{MOST_COLUMNS, MOST_ROWS, Source, Table};
use super::text::take;
use crate::lang::Text;

/// The job's name in the worker.
pub const JOB: &str = "workbook";
pub const MOST_PACKED: usize = 5 << 20;
const MOST_UNPACKED: u64 = 50 << 20;
const MOST_ENTRIES: usize = 200;

type Refused = (&'static str, String);

/// Decodes the first sheet that holds anything. Runs in the child.
pub fn decode(bytes: &[u8]) -> Result<Vec<u8>, Refused> {
    check_archive(bytes)?;
    let damaged = |error: calamine::XlsxError| ("damaged", error.to_string());
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(damaged)?;
    for sheet in book.sheet_names() {
        let mut out = WriterBuilder::new().flexible(true).from_writer(Vec::new());
        let written = |error: csv::Error| ("damaged", error.to_string());
        out.write_record([&sheet]).map_err(written)?;
        let mut cells = match book.worksheet_cells_reader(&sheet) {
            Ok(cells) => cells,
            // A sheet that holds a chart only.
            Err(_) => continue,
        };
        let mut row: Vec<String> = Vec::new();
        let mut current = None;
        let mut rows = 0;
        loop {
            let cell = cells.next_cell().map_err(damaged)?;
            let at = cell.as_ref().map(calamine::Cell::get_position);
            if at.map(|(number, _)| number) != current {
                if let Some(number) = current.filter(|_| row.iter().any(|cell| !cell.is_empty())) {
                    rows += 1;
                    if rows > MOST_ROWS + 1 {
                        return Err(("rows", String::new()));
                    }
                    let number: u32 = number;
                    let number = (u64::from(number) + 1).to_string();
                    out.write_record(std::iter::once(&number).chain(&row)).map_err(written)?;
                }
                row.clear();
                current = at.map(|(number, _)| number);
            }
            let (Some((_, column)), Some(cell)) = (at, cell) else { break };
            let text = cell_text(cell.get_value());
            if text.is_empty() {
                continue;
            }
            let column = column as usize;
            if column >= MOST_COLUMNS {
                return Err(("columns", String::new()));
            }
            if row.len() <= column {
                row.resize(column + 1, String::new());
            }
            row[column] = text;
        }
        if rows > 0 {
            return out.into_inner().map_err(|error| ("damaged", error.to_string()));
        }
    }
    Err(("empty", String::new()))
}

/// The archive's own promises, and what its parts really unpack to, before anything is parsed.
fn check_archive(bytes: &[u8]) -> Result<(), Refused> {
    let damaged = |error: zip::result::ZipError| ("damaged", error.to_string());
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(damaged)?;
    if archive.len() > MOST_ENTRIES {
        return Err(("entries", archive.len().to_string()));
    }
    let mut unpacked = 0;
    let mut is_workbook = false;
    for index in 0..archive.len() {
        let entry = archive.by_index(index).map_err(damaged)?;
        let name = entry.name().map_err(damaged)?.into_owned();
        if entry.enclosed_name().is_none() || name.starts_with('/') || name.contains("..") || name.contains('\\') {
            return Err(("name", name));
        }
        is_workbook |= name.starts_with("xl/") && name.contains("workbook.");
        let left = MOST_UNPACKED - unpacked + 1;
        unpacked += std::io::copy(&mut entry.take(left), &mut std::io::sink())
            .map_err(|error| ("damaged", error.to_string()))?;
        if unpacked > MOST_UNPACKED {
            return Err(("unpacked", String::new()));
        }
    }
    if is_workbook { Ok(()) } else { Err(("other", String::new())) }
}

fn cell_text(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Empty => String::new(),
        DataRef::String(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number_text(*number),
        DataRef::Bool(true) => "TRUE".to_owned(),
        DataRef::Bool(false) => "FALSE".to_owned(),
        DataRef::DateTime(moment) if moment.is_datetime() => {
            let (year, month, day, hour, minute, second, _) = moment.to_ymd_hms_milli();
            match (hour, minute, second) {
                (0, 0, 0) => format!("{year:04}-{month:02}-{day:02}"),
                _ => format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}"),
            }
        }
        DataRef::DateTime(duration) => number_text(duration.as_f64()),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::Error(error) => error.to_string(),
    }
}

/// A number as a spreadsheet shows it: 15 digits, so that 0.1 + 0.2 is 0.3.
fn number_text(number: f64) -> String {
    let shown: f64 = format!("{number:.14e}").parse().unwrap_or(number);
    shown.to_string()
}

/// The child's answer as a table.
pub fn table(answer: &[u8]) -> Result<Table, Note> {
    let mut reader = ReaderBuilder::new().has_headers(false).flexible(true).from_reader(answer);
    let mut table = Table::default();
    let mut record = StringRecord::new();
    let mut sheet = None;
    while reader.read_record(&mut record).map_err(|error| Note::file(refusal("damaged", &error.to_string())))? {
        let mut cells = record.iter();
        let first = cells.next().unwrap_or_default();
        if sheet.is_none() {
            sheet = Some(first.to_owned());
            continue;
        }
        let row = first.parse().unwrap_or(0);
        take(row, &cells.collect(), &mut table)?;
    }
    table.source = Source { format: "xlsx", encoding: "UTF-8", separator: None, sheet };
    Ok(table)
}

/// The sentence for a code of the child.
pub fn refusal(code: &str, detail: &str) -> Text {
    match code {
        "entries" => Text::new(
            format!("這個活頁簿裡有 {detail} 個檔案，最多 {MOST_ENTRIES} 個；它不是一般的 Excel 檔，沒有讀取。"),
            format!(
                "This workbook holds {detail} files, more than {MOST_ENTRIES}; it is no ordinary Excel file and was not read."
            ),
        ),
        "unpacked" => Text::new(
            "這個活頁簿展開後超過 50 MB，沒有讀取。請只留下要匯入的工作表，另存成新檔。",
            "This workbook unpacks to more than 50 MB and was not read. Keep only the sheet to be imported and save it anew.",
        ),
        "rows" | "columns" => Text::new(
            format!(
                "這個活頁簿超過 {MOST_ROWS} 列或 {MOST_COLUMNS} 欄，沒有讀取。請刪去多餘的列與欄，或分成幾個檔案。"
            ),
            format!(
                "This workbook has more than {MOST_ROWS} rows or {MOST_COLUMNS} columns and was not read. Remove what is not needed, or split it."
            ),
        ),
        "name" => Text::new(
            format!("這個檔案裡有不該有的路徑「{detail}」，沒有讀取。"),
            format!("This file holds a path that should not be there (“{detail}”) and was not read."),
        ),
        "other" => Text::new(
            "這是壓縮檔，但不是 Excel 活頁簿；請選擇 .xlsx 或 CSV 檔。",
            "This is an archive but no Excel workbook; choose an .xlsx or CSV file.",
        ),
        "empty" => Text::new("這個活頁簿裡沒有資料。", "There is nothing in this workbook."),
        _ => Text::new(
            "這個活頁簿已損壞或不完整，無法讀取。請用 Excel 開啟後另存新檔再匯入。",
            "This workbook is damaged or incomplete and cannot be read. Open it in Excel and save it anew.",
        ),
    }
}
