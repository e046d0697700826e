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

/// Templates that mean no good: what each asks for, and whether checking alone refuses it.
fn hostile() -> Vec<(&'static str, String)> {
    let doubling = |first: &str, step: &str| {
        let mut text = format!("{{% set x0 = {first} %}}");
        for n in 1..=34 {
            let step = step.replace('X', &format!("x{}", n - 1));
            text.push_str(&format!("{{% set x{n} = {step} %}}"));
        }
        text + "{{ x34 | length }}"
    };
    let nested = |depth: usize| {
        let open: String = (0..depth).map(|n| format!("{{% for a{n} in [1,2,3,4,5,6,7,8,9,10] %}}")).collect();
        format!("{open}x{}", "{% endfor %}".repeat(depth))
    };
    let captured = |n: usize| {
        let mut text = "{% set c0 %}xxxxxxxxxxxxxxxx{% endset %}".to_owned();
        for n in 1..=n {
            let before = n - 1;
            text.push_str(&format!("{{% set c{n} %}}{{{{ c{before} }}}}{{{{ c{before} }}}}{{% endset %}}"));
        }
        text + "{{ c34 | length }}"
    };
    vec![
        ("doubling by joining texts", doubling("'xxxxxxxxxxxxxxxx'", "X ~ X")),
        ("doubling by adding texts", doubling("'xxxxxxxxxxxxxxxx'", "X + X")),
        ("doubling by adding lists", doubling("[1,2,3,4]", "X + X")),
        ("doubling by capturing", captured(34)),
        ("repeating a text", "{{ ('x' * 1000000000) | length }}".to_owned()),
        ("repeating a text twice", "{% set a = 'x' * 100000 %}{% set b = a * 100000 %}{{ b | length }}".to_owned()),
        ("repeating a list", "{{ ([1] * 1000000000) | length }}".to_owned()),
        ("doubling by replace", doubling("'x'", "X | replace('x', 'xx')")),
        ("doubling by join", doubling("'xx'", "[X, X] | join(X)")),
        ("doubling by upper", doubling("'ß'", "(X ~ X) | upper")),
        ("format with a width", "{{ '%1000000000d' | format(1) }}".to_owned()),
        ("indent", "{{ 'x\ny' | indent(1000000000) }}".to_owned()),
        ("range", "{% for i in range(1000000000) %}x{% endfor %}".to_owned()),
        ("loops in loops", nested(9)),
        ("loops in loops into a capture", format!("{{% set x %}}{}{{% endset %}}{{{{ x | length }}}}", nested(9))),
        (
            "a page without end",
            format!(
                "{{% for a in [1,2,3,4,5,6,7,8,9,10] %}}{}{{% endfor %}}",
                nested(6).replace('x', &"x".repeat(20_000))
            ),
        ),
        ("recursion", "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}".to_owned()),
        ("recursion twice over", "{% macro m(n) %}{{ m(n) }}{{ m(n) }}{% endmacro %}{{ m(1) }}".to_owned()),
        ("including itself", "{% include 'pages/home.html' %}".to_owned()),
        ("extending itself", "{% extends 'pages/home.html' %}".to_owned()),
        ("importing itself", "{% import 'pages/home.html' as me %}{{ me }}".to_owned()),
        ("including by a computed name", "{% include '../' ~ frame.path %}".to_owned()),
        ("including a file of the machine", "{% include '/etc/passwd' %}".to_owned()),
        ("including what may be missing", "{% include 'pages/none.html' ignore missing %}".to_owned()),
        ("debug()", "{{ debug() }}".to_owned()),
        ("debug of a value", "{{ debug(frame) }}".to_owned()),
        ("pprint", "{{ frame | pprint }}".to_owned()),
        ("tojson of everything", "{{ frame | tojson }}".to_owned()),
        ("an attribute of everything", "{{ frame.__class__.__mro__ }}".to_owned()),
        ("an attribute by its name", "{{ frame['__class__'] }}".to_owned()),
        ("another page's value", "{{ page.student.name }}".to_owned()),
        ("a value of nobody", "{{ settings.secret }}".to_owned()),
        ("the environment", "{{ env('HOME') }}".to_owned()),
        (
            "a namespace that grows",
            "{% set ns = namespace(x='x') %}{% for i in [1,2,3] %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}".to_owned(),
        ),
        ("a power", "{{ 9 ** 999999999 }}".to_owned()),
        ("a division by nothing", "{{ 1 / 0 }}".to_owned()),
        ("a filter of nobody", "{{ frame.path | shell }}".to_owned()),
        ("parentheses without end", format!("{{{{ {}1{} }}}}", "(".repeat(5_000), ")".repeat(5_000))),
        ("lists without end", format!("{{{{ {}{} }}}}", "[".repeat(5_000), "]".repeat(5_000))),
        ("blocks without end", format!("{}x{}", "{% if true %}".repeat(3_000), "{% endif %}".repeat(3_000))),
        ("a file that is too large", "x".repeat(70_000)),
        ("a word that needs a value", "{{ t('sign-in-locked') }}".to_owned()),
    ]
}

#[test]
fn hostile_templates_are_refused_in_time_and_the_server_lives() {
    let corpus = hostile();
    assert!(corpus.len() >= 40);
    let sandbox = menkan::sandbox::Sandbox::at(crate::harness::menkan());
    let definition = definition();
    let tell = |name: &str, text: &str| -> Option<String> {
        let folder = folder("pages/home.html", text);
        let begun = std::time::Instant::now();
        let outcome = Templates::load(folder.path(), &definition).and_then(|templates| {
            templates.tried(|input| {
                let deadline = std::time::Duration::from_secs(5);
                sandbox.run(menkan::render::trial::JOB, input, deadline).map_err(|error| error.to_string())
            })
        });
        let took = begun.elapsed();
        if took > std::time::Duration::from_secs(25) {
            return Some(format!("{name}: took {took:?}"));
        }
        match outcome {
            Ok(()) => Some(format!("{name}: was taken")),
            Err(problems) if problems.iter().all(|p| p.code.starts_with("MK80") && !p.what.zh.is_empty()) => None,
            Err(problems) => Some(format!("{name}: {problems:?}")),
        }
    };
    let wrong: Vec<String> = std::thread::scope(|scope| {
        let tell = &tell;
        let chunks: Vec<_> = corpus
            .chunks(corpus.len().div_ceil(4))
            .map(|chunk| {
                scope.spawn(move || chunk.iter().filter_map(|(name, text)| tell(name, text)).collect::<Vec<_>>())
            })
            .collect();
        chunks.into_iter().flat_map(|chunk| chunk.join().unwrap()).collect()
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_good_template_of_the_schools_own_is_tried_and_taken() {
    let folder = folder("ncut/pages/home.html", "<h1>{{ page.welcome }}</h1>{{ t('home-start') }}");
    let sandbox = menkan::sandbox::Sandbox::at(crate::harness::menkan());
    let templates = Templates::load(folder.path(), &definition()).map_err(show).unwrap();
    assert!(templates.has_foreign());
    let run = |input| {
        let deadline = std::time::Duration::from_secs(10);
        sandbox.run(menkan::render::trial::JOB, input, deadline).map_err(|error| error.to_string())
    };
    templates.tried(run).map_err(show).unwrap();
}
