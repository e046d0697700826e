//! One move on several cases: first what would happen to each, then what did.

use axum::http::StatusCode;

use super::state_title;
use super::{queue, refused};
use crate::app::case::{self, Asked, CaseError, Rehearsed};
use crate::case::{Raw, Refusal, Wrong};
use crate::definition::case::{Move, Note, Workflow};
use crate::render::pages::cases::Pointed;
use crate::render::pages::queue::{Bulk, BulkCase, Span};
use crate::render::words;
use crate::store::people::{self, UnitRecord};
use crate::web::cases::follows::{becomes, follows};
use crate::web::cases::{asked, inputs, parts};
use crate::web::context::Known;
use crate::web::{Answer, Context, Fault, Posted, show};

const AT_ONCE: usize = 50;

/// What would happen to each of the chosen cases. Nothing is changed.
pub(in crate::web) async fn rehearse(mut context: Context, posted: Posted) -> Answer {
    if let Err(Fault::Unfit(wrong)) = chosen(&context.known(), &posted) {
        let ids: Vec<&str> = posted.all("case").filter_map(|text| Some(text.split_once(':')?.0)).collect();
        return queue::again(&mut context, posted.text("list"), &ids, wrong).await;
    }
    let page = prepared(&mut context, &posted, None).await?;
    show::page(&context, &page)
}

/// The page before it is done. `asked` is what was typed to the move, and what of it is wrong for a case
/// that it was tried on.
async fn prepared(context: &mut Context, posted: &Posted, asked: Option<(&Raw, &[Wrong])>) -> Result<Bulk, Fault> {
    let known = context.known();
    let (workflow, step) = wanted(&known, posted)?;
    let chosen = chosen(&known, posted)?;
    let viewer = known.viewer()?;
    let units = people::units(context.conn().await?).await?;
    context.release();
    let rehearsed =
        case::rehearse(&known.web.app, viewer, &workflow.id, &step.id, &chosen, known.now).await.map_err(fault)?;
    let cases: Vec<BulkCase> = rehearsed.iter().map(|one| would(&known, &units, one, workflow)).collect();
    let first = rehearsed.iter().filter_map(|one| one.case.as_ref()).find(|(_, made)| made.is_ok());
    let asks = first.and_then(|(open, _)| {
        let (index, _) = open.workflow().step(&step.id)?;
        let (typed, wrong) = asked.map_or((None, [].as_slice()), |(typed, wrong)| (Some(typed), wrong));
        Some(inputs::of_move(&known, open, index, typed, wrong))
    });
    Ok(Bulk { asks: asks.unwrap_or_default(), ..page(&known, workflow, step, cases) })
}

fn fault(error: CaseError) -> Fault {
    match refused::or_fault(error) {
        Ok(_) => Fault::Conflict(None),
        Err(fault) => fault,
    }
}

/// Makes the move on each of the cases that were confirmed; each is a transaction of its own.
pub(in crate::web) async fn act(mut context: Context, posted: Posted) -> Answer {
    let known = context.known();
    let (workflow, step) = wanted(&known, &posted)?;
    let chosen = chosen(&known, &posted)?;
    let (viewer, note) = (known.viewer()?, posted.text("note"));
    let index = workflow.step(&step.id).map(|(index, _)| index).unwrap_or_default();
    let answers = inputs::typed_of_move(&posted, workflow, index);
    let length = note.trim().chars().count();
    let wrong = match step.note {
        Note::Needed if length == 0 => Some(Refusal::NoteNeeded),
        Note::Needed | Note::Optional if length > step.note_letters => {
            Some(Refusal::NoteTooLong { most: step.note_letters })
        }
        Note::Needed | Note::Optional | Note::None => None,
    };
    if let Some(wrong) = wrong {
        let (status, text) = refused::told(&known, &wrong, note);
        let asked = Some((&answers, [].as_slice()));
        let wrongs = vec![Pointed { to: "note".to_owned(), text: text.clone() }];
        let page = prepared(&mut context, &posted, asked).await?;
        let page = Bulk { wrongs, note_wrong: text, typed: note.to_owned(), ..page };
        return show::page_with(&known, status, &page);
    }
    let units = people::units(context.conn().await?).await?;
    context.release();
    let before =
        case::rehearse(&known.web.app, viewer, &workflow.id, &step.id, &chosen, known.now).await.map_err(fault)?;
    // What is wrong with what the move asks for is told before it is made on any.
    let wrong = before.iter().filter_map(|one| one.case.as_ref()).find_map(|(open, made)| {
        let (index, _) = open.workflow().step(&step.id).filter(|_| made.is_ok())?;
        let wrong = case::wrong_of_move(open, index, &answers);
        Some(if wrong.is_empty() { asked::unkept(open, index, &answers) } else { wrong })
            .filter(|wrong| !wrong.is_empty())
    });
    if let Some(wrong) = wrong {
        let asked = Some((&answers, wrong.as_slice()));
        let page = prepared(&mut context, &posted, asked).await?;
        let page = Bulk { wrongs: inputs::pointed_at(&page.asks), typed: note.to_owned(), ..page };
        return show::page_with(&known, StatusCode::UNPROCESSABLE_ENTITY, &page);
    }
    let mut cases = Vec::new();
    for one in before {
        let row = would(&known, &units, &one, workflow);
        if one.case.as_ref().is_some_and(|(open, _)| open.row.workflow != workflow.id) {
            cases.push(row);
            continue;
        }
        let nonce = format!("{}|{}", posted.text("token"), one.id);
        let answers = answers.clone();
        let asked = Asked { step: &step.id, seen: one.seen, note, answers, nonce: &nonce, ..Asked::default() };
        let outcome = case::act(&known.web.app, viewer, &one.id, &asked, known.now).await;
        cases.push(match outcome {
            Ok(done) if done.repeated => {
                BulkCase { included: true, what: words().say(known.lang, "bulk-replayed"), ..row }
            }
            Ok(_) => {
                let open = one.case.as_ref().map(|(open, _)| open);
                let what = open.map(|open| becomes(&known, open.workflow(), step.to)).unwrap_or_default();
                // The case stands there by now.
                let state = workflow.states.get(step.to).map(|state| state.title.get(known.lang).to_owned());
                BulkCase { included: true, what, state: state.unwrap_or_default(), ..row }
            }
            Err(error) => match refused::or_fault(error) {
                Ok(refusal) => BulkCase { included: false, what: told(&known, &refusal, note), ..row },
                Err(Fault::NotFound) => BulkCase { included: false, ..row },
                // What was done to the others is told all the same.
                Err(_) => BulkCase { included: false, what: words().say(known.lang, "refused-rule-failed"), ..row },
            },
        });
    }
    let page = Bulk { done: true, ..page(&known, workflow, step, cases) };
    let status = if page.included == 0 { StatusCode::CONFLICT } else { StatusCode::OK };
    show::page_with(&known, status, &page)
}

/// The move that was asked for, as `workflow/move`.
fn wanted<'a>(known: &'a Known, posted: &Posted) -> Result<(&'a Workflow, &'a Move), Fault> {
    let (workflow, step) = posted.text("step").split_once('/').ok_or(Fault::BadRequest)?;
    let (_, workflow) = known.edition.definition.workflow(workflow).ok_or(Fault::NotFound)?;
    let (_, step) = workflow.step(step).filter(|(index, _)| !workflow.is_for_one(*index)).ok_or(Fault::NotFound)?;
    Ok((workflow, step))
}

fn chosen(known: &Known, posted: &Posted) -> Result<Vec<(String, i64)>, Fault> {
    let mut chosen: Vec<(String, i64)> = Vec::new();
    for text in posted.all("case") {
        let Some((id, version)) = text.split_once(':') else { return Err(Fault::BadRequest) };
        let version = version.parse().map_err(|_| Fault::BadRequest)?;
        if !chosen.iter().any(|(known, _)| known == id) {
            chosen.push((id.to_owned(), version));
        }
    }
    let say = |key: &str| words().say(known.lang, key);
    match chosen.len() {
        0 => Err(Fault::Unfit(say("bulk-none-chosen"))),
        1..=AT_ONCE => Ok(chosen),
        _ => Err(Fault::Unfit(say("bulk-too-many"))),
    }
}

fn page(known: &Known, workflow: &Workflow, step: &Move, cases: Vec<BulkCase>) -> Bulk {
    let included = cases.iter().filter(|case| case.included).count();
    Bulk {
        title: step.title.get(known.lang).to_owned(),
        step: format!("{}/{}", workflow.id, step.id),
        excluded: cases.len() - included,
        included,
        cases,
        note: match step.note {
            Note::None => "none",
            Note::Optional => "optional",
            Note::Needed => "needed",
        },
        note_letters: step.note_letters,
        typed: String::new(),
        wrongs: Vec::new(),
        note_wrong: String::new(),
        asks: Vec::new(),
        done: false,
        undo: step.undo_minutes.map(Span::of),
    }
}

fn would(known: &Known, units: &[UnitRecord], one: &Rehearsed, wanted: &Workflow) -> BulkCase {
    let empty = BulkCase {
        id: one.id.clone(),
        version: one.seen,
        number: String::new(),
        student: String::new(),
        name: String::new(),
        department: String::new(),
        state: String::new(),
        what: words().say(known.lang, "bulk-gone"),
        included: false,
    };
    let Some((open, made)) = &one.case else { return empty };
    let unit = units.iter().find(|unit| unit.code == open.row.department);
    BulkCase {
        number: open.row.number.clone(),
        student: open.row.applicant.clone(),
        name: open.row.name.clone(),
        department: unit.map_or_else(|| open.row.department.clone(), |unit| unit.name.clone()),
        state: state_title(known, Some(open.workflow()), &open.row.state),
        included: made.is_ok(),
        what: match made {
            Ok(made) => {
                let wrong: Vec<String> = parts::checks(known, open)
                    .into_iter()
                    .filter(|check| check.verdict == "wrong")
                    .map(|check| check.title)
                    .collect();
                let follows = follows(known, open, made);
                if wrong.is_empty() {
                    follows
                } else {
                    let titles = wrong.join(&words().say(known.lang, "separator"));
                    let checks = words().say_with(known.lang, "bulk-checks", &[("titles", &titles)]);
                    [checks, follows].join(&words().say(known.lang, "list-semicolon"))
                }
            }
            Err(_) if open.row.workflow != wanted.id => {
                let kinds = [("kind", open.workflow().title.get(known.lang)), ("wanted", wanted.title.get(known.lang))];
                words().say_with(known.lang, "bulk-other-kind", &kinds)
            }
            Err(refusal) => told(known, refusal, ""),
        },
        ..empty
    }
}

fn told(known: &Known, refusal: &Refusal, note: &str) -> String {
    match refusal {
        Refusal::Stale => words().say(known.lang, "bulk-stale"),
        refusal => refused::told(known, refusal, note).1,
    }
}
