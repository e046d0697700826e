//! A message from its parts. The same draft always gives the same bytes: boundaries come from the
//! content, the date is the event's, the Message-ID is named by the occasion.

use std::sync::Arc;

use hmac::{Hmac, KeyInit, Mac};
use lettre::message::header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue, MessageId};
use lettre::message::{Mailbox, MessageBuilder, MultiPart, SinglePart};
use lettre::{Address, Message};
use sha2::{Digest, Sha256};

use super::{MailError, parse_address};
use crate::clock::Instant;

/// Who mails come from.
#[derive(Clone, Debug)]
pub struct Sender {
    name: Option<String>,
    address: Address,
}

impl Sender {
    /// Reads `address` or `Name <address>`.
    pub fn parse(text: &str) -> Result<Sender, MailError> {
        match text.trim().strip_suffix('>').and_then(|rest| rest.rsplit_once('<')) {
            Some((name, address)) => {
                Ok(Sender { name: Some(display_name(name.trim().trim_matches('"'))), address: parse_address(address)? })
            }
            None => Ok(Sender { name: None, address: parse_address(text)? }),
        }
    }

    /// The same sender, shown under a name where it has none of its own.
    pub fn named(&self, name: &str) -> Sender {
        Sender { name: self.name.clone().or_else(|| Some(display_name(name))), address: self.address.clone() }
    }

    pub fn address(&self) -> &Address {
        &self.address
    }

    pub fn domain(&self) -> &str {
        self.address.domain()
    }
}

#[derive(Clone, Debug)]
pub struct Attachment {
    pub file_name: String,
    /// e.g. `application/pdf`.
    pub media_type: String,
    pub bytes: Vec<u8>,
}

/// A message's parts.
#[derive(Clone, Debug)]
pub struct Draft<'a> {
    pub from: &'a Sender,
    /// The recipient's name; may be anything, also empty.
    pub to_name: &'a str,
    pub to: &'a str,
    pub subject: &'a str,
    pub text: &'a str,
    /// A page with its styles in a `<style>` element: they are moved to the elements.
    pub html: &'a str,
    pub attachment: Option<&'a Attachment>,
    pub message_id: &'a str,
    pub date: Instant,
    /// `zh-Hant-TW`, `en`.
    pub language: &'a str,
}

/// A message as it will go, whenever and however often: head and body together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Built {
    pub recipient: String,
    pub subject: String,
    pub head: String,
    pub body: Arc<str>,
    /// SHA-256 of the body in hex.
    pub body_hash: String,
}

/// `<32 hex digits>@<domain>`: the same for the same occasion, and telling nothing about it.
pub fn message_id(secret: &[u8; 32], occasion: &str, domain: &str) -> String {
    // HMAC takes a key of any length.
    let mut mac = match Hmac::<Sha256>::new_from_slice(secret) {
        Ok(mac) => mac,
        Err(_) => return format!("{}@{domain}", hex::encode(Sha256::digest(occasion))),
    };
    mac.update(occasion.as_bytes());
    let mut name = hex::encode(mac.finalize().into_bytes());
    name.truncate(32);
    format!("{name}@{domain}")
}

impl Draft<'_> {
    pub fn build(&self) -> Result<Built, MailError> {
        let wrong = |error: &dyn std::fmt::Display| MailError::Build(error.to_string());
        let to = parse_address(self.to)?;
        let subject = one_line(self.subject);
        let html = inline_styles(self.html)?;
        let boundary = self.boundary(&html);
        let alternative = MultiPart::alternative()
            .boundary(format!("{boundary}-a"))
            .singlepart(part(ContentType::TEXT_PLAIN, with_crlf(self.text)))
            .singlepart(part(ContentType::TEXT_HTML, with_crlf(&html)));
        let content = match self.attachment {
            None => alternative,
            Some(file) => {
                let media_type = ContentType::parse(&file.media_type).map_err(|error| wrong(&error))?;
                MultiPart::mixed().boundary(format!("{boundary}-m")).multipart(alternative).singlepart(
                    lettre::message::Attachment::new(file_name(&file.file_name)).body(file.bytes.clone(), media_type),
                )
            }
        };
        let head = MessageBuilder::new()
            .from(Mailbox::new(self.from.name.clone(), self.from.address.clone()))
            .to(Mailbox::new(Some(display_name(self.to_name)).filter(|name| !name.is_empty()), to.clone()))
            .subject(subject.clone())
            .header(MessageId::from(format!("<{}>", self.message_id)))
            .date(self.date.into());
        let mut message = head.multipart(content).map_err(|error| wrong(&error))?;
        for (name, value) in [("Auto-Submitted", "auto-generated"), ("Content-Language", self.language)] {
            message.headers_mut().insert_raw(raw(name, value)?);
        }
        let (head, body) = split(message)?;
        let body_hash = hex::encode(Sha256::digest(body.as_bytes()));
        Ok(Built { recipient: to.to_string(), subject, head, body: body.into(), body_hash })
    }

    /// From the content alone, so that equal contents make equal bodies, stored once.
    fn boundary(&self, html: &str) -> String {
        let mut digest = Sha256::new();
        digest.update(self.text);
        digest.update([0]);
        digest.update(html);
        if let Some(file) = self.attachment {
            digest.update([0]);
            digest.update(&file.file_name);
            digest.update([0]);
            digest.update(&file.bytes);
        }
        let mut name = hex::encode(digest.finalize());
        name.truncate(32);
        format!("={name}")
    }
}

/// Base64 for every text: Chinese would need it anyway, and a server never has to wrap it.
fn part(content_type: ContentType, text: String) -> SinglePart {
    SinglePart::builder().header(content_type).header(ContentTransferEncoding::Base64).body(text)
}

fn raw(name: &str, value: &str) -> Result<HeaderValue, MailError> {
    let name = HeaderName::new_from_ascii(name.to_owned()).map_err(|error| MailError::Build(error.to_string()))?;
    Ok(HeaderValue::new(name, value.to_owned()))
}

fn split(message: Message) -> Result<(String, String), MailError> {
    let message = String::from_utf8(message.formatted()).map_err(|error| MailError::Build(error.to_string()))?;
    if !message.is_ascii() {
        return Err(MailError::Build("more than ASCII is left in the message".to_owned()));
    }
    match message.split_once("\r\n\r\n") {
        Some((head, body)) => Ok((format!("{head}\r\n\r\n"), body.to_owned())),
        None => Err(MailError::Build("no body".to_owned())),
    }
}

fn inline_styles(html: &str) -> Result<String, MailError> {
    // Nothing is fetched: the library is built without its loaders.
    css_inline::CSSInliner::options()
        .load_remote_stylesheets(false)
        .keep_style_tags(false)
        .build()
        .inline(html)
        .map_err(|error| MailError::Build(error.to_string()))
}

fn with_crlf(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n").replace('\n', "\r\n")
}

/// A name that may stand in a header: no line breaks (the builder would panic), no control
/// characters, nothing that turns the writing direction, at most 80 characters.
fn display_name(name: &str) -> String {
    one_line(name).chars().take(80).collect()
}

fn one_line(text: &str) -> String {
    let plain: String = text
        .chars()
        .map(|c| if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') { ' ' } else { c })
        .filter(
            |c| !matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}'),
        )
        .collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A file's name without folders or what a file system refuses.
fn file_name(name: &str) -> String {
    one_line(name).replace(['/', '\\', ':', '*', '?', '"', '<', '>', '|'], "_")
}
