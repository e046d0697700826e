//! The audit log as a page, for whoever sees everything.

use chrono::NaiveTime;

use crate::clock::parse_day;
use crate::render::pages::audit::{Audit, AuditChoice, AuditLine};
use crate::render::words;
use crate::store::audit::{self, AuditRow, Filter};
use crate::store::{from_stored, stored};
use crate::web::context::{Known, encode};
use crate::web::{Answer, Context, show};

const AT_ONCE: i64 = 50;

pub(in crate::web) async fn list(mut context: Context) -> Answer {
    let asked = |name: &str| context.asked(name).unwrap_or_default().trim().to_owned();
    let (actor, action, day) = (asked("actor"), asked("action"), asked("day"));
    let calendar = &context.edition.definition.school.calendar;
    let day = parse_day(&day).ok();
    let filter = Filter {
        between: day.map(|day| (stored(calendar.instant(day, NaiveTime::MIN)), stored(calendar.end_of(day)))),
        before: context.asked("before").and_then(|text| text.parse().ok()),
        actor,
        action,
    };
    let conn = context.conn().await?;
    let mut rows = audit::list(conn, &filter, AT_ONCE + 1).await?;
    let actions = audit::actions(conn).await?;
    let more = rows.len() as i64 > AT_ONCE;
    rows.truncate(AT_ONCE as usize);
    let day = day.map(|day| day.to_string()).unwrap_or_default();
    let older = rows.last().filter(|_| more).map(|last| {
        let (actor, action) = (encode(&filter.actor), encode(&filter.action));
        format!("/audit?actor={actor}&action={action}&day={day}&before={}", last.seq)
    });
    let page = Audit {
        actions: actions
            .into_iter()
            .map(|action| AuditChoice { label: said(&context, &action), chosen: action == filter.action, action })
            .collect(),
        actor: filter.actor,
        day,
        rows: rows.into_iter().map(|row| line(&context, row)).collect(),
        older,
    };
    show::page(&context, &page)
}

/// An action in the reader's language; what a school's own cases do is said as they say it.
fn said(known: &Known, action: &str) -> String {
    let key = format!("audit-{}", action.replace(' ', "-"));
    if words().has(&key) { words().say(known.lang, &key) } else { action.to_owned() }
}

fn line(known: &Known, row: AuditRow) -> AuditLine {
    AuditLine {
        seq: row.seq,
        at: from_stored(&row.at).map_or_else(|| row.at.clone(), |at| show::moment(known, at)),
        actor: row.actor,
        action: said(known, &row.action),
        detail: row.detail,
    }
}
