//! `menkan progress` and `menkan explain`: one student's verdict, and the records behind one of its
//! numbers.

use std::process::ExitCode;

use clap::Args;
use serde_json::{Value, json};

use super::report::{day, pretty};
use super::table::Table;
use super::{CliError, SettingsArgs};
use crate::amount::Amount;
use crate::app::progress::{self, Judged};
use crate::clock::{Day, Instant};
use crate::definition::Definition;
use crate::lang::Lang;
use crate::progress::{Explanation, RequirementVerdict, amount_in_units};
use crate::render::words;

#[derive(Args)]
#[command(after_help = "Example: menkan progress 3B112001 --as-of 2025-12-12 --json")]
pub struct ProgressArgs {
    /// Student number
    student: String,
    /// The day as of which to judge; by default today
    #[arg(long)]
    as_of: Option<String>,
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
#[command(after_help = "Example: menkan explain 3B112001 volunteering --as-of 2025-12-12")]
pub struct ExplainArgs {
    /// Student number
    student: String,
    /// The id of a requirement
    requirement: String,
    /// The day as of which to judge; by default today
    #[arg(long)]
    as_of: Option<String>,
    #[arg(long)]
    json: bool,
}

pub async fn run(args: ProgressArgs, settings: &SettingsArgs, now: Instant) -> Result<ExitCode, CliError> {
    let app = settings.app().await?;
    let edition = app.edition.load_full();
    let day = day(&app, args.as_of.as_deref(), now)?;
    let mut conn = app.db.snapshot().await?;
    let judged = progress::of_student(&mut conn, &edition, &args.student, day).await?;
    let judged = judged.ok_or_else(|| unknown(&args.student, day))?;
    let lang = settings.lang();
    if args.json {
        print!("{}", pretty(&progress::as_json(&edition.definition, &judged, day, lang, |_| true)));
    } else {
        print!("{}", progress_text(&edition.definition, &judged, day, lang));
    }
    Ok(ExitCode::SUCCESS)
}

pub async fn run_explain(args: ExplainArgs, settings: &SettingsArgs, now: Instant) -> Result<ExitCode, CliError> {
    let app = settings.app().await?;
    let edition = app.edition.load_full();
    let definition = &edition.definition;
    let day = day(&app, args.as_of.as_deref(), now)?;
    let Some((requirement, _)) = definition.requirement(&args.requirement) else {
        let known: Vec<&str> = definition.requirements.iter().map(|requirement| requirement.id.as_str()).collect();
        return Err(CliError::Failed(format!(
            "there is no requirement `{}`; there are: {}",
            args.requirement,
            known.join(", ")
        )));
    };
    let mut conn = app.db.snapshot().await?;
    let found = progress::explain(&mut conn, &edition, &args.student, requirement, day).await?;
    let (judged, explanation) = found.ok_or_else(|| unknown(&args.student, day))?;
    let lang = settings.lang();
    if args.json {
        print!("{}", pretty(&explanation_json(definition, &judged, &explanation, day, lang)));
    } else {
        print!("{}", explanation_text(definition, &judged, &explanation, day, lang));
    }
    Ok(ExitCode::SUCCESS)
}

fn unknown(student: &str, day: Day) -> CliError {
    CliError::Failed(format!("there is no student `{student}` on {day}"))
}

/// 通過, 未通過 or 不適用, from the locale files.
fn state(bound: bool, passed: bool, lang: Lang) -> String {
    let key = match (bound, passed) {
        (false, _) => "figure-not-bound",
        (true, true) => "figure-passed",
        (true, false) => "figure-not-passed",
    };
    words().say(lang, key)
}

/// The same of one requirement, or 免修.
fn state_of(verdict: &RequirementVerdict, lang: Lang) -> String {
    match verdict.waived {
        Some(_) => words().say(lang, "figure-waived"),
        None => state(verdict.bound, verdict.passed, lang),
    }
}

fn progress_text(definition: &Definition, judged: &Judged, day: Day, lang: Lang) -> String {
    let (who, verdict) = (&judged.who, &judged.verdict);
    let mut table = Table::new("llrrl");
    table.row(
        ["requirement", "state", "earned", "needed", "why"].map(|key| words().say(lang, &format!("figure-{key}"))),
    );
    for (requirement, verdict) in definition.requirements.iter().zip(&verdict.requirements) {
        table.row([
            requirement.short.get(lang).to_owned(),
            state_of(verdict, lang),
            verdict.earned.to_string(),
            verdict.needed.to_string(),
            verdict.reasons.iter().map(|reason| reason.get(lang)).collect::<Vec<_>>().join(" "),
        ]);
    }
    format!(
        "{} {}  {} {}\n{} {day}: {}\n\n{}",
        who.student,
        who.name,
        who.department_name,
        who.class_name,
        words().say(lang, "figure-as-of"),
        state(verdict.bound, verdict.passed, lang),
        table.print()
    )
}

fn explanation_json(
    definition: &Definition,
    judged: &Judged,
    explanation: &Explanation,
    day: Day,
    lang: Lang,
) -> Value {
    let requirement = &definition.requirements[explanation.requirement];
    let records: Vec<Value> = explanation
        .records
        .iter()
        .map(|record| {
            json!({
                "id": record.credit.id,
                "category": definition.categories[record.credit.category].id,
                "name": record.credit.name,
                "amount": record.credit.amount,
                "happened_on": record.credit.happened_on.to_string(),
                "recorded_on": record.credit.recorded_on.to_string(),
                "source": record.credit.source,
                "counted": record.counted,
                "why": record.reason.get(lang),
            })
        })
        .collect();
    let parameter = explanation.needed.as_ref().map(|in_force| {
        let parameter = &definition.parameters[in_force.parameter];
        json!({
            "id": parameter.id,
            "value": in_force.value,
            "from": in_force.from.to_string(),
            "by": parameter.by.get(lang),
        })
    });
    let waivers: Vec<Value> = explanation
        .waivers
        .iter()
        .map(|explained| {
            json!({
                "case": explained.waiver.case,
                "because": explained.waiver.because.get(lang),
                "approved_by": explained.waiver.by.get(lang),
                "recorded_on": explained.waiver.recorded_on.to_string(),
                "until": explained.waiver.until.to_string(),
                "stands": explained.stands,
                "why": explained.reason.get(lang),
            })
        })
        .collect();
    let mut out = progress::requirement_json(&requirement.id, &explanation.verdict, lang);
    out["student"] = judged.who.student.as_str().into();
    out["as_of"] = day.to_string().into();
    out["bound"] = explanation.verdict.bound.into();
    out["by"] = requirement.by.get(lang).into();
    out["parameter"] = parameter.into();
    out["records"] = records.into();
    out["waivers"] = waivers.into();
    out
}

fn explanation_text(
    definition: &Definition,
    judged: &Judged,
    explanation: &Explanation,
    day: Day,
    lang: Lang,
) -> String {
    let say = |key: &str| words().say(lang, key);
    let (requirement, verdict) = (&definition.requirements[explanation.requirement], &explanation.verdict);
    let unit = definition.parameters[requirement.needs].unit.as_str();
    let in_units = |amount: Amount| amount_in_units(amount, unit, lang);
    let mut out = format!(
        "{} {}  {}\n{} {day}: {} · {} / {}\n",
        judged.who.student,
        judged.who.name,
        requirement.title.get(lang),
        say("figure-as-of"),
        state_of(verdict, lang),
        verdict.earned,
        in_units(verdict.needed),
    );
    for reason in &verdict.reasons {
        out.push_str(&format!("{}\n", reason.get(lang)));
    }
    for explained in &explanation.waivers {
        let waiver = &explained.waiver;
        let because = waiver.because.get(lang);
        out.push_str(&format!(
            "{}: {} · {because} · {} · {}\n",
            waiver.recorded_on,
            explained.reason.get(lang),
            waiver.by.get(lang),
            waiver.case
        ));
    }
    if let Some(in_force) = &explanation.needed {
        let parameter = &definition.parameters[in_force.parameter];
        out.push_str(&format!(
            "{} {} = {} ({} {})",
            say("figure-parameter"),
            parameter.title.get(lang),
            in_units(in_force.value),
            say("figure-since"),
            in_force.from,
        ));
        let by = parameter.by.get(lang);
        out.push_str(&if by.is_empty() { "\n".to_owned() } else { format!(", {by}\n") });
    }
    let mut table = Table::new("lllrrl");
    table.row(
        ["happened-on", "category", "record-name", "amount", "counted", "why"].map(|key| say(&format!("figure-{key}"))),
    );
    for record in &explanation.records {
        table.row([
            record.credit.happened_on.to_string(),
            definition.categories[record.credit.category].title.get(lang).to_owned(),
            record.credit.name.clone(),
            record.credit.amount.to_string(),
            record.counted.to_string(),
            record.reason.get(lang).to_owned(),
        ]);
    }
    out.push('\n');
    out.push_str(&table.print());
    out
}
