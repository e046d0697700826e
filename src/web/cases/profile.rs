//! One's own profile: what comes from the student's record, masked until it is asked for, and what
//! one keeps up oneself.

use std::collections::BTreeMap;

use axum::http::StatusCode;

use super::inputs::{self, Sheet, Wrongs};
use super::parts::{answered, said};
use crate::app::access_log::{self, Access, How};
use crate::app::accounts::{self, Denied};
use crate::app::case::{self, Brought, Open};
use crate::app::payee;
use crate::app::profile::{self, Kept};
use crate::case::{Filled, Raw, holds};
use crate::definition::case::{Answer, Field, Profile, RecordItem};
use crate::render::pages::cases::Answered;
use crate::render::pages::form::Profile as Page;
use crate::render::words;
use crate::rules::filing::Value;
use crate::store::Conn;
use crate::web::context::Known;
use crate::web::{Answer as WebAnswer, Context, Fault, Posted, show, sign_in};

pub(in crate::web) async fn form(mut context: Context) -> WebAnswer {
    let known = context.known();
    let shown = Shown { back: back(known.asked("back").unwrap_or_default()), ..Shown::default() };
    page(&known, &mut context, StatusCode::OK, shown).await
}

/// Shows the student's record in full, which is written down.
pub(in crate::web) async fn reveal(mut context: Context, _: Posted) -> WebAnswer {
    described(&context)?;
    context.release();
    let known = context.known();
    let account = &known.viewer()?.account;
    let reason = words().say(crate::lang::Lang::default(), "profile-reveal-reason");
    let access = Access { how: How::Reveal, actor: account, what: "profile", whose: account, reason: &reason };
    let private = access_log::private_of(&known.web.app, &access, known.now).await?;
    page(&known, &mut context, StatusCode::OK, Shown { private: Some(private), ..Shown::default() }).await
}

pub(in crate::web) async fn save(mut context: Context, mut posted: Posted) -> WebAnswer {
    let fields = described(&context)?.fields.clone();
    let known = context.known();
    let (app, account) = (&known.web.app, known.viewer()?.account.clone());
    let before = profile::read(app, context.conn().await?, &known.edition.definition, &account).await?;
    context.release();
    let mut wrongs = Wrongs::new();
    let (files, removed) = (posted.take_files(), posted.text("remove"));
    let is_payee = |id: &str| fields.iter().any(|field| field.payee && field.id == id);
    let there = profile::files_of(context.conn().await?, &account).await?;
    context.release();
    let moves_files = files.iter().any(|file| is_payee(&file.field))
        || there.iter().any(|file| file.id == removed && is_payee(&file.field));
    let all: Vec<usize> = (0..fields.len()).collect();
    let typed = inputs::typed(&posted, &fields, &all, &before.raw);
    let seen = posted.text("version").parse().unwrap_or_default();
    let back = back(posted.text("back"));
    // No file comes or goes either before the password has.
    if let Some(denied) = denied(&known, &posted, &before, &typed, seen, moves_files).await? {
        let shown = Shown { wrongs, typed: Some(typed), back, denied: Some(denied), ..Shown::default() };
        return page(&known, &mut context, StatusCode::UNPROCESSABLE_ENTITY, shown).await;
    }
    for file in files {
        let Some((index, field)) = fields.iter().enumerate().find(|(_, field)| field.id == file.field) else {
            continue;
        };
        let brought = Brought { field: &field.id, name: &file.name, bytes: file.bytes };
        if let Err(error) = profile::attach(app, &known.edition, &account, brought, known.now).await {
            wrongs.entry(index).or_default().push(inputs::file_wrong(&known, field, error)?);
        }
    }
    if !removed.is_empty() {
        profile::detach(app, &account, removed, known.now).await?;
    }
    // What was compared is what is written over.
    let is_seen = seen == before.version;
    if !is_seen || !profile::keep(app, &known.edition, &account, &typed, seen, known.now).await? {
        // The same form sent twice kept the same the first time.
        let after = profile::read(app, context.conn().await?, &known.edition.definition, &account).await?;
        let is_kept = typed.iter().all(|(id, text)| after.raw.get(id) == Some(text));
        if !is_kept {
            let shown = Shown { conflict: true, back, ..Shown::default() };
            return page(&known, &mut context, StatusCode::CONFLICT, shown).await;
        }
    }
    let kept = profile::read(app, context.conn().await?, &known.edition.definition, &account).await?;
    let filled = profile::filled(&known.edition, &kept.raw, known.now).ok_or(Fault::NotFound)?;
    for (field, said) in inputs::wrongs(&known, &filled, removed.is_empty()) {
        wrongs.entry(field).or_insert(said);
    }
    if wrongs.is_empty() {
        let to = if back.is_empty() || !removed.is_empty() { "/profile" } else { &back };
        return show::see_saying(&known, to, "profile-saved");
    }
    let shown = Shown { wrongs, typed: Some(typed), back, ..Shown::default() };
    page(&known, &mut context, StatusCode::UNPROCESSABLE_ENTITY, shown).await
}

/// Why a change of where money goes is not taken: it asks for the password. What is written over
/// must be what it was compared with.
async fn denied(
    known: &Known,
    posted: &Posted,
    before: &Kept,
    typed: &Raw,
    seen: i64,
    moves_files: bool,
) -> Result<Option<String>, Fault> {
    let mut after = before.raw.clone();
    after.extend(typed.clone());
    let moves_files = moves_files && payee::is_settled(&known.edition, &before.raw, known.now);
    let is_seen = seen == before.version;
    let changes = is_seen && !payee::changed(&known.edition, &before.raw, &after, known.now).is_empty();
    if !changes && !moves_files {
        return Ok(None);
    }
    let (account, password) = (&known.viewer()?.account, posted.text("password"));
    let say = |key: &str| Ok(Some(words().say(known.lang, key)));
    if password.is_empty() {
        return say("profile-password-needed");
    }
    let origin = sign_in::origin(known, account);
    match accounts::confirm(&known.web.app, account, password, &origin, known.now).await? {
        Ok(()) => Ok(None),
        Err(Denied::Wrong) => say("profile-password-wrong"),
        Err(Denied::Busy) => say("sign-in-busy"),
        Err(Denied::Locked { minutes }) => {
            Ok(Some(words().say_with(known.lang, "sign-in-locked", &[("minutes", &minutes.to_string())])))
        }
    }
}

/// What a page of the profile shows beside what is kept.
#[derive(Default)]
struct Shown {
    wrongs: Wrongs,
    typed: Option<Raw>,
    private: Option<BTreeMap<String, String>>,
    conflict: bool,
    back: String,
    /// Why the password that was given was not taken.
    denied: Option<String>,
}

async fn page(known: &Known, context: &mut Context, status: StatusCode, shown: Shown) -> WebAnswer {
    let described = described(known)?;
    let account = &known.viewer()?.account;
    let conn = context.conn().await?;
    let mut kept: Kept = profile::read(&known.web.app, conn, &known.edition.definition, account).await?;
    let asks_password = payee::is_settled(&known.edition, &kept.raw, known.now);
    if let (Some(_), Some(typed)) = (&shown.denied, &shown.typed) {
        // Nothing was kept; what was typed is there to be sent again.
        kept.raw.extend(typed.clone());
    }
    let files = profile::files_of(conn, account).await?;
    let columns = access_log::private_columns(&known.web.app, conn, account).await?;
    let listed = case::student(conn, account, known.today).await?;
    let filled = profile::filled(&known.edition, &kept.raw, known.now).ok_or(Fault::NotFound)?;
    let all: Vec<usize> = (0..described.fields.len()).collect();
    let sheet = Sheet {
        definition: &known.edition.definition,
        fields: &described.fields,
        raw: &kept.raw,
        filled: &filled,
        others: &[],
        files: &files,
        open: &all,
        offered: &BTreeMap::new(),
        wrongs: &shown.wrongs,
        typed: shown.typed.as_ref(),
        meanwhile: &BTreeMap::new(),
    };
    let records = described.fields.iter().filter_map(|field| match field.is {
        Answer::Record(item) => Some((field, item)),
        _ => None,
    });
    let page = Page {
        title: said(&described.title, known.lang),
        about: said(&described.about, known.lang),
        version: kept.version,
        wrongs: inputs::pointed(&described.fields, &shown.wrongs),
        conflict: shown.conflict,
        records: records
            .map(|(field, item)| match (item_of(item), &listed) {
                (Item::Private(column), _) if shown.private.is_none() && !columns.contains(column) => {
                    text(known, field, "")
                }
                (Item::Private(column), _) => record(known, field, shown.private.as_ref(), column),
                (Item::Listed(of), Some(listed)) => text(known, field, of(listed)),
                (Item::Listed(_), None) => text(known, field, ""),
            })
            .collect(),
        revealed: shown.private.is_some() || columns.is_empty(),
        inputs: inputs::inputs(known, &sheet),
        complete: filled.wrong.is_empty(),
        asks_password,
        denied: shown.denied,
        back: shown.back,
    };
    show::page_with(known, status, &page)
}

fn described(known: &Known) -> Result<&Profile, Fault> {
    known.edition.definition.profile.as_ref().ok_or(Fault::NotFound)
}

/// Where an item of the student's record stands.
enum Item {
    /// A private column.
    Private(&'static str),
    Listed(fn(&case::Listed) -> &str),
}

fn item_of(item: RecordItem) -> Item {
    match item {
        RecordItem::NationalId => Item::Private("national_id"),
        RecordItem::Birthday => Item::Private("birthday"),
        RecordItem::Phone => Item::Private("phone"),
        RecordItem::Mobile => Item::Private("mobile"),
        RecordItem::Address => Item::Private("address"),
        RecordItem::Email => Item::Listed(|listed| &listed.email),
        RecordItem::Class => Item::Listed(|listed| &listed.class_name),
        RecordItem::Department => Item::Listed(|listed| &listed.department_name),
    }
}

fn record(known: &Known, field: &Field, private: Option<&BTreeMap<String, String>>, column: &str) -> Answered {
    match private {
        Some(private) => text(known, field, private.get(column).map(String::as_str).unwrap_or_default()),
        None => Answered {
            kind: "masked",
            text: "••••".to_owned(),
            ..answered(known, &known.edition.definition, field, None, &[])
        },
    }
}

fn text(known: &Known, field: &Field, text: &str) -> Answered {
    let plain = Field { private: false, ..field.clone() };
    let value = Some(Value::Text(text.to_owned())).filter(|_| !text.is_empty());
    answered(known, &known.edition.definition, &plain, value.as_ref(), &[])
}

/// One's own answers, field by field, what is private masked; and the version that they are of.
pub(in crate::web) async fn masked(known: &Known, conn: &mut Conn) -> Result<(i64, Vec<Answered>), Fault> {
    let described = described(known)?;
    let account = &known.viewer()?.account;
    let kept = profile::read(&known.web.app, conn, &known.edition.definition, account).await?;
    let files = profile::files_of(conn, account).await?;
    let columns = access_log::private_columns(&known.web.app, conn, account).await?;
    let listed = case::student(conn, account, known.today).await?;
    let filled = profile::filled(&known.edition, &kept.raw, known.now).ok_or(Fault::NotFound)?;
    let one = |field: &Field| match field.is {
        Answer::Record(item) => match (item_of(item), &listed) {
            (Item::Private(column), _) if columns.contains(column) => record(known, field, None, column),
            (Item::Listed(of), Some(listed)) => text(known, field, of(listed)),
            (Item::Private(_), _) | (Item::Listed(_), None) => text(known, field, ""),
        },
        _ => answered(known, &known.edition.definition, field, filled.value(field), &files),
    };
    Ok((kept.version, described.fields.iter().map(one).collect()))
}

/// Labels of what one's own profile lacks.
pub(super) async fn missing(known: &Known, conn: &mut Conn) -> Result<Vec<String>, Fault> {
    let (edition, account) = (&known.edition, &known.viewer()?.account);
    let kept = profile::read(&known.web.app, conn, &edition.definition, account).await?;
    let filled = profile::filled(edition, &kept.raw, known.now);
    let fields = edition.definition.profile.as_ref().map(|profile| profile.fields.as_slice()).unwrap_or_default();
    let wrong = filled.iter().flat_map(|filled| &filled.wrong);
    let mut out: Vec<String> =
        wrong.filter_map(|wrong| fields.get(wrong.field)).map(|field| said(&field.label, known.lang)).collect();
    out.dedup();
    Ok(out)
}

/// The same, where a case as it is filled in asks for a profile that is complete.
pub(super) async fn missing_for(
    known: &Known,
    conn: &mut Conn,
    open: &Open,
    filled: &Filled,
) -> Result<Vec<String>, Fault> {
    let workflow = open.workflow();
    let needed = workflow.needs_profile.as_ref();
    let is_needed = needed.is_some_and(|when| holds(when, &workflow.fields, &filled.given));
    if is_needed && !open.setting().profile_complete { missing(known, conn).await } else { Ok(Vec::new()) }
}

/// The pages of a case to go back to; nowhere else.
fn back(address: &str) -> String {
    let rest = address.strip_prefix("/cases/");
    let id = rest.and_then(|rest| rest.strip_suffix("/check").or(rest.strip_suffix("/edit")));
    let is_id = id.is_some_and(|id| !id.is_empty() && id.chars().all(|letter| letter.is_ascii_hexdigit()));
    if is_id { address.to_owned() } else { String::new() }
}
