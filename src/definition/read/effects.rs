//! What follows from a move.

use super::cases::{Known, party};
use super::position;
use super::value::{amount, string};
use crate::definition::Spot;
use crate::definition::case::{About, Answer, Effect, Field, Party, Until};
use crate::definition::tree::{Kind, Node};

pub fn effect(file: &str, path: &str, node: &Node, known: &Known<'_, '_>, fields: &[Field]) -> Option<Effect> {
    let Kind::Map(_) = node.kind else { return None };
    let field = |key: &str| place(fields, node.get(key));
    let until = || until(node.get("until")?, known, fields);
    if node.get("credit").is_some() {
        let category = position(known.categories, node.get("credit"))?;
        Some(Effect::Credit { category, amount: amount(node.get("amount"))?, on: field("on") })
    } else if node.get("pay").is_some() {
        Some(Effect::Pay { amount: field("pay")?, from: position(known.budgets, node.get("from"))? })
    } else if let Some(what) = node.get("waive") {
        let requirement = about(what, fields, || position(known.requirements, Some(what)))?;
        Some(Effect::Waive { requirement, because: field("because"), until: until()? })
    } else if let Some(what) = node.get("substitute") {
        let category = about(what, fields, || position(known.categories, Some(what)))?;
        let (amount, of) = (field("amount")?, field("of")?);
        Some(Effect::Substitute { category, amount, of, on: field("on"), until: until()? })
    } else if let Some(flow) = node.get("extend").and_then(Node::word) {
        let workflow = known.flows.iter().position(|known| known.id == flow)?;
        let what = node.get("round")?;
        let round = match what.word()? {
            EVERY => None,
            name => {
                let windows = known.flows[workflow].windows.and_then(|index| known.windows.get(index));
                let rounds = windows.map(|item| item.value.rounds.as_slice()).unwrap_or_default();
                Some(about(what, fields, || rounds.iter().position(|round| round.id == name))?)
            }
        };
        Some(Effect::Extend { workflow, round, until: until()? })
    } else if node.get("enter").is_some() {
        let catalogue = position(known.catalogues, node.get("enter"))?;
        let of_entry = &known.catalogues[catalogue].value.fields;
        let says = node.get("as").map(Node::entries).unwrap_or_default().iter();
        let says = says.filter_map(|entry| {
            let of = of_entry.iter().position(|field| field.id == entry.key)?;
            Some((of, place(fields, Some(&entry.value))?))
        });
        Some(Effect::Enter { catalogue, says: says.collect(), on: field("on") })
    } else {
        let template = node.get("mail")?;
        let to =
            node.get("to").and_then(Node::word).map_or(Some(Party::Applicant), |text| party(text, known.school))?;
        let span = template.span;
        let template_at = Spot {
            file: file.into(),
            line: span.line,
            column: span.column,
            length: span.length,
            path: format!("{path}.mail"),
        };
        Some(Effect::Mail { template: string(Some(template)), template_at, to })
    }
}

/// Every round of the windows.
pub const EVERY: &str = "every";
/// Without an end.
pub const ALWAYS: &str = "always";

fn place(fields: &[Field], name: Option<&Node>) -> Option<usize> {
    let name = name.and_then(Node::word)?;
    fields.iter().position(|field| field.id == name)
}

/// A field of the form comes before what is called the same.
fn about(name: &Node, fields: &[Field], one: impl FnOnce() -> Option<usize>) -> Option<About> {
    place(fields, Some(name)).map(About::Chosen).or_else(|| one().map(About::One))
}

fn until(node: &Node, known: &Known<'_, '_>, fields: &[Field]) -> Option<Until> {
    match node.word() {
        Some(ALWAYS) => Some(Until::Always),
        Some(_) => place(fields, Some(node)).filter(|index| fields[*index].is == Answer::Date).map(Until::Field),
        None => position(known.parameters, node.get("parameter")).map(Until::Days),
    }
}
