//! Tokens by which programs act as an account: with its roles of the moment, and of what these allow
//! no more than the token's scopes. Only operators make them, by command.

use serde_json::json;

use super::access::Viewer;
use super::accounts::{hashed, random_token};
use super::{App, OPERATOR};
use crate::clock::{Day, Instant};
use crate::definition::Definition;
use crate::store::tokens::{self, TokenRow};
use crate::store::{Conn, StoreError, access, audit, stored};

/// How long a token holds where nothing else is said, and at most; in days.
pub const DAYS: u32 = 90;
pub const MOST_DAYS: u32 = 366;
/// What every token begins with, so that those who look for secrets in texts know one.
pub const PREFIX: &str = "mk_";
/// How exact the last use is remembered: each remembering is a write.
const EXACT: chrono::Duration = chrono::Duration::minutes(5);

/// What a token lets a program do of what its account may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    CasesRead,
    CasesWrite,
    FilesRead,
    FilesWrite,
    ProgressRead,
    StatisticsRead,
    ProfileRead,
}

impl Scope {
    pub const ALL: [Scope; 7] = [
        Scope::CasesRead,
        Scope::CasesWrite,
        Scope::FilesRead,
        Scope::FilesWrite,
        Scope::ProgressRead,
        Scope::StatisticsRead,
        Scope::ProfileRead,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Scope::CasesRead => "cases:read",
            Scope::CasesWrite => "cases:write",
            Scope::FilesRead => "files:read",
            Scope::FilesWrite => "files:write",
            Scope::ProgressRead => "progress:read",
            Scope::StatisticsRead => "statistics:read",
            Scope::ProfileRead => "profile:read",
        }
    }

    pub fn parse(text: &str) -> Option<Scope> {
        Scope::ALL.into_iter().find(|scope| scope.name() == text)
    }
}

#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("there is no account `{0}` that is not disabled")]
    Unknown(String),
    #[error("a token needs a scope")]
    NoScope,
    #[error("a token holds for 1 to {MOST_DAYS} days")]
    Days,
    #[error("a token's name has at most 60 characters, on one line")]
    Name,
    #[error("no random number could be had")]
    Random,
    #[error("there is no token `{0}` that could be revoked")]
    Gone(String),
}

/// A token that was made; its text is told now and never again.
#[derive(Clone, Debug)]
pub struct Created {
    pub text: String,
    pub row: TokenRow,
}

/// What is asked of a new token.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    pub account: &'a str,
    pub name: &'a str,
    pub scopes: &'a [Scope],
    pub days: u32,
}

pub async fn create(app: &App, wanted: Wanted<'_>, now: Instant) -> Result<Created, TokenError> {
    let Wanted { account, name, scopes, days } = wanted;
    if !(1..=MOST_DAYS).contains(&days) {
        return Err(TokenError::Days);
    }
    if scopes.is_empty() {
        return Err(TokenError::NoScope);
    }
    if name.chars().count() > 60 || name.chars().any(char::is_control) {
        return Err(TokenError::Name);
    }
    let today = app.edition.load().definition.school.calendar.today(now);
    let scopes: Vec<&str> = Scope::ALL.iter().filter(|one| scopes.contains(one)).map(|one| one.name()).collect();
    let text = format!("{PREFIX}{}", random_token().ok_or(TokenError::Random)?);
    let mut id = [0u8; 6];
    getrandom::fill(&mut id).map_err(|_| TokenError::Random)?;
    let row = TokenRow {
        id: hex::encode(id),
        account: account.to_owned(),
        name: name.to_owned(),
        scopes: scopes.join(" "),
        created_at: stored(now),
        expires_at: stored(now + chrono::Duration::days(days.into())),
        ..TokenRow::default()
    };
    let mut conn = app.db.begin().await?;
    access::person(&mut conn, account, today).await?.ok_or_else(|| TokenError::Unknown(account.to_owned()))?;
    tokens::add(&mut conn, &hashed(&text), &row).await?;
    note(app, &mut conn, OPERATOR, "token created", &row, now).await?;
    conn.commit().await?;
    Ok(Created { text, row })
}

pub async fn revoke(app: &App, id: &str, now: Instant) -> Result<TokenRow, TokenError> {
    let mut conn = app.db.begin().await?;
    let row = tokens::revoke(&mut conn, id, None, now).await?.ok_or_else(|| TokenError::Gone(id.to_owned()))?;
    note(app, &mut conn, OPERATOR, "token revoked", &row, now).await?;
    conn.commit().await?;
    Ok(row)
}

/// Ends a token of an account, by whoever it acts as; whether there was one that could be.
pub async fn take_back(app: &App, account: &str, id: &str, now: Instant) -> Result<bool, StoreError> {
    let mut conn = app.db.begin().await?;
    let Some(row) = tokens::revoke(&mut conn, id, Some(account), now).await? else { return Ok(false) };
    note(app, &mut conn, account, "token revoked", &row, now).await?;
    conn.commit().await?;
    Ok(true)
}

async fn note(
    app: &App,
    conn: &mut Conn,
    actor: &str,
    action: &str,
    row: &TokenRow,
    now: Instant,
) -> Result<(), StoreError> {
    let detail = json!({
        "account": row.account, "token": row.id, "name": row.name, "scopes": row.scopes, "expires": row.expires_at,
    });
    audit::add(conn, &app.chain, &stored(now), actor, action, &detail.to_string()).await
}

/// Whoever a token acts as, made anew from what is recorded now.
#[derive(Clone, Debug)]
pub struct Holder {
    pub viewer: Viewer,
    pub token: TokenRow,
    /// Whether the token should be marked as used (`keep`).
    pub stale: bool,
}

impl Holder {
    pub fn has(&self, scope: Scope) -> bool {
        self.token.scopes.split(' ').any(|name| name == scope.name())
    }
}

/// `None` for what is no token, was revoked, has expired, or is of an account that is disabled.
pub async fn current(
    conn: &mut Conn,
    definition: &Definition,
    text: &str,
    now: Instant,
    today: Day,
) -> Result<Option<Holder>, StoreError> {
    let Some(token) = tokens::holding(conn, &hashed(text), now).await? else { return Ok(None) };
    let viewer = Viewer::load(conn, definition, &token.account, today).await?;
    let stale = token.used_at.as_ref().is_none_or(|at| *at < stored(now - EXACT));
    Ok(viewer.map(|viewer| Holder { viewer, token, stale }))
}

/// Marks a token as used.
pub async fn keep(app: &App, id: &str, now: Instant) -> Result<(), StoreError> {
    let mut conn = app.db.begin().await?;
    tokens::touch(&mut conn, id, now).await?;
    conn.commit().await
}
