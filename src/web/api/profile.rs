//! What one keeps up about oneself, as the page of the profile shows it: what is private in it masked.

use serde_json::{Value as Json, json};

use super::cases::profile_missing;
use super::{Call, Given, ok};
use crate::render::pages::cases::Answered;
use crate::web::Fault;
use crate::web::cases::profile;

pub(super) async fn read(mut call: Call) -> Given {
    let known = call.context.known();
    let described = known.edition.definition.profile.as_ref().ok_or(Fault::NotFound)?;
    let conn = call.context.conn().await?;
    let (version, answered) = profile::masked(&known, conn).await?;
    let missing = profile_missing(&mut call).await?;
    let fields = described.fields.iter().zip(answered).map(|(field, shown)| {
        json!({
            "id": field.id,
            "label": shown.label,
            "private": field.private,
            "answered": shown.kind != "nothing",
            "text": text(&shown),
        })
    });
    ok(&json!({
        "title": described.title.get(known.lang),
        "version": version,
        "complete": missing.is_empty(),
        "missing": missing,
        "fields": fields.collect::<Vec<Json>>(),
    }))
}

/// A tick says itself by being answered; files are named.
fn text(shown: &Answered) -> String {
    let names = || shown.files.iter().map(|file| file.name.clone()).collect::<Vec<_>>();
    match shown.kind {
        "day" => shown.code.clone(),
        "files" => names().join(", "),
        "yes" | "no" => (shown.kind == "yes").to_string(),
        _ => shown.text.clone(),
    }
}
