//! Where a person's money goes, as their profile says it: what was there before a change is kept, the
//! change is told to them by mail, and whoever pays is shown what it was.

use serde_json::json;

use super::case::answers;
use super::envelope::{Envelope, may_write_to};
use super::notice::letters::about;
use super::{App, Edition, profile};
use crate::case::Raw;
use crate::clock::Instant;
use crate::definition::Definition;
use crate::definition::case::{Answer, Field};
use crate::lang::Lang;
use crate::render::letters::{About, PayeeLetter};
use crate::store::links::{self, Reader};
use crate::store::outbox::{self, DueTo, Kind, Mail};
use crate::store::{Conn, Result, audit, profiles, stored};

/// Whether a profile says where money goes, and says it right: from then on a change is told.
pub fn is_settled(edition: &Edition, raw: &Raw, now: Instant) -> bool {
    let Some(described) = &edition.definition.profile else { return false };
    let is_payee = |index: usize| described.fields.get(index).is_some_and(|field| field.payee);
    let filled = profile::filled(edition, raw, now);
    described.fields.iter().any(|field| field.payee)
        && filled.is_some_and(|filled| !filled.wrong.iter().any(|wrong| is_payee(wrong.field)))
}

/// The fields by which money would go elsewhere; none where it was not said before, or not rightly.
pub fn changed<'a>(edition: &'a Edition, before: &Raw, after: &Raw, now: Instant) -> Vec<&'a Field> {
    let Some(described) = edition.definition.profile.as_ref().filter(|_| is_settled(edition, before, now)) else {
        return Vec::new();
    };
    let fields = described.fields.iter().filter(|field| field.payee);
    fields.filter(|field| text(before, field) != text(after, field)).collect()
}

fn text<'a>(raw: &'a Raw, field: &Field) -> &'a str {
    raw.get(&field.id).map(|text| text.trim()).unwrap_or_default()
}

/// Keeps what was there before a change, notes it and tells the person, in the transaction that
/// changes it. `before` is as it was stored, with its version.
pub(super) async fn note(
    app: &App,
    conn: &mut Conn,
    edition: &Edition,
    account: &str,
    changed: &[&Field],
    before: (&str, i64),
    now: Instant,
) -> Result<()> {
    profiles::keep_former(conn, account, before.1, before.0, now).await?;
    tell(app, conn, edition, account, changed, &before.1.to_string(), now).await
}

/// Notes a change and tells the person; `which` names the change among theirs.
pub(super) async fn tell(
    app: &App,
    conn: &mut Conn,
    edition: &Edition,
    account: &str,
    changed: &[&Field],
    which: &str,
    now: Instant,
) -> Result<()> {
    let ids: Vec<&str> = changed.iter().map(|field| field.id.as_str()).collect();
    let detail = json!({ "fields": ids }).to_string();
    audit::add(conn, &app.chain, &stored(now), account, "change payee data", &detail).await?;
    let today = edition.definition.school.calendar.today(now);
    let Some(reader) = links::reader(conn, account, today).await? else { return Ok(()) };
    match letter(app, edition, account, &reader, changed, which, now) {
        Ok(mail) => outbox::enqueue(conn, &[&mail], now).await.map(|_| ()),
        Err(why) => {
            tracing::error!(account, why, "a change of payee data could not be told");
            Ok(())
        }
    }
}

fn letter(
    app: &App,
    edition: &Edition,
    account: &str,
    reader: &Reader,
    changed: &[&Field],
    which: &str,
    now: Instant,
) -> std::result::Result<Mail, String> {
    if !may_write_to(edition, &reader.email) {
        return Err("no mail may go to the address".to_owned());
    }
    let definition = &edition.definition;
    let lang = Lang::parse(&reader.lang).unwrap_or_default();
    let calendar = &definition.school.calendar;
    let about = about(definition, &app.settings.base_url, lang, calendar.today(now), &reader.name, "/profile", None);
    let letter = PayeeLetter {
        about: About { as_of: String::new(), ..about },
        at: now.with_timezone(&calendar.zone).format("%Y-%m-%d %H:%M").to_string(),
        changed: changed.iter().map(|field| field.label.get(lang).to_owned()).collect(),
    };
    let words = edition.templates.render_mail("payee-changed", lang, &letter).map_err(|error| error.to_string())?;
    let due = DueTo { kind: Kind::Student, person: account.to_owned(), about: String::new() };
    let envelope = Envelope {
        dedup: &format!("payee|{account}|{which}"),
        notice: "payee",
        letter: "payee-changed",
        occasion: which,
        due: &due,
        to_name: &reader.name,
        to: &reader.email,
        lang,
        date: now,
    };
    envelope.close(edition, &app.settings, &words, None)
}

/// A field of a profile that is not what it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changed {
    /// An index of the profile's fields.
    pub field: usize,
    /// As it was typed; of a file nothing.
    pub before: String,
    pub after: String,
}

/// What of a person's profile is not as it was at a moment: where money goes, and proofs of it that
/// came since.
pub async fn since(
    app: &App,
    conn: &mut Conn,
    definition: &Definition,
    account: &str,
    since: &str,
) -> Result<Vec<Changed>> {
    let Some(described) = &definition.profile else { return Ok(Vec::new()) };
    let now = profile::read(app, conn, definition, account).await?.raw;
    let former = profiles::former_at(conn, account, since).await?;
    let former = former.map(|raw| answers::of_store(&app.settings, &profile::owner(account), &described.fields, &raw));
    let files = profile::files_of(conn, account).await?;
    let mut out = Vec::new();
    for (index, field) in described.fields.iter().enumerate() {
        if let Answer::File { .. } = field.is {
            if files.iter().any(|file| file.field == field.id && file.at.as_str() > since) {
                out.push(Changed { field: index, before: String::new(), after: String::new() });
            }
        } else if let Some(former) = former.as_ref().filter(|_| field.payee)
            && text(former, field) != text(&now, field)
        {
            let (before, after) = (text(former, field).to_owned(), text(&now, field).to_owned());
            out.push(Changed { field: index, before, after });
        }
    }
    Ok(out)
}
