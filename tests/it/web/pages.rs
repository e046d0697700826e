//! What pages hold for everyone: headers, escaping, language, and that reading changes nothing.

use std::collections::BTreeMap;

use menkan::web::routes;

use super::sessions::blank;
use super::{Site, Visitor};

#[test]
fn every_answer_tells_the_browser_what_it_may_do() {
    let site = Site::start();
    let mut student = site.signed_in("4110101");
    for path in ["/", "/me", "/sign-in", "/nothing", "/healthz", "/me/records"] {
        let page = student.get(path);
        let policy = page.header("content-security-policy");
        assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{path}: {policy}");
        assert_eq!(page.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(page.header("cache-control"), "no-store", "{path}");
        assert!(!page.header("x-request-id").is_empty(), "{path}");
        assert!(
            !page.body.contains("style=\"") && !page.body.contains("<script>"),
            "{path} has styles or scripts inside"
        );
    }
    let css = page_asset(&student.get("/").body);
    let sheet = student.get(&css);
    assert_eq!(sheet.status, 200);
    assert!(sheet.header("cache-control").contains("immutable"), "{}", sheet.header("cache-control"));
    let cookies: Vec<String> = site
        .visitor()
        .sign_in("4110101", super::PASSWORD)
        .headers
        .into_iter()
        .filter(|(name, _)| name == "set-cookie")
        .map(|(_, value)| value)
        .collect();
    assert!(cookies.len() >= 2, "{cookies:?}");
    assert!(cookies.iter().all(|cookie| cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax")), "{cookies:?}");
}

fn page_asset(body: &str) -> String {
    body.split("rel=\"stylesheet\" href=\"")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .unwrap()
        .replace("&#x2f;", "/")
}

#[test]
fn what_people_typed_is_shown_as_text() {
    let site = Site::start();
    let hostile = "<script>alert(1)</script>\" onload=\"x' {{ 7*7 }} ${7*7}";
    site.sql(&format!("UPDATE student_versions SET name = '{}'", hostile.replace('\'', "''")));
    site.sql(&format!("UPDATE class_versions SET name = '{}'", hostile.replace('\'', "''")));
    site.sql(&format!("UPDATE credits SET name = '{}'", hostile.replace('\'', "''")));
    let mut pages = Vec::new();
    let mut student = site.signed_in("4110102");
    pages.extend(["/me", "/me/records", "/me/why/stress"].map(|path| (path, student.get(path))));
    let mut admin = site.signed_in("admin");
    let of_staff =
        ["/students/4110102", "/students/4110102/records", "/classes/C01", "/classes/C01/roster", "/departments/D1"];
    pages.extend(of_staff.map(|path| (path, admin.get(path))));
    let mut shown = 0;
    for (path, page) in pages {
        assert_eq!(page.status, 200, "{path}");
        assert!(!page.body.contains("<script>alert"), "{path}");
        assert!(!page.body.contains("\" onload=\""), "{path}");
        shown += usize::from(page.body.contains("&lt;script&gt;") || page.body.contains("&#x3c;script"));
    }
    assert!(shown >= 5, "only {shown} pages showed it at all");
    // An address is text, too.
    let page = admin.get("/imports?x=%22%3E%3Cscript%3Ealert(1)%3C/script%3E&lang=zh-TW");
    assert!(page.status == 200 && !page.body.contains("<script>alert"));
}

#[test]
fn what_is_foreign_and_what_is_missing_look_the_same() {
    let site = Site::start();
    site.sql("UPDATE units SET college = '' WHERE code = 'D1'");
    let mut tutor = site.signed_in("tutor01");
    assert_eq!(tutor.get("/students/4110101").status, 200);
    assert_eq!(tutor.get("/classes/C01").status, 200);
    let mut tell = |path: &str, own: &str| {
        let page = tutor.get(path);
        (page.status, blank(&page.body).replace(own, "X"))
    };
    assert_eq!(tell("/students/4110201", "4110201"), tell("/students/4999999", "4999999"));
    assert_eq!(tell("/students/4110201", "4110201").0, 404);
    assert_eq!(tell("/classes/C02", "C02"), tell("/classes/C99", "C99"));
    assert_eq!(tell("/students/4110201/why/stress", "4110201"), tell("/students/4999999/why/stress", "4999999"));
}

#[test]
fn the_language_is_switched_on_the_page_itself_and_remembered() {
    let site = Site::start();
    let mut visitor = site.visitor();
    assert!(visitor.get("/").body.contains("lang=\"zh-Hant-TW\""));
    assert!(visitor.get("/?lang=en").body.contains("<html lang=\"en\""));
    assert!(visitor.get("/sign-in").body.contains("<html lang=\"en\""), "the browser keeps it");
    let mut student = site.signed_in("4110101");
    assert!(student.get("/me?show=remaining").body.contains("name=\"to\" value=\"&#x2f;me?show=remaining\""));
    let answer = student.send("/me", "/language", &[("lang", "en"), ("to", "/me?show=remaining")]);
    assert_eq!(answer.header("location"), "/me?show=remaining");
    assert!(site.signed_in("4110101").get("/me").body.contains("<html lang=\"en\""), "the account keeps it");
    let away = student.send("/me", "/language", &[("lang", "en"), ("to", "//evil.example/")]);
    assert_eq!(away.header("location"), "/home");
}

#[test]
fn reading_changes_nothing() {
    let site = Site::start();
    let paths: Vec<String> = routes::all()
        .into_iter()
        .filter(|route| route.method == "GET")
        .map(|route| {
            route
                .path
                .replace("{student}", "4110102")
                .replace("{requirement}", "stress")
                .replace("{class}", "C01")
                .replace("{department}", "D1")
                .replace("{notice}", "week-8")
                .split('/')
                .map(|part| if part.starts_with('{') { "1" } else { part })
                .collect::<Vec<_>>()
                .join("/")
        })
        .collect();
    assert!(paths.len() > 20);
    let mut readers: Vec<Visitor> = ["4110101", "tutor01", "head", "admin"].map(|who| site.signed_in(who)).into();
    readers.push(site.visitor());
    let before = contents(&site);
    let mut seen = 0;
    for reader in &mut readers {
        for path in &paths {
            let page = reader.get(path);
            assert!(page.status < 500, "{path}: {}", page.body);
            seen += usize::from(page.status == 200);
            reader.ask("HEAD", path, &[], "");
        }
    }
    assert!(seen > 40, "{seen}");
    let after = contents(&site);
    // That a list left as a file is written down: nothing else is.
    let noted = |rows: &Vec<String>| rows.iter().filter(|row| row.contains(&hex::encode_upper("export list"))).count();
    // The head of the log is its last line.
    for (table, rows) in before.iter().filter(|(table, _)| *table != "audit_head") {
        let new: Vec<&String> = after[table].iter().filter(|row| !rows.contains(row)).collect();
        let noted = if table == "audit" { noted(&after[table]) } else { 0 };
        assert_eq!((after[table].len(), new.len()), (rows.len() + noted, noted), "{table}: {new:?}");
    }
}

/// Every table's rows, but for when a session was last seen.
pub(super) fn contents(site: &Site) -> BTreeMap<String, Vec<String>> {
    site.runtime.block_on(async {
        let mut conn = site.app.db.read().await.unwrap();
        let tables: Vec<(String,)> = conn
            .all("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'", &[])
            .await
            .unwrap();
        let mut out = BTreeMap::new();
        for (table,) in tables {
            let columns: Vec<(String,)> = conn
                .all(&format!("SELECT name FROM pragma_table_info('{table}') WHERE name <> 'seen_at'"), &[])
                .await
                .unwrap();
            let row: Vec<String> = columns.iter().map(|(name,)| format!("COALESCE(HEX({name}), '-')")).collect();
            let rows: Vec<(String,)> =
                conn.all(&format!("SELECT {} FROM {table} ORDER BY 1", row.join(" || '|' || ")), &[]).await.unwrap();
            out.insert(table, rows.into_iter().map(|(row,)| row).collect());
        }
        out
    })
}

#[test]
fn a_day_that_is_none_or_has_not_come_is_told_on_every_page_that_is_as_of_one() {
    let site = Site::start();
    let mut admin = site.signed_in("admin");
    let mut student = site.signed_in("4110101");
    let mut tried = 0;
    for path in [
        "/statistics",
        "/statistics.csv",
        "/statistics.xlsx",
        "/classes/C01",
        "/classes/C01/roster",
        "/classes/C01/roster.xlsx",
        "/departments/D1",
        "/requirements/stress",
        "/students/4110101",
        "/students/4110101/records",
        "/students/4110101/why/stress",
        "/notices/week-8",
        "/me",
        "/me/records",
        "/me/why/stress",
    ] {
        let reader = if path.starts_with("/me") { &mut student } else { &mut admin };
        for wrong in ["2025-13-01", "2025-02-30", "yesterday", "2999-01-01", "%3Cscript%3E", "0", "2025-10-10%00"] {
            let page = reader.get(&format!("{path}?as-of={wrong}"));
            assert_eq!(page.status, 422, "{path} as of {wrong}");
            assert!(page.body.contains("as-of") && !page.body.contains("<script>"), "{path}: {}", page.body);
            tried += 1;
        }
        for right in ["2025-10-10", "114/10/10", ""] {
            let page = reader.get(&format!("{path}?as-of={right}"));
            assert_eq!(page.status, 200, "{path} as of {right}");
        }
    }
    assert!(tried > 100);
    let page = admin.get("/statistics?as-of=2025-02-30&lang=en");
    assert!(page.body.contains("“2025-02-30” is not a date"), "{}", page.body);
    // Of a past day a notice is rehearsed, not sent.
    let page = admin.get("/notices/week-8?as-of=2025-10-31");
    assert!(page.body.contains("過去某一天") && !page.body.contains("action=\"/notices/week-8\""), "{}", page.body);
    assert!(page.body.contains("4110101@example.edu.tw"), "{}", page.body);
}

#[test]
fn a_number_that_leads_to_nobody_is_told_where_it_was_asked() {
    let site = Site::start();
    let mut tutor = site.signed_in("tutor01");
    assert_eq!(tutor.get("/students?student=%204110101%20").header("location"), "/students/4110101");
    for number in ["4999999", "nobody%3Cb%3E"] {
        let page = tutor.get(&format!("/students?student={number}"));
        // Still a miss: whoever guesses numbers is slowed down as on any page.
        assert_eq!(page.status, 404, "{number}");
        assert!(page.body.contains("查無此人，或不在你可看到的範圍"), "{}", page.body);
        assert!(page.body.contains("name=\"student\"") && !page.body.contains("<b>"), "{}", page.body);
    }
}
