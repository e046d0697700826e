//! The checker, case by case (`tests/check/*.yaml`), and against any damage to the school's files.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use menkan::definition::folder::Content;
use menkan::definition::{Files, check};
use menkan::lang::Lang;
use menkan::problem::{Level, Problem};
use menkan::render::Templates;
use menkan::rules::Rules;
use proptest::prelude::*;
use serde::Deserialize;

use crate::harness::TempFolder;

const HOME: &str = "workflows/base/";
const SUBJECTS: [&str; 9] = ["yaml", "keys", "values", "references", "sense", "cases", "grants", "demo", "entries"];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    case: String,
    #[serde(default)]
    edit: BTreeMap<String, Vec<(String, String)>>,
    #[serde(default)]
    files: BTreeMap<String, String>,
    #[serde(default)]
    fill: BTreeMap<String, (String, usize)>,
    #[serde(default)]
    bytes: BTreeMap<String, String>,
    /// New file, and the one it is a copy of.
    #[serde(default)]
    copy: BTreeMap<String, String>,
    #[serde(default)]
    remove: Vec<String>,
    /// Files under `templates/mail/`.
    #[serde(default)]
    templates: BTreeMap<String, String>,
    problems: Vec<Expected>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    code: String,
    /// `file:line:column+length`
    at: String,
    #[serde(default)]
    path: String,
    #[serde(default)]
    found: String,
    /// Part of what is said to be allowed, in English.
    #[serde(default)]
    allowed: String,
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn base() -> Files {
    Files::read(&root().join("tests/check/base"), "base")
}

fn files_of(case: &Case) -> Files {
    let mut files = base();
    let mut put = |name: &str, bytes: Vec<u8>| files.0.insert(format!("{HOME}{name}"), Content::Bytes(bytes));
    for (name, text) in &case.files {
        put(name, text.clone().into_bytes());
    }
    for (name, (text, times)) in &case.fill {
        put(name, text.repeat(*times).into_bytes());
    }
    for (name, digits) in &case.bytes {
        put(name, hex::decode(digits).unwrap());
    }
    for (name, original) in &case.copy {
        let text = files.text(&format!("{HOME}{original}")).unwrap().to_owned();
        files.0.insert(format!("{HOME}{name}"), Content::Bytes(text.into_bytes()));
    }
    for name in &case.remove {
        assert!(files.0.remove(&format!("{HOME}{name}")).is_some(), "{}: no file {name}", case.case);
    }
    for (name, edits) in &case.edit {
        let path = if name.starts_with("rules/") { name.clone() } else { format!("{HOME}{name}") };
        let mut text = files.text(&path).unwrap().to_owned();
        for (from, to) in edits {
            assert!(text.contains(from), "{}: {name} does not contain {from:?}", case.case);
            text = text.replacen(from, to, 1);
        }
        files.0.insert(path, Content::Bytes(text.into_bytes()));
    }
    files
}

fn as_written(problem: &Problem) -> String {
    let file = problem.file.display().to_string();
    let file = file.strip_prefix(HOME).unwrap_or(&file);
    let json = |text: &str| serde_json::to_string(text).unwrap();
    format!(
        "  - {{code: {}, at: \"{file}:{}:{}+{}\", path: {}, found: {}, allowed: {}}}",
        problem.code,
        problem.line,
        problem.column,
        problem.length,
        json(&problem.path),
        json(&problem.found),
        json(problem.allowed.get(Lang::En)),
    )
}

fn is_expected(problem: &Problem, expected: &Expected) -> bool {
    let file = problem.file.display().to_string();
    let file = file.strip_prefix(HOME).unwrap_or(&file);
    problem.code == expected.code
        && format!("{file}:{}:{}+{}", problem.line, problem.column, problem.length) == expected.at
        && problem.path == expected.path
        && problem.found == expected.found
        && problem.allowed.get(Lang::En).contains(&expected.allowed)
}

#[test]
fn every_case_has_exactly_its_problems() {
    let (mut cases, mut wrong) = (0, Vec::new());
    for name in SUBJECTS {
        let text = std::fs::read_to_string(root().join(format!("tests/check/{name}.yaml"))).unwrap();
        for case in serde_yaml::from_str::<Vec<Case>>(&text).unwrap() {
            cases += 1;
            let files = files_of(&case);
            let began = Instant::now();
            let mut checked = check(&files, "base");
            let took = began.elapsed();
            let errors = checked.problems.iter().any(|problem| problem.level == Level::Error);
            assert_eq!(checked.definition.is_none(), errors, "{}", case.case);
            // Scripts are looked at where the definition is sound.
            if let Some(Err(problems)) = checked.definition.as_ref().map(Rules::compile) {
                checked.problems.extend(problems);
            }
            let same = checked.problems.len() == case.problems.len()
                && checked
                    .problems
                    .iter()
                    .zip(&case.problems)
                    .all(|(problem, expected)| is_expected(problem, expected));
            if !same {
                let told: Vec<String> = checked.problems.iter().map(as_written).collect();
                wrong.push(format!("{name}: {}\n{}", case.case, told.join("\n")));
            }
            assert!(took < Duration::from_secs(1), "{}: {took:?}", case.case);
        }
    }
    assert!(wrong.is_empty(), "{} of {cases} cases differ; told was\n{}", wrong.len(), wrong.join("\n"));
    assert!(cases >= 40);
}

/// Letters are checked with the templates that the folder brings.
#[test]
fn every_letter_fits_its_audience_or_is_told() {
    let text = std::fs::read_to_string(root().join("tests/check/letters.yaml")).unwrap();
    let mut wrong = Vec::new();
    for case in serde_yaml::from_str::<Vec<Case>>(&text).unwrap() {
        let (files, folder) = (files_of(&case), TempFolder::new());
        let definition = check(&files, "base").definition.expect("the YAML itself is right");
        for (name, text) in &case.templates {
            let file = folder.path().join("templates/mail").join(name);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, text).unwrap();
        }
        let told = Templates::load(folder.path(), &definition).err().unwrap_or_default();
        let same = told.len() == case.problems.len()
            && told.iter().zip(&case.problems).all(|(problem, expected)| is_expected(problem, expected));
        if !same {
            wrong.push(format!("{}\n{}", case.case, told.iter().map(as_written).collect::<Vec<_>>().join("\n")));
        }
        let places = told.iter().map(|problem| problem.see.as_ref().expect("the template's place is told"));
        assert!(places.into_iter().all(|see| see.line > 0 && see.column > 0), "{}", case.case);
    }
    assert!(wrong.is_empty(), "told was\n{}", wrong.join("\n"));
}

#[test]
fn every_problem_is_told_in_both_languages() {
    for name in SUBJECTS {
        let text = std::fs::read_to_string(root().join(format!("tests/check/{name}.yaml"))).unwrap();
        for case in serde_yaml::from_str::<Vec<Case>>(&text).unwrap() {
            for problem in check(&files_of(&case), "base").problems {
                let (zh, en) = (problem.what.get(Lang::ZhTw), problem.what.en.clone().unwrap_or_default());
                assert!(!zh.is_empty() && !en.is_empty() && zh != en, "{}: {problem:?}", case.case);
                assert!(!problem.allowed.zh.is_empty() && problem.allowed.en.is_some(), "{}: {problem:?}", case.case);
            }
        }
    }
}

/// Files made to cost much: each is answered at once, and the answer has a place.
#[test]
fn no_file_takes_long() {
    let size = 250 * 1024;
    let numbered = |line: fn(usize) -> String| (0..size / 12).map(line).collect::<String>();
    let hostile: Vec<(&str, String)> = vec![
        ("brackets", "[".repeat(size)),
        ("braces", "{a: ".repeat(size / 4)),
        ("dashes", "- ".repeat(size / 2)),
        ("questions", "? ".repeat(size / 2)),
        ("tabs", "\t".repeat(size)),
        ("anchors", format!("x: {}", ["&a [".repeat(30), "x, ".repeat(size / 4)].concat())),
        ("aliases", format!("a: &a x\nb: [{}]", "*a, ".repeat(size / 4))),
        ("a long word", format!("title: {}", "x".repeat(size))),
        ("a long line of quotes", "\"".repeat(size)),
        ("keys", numbered(|n| format!("k{n}: 1\n"))),
        ("names", format!("categories:\n{}", numbered(|n| format!("  c{n}: 1\n")))),
        (
            "keys that are nearly right",
            format!("requirement: x\n{}", (0..9000).map(|n| format!("titl{n}: 1\n")).collect::<String>()),
        ),
        (
            "categories",
            format!(
                "categories:\n{}",
                (0..3000).map(|n| format!("  c{n}: {{title: t{n}, unit: h}}\n")).collect::<String>()
            ),
        ),
        ("comments", "# \n".repeat(size / 3)),
        ("directives", "%TAG ! x:\n".repeat(size / 11)),
    ];
    for (name, text) in hostile {
        let mut files = base();
        files.0.insert(format!("{HOME}extra.yaml"), Content::Bytes(text.into_bytes()));
        let began = Instant::now();
        let checked = check(&files, "base");
        let took = began.elapsed();
        assert!(took < Duration::from_secs(3), "{name}: {took:?}");
        assert!(!checked.problems.is_empty(), "{name}");
        assert!(checked.problems.iter().all(|problem| problem.file.ends_with("extra.yaml")), "{name}");
        println!("{name}: {took:?}, {}", checked.problems[0].code);
    }
}

/// What a hand may do to a file's lines.
#[derive(Clone, Debug)]
enum Damage {
    Delete(usize),
    Twice(usize),
    Swap(usize, usize),
    Cut(usize, usize),
    Put(usize, &'static str),
}

fn damage() -> impl Strategy<Value = Damage> {
    let line = 0..120usize;
    let text = prop::sample::select(vec![
        "",
        "\t",
        "x: y",
        "  - ",
        "{",
        "]",
        "&a *a",
        "values: {2025-02-31: 3}",
        "title:",
        "counts: [stress, stress]",
        "\u{feff}",
        "學制: 無",
        "- - - -",
        "? x",
        "<<: *x",
        "%YAML 9",
        "---",
        "...",
        "\"",
        "| ",
        "term: 99999999999",
    ]);
    prop_oneof![
        line.clone().prop_map(Damage::Delete),
        line.clone().prop_map(Damage::Twice),
        (line.clone(), line.clone()).prop_map(|(a, b)| Damage::Swap(a, b)),
        (line.clone(), 0..60usize).prop_map(|(a, b)| Damage::Cut(a, b)),
        (line, text).prop_map(|(a, text)| Damage::Put(a, text)),
    ]
}

fn damaged(text: &str, damage: &Damage) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let count = lines.len().max(1);
    match damage {
        _ if lines.is_empty() => {}
        Damage::Delete(at) => drop(lines.remove(at % count)),
        Damage::Twice(at) => lines.insert(at % count, lines[at % count].clone()),
        Damage::Swap(a, b) => lines.swap(a % count, b % count),
        Damage::Cut(at, column) => {
            let line = &mut lines[at % count];
            *line = line.chars().take(*column).collect();
        }
        Damage::Put(at, text) => lines[at % count] = (*text).to_owned(),
    }
    lines.join("\n")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn damaged_files_give_a_definition_or_a_problem_with_a_place(
        which in 0..64usize,
        damages in prop::collection::vec(damage(), 1..6),
    ) {
        let mut files = Files::read(Path::new(env!("CARGO_MANIFEST_DIR")), "ncut");
        let names: Vec<String> =
            files.0.keys().filter(|name| name.starts_with("workflows/") && name.ends_with(".yaml")).cloned().collect();
        let name = &names[which % names.len()];
        let mut text = files.text(name).unwrap().to_owned();
        for damage in &damages {
            text = damaged(&text, damage);
        }
        let lines = text.lines().count();
        files.0.insert(name.clone(), Content::Bytes(text.clone().into_bytes()));
        let checked = check(&files, "ncut");
        let errors = checked.problems.iter().filter(|problem| problem.level == Level::Error).count();
        prop_assert_eq!(checked.definition.is_none(), errors > 0);
        for problem in &checked.problems {
            let file = problem.file.display().to_string();
            prop_assert!(file == "workflows/ncut/school.yaml" || names.contains(&file), "{:?}", problem);
            prop_assert!(file != *name || problem.line <= lines + 1, "{:?}\n{}", problem, text);
            prop_assert!((problem.line == 0) == (problem.column == 0), "{:?}", problem);
        }
    }
}

#[test]
fn a_new_requirement_is_one_file() {
    let mut files = Files::read(&root(), "ncut");
    let text = "requirement: safety\ntitle: {zh-TW: 實驗室安全, en: Laboratory safety}\noffice: career\n\
                binds: self-directed-learning\nneeds: {parameter: safety_hours}\ncounts: [safety]\n\
                rule: thresholds::enough\ncategories:\n  safety: {title: 實驗室安全, unit: hours}\n\
                parameters:\n  safety_hours: {title: 安全時數, unit: hours, values: {2022-08-01: 2, 2027-08-01: 0}}\n";
    files.0.insert("workflows/ncut/requirements/safety.yaml".to_owned(), Content::Bytes(text.into()));
    let checked = check(&files, "ncut");
    assert!(checked.problems.is_empty(), "{:#?}", checked.problems);
    let definition = checked.definition.unwrap();
    let (index, safety) = definition.requirement("safety").unwrap();
    assert_eq!(index, 4, "without `order` it comes last");
    assert_eq!(definition.categories[safety.counts[0].category].id, "safety");
    let asks = |day: &str| definition.asking(menkan::clock::parse_day(day).unwrap()).contains(&4);
    assert_eq!(["2022-07-31", "2022-08-01", "2027-07-31", "2027-08-01"].map(asks), [false, true, true, false]);
}

#[test]
fn an_edition_is_named_by_what_the_school_uses() {
    let files = base();
    let name = check(&files, "base").definition.unwrap().edition;
    assert_eq!(name.len(), 64);
    assert_eq!(check(&files, "base").definition.unwrap().edition, name, "the same files are the same edition");
    let mut other = files.clone();
    let script = "rules/base/thresholds.rhai".to_owned();
    other.0.insert(script, Content::Bytes(b"fn enough(f) { true }".to_vec()));
    assert_ne!(check(&other, "base").definition.unwrap().edition, name, "a rule is part of it");
}

/// The school's folder in a place of its own, damaged in YAML, script and letter at once.
fn damaged_folder() -> PathBuf {
    fn copy(from: &Path, to: &Path) {
        std::fs::create_dir_all(to).unwrap();
        for entry in std::fs::read_dir(from).unwrap() {
            let entry = entry.unwrap();
            let to = to.join(entry.file_name());
            if entry.path().is_dir() {
                copy(&entry.path(), &to)
            } else {
                std::fs::copy(entry.path(), to).map(|_| ()).unwrap()
            }
        }
    }
    let folder = std::env::temp_dir().join(format!("menkan-check-{}", std::process::id()));
    for part in ["workflows", "rules"] {
        copy(&root().join(part), &folder.join(part));
    }
    folder
}

fn menkan(folder: &Path, args: &[&str]) -> (Option<i32>, String) {
    let out = std::process::Command::new(env!("CARGO_BIN_EXE_menkan"))
        .arg("check")
        .arg(folder)
        .args(args)
        .env_remove("MENKAN_SCHOOL")
        .env("LC_ALL", "en_GB.UTF-8")
        .output()
        .unwrap();
    (out.status.code(), String::from_utf8(out.stdout).unwrap())
}

#[test]
fn the_command_tells_everything_as_text_and_as_json_in_both_languages() {
    let folder = damaged_folder();
    let edit = |file: &str, from: &str, to: &str| {
        let path = folder.join(file);
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{file}");
        std::fs::write(path, text.replacen(from, to, 1)).unwrap();
    };
    let (code, text) = menkan(&folder, &[]);
    assert_eq!(code, Some(0), "{text}");

    edit("workflows/ncut/notices/week-8.yaml", "template: passed", "template: pasted");
    let (code, text) = menkan(&folder, &["--json"]);
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!((code, &json["problems"][0]["code"]), (Some(1), &"MK807".into()), "{text}");
    assert_eq!(json["problems"][0]["path"], "letters.passed.template");

    edit("workflows/ncut/thresholds.yaml", "unit: hours, at_most_each: 18", "unti: hours, at_most_each: 18");
    edit("rules/ncut/thresholds.rhai", "{", "{ (");
    let (code, text) = menkan(&folder, &["--json", "--lang", "zh-TW"]);
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    let codes: Vec<&str> = json["problems"].as_array().unwrap().iter().map(|p| p["code"].as_str().unwrap()).collect();
    assert_eq!((code, codes), (Some(1), vec!["MK201", "MK019"]), "a script is checked beside wrong YAML");
    assert_eq!(json["problems"][1]["file"], "workflows/ncut/thresholds.yaml");
    assert!(json["problems"][1]["allowed"].as_str().unwrap().starts_with("是不是要寫「unit」"), "{text}");
    assert_eq!(json["schools"][0]["edition"], serde_json::Value::Null);

    let (_, text) = menkan(&folder, &[]);
    assert!(text.contains("workflows/ncut/thresholds.yaml:11:71") && text.contains("did you mean `unit`?"), "{text}");
    let (code, _) = menkan(&folder.join("nowhere"), &[]);
    assert_eq!(code, Some(1));
    std::fs::remove_dir_all(folder).unwrap();
}
