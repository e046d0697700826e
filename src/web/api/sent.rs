//! JSON that was sent: an object whose names are known, each name once. All that is wrong with it is
//! told at once, by place.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value as Json};

use super::Call;
use super::code::Code;
use super::problem::{At, Details, Refused};
use crate::amount::Amount;
use crate::lang::Lang;
use crate::render::words;

/// The most characters of one text.
pub(super) const LETTERS: usize = 20_000;
/// The version of the case that was seen.
pub(super) const VERSION: &str = "expected_version";
/// The longest key of a request that may be sent again.
const KEY: usize = 200;

pub(super) struct Sent {
    lang: Lang,
    map: Map<String, Json>,
    pub wrong: Vec<At>,
}

impl Call {
    /// The body as an object of these names.
    pub(super) fn object(&self, names: &[&str]) -> Result<Sent, Refused> {
        let kind = self.header("content-type").split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        if kind != "application/json" {
            let said = words().say_with(self.lang, "api-needs-type", &[("known", "application/json")]);
            return Err(Details::new(Code::MediaType).saying(said).into());
        }
        let value = match serde_json::from_slice::<Once>(&self.body) {
            Ok(Once(value)) => value,
            Err(error) => {
                let place = [("line", error.line().to_string()), ("column", error.column().to_string())];
                let place: Vec<(&str, &str)> = place.iter().map(|(name, text)| (*name, text.as_str())).collect();
                let said = words().say_with(self.lang, "api-no-json-at", &place);
                return Err(Details::new(Code::NoJson).saying(said).into());
            }
        };
        let Json::Object(map) = value else {
            let said = words().say(self.lang, "api-needs-object");
            return Err(Details::new(Code::Unfit).saying(said).into());
        };
        let mut sent = Sent { lang: self.lang, map, wrong: Vec::new() };
        let unknown: Vec<String> = sent.map.keys().filter(|name| !names.contains(&name.as_str())).cloned().collect();
        for name in unknown {
            let said = words().say_with(self.lang, "api-unknown-name", &[("known", &names.join(", "))]);
            sent.wrong.push(at("", &name, said));
        }
        Ok(sent)
    }

    /// What a request that is sent again is known by, each kind of request by its own; at random
    /// where nothing is said.
    pub(super) fn key(&self, kind: &str) -> Result<String, Refused> {
        let mut keys = self.head.headers.get_all("idempotency-key").iter();
        let Some(key) = keys.next() else {
            let mut bytes = [0u8; 16];
            getrandom::fill(&mut bytes).map_err(|error| crate::web::Fault::Internal(error.to_string()))?;
            return Ok(format!("api {kind} at random {}", hex::encode(bytes)));
        };
        let key = key.to_str().unwrap_or_default();
        let fits = (1..=KEY).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic());
        if !fits || keys.next().is_some() {
            let said = words().say_with(self.lang, "api-key-form", &[("most", &KEY.to_string())]);
            return Err(Details::new(Code::BadRequest).saying(said).into());
        }
        Ok(format!("api {kind}: {key}"))
    }
}

/// A place below another: `#/answers/exam_date`.
pub(super) fn at(above: &str, name: &str, said: String) -> At {
    let shown: String = name.chars().filter(|letter| !letter.is_control()).take(60).collect();
    At { pointer: format!("#{above}/{}", shown.replace('~', "~0").replace('/', "~1")), name: shown, said }
}

impl Sent {
    fn say(&mut self, name: &str, key: &str) {
        self.wrong.push(at("", name, words().say(self.lang, key)));
    }

    /// The version of the case that was seen: always needed.
    pub fn version(&mut self) -> i64 {
        match self.map.get(VERSION).map(Json::as_i64) {
            Some(Some(version)) if version > 0 => version,
            Some(_) => {
                self.say(VERSION, "api-needs-number");
                0
            }
            None => {
                self.say(VERSION, "api-needed");
                0
            }
        }
    }

    /// A text; empty where nothing is said.
    pub fn text(&mut self, name: &str) -> String {
        match self.map.get(name) {
            None | Some(Json::Null) => String::new(),
            Some(Json::String(text)) => match plain(text) {
                Ok(text) => text,
                Err(key) => {
                    self.say(name, key);
                    String::new()
                }
            },
            Some(_) => {
                self.say(name, "api-needs-text");
                String::new()
            }
        }
    }

    pub fn texts(&mut self, name: &str) -> Vec<String> {
        let all = match self.map.get(name) {
            None | Some(Json::Null) => Some(Vec::new()),
            Some(Json::Array(all)) => all.iter().map(|one| one.as_str().map(str::to_owned)).collect(),
            Some(_) => None,
        };
        if all.is_none() {
            self.say(name, "api-needs-texts");
        }
        all.unwrap_or_default()
    }

    /// Cases by their ids, each with the version that was seen; at least one, and each once.
    pub fn seen(&mut self, name: &str, most: usize) -> Vec<(String, i64)> {
        let one = |one: &Json| {
            let parts = one.as_object().filter(|parts| parts.len() == 2)?;
            let version = parts.get(VERSION)?.as_i64().filter(|version| *version > 0)?;
            Some((parts.get("id")?.as_str()?.to_owned(), version))
        };
        let all = match self.map.get(name) {
            Some(Json::Array(all)) => all.iter().map(one).collect::<Option<Vec<_>>>(),
            Some(_) | None => None,
        };
        let fits = |all: &Vec<(String, i64)>| {
            let ids: std::collections::BTreeSet<&str> = all.iter().map(|(id, _)| id.as_str()).collect();
            (1..=most).contains(&all.len()) && ids.len() == all.len()
        };
        let Some(all) = all.filter(fits) else {
            let said = words().say_with(self.lang, "api-needs-cases", &[("most", &most.to_string())]);
            self.wrong.push(at("", name, said));
            return Vec::new();
        };
        all
    }

    /// Amounts by name.
    pub fn amounts(&mut self, name: &str) -> Vec<(String, Amount)> {
        let parts = match self.map.get(name) {
            None | Some(Json::Null) => Some(Vec::new()),
            Some(Json::Object(parts)) => {
                let one = |(name, value): (&String, &Json)| match value {
                    Json::Number(number) => Some((name.clone(), Amount::parse(&number.to_string()).ok()?)),
                    _ => None,
                };
                parts.iter().map(one).collect()
            }
            Some(_) => None,
        };
        if parts.is_none() {
            self.say(name, "api-needs-amounts");
        }
        parts.unwrap_or_default()
    }

    pub fn flag(&mut self, name: &str) -> bool {
        match self.map.get(name) {
            None | Some(Json::Null) => false,
            Some(Json::Bool(flag)) => *flag,
            Some(_) => {
                self.say(name, "api-needs-flag");
                false
            }
        }
    }

    /// An object; always needed.
    pub fn parts(&mut self, name: &str) -> Map<String, Json> {
        match self.map.get(name) {
            Some(Json::Object(parts)) => return parts.clone(),
            Some(_) => self.say(name, "api-needs-object"),
            None => self.say(name, "api-needed"),
        }
        Map::new()
    }

    /// An object; empty where nothing is said.
    pub fn parts_or_none(&mut self, name: &str) -> Map<String, Json> {
        match self.map.get(name) {
            None | Some(Json::Null) => Map::new(),
            Some(_) => self.parts(name),
        }
    }

    /// Says all that is wrong, where something is.
    pub fn done(self) -> Result<(), Refused> {
        if self.wrong.is_empty() { Ok(()) } else { Err(Details::new(Code::Unfit).at(self.wrong).into()) }
    }
}

/// A text without what no form sends; else the key of what is said.
pub(super) fn plain(text: &str) -> Result<String, &'static str> {
    if text.chars().any(|letter| letter.is_control() && !matches!(letter, '\n' | '\r' | '\t')) {
        return Err("api-control");
    }
    if text.chars().count() > LETTERS { Err("api-too-long") } else { Ok(text.replace("\r\n", "\n")) }
}

/// JSON in which no name stands twice: two readers of one that does may read two things.
struct Once(Json);

impl<'de> Deserialize<'de> for Once {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Once, D::Error> {
        deserializer.deserialize_any(Reading).map(Once)
    }
}

struct Reading;

impl<'de> Visitor<'de> for Reading {
    type Value = Json;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Json, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Json, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Json, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Json, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut all: A) -> Result<Json, A::Error> {
        let mut out = Vec::new();
        while let Some(Once(value)) = all.next_element()? {
            out.push(value);
        }
        Ok(Json::Array(out))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut all: A) -> Result<Json, A::Error> {
        let mut out = Map::new();
        while let Some(name) = all.next_key::<String>()? {
            let Once(value) = all.next_value()?;
            if out.insert(name, value).is_some() {
                return Err(A::Error::custom("a name stands twice"));
            }
        }
        Ok(Json::Object(out))
    }
}
