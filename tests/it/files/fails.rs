//! Files when something fails: the disk is full, or the server is killed.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use menkan::app::files;
use menkan::store::Db;
use menkan::store::files::{self as rows};

use super::{CASE, code_of, corpus, now};
use crate::harness::{self, TempFolder};

/// The folder of a test that runs once more in a process of its own.
const FOLDER: &str = "MENKAN_TEST_FOLDER";

fn folder() -> Option<PathBuf> {
    std::env::var_os(FOLDER).map(PathBuf::from)
}

async fn app_in(folder: &Path) -> menkan::app::App {
    let mut test = harness::sqlite().await;
    test.db = Db::open(&format!("sqlite:{}", folder.join("menkan.db").display())).await.unwrap();
    harness::app(&test, folder)
}

/// Runs one of the ignored tests below by a shell's words.
fn again(test: &str, folder: &Path, before: &str) -> Command {
    let mut command = Command::new("sh");
    let program = std::env::current_exe().unwrap();
    command
        .args(["-c", &format!("{before} exec \"$0\" \"$@\"")])
        .arg(program)
        .args(["--exact", &format!("files::fails::{test}"), "--ignored", "--nocapture"])
        .env(FOLDER, folder);
    command
}

/// What a photo weighs, about.
fn large() -> Vec<u8> {
    corpus::pdf(&[&[b" ".repeat(3 << 20), b"<< >>".to_vec()].concat()])
}

#[test]
fn a_full_disk_refuses_a_file_and_keeps_nothing_of_it() {
    let data = TempFolder::new();
    // No file may grow beyond a megabyte: as for the program, a full disk.
    let output = again("on_a_full_disk", data.path(), "trap '' XFSZ; ulimit -f 2048;").output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(String::from_utf8_lossy(&output.stdout).contains("1 passed"));
}

#[tokio::test]
#[ignore = "run by the test above, under a limit"]
async fn on_a_full_disk() {
    let Some(folder) = folder() else { return };
    let app = app_in(&folder).await;
    for _ in 0..5 {
        assert_eq!(code_of(&app, "a.pdf", large()).await, Err("file-no-room"));
    }
    assert_eq!(std::fs::read_dir(folder.join("files")).unwrap().count(), 0, "nothing unfinished either");
    assert_eq!(rows::of_owner(&mut app.db.read().await.unwrap(), CASE).await.unwrap(), []);
    let row = code_of(&app, "a.pdf", corpus::pdf(&[])).await.unwrap();
    assert!(files::open(&app, &row.id).await.unwrap().is_some());
}

#[tokio::test]
async fn a_disk_that_was_full_takes_files_again_once_there_is_room() {
    let data = TempFolder::new();
    let files_folder = data.path().join("files");
    std::fs::create_dir(&files_folder).unwrap();
    let mount = Command::new("mount")
        .args(["-t", "tmpfs", "-o", "size=4m", "tmpfs"])
        .arg(&files_folder)
        .stderr(Stdio::null())
        .status();
    if !mount.is_ok_and(|status| status.success()) {
        println!("not run on a disk of its own: it cannot be mounted here");
        return;
    }
    struct Mounted(PathBuf);
    impl Drop for Mounted {
        fn drop(&mut self) {
            let _ = Command::new("umount").arg(&self.0).status();
        }
    }
    let mounted = Mounted(files_folder.clone());
    let app = app_in(data.path()).await;
    let row = code_of(&app, "a.pdf", large()).await.unwrap();
    assert_eq!(code_of(&app, "b.pdf", large()).await, Err("file-no-room"));
    assert!(files::open(&app, &row.id).await.unwrap().is_some(), "what was there still is");
    let mut tx = app.db.begin().await.unwrap();
    rows::remove(&mut tx, &row.id, &row.at).await.unwrap();
    tx.commit().await.unwrap();
    files::sweep(&app, now() + files::GRACE * 2).await.unwrap();
    code_of(&app, "b.pdf", large()).await.unwrap();
    drop(mounted);
}

#[tokio::test]
async fn wherever_keeping_fails_no_row_is_without_bytes_and_no_bytes_stay_without_a_row() {
    let data = TempFolder::new();
    let app = app_in(data.path()).await;
    code_of(&app, "a.pdf", corpus::pdf(&[])).await.unwrap();
    let folder = data.path().join("files");
    let sql = async |sql: &str| {
        let mut tx = app.db.begin().await.unwrap();
        tx.run(sql, &[]).await.unwrap();
        tx.commit().await.unwrap();
    };
    let stop = "CREATE TRIGGER stop BEFORE INSERT ON WHERE_IT_IS BEGIN SELECT RAISE(ABORT, 'stopped'); END";
    for point in ["files", "loose_files", "no folder", "a half at the folder's place"] {
        let away = data.path().join("away");
        match point {
            "no folder" => std::fs::rename(&folder, &away).unwrap(),
            "a half at the folder's place" => {
                std::fs::rename(&folder, &away).unwrap();
                std::fs::write(&folder, b"").unwrap();
            }
            table => sql(&stop.replace("WHERE_IT_IS", table)).await,
        }
        for round in 0..20 {
            let name = format!("{point} {round}.pdf");
            let answer = files::receive(&app, super::sent(&name, corpus::pdf(&[])), now()).await;
            // A folder that is gone is made again.
            assert_eq!(answer.is_ok(), point == "no folder", "{name}: {answer:?}");
        }
        match point {
            "no folder" => {
                for entry in std::fs::read_dir(&away).unwrap() {
                    let path = entry.unwrap().path();
                    std::fs::rename(&path, folder.join(path.file_name().unwrap())).unwrap();
                }
                std::fs::remove_dir(&away).unwrap();
            }
            "a half at the folder's place" => {
                std::fs::remove_file(&folder).unwrap();
                std::fs::rename(&away, &folder).unwrap();
            }
            _ => sql("DROP TRIGGER stop").await,
        }
        let rows = rows::of_owner(&mut app.db.read().await.unwrap(), CASE).await.unwrap();
        for row in &rows {
            assert!(files::open(&app, &row.id).await.unwrap().is_some(), "{point}: a row without bytes");
        }
        let swept = files::sweep(&app, now() + files::GRACE * 2).await.unwrap();
        assert_eq!(app.vault.list().await.unwrap().len(), rows.len(), "{point}: bytes without a row");
        assert_eq!(std::fs::read_dir(&folder).unwrap().count(), rows.len(), "{point}: something unfinished");
        assert_eq!(swept, if point == "files" || point.starts_with("a half") { 20 } else { 0 }, "{point}");
    }
}

#[tokio::test]
#[ignore = "run by the test below, and killed"]
async fn for_ever() {
    let Some(folder) = folder() else { return };
    let app = app_in(&folder).await;
    let picture = corpus::jpeg(&corpus::points(60, 40));
    loop {
        let row = code_of(&app, "a.jpg", picture.clone()).await.unwrap();
        println!("kept {}", row.id);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whenever_the_server_is_killed_no_row_is_without_bytes_and_no_bytes_stay_without_a_row() {
    use std::io::{BufRead, BufReader};
    let data = TempFolder::new();
    let mut said = Vec::new();
    for round in 0..12u64 {
        let mut child = again("for_ever", data.path(), "").stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let first = lines.by_ref().find(|line| line.contains("kept ")).unwrap();
        // At another moment of its work each time.
        std::thread::sleep(Duration::from_millis(17 * round % 90));
        child.kill().unwrap();
        child.wait().unwrap();
        said.extend(
            std::iter::once(first)
                .chain(lines)
                .filter_map(|line| line.split("kept ").nth(1).filter(|id| id.len() == 32).map(str::to_owned)),
        );
    }
    let app = app_in(data.path()).await;
    assert!(said.len() >= 12, "{said:?}");
    for id in &said {
        assert!(files::open(&app, id).await.unwrap().is_some(), "{id} was said to be kept");
    }
    let swept = files::sweep(&app, now() + files::GRACE * 2).await.unwrap();
    let all = rows::of_owner(&mut app.db.read().await.unwrap(), CASE).await.unwrap();
    println!("{} said to be kept, {} rows, {swept} without a row swept", said.len(), all.len());
    let mut left = app.vault.list().await.unwrap().len();
    for row in &all {
        assert!(
            files::open(&app, &row.id).await.unwrap().is_some()
                && files::open_thumb(&app, &row.id).await.unwrap().is_some()
        );
        left -= 2;
    }
    assert_eq!(left, 0);
    assert_eq!(std::fs::read_dir(data.path().join("files")).unwrap().count(), all.len() * 2, "nothing unfinished");
}
