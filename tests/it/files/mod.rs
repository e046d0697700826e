//! Files that people send: what is taken and what is not, what is left of it on the disk, and what
//! becomes of it when something fails.

mod corpus;

use std::path::Path;

use chrono::{DateTime, Utc};
use menkan::app::App;
use menkan::app::files::{self, FileError, FileRow, Media, OwnerKind, Sent};
use menkan::lang::Lang;
use menkan::store::files::Owner;

use crate::harness::{self, TempFolder};

const CASE: Owner<'static> = Owner { kind: OwnerKind::Case, id: "c1" };

fn sent<'a>(name: &'a str, bytes: Vec<u8>) -> Sent<'a> {
    Sent { owner: CASE, field: "proof", name, bytes, accept: &Media::ALL, up_to_bytes: 10 << 20, by: "S1" }
}

fn now() -> DateTime<Utc> {
    Utc::now()
}

async fn code_of(app: &App, name: &str, bytes: Vec<u8>) -> Result<FileRow, &'static str> {
    match files::receive(app, sent(name, bytes), now()).await {
        Ok(row) => Ok(row),
        Err(FileError::Refused(refused)) => {
            for lang in Lang::ALL {
                let said = refused.say(lang);
                assert!(said.contains(&refused.name) && !said.contains("file-"), "{said}");
            }
            Err(refused.code())
        }
        Err(error) => panic!("{name}: {error}"),
    }
}

/// Everything on the disk below a folder.
fn on_disk(folder: &Path) -> Vec<u8> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { all.extend(on_disk(&path)) } else { all.extend(std::fs::read(path).unwrap()) }
    }
    all
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

#[tokio::test(flavor = "multi_thread")]
async fn of_all_files_the_right_ones_are_taken() {
    let (data, db) = (TempFolder::new(), harness::sqlite().await);
    let app = harness::app(&db, data.path());
    let all = corpus::all();
    let good = all.iter().filter(|case| case.refused.is_none()).count();
    assert!(all.len() >= 150 && good >= 40, "{} files, {good} of them good", all.len());
    let (mut wrong, mut kept) = (Vec::new(), 0);
    for case in &all {
        let answer = code_of(&app, &case.name, case.bytes.clone()).await;
        if let Ok(row) = &answer {
            kept += if row.thumb_key.is_empty() { 1 } else { 2 };
            let opened = files::open(&app, &row.id).await.unwrap().unwrap();
            assert!(!holds(&opened.bytes, corpus::CANARY), "{}", case.name);
        }
        if answer.as_ref().err().copied() != case.refused {
            wrong.push(format!("{}: {:?}, not {:?}", case.name, answer.map(|row| row.id), case.refused));
        }
    }
    println!("{} files, {good} of them good", all.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(app.vault.list().await.unwrap().len(), kept, "of what is refused nothing is kept");
    assert!(!holds(&on_disk(data.path()), corpus::CANARY));
}
