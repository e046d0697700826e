//! The letters that a move sends, written in its transaction. One that cannot be written stops no
//! decision: it is logged.

use super::CaseError;
use super::answers::{Shown, shown};
use super::see::Open;
use super::time::lapses;
use crate::app::App;
use crate::app::access::is_unit;
use crate::app::envelope::{Envelope, may_write_to};
use crate::app::notice::letters::about;
use crate::case::{Due, Filled, Made, title};
use crate::clock::Instant;
use crate::definition::Definition;
use crate::definition::case::{Catalogue, Party, State, Workflow};
use crate::lang::Lang;
use crate::render::letters::{About, Asked, CaseLetter};
use crate::store::access::Holding;
use crate::store::cases::CaseRow;
use crate::store::outbox::{self, DueTo, Kind, Mail};
use crate::store::{Conn, from_stored, links, people};

struct Reader {
    due: DueTo,
    name: String,
    email: String,
    lang: Lang,
    is_applicant: bool,
}

/// Writes the letters of a move into the outbox.
pub(super) async fn write(
    app: &App,
    conn: &mut Conn,
    open: &Open,
    row: &CaseRow,
    made: &Made,
    now: Instant,
) -> Result<(), CaseError> {
    let mut mails = Vec::new();
    for (index, due) in made.effects.iter().enumerate() {
        let Due::Mail { template, to } = due else { continue };
        for reader in readers(conn, open, row, *to, now).await? {
            let said = Said {
                state: made.to,
                note: &made.note,
                named: &made.named,
                asked: made.asked.as_ref().map(|filled| (made.step, filled)),
                dedup: format!("case|{}|{}|{index}|{}", row.id, made.version, reader.due.person),
            };
            match letter(app, open, row, template, said, &reader, now) {
                Ok(mail) => mails.push(mail),
                Err(why) => tracing::error!(case = row.number, template, why, "a letter could not be written"),
            }
        }
    }
    if mails.is_empty() {
        return Ok(());
    }
    outbox::enqueue(conn, &mails.iter().collect::<Vec<_>>(), now).await?;
    // What may still be undone is told when it no longer can be.
    if let Some(minutes) = open.workflow().moves.get(made.step).and_then(|step| step.undo_minutes) {
        let until = now + chrono::Duration::minutes(minutes.into());
        outbox::hold(conn, NOTICE, &occasion(&row.number, made.version), until).await?;
    }
    Ok(())
}

/// Takes back the letters of a move that is undone, by the version that it had made.
pub(super) async fn take_back(conn: &mut Conn, row: &CaseRow, version: i64) -> Result<(), CaseError> {
    outbox::cancel(conn, NOTICE, &occasion(&row.number, version), "the decision was undone").await?;
    Ok(())
}

/// What the letters of cases stand under in the outbox.
const NOTICE: &str = "case";

/// The occasion of a move's letters.
fn occasion(number: &str, version: i64) -> String {
    format!("{number}/{version}")
}

/// Writes whom a case waits for a letter about it, in the transaction that notes it; how many letters.
pub(super) async fn remind(app: &App, conn: &mut Conn, open: &Open, now: Instant) -> Result<u64, CaseError> {
    let row = &open.row;
    let Some(to) = open.workflow().states.get(open.case.state).and_then(|state| state.waits_for) else { return Ok(0) };
    let mut mails = Vec::new();
    for reader in readers(conn, open, row, to, now).await? {
        let dedup = format!("remind|{}|{}|{}", row.id, row.version, reader.due.person);
        let said = Said { state: open.case.state, note: "", named: &open.case.named, asked: None, dedup };
        match letter(app, open, row, "case-reminder", said, &reader, now) {
            Ok(mail) => mails.push(mail),
            Err(why) => tracing::error!(case = row.number, why, "a reminder could not be written"),
        }
    }
    Ok(outbox::enqueue(conn, &mails.iter().collect::<Vec<_>>(), now).await?)
}

/// What a letter says of a case, and the name under which it is told once.
struct Said<'a> {
    state: usize,
    note: &'a str,
    named: &'a [usize],
    /// What the move (an index) asked for.
    asked: Option<(usize, &'a Filled)>,
    dedup: String,
}

async fn readers(
    conn: &mut Conn,
    open: &Open,
    row: &CaseRow,
    to: Party,
    now: Instant,
) -> Result<Vec<Reader>, CaseError> {
    let definition = &open.edition.definition;
    let today = definition.school.calendar.today(now);
    let (role, unit) = match to {
        Party::Applicant => {
            let reader = links::reader(conn, &row.applicant, today).await?;
            return Ok(reader
                .into_iter()
                .map(|reader| Reader {
                    due: DueTo { kind: Kind::Student, person: row.applicant.clone(), about: String::new() },
                    name: reader.name,
                    email: reader.email,
                    lang: Lang::parse(&reader.lang).unwrap_or_default(),
                    is_applicant: true,
                })
                .collect());
        }
        Party::OwnDepartment { role } => (role, None),
        Party::Unit { unit, role } => (role, Some(&definition.school.units[unit])),
    };
    let role = definition.school.roles[role].id.as_str();
    let mut out = Vec::new();
    for person in people::staff(conn).await? {
        let held = person.roles.iter().find(|(held, code)| {
            let holding = || Holding {
                role: held.clone(),
                unit: code.clone(),
                unit_name: code.clone(),
                college: String::new(),
                lent_by: String::new(),
            };
            held == role && unit.map_or(*code == row.department, |unit| is_unit(unit, &holding()))
        });
        let Some((_, code)) = held else { continue };
        let lang = links::reader(conn, &person.account, today).await?.and_then(|reader| Lang::parse(&reader.lang));
        out.push(Reader {
            due: DueTo { kind: Kind::Unit, person: person.account.clone(), about: code.clone() },
            name: person.name,
            email: person.email,
            lang: lang.unwrap_or_default(),
            is_applicant: false,
        });
    }
    Ok(out)
}

fn letter(
    app: &App,
    open: &Open,
    row: &CaseRow,
    template: &str,
    what: Said<'_>,
    reader: &Reader,
    now: Instant,
) -> Result<Mail, String> {
    let edition = &open.edition;
    if !may_write_to(edition, &reader.email) {
        return Err(format!("no mail may go to the address of {}", reader.due.person));
    }
    let (workflow, lang) = (open.workflow(), reader.lang);
    let day = edition.definition.school.calendar.today(now);
    let path = format!("/cases/{}", row.id);
    let about = about(&edition.definition, &app.settings.base_url, lang, day, &reader.name, &path, None);
    let said = CaseLetter {
        about: About { as_of: String::new(), ..about },
        number: row.number.clone(),
        title: workflow.title.get(lang).to_owned(),
        state: title(workflow, what.state, reader.is_applicant).get(lang).to_owned(),
        note: what.note.to_owned(),
        until: until(&edition.definition, &workflow.states[what.state], row, reader.is_applicant),
        named: what.named.iter().map(|field| workflow.fields[*field].label.get(lang).to_owned()).collect(),
        asked: what
            .asked
            .map(|(step, filled)| asked(&edition.definition.catalogues, workflow, step, filled, lang))
            .unwrap_or_default(),
    };
    let words = edition.templates.render_mail(template, lang, &said).map_err(|error| error.to_string())?;
    let envelope = Envelope {
        dedup: &what.dedup,
        notice: NOTICE,
        letter: template,
        occasion: &occasion(&row.number, row.version),
        due: &reader.due,
        to_name: &reader.name,
        to: &reader.email,
        lang,
        date: now,
    };
    envelope.close(edition, &app.settings, &words, None)
}

/// The last day on which the applicant can act before time ends it, for them alone; empty where there is none.
fn until(definition: &Definition, state: &State, row: &CaseRow, is_applicant: bool) -> String {
    let theirs = is_applicant && state.waits_for == Some(Party::Applicant);
    let since = from_stored(&row.waits_since).filter(|_| theirs);
    let last = since.and_then(|since| lapses(definition, state, since));
    last.map(|(day, _)| day.to_string()).unwrap_or_default()
}

/// What a move asked for, in words; a tick that is not set is left out.
fn asked(catalogues: &[Catalogue], workflow: &Workflow, step: usize, filled: &Filled, lang: Lang) -> Vec<Asked> {
    let fields = workflow.asks(step).into_iter().filter_map(|index| workflow.fields.get(index));
    fields
        .filter_map(|field| {
            let value = match shown(catalogues, field, filled.value(field), lang) {
                Shown::Text(text) | Shown::Amount(text) => text,
                Shown::Day(day) => day.to_string(),
                Shown::Yes => "✓".to_owned(),
                Shown::Entry { name, beside, .. } => [vec![name], beside].concat().join(" · "),
                Shown::Nothing | Shown::No | Shown::Files(_) | Shown::Cases(_) => return None,
            };
            Some(Asked { label: field.label.get(lang).to_owned(), value })
        })
        .collect()
}
