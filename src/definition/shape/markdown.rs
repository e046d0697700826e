//! The language as a page to read: `docs/language.md`, in Chinese and English side by side.

use std::fmt::Write;

use super::{DOCUMENTS, Field, Is, Said, Shape, Word, describe};
use crate::lang::Lang;

const INTRO: &str = "\
# 定義的語言 · The language of definitions

本頁由 `menkan schema --markdown` 產生，請勿手改。
This page is made by `menkan schema --markdown`; do not edit it.

一所學校是 `workflows/<學校>/` 下的 YAML 檔，一檔一件事；檔名與子資料夾隨意。檔案是哪一種，由開頭的鍵決定。
A school is the YAML files below `workflows/<school>/`, one subject a file, named and placed as you like; its keys say of which kind a file is.

- 鍵旁的 ● 表示必須有。 A ● beside a key means that it must be there.
- 只有一項的清單可以不寫括號。 A list of one may be written as that one.
- 不認得的鍵是錯誤，不會被忽略。 A key that is not known is an error, never ignored.
- 文字可以只寫中文，或寫 `{zh-TW: …, en: …}`。 A text is Chinese alone, or `{zh-TW: …, en: …}`.
- 檔案是 UTF-8、以空格縮排，最多 256 KiB。 Files are UTF-8, indented with spaces, at most 256 KiB.
";

pub fn markdown() -> String {
    let mut writer = Writer { out: INTRO.to_owned(), done: Vec::new() };
    for document in DOCUMENTS {
        writer.shape(document.shape, 2);
    }
    writer.out
}

struct Writer {
    out: String,
    done: Vec<&'static str>,
}

impl Writer {
    /// A shape, then those that it is the first to contain. Writing to a string cannot fail.
    fn shape(&mut self, shape: &'static Shape, level: usize) {
        if self.done.contains(&shape.name) {
            return;
        }
        self.done.push(shape.name);
        let Said { zh, en } = shape.about;
        let _ = write!(self.out, "\n{} {}\n\n{zh}。 {en}.\n\n", "#".repeat(level), shape.name);
        let _ = write!(self.out, "```yaml\n{}\n```\n\n", shape.example);
        let _ = write!(self.out, "| 鍵 key | 是什麼 what it is | 值 value |\n|---|---|---|\n");
        for field in shape.fields {
            self.field(field);
        }
        let level = (level + 1).min(4);
        for field in shape.fields {
            for word_list in choices(&field.is) {
                self.choice(field.key, word_list);
            }
            for inner in shapes(&field.is) {
                self.shape(inner, level);
            }
        }
    }

    fn field(&mut self, field: &'static Field) {
        let mark = if field.needed { " ●" } else { "" };
        let inner: Vec<String> = shapes(&field.is).iter().map(|shape| format!("[{0}](#{0})", shape.name)).collect();
        let value = describe(&field.is);
        let value = match inner.is_empty() {
            true => format!("{} · {}", value.zh, value.get(Lang::En)),
            false => inner.join(", "),
        };
        let Said { zh, en } = field.about;
        let _ = writeln!(self.out, "| `{}`{mark} | {zh} · {en} | {} |", field.key, value.replace('|', "\\|"));
    }

    fn choice(&mut self, key: &str, words: &[Word]) {
        let _ = write!(self.out, "\n`{key}`:\n\n");
        for word in words {
            let _ = writeln!(self.out, "- `{}` {} · {}", word.word, word.about.zh, word.about.en);
        }
    }
}

fn shapes(is: &'static Is) -> Vec<&'static Shape> {
    match is {
        Is::Shape(shape) => vec![shape],
        Is::List(item) | Is::Names(_, item) | Is::Map(_, item) => shapes(item),
        Is::Either(forms) => forms.iter().flat_map(shapes).collect(),
        _ => Vec::new(),
    }
}

fn choices(is: &'static Is) -> Vec<&'static [Word]> {
    match is {
        Is::Choice(words) | Is::Phrase(words, _) if words.len() > 1 => vec![words],
        Is::List(item) => choices(item),
        Is::Either(forms) => forms.iter().flat_map(choices).collect(),
        _ => Vec::new(),
    }
}
