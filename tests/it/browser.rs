//! Every page in a real browser: as each reader of the demonstration, in both languages, wide and
//! on a phone; `tests/browser/look.mjs` does the looking. Needs Chromium, Node and the packages of
//! `tests/browser/package.json`; `.ci/run` sets them up.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use menkan::web::{Object, routes};
use serde_json::{Value, json};

use crate::harness;

/// Answers for programs, and files for download by programs: no pages.
const NO_PAGES: &[&str] = &["/healthz", "/readyz", "/version", "/favicon.ico", "/cases/{case}/entries/{field}"];
/// Pages that the default school has none of: seen where the manuals of other schools are followed.
const OF_OTHER_SCHOOLS: &[&str] = &["/pages/{page}", "/exports/{workflow}", "/exports/{workflow}/{round}/{export}"];

/// The demonstration, served by the binary; stopped when dropped.
struct Demo {
    server: Child,
    base: String,
    readers: Vec<Value>,
    _data: harness::TempFolder,
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// So many accounts the demonstration prints.
const ROLES: usize = 9;

fn start() -> Demo {
    let data = harness::TempFolder::new();
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut server = Command::new(harness::menkan())
        .args(["demo", "--lang", "zh-TW", "--listen", &free.to_string(), "--folder"])
        .arg(harness::root())
        .arg("--data")
        .arg(data.path())
        .env_remove("DATABASE_URL")
        .env_remove("SMTP_URL")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // Listening is said after everything else is.
    let mut said = String::new();
    for line in BufReader::new(server.stderr.take().unwrap()).lines() {
        let line = line.unwrap();
        if line.contains("listening") {
            break;
        }
        said.push_str(&line);
    }
    let mut readers = Vec::new();
    for line in BufReader::new(server.stdout.take().unwrap()).lines() {
        let line = line.unwrap();
        let words: Vec<&str> = line.split_whitespace().collect();
        if let ["", ..] | [] = words.as_slice() {
            continue;
        }
        if let [account, password, who] = words.as_slice()
            && line.starts_with("  ")
        {
            readers.push(json!({"who": who, "account": account, "password": password}));
            if readers.len() == ROLES {
                break;
            }
        }
    }
    assert_eq!(readers.len(), ROLES, "an account for each role is printed; {said}");
    Demo { server, base: format!("http://{free}"), readers, _data: data }
}

/// Where Chromium is, if everything that a look needs is there.
pub fn browser() -> Option<PathBuf> {
    let chromium =
        std::env::var_os("MENKAN_CHROMIUM").map_or_else(|| PathBuf::from("/usr/bin/chromium"), PathBuf::from);
    let packages = harness::root().join("tests/browser/node_modules");
    let missing = if !chromium.exists() {
        format!("there is no Chromium at {}", chromium.display())
    } else if !packages.join("playwright-core").exists() || !packages.join("axe-core").exists() {
        "run npm install in tests/browser".to_owned()
    } else {
        return Some(chromium);
    };
    assert!(std::env::var("MENKAN_TEST_ALL").is_err(), "MENKAN_TEST_ALL is set, but {missing}");
    println!("no browser: {missing}");
    None
}

#[test]
fn every_page_is_good_in_a_browser() {
    let Some(chromium) = browser() else { return };
    let demo = start();
    let pages: Vec<&str> = routes::all()
        .iter()
        .filter(|route| {
            route.method == "GET"
                && !matches!(route.object, Object::Asset | Object::Link)
                && !NO_PAGES.contains(&route.path)
                && !OF_OTHER_SCHOOLS.contains(&route.path)
        })
        .map(|route| route.path)
        .collect();
    // A file with a good row and a bad one: its check and its refused rows are pages too.
    let upload = json!({
        "page": "/imports", "kind": "credits", "name": "credits.csv",
        "text": "學號,類別,數量,發生日期,名稱\n111211005,抗壓,1,2026-11-02,講座\n999,抗壓,1,2026-11-02,講座\n",
    });
    // An application that needs a date, a certificate of that term and a proof.
    let picture = menkan::app::files::picture::grey_png(40, 40, vec![120; 1600]).unwrap();
    let apply = json!({
        "page": "/apply/{workflow}", "typed": {"exam_date": "2026-09-08"}, "entry": "certificate",
        "file": "exam_proof", "picture": hex::encode(picture), "step": "withdraw",
    });
    let task = json!({
        "base": demo.base, "chromium": chromium, "routes": pages, "readers": demo.readers, "upload": upload, "apply": apply,
    });
    let mut node = Command::new("node")
        .arg(harness::root().join("tests/browser/look.mjs"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("node runs");
    node.stdin.take().unwrap().write_all(task.to_string().as_bytes()).unwrap();
    let answer = node.wait_with_output().unwrap();
    assert!(answer.status.success(), "the browser's script failed");
    let seen: Value = serde_json::from_slice(&answer.stdout).unwrap();
    let problems = seen["problems"].as_array().unwrap();
    assert!(problems.is_empty(), "{} problems: {:#}", problems.len(), seen["problems"]);
    // Both tours of each reader and of whoever has not signed in begin at the first page.
    assert!(seen["visited"].as_array().unwrap().len() >= 18);
    let missed: Vec<&Value> = seen["missed"].as_array().unwrap().iter().collect();
    assert!(missed.is_empty(), "pages that nothing leads to: {missed:?}");
}
