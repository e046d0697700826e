//! `menkan test`: runs the examples beside a school's rules, says which do not hold and what no
//! example covers. Exit 1 where one does not hold or the folder has problems.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use serde_json::json;

use super::{CliError, SettingsArgs};
use crate::case;
use crate::definition::examples::{Difference, Examples, examples};
use crate::definition::folder::schools;
use crate::definition::{self, Definition, Files};
use crate::lang::{Lang, Text};
use crate::problem::{Level, Problem};
use crate::progress::examples::{differences, verdict_of};
use crate::rules::{Part, Rules};

#[derive(Args)]
pub struct TestArgs {
    /// The folder to test, instead of --folder
    folder: Option<PathBuf>,
    /// As JSON
    #[arg(long)]
    json: bool,
}

/// Tests one school, or all of the folder where none is named.
pub fn run(args: &TestArgs, settings: &SettingsArgs) -> Result<ExitCode, CliError> {
    let folder = args.folder.as_ref().unwrap_or(&settings.folder);
    let lang = settings.lang();
    let named = settings.school.clone().map(|school| vec![school]);
    let schools = match named {
        Some(schools) => schools,
        None => schools(folder).map_err(|error| CliError::Failed(format!("{}: {error}", folder.display())))?,
    };
    let results: Vec<Tested> = schools.into_iter().map(|school| test(folder, school)).collect();
    if args.json {
        let rows: Vec<_> = results.iter().map(|tested| tested.json(lang)).collect();
        println!("{:#}", json!({ "schools": rows }));
    } else {
        results.iter().for_each(|tested| tested.print(lang));
    }
    let holds = !results.is_empty() && results.iter().all(Tested::holds);
    Ok(if holds { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What came out for a school.
struct Tested {
    school: String,
    problems: Vec<Problem>,
    ran: Vec<Ran>,
    uncovered: Vec<Uncovered>,
}

/// An example that was run.
struct Ran {
    name: Text,
    file: PathBuf,
    line: usize,
    differences: Vec<Difference>,
}

/// Something that no example shows.
struct Uncovered {
    file: PathBuf,
    line: usize,
    column: usize,
    what: Text,
}

fn test(folder: &Path, school: String) -> Tested {
    let files = Files::read(folder, &school);
    let checked = definition::check(&files, &school);
    let mut tested = Tested { school, problems: checked.problems, ran: Vec::new(), uncovered: Vec::new() };
    let Some(definition) = checked.definition else { return tested };
    let rules = match Rules::compile(&definition) {
        Ok(rules) => rules,
        Err(problems) => {
            tested.problems.extend(problems);
            return tested;
        }
    };
    let mut examples = examples(&files, &definition);
    for problem in std::mem::take(&mut examples.problems) {
        // The check of the whole folder may have said so already.
        if !tested.problems.contains(&problem) {
            tested.problems.push(problem);
        }
    }
    let mut verdicts = vec![(false, false); definition.requirements.len()];
    for example in &examples.requirements {
        let Some(verdict) = verdict_of(&definition, &rules, example) else { continue };
        if let Some((passed, not_passed)) = verdicts.get_mut(example.requirement).filter(|_| verdict.bound) {
            *passed |= verdict.passed;
            *not_passed |= !verdict.passed;
        }
        let differences = differences(example, &verdict);
        let (name, file, line) = (example.name.clone(), example.file.clone(), example.line);
        tested.ran.push(Ran { name, file, line, differences });
    }
    for example in &examples.cases {
        let differences = case::examples::differences(&definition, &rules, &rules, example);
        let (name, file, line) = (example.name.clone(), example.file.clone(), example.line);
        tested.ran.push(Ran { name, file, line, differences });
    }
    tested.uncovered = uncovered(&definition, &rules, &examples, &verdicts);
    tested
}

/// Verdicts that no example has, and parts of scripts that none runs.
fn uncovered(definition: &Definition, rules: &Rules, examples: &Examples, verdicts: &[(bool, bool)]) -> Vec<Uncovered> {
    let mut out = Vec::new();
    for (requirement, (passed, not_passed)) in definition.requirements.iter().zip(verdicts) {
        let title = |lang| requirement.title.get(lang);
        let script = definition.scripts.iter().find(|script| script.name == requirement.rule.script);
        let mut say = |zh, en| {
            let what = Text::new(
                format!("「{}」沒有{zh}的範例", title(Lang::ZhTw)),
                format!("no example of “{}” is {en}", title(Lang::En)),
            );
            let file = script.map(|script| script.file.with_extension("examples.yaml")).unwrap_or_default();
            out.push(Uncovered { file, line: 0, column: 0, what });
        };
        if !passed {
            say("通過", "passed");
        }
        if !not_passed {
            say("未通過", "not passed");
        }
    }
    if let Some((marked, coverage)) = Rules::covered(definition) {
        for example in &examples.requirements {
            verdict_of(definition, &marked, example);
        }
        for example in &examples.cases {
            case::examples::differences(definition, rules, &marked, example);
        }
        out.extend(coverage.unseen().into_iter().map(|spot| {
            let what = match &spot.part {
                Part::Function(name) => {
                    Text::new(format!("沒有範例執行到函式 {name}"), format!("no example runs the function {name}"))
                }
                Part::Branch => Text::new("沒有範例執行到這個分支", "no example runs this branch"),
                Part::NotTaken => Text::new("沒有範例是這個條件不成立的", "in no example this condition is false"),
            };
            Uncovered { file: spot.file.clone(), line: spot.line, column: spot.column, what }
        }));
    }
    out
}

impl Tested {
    fn holds(&self) -> bool {
        self.ran.iter().all(|ran| ran.differences.is_empty())
            && self.problems.iter().all(|problem| problem.level != Level::Error)
    }

    fn failed(&self) -> usize {
        self.ran.iter().filter(|ran| !ran.differences.is_empty()).count()
    }

    fn print(&self, lang: Lang) {
        for problem in &self.problems {
            eprintln!("{}", problem.line(lang));
        }
        for example in self.ran.iter().filter(|ran| !ran.differences.is_empty()) {
            let failed = Text::new("不符", "FAILED");
            println!("{} {}", failed.get(lang), example.name.get(lang));
            println!("     {}:{}", example.file.display(), example.line);
            for Difference { field, expected, found } in &example.differences {
                let (wanted, got) = match lang {
                    Lang::ZhTw => ("應為", "實為"),
                    Lang::En => ("expected", "found"),
                };
                println!("     {field}: {wanted} {}, {got} {}", quoted(expected), quoted(found));
            }
        }
        for Uncovered { file, line, column, what } in &self.uncovered {
            match line {
                0 => println!("{}: {}", file.display(), what.get(lang)),
                _ => println!("{}:{line}:{column}: {}", file.display(), what.get(lang)),
            }
        }
        let (ran, failed, uncovered) = (self.ran.len(), self.failed(), self.uncovered.len());
        match lang {
            Lang::ZhTw => println!("{}：範例 {ran} 則，不符 {failed} 則，未涵蓋 {uncovered} 處", self.school),
            Lang::En => println!("{}: {ran} examples, {failed} failed, {uncovered} not covered", self.school),
        }
    }

    fn json(&self, lang: Lang) -> serde_json::Value {
        let examples: Vec<_> = self
            .ran
            .iter()
            .map(|example| {
                json!({
                    "name": example.name.get(lang),
                    "file": example.file,
                    "line": example.line,
                    "holds": example.differences.is_empty(),
                    "differences": example.differences,
                })
            })
            .collect();
        let uncovered: Vec<_> = self
            .uncovered
            .iter()
            .map(|spot| {
                json!({ "file": spot.file, "line": spot.line, "column": spot.column, "what": spot.what.get(lang) })
            })
            .collect();
        json!({
            "school": self.school,
            "examples": examples,
            "failed": self.failed(),
            "uncovered": uncovered,
            "problems": self.problems,
        })
    }
}

fn quoted(text: &str) -> String {
    if text.is_empty() { "—".to_owned() } else { format!("“{text}”") }
}
