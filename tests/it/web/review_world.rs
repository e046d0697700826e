//! A school with cases before reviewers: two departments, their clerks, the office, and what is
//! sent to them.

use menkan::app::access::Viewer;
use menkan::app::case::{self, Asked};
use menkan::app::{accounts, profile};
use menkan::args;
use menkan::case::Raw;
use menkan::clock::Instant;
use menkan::lang::Lang;
use menkan::store::access::Person;
use menkan::store::files::{self, FileRow, OwnerKind};

use super::{PASSWORD, Page, Site, Visitor, encode, own};
use crate::harness::{self, school};

/// Clerks of D1 and D2, the office, and one who is clerk of D1 and in the office.
pub const STAFF: [(&str, &str, &str); 6] = [
    ("clerk1", "clerk", "D1"),
    ("clerk2", "clerk", "D1"),
    ("elsewhere", "clerk", "D2"),
    ("office1", "office", "career"),
    ("office2", "office", "career"),
    ("both", "clerk", "D1"),
];

/// When the cases were sent: inside the window that covers their exams.
pub fn sent_at() -> Instant {
    "2026-11-10T02:00:00Z".parse().unwrap()
}

pub fn worlds() -> Vec<Site> {
    worlds_in(harness::root())
}

pub fn worlds_in(folder: &std::path::Path) -> Vec<Site> {
    let sites = Site::on_each_of(folder);
    for site in &sites {
        site.runtime.block_on(furnish(site));
    }
    sites
}

async fn furnish(site: &Site) {
    let mut tx = site.app.db.begin().await.unwrap();
    tx.run(
        "INSERT INTO units (code, name, college, kind, ordinal) VALUES ('D2', '別系', '測試學院', 'department', 2)",
        args![],
    )
    .await
    .unwrap();
    tx.run("UPDATE student_versions SET department = 'D2' WHERE student = '4110204'", args![]).await.unwrap();
    for (account, role, unit) in STAFF {
        school::staff(&mut tx, account, role, unit).await;
    }
    tx.run("INSERT INTO staff_roles (account, role, unit) VALUES ('both', 'office', 'career')", args![]).await.unwrap();
    // A clerk who is a student, too.
    tx.run("INSERT INTO staff (account, name, email) VALUES ('4110103', '兼職生', 'x@example.edu.tw')", args![])
        .await
        .unwrap();
    tx.run("INSERT INTO staff_roles (account, role, unit) VALUES ('4110103', 'clerk', 'D1')", args![]).await.unwrap();
    for department in ["D1", "D2"] {
        let entry = school::certificate(&format!("entry-{department}"), department, "115-1", "9001", "測試技術士");
        school::approved(&mut tx, &[entry]).await;
    }
    tx.commit().await.unwrap();
    for account in STAFF.iter().map(|(account, ..)| *account).chain(["4110103", "4110104", "4110201", "4110204"]) {
        accounts::create(&site.app, account, PASSWORD, Lang::ZhTw, chrono::Utc::now()).await.unwrap();
    }
}

pub async fn person(site: &Site, account: &str) -> Viewer {
    let is_student = account.starts_with('4');
    let person = Person {
        account: account.to_owned(),
        lang: "zh-TW".to_owned(),
        student_name: is_student.then(|| format!("學生{account}")),
        staff_name: (!is_student).then(|| format!("老師{account}")),
    };
    let edition = site.app.edition.load_full();
    let mut conn = site.app.db.read().await.unwrap();
    let today = edition.definition.school.calendar.today(chrono::Utc::now());
    Viewer::of(&mut conn, &edition.definition, person, today).await.unwrap()
}

pub async fn file(site: &Site, kind: OwnerKind, owner: &str, field: &str, sha256: &str) -> String {
    let id = harness::unique().replace('-', "");
    let row = FileRow {
        id: id.clone(),
        owner_kind: kind,
        owner: owner.to_owned(),
        field: field.to_owned(),
        name: format!("{field}.png"),
        media: "image/png".to_owned(),
        size: 2048,
        sha256: sha256.to_owned(),
        vault_key: id.clone(),
        thumb_key: id.clone(),
        uploaded_by: owner.to_owned(),
        at: "2026-11-10T02:00:00.000Z".to_owned(),
        removed_at: None,
    };
    let mut tx = site.app.db.begin().await.unwrap();
    files::add(&mut tx, &row).await.unwrap();
    tx.commit().await.unwrap();
    id
}

/// A case that a student has sent; the id.
pub fn sent(site: &Site, student: &str) -> String {
    site.runtime.block_on(async {
        let viewer = person(site, student).await;
        let now = sent_at();
        school::national_id(&site.app, student).await;
        let passbook = file(site, OwnerKind::Profile, student, "passbook", student).await;
        let typed = raw(&[
            ("bank", "中華郵政"),
            ("branch", "測試分局"),
            ("bank_code", "700"),
            ("branch_code", "0021"),
            ("account", "00012345678901"),
            ("passbook", passbook.as_str()),
        ]);
        let edition = site.app.edition.load_full();
        profile::keep(&site.app, &edition, student, &typed, 0, now).await.unwrap();
        let begun = case::begin(&site.app, &viewer, "certificate", &harness::unique(), now).await.unwrap();
        let entry = if student == "4110204" { "entry-D2" } else { "entry-D1" };
        let mut typed =
            raw(&[("exam_date", "115/9/10"), ("certificate", entry), ("other_aid", ""), ("exam_fee", "3000")]);
        for field in ["exam_proof", "receipt"] {
            // Everyone sends the same proof.
            let sha256 = if field == "exam_proof" { "same".to_owned() } else { harness::unique() };
            typed.insert(field.to_owned(), file(site, OwnerKind::Case, &begun.id, field, &sha256).await);
        }
        case::keep(&site.app, &viewer, &begun.id, 1, &typed, now).await.unwrap();
        act_as(site, student, &begun.id, "submit", now).await;
        begun.id
    })
}

pub fn raw(pairs: &[(&str, &str)]) -> Raw {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// A move by its use case, at a moment.
pub async fn act_as(site: &Site, account: &str, id: &str, step: &str, now: Instant) {
    let viewer = person(site, account).await;
    let sql = "SELECT version FROM cases WHERE id = $1";
    let (seen,): (i64,) = site.app.db.read().await.unwrap().one(sql, args![id]).await.unwrap();
    let nonce = harness::unique();
    let named = if step == "return" { vec!["exam_fee"] } else { Vec::new() };
    let asked = Asked { step, seen, note: "請看備註", named, nonce: &nonce, ..Asked::default() };
    case::act(&site.app, &viewer, id, &asked, now).await.unwrap();
}

pub fn done(site: &Site, account: &str, id: &str, step: &str) {
    site.runtime.block_on(act_as(site, account, id, step, sent_at()));
}

/// A number from the database.
pub fn number(site: &Site, sql: &str) -> i64 {
    site.runtime.block_on(async {
        let (count,): (i64,) = site.app.db.read().await.unwrap().one(sql, args![]).await.unwrap();
        count
    })
}

pub fn state(site: &Site, id: &str) -> String {
    site.runtime.block_on(async {
        let sql = "SELECT state FROM cases WHERE id = $1";
        let (state,): (String,) = site.app.db.read().await.unwrap().one(sql, args![id]).await.unwrap();
        state
    })
}

/// Presses a button of the page of a case, as the page at `path` stands.
pub fn press(who: &mut Visitor, id: &str, fields: &[(&str, &str)]) -> Page {
    let page = who.get(&format!("/review/{id}"));
    let body = form(&page, fields);
    who.post(&format!("/review/{id}"), &own(who.address), &body)
}

/// A form with what the page says that was seen.
pub fn form(page: &Page, fields: &[(&str, &str)]) -> String {
    let seen = page.body.split("name=\"seen\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or("0");
    let mut body = format!("token={}&seen={seen}", page.token());
    for (name, value) in fields {
        body.push_str(&format!("&{name}={}", encode(value)));
    }
    body
}

/// What a page's hidden field holds.
pub fn value<'a>(page: &'a Page, name: &str) -> &'a str {
    let after = page.body.split(&format!("name=\"{name}\" value=\"")).nth(1).unwrap_or_default();
    after.split('"').next().unwrap_or_default()
}
