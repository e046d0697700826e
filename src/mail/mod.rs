//! E-mail: building messages whose bytes never change, and handing them to an SMTP server or to a
//! folder. What is due to whom is decided in `app`.

mod folder;
mod message;
mod read;
mod server;
mod smtp;
mod tls;

pub use folder::Folder;
pub use lettre::Address;
pub use message::{Attachment, Built, Draft, Sender, message_id};
pub use read::{Read, read};
pub use server::{Security, Server};
pub use smtp::{Connection, Patience, Verdict};

/// Why mail can't be built or sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MailError {
    #[error("SMTP_URL: {0}")]
    Url(String),
    #[error("no e-mail address: {0}")]
    Address(String),
    #[error("the message can't be built: {0}")]
    Build(String),
    /// The server can't be reached or doesn't speak SMTP.
    #[error("{0}")]
    Unreachable(String),
}

/// Where mail goes.
#[derive(Clone, Debug)]
pub enum Route {
    Smtp(Server),
    /// Without a server each mail is a file.
    Folder(Folder),
}

impl Route {
    /// `smtp_url` where there is one, else the folder `mail` in the data folder.
    pub fn new(smtp_url: Option<&str>, data: &std::path::Path) -> Result<Route, MailError> {
        match smtp_url {
            Some(url) => Server::parse(url).map(Route::Smtp),
            None => Ok(Route::Folder(Folder::new(data.join("mail")))),
        }
    }
}

/// An address that a message can go to: ASCII, one `@`, nothing that breaks a header.
pub fn parse_address(text: &str) -> Result<Address, MailError> {
    let text = text.trim();
    if !text.is_ascii() {
        return Err(MailError::Address(text.to_owned()));
    }
    text.parse().map_err(|_| MailError::Address(text.to_owned()))
}

/// Whether an address is within the allowed domains (or below one of them); none named: any.
pub fn allowed(address: &str, domains: &[String]) -> bool {
    let Some((_, domain)) = address.rsplit_once('@') else { return false };
    let domain = domain.to_ascii_lowercase();
    domains.is_empty()
        || domains
            .iter()
            .map(|allowed| allowed.to_ascii_lowercase())
            .any(|allowed| domain == allowed || domain.strip_suffix(&allowed).is_some_and(|above| above.ends_with('.')))
}
