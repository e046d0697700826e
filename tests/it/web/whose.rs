//! Whose a case is, over HTTP: each of its pages and files asked by everyone, for a draft, for one that
//! was sent, for one that is over and for one that there is not; and reading them changes nothing. S1, S15.

use menkan::app::accounts;
use menkan::lang::Lang;
use menkan::web::routes;

use super::review_world::{done, number, person, sent, sent_at, state, worlds};
use super::{PASSWORD, Site, Visitor, own};
use crate::harness::{self, school};

/// Accounts, and what they are to a case of 4110101 of D1.
const READERS: [(&str, &str); 12] = [
    ("", "nobody"),
    ("4110101", "applicant"),
    ("4110102", "student"),
    // A student who is a clerk of D1, too.
    ("4110103", "student and party"),
    ("clerk1", "party"),
    ("office1", "party"),
    ("both", "party"),
    ("elsewhere", "staff"),
    ("social", "staff"),
    ("tutor01", "staff"),
    ("head", "staff"),
    ("admin", "overseer"),
];

/// Of a case: its id, one of its files, and how far it is.
struct Object {
    case: String,
    file: String,
    kind: &'static str,
}

const PATHS: [&str; 8] = [
    "/cases/{case}",
    "/cases/{case}/edit",
    "/cases/{case}/check",
    "/cases/{case}/discard",
    "/cases/{case}/do/withdraw",
    "/files/{file}",
    "/files/{file}?small=1",
    "/review/{case}",
];

/// What is answered: 200 shown, 303 led on, 403 no door, 404 there is none.
fn expected(path: &str, who: &str, kind: &str) -> &'static [u16] {
    let student = matches!(who, "applicant" | "student" | "student and party");
    let of_students = path.starts_with("/cases/{case}/");
    let of_staff = path.starts_with("/review/");
    match (who, kind) {
        ("nobody", _) => &[303],
        _ if of_students && !student => &[403],
        ("applicant" | "student", _) if of_staff => &[403],
        (_, "missing") => &[404],
        // A case that is not open for it leads on or says so.
        ("applicant", _) if of_students => &[200, 303, 409],
        ("applicant", _) => &[200],
        (_, "draft") => &[404],
        ("party" | "student and party" | "overseer", _) if path == "/cases/{case}" => &[303],
        ("party" | "student and party" | "overseer", _) if !of_students => &[200],
        _ => &[404],
    }
}

/// Bytes for the rows that stand for files.
async fn with_bytes(site: &Site, case: &str) -> String {
    let mut conn = site.app.db.read().await.unwrap();
    let owner = menkan::store::files::Owner { kind: menkan::store::files::OwnerKind::Case, id: case };
    let row = menkan::store::files::of_owner(&mut conn, owner).await.unwrap().remove(0);
    let key = menkan::vault::new_key().unwrap();
    let sql = format!("UPDATE files SET vault_key = '{key}', thumb_key = '{key}' WHERE id = '{}'", row.id);
    drop(conn);
    let mut tx = site.app.db.begin().await.unwrap();
    tx.run(&sql, &[]).await.unwrap();
    tx.commit().await.unwrap();
    let picture = menkan::app::files::picture::grey_png(8, 8, vec![7; 64]).unwrap();
    site.app.vault.put(&key, &picture).await.unwrap();
    row.id
}

fn objects(site: &Site) -> Vec<Object> {
    let mut out = Vec::new();
    for (student, kind) in [("4110101", "sent"), ("4110201", "over")] {
        let case = sent(site, student);
        if kind == "over" {
            // Of the same applicant in the eyes of all.
            done(site, "clerk1", &case, "endorse");
            done(site, "office1", &case, "pass");
            site.sql(&format!("UPDATE cases SET applicant = '4110101' WHERE id = '{case}'"));
        }
        let file = site.runtime.block_on(with_bytes(site, &case));
        out.push(Object { case, file, kind });
    }
    let case = site.runtime.block_on(async {
        let student = person(site, "4110104").await;
        let nonce = harness::unique();
        let begun = menkan::app::case::begin(&site.app, &student, "certificate", &nonce, sent_at()).await.unwrap();
        begun.id
    });
    let file = harness::unique().replace('-', "");
    site.sql(&format!("UPDATE cases SET open_slot = 2, applicant = '4110101' WHERE id = '{case}'"));
    site.sql(&format!(
        "INSERT INTO files (id, owner_kind, owner, field, name, media, size, sha256, vault_key, thumb_key, uploaded_by, at)
         SELECT '{file}', owner_kind, '{case}', field, name, media, size, sha256, vault_key, thumb_key, uploaded_by, at
         FROM files WHERE id = '{}'",
        out[0].file
    ));
    out.push(Object { case, file, kind: "draft" });
    out.push(Object { case: "0".repeat(32), file: "0".repeat(32), kind: "missing" });
    out
}

fn readers(site: &Site) -> Vec<(Visitor, &'static str, &'static str)> {
    site.runtime.block_on(async {
        let mut tx = site.app.db.begin().await.unwrap();
        school::staff(&mut tx, "social", "office", "student-activities").await;
        tx.commit().await.unwrap();
        accounts::create(&site.app, "social", PASSWORD, Lang::ZhTw, chrono::Utc::now()).await.unwrap();
    });
    let visitor = |account: &str| if account.is_empty() { site.visitor() } else { site.signed_in(account) };
    READERS.into_iter().map(|(account, who)| (visitor(account), account, who)).collect()
}

#[test]
fn a_case_and_its_files_are_shown_to_whose_they_are_and_to_nobody_else() {
    for site in worlds() {
        let objects = objects(&site);
        let (mut cells, mut wrong) = (0, Vec::new());
        for (mut reader, account, who) in readers(&site) {
            for object in &objects {
                for path in PATHS {
                    let address = path.replace("{case}", &object.case).replace("{file}", &object.file);
                    let page = reader.get(&address);
                    let expected = expected(path, who, object.kind);
                    cells += 1;
                    // Nobody is told that they guess too much: so few are no guesses.
                    if !expected.contains(&page.status) {
                        wrong.push(format!(
                            "{account} {path} of the {}: {}, not {expected:?}",
                            object.kind, page.status
                        ));
                    }
                    if who != "applicant" && page.status != 200 && page.body.contains("測試技術士") {
                        wrong.push(format!("{account} {path} of the {}: tells of the certificate", object.kind));
                    }
                }
            }
        }
        assert!(wrong.is_empty(), "{}: {} of {cells} wrong:\n{}", site.db.kind, wrong.len(), wrong.join("\n"));
        println!("{}: {cells} cells", site.db.kind);
    }
}

#[test]
fn reading_of_cases_changes_nothing() {
    let site = worlds().remove(0);
    let objects = objects(&site);
    let paths: Vec<String> = routes::all()
        .into_iter()
        .filter(|route| route.method == "GET")
        .flat_map(|route| {
            objects.iter().map(move |object| {
                route
                    .path
                    .replace("{case}", &object.case)
                    .replace("{file}", &object.file)
                    .replace("{workflow}", "certificate")
                    .replace("{catalogue}", "certificate-list")
                    .replace("{budget}", "certificate-subsidy")
                    .replace("{year}", "2026")
                    .replace("{move}", "withdraw")
                    .split('/')
                    .map(|part| if part.starts_with('{') { "1" } else { part })
                    .collect::<Vec<_>>()
                    .join("/")
            })
        })
        .collect::<std::collections::BTreeSet<_>>()
        .into_iter()
        .filter(|path| {
            ["cases", "review", "files", "queue", "payments", "catalogues", "apply", "profile", "delegation"]
                .iter()
                .any(|part| path.starts_with(&format!("/{part}")))
        })
        .collect();
    assert!(paths.len() >= 30, "{paths:?}");
    let mut readers = readers(&site);
    let before = super::pages::contents(&site);
    let mut seen = 0;
    for (reader, account, _) in &mut readers {
        for path in &paths {
            let page = reader.get(path);
            assert!(page.status < 500, "{account} {path}: {}", page.body);
            seen += usize::from(page.status == 200);
            reader.ask("HEAD", path, &[], "");
        }
    }
    assert!(seen > 60, "{seen}");
    let after = super::pages::contents(&site);
    for (table, rows) in before.iter().filter(|(table, _)| !table.starts_with("audit")) {
        assert_eq!(Some(rows), after.get(table), "{table}");
    }
    // The log tells of each list that left as a file, and of nothing else.
    let lines = after["audit"].len() - before["audit"].len();
    assert!(before["audit"].iter().all(|line| after["audit"].contains(line)));
    assert_eq!(number(&site, "SELECT COUNT(*) FROM audit WHERE action = 'export list'"), lines as i64);
    assert!(lines > 10, "{lines}");
}

/// H9: whoever works here and studies here has two accounts, and is one person.
#[test]
fn nobody_decides_their_own_case_under_another_account() {
    for site in worlds() {
        let case = sent(&site, "4110101");
        site.runtime.block_on(async {
            let mut tx = site.app.db.begin().await.unwrap();
            for account in ["wang", "wang2"] {
                school::staff(&mut tx, account, "clerk", "D1").await;
            }
            tx.run("UPDATE staff SET student = '4110101' WHERE account IN ('wang', 'wang2')", &[]).await.unwrap();
            tx.run("INSERT INTO staff_roles VALUES ('wang2', 'office', 'career')", &[]).await.unwrap();
            tx.commit().await.unwrap();
            for account in ["wang", "wang2"] {
                accounts::create(&site.app, account, PASSWORD, Lang::ZhTw, chrono::Utc::now()).await.unwrap();
            }
        });
        let mut wang = site.signed_in("wang");
        let review = format!("/review/{case}");
        let page = wang.get(&review);
        assert!(page.status == 200 && page.body.contains("這是你自己的申請"), "{}", page.body);
        let body = format!("token={}&seen=2&step=endorse", page.token());
        let tried = wang.post(&review, &own(site.address), &body);
        assert!(tried.status == 403 && tried.body.contains("不能審查自己的申請"), "{} {}", tried.status, tried.body);
        // Nor both reviews of another's under two accounts.
        let other = sent(&site, "4110102");
        done(&site, "wang", &other, "endorse");
        let mut second = site.signed_in("wang2");
        let token = second.get("/queue").token();
        let body = format!("token={token}&seen=3&step=pass");
        let tried = second.post(&format!("/review/{other}"), &own(site.address), &body);
        assert!(tried.status == 403 && tried.body.contains("不能再審這一關"), "{} {}", tried.status, tried.body);
        assert_eq!((state(&site, &case).as_str(), state(&site, &other).as_str()), ("in_review", "endorsed"));
        done(&site, "office1", &other, "pass");
    }
}
