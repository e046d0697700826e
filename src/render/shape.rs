//! What names a template may use: the shape of the values a page gives, read off its samples.

use std::collections::BTreeMap;

use serde_json::Value;

/// The shape of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Nothing is known: everything is allowed.
    Any,
    /// A text, a number, a truth value: it has no parts.
    Leaf,
    List(Box<Shape>),
    Map(BTreeMap<String, Shape>),
}

impl Shape {
    pub fn of(value: &Value) -> Shape {
        match value {
            Value::Null => Shape::Any,
            Value::Bool(_) | Value::Number(_) | Value::String(_) => Shape::Leaf,
            Value::Array(items) => {
                Shape::List(Box::new(items.iter().map(Shape::of).reduce(Shape::merge).unwrap_or(Shape::Any)))
            }
            Value::Object(fields) => {
                Shape::Map(fields.iter().map(|(name, value)| (name.clone(), Shape::of(value))).collect())
            }
        }
    }

    /// What either may be: an absent value (`Any`) takes the other's shape.
    pub fn merge(self, other: Shape) -> Shape {
        match (self, other) {
            (Shape::Any, other) | (other, Shape::Any) => other,
            (Shape::List(one), Shape::List(two)) => Shape::List(Box::new(one.merge(*two))),
            (Shape::Map(mut one), Shape::Map(two)) => {
                for (name, shape) in two {
                    let merged = match one.remove(&name) {
                        Some(known) => known.merge(shape),
                        None => shape,
                    };
                    one.insert(name, merged);
                }
                Shape::Map(one)
            }
            (Shape::Leaf, Shape::Leaf) => Shape::Leaf,
            _ => Shape::Any,
        }
    }

    pub fn element(&self) -> Shape {
        match self {
            Shape::List(element) => (**element).clone(),
            Shape::Any | Shape::Leaf | Shape::Map(_) => Shape::Any,
        }
    }

    /// The part of a name: `Err` with the names there are, where there is none of it.
    pub fn part(&self, name: &str) -> Result<Shape, Vec<String>> {
        match self {
            Shape::Map(fields) => fields.get(name).cloned().ok_or_else(|| fields.keys().cloned().collect()),
            Shape::Leaf => Err(Vec::new()),
            Shape::Any | Shape::List(_) => Ok(Shape::Any),
        }
    }
}
