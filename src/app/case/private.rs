//! An applicant's private data before whoever decides their case: given for a reason, which is
//! written down first.

use std::collections::BTreeMap;

use super::see::{self, Open, Whose};
use super::{CaseError, act};
use crate::app::access::Viewer;
use crate::app::access_log::{self, Access, How};
use crate::app::{App, profile};
use crate::case::Raw;
use crate::clock::Instant;
use crate::definition::case::{Answer, RecordItem};
use crate::rules::filing::Value;

/// What was given: what the applicant keeps up, and columns of their record by field.
#[derive(Clone, Debug, Default)]
pub struct Revealed {
    pub raw: Raw,
    pub record: BTreeMap<String, Value>,
}

/// Opens the private data of a case's applicant to a party of it, after the access was written down
/// with its reason.
pub async fn reveal(
    app: &App,
    viewer: &Viewer,
    id: &str,
    reason: &str,
    now: Instant,
) -> Result<(Open, Revealed), CaseError> {
    let mut conn = app.db.read().await?;
    let viewer = act::by_now(app, &mut conn, viewer, now).await?;
    let open = see::see(app, &mut conn, id, &viewer, now).await?;
    // In somebody's place one opens what one decides, and nothing else.
    let described = open.workflow();
    let in_place = !see::takes_part(described, &open.actor.parties);
    let decides = || !crate::case::moves(&open.setting(), &open.case, &open.actor).is_empty();
    if open.whose != Whose::Party || (in_place && !decides()) {
        return Err(crate::case::Refusal::NotTheirs.into());
    }
    drop(conn);
    let what = format!("profile, case {}", open.row.number);
    let access = Access { how: How::Reveal, actor: &viewer.account, what: &what, whose: &open.row.applicant, reason };
    let columns = access_log::private_of(app, &access, now).await?;
    let edition = app.edition.load_full();
    let definition = &edition.definition;
    let kept = profile::read(app, &mut app.db.read().await?, definition, &open.row.applicant).await?;
    let fields = definition.profile.iter().flat_map(|profile| &profile.fields);
    let record = fields
        .filter_map(|field| match &field.is {
            Answer::Record(item) => {
                let text = columns.get(column(*item)?)?;
                Some((field.id.clone(), Value::Text(text.clone())))
            }
            _ => None,
        })
        .collect();
    Ok((open, Revealed { raw: kept.raw, record }))
}

/// The private column of a student's record that an item is.
pub fn column(item: RecordItem) -> Option<&'static str> {
    match item {
        RecordItem::NationalId => Some("national_id"),
        RecordItem::Birthday => Some("birthday"),
        RecordItem::Phone => Some("phone"),
        RecordItem::Mobile => Some("mobile"),
        RecordItem::Address => Some("address"),
        RecordItem::Email | RecordItem::Class | RecordItem::Department => None,
    }
}
