//! Trees to the definition. Reading is lenient: what the check of the shape found wrong reads as
//! absent or empty, and what is built from it is thrown away with the problems.

pub mod cases;
mod demo;
pub mod effects;
mod notices;
pub mod rounds;
mod school;
mod thresholds;
pub mod value;

use super::case::{Budget, Catalogue, Profile, Windows, Workflow};
use super::names::push;
use super::report::Place;
use super::shape;
use super::tree::{Entry, Node};
use super::{Category, Group, Notice, Parameter, Requirement, School};

/// One file's tree.
pub struct Document {
    /// Relative to the folder.
    pub file: String,
    pub kind: &'static shape::Document,
    pub root: Node,
}

/// Something defined, and where: so that what is said of it later can name a place.
pub struct Item<'a, T> {
    pub value: T,
    pub file: &'a str,
    /// The path of `node` in its document.
    pub path: String,
    /// The name that defines it.
    pub name: &'a Entry,
    /// What it says: the entry's value, or the whole document.
    pub node: &'a Node,
}

impl<T> Item<'_, T> {
    /// The place of the name that defines it.
    pub fn place(&self) -> Place {
        let span = if self.path.is_empty() { self.name.value.span } else { self.name.key_span };
        let path = if self.path.is_empty() { self.name.key.clone() } else { self.path.clone() };
        Place { file: self.file.to_owned(), path, span }
    }

    /// The place of a part: keys, and positions as `[0]`. Where it is not there, of what it would
    /// be in.
    pub fn at(&self, steps: &[&str]) -> Place {
        let mut place = self.place();
        place.path = self.path.clone();
        let mut node = self.node;
        for step in steps {
            let position = position_of(step);
            let next = match position {
                Some(index) => node.items().get(index),
                None => node.get(step),
            };
            match position {
                Some(_) => place.path.push_str(step),
                None => push(&mut place.path, step),
            }
            let Some(next) = next else { continue };
            node = next;
            place.span = next.span;
        }
        place
    }

    /// The place of a part's name.
    pub fn key_at(&self, steps: &[&str]) -> Place {
        let mut place = self.at(steps);
        let mut node = Some(self.node);
        for step in steps {
            if let Some(index) = position_of(step) {
                node = node.and_then(|node| node.items().get(index));
                continue;
            }
            let entry = node.and_then(|node| node.entry(step));
            if let Some(entry) = entry {
                place.span = entry.key_span;
            }
            node = entry.map(|entry| &entry.value);
        }
        place
    }

    /// The path of a part, as problems name it.
    pub fn path_of(&self, steps: &[&str]) -> String {
        self.at(steps).path
    }
}

/// The number of a step such as `[0]`.
fn position_of(step: &str) -> Option<usize> {
    step.strip_prefix('[')?.strip_suffix(']')?.parse().ok()
}

/// All that a school's documents say, in their order.
pub struct Built<'a> {
    pub school: Option<Item<'a, School>>,
    pub groups: Vec<Item<'a, Group>>,
    pub parameters: Vec<Item<'a, Parameter>>,
    pub categories: Vec<Item<'a, Category>>,
    pub requirements: Vec<Item<'a, Requirement>>,
    pub notices: Vec<Item<'a, Notice>>,
    pub windows: Vec<Item<'a, Windows>>,
    pub catalogues: Vec<Item<'a, Catalogue>>,
    pub budgets: Vec<Item<'a, Budget>>,
    pub profiles: Vec<Item<'a, Profile>>,
    pub cases: Vec<Item<'a, Workflow>>,
    pub demos: Vec<Item<'a, serde_json::Value>>,
}

pub fn build(documents: &[Document]) -> Built<'_> {
    let school = documents.iter().find_map(|document| {
        let name = document.root.entry("school")?;
        let value = school::school(&document.root);
        Some(Item { value, file: &document.file, path: String::new(), name, node: &document.root })
    });
    let empty = School::default();
    let known = school.as_ref().map_or(&empty, |school| &school.value);
    let groups = thresholds::section(documents, "groups", |id, node| thresholds::group(id, node, known));
    let parameters = thresholds::section(documents, "parameters", |id, node| thresholds::parameter(id, node, known));
    let categories = thresholds::section(documents, "categories", thresholds::category);
    let requirements = thresholds::requirements(documents, known, &groups, &parameters, &categories);
    let notices = notices::notices(documents, &requirements);
    let windows = rounds::windows(documents, known, &groups);
    let catalogues = cases::catalogues(documents, known);
    let budgets = cases::budgets(documents);
    let profiles = cases::profiles(documents);
    let flows = cases::flows(documents, &windows);
    let cases = cases::cases(
        documents,
        &cases::Known {
            school: known,
            groups: &groups,
            requirements: &requirements,
            categories: &categories,
            windows: &windows,
            catalogues: &catalogues,
            budgets: &budgets,
            parameters: &parameters,
            flows: &flows,
        },
    );
    Built {
        school,
        groups,
        parameters,
        categories,
        requirements,
        notices,
        windows,
        catalogues,
        budgets,
        profiles,
        cases,
        demos: demo::demos(documents),
    }
}

/// Where a name is among items; the first of several.
pub fn position<T>(items: &[Item<'_, T>], name: Option<&Node>) -> Option<usize> {
    let name = name?.word()?;
    items.iter().position(|item| item.name.key == name || item.name.value.word() == Some(name) && item.path.is_empty())
}
