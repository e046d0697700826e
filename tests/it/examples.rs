//! `menkan test` as a process: the shipped examples hold and cover all; one that does not is told.

use std::path::Path;
use std::process::{Command, Output};

fn menkan(folder: &Path, arguments: &[&str]) -> (Option<i32>, serde_json::Value) {
    let Output { status, stdout, stderr } =
        Command::new(env!("CARGO_BIN_EXE_menkan")).arg("test").arg(folder).args(arguments).output().unwrap();
    let text = String::from_utf8_lossy(&stdout);
    let json = serde_json::from_str(&text).unwrap_or_else(|_| panic!("{text}\n{}", String::from_utf8_lossy(&stderr)));
    (status.code(), json)
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() { copy(&path, &target) } else { std::fs::copy(&path, &target).map(|_| ()).unwrap() }
    }
}

#[test]
fn the_shipped_examples_hold_and_cover_every_rule() {
    let (code, told) = menkan(Path::new(env!("CARGO_MANIFEST_DIR")), &["--json"]);
    let school = &told["schools"][0];
    assert_eq!(code, Some(0), "{school:#}");
    assert!(school["examples"].as_array().unwrap().len() >= 20);
    assert_eq!((school["failed"].as_u64(), school["uncovered"].as_array().unwrap().len()), (Some(0), 0), "{school:#}");
}

#[test]
fn an_example_that_does_not_hold_is_told_with_its_place() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("examples-{}", std::process::id()));
    copy(&root.join("workflows/ncut"), &folder.join("workflows/ncut"));
    copy(&root.join("rules/ncut"), &folder.join("rules/ncut"));
    let script =
        "fn unused() { 1 }\nfn enough(f) {\n    if f.admitted > 200 { return false; }\n    f.earned > f.needed\n}\n";
    std::fs::write(folder.join("rules/ncut/thresholds.rhai"), script).unwrap();
    let (code, told) = menkan(&folder, &["--json", "--lang", "en"]);
    std::fs::remove_dir_all(&folder).unwrap();
    let school = &told["schools"][0];
    assert_eq!(code, Some(1));
    let first = &school["examples"][0];
    assert_eq!(first["holds"], false);
    assert_eq!(first["name"], "Exactly three hours pass");
    assert_eq!(first["file"], "rules/ncut/thresholds.examples.yaml");
    assert!(first["line"].as_u64().unwrap() > 1);
    let passed = &first["differences"][0];
    assert_eq!(
        (&passed["field"], &passed["expected"], &passed["found"]),
        (&"passed".into(), &"true".into(), &"false".into())
    );
    let uncovered: Vec<(u64, &str)> = school["uncovered"]
        .as_array()
        .unwrap()
        .iter()
        .map(|spot| (spot["line"].as_u64().unwrap(), spot["what"].as_str().unwrap()))
        .collect();
    assert!(uncovered.contains(&(1, "no example runs the function unused")), "{uncovered:?}");
    assert!(uncovered.contains(&(3, "no example runs this branch")), "{uncovered:?}");
    assert!(uncovered.contains(&(0, "no example of “Professional certificate” is passed")), "{uncovered:?}");
}

/// What `menkan test` says of a file of examples that is put beside the school's own.
fn told_of(name: &str, examples: &str) -> (Option<i32>, serde_json::Value) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}", std::process::id()));
    copy(&root.join("workflows/ncut"), &folder.join("workflows/ncut"));
    copy(&root.join("rules/ncut"), &folder.join("rules/ncut"));
    std::fs::write(folder.join("rules/ncut/more.examples.yaml"), examples).unwrap();
    let (code, told) = menkan(&folder, &["--json", "--lang", "en"]);
    std::fs::remove_dir_all(&folder).unwrap();
    (code, told["schools"][0].clone())
}

#[test]
fn an_example_of_a_case_names_what_there_is() {
    let examples = "\
on: 2026-02-25
student: {admitted: 112, division: day-4}
examples:
  - {name: a, rule: certificate::subsidie, expect: {figure: 1}}
  - {name: b, rule: certificate::subsidy, case: profile, expect: {figure: 1}}
  - {name: c, rule: certificate::subsidy, answers: {exam_feee: 3, subsidy: 4}, expect: {figure: 1}}
  - {name: d, rule: certificate::subsidy, paid: [budget], window: 2025-08-01, expect: {unanswered: fee}}
  - {name: e, rule: certificate::may_submit, answers: {certificate: {nme: x}, other_aid: on}, expect: {pass: true}}
  - {name: f, rule: profile::account, case: certificate, expect: {passed: true}}
";
    let (code, told) = told_of("unknown", examples);
    assert_eq!(code, Some(1));
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let problems: Vec<(String, u64, u64, String)> = told["problems"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|problem| text(&problem["file"]).ends_with("more.examples.yaml"))
        .map(|problem| {
            let number = |key| problem[key].as_u64().unwrap();
            (text(&problem["code"]), number("line"), number("column"), text(&problem["found"]))
        })
        .collect();
    let expected = [
        ("MK304", 4, 21, "certificate::subsidie"),
        ("MK304", 5, 49, "profile"),
        ("MK304", 6, 53, "exam_feee"),
        ("MK304", 6, 67, "subsidy"),
        ("MK303", 7, 67, "2025-08-01"),
        ("MK304", 7, 50, "budget"),
        ("MK304", 7, 100, "fee"),
        ("MK301", 8, 70, "nme"),
        ("MK303", 8, 90, "on"),
        ("MK301", 8, 104, "pass"),
        ("MK304", 9, 21, "profile::account"),
    ];
    let expected: Vec<_> =
        expected.map(|(code, line, column, found)| (code.to_owned(), line, column, found.to_owned())).into();
    assert_eq!(problems, expected);
}

#[test]
fn an_example_of_a_case_that_does_not_hold_is_told() {
    let examples = "\
on: 2026-02-25
case: certificate
student: {admitted: 112, division: day-4}
window: any
examples:
  - {name: a, rule: certificate::subsidy, answers: {exam_date: 2025-09-10, other_aid: false, exam_fee: 3000}, expect: {figure: 1501, reasons: [半]}}
  - {name: b, rule: certificate::subsidy, answers: {exam_date: 2025-02-30, other_aid: false}, expect: {figure: 0}}
  - {name: c, rule: certificate::exam_date, answers: {exam_date: 2025-09-10}, expect: {unanswered: exam_date, figure: 1}}
  - {name: d, rule: certificate::exam_date, answers: {exam_date: 2025-09-10}, expect: {passed: false}}
";
    let (code, told) = told_of("wrong", examples);
    assert_eq!((code, told["failed"].as_u64()), (Some(1), Some(4)));
    let mut differences = Vec::new();
    for example in told["examples"].as_array().unwrap().iter().filter(|example| example["holds"] == false) {
        for difference in example["differences"].as_array().unwrap() {
            let text = |key: &str| difference[key].as_str().unwrap().to_owned();
            differences.push(format!(
                "{} {} {} {}",
                example["name"].as_str().unwrap(),
                text("field"),
                text("expected"),
                text("found")
            ));
        }
    }
    assert_eq!(
        differences,
        [
            "a figure 1501 1500",
            "a reasons 半 3000 的一半",
            "b answers.exam_date  Date of the exam: 2025-02-30 is no date; write 2025-09-08",
            "b unanswered  exam_date",
            "c figure 1 ",
            "c unanswered exam_date ",
            "d passed false true",
        ]
    );
}
