//! Printing what people's own templates take part in. Fuel bounds a template's steps, not the memory
//! that it asks for in one, so a child process prints it, and only what comes of it is heard here.

use std::collections::BTreeSet;

use minijinja::value::{Serde, Value};
use serde::{Deserialize, Serialize};

use super::sources::Source;
use super::{RenderError, Templates, environment};

/// The name of the child's job.
pub const JOB: &str = "printing";

/// Answers a question as [`set_up`]'s job does, or says why there is no answer.
pub type Printer = Box<dyn Fn(&[u8]) -> Result<Vec<u8>, String> + Send + Sync>;

/// What is to be printed, one after the other, of the same values.
#[derive(Serialize, Deserialize)]
struct Question<'a> {
    #[serde(borrow)]
    templates: Vec<&'a str>,
    context: serde_json::Value,
}

type Printed = Result<Vec<String>, RenderError>;

/// The templates that are people's own, and those of the binary that use one of them.
pub(super) fn names(sources: &[Source]) -> BTreeSet<String> {
    let mut names: BTreeSet<String> =
        sources.iter().filter(|source| source.foreign).map(|source| source.name.clone()).collect();
    loop {
        // The binary's own name each template that they use, as it is called.
        let found: Vec<String> = sources
            .iter()
            .filter(|source| !names.contains(&source.name) && names.iter().any(|name| source.text.contains(name)))
            .map(|source| source.name.clone())
            .collect();
        if found.is_empty() {
            return names;
        }
        names.extend(found);
    }
}

/// The child's job: compiles the templates, then prints what is asked.
pub type Answering = Box<dyn Fn(&[u8]) -> Result<Vec<u8>, (&'static str, String)>>;

pub fn set_up(texts: &[u8]) -> Result<Answering, (&'static str, String)> {
    let refused = |error: &dyn std::fmt::Display| ("printing", error.to_string());
    let texts: Vec<(String, String)> = serde_json::from_slice(texts).map_err(|error| refused(&error))?;
    let mut env = environment();
    for (name, text) in texts {
        env.add_template_owned(name, text).map_err(|error| refused(&error))?;
    }
    let templates = Templates { env, ..Templates::default() };
    Ok(Box::new(move |question| {
        let question: Question<'_> = serde_json::from_slice(question).map_err(|error| refused(&error))?;
        let context = Value::from(Serde(&question.context));
        let print = |name: &&str| templates.render(name, context.clone());
        let printed: Printed = question.templates.iter().map(print).collect();
        serde_json::to_vec(&printed).map_err(|error| refused(&error))
    }))
}

impl Templates {
    /// What a child is set up with.
    pub fn texts(&self) -> Vec<u8> {
        let texts: Vec<(&str, &str)> =
            self.untried.iter().map(|source| (source.name.as_str(), source.text.as_str())).collect();
        serde_json::to_vec(&texts).unwrap_or_default()
    }

    /// Lets `printer` print whatever people's own templates take part in. Without one they are refused.
    pub fn print_with(&mut self, printer: Printer) {
        self.printer = Some(printer);
    }

    /// Whether one of them is people's own, or uses one.
    pub(super) fn is_outside(&self, names: &[&str]) -> bool {
        names.iter().any(|name| self.outside.contains(*name))
    }

    pub(super) fn print(&self, names: &[&str], context: serde_json::Value) -> Result<Vec<String>, RenderError> {
        let failed = |what: String| RenderError { template: names.join(", "), line: 0, what };
        let printer = self.printer.as_ref().ok_or_else(|| failed("nobody prints templates from outside".to_owned()))?;
        let question = Question { templates: names.to_vec(), context };
        let question = serde_json::to_vec(&question).map_err(|error| failed(error.to_string()))?;
        let answer = printer(&question).map_err(failed)?;
        let printed: Printed = serde_json::from_slice(&answer).map_err(|error| failed(error.to_string()))?;
        printed
    }
}
