//! The design's invariants that can be read off the source: which module uses which, who owns
//! which library, and that no school is in the engine.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The modules in order: one uses only what stands in an earlier row; those of one row do not use
/// each other.
const RANKS: &[&[&str]] = &[
    &["amount", "lang", "signs"],
    &["clock", "problem", "seal"],
    &["definition"],
    &["rules"],
    &["case", "progress"],
    &["store", "render", "sandbox"],
    &["mail", "vault"],
    &["app"],
    &["schedule", "web", "demo"],
    &["cli"],
];

/// What may not appear left of the store.
const PURE: &[&str] = &["amount", "lang", "signs", "clock", "problem", "definition", "rules", "case", "progress"];
const IMPURE: &[&str] = &[
    "sqlx",
    "axum",
    "tokio",
    "lettre",
    "minijinja",
    "std::fs",
    "std::net",
    "std::env",
    "std::io",
    "std::process",
    "getrandom",
    "async fn",
    "Utc::now",
    "Local::now",
    "Instant::now",
    "SystemTime",
];

/// Each outside library has one owner.
const OWNERS: &[(&str, &[&str])] = &[
    ("sqlx", &["store"]),
    ("lettre", &["mail"]),
    ("axum", &["web"]),
    ("axum_extra", &["web"]),
    ("rhai", &["rules"]),
    ("minijinja", &["render"]),
    ("fluent_bundle", &["render"]),
    ("granit_parser", &["definition"]),
    ("clap", &["cli"]),
];

/// Words of the reference schools: they live in the school's own folder.
const SCHOOL_WORDS: &[&str] = &[
    "抗壓",
    "精進",
    "社會接軌",
    "美學",
    "專業證照",
    "自主學習",
    "日四技",
    "化材",
    "勤益",
    "ncut",
    "npust",
    "nkust",
    "nptu",
    "導師",
    "系主任",
    "系所",
    "大四",
    "教務處",
    "圖書館",
    "學務處",
    "研發處",
    "enrichment",
    "aesthetic",
];

fn sources() -> Vec<(PathBuf, String)> {
    fn walk(folder: &Path, out: &mut Vec<(PathBuf, String)>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, out);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                out.push((path, text));
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut out = Vec::new();
    walk(&root, &mut out);
    out.sort();
    assert!(out.len() > 10, "the sources are not where this test looks");
    out.into_iter().map(|(path, text)| (path.strip_prefix(&root).unwrap().to_owned(), text)).collect()
}

fn module_of(path: &Path) -> String {
    let first = path.iter().next().unwrap().to_string_lossy();
    first.strip_suffix(".rs").unwrap_or(&first).to_owned()
}

/// The source without its comments: a comment may name what the code may not use.
fn code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines().enumerate().map(|(index, line)| (index + 1, line.split("//").next().unwrap_or_default()))
}

fn rank(module: &str) -> Option<usize> {
    RANKS.iter().position(|rank| rank.contains(&module))
}

#[test]
fn modules_use_only_modules_to_their_left() {
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        let module = module_of(&path);
        if module == "lib" || module == "main" {
            continue;
        }
        let Some(own) = rank(&module) else {
            wrong.push(format!("{}: the module `{module}` has no place in RANKS", path.display()));
            continue;
        };
        for (line, code) in code(&text) {
            for used in code.split("crate::").skip(1) {
                let used: String = used.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                // Macros of the crate's root (`crate::args!`) belong to the store.
                let used = if used == "args" { "store".to_owned() } else { used };
                if used == module || used.is_empty() {
                    continue;
                }
                if rank(&used).is_none_or(|other| other >= own) {
                    wrong.push(format!("{}:{line}: `{module}` uses `{used}`", path.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_decides_neither_reads_nor_waits() {
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        // The one place on this side that touches the disk: it reads a folder into memory.
        if path == Path::new("definition/folder.rs") || !PURE.contains(&module_of(&path).as_str()) {
            continue;
        }
        for (line, code) in code(&text) {
            wrong.extend(
                IMPURE
                    .iter()
                    .filter(|word| code.contains(*word))
                    .map(|word| format!("{}:{line}: {word}", path.display())),
            );
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn each_outside_library_has_one_owner() {
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        let module = module_of(&path);
        for (line, code) in code(&text) {
            for (library, owners) in OWNERS {
                let named = code.contains(&format!("{library}::")) || code.contains(&format!("use {library}"));
                if named && !owners.contains(&module.as_str()) {
                    wrong.push(format!("{}:{line}: {library}", path.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_engine_knows_no_school() {
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        for (line, code) in code(&text) {
            wrong.extend(
                SCHOOL_WORDS
                    .iter()
                    .filter(|word| code.contains(*word))
                    .map(|word| format!("{}:{line}: {word}", path.display())),
            );
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Words that the language itself has: a school may call a case by one of them.
fn words_of_the_language() -> BTreeSet<String> {
    let page = menkan::definition::shape::markdown();
    page.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// What the schools of the folder call themselves, what they ask for and what is applied for.
fn called() -> BTreeSet<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut names = BTreeSet::new();
    for school in menkan::definition::folder::schools(root).unwrap() {
        let definition = menkan::definition::load(root, &school).unwrap_or_else(|problems| panic!("{problems:#?}"));
        let mut add = |id: &str, titles: &[&menkan::lang::Text]| {
            names.insert(id.to_owned());
            for title in titles {
                names.insert(title.zh.clone());
                names.extend(title.en.clone());
            }
        };
        add(&school, &[&definition.school.title, &definition.school.system]);
        definition.requirements.iter().for_each(|one| add(&one.id, &[&one.title, &one.short]));
        definition.workflows.iter().for_each(|one| add(&one.id, &[&one.title]));
        definition.catalogues.iter().for_each(|one| add(&one.id, &[&one.title]));
        definition.categories.iter().for_each(|one| add(&one.id, &[&one.title]));
        definition.budgets.iter().for_each(|one| add(&one.id, &[&one.title]));
    }
    &names - &words_of_the_language()
}

#[test]
fn no_requirement_and_no_application_of_a_school_is_named_in_the_engine() {
    let (names, mut wrong) = (called(), Vec::new());
    assert!(names.len() > 10, "{names:?}");
    let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    let ascii = |name: &str| name.is_ascii();
    for (path, text) in sources() {
        for (line, code) in code(&text) {
            // What stands between quotes: elsewhere the same word is a variable's.
            let quoted: String = code.split('"').skip(1).step_by(2).collect::<Vec<_>>().join("\n");
            let words: BTreeSet<&str> = quoted.split(|c| !is_part(c)).collect();
            let is_named = |name: &&String| match ascii(name) && !name.contains(' ') {
                true => words.contains(name.as_str()),
                false => quoted.contains(name.as_str()),
            };
            wrong.extend(names.iter().filter(is_named).map(|name| format!("{}:{line}: {name}", path.display())));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn sql_stands_in_the_store_alone() {
    let words = ["SELECT ", "INSERT INTO", "UPDATE ", "DELETE FROM"];
    let wrong: BTreeSet<String> = sources()
        .iter()
        .filter(|(path, _)| module_of(path) != "store")
        .flat_map(|(path, text)| {
            code(text)
                .filter(|(_, code)| words.iter().any(|word| code.contains(word)))
                .map(|(line, _)| format!("{}:{line}", path.display()))
                .collect::<Vec<_>>()
        })
        .collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}
