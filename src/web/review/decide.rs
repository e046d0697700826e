//! A case before whoever decides it: what it says and what proves it, what may be done with it, and
//! doing it. What is refused comes back with all that was typed.

use axum::http::StatusCode;

use super::page::{self, Extra};
use super::refused;
use crate::app::access_log;
use crate::app::case::{self, Asked, CaseError};
use crate::app::files;
use crate::case::Refusal;
use crate::render::pages::review::Review;
use crate::render::words;
use crate::web::cases::{asked, inputs};
use crate::web::context::Known;
use crate::web::{Answer, Context, Fault, Posted, nonce, show};

/// How long the pictures of what was revealed can be fetched, in seconds.
const SHOWN: i64 = 15 * 60;

pub(in crate::web) async fn show(mut context: Context) -> Answer {
    let extra = Extra { decided: context.asked("done").is_some(), ..Extra::default() };
    let page = page(&mut context, extra).await?;
    show::page(&context, &page)
}

/// The page of the case that the address names, as it now is.
async fn page(context: &mut Context, extra: Extra) -> Result<Review, Fault> {
    let (known, id) = (context.known(), context.param("case").to_owned());
    let viewer = known.viewer()?;
    let conn = context.conn().await?;
    let open = case::see(&known.web.app, conn, &id, viewer, known.now).await.map_err(not_there)?;
    // One's own draft is no case before a reviewer yet.
    if open.row.first_sent_at.is_empty() {
        return Err(Fault::NotFound);
    }
    page::of(&known, conn, &open, extra).await
}

fn not_there(error: CaseError) -> Fault {
    match refused::or_fault(error) {
        Ok(_) => Fault::NotFound,
        Err(fault) => fault,
    }
}

/// Makes the move whose button was pressed.
pub(in crate::web) async fn act(mut context: Context, posted: Posted) -> Answer {
    let known = context.known();
    let (viewer, id) = (known.viewer()?, context.param("case").to_owned());
    // By the edition that the case stands under, it is known what its moves ask for.
    let open = case::see(&known.web.app, context.conn().await?, &id, viewer, known.now).await.map_err(not_there)?;
    let step = open.workflow().step(posted.text("step")).map(|(step, _)| step);
    let answers = step.map(|step| inputs::typed_of_move(&posted, open.workflow(), step)).unwrap_or_default();
    if posted.text("step").is_empty() {
        let refused = Some(words().say(known.lang, "refused-step-needed"));
        let (note, ticked) = (posted.text("note").to_owned(), posted.all("named").map(str::to_owned).collect());
        let extra = Extra { refused, refused_at: "choice", note, ticked, ..Extra::default() };
        return show::page_with(&known, StatusCode::UNPROCESSABLE_ENTITY, &page(&mut context, extra).await?);
    }
    let named: Vec<&str> = posted.all("named").collect();
    // What would not be kept is told, and nothing is done.
    let described = step.and_then(|step| open.workflow().moves.get(step));
    let unkept = step.map(|step| asked::unkept(&open, step, &answers)).unwrap_or_default();
    if let Some(described) = described.filter(|step| !named.is_empty() && !step.names_fields) {
        let title = described.title.get(known.lang);
        let refused = Some(words().say_with(known.lang, "refused-fields-unused", &[("title", title)]));
        let extra = Extra { refused, refused_at: "fields", ..typed(&posted, &open) };
        return show::page_with(&known, StatusCode::UNPROCESSABLE_ENTITY, &page(&mut context, extra).await?);
    }
    if let Some(step) = step.filter(|_| !unkept.is_empty()) {
        let refused = Some(words().say(known.lang, "refused-form"));
        let extra =
            Extra { refused, refused_at: "asks", asked: Some((step, answers, unkept)), ..typed(&posted, &open) };
        return show::page_with(&known, StatusCode::UNPROCESSABLE_ENTITY, &page(&mut context, extra).await?);
    }
    context.release();
    let asked = Asked {
        step: posted.text("step"),
        seen: posted.text("seen").parse().map_err(|_| Fault::BadRequest)?,
        note: posted.text("note"),
        named: named.clone(),
        answers,
        nonce: posted.text("token"),
    };
    let outcome = case::act(&known.web.app, viewer, &id, &asked, known.now).await;
    match outcome {
        Ok(_) => show::see(&format!("/review/{id}?done=1")),
        Err(error) => {
            let refusal = refused::or_fault(error)?;
            let (status, text) = refused::told(&known, &refusal, asked.note);
            let wrong = match *refusal {
                Refusal::Form(ref wrong) => wrong.clone(),
                _ => Vec::new(),
            };
            let extra = Extra {
                asked: step.map(|step| (step, asked.answers.clone(), wrong)),
                refused: Some(text),
                refused_at: refused::at(&refusal),
                note: asked.note.to_owned(),
                ticked: named.into_iter().map(str::to_owned).collect(),
                ..Extra::default()
            };
            show::page_with(&known, status, &page(&mut context, extra).await?)
        }
    }
}

pub(in crate::web) async fn undo(mut context: Context, posted: Posted) -> Answer {
    let known = context.known();
    let (viewer, id) = (known.viewer()?, context.param("case").to_owned());
    context.release();
    let seen = posted.text("seen").parse().map_err(|_| Fault::BadRequest)?;
    match case::undo(&known.web.app, viewer, &id, seen, posted.text("token"), known.now).await {
        Ok(_) => show::see_saying(&known, &format!("/review/{id}"), "review-undone"),
        Err(error) => {
            let (status, text) = refused::told(&known, refused::or_fault(error)?.as_ref(), "");
            let extra = Extra { refused: Some(text), ..Extra::default() };
            show::page_with(&known, status, &page(&mut context, extra).await?)
        }
    }
}

/// Says what was found by looking at a check. The decision that is being written comes along and is shown
/// again as it was typed.
pub(in crate::web) async fn look(mut context: Context, posted: Posted) -> Answer {
    let known = context.known();
    let (viewer, id) = (known.viewer()?, context.param("case").to_owned());
    let open = case::see(&known.web.app, context.conn().await?, &id, viewer, known.now).await.map_err(not_there)?;
    let was_changed = posted.text("seen").parse().is_ok_and(|seen: i64| seen != open.row.version);
    let extra = typed(&posted, &open);
    context.release();
    let (check, verdict) = (known.asked("check").unwrap_or_default(), posted.text("verdict"));
    let looked = case::look(&known.web.app, viewer, &id, check, verdict, known.now).await;
    let (status, refused) = match looked.map_err(refused::or_fault) {
        Ok(()) if was_changed => (StatusCode::OK, Some(words().say(known.lang, "refused-stale"))),
        Ok(()) if extra.is_empty() => return show::see(&format!("/review/{id}#checks")),
        Ok(()) => (StatusCode::OK, None),
        Err(refusal) => {
            let (status, text) = refused::told(&known, refusal?.as_ref(), "");
            (status, Some(text))
        }
    };
    show::page_with(&known, status, &page(&mut context, Extra { refused, ..extra }).await?)
}

/// The decision as it was typed so far.
fn typed(posted: &Posted, open: &case::Open) -> Extra {
    let workflow = open.workflow();
    let step = workflow.step(posted.text("step")).map(|(step, _)| step);
    Extra {
        asked: step.map(|step| (step, inputs::typed_of_move(posted, workflow, step), Vec::new())),
        note: posted.text("note").to_owned(),
        ticked: posted.all("named").map(str::to_owned).collect(),
        ..Extra::default()
    }
}

/// Takes the case to work on.
pub(in crate::web) async fn claim(mut context: Context, _posted: Posted) -> Answer {
    let known = context.known();
    let id = context.param("case").to_owned();
    context.release();
    let refused = match case::claim(&known.web.app, known.viewer()?, &id, known.now).await {
        Ok(true) => return show::see_saying(&known, &format!("/review/{id}"), "review-claimed"),
        Ok(false) => (StatusCode::CONFLICT, words().say(known.lang, "claim-not-taken")),
        Err(error) => refused::told(&known, refused::or_fault(error)?.as_ref(), ""),
    };
    let extra = Extra { refused: Some(refused.1), ..Extra::default() };
    show::page_with(&known, refused.0, &page(&mut context, extra).await?)
}

pub(in crate::web) async fn release(mut context: Context, _posted: Posted) -> Answer {
    let known = context.known();
    let id = context.param("case").to_owned();
    context.release();
    case::release(&known.web.app, known.viewer()?, &id, known.now).await.map_err(not_there)?;
    show::see_saying(&known, &format!("/review/{id}"), "review-released")
}

/// Shows what is masked, once it was written down who saw it and why.
pub(in crate::web) async fn reveal(mut context: Context, posted: Posted) -> Answer {
    let known = context.known();
    let id = context.param("case").to_owned();
    let reason = posted.text("reason").trim().to_owned();
    if access_log::reason(&reason).is_none() {
        let extra = Extra { reason: Some(reason), ..Extra::default() };
        return show::page_with(&known, StatusCode::UNPROCESSABLE_ENTITY, &page(&mut context, extra).await?);
    }
    context.release();
    let revealed = match case::reveal(&known.web.app, known.viewer()?, &id, &reason, known.now).await {
        Ok((_, revealed)) => revealed,
        Err(error) => {
            let (status, text) = refused::told(&known, refused::or_fault(error)?.as_ref(), "");
            let extra = Extra { refused: Some(text), ..Extra::default() };
            return show::page_with(&known, status, &page(&mut context, extra).await?);
        }
    };
    let extra = Extra { revealed: Some(revealed), ..Extra::default() };
    show::page(&known, &page(&mut context, extra).await?)
}

/// The address of a private file that was just revealed: good for whoever asked, for a while.
pub(super) fn shown_address(known: &Known, case: &str, file: &str) -> String {
    let at = (known.now.timestamp() + SHOWN).to_string();
    let session = known.session.as_deref().unwrap_or_default();
    let seal = nonce::seal(&known.web.app.settings.secret, &["revealed", session, case, file, &at]);
    format!("/review/{case}/revealed/{file}?until={at}&seal={seal}")
}

/// A private file, by the address that came with its being revealed.
pub(in crate::web) async fn revealed(mut context: Context) -> Answer {
    let known = context.known();
    let (case, file) = (context.param("case").to_owned(), context.param("file").to_owned());
    let until = known.asked("until").unwrap_or_default();
    let session = known.session.as_deref().unwrap_or_default();
    let named = ["revealed", session, &case, &file, until];
    let is_right = nonce::is_seal(&known.web.app.settings.secret, &named, known.asked("seal").unwrap_or_default());
    let in_time = until.parse::<i64>().is_ok_and(|until| known.now.timestamp() <= until);
    if !is_right || !in_time {
        return Err(Fault::NotFound);
    }
    // The right is asked for again: a role may have been taken away since.
    let open = case::see(&known.web.app, context.conn().await?, &case, known.viewer()?, known.now).await;
    let open = open.map_err(not_there)?;
    if open.whose != case::Whose::Party {
        return Err(Fault::NotFound);
    }
    context.release();
    let opened = files::open(&known.web.app, &file).await.map_err(|error| Fault::Internal(error.to_string()))?;
    show::sent_file(opened.ok_or(Fault::NotFound)?)
}
