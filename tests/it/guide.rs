//! The administrator's guide, done as it says: its commands are run and its files written, in order,
//! in both languages, and they are the same in both.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::harness::{self, TempFolder};

/// One thing that a reader does.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    /// Commands, indented.
    Run(String),
    Write {
        file: String,
        text: String,
    },
    /// Below or in place of a line.
    Edit {
        file: String,
        line: String,
        replaces: bool,
        text: String,
    },
}

/// The steps of a chapter. The line before a fenced block names its file, and the line beside which it
/// goes.
fn steps(guide: &str, chapter: &str) -> Vec<Step> {
    let text = std::fs::read_to_string(harness::root().join(guide)).unwrap();
    let start = text.find(&format!("\n## {chapter}\n")).expect("the guide has the chapter") + 1;
    let chapter = text[start..].split("\n## ").next().unwrap();
    let (mut steps, mut lines, mut before) = (Vec::new(), chapter.lines().peekable(), "");
    while let Some(line) = lines.next() {
        if line.starts_with("```") {
            let text: String =
                lines.by_ref().take_while(|line| *line != "```").map(|line| format!("{line}\n")).collect();
            let named: Vec<&str> = before.split('`').skip(1).step_by(2).collect();
            steps.push(match named.as_slice() {
                [file] => Step::Write { file: (*file).to_owned(), text },
                [file, line] => {
                    let replaces = before.contains("in place of") || before.contains("換成");
                    Step::Edit { file: (*file).to_owned(), line: (*line).to_owned(), replaces, text }
                }
                _ => panic!("which file is the block after “{before}”?"),
            });
        } else if let Some(command) = line.strip_prefix("    ") {
            let mut commands = format!("{command}\n");
            while let Some(command) = lines.peek().and_then(|line| line.strip_prefix("    ")) {
                commands.push_str(&format!("{command}\n"));
                lines.next();
            }
            steps.push(Step::Run(commands));
        }
        if !line.is_empty() {
            before = line;
        }
    }
    steps
}

/// Runs commands where the last ones left off; what they said, and where they end.
fn run(place: &Path, bin: &Path, commands: &str) -> (String, PathBuf) {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    // The server goes into the background, as in a second window.
    let serve = format!(
        "menkan serve --data data/live --listen 127.0.0.1:{port} &\n\
         for _ in $(seq 300); do [ -S data/live/menkan.sock ] && break; sleep 0.1; done\n\
         [ -S data/live/menkan.sock ] && kill $! && wait $!\n"
    );
    let commands = commands.replace("menkan serve --data data/live\n", &serve);
    let end = bin.join("pwd");
    let script = format!("exec 3>{}\n", end.display());
    let output = Command::new("bash")
        .args(["-c", &format!("{script}set -euo pipefail\n{commands}\npwd >&3")])
        .current_dir(place)
        .env("PATH", format!("{}:{}", bin.display(), std::env::var("PATH").unwrap()))
        .env("LANG", "en_US.UTF-8")
        .env_remove("DATABASE_URL")
        .env_remove("MENKAN_SCHOOL")
        .stdin(std::process::Stdio::null())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{commands}\n{said}\n{}", String::from_utf8_lossy(&output.stderr));
    (said, PathBuf::from(std::fs::read_to_string(end).unwrap().trim()))
}

#[test]
fn the_two_guides_do_the_same() {
    let english = steps("docs/administrators-guide.en.md", "From a regulation to a running service");
    let chinese = steps("docs/administrators-guide.zh-TW.md", "從一份要點到開張的系統");
    assert!(english.len() > 20, "{english:?}");
    assert_eq!(english, chinese);
}

#[test]
fn a_school_is_made_from_its_regulation_as_the_guide_says() {
    let folder = TempFolder::new();
    let bin = folder.path().join("bin");
    std::fs::create_dir_all(&bin).unwrap();
    std::os::unix::fs::symlink(harness::menkan(), bin.join("menkan")).unwrap();
    let (mut place, mut said) = (folder.path().to_owned(), String::new());
    for step in steps("docs/administrators-guide.en.md", "From a regulation to a running service") {
        match step {
            Step::Run(commands) => {
                let (more, end) = run(&place, &bin, &commands);
                said.push_str(&more);
                place = end;
            }
            Step::Write { file, text } => {
                let file = place.join(file);
                assert!(!file.exists(), "{} is not new", file.display());
                std::fs::write(file, text).unwrap();
            }
            Step::Edit { file, line, replaces, text } => {
                let file = place.join(file);
                let before = std::fs::read_to_string(&file).unwrap();
                assert!(before.lines().any(|other| other == line), "{} has no line {line}", file.display());
                let edited = before.lines().map(|other| match (other == line, replaces) {
                    (true, true) => text.clone(),
                    (true, false) => format!("{other}\n{text}"),
                    (false, _) => format!("{other}\n"),
                });
                std::fs::write(&file, edited.collect::<String>()).unwrap();
            }
        }
    }
    assert_eq!(said.matches("kapok: no problem").count(), 4, "{said}");
    assert_eq!(said.matches("0 failed, 0 not covered").count(), 3, "{said}");
    assert!(said.contains("affairs                      demo-hours"), "{said}");
    assert!(said.contains("2 hours still missing") && said.contains("3 items still missing"), "{said}");
}
