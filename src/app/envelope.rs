//! A rendered letter as a mail of the outbox: its sender, its Message-ID, its bytes.

use super::{Edition, Settings};
use crate::clock::Instant;
use crate::lang::Lang;
use crate::mail::{self, Attachment, Draft, Sender};
use crate::render::RenderedMail;
use crate::store::outbox::{Body, DueTo, Mail};

/// To whom a letter goes, and under which name it is told once.
pub(super) struct Envelope<'a> {
    pub dedup: &'a str,
    pub notice: &'a str,
    pub letter: &'a str,
    pub occasion: &'a str,
    pub due: &'a DueTo,
    pub to_name: &'a str,
    pub to: &'a str,
    pub lang: Lang,
    pub date: Instant,
}

impl Envelope<'_> {
    /// The mail; why it can't be written, where it can't.
    pub fn close(
        &self,
        edition: &Edition,
        settings: &Settings,
        words: &RenderedMail,
        attachment: Option<&Attachment>,
    ) -> Result<Mail, String> {
        let said = |error: mail::MailError| error.to_string();
        let system = edition.definition.school.system.get(self.lang);
        let from = Sender::parse(&settings.mail_from).map_err(said)?.named(system);
        // The address belongs to the name: the same letter to a new address is another message.
        let name = format!("{}|{}", self.dedup, self.to.trim());
        let message_id = mail::message_id(&settings.secret, &name, from.domain());
        let built = Draft {
            from: &from,
            to_name: self.to_name,
            to: self.to,
            subject: &words.subject,
            text: &words.text,
            html: &words.html,
            attachment,
            message_id: &message_id,
            date: self.date,
            language: self.lang.html(),
        }
        .build()
        .map_err(said)?;
        Ok(Mail {
            dedup: self.dedup.to_owned(),
            notice: self.notice.to_owned(),
            letter: self.letter.to_owned(),
            occasion: self.occasion.to_owned(),
            due: self.due.clone(),
            recipient: built.recipient,
            subject: built.subject,
            message_id,
            head: built.head,
            body: Body { hash: built.body_hash, text: built.body },
        })
    }
}

/// Whether the school's own rules let mail go to an address.
pub(super) fn may_write_to(edition: &Edition, email: &str) -> bool {
    mail::parse_address(email).is_ok() && mail::allowed(email.trim(), &edition.definition.school.mail_domains)
}
