//! Import, on both databases: what a file is taken for, what is said of each row, and that nothing
//! is half imported.

use std::path::Path;

use menkan::app::App;
use menkan::app::import::{self, Kind, Note, Outcome, Request};
use menkan::clock::{Day, Instant, parse_day};
use menkan::lang::Lang;
use serde_yaml::Value;

use crate::harness::{self, databases};

/// The day on which the tests stand.
pub fn now() -> Instant {
    "2025-10-01T04:00:00Z".parse().unwrap()
}

fn day(text: &str) -> Day {
    parse_day(text).unwrap()
}

pub fn request(kind: Kind, text: &str, effective: &str) -> Request {
    Request {
        kind,
        catalogue: String::new(),
        file: format!("{}.csv", kind.id()),
        bytes: text.as_bytes().to_vec(),
        effective: Some(day(effective)),
        dry_run: false,
        accept_good: false,
        by: "tester".to_owned(),
        viewer: None,
        upload: None,
    }
}

/// Imports what must go through whole.
pub async fn good(app: &App, request: Request) -> Outcome {
    let outcome = import::run(app, request, now()).await.unwrap();
    assert_eq!(outcome.refused, [], "{}", outcome.kind.id());
    outcome
}

fn cases(file: &str) -> Vec<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/import").join(file);
    serde_yaml::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn text<'a>(case: &'a Value, key: &str) -> Option<&'a str> {
    case.get(key).and_then(Value::as_str)
}

/// The small school of `tests/import/school.yaml`.
pub async fn school(app: &App) {
    for file in cases("school.yaml") {
        let kind = text(&file, "kind").unwrap().parse().unwrap();
        good(app, request(kind, text(&file, "text").unwrap(), "2025-08-01")).await;
    }
}

fn bytes(case: &Value) -> Vec<u8> {
    if let Some(hex) = text(case, "hex") {
        return hex::decode(hex).unwrap();
    }
    let written = text(case, "text").unwrap();
    let mut bytes = match text(case, "encoding").unwrap_or("utf-8") {
        "utf-8" => written.as_bytes().to_vec(),
        "utf-8-bom" => [b"\xEF\xBB\xBF", written.as_bytes()].concat(),
        "big5" => encoding_rs::BIG5.encode(written).0.into_owned(),
        "utf-16" => std::iter::once(0xFEFF).chain(written.encode_utf16()).flat_map(u16::to_le_bytes).collect(),
        other => panic!("{other}"),
    };
    for (character, hex) in case.get("bytes_for").and_then(Value::as_mapping).into_iter().flatten() {
        let from = character.as_str().unwrap().as_bytes()[0];
        let to = hex::decode(hex.as_str().unwrap()).unwrap();
        bytes = bytes.into_iter().flat_map(|byte| if byte == from { to.clone() } else { vec![byte] }).collect();
    }
    bytes
}

fn check_notes(what: &str, notes: &[Note], expected: Option<&Value>) {
    let expected = expected.and_then(Value::as_sequence).map(Vec::as_slice).unwrap_or_default();
    assert_eq!(notes.len(), expected.len(), "{what}: {notes:#?}");
    for (note, wanted) in notes.iter().zip(expected) {
        assert_eq!(u64::from(note.row), wanted["row"].as_u64().unwrap(), "{what}: {note:?}");
        assert_eq!(note.column, text(wanted, "column").unwrap_or_default(), "{what}: {note:?}");
        assert!(note.why.zh.contains(text(wanted, "why").unwrap()), "{what}: {note:?}");
        assert!(note.why.en.is_some(), "{what}: {note:?} is said in Chinese only");
    }
}

#[tokio::test]
async fn files_are_judged_as_the_cases_say() {
    for test in databases().await {
        let app = harness::app(&test, &std::env::temp_dir());
        school(&app).await;
        for file in ["credits.yaml", "people.yaml"] {
            for case in cases(file) {
                let name = format!("{}: {}", test.kind, text(&case, "name").unwrap());
                let kind = text(&case, "kind").map_or(Kind::Credits, |kind| kind.parse().unwrap());
                let request = Request {
                    bytes: bytes(&case),
                    file: text(&case, "file").unwrap_or("file.csv").to_owned(),
                    // The good rows are written too, and rolled back: the case is tried to its end.
                    dry_run: true,
                    accept_good: true,
                    ..request(kind, "", "2025-09-01")
                };
                let outcome = import::run(&app, request, now()).await.unwrap();
                let expected = &case["result"];
                let count = |key: &str| expected.get(key).and_then(Value::as_u64).unwrap_or(0) as usize;
                check_notes(&name, &outcome.refused, expected.get("refused"));
                check_notes(&name, &outcome.warnings, expected.get("warnings"));
                let counts = [outcome.rows, outcome.new, outcome.changed, outcome.same];
                assert_eq!(counts, [count("rows"), count("new"), count("changed"), count("same")], "{name}");
                assert_eq!(outcome.batch, None, "{name}: a dry run");
                if let Some(encoding) = text(expected, "encoding") {
                    assert_eq!(outcome.source.encoding, encoding, "{name}");
                }
            }
        }
        // All those dry runs left nothing behind.
        let mut conn = test.db.read().await.unwrap();
        let kept: (i64, i64) = conn
            .one("SELECT (SELECT COUNT(*) FROM imports), (SELECT COUNT(*) FROM credits)", menkan::args![])
            .await
            .unwrap();
        assert_eq!(kept, (5, 3), "{}", test.kind);
    }
}

#[tokio::test]
async fn the_result_has_the_documented_shape() {
    let test = harness::sqlite().await;
    let app = harness::app(&test, &std::env::temp_dir());
    school(&app).await;
    let text = "學號,類別,數量,發生日期\n4111001,抗壓,1,2025-02-30\n4111001,抗壓,1,2025-02-28\n";
    let outcome = import::run(&app, request(Kind::Credits, text, "2025-09-01"), now()).await.unwrap();
    let json = outcome.json(Lang::En);
    assert_eq!(json["rows"], 2);
    assert_eq!((&json["new"], &json["changed"], &json["same"]), (&1.into(), &0.into(), &0.into()));
    assert_eq!(json["refused"][0]["row"], 2);
    assert_eq!(json["refused"][0]["column"], "發生日期");
    assert_eq!(json["refused"][0]["why"], "There is no such day.");
    let fields: Vec<Option<&str>> = outcome.preview.fields.iter().map(Option::as_deref).collect();
    assert_eq!(fields, [Some("student"), Some("category"), Some("amount"), Some("happened")]);
    assert_eq!(outcome.preview.rows[0].1[3], "2025-02-30");
}
