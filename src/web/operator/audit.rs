//! The audit log as a page, for whoever sees everything.

use chrono::NaiveTime;
use serde_json::Value;

use crate::app::{OPERATOR, SCHEDULE};
use crate::clock::parse_day;
use crate::render::pages::audit::{Audit, AuditChoice, AuditDetail, AuditLine};
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
    if words().has(&key) {
        return words().say(known.lang, &key);
    }
    let of_case = || {
        let (workflow, step) = action.split_once(' ')?;
        let (_, workflow) = known.edition.definition.workflow(workflow)?;
        let step = match (step, workflow.step(step)) {
            (_, Some((_, step))) => step.title.get(known.lang).to_owned(),
            ("undo", None) => words().say(known.lang, "history-undo"),
            (_, None) => return None,
        };
        Some(format!("{}{}{step}", workflow.title.get(known.lang), words().say(known.lang, "colon")))
    };
    of_case().unwrap_or_else(|| action.to_owned())
}

/// A value of the log as its readers say it: states of a case, exports, rounds and lists by their titles.
fn in_words(known: &Known, action: &str, detail: AuditDetail) -> AuditDetail {
    if matches!(action, "export cases" | "export private data") {
        let value = exported(known, &detail.value).unwrap_or(detail.value);
        return AuditDetail { value, ..detail };
    }
    if action.ends_with(" list") {
        let value = listed(known, &detail.value).unwrap_or(detail.value);
        return AuditDetail { value, ..detail };
    }
    let workflow = action.split_once(' ').and_then(|(id, _)| known.edition.definition.workflow(id));
    let state = workflow.and_then(|(_, workflow)| workflow.state(&detail.value));
    let value = state.map_or(detail.value, |(_, state)| state.title.get(known.lang).to_owned());
    AuditDetail { value, ..detail }
}

/// `award passed 115-2`: the workflow, its export and the round.
fn exported(known: &Known, written: &str) -> Option<String> {
    let mut parts = written.splitn(3, ' ');
    let (_, workflow) = known.edition.definition.workflow(parts.next()?)?;
    let export = parts.next()?;
    let export = workflow.exports.iter().find(|one| one.id == export)?;
    let round = parts.next().unwrap_or_default();
    let rounds = workflow.windows.map(|index| known.edition.definition.windows[index].rounds.as_slice());
    let titled = rounds.unwrap_or_default().iter().find(|one| one.id == round);
    let round = titled.map_or(round, |one| one.title.get(known.lang));
    Some(format!("{} {} {round}", workflow.title.get(known.lang), export.title.get(known.lang)))
}

/// `standards|D1|115-1`: the list, its department and its term.
fn listed(known: &Known, written: &str) -> Option<String> {
    let mut parts = written.split('|');
    let id = parts.next()?;
    let list = known.edition.definition.catalogues.iter().find(|one| one.id == id)?;
    let rest = parts.filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
    Some(format!("{} {rest}", list.title.get(known.lang)).trim_end().to_owned())
}

fn line(known: &Known, row: AuditRow) -> AuditLine {
    AuditLine {
        seq: row.seq,
        at: from_stored(&row.at).map_or_else(|| row.at.clone(), |at| show::stamp(known, at)),
        actor: by(known, row.actor),
        action: said(known, &row.action),
        details: details(known, &row.detail).into_iter().map(|detail| in_words(known, &row.action, detail)).collect(),
    }
}

/// Who did it: an account, or the system itself.
fn by(known: &Known, actor: String) -> String {
    match actor.as_str() {
        OPERATOR => words().say(known.lang, "audit-by-operator"),
        SCHEDULE => words().say(known.lang, "audit-by-schedule"),
        _ => actor,
    }
}

/// So many of many names are shown; the log has them all.
const NAMED: usize = 20;

/// What the log says, name by name; what is no object as it is.
fn details(known: &Known, text: &str) -> Vec<AuditDetail> {
    let mut out = Vec::new();
    match serde_json::from_str::<Value>(text) {
        Ok(Value::Object(parts)) => parts.iter().for_each(|(name, value)| tell(known, name, value, &mut out)),
        Ok(_) | Err(_) if text.is_empty() => {}
        Ok(_) | Err(_) => out.push(AuditDetail { name: String::new(), value: text.to_owned() }),
    }
    out
}

fn tell(known: &Known, name: &str, value: &Value, out: &mut Vec<AuditDetail>) {
    let plain = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let value = match value {
        Value::Null => return,
        Value::Object(parts) => return parts.iter().for_each(|(name, value)| tell(known, name, value, out)),
        Value::Array(all) => {
            let mut shown: Vec<String> = all.iter().take(NAMED).map(plain).collect();
            if all.len() > NAMED {
                shown.push(words().say_with(known.lang, "audit-more", &[("count", &(all.len() - NAMED).to_string())]));
            }
            shown.join(&words().say(known.lang, "separator"))
        }
        Value::Bool(_) | Value::Number(_) | Value::String(_) => plain(value),
    };
    let key = format!("audit-key-{}", name.replace(['_', ' '], "-"));
    let name = if words().has(&key) { words().say(known.lang, &key) } else { name.to_owned() };
    out.push(AuditDetail { name, value });
}
