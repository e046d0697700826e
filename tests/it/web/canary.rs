//! S2: marks in what is private and nowhere else. A case goes its whole way; then every page is read by
//! everyone, and the database's files, the log, the letters, the exports and the audit log are looked
//! through: each mark stands where it may, and nowhere else.

use std::io::Write;
use std::path::Path;
use std::sync::{Arc, Mutex};

use menkan::app::money::{self, Freezing};
use menkan::app::tokens::{self, Scope, Wanted};
use menkan::app::{accounts, files, profile};
use menkan::args;
use menkan::lang::Lang;
use menkan::store::files::{Owner, OwnerKind};
use menkan::store::profiles;
use menkan::web::{api, routes};

use super::filing::{self, OTHER, STUDENT, Window, begin, exam, right, save, send, today};
use super::review_world::{form, person};
use super::{PASSWORD, Site, own};
use crate::files::corpus;
use crate::harness::{TempFolder, school, sqlite_in};

const ACCOUNT: &str = "00987654321098";
const NATIONAL_ID: &str = "A198765432";
const NOTE: &str = "便條金絲雀5512";

/// What the server's own threads log, all of it.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn runtime(log: &Log) -> tokio::runtime::Runtime {
    let log = log.clone();
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .on_thread_start(move || {
            let log = log.clone();
            let subscriber = tracing_subscriber::fmt()
                .with_max_level(tracing::Level::TRACE)
                .with_ansi(false)
                .with_writer(move || log.clone())
                .finish();
            // For as long as the thread lives.
            std::mem::forget(tracing::subscriber::set_default(subscriber));
        })
        .build()
        .unwrap()
}

fn holds(bytes: &[u8], mark: &[u8]) -> bool {
    bytes.windows(mark.len()).any(|window| window == mark)
}

/// Every file below a folder that holds a mark.
fn found_in(folder: &Path, mark: &[u8]) -> Vec<String> {
    let mut out = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            out.extend(found_in(&path, mark));
        } else if std::fs::read(&path).is_ok_and(|bytes| holds(&bytes, mark)) {
            out.push(path.display().to_string());
        }
    }
    out
}

/// A student with a complete profile and sealed columns of the school's record.
fn private(site: &Site, account: &str) {
    let mut student = site.signed_in(account);
    let token = student.get("/profile").token();
    let photo = corpus::jpeg_with_exif(&corpus::points(200, 150), 6);
    assert!(holds(&photo, corpus::CANARY.as_bytes()));
    let fields = [
        ("token", token.as_str()),
        ("version", "0"),
        ("do", "save"),
        ("bank", "中華郵政"),
        ("branch", "測試分局"),
        ("bank_code", "700"),
        ("branch_code", "0021"),
        ("account", if account == STUDENT { ACCOUNT } else { "00011112222333" }),
    ];
    student.send_files("/profile", &fields, &[("passbook", "cover.jpg", &photo)]);
    site.runtime.block_on(async {
        crate::harness::school::has_national_id(&site.app, account, NATIONAL_ID).await;
    });
}

#[test]
fn private_data_stands_where_it_may_and_nowhere_else() {
    let (log, data, folder) = (Log::default(), TempFolder::new(), filing::folder_with(Window::Open));
    let runtime = runtime(&log);
    let place = data.path().to_owned();
    let db = runtime.block_on(sqlite_in(&place));
    let site = Site::with(runtime, folder.path().to_owned(), db, data);
    site.runtime.block_on(async {
        filing::furnish(&site).await;
        let mut tx = site.app.db.begin().await.unwrap();
        for (account, unit) in [("office1", "career"), ("social", "student-activities")] {
            school::staff(&mut tx, account, "office", unit).await;
        }
        tx.commit().await.unwrap();
        for account in ["office1", "social"] {
            accounts::create(&site.app, account, PASSWORD, Lang::ZhTw, chrono::Utc::now()).await.unwrap();
        }
    });
    private(&site, STUDENT);
    let mut student = site.signed_in(STUDENT);
    let id = begin(&mut student);
    let photo = corpus::jpeg_with_exif(&corpus::points(240, 160), 1);
    let typed = right(&exam().to_string());
    save(&mut student, &id, "save", &typed, &[("exam_proof", "proof.jpg", &photo)]);
    save(&mut student, &id, "save", &typed, &[("receipt", "receipt.jpg", &photo)]);
    // Something to be logged.
    save(&mut student, &id, "save", &typed, &[("receipt", "receipt.exe", b"MZ")]);
    assert_eq!(send(&mut student, &id).status, 303);
    let (mut clerk, mut office) = (site.signed_in("clerk1"), site.signed_in("office1"));
    let review = format!("/review/{id}");
    for (step, again) in [("return", true), ("endorse", false), ("pass", false)] {
        let who = if step == "pass" { &mut office } else { &mut clerk };
        let page = who.get(&review);
        let fields = [("step", step), ("note", NOTE), ("named", "exam_proof")];
        // Only a return names fields.
        let body = form(&page, if again { &fields } else { &fields[..2] });
        assert_eq!(who.post(&review, &own(site.address), &body).status, 303, "{step}");
        if again {
            assert_eq!(send(&mut student, &id).status, 303);
        }
    }
    // Whoever says why is shown it, and whoever pays is told it.
    let page = clerk.get(&review);
    let body = form(&page, &[("reason", "核對")]);
    let shown = clerk.post(&format!("{review}/reveal"), &own(site.address), &body);
    assert!(shown.body.contains(ACCOUNT) && shown.body.contains(NATIONAL_ID), "{}", shown.body);
    let cells = site.runtime.block_on(async {
        let (office, now) = (person(&site, "office1").await, chrono::Utc::now());
        let year = chrono::Datelike::year(&today());
        let budget = "certificate-subsidy";
        let mut conn = site.app.db.read().await.unwrap();
        let ready = money::rehearse(&site.app, &mut conn, &office, budget, year, now).await.unwrap();
        drop(conn);
        let wanted = Freezing { budget, year, asked: &ready.asked };
        let batch = money::freeze(&site.app, &office, wanted, Lang::ZhTw, now).await.unwrap();
        let (_, bytes) = money::export(&site.app, &office, &batch.id, "付款", now).await.unwrap();
        crate::money::cells(&bytes).concat()
    });
    assert!(cells.iter().any(|cell| cell == ACCOUNT) && cells.iter().any(|cell| cell == NATIONAL_ID));
    assert!(!cells.iter().any(|cell| cell.contains(NOTE)));

    // Every page, by everyone.
    let file = site.runtime.block_on(async {
        let mut conn = site.app.db.read().await.unwrap();
        let owner = Owner { kind: OwnerKind::Case, id: &id };
        menkan::store::files::of_owner(&mut conn, owner).await.unwrap().remove(0).id
    });
    let (mut read, mut wrong) = (0, Vec::new());
    for account in [STUDENT, OTHER, "clerk1", "office1", "social", "tutor01", "head", "admin"] {
        let mut reader = site.signed_in(account);
        let wanted = Wanted { account, name: "", scopes: &Scope::ALL, days: 1 };
        let token = site.runtime.block_on(tokens::create(&site.app, wanted, chrono::Utc::now())).unwrap().text;
        let pages = routes::all().into_iter().map(|route| (route.method, route.path));
        let all = pages.chain(api::endpoints().into_iter().map(|endpoint| (endpoint.method, endpoint.path)));
        for (_, path) in all.filter(|(method, _)| *method == "GET") {
            let named = path.replace("{case}", &id).replace("{file}", &file).replace("{student}", STUDENT);
            let named =
                named.replace("{class}", "C01").replace("{department}", "D1").replace("{requirement}", "certificate");
            let named = named.replace("{budget}", "certificate-subsidy").replace("{year}", "2026");
            let path = named.replace("{workflow}", "certificate").replace("{catalogue}", "certificate-list");
            let page = reader.ask("GET", &path, &[("Authorization", format!("Bearer {token}"))], "");
            read += usize::from(page.status == 200);
            let party = [STUDENT, "clerk1", "office1", "admin"].contains(&account);
            let of_case = path == review || [format!("/cases/{id}"), format!("/api/v1/cases/{id}")].contains(&path);
            // One's own list says what the last decision said.
            let own_list = account == STUDENT && path == "/cases";
            for (mark, may) in
                [(ACCOUNT, false), (NATIONAL_ID, false), (corpus::CANARY, false), (NOTE, party && of_case || own_list)]
            {
                if page.body.contains(mark) && !may {
                    wrong.push(format!("{path} shows {account} {mark}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(read > 80, "{read}");
    assert!(student.get(&format!("/cases/{id}")).body.contains(NOTE), "a note is read by whom it is for");

    // Letters, the audit log, what is on the disk, and the log.
    let (letters, audit) = site.runtime.block_on(async {
        let mut conn = site.app.db.read().await.unwrap();
        let letters: Vec<(String, String, String, String)> =
            conn.all("SELECT recipient, subject, head, body FROM outbox", args![]).await.unwrap();
        let bodies: Vec<(String,)> = conn.all("SELECT body FROM outbox_bodies", args![]).await.unwrap();
        let audit: Vec<(String, String)> = conn.all("SELECT action, detail FROM audit", args![]).await.unwrap();
        (format!("{letters:?}{bodies:?}"), format!("{audit:?}"))
    });
    assert!(letters.contains(&format!("{STUDENT}@example.edu.tw")), "{letters}");
    assert!(audit.contains("reveal private data") && audit.contains("export private data"));
    let opened = site.runtime.block_on(files::open(&site.app, &file)).unwrap().unwrap().bytes;
    let middle = &opened[opened.len() / 2..opened.len() / 2 + 48];
    let logged = log.0.lock().unwrap().clone();
    let said = String::from_utf8_lossy(&logged).into_owned();
    assert!(said.contains("a file was not taken"), "nothing was logged: {said}");
    // H1: who asked for another's case.
    let asked = format!("account=\"{OTHER}\" path=\"/cases/{id}\"");
    assert!(said.contains(&asked), "that {OTHER} asked for it is not in the log");
    for mark in [ACCOUNT, NATIONAL_ID, corpus::CANARY] {
        assert!(!letters.contains(mark) && !audit.contains(mark), "{mark} in a letter or the audit log");
        assert_eq!(found_in(&place, mark.as_bytes()), Vec::<String>::new(), "{mark} on the disk");
        assert!(!holds(&logged, mark.as_bytes()), "{mark} in the log");
    }
    assert!(!audit.contains(NOTE), "a note in the audit log");
    assert!(!holds(&logged, NOTE.as_bytes()), "a note in the log");
    assert_eq!(found_in(&place, middle), Vec::<String>::new(), "a scan in plain");
    assert!(!found_in(&place, b"case_events").is_empty(), "nothing was looked through");
}

/// S21: an answer that was sealed for another person or another field is not there; nothing is paid by it.
#[test]
fn a_sealed_answer_that_was_moved_or_changed_does_not_open() {
    let site = filing::world(Window::Open).sites.remove(0);
    private(&site, STUDENT);
    private(&site, OTHER);
    site.runtime.block_on(async {
        let edition = site.app.edition.load_full();
        let mut conn = site.app.db.read().await.unwrap();
        let (mine, _) = profiles::read(&mut conn, STUDENT).await.unwrap().unwrap();
        let (theirs, _) = profiles::read(&mut conn, OTHER).await.unwrap().unwrap();
        drop(conn);
        let of = |raw: &str| -> serde_json::Map<String, serde_json::Value> { serde_json::from_str(raw).unwrap() };
        let sealed = of(&theirs)["account"].as_str().unwrap().to_owned();
        let own = of(&mine)["account"].as_str().unwrap().to_owned();
        let mut tried = vec![
            ("moved from another", sealed),
            ("cut", own[..own.len() - 2].to_owned()),
            ("plain", ACCOUNT.to_owned()),
        ];
        for at in (0..own.len()).step_by(3) {
            let other = if &own[at..=at] == "0" { "1" } else { "0" };
            tried.push(("changed", format!("{}{other}{}", &own[..at], &own[at + 1..])));
        }
        assert!(tried.len() > 30);
        for (how, text) in tried {
            let mut raw = of(&mine);
            raw.insert("account".to_owned(), text.into());
            let raw = serde_json::Value::Object(raw).to_string();
            let mut tx = site.app.db.begin().await.unwrap();
            tx.run("UPDATE profiles SET raw = $1 WHERE account = $2", args![&raw, STUDENT]).await.unwrap();
            tx.commit().await.unwrap();
            let mut conn = site.app.db.read().await.unwrap();
            let kept = profile::read(&site.app, &mut conn, &edition.definition, STUDENT).await.unwrap();
            assert_eq!(kept.raw.get("account"), None, "{how}");
            let complete = profile::is_complete(&site.app, &mut conn, STUDENT, chrono::Utc::now()).await.unwrap();
            assert!(!complete, "{how}: what cannot be read is asked for again");
        }
    });
}
