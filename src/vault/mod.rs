//! Keeps files sealed under random keys, in a folder or in an S3 store. Whose they are and what they
//! hold is known elsewhere; whoever takes the store away has nothing but noise.

mod folder;
pub mod s3;

use std::path::{Path, PathBuf};

use crate::clock::Instant;
use crate::seal::{self, SealError};

pub use s3::{Bucket, Credentials};

#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    #[error("FILES_URL: {0}")]
    Url(String),
    #[error("there is no room left for files")]
    Full,
    #[error("there is no file {0}")]
    Missing(String),
    /// What is kept under the key is not what was put there.
    #[error("the file {key} cannot be opened: {why}")]
    Seal { key: String, why: SealError },
    #[error("files: {0}")]
    Io(std::io::Error),
    /// The store cannot be reached, or refuses.
    #[error("files: {0}")]
    Store(String),
}

pub type Result<T> = std::result::Result<T, VaultError>;

impl From<std::io::Error> for VaultError {
    fn from(error: std::io::Error) -> VaultError {
        use std::io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
        match error.kind() {
            StorageFull | QuotaExceeded | FileTooLarge => VaultError::Full,
            _ => VaultError::Io(error),
        }
    }
}

/// Where sealed bytes are kept.
#[derive(Clone, Debug)]
pub enum Place {
    Folder(PathBuf),
    Bucket(Bucket),
}

impl Place {
    /// A path or `s3://bucket/prefix?endpoint=…&region=…`; without either the folder `files` in
    /// the data folder. `credentials` are for S3 alone.
    pub fn parse(url: Option<&str>, data: &Path, credentials: Option<Credentials>) -> Result<Place> {
        match url.filter(|url| !url.is_empty()) {
            None => Ok(Place::Folder(data.join("files"))),
            Some(url) if url.starts_with("s3://") => Bucket::parse(url, credentials).map(Place::Bucket),
            Some(url) if url.contains("://") => {
                Err(VaultError::Url(format!("must be a folder or begin with s3://, not `{url}`")))
            }
            Some(path) => Ok(Place::Folder(PathBuf::from(path))),
        }
    }
}

/// A key that is kept, and since when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    pub key: String,
    pub since: Instant,
}

pub struct Vault {
    place: Place,
    key: seal::Key,
}

impl Vault {
    pub fn new(place: Place, secret: &[u8; 32]) -> Vault {
        Vault { place, key: seal::Key::new(secret, "menkan files v1") }
    }

    /// Keeps bytes under a [`new_key`]. When it returns they survive a power cut.
    pub async fn put(&self, key: &str, plain: &[u8]) -> Result<()> {
        let sealed = self.key.seal_bytes(random()?, &place(key), plain).map_err(|why| unsealed(key, why))?;
        match &self.place {
            Place::Folder(folder) => folder::put(folder, key, sealed).await,
            Place::Bucket(bucket) => s3::put(bucket, key, sealed).await,
        }
    }

    pub async fn get(&self, key: &str) -> Result<Vec<u8>> {
        if !is_key(key) {
            return Err(VaultError::Missing(key.to_owned()));
        }
        let sealed = match &self.place {
            Place::Folder(folder) => folder::get(folder, key).await?,
            Place::Bucket(bucket) => s3::get(bucket, key).await?,
        };
        self.key.open_bytes(&place(key), &sealed).map_err(|why| unsealed(key, why))
    }

    /// Deletes what is kept under a key; nothing where there is nothing.
    pub async fn delete(&self, key: &str) -> Result<()> {
        if !is_key(key) {
            return Ok(());
        }
        match &self.place {
            Place::Folder(folder) => folder::delete(folder, key).await,
            Place::Bucket(bucket) => s3::delete(bucket, key).await,
        }
    }

    /// Everything that is kept, in no order.
    pub async fn list(&self) -> Result<Vec<Kept>> {
        match &self.place {
            Place::Folder(folder) => folder::list(folder).await,
            Place::Bucket(bucket) => s3::list(bucket).await,
        }
    }

    /// Removes what a crash left half written before `before`.
    pub async fn tidy(&self, before: Instant) -> Result<()> {
        match &self.place {
            Place::Folder(folder) => folder::tidy(folder, before).await,
            // A store has an object whole or not at all.
            Place::Bucket(_) => Ok(()),
        }
    }
}

/// A key that nothing has yet.
pub fn new_key() -> Result<String> {
    Ok(hex::encode(random::<16>()?))
}

fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0u8; N];
    getrandom::fill(&mut bytes).map_err(|error| VaultError::Io(std::io::Error::other(error)))?;
    Ok(bytes)
}

fn unsealed(key: &str, why: SealError) -> VaultError {
    VaultError::Seal { key: key.to_owned(), why }
}

/// Bound to its key: bytes that were swapped with another file's do not open.
fn place(key: &str) -> String {
    format!("files|{key}")
}

/// Only what `put` could have given: nothing that leads elsewhere.
fn is_key(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}
