//! The nodes of a file's tree, each with its place, and how they are read.

/// A place: line and column count from 1, column and length in characters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    pub line: usize,
    pub column: usize,
    pub length: usize,
}

#[derive(Clone, Debug)]
pub struct Node {
    pub span: Span,
    pub kind: Kind,
}

#[derive(Clone, Debug)]
pub enum Kind {
    /// Nothing was written, or `null`.
    Empty,
    /// `plain` where it stands without quotes.
    Word {
        text: String,
        plain: bool,
    },
    List(Vec<Node>),
    Map(Vec<Entry>),
}

#[derive(Clone, Debug)]
pub struct Entry {
    /// The key that is meant.
    pub key: String,
    /// How it was written, where that is not the same.
    pub written: Option<String>,
    pub key_span: Span,
    pub value: Node,
}

/// Lenient reading: what is not as it should be reads as not there, because the check of the
/// shape has said so already.
impl Node {
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entries().iter().find(|entry| entry.key == key).map(|entry| &entry.value)
    }

    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries().iter().find(|entry| entry.key == key)
    }

    pub fn entries(&self) -> &[Entry] {
        match &self.kind {
            Kind::Map(entries) => entries,
            Kind::Empty | Kind::Word { .. } | Kind::List(_) => &[],
        }
    }

    pub fn word(&self) -> Option<&str> {
        match &self.kind {
            Kind::Word { text, .. } => Some(text),
            Kind::Empty | Kind::List(_) | Kind::Map(_) => None,
        }
    }

    /// A list's items; one value alone is a list of one.
    pub fn items(&self) -> &[Node] {
        match &self.kind {
            Kind::List(items) => items,
            Kind::Empty => &[],
            Kind::Word { .. } | Kind::Map(_) => std::slice::from_ref(self),
        }
    }
}
