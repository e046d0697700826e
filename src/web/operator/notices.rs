//! Notices: when they go by themselves, to whom they would go now, and sending one by hand.

use crate::app::notice::{self, NoticeError, Sending, Sends, due, undelivered};
use crate::clock::{Instant, parse_day};
use crate::definition::{Audience, Due, May, Notice, Which};
use crate::lang::Lang;
use crate::render::pages::notices::{LetterRow, NoticeRow, Notices, Rehearsal, SampleMail, UndeliveredMail};
use crate::render::pages::student::ShownDay;
use crate::render::words;
use crate::store::outbox;
use crate::web::context::Known;
use crate::web::{Answer, Context, Fault, Posted, show};

/// Letters that did not arrive, shown at once.
const LOST: i64 = 500;

pub(in crate::web) async fn list(mut context: Context) -> Answer {
    let sends = sends(&context)?;
    let conn = context.conn().await?;
    let counts = outbox::counts(conn).await?;
    let lost = undelivered::numbers(conn).await?;
    let definition = &context.edition.definition;
    let row = |notice: &crate::definition::Notice| NoticeRow {
        id: notice.id.clone(),
        title: notice.title.get(context.lang).to_owned(),
        letters: sends.letters(notice).count(),
        undelivered: lost
            .iter()
            .filter(|(id, letter, _)| *id == notice.id && sends.is_own(notice, letter))
            .map(|(_, _, number)| number)
            .sum(),
        next: due::next_due(&definition.school.calendar, notice, context.now)
            .map(|instant| show::moment(&context, instant))
            .unwrap_or_else(|| match notice.due {
                Due::ByHand => String::new(),
                Due::Week { .. } | Due::Monthly { .. } => words().say(context.lang, "notice-no-date"),
            }),
    };
    let own = definition.notices.iter().filter(|notice| sends.concerns(notice));
    let page = Notices { notices: own.map(row).collect(), waiting: counts.waiting, dead: counts.dead };
    show::page(&context, &page)
}

/// A rehearsal: what would go now, with one letter of each kind; nothing is written.
pub(in crate::web) async fn rehearse(mut context: Context) -> Answer {
    let (name, sends) = known_notice(&context)?;
    context.release();
    let sending = notice::rehearse(&context.web.app, &name, moment(&context), &sends).await?;
    let lost = lost(&mut context, &name, &sends).await?;
    show::page(&context, &page(&context, &sending, Stage::Rehearsed, lost)?)
}

/// Now, or the end of the day that the address asks for.
fn moment(known: &Known) -> Instant {
    let calendar = &known.edition.definition.school.calendar;
    let day = known.asked("as-of").and_then(|text| parse_day(text).ok()).filter(|day| *day < known.today);
    let evening = chrono::NaiveTime::from_hms_opt(23, 59, 59).unwrap_or_default();
    day.map_or(known.now, |day| calendar.instant(day, evening))
}

/// Has all letters of a notice that did not arrive tried again.
pub(in crate::web) async fn retry(mut context: Context, _posted: Posted) -> Answer {
    let (name, sends) = known_notice(&context)?;
    context.release();
    let by = context.viewer()?.account.clone();
    if undelivered::retry(&context.web.app, &name, &sends, &by, context.now).await? == 0 {
        return Err(Fault::Conflict(None));
    }
    show::see_saying(&context, &format!("/notices/{name}"), "mail-retried")
}

async fn lost(context: &mut Context, notice: &str, sends: &Sends) -> Result<Vec<UndeliveredMail>, Fault> {
    let (today, known) = (context.today, context.known());
    let definition = &known.edition.definition;
    let notice_of = definition.notices.iter().find(|one| one.id == notice);
    let most = if *sends == Sends::Everything { LOST } else { i64::MAX };
    let lost = undelivered::of_notice(context.conn().await?, notice, today, most).await?;
    let own = |one: &undelivered::Undelivered| match notice_of {
        Some(notice) => sends.is_own(notice, &one.letter),
        None => *sends == Sends::Everything,
    };
    let row = |one: undelivered::Undelivered| UndeliveredMail {
        person: one.person,
        name: one.name,
        address: one.recipient,
        title: notice_of.map_or_else(|| one.letter.clone(), |notice| letter_title(&known, notice, &one.letter)),
        letter: one.letter,
        occasion: one.occasion,
        why: one.why,
    };
    Ok(lost.into_iter().filter(own).take(LOST as usize).map(row).collect())
}

/// How far a sending has come.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Rehearsed,
    /// Asked once more, with the counts of this moment.
    Asked,
    Sent,
}

/// First asks, with counts and samples; sends what was confirmed.
pub(in crate::web) async fn send(mut context: Context, posted: Posted) -> Answer {
    let (name, sends) = known_notice(&context)?;
    context.release();
    if posted.text("confirmed") != "yes" {
        let sending = notice::rehearse(&context.web.app, &name, context.now, &sends).await?;
        return show::page(&context, &page(&context, &sending, Stage::Asked, Vec::new())?);
    }
    let by = context.viewer()?.account.clone();
    match notice::send_own(&context.web.app, &name, context.now, None, &by, &sends).await? {
        Some(sending) => {
            let lost = lost(&mut context, &name, &sends).await?;
            show::page(&context, &page(&context, &sending, Stage::Sent, lost)?)
        }
        None => Err(Fault::Conflict(None)),
    }
}

/// The notice that the address names, and what of it whoever asks may send. One without a letter
/// for them is none.
fn known_notice(context: &Context) -> Result<(String, Sends), Fault> {
    let notice = notice::find(&context.edition, context.param("notice")).map_err(|_| Fault::NotFound)?;
    let sends = sends(context)?;
    if !sends.concerns(notice) {
        return Err(Fault::NotFound);
    }
    Ok((notice.id.clone(), sends))
}

fn sends(known: &Known) -> Result<Sends, Fault> {
    Ok(Sends::of(known.viewer()?, &known.edition.definition))
}

/// A letter as people call it: by its title, or by whom it is for.
pub(super) fn letter_title(known: &Known, notice: &Notice, letter: &str) -> String {
    let Some(letter) = notice.letters.iter().find(|one| one.id == letter) else { return letter.to_owned() };
    let requirement = |index: usize| {
        let found = known.edition.definition.requirements.get(index);
        found.map_or("", |requirement| requirement.title.get(known.lang)).to_owned()
    };
    let key = match (&letter.title, letter.to) {
        (Some(title), _) => return title.get(known.lang).to_owned(),
        (None, Audience::MissingOne(index)) => return requirement(index),
        (None, Audience::Office(index)) => {
            return words().say_with(known.lang, "letter-office", &[("title", &requirement(index))]);
        }
        (None, Audience::Students(Which::All)) => "letter-students-all",
        (None, Audience::Students(Which::Passed)) => "letter-students-passed",
        (None, Audience::Students(Which::NotPassed)) => "letter-students-not-passed",
        (None, Audience::Tutors) => "letter-tutors",
        (None, Audience::DepartmentHeads) => "letter-heads",
    };
    words().say(known.lang, key)
}

fn page(known: &Known, sending: &Sending, stage: Stage, undelivered: Vec<UndeliveredMail>) -> Result<Rehearsal, Fault> {
    let notice = notice::find(&known.edition, &sending.notice).map_err(|_| Fault::NotFound)?;
    let separator = match known.lang {
        Lang::ZhTw => "：",
        Lang::En => ": ",
    };
    let letter = |count: &notice::LetterCount| LetterRow {
        letter: count.letter.clone(),
        title: letter_title(known, notice, &count.letter),
        new: count.new,
        already_told: count.already_told,
        no_address: count.no_address.clone(),
        refused_address: count.refused_address.clone(),
        failed: count.failed.iter().map(|(who, why)| format!("{who}{separator}{why}")).collect(),
        sample: count.sample.as_ref().map(|sample| SampleMail {
            to: sample.to.clone(),
            subject: sample.subject.clone(),
            text: sample.text.clone(),
        }),
    };
    Ok(Rehearsal {
        id: notice.id.clone(),
        title: notice.title.get(known.lang).to_owned(),
        occasion: sending.occasion.clone(),
        as_of: ShownDay { iso: sending.as_of.to_string(), shown: show::day(known, sending.as_of) },
        sent: stage == Stage::Sent,
        confirm: stage == Stage::Asked,
        of_today: sending.as_of == known.today,
        new: sending.letters.iter().map(|letter| letter.new).sum(),
        own_only: sending.letters.len() < notice.letters.len(),
        reads_mail: known.viewer.as_ref().is_some_and(|viewer| viewer.may(May::ReadMail)),
        letters: sending.letters.iter().map(letter).collect(),
        undelivered,
    })
}

impl From<NoticeError> for Fault {
    fn from(error: NoticeError) -> Fault {
        match error {
            NoticeError::Unknown(..) => Fault::NotFound,
            NoticeError::Store(error) => error.into(),
            NoticeError::Mail(_) | NoticeError::Stopped(_) => Fault::Internal(error.to_string()),
        }
    }
}
