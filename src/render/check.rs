//! Checks every template name by name: what it asks of its page, which words, filters and other
//! templates it names. All that is wrong is said at once, each with its place.

mod walk;

use std::collections::{BTreeSet, HashMap};

use minijinja::machinery::parse;

use self::walk::Check;
use super::shape::Shape;
use super::sources::Source;
use super::{letters, pages, place};
use crate::definition::Letter;
use crate::lang::Text;
use crate::problem::Problem;

/// Every problem of every template.
pub(super) fn all(sources: &[Source]) -> Vec<Problem> {
    let names: BTreeSet<&str> = sources.iter().map(|source| source.name.as_str()).collect();
    let shapes = page_shapes();
    let mut problems = Vec::new();
    for source in sources {
        let Ok(tree) = parse(&source.text, &source.name, super::syntax()) else { continue };
        let root = shapes.get(source.name.as_str()).cloned().unwrap_or_else(|| default_shape(&source.name));
        let mut check = Check { source, names: &names, scopes: vec![root], problems: Vec::new(), parts: Vec::new() };
        check.statement(&tree);
        problems.extend(check.problems);
    }
    for template in shapes.keys() {
        if !names.contains(template) {
            problems.push(Problem {
                code: "MK806",
                file: format!("templates/{template}").into(),
                what: Text::new("缺少這個樣板", "this template is missing"),
                ..Problem::default()
            });
        }
    }
    problems
}

type Scope = HashMap<String, Shape>;

fn page_shapes() -> HashMap<&'static str, Scope> {
    let mut out: HashMap<&'static str, Scope> = HashMap::new();
    for (template, samples) in pages::samples().into_iter().chain(letters::samples()) {
        let shape = samples.iter().map(Shape::of).reduce(Shape::merge).unwrap_or(Shape::Any);
        if let Shape::Map(fields) = shape {
            let mut scope: Scope = fields.into_iter().collect();
            scope.insert("lang".to_owned(), Shape::Leaf);
            out.insert(template, scope);
        }
    }
    out
}

/// What a part of a page (a base, a file of macros) may use: the frame, and a page it knows nothing of.
fn default_shape(name: &str) -> Scope {
    let mut scope = Scope::from([("lang".to_owned(), Shape::Leaf)]);
    if name.starts_with("pages/") {
        let frame = pages::frame_samples().iter().map(Shape::of).reduce(Shape::merge).unwrap_or(Shape::Any);
        scope.insert("frame".to_owned(), frame);
        scope.insert("page".to_owned(), Shape::Any);
    } else {
        scope.insert("letter".to_owned(), Shape::Any);
    }
    scope
}

/// What a letter's template asks for and its audience's letters have not; `None` where it fits.
pub(super) fn letter(letter: &Letter, sources: &[Source]) -> Option<Problem> {
    let names: BTreeSet<&str> = sources.iter().map(|source| source.name.as_str()).collect();
    let shape = letters::of(letter.to).iter().map(Shape::of).reduce(Shape::merge).unwrap_or(Shape::Any);
    let scope = Scope::from([("lang".to_owned(), Shape::Leaf), ("letter".to_owned(), shape)]);
    let mut open: Vec<String> =
        ["html", "text", "subject"].map(|part| format!("mail/{}/{part}.jinja", letter.template)).to_vec();
    let mut seen = BTreeSet::new();
    while let Some(name) = open.pop() {
        let Some(source) = sources.iter().find(|source| source.name == name) else { continue };
        let Ok(tree) = parse(&source.text, &source.name, super::syntax()) else { continue };
        if !seen.insert(name) {
            continue;
        }
        let scopes = vec![scope.clone()];
        let mut check = Check { source, names: &names, scopes, problems: Vec::new(), parts: Vec::new() };
        check.statement(&tree);
        // What is wrong with a template for anyone has been told of the template.
        if let Some(unfit) = check.problems.into_iter().find(|problem| problem.code == "MK803") {
            return Some(place::of_unfit(letter, unfit));
        }
        open.extend(check.parts);
    }
    None
}
