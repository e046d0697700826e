//! Trying templates with their samples. A template from outside can ask for more memory than fuel
//! bounds, so whoever holds one lets a child process do this and only hears what came of it.

use minijinja::value::{Serde, Value};
use serde::{Deserialize, Serialize};

use super::{Templates, environment, letters, pages, place};
use crate::lang::{Lang, Text};
use crate::problem::Problem;

/// The name of the child's job.
pub const JOB: &str = "templates";

/// What the child is given.
#[derive(Serialize, Deserialize)]
struct Trial {
    templates: Vec<(String, String)>,
    /// Only this one's samples; all where none is named.
    only: Option<String>,
}

/// A template that failed with a sample.
#[derive(Serialize, Deserialize)]
struct Failed {
    template: String,
    line: usize,
    lang: String,
    what: String,
}

#[derive(Serialize)]
struct WithLang<'a> {
    lang: &'static str,
    #[serde(flatten)]
    rest: &'a serde_json::Value,
}

impl Templates {
    /// Lets `run` do the job on an input, and says what failed. Where a job was cut off (`Err` with
    /// why), each template from outside is tried alone, to name the one that did it.
    pub fn tried(&self, run: impl Fn(Vec<u8>) -> Result<Vec<u8>, String>) -> Result<(), Vec<Problem>> {
        if self.untried.is_empty() {
            return Ok(());
        }
        let why = match self.run(None, &run) {
            Ok(problems) => return if problems.is_empty() { Ok(()) } else { Err(problems) },
            Err(why) => why,
        };
        let mut problems = Vec::new();
        for source in self.untried.iter().filter(|source| source.foreign) {
            if let Err(why) = self.run(Some(&source.name), &run) {
                problems.push(cut_off(&source.file, &why));
            }
        }
        if problems.is_empty() {
            problems.push(cut_off(std::path::Path::new("templates"), &why));
        }
        Err(problems)
    }

    fn run(
        &self,
        only: Option<&str>,
        run: impl Fn(Vec<u8>) -> Result<Vec<u8>, String>,
    ) -> Result<Vec<Problem>, String> {
        let templates = self.untried.iter().map(|source| (source.name.clone(), source.text.clone())).collect();
        let trial = Trial { templates, only: only.map(str::to_owned) };
        let input = serde_json::to_vec(&trial).map_err(|error| error.to_string())?;
        let failed: Vec<Failed> = serde_json::from_slice(&run(input)?).map_err(|error| error.to_string())?;
        Ok(failed.iter().map(|failed| self.problem(failed)).collect())
    }

    fn problem(&self, failed: &Failed) -> Problem {
        let source = self.untried.iter().find(|source| source.name == failed.template);
        let file = source.map_or_else(|| failed.template.clone().into(), |source| source.file.clone());
        place::of_failure(file, failed.line, &failed.lang, &failed.what)
    }
}

fn cut_off(file: &std::path::Path, why: &str) -> Problem {
    Problem {
        code: "MK809",
        file: file.to_owned(),
        what: Text::new(
            format!("用範例資料試印時超過了限制：{why}"),
            format!("trying it with sample data went beyond the limits: {why}"),
        ),
        ..Problem::default()
    }
}

/// The job: compiles the templates and renders every page and letter with its samples, in both
/// languages. Answers with what failed.
pub fn job(input: &[u8]) -> Result<Vec<u8>, (&'static str, String)> {
    let refused = |error: &dyn std::fmt::Display| ("trial", error.to_string());
    let trial: Trial = serde_json::from_slice(input).map_err(|error| refused(&error))?;
    let mut env = environment();
    for (name, text) in trial.templates {
        env.add_template_owned(name, text).map_err(|error| refused(&error))?;
    }
    let templates = Templates { env, ..Templates::default() };
    let failed = templates.failures(trial.only.as_deref());
    serde_json::to_vec(&failed).map_err(|error| refused(&error))
}

impl Templates {
    /// Renders every page and letter with its samples here and now: for the binary's own.
    pub fn try_samples(&self) -> Result<(), Vec<Problem>> {
        let problems: Vec<Problem> = self.failures(None).iter().map(|failed| self.problem(failed)).collect();
        if problems.is_empty() { Ok(()) } else { Err(problems) }
    }

    fn failures(&self, only: Option<&str>) -> Vec<Failed> {
        let mut failed: Vec<Failed> = Vec::new();
        for (template, contexts) in pages::samples().into_iter().chain(letters::samples()) {
            if only.is_some_and(|only| only != template) {
                continue;
            }
            for context in contexts {
                for lang in Lang::ALL {
                    let value = Value::from(Serde(WithLang { lang: lang.code(), rest: &context }));
                    let Err(error) = self.render(template, value) else { continue };
                    if !failed.iter().any(|known| known.template == error.template && known.line == error.line) {
                        failed.push(Failed {
                            template: error.template,
                            line: error.line,
                            lang: lang.code().to_owned(),
                            what: error.what,
                        });
                    }
                }
            }
        }
        failed
    }
}
