//! Signs that nobody sees, and signs that turn the letters around them: what is typed is read as it looks.

/// Signs without a look of their own: controls, and Unicode's Default_Ignorable_Code_Point as far as a
/// keyboard or a document brings them.
pub fn is_unseen(sign: char) -> bool {
    sign.is_control()
        || matches!(sign,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
            | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

/// Signs that turn letters around until they are ended: a text shows another than it is.
pub fn turns(sign: char) -> bool {
    matches!(sign, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Whether there is nothing to see.
pub fn is_blank(text: &str) -> bool {
    text.chars().all(|sign| sign.is_whitespace() || is_unseen(sign))
}

/// A text in one line, without signs that nobody sees and without space around it.
pub fn line(text: &str) -> String {
    let seen: String = text
        .chars()
        .map(|sign| if matches!(sign, '\n' | '\r' | '\t') { ' ' } else { sign })
        .filter(|sign| !is_unseen(*sign))
        .collect();
    seen.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::{is_blank, line, turns};

    #[test]
    fn a_text_is_what_one_sees_of_it() {
        assert!(is_blank("") && is_blank(" \u{3000}\u{200b}\u{3164}\u{2800}\u{feff}\n"));
        assert!(!is_blank("\u{200b}號"));
        assert_eq!(line(" \u{1b}[31m核\n對\u{200b} "), "[31m核 對");
        assert!("\u{202e}號\u{202c}\u{2066}\u{2069}".chars().filter(|sign| turns(*sign)).count() == 4);
    }
}
