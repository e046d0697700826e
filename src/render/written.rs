//! Names and texts of the school on a page of another language: each run of Chinese is marked with
//! its language, so that it is read aloud and set as what it is.

use std::fmt::Write;

use minijinja::value::Value;
use minijinja::{AutoEscape, HtmlEscape, State};

use crate::lang::Lang;

/// `{{ student.name | written }}`: escaped, and marked where the page is not Chinese.
pub(super) fn filter(state: &State<'_, '_>, value: Value) -> Value {
    let Some(text) = value.as_str() else { return value };
    let is_html = matches!(state.auto_escape(), AutoEscape::Html);
    if !is_html || value.is_safe() || super::lang_of(state) == Lang::ZhTw || !text.chars().any(is_chinese) {
        return value;
    }
    Value::from_safe_string(marked(text))
}

fn marked(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 48);
    let mut rest = text;
    while let Some(start) = rest.find(is_chinese) {
        let (before, run) = rest.split_at(start);
        // A run ends with its last Chinese character before any foreign word.
        let word = run.find(|c: char| c.is_alphabetic() && !is_chinese(c)).unwrap_or(run.len());
        let end = run[..word].char_indices().rfind(|(_, c)| is_chinese(*c));
        let end = end.map_or(run.len(), |(at, last)| at + last.len_utf8());
        let _ = write!(out, "{}<span lang=\"zh-Hant-TW\">{}</span>", HtmlEscape(before), HtmlEscape(&run[..end]));
        rest = &run[end..];
    }
    let _ = write!(out, "{}", HtmlEscape(rest));
    out
}

/// Han characters, and the punctuation that goes with them.
fn is_chinese(c: char) -> bool {
    matches!(c, '\u{3000}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{ff00}'..='\u{ffef}' | '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
mod tests {
    #[test]
    fn only_the_chinese_is_marked_and_everything_is_escaped() {
        assert_eq!(
            super::marked("Roster of 四甲 <b> & 112-2 志工（第 5 梯） by Ann"),
            "Roster of <span lang=\"zh-Hant-TW\">四甲</span> &lt;b&gt; &amp; 112-2 \
             <span lang=\"zh-Hant-TW\">志工（第 5 梯）</span> by Ann"
        );
    }
}
