//! What is about to be sent: every answer, what it will bring, and the sending itself. What was
//! shown is sent along: where it is no longer so, nothing is sent and the page says what is new.

use axum::http::StatusCode;

use super::parts::{self, said};
use super::{can_edit, inputs, one, own, profile, sends};
use crate::amount::Amount;
use crate::app::case::{self, Asked, CaseError, Open, Shown, shown};
use crate::case::{Filled, Refusal, Wrong};
use crate::definition::case::{About, Answer as Is, By, Editable, Effect, Party};
use crate::lang::{Lang, Text};
use crate::render::pages::form::{Bring, Check};
use crate::render::words;
use crate::rules::filing::Value;
use crate::store::Conn;
use crate::web::context::Known;
use crate::web::{Answer, Context, Fault, Posted, show};

/// Under which name the windows stand among what was shown.
const WINDOWS: &str = "@windows";

pub(in crate::web) async fn page(mut context: Context) -> Answer {
    let open = own(&mut context).await?;
    if !can_edit(&open) || sends(&open).is_empty() {
        return show::see(&format!("/cases/{}", open.row.id));
    }
    let filled = parts::filled(&open);
    if !filled.wrong.is_empty() {
        return show::see(&format!("/cases/{}/edit?show=wrong", open.row.id));
    }
    let known = context.known();
    let page = of(&known, context.conn().await?, &open, &filled).await?;
    show::page(&known, &page)
}

pub(in crate::web) async fn send(mut context: Context, posted: Posted) -> Answer {
    let open = own(&mut context).await?;
    let known = context.known();
    let seen = posted.text("version").parse().unwrap_or_default();
    if open.row.version == seen && can_edit(&open) {
        let changed = changed(&known, &open, &posted);
        if !changed.is_empty() {
            let told = Told { changed, ..Told::default() };
            return again(&mut context, &open, StatusCode::CONFLICT, &posted, told).await;
        }
    }
    context.release();
    let step = open.workflow().step(posted.text("step")).map(|(step, _)| step);
    let answers = step.map(|step| inputs::typed_of_move(&posted, open.workflow(), step)).unwrap_or_default();
    let asked = Asked { step: posted.text("step"), seen, answers, nonce: posted.text("token"), ..Asked::default() };
    let (app, answers) = (&known.web.app, posted.text("answers"));
    let refusal = match case::send(app, known.viewer()?, &open.row.id, &asked, answers, known.now).await {
        Ok(done) => return show::see(&format!("/cases/{}?sent=1", done.id)),
        Err(CaseError::Refused(refusal)) => *refusal,
        Err(error) => return Err(error.into()),
    };
    let open = own(&mut context).await?;
    match refusal {
        Refusal::Form(wrong) if wrong.iter().all(|wrong| open.workflow().fields[wrong.field].of_move.is_some()) => {
            let told = Told { wrong, ..Told::default() };
            again(&mut context, &open, StatusCode::UNPROCESSABLE_ENTITY, &posted, told).await
        }
        Refusal::Form(_) => show::see(&format!("/cases/{}/edit?show=wrong", open.row.id)),
        // What another case was paid meanwhile, or another window kept, changes no version.
        Refusal::Stale if open.row.version == seen && can_edit(&open) => {
            let changed = changed(&known, &open, &posted);
            let told = Told { changed, ..Told::default() };
            again(&mut context, &open, StatusCode::CONFLICT, &posted, told).await
        }
        Refusal::Stale | Refusal::NotNow => one::conflict(&mut context, &open).await,
        other => {
            let refused = parts::refused(&known, &other, "");
            let told = Told { refused, ..Told::default() };
            again(&mut context, &open, StatusCode::UNPROCESSABLE_ENTITY, &posted, told).await
        }
    }
}

/// Why nothing was sent.
#[derive(Default)]
struct Told {
    /// What is no longer as it was shown.
    changed: Vec<String>,
    refused: Vec<String>,
    /// What is wrong with what the sending asks for.
    wrong: Vec<Wrong>,
}

async fn again(context: &mut Context, open: &Open, status: StatusCode, posted: &Posted, told: Told) -> Answer {
    let filled = parts::filled(open);
    if !filled.wrong.is_empty() {
        return show::see(&format!("/cases/{}/edit?show=wrong", open.row.id));
    }
    let known = context.known();
    let page = of(&known, context.conn().await?, open, &filled).await?;
    let asks = sends(open).into_iter().flat_map(|step| {
        let typed = inputs::typed_of_move(posted, open.workflow(), step);
        inputs::of_move(&known, open, step, Some(&typed), &told.wrong)
    });
    let asks = asks.collect();
    show::page_with(&known, status, &Check { changed: told.changed, refused: told.refused, asks, ..page })
}

async fn of(known: &Known, conn: &mut Conn, open: &Open, filled: &Filled) -> Result<Check, Fault> {
    let (workflow, setting) = (open.workflow(), open.setting());
    let mut files = case::files_of(conn, &open.row.id).await?;
    files.extend(case::files_of_others(conn, open).await?);
    let edit = format!("/cases/{}/edit", open.row.id);
    let never_sent = open.row.first_sent_at.is_empty();
    let no_window = workflow.windows.is_some() && setting.windows.is_empty();
    let missing = profile::missing_for(known, conn, open, filled).await?;
    Ok(Check {
        id: open.row.id.clone(),
        number: open.row.number.clone(),
        title: said(&workflow.title, known.lang),
        version: open.row.version,
        answers: parts::answers(known, open, filled, &files, Some(&edit)),
        windows: setting.windows.iter().map(|round| said(&round.title, known.lang)).collect(),
        late: no_window && (workflow.late || !never_sent),
        closed: no_window && !workflow.late && never_sent,
        brings: brings(known, open, filled),
        then: then(known, open),
        profile_missing: missing,
        changed: Vec::new(),
        refused: Vec::new(),
        shown: figures(open, filled),
        shown_answers: case::prints(&known.web.app, open),
        unmended: case::unmended(open)
            .into_iter()
            .filter_map(|index| workflow.fields.get(index))
            .map(|field| said(&field.label, known.lang))
            .collect(),
        asks: sends(open).into_iter().flat_map(|step| inputs::of_move(known, open, step, None, &[])).collect(),
        sends: sends(open).into_iter().map(|step| one::link(known, open, step)).collect(),
    })
}

/// What can still be changed once it is sent: by a move of the applicant's own, when it is returned, or
/// nothing at all.
fn then(known: &Known, open: &Open) -> String {
    let workflow = open.workflow();
    let own = By::Party(Party::Applicant);
    let is_editable =
        |state: usize| workflow.states.get(state).is_some_and(|state| state.editable != Editable::Nothing);
    let mut reached: Vec<usize> = sends(open).into_iter().map(|step| workflow.moves[step].to).collect();
    let amend = workflow
        .moves
        .iter()
        .find(|step| step.by == own && is_editable(step.to) && step.from.iter().any(|from| reached.contains(from)));
    if let Some(step) = amend {
        let title = said(&step.title, known.lang);
        return words().say_with(known.lang, "case-then-own-change", &[("move", &title)]);
    }
    let mut at = 0;
    while let Some(state) = reached.get(at).copied() {
        at += 1;
        let others = workflow.moves.iter().filter(|step| step.by != own && step.from.contains(&state));
        let new: Vec<usize> = others.map(|step| step.to).filter(|to| !reached.contains(to)).collect();
        reached.extend(new);
    }
    let key = if reached.into_iter().any(is_editable) { "case-then-locked" } else { "case-then-for-good" };
    words().say(known.lang, key)
}

/// What follows from the moves of those who review it: credits, and money by its computed field.
fn brings(known: &Known, open: &Open, filled: &Filled) -> Vec<Bring> {
    let (workflow, definition) = (open.workflow(), &open.edition.definition);
    let reviewers = workflow.moves.iter().filter(|step| step.by != By::Party(Party::Applicant));
    let mut out: Vec<Bring> = Vec::new();
    for effect in reviewers.flat_map(|step| &step.then) {
        let bring = match effect {
            Effect::Credit { category, amount, .. } => Bring {
                kind: "credit",
                title: said(&definition.categories[*category].title, known.lang),
                amount: amount.to_string(),
                unit: definition.categories[*category].unit.clone(),
                none: *amount == Amount::ZERO,
                reasons: Vec::new(),
            },
            Effect::Pay { amount, from } => {
                let field = workflow.fields.get(*amount);
                let value = field.and_then(|field| filled.value(field));
                let text = field.map(|field| shown(&definition.catalogues, field, value, known.lang));
                let reasons = filled.figures.get(amount).into_iter().flat_map(|figure| &figure.reasons);
                Bring {
                    kind: "money",
                    title: said(&definition.budgets[*from].title, known.lang),
                    amount: if let Some(Shown::Amount(text)) = text { text } else { String::new() },
                    unit: String::new(),
                    none: !matches!(value, Some(Value::Amount(amount)) if *amount > Amount::ZERO),
                    reasons: reasons.map(|reason| said(reason, known.lang)).collect(),
                }
            }
            Effect::Waive { requirement, .. } => {
                let one = |index: usize| definition.requirements.get(index).map(|one| one.title.clone());
                let Some(title) = about(open, filled, *requirement, one) else { continue };
                granted("waiver", &title, known.lang)
            }
            Effect::Substitute { category, amount, .. } => {
                let field = workflow.fields.get(*amount);
                let amount = match field.and_then(|field| filled.value(field)) {
                    Some(Value::Amount(amount)) => *amount,
                    Some(_) | None => Amount::ZERO,
                };
                let one = |index: usize| definition.categories.get(index).map(|one| one.title.clone());
                let Some(title) = about(open, filled, *category, one) else { continue };
                Bring {
                    amount: amount.to_string(),
                    none: amount == Amount::ZERO,
                    ..granted("substitute", &title, known.lang)
                }
            }
            Effect::Extend { workflow, .. } => {
                let Some(flow) = definition.workflows.get(*workflow) else { continue };
                granted("extension", &flow.title, known.lang)
            }
            Effect::Enter { catalogue, .. } => {
                let Some(one) = definition.catalogues.get(*catalogue) else { continue };
                granted("entry", &one.title, known.lang)
            }
            Effect::Mail { .. } => continue,
        };
        if !out.iter().any(|known| known.kind == bring.kind && known.title == bring.title) {
            out.push(bring);
        }
    }
    out
}

/// What is granted, whatever its amount.
fn granted(kind: &'static str, title: &Text, lang: Lang) -> Bring {
    let title = said(title, lang);
    Bring { kind, title, amount: String::new(), unit: String::new(), none: false, reasons: Vec::new() }
}

/// What an effect is about, by its title; nothing where that was not asked for.
fn about(open: &Open, filled: &Filled, about: About, one: impl Fn(usize) -> Option<Text>) -> Option<Text> {
    let field = match about {
        About::One(index) => return one(index),
        About::Chosen(field) => open.workflow().fields.get(field)?,
    };
    match (filled.value(field)?, &field.is) {
        (Value::Text(id), Is::Choice(options)) => {
            options.iter().find(|option| option.id == *id).map(|one| one.title.clone())
        }
        _ => None,
    }
}

/// What is computed, and the windows, as one text: `subsidy=1750;@windows=114-1`.
fn figures(open: &Open, filled: &Filled) -> String {
    let fields = &open.workflow().fields;
    let mut out: Vec<String> = filled
        .figures
        .iter()
        .filter_map(|(index, figure)| Some(format!("{}={}", fields.get(*index)?.id, figure.amount)))
        .collect();
    let setting = open.setting();
    let windows: Vec<&str> = setting.windows.iter().map(|round| round.id.as_str()).collect();
    out.push(format!("{WINDOWS}={}", windows.join(",")));
    out.join(";")
}

/// What is no longer as it was shown, in words.
fn changed(known: &Known, open: &Open, posted: &Posted) -> Vec<String> {
    let now = figures(open, &parts::filled(open));
    let then: Vec<&str> = posted.text("shown").split(';').collect();
    let answers = case::answered_since(&known.web.app, open, posted.text("answers")).into_iter();
    let answers = answers.filter_map(|index| open.workflow().fields.get(index)).map(|field| {
        words().say_with(known.lang, "case-changed-answer", &[("label", &said(&field.label, known.lang))])
    });
    let new = now.split(';').filter(|part| !then.contains(part));
    let figures = new.map(|part| {
        let (id, value) = part.split_once('=').unwrap_or((part, ""));
        if id == WINDOWS {
            return words().say(known.lang, "case-changed-windows");
        }
        let label = open.workflow().field(id).map(|(_, field)| said(&field.label, known.lang)).unwrap_or_default();
        let before = then.iter().find_map(|old| old.strip_prefix(id)?.strip_prefix('=')).unwrap_or("—");
        format!("{label}: {before} → {value}")
    });
    answers.chain(figures).collect()
}
