//! A file's name as it is kept and shown: without the path it had on somebody's machine, and
//! without marks that make it look like another.

use super::Media;

/// Letters of a name that are kept.
const MOST: usize = 80;

/// Marks that cannot be seen, or that turn the letters around them.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e0fff}')
}

/// What no file system takes.
fn is_reserved(c: char) -> bool {
    matches!(c, '<' | '>' | ':' | '"' | '|' | '?' | '*')
}

/// The name to show of a name that was sent; `file` where nothing is left of it.
pub fn shown(sent: &str) -> String {
    let last = sent.rsplit(['/', '\\']).next().unwrap_or_default();
    let plain: String = last.chars().filter(|c| !is_hidden(*c)).map(|c| if is_reserved(c) { '_' } else { c }).collect();
    let plain = plain.trim_matches(|c: char| c == '.' || c.is_whitespace());
    if plain.is_empty() {
        return "file".to_owned();
    }
    let length = plain.chars().count();
    if length <= MOST {
        return plain.to_owned();
    }
    // Its ending says what it is.
    let ending = plain.rsplit_once('.').map(|(_, ending)| ending).filter(|ending| ending.chars().count() <= 5);
    let kept: String = plain.chars().take(MOST - 6).collect();
    match ending {
        Some(ending) => format!("{}….{ending}", kept.trim_end()),
        None => format!("{}…", kept.trim_end()),
    }
}

/// The name to keep: it ends as what the file is.
pub fn kept(shown: &str, media: Media) -> String {
    let ending = shown.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    match ending {
        Some(ending) if Media::parse(&ending) == Some(media) => shown.to_owned(),
        _ => format!("{shown}.{}", media.ending()),
    }
}
