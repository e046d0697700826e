//! Problems of templates, with their places and in both languages.

use std::collections::BTreeSet;
use std::path::Path;

use super::sources::Source;
use crate::definition::Letter;
use crate::lang::Text;
use crate::problem::{Problem, See};

/// Why a template's file was not read.
pub(super) enum Unreadable {
    Io(String),
    TooLarge { length: u64, most: u64 },
    NotUtf8,
}

pub(super) fn of_file(file: &Path, why: Unreadable) -> Problem {
    let (what, found) = match why {
        Unreadable::Io(error) => (Text::new("無法讀取這個樣板檔", "this template cannot be read"), error),
        Unreadable::TooLarge { length, most } => (
            Text::new(
                format!("樣板檔過大（上限 {most} 位元組）"),
                format!("the template is too large (at most {most} bytes)"),
            ),
            format!("{length}"),
        ),
        Unreadable::NotUtf8 => (Text::new("樣板檔不是 UTF-8", "the template is not UTF-8"), String::new()),
    };
    Problem { code: "MK801", file: file.to_owned(), what, found, ..Problem::default() }
}

/// A syntax error, or one found while compiling.
pub(super) fn of_error(source: &Source, error: &minijinja::Error) -> Problem {
    let line = error.line().unwrap_or_default();
    let detail = error.detail().unwrap_or_default();
    let (column, length) = match error.range() {
        Some(range) => (column_of(&source.text, range.start), source.text.get(range).map_or(0, |s| s.chars().count())),
        None => (1, 0),
    };
    Problem {
        code: "MK802",
        file: source.file.clone(),
        line,
        column,
        length,
        what: Text::new(format!("樣板寫法有誤：{detail}"), format!("the template does not parse: {detail}")),
        found: source.text.lines().nth(line.saturating_sub(1)).unwrap_or_default().trim().to_owned(),
        ..Problem::default()
    }
}

/// A notice names a template that is neither carried nor in the folder.
pub(super) fn of_letter(letter: &Letter, sources: &[Source]) -> Problem {
    let known: BTreeSet<&str> =
        sources.iter().filter_map(|source| source.name.strip_prefix("mail/")?.strip_suffix("/subject.jinja")).collect();
    let known: Vec<&str> = known.into_iter().collect();
    let (spot, name) = (&letter.template_at, &letter.template);
    Problem {
        code: "MK807",
        file: spot.file.clone(),
        line: spot.line,
        column: spot.column,
        length: spot.length,
        path: spot.path.clone(),
        what: Text::new(
            format!("沒有信件範本 templates/mail/{name}/"),
            format!("there is no mail template templates/mail/{name}/"),
        ),
        found: name.clone(),
        allowed: Text::new(format!("可用：{}", known.join("、")), format!("known: {}", known.join(", "))),
        ..Problem::default()
    }
}

/// A letter's template asks for what letters to this audience do not have.
pub(super) fn of_unfit(letter: &Letter, unfit: Problem) -> Problem {
    let (spot, name) = (&letter.template_at, &letter.template);
    Problem {
        code: "MK810",
        file: spot.file.clone(),
        line: spot.line,
        column: spot.column,
        length: spot.length,
        path: spot.path.clone(),
        what: Text::new(
            format!("範本 `{name}` 不適合這些收件人：{} 用了 `{}`", unfit.file.display(), unfit.found),
            format!(
                "the template `{name}` does not fit whom it is sent to: {} asks for `{}`",
                unfit.file.display(),
                unfit.found
            ),
        ),
        found: name.clone(),
        allowed: Text::new(
            format!("寄給他們的信在這裡有：{}", unfit.allowed.zh),
            format!("letters to them have here: {}", unfit.allowed.zh),
        ),
        see: Some(Box::new(See {
            file: unfit.file,
            line: unfit.line,
            column: unfit.column,
            length: unfit.length,
            what: unfit.what,
        })),
        ..Problem::default()
    }
}

/// A template that failed with a sample.
pub(super) fn of_failure(file: std::path::PathBuf, line: usize, lang: &str, what: &str) -> Problem {
    Problem {
        code: "MK808",
        file,
        line,
        column: usize::from(line > 0),
        path: lang.to_owned(),
        what: Text::new(format!("用範例資料試印失敗：{what}"), format!("fails with sample data: {what}")),
        ..Problem::default()
    }
}

fn column_of(text: &str, offset: usize) -> usize {
    let before = text.get(..offset).unwrap_or_default();
    before.rsplit('\n').next().unwrap_or_default().chars().count() + 1
}
