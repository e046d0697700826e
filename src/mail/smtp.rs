//! One connection to an SMTP server, kept open over many mails. A refusal of one mail leaves it
//! usable; every wait ends.

use std::future::Future;
use std::time::Duration;

use lettre::Address;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::Mechanism;
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::commands::{Data, Mail, Rcpt, Rset};
use lettre::transport::smtp::extension::ClientId;
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::{MailError, Security, Server, tls};

/// How long to wait for a server.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// For a connection, its greeting and sign-in.
    pub connect: Duration,
    /// For the answer to each step of a mail.
    pub step: Duration,
}

impl Default for Patience {
    fn default() -> Patience {
        Patience { connect: Duration::from_secs(10), step: Duration::from_secs(30) }
    }
}

/// What a server said to a mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    Accepted,
    /// Not now: 4xx, or the connection broke or stalled on the way.
    Later(String),
    /// Never: 5xx.
    Refused(String),
    /// The connection was found closed before anything of this mail was said.
    Stale(String),
}

pub struct Connection {
    inner: AsyncSmtpConnection,
    patience: Patience,
    usable: bool,
    carried: bool,
}

impl Connection {
    pub async fn open(server: &Server, patience: Patience) -> Result<Connection, MailError> {
        let unreachable = |why: String| MailError::Unreachable(format!("{server:?}: {why}"));
        match timeout(patience.connect, greet(server)).await {
            Ok(Ok(inner)) => Ok(Connection { inner, patience, usable: true, carried: false }),
            Ok(Err(error)) => Err(unreachable(error.to_string())),
            Err(_) => Err(unreachable("no answer in time".to_owned())),
        }
    }

    /// Whether the connection can carry another mail.
    pub fn usable(&self) -> bool {
        self.usable
    }

    /// Sends one mail to one recipient, to its end.
    pub async fn send(&mut self, from: &Address, to: &Address, message: &str) -> Verdict {
        let reused = std::mem::replace(&mut self.carried, true);
        let patience = self.patience.step;
        let said = within(patience, self.inner.command(Mail::new(Some(from.clone()), Vec::new()))).await;
        if let Err(failure) = said {
            return match failure {
                Failure::Broken(why) if reused => {
                    self.usable = false;
                    Verdict::Stale(why)
                }
                failure => self.after(failure).await,
            };
        }
        if let Err(failure) = within(patience, self.inner.command(Rcpt::new(to.clone(), Vec::new()))).await {
            return self.after(failure).await;
        }
        if let Err(failure) = within(patience, self.inner.command(Data)).await {
            return self.after(failure).await;
        }
        match within(patience, self.inner.message(message.as_bytes())).await {
            Ok(()) => Verdict::Accepted,
            Err(failure) => self.after(failure).await,
        }
    }

    pub async fn close(mut self) {
        if self.usable {
            let _ = timeout(Duration::from_secs(2), self.inner.quit()).await;
        }
    }

    /// Makes the connection ready for the next mail where that can be.
    async fn after(&mut self, failure: Failure) -> Verdict {
        let closing = matches!(&failure, Failure::Broken(_) | Failure::Said { closing: true, .. });
        self.usable = !closing && within(self.patience.step, self.inner.command(Rset)).await.is_ok();
        match failure {
            Failure::Broken(why) | Failure::Said { permanent: false, why, .. } => Verdict::Later(why),
            Failure::Said { permanent: true, why, .. } => Verdict::Refused(why),
        }
    }
}

enum Failure {
    Said { permanent: bool, closing: bool, why: String },
    Broken(String),
}

async fn within<T>(patience: Duration, step: impl Future<Output = Result<T, Error>>) -> Result<(), Failure> {
    match timeout(patience, step).await {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(error)) => Err(match error.status() {
            Some(code) => Failure::Said {
                permanent: error.is_permanent(),
                // The server says that it closes the connection.
                closing: u16::from(code) == 421,
                why: error.to_string(),
            },
            None => Failure::Broken(error.to_string()),
        }),
        Err(_) => Err(Failure::Broken(format!("no answer within {} s", patience.as_secs()))),
    }
}

async fn greet(server: &Server) -> Result<AsyncSmtpConnection, MailError> {
    let wrong = |error: &dyn std::fmt::Display| MailError::Unreachable(error.to_string());
    let socket = TcpStream::connect((server.host.as_str(), server.port)).await.map_err(|error| wrong(&error))?;
    // A message's end is a packet of its own, which would else wait for the acknowledgement.
    socket.set_nodelay(true).map_err(|error| wrong(&error))?;
    let hello = ClientId::default();
    let mut connection = match server.security {
        Security::None | Security::StartTls => {
            AsyncSmtpConnection::connect_with_transport(Box::new(socket), &hello).await
        }
        Security::Tls => {
            AsyncSmtpConnection::connect_with_transport(Box::new(tls::encrypt(server, socket).await?), &hello).await
        }
    }
    .map_err(|error| wrong(&error))?;
    if server.security == Security::StartTls {
        // Where the server doesn't offer it this fails: nothing goes in the open.
        connection.starttls(tls::parameters(server)?, &hello).await.map_err(|error| wrong(&error))?;
    }
    if let Some(credentials) = &server.credentials {
        connection.auth(&[Mechanism::Plain, Mechanism::Login], credentials).await.map_err(|error| wrong(&error))?;
    }
    Ok(connection)
}
