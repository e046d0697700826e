//! The commands `import` and `facts` as an operator runs them: real processes, exit codes, JSON.

use std::path::Path;
use std::process::{Command, Output};

use menkan::args;
use menkan::store::Db;

use crate::harness::{self, TestDb, databases};

fn run(test: &TestDb, data: &Path, arguments: &[&str]) -> Output {
    Command::new(harness::menkan())
        .args(arguments)
        .args(["--lang", "zh-TW", "--database", &test.url])
        .arg("--folder")
        .arg(harness::root())
        .arg("--data")
        .arg(data)
        .output()
        .unwrap()
}

fn json(output: &Output) -> serde_json::Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"))
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

#[tokio::test]
async fn an_operator_imports_looks_and_takes_back() {
    for test in databases().await {
        let folder = harness::TempFolder::new();
        let data = folder.path().join("data");
        let file = |name: &str, bytes: &[u8]| {
            let path = folder.path().join(name);
            std::fs::write(&path, bytes).unwrap();
            path.to_str().unwrap().to_owned()
        };
        let units = file("units.csv", "單位代碼,單位名稱,學院,類別\nE01,化材系,工程學院,department\n".as_bytes());
        let staff = file("staff.csv", "帳號,姓名,電子郵件,角色,單位\nt1,王師,t1@example.edu.tw,tutor,E01\n".as_bytes());
        let classes =
            file("classes.csv", "班級代碼,班級名稱,系所,入學學年度,導師帳號\nC1,四甲,E01,111,t1\n".as_bytes());
        let big5 = encoding_rs::BIG5
            .encode(
                "學號,姓名,系所,班級,學制,入學學年度,在學狀態,電子郵件\n0411001,許功蓋,化材系,C1,日四技,111,在學,\n",
            )
            .0
            .into_owned();
        let students = file("students.csv", &big5);
        for (kind, path) in [("units", &units), ("staff", &staff), ("classes", &classes), ("students", &students)] {
            let output = run(&test, &data, &["import", kind, path, "--effective", "114/8/1", "--json"]);
            assert_eq!((code(&output), &json(&output)["new"]), (0, &1.into()), "{} {kind}: {output:?}", test.kind);
        }
        let wrong = file(
            "credits.csv",
            "學號,類別,數量,發生日期,名稱,登錄日期\n0411001,抗壓,3,114/9/8,講座,1140908\n0411001,抗壓,3,114/9/31,講座,1140930\n".as_bytes(),
        );
        let output = run(&test, &data, &["import", "credits", &wrong, "--json"]);
        assert_eq!(code(&output), 1, "a refused row, and nothing is saved");
        let result = json(&output);
        assert_eq!((&result["rows"], &result["new"], &result["saved"]), (&2.into(), &1.into(), &false.into()));
        assert_eq!(
            result["refused"],
            serde_json::json!([{"row": 3, "column": "發生日期", "why": "沒有這一天。", "found": "114/9/31"}])
        );
        let output = run(&test, &data, &["import", "credits", &wrong, "--accept-good", "--dry-run", "--json"]);
        assert_eq!((code(&output), &json(&output)["saved"]), (0, &false.into()));
        let output = run(&test, &data, &["import", "credits", &wrong, "--accept-good", "--json"]);
        let batch = json(&output)["batch"].as_i64().unwrap().to_string();
        let output = run(&test, &data, &["facts"]);
        assert_eq!(code(&output), 0, "{output:?}");

        let output = run(&test, &data, &["import", "list", "--json"]);
        let lines = String::from_utf8(output.stdout).unwrap();
        assert_eq!(lines.lines().count(), 5, "the dry run and the refused file are no imports: {lines}");
        let output = run(&test, &data, &["import", "take-back", &batch]);
        assert_eq!(code(&output), 0, "{output:?}");
        let output = run(&test, &data, &["import", "take-back", &batch]);
        assert_eq!(code(&output), 1);
        assert!(String::from_utf8_lossy(&output.stderr).contains("已經"), "{output:?}");

        // A file that is not there, a day that is none.
        assert_eq!(code(&run(&test, &data, &["import", "credits", "/no/such/file"])), 1);
        assert_eq!(code(&run(&test, &data, &["import", "credits", &wrong, "--effective", "2025-13-01"])), 1);
        assert_eq!(code(&run(&test, &data, &["import", "pupils", &wrong])), 2);
    }
}

#[tokio::test]
async fn the_command_proves_the_sums_and_makes_them_anew() {
    for test in databases().await {
        let folder = harness::TempFolder::new();
        let spoil = async |db: &Db| {
            let mut conn = db.begin().await.unwrap();
            conn.run("INSERT INTO student_facts (student, sums) VALUES ('x', 'stress:113-2:1')", args![])
                .await
                .unwrap();
            conn.commit().await.unwrap();
        };
        spoil(&test.db).await;
        let output = run(&test, folder.path(), &["facts"]);
        assert_eq!(code(&output), 1, "{}", test.kind);
        assert_eq!(String::from_utf8_lossy(&output.stdout), "x: kept `stress:113-2:1`, credits ``\n");
        let output = run(&test, folder.path(), &["facts", "--rebuild"]);
        assert_eq!(code(&output), 0, "{output:?}");
    }
}
