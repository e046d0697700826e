//! A forgotten password, or a lock: a link goes to the address on record, and whoever has it sets
//! a new password. What is asked for an account that there is and for one that there is not takes
//! the same work and has the same answer.

use super::accounts::{hashed, random_token};
use super::envelope::{Envelope, may_write_to};
use super::notice::letters::about;
use super::password::{self, PasswordError};
use super::{App, Edition};
use crate::clock::Instant;
use crate::lang::Lang;
use crate::render::letters::{About, PasswordLetter};
use crate::store::links::{self, Reader};
use crate::store::outbox::{self, DueTo, Kind, Mail};
use crate::store::{StoreError, accounts, audit, stored};

/// How long a link holds.
pub const LINK_LASTS: chrono::Duration = chrono::Duration::minutes(30);
/// Within so long, so many links go to one account, and are asked for from one network.
const WINDOW: chrono::Duration = chrono::Duration::hours(1);
const AN_ACCOUNT: i64 = 3;
const A_NETWORK: i64 = 30;

/// What became of setting a password by a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SetPassword {
    Done,
    /// The link has expired or was used.
    Gone,
    /// It may not be this password.
    Refused(PasswordError),
    Busy,
}

/// Sends a link to whoever has the account, where there is one and it has an address.
pub async fn ask(app: &App, account: &str, network: &str, now: Instant) -> Result<(), StoreError> {
    let edition = app.edition.load_full();
    let today = edition.definition.school.calendar.today(now);
    let account: String = account.chars().take(64).collect();
    let reader = links::reader(&mut app.db.read().await?, &account, today).await?;
    let Some(token) = random_token() else { return Ok(()) };
    // Written for nobody, too: it takes its time.
    let nobody = Reader { email: app.settings.mail_from.clone(), ..Reader::default() };
    let mail = letter(app, &edition, &account, reader.as_ref().unwrap_or(&nobody), &token, now);

    let mut tx = app.db.begin().await?;
    let (here, there) = links::requests(&mut tx, &account, network, now - WINDOW).await?;
    if here >= AN_ACCOUNT || there >= A_NETWORK {
        tracing::warn!(account, network, "a link for a new password was asked for too often");
        return tx.roll_back().await;
    }
    links::note_request(&mut tx, &account, network, now, now - WINDOW).await?;
    match (reader.filter(|reader| may_write_to(&edition, &reader.email)), mail) {
        (Some(_), Ok(mail)) => {
            links::add(&mut tx, &hashed(&token), &account, now + LINK_LASTS).await?;
            outbox::enqueue(&mut tx, &[&mail], now).await?;
            audit::add(&mut tx, &app.chain, &stored(now), &account, "password link", network).await?;
        }
        (Some(_), Err(why)) => tracing::error!(account, why, "the letter with a link could not be written"),
        (None, _) => tracing::info!(account, "a link was asked for where there is no account, or no address"),
    }
    tx.commit().await
}

fn letter(
    app: &App,
    edition: &Edition,
    account: &str,
    reader: &Reader,
    token: &str,
    now: Instant,
) -> Result<Mail, String> {
    let definition = &edition.definition;
    let lang = Lang::parse(&reader.lang).unwrap_or_default();
    let day = definition.school.calendar.today(now);
    let path = format!("/forgot/{token}");
    let about = about(definition, &app.settings.base_url, lang, day, &reader.name, &path, None);
    let letter = PasswordLetter {
        // It tells no figures.
        about: About { as_of: String::new(), ..about },
        account: account.to_owned(),
        minutes: LINK_LASTS.num_minutes(),
    };
    let words = edition.templates.render_mail("password", lang, &letter).map_err(|error| error.to_string())?;
    let due = DueTo { kind: Kind::Account, person: account.to_owned(), about: String::new() };
    let envelope = Envelope {
        dedup: &format!("password|{}", hashed(token)),
        notice: "password",
        letter: "link",
        occasion: "",
        due: &due,
        to_name: &reader.name,
        to: &reader.email,
        lang,
        date: now,
    };
    envelope.close(edition, &app.settings, &words, None)
}

/// The account for which a link holds. Looking changes nothing: mail programs follow links.
pub async fn account(app: &App, token: &str, now: Instant) -> Result<Option<String>, StoreError> {
    links::account(&mut app.db.read().await?, &hashed(token), now).await
}

/// Sets the password, ends all sessions, forgets the failed tries and spends every link.
pub async fn set(app: &App, token: &str, new: &str, now: Instant) -> Result<SetPassword, StoreError> {
    let token_hash = hashed(token);
    let Some(whose) = account(app, token, now).await? else { return Ok(SetPassword::Gone) };
    if let Err(why) = password::allow(&whose, new) {
        return Ok(SetPassword::Refused(why));
    }
    let stored_password = match password::hash(new).await {
        Ok(hash) => hash,
        Err(why @ (PasswordError::Length | PasswordError::Common | PasswordError::Account)) => {
            return Ok(SetPassword::Refused(why));
        }
        Err(PasswordError::Busy | PasswordError::Failed) => return Ok(SetPassword::Busy),
    };
    let mut tx = app.db.begin().await?;
    let Some(account) = links::account(&mut tx, &token_hash, now).await? else { return Ok(SetPassword::Gone) };
    if !links::spend(&mut tx, &token_hash).await? {
        return Ok(SetPassword::Gone);
    }
    links::spend_all(&mut tx, &account).await?;
    accounts::set_password(&mut tx, &account, &stored_password).await?;
    accounts::close_sessions_of(&mut tx, &account).await?;
    accounts::clear_all_failures(&mut tx, &account).await?;
    audit::add(&mut tx, &app.chain, &stored(now), &account, "password set by link", "").await?;
    tx.commit().await?;
    Ok(SetPassword::Done)
}
