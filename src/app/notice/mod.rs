//! Sending a notice: whom it concerns as of an instant, what each letter says, and all of its mail
//! written in one transaction. Whoever was told is not told again, however often it is repeated.

pub mod audience;
pub mod due;
pub mod letters;
pub mod sends;
pub mod undelivered;

use std::collections::{HashMap, HashSet};

use audience::{Addressee, Picture, What};
use letters::Writer;
pub use sends::Sends;

use super::{App, Edition, OPERATOR, SCHEDULE};
use serde_json::json;

use crate::app::envelope::{Envelope, may_write_to};
use crate::app::roster::Roster;
use crate::app::{Settings, sheet};
use crate::clock::{Day, Instant};
use crate::definition::{Due, Letter, Notice};
use crate::lang::Lang;
use crate::mail::{Attachment, MailError, Sender};
use crate::render::words;
use crate::store::outbox::{self, Mail};
use crate::store::slots::{self, Taken};
use crate::store::{Conn, StoreError, audit, stored};

#[derive(Debug, thiserror::Error)]
pub enum NoticeError {
    #[error("there is no notice `{0}`; there are: {1}")]
    Unknown(String, String),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Mail(#[from] MailError),
    #[error("writing the letters stopped: {0}")]
    Stopped(String),
}

/// What a sending did, or would do.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Sending {
    pub notice: String,
    /// The term, the month or the day: within it nobody gets the same letter twice.
    pub occasion: String,
    pub as_of: Day,
    pub letters: Vec<LetterCount>,
}

/// A letter's addressees by what became of it.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct LetterCount {
    pub letter: String,
    pub new: u64,
    pub already_told: u64,
    /// Student numbers or accounts without an e-mail address.
    pub no_address: Vec<String>,
    /// Those whose address is outside the allowed domains, or is no address.
    pub refused_address: Vec<String>,
    /// Those whose letter could not be written, and why.
    pub failed: Vec<(String, String)>,
    /// One of the letters, for a rehearsal.
    pub sample: Option<Sample>,
}

#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Sample {
    pub to: String,
    pub subject: String,
    pub text: String,
}

/// A notice's mails, written but not yet in the outbox.
pub struct Prepared {
    pub sending: Sending,
    /// With the place of the letter in `sending.letters`.
    mails: Vec<(usize, Mail)>,
}

/// A notice by its name.
pub fn find<'a>(edition: &'a Edition, name: &str) -> Result<&'a Notice, NoticeError> {
    let notices = &edition.definition.notices;
    notices.iter().find(|notice| notice.id == name).ok_or_else(|| {
        let known: Vec<&str> = notices.iter().map(|notice| notice.id.as_str()).collect();
        NoticeError::Unknown(name.to_owned(), known.join(", "))
    })
}

/// Within which occasion a notice sent at `now` counts as the same.
pub fn occasion(edition: &Edition, notice: &Notice, day: Day) -> String {
    let term = edition.definition.school.calendar.term_of(day);
    match notice.due {
        Due::Week { .. } => term.to_string(),
        Due::Monthly { .. } => format!("{term}/{}", day.format("%Y-%m")),
        Due::ByHand => day.to_string(),
    }
}

/// Writes the letters of a notice that are new as of `now`. Changes nothing.
pub async fn prepare(app: &App, name: &str, now: Instant) -> Result<Prepared, NoticeError> {
    prepare_for(app, name, now, None, Written::All, &Sends::Everything).await
}

/// Whom the letters of a notice that somebody may send would reach as of `now`, with one letter of
/// each kind and no other written.
pub async fn rehearse(app: &App, name: &str, now: Instant, sends: &Sends) -> Result<Sending, NoticeError> {
    Ok(prepare_for(app, name, now, None, Written::Samples, sends).await?.sending)
}

/// How many of the letters are written: a thousand take a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Written {
    All,
    Samples,
}

async fn prepare_for(
    app: &App,
    name: &str,
    now: Instant,
    slot: Option<Instant>,
    written: Written,
    sends: &Sends,
) -> Result<Prepared, NoticeError> {
    let edition = app.edition.load_full();
    let mut notice = find(&edition, name)?.clone();
    notice.letters.retain(|letter| sends.may_send(letter));
    let calendar = &edition.definition.school.calendar;
    let day = calendar.today(now);
    // A notice that is caught up belongs to the month in which it was due.
    let occasion = occasion(&edition, &notice, calendar.today(slot.unwrap_or(now)));
    let mut conn = app.db.snapshot().await?;
    let picture = Picture::take(&mut conn, &edition, &notice, day).await?;
    let known = told(&mut conn, &edition, &notice, &picture, &occasion).await?;
    drop(conn);
    let settings = app.settings.clone();
    // A thousand letters take a second or two: not on a thread that serves pages.
    tokio::task::spawn_blocking(move || {
        Desk::new(&edition, &settings, &notice, &picture, now, occasion)?.prepare(&known, written)
    })
    .await
    .map_err(|error| NoticeError::Stopped(error.to_string()))?
}

/// Sends a notice as of `now`: its new letters go into the outbox, all or none. With a slot, it is
/// taken in the same transaction; `None` where another took it first, and nothing is written.
pub async fn send(
    app: &App,
    name: &str,
    now: Instant,
    slot: Option<Instant>,
    by: &str,
) -> Result<Option<Sending>, NoticeError> {
    send_own(app, name, now, slot, by, &Sends::Everything).await
}

/// Sends what somebody may send of a notice, as `send` does.
pub async fn send_own(
    app: &App,
    name: &str,
    now: Instant,
    slot: Option<Instant>,
    by: &str,
    sends: &Sends,
) -> Result<Option<Sending>, NoticeError> {
    let Prepared { mut sending, mails } = prepare_for(app, name, now, slot, Written::All, sends).await?;
    let mut tx = app.db.begin_alone().await?;
    if let Some(slot) = slot
        && !slots::take(&mut tx, name, slot, Taken::Sent, now).await?
    {
        tx.roll_back().await?;
        return Ok(None);
    }
    for (index, count) in sending.letters.iter_mut().enumerate() {
        let own: Vec<&Mail> = mails.iter().filter(|(letter, _)| *letter == index).map(|(_, mail)| mail).collect();
        let new = outbox::enqueue(&mut tx, &own, now).await?;
        // Written by another since we looked.
        count.already_told += count.new - new;
        count.new = new;
    }
    let told = |of: fn(&LetterCount) -> u64| sending.letters.iter().map(of).sum::<u64>();
    let detail = json!({
        "notice": sending.notice, "occasion": sending.occasion, "as_of": sending.as_of.to_string(),
        "new": told(|letter| letter.new), "already_told": told(|letter| letter.already_told),
        "without_address": told(|letter| (letter.no_address.len() + letter.refused_address.len()) as u64),
        "failed": told(|letter| letter.failed.len() as u64),
    });
    audit::add(&mut tx, &app.chain, &stored(now), by, "notice sent", &detail.to_string()).await?;
    if ![OPERATOR, SCHEDULE].contains(&by) {
        outbox::undelivered::sent_by(&mut tx, name, &sending.occasion, by).await?;
    }
    tx.commit().await?;
    Ok(Some(sending))
}

/// The names under which a notice's letters are in the outbox already.
async fn told(
    conn: &mut Conn,
    edition: &Edition,
    notice: &Notice,
    picture: &Picture,
    occasion: &str,
) -> Result<HashSet<String>, StoreError> {
    let names: Vec<String> = notice
        .letters
        .iter()
        .flat_map(|letter| {
            let addressees = picture.addressees(&edition.definition, letter);
            addressees.into_iter().map(|addressee| dedup(notice, letter, occasion, &addressee)).collect::<Vec<_>>()
        })
        .collect();
    outbox::known(conn, &names.iter().map(String::as_str).collect::<Vec<_>>()).await
}

/// Names a letter to someone on an occasion, or for ever where it is told once.
fn dedup(notice: &Notice, letter: &Letter, occasion: &str, addressee: &Addressee<'_>) -> String {
    let due = &addressee.due;
    let whom = if due.about.is_empty() { due.person.clone() } else { format!("{}|{}", due.person, due.about) };
    match &letter.once {
        Some(once) => format!("once|{once}|{whom}"),
        None => format!("{}|{occasion}|{}|{whom}", notice.id, letter.id),
    }
}

/// Where the letters of one notice are written.
struct Desk<'a> {
    edition: &'a Edition,
    settings: &'a Settings,
    notice: &'a Notice,
    picture: &'a Picture,
    now: Instant,
    occasion: String,
    /// Made once a class and language: a class's tutors share it.
    workbooks: HashMap<(String, Lang), Attachment>,
}

impl<'a> Desk<'a> {
    fn new(
        edition: &'a Edition,
        settings: &'a Settings,
        notice: &'a Notice,
        picture: &'a Picture,
        now: Instant,
        occasion: String,
    ) -> Result<Desk<'a>, NoticeError> {
        // Where nobody can write, no letter is counted as failed.
        Sender::parse(&settings.mail_from)?;
        Ok(Desk { edition, settings, notice, picture, now, occasion, workbooks: HashMap::new() })
    }

    fn prepare(mut self, known: &HashSet<String>, wanted: Written) -> Result<Prepared, NoticeError> {
        let notice = self.notice;
        let (mut letters, mut mails) = (Vec::new(), Vec::new());
        // Two letters of a notice may be told once under the same name.
        let mut written = HashSet::new();
        for (index, letter) in notice.letters.iter().enumerate() {
            let mut count = LetterCount { letter: letter.id.clone(), ..LetterCount::default() };
            for addressee in self.picture.addressees(&self.edition.definition, letter) {
                let person = addressee.due.person.clone();
                let dedup = dedup(notice, letter, &self.occasion, &addressee);
                if known.contains(&dedup) || written.contains(&dedup) {
                    count.already_told += 1;
                } else if addressee.email.trim().is_empty() {
                    count.no_address.push(person);
                } else if !may_write_to(self.edition, addressee.email) {
                    count.refused_address.push(person);
                } else if wanted == Written::Samples && count.sample.is_some() {
                    written.insert(dedup);
                    count.new += 1;
                } else {
                    match self.write(letter, &addressee, &dedup) {
                        Ok((mail, sample)) => {
                            written.insert(dedup);
                            count.new += 1;
                            count.sample.get_or_insert(sample);
                            mails.push((index, mail));
                        }
                        Err(why) => count.failed.push((person, why)),
                    }
                }
            }
            letters.push(count);
        }
        let sending = Sending { notice: notice.id.clone(), occasion: self.occasion, as_of: self.picture.day, letters };
        Ok(Prepared { sending, mails })
    }

    /// One mail; its failure, even a panic over some odd name, is its own.
    fn write(&mut self, letter: &Letter, addressee: &Addressee<'_>, dedup: &str) -> Result<(Mail, Sample), String> {
        let attachment = match addressee.what {
            What::Class(roster) if letter.attach_roster => Some(self.workbook(roster, addressee.lang)?),
            _ => None,
        };
        let written = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            self.compose(letter, addressee, dedup, attachment.as_ref())
        }));
        written.unwrap_or_else(|_| Err("the message can't be built".to_owned()))
    }

    fn compose(
        &self,
        letter: &Letter,
        addressee: &Addressee<'_>,
        dedup: &str,
        attachment: Option<&Attachment>,
    ) -> Result<(Mail, Sample), String> {
        let lang = addressee.lang;
        let writer = Writer { edition: self.edition, picture: self.picture, base_url: &self.settings.base_url, lang };
        let words = writer.write(letter, addressee.name, &addressee.what).map_err(|error| error.to_string())?;
        let mail = Envelope {
            dedup,
            notice: &self.notice.id,
            letter: &letter.id,
            occasion: &self.occasion,
            due: &addressee.due,
            to_name: addressee.name,
            to: addressee.email,
            lang,
            date: self.now,
        }
        .close(self.edition, self.settings, &words, attachment)?;
        let sample = Sample { to: mail.recipient.clone(), subject: mail.subject.clone(), text: words.text };
        Ok((mail, sample))
    }

    fn workbook(&mut self, roster: &Roster, lang: Lang) -> Result<Attachment, String> {
        let key = (roster.class.class.clone(), lang);
        if let Some(made) = self.workbooks.get(&key) {
            return Ok(made.clone());
        }
        let say = |key: &str| words().say(lang, key);
        let bytes = sheet::roster(&self.edition.definition, roster, lang, &say).map_err(|error| error.to_string())?;
        let made = Attachment {
            file_name: format!("{}_{}.xlsx", roster.class.name, roster.as_of),
            media_type: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet".to_owned(),
            bytes,
        };
        self.workbooks.insert(key, made.clone());
        Ok(made)
    }
}
