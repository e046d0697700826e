//! What is done with a list. What is refused comes back with what was typed.

use axum::http::StatusCode;

use super::{Extra, address, fault, here, named, page};
use crate::app::catalogue::{self, Act, ListError, Named};
use crate::app::files::FileError;
use crate::case::Raw;
use crate::render::words;
use crate::web::{Answer, Context, Fault, Posted, show};

/// Does what the button says.
pub(in crate::web) async fn act(mut context: Context, posted: Posted) -> Answer {
    let known = context.known();
    let named = named(&mut context, posted.text("department"), posted.text("term")).await?;
    let seen = posted.text("seen").parse().map_err(|_| Fault::BadRequest)?;
    context.release();
    let catalogue = known.edition.definition.catalogues.iter().find(|one| one.id == named.catalogue);
    let typed: Raw = catalogue
        .iter()
        .flat_map(|one| &one.fields)
        .map(|field| (field.id.clone(), posted.text(&format!("field-{}", field.id)).to_owned()))
        .collect();
    let (entry, note) = (posted.text("entry"), posted.text("note"));
    let (wanted, says) = match posted.text("do") {
        "add" => (Act::Add(&typed), "list-was-changed"),
        "change" => (Act::Change(entry, &typed), "list-was-changed"),
        "remove" => (Act::Remove(entry), "list-was-changed"),
        "take-over" => (Act::TakeOver(entry), "list-was-changed"),
        "take-over-all" => (Act::TakeOverAll, "list-was-changed"),
        "remove-minutes" => (Act::RemoveMinutes, "list-was-changed"),
        "send" => (Act::Send, "list-was-sent"),
        "open" => (Act::Open, "list-was-opened"),
        "approve" => (Act::Approve, "list-was-approved"),
        "return" => (Act::Return(note), "list-was-returned"),
        _ => return Err(Fault::BadRequest),
    };
    let is_entry = matches!(wanted, Act::Add(_) | Act::Change(..));
    match catalogue::act(&known.web.app, known.viewer()?, &named, seen, &wanted, known.now).await {
        // An entry is looked at where it was found; a new one may have other words.
        Ok(()) if matches!(wanted, Act::Change(..) | Act::Remove(_)) => {
            show::see_saying(&known, &here(&known, &named), says)
        }
        Ok(()) => show::see_saying(&known, &address(&named), says),
        Err(error) => {
            let kept = Extra {
                entry: entry.to_owned(),
                typed: is_entry.then_some(typed),
                note: note.to_owned(),
                ..Extra::default()
            };
            refused(&mut context, &named, error, kept).await
        }
    }
}

/// Takes the minutes of the meeting that decided the list.
pub(in crate::web) async fn minutes(mut context: Context, posted: Posted) -> Answer {
    let known = context.known();
    let named = named(&mut context, posted.text("department"), posted.text("term")).await?;
    let seen = posted.text("seen").parse().map_err(|_| Fault::BadRequest)?;
    let Some(file) = posted.file("minutes") else {
        let error = Some(words().say(known.lang, "list-refused-no-file"));
        let page = page(&mut context, &named, Extra { error, ..Extra::default() }).await?;
        return show::page_with(&known, StatusCode::UNPROCESSABLE_ENTITY, &page);
    };
    context.release();
    let (app, viewer) = (&known.web.app, known.viewer()?);
    let taken = catalogue::take_minutes(app, viewer, &named, seen, &file.name, file.bytes.clone(), known.now);
    match taken.await {
        Ok(()) => show::see_saying(&known, &address(&named), "list-was-changed"),
        Err(error) => refused(&mut context, &named, error, Extra::default()).await,
    }
}

async fn refused(context: &mut Context, named: &Named, error: ListError, mut extra: Extra) -> Answer {
    let known = context.known();
    let say = |key: &str| words().say(known.lang, key);
    let unfit = StatusCode::UNPROCESSABLE_ENTITY;
    let (status, text) = match error {
        ListError::NotFound | ListError::Store(_) => return Err(fault(error)),
        ListError::File(FileError::Refused(refused)) => (unfit, refused.say(known.lang)),
        ListError::File(error) => return Err(Fault::Internal(error.to_string())),
        ListError::NotTheirs => (StatusCode::FORBIDDEN, say("list-refused-theirs")),
        ListError::OwnList => (StatusCode::FORBIDDEN, say("list-refused-own")),
        ListError::Stale => (StatusCode::CONFLICT, say("list-refused-stale")),
        ListError::Locked(state) => {
            let state = say(&format!("list-state-{state}"));
            (StatusCode::CONFLICT, words().say_with(known.lang, "list-refused-locked", &[("state", &state)]))
        }
        ListError::Full(most) => {
            (unfit, words().say_with(known.lang, "list-refused-full", &[("most", &most.to_string())]))
        }
        ListError::CodeTaken => {
            let catalogue = known.edition.definition.catalogues.iter().find(|one| one.id == named.catalogue);
            extra.wrong.extend(catalogue.map(|one| (catalogue::code_field(one), say("list-refused-code"))));
            (unfit, say("list-refused-code"))
        }
        ListError::Wrong(wrong) => {
            extra.wrong = wrong.into_iter().map(|one| (one.field, one.what.get(known.lang).to_owned())).collect();
            (unfit, say("list-refused-wrong"))
        }
        ListError::MinutesNeeded => (unfit, say("list-refused-minutes")),
        ListError::Empty => (unfit, say("list-refused-empty")),
        ListError::NoteNeeded => (unfit, say("list-refused-note")),
    };
    let page = page(context, named, Extra { error: Some(text), ..extra }).await?;
    show::page_with(&known, status, &page)
}
