//! The README's walk, run as it is written: its commands are read from the README itself.

use std::path::Path;
use std::process::Command;

use crate::harness::{self, TempFolder};

/// The indented blocks of a chapter, one after another.
fn commands(chapter: &str) -> String {
    let readme = std::fs::read_to_string(harness::root().join("README.md")).unwrap();
    let start = readme.find(&format!("\n## {chapter}\n")).expect("the README has the chapter") + 1;
    let text = readme[start..].split("\n## ").next().unwrap();
    let lines = text.lines().filter(|line| line.is_empty() || line.starts_with("    "));
    lines.map(|line| format!("{}\n", line.strip_prefix("    ").unwrap_or(line))).collect()
}

fn copy(from: &Path, to: &Path) {
    assert!(Command::new("cp").arg("-r").arg(from).arg(to).status().unwrap().success());
}

#[test]
fn the_walk_from_yaml_to_mail_holds_as_it_is_written() {
    let folder = TempFolder::new();
    let home = folder.path();
    for part in ["workflows", "rules", "templates"] {
        copy(&harness::root().join(part), home);
    }
    std::fs::create_dir_all(home.join("target/release")).unwrap();
    std::os::unix::fs::symlink(harness::menkan(), home.join("target/release/menkan")).unwrap();
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let walk = commands("From YAML to e-mail");
    assert!(walk.contains("\nmenkan serve\n"), "{walk}");
    // Built it is already; the server goes into the background, as in a second window.
    let serve = format!(
        "\nmenkan serve --listen 127.0.0.1:{port} &\ntrap \"kill $! && wait $!\" EXIT\n\
         for _ in $(seq 300); do [ -S data/demo/menkan.sock ] && break; sleep 0.1; done\n"
    );
    let script = format!(
        "set -euo pipefail\nshopt -s expand_aliases\ncargo() {{ :; }}\n{}",
        walk.replacen("\nmenkan serve\n", &serve, 1)
    );
    std::fs::write(home.join("walk.sh"), script).unwrap();
    let mut bash = Command::new("bash");
    bash.arg("walk.sh").current_dir(home).env("LANG", "en_US.UTF-8");
    for name in ["DATABASE_URL", "BASE_URL", "SMTP_URL", "MENKAN_DATA", "MENKAN_SCHOOL", "FILES_URL"] {
        bash.env_remove(name);
    }
    let output = bash.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
    let missing = said.find("2 hours still missing").expect("the new block is on the dashboard");
    let passed = said.rfind("Safety       Passed           2       2").expect("the record counts");
    assert!(missing < passed, "{said}");
    assert_eq!(said.matches("reloaded: edition").count(), 2, "{said}");
    assert!(said.contains("請補足實驗室安全：還差 2 小時"), "{said}");
    let total = said.lines().find(|line| line.starts_with("Total")).expect("the figures have a total");
    let total: Vec<&str> = total.split_whitespace().collect();
    assert_eq!([total[1], total[total.len() - 2]], ["1504", "443"], "a new number leaves past days as they were");
    let mails = std::fs::read_dir(home.join("data/demo/mail")).unwrap().count();
    assert!(mails > 1000, "{mails} mails");
}
