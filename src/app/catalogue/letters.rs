//! The letter to whoever sent a list, once it is approved or returned; in the transaction that does it.
//! One that cannot be written stops no decision: it is logged.

use super::{Named, RETURNED};
use crate::app::envelope::{Envelope, may_write_to};
use crate::app::notice::letters::{about, in_path};
use crate::app::{App, Edition};
use crate::clock::Instant;
use crate::definition::case::Catalogue;
use crate::lang::Lang;
use crate::render::letters::{About, ListLetter};
use crate::store::catalogues::ListRow;
use crate::store::links::{self, Reader};
use crate::store::outbox::{self, DueTo, Kind, Mail};
use crate::store::{Conn, Result, people};

/// Tells whoever sent a list what was decided; `row` is the list after it, `version` its version then.
#[allow(clippy::too_many_arguments)]
pub(super) async fn write(
    app: &App,
    conn: &mut Conn,
    edition: &Edition,
    catalogue: &Catalogue,
    named: &Named,
    row: &ListRow,
    version: i64,
    now: Instant,
) -> Result<()> {
    let today = edition.definition.school.calendar.today(now);
    let Some(reader) = links::reader(conn, &row.sent_by, today).await? else { return Ok(()) };
    let units = people::units(conn).await?;
    let unit = units.iter().find(|unit| unit.code == named.department);
    let department = unit.map_or_else(|| named.department.clone(), |unit| unit.name.clone());
    match letter(app, edition, catalogue, named, row, version, &department, &reader, now) {
        Ok(mail) => outbox::enqueue(conn, &[&mail], now).await.map(|_| ()),
        Err(why) => {
            tracing::error!(list = named.owner(), why, "a letter could not be written");
            Ok(())
        }
    }
}

#[allow(clippy::too_many_arguments)]
fn letter(
    app: &App,
    edition: &Edition,
    catalogue: &Catalogue,
    named: &Named,
    row: &ListRow,
    version: i64,
    department: &str,
    reader: &Reader,
    now: Instant,
) -> std::result::Result<Mail, String> {
    if !may_write_to(edition, &reader.email) {
        return Err(format!("no mail may go to the address of {}", row.sent_by));
    }
    let definition = &edition.definition;
    let lang = Lang::parse(&reader.lang).unwrap_or_default();
    let day = definition.school.calendar.today(now);
    let [list, unit, term] = [&named.catalogue, &named.department, &named.term].map(|part| in_path(part));
    let path = format!("/catalogues/{list}?department={unit}&term={term}");
    let about = about(definition, &app.settings.base_url, lang, day, &reader.name, &path, None);
    let letter = ListLetter {
        about: About { as_of: String::new(), ..about },
        title: catalogue.title.get(lang).to_owned(),
        department: department.to_owned(),
        term: named.term.clone(),
        returned: row.state == RETURNED,
        note: row.note.clone(),
    };
    let words = edition.templates.render_mail("list-decided", lang, &letter).map_err(|error| error.to_string())?;
    let due = DueTo { kind: Kind::Unit, person: row.sent_by.clone(), about: named.department.clone() };
    let occasion = format!("{}/{version}", named.owner());
    let envelope = Envelope {
        dedup: &format!("list|{occasion}"),
        notice: "list",
        letter: "list-decided",
        occasion: &occasion,
        due: &due,
        to_name: &reader.name,
        to: &reader.email,
        lang,
        date: now,
    };
    envelope.close(edition, &app.settings, &words, None)
}
