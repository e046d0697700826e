//! Taking files of records over, in two steps: what a file holds is shown before it is saved.

use axum::http::StatusCode;

use crate::app::files::shown_name;
use crate::app::import::{self, Kind, Note, Outcome, Request, Rights, TakeBackError};
use crate::app::uploads::{self, Kept};
use crate::clock::{Instant, parse_day};
use crate::render::pages::imports::{
    ColumnName, Heading, ImportCheck, Imports, KindColumns, PastImport, PreviewRow, RowNote,
};
use crate::render::pages::records::Choice;
use crate::render::pages::student::ShownDay;
use crate::render::pages::take_back::{TakeBack, TurnedVerdicts};
use crate::render::words;
use crate::store::{from_stored, imports};
use crate::web::context::Known;
use crate::web::{Answer, Context, Fault, Posted, show};

const PAST: i64 = 50;
/// Notes shown on the page; the file of refused rows has them all.
const NOTES: usize = 200;

pub(in crate::web) async fn list(context: Context) -> Answer {
    let kind = context.known().asked("kind").unwrap_or_default().to_owned();
    home(context, StatusCode::OK, &kind, "", None).await
}

async fn home(mut context: Context, status: StatusCode, kind: &str, effective: &str, error: Option<String>) -> Answer {
    let rights = rights(&context)?;
    let definition = context.edition.definition.clone();
    let viewer = context.viewer()?;
    let (account, sees_all) = (viewer.account.clone(), viewer.scope.everything || rights == Rights::Everything);
    let conn = context.conn().await?;
    let past = match sees_all {
        true => imports::list(conn, PAST).await?,
        false => imports::list_by(conn, &account, PAST).await?,
    };
    let page = Imports {
        kinds: rights
            .kinds(&definition)
            .map(|(kind, catalogue)| {
                let catalogue = catalogue.map(|index| definition.catalogues[index].id.as_str()).unwrap_or_default();
                let value = import::written(kind, catalogue);
                Choice { label: title(&context, &value), value }
            })
            .collect(),
        kind: kind.to_owned(),
        effective: effective.to_owned(),
        error,
        past: past.into_iter().map(|record| past_import(&context, &rights, record)).collect(),
        columns: rights
            .kinds(&definition)
            .map(|(kind, catalogue)| {
                let id = catalogue.map(|index| definition.catalogues[index].id.as_str()).unwrap_or_default();
                let columns = import::asked_columns(&definition, kind, catalogue).into_iter();
                KindColumns {
                    kind: title(&context, &import::written(kind, id)),
                    columns: columns.map(|(name, optional)| ColumnName { name, optional }).collect(),
                }
            })
            .collect(),
        everything: rights == Rights::Everything,
        credits: rights.may_bring(Kind::Credits, None),
    };
    show::page_with(&context, status, &page)
}

fn rights(known: &Known) -> Result<Rights, Fault> {
    Some(Rights::of(known.viewer()?, &known.edition.definition)).filter(|own| !own.is_nothing()).ok_or(Fault::Forbidden)
}

/// Whether what is written so may be brought.
fn may_bring(known: &Known, written: &str) -> Result<bool, Fault> {
    let place = |id: &str| known.edition.definition.catalogues.iter().position(|one| one.id == id);
    let rights = rights(known)?;
    Ok(import::named(written).is_none_or(|(kind, catalogue)| rights.may_bring(kind, place(catalogue))))
}

fn past_import(known: &Known, rights: &Rights, record: imports::ImportRecord) -> PastImport {
    let own = known
        .viewer
        .as_ref()
        .is_some_and(|viewer| rights.may_take_back(&known.edition.definition, &record, &viewer.account));
    let counts: serde_json::Value = serde_json::from_str(&record.result).unwrap_or_default();
    let count = |name: &str| counts[name].as_i64().unwrap_or_default();
    let moment = |text: &str| from_stored(text).map_or_else(|| text.to_owned(), |instant| show::stamp(known, instant));
    PastImport {
        id: record.id,
        kind: title(known, &record.kind),
        file: record.file,
        by: record.by,
        at: moment(&record.at),
        effective: record.effective,
        new: count("new"),
        changed: count("changed"),
        same: count("same"),
        refused: count("refused"),
        taken_back: record.taken_back_at.as_deref().map(moment),
        may_take_back: own,
    }
}

fn title(known: &Known, written: &str) -> String {
    match import::named(written) {
        Some((Kind::Entries, id)) => {
            let catalogue = known.edition.definition.catalogues.iter().find(|one| one.id == id);
            catalogue.map_or_else(|| id.to_owned(), |one| one.title.get(known.lang).to_owned())
        }
        Some((kind, _)) => words().say(known.lang, &format!("import-kind-{}", kind.id())),
        None => written.to_owned(),
    }
}

/// Keeps the file that was sent; the next page shows what it holds.
pub(in crate::web) async fn send(context: Context, posted: Posted) -> Answer {
    if !may_bring(&context, posted.text("kind"))? {
        return Err(Fault::Forbidden);
    }
    let (kind, effective) = (posted.text("kind").to_owned(), posted.text("effective").trim().to_owned());
    let wrong = match (import::named(&kind), effective.as_str(), posted.file("file")) {
        (None, _, _) => words().say(context.lang, "import-no-kind"),
        (_, text, _) if !text.is_empty() && parse_day(text).is_err() => {
            words().say_with(context.lang, "import-effective-wrong", &[("found", text)])
        }
        (_, _, None) => words().say(context.lang, "import-no-file"),
        (Some(_), text, Some(file)) => {
            let kept = Kept {
                by: context.viewer()?.account.clone(),
                kind: kind.clone(),
                name: shown_name(&file.name),
                effective: parse_day(text).map(|day| day.to_string()).unwrap_or_default(),
                bytes: file.bytes.clone(),
            };
            let id = uploads::keep(&context.web.app.settings, &kept)
                .map_err(|error| Fault::Internal(format!("keeping an upload: {error}")))?;
            return show::see(&format!("/imports/check/{id}"));
        }
    };
    home(context, StatusCode::UNPROCESSABLE_ENTITY, &kind, &effective, Some(wrong)).await
}

/// What a kept file holds: judged as it would be saved, and nothing saved.
pub(in crate::web) async fn check(mut context: Context) -> Answer {
    let id = context.param("upload").to_owned();
    context.release();
    let kept = kept(&context, &id)?;
    let outcome = run(&context, &id, &kept, true, false).await?;
    show::page(&context, &page(&context, &outcome, id))
}

/// Saves a kept file. Of two who save it at once, both are shown what the first has done.
pub(in crate::web) async fn save(mut context: Context, posted: Posted) -> Answer {
    let id = posted.text("upload").to_owned();
    context.release();
    let kept = match kept(&context, &id) {
        Ok(kept) => kept,
        Err(_) => return saved_before(context, &id).await,
    };
    let outcome = run(&context, &id, &kept, false, posted.has("accept_good")).await?;
    if outcome.batch.is_none() && !outcome.is_good() {
        let page = ImportCheck { not_saved: true, ..page(&context, &outcome, id) };
        return show::page_with(&context, StatusCode::UNPROCESSABLE_ENTITY, &page);
    }
    // Where rows were left out, the file stays for as long as one that was not saved: they are given out.
    if outcome.refused.is_empty() {
        uploads::forget(&context.web.app.settings, &id);
    }
    if outcome.batch.is_none() {
        return show::see_saying(&context, "/imports", "import-nothing-new");
    }
    let left_out = (!outcome.refused.is_empty()).then_some(id);
    show::page(&context, &ImportCheck { left_out, ..page(&context, &outcome, String::new()) })
}

/// The list in which a file that was saved already stands.
async fn saved_before(mut context: Context, id: &str) -> Answer {
    let by = context.viewer()?.account.clone();
    match imports::of_upload(context.conn().await?, id, &by).await? {
        Some(_) => show::see_saying(&context, "/imports", "import-saved-before"),
        None => Err(Fault::Conflict(Some(words().say(context.lang, "import-upload-gone")))),
    }
}

/// The refused rows of a kept file as a workbook, to be mended and sent again.
pub(in crate::web) async fn refused(mut context: Context) -> Answer {
    let id = context.param("upload").to_owned();
    context.release();
    let kept = kept(&context, &id)?;
    let outcome = run(&context, &id, &kept, true, false).await?;
    let bytes = import::refused_workbook(&outcome, &words().say(context.lang, "note-why"), context.lang)
        .map_err(|error| Fault::Internal(error.to_string()))?;
    let stem = kept.name.rsplit_once('.').map_or(kept.name.as_str(), |(stem, _)| stem);
    show::file(&format!("{stem}-refused.xlsx"), crate::web::lists::XLSX, bytes)
}

/// What taking an import back would do, before it is done.
pub(in crate::web) async fn ask_take_back(mut context: Context) -> Answer {
    let batch: i64 = context.param("import").parse().map_err(|_| Fault::NotFound)?;
    context.release();
    let viewer = context.viewer()?;
    let rehearsed = import::rehearse_take_back(&context.web.app, batch, viewer, context.now).await?;
    let page = TakeBack {
        refused: rehearsed.refused.map(|why| why.get(context.lang).to_owned()),
        import: past_import(&context, &rights(&context)?, rehearsed.import),
        students: rehearsed.students,
        verdicts: rehearsed.verdicts.map(|turned| TurnedVerdicts { lost: turned.lost, gained: turned.gained }),
    };
    show::page(&context, &page)
}

/// Takes a saved import back, whole or not at all.
pub(in crate::web) async fn take_back(mut context: Context, _posted: Posted) -> Answer {
    let batch: i64 = context.param("import").parse().map_err(|_| Fault::NotFound)?;
    context.release();
    match import::take_back_as(&context.web.app, batch, context.viewer()?, context.now).await {
        Ok(_) => show::see_saying(&context, "/imports", "import-taken-back-done"),
        Err(TakeBackError::Refused(why)) => Err(Fault::Conflict(Some(why.get(context.lang).to_owned()))),
        Err(error @ (TakeBackError::Store(_) | TakeBackError::NotTheirs)) => Err(error.into()),
    }
}

fn kept(known: &Known, id: &str) -> Result<Kept, Fault> {
    uploads::read(&known.web.app.settings, id, &known.viewer()?.account).ok_or(Fault::NotFound)
}

async fn run(known: &Known, id: &str, kept: &Kept, dry_run: bool, accept_good: bool) -> Result<Outcome, Fault> {
    let (kind, catalogue) = import::named(&kept.kind).ok_or(Fault::NotFound)?;
    if !may_bring(known, &kept.kind)? {
        return Err(Fault::Forbidden);
    }
    let request = Request {
        kind,
        catalogue: catalogue.to_owned(),
        file: kept.name.clone(),
        bytes: kept.bytes.clone(),
        effective: parse_day(&kept.effective).ok(),
        dry_run,
        accept_good,
        by: kept.by.clone(),
        viewer: known.viewer.clone(),
        upload: (!dry_run).then(|| id.to_owned()),
    };
    // What was recorded is so at the moment of saving, whenever the file was sent.
    let now: Instant = known.now;
    Ok(import::run(&known.web.app, request, now).await?)
}

fn page(known: &Known, outcome: &Outcome, upload: String) -> ImportCheck {
    let note = |note: &Note| RowNote {
        row: note.row,
        column: note.column.clone(),
        found: note.found.clone(),
        why: note.why.get(known.lang).to_owned(),
    };
    let source = &outcome.source;
    let format = [source.format, source.encoding, source.sheet.as_deref().unwrap_or_default()];
    let preview = &outcome.preview;
    let used = |column: usize| preview.fields.get(column).is_some_and(Option::is_some);
    ImportCheck {
        kind: title(known, &import::written(outcome.kind, &outcome.catalogue)),
        file: outcome.file.clone(),
        upload,
        format: format.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · "),
        effective: ShownDay { iso: outcome.effective.to_string(), shown: show::day(known, outcome.effective) },
        rows: outcome.rows,
        new: outcome.new,
        changed: outcome.changed,
        same: outcome.same,
        refused: refused_rows(outcome),
        problems: outcome.refused.iter().take(NOTES).map(note).collect(),
        warnings: outcome.warnings.iter().take(NOTES).map(note).collect(),
        headings: (0..)
            .zip(&preview.headings)
            .map(|(column, text)| Heading { text: text.clone(), used: used(column) })
            .collect(),
        preview: preview
            .rows
            .iter()
            .map(|(number, cells)| PreviewRow { number: *number, cells: cells.clone() })
            .collect(),
        batch: outcome.batch,
        not_saved: false,
        left_out: None,
    }
}

/// Rows that are refused: one may have several reasons.
fn refused_rows(outcome: &Outcome) -> usize {
    outcome.refused.iter().map(|note| note.row).collect::<std::collections::BTreeSet<_>>().len()
}

impl From<TakeBackError> for Fault {
    fn from(error: TakeBackError) -> Fault {
        match error {
            TakeBackError::NotTheirs => Fault::NotFound,
            TakeBackError::Refused(why) => Fault::Conflict(Some(why.zh)),
            TakeBackError::Store(error) => error.into(),
        }
    }
}
