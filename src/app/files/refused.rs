//! Why a file is not taken: a code that stays, and a sentence that says what would be right.

use super::Media;
use crate::lang::Lang;
use crate::render::words;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    Empty,
    TooBig,
    /// Not of an accepted kind, whatever its name says.
    Kind,
    Damaged,
    /// Its end is missing.
    Short,
    /// More points than are taken.
    Pixels,
    /// It asked for more memory or time than checking may take.
    TooMuch,
    Encrypted,
    /// It does something by itself, or carries other files.
    Active,
    /// It has parts that cannot be looked into.
    Hidden,
    /// Something comes after its end.
    Appended,
    NoRoom,
    /// Files cannot be kept or checked at the moment.
    NotNow,
}

impl Why {
    /// Also the message's key in the locale files.
    pub const fn code(self) -> &'static str {
        match self {
            Why::Empty => "file-empty",
            Why::TooBig => "file-too-big",
            Why::Kind => "file-kind",
            Why::Damaged => "file-damaged",
            Why::Short => "file-short",
            Why::Pixels => "file-pixels",
            Why::TooMuch => "file-too-much",
            Why::Encrypted => "file-encrypted",
            Why::Active => "file-active",
            Why::Hidden => "file-hidden",
            Why::Appended => "file-appended",
            Why::NoRoom => "file-no-room",
            Why::NotNow => "file-not-now",
        }
    }

    /// The child's code.
    pub(super) fn of_job(code: &str) -> Why {
        match code {
            "short" => Why::Short,
            "pixels" => Why::Pixels,
            "encrypted" => Why::Encrypted,
            "active" => Why::Active,
            "hidden" => Why::Hidden,
            "appended" => Why::Appended,
            _ => Why::Damaged,
        }
    }
}

/// A file that was not taken; nothing of it is kept.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}: {name} ({detail})", why.code())]
pub struct FileRefused {
    pub why: Why,
    /// As it may be shown.
    pub name: String,
    /// What was found, for the log; may be empty.
    pub detail: String,
    pub accept: Vec<Media>,
    pub up_to_bytes: u64,
}

impl FileRefused {
    pub fn code(&self) -> &'static str {
        self.why.code()
    }

    /// The sentence for whoever sent it.
    pub fn say(&self, lang: Lang) -> String {
        let kinds: Vec<&str> = self.accept.iter().map(|media| media.ending()).collect();
        let kinds = kinds.join(match lang {
            Lang::ZhTw => "、",
            Lang::En => ", ",
        });
        let given = [
            ("name", self.name.as_str()),
            ("kinds", &kinds),
            ("most", &size(self.up_to_bytes)),
            ("found", &self.detail),
            ("side", &super::picture::MOST_SIDE.to_string()),
        ];
        words().say_with(lang, self.code(), &given)
    }
}

/// `10 MB`, `500 KB`.
fn size(bytes: u64) -> String {
    if bytes >= 1 << 20 { format!("{} MB", bytes >> 20) } else { format!("{} KB", bytes >> 10) }
}
