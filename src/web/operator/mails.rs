//! The outbox as a list, and each mail as it was written.

use super::notices::letter_title;
use crate::mail;
use crate::render::pages::mails::{MailPage, MailRow, Mails};
use crate::render::words;
use crate::store::outbox::{self, Listed};
use crate::store::{audit, from_stored, stored};
use crate::web::context::Known;
use crate::web::{Answer, Context, Fault, Posted, show};

const AT_ONCE: i64 = 100;

pub(in crate::web) async fn list(mut context: Context) -> Answer {
    let state = context.asked("state").unwrap_or_default().to_owned();
    let before = context.asked("before").and_then(|text| text.parse().ok());
    let conn = context.conn().await?;
    let counts = outbox::counts(conn).await?;
    let mut mails = outbox::list(conn, &state, before, AT_ONCE + 1).await?;
    let more = mails.len() as i64 > AT_ONCE;
    mails.truncate(AT_ONCE as usize);
    let page = Mails {
        waiting: counts.waiting,
        sent: counts.sent,
        dead: counts.dead,
        cancelled: counts.cancelled,
        state,
        older: mails.last().filter(|_| more).map(|mail| mail.id),
        mails: mails.into_iter().map(|mail| row(&context, mail)).collect(),
    };
    show::page(&context, &page)
}

pub(in crate::web) async fn one(mut context: Context) -> Answer {
    let id: i64 = context.param("mail").parse().map_err(|_| Fault::NotFound)?;
    let conn = context.conn().await?;
    let mail = outbox::list(conn, "", Some(id.saturating_add(1)), 1).await?.pop().filter(|mail| mail.id == id);
    let mail = mail.ok_or(Fault::NotFound)?;
    let message = outbox::message(conn, id).await?.map(|(_, message)| message).unwrap_or_default();
    let read = mail::read(&message);
    let page = MailPage { mail: row(&context, mail), text: read.text, attachments: read.attachments };
    show::page(&context, &page)
}

/// Has a refused mail tried again.
pub(in crate::web) async fn retry(mut context: Context, _posted: Posted) -> Answer {
    let id: i64 = context.param("mail").parse().ok().filter(|id| *id > 0).ok_or(Fault::NotFound)?;
    context.release();
    let mut tx = context.web.app.db.begin().await?;
    if outbox::requeue_dead(&mut tx, Some(id)).await? == 0 {
        return Err(Fault::Conflict(None));
    }
    let by = &context.viewer()?.account;
    audit::add(&mut tx, &context.web.app.chain, &stored(context.now), by, "mail retry", &id.to_string()).await?;
    tx.commit().await?;
    show::see_saying(&context, &format!("/mail/{id}"), "mail-retried")
}

/// Which letter of which notice, or what else the mail is.
fn what(known: &Known, notice: &str, letter: &str) -> String {
    if let Some(notice) = known.edition.definition.notices.iter().find(|one| one.id == notice) {
        return format!("{} · {}", notice.title.get(known.lang), letter_title(known, notice, letter));
    }
    let key = format!("mail-of-{notice}");
    if words().has(&key) { words().say(known.lang, &key) } else { notice.to_owned() }
}

fn row(known: &Known, mail: Listed) -> MailRow {
    let at = mail.sent_at.as_deref().unwrap_or(&mail.created_at);
    MailRow {
        at: from_stored(at).map_or_else(|| at.to_owned(), |instant| show::stamp(known, instant)),
        id: mail.id,
        what: what(known, &mail.notice, &mail.letter),
        recipient: mail.recipient,
        subject: mail.subject,
        state: mail.state,
        tries: mail.tries,
        error: mail.last_error,
    }
}
