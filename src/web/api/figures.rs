//! Who the token acts as, a student's progress, statistics.

use serde_json::json;

use super::code::Code;
use super::problem::{At, Details, Refused};
use super::{Call, Given, ok};
use crate::app::progress;
use crate::app::report::{self, By, Question};
use crate::clock::{Day, parse_day};
use crate::render::words;
use crate::web::Fault;
use crate::web::student;

pub(super) async fn me(call: Call) -> Given {
    let viewer = call.viewer()?;
    let roles = &call.edition.definition.school.roles;
    let held = viewer.roles.iter().filter_map(|(index, unit)| {
        let role = roles.get(*index)?;
        Some(json!({ "id": role.id, "title": role.title.get(call.lang), "unit": unit }))
    });
    let token = call.holder.as_ref().map(|holder| {
        json!({
            "id": holder.token.id,
            "name": holder.token.name,
            "scopes": holder.token.scopes.split(' ').collect::<Vec<_>>(),
            "expires_at": holder.token.expires_at,
        })
    });
    ok(&json!({
        "account": viewer.account,
        "name": viewer.name,
        "student": viewer.is_student,
        "staff": viewer.is_staff,
        "roles": held.collect::<Vec<_>>(),
        "token": token,
    }))
}

/// As `menkan progress --json` says it; to an office by its own requirements alone.
pub(super) async fn progress(mut call: Call) -> Given {
    let (known, number) = (call.context.known(), call.param("student").to_owned());
    let seen = student::seen_of(&mut call.context, number, String::new()).await?;
    let (judged, shown) = (&seen.judged, |index: usize| seen.shows(index));
    ok(&progress::as_json(&known.edition.definition, judged, known.today, known.lang, shown))
}

/// As `menkan report pass-rates --format json` says it; of too few nothing is told.
pub(super) async fn statistics(mut call: Call) -> Given {
    let known = call.context.known();
    let (edition, viewer) = (known.edition.clone(), known.viewer()?);
    let by = known.asked("by").and_then(By::parse).unwrap_or_default();
    let mut question = Question::of_viewer(viewer, as_of(&call)?, by).ok_or(Fault::NotFound)?;
    question.college = known.asked("college").map(str::to_owned);
    question.department = known.asked("department").map(str::to_owned);
    let mut rates = report::pass_rates(call.context.conn().await?, &edition, &question).await?;
    rates.withhold(viewer);
    ok(&report::as_json(&edition.definition, &rates))
}

fn as_of(call: &Call) -> Result<Day, Refused> {
    let Some(text) = call.asked("as_of") else { return Ok(call.today) };
    let key = match parse_day(text) {
        Ok(day) if day <= call.today => return Ok(day),
        Ok(_) => "as-of-not-yet",
        Err(_) => "as-of-no-date",
    };
    let found: String = text.chars().take(40).collect();
    let said = words().say_with(call.lang, key, &[("found", &found)]);
    Err(Details::new(Code::Unfit).at(vec![At { name: "as_of".to_owned(), pointer: "?as_of".to_owned(), said }]).into())
}
