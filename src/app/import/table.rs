//! From the bytes of a file to rows of text, whatever its name says: CSV in `text`, workbooks
//! through the child process. Nothing here knows what the columns mean.

use std::time::Duration;

use csv::StringRecord;

use super::note::Note;
use super::{text, workbook};
use crate::lang::Text;
use crate::sandbox::{Sandbox, SandboxError};

/// The most rows and columns that one file may have, and the largest text file.
pub const MOST_ROWS: usize = 200_000;
pub const MOST_COLUMNS: usize = 200;
const MOST_BYTES: usize = 50 << 20;

/// A file's rows as text.
#[derive(Clone, Debug, Default)]
pub struct Table {
    pub source: Source,
    pub heading_row: u32,
    pub headings: Vec<String>,
    /// With the number that a spreadsheet shows beside the row. Blank rows are left out.
    pub rows: Vec<(u32, StringRecord)>,
    /// Rows that could not be taken apart.
    pub broken: Vec<Note>,
    /// Cells (row, column) with characters that the file's encoding leaves to each maker.
    pub doubtful: Vec<(u32, usize)>,
    pub warnings: Vec<Note>,
}

/// What the file was found to be.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Source {
    /// `CSV` or `xlsx`.
    pub format: &'static str,
    pub encoding: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub separator: Option<char>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,
}

/// Reads a file by its content. Blocks: call it where that does no harm.
pub fn read(name: &str, bytes: &[u8], sandbox: &Sandbox) -> Result<Table, Note> {
    let extension = name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase()).unwrap_or_default();
    let mut table = match bytes {
        _ if bytes.iter().all(u8::is_ascii_whitespace) => {
            return Err(Note::file(Text::new("檔案是空的。", "The file is empty.")));
        }
        [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] => read_workbook(bytes, sandbox)?,
        [0xD0, 0xCF, 0x11, 0xE0, ..] => {
            return Err(Note::file(Text::new(
                "這是舊式的 Excel 檔（.xls）或加了密碼的檔案，請另存為不加密碼的 Excel 活頁簿（.xlsx）或 CSV 再匯入。",
                "This is an old Excel file (.xls) or one with a password; save it as an Excel workbook (.xlsx) without a password, or as CSV.",
            )));
        }
        _ => read_text(bytes)?,
    };
    let told = match extension.as_str() {
        "xlsx" | "xlsm" => "xlsx",
        "csv" | "txt" | "tsv" => "CSV",
        _ => table.source.format,
    };
    if told != table.source.format {
        table.warnings.push(Note::file(Text::new(
            format!("檔名說是 {told}，內容卻是 {}；已依內容讀取。", table.source.format),
            format!("The name says {told} but the content is {}; it was read as what it is.", table.source.format),
        )));
    }
    Ok(table)
}

fn read_text(bytes: &[u8]) -> Result<Table, Note> {
    if bytes.len() > MOST_BYTES {
        return Err(too_large());
    }
    let known = [
        (b"%PDF".as_slice(), "PDF"),
        (b"<", "HTML、XML"),
        (b"{\\rtf", "RTF"),
        (b"\x89PNG", "PNG"),
        (b"\xFF\xD8\xFF", "JPEG"),
        (b"\x1F\x8B", "gzip"),
    ];
    let start = bytes.iter().position(|byte| !byte.is_ascii_whitespace()).unwrap_or(0);
    if let Some((_, what)) = known.iter().find(|(magic, _)| bytes[start..].starts_with(magic)) {
        return Err(Note::file(Text::new(
            format!("這不是 CSV 也不是 Excel 活頁簿，內容是 {what}；請另存為 CSV 或 .xlsx 再匯入。"),
            format!("This is neither CSV nor an Excel workbook but {what}; save it as CSV or .xlsx."),
        )));
    }
    text::read(bytes)
}

fn read_workbook(bytes: &[u8], sandbox: &Sandbox) -> Result<Table, Note> {
    if bytes.len() > workbook::MOST_PACKED {
        return Err(too_large());
    }
    // A small file has little to say; a large one may take longer.
    let deadline = Duration::from_millis(1_400 + 800 * (bytes.len() as u64 >> 20));
    let answer = sandbox.run(workbook::JOB, bytes.to_vec(), deadline).map_err(|error| {
        Note::file(match error {
            SandboxError::Refused { code, detail } => workbook::refusal(&code, &detail),
            SandboxError::TooSlow(_) | SandboxError::TooMuch => Text::new(
                "這個活頁簿展開後太大或已損壞，沒有讀取。請把資料另存成新的檔案再匯入。",
                "This workbook is too large once unpacked, or damaged; it was not read. Save the data as a new file.",
            ),
            SandboxError::Start(error) => Text::new(
                format!("無法啟動讀取活頁簿的程序：{error}"),
                format!("The process that reads workbooks cannot be started: {error}"),
            ),
        })
    })?;
    workbook::table(&answer)
}

pub fn too_large() -> Note {
    Note::file(Text::new(
        format!(
            "檔案太大：Excel 最多 5 MB，CSV 最多 50 MB，至多 {MOST_ROWS} 列、{MOST_COLUMNS} 欄。請分成幾個檔案匯入。"
        ),
        format!(
            "The file is too large: at most 5 MB as Excel, 50 MB as CSV, {MOST_ROWS} rows and {MOST_COLUMNS} columns. Split it into several."
        ),
    ))
}
