//! Rosters and statistics as xlsx, for tutors and offices who go on in a spreadsheet. Text is
//! written as text: a student number keeps its zeros, and no cell is a formula.

use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError,
};

use crate::app::lists::{self, Table};
use crate::app::report::{By, PassRates, Tally};
use crate::app::roster::{Line, Roster};
use crate::definition::Definition;
use crate::lang::Lang;
use crate::progress::amount_in_units;

/// The screen's words by key, in the reader's language.
pub type Words<'a> = &'a (dyn Fn(&str) -> String + Sync);

struct Styles {
    title: Format,
    note: Format,
    head: Format,
    text: Format,
    number: Format,
    rate: Format,
    missing: Format,
    total: Format,
    total_rate: Format,
}

impl Styles {
    fn new() -> Styles {
        let cell = Format::new().set_border_bottom(FormatBorder::Hair).set_align(FormatAlign::VerticalCenter);
        Styles {
            title: Format::new().set_bold().set_font_size(14),
            note: Format::new().set_font_color("595959"),
            head: Format::new()
                .set_bold()
                .set_text_wrap()
                .set_align(FormatAlign::VerticalCenter)
                .set_border_bottom(FormatBorder::Medium)
                .set_background_color("EFEBE4"),
            number: cell.clone().set_num_format("0.##"),
            rate: cell.clone().set_num_format("0.00"),
            missing: cell.clone().set_text_wrap(),
            total: cell.clone().set_bold(),
            total_rate: cell.clone().set_bold().set_num_format("0.00"),
            text: cell,
        }
    }
}

/// A class as a workbook: one sheet, ready to print on A4.
pub fn roster(definition: &Definition, roster: &Roster, lang: Lang, words: Words<'_>) -> Result<Vec<u8>, XlsxError> {
    let (styles, mut book) = (Styles::new(), Workbook::new());
    // The same roster is the same file, byte for byte: a repeated mail is recognised by it.
    book.set_properties(
        &DocProperties::new().set_creation_datetime(&ExcelDateTime::parse_from_str(&roster.as_of.to_string())?),
    );
    let sheet = book.add_worksheet();
    sheet.set_name(sheet_name(&roster.class.name))?;
    let title = format!("{} {}", roster.class.department_name, roster.class.name);
    sheet.write_string_with_format(0, 0, title, &styles.title)?;
    let tutors: Vec<&str> = roster.tutors.iter().map(|tutor| tutor.name.as_str()).collect();
    let note = format!(
        "{} {} · {} {} / {} · {} {}",
        words("figure-as-of"),
        roster.as_of,
        words("figure-passed"),
        roster.passed(),
        roster.bound(),
        words("figure-tutors"),
        tutors.join("、"),
    );
    sheet.write_string_with_format(1, 0, note, &styles.note)?;

    let mut heads =
        vec![(words("figure-student-number"), 13), (words("figure-name"), 14), (words("figure-overall"), 10)];
    let asking = definition.asking(roster.as_of);
    for index in &asking {
        heads.push((definition.requirements[*index].short.get(lang).to_owned(), 11));
    }
    heads.push((words("figure-missing"), 44));
    write_heads(sheet, &styles, &heads)?;
    for (index, line) in roster.students.iter().enumerate() {
        write_line(sheet, &styles, definition, (line, &asking), index as u32 + 3, lang, words)?;
    }
    finish(sheet, heads.len() as u16, false)?;
    book.save_to_buffer()
}

fn write_heads(sheet: &mut Worksheet, styles: &Styles, heads: &[(String, u32)]) -> Result<(), XlsxError> {
    for (column, (head, width)) in heads.iter().enumerate() {
        sheet.write_string_with_format(2, column as u16, head, &styles.head)?;
        sheet.set_column_width(column as u16, *width)?;
    }
    Ok(())
}

fn write_line(
    sheet: &mut Worksheet,
    styles: &Styles,
    definition: &Definition,
    (line, asking): (&Line, &[usize]),
    row: u32,
    lang: Lang,
    words: Words<'_>,
) -> Result<(), XlsxError> {
    sheet.write_string_with_format(row, 0, &line.student, &styles.text)?;
    sheet.write_string_with_format(row, 1, &line.name, &styles.text)?;
    let overall = match (line.verdict.bound, line.verdict.passed) {
        (false, _) => "figure-not-bound",
        (true, true) => "figure-passed",
        (true, false) => "figure-not-passed",
    };
    sheet.write_string_with_format(row, 2, words(overall), &styles.text)?;
    let asked = asking.iter().filter_map(|index| line.verdict.requirements.get(*index));
    for (column, requirement) in asked.enumerate() {
        let text = if requirement.waived.is_some() {
            words("figure-waived")
        } else if requirement.bound {
            format!("{} / {}", requirement.earned, requirement.needed)
        } else {
            words("figure-not-bound")
        };
        sheet.write_string_with_format(row, column as u16 + 3, text, &styles.text)?;
    }
    let missing: Vec<String> = line
        .missing()
        .into_iter()
        .map(|(index, amount)| {
            let requirement = &definition.requirements[index];
            let unit = &definition.parameters[requirement.needs].unit;
            format!("{} {}", requirement.short.get(lang), amount_in_units(amount, unit, lang))
        })
        .collect();
    let column = asking.len() as u16 + 3;
    sheet.write_string_with_format(row, column, missing.join("、"), &styles.missing)?;
    Ok(())
}

/// A list of students as a workbook. Amounts are numbers, all else is text.
pub fn list(title: &str, table: &Table, words: Words<'_>) -> Result<Vec<u8>, XlsxError> {
    let (styles, mut book) = (Styles::new(), Workbook::new());
    let sheet = book.add_worksheet();
    sheet.set_name(sheet_name(title))?;
    sheet.write_string_with_format(0, 0, title, &styles.title)?;
    let note = format!("{} {} · {}", words("figure-as-of"), table.day, table.rows.len());
    sheet.write_string_with_format(1, 0, note, &styles.note)?;
    let widths = [13, 14, 18, 16].into_iter().chain(std::iter::repeat(11));
    let heads: Vec<(String, u32)> = table.heads(words).into_iter().zip(widths).collect();
    write_heads(sheet, &styles, &heads)?;
    for (index, row) in table.rows.iter().enumerate() {
        for (column, text) in row.iter().enumerate() {
            let at = (index as u32 + 3, column as u16);
            let is_amount = column >= lists::OF_STUDENT && (column - lists::OF_STUDENT).is_multiple_of(2);
            match text.parse::<f64>().ok().filter(|_| is_amount) {
                Some(amount) => sheet.write_number_with_format(at.0, at.1, amount, &styles.number)?,
                None => sheet.write_string_with_format(at.0, at.1, text, &styles.text)?,
            };
        }
    }
    finish(sheet, heads.len() as u16, true)?;
    book.save_to_buffer()
}

/// A table of texts as a workbook, under a title and a note; where `amounts` says so, numbers.
pub fn table(
    title: &str,
    note: &str,
    heads: &[String],
    amounts: &[bool],
    rows: &[Vec<String>],
) -> Result<Vec<u8>, XlsxError> {
    let (styles, mut book) = (Styles::new(), Workbook::new());
    let sheet = book.add_worksheet();
    sheet.set_name(sheet_name(title))?;
    sheet.write_string_with_format(0, 0, title, &styles.title)?;
    sheet.write_string_with_format(1, 0, note, &styles.note)?;
    let heads: Vec<(String, u32)> = heads.iter().map(|head| (head.clone(), 15)).collect();
    write_heads(sheet, &styles, &heads)?;
    for (index, row) in rows.iter().enumerate() {
        for (column, text) in row.iter().enumerate() {
            let at = (index as u32 + 3, column as u16);
            match text.parse::<f64>().ok().filter(|_| amounts.get(column) == Some(&true)) {
                Some(amount) => sheet.write_number_with_format(at.0, at.1, amount, &styles.number)?,
                None => sheet.write_string_with_format(at.0, at.1, text, &styles.text)?,
            };
        }
    }
    finish(sheet, heads.len() as u16, true)?;
    book.save_to_buffer()
}

/// Pass rates as a workbook.
pub fn pass_rates(
    definition: &Definition,
    rates: &PassRates,
    lang: Lang,
    words: Words<'_>,
) -> Result<Vec<u8>, XlsxError> {
    let (styles, mut book) = (Styles::new(), Workbook::new());
    let sheet = book.add_worksheet();
    sheet.set_name(sheet_name(&words("figure-pass-rates")))?;
    sheet.write_string_with_format(0, 0, words("figure-pass-rates"), &styles.title)?;
    sheet.write_string_with_format(1, 0, format!("{} {}", words("figure-as-of"), rates.as_of), &styles.note)?;

    let mut heads = vec![(words("figure-college"), 14)];
    if rates.by != By::College {
        heads.push((words("figure-department"), 18));
    }
    if rates.by == By::Class {
        heads.push((words("figure-class"), 16));
    }
    heads.push((words("figure-final-year-students"), 10));
    let titles = rates.requirements(definition).map(|requirement| requirement.short.get(lang).to_owned());
    for title in titles.chain([words("figure-all-requirements")]) {
        heads.push((format!("{title} {}", words("figure-passed")), 11));
        heads.push((format!("{title} %"), 9));
    }
    write_heads(sheet, &styles, &heads)?;
    let mut row = 3;
    for line in &rates.rows {
        let mut column = 0;
        for text in line.place(rates.by) {
            sheet.write_string_with_format(row, column, text, &styles.text)?;
            column += 1;
        }
        if line.withheld {
            sheet.write_string_with_format(row, column, words("statistics-few"), &styles.text)?;
        } else {
            write_tally(sheet, (row, column), &line.tally, &styles.number, &styles.rate)?;
        }
        row += 1;
    }
    let places = rates.by.places();
    sheet.write_string_with_format(row, 0, words("figure-total"), &styles.total)?;
    for column in 1..places {
        sheet.write_blank(row, column, &styles.total)?;
    }
    write_tally(sheet, (row, places), &rates.total, &styles.total, &styles.total_rate)?;
    finish(sheet, heads.len() as u16, true)?;
    book.save_to_buffer()
}

fn write_tally(
    sheet: &mut Worksheet,
    (row, mut column): (u32, u16),
    tally: &Tally,
    number: &Format,
    rate: &Format,
) -> Result<(), XlsxError> {
    sheet.write_number_with_format(row, column, tally.students as u32, number)?;
    for share in tally.requirements.iter().chain([&tally.all]) {
        sheet.write_number_with_format(row, column + 1, share.passed as u32, number)?;
        // A spreadsheet's numbers are doubles; two decimals are exact in their shortest form.
        #[allow(clippy::float_arithmetic)]
        sheet.write_number_with_format(row, column + 2, share.rate().0 as f64 / 100.0, rate)?;
        column += 2;
    }
    Ok(())
}

/// A head that stays, and pages that fit.
fn finish(sheet: &mut Worksheet, columns: u16, landscape: bool) -> Result<(), XlsxError> {
    sheet.set_freeze_panes(3, 0)?;
    sheet.set_repeat_rows(2, 2)?;
    const A4: u8 = 9;
    sheet.set_paper_size(A4);
    if landscape || columns > 8 {
        sheet.set_landscape();
    }
    sheet.set_print_fit_to_pages(1, 0);
    sheet.set_margins(0.5, 0.5, 0.6, 0.6, 0.3, 0.3);
    sheet.set_footer("&C&P / &N");
    Ok(())
}

/// At most 31 characters, without those that a sheet's name cannot have.
fn sheet_name(text: &str) -> String {
    let name: String = text.chars().filter(|c| !"[]:*?/\\'".contains(*c)).take(31).collect();
    if name.is_empty() { "1".to_owned() } else { name }
}
