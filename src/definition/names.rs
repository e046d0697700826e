//! Every name that a school's documents define, and where: gathered before anything is checked,
//! so that a reference may stand before what it refers to, and in another file.

use std::collections::{BTreeMap, HashMap};

use super::read::Document;
use super::shape::{Is, Naming};
use super::tree::{Kind, Node, Span};

#[derive(Clone, Debug)]
pub struct Named {
    pub name: String,
    pub file: String,
    pub path: String,
    pub span: Span,
}

#[derive(Debug, Default)]
pub struct Names {
    /// In the order of the files; a name may stand twice.
    by_kind: BTreeMap<Naming, Vec<Named>>,
    /// Text of the files that could not be read: what they may have defined is not missed.
    unread: Vec<String>,
    /// Whether the school's own file is missing: then what it would define is not missed either.
    no_school: bool,
}

impl Names {
    pub fn gather(documents: &[Document], unread: Vec<String>) -> Names {
        let mut names = Names { by_kind: BTreeMap::new(), unread, no_school: false };
        for document in documents {
            let mut path = String::new();
            names.walk(&document.file, &mut path, &document.root, &Is::Shape(document.kind.shape));
        }
        names.no_school = names.all(Naming::School).is_empty();
        names
    }

    pub fn all(&self, naming: Naming) -> &[Named] {
        self.by_kind.get(&naming).map(Vec::as_slice).unwrap_or_default()
    }

    pub fn known(&self, naming: Naming) -> Vec<&str> {
        self.all(naming).iter().map(|named| named.name.as_str()).collect()
    }

    /// Whether a name is defined, or may be in a file that could not be read.
    pub fn defines(&self, naming: Naming, name: &str) -> bool {
        self.all(naming).iter().any(|named| named.name == name)
            || self.may_be_unread(name)
            || (self.no_school && naming.is_of_the_school())
    }

    /// Whether a file that could not be read may define it.
    pub fn may_be_unread(&self, name: &str) -> bool {
        self.unread.iter().any(|text| text.contains(name))
    }

    /// Whether no document says what the school is, nor may one that could not be read.
    pub fn lack_a_school(&self) -> bool {
        self.no_school && !self.unread.iter().any(|text| text.contains("school:"))
    }

    /// Names that stand twice: each later one with the first.
    pub fn twice(&self) -> impl Iterator<Item = (Naming, &Named, &Named)> {
        self.by_kind.iter().flat_map(|(naming, all)| {
            let mut firsts: HashMap<&str, &Named> = HashMap::new();
            all.iter().filter_map(move |named| match firsts.get(named.name.as_str()) {
                Some(first) => Some((*naming, named, *first)),
                None => {
                    firsts.insert(&named.name, named);
                    None
                }
            })
        })
    }

    fn add(&mut self, naming: Naming, name: &str, file: &str, path: String, span: Span) {
        let named = Named { name: name.to_owned(), file: file.to_owned(), path, span };
        self.by_kind.entry(naming).or_default().push(named);
    }

    /// Only mappings hold definitions, so lists and single values are not entered.
    fn walk(&mut self, file: &str, path: &mut String, node: &Node, is: &Is) {
        match (is, &node.kind) {
            (Is::Shape(shape), Kind::Map(entries)) => {
                for entry in entries {
                    let Some(field) = shape.field(&entry.key) else { continue };
                    let length = path.len();
                    push(path, &entry.key);
                    self.walk(file, path, &entry.value, &field.is);
                    path.truncate(length);
                }
            }
            (Is::Names(naming, _), Kind::Map(entries)) => {
                for entry in entries {
                    let mut path = path.clone();
                    push(&mut path, &entry.key);
                    self.add(*naming, &entry.key, file, path, entry.key_span);
                }
            }
            (Is::Defines(naming), Kind::Word { text, .. }) => {
                self.add(*naming, text, file, path.clone(), node.span);
            }
            _ => {}
        }
    }
}

/// `a` and `b` to `a.b`.
pub fn push(path: &mut String, key: &str) {
    if !path.is_empty() {
        path.push('.');
    }
    path.push_str(key);
}
