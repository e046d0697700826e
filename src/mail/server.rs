//! The address of an SMTP server, as the setting writes it.

use std::path::PathBuf;

use lettre::transport::smtp::authentication::Credentials;

use super::MailError;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Security {
    /// `smtp://`: no encryption, for a server on the same machine or network.
    None,
    /// `smtp://…?tls=required`: plain at first, then STARTTLS, or nothing is sent.
    StartTls,
    /// `smtps://`: encrypted from the first byte.
    Tls,
}

/// `smtp://host`, `smtp://user:password@host:587?tls=required`, `smtps://user:password@host`;
/// `ca=FILE` names a further root certificate (PEM), for a campus's own authority.
#[derive(Clone)]
pub struct Server {
    pub host: String,
    pub port: u16,
    pub security: Security,
    pub ca: Option<PathBuf>,
    pub(super) credentials: Option<Credentials>,
}

/// Without the password: settings are logged.
impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{} ({:?})", self.host, self.port, self.security)
    }
}

impl Server {
    pub fn parse(url: &str) -> Result<Server, MailError> {
        let wrong = |why: &str| MailError::Url(why.to_owned());
        let (scheme, rest) = url.split_once("://").ok_or_else(|| wrong("must begin with smtp:// or smtps://"))?;
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        let rest = rest.trim_end_matches('/');
        let (user, place) = match rest.rsplit_once('@') {
            Some((user, place)) => (Some(user), place),
            None => (None, rest),
        };
        let (mut tls, mut ca) = (None, None);
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            match pair.split_once('=') {
                Some(("tls", value)) => tls = Some(value),
                Some(("ca", value)) => ca = Some(PathBuf::from(decoded(value)?)),
                _ => return Err(wrong("after ? only tls=required, tls=none and ca=FILE are known")),
            }
        }
        let security = match (scheme, tls) {
            ("smtps", None | Some("required")) => Security::Tls,
            ("smtp", Some("required")) => Security::StartTls,
            ("smtp", None | Some("none")) => Security::None,
            ("smtp" | "smtps", Some(_)) => return Err(wrong("tls must be required or none")),
            _ => return Err(wrong("must begin with smtp:// or smtps://")),
        };
        let (host, port) = host_and_port(place)?;
        let credentials = match user.map(|user| user.split_once(':').unwrap_or((user, ""))) {
            Some((user, password)) => Some(Credentials::new(decoded(user)?, decoded(password)?)),
            None => None,
        };
        if credentials.is_some() && security == Security::None && tls.is_none() {
            return Err(wrong(
                "the password would go unencrypted: use smtps:// or ?tls=required (or ?tls=none to allow it)",
            ));
        }
        let port = port.unwrap_or(match security {
            Security::None => 25,
            Security::StartTls => 587,
            Security::Tls => 465,
        });
        Ok(Server { host, port, security, ca, credentials })
    }
}

fn host_and_port(place: &str) -> Result<(String, Option<u16>), MailError> {
    let wrong = || MailError::Url(format!("no host and port: {place}"));
    let (host, port) = match place.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((address, rest)) => (address, rest.strip_prefix(':')),
        None => match place.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (place, None),
        },
    };
    if host.is_empty() {
        return Err(wrong());
    }
    Ok((host.to_owned(), port.map(|port| port.parse().map_err(|_| wrong())).transpose()?))
}

fn decoded(text: &str) -> Result<String, MailError> {
    percent_encoding::percent_decode_str(text)
        .decode_utf8()
        .map(|text| text.into_owned())
        .map_err(|_| MailError::Url("what is %-encoded must be UTF-8".to_owned()))
}
