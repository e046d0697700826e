//! The columns of a list of cases: what their kinds name for lists, by label.

use crate::app::case;
use crate::clock::Day;
use crate::definition::Definition;
use crate::definition::case::{Answer, Aspect, Field, Workflow};
use crate::lang::Text;
use crate::render::pages::queue::{QueueCell, QueueHead};
use crate::store::cases::CaseRow;
use crate::web::context::Known;

/// The columns of a page: those of the one kind of case that it shows, or those that all its kinds have;
/// without those that are empty.
pub(super) fn of_page(known: &Known, rows: &[CaseRow]) -> (Vec<QueueHead>, Vec<Vec<QueueCell>>) {
    let definition = &known.edition.definition;
    let (heads, cells) = all(known, rows);
    let mut kinds: Vec<&str> = rows.iter().map(|row| row.workflow.as_str()).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let labels = |id: &&str| {
        let workflow = definition.workflow(id).map(|(_, workflow)| workflow);
        workflow.map(|one| shown(definition, one).map(|(_, field)| &field.label).collect::<Vec<_>>())
    };
    let labels: Vec<Vec<&Text>> = kinds.iter().filter_map(labels).collect();
    let stays: Vec<bool> = heads
        .iter()
        .enumerate()
        .map(|(at, head)| {
            // What is called the same in one language alone is something else.
            let called =
                |labels: &Vec<&Text>| labels.iter().find(|label| label.get(known.lang) == head.label).copied().cloned();
            let first = labels.first().and_then(called);
            let is_common = labels.iter().all(|labels| first.is_some() && called(labels) == first);
            is_common && cells.iter().any(|row| row.get(at).is_some_and(|cell| !cell.text.is_empty()))
        })
        .collect();
    fn kept<T>(all: Vec<T>, stays: &[bool]) -> Vec<T> {
        all.into_iter().zip(stays).filter(|(_, stays)| **stays).map(|(one, _)| one).collect()
    }
    let cells = cells.into_iter().map(|row| kept(row, &stays)).collect();
    (kept(heads, &stays), cells)
}

/// The fields that the shown workflows name for lists, by their labels, and what each row has there.
pub(super) fn all(known: &Known, rows: &[CaseRow]) -> (Vec<QueueHead>, Vec<Vec<QueueCell>>) {
    let definition = &known.edition.definition;
    let mut heads: Vec<String> = Vec::new();
    let labels = |row: &CaseRow| -> Vec<(String, String)> {
        let workflow = definition.workflow(&row.workflow).map(|(_, workflow)| workflow);
        let fields = workflow.into_iter().flat_map(|workflow| shown(definition, workflow));
        fields.map(|(id, field)| (id, field.label.get(known.lang).to_owned())).collect()
    };
    for row in rows {
        for (_, label) in labels(row) {
            if !heads.contains(&label) {
                heads.push(label);
            }
        }
    }
    let amounts: Vec<&str> = definition
        .workflows
        .iter()
        .filter(|workflow| rows.iter().any(|row| row.workflow == workflow.id))
        .flat_map(|workflow| shown(definition, workflow))
        .map(|(_, field)| field)
        .filter(|field| matches!(field.is, Answer::Money { .. } | Answer::Number { .. } | Answer::Computed { .. }))
        .map(|field| field.label.get(known.lang))
        .collect();
    let cells = rows
        .iter()
        .map(|row| {
            let says = case::columns::cells(&row.columns);
            let labels = labels(row);
            let cell = |head: &String| {
                let field = labels.iter().find(|(_, label)| label == head);
                let text = field.and_then(|(id, _)| says.get(id)).map_or("", |cell| cell.get(known.lang)).to_owned();
                QueueCell { is_day: text.parse::<Day>().is_ok(), is_amount: amounts.contains(&head.as_str()), text }
            };
            heads.iter().map(cell).collect()
        })
        .collect();
    let heads =
        heads.into_iter().map(|label| QueueHead { is_amount: amounts.contains(&label.as_str()), label }).collect();
    (heads, cells)
}

/// What lists show of a workflow's cases, each by its name.
fn shown<'a>(definition: &'a Definition, workflow: &'a Workflow) -> impl Iterator<Item = (String, &'a Field)> {
    let field = |seen: &'a Aspect| {
        Some((seen.name(&workflow.fields), seen.described(&workflow.fields, &definition.catalogues)?))
    };
    workflow.columns.iter().filter_map(field)
}
