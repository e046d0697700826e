//! What time does to cases: it reminds whom one waits for, once a stay in a state, and makes the move
//! that a state lapses into. Run as often as one likes, late or by two at once, each happens once.

use serde_json::json;

use super::act::{self, By};
use super::{CaseError, dates, former, instant, letters, see};
use crate::app::{App, Edition};
use crate::case::{self, Refusal, Wish};
use crate::clock::{Day, Instant};
use crate::definition::Definition;
use crate::definition::case::State;
use crate::store::deadlines::{self, Over, Stay};
use crate::store::{audit, cases, stored};

/// The hour from which a reminder goes out on its day.
const MORNING: u32 = 8;

/// How long a form that was answered is remembered: sent again within it, it does nothing twice.
pub const REMEMBERED: chrono::Duration = chrono::Duration::days(1);

/// Forgets forms that were answered long ago; how many.
pub async fn forget(app: &App, now: Instant) -> Result<u64, CaseError> {
    let mut conn = app.db.begin().await?;
    let forgotten = cases::forget_requests(&mut conn, now - REMEMBERED).await?;
    conn.commit().await?;
    Ok(forgotten)
}

/// Whether anything is done, or only told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Run {
    Do,
    /// Nothing is written.
    Dry,
}

/// What a run did or would do, by the cases' numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ticked {
    pub reminded: Vec<String>,
    /// (number, move)
    pub moved: Vec<(String, String)>,
    /// Letters about dates of rounds.
    pub dates: u64,
}

/// Does what is due by `now`. A case of which something fails is logged and left for the next run.
pub async fn tick(app: &App, now: Instant, run: Run) -> Result<Ticked, CaseError> {
    let mut ticked = Ticked::default();
    let kinds = deadlines::kinds(&mut app.db.read().await?).await?;
    for (workflow, edition, state) in kinds {
        let stays = {
            let mut conn = app.db.read().await?;
            let edition = match former::edition(app, &mut conn, &edition).await {
                Ok(edition) => edition,
                Err(error) => {
                    tracing::error!(edition, %error, "cases of it cannot be reminded of");
                    continue;
                }
            };
            let Some((_, described)) = edition.definition.workflow(&workflow) else { continue };
            let Some((_, described)) = described.state(&state) else { continue };
            if described.remind_after.is_none() && described.lapse.is_none() {
                continue;
            }
            let over = over(&edition, described, now);
            let stays = deadlines::stays(&mut conn, &workflow, &edition.definition.edition, &state, &over).await?;
            stays
                .into_iter()
                .filter_map(|stay| due(&edition, described, &stay, now).map(|due| (stay, due)))
                .collect::<Vec<_>>()
        };
        for (stay, due) in stays {
            if let Err(error) = one(app, &stay, due, now, run, &mut ticked).await {
                tracing::error!(case = stay.number, %error, "time could not act on a case");
            }
        }
    }
    if run == Run::Do {
        ticked.dates = dates::tick(app, now).await?;
    }
    Ok(ticked)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Due {
    Reminder,
    /// A move (an index).
    Lapse(usize),
}

/// The last day of a stay in a state before time ends it, theirs whole, and the move (an index) that does.
pub fn lapses(definition: &Definition, state: &State, since: Instant) -> Option<(Day, usize)> {
    let (days, step) = state.lapse?;
    let first = definition.school.calendar.today(since);
    Some((first.checked_add_days(chrono::Days::new(days.into()))?, step))
}

/// What is due of a case that is in a state; a lapse before a reminder.
fn due(edition: &Edition, state: &State, stay: &Stay, now: Instant) -> Option<Due> {
    let calendar = &edition.definition.school.calendar;
    let since = calendar.today(instant(&stay.since));
    if let Some((last, step)) = lapses(&edition.definition, state, instant(&stay.since))
        && now >= calendar.end_of(last)
    {
        return Some(Due::Lapse(step));
    }
    let day = calendar.working_days_after(since, state.remind_after?);
    let morning = chrono::NaiveTime::from_hms_opt(MORNING, 0, 0)?;
    (!stay.reminded && now >= calendar.instant(day, morning)).then_some(Due::Reminder)
}

/// Which stays may be due by now: those that began before these moments.
fn over(edition: &Edition, state: &State, now: Instant) -> Over {
    let calendar = &edition.definition.school.calendar;
    let today = calendar.today(now);
    // A working day is at least a day.
    let before = |days: u32| Some(stored(calendar.end_of(today.checked_sub_days(chrono::Days::new(days.into()))?)));
    let lapse = state.lapse.and_then(|(days, _)| before(days));
    let remind = state.remind_after.and_then(before);
    Over { lapse: lapse.unwrap_or_default(), remind: remind.unwrap_or_default() }
}

async fn one(app: &App, stay: &Stay, due: Due, now: Instant, run: Run, ticked: &mut Ticked) -> Result<(), CaseError> {
    let mut conn = match run {
        Run::Do => app.db.begin().await?,
        Run::Dry => app.db.read().await?,
    };
    let open = see::for_time(app, &mut conn, &stay.id, now).await?;
    // Somebody moved it since it was looked up.
    if open.row.version != stay.version {
        return Ok(());
    }
    match due {
        Due::Reminder => {
            if run == Run::Do {
                if !deadlines::remind(&mut conn, &stay.id, stay.version, now).await? {
                    return Ok(());
                }
                letters::remind(app, &mut conn, &open, now).await?;
                conn.commit().await?;
            }
            ticked.reminded.push(stay.number.clone());
        }
        Due::Lapse(step) => {
            let wish = Wish { step, seen: stay.version, ..Wish::default() };
            let made = case::decide(&open.setting(), &open.case, &open.actor, &wish)?;
            if run == Run::Do {
                match act::save(app, &mut conn, By::default(), &open, &made, now).await {
                    Ok(()) => {
                        let (from, to) = (&open.row.state, &open.workflow().states[made.to].id);
                        let detail = json!({ "case": open.row.number, "from": from, "to": to }).to_string();
                        let action = format!("{} {}", open.workflow().id, open.workflow().moves[step].id);
                        audit::add(&mut conn, &app.chain, &stored(now), "", &action, &detail).await?;
                        conn.commit().await?;
                    }
                    Err(CaseError::Refused(refusal)) if matches!(*refusal, Refusal::Stale) => return Ok(()),
                    Err(error) => return Err(error),
                }
            }
            ticked.moved.push((stay.number.clone(), open.workflow().moves[step].id.clone()));
        }
    }
    Ok(())
}
