//! A file's name as it is kept and shown: without the path it had on somebody's machine, and
//! without marks that make it look like another.

use super::Media;
use crate::signs::is_unseen;

/// Letters of a name that are kept.
const MOST: usize = 80;

/// What no file system takes.
fn is_reserved(c: char) -> bool {
    matches!(c, '<' | '>' | ':' | '"' | '|' | '?' | '*')
}

/// The name to show of a name that was sent; `file` where nothing is left of it.
pub fn shown(sent: &str) -> String {
    let last = sent.rsplit(['/', '\\']).next().unwrap_or_default();
    let plain: String = last.chars().filter(|c| !is_unseen(*c)).map(|c| if is_reserved(c) { '_' } else { c }).collect();
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
