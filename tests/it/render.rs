//! Templates and screen words: everything the binary carries is right, and what is not is refused
//! with its place.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use menkan::definition::Definition;
use menkan::render::pages::{Frame, Home, Page};
use menkan::render::{Templates, outside, words};
use menkan::sandbox::{Kept, Sandbox};

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

/// One of `tests/render/hostile.yaml`.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Hostile {
    name: String,
    template: String,
    #[serde(default)]
    repeat: usize,
    #[serde(default)]
    fill: usize,
}

impl Hostile {
    fn text(&self) -> String {
        let mut text = String::new();
        for (index, part) in self.template.split('@').enumerate() {
            if index % 2 == 0 {
                text.push_str(part);
            } else {
                let number = |n: usize| part.replace("#-", &(n - 1).to_string()).replace('#', &n.to_string());
                text.extend((1..=self.repeat).map(number));
            }
        }
        text.replace('§', &"x".repeat(self.fill))
    }
}

fn hostile() -> Vec<Hostile> {
    let file = crate::harness::root().join("tests/render/hostile.yaml");
    serde_yaml::from_str(&std::fs::read_to_string(file).unwrap()).unwrap()
}

/// What `tell` finds wrong with each, several at once.
fn wrong(corpus: &[Hostile], tell: impl Fn(&Hostile) -> Option<String> + Sync) -> String {
    let found: Vec<String> = std::thread::scope(|scope| {
        let tell = &tell;
        let some = corpus.chunks(corpus.len().div_ceil(4));
        let threads: Vec<_> =
            some.map(|some| scope.spawn(move || some.iter().filter_map(tell).collect::<Vec<_>>())).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    found.join("\n")
}

fn sandbox() -> Sandbox {
    Sandbox::at(crate::harness::menkan())
}

#[test]
fn hostile_templates_are_refused_in_time_and_the_server_lives() {
    let corpus = hostile();
    assert!(corpus.len() >= 40);
    let (sandbox, definition) = (sandbox(), definition());
    let wrong = wrong(&corpus, |hostile| {
        let folder = folder("pages/home.html", &hostile.text());
        let begun = Instant::now();
        let outcome = Templates::load(folder.path(), &definition).and_then(|templates| {
            templates.tried(|input| {
                sandbox
                    .run(menkan::render::trial::JOB, input, Duration::from_secs(5))
                    .map_err(|error| error.to_string())
            })
        });
        let took = begun.elapsed();
        if took > Duration::from_secs(25) {
            return Some(format!("{}: took {took:?}", hostile.name));
        }
        match outcome {
            Ok(()) => Some(format!("{}: was taken", hostile.name)),
            Err(problems) if problems.iter().all(|p| p.code.starts_with("MK80") && !p.what.zh.is_empty()) => None,
            Err(problems) => Some(format!("{}: {problems:?}", hostile.name)),
        }
    });
    assert_eq!(wrong, "");
}

/// What no sample enters is not tried: a child prints it, and its limits hold then, too.
#[test]
fn hostile_templates_in_a_branch_that_no_sample_enters_are_cut_off_when_they_are_printed() {
    let (sandbox, definition) = (sandbox(), definition());
    let home = Home { welcome: "now".to_owned(), ..Home::samples().remove(1) };
    let frame = Frame::samples().remove(0);
    let cut_off = AtomicUsize::new(0);
    let wrong = wrong(&hostile(), |hostile| {
        let text = format!("{{% if page.welcome == 'now' %}}{}{{% endif %}}", hostile.text());
        let folder = folder("pages/home.html", &text);
        // What is refused when it is checked is not printed.
        let mut templates = Templates::load(folder.path(), &definition).ok()?;
        let children = Kept::new(&sandbox, outside::JOB, templates.texts());
        templates.print_with(Box::new(move |question| {
            children.ask(question, Duration::from_secs(2)).map_err(|error| error.to_string())
        }));
        let printed = templates.page(&frame, &home);
        cut_off.fetch_add(printed.is_err().into(), Ordering::Relaxed);
        // The next page comes from a new child where the last one was cut off.
        let after = templates.page(&frame, &Home::samples().remove(0));
        if let Err(error) = &after {
            return Some(format!("{}: the next page failed: {error}", hostile.name));
        }
        // A page that does come is no larger than any may be.
        printed.ok().filter(|page| page.len() > 8 << 20).map(|page| format!("{}: {}", hostile.name, page.len()))
    });
    assert_eq!(wrong, "");
    assert!(cut_off.into_inner() >= 12, "the branch was entered");
}

#[test]
fn templates_of_the_schools_own_are_printed_by_nobody_else() {
    let own = folder("ncut/mail/_base/footer.jinja", "{{ letter.about.system }}");
    let templates = Templates::load(own.path(), &definition()).map_err(show).unwrap();
    let letter = menkan::render::letters::samples().into_iter().find(|(name, _)| name.starts_with("mail/passed/"));
    let letter = &letter.unwrap().1[0]["letter"];
    // The letter is the binary's, but its foot is not; the pages have nothing to do with it.
    assert!(templates.render_mail("passed", menkan::lang::Lang::En, letter).is_err());
    let (frame, home) = (Frame::samples().remove(0), Home::samples().remove(0));
    assert!(templates.page(&frame, &home).is_ok());
    let mut templates = templates;
    let children = Kept::new(&sandbox(), outside::JOB, templates.texts());
    templates.print_with(Box::new(move |question| {
        children.ask(question, Duration::from_secs(5)).map_err(|error| error.to_string())
    }));
    // Often enough that more than one child does it.
    for _ in 0..400 {
        let mail = templates.render_mail("passed", menkan::lang::Lang::En, letter).unwrap();
        assert!(mail.text.trim_end().ends_with("Graduation thresholds"), "{}", mail.text);
    }
}

#[test]
fn a_good_template_of_the_schools_own_is_tried_and_taken() {
    let folder = folder("ncut/pages/home.html", "<h1>{{ page.welcome }}</h1>{{ t('home-start') }}");
    let sandbox = sandbox();
    let templates = Templates::load(folder.path(), &definition()).map_err(show).unwrap();
    assert!(templates.has_foreign());
    let run = |input| {
        let deadline = std::time::Duration::from_secs(10);
        sandbox.run(menkan::render::trial::JOB, input, deadline).map_err(|error| error.to_string())
    };
    templates.tried(run).map_err(show).unwrap();
}
