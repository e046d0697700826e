//! The sandboxed rule engine: scripts compiled once, facts in, answer with reasons out. Facts are
//! summed in Rust; a rule only decides. What a script may use is in `docs/rules.md`, generated
//! from the tables of `vocabulary`.

mod answer;
mod cases;
mod check;
mod cover;
mod document;
mod engine;
pub mod failure;
pub mod filing;
pub mod numbers;
mod scan;
mod subject;
mod vocabulary;

use std::sync::Arc;

use rhai::{AST, CallFnOptions, Dynamic, Engine, Position, Scope};

use crate::definition::{Definition, RuleName};
use crate::problem::Problem;

pub use answer::Answer;
pub use cases::nothing;
pub use cover::{Coverage, Part, Spot};
pub use document::document;
pub use engine::Watch;
pub use failure::no_value;
pub use filing::{Figure, Filing};
pub use subject::Subject;

/// A school's scripts, compiled.
pub struct Rules {
    engine: Engine,
    scripts: Vec<Compiled>,
    /// The rule of each requirement, in the definition's order.
    rules: Vec<Rule>,
    names: Arc<subject::Names>,
}

/// Why a rule of a case says nothing.
#[derive(Clone, Debug)]
pub enum Unsaid {
    /// It needs the answer of this field first.
    Unanswered(String),
    Failed(Box<Problem>),
}

impl Unsaid {
    fn of(problem: Problem) -> Unsaid {
        Unsaid::Failed(Box::new(problem))
    }
}

struct Compiled {
    name: String,
    file: std::path::PathBuf,
    ast: AST,
    /// Where each function is written.
    places: Vec<(String, Position)>,
    /// Whether it may ask for a parameter.
    asks_parameters: bool,
}

/// A function of a compiled script.
struct Rule {
    /// Index into `Rules::scripts`.
    script: usize,
    function: String,
}

impl Rules {
    /// Compiles every script of a definition, or says everything that is wrong with them. Nothing
    /// here reads the time: what bounds a rule is the number of its operations.
    pub fn compile(definition: &Definition) -> Result<Rules, Vec<Problem>> {
        check::compile(definition, None)
    }

    /// Like `compile`; a rule besides ends 200 ms after it began by the clock that is handed in.
    pub fn compile_watched(definition: &Definition, watch: Watch) -> Result<Rules, Vec<Problem>> {
        check::compile(definition, Some(watch))
    }

    /// The rules with marks that tell which of their parts have been run; for tests of a folder.
    /// `None` where a script can't be marked.
    pub fn covered(definition: &Definition) -> Option<(Rules, Coverage)> {
        cover::compile(definition)
    }

    /// What a rule sees, to be filled for one student after the other.
    pub fn subject(&self, day: crate::clock::Day, academic_year: i32) -> Arc<Subject> {
        Arc::new(Subject::new(self.names.clone(), day, academic_year))
    }

    /// Asks the rule of a requirement (by its index) about what `subject` holds. A rule that fails
    /// never panics: the problem names its file and line.
    pub fn ask(&self, requirement: usize, subject: &Arc<Subject>) -> Result<Answer, Box<Problem>> {
        let Some(rule) = self.rules.get(requirement) else {
            return Err(Box::new(failure::no_rule(requirement)));
        };
        self.call(rule.script, &rule.function, subject)
    }

    /// What a case's rules see, with the names that this school's rules may say.
    pub fn filing(&self, case: filing::Case) -> Arc<Filing> {
        Arc::new(Filing::new(self.names.clone(), case))
    }

    /// Asks a rule that agrees or does not: the check of a field, the condition of a move.
    pub fn agree(&self, rule: &RuleName, filing: &Arc<Filing>) -> Result<Answer, Unsaid> {
        let (compiled, value) = self.ask_case(rule, filing)?;
        Answer::read(value).map_err(|found| Unsaid::of(failure::not_an_answer(&found, compiled, &rule.function)))
    }

    /// Asks a rule that computes.
    pub fn figure(&self, rule: &RuleName, filing: &Arc<Filing>) -> Result<Figure, Unsaid> {
        let (compiled, value) = self.ask_case(rule, filing)?;
        Figure::read(value).map_err(|found| Unsaid::of(failure::not_a_figure(&found, compiled, &rule.function)))
    }

    fn ask_case(&self, rule: &RuleName, filing: &Arc<Filing>) -> Result<(&Compiled, Dynamic), Unsaid> {
        let Some(compiled) = self.scripts.iter().find(|script| script.name == rule.script) else {
            return Err(Unsaid::of(failure::no_rule(0)));
        };
        let argument = Dynamic::from(filing.clone());
        let options = CallFnOptions::new().eval_ast(false).with_tag(argument.clone());
        let (engine, ast, function) = (&self.engine, &compiled.ast, rule.function.as_str());
        match engine.call_fn_with_options::<Dynamic>(options, &mut Scope::new(), ast, function, (argument,)) {
            Ok(value) => Ok((compiled, value)),
            Err(error) => match failure::unanswered(&error) {
                Some(field) => Err(Unsaid::Unanswered(field)),
                None => Err(Unsaid::of(failure::of_run(&error, compiled, function))),
            },
        }
    }

    /// The functions of a script: name, number of arguments.
    pub fn functions<'a>(&'a self, script: &str) -> impl Iterator<Item = (&'a str, usize)> {
        let script = self.scripts.iter().find(|compiled| compiled.name == script);
        script.into_iter().flat_map(|compiled| compiled.ast.iter_functions().map(|f| (f.name, f.params.len())))
    }

    fn call(&self, script: usize, function: &str, subject: &Arc<Subject>) -> Result<Answer, Box<Problem>> {
        let Some(compiled) = self.scripts.get(script) else {
            return Err(Box::new(failure::no_rule(script)));
        };
        let argument = Dynamic::from(subject.clone());
        let mut options = CallFnOptions::new().eval_ast(false);
        if compiled.asks_parameters {
            // `parameter` is a free function: it finds what the rule sees in the call's tag.
            options = options.with_tag(argument.clone());
        }
        let (engine, ast) = (&self.engine, &compiled.ast);
        let outcome = engine.call_fn_with_options::<Dynamic>(options, &mut Scope::new(), ast, function, (argument,));
        outcome
            .map_err(|error| failure::of_run(&error, compiled, function))
            .and_then(|value| Answer::read(value).map_err(|found| failure::not_an_answer(&found, compiled, function)))
            .map_err(Box::new)
    }
}
