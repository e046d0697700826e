//! An applicant's move beside sending, with its note; taking one back; throwing a draft away.

use axum::http::StatusCode;

use super::follows::follows;
use super::parts::{self, said};
use super::{inputs, is_draft, one, own, sends};
use crate::app::case::{self, Asked, CaseError, Open};
use crate::case::Refusal;
use crate::definition::case::Note;
use crate::render::pages::cases::Pointed;
use crate::render::pages::step::Step;
use crate::render::words;
use crate::web::context::Known;
use crate::web::{Answer, Context, Fault, Posted, show};

/// A move before it is made.
pub(in crate::web) async fn ask(mut context: Context) -> Answer {
    let open = own(&mut context).await?;
    let (step, _) = open.workflow().step(context.param("move")).ok_or(Fault::NotFound)?;
    if sends(&open).contains(&step) {
        return show::see(&format!("/cases/{}/check", open.row.id));
    }
    if let Err(refusal) = crate::case::may(&open.setting(), &open.case, &open.actor, step) {
        let refused = parts::refused(&context, &refusal, "");
        return one::refused(&mut context, &open, refused).await;
    }
    show::page(&context, &page(&context, &open, step))
}

pub(in crate::web) async fn act(mut context: Context, posted: Posted) -> Answer {
    let open = own(&mut context).await?;
    let (step, described) = open.workflow().step(context.param("move")).ok_or(Fault::NotFound)?;
    if sends(&open).contains(&step) {
        return show::see(&format!("/cases/{}/check", open.row.id));
    }
    context.release();
    let note = posted.text("note").replace("\r\n", "\n");
    let answers = inputs::typed_of_move(&posted, open.workflow(), step);
    let asked = Asked {
        step: &described.id,
        seen: posted.text("version").parse().unwrap_or_default(),
        note: &note,
        named: Vec::new(),
        answers,
        nonce: posted.text("token"),
    };
    let known = context.known();
    match case::act(&known.web.app, known.viewer()?, &open.row.id, &asked, known.now).await {
        Ok(done) => show::see(&format!("/cases/{}", done.id)),
        Err(CaseError::Refused(refusal)) => match *refusal {
            Refusal::NoteNeeded | Refusal::NoteTooLong { .. } => {
                let wrong = parts::refused(&known, &refusal, &note).join(" ");
                let asks = inputs::of_move(&known, &open, step, Some(&asked.answers), &[]);
                let wrongs = vec![Pointed { to: "note".to_owned(), text: wrong.clone() }];
                let page = Step { wrong, wrongs, typed: note.clone(), asks, ..page(&known, &open, step) };
                show::page_with(&known, StatusCode::UNPROCESSABLE_ENTITY, &page)
            }
            Refusal::Form(wrong) if !open.workflow().asks(step).is_empty() => {
                let asks = inputs::of_move(&known, &open, step, Some(&asked.answers), &wrong);
                let wrongs = inputs::pointed_at(&asks);
                let page = Step { wrongs, typed: note.clone(), asks, ..page(&known, &open, step) };
                show::page_with(&known, StatusCode::UNPROCESSABLE_ENTITY, &page)
            }
            refusal => not_done(&mut context, &refusal).await,
        },
        Err(error) => Err(error.into()),
    }
}

pub(in crate::web) async fn undo(mut context: Context, posted: Posted) -> Answer {
    let open = own(&mut context).await?;
    context.release();
    let seen = posted.text("version").parse().unwrap_or_default();
    let known = context.known();
    let (app, nonce) = (&known.web.app, posted.text("token"));
    match case::undo(app, known.viewer()?, &open.row.id, seen, nonce, known.now).await {
        Ok(done) => show::see(&format!("/cases/{}", done.id)),
        Err(CaseError::Refused(refusal)) => not_done(&mut context, &refusal).await,
        Err(error) => Err(error.into()),
    }
}

/// The case as it now is, with why nothing was done.
async fn not_done(context: &mut Context, refusal: &Refusal) -> Answer {
    let open = own(context).await?;
    match refusal {
        Refusal::Stale => one::conflict(context, &open).await,
        other => {
            let refused = parts::refused(context, other, "");
            one::refused(context, &open, refused).await
        }
    }
}

/// Throwing a draft away, before it is done.
pub(in crate::web) async fn ask_discard(mut context: Context) -> Answer {
    let open = own(&mut context).await?;
    if !is_draft(&open) {
        return show::see(&format!("/cases/{}", open.row.id));
    }
    let page = Step {
        action: format!("/cases/{}/discard", open.row.id),
        step: words().say(context.lang, "case-discard"),
        discard: true,
        danger: true,
        ..blank(&context, &open)
    };
    show::page(&context, &page)
}

pub(in crate::web) async fn discard(mut context: Context, posted: Posted) -> Answer {
    let open = own(&mut context).await?;
    context.release();
    let seen = posted.text("version").parse().unwrap_or_default();
    let known = context.known();
    match case::discard(&known.web.app, known.viewer()?, &open.row.id, seen, known.now).await {
        Ok(()) => show::see_saying(&known, "/cases", "case-discarded"),
        Err(CaseError::Refused(_)) => {
            let open = own(&mut context).await?;
            one::conflict(&mut context, &open).await
        }
        Err(error) => Err(error.into()),
    }
}

fn page(known: &Known, open: &Open, step: usize) -> Step {
    let link = one::link(known, open, step);
    let asks = inputs::of_move(known, open, step, None, &[]);
    let follows = match case::would(open, step) {
        Ok(made) => follows(known, open, &made),
        Err(refusal) => parts::refused(known, &refusal, "").join(&words().say(known.lang, "full-stop")),
    };
    let step = &open.workflow().moves[step];
    let is_for_good = open.workflow().states[step.to].ends.is_some();
    Step {
        follows,
        undo: is_for_good.then(|| step.undo_minutes.unwrap_or_default()),
        action: link.href,
        step: link.title,
        danger: link.danger,
        note: match step.note {
            Note::None => "none",
            Note::Optional => "optional",
            Note::Needed => "needed",
        },
        letters: step.note_letters,
        asks,
        ..blank(known, open)
    }
}

fn blank(known: &Known, open: &Open) -> Step {
    Step {
        id: open.row.id.clone(),
        number: open.row.number.clone(),
        title: said(&open.workflow().title, known.lang),
        version: open.row.version,
        action: String::new(),
        step: String::new(),
        discard: false,
        danger: false,
        note: "none",
        letters: 0,
        typed: String::new(),
        wrong: String::new(),
        wrongs: Vec::new(),
        asks: Vec::new(),
        follows: String::new(),
        undo: None,
    }
}
