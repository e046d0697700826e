//! Templates and screen words: minijinja and Fluent, compiled once an edition and checked name by
//! name against what their pages give them. Nothing here knows a request or a record.

mod check;
pub mod codes;
pub mod outside;
mod place;
mod shape;
mod sources;
pub mod trial;
mod words;
mod written;

pub mod assets;
pub mod letters;
pub mod pages;

use std::collections::BTreeSet;
use std::io;
use std::path::Path;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Kwargs, Serde, Value};
use minijinja::{AutoEscape, Environment, ErrorKind, State, UndefinedBehavior};
use serde::{Deserialize, Serialize};
use serde_json::json;

pub use shape::Shape;
pub use words::{Words, words};

use crate::definition::Definition;
use crate::lang::Lang;
use crate::problem::Problem;

/// Instructions a page may take. A list of two thousand rows takes some hundred thousand.
const FUEL: u64 = 4_000_000;
/// A page is no larger than this, in bytes.
const LARGEST: usize = 8 * 1024 * 1024;
/// What could show what a page was given, or make much out of little.
const REMOVED_FILTERS: &[&str] = &["pprint", "indent", "format", "replace", "chain", "zip", "batch", "slice", "tojson"];
const REMOVED_FUNCTIONS: &[&str] = &["debug", "dict", "namespace", "range"];

/// A school's templates and the locale files, compiled.
#[derive(Default)]
pub struct Templates {
    env: Environment<'static>,
    /// All texts, where one of them is not what the binary carries: to be tried under limits.
    untried: Vec<sources::Source>,
    /// Those that are printed under limits, and who does it.
    outside: BTreeSet<String>,
    printer: Option<outside::Printer>,
}

/// Why a page could not be made.
#[derive(Debug, thiserror::Error, Serialize, Deserialize)]
#[error("template {template}, line {line}: {what}")]
pub struct RenderError {
    pub template: String,
    pub line: usize,
    pub what: String,
}

/// A letter ready to be sent, but for its recipient.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RenderedMail {
    pub subject: String,
    pub text: String,
    pub html: String,
}

impl Templates {
    /// Reads `templates/` of the folder over those in the binary (a school's own override one by
    /// one) and checks them all.
    pub fn load(folder: &Path, definition: &Definition) -> Result<Templates, Vec<Problem>> {
        let sources = sources::read(folder, &definition.school.id)?;
        let mut env = environment();
        let mut problems = Vec::new();
        for source in &sources {
            if let Err(error) = env.add_template_owned(source.name.clone(), source.text.clone()) {
                problems.push(place::of_error(source, &error));
            }
        }
        if problems.is_empty() {
            problems = check::all(&sources);
        }
        for letter in definition.notices.iter().flat_map(|notice| &notice.letters) {
            let has = |part| env.get_template(&format!("mail/{}/{part}.jinja", letter.template)).is_ok();
            // A template that does not parse has been told already.
            if !["subject", "text", "html"].into_iter().any(has) {
                if problems.is_empty() {
                    problems.push(place::of_letter(letter, &sources));
                }
            } else {
                problems.extend(check::letter(letter, &sources));
            }
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let foreign = sources.iter().any(|source| source.foreign);
        let outside = outside::names(&sources);
        let untried = if foreign { sources } else { Vec::new() };
        Ok(Templates { env, untried, outside, printer: None })
    }

    /// Whether the folder brings templates that the binary does not carry.
    pub fn has_foreign(&self) -> bool {
        !self.untried.is_empty()
    }

    /// A page within its frame. `P::TEMPLATE` names it.
    pub fn page<P: pages::Page>(&self, frame: &pages::Frame, page: &P) -> Result<String, RenderError> {
        if self.is_outside(&[P::TEMPLATE]) {
            let context = json!({ "lang": frame.lang, "frame": frame, "page": page });
            return Ok(self.print(&[P::TEMPLATE], context)?.concat());
        }
        let context = minijinja::context! {
            lang => frame.lang,
            frame => Value::from(Serde(frame)),
            page => Value::from(Serde(page)),
        };
        self.render(P::TEMPLATE, context)
    }

    /// A letter from `templates/mail/<name>/{subject,text,html}.jinja`: each file serves both
    /// languages with `t()` and `lang`, and finds the letter's own values under `letter`.
    pub fn render_mail<C: Serialize>(&self, name: &str, lang: Lang, letter: &C) -> Result<RenderedMail, RenderError> {
        let names = ["subject", "text", "html"].map(|part| format!("mail/{name}/{part}.jinja"));
        let names = names.each_ref().map(String::as_str);
        let parts = if self.is_outside(&names) {
            self.print(&names, json!({ "lang": lang.code(), "letter": letter }))?
        } else {
            let context = minijinja::context! { lang => lang.code(), letter => Value::from(Serde(letter)) };
            names.iter().map(|name| self.render(name, context.clone())).collect::<Result<_, _>>()?
        };
        let mut parts = parts.into_iter();
        let mut part = || parts.next().unwrap_or_default();
        // A subject is one line, whatever its template or a name in it says.
        let subject = part().split_whitespace().collect::<Vec<_>>().join(" ");
        Ok(RenderedMail { subject, text: part(), html: part() })
    }

    fn render(&self, name: &str, context: Value) -> Result<String, RenderError> {
        let fail = |error: minijinja::Error| RenderError {
            template: error.name().unwrap_or(name).to_owned(),
            line: error.line().unwrap_or_default(),
            what: match error.detail() {
                Some(detail) => format!("{}: {detail}", error.kind()),
                None => error.kind().to_string(),
            },
        };
        let template = self.env.get_template(name).map_err(fail)?;
        let mut page = Capped { bytes: Vec::with_capacity(16 * 1024) };
        template.render_captured_to(context, &mut page).map_err(fail)?;
        String::from_utf8(page.bytes).map_err(|_| RenderError {
            template: name.to_owned(),
            line: 0,
            what: "the text is cut inside a character".to_owned(),
        })
    }
}

/// Takes what a template writes, up to the largest page.
struct Capped {
    bytes: Vec<u8>,
}

impl io::Write for Capped {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.bytes.len() + bytes.len() > LARGEST {
            return Err(io::Error::other("the page is too large"));
        }
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn environment() -> Environment<'static> {
    let mut env = Environment::new();
    env.set_undefined_behavior(UndefinedBehavior::Strict);
    env.set_fuel(Some(FUEL));
    env.set_recursion_limit(60);
    env.set_syntax(syntax());
    env.set_auto_escape_callback(|name| {
        if name.ends_with(".html") || name.ends_with(".svg") || name.ends_with("/html.jinja") {
            AutoEscape::Html
        } else {
            AutoEscape::None
        }
    });
    for name in REMOVED_FILTERS {
        env.remove_filter(name);
    }
    for name in REMOVED_FUNCTIONS {
        env.remove_global(name);
    }
    env.add_filter("written", written::filter);
    env.add_function("t", translate);
    env.add_function("unit", unit);
    env.add_function("has_words", |key: &str| words().has(key));
    env
}

/// A line that holds only a tag leaves no empty line.
fn syntax() -> SyntaxConfig {
    SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build().unwrap_or_default()
}

fn lang_of(state: &State<'_, '_>) -> Lang {
    state.lookup("lang").and_then(|value| value.as_str().and_then(Lang::parse)).unwrap_or_default()
}

/// `t("key")`, `t("key", count=3)`: the words of a screen in the reader's language.
fn translate(state: &State<'_, '_>, key: &str, args: Kwargs) -> Result<Value, minijinja::Error> {
    let lang = lang_of(state);
    if let Some(value) = words().fixed(lang, key) {
        // Arguments that the sentence does not use are no mistake.
        for name in args.args() {
            let _ = args.peek::<Value>(name);
        }
        return Ok(value);
    }
    let given: Vec<(&str, Value)> =
        args.args().map(|name| args.peek::<Value>(name).map(|value| (name, value))).collect::<Result<_, _>>()?;
    words()
        .with(lang, key, &given)
        .map(Value::from)
        .ok_or_else(|| minijinja::Error::new(ErrorKind::InvalidOperation, format!("no words for `{key}`")))
}

/// The name of a unit of amount, where the locale files have one; else as it is written. With an
/// amount it agrees with it: `unit("hours", "1")` is `hour`.
fn unit(state: &State<'_, '_>, id: &str, amount: Option<Value>) -> Value {
    let lang = lang_of(state);
    let is_one = amount.is_some_and(|amount| amount.to_string() == "1");
    let one = is_one.then(|| words().fixed(lang, &format!("unit-{id}-one"))).flatten();
    one.or_else(|| words().fixed(lang, &format!("unit-{id}"))).unwrap_or_else(|| Value::from(id))
}
