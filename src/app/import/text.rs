//! Text files: which encoding, which separator, and the rows. Recognised, not asked: a BOM, strict
//! UTF-8, then Big5.

use csv::{ReaderBuilder, StringRecord};
use encoding_rs::{BIG5, UTF_16BE, UTF_16LE};

use super::note::Note;
use super::table::{MOST_COLUMNS, MOST_ROWS, Source, Table, too_large};
use crate::lang::Text;

/// Stands for a character that could not be read.
pub const UNREADABLE: char = '\u{FFFD}';

struct Decoded {
    text: String,
    encoding: &'static str,
    /// Byte offsets in `text` of characters outside the standard.
    doubtful: Vec<usize>,
}

pub fn read(bytes: &[u8]) -> Result<Table, Note> {
    let decoded = decode(bytes)?;
    if decoded.text.contains('\0') {
        return Err(Note::file(Text::new(
            "這不是文字檔；請另存為 CSV 或 .xlsx 再匯入。",
            "This is not a text file; save it as CSV or .xlsx.",
        )));
    }
    let mut body = decoded.text.as_str();
    let mut skipped = 0;
    // Excel's own first line, `sep=;`.
    let named = body.get(..5).filter(|start| start[..4].eq_ignore_ascii_case("sep=")).and_then(|s| s.chars().nth(4));
    if named.is_some() {
        let end = body.find('\n').map_or(body.len(), |end| end + 1);
        body = &body[end..];
        skipped = 1;
    }
    let separator = named.unwrap_or_else(|| separator_of(body));
    let source = Source { format: "CSV", encoding: decoded.encoding, separator: Some(separator), sheet: None };
    let base = decoded.text.len() - body.len();
    let mut table = Table { source, ..Table::default() };
    split(body, separator, skipped, &mut table, |row, start, end, record, table| {
        for offset in decoded.doubtful.iter().filter(|offset| (start..end).contains(&(**offset - base))) {
            let odd = decoded.text[*offset..].chars().next().unwrap_or(UNREADABLE);
            let column = record.iter().position(|cell| cell.contains(odd)).unwrap_or(0);
            if !table.doubtful.contains(&(row, column)) {
                table.doubtful.push((row, column));
            }
        }
    })?;
    Ok(table)
}

fn decode(bytes: &[u8]) -> Result<Decoded, Note> {
    let plain = |text: String, encoding| Ok(Decoded { text, encoding, doubtful: Vec::new() });
    match bytes {
        [0xEF, 0xBB, 0xBF, rest @ ..] => match std::str::from_utf8(rest) {
            Ok(text) => plain(text.to_owned(), "UTF-8 (BOM)"),
            Err(error) => Err(not_text(rest, error.valid_up_to())),
        },
        [0xFF, 0xFE, rest @ ..] => plain(UTF_16LE.decode_without_bom_handling(rest).0.into_owned(), "UTF-16"),
        [0xFE, 0xFF, rest @ ..] => plain(UTF_16BE.decode_without_bom_handling(rest).0.into_owned(), "UTF-16"),
        _ => match std::str::from_utf8(bytes) {
            Ok(text) => plain(text.to_owned(), "UTF-8"),
            Err(error) => decode_big5(bytes).ok_or_else(|| not_text(bytes, error.valid_up_to())),
        },
    }
}

/// Big5 leaves two areas to each maker; what stands there decodes to some rare character that the
/// writer did not mean, or to none. Those are marked; anything else that is not Big5 ends it.
fn decode_big5(bytes: &[u8]) -> Option<Decoded> {
    let mut decoded =
        Decoded { text: String::with_capacity(bytes.len() * 3 / 2), encoding: "Big5", doubtful: Vec::new() };
    let mut plain_from = 0;
    let mut at = 0;
    let flush = |decoded: &mut Decoded, from: usize, to: usize| {
        let text = BIG5.decode_without_bom_handling_and_without_replacement(&bytes[from..to])?;
        decoded.text.push_str(&text);
        Some(())
    };
    while at < bytes.len() {
        match (bytes[at], bytes.get(at + 1)) {
            (0x00..=0x80, _) => at += 1,
            (0x81..=0xA0 | 0xFA..=0xFE, Some(0x40..=0xFE)) => {
                flush(&mut decoded, plain_from, at)?;
                match BIG5.decode_without_bom_handling_and_without_replacement(&bytes[at..at + 2]) {
                    Some(text) => {
                        decoded.doubtful.push(decoded.text.len());
                        decoded.text.push_str(&text);
                    }
                    // Its row is refused, which says more than a mark.
                    None => decoded.text.push(UNREADABLE),
                }
                at += 2;
                plain_from = at;
            }
            (_, Some(_)) => at += 2,
            (_, None) => return None,
        }
    }
    flush(&mut decoded, plain_from, bytes.len())?;
    Some(decoded)
}

fn not_text(bytes: &[u8], bad: usize) -> Note {
    let line = bytes[..bad].iter().filter(|byte| **byte == b'\n').count() as u32 + 1;
    Note::row(
        line,
        Text::new(
            "檔案既不是 UTF-8 也不是 Big5：這一行有無法辨識的字元。請用 Excel 另存為「CSV UTF-8」再匯入。",
            "The file is neither UTF-8 nor Big5: this line has characters that cannot be read. Save it as “CSV UTF-8” in Excel.",
        ),
    )
}

/// The separator that stands most often in the first line that says anything.
fn separator_of(text: &str) -> char {
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let mut quoted = false;
    let mut counts = [(',', 0), (';', 0), ('\t', 0)];
    for c in first.chars() {
        quoted ^= c == '"';
        for (separator, count) in &mut counts {
            *count += usize::from(c == *separator && !quoted);
        }
    }
    // The first of equals: a comma where there is none at all.
    counts.into_iter().rev().max_by_key(|(_, count)| *count).map_or(',', |(separator, _)| separator)
}

/// Splits into records with the rows that a spreadsheet would show. A quote that is opened and not
/// closed would swallow the rest of the file: such a line is broken, and reading goes on after it.
fn split(
    body: &str,
    separator: char,
    skipped: u32,
    table: &mut Table,
    mut each: impl FnMut(u32, usize, usize, &StringRecord, &mut Table),
) -> Result<(), Note> {
    let mut row = skipped;
    let mut start = 0;
    while start < body.len() {
        let mut reader = ReaderBuilder::new()
            .delimiter(separator as u8)
            .has_headers(false)
            .flexible(true)
            .from_reader(&body.as_bytes()[start..]);
        let mut record = StringRecord::new();
        let mut from = start;
        loop {
            // Blank lines are rows too, though nothing stands in them.
            let blank = body[from..].len() - body[from..].trim_start_matches(['\r', '\n']).len();
            row += body[from..from + blank].matches('\n').count() as u32;
            from += blank;
            // The text is UTF-8 and rows may differ in length, so only an end of memory could fail here.
            if !reader.read_record(&mut record).unwrap_or(false) {
                return Ok(());
            }
            let mut end = start + reader.position().byte() as usize;
            // The reader stops between the two characters of a line's end.
            if body[..end].ends_with('\r') && body[end..].starts_with('\n') {
                end += 1;
            }
            row += 1;
            let raw = body[from..end].trim_end_matches(['\r', '\n']);
            if raw.contains('\n') && is_broken(raw, &record, &table.headings) {
                table.broken.push(Note::row(
                    row,
                    Text::new(
                        "這一列的引號（\"）沒有成對，無法分欄。",
                        "A quotation mark (\") in this row is not closed, so its cells cannot be told apart.",
                    ),
                ));
                start = from + body[from..].find('\n').map_or(body.len() - from, |line| line + 1);
                break;
            }
            if record.iter().any(|cell| !cell.trim().is_empty()) {
                take(row, &record, table)?;
                each(row, from, end, &record, table);
            }
            from = end;
        }
    }
    Ok(())
}

fn is_broken(raw: &str, record: &StringRecord, headings: &[String]) -> bool {
    raw.matches('"').count() % 2 == 1 || (!headings.is_empty() && record.len() != headings.len())
}

/// The first row that says anything holds the headings.
pub fn take(row: u32, record: &StringRecord, table: &mut Table) -> Result<(), Note> {
    if record.len() > MOST_COLUMNS || table.rows.len() >= MOST_ROWS {
        return Err(too_large());
    }
    if table.headings.is_empty() {
        table.heading_row = row;
        table.headings = record.iter().map(|heading| heading.trim().to_owned()).collect();
    } else {
        table.rows.push((row, record.clone()));
    }
    Ok(())
}
