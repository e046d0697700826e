//! R5: the disk of the database is full. What is sent is refused in words and nothing of it is kept,
//! what was saved is read as ever, and once there is room it goes on.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::filing::{self, STUDENT, Window, begin, count, fill, leads, right, save, send};
use super::{Site, own};
use crate::harness::TempFolder;

/// A small disk of its own; `None` where none can be mounted.
struct Disk(PathBuf);

impl Disk {
    fn mount(at: &Path) -> Option<Disk> {
        let mount = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=64m", "tmpfs"])
            .arg(at)
            .stderr(Stdio::null())
            .status();
        if mount.is_ok_and(|status| status.success()) {
            return Some(Disk(at.to_owned()));
        }
        assert!(std::env::var("MENKAN_TEST_ALL").is_err(), "MENKAN_TEST_ALL is set, so a tmpfs must be mountable");
        println!("not run: no disk can be mounted here");
        None
    }

    /// Takes all the room that is left.
    fn fill(&self) {
        let mut file = std::fs::File::create(self.0.join("ballast")).unwrap();
        for size in [1 << 16, 1 << 12, 1] {
            while std::io::Write::write_all(&mut file, &vec![b'x'; size]).is_ok() {}
        }
    }

    fn make_room(&self) {
        std::fs::remove_file(self.0.join("ballast")).unwrap();
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

/// What a case may leave behind.
fn rows(site: &Site) -> Vec<i64> {
    ["cases", "case_events", "case_requests", "payments", "outbox", "audit", "files"]
        .map(|table| count(site, &format!("SELECT COUNT(*) FROM {table}")))
        .into()
}

#[test]
fn a_full_disk_loses_nothing_and_keeps_no_half_of_anything() {
    for postgres in [false, true] {
        let data = TempFolder::new();
        let Some(disk) = Disk::mount(data.path()) else { return };
        let folder = filing::folder_with(Window::Open);
        if let Some(site) = Site::on_disk(folder.path(), data, postgres) {
            fills_up(site, &disk);
        }
    }
}

fn fills_up(site: Site, disk: &Disk) {
    site.runtime.block_on(filing::furnish(&site));
    let mut student = site.signed_in(STUDENT);
    filing::complete_profile(&mut student);
    let id = begin(&mut student);
    fill(&mut student, &id);
    let (edit, check) = (format!("/cases/{id}/edit"), format!("/cases/{id}/check"));
    let page = student.get(&check);
    let body = filing::sending(&page);
    let typed = student.get(&edit);
    assert!(typed.body.contains("3,000"));

    disk.fill();
    let before = rows(&site);
    let (accounts, mut asked) = (["tutor01", "4110101", "4110102", "admin"], 0);
    let (mut refused, began) = (0, Instant::now());
    // The log may still have some room of its own: all is tried until there is none.
    while refused < 5 {
        assert!(began.elapsed() < Duration::from_secs(30), "the disk is not full");
        // PostgreSQL writes a draft anew where the old one stood, but a session more takes room.
        let answer = match site.db.kind {
            "postgres" => {
                asked += 1;
                site.visitor().sign_in(accounts[asked % accounts.len()], super::PASSWORD)
            }
            _ => save(&mut student, &id, "save", &right("2025-01-01"), &[]),
        };
        if answer.status == 303 || answer.status == 422 {
            continue;
        }
        assert_eq!(answer.status, 507, "{}", answer.body);
        assert!(answer.body.contains("磁碟已滿") && answer.body.contains("稍後再送一次"), "{}", answer.body);
        assert!(!answer.header("retry-after").is_empty());
        refused += 1;
    }
    let now_typed = student.get(&edit).body;
    // A file is refused at its field where the database can say so, or with the page of the disk.
    let photo = filing::picture(99);
    let answer =
        save(&mut student, &id, "save", &right(&filing::exam().to_string()), &[("exam_proof", "more.png", &photo)]);
    assert!(matches!(answer.status, 422 | 507), "{} {}", answer.status, answer.body);
    assert_eq!(rows(&site), before, "something of what was refused is there");
    let answer = student.post(&check, &own(site.address), &body);
    // PostgreSQL's tables may have room for a few rows in what they hold of the disk: then all of it is there.
    let sent = site.db.kind == "postgres" && answer.status == 303;
    if sent {
        assert_eq!(count(&site, "SELECT COUNT(*) FROM case_events WHERE step = 'submit'"), 1);
    } else {
        assert_eq!(answer.status, 507, "{}", answer.body);
        assert!(answer.body.contains("磁碟已滿"), "{}", answer.body);
        assert_eq!(rows(&site), before, "something of what was refused is there");
    }
    // What was saved is read as ever, also by those who sign in by a session that they have.
    let forms: &[&str] = if sent { &[] } else { &[&edit, &check] };
    for path in ["/me", "/cases", &format!("/cases/{id}"), "/profile", "/readyz"].iter().chain(forms) {
        let page = student.get(path);
        assert_eq!(page.status, 200, "{path}: {}", page.body);
    }
    if !sent {
        assert_eq!(filing::value(&student.get(&edit), "version"), "1");
    }
    assert!(now_typed.contains("proof.png"));
    // The form of somebody who signs in is refused in words, too.
    let answer = site.visitor().sign_in("head", super::PASSWORD);
    assert!(matches!(answer.status, 303 | 507), "{} {}", answer.status, answer.body);

    disk.make_room();
    let began = Instant::now();
    assert_eq!(site.visitor().sign_in("head", super::PASSWORD).status, 303);
    if !sent {
        fill(&mut student, &id);
        leads(&send(&mut student, &id));
    }
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    println!("refused while full; sent {:?} after there was room", began.elapsed());
    assert_eq!(count(&site, "SELECT COUNT(*) FROM case_events WHERE step = 'submit'"), 1);
    site.runtime.block_on(async {
        let mut conn = site.app.db.read().await.unwrap();
        if site.db.kind == "sqlite" {
            let (whole,): (String,) = conn.one("PRAGMA integrity_check", &[]).await.unwrap();
            assert_eq!(whole, "ok");
        }
    });
}
