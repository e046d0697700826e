//! From files to a definition, or to every problem in them.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::folder::{Content, Files};
use super::names::{Named, Names};
use super::read::{self, Document, Item};
use super::report::{Place, Report};
use super::shape::Naming;
use super::tree::{self, Span};
use super::{Definition, School, Script, conform, fault, mend, sense};
use crate::lang::Text;
use crate::problem::Problem;

/// What a check found: the definition where there is no error, and all problems, warnings too.
pub struct Checked {
    pub definition: Option<Definition>,
    /// Where there is an error: what scripts and templates can still be checked against. It has
    /// no requirements, no notices and no forms, and is not to be run.
    pub parts: Definition,
    /// By file, then by place.
    pub problems: Vec<Problem>,
}

/// Reads and checks the school's folder: the definition, or every problem in it.
pub fn load(folder: &Path, school: &str) -> Result<Definition, Vec<Problem>> {
    let checked = check(&Files::read(folder, school), school);
    checked.definition.ok_or(checked.problems)
}

/// Checks a school's files.
pub fn check(files: &Files, school: &str) -> Checked {
    let mut report = Report::default();
    let read = read_all(files, school, &mut report);
    let names = Names::gather(&read.documents, read.unread);
    for document in &read.documents {
        conform::document(document, &names, &mut report);
    }
    let built = read::build(&read.documents);
    sense::check(&built, &names, files, school, &mut report);
    if names.lack_a_school() {
        no_school(files, school, &mut report);
    }
    if let [first, others @ ..] = names.all(Naming::School) {
        others.iter().for_each(|other| two_schools(first, other, &mut report));
    }
    let scripts = scripts(files, school, &mut report);
    let sound = !report.has_errors();
    let parts = Definition {
        edition: files.edition(),
        school: built.school.map_or_else(School::default, |item| item.value),
        groups: values(built.groups),
        parameters: values(built.parameters),
        categories: values(built.categories),
        requirements: if sound { values(built.requirements) } else { Vec::new() },
        notices: if sound { values(built.notices) } else { Vec::new() },
        windows: values(built.windows),
        catalogues: if sound { values(built.catalogues) } else { Vec::new() },
        budgets: values(built.budgets),
        profile: built.profiles.into_iter().next().map(|item| item.value).filter(|_| sound),
        workflows: if sound { values(built.cases) } else { Vec::new() },
        scripts,
        demo: built.demos.first().map(|item| item.value.clone()).filter(|_| sound),
    };
    Checked { definition: sound.then(|| parts.clone()), parts, problems: report.finish() }
}

fn values<T>(items: Vec<Item<'_, T>>) -> Vec<T> {
    items.into_iter().map(|item| item.value).collect()
}

#[derive(Default)]
struct Read {
    documents: Vec<Document>,
    /// Texts that are no YAML: what they would define is not missed.
    unread: Vec<String>,
}

fn read_all(files: &Files, school: &str, report: &mut Report) -> Read {
    let mut read = Read::default();
    let home = format!("workflows/{school}/");
    for (file, content) in files.under(&home, &[".yaml", ".yml"]) {
        let (root, faults) = match content {
            Content::Bytes(bytes) => tree::parse(bytes),
            Content::TooLarge(bytes) => (None, vec![fault::too_large(*bytes as usize, tree::MAX_BYTES)]),
            Content::Unreadable(why) => (None, vec![fault::unreadable(why)]),
        };
        let is_broken = faults.iter().any(|fault| !fault.warning);
        faults.into_iter().for_each(|fault| report.fault(file, fault));
        match root {
            Some(root) => match conform::kind_of(&root) {
                Some(kind) => {
                    let mut document = Document { file: file.to_owned(), kind, root };
                    mend::document(&mut document);
                    read.documents.push(document);
                }
                None => report.fault(file, fault::no_known_kind(&root)),
            },
            None if is_broken => read.unread.push(match content {
                Content::Bytes(bytes) => String::from_utf8_lossy(bytes).into_owned(),
                Content::TooLarge(_) | Content::Unreadable(_) => String::new(),
            }),
            None => report.fault(file, fault::says_nothing()),
        }
    }
    read
}

/// A folder is one school's.
fn two_schools(first: &Named, other: &Named, report: &mut Report) {
    let what = Text::new("一個資料夾只能有一所學校", "a folder is of one school");
    let allowed = Text::new(
        format!("學校已在 {} 第 {} 行", first.file, first.span.line),
        format!("the school is in {} line {}", first.file, first.span.line),
    );
    let place = |named: &Named| Place { file: named.file.clone(), path: named.path.clone(), span: named.span };
    let see = (place(first), Text::new("學校在這裡", "the school is here"));
    report.clash("MK014", place(other), what, &other.name, allowed, see);
}

/// There is no document that says what the school is.
fn no_school(files: &Files, school: &str, report: &mut Report) {
    let file = format!("workflows/{school}/school.yaml");
    let is_empty = files.under(&format!("workflows/{school}/"), &[""]).next().is_none();
    let what = if is_empty {
        Text::new(format!("沒有學校「{school}」的資料夾"), format!("there is no folder of a school `{school}`"))
    } else {
        Text::new("缺少學校的檔案 school.yaml", "the school's own file, school.yaml, is missing")
    };
    let allowed = Text::new("以「school: 代號」開頭的檔案", "a file that begins with `school: name`");
    report.error("MK013", Place { file, path: String::new(), span: Span::default() }, what, "", allowed);
}

/// The name of a script is its file's: `rules/<school>/thresholds.rhai` is `thresholds`.
fn scripts(files: &Files, school: &str, report: &mut Report) -> Vec<Script> {
    let home = format!("rules/{school}/");
    let mut scripts = Vec::new();
    for (file, content) in files.under(&home, &[".rhai"]) {
        let Some(name) = file.strip_prefix(&home).and_then(|name| name.strip_suffix(".rhai")) else { continue };
        let fault = match content {
            Content::Bytes(bytes) => match std::str::from_utf8(bytes) {
                Ok(text) => {
                    let source = Arc::from(text);
                    scripts.push(Script { name: name.to_owned(), file: PathBuf::from(file), source });
                    continue;
                }
                Err(error) => fault::not_utf8(bytes, error.valid_up_to()),
            },
            Content::TooLarge(bytes) => fault::too_large(*bytes as usize, tree::MAX_BYTES),
            Content::Unreadable(why) => fault::unreadable(why),
        };
        report.fault(file, fault);
    }
    scripts
}
