//! Which column is which. Headings may stand in any order and under any of the names that the
//! school's folder gives a column.

use std::borrow::Cow;

use super::cell;
use super::note::Note;
use super::table::Table;
use crate::lang::Text;

/// A column that a kind of file has. The id is the one of `headers` in the school's folder.
#[derive(Clone, Debug)]
pub struct Field {
    pub id: Cow<'static, str>,
    /// Whether a file without the column is refused.
    pub required: bool,
}

pub const fn required(id: &'static str) -> Field {
    Field { id: Cow::Borrowed(id), required: true }
}

pub const fn optional(id: &'static str) -> Field {
    Field { id: Cow::Borrowed(id), required: false }
}

/// Where each field of a kind stands in the file.
#[derive(Clone, Debug)]
pub struct Layout {
    /// By field: the column and its heading as the file has it, or the school's own name for it.
    columns: Vec<(Option<usize>, String)>,
    /// Headings that mean nothing here.
    pub unknown: Vec<String>,
}

impl Layout {
    /// `names` says what a column may be called, the official name first.
    pub fn of(fields: &[Field], names: impl Fn(&Field) -> Vec<String>, table: &Table) -> Result<Layout, Vec<Note>> {
        let headings: Vec<String> = table.headings.iter().map(|heading| heading_key(heading)).collect();
        let mut used = vec![false; headings.len()];
        let mut columns = Vec::with_capacity(fields.len());
        let mut problems = Vec::new();
        let mut missing = Vec::new();
        for field in fields {
            let names = names(field);
            let official = names.first().cloned().unwrap_or_default();
            let keys: Vec<String> = names.iter().map(|name| heading_key(name)).collect();
            let found: Vec<usize> =
                (0..headings.len()).filter(|column| !used[*column] && keys.contains(&headings[*column])).collect();
            found.iter().for_each(|column| used[*column] = true);
            if let [first, second, ..] = found.as_slice() {
                let (first, second) = (&table.headings[*first], &table.headings[*second]);
                problems.push(Note {
                    row: table.heading_row,
                    column: second.clone(),
                    why: Text::new(
                        format!("「{first}」和「{second}」是同一欄，不知道該用哪一個；請刪去一個。"),
                        format!("“{first}” and “{second}” are the same column; remove one of them."),
                    ),
                    found: second.clone(),
                });
            }
            if found.is_empty() && field.required {
                missing.push(official.clone());
            }
            columns.push(match found.first() {
                Some(column) => (Some(*column), table.headings[*column].clone()),
                None => (None, official),
            });
        }
        if !missing.is_empty() {
            problems.push(missing_columns(table, &missing));
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let unknown = table.headings.iter().zip(&used).filter(|(heading, used)| !**used && !heading.is_empty());
        Ok(Layout { columns, unknown: unknown.map(|(heading, _)| heading.clone()).collect() })
    }

    pub fn heading(&self, field: usize) -> &str {
        &self.columns[field].1
    }

    pub fn has(&self, field: usize) -> bool {
        self.columns[field].0.is_some()
    }

    /// The file's column of each field.
    pub fn column(&self, field: usize) -> Option<usize> {
        self.columns[field].0
    }
}

/// One sentence that names what is missing and what was found instead.
fn missing_columns(table: &Table, missing: &[String]) -> Note {
    let found: Vec<&str> = table.headings.iter().map(String::as_str).filter(|heading| !heading.is_empty()).collect();
    let (missing_zh, found_zh) = (missing.join("、"), found.join("、"));
    let (missing_en, found_en) = (missing.join(", "), found.join(", "));
    Note {
        row: table.heading_row,
        column: missing_zh.clone(),
        why: Text::new(
            format!("缺少欄位：{missing_zh}。這一列要是欄位名稱，這裡找到的是：{found_zh}。"),
            format!("Columns are missing: {missing_en}. This row must hold the headings; found: {found_en}."),
        ),
        found: found_zh,
    }
}

/// Headings are the same without spaces, marks of required columns and case.
fn heading_key(heading: &str) -> String {
    cell::key(heading).trim_matches(['*', ':', '"']).to_owned()
}
