//! Where templates come from: those in the binary, over them the folder's `templates/`, over them
//! the school's own in `templates/<school>/`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::place;
use crate::definition::folder::{Content, Files};
use crate::problem::Problem;

#[derive(rust_embed::RustEmbed)]
#[folder = "templates"]
struct Carried;

/// A template's text is no longer than this, in bytes.
const LARGEST: u64 = 64 * 1024;

/// One template as it was found.
pub(super) struct Source {
    /// `pages/home.html`, `mail/passed/text.jinja`.
    pub name: String,
    /// Relative to the folder, for messages.
    pub file: PathBuf,
    pub text: String,
    pub foreign: bool,
}

pub(super) fn read(folder: &Path, school: &str) -> Result<Vec<Source>, Vec<Problem>> {
    let mut found: BTreeMap<String, Source> = BTreeMap::new();
    for name in Carried::iter() {
        if let (true, Some(file)) = (is_template(&name), Carried::get(&name)) {
            let text = String::from_utf8_lossy(&file.data).into_owned();
            let source =
                Source { name: name.to_string(), file: Path::new("templates").join(&*name), text, foreign: false };
            found.insert(source.name.clone(), source);
        }
    }
    let files = Files::read(folder, school);
    let own = format!("templates/{school}/");
    let mut problems = Vec::new();
    // The school's own come after those of all schools and take their place.
    for base in ["templates/", own.as_str()] {
        for (file, content) in files.under(base, &[".html", ".jinja"]) {
            let name = &file[base.len()..];
            if !is_template(name) {
                continue;
            }
            match text_of(content) {
                Ok(text) => {
                    let foreign = found.get(name).is_none_or(|known| known.foreign || known.text != text);
                    found.insert(name.to_owned(), Source { name: name.to_owned(), file: file.into(), text, foreign });
                }
                Err(why) => problems.push(place::of_file(Path::new(file), why)),
            }
        }
    }
    if problems.is_empty() { Ok(found.into_values().collect()) } else { Err(problems) }
}

fn is_template(name: &str) -> bool {
    (name.starts_with("pages/") && name.ends_with(".html")) || (name.starts_with("mail/") && name.ends_with(".jinja"))
}

fn text_of(content: &Content) -> Result<String, place::Unreadable> {
    match content {
        Content::Bytes(bytes) if bytes.len() as u64 > LARGEST => {
            Err(place::Unreadable::TooLarge { length: bytes.len() as u64, most: LARGEST })
        }
        Content::Bytes(bytes) => String::from_utf8(bytes.clone()).map_err(|_| place::Unreadable::NotUtf8),
        Content::TooLarge(length) => Err(place::Unreadable::TooLarge { length: *length, most: LARGEST }),
        Content::Unreadable(why) => Err(place::Unreadable::Io(why.clone())),
    }
}
