//! Reminders of the further dates of rounds: each person of whom a date reminds gets one letter about it,
//! which says how many cases still wait for them.

use super::CaseError;
use crate::app::App;
use crate::app::access::is_unit;
use crate::app::envelope::{Envelope, may_write_to};
use crate::app::notice::letters::about;
use crate::clock::Instant;
use crate::definition::Definition;
use crate::definition::case::{Party, Round, RoundDate, Windows};
use crate::lang::Lang;
use crate::render::letters::{About, DateLetter};
use crate::store::access::Holding;
use crate::store::outbox::{self, DueTo, Kind};
use crate::store::people::StaffRecord;
use crate::store::{Conn, deadlines, links, people};

/// The hour from which a reminder goes out on its day.
const MORNING: u32 = 8;

/// Writes what is due by `now` and was not written yet; how many letters.
pub(super) async fn tick(app: &App, now: Instant) -> Result<u64, CaseError> {
    let edition = app.edition.load_full();
    let definition = &edition.definition;
    let mut written = 0;
    for windows in &definition.windows {
        for round in &windows.rounds {
            for date in &round.dates {
                if is_due(definition, date, now) {
                    written += remind(app, definition, windows, round, date, now).await?;
                }
            }
        }
    }
    Ok(written)
}

/// From the morning of its day until the date is over.
fn is_due(definition: &Definition, date: &RoundDate, now: Instant) -> bool {
    let calendar = &definition.school.calendar;
    let Some((_, days)) = date.reminds else { return false };
    let morning = chrono::NaiveTime::from_hms_opt(MORNING, 0, 0).unwrap_or_default();
    calendar.instant(calendar.working_days_before(date.on, days), morning) <= now && now < calendar.end_of(date.on)
}

async fn remind(
    app: &App,
    definition: &Definition,
    windows: &Windows,
    round: &Round,
    date: &RoundDate,
    now: Instant,
) -> Result<u64, CaseError> {
    let name = format!("{}/{}/{}", windows.id, round.id, date.id);
    let mut conn = app.db.read().await?;
    let done = deadlines::reminded_of_date(&mut conn, &name).await?;
    let staff = people::staff(&mut conn).await?;
    drop(conn);
    let mut written = 0;
    for person in staff.iter().filter(|person| !done.contains(&person.account)) {
        let units = held(definition, date, person);
        if units.is_empty() {
            continue;
        }
        let mut tx = app.db.begin().await?;
        if !deadlines::remind_of_date(&mut tx, &name, &person.account, now).await? {
            continue;
        }
        match letter(app, &mut tx, windows, round, date, person, &units, now).await? {
            Ok(mail) => written += outbox::enqueue(&mut tx, &[&mail], now).await?,
            Err(why) => tracing::error!(date = name, why, "a reminder of a date could not be written"),
        }
        tx.commit().await?;
    }
    Ok(written)
}

/// The roles and units by which a date reminds someone.
fn held(definition: &Definition, date: &RoundDate, person: &StaffRecord) -> Vec<(String, String)> {
    let Some((party, _)) = date.reminds else { return Vec::new() };
    let role = |index: usize| definition.school.roles.get(index).map(|role| role.id.as_str()).unwrap_or_default();
    let fits = |held: &str, code: &str| match party {
        Party::Applicant => false,
        Party::OwnDepartment { role: wanted } => role(wanted) == held && !code.is_empty(),
        Party::Unit { unit, role: wanted } => {
            let holding = Holding {
                role: held.to_owned(),
                unit: code.to_owned(),
                unit_name: code.to_owned(),
                college: String::new(),
                lent_by: String::new(),
            };
            role(wanted) == held && definition.school.units.get(unit).is_some_and(|unit| is_unit(unit, &holding))
        }
    };
    person.roles.iter().filter(|(held, code)| fits(held, code)).cloned().collect()
}

#[allow(clippy::too_many_arguments)]
async fn letter(
    app: &App,
    conn: &mut Conn,
    windows: &Windows,
    round: &Round,
    date: &RoundDate,
    person: &StaffRecord,
    units: &[(String, String)],
    now: Instant,
) -> Result<Result<outbox::Mail, String>, CaseError> {
    let edition = app.edition.load_full();
    let definition = &edition.definition;
    if !may_write_to(&edition, &person.email) {
        return Ok(Err(format!("no mail may go to the address of {}", person.account)));
    }
    let mut waiting = 0;
    let of_round = |workflow: &&crate::definition::case::Workflow| {
        workflow.windows.and_then(|index| definition.windows.get(index)).is_some_and(|known| known.id == windows.id)
    };
    for workflow in definition.workflows.iter().filter(of_round) {
        for (role, code) in units {
            let unit = definition.school.units.iter().find(|unit| {
                let holding = Holding {
                    role: role.clone(),
                    unit: code.clone(),
                    unit_name: code.clone(),
                    college: String::new(),
                    lent_by: String::new(),
                };
                is_unit(unit, &holding)
            });
            let code = unit.map_or(code.as_str(), |unit| unit.id.as_str());
            let rounds = deadlines::waiting_rounds(conn, &workflow.id, role, code).await?;
            waiting += rounds.iter().filter(|rounds| rounds.split(',').any(|id| id == round.id)).count();
        }
    }
    let day = definition.school.calendar.today(now);
    let lang = links::reader(conn, &person.account, day).await?.and_then(|reader| Lang::parse(&reader.lang));
    let lang = lang.unwrap_or_default();
    let about = about(definition, &app.settings.base_url, lang, day, &person.name, "/queue", None);
    let said = DateLetter {
        about: About { as_of: String::new(), ..about },
        round: round.title.get(lang).to_owned(),
        title: date.title.get(lang).to_owned(),
        on: date.on.to_string(),
        waiting,
    };
    let words = match edition.templates.render_mail("date-reminder", lang, &said) {
        Ok(words) => words,
        Err(error) => return Ok(Err(error.to_string())),
    };
    let occasion = format!("{}/{}/{}", windows.id, round.id, date.id);
    let unit = units.first().map(|(_, code)| code.clone()).unwrap_or_default();
    let due = DueTo { kind: Kind::Unit, person: person.account.clone(), about: unit };
    let envelope = Envelope {
        dedup: &format!("date|{occasion}|{}", person.account),
        notice: "date",
        letter: "date-reminder",
        occasion: &occasion,
        due: &due,
        to_name: &person.name,
        to: &person.email,
        lang,
        date: now,
    };
    Ok(envelope.close(&edition, &app.settings, &words, None))
}
