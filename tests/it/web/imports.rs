//! Who may bring which files and take them back: an office its own credits, an administrator all.

use menkan::app::access::Viewer;
use menkan::app::accounts;
use menkan::app::import::{self, Kind};
use menkan::app::uploads::{self, Kept};
use menkan::args;
use menkan::lang::Lang;

use super::{PASSWORD, Site};
use crate::harness::school;
use crate::import::request;

const ATTACK: &str = "帳號,姓名,電子郵件,角色,單位\nsocial,老師social,social@example.edu.tw,admin,\n";

/// Besides the small school, an office for two of the requirements.
fn site() -> Site {
    let site = Site::start();
    site.runtime.block_on(async {
        let mut tx = site.app.db.begin().await.unwrap();
        school::staff(&mut tx, "social", "office", "student-activities").await;
        school::staff(&mut tx, "stress", "office", "teaching-resources").await;
        tx.commit().await.unwrap();
        for account in ["social", "stress"] {
            accounts::create(&site.app, account, PASSWORD, Lang::ZhTw, chrono::Utc::now()).await.unwrap();
        }
    });
    site
}

fn roles(site: &Site, account: &str) -> Vec<String> {
    site.runtime.block_on(async {
        let mut conn = site.app.db.read().await.unwrap();
        let sql = "SELECT role FROM staff_roles WHERE account = $1 ORDER BY role";
        conn.all::<(String,)>(sql, args![account]).await.unwrap().into_iter().map(|(role,)| role).collect()
    })
}

fn credits(rows: &[&str]) -> String {
    format!("學號,類別,數量,發生日期,名稱,登錄日期\n{}\n", rows.join("\n"))
}

fn keep(site: &Site, by: &str, kind: Kind, text: &str) -> String {
    let kept = Kept {
        by: by.to_owned(),
        kind: kind.id().to_owned(),
        name: "a.csv".to_owned(),
        effective: String::new(),
        bytes: text.as_bytes().to_vec(),
    };
    uploads::keep(&site.app.settings, &kept).unwrap()
}

/// Uploads, saves, and gives the import's number.
fn saved(site: &Site, by: &str, text: &str) -> i64 {
    let mut visitor = site.signed_in(by);
    let page = visitor.upload("credits", "hours.csv", text);
    assert_eq!(page.status, 303, "{}", page.body);
    let upload = page.header("location").rsplit('/').next().unwrap().to_owned();
    let page = visitor.send("/imports", "/imports/save", &[("upload", &upload)]);
    assert_eq!(page.status, 200, "{}", page.body);
    site.runtime.block_on(async {
        let mut conn = site.app.db.read().await.unwrap();
        conn.one::<(i64,)>("SELECT MAX(id) FROM imports", args![]).await.unwrap().0
    })
}

/// Entries are of a catalogue that takes files, and this school has none.
const RECORDS: [Kind; 5] = [Kind::Units, Kind::Staff, Kind::Classes, Kind::Students, Kind::Credits];

#[test]
fn everyone_brings_the_kinds_of_files_that_are_theirs() {
    let site = site();
    for (account, own) in [
        ("tutor01", &[][..]),
        ("head", &[]),
        ("social", &[Kind::Credits]),
        ("stress", &[Kind::Credits]),
        ("admin", &RECORDS),
    ] {
        let mut visitor = site.signed_in(account);
        let page = visitor.get("/imports");
        assert_eq!(page.status, if own.is_empty() { 403 } else { 200 }, "{account}");
        for kind in RECORDS {
            let may = own.contains(&kind);
            let offered = page.body.contains(&format!("<option value=\"{}\"", kind.id()));
            assert_eq!(offered, may, "{account} is offered {kind:?}");
            let sent = visitor.upload(kind.id(), "a.csv", "x\n");
            assert_eq!(sent.status, if may { 303 } else { 403 }, "{account} sends {kind:?}");
            // Nor does one that was kept in some other way get further.
            let upload = keep(&site, account, kind, "x\n");
            let checked = visitor.get(&format!("/imports/check/{upload}"));
            assert_eq!(checked.status, if may { 200 } else { 403 }, "{account} checks {kind:?}");
            let refused = visitor.get(&format!("/imports/refused/{upload}"));
            assert_eq!(refused.status == 403, !may, "{account} asks for the refused rows of {kind:?}");
        }
    }
}

#[test]
fn an_office_does_not_make_itself_administrator() {
    let site = site();
    let mut office = site.signed_in("social");
    assert_eq!(office.upload("staff", "staff.csv", ATTACK).status, 403);
    let upload = keep(&site, "social", Kind::Staff, ATTACK);
    let saved = office.send("/imports", "/imports/save", &[("upload", &upload), ("accept_good", "yes")]);
    assert_eq!(saved.status, 403, "{}", saved.body);
    assert_eq!(roles(&site, "social"), ["office"]);
    // The use case itself refuses it, whatever page asks.
    let outcome = site.runtime.block_on(async {
        let edition = site.app.edition.load_full();
        let today = edition.definition.school.calendar.today(chrono::Utc::now());
        let mut conn = site.app.db.read().await.unwrap();
        let viewer = Viewer::load(&mut conn, &edition.definition, "social", today).await.unwrap();
        drop(conn);
        let asked = import::Request { viewer, accept_good: true, ..request(Kind::Staff, ATTACK, "2025-08-01") };
        import::run(&site.app, asked, chrono::Utc::now()).await.unwrap()
    });
    assert!(outcome.batch.is_none() && outcome.refused.len() == 1, "{outcome:?}");
    assert_eq!(roles(&site, "social"), ["office"]);
    assert_eq!(office.get("/rules").status, 403);
    // The same file in an administrator's hands is an import like any other.
    let mut admin = site.signed_in("admin");
    let page = admin.upload("staff", "staff.csv", ATTACK);
    let upload = page.header("location").rsplit('/').next().unwrap().to_owned();
    assert_eq!(admin.send("/imports", "/imports/save", &[("upload", &upload)]).status, 200);
    assert_eq!(roles(&site, "social"), ["admin"]);
}

#[test]
fn rows_of_another_offices_categories_are_refused_with_whose_they_are() {
    let site = site();
    let mut office = site.signed_in("social");
    let text = credits(&[
        "4110101,社會接軌,10,2025-10-01,志工,2025-10-02",
        "4110101,抗壓,3,2025-10-01,演講,2025-10-02",
        "4110101,美學,4,2025-10-01,展覽,2025-10-02",
    ]);
    let page = office.upload("credits", "hours.csv", &text);
    let path = page.header("location").to_owned();
    let page = office.get(&path);
    assert!(page.body.contains("「抗壓」由教務處教學資源組負責"), "{}", page.body);
    assert!(!page.body.contains("由學務處課外活動指導組負責"), "{}", page.body);
    let upload = path.rsplit('/').next().unwrap();
    let page = office.send("/imports", "/imports/save", &[("upload", upload), ("accept_good", "yes")]);
    assert_eq!(page.status, 200, "{}", page.body);
    let found: Vec<(String,)> = site.runtime.block_on(async {
        let mut conn = site.app.db.read().await.unwrap();
        let sql = "SELECT category FROM credits WHERE student = '4110101' ORDER BY category";
        conn.all(sql, args![]).await.unwrap()
    });
    assert_eq!(found, [("aesthetic".to_owned(),), ("social".to_owned(),)]);
}

#[test]
fn an_import_is_taken_back_by_its_maker_or_an_administrator_after_it_was_told_what_comes_of_it() {
    let site = site();
    let all = credits(&[
        "4110101,社會接軌,24,2025-10-01,志工,2025-10-02",
        "4110101,抗壓,3,2025-10-01,演講,2025-10-02",
        "4110101,精進,3,2025-10-01,講習,2025-10-02",
        "4110101,專業證照,1,2025-10-01,證照,2025-10-02",
        "4110102,社會接軌,1,2025-10-01,志工,2025-10-02",
    ]);
    let theirs = saved(&site, "admin", &all);
    let own = saved(&site, "social", &credits(&["4110103,社會接軌,2,2025-10-01,志工,2025-10-02"]));
    let mut office = site.signed_in("social");
    let list = office.get("/imports").body;
    assert!(list.contains(&format!("/imports/{own}/take-back")), "{list}");
    assert!(!list.contains(&format!("/imports/{theirs}/take-back")) && !list.contains(&format!(">{theirs}<")));
    let path = |number: i64| format!("/imports/{number}/take-back");
    assert_eq!(office.get(&path(theirs)).status, 404);
    assert_eq!(office.send("/imports", &path(theirs), &[]).status, 404);
    assert_eq!(site.signed_in("stress").get(&path(own)).status, 404);

    let mut admin = site.signed_in("admin");
    let page = admin.get(&path(theirs)).body;
    assert!(page.contains("有 1 人會變成未通過") && page.contains("hours.csv") && page.contains("<button"), "{page}");
    let still = |number: i64| {
        site.runtime.block_on(async {
            let mut conn = site.app.db.read().await.unwrap();
            let sql = "SELECT COUNT(*) FROM imports WHERE id = $1 AND taken_back_at IS NULL";
            conn.one::<(i64,)>(sql, args![number]).await.unwrap().0 == 1
        })
    };
    assert!(still(theirs), "looking changes nothing");
    assert_eq!(admin.send(&path(theirs), &path(theirs), &[]).status, 303);
    assert!(!still(theirs));
    // What is taken back already has no button any more.
    let page = admin.get(&path(theirs)).body;
    assert!(page.contains("已經在") && !page.contains(&format!("action=\"/imports/{theirs}/take-back\"")), "{page}");
    assert!(!admin.get("/imports").body.contains(&path(theirs)));

    let page = office.get(&path(own)).body;
    assert!(page.contains("沒有人會因此變成未通過"), "{page}");
    assert_eq!(office.send(&path(own), &path(own), &[]).status, 303);
    assert!(!still(own));
}

#[test]
fn a_files_name_is_listed_without_what_hides_or_turns_letters() {
    let site = site();
    let name = format!("C:\\fakepath\\{}\u{202e}vsc\u{7}\n.csv", "長".repeat(300));
    let text = credits(&["4110103,社會接軌,2,2025-10-01,志工,2025-10-02"]);
    let request = import::Request { file: name, ..request(Kind::Credits, &text, "2025-08-01") };
    let outcome = site.runtime.block_on(import::run(&site.app, request, chrono::Utc::now())).unwrap();
    assert!(outcome.batch.is_some(), "{outcome:?}");
    for sql in ["SELECT file FROM imports", "SELECT detail FROM audit WHERE action = 'import'"] {
        let (kept,): (String,) =
            site.runtime.block_on(async { site.app.db.read().await.unwrap().one(sql, args![]).await.unwrap() });
        let hidden = |c: char| c.is_control() || c == '\u{202e}';
        assert!(!kept.contains(hidden) && kept.contains("長長") && kept.contains(".csv"), "{kept:?}");
        assert!(!kept.contains("fakepath") && kept.matches('長').count() <= 80, "{kept:?}");
    }
}
