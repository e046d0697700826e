//! A stored message read back, for the page that shows it.

use mail_parser::{MessageParser, MimeHeaders};

/// A message's text and the names of what is attached.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Read {
    pub text: String,
    pub attachments: Vec<String>,
}

/// Reads a message; what cannot be read is empty.
pub fn read(message: &str) -> Read {
    let Some(parsed) = MessageParser::default().parse(message.as_bytes()) else {
        return Read::default();
    };
    Read {
        text: parsed.body_text(0).map(|text| text.into_owned()).unwrap_or_default(),
        attachments: parsed
            .attachments()
            .map(|part| part.attachment_name().unwrap_or_default().to_owned())
            .filter(|name| !name.is_empty())
            .collect(),
    }
}
