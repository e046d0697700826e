//! The demonstration as plain data in the form of its table: lists where the table has lists,
//! numbers where it has numbers, all else text. What is made of it is `crate::demo`.

use serde_json::Value;

use super::{Document, Item};
use crate::definition::conform::form;
use crate::definition::shape::Is;
use crate::definition::tree::{Kind, Node};

pub fn demos(documents: &[Document]) -> Vec<Item<'_, Value>> {
    documents
        .iter()
        .filter(|document| document.kind.marker == Some("demo"))
        .filter_map(|document| {
            let name = document.root.entry("demo")?;
            let value = plain(&Is::Shape(document.kind.shape), &document.root);
            Some(Item { value, file: &document.file, path: String::new(), name, node: &document.root })
        })
        .collect()
}

fn plain(is: &Is, node: &Node) -> Value {
    match (is, &node.kind) {
        (Is::Either(forms), _) => form(forms, node).map_or(Value::Null, |is| plain(is, node)),
        (Is::List(item), Kind::List(items)) => Value::Array(items.iter().map(|node| plain(item, node)).collect()),
        (Is::List(item), _) => Value::Array(vec![plain(item, node)]),
        (Is::Shape(shape), Kind::Map(entries)) => {
            let known = entries.iter().filter_map(|entry| Some((entry, shape.field(&entry.key)?)));
            Value::Object(known.map(|(entry, field)| (entry.key.clone(), plain(&field.is, &entry.value))).collect())
        }
        (Is::Map(_, value), Kind::Map(entries)) => {
            Value::Object(entries.iter().map(|entry| (entry.key.clone(), plain(value, &entry.value))).collect())
        }
        // A text in two languages.
        (_, Kind::Map(entries)) => {
            Value::Object(entries.iter().map(|entry| (entry.key.clone(), plain(&Is::Line, &entry.value))).collect())
        }
        (Is::Whole(..), Kind::Word { text, .. }) => text.parse::<i64>().map_or(Value::Null, Value::from),
        (Is::YesNo, Kind::Word { text, .. }) => Value::Bool(text == "true"),
        (_, Kind::Word { text, .. }) => Value::String(text.clone()),
        (_, Kind::Empty | Kind::List(_)) => Value::Null,
    }
}
