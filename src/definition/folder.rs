//! The one place left of the store that touches the disk: a school's folder, read into memory.
//! Nothing is interpreted here.

use std::collections::BTreeMap;
use std::path::Path;

use sha2::{Digest, Sha256};

/// No file of a school needs more; what is above is not read.
const MAX_FILE: u64 = 1024 * 1024;
const MAX_FILES: usize = 5_000;
const MAX_DEPTH: usize = 8;

/// A school's files by their path relative to the folder, with `/`.
#[derive(Clone, Debug, Default)]
pub struct Files(pub BTreeMap<String, Content>);

#[derive(Clone, Debug)]
pub enum Content {
    Bytes(Vec<u8>),
    /// Not read: so many bytes.
    TooLarge(u64),
    /// Why it could not be read.
    Unreadable(String),
}

impl Files {
    /// Reads the parts of `folder` that belong to a school: its workflows, its rules, and the
    /// templates without the overrides of other schools. What is not there is not in the map.
    pub fn read(folder: &Path, school: &str) -> Files {
        let mut files = Files::default();
        for part in [format!("workflows/{school}"), format!("rules/{school}"), "templates".to_owned()] {
            walk(&folder.join(&part), &part, MAX_DEPTH, &mut files.0);
        }
        for other in schools(folder).unwrap_or_default() {
            if other != school {
                let prefix = format!("templates/{other}/");
                files.0.retain(|path, _| !path.starts_with(&prefix));
            }
        }
        files
    }

    /// The files below `prefix` with one of the endings.
    pub fn under<'a>(
        &'a self,
        prefix: &'a str,
        endings: &'a [&'a str],
    ) -> impl Iterator<Item = (&'a str, &'a Content)> + 'a {
        self.0
            .iter()
            .map(|(path, content)| (path.as_str(), content))
            .filter(move |(path, _)| path.starts_with(prefix) && endings.iter().any(|ending| path.ends_with(ending)))
    }

    /// A file's text; `None` where it is not there or no UTF-8.
    pub fn text(&self, path: &str) -> Option<&str> {
        match self.0.get(path)? {
            Content::Bytes(bytes) => std::str::from_utf8(bytes).ok(),
            Content::TooLarge(_) | Content::Unreadable(_) => None,
        }
    }

    /// SHA-256 over all paths and contents in order: equal for equal folders, wherever they are.
    pub fn edition(&self) -> String {
        let mut hash = Sha256::new();
        for (path, content) in &self.0 {
            if let Content::Bytes(bytes) = content {
                hash.update((path.len() as u64).to_be_bytes());
                hash.update(path.as_bytes());
                hash.update((bytes.len() as u64).to_be_bytes());
                hash.update(bytes);
            }
        }
        hex::encode(hash.finalize())
    }
}

/// The schools of a folder: the folders below `workflows/`, in order.
pub fn schools(folder: &Path) -> std::io::Result<Vec<String>> {
    let mut schools = Vec::new();
    for entry in std::fs::read_dir(folder.join("workflows"))? {
        let entry = entry?;
        if let (true, Ok(name)) = (entry.path().is_dir(), entry.file_name().into_string())
            && !name.starts_with('.')
        {
            schools.push(name);
        }
    }
    schools.sort();
    Ok(schools)
}

fn walk(folder: &Path, path: &str, depth: usize, out: &mut BTreeMap<String, Content>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let Ok(name) = entry.file_name().into_string() else { continue };
        // Editors leave hidden and backup files behind.
        if name.starts_with('.') || name.ends_with('~') || out.len() >= MAX_FILES {
            continue;
        }
        let (file, path) = (entry.path(), format!("{path}/{name}"));
        if file.is_dir() {
            if depth > 0 {
                walk(&file, &path, depth - 1, out);
            }
        } else {
            out.insert(path, content(&file));
        }
    }
}

fn content(file: &Path) -> Content {
    match std::fs::metadata(file) {
        Ok(metadata) if !metadata.is_file() => Content::Unreadable("not a file".to_owned()),
        Ok(metadata) if metadata.len() > MAX_FILE => Content::TooLarge(metadata.len()),
        Ok(_) => match std::fs::read(file) {
            Ok(bytes) => Content::Bytes(bytes),
            Err(error) => Content::Unreadable(error.to_string()),
        },
        Err(error) => Content::Unreadable(error.to_string()),
    }
}
