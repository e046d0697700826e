//! What a page showed of a case's answers, as one short text that the page sends back: by it what was
//! answered meanwhile in another window is told apart from what was answered here.

use std::collections::BTreeMap;

use super::see::Open;
use crate::app::App;
use crate::case::{Filled, Raw, fill};
use crate::definition::case::{Answer, Field};
use crate::rules::filing::Value;
use crate::seal::Chain;

/// Hex digits of a print.
const DIGITS: usize = 12;

/// `exam_date=0123456789ab exam_fee=…`: a print of each answer as a form shows it. Nobody reads an
/// answer out of it: it is made with the school's secret.
pub fn prints(app: &App, open: &Open) -> String {
    let filled = fill(&open.setting(), &open.workflow().fields, &open.case.raw);
    let printer = Printer::new(app, &open.row.id);
    let one =
        |field: &Field| format!("{}={}", field.id, printer.print(field, as_shown(field, &open.case.raw, &filled)));
    answered(open).map(one).collect::<Vec<_>>().join(" ")
}

/// The fields (indices) whose answers are no longer what was shown.
pub fn answered_since(app: &App, open: &Open, shown: &str) -> Vec<usize> {
    let (now, shown) = (prints(app, open), parse(shown));
    let now = parse(&now);
    let fields = open.workflow().fields.iter().enumerate();
    fields.filter(|(_, field)| now.get(field.id.as_str()) != shown.get(field.id.as_str())).map(|(at, _)| at).collect()
}

fn answered(open: &Open) -> impl Iterator<Item = &Field> {
    open.workflow().form().iter().filter(|field| !matches!(field.is, Answer::Computed { .. } | Answer::Record(_)))
}

/// What becomes of what was typed, where others may have answered since it was shown.
#[derive(Default)]
pub(super) struct Merged {
    pub typed: Raw,
    /// Fields (indices) answered both here and elsewhere, and not alike.
    pub differ: Vec<usize>,
}

/// Takes what was typed over what was shown. What was not touched here stays as it is by now.
pub(super) fn merge(app: &App, open: &Open, typed: Raw, shown: &str) -> Merged {
    let fields = &open.workflow().fields;
    let filled = fill(&open.setting(), fields, &open.case.raw);
    let (printer, shown) = (Printer::new(app, &open.row.id), parse(shown));
    let mut out = Merged::default();
    for (id, text) in typed {
        let Some((index, field)) = open.workflow().field(&id) else { continue };
        let was = shown.get(id.as_str()).copied();
        let now = printer.print(field, as_shown(field, &open.case.raw, &filled));
        let here = printer.print(field, &text);
        if was != Some(now.as_str()) {
            if was == Some(here.as_str()) {
                continue;
            }
            if here != now {
                out.differ.push(index);
            }
        }
        out.typed.insert(id, text);
    }
    out
}

/// An answer as a form shows it: a tick that nobody touched is ticked or not.
fn as_shown<'a>(field: &Field, raw: &'a Raw, filled: &Filled) -> &'a str {
    match field.is {
        Answer::Tick { .. } if filled.value(field) == Some(&Value::Tick(true)) => "on",
        Answer::Tick { .. } => "",
        _ => raw.get(&field.id).map(String::as_str).unwrap_or_default(),
    }
}

struct Printer<'a> {
    chain: Chain,
    case: &'a str,
}

impl<'a> Printer<'a> {
    fn new(app: &App, case: &'a str) -> Printer<'a> {
        Printer { chain: Chain::new(&app.settings.secret, "menkan prints v1"), case }
    }

    fn print(&self, field: &Field, text: &str) -> String {
        let mut print = self.chain.link(&format!("{} {}", self.case, field.id), text);
        print.truncate(DIGITS);
        print
    }
}

fn parse(shown: &str) -> BTreeMap<&str, &str> {
    shown.split(' ').filter_map(|part| part.split_once('=')).collect()
}
