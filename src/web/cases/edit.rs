//! The form of a case: shown as far as it was filled in, and kept whatever is wrong with it.

use std::collections::BTreeMap;

use axum::http::StatusCode;

use serde_json::json;

use super::inputs::{self, Offered, Search, Sheet, Wrongs};
use super::parts::{self, said};
use super::{apply, can_edit, is_draft, one, own, profile};
use crate::app::case::{self, Brought, CaseError, Differing, Kept, Open, called};
use crate::app::files::FileRow;
use crate::case::{Filled, Raw, Refusal};
use crate::clock::parse_day;
use crate::definition::case::{Among, Answer, Field, Workflow};
use crate::render::pages::cases::Answered;
use crate::render::pages::form::{Form, Input};
use crate::render::words;
use crate::rules::filing::{Entry, Value};
use crate::store::Conn;
use crate::web::context::{Known, encode};
use crate::web::form::Upload;
use crate::web::{Answer as WebAnswer, Context, Fault, Posted, show};

pub(in crate::web) async fn form(mut context: Context) -> WebAnswer {
    let open = own(&mut context).await?;
    if !can_edit(&open) {
        return show::see(&format!("/cases/{}", open.row.id));
    }
    let known = context.known();
    let filled = parts::filled(&open);
    let wrongs = inputs::wrongs(&known, &filled, known.asked("show") == Some("wrong"));
    let conn = context.conn().await?;
    let entries = open.workflow().fields.iter().filter(|field| matches!(field.is, Answer::Entry { .. }));
    let looked_for =
        entries.filter_map(|field| Some((field.id.clone(), known.asked(&format!("find-{}", field.id))?.to_owned())));
    let told = Told { wrongs, looked_for: looked_for.collect(), ..Told::default() };
    page(&known, conn, StatusCode::OK, &open, &filled, &told).await
}

/// Keeps all that was typed and every file that can be taken; then says what is wrong, goes on to
/// what is about to be sent, or stays. Where another window kept other answers, it asks which.
pub(in crate::web) async fn save(mut context: Context, mut posted: Posted) -> WebAnswer {
    let open = own(&mut context).await?;
    context.release();
    let (known, id) = (context.known(), open.row.id.clone());
    let seen = posted.text("version").parse().unwrap_or_default();
    if !can_edit(&open) || open.row.version != seen {
        return one::conflict(&mut context, &open).await;
    }
    let refused = attach(&known, &open, posted.take_files()).await?;
    let mut typed = inputs::typed(&posted, &open.workflow().fields, &open.editable(), &open.case.raw);
    typed.retain(|id, _| !posted.has(&format!("meanwhile-{id}")));
    let viewer = known.viewer()?;
    let app = &known.web.app;
    let removed = posted.text("remove");
    if !removed.is_empty() {
        match case::detach(app, viewer, &id, removed, known.now).await {
            // Removed before, by the same button.
            Ok(()) | Err(CaseError::NotFound) => {}
            Err(error) => return Err(error.into()),
        }
    }
    let open = match case::keep_over(app, viewer, &id, seen, &typed, posted.text("shown"), known.now).await {
        Ok(Kept::Kept(open)) => *open,
        Ok(Kept::Differs(differing)) => return differs(&known, &mut context, *differing).await,
        Err(CaseError::Refused(refusal)) if matches!(*refusal, Refusal::Stale | Refusal::NotNow) => {
            let open = own(&mut context).await?;
            return one::conflict(&mut context, &open).await;
        }
        Err(error) => return Err(error.into()),
    };
    let filled = parts::filled(&open);
    let check = posted.text("do") == "check" && removed.is_empty();
    let mut wrongs = inputs::wrongs(&known, &filled, check);
    for (field, said) in refused {
        // That it is missing besides goes without saying.
        let of_field = wrongs.entry(field).or_default();
        of_field.clear();
        of_field.extend(said);
    }
    // The button beside a long list.
    let found = posted.text("do").strip_prefix("find-").and_then(|id| open.workflow().field(id)).map(|(_, field)| {
        let words: String = posted.text(&format!("find-{}", field.id)).chars().take(WORDS).collect();
        (field.id.clone(), words)
    });
    if let (Some((field, words)), true) = (&found, wrongs.is_empty()) {
        return show::see(&format!("/cases/{id}/edit?find-{field}={}#field-{field}", encode(words)));
    }
    if wrongs.is_empty() {
        return if check {
            show::see(&format!("/cases/{id}/check"))
        } else {
            show::see_saying(&known, &format!("/cases/{id}/edit"), "case-saved")
        };
    }
    let conn = context.conn().await?;
    let typed_into = |field: &&Field| {
        matches!(field.is, Answer::Entry { .. }) && !posted.text(&inputs::looked_for(&field.id)).is_empty()
    };
    let words =
        |field: &Field| (field.id.clone(), posted.text(&inputs::looked_for(&field.id)).chars().take(WORDS).collect());
    let looked_for = open.workflow().fields.iter().filter(typed_into).map(words).collect();
    let told = Told { wrongs, typed: Some(typed), looked_for, ..Told::default() };
    page(&known, conn, StatusCode::UNPROCESSABLE_ENTITY, &open, &filled, &told).await
}

/// The form with what was typed, and beside it what another window kept.
async fn differs(known: &Known, context: &mut Context, differing: Differing) -> WebAnswer {
    let Differing { mut open, typed, fields } = differing;
    let conn = context.conn().await?;
    let mut files = case::files_of(conn, &open.row.id).await?;
    files.extend(case::files_of_others(conn, &open).await?);
    let (filled, workflow) = (parts::filled(&open), open.workflow());
    let now = |index: usize| {
        let field = workflow.fields.get(index)?;
        Some((index, parts::answered(known, &open.edition.definition, field, filled.value(field), &files)))
    };
    let meanwhile = fields.into_iter().filter_map(now).collect();
    let shown = Some(case::prints(&known.web.app, &open));
    open.case.raw.extend(typed.clone());
    let filled = parts::filled(&open);
    let told = Told { typed: Some(typed), meanwhile, shown, ..Told::default() };
    page(known, conn, StatusCode::CONFLICT, &open, &filled, &told).await
}

/// The most characters that are looked for.
const WORDS: usize = 200;

/// What a form says beside what is kept.
#[derive(Default)]
struct Told {
    wrongs: Wrongs,
    typed: Option<Raw>,
    meanwhile: BTreeMap<usize, Answered>,
    /// Prints of what is kept, where the form shows something else.
    shown: Option<String>,
    /// Words by which long lists are searched, by field.
    looked_for: Raw,
}

/// Takes each file by itself; what is refused is said at its field.
async fn attach(known: &Known, open: &Open, files: Vec<Upload>) -> Result<Wrongs, Fault> {
    let mut refused = Wrongs::new();
    let editable = open.editable();
    for file in files {
        let Some((index, field)) = open.workflow().field(&file.field).filter(|(index, _)| editable.contains(index))
        else {
            continue;
        };
        let brought = Brought { field: &field.id, name: &file.name, bytes: file.bytes };
        let taken = case::attach(&known.web.app, known.viewer()?, &open.row.id, brought, known.now).await;
        if let Err(error) = taken {
            refused.entry(index).or_default().push(inputs::file_wrong(known, field, error)?);
        }
    }
    Ok(refused)
}

async fn page(
    known: &Known,
    conn: &mut Conn,
    status: StatusCode,
    open: &Open,
    filled: &Filled,
    told: &Told,
) -> WebAnswer {
    let workflow = open.workflow();
    let offered = offered(known, conn, open, filled, &told.looked_for).await?;
    let files: Vec<FileRow> = case::files_of(conn, &open.row.id).await?;
    let others = case::files_of_others(conn, open).await?;
    let sheet = Sheet {
        definition: &open.edition.definition,
        fields: &workflow.fields,
        raw: &open.case.raw,
        filled,
        files: &files,
        others: &others,
        open: &open.editable(),
        offered: &offered,
        wrongs: &told.wrongs,
        typed: told.typed.as_ref(),
        meanwhile: &told.meanwhile,
    };
    let to_choose = told.meanwhile.iter().map(|(index, answered)| (*index, vec![answered.label.clone()])).collect();
    let returned = !is_draft(open);
    let form = Form {
        windows: open.setting().windows.iter().map(|round| apply::window(known, round)).collect(),
        profile_missing: profile::missing_for(known, conn, open, filled).await?,
        id: open.row.id.clone(),
        number: open.row.number.clone(),
        title: said(&workflow.title, known.lang),
        mark: parts::mark(known.lang, workflow, open.case.state, true),
        version: open.row.version,
        shown: told.shown.clone().unwrap_or_else(|| case::prints(&known.web.app, open)),
        wrongs: inputs::pointed(&workflow.fields, &told.wrongs),
        differs: inputs::pointed(&workflow.fields, &to_choose),
        note: if returned { one::last_note(open) } else { String::new() },
        to_mend: one::to_mend(known, open),
        returned,
        until: parts::until(known, &open.edition.definition, open.workflow(), &open.row),
        inputs: inputs::inputs(known, &sheet)
            .into_iter()
            .map(|input| Input {
                former: returned && input.kind == "file" && !input.files.is_empty(),
                ..as_money(workflow, input)
            })
            .collect(),
        is_draft: is_draft(open),
    };
    show::page_with(known, status, &form)
}

/// A figure that will be paid is read as money.
fn as_money(workflow: &Workflow, mut input: Input) -> Input {
    let is_paid = workflow.field(&input.id).is_some_and(|(index, _)| parts::is_paid(workflow, index));
    if let Some(read) = input.read.as_mut().filter(|read| is_paid && read.kind == "amount") {
        read.kind = "money";
    }
    input
}

/// Entries that are found at once.
pub(in crate::web) const FOUND: usize = 20;

/// What the fields of entries offer by the answers so far; `looked_for` are the words by which long
/// lists are searched, by field.
pub(in crate::web) async fn offered(
    known: &Known,
    conn: &mut Conn,
    open: &Open,
    filled: &Filled,
    looked_for: &Raw,
) -> Result<BTreeMap<usize, Offered>, Fault> {
    let (workflow, definition) = (open.workflow(), &open.edition.definition);
    let mut out = BTreeMap::new();
    for index in open.editable() {
        let Some(field) = workflow.fields.get(index) else { continue };
        if let Answer::Cases { .. } = field.is {
            let of_field = open.known.cases.iter().filter(|((of, _), _)| *of == field.id);
            let cases: Vec<_> = of_field.map(|(_, usable)| usable.clone()).collect();
            let nothing = if cases.is_empty() { words().say(known.lang, "case-others-none") } else { String::new() };
            out.insert(index, Offered { cases, nothing, ..Offered::default() });
            continue;
        }
        let Answer::Entry { .. } = &field.is else { continue };
        let date = date_of(workflow, index);
        let day = date.and_then(|(_, date)| match filled.value(date) {
            Some(Value::Day(day)) => Some(*day),
            Some(_) | None => None,
        });
        let term = day.map(|day| definition.school.calendar.term_of(day).to_string());
        let department = &open.known.student.department;
        let mut entries = case::choices(conn, definition, workflow, index, department, term.as_deref()).await?;
        let mut search = None;
        if entries.len() > case::LONG {
            let words = looked_for.get(&field.id).cloned().unwrap_or_default();
            let offer = case::Offer { workflow, field: index, department, term: term.as_deref() };
            entries = match words.is_empty() {
                true => Vec::new(),
                false => case::find_entries(conn, definition, offer, &words, FOUND + 1).await?,
            };
            let more = entries.len() > FOUND;
            entries.truncate(FOUND);
            search = Some(Search { words, more, date: date.map(|(index, _)| index) });
        }
        let label = date.map(|(_, date)| said(&date.label, known.lang)).unwrap_or_default();
        let nothing = match (entries.is_empty() && search.is_none(), date, day) {
            (false, _, _) => String::new(),
            (true, Some(_), None) => words().say_with(known.lang, "case-entry-needs-date", &[("label", &label)]),
            (true, Some(_), Some(_)) => words().say_with(known.lang, "case-entry-none", &[("label", &label)]),
            (true, None, _) => words().say(known.lang, "case-entry-none-at-all"),
        };
        out.insert(index, Offered { entries, nothing, search, ..Offered::default() });
    }
    Ok(out)
}

/// The date field (with its index) by whose term a field of entries offers them.
fn date_of(workflow: &Workflow, field: usize) -> Option<(usize, &Field)> {
    let Answer::Entry { among, .. } = &workflow.fields.get(field)?.is else { return None };
    among.iter().find_map(|among| match among {
        Among::TermOf(date) => Some((*date, workflow.fields.get(*date)?)),
        Among::OwnDepartment | Among::Ticked(_) => None,
    })
}

/// What is found in a long list by the words, and by the date as it stands in the form or in the draft;
/// and whether there is more.
pub(in crate::web) async fn look_up(context: &mut Context, open: &Open) -> Result<(Vec<Entry>, bool), Fault> {
    let known = context.known();
    let (workflow, definition) = (open.workflow(), &open.edition.definition);
    let (index, field) = workflow.field(context.param("field")).ok_or(Fault::NotFound)?;
    let is_open = can_edit(open) && open.editable().contains(&index);
    if !is_open || !matches!(field.is, Answer::Entry { .. }) {
        return Err(Fault::NotFound);
    }
    let day = match (known.asked("day"), date_of(workflow, index)) {
        (Some(typed), Some(_)) => parse_day(typed.trim()).ok(),
        (None, Some((_, date))) => match parts::filled(open).value(date) {
            Some(Value::Day(day)) => Some(*day),
            Some(_) | None => None,
        },
        (_, None) => None,
    };
    let term = day.map(|day| definition.school.calendar.term_of(day).to_string());
    let department = &open.known.student.department;
    let offer = case::Offer { workflow, field: index, department, term: term.as_deref() };
    let words: String = known.asked("q").unwrap_or_default().chars().take(WORDS).collect();
    let mut found = case::find_entries(context.conn().await?, definition, offer, &words, FOUND + 1).await?;
    let more = found.len() > FOUND;
    found.truncate(FOUND);
    Ok((found, more))
}

/// The same for the page's script, as somebody types.
pub(in crate::web) async fn entries(mut context: Context) -> WebAnswer {
    let open = own(&mut context).await?;
    let (found, more) = look_up(&mut context, &open).await?;
    let lang = context.lang;
    let told = match (found.len(), more) {
        (0, _) => words().say(lang, "case-find-none"),
        (_, true) => words().say(lang, "case-find-more"),
        (count, false) => words().say_with(lang, "case-find-count", &[("count", &count.to_string())]),
    };
    let list = open.workflow().field(context.param("field")).map(|(_, field)| field);
    let list = list.and_then(|field| called::list_of(&open.edition.definition.catalogues, field));
    let label = |entry| called::label(list, entry, lang);
    let found = found.iter().map(|entry| json!({ "value": entry.id, "label": label(entry) }));
    show::json(&json!({ "found": found.collect::<Vec<_>>(), "told": told }))
}
