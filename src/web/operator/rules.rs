//! The edition in force, and taking the folder as it now is.

use axum::http::StatusCode;

use crate::definition::Requirement;
use crate::problem::Problem;
use crate::render::pages::rules::{DatedValue, ParameterRow, ProblemRow, RuleRow, Rules};
use crate::web::context::Known;
use crate::web::{Answer, Context, Posted, show};

pub(in crate::web) async fn show_rules(context: Context) -> Answer {
    let problems = context.web.last_reload().map(|reload| reload.problems).unwrap_or_default();
    show::page(&context, &page(&context, &problems))
}

pub(in crate::web) async fn reload(mut context: Context, _posted: Posted) -> Answer {
    context.release();
    match crate::web::reload(context.web.clone(), &context.viewer()?.account).await {
        Ok(()) => {
            let now = &context.web.app.edition.load().definition.edition;
            let same = *now == context.edition.definition.edition;
            show::see_saying(&context, "/rules", if same { "rules-reloaded-same" } else { "rules-reloaded" })
        }
        Err(problems) => show::page_with(&context, StatusCode::UNPROCESSABLE_ENTITY, &page(&context, &problems)),
    }
}

fn page(known: &Known, problems: &[Problem]) -> Rules {
    let definition = &known.edition.definition;
    let lang = known.lang;
    let parameters = definition.parameters.iter().map(|parameter| ParameterRow {
        id: parameter.id.clone(),
        title: parameter.title.get(lang).to_owned(),
        unit: parameter.unit.clone(),
        by: parameter.by.get(lang).to_owned(),
        values: parameter
            .values
            .iter()
            .map(|value| DatedValue { from: value.from.to_string(), value: value.value.to_string() })
            .collect(),
    });
    let problem = |problem: &Problem| ProblemRow {
        code: problem.code.to_owned(),
        place: format!("{}:{}:{}", problem.file.display(), problem.line, problem.column),
        what: problem.what.get(lang).to_owned(),
        found: problem.found.clone(),
        allowed: problem.allowed.get(lang).to_owned(),
    };
    Rules {
        edition: definition.edition.chars().take(12).collect(),
        folder: format!("workflows/{}", definition.school.id),
        requirements: definition.requirements.iter().map(|requirement| row(known, requirement)).collect(),
        parameters: parameters.collect(),
        problems: problems.iter().map(problem).collect(),
        warnings: known.edition.warnings.iter().map(problem).collect(),
    }
}

fn row(known: &Known, requirement: &Requirement) -> RuleRow {
    let (definition, lang) = (&known.edition.definition, known.lang);
    let parameter = &definition.parameters[requirement.needs];
    let needed = parameter.values.iter().rev().find(|value| value.from <= known.today);
    let counts: Vec<String> = requirement
        .counts
        .iter()
        .map(|count| {
            let title = definition.categories[count.category].title.get(lang);
            count.from.map_or_else(|| title.to_owned(), |term| format!("{title} ({term}+)"))
        })
        .collect();
    RuleRow {
        id: requirement.id.clone(),
        title: requirement.title.get(lang).to_owned(),
        office: definition.school.units[requirement.office].title.get(lang).to_owned(),
        needed: needed.map(|value| value.value.to_string()).unwrap_or_default(),
        unit: parameter.unit.clone(),
        counts: counts.join(" + "),
        rule: format!("{}::{}", requirement.rule.script, requirement.rule.function),
        by: requirement.by.get(lang).to_owned(),
    }
}
