//! `school.yaml`: the calendar, who studies and works there, and how the system presents itself.

use super::value::{day, month_day, string, strings, term, text, whole, yes};
use crate::clock::{Calendar, TermRule};
use crate::definition::tree::Node;
use crate::definition::{
    Division, HeaderAlias, Lockout, May, News, PagePart, Role, School, SchoolPage, Sees, Status, Unit, UnitKind,
};

pub fn school(root: &Node) -> School {
    let unit_kinds = each(root, "unit_kinds", |id, node| UnitKind {
        id,
        title: text(node.get("title")),
        also: strings(node.get("also")),
        has_students: yes(node.get("has_students")),
    });
    School {
        id: string(root.get("school")),
        title: text(root.get("title")),
        system: text(root.get("system")),
        welcome: text(root.get("welcome")),
        calendar: root.get("calendar").map(calendar).unwrap_or_default(),
        divisions: each(root, "divisions", |id, node| Division {
            id,
            title: text(node.get("title")),
            also: strings(node.get("also")),
            years: whole(node.get("years")).unwrap_or(1),
        }),
        statuses: each(root, "statuses", |id, node| Status {
            id,
            title: text(node.get("title")),
            also: strings(node.get("also")),
            studying: yes(node.get("studying")),
        }),
        units: each(root, "units", |id, node| Unit {
            id,
            title: text(node.get("title")),
            also: strings(node.get("also")),
            kind: kind(&unit_kinds, node.get("kind")),
            contact: text(node.get("contact")),
        }),
        unit_kinds,
        roles: each(root, "roles", |id, node| Role {
            id,
            title: text(node.get("title")),
            also: strings(node.get("also")),
            sees: node.get("sees").and_then(Node::word).and_then(sees).unwrap_or(Sees::Nothing),
            may: node.get("may").map(Node::items).unwrap_or_default().iter().flat_map(may).collect(),
        }),
        headers: headers(root),
        lockout: Lockout {
            failures: whole(root.get("lockout").and_then(|node| node.get("failures"))).unwrap_or(5),
            minutes: whole(root.get("lockout").and_then(|node| node.get("minutes"))).unwrap_or(15),
        },
        mail_domains: strings(root.get("mail_domains")),
        pages: each(root, "pages", |id, node| SchoolPage {
            id,
            title: text(node.get("title")),
            parts: node.get("parts").map(Node::items).unwrap_or_default().iter().map(part).collect(),
        }),
        news: root.get("news").map(Node::items).unwrap_or_default().iter().filter_map(news).collect(),
    }
}

fn part(node: &Node) -> PagePart {
    let texts = |node: &Node| node.items().iter().map(|node| text(Some(node))).collect();
    if let Some(flow) = node.get("flow") {
        PagePart::Flow(string(Some(flow)))
    } else if let Some(heads) = node.get("heads") {
        let rows = node.get("rows").map(Node::items).unwrap_or_default();
        PagePart::Table { heads: texts(heads), rows: rows.iter().map(texts).collect() }
    } else {
        PagePart::Text(text(Some(node)))
    }
}

fn each<T>(root: &Node, section: &str, read: impl Fn(String, &Node) -> T) -> Vec<T> {
    let entries = root.get(section).map(Node::entries).unwrap_or_default();
    entries.iter().map(|entry| read(entry.key.clone(), &entry.value)).collect()
}

fn calendar(node: &Node) -> Calendar {
    let terms = node.get("terms").map(Node::entries).unwrap_or_default();
    let first_days = node.get("first_days").map(Node::entries).unwrap_or_default();
    Calendar {
        zone: node.get("zone").and_then(Node::word).and_then(|zone| zone.parse().ok()).unwrap_or(chrono_tz::UTC),
        year_offset: whole(node.get("year_offset")).unwrap_or(0),
        terms: terms
            .iter()
            .filter_map(|entry| {
                let (month, day) = month_day(entry.value.get("begins")?.word()?)?;
                Some(TermRule { number: entry.key.parse().ok()?, title: text(entry.value.get("title")), month, day })
            })
            .collect(),
        first_days: first_days
            .iter()
            .filter_map(|entry| Some((term(&entry.key)?, day(entry.value.word()?)?)))
            .collect(),
        holidays: node
            .get("holidays")
            .map(Node::items)
            .unwrap_or_default()
            .iter()
            .filter_map(|item| day(item.word()?))
            .collect(),
    }
}

fn kind(kinds: &[UnitKind], node: Option<&Node>) -> usize {
    let name = node.and_then(Node::word);
    kinds.iter().position(|kind| Some(kind.id.as_str()) == name).unwrap_or(0)
}

pub fn sees(text: &str) -> Option<Sees> {
    match text {
        "own classes" => Some(Sees::OwnClasses),
        "own department" => Some(Sees::OwnDepartment),
        "own college" => Some(Sees::OwnCollege),
        "own requirements" => Some(Sees::OwnRequirements),
        "everything" => Some(Sees::Everything),
        "nothing" => Some(Sees::Nothing),
        _ => None,
    }
}

pub const MAY: &[(&str, May)] = &[
    ("import", May::Import),
    ("import credits", May::ImportCredits),
    ("send notices", May::SendNotices),
    ("read mail", May::ReadMail),
    ("reload rules", May::ReloadRules),
    ("manage accounts", May::ManageAccounts),
    ("statistics", May::Statistics),
];

/// `everything` is all of them.
fn may(node: &Node) -> Vec<May> {
    let word = node.word().unwrap_or_default();
    MAY.iter().filter(|(name, _)| *name == word || word == "everything").map(|(_, may)| *may).collect()
}

fn headers(root: &Node) -> Vec<HeaderAlias> {
    let files = root.get("headers").map(Node::entries).unwrap_or_default();
    files
        .iter()
        .flat_map(|file| {
            file.value.entries().iter().map(|column| HeaderAlias {
                file: file.key.clone(),
                column: column.key.clone(),
                also: strings(Some(&column.value)),
            })
        })
        .collect()
}

fn news(node: &Node) -> Option<News> {
    Some(News { day: day(node.get("day")?.word()?)?, title: text(node.get("title")), text: text(node.get("text")) })
}
