//! Files that people send with what they apply for: checked, decoded and encoded anew in a child
//! process, kept sealed in the vault, with a row that says whose they are. Who may see one is
//! decided by whoever calls.
//!
//! The keys are written down before the bytes, and the bytes are kept before the row: no row is
//! without bytes, and bytes whose row was never committed, or whose rows are all removed, are
//! deleted by [`sweep`].

mod name;
pub mod pdf;
pub mod picture;
mod refused;

use std::time::Duration;

use sha2::{Digest, Sha256};

use super::App;
use crate::clock::Instant;
use crate::sandbox::SandboxError;
use crate::store::files::{self as rows, Owner};
use crate::store::{StoreError, stored};
use crate::vault::{self, VaultError};

pub use crate::store::files::{FileRow, OwnerKind};
pub use name::shown as shown_name;
pub use refused::{FileRefused, Why};

/// The longest that looking at a file may take.
const LONGEST: Duration = Duration::from_secs(15);
/// How old bytes without a row must be before they are deleted: their row may be on its way.
pub const GRACE: chrono::Duration = chrono::Duration::hours(1);

/// What a file can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Media {
    Jpeg,
    Png,
    Pdf,
}

impl Media {
    pub const ALL: [Media; 3] = [Media::Jpeg, Media::Png, Media::Pdf];

    /// From the ending of a name, `jpg`, `jpeg`, `png`, `pdf`, or from what [`Media::mime`] gives.
    pub fn parse(text: &str) -> Option<Media> {
        match text {
            "jpg" | "jpeg" | "image/jpeg" => Some(Media::Jpeg),
            "png" | "image/png" => Some(Media::Png),
            "pdf" | "application/pdf" => Some(Media::Pdf),
            _ => None,
        }
    }

    pub const fn ending(self) -> &'static str {
        match self {
            Media::Jpeg => "jpg",
            Media::Png => "png",
            Media::Pdf => "pdf",
        }
    }

    pub const fn mime(self) -> &'static str {
        match self {
            Media::Jpeg => "image/jpeg",
            Media::Png => "image/png",
            Media::Pdf => "application/pdf",
        }
    }

    /// What bytes say they are by their beginning; whether it is true is found out in the child.
    fn of(bytes: &[u8]) -> Option<Media> {
        if bytes.starts_with(&[0xFF, 0xD8, 0xFF]) {
            Some(Media::Jpeg)
        } else if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
            Some(Media::Png)
        } else if bytes.starts_with(b"%PDF-") {
            Some(Media::Pdf)
        } else {
            None
        }
    }
}

#[derive(Debug, thiserror::Error)]
pub enum FileError {
    #[error(transparent)]
    Refused(#[from] FileRefused),
    #[error(transparent)]
    Store(#[from] StoreError),
    /// What is kept cannot be read.
    #[error(transparent)]
    Vault(#[from] VaultError),
}

/// A file that is sent.
pub struct Sent<'a> {
    pub owner: Owner<'a>,
    /// The form's field.
    pub field: &'a str,
    /// As the browser gave it: not to be believed.
    pub name: &'a str,
    pub bytes: Vec<u8>,
    pub accept: &'a [Media],
    pub up_to_bytes: u64,
    pub by: &'a str,
}

/// Takes a file and writes its row, in a transaction of its own.
pub async fn receive(app: &App, sent: Sent<'_>, now: Instant) -> Result<FileRow, FileError> {
    let refusing = Refusing::of(&sent);
    let row = keep(app, sent, now).await?;
    let written = async {
        let mut tx = app.db.begin().await?;
        rows::add(&mut tx, &row).await?;
        tx.commit().await
    };
    match written.await {
        Ok(()) => Ok(row),
        // Whether the row is there is not known: the bytes are left to the sweep.
        Err(error) if error.is_full() => Err(refusing.because(Why::NoRoom, error.to_string()).into()),
        Err(error) => Err(error.into()),
    }
}

/// Checks a file and keeps its bytes. Its row is the caller's to write, by `store::files::add` in
/// the transaction of what it belongs to; where that is not committed, the bytes go with the sweep.
pub async fn keep(app: &App, sent: Sent<'_>, now: Instant) -> Result<FileRow, FileError> {
    let refusing = Refusing::of(&sent);
    let Sent { owner, field, bytes, accept, up_to_bytes, by, .. } = sent;
    if bytes.is_empty() {
        return Err(refusing.because(Why::Empty, String::new()).into());
    }
    if bytes.len() as u64 > up_to_bytes {
        return Err(refusing.because(Why::TooBig, bytes.len().to_string()).into());
    }
    let Some(media) = Media::of(&bytes).filter(|media| accept.contains(media)) else {
        let found = infer::get(&bytes).map(|kind| kind.extension().to_owned());
        return Err(refusing.because(Why::Kind, found.unwrap_or_default()).into());
    };
    let size = bytes.len() as i64;
    let sha256 = hex::encode(Sha256::digest(&bytes));
    let (whole, thumb) = look(app, media, bytes).await.map_err(|(why, detail)| refusing.because(why, detail))?;
    let full = |error: VaultError| {
        tracing::error!(%error, "a file could not be kept");
        let why = if matches!(error, VaultError::Full) { Why::NoRoom } else { Why::NotNow };
        refusing.because(why, error.to_string())
    };
    let vault_key = vault::new_key()?;
    let thumb_key = if thumb.is_some() { vault::new_key()? } else { String::new() };
    // Written down first: what a crash leaves behind is found.
    let mut tx = app.db.begin().await?;
    rows::expect(&mut tx, &[&vault_key, &thumb_key]).await?;
    tx.commit().await.map_err(|error| match error.is_full() {
        true => FileError::Refused(refusing.because(Why::NoRoom, error.to_string())),
        false => error.into(),
    })?;
    for (key, bytes) in [(&vault_key, Some(&whole)), (&thumb_key, thumb.as_ref())] {
        let Some(bytes) = bytes else { continue };
        if let Err(error) = app.vault.put(key, bytes).await {
            // Sooner than the sweep would; it does the rest.
            let _ = app.vault.delete(&vault_key).await;
            return Err(full(error).into());
        }
    }
    let mut id = [0u8; 16];
    getrandom::fill(&mut id).map_err(|error| StoreError::Refused(format!("no randomness: {error}")))?;
    Ok(FileRow {
        id: hex::encode(id),
        owner_kind: owner.kind,
        owner: owner.id.to_owned(),
        field: field.to_owned(),
        name: name::kept(&refusing.name, media),
        media: media.mime().to_owned(),
        size,
        sha256,
        vault_key,
        thumb_key,
        uploaded_by: by.to_owned(),
        at: stored(now),
        removed_at: None,
    })
}

/// What a refusal of this file says.
struct Refusing {
    name: String,
    accept: Vec<Media>,
    up_to_bytes: u64,
}

impl Refusing {
    fn of(sent: &Sent<'_>) -> Refusing {
        Refusing { name: name::shown(sent.name), accept: sent.accept.to_vec(), up_to_bytes: sent.up_to_bytes }
    }

    fn because(&self, why: Why, detail: String) -> FileRefused {
        FileRefused { why, name: self.name.clone(), detail, accept: self.accept.clone(), up_to_bytes: self.up_to_bytes }
    }
}

/// The bytes to keep and the thumbnail, from the child process.
async fn look(app: &App, media: Media, bytes: Vec<u8>) -> Result<(Vec<u8>, Option<Vec<u8>>), (Why, String)> {
    let sandbox = app.settings.sandbox.clone();
    let job = match media {
        Media::Jpeg => picture::JPEG_JOB,
        Media::Png => picture::PNG_JOB,
        Media::Pdf => pdf::JOB,
    };
    let kept = if media == Media::Pdf { bytes.clone() } else { Vec::new() };
    // Each child may take a quarter of a gigabyte.
    let turn = app.looking.acquire().await.map_err(|error| (Why::NotNow, error.to_string()))?;
    // The child is waited for: not on a thread that serves others.
    let ran = tokio::task::spawn_blocking(move || sandbox.run(job, bytes, LONGEST)).await;
    drop(turn);
    let answer = match ran {
        Ok(Ok(answer)) => answer,
        Ok(Err(SandboxError::Refused { code, detail })) => return Err((Why::of_job(&code), detail)),
        Ok(Err(error @ (SandboxError::TooSlow(_) | SandboxError::TooMuch))) => {
            return Err((Why::TooMuch, error.to_string()));
        }
        Ok(Err(error @ SandboxError::Start(_))) => return Err((Why::NotNow, error.to_string())),
        Err(error) => return Err((Why::NotNow, error.to_string())),
    };
    if media == Media::Pdf {
        return Ok((kept, None));
    }
    let (thumb, whole) = picture::taken_apart(answer).ok_or((Why::Damaged, "no answer".to_owned()))?;
    Ok((whole, Some(thumb)))
}

/// A file's bytes, opened.
pub struct Opened {
    pub name: String,
    pub media: Media,
    pub bytes: Vec<u8>,
}

/// Opens a file; `None` where there is none or it was removed. The caller has checked the right.
pub async fn open(app: &App, id: &str) -> Result<Option<Opened>, FileError> {
    let Some(row) = row(app, id).await? else { return Ok(None) };
    let Some(media) = Media::parse(&row.media) else { return Ok(None) };
    Ok(Some(Opened { bytes: app.vault.get(&row.vault_key).await?, media, name: row.name }))
}

/// Opens a picture's thumbnail, a JPEG; `None` also for what is no picture.
pub async fn open_thumb(app: &App, id: &str) -> Result<Option<Opened>, FileError> {
    let Some(row) = row(app, id).await?.filter(|row| !row.thumb_key.is_empty()) else { return Ok(None) };
    Ok(Some(Opened { bytes: app.vault.get(&row.thumb_key).await?, media: Media::Jpeg, name: row.name }))
}

async fn row(app: &App, id: &str) -> Result<Option<FileRow>, StoreError> {
    let row = rows::by_id(&mut app.db.read().await?, id).await?;
    Ok(row.filter(|row| row.removed_at.is_none()))
}

/// Deletes bytes that no row needs, and what a crash left half written; how many. What the database
/// never heard of stays: with another database beside the vault, or an older one, nothing is lost.
pub async fn sweep(app: &App, now: Instant) -> Result<usize, FileError> {
    let before = now - GRACE;
    app.vault.tidy(before).await?;
    let loose = rows::loose(&mut app.db.read().await?, before.timestamp_millis()).await?;
    for key in &loose {
        app.vault.delete(key).await?;
        let mut tx = app.db.begin().await?;
        rows::forget(&mut tx, key).await?;
        tx.commit().await?;
    }
    Ok(loose.len())
}
