//! Takes a misspelt key for the one that was meant, so that it is one problem and not three: its
//! value is checked and used as what it was meant to be, and the check says how it was written.

use super::conform::form;
use super::near::nearest;
use super::read::Document;
use super::shape::{Is, Shape};
use super::tree::{Kind, Node};

/// A mapping with more keys that are not known is not misspelt, it is something else.
const MOST: usize = 50;

pub fn document(document: &mut Document) {
    shape(document.kind.shape, &mut document.root);
}

fn shape(shape: &'static Shape, node: &mut Node) {
    let Kind::Map(entries) = &mut node.kind else { return };
    let mut free: Vec<&'static str> =
        shape.keys().filter(|key| !entries.iter().any(|entry| entry.key == *key)).collect();
    let mut looked = 0;
    for entry in entries.iter_mut() {
        if shape.field(&entry.key).is_none() && looked < MOST {
            looked += 1;
            if let Some(meant) = nearest(&entry.key, free.iter().copied()) {
                free.retain(|key| *key != meant);
                entry.written = Some(std::mem::replace(&mut entry.key, meant.to_owned()));
            }
        }
        if let Some(field) = shape.field(&entry.key) {
            value(&field.is, &mut entry.value);
        }
    }
}

fn value(is: &'static Is, node: &mut Node) {
    match is {
        Is::Shape(inner) => shape(inner, node),
        Is::Names(_, inner) | Is::Map(_, inner) => {
            if let Kind::Map(entries) = &mut node.kind {
                entries.iter_mut().for_each(|entry| value(inner, &mut entry.value));
            }
        }
        Is::List(inner) => match &mut node.kind {
            Kind::List(items) => items.iter_mut().for_each(|item| value(inner, item)),
            Kind::Map(_) => value(inner, node),
            Kind::Empty | Kind::Word { .. } => {}
        },
        Is::Either(forms) => {
            if let Some(form) = form(forms, node) {
                value(form, node);
            }
        }
        // Single values have no keys.
        _ => {}
    }
}
