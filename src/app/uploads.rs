//! Files that were sent and not yet saved: kept sealed in the data folder between looking at what
//! they hold and saving it, for whoever sent them, and not for long.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Settings;
use crate::seal::Key;

/// How long a file waits to be saved.
const KEPT: Duration = Duration::from_secs(24 * 60 * 60);

/// A file with what was said about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    pub by: String,
    pub kind: String,
    pub name: String,
    /// The day from which its records are true, as ISO; empty for today.
    pub effective: String,
    #[serde(skip)]
    pub bytes: Vec<u8>,
}

/// Keeps a file and gives its name. Also removes those that waited too long.
pub fn keep(settings: &Settings, kept: &Kept) -> std::io::Result<String> {
    let folder = folder(settings)?;
    remove_old(&folder)?;
    let (mut id, mut nonce) = ([0u8; 16], [0u8; 24]);
    for bytes in [&mut id[..], &mut nonce[..]] {
        getrandom::fill(bytes).map_err(std::io::Error::other)?;
    }
    let id = hex::encode(id);
    // What was said about it in one line, then the file as it came.
    let mut plain = serde_json::to_vec(kept)?;
    plain.push(b'\n');
    plain.extend(&kept.bytes);
    let sealed = key(settings).seal(nonce, &place(&id), &plain).map_err(std::io::Error::other)?;
    write_private(&folder.join(&id), sealed.as_bytes())?;
    Ok(id)
}

/// The file of that name, where this account sent it and it is still there.
pub fn read(settings: &Settings, id: &str, by: &str) -> Option<Kept> {
    let sealed = std::fs::read_to_string(path(settings, id)?).ok()?;
    let plain = key(settings).open(&place(id), &sealed).ok()?;
    let end = plain.iter().position(|byte| *byte == b'\n')?;
    let kept = serde_json::from_slice::<Kept>(&plain[..end]).ok().filter(|kept| kept.by == by)?;
    Some(Kept { bytes: plain[end + 1..].to_vec(), ..kept })
}

/// Forgets a file once it is saved; whether it was there. Of two that save at once, one is told so.
pub fn forget(settings: &Settings, id: &str) -> bool {
    path(settings, id).is_some_and(|path| std::fs::remove_file(path).is_ok())
}

/// Only a name that `keep` could have given: nothing that leads elsewhere.
fn path(settings: &Settings, id: &str) -> Option<PathBuf> {
    let fits = id.len() == 32 && id.bytes().all(|b| b.is_ascii_hexdigit());
    fits.then(|| settings.data.join("uploads").join(id))
}

fn folder(settings: &Settings) -> std::io::Result<PathBuf> {
    let folder = settings.data.join("uploads");
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(&folder)?;
    Ok(folder)
}

fn key(settings: &Settings) -> Key {
    Key::new(&settings.secret, "uploads")
}

fn place(id: &str) -> String {
    format!("uploads|{id}")
}

fn remove_old(folder: &Path) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let age = entry.metadata()?.modified()?.elapsed().unwrap_or_default();
        if age > KEPT {
            std::fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

#[cfg(unix)]
fn write_private(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt;
    std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?.write_all(bytes)
}

#[cfg(not(unix))]
fn write_private(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    std::fs::OpenOptions::new().write(true).create_new(true).open(path)?.write_all(bytes)
}
