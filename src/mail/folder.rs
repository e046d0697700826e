//! Mail without a server: each is a file `<Message-ID>.eml`. A mail that is written again
//! overwrites itself, so a repeat after a crash leaves one.

use std::fs::File;
use std::io::{Result, Write};
use std::path::PathBuf;

#[derive(Clone, Debug)]
pub struct Folder {
    path: PathBuf,
}

impl Folder {
    pub fn new(path: PathBuf) -> Folder {
        Folder { path }
    }

    /// Where a message is kept.
    pub fn file(&self, message_id: &str) -> PathBuf {
        let name: String = message_id
            .split('@')
            .next()
            .unwrap_or_default()
            .chars()
            .filter(|c| c.is_ascii_alphanumeric() || *c == '-')
            .collect();
        self.path.join(format!("{name}.eml"))
    }

    /// Writes a message so that it is there whole or not at all, also after a power cut.
    pub fn keep(&self, message_id: &str, message: &str) -> Result<()> {
        make(&self.path)?;
        let file = self.file(message_id);
        let part = file.with_extension("part");
        let mut out = private(&part)?;
        out.write_all(message.as_bytes())?;
        out.sync_all()?;
        std::fs::rename(&part, &file)?;
        // The rename itself is a change of the folder.
        File::open(&self.path)?.sync_all()
    }
}

fn make(folder: &std::path::Path) -> Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Mails name students: only the server's own account may read them.
#[cfg(unix)]
fn private(path: &std::path::Path) -> Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    std::fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)
}

#[cfg(not(unix))]
fn private(path: &std::path::Path) -> Result<File> {
    File::create(path)
}
