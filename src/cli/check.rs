//! `menkan check`: every problem of one school's folder or of all, on the terminal with the lines
//! that are meant, or as one JSON document. Exit code 1 where there is an error.

use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level as Mark, Renderer, Snippet};
use clap::Args;
use serde_json::json;

use super::{CliError, SettingsArgs};
use crate::app::{self, CheckedFolder};
use crate::definition::folder;
use crate::lang::Lang;
use crate::problem::{Level, Problem};
use crate::sandbox::Sandbox;

#[derive(Args)]
pub struct CheckArgs {
    /// The folder that holds workflows/, rules/ and templates/; by default that of --folder
    #[arg(value_name = "FOLDER")]
    place: Option<PathBuf>,
    /// One JSON document instead of text
    #[arg(long)]
    json: bool,
}

pub fn run(settings: &SettingsArgs, args: CheckArgs) -> Result<ExitCode, CliError> {
    let place = args.place.unwrap_or_else(|| settings.folder.clone());
    let checked = folders(&place, settings.school.as_deref())?;
    let lang = settings.lang();
    let mut out = std::io::stdout().lock();
    let written =
        if args.json { writeln!(out, "{:#}", as_json(&checked, lang)) } else { as_text(&mut out, &checked, lang) };
    match written {
        // Whoever reads may have seen enough.
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => {}
        written => written?,
    }
    let failed = checked.iter().flat_map(|school| &school.problems).any(|problem| problem.level == Level::Error);
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// The schools of a folder, checked; all where none is named.
pub fn folders(place: &Path, school: Option<&str>) -> Result<Vec<CheckedFolder>, CliError> {
    let schools = match school {
        Some(school) => vec![school.to_owned()],
        None => folder::schools(place)
            .map_err(|error| CliError::Failed(format!("{}: {error}", place.join("workflows").display())))?,
    };
    if schools.is_empty() {
        return Err(CliError::Failed(format!("{} holds no school", place.join("workflows").display())));
    }
    let sandbox = Sandbox::own()?;
    Ok(schools.iter().map(|school| app::check(place, school, &sandbox)).collect())
}

fn as_json(checked: &[CheckedFolder], lang: Lang) -> serde_json::Value {
    let problems = || checked.iter().flat_map(|school| &school.problems);
    let count = |level| problems().filter(|problem| problem.level == level).count();
    let schools: Vec<_> =
        checked.iter().map(|school| json!({"school": school.school, "edition": school.edition})).collect();
    json!({
        "ok": count(Level::Error) == 0,
        "errors": count(Level::Error),
        "warnings": count(Level::Warning),
        "schools": schools,
        "problems": problems().map(|problem| problem.json(lang)).collect::<Vec<_>>(),
    })
}

fn as_text(out: &mut impl Write, checked: &[CheckedFolder], lang: Lang) -> std::io::Result<()> {
    let colour = std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() }.decor_style(DecorStyle::Unicode);
    for school in checked {
        for problem in &school.problems {
            writeln!(out, "{}\n", shown(&renderer, school, problem, lang))?;
        }
        writeln!(out, "{}", summary(school, lang))?;
    }
    Ok(())
}

fn summary(school: &CheckedFolder, lang: Lang) -> String {
    let count = |level| school.problems.iter().filter(|problem| problem.level == level).count();
    let (errors, warnings, name) = (count(Level::Error), count(Level::Warning), &school.school);
    match (lang, errors, warnings, &school.edition) {
        (Lang::ZhTw, 0, 0, Some(edition)) => format!("{name}：沒有問題（版本 {}）", &edition[..12]),
        (Lang::ZhTw, _, _, _) => format!("{name}：{errors} 個錯誤、{warnings} 個提醒"),
        (Lang::En, 0, 0, Some(edition)) => format!("{name}: no problem (edition {})", &edition[..12]),
        (Lang::En, _, _, _) => {
            let s = |count| if count == 1 { "" } else { "s" };
            format!("{name}: {errors} error{}, {warnings} warning{}", s(errors), s(warnings))
        }
    }
}

fn shown(renderer: &Renderer, school: &CheckedFolder, problem: &Problem, lang: Lang) -> String {
    let mark = match (problem.level, lang) {
        (Level::Error, Lang::ZhTw) => Mark::ERROR.with_name("錯誤"),
        (Level::Error, Lang::En) => Mark::ERROR,
        (Level::Warning, Lang::ZhTw) => Mark::WARNING.with_name("提醒"),
        (Level::Warning, Lang::En) => Mark::WARNING,
    };
    let file = problem.file.display().to_string();
    let mut group = Group::with_title(mark.primary_title(problem.what.get(lang)).id(problem.code));
    match school
        .files
        .text(&file)
        .and_then(|text| Some((text, range(text, problem.line, problem.column, problem.length)?)))
    {
        Some((text, span)) => {
            let annotation = AnnotationKind::Primary.span(span).label(problem.path.clone());
            group = group.element(Snippet::source(text).path(file).annotation(annotation));
        }
        None => group = group.element(annotate_snippets::Origin::path(file)),
    }
    if let Some(see) = &problem.see {
        let file = see.file.display().to_string();
        if let Some((text, span)) =
            school.files.text(&file).and_then(|text| Some((text, range(text, see.line, see.column, see.length)?)))
        {
            let annotation = AnnotationKind::Context.span(span).label(see.what.get(lang));
            group = group.element(Snippet::source(text).path(file).annotation(annotation));
        }
    }
    let allowed = problem.allowed.get(lang);
    if !allowed.is_empty() {
        let help = match lang {
            Lang::ZhTw => Mark::HELP.with_name("建議"),
            Lang::En => Mark::HELP,
        };
        group = group.element(help.message(allowed));
    }
    renderer.render(&[group])
}

/// Bytes of a text from a line, a column and a length in characters; `None` where there is no
/// such place.
fn range(text: &str, line: usize, column: usize, length: usize) -> Option<std::ops::Range<usize>> {
    let start_of_line: usize = text.split_inclusive('\n').take(line.checked_sub(1)?).map(str::len).sum();
    let line = text.get(start_of_line..)?.lines().next().unwrap_or_default();
    let at = |column: usize| line.char_indices().nth(column).map_or(line.len(), |(at, _)| at);
    let from = at(column.checked_sub(1)?);
    Some(start_of_line + from..start_of_line + at(column - 1 + length.max(1)).max(from))
}
