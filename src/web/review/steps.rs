//! What a reviewer can decide, what each decision asks for and brings, and what was refused of one.

use super::refused;
use crate::app::case::{self as cases, Open, Whose};
use crate::case::{Raw, Refusal, Wrong, may};
use crate::definition::case::{End, Note, Party};
use crate::render::pages::cases::Pointed;
use crate::render::pages::review::{Review, Step};
use crate::web::cases::follows::follows;
use crate::web::cases::inputs;
use crate::web::context::Known;

/// The moves that the reader can make: what leads on comes first, what gives the case back or ends it badly
/// comes after. `asked` is the one that was refused, with what was typed to it.
pub(super) fn of(known: &Known, open: &Open, moves: &[usize], asked: Option<&(usize, Raw, Vec<Wrong>)>) -> Vec<Step> {
    let workflow = open.workflow();
    let leads_on = |index: &usize| {
        let target = workflow.moves.get(*index).and_then(|step| workflow.states.get(step.to));
        target.is_some_and(|state| state.ends != Some(End::Badly) && state.waits_for != Some(Party::Applicant))
    };
    let (on, other): (Vec<&usize>, Vec<&usize>) = moves.iter().partition(|index| leads_on(index));
    on.into_iter()
        .chain(other)
        .filter_map(|index| {
            let step = workflow.moves.get(*index)?;
            let follows = match cases::would(open, *index) {
                Ok(made) => follows(known, open, &made),
                Err(refusal) => refused::told(known, &refusal, "").1,
            };
            let (typed, wrong) = match asked {
                Some((of, typed, wrong)) if of == index => (Some(typed), wrong.as_slice()),
                Some(_) | None => (None, [].as_slice()),
            };
            Some(Step {
                asks: inputs::of_move(known, open, *index, typed, wrong),
                id: step.id.clone(),
                title: step.title.get(known.lang).to_owned(),
                follows,
                chosen: moves.len() == 1 || asked.is_some_and(|(of, ..)| of == index),
                note: match step.note {
                    Note::None => "none",
                    Note::Optional => "optional",
                    Note::Needed => "needed",
                },
                names_fields: step.names_fields,
                wrong: String::new(),
            })
        })
        .collect()
}

/// Why the reader can decide nothing, where they else might.
pub(super) fn why_not(open: &Open, moves: &[usize]) -> &'static str {
    if open.whose == Whose::Own {
        return "own";
    }
    if !moves.is_empty() {
        return "";
    }
    let setting = open.setting();
    let refused = |wanted: fn(&Refusal) -> bool| {
        (0..setting.workflow.moves.len())
            .any(|step| may(&setting, &open.case, &open.actor, step).is_err_and(|refusal| wanted(&refusal)))
    };
    if open.known.in_use.is_some() {
        "used"
    } else if refused(|refusal| matches!(refusal, Refusal::OwnCase)) {
        "own"
    } else if refused(|refusal| matches!(refusal, Refusal::BothReviews)) {
        "both"
    } else {
        "nothing"
    }
}

/// Says what was refused: in the summary at the head of the page, and the same once at its field. What is
/// about the case itself has no field.
pub(super) fn refuse(page: &mut Review, refused: String, at: &str) {
    let first = |page: &Review| page.moves.first().map(|step| format!("step-{}", step.id));
    let to = match at {
        "choice" => first(page),
        "note" => page.note_letters.map(|_| "note".to_owned()),
        "fields" => page.answers.iter().find(|one| one.can_name).map(|one| format!("mend-{}", one.answer.id)),
        "step" => page.moves.iter().find(|step| step.chosen).map(|step| format!("step-{}", step.id)),
        _ => None,
    };
    page.wrongs = match (at, to) {
        ("asks", _) => page.moves.iter().flat_map(|step| inputs::pointed_at(&step.asks)).collect(),
        (_, Some(to)) => vec![Pointed { to, text: refused.clone() }],
        (_, None) => Vec::new(),
    };
    if page.wrongs.is_empty() {
        page.refused = Some(refused);
        return;
    }
    match at {
        "choice" => page.choice_wrong = refused,
        "note" => page.note_wrong = refused,
        "fields" => page.mend_wrong = refused,
        "step" => {
            if let Some(step) = page.moves.iter_mut().find(|step| step.chosen) {
                // What would be refused was said there before.
                step.follows = String::new();
                step.wrong = refused;
            }
        }
        _ => {}
    }
}
