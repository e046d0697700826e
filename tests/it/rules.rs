//! The sandbox: what a rule may do, what it may not, and what is said of it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use menkan::definition::{self, Definition, Script};
use menkan::lang::Lang;
use menkan::problem::Problem;
use menkan::progress::{Facts, Judge};
use menkan::rules::{Part, Rules};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// The shipped school with its rules replaced by one script.
fn with_script(source: &str) -> Definition {
    let mut definition = definition::load(std::path::Path::new(ROOT), "ncut").unwrap();
    definition.scripts =
        vec![Script { name: "thresholds".into(), file: "rules/ncut/thresholds.rhai".into(), source: source.into() }];
    definition
}

/// What a rule answers for a student who has nothing: passed, reasons, error.
fn ask(source: &str) -> (bool, Vec<(String, Option<String>)>, Option<Problem>) {
    let definition = with_script(source);
    let rules = Rules::compile(&definition).unwrap_or_else(|problems| panic!("{problems:#?}"));
    let facts = Facts { admitted: 113, division: Some(0), ..Facts::default() };
    let verdict = Judge::new(&definition, &rules, "2025-12-12".parse().unwrap()).verdict(&facts);
    let first = verdict.requirements.into_iter().next().unwrap();
    (first.passed, first.reasons.into_iter().map(|reason| (reason.zh, reason.en)).collect(), first.error)
}

fn says(condition: &str) -> bool {
    ask(&format!("fn enough(f) {{ {condition} }}")).0
}

#[test]
fn numbers_with_a_point_are_exact() {
    assert!(says("type_of(1.05) == \"decimal\""));
    assert!(says("0.1 + 0.2 == 0.3"));
    assert!(says("1.05 * 3 == 3.15"));
    assert!(says("f.needed / 2 == 1.5"), "amounts divide as decimals, not as integers");
    assert!(says("type_of(f.earned) == \"decimal\""));
    assert!(says("`${f.needed}` == \"3\""), "no trailing zeros in a sentence");
}

#[test]
fn a_rule_sees_the_facts_and_the_parameters() {
    assert!(says("f.earned == 0 && f.needed == 3 && f.missing == 3"));
    assert!(says("f.admitted == 113 && f.year_of_study == 2 && f.division == \"day-4\""));
    assert!(says("parameter(\"social_hours\") == 24"));
    assert!(says("f.sum(\"aesthetic\") == 0 && f.counted(\"stress\") == 0"));
}

#[test]
fn a_rule_gives_its_own_reasons() {
    let (passed, reasons, error) = ask("fn enough(f) { fail(`缺 ${f.missing}`, \"lacks\").because(\"再者\") }");
    assert!(!passed && error.is_none());
    assert_eq!(reasons, [("缺 3".to_owned(), Some("lacks".to_owned())), ("再者".to_owned(), None)]);
    let (passed, reasons, _) = ask("fn enough(f) { pass().because(\"免修\", \"exempt\") }");
    assert!(passed);
    assert_eq!(reasons, [("免修".to_owned(), Some("exempt".to_owned()))]);
}

#[test]
fn a_rule_that_fails_later_is_told_and_not_passed() {
    // The check's made-up students were not admitted in 113.
    let source = "fn enough(f) {\n    if f.admitted == 113 {\n        loop { }\n    }\n    true\n}";
    let (passed, reasons, error) = ask(source);
    let error = error.unwrap();
    assert!(!passed);
    assert_eq!((error.code, error.line), ("MK205", 1), "{error:?}");
    assert!(reasons[0].0.contains("thresholds::enough") && reasons[0].0.contains("rules/ncut/thresholds.rhai:1"));
    let definition = with_script(source);
    let rules = Rules::compile(&definition).unwrap();
    let mut judge = Judge::new(&definition, &rules, "2025-12-12".parse().unwrap());
    let late = Facts { admitted: 113, division: Some(0), ..Facts::default() };
    for _ in 0..3 {
        assert_eq!(judge.passes(&late).passed, 0);
    }
    // One for each of the four requirements that use it is the same failure: it is told once.
    assert_eq!(judge.failures().len(), 1);
    assert!(judge.passes(&Facts { admitted: 112, ..late }).all());
}

#[test]
fn a_rule_ends_when_its_time_is_over() {
    // A clock that runs a millisecond each time it is looked at.
    let clock = Arc::new(AtomicU64::new(0));
    let watch = {
        let clock = clock.clone();
        Arc::new(move || clock.fetch_add(1, Ordering::Relaxed))
    };
    let problems = Rules::compile_watched(&with_script("fn enough(f) { loop { } }"), watch).err().unwrap();
    assert_eq!(problems[0].code, "MK205");
    assert!(problems[0].what.get(Lang::En).contains("too long"), "{problems:?}");
    // Four requirements are tried.
    assert!((150..1000).contains(&clock.load(Ordering::Relaxed)), "{clock:?}");
}

#[test]
fn unknown_names_are_told_with_place_and_the_nearest_known() {
    let source = "// f.nothing in a comment is nothing\nfn enough(f) {\n    let a = \"f.nothing\";\n    f.earnd >= parameter(\"social_hour\")\n}";
    let problems = Rules::compile(&with_script(source)).err().unwrap();
    let told: Vec<_> = problems
        .iter()
        .map(|p| (p.code, p.line, p.column, p.found.as_str(), p.allowed.get(Lang::En).to_owned()))
        .collect();
    assert_eq!(
        told,
        [
            ("MK204", 4, 7, "earnd", "did you mean earned?".to_owned()),
            ("MK204", 4, 26, "social_hour", "did you mean social_hours?".to_owned()),
        ]
    );
}

#[test]
fn the_parts_that_no_example_runs_are_told() {
    let source = "fn unused(x) {\n    x\n}\nfn enough(f) {\n    let map = #{a: 1};\n    if f.admitted < 100 {\n        return fail(`${map.a}`);\n    }\n    if f.earned >= f.needed { true } else {\n        switch f.division {\n            \"day-4\" => { false }\n            _ => { true }\n        }\n    }\n}";
    let definition = with_script(source);
    let (rules, coverage) = Rules::covered(&definition).unwrap();
    let facts = Facts { admitted: 113, division: Some(0), ..Facts::default() };
    let day = "2025-12-12".parse().unwrap();
    let unseen = || coverage.unseen().into_iter().map(|spot| (spot.line, spot.part.clone())).collect::<Vec<_>>();
    Judge::new(&definition, &rules, day).verdict(&facts);
    let function = (1, Part::Function("unused".into()));
    assert_eq!(unseen(), [function.clone(), (6, Part::Branch), (9, Part::Branch), (12, Part::Branch)]);
    let (sums, _) = Facts::parse_sums(&definition, "stress:113-1:300");
    Judge::new(&definition, &rules, day).verdict(&Facts { sums, ..facts });
    assert_eq!(unseen(), [function, (6, Part::Branch), (12, Part::Branch)]);
    assert_eq!(coverage.spots(), 8);
}

/// `docs/rules.md` is made from the tables that the engine is made from.
#[test]
fn the_documentation_of_rules_is_up_to_date() {
    let file = format!("{ROOT}/docs/rules.md");
    let made = menkan::rules::document();
    if std::env::var_os("MENKAN_WRITE_DOCS").is_some() {
        std::fs::write(&file, &made).unwrap();
    }
    let kept = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(kept == made, "docs/rules.md is not what the engine offers; run the tests with MENKAN_WRITE_DOCS=1");
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Hostile {
    name: String,
    refused: String,
    #[serde(default)]
    line: usize,
    /// What stands between two `@` is written so many times; `#` in it is the number.
    #[serde(default)]
    repeat: usize,
    script: String,
}

impl Hostile {
    fn source(&self) -> String {
        let repeated = |part: &str| (0..self.repeat).map(|n| part.replace('#', &n.to_string())).collect::<String>();
        let parts = self.script.split('@').enumerate();
        parts.map(|(index, part)| if index % 2 == 0 { part.to_owned() } else { repeated(part) }).collect()
    }
}

#[test]
fn hostile_rules_are_refused() {
    let corpus: Vec<Hostile> =
        serde_yaml::from_str(&std::fs::read_to_string(format!("{ROOT}/tests/rules/hostile.yaml")).unwrap()).unwrap();
    assert!(corpus.len() >= 60, "{}", corpus.len());
    let mut wrong = Vec::new();
    let slowest = if cfg!(debug_assertions) { Duration::from_secs(2) } else { Duration::from_millis(300) };
    for hostile in &corpus {
        let definition = with_script(&hostile.source());
        let began = Instant::now();
        let problems = Rules::compile(&definition).err().unwrap_or_default();
        let took = began.elapsed();
        let told = problems.first().map(|problem| problem.line(Lang::En)).unwrap_or_else(|| "accepted".into());
        let fits = problems
            .iter()
            .any(|problem| problem.code == hostile.refused && (hostile.line == 0 || problem.line == hostile.line));
        let short = problems.iter().all(|problem| problem.line(Lang::ZhTw).chars().count() < 800);
        if !fits || !short || took > slowest {
            wrong.push(format!("{}: wanted {}, took {took:?}: {told}", hostile.name, hostile.refused));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn hostile_rules_take_no_memory() {
    let output = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "rules::repeated_hostility", "--include-ignored", "--nocapture"])
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}");
    let grown: i64 = text.split("grown by ").nth(1).unwrap().split(' ').next().unwrap().parse().unwrap();
    assert!(grown < 10 * 1024, "{text}");
}

/// Only as the child of the test above.
#[test]
#[ignore = "run by hostile_rules_take_no_memory in a process of its own"]
fn repeated_hostility() {
    hostile_rules_are_refused();
    let before = resident();
    for _ in 0..3 {
        hostile_rules_are_refused();
    }
    println!("grown by {} kB", resident() - before);
}

fn resident() -> i64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}
