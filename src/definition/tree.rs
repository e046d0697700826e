//! YAML text to a tree in which every node knows its place. It knows nothing of the language
//! and stops at nothing but what is no YAML, or too much of it: a bomb is refused while it is read.

use std::collections::HashMap;

use granit_parser::{Event, Options, Parser, ScalarStyle};

use super::fault::{self, Fault};
use super::names::push;
pub use super::node::{Entry, Kind, Node, Span};

/// Bytes of one file.
pub const MAX_BYTES: usize = 256 * 1024;
const MAX_NODES: usize = 20_000;
const MAX_DEPTH: usize = 32;
const MAX_ALIASES: usize = 100;

/// Reads a file's bytes. Faults that do not stop the reading come with the tree.
pub fn parse(bytes: &[u8]) -> (Option<Node>, Vec<Fault>) {
    let mut faults = Vec::new();
    if bytes.len() > MAX_BYTES {
        return (None, vec![fault::too_large(bytes.len(), MAX_BYTES)]);
    }
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => return (None, vec![fault::not_utf8(bytes, error.valid_up_to())]),
    };
    let text = match text.strip_prefix('\u{feff}') {
        Some(rest) => {
            faults.push(fault::byte_order_mark());
            rest
        }
        None => text,
    };
    let mut builder = Builder { lines: text.lines().collect(), faults, ..Builder::default() };
    match builder.run(text) {
        Ok(()) => (builder.root, builder.faults),
        Err(fault) => {
            let path = builder.path();
            builder.faults.push(Fault { path, ..fault });
            (None, builder.faults)
        }
    }
}

/// A collection whose end has not been read yet.
enum Open {
    List { span: Span, anchor: usize, items: Vec<Node> },
    Map { span: Span, anchor: usize, entries: Vec<Entry>, keys: HashMap<String, Span>, key: Option<(String, Span)> },
}

#[derive(Default)]
struct Builder<'a> {
    lines: Vec<&'a str>,
    root: Option<Node>,
    open: Vec<Open>,
    /// Anchored nodes with the number of nodes in each.
    anchors: HashMap<usize, (Node, usize)>,
    nodes: usize,
    aliases: usize,
    documents: usize,
    faults: Vec<Fault>,
    indent: Indent,
}

/// How a line begins, kept because a line may hold thousands of values.
#[derive(Default)]
struct Indent {
    line: usize,
    width: usize,
    tab: Option<usize>,
}

impl Builder<'_> {
    fn run(&mut self, text: &str) -> Result<(), Fault> {
        let mut options = Options::default();
        options.emit_comments = false;
        for event in Parser::new_from_str_with_options(text, options) {
            let (event, span) = match event {
                Ok(read) => read,
                Err(error) => return Err(fault::no_yaml(&error, &self.lines)),
            };
            let span = self.span(&span);
            self.event(event, span)?;
        }
        Ok(())
    }

    fn event(&mut self, event: Event<'_>, span: Span) -> Result<(), Fault> {
        match event {
            Event::DocumentStart(..) => {
                self.documents += 1;
                if self.documents > 1 {
                    return Err(fault::two_documents(span));
                }
            }
            Event::Scalar(text, style, anchor, tag) => {
                self.tag(tag.is_some(), span);
                self.tab(span);
                let plain = style == ScalarStyle::Plain;
                let kind = match (plain, &*text) {
                    (true, "" | "~" | "null" | "Null" | "NULL") => Kind::Empty,
                    _ => Kind::Word { text: text.into_owned(), plain },
                };
                self.put(Node { span, kind }, anchor)?;
            }
            Event::SequenceStart(_, anchor, tag) => {
                self.tag(tag.is_some(), span);
                self.deeper(span)?;
                self.open.push(Open::List { span, anchor, items: Vec::new() });
            }
            Event::MappingStart(_, anchor, tag) => {
                self.tag(tag.is_some(), span);
                self.deeper(span)?;
                self.open.push(Open::Map { span, anchor, entries: Vec::new(), keys: HashMap::new(), key: None });
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let end = span;
                // A collection in brackets ends where its bracket does.
                let whole = |span: Span| match end.line == span.line && end.length > 0 {
                    true => Span { length: (end.column + end.length).saturating_sub(span.column), ..span },
                    false => span,
                };
                match self.open.pop() {
                    Some(Open::List { span, anchor, items }) => {
                        self.put(Node { span: whole(span), kind: Kind::List(items) }, anchor)?
                    }
                    Some(Open::Map { span, anchor, entries, .. }) => {
                        self.put(Node { span: whole(span), kind: Kind::Map(entries) }, anchor)?
                    }
                    None => {}
                }
            }
            Event::Alias(anchor) => {
                self.aliases += 1;
                let (node, size) = match self.anchors.get(&anchor) {
                    Some((node, size)) => (Node { span, kind: node.kind.clone() }, *size),
                    // Only a node that contains itself is used before it is complete.
                    None => return Err(fault::too_much_yaml(span)),
                };
                self.nodes += size;
                if self.aliases > MAX_ALIASES || self.nodes > MAX_NODES {
                    return Err(fault::too_much_yaml(span));
                }
                self.put(node, 0)?;
            }
            // The rest of the stream's events carry no content.
            _ => {}
        }
        Ok(())
    }

    fn tag(&mut self, tagged: bool, span: Span) {
        if tagged {
            let path = self.path();
            self.faults.push(Fault { path, ..fault::tag(span) });
        }
    }

    /// The parser lets some tabs pass where nothing is indented yet; a reader would not see why
    /// the same line is wrong elsewhere.
    fn tab(&mut self, span: Span) {
        if self.indent.line != span.line {
            let line = self.lines.get(span.line.saturating_sub(1)).copied().unwrap_or_default();
            let spaces = || line.chars().take_while(|c| c.is_whitespace());
            self.indent = Indent { line: span.line, width: spaces().count(), tab: spaces().position(|c| c == '\t') };
        }
        if let (true, Some(at)) = (span.column <= self.indent.width + 1, self.indent.tab) {
            let path = self.path();
            self.faults.push(Fault { path, ..fault::tab(Span { line: span.line, column: at + 1, length: 1 }) });
        }
    }

    /// Where the reading is: the keys and positions of what is open.
    fn path(&self) -> String {
        let mut path = String::new();
        for open in &self.open {
            match open {
                Open::List { items, .. } => path.push_str(&format!("[{}]", items.len())),
                Open::Map { key: Some((key, _)), .. } => push(&mut path, key),
                Open::Map { key: None, .. } => {}
            }
        }
        path
    }

    fn deeper(&mut self, span: Span) -> Result<(), Fault> {
        if self.open.len() >= MAX_DEPTH { Err(fault::too_deep(span, MAX_DEPTH)) } else { Ok(()) }
    }

    /// Puts a finished node where it belongs: into the open list or map, as a key, or at the root.
    fn put(&mut self, node: Node, anchor: usize) -> Result<(), Fault> {
        self.nodes += 1;
        if self.nodes > MAX_NODES {
            return Err(fault::too_much_yaml(node.span));
        }
        if anchor != 0 {
            // What is kept for later counts too: anchors within anchors are kept many times over.
            let size = size(&node);
            self.nodes += size;
            if self.nodes > MAX_NODES {
                return Err(fault::too_much_yaml(node.span));
            }
            self.anchors.insert(anchor, (node.clone(), size));
        }
        match self.open.last_mut() {
            None => self.root = Some(node),
            Some(Open::List { items, .. }) => items.push(node),
            Some(Open::Map { entries, keys, key, .. }) => match key.take() {
                Some((name, key_span)) => match keys.get(&name) {
                    Some(first) => {
                        let fault = fault::duplicate_key(&name, key_span, *first);
                        let mut path = self.path();
                        push(&mut path, &name);
                        self.faults.push(Fault { path, ..fault });
                    }
                    None => {
                        keys.insert(name.clone(), key_span);
                        entries.push(Entry { key: name, written: None, key_span, value: node });
                    }
                },
                None => match node.kind {
                    Kind::Word { text, .. } => *key = Some((text, node.span)),
                    Kind::Empty | Kind::List(_) | Kind::Map(_) => return Err(fault::odd_key(node.span)),
                },
            },
        }
        Ok(())
    }

    /// The span of an event, cut at the end of its first line.
    fn span(&self, span: &granit_parser::Span) -> Span {
        let (line, column) = (span.start.line(), span.start.col());
        let end = if span.end.line() == line {
            span.end.col()
        } else {
            self.lines.get(line.saturating_sub(1)).map_or(column, |text| text.trim_end().chars().count())
        };
        Span { line, column: column + 1, length: end.saturating_sub(column) }
    }
}

fn size(node: &Node) -> usize {
    1 + match &node.kind {
        Kind::Empty | Kind::Word { .. } => 0,
        Kind::List(items) => items.iter().map(size).sum(),
        Kind::Map(entries) => entries.iter().map(|entry| 1 + size(&entry.value)).sum(),
    }
}
