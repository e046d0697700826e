//! The import of 100,000 credits by the real command into a fresh SQLite database: seconds and the
//! process's greatest resident size. Run with `cargo bench --bench import`.
#![allow(clippy::float_arithmetic)]

use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

const STUDENTS: usize = 5_000;
const CREDITS: usize = 100_000;
const MOST_SECONDS: u64 = 5;
const MOST_KB: u64 = 200 * 1024;

fn main() -> ExitCode {
    let folder = std::env::temp_dir().join(format!("menkan-bench-import-{}", std::process::id()));
    let done = std::fs::create_dir_all(&folder).and_then(|()| measure(&folder));
    let _ = std::fs::remove_dir_all(&folder);
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn measure(folder: &Path) -> std::io::Result<bool> {
    for (kind, text) in files() {
        std::fs::write(folder.join(format!("{kind}.csv")), text)?;
    }
    for kind in ["units", "staff", "classes", "students"] {
        import(folder, kind)?;
    }
    let mut good = true;
    for what in ["first", "again, nothing new"] {
        let (took, kb) = import(folder, "credits")?;
        let credits = CREDITS as f64 / took.as_secs_f64();
        println!("{CREDITS} credits, {what}: {:.2} s ({credits:.0}/s), {} MB", took.as_secs_f64(), kb / 1024);
        good &= took < Duration::from_secs(MOST_SECONDS) && kb < MOST_KB;
    }
    Ok(good)
}

/// Runs the command; how long it took, and its greatest resident size in kB.
fn import(folder: &Path, kind: &str) -> std::io::Result<(Duration, u64)> {
    let began = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_menkan"))
        .args(["import", kind, "--effective", "2025-08-01", "--json", "--folder", env!("CARGO_MANIFEST_DIR")])
        .arg("--data")
        .arg(folder.join("data"))
        .arg(folder.join(format!("{kind}.csv")))
        .env_remove("DATABASE_URL")
        .stdout(Stdio::piped())
        .spawn()?;
    let status = format!("/proc/{}/status", child.id());
    let mut greatest = 0;
    let ended = loop {
        // The kernel keeps the greatest size; it is gone with the process.
        if let Ok(text) = std::fs::read_to_string(&status) {
            let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
            let kb = line.and_then(|line| line.split_whitespace().next()).and_then(|kb| kb.parse().ok());
            greatest = greatest.max(kb.unwrap_or(0));
        }
        match child.try_wait()? {
            Some(status) => break status,
            None => std::thread::sleep(Duration::from_millis(5)),
        }
    };
    let took = began.elapsed();
    let mut answer = String::new();
    if let Some(mut stdout) = child.stdout.take() {
        std::io::Read::read_to_string(&mut stdout, &mut answer)?;
    }
    if !ended.success() {
        return Err(std::io::Error::other(format!("import {kind}: {}", answer.chars().take(500).collect::<String>())));
    }
    Ok((took, greatest))
}

fn files() -> [(&'static str, String); 5] {
    let mut classes = String::from("code,name,department,admitted,tutors\n");
    let mut students = String::from("number,name,department,class,division,admitted,status,email\n");
    for index in 0..STUDENTS {
        let class = index / 50;
        if index % 50 == 0 {
            let _ = writeln!(classes, "C{class:03},Class {class},D1,111,t1");
        }
        let _ = writeln!(students, "4{index:07},Student {index},D1,C{class:03},day-4,111,enrolled,");
    }
    let mut credits = String::from("student,category,amount,happened,name,recorded\n");
    let categories = ["stress", "enrichment", "social", "aesthetic"];
    for index in 0..CREDITS {
        let (student, category) = (index * 7 % STUDENTS, categories[index % 4]);
        let (month, day) = (index % 12 + 1, index % 28 + 1);
        let _ = writeln!(
            credits,
            "4{student:07},{category},{}.5,2024-{month:02}-{day:02},Activity {index},2025-01-{day:02}",
            index % 8
        );
    }
    [
        ("units", "code,name,college,kind\nD1,Department One,College One,department\n".to_owned()),
        ("staff", "account,name,email,role,unit\nt1,Tutor One,t1@example.edu.tw,tutor,D1\n".to_owned()),
        ("classes", classes),
        ("students", students),
        ("credits", credits),
    ]
}
