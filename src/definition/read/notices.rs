//! Notices: when each is due, and which letters it sends.

use chrono::NaiveTime;

use super::value::{audience, string, text, time, weekday, which, whole};
use super::{Document, Item};
use crate::definition::tree::{Entry, Node};
use crate::definition::{Audience, Due, Letter, Notice, Requirement, Spot, Which};

pub fn notices<'a>(documents: &'a [Document], requirements: &[Item<'_, Requirement>]) -> Vec<Item<'a, Notice>> {
    documents
        .iter()
        .filter_map(|document| {
            let node = &document.root;
            let name = node.entry("notice")?;
            let letters = node.get("letters").map(Node::entries).unwrap_or_default();
            let value = Notice {
                id: string(Some(&name.value)),
                title: text(node.get("title")),
                due: due(node.get("due")),
                letters: letters.iter().map(|entry| letter(&document.file, entry, requirements)).collect(),
            };
            Some(Item { value, file: &document.file, path: String::new(), name, node })
        })
        .collect()
}

fn due(node: Option<&Node>) -> Due {
    let Some(node) = node else { return Due::ByHand };
    let Some(term) = whole(node.get("term")) else { return Due::ByHand };
    let at = node.get("at").and_then(Node::word).and_then(time).unwrap_or(MORNING);
    let day = node.get("day").and_then(Node::word).and_then(weekday);
    match (whole(node.get("week")), day, whole(node.get("monthly"))) {
        (Some(week), Some(day), _) => Due::Week { term, week, day, at },
        (_, _, Some(day)) => Due::Monthly { term, day, at },
        _ => Due::ByHand,
    }
}

/// The hour of a notice that names none.
const MORNING: NaiveTime = match NaiveTime::from_hms_opt(9, 0, 0) {
    Some(time) => time,
    None => NaiveTime::MIN,
};

fn letter(file: &str, entry: &Entry, requirements: &[Item<'_, Requirement>]) -> Letter {
    let (id, node) = (&entry.key, &entry.value);
    let template_at = node.get("template").map_or(entry.key_span, |template| template.span);
    let who = node.get("who").and_then(Node::word).and_then(which).unwrap_or(Which::All);
    let requirement = |name: &str| requirements.iter().position(|item| item.value.id == name);
    Letter {
        id: id.clone(),
        title: node.get("title").map(|title| text(Some(title))),
        to: node
            .get("to")
            .and_then(Node::word)
            .and_then(|to| audience(to, who, requirement))
            .unwrap_or(Audience::Students(who)),
        template: string(node.get("template")),
        template_at: Spot {
            file: file.into(),
            line: template_at.line,
            column: template_at.column,
            length: template_at.length,
            path: format!("letters.{id}.template"),
        },
        once: node.get("once").and_then(Node::word).map(str::to_owned),
        attach_roster: node.get("attach").and_then(Node::word) == Some("roster"),
    }
}
