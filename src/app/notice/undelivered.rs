//! Letters that did not arrive are told to whoever sent them: one mail a notice and occasion, and
//! no second one within an hour. Written in the transaction that marks them as told.

use super::letters::{about, in_path};
use super::sends::Sends;
use crate::app::access::requirements_of;
use crate::app::envelope::{Envelope, may_write_to};
use crate::app::{App, Edition};
use crate::clock::{Day, Instant};
use crate::definition::{Audience, Definition, May, Sees};
use crate::lang::Lang;
use crate::render::letters::{UndeliveredLetter, UndeliveredRow};
use crate::store::access::{self, Holding};
use crate::store::outbox::undelivered;
pub use crate::store::outbox::undelivered::{Undelivered, numbers, of_notice};
use crate::store::outbox::{self, DueTo, Kind, Mail};
use crate::store::{Conn, Result, StoreError, audit, people, stored};

/// Mails that fail one after another are told together.
const PATIENCE: chrono::Duration = chrono::Duration::hours(1);
/// A mail names so many; the page has them all.
const ROWS: usize = 500;

/// Whoever may send notices, with one of the units in which they may.
struct Sender {
    account: String,
    name: String,
    email: String,
    unit: String,
    lang: Lang,
    /// Requirements (indices) whose office is theirs.
    requirements: Vec<usize>,
    /// They see everyone, and so may send every letter.
    everything: bool,
}

/// Writes to those whose notices they are what did not arrive and was not told yet; how many mails.
pub async fn tell(app: &App, now: Instant) -> Result<u64> {
    let untold = undelivered::untold(&mut app.db.read().await?, now, PATIENCE).await?;
    let edition = app.edition.load_full();
    let today = edition.definition.school.calendar.today(now);
    let mut told = 0;
    for (notice, occasion) in untold {
        let mut tx = app.db.begin().await?;
        let lost = undelivered::take(&mut tx, &notice, &occasion, now, today).await?;
        if lost.is_empty() {
            continue;
        }
        let senders = senders(&mut tx, &edition, today).await?;
        let by = undelivered::senders(&mut tx, &notice, &occasion).await?;
        let mut mails = Vec::new();
        for (sender, lost) in shares(&edition.definition, &notice, &senders, &by, &lost) {
            let name = format!("undelivered|{}|{}", tx.numbers(1).await?, sender.account);
            mails.push(write(app, &edition, (&notice, &occasion), sender, &lost, &name, today, now)?);
        }
        if mails.is_empty() {
            tracing::warn!(
                notice,
                occasion,
                lost = lost.len(),
                "letters did not arrive, and nobody can be told by mail"
            );
        }
        told += outbox::enqueue(&mut tx, &mails.iter().collect::<Vec<_>>(), now).await?;
        tx.commit().await?;
    }
    Ok(told)
}

/// Has the letters of a notice that did not arrive, and that somebody may send, tried again; how many.
pub async fn retry(app: &App, notice: &str, sends: &Sends, by: &str, now: Instant) -> Result<u64> {
    let edition = app.edition.load_full();
    let mut tx = app.db.begin().await?;
    let mut letters = 0;
    match (sends, edition.definition.notices.iter().find(|known| known.id == notice)) {
        (Sends::Everything, _) => letters = undelivered::requeue(&mut tx, notice, None).await?,
        (Sends::About(_), Some(known)) => {
            for letter in sends.letters(known) {
                letters += undelivered::requeue(&mut tx, notice, Some(&letter.id)).await?;
            }
        }
        (Sends::About(_), None) => {}
    }
    if letters > 0 {
        audit::add(&mut tx, &app.chain, &stored(now), by, "notice retry", notice).await?;
    }
    tx.commit().await?;
    Ok(letters)
}

/// Who is told of what: a letter on behalf of a requirement is its office's; all others, and those whose office
/// has nobody to be told, are whose who had the notice sent by hand (`by`), else of those who may send every
/// letter, and where there are none of anyone who may send notices.
fn shares<'a>(
    definition: &Definition,
    notice: &str,
    senders: &'a [Sender],
    by: &[String],
    lost: &'a [Undelivered],
) -> Vec<(&'a Sender, Vec<&'a Undelivered>)> {
    let letters = definition.notices.iter().find(|known| known.id == notice).map(|known| &known.letters[..]);
    let office = |letter: &str| -> Option<usize> {
        let letter = letters.unwrap_or_default().iter().find(|known| known.id == letter)?;
        match letter.to {
            Audience::MissingOne(index) | Audience::Office(index) => {
                senders.iter().any(|sender| sender.requirements.contains(&index)).then_some(index)
            }
            Audience::Students(_) | Audience::Tutors | Audience::DepartmentHeads => None,
        }
    };
    let by_hand = |sender: &Sender| by.contains(&sender.account);
    let (any_by_hand, any_of_all) = (senders.iter().any(by_hand), senders.iter().any(|sender| sender.everything));
    let of_none = |sender: &Sender| match (any_by_hand, any_of_all) {
        (true, _) => by_hand(sender),
        (false, true) => sender.everything,
        (false, false) => true,
    };
    senders
        .iter()
        .map(|sender| {
            let theirs = |one: &&Undelivered| match office(&one.letter) {
                Some(index) => sender.requirements.contains(&index),
                None => of_none(sender),
            };
            (sender, lost.iter().filter(theirs).collect::<Vec<_>>())
        })
        .filter(|(_, lost)| !lost.is_empty())
        .collect()
}

async fn senders(conn: &mut Conn, edition: &Edition, today: Day) -> Result<Vec<Sender>> {
    let definition = &edition.definition;
    let langs = access::languages(conn).await?;
    let mut senders = Vec::new();
    for person in people::staff(conn).await? {
        let held: Vec<Holding> = access::holdings(conn, &person.account, today)
            .await?
            .into_iter()
            .filter(|holding| holding.lent_by.is_empty() && may_send(definition, &holding.role))
            .collect();
        let Some(first) = held.first().filter(|_| may_write_to(edition, &person.email)) else { continue };
        let requirements = held
            .iter()
            .filter(|holding| {
                definition.school.roles.iter().any(|role| role.id == holding.role && role.sees == Sees::OwnRequirements)
            })
            .flat_map(|holding| requirements_of(definition, holding))
            .collect();
        let sees_all =
            |role: &str| definition.school.roles.iter().any(|known| known.id == role && known.sees == Sees::Everything);
        let everything = held.iter().any(|holding| sees_all(&holding.role));
        let lang = langs.iter().find(|(account, _)| *account == person.account);
        senders.push(Sender {
            unit: first.unit.clone(),
            lang: lang.and_then(|(_, lang)| Lang::parse(lang)).unwrap_or_default(),
            account: person.account,
            name: person.name,
            email: person.email,
            requirements,
            everything,
        });
    }
    Ok(senders)
}

fn may_send(definition: &Definition, role: &str) -> bool {
    definition.school.roles.iter().any(|known| known.id == role && known.may.contains(&May::SendNotices))
}

#[allow(clippy::too_many_arguments)]
fn write(
    app: &App,
    edition: &Edition,
    (notice, occasion): (&str, &str),
    sender: &Sender,
    lost: &[&Undelivered],
    name: &str,
    today: Day,
    now: Instant,
) -> Result<Mail> {
    let (definition, lang) = (&edition.definition, sender.lang);
    let known = definition.notices.iter().find(|known| known.id == notice);
    // Of a notice that the school's folder no longer has there is no page.
    let path = known.map_or_else(|| "/notices".to_owned(), |known| format!("/notices/{}", in_path(&known.id)));
    let letter = UndeliveredLetter {
        about: about(definition, &app.settings.base_url, lang, today, &sender.name, &path, None),
        notice: known.map_or(notice, |known| known.title.get(lang)).to_owned(),
        occasion: occasion.to_owned(),
        letters: lost.len(),
        rows: lost.iter().take(ROWS).map(|lost| row(lost)).collect(),
    };
    let refused = |error: String| StoreError::Refused(format!("the letter about mail that did not arrive: {error}"));
    let words =
        edition.templates.render_mail("undelivered", lang, &letter).map_err(|error| refused(error.to_string()))?;
    let due = DueTo { kind: Kind::Report, person: sender.account.clone(), about: sender.unit.clone() };
    Envelope {
        dedup: name,
        notice,
        letter: "undelivered",
        occasion,
        due: &due,
        to_name: &sender.name,
        to: &sender.email,
        lang,
        date: now,
    }
    .close(edition, &app.settings, &words, None)
    .map_err(refused)
}

fn row(lost: &Undelivered) -> UndeliveredRow {
    UndeliveredRow {
        person: lost.person.clone(),
        name: lost.name.clone(),
        address: lost.recipient.clone(),
        letter: lost.letter.clone(),
        why: lost.why.clone(),
    }
}
