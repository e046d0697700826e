//! Templates and screen words: everything the binary carries is right, and what is not is refused
//! with its place.

use std::path::Path;

use menkan::definition::Definition;
use menkan::render::{Templates, words};

use crate::harness::TempFolder;

fn definition() -> Definition {
    menkan::definition::load(crate::harness::root(), "ncut").unwrap_or_else(|problems| panic!("{problems:#?}"))
}

/// A folder with one template of its own.
fn folder(name: &str, text: &str) -> TempFolder {
    let folder = TempFolder::new();
    let path = folder.path().join("templates").join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
    folder
}

#[test]
fn both_languages_have_the_same_words() {
    assert_eq!(words().mistakes(), Vec::<String>::new());
}

#[test]
fn what_the_binary_carries_is_right() {
    let templates = Templates::load(Path::new("/nonexistent"), &definition()).map_err(show).unwrap();
    templates.try_samples().map_err(show).unwrap();
    assert!(!templates.has_foreign());
}

fn show(problems: Vec<menkan::problem::Problem>) -> String {
    problems.iter().map(|problem| problem.line(menkan::lang::Lang::En)).collect::<Vec<_>>().join("\n")
}

fn problems(name: &str, text: &str) -> Vec<menkan::problem::Problem> {
    let folder = folder(name, text);
    match Templates::load(folder.path(), &definition()) {
        Ok(_) => Vec::new(),
        Err(problems) => problems,
    }
}

#[test]
fn an_unknown_value_is_refused_with_its_place() {
    let text = "{% extends \"pages/_base.html\" %}\n{% block main %}\n  <p>{{ page.welcomme }}</p>\n{% endblock %}\n";
    let found = problems("pages/home.html", text);
    assert_eq!(found.len(), 1, "{found:#?}");
    let problem = &found[0];
    assert_eq!((problem.code, problem.line, problem.column), ("MK803", 3, 9));
    assert_eq!(problem.file, Path::new("templates/pages/home.html"));
    assert!(problem.allowed.zh.contains("welcome"), "{problem:#?}");
}

#[test]
fn a_value_in_a_loop_and_in_a_branch_that_no_sample_takes_is_checked_too() {
    let text = "{% for item in page.news %}{% if false %}{{ item.titel }}{% endif %}{% endfor %}{{ t(\"no-such-words\") }}{{ 1 | pprint }}{% include \"pages/none.html\" %}";
    let found = problems("pages/home.html", text);
    let codes: Vec<&str> = found.iter().map(|problem| problem.code).collect();
    assert_eq!(codes, ["MK803", "MK805", "MK804", "MK806"], "{found:#?}");
}

#[test]
fn what_does_not_parse_is_refused_with_its_place() {
    let found = problems("pages/home.html", "<p>\n{% if %}");
    assert_eq!((found[0].code, found[0].line), ("MK802", 2), "{found:#?}");
}

#[test]
fn a_schools_own_template_comes_before_that_of_all() {
    let folder = folder("ncut/pages/home.html", "{{ page.nothing }}");
    let found = Templates::load(folder.path(), &definition()).err().unwrap();
    assert_eq!(found[0].file, Path::new("templates/ncut/pages/home.html"));
}
