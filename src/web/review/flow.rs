//! How a kind of case moves, as the definition in force has it.

use crate::case::{diagram, table};
use crate::definition::case::End;
use crate::render::pages::flow::{Flow, FlowCell, FlowMove, FlowState};
use crate::web::context::{Known, encode};
use crate::web::lists::choice;
use crate::web::{Answer, Context, Fault, show};

/// The address of a workflow's page, for a case that is in a state, or for none.
pub(super) fn address(workflow: &str, state: &str) -> String {
    let page = format!("/flow/{}", encode(workflow));
    if state.is_empty() { page } else { format!("{page}?state={}", encode(state)) }
}

pub(in crate::web) async fn page(context: Context) -> Answer {
    let page = of(&context)?;
    show::page(&context, &page)
}

fn of(context: &Context) -> Result<Flow, Fault> {
    let known: &Known = context;
    let (definition, lang) = (&known.edition.definition, known.lang);
    let (_, workflow) = definition.workflow(context.param("workflow")).ok_or(Fault::NotFound)?;
    let here = known.asked("state").and_then(|state| workflow.state(state)).map(|(index, _)| index);
    let matrix = table::who_does_what(definition, workflow);
    let parties: Vec<String> = matrix.parties.iter().map(|party| capital(party.get(lang))).collect();
    let step = |index: usize| workflow.moves.get(index).map(|step| step.title.get(lang).to_owned());
    let states = workflow.states.iter().zip(&matrix.cells).enumerate().map(|(index, (state, cells))| FlowState {
        title: state.title.get(lang).to_owned(),
        applicant: (state.applicant != state.title).then(|| state.applicant.get(lang).to_owned()),
        mark: match state.ends {
            Some(End::Well) => "good",
            Some(End::Badly) => "bad",
            None => "wait",
        },
        here: here == Some(index),
        remind_after: state.remind_after,
        lapse: state.lapse.and_then(|(days, index)| Some((days, step(index)?))),
        cells: cells
            .iter()
            .zip(&parties)
            .map(|(moves, party)| FlowCell {
                party: party.clone(),
                moves: moves
                    .iter()
                    .map(|one| FlowMove { title: one.does.get(lang).to_owned(), to: one.to.get(lang).to_owned() })
                    .collect(),
            })
            .collect(),
    });
    let kinds = definition
        .workflows
        .iter()
        .map(|one| choice(&format!("/flow/{}", encode(&one.id)), one.title.get(lang), one.id == workflow.id));
    Ok(Flow {
        title: workflow.title.get(lang).to_owned(),
        by: workflow.by.get(lang).to_owned(),
        kinds: kinds.collect(),
        picture: diagram::svg(definition, workflow, lang, here),
        states: states.collect(),
        parties,
    })
}

/// As the title of a column: with a capital, where the language has them.
fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
