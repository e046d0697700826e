//! What follows from a move, in words: for whoever is about to make it.

use crate::app::case::{self, Open};
use crate::case::{Due, Made};
use crate::clock::{ALWAYS, Day};
use crate::definition::Definition;
use crate::definition::case::Workflow;
use crate::render::words;
use crate::web::context::Known;
use crate::web::show;

pub(in crate::web) fn becomes(known: &Known, workflow: &Workflow, state: usize) -> String {
    let title = workflow.states.get(state).map(|state| state.title.get(known.lang)).unwrap_or_default();
    words().say_with(known.lang, "bulk-becomes", &[("state", title)])
}

/// The last day of what is granted, in words.
fn until_shown(known: &Known, until: Day) -> String {
    if until == ALWAYS { words().say(known.lang, "granted-always") } else { show::day(known, until) }
}

/// What a move brings, in words: the state, what is counted, what is paid, whether a letter goes.
pub(in crate::web) fn follows(known: &Known, open: &Open, made: &Made) -> String {
    let definition = &open.edition.definition;
    let mut parts = vec![becomes(known, open.workflow(), made.to)];
    for due in &made.effects {
        let part = match due {
            Due::Credit { category, amount, .. } => {
                let title = definition.categories.get(*category).map(|one| one.title.get(known.lang));
                let (amount, towards) = (amount.to_string(), towards(known, definition, *category));
                let said = [("title", title.unwrap_or_default()), ("amount", &amount), ("towards", &towards)];
                words().say_with(
                    known.lang,
                    if towards.is_empty() { "follows-credit" } else { "follows-credit-towards" },
                    &said,
                )
            }
            Due::Pay { amount, .. } => {
                words().say_with(known.lang, "follows-pay", &[("amount", &case::grouped(*amount))])
            }
            Due::Mail { .. } => words().say(known.lang, "follows-mail"),
            Due::Waive { requirement, until, .. } => {
                let title = definition.requirements.get(*requirement).map(|one| one.title.get(known.lang));
                let said = [("title", title.unwrap_or_default()), ("until", &until_shown(known, *until))];
                words().say_with(known.lang, "follows-waive", &said)
            }
            Due::Substitute { category, amount, until, .. } => {
                let title = definition.categories.get(*category).map(|one| one.title.get(known.lang));
                let (amount, until) = (amount.to_string(), until_shown(known, *until));
                let said = [("title", title.unwrap_or_default()), ("amount", &amount), ("until", &until)];
                words().say_with(known.lang, "follows-substitute", &said)
            }
            Due::Extend { workflow, until, .. } => {
                let title = definition.workflows.get(*workflow).map(|one| one.title.get(known.lang));
                let said = [("title", title.unwrap_or_default()), ("until", &until_shown(known, *until))];
                words().say_with(known.lang, "follows-extend", &said)
            }
            Due::Enter { catalogue, .. } => {
                let title = definition.catalogues.get(*catalogue).map(|one| one.title.get(known.lang));
                words().say_with(known.lang, "follows-enter", &[("title", title.unwrap_or_default())])
            }
        };
        if !parts.contains(&part) {
            parts.push(part);
        }
    }
    parts.join(&words().say(known.lang, "list-semicolon"))
}

/// The requirements that count a category (an index), by their titles.
fn towards(known: &Known, definition: &Definition, category: usize) -> String {
    let count = definition.requirements.iter().filter(|one| one.counts.iter().any(|count| count.category == category));
    count.map(|one| one.title.get(known.lang)).collect::<Vec<_>>().join(&words().say(known.lang, "separator"))
}
