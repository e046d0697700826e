//! Checks trees against the tables of the language: keys, types, references. What the values mean
//! together is `sense`.

use super::names::{Names, push};
use super::near::nearest;
use super::read::Document;
use super::report::{Place, Report};
use super::shape::{Is, Shape, describe};
use super::tree::{Entry, Kind, Node, Span};
use super::{scalar, shape};
use crate::lang::Text;

pub fn document(document: &Document, names: &Names, report: &mut Report) {
    let mut checker = Checker { file: &document.file, names, report, path: String::new() };
    let root = &document.root;
    // What the document lacks is said where it says what it is.
    let marker = document.kind.marker.and_then(|marker| root.entry(marker)).or(root.entries().first());
    checker.shape(document.kind.shape, root, marker.map_or(root.span, |entry| entry.key_span));
}

/// What kind of document a tree is: by its marker, else by the keys that it shares with one.
pub fn kind_of(root: &Node) -> Option<&'static shape::Document> {
    let keys: Vec<&str> = root.entries().iter().map(|entry| entry.key.as_str()).collect();
    let marked = shape::DOCUMENTS.iter().find(|kind| kind.marker.is_some_and(|marker| keys.contains(&marker)));
    let shared = |kind: &shape::Document| keys.iter().filter(|key| kind.shape.field(key).is_some()).count();
    let misspelt = |kind: &shape::Document| {
        kind.marker.is_some_and(|marker| keys.iter().any(|key| nearest(key, [marker]).is_some()))
    };
    marked.or_else(|| shape::DOCUMENTS.iter().find(|kind| misspelt(kind) && shared(kind) > 0)).or_else(|| {
        let best = shape::DOCUMENTS.iter().map(shared).max().filter(|most| *most > 0)?;
        // Sections that several kinds have make a file of the kind that has no marker.
        shape::DOCUMENTS.iter().rev().find(|kind| shared(kind) == best)
    })
}

struct Checker<'a> {
    file: &'a str,
    names: &'a Names,
    report: &'a mut Report,
    path: String,
}

impl Checker<'_> {
    fn place(&self, span: Span) -> Place {
        Place { file: self.file.to_owned(), path: self.path.clone(), span }
    }

    /// Does `inner` one key deeper in the path.
    fn within(&mut self, key: &str, inner: impl FnOnce(&mut Self)) {
        let length = self.path.len();
        push(&mut self.path, key);
        inner(self);
        self.path.truncate(length);
    }

    fn value(&mut self, is: &Is, node: &Node, at: Span) {
        match (is, &node.kind) {
            (_, Kind::Empty) => {
                let what = Text::new("這裡沒有內容", "there is nothing here");
                let span = if node.span.length == 0 { at } else { node.span };
                self.report.error("MK021", self.place(span), what, "", describe(is));
            }
            (Is::Either(forms), _) => match form(forms, node) {
                // A word that is none of the few may have been meant as another form.
                Some(Is::Choice(words)) => {
                    if let Some(text) = node.word().filter(|text| !words.iter().any(|word| word.word == *text)) {
                        let what = Text::new(format!("「{text}」不能寫在這裡"), format!("`{text}` cannot stand here"));
                        self.report.error("MK036", self.place(node.span), what, text, describe(is));
                    }
                }
                Some(form) => self.value(form, node, at),
                None => self.wrong_form(is, node),
            },
            (Is::Shape(shape), Kind::Map(_)) => self.shape(shape, node, at),
            (Is::Names(_, value), Kind::Map(entries)) => self.map(&Is::Name, value, entries, at),
            (Is::Map(key, value), Kind::Map(entries)) => self.map(key, value, entries, at),
            (Is::List(item), Kind::List(items)) => {
                if items.is_empty() {
                    let what = Text::new("清單是空的", "the list is empty");
                    let allowed = Text::new("至少一項；不需要就刪去這一行", "at least one item, or no list at all");
                    self.report.error("MK022", self.place(node.span), what, "[]", allowed);
                }
                for (index, node) in items.iter().enumerate() {
                    let length = self.path.len();
                    self.path.push_str(&format!("[{index}]"));
                    self.value(item, node, node.span);
                    self.path.truncate(length);
                }
            }
            (Is::List(item), Kind::Word { .. } | Kind::Map(_)) => self.value(item, node, at),
            (Is::Text, Kind::Map(entries)) => self.text(entries, at),
            (Is::Shape(_) | Is::Names(..) | Is::Map(..), Kind::Word { .. } | Kind::List(_)) => {
                self.wrong_form(is, node)
            }
            (_, Kind::Word { text, .. }) => self.word(is, text, node.span),
            (_, Kind::List(_) | Kind::Map(_)) => self.wrong_form(is, node),
        }
    }

    fn shape(&mut self, shape: &Shape, node: &Node, at: Span) {
        let entries = node.entries();
        for entry in entries {
            let written = entry.written.as_ref().unwrap_or(&entry.key);
            if self.report.is_full() {
                return;
            }
            let field = shape.field(&entry.key);
            if field.is_none() || entry.written.is_some() {
                let known: Vec<&str> = shape.keys().collect();
                let thing = shape.about.zh.split(['：', '，']).next().unwrap_or_default();
                let what = Text::new(
                    format!("{thing}沒有「{written}」這個鍵"),
                    format!("`{written}` is no key of a {}", shape.name.replace('_', " ")),
                );
                let near = field.map(|field| field.key);
                self.within(written, |inner| {
                    let place = inner.place(entry.key_span);
                    inner.report.error("MK019", place, what, written, suggestion(near, &known));
                });
            }
            if let Some(field) = field {
                self.within(&entry.key, |inner| inner.value(&field.is, &entry.value, entry.key_span));
            }
        }
        for field in shape.fields.iter().filter(|field| field.needed) {
            if !entries.iter().any(|entry| entry.key == field.key) {
                let what = Text::new(format!("缺少「{}」", field.key), format!("`{}` is missing", field.key));
                let is = describe(&field.is);
                let allowed = Text::new(
                    format!("{}：{}", field.about.zh, is.zh),
                    format!("{}: {}", field.about.en, is.en.unwrap_or_default()),
                );
                self.within(field.key, |inner| inner.report.error("MK020", inner.place(at), what, "", allowed));
            }
        }
    }

    fn map(&mut self, key: &Is, value: &Is, entries: &[Entry], at: Span) {
        if entries.is_empty() {
            let what = Text::new("這裡沒有內容", "there is nothing here");
            self.report.error("MK021", self.place(at), what, "{}", describe(&Is::Name));
        }
        for entry in entries {
            self.within(&entry.key, |inner| {
                inner.word(key, &entry.key, entry.key_span);
                inner.value(value, &entry.value, entry.key_span);
            });
        }
    }

    fn text(&mut self, entries: &[Entry], at: Span) {
        for entry in entries {
            self.within(&entry.key, |inner| match entry.key.as_str() {
                "zh-TW" | "en" => inner.value(&Is::Line, &entry.value, entry.key_span),
                _ => {
                    let what = Text::new("文字只有 zh-TW 與 en 兩種語言", "a text is in zh-TW and en");
                    let near = nearest(&entry.key, ["zh-TW", "en"]);
                    let place = inner.place(entry.key_span);
                    inner.report.error("MK019", place, what, &entry.key, suggestion(near, &["zh-TW", "en"]));
                }
            });
        }
        if !entries.iter().any(|entry| nearest(&entry.key, ["zh-TW"]).is_some()) {
            let what = Text::new("缺少中文（zh-TW）", "the Chinese text (zh-TW) is missing");
            self.report.error("MK020", self.place(at), what, "", describe(&Is::Text));
        }
    }

    fn word(&mut self, is: &Is, text: &str, span: Span) {
        if let Some(wrong) = scalar::wrong(is, text, self.names) {
            self.report.error(wrong.code, self.place(span), wrong.what, text, wrong.allowed);
        }
    }

    fn wrong_form(&mut self, is: &Is, node: &Node) {
        let (zh, en, found) = match &node.kind {
            Kind::Empty => ("沒有內容", "nothing", String::new()),
            Kind::Word { text, .. } => ("一個詞", "a single value", text.clone()),
            Kind::List(_) => ("一份清單", "a list", "[…]".to_owned()),
            Kind::Map(_) => ("一組鍵與值", "a mapping", "{…}".to_owned()),
        };
        let what = Text::new(format!("這裡不能是{zh}"), format!("this cannot be {en}"));
        self.report.error("MK023", self.place(node.span), what, &found, describe(is));
    }
}

/// `did you mean …?`, and all that is known.
pub fn suggestion(near: Option<&str>, known: &[&str]) -> Text {
    let (zh, en) = (known.join("、"), known.join(", "));
    match near {
        Some(near) => {
            Text::new(format!("是不是要寫「{near}」？可用：{zh}"), format!("did you mean `{near}`? known: {en}"))
        }
        None if known.is_empty() => Text::new("目前一個也沒有", "there is none yet"),
        None => Text::new(format!("可用：{zh}"), format!("known: {en}")),
    }
}

/// The form that a node has, whether or not it is right in all its parts.
pub fn form<'a>(forms: &'a [Is], node: &Node) -> Option<&'a Is> {
    let fits = |is: &Is| match (&node.kind, is) {
        (Kind::Map(_), Is::Shape(_) | Is::Names(..) | Is::Map(..) | Is::Text) => true,
        (Kind::List(_), Is::List(_)) => true,
        (Kind::Word { .. }, Is::Shape(_) | Is::Names(..) | Is::Map(..) | Is::List(_)) => false,
        (Kind::Word { .. }, _) => true,
        _ => false,
    };
    let shared = |is: &Is| match is {
        Is::Shape(shape) => node.entries().iter().filter(|entry| shape.field(&entry.key).is_some()).count(),
        _ => 0,
    };
    // The first of the best: `max_by_key` would take the last.
    forms.iter().filter(|is| fits(is)).rev().max_by_key(|is| shared(is))
}
