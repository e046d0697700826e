//! Sealed files in a folder that nobody else may enter. A file is there whole or not at all.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use super::{Kept, Result, VaultError, is_key};
use crate::clock::Instant;

/// What a file is called until it is whole; it holds sealed bytes, too.
const UNFINISHED: &str = ".unfinished-";

/// Runs on a thread that may wait for the disk.
async fn waiting<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(|error| VaultError::Store(error.to_string()))?
}

pub async fn put(folder: &Path, key: &str, sealed: Vec<u8>) -> Result<()> {
    let (folder, key) = (folder.to_owned(), key.to_owned());
    waiting(move || {
        make(&folder)?;
        let unfinished = Unfinished(folder.join(format!("{UNFINISHED}{key}")));
        let mut file = create(&unfinished.0)?;
        file.write_all(&sealed)?;
        file.sync_all()?;
        drop(file);
        std::fs::rename(&unfinished.0, folder.join(&key))?;
        sync(&folder)
    })
    .await
}

/// Gone again, unless it was renamed.
struct Unfinished(PathBuf);

impl Drop for Unfinished {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

pub async fn get(folder: &Path, key: &str) -> Result<Vec<u8>> {
    let (path, key) = (folder.join(key), key.to_owned());
    waiting(move || match std::fs::read(path) {
        Ok(sealed) => Ok(sealed),
        Err(error) if error.kind() == ErrorKind::NotFound => Err(VaultError::Missing(key)),
        Err(error) => Err(error.into()),
    })
    .await
}

pub async fn delete(folder: &Path, key: &str) -> Result<()> {
    let (folder, path) = (folder.to_owned(), folder.join(key));
    waiting(move || match std::fs::remove_file(path) {
        Ok(()) => sync(&folder),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error.into()),
    })
    .await
}

pub async fn list(folder: &Path) -> Result<Vec<Kept>> {
    let folder = folder.to_owned();
    waiting(move || Ok(entries(&folder)?.into_iter().filter(|kept| is_key(&kept.key)).collect())).await
}

pub async fn tidy(folder: &Path, before: Instant) -> Result<()> {
    let folder = folder.to_owned();
    waiting(move || {
        for kept in entries(&folder)? {
            if kept.key.starts_with(UNFINISHED) && kept.since < before {
                std::fs::remove_file(folder.join(&kept.key))?;
            }
        }
        Ok(())
    })
    .await
}

fn entries(folder: &Path) -> Result<Vec<Kept>> {
    let found = match std::fs::read_dir(folder) {
        Ok(found) => found,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error.into()),
    };
    let mut out = Vec::new();
    for entry in found {
        let entry = entry?;
        // It may have been deleted meanwhile.
        let Ok(since) = entry.metadata().and_then(|metadata| metadata.modified()) else { continue };
        if let Ok(key) = entry.file_name().into_string() {
            out.push(Kept { key, since: since.into() });
        }
    }
    Ok(out)
}

/// The folder, for its owner alone, also where it was there before.
fn make(folder: &Path) -> Result<()> {
    let new = !folder.exists();
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
        builder.mode(0o700).create(folder)?;
        let mut permissions = std::fs::metadata(folder)?.permissions();
        if permissions.mode() & 0o077 != 0 {
            permissions.set_mode(0o700);
            std::fs::set_permissions(folder, permissions)?;
        }
    }
    #[cfg(not(unix))]
    builder.create(folder)?;
    match folder.parent().filter(|parent| new && !parent.as_os_str().is_empty()) {
        Some(parent) => sync(parent),
        None => Ok(()),
    }
}

fn create(path: &Path) -> Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    Ok(options.open(path)?)
}

/// A new name is kept only once its folder is.
fn sync(folder: &Path) -> Result<()> {
    #[cfg(unix)]
    File::open(folder)?.sync_all()?;
    Ok(())
}
