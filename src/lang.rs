//! The two languages of screens, mails and messages, and text written in both.

use std::fmt;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Lang {
    #[default]
    ZhTw,
    En,
}

impl Lang {
    pub const ALL: [Lang; 2] = [Lang::ZhTw, Lang::En];

    /// The code in locale files, URLs and the database.
    pub const fn code(self) -> &'static str {
        match self {
            Lang::ZhTw => "zh-TW",
            Lang::En => "en",
        }
    }

    /// The `lang` attribute of a page: the script decides which glyphs a browser picks.
    pub const fn html(self) -> &'static str {
        match self {
            Lang::ZhTw => "zh-Hant-TW",
            Lang::En => "en",
        }
    }

    /// Reads `zh-TW`, `zh_TW.UTF-8`, `en`, `en-GB`, `C`; `None` for any other language.
    pub fn parse(text: &str) -> Option<Lang> {
        let lower = text.to_ascii_lowercase();
        if lower.starts_with("zh") {
            Some(Lang::ZhTw)
        } else if lower.starts_with("en") {
            Some(Lang::En)
        } else {
            None
        }
    }
}

impl fmt::Display for Lang {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// A text in Chinese and, where it was written, in English.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Text {
    pub zh: String,
    pub en: Option<String>,
}

impl Text {
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> Text {
        Text { zh: zh.into(), en: Some(en.into()) }
    }

    /// The text in `lang`, or in Chinese where there is no other.
    pub fn get(&self, lang: Lang) -> &str {
        match lang {
            Lang::ZhTw => &self.zh,
            Lang::En => self.en.as_deref().unwrap_or(&self.zh),
        }
    }
}

/// Characters that are written in two ways: each the first of a pair is looked for as the second.
pub const ALIKE: &str = "臺台証證裏裡峯峰羣群啓啟脚腳爲為强強説說温溫内內衆眾户戶黄黃録錄産產衞衛鷄雞匯滙";

/// A text as it is looked for: without capitals and width, and characters that are written in two ways
/// in one of them.
pub fn folded(text: &str) -> String {
    let width = |letter: char| match letter {
        '！'..='～' => char::from_u32(letter as u32 - 0xFEE0).unwrap_or(letter),
        '\u{3000}' => ' ',
        _ => letter,
    };
    let way = |letter: char| {
        let mut pairs = ALIKE.chars();
        while let (Some(one), Some(other)) = (pairs.next(), pairs.next()) {
            if one == letter {
                return other;
            }
        }
        letter
    };
    text.chars().map(width).flat_map(char::to_lowercase).map(way).collect()
}

impl From<&str> for Text {
    fn from(zh: &str) -> Text {
        Text { zh: zh.to_owned(), en: None }
    }
}
