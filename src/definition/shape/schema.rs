//! The language as a JSON Schema, draft-07, for editors that know YAML language servers.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{DOCUMENTS, Is, Shape, Word, describe};
use crate::definition::read::value::NAME_PATTERN;
use crate::lang::Lang;

/// The whole schema, described in one language.
pub fn schema(lang: Lang) -> Value {
    let mut writer = Writer { lang, definitions: BTreeMap::new() };
    // The marker says which kind a document is; the last kind has none.
    let mut whole = Value::Bool(false);
    for document in DOCUMENTS.iter().rev() {
        let shape = writer.shape(document.shape);
        whole = match document.marker {
            Some(marker) => json!({"if": {"required": [marker]}, "then": shape, "else": whole}),
            None => shape,
        };
    }
    let definitions: Map<String, Value> = writer.definitions.into_iter().map(|(k, v)| (k.to_owned(), v)).collect();
    let mut out = json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Menkan",
        "type": "object",
    });
    if let (Some(out), Value::Object(whole)) = (out.as_object_mut(), whole) {
        out.extend(whole);
        out.insert("definitions".to_owned(), Value::Object(definitions));
    }
    out
}

struct Writer {
    lang: Lang,
    definitions: BTreeMap<&'static str, Value>,
}

impl Writer {
    fn shape(&mut self, shape: &'static Shape) -> Value {
        if !self.definitions.contains_key(shape.name) {
            // Held free before it is made, so that a shape may contain itself.
            self.definitions.insert(shape.name, Value::Null);
            let mut properties = Map::new();
            for field in shape.fields {
                let mut value = self.is(&field.is);
                if let Some(value) = value.as_object_mut() {
                    let about = format!("{} — {}", field.about.get(self.lang), describe(&field.is).get(self.lang));
                    value.insert("description".to_owned(), Value::String(about));
                }
                properties.insert(field.key.to_owned(), value);
            }
            let needed: Vec<&str> = shape.fields.iter().filter(|field| field.needed).map(|field| field.key).collect();
            let made = json!({
                "type": "object",
                "description": shape.about.get(self.lang),
                "properties": properties,
                "required": needed,
                "additionalProperties": false,
            });
            self.definitions.insert(shape.name, made);
        }
        json!({"allOf": [{"$ref": format!("#/definitions/{}", shape.name)}]})
    }

    fn is(&mut self, is: &'static Is) -> Value {
        match is {
            Is::Text => json!({"anyOf": [plain(), {
                "type": "object",
                "properties": {"zh-TW": plain(), "en": plain()},
                "required": ["zh-TW"],
                "additionalProperties": false,
            }]}),
            Is::Line | Is::Holds => plain(),
            Is::Name | Is::Defines(_) | Is::Of(_) => json!({"type": "string", "pattern": NAME_PATTERN}),
            Is::OptionName => json!({"type": ["string", "integer"], "pattern": OPTION_PATTERN}),
            Is::Whole(least, most) => json!({"type": "integer", "minimum": least, "maximum": most}),
            Is::Amount { above_zero: true } => json!({"type": "number", "exclusiveMinimum": 0, "multipleOf": 0.01}),
            Is::Amount { above_zero: false } => json!({"type": "number", "minimum": 0, "multipleOf": 0.01}),
            Is::YesNo => json!({"type": "boolean"}),
            Is::Day => pattern(DAY),
            Is::DayOrAgo => pattern(&format!("({DAY})|(^[1-9][0-9]* days? ago$)|(^today$)")),
            Is::MonthDay => pattern("^[0-1][0-9]-[0-3][0-9]$"),
            Is::Term => pattern(TERM),
            Is::Time => pattern("^[0-2][0-9]:[0-5][0-9]$"),
            Is::Zone => json!({"type": "string"}),
            Is::Link => pattern("^https?://\\S+$"),
            Is::Domain => pattern("^[a-z0-9-]+(\\.[a-z0-9-]+)+$"),
            Is::Rule => pattern("^[a-z][a-z0-9_]*::[a-z][a-z0-9_]*$"),
            Is::Choice(words) => self.choice(words),
            Is::Phrase(words, with_name) => {
                let mut forms = vec![self.choice(words)];
                forms.extend(with_name.iter().map(|(word, _)| pattern(&format!("^{} [a-z][a-z0-9_-]*$", word.word))));
                json!({"anyOf": forms})
            }
            Is::Shape(shape) => self.shape(shape),
            Is::List(item) => {
                let item = self.is(item);
                json!({"anyOf": [{"type": "array", "items": item, "minItems": 1}, item]})
            }
            Is::Names(_, value) => self.map(NAME_PATTERN, value),
            Is::Map(key, value) => {
                let keys = match key {
                    Is::Day => DAY,
                    Is::Term => TERM,
                    Is::Whole(..) => "^[0-9]+$",
                    Is::Name => NAME_PATTERN,
                    Is::OptionName => OPTION_PATTERN,
                    _ => ".*",
                };
                self.map(keys, value)
            }
            Is::Either(forms) => json!({"anyOf": forms.iter().map(|form| self.is(form)).collect::<Vec<_>>()}),
        }
    }

    fn map(&mut self, keys: &str, value: &'static Is) -> Value {
        let value = self.is(value);
        json!({"type": "object", "minProperties": 1, "patternProperties": {keys: value}, "additionalProperties": false})
    }

    fn choice(&self, words: &[Word]) -> Value {
        let known: Vec<&str> = words.iter().map(|word| word.word).collect();
        let about: Vec<&str> = words.iter().map(|word| word.about.get(self.lang)).collect();
        // `enumDescriptions` is what editors show beside each choice.
        json!({"enum": known, "enumDescriptions": about})
    }
}

const OPTION_PATTERN: &str = "^[a-z0-9][a-z0-9_-]*$";
const DAY: &str = "^[0-9]{4}-[0-1][0-9]-[0-3][0-9]$";
const TERM: &str = "^[1-9][0-9]{0,3}-[1-9]$";

/// Text in YAML may look like a number or `no`, and is text all the same.
fn plain() -> Value {
    json!({"type": ["string", "number", "boolean"]})
}

fn pattern(pattern: &str) -> Value {
    json!({"type": "string", "pattern": pattern})
}
