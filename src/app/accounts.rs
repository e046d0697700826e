//! Accounts and sessions: creating, signing in and out. What cookies and addresses are is the
//! web's business; here an origin is a text.

use serde_json::json;
use sha2::{Digest, Sha256};

use super::access::Viewer;
use super::password::{self, PasswordError};
use super::{App, OPERATOR};
use crate::clock::{Day, Instant};
use crate::definition::Definition;
use crate::lang::Lang;
use crate::store::{Conn, StoreError, accounts, audit, stored};

/// A session ends after so long without a request, and in any case after so long.
const IDLE: chrono::Duration = chrono::Duration::hours(2);
const LONGEST: chrono::Duration = chrono::Duration::hours(12);
/// How exact the last request is remembered: each remembering is a write.
const EXACT: chrono::Duration = chrono::Duration::minutes(5);
/// Strangers together may fail so many times as often as one of them: then all wait but the
/// account's known devices.
const STRANGERS: i64 = 10;

#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Password(#[from] PasswordError),
    #[error("there is an account `{0}` already")]
    Exists(String),
    #[error("there is no account `{0}`")]
    Unknown(String),
    #[error("an account's name has 1 to 64 characters and no spaces")]
    Name,
}

/// Where a try to sign in comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A device on which this account has signed in before.
    Device(String),
    /// Any other, by its network.
    Network(String),
}

impl Origin {
    fn key(&self) -> String {
        match self {
            Origin::Device(id) => format!("device:{id}"),
            Origin::Network(network) => format!("net:{network}"),
        }
    }
}

/// What became of a try to sign in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignedIn {
    /// The session's token: told to the browser, never stored.
    Welcome {
        token: String,
    },
    /// Account or password: which is not told.
    Wrong,
    Locked {
        minutes: i64,
    },
    Busy,
}

/// Creates an account; without a language its pages follow the browser until it chooses one.
pub async fn create(
    app: &App,
    account: &str,
    password: &str,
    lang: impl Into<Option<Lang>>,
    now: Instant,
) -> Result<(), AccountError> {
    if account.is_empty()
        || account.chars().count() > 64
        || account.chars().any(|c| c.is_whitespace() || c.is_control())
    {
        return Err(AccountError::Name);
    }
    password::allow(account, password)?;
    let hashed = password::hash(password).await?;
    let mut conn = app.db.begin().await?;
    if !accounts::create(&mut conn, account, &hashed, lang.into().map_or("", Lang::code), now).await? {
        return Err(AccountError::Exists(account.to_owned()));
    }
    note(app, &mut conn, "account created", account, now).await?;
    Ok(conn.commit().await?)
}

/// Only operators create, change and disable accounts, by command.
async fn note(app: &App, conn: &mut Conn, action: &str, account: &str, now: Instant) -> Result<(), StoreError> {
    let detail = json!({ "account": account });
    audit::add(conn, &app.chain, &stored(now), OPERATOR, action, &detail.to_string()).await
}

/// Gives an account another password and ends its sessions.
pub async fn set_password(app: &App, account: &str, password: &str, now: Instant) -> Result<(), AccountError> {
    password::allow(account, password)?;
    let hashed = password::hash(password).await?;
    let mut conn = app.db.begin().await?;
    if !accounts::set_password(&mut conn, account, &hashed).await? {
        return Err(AccountError::Unknown(account.to_owned()));
    }
    accounts::close_sessions_of(&mut conn, account).await?;
    // Whoever has the new password is no guesser.
    accounts::clear_all_failures(&mut conn, account).await?;
    note(app, &mut conn, "account password set", account, now).await?;
    Ok(conn.commit().await?)
}

/// Disables an account, which ends its sessions, or enables it again.
pub async fn set_disabled(app: &App, account: &str, disabled: bool, now: Instant) -> Result<(), AccountError> {
    let mut conn = app.db.begin().await?;
    if !accounts::set_disabled(&mut conn, account, disabled).await? {
        return Err(AccountError::Unknown(account.to_owned()));
    }
    accounts::close_sessions_of(&mut conn, account).await?;
    note(app, &mut conn, if disabled { "account disabled" } else { "account enabled" }, account, now).await?;
    Ok(conn.commit().await?)
}

/// Why a password was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Denied {
    Wrong,
    Locked { minutes: i64 },
    Busy,
}

impl From<Denied> for SignedIn {
    fn from(denied: Denied) -> SignedIn {
        match denied {
            Denied::Wrong => SignedIn::Wrong,
            Denied::Locked { minutes } => SignedIn::Locked { minutes },
            Denied::Busy => SignedIn::Busy,
        }
    }
}

/// Whether a password is the account's. A try is counted before it is made, so that many at once are
/// no more than many one after another.
async fn prove(
    app: &App,
    account: &str,
    password: &str,
    origin: &Origin,
    now: Instant,
) -> Result<Result<(), Denied>, StoreError> {
    let lockout = app.edition.load().definition.school.lockout;
    let window = chrono::Duration::minutes(lockout.minutes.into());
    let key = origin.key();
    let mut conn = app.db.begin().await?;
    accounts::sweep_failures(&mut conn, now - window).await?;
    let failures = accounts::failures(&mut conn, account, &key, now - window).await?;
    let most = i64::from(lockout.failures);
    let swamped = matches!(origin, Origin::Network(_)) && failures.strangers >= most * STRANGERS;
    if failures.here >= most || swamped {
        let since = failures.oldest_here.and_then(|at| at.parse::<Instant>().ok()).unwrap_or(now);
        let minutes = ((since + window - now).num_seconds() + 59) / 60;
        return Ok(Err(Denied::Locked { minutes: minutes.max(1) }));
    }
    accounts::add_failure(&mut conn, account, &key, now).await?;
    let known = accounts::password(&mut conn, account).await?;
    conn.commit().await?;

    match password::verify(password, known.as_deref()).await {
        Ok(true) => Ok(Ok(())),
        Ok(false) => {
            // Once a lock, not once a try behind it.
            let swamps = matches!(origin, Origin::Network(_)) && failures.strangers + 1 == most * STRANGERS;
            if failures.here + 1 == most || swamps {
                note_lock(app, account, &key, lockout.minutes, now).await?;
            }
            Ok(Err(Denied::Wrong))
        }
        Err(_) => Ok(Err(Denied::Busy)),
    }
}

/// Asks whoever is signed in for the password again, before what a stolen session must not do.
pub async fn confirm(
    app: &App,
    account: &str,
    password: &str,
    origin: &Origin,
    now: Instant,
) -> Result<Result<(), Denied>, StoreError> {
    if let Err(denied) = prove(app, account, password, origin, now).await? {
        return Ok(Err(denied));
    }
    let mut conn = app.db.begin().await?;
    accounts::clear_failures(&mut conn, account, &origin.key()).await?;
    conn.commit().await?;
    Ok(Ok(()))
}

/// Tries to sign in.
pub async fn sign_in(
    app: &App,
    account: &str,
    password: &str,
    origin: &Origin,
    old: Option<&str>,
    now: Instant,
) -> Result<SignedIn, StoreError> {
    if let Err(denied) = prove(app, account, password, origin, now).await? {
        return Ok(denied.into());
    }
    let Some(token) = random_token() else { return Ok(SignedIn::Busy) };
    let mut conn = app.db.begin().await?;
    accounts::clear_failures(&mut conn, account, &origin.key()).await?;
    accounts::sweep_sessions(&mut conn, now, now - IDLE).await?;
    // Whoever had the browser's earlier session has none of the new one.
    if let Some(old) = old {
        accounts::close_session(&mut conn, &hashed(old)).await?;
    }
    accounts::open_session(&mut conn, &hashed(&token), account, now, now + LONGEST).await?;
    conn.commit().await?;
    Ok(SignedIn::Welcome { token })
}

/// Whether there is such an account is not asked: the answer would take longer for those that are.
async fn note_lock(app: &App, account: &str, origin: &str, minutes: u32, now: Instant) -> Result<(), StoreError> {
    let account: String = account.chars().filter(|c| !c.is_control()).take(64).collect();
    // A device's number is a secret of its browser.
    let from = origin.strip_prefix("net:").unwrap_or("device");
    let detail = json!({ "account": account, "from": from, "minutes": minutes });
    let mut conn = app.db.begin().await?;
    audit::add(&mut conn, &app.chain, &stored(now), &account, "sign-in locked", &detail.to_string()).await?;
    conn.commit().await
}

pub async fn sign_out(app: &App, token: &str) -> Result<(), StoreError> {
    let mut conn = app.db.begin().await?;
    accounts::close_session(&mut conn, &hashed(token)).await?;
    conn.commit().await
}

pub async fn set_lang(app: &App, account: &str, lang: Lang) -> Result<(), StoreError> {
    let mut conn = app.db.begin().await?;
    accounts::set_lang(&mut conn, account, lang.code()).await?;
    conn.commit().await
}

/// A session's viewer, made anew from what is recorded now.
pub struct Current {
    pub viewer: Viewer,
    /// Whether the session should be marked as used (`keep`).
    pub stale: bool,
}

/// `unchosen` is the language of whoever has never chosen one.
pub async fn current(
    conn: &mut Conn,
    definition: &Definition,
    token: &str,
    now: Instant,
    today: Day,
    unchosen: Lang,
) -> Result<Option<Current>, StoreError> {
    match accounts::session(conn, &hashed(token), now, now - IDLE, today).await? {
        Some(mut session) => {
            if session.person.lang.is_empty() {
                session.person.lang = unchosen.code().to_owned();
            }
            let stale = session.seen_at < stored(now - EXACT);
            Ok(Some(Current { viewer: Viewer::of(conn, definition, session.person, today).await?, stale }))
        }
        None => Ok(None),
    }
}

/// Marks a session as used.
pub async fn keep(app: &App, token: &str, now: Instant) -> Result<(), StoreError> {
    let mut conn = app.db.begin().await?;
    accounts::touch_session(&mut conn, &hashed(token), now).await?;
    conn.commit().await
}

pub(super) fn hashed(token: &str) -> String {
    hex::encode(Sha256::digest(token.as_bytes()))
}

pub(super) fn random_token() -> Option<String> {
    let mut bytes = [0u8; 32];
    getrandom::fill(&mut bytes).ok()?;
    Some(hex::encode(bytes))
}
