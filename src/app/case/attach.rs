//! Files of a case: kept at once when they are sent, whatever else is wrong with the form, and shown
//! in the case's answers from their own rows.

use super::CaseError;
use super::see::{self, Open};
use crate::app::App;
use crate::app::access::Viewer;
use crate::app::files::{self, FileRow, Media, OwnerKind, Sent};
use crate::case::{Raw, Refusal};
use crate::clock::Instant;
use crate::definition::case::{self as defined, Answer, Field};
use crate::store::files::{self as rows, Owner};
use crate::store::{Conn, Result, cases, stored};

/// At most so many files for one field.
pub const MOST_FILES: usize = 10;

/// A file as it came from a form.
pub struct Brought<'a> {
    pub field: &'a str,
    /// As the browser gave it: not to be believed.
    pub name: &'a str,
    pub bytes: Vec<u8>,
}

pub(in crate::app) fn owner(case: &str) -> Owner<'_> {
    Owner { kind: OwnerKind::Case, id: case }
}

/// The files that a case has now.
pub async fn files_of(conn: &mut Conn, case: &str) -> Result<Vec<FileRow>> {
    rows::of_owner(conn, owner(case)).await
}

/// What a form's file fields hold: the ids of what was sent for them, whatever was typed.
pub(in crate::app) fn place(raw: &mut Raw, fields: &[Field], files: &[FileRow]) {
    for field in fields.iter().filter(|field| matches!(field.is, Answer::File { .. })) {
        let ids: Vec<&str> = files.iter().filter(|file| file.field == field.id).map(|file| file.id.as_str()).collect();
        raw.insert(field.id.clone(), ids.join(","));
    }
}

/// What a field takes: the kinds, and the most bytes; `None` where it is no field for files.
pub(in crate::app) fn takes(field: &Field) -> Option<(Vec<Media>, u64)> {
    match &field.is {
        Answer::File { of, megabytes } => Some((of.iter().map(|media| media_of(*media)).collect(), megabytes << 20)),
        _ => None,
    }
}

fn media_of(media: defined::Media) -> Media {
    match media {
        defined::Media::Jpeg => Media::Jpeg,
        defined::Media::Png => Media::Png,
        defined::Media::Pdf => Media::Pdf,
    }
}

/// Takes a file for a field that is open to the applicant.
pub async fn attach(
    app: &App,
    viewer: &Viewer,
    id: &str,
    brought: Brought<'_>,
    now: Instant,
) -> std::result::Result<FileRow, CaseError> {
    let open = {
        let mut conn = app.db.read().await?;
        see::see(app, &mut conn, id, viewer, now).await?
    };
    let (accept, up_to_bytes) = open_field(&open, brought.field)?;
    let sent = Sent {
        owner: owner(id),
        field: brought.field,
        name: brought.name,
        bytes: brought.bytes,
        accept: &accept,
        up_to_bytes,
        by: &viewer.account,
    };
    // Looking at it takes its time: nobody else waits for the writer meanwhile.
    let row = files::keep(app, sent, now).await?;
    let mut conn = app.db.begin().await?;
    still_open(app, &mut conn, viewer, id, brought.field, now).await?;
    let there = files_of(&mut conn, id).await?;
    if there.iter().filter(|file| file.field == brought.field).count() >= MOST_FILES {
        return Err(CaseError::TooManyFiles);
    }
    // The very same file for the same field is there already: sent twice, it is one.
    if let Some(same) = there.into_iter().find(|file| file.field == brought.field && file.sha256 == row.sha256) {
        return Ok(same);
    }
    rows::add(&mut conn, &row).await?;
    conn.commit().await?;
    Ok(row)
}

/// Removes a file from a field that is open to the applicant.
pub async fn detach(
    app: &App,
    viewer: &Viewer,
    id: &str,
    file: &str,
    now: Instant,
) -> std::result::Result<(), CaseError> {
    let mut conn = app.db.begin().await?;
    let row = files_of(&mut conn, id).await?.into_iter().find(|row| row.id == file).ok_or(CaseError::NotFound)?;
    still_open(app, &mut conn, viewer, id, &row.field, now).await?;
    rows::remove(&mut conn, file, &stored(now)).await?;
    Ok(conn.commit().await?)
}

/// Whether the field is still open to them; nobody sends the case before this is committed.
async fn still_open(
    app: &App,
    conn: &mut Conn,
    viewer: &Viewer,
    id: &str,
    field: &str,
    now: Instant,
) -> std::result::Result<(), CaseError> {
    let open = see::see(app, conn, id, viewer, now).await?;
    open_field(&open, field)?;
    if cases::touch(conn, id, open.row.version, now).await? { Ok(()) } else { Err(Refusal::Stale.into()) }
}

fn open_field(open: &Open, id: &str) -> std::result::Result<(Vec<Media>, u64), CaseError> {
    let (index, field) = open.workflow().field(id).ok_or(CaseError::NotFound)?;
    if !open.editable().contains(&index) {
        return Err(Refusal::NotNow.into());
    }
    takes(field).ok_or(CaseError::NotFound)
}
