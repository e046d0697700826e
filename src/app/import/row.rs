//! One row being read: its cells by meaning, and what is wrong with each.

use csv::StringRecord;

use super::cell;
use super::note::Note;
use super::sheet::Layout;
use super::text::UNREADABLE;
use crate::clock::{Day, DayError};
use crate::definition::Definition;
use crate::lang::Text;

/// One row being read: cells by field, and what is wrong with them.
pub struct Row<'a> {
    pub number: u32,
    record: &'a StringRecord,
    layout: &'a Layout,
    pub refused: Vec<Note>,
    pub warnings: Vec<Note>,
}

impl<'a> Row<'a> {
    pub fn new(number: u32, record: &'a StringRecord, layout: &'a Layout, headings: usize) -> Row<'a> {
        let mut row = Row { number, record, layout, refused: Vec::new(), warnings: Vec::new() };
        if record.iter().skip(headings).any(|cell| !cell.trim().is_empty()) {
            row.refused.push(Note::row(
                number,
                Text::new(
                    "這一列的儲存格比欄位多；可能有沒加引號的逗號。",
                    "This row has more cells than there are headings; perhaps a comma stands without quotes.",
                ),
            ));
        }
        row
    }

    /// The cell as written, without spaces around; empty where the file has no such column.
    pub fn raw(&self, field: usize) -> &'a str {
        let cell = self.layout.column(field).and_then(|column| self.record.get(column)).unwrap_or_default();
        cell::trim(cell)
    }

    pub fn heading(&self, field: usize) -> &'a str {
        self.layout.heading(field)
    }

    pub fn ok(&self) -> bool {
        self.refused.is_empty()
    }

    pub fn refuse(&mut self, field: usize, why: Text) {
        let note = self.note(field, why);
        self.refused.push(note);
    }

    pub fn warn(&mut self, field: usize, why: Text) {
        let note = self.note(field, why);
        self.warnings.push(note);
    }

    fn note(&self, field: usize, why: Text) -> Note {
        Note { row: self.number, column: self.heading(field).to_owned(), why, found: self.raw(field).to_owned() }
    }

    fn needed(&mut self, field: usize) {
        let heading = self.heading(field);
        let why = Text::new(format!("「{heading}」不可空白。"), format!("“{heading}” may not be empty."));
        self.refuse(field, why);
    }

    /// A code: letters and digits without spaces. Refuses what cannot be one.
    pub fn code(&mut self, field: usize) -> String {
        let code = cell::plain(self.raw(field));
        if code.is_empty() {
            self.needed(field);
        } else if cell::is_scientific(&code) {
            self.refuse(
                field,
                Text::new(
                    "試算表把它變成了科學記號，原來的號碼已經不見；請把這一欄設成文字再匯出。",
                    "A spreadsheet turned it into scientific notation and the number is lost; format the column as text.",
                ),
            );
        } else if code.chars().count() > 40
            || code.contains(|c: char| c.is_whitespace() || c.is_control() || ",;|:".contains(c))
        {
            self.refuse(
                field,
                Text::new(
                    "代碼裡不可有空白或標點，最多 40 字。",
                    "A code has no spaces or punctuation and at most 40 characters.",
                ),
            );
        } else if code.contains(UNREADABLE) {
            self.unreadable(field);
        }
        code
    }

    /// A name, as typed.
    pub fn name(&mut self, field: usize, needed: bool) -> String {
        let name = cell::words(self.raw(field));
        if name.is_empty() && needed {
            self.needed(field);
        } else if name.chars().count() > 200 {
            self.refuse(field, Text::new("太長，最多 200 字。", "Too long; at most 200 characters."));
        } else if name.contains(UNREADABLE) {
            self.unreadable(field);
        }
        name
    }

    fn unreadable(&mut self, field: usize) {
        self.refuse(
            field,
            Text::new(
                "有無法辨識的字（可能是自造字）；請改用 UTF-8 存檔，或換成標準字。",
                "A character cannot be read (perhaps a user-made one); save the file as UTF-8.",
            ),
        );
    }

    /// An address that mail can be sent to; may be empty where it is not needed.
    pub fn email(&mut self, field: usize, domains: &[String]) -> String {
        let email = cell::plain(self.raw(field));
        if email.is_empty() {
            return email;
        }
        let good = email.split_once('@').is_some_and(|(person, domain)| {
            let of = |part: &str, more: &str| {
                !part.is_empty()
                    && !part.starts_with('.')
                    && !part.ends_with('.')
                    && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || more.as_bytes().contains(&byte))
            };
            of(person, ".!#$%&'*+/=?^_`{|}~-") && of(domain, ".-") && domain.contains('.')
        });
        if !good || email.len() > 200 {
            self.refuse(field, Text::new("不是電子郵件地址。", "Not an e-mail address."));
        } else if !domains.is_empty() {
            let domain = email.rsplit('@').next().unwrap_or_default().to_ascii_lowercase();
            let inside = |own: &String| domain == *own || domain.ends_with(&format!(".{own}"));
            if !domains.iter().any(inside) {
                self.warn(
                    field,
                    Text::new(
                        "不是本校的郵件網域，系統不會寄信到這裡。",
                        "Not one of the school's mail domains: no mail will go there.",
                    ),
                );
            }
        }
        email
    }

    /// A day; `None` where it is empty or refused.
    pub fn day(&mut self, field: usize, needed: bool) -> Option<Day> {
        let plain = cell::plain(self.raw(field));
        if plain.is_empty() {
            if needed {
                self.needed(field);
            }
            return None;
        }
        match cell::day(&plain) {
            Ok(day) => Some(day),
            Err(error) => {
                let why = match error {
                    DayError::NotADate => Text::new(
                        "不是日期；請寫成 2025-09-08、114/9/8 或 1140908。",
                        "Not a date; write it as 2025-09-08, 114/9/8 or 1140908.",
                    ),
                    DayError::NoSuchDay => Text::new("沒有這一天。", "There is no such day."),
                };
                self.refuse(field, why);
                None
            }
        }
    }

    /// An academic year of admission, in the school's count or the common era's.
    pub fn year(&mut self, field: usize, definition: &Definition, today: Day) -> i32 {
        let plain = cell::plain(self.raw(field));
        if plain.is_empty() {
            self.needed(field);
            return 0;
        }
        let digits = plain.trim_end_matches(|c: char| !c.is_ascii_digit());
        let digits = digits.strip_suffix(".0").unwrap_or(digits);
        let calendar = &definition.school.calendar;
        let latest = calendar.academic_year(today) + 1;
        let year = digits
            .parse::<i32>()
            .ok()
            .map(|year| if year > latest && year > calendar.year_offset { year - calendar.year_offset } else { year });
        match year {
            Some(year) if (latest - 60..=latest).contains(&year) => year,
            _ => {
                self.refuse(
                    field,
                    Text::new(
                        format!("不是入學的學年度；請寫 {} 到 {latest} 之間的數字。", latest - 60),
                        format!("Not an academic year; write a number from {} to {latest}.", latest - 60),
                    ),
                );
                0
            }
        }
    }
}
