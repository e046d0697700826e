//! Checks that no rule answers: somebody looks, and says what they found.

use super::see::{self, Open};
use super::{CaseError, act};
use crate::app::App;
use crate::app::access::Viewer;
use crate::case::{self, Checked, Filled, Refusal, Verdict};
use crate::clock::Instant;
use crate::definition::case::End;
use crate::store::looks::{self, Look};
use crate::store::stored;

/// A check of a case, by whoever looked at it where no rule answers.
pub struct Looked<'a> {
    pub checked: Checked,
    pub by: Option<&'a Look>,
}

/// Every check of a case. One that nobody looked at before the case was over is no longer to be looked at.
pub fn checks<'a>(open: &'a Open, filled: &Filled) -> Vec<Looked<'a>> {
    let workflow = open.workflow();
    let ends: Option<End> = workflow.states.get(open.case.state).and_then(|state| state.ends);
    let all = case::checks(&open.setting(), filled).into_iter();
    all.map(|mut checked| {
        let id = workflow.checks.get(checked.check).map(|check| check.id.as_str());
        let by = open.looks.iter().find(|look| Some(look.check.as_str()) == id && !look.verdict.is_empty());
        let by = by.filter(|_| checked.verdict == Verdict::Look);
        checked.verdict = match (by.map(|look| look.verdict.as_str()), checked.verdict, ends) {
            (Some("right"), _, _) => Verdict::Right,
            (Some(_), _, _) => Verdict::Wrong,
            (None, Verdict::Look, Some(_)) => Verdict::Unseen,
            (None, verdict, _) => verdict,
        };
        Looked { checked, by }
    })
    .collect()
}

/// Says what somebody found who looked at a check of a case that they could decide: `right`, `wrong`, or
/// empty where it is to be looked at again.
pub async fn look(
    app: &App,
    viewer: &Viewer,
    id: &str,
    check: &str,
    verdict: &str,
    now: Instant,
) -> Result<(), CaseError> {
    let mut conn = app.db.begin().await?;
    let viewer = act::by_now(app, &mut conn, viewer, now).await?;
    let open = see::see(app, &mut conn, id, &viewer, now).await?;
    if case::moves(&open.setting(), &open.case, &open.actor).is_empty() {
        return Err(Refusal::NotTheirs.into());
    }
    let is_one = open.workflow().checks.iter().any(|one| one.id == check);
    if !is_one || !matches!(verdict, "right" | "wrong" | "") {
        return Err(CaseError::NotFound);
    }
    let look = Look {
        check: check.to_owned(),
        verdict: verdict.to_owned(),
        actor: viewer.account.clone(),
        actor_name: viewer.name.clone(),
        at: stored(now),
    };
    if !looks::add(&mut conn, id, &look).await? {
        return Err(Refusal::Stale.into());
    }
    Ok(conn.commit().await?)
}
