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
