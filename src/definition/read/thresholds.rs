//! Groups, parameters, categories and requirements: what is needed, of whom, and what counts.

use super::value::{amount, day, month_day, rule, string, strings, term, text, whole, yes};
use super::{Document, Item, position};
use crate::amount::Amount;
use crate::definition::tree::{Kind, Node};
use crate::definition::{Category, Count, Group, Parameter, ParameterValue, Requirement, RuleName, School};

/// The entries of a section of that name in whichever documents have it.
pub fn section<'a, T>(documents: &'a [Document], name: &str, read: impl Fn(String, &'a Node) -> T) -> Vec<Item<'a, T>> {
    documents
        .iter()
        .flat_map(|document| {
            let entries = document.root.get(name).map(Node::entries).unwrap_or_default();
            entries.iter().map(move |entry| (document, entry))
        })
        .map(|(document, entry)| Item {
            value: read(entry.key.clone(), &entry.value),
            file: &document.file,
            path: format!("{name}.{}", entry.key),
            name: entry,
            node: &entry.value,
        })
        .collect()
}

fn divisions(node: &Node, school: &School) -> Vec<usize> {
    strings(node.get("divisions"))
        .iter()
        .filter_map(|name| school.divisions.iter().position(|division| division.id == *name))
        .collect()
}

pub fn group(id: String, node: &Node, school: &School) -> Group {
    Group {
        id,
        title: text(node.get("title")),
        divisions: divisions(node, school),
        admitted_from: whole(node.get("admitted_from")),
        admitted_to: whole(node.get("admitted_to")),
        finish_before: node.get("finish_before").and_then(Node::word).and_then(month_day),
        by: text(node.get("by")),
    }
}

pub fn category(id: String, node: &Node) -> Category {
    Category {
        id,
        title: text(node.get("title")),
        also: strings(node.get("also")),
        unit: string(node.get("unit")),
        at_most_each: amount(node.get("at_most_each")).unwrap_or(Amount::whole(1_000)),
    }
}

/// `values` is days and amounts, or a list whose entries say for whom they hold.
pub fn parameter(id: String, node: &Node, school: &School) -> Parameter {
    let values = match node.get("values") {
        Some(Node { kind: Kind::Map(entries), .. }) => {
            let mut values: Vec<ParameterValue> = entries
                .iter()
                .filter_map(|entry| {
                    Some(ParameterValue {
                        from: day(&entry.key)?,
                        admitted_from: None,
                        admitted_to: None,
                        divisions: Vec::new(),
                        value: amount(Some(&entry.value))?,
                    })
                })
                .collect();
            // In a map the days alone say which holds, not the order in which they stand.
            values.sort_by_key(|value| value.from);
            values
        }
        Some(Node { kind: Kind::List(items), .. }) => items
            .iter()
            .filter_map(|item| {
                Some(ParameterValue {
                    from: day(item.get("from")?.word()?)?,
                    admitted_from: whole(item.get("admitted_from")),
                    admitted_to: whole(item.get("admitted_to")),
                    divisions: divisions(item, school),
                    value: amount(item.get("value"))?,
                })
            })
            .collect(),
        Some(_) | None => Vec::new(),
    };
    Parameter { id, title: text(node.get("title")), unit: string(node.get("unit")), by: text(node.get("by")), values }
}

/// One a document; in the order that `order` gives them, then by file.
pub fn requirements<'a>(
    documents: &'a [Document],
    school: &School,
    groups: &[Item<'_, Group>],
    parameters: &[Item<'_, Parameter>],
    categories: &[Item<'_, Category>],
) -> Vec<Item<'a, Requirement>> {
    let mut found: Vec<&Document> =
        documents.iter().filter(|document| document.root.entry("requirement").is_some()).collect();
    found.sort_by_key(|document| whole::<u32>(document.root.get("order")).unwrap_or(u32::MAX));
    found
        .into_iter()
        .filter_map(|document| {
            let node = &document.root;
            let name = node.entry("requirement")?;
            let title = text(node.get("title"));
            let office = string(node.get("office"));
            let needs = node.get("needs").and_then(|needs| needs.get("parameter"));
            let counts = node.get("counts").map(Node::items).unwrap_or_default();
            let value = Requirement {
                id: string(Some(&name.value)),
                short: node.get("short").map_or_else(|| title.clone(), |short| text(Some(short))),
                title,
                office: school.units.iter().position(|unit| unit.id == office).unwrap_or(0),
                by: text(node.get("by")),
                binds: position(groups, node.get("binds")).unwrap_or(0),
                needs: position(parameters, needs).unwrap_or(0),
                counts: counts.iter().filter_map(|item| count(item, parameters, categories)).collect(),
                how: text(node.get("how")),
                link: node.get("link").and_then(Node::word).map(str::to_owned),
                rule: node
                    .get("rule")
                    .and_then(Node::word)
                    .and_then(rule)
                    .unwrap_or_else(|| RuleName { script: String::new(), function: String::new() }),
            };
            Some(Item { value, file: &document.file, path: String::new(), name, node })
        })
        .collect()
}

/// A category's name alone, or with what limits and shows it.
fn count(node: &Node, parameters: &[Item<'_, Parameter>], categories: &[Item<'_, Category>]) -> Option<Count> {
    let plain = Count {
        category: position(categories, node.get("category").or(Some(node)))?,
        from: None,
        until: None,
        at_most: None,
        shown_as: None,
        own_row: false,
    };
    let term_at = |key| node.get(key).and_then(Node::word).and_then(term);
    Some(Count {
        from: term_at("from"),
        until: term_at("until"),
        at_most: position(parameters, node.get("at_most").and_then(|most| most.get("parameter"))),
        shown_as: node.get("shown_as").map(|shown| text(Some(shown))),
        own_row: yes(node.get("own_row")),
        ..plain
    })
}
