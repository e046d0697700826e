//! `menkan new`: what it lays out checks, is proved, runs and is demonstrated at once; and the same
//! school without thresholds.

use std::path::Path;
use std::process::{Command, Output};

use crate::harness::{self, TempFolder};
use crate::serve;
use crate::web::{Page, Visitor};

fn menkan(folder: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(harness::menkan());
    for name in ["DATABASE_URL", "BASE_URL", "SMTP_URL", "MENKAN_DATA", "MENKAN_SCHOOL", "FILES_URL"] {
        command.env_remove(name);
    }
    command.args(["--lang", "en", "--folder"]).arg(folder).args(args).output().unwrap()
}

/// What a command said, which went well.
fn said(output: Output) -> String {
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{text}\n{}", String::from_utf8_lossy(&output.stderr));
    text
}

fn laid_out() -> TempFolder {
    let folder = TempFolder::new();
    let files = said(menkan(folder.path(), &["new", "fifth"]));
    assert!(files.contains("workflows/fifth/school.yaml") && files.contains("rules/fifth/report.rhai"), "{files}");
    folder
}

fn demo(folder: &Path, data: &Path, database: &str) -> String {
    said(menkan(folder, &["--data", data.to_str().unwrap(), "--database", database, "demo", "--no-serve"]))
}

fn signed_in(server: &serve::Server, account: &str, password: &str) -> Visitor {
    let mut visitor = Visitor { address: server.address.parse().unwrap(), cookies: Vec::new() };
    let page = visitor.sign_in(account, password);
    assert_eq!(page.status, 303, "{account} cannot sign in: {}", page.body);
    visitor
}

/// A page with its addresses as they are written.
fn body(page: &Page) -> String {
    page.body.replace("&#x2f;", "/")
}

/// The accounts that the demonstration prints, with their passwords.
fn accounts(printed: &str) -> Vec<(String, String)> {
    let mut out = Vec::new();
    for line in printed.lines().filter(|line| line.starts_with("  ")) {
        let mut words = line.split_whitespace();
        out.push((words.next().unwrap().to_owned(), words.next().unwrap().to_owned()));
    }
    out
}

#[test]
fn what_it_lays_out_checks_is_proved_and_has_no_word_left_to_fill_in() {
    let folder = laid_out();
    assert_eq!(std::fs::read_to_string(folder.path().join("workflows/default")).unwrap().trim(), "fifth");
    let checked = said(menkan(folder.path(), &["check"]));
    assert!(checked.contains("fifth: no problem"), "{checked}");
    let proved = said(menkan(folder.path(), &["test"]));
    assert!(proved.contains("0 failed, 0 not covered"), "{proved}");
    for part in ["workflows/fifth", "rules/fifth"] {
        for entry in std::fs::read_dir(folder.path().join(part)).unwrap() {
            let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
            for word in ["SCHOOL", "FIRST", "FOUNDED", "BEFORE", "YEAR", "START", "BEGINS", "ENDS"] {
                assert!(!text.contains(word), "{word} in {text}");
            }
        }
    }
}

#[test]
fn nothing_that_is_there_is_written_over() {
    let folder = laid_out();
    let file = folder.path().join("workflows/fifth/reading.yaml");
    std::fs::write(&file, "mine").unwrap();
    let again = menkan(folder.path(), &["new", "fifth"]);
    assert_eq!(again.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&again.stderr).contains("is there already"), "{again:?}");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "mine");
    // Rules alone are in the way, too.
    std::fs::create_dir_all(folder.path().join("rules/sixth")).unwrap();
    assert_eq!(menkan(folder.path(), &["new", "sixth"]).status.code(), Some(1));
    assert!(!folder.path().join("workflows/sixth").exists());
    // A second school leaves the default one as it is; a name that cannot be one is refused.
    said(menkan(folder.path(), &["new", "seventh"]));
    assert_eq!(std::fs::read_to_string(folder.path().join("workflows/default")).unwrap().trim(), "fifth");
    for name in ["Fifth", "5th", "a/b", "..", "a b"] {
        let refused = menkan(folder.path(), &["new", name]);
        assert_eq!(refused.status.code(), Some(1), "{name}");
    }
    assert_eq!(std::fs::read_dir(folder.path().join("workflows")).unwrap().count(), 3);
}

#[test]
fn it_is_demonstrated_on_both_databases_and_served() {
    let folder = laid_out();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    for db in runtime.block_on(harness::databases()) {
        let data = TempFolder::new();
        let printed = demo(folder.path(), data.path(), &db.url);
        let accounts = accounts(&printed);
        assert_eq!(accounts.len(), 5, "{printed}");
        let server = serve::start_over(folder.path(), data.path(), &db.url);
        let mut anyone = Visitor { address: server.address.parse().unwrap(), cookies: Vec::new() };
        let home = anyone.get("/?lang=en").body;
        assert!(home.contains("Our University") && home.contains("Reading report"), "{home}");
        for (account, password) in &accounts {
            let mut visitor = signed_in(&server, account, password);
            let start = visitor.get("/home?lang=en");
            let page = if start.status == 303 { visitor.get(start.header("location")) } else { start };
            assert_eq!(page.status, 200, "{account} on {}: {}", db.kind, page.body);
        }
        // The student has a case of every walk that may stand beside others.
        let (student, password) = &accounts[0];
        let cases = signed_in(&server, student, password).get("/cases?lang=en").body;
        for state in ["Not yet sent", "Under review", "Returned to be mended", "Approved"] {
            assert!(cases.contains(state), "{state} is not in {cases}");
        }
        let queue = signed_in(&server, &accounts[2].0, &accounts[2].1).get("/queue?lang=en").body;
        assert!(queue.contains("Under review"), "{queue}");
    }
}

/// A school may have applications alone.
#[test]
fn a_school_without_thresholds_speaks_of_none() {
    let folder = laid_out();
    let file = |name: &str| folder.path().join(name);
    let edit = |name: &str, edits: &[(&str, &str)]| {
        let mut text = std::fs::read_to_string(file(name)).unwrap();
        for (from, to) in edits {
            assert!(text.contains(from), "{name}: {from}");
            text = text.replace(from, to);
        }
        std::fs::write(file(name), text).unwrap();
    };
    for name in ["workflows/fifth/reading.yaml", "workflows/fifth/week-16.yaml", "rules/fifth/thresholds.rhai"] {
        std::fs::remove_file(file(name)).unwrap();
    }
    std::fs::remove_file(file("rules/fifth/thresholds.examples.yaml")).unwrap();
    edit("workflows/fifth/school.yaml", &[("Graduation thresholds and applications", "Applications")]);
    let report = "workflows/fifth/report.yaml";
    edit(
        report,
        &[
            ("who: everyone-new\n", ""),
            ("meets: reading\n", ""),
            ("      - {credit: reading, amount: 1, on: read_on}\n", ""),
        ],
    );
    let demo_file = std::fs::read_to_string(file("workflows/fifth/demo.yaml")).unwrap();
    let credits = demo_file.split("\ncredits:\n").nth(1).unwrap().split("\nimporter:").next().unwrap().to_owned();
    edit("workflows/fifth/demo.yaml", &[("\ncredits:\n", "\n"), (&credits, ""), ("    requirements: [reading]\n", "")]);
    edit(
        "workflows/fifth/demo.yaml",
        &[("INFO: [50, 14], LANG: [40, 8]", "INFO: 50, LANG: 40"), (", passed: false", "")],
    );
    let text = std::fs::read_to_string(file("workflows/fifth/demo.yaml")).unwrap();
    let kept: Vec<&str> = text
        .lines()
        .filter(|line| !["    on:", "    until:", "    all:"].iter().any(|key| line.starts_with(key)))
        .collect();
    std::fs::write(file("workflows/fifth/demo.yaml"), kept.join("\n") + "\n").unwrap();
    let checked = said(menkan(folder.path(), &["check"]));
    assert!(checked.contains("fifth: no problem"), "{checked}");

    let data = TempFolder::new();
    let url = format!("sqlite:{}", data.path().join("menkan.db").display());
    let printed = demo(folder.path(), data.path(), &url);
    let accounts = accounts(&printed);
    let server = serve::start_over(folder.path(), data.path(), &url);
    let mut anyone = Visitor { address: server.address.parse().unwrap(), cookies: Vec::new() };
    let home = body(&anyone.get("/?lang=en"));
    assert!(home.contains("What you can apply for") && !home.contains("id=\"requirements\""), "{home}");
    let mut student = signed_in(&server, &accounts[0].0, &accounts[0].1);
    for path in ["/home", "/me"] {
        assert_eq!(student.get(path).header("location"), "/cases", "{path}");
    }
    let cases = body(&student.get("/cases?lang=en"));
    assert!(cases.contains("Under review") && !cases.contains("href=\"/me\""), "{cases}");
    for (account, password) in &accounts[1..] {
        let mut visitor = signed_in(&server, account, password);
        let work = visitor.get("/home?lang=en");
        assert_eq!(work.status, 200);
        let thresholds = ["href=\"/statistics\"", "have passed", "href=\"/requirements/"];
        assert!(thresholds.iter().all(|word| !body(&work).contains(word)), "{account}: {}", work.body);
    }
    let mut admin = signed_in(&server, "admin", "demo-system");
    let one = admin.get(&format!("/students/{}?lang=en", accounts[0].0)).body;
    assert!(one.contains(&accounts[0].0) && !one.contains("thresholds"), "{one}");
    let mut tutor = signed_in(&server, &accounts[1].0, &accounts[1].1);
    let work = body(&tutor.get("/home?lang=en"));
    let class = work.split("href=\"/classes/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let (page, roster) =
        (tutor.get(&format!("/classes/{class}?lang=en")), tutor.get(&format!("/classes/{class}/roster?lang=en")));
    for page in [page, roster] {
        assert_eq!(page.status, 200);
        assert!(page.body.contains(&accounts[0].0) && !page.body.contains("thresholds"), "{}", page.body);
    }
}
