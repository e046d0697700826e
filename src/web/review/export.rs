//! The tables of a kind of case: which there are, what one holds, and giving it out as a workbook or on
//! paper.

use axum::http::StatusCode;

use crate::app::access_log;
use crate::app::case::CaseError;
use crate::app::case::export::{self, ALL, Theirs, Wanted};
use crate::app::sheet;
use crate::definition::case::{Export as Described, Round, Workflow};
use crate::lang::Lang;
use crate::render::pages::cases::Moment;
use crate::render::pages::exports::{DateLine, Export, ExportPaper, ExportRound, ExportTable, Exports};
use crate::render::words;
use crate::store::stored;
use crate::web::context::{Known, encode};
use crate::web::lists::XLSX;
use crate::web::student::shown_day;
use crate::web::{Answer, Context, Fault, Posted, show};

/// Where the tables of a workflow are.
pub(super) fn address(workflow: &Workflow) -> String {
    format!("/exports/{}", encode(&workflow.id))
}

fn theirs(known: &Known, id: &str) -> Result<usize, Fault> {
    let definition = &known.edition.definition;
    let (index, workflow) = definition.workflow(id).ok_or(Fault::NotFound)?;
    if export::may_export(known.viewer()?, definition, workflow) { Ok(index) } else { Err(Fault::NotFound) }
}

fn rounds<'a>(known: &'a Known, workflow: &Workflow) -> &'a [Round] {
    let windows = workflow.windows.and_then(|index| known.edition.definition.windows.get(index));
    windows.map(|windows| windows.rounds.as_slice()).unwrap_or_default()
}

/// What else is due in a round.
pub(in crate::web) fn dates(known: &Known, round: &Round) -> Vec<DateLine> {
    let line = |date: &crate::definition::case::RoundDate| DateLine {
        round: round.title.get(known.lang).to_owned(),
        title: date.title.get(known.lang).to_owned(),
        on: shown_day(known, date.on),
    };
    round.dates.iter().map(line).collect()
}

pub(in crate::web) async fn list(mut context: Context) -> Answer {
    let known = context.known();
    let workflow = &known.edition.definition.workflows[theirs(&known, context.param("workflow"))?];
    let conn = context.conn().await?;
    let theirs = Theirs::of(&known.web.app, conn, known.viewer()?, workflow, known.now).await.map_err(fault)?;
    let moment = |at: crate::clock::Instant| Moment { iso: stored(at), shown: show::moment(&known, at) };
    let line = |round: Option<&Round>| {
        let table = |one: &Described| ExportTable {
            title: one.title.get(known.lang).to_owned(),
            link: format!("{}/{}/{}", address(workflow), encode(round.map_or(ALL, |round| &round.id)), encode(&one.id)),
            cases: theirs.count(workflow, one, round),
        };
        ExportRound {
            title: round.map(|round| round.title.get(known.lang).to_owned()).unwrap_or_default(),
            opens: round.map(|round| moment(round.opens)),
            // The last moment in it, not the first behind it.
            closes: round.map(|round| moment(round.closes - chrono::Duration::seconds(1))),
            dates: round.map(|round| dates(&known, round)).unwrap_or_default(),
            tables: workflow.exports.iter().map(table).collect(),
        }
    };
    let begun = |round: &&Round| round.opens <= known.now;
    let mut newest: Vec<&Round> = rounds(&known, workflow).iter().filter(begun).collect();
    newest.sort_by_key(|round| std::cmp::Reverse(round.opens));
    let is_open = |round: &Round| round.opens <= known.now && known.now < round.closes;
    let (mut shown, mut folded) = (Vec::new(), Vec::new());
    for round in newest {
        let line = line(Some(round));
        let has_cases = line.tables.iter().any(|table| table.cases > 0);
        if has_cases || is_open(round) { shown.push(line) } else { folded.push(line) }
    }
    shown.push(line(None));
    let page = Exports { title: workflow.title.get(known.lang).to_owned(), rounds: shown, folded };
    show::page(&known, &page)
}

/// The table that the address names, by its workflow (an index).
struct Named {
    workflow: usize,
    export: usize,
    /// Index of the round; `None`: all.
    round: Option<usize>,
}

fn named(context: &Context) -> Result<Named, Fault> {
    let index = theirs(context, context.param("workflow"))?;
    let workflow = &context.edition.definition.workflows[index];
    let (export, round) = (context.param("export"), context.param("round"));
    let round = match round {
        ALL => None,
        id => Some(rounds(context, workflow).iter().position(|round| round.id == id).ok_or(Fault::NotFound)?),
    };
    let export = workflow.exports.iter().position(|one| one.id == export).ok_or(Fault::NotFound)?;
    Ok(Named { workflow: index, export, round })
}

/// The table in a language.
fn wanted<'a>(known: &'a Known, named: &Named, lang: Lang, words: &'a (dyn Fn(&str) -> String + Sync)) -> Wanted<'a> {
    let workflow = &known.edition.definition.workflows[named.workflow];
    Wanted {
        workflow,
        export: &workflow.exports[named.export],
        round: named.round.and_then(|index| rounds(known, workflow).get(index)),
        lang,
        words,
    }
}

fn fault(error: CaseError) -> Fault {
    match error {
        CaseError::NotFound => Fault::NotFound,
        CaseError::Store(error) => error.into(),
        other => Fault::Internal(other.to_string()),
    }
}

pub(in crate::web) async fn show(mut context: Context) -> Answer {
    let page = page(&mut context).await?;
    show::page(&context, &page)
}

async fn page(context: &mut Context) -> Result<Export, Fault> {
    let (known, named) = (context.known(), named(context)?);
    let say = |key: &str| words().say(known.lang, key);
    let wanted = wanted(&known, &named, known.lang, &say);
    let (definition, conn) = (&known.edition.definition, context.conn().await?);
    let theirs = Theirs::of(&known.web.app, conn, known.viewer()?, wanted.workflow, known.now).await.map_err(fault)?;
    let cases = theirs.count(wanted.workflow, wanted.export, wanted.round);
    Ok(Export {
        title: wanted.workflow.title.get(known.lang).to_owned(),
        table: wanted.export.title.get(known.lang).to_owned(),
        round: wanted.round.map(|round| round.title.get(known.lang).to_owned()).unwrap_or_default(),
        back: address(wanted.workflow),
        address: known.path.clone(),
        columns: export::heads(definition, wanted),
        cases,
        private: export::is_private(definition, wanted.workflow, wanted.export),
        reason: String::new(),
        wrong: false,
    })
}

pub(in crate::web) async fn give(mut context: Context, posted: Posted) -> Answer {
    let page = page(&mut context).await?;
    let (known, named) = (context.known(), named(&context)?);
    let reason = posted.text("reason").trim();
    if page.private && access_log::reason(reason).is_none() {
        let page = Export { reason: reason.to_owned(), wrong: true, ..page };
        return show::page_with(&known, StatusCode::UNPROCESSABLE_ENTITY, &page);
    }
    context.release();
    // In the school's language, unless another is asked for.
    let lang = Lang::parse(posted.text("language")).unwrap_or_default();
    let say = |key: &str| words().say(lang, key);
    let wanted = wanted(&known, &named, lang, &say);
    let table = export::export(&known.web.app, known.viewer()?, wanted, reason, known.now).await.map_err(fault)?;
    if posted.text("as") == "paper" {
        let paper = ExportPaper {
            title: page.title,
            table: page.table,
            round: page.round,
            back: page.back,
            day: shown_day(&known, known.today),
            heads: table.heads,
            amounts: table.amounts,
            rows: table.rows,
            signs: wanted.export.signs.iter().map(|sign| sign.get(known.lang).to_owned()).collect(),
        };
        return show::page(&known, &paper);
    }
    let zone = &known.edition.definition.school.calendar.zone;
    let moment = known.now.with_timezone(zone).format("%Y%m%d%H%M").to_string();
    let name = format!("{}.xlsx", wanted.export.file.replace("YYYYMMDDHHMM", &moment));
    let round = wanted.round.map(|round| round.title.get(lang)).unwrap_or_default();
    let parts = [round, wanted.export.title.get(lang)];
    let note = format!("{} {}", parts.join(" ").trim(), show::moment(&known, known.now));
    let bytes = sheet::table(wanted.workflow.title.get(lang), &note, &table.heads, &table.amounts, &table.rows);
    show::file(&name, XLSX, bytes.map_err(|error| Fault::Internal(error.to_string()))?)
}
