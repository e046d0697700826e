//! Trees to the definition. Reading is lenient: what the check of the shape found wrong reads as
//! absent or empty, and what is built from it is thrown away with the problems.

mod notices;
mod school;
mod thresholds;
pub mod value;

use super::tree::{Entry, Node};
use super::{Category, Group, Notice, Parameter, Requirement, School};

/// One file's tree.
pub struct Document {
    /// Relative to the folder.
    pub file: String,
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

/// All that a school's documents say, in their order.
pub struct Built<'a> {
    pub school: Option<Item<'a, School>>,
    pub groups: Vec<Item<'a, Group>>,
    pub parameters: Vec<Item<'a, Parameter>>,
    pub categories: Vec<Item<'a, Category>>,
    pub requirements: Vec<Item<'a, Requirement>>,
    pub notices: Vec<Item<'a, Notice>>,
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
    Built { school, groups, parameters, categories, requirements, notices }
}

/// Where a name is among items; the first of several.
pub fn position<T>(items: &[Item<'_, T>], name: Option<&Node>) -> Option<usize> {
    let name = name?.word()?;
    items.iter().position(|item| item.name.key == name || item.name.value.word() == Some(name) && item.path.is_empty())
}
