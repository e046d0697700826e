//! An office rehearses and sends what is about its own requirements; whoever sees everyone, all.

use menkan::app::access::Viewer;
use menkan::app::accounts;
use menkan::app::notice::{self, Sends};
use menkan::args;
use menkan::lang::Lang;

use super::{PASSWORD, Site, Visitor};
use crate::harness::school;

/// An office of a requirement and one of none.
fn site() -> Site {
    let site = Site::start();
    site.runtime.block_on(async {
        let mut tx = site.app.db.begin().await.unwrap();
        school::staff(&mut tx, "social", "office", "student-activities").await;
        school::staff(&mut tx, "arts", "office", "arts-centre").await;
        tx.commit().await.unwrap();
        for account in ["social", "arts"] {
            accounts::create(&site.app, account, PASSWORD, Lang::En, chrono::Utc::now()).await.unwrap();
        }
    });
    site
}

fn letters(site: &Site) -> Vec<(String, i64)> {
    site.runtime.block_on(async {
        let mut conn = site.app.db.read().await.unwrap();
        conn.all("SELECT letter, COUNT(*) FROM outbox GROUP BY letter ORDER BY letter", args![]).await.unwrap()
    })
}

/// Sends what somebody may send, on a day on which the small school has final-year students.
fn send(site: &Site, account: &str) {
    site.runtime.block_on(async {
        let edition = site.app.edition.load_full();
        let now = chrono::DateTime::parse_from_rfc3339("2025-10-31T09:00:00+08:00").unwrap().to_utc();
        let today = edition.definition.school.calendar.today(now);
        let mut conn = site.app.db.read().await.unwrap();
        let viewer = Viewer::load(&mut conn, &edition.definition, account, today).await.unwrap().unwrap();
        drop(conn);
        let sends = Sends::of(&viewer, &edition.definition);
        notice::send_own(&site.app, "missing", now, None, account, &sends).await.unwrap().unwrap();
    });
}

fn refused(visitor: &mut Visitor, notice: &str) {
    let address = format!("/notices/{notice}");
    let page = visitor.get(&address);
    assert_eq!(page.status, 404, "{notice}");
    assert!(!page.body.contains("測試生") && !page.body.contains("@example.edu.tw</dd>"), "{}", page.body);
    // With a form of another page that is theirs.
    for (to, fields) in
        [(address.clone(), vec![]), (address.clone(), vec![("confirmed", "yes")]), (format!("{address}/retry"), vec![])]
    {
        assert_eq!(visitor.send("/notices", &to, &fields).status, 404, "{to}");
    }
    assert_eq!(visitor.get(&format!("{address}?as-of=2025-10-31")).status, 404);
}

#[test]
fn an_office_without_students_reads_and_sends_no_notice() {
    let site = site();
    let mut arts = site.signed_in("arts");
    for notice in ["week-8", "week-16", "monthly", "missing"] {
        refused(&mut arts, notice);
    }
    let list = arts.get("/notices");
    assert!(list.status == 200 && !list.body.contains("/notices/w") && !list.body.contains("/notices/m"));
    assert_eq!(letters(&site), []);
}

#[test]
fn an_office_sends_its_own_letters_and_an_administrator_all() {
    let site = site();
    let mut social = site.signed_in("social");
    for notice in ["week-8", "week-16", "monthly"] {
        refused(&mut social, notice);
    }
    let list = social.get("/notices").body;
    assert!(list.contains("/notices/missing") && !list.contains("/notices/week"), "{list}");
    let page = social.get("/notices/missing?as-of=2025-10-31").body;
    assert_eq!(page.matches("<pre>").count(), 1, "one letter's sample: {page}");
    assert!(page.contains("Only the letters about the requirements of your own office"), "{page}");
    let sent = social.send("/notices/missing", "/notices/missing", &[("confirmed", "yes")]);
    assert!(sent.status == 200 && !sent.body.contains("href=\"/mail\""), "{}", sent.body);
    send(&site, "social");
    assert_eq!(letters(&site).iter().map(|(letter, _)| letter.as_str()).collect::<Vec<_>>(), ["social"]);

    // What did not arrive of another office's is neither shown to it nor tried again by it.
    let mut admin = site.signed_in("admin");
    let sent = admin.send("/notices/missing", "/notices/missing", &[("confirmed", "yes")]);
    assert!(sent.status == 200 && sent.body.contains("href=\"/mail\""), "{}", sent.body);
    send(&site, "admin");
    assert_eq!(letters(&site).len(), 4);
    site.sql("UPDATE outbox SET state = 'dead'");
    let own = letters(&site).iter().find(|(letter, _)| letter == "social").unwrap().1;
    let page = social.get("/notices/missing").body;
    assert_eq!(page.matches(" · 20").count() as i64, own, "{page}");
    assert_eq!(social.send("/notices/missing", "/notices/missing/retry", &[]).status, 303);
    let queued: Vec<(String, i64)> = site.runtime.block_on(async {
        let mut conn = site.app.db.read().await.unwrap();
        let sql = "SELECT letter, COUNT(*) FROM outbox WHERE state = 'queued' GROUP BY letter";
        conn.all(sql, args![]).await.unwrap()
    });
    assert_eq!(queued, [("social".to_owned(), own)]);
    for notice in ["week-8", "week-16", "monthly", "missing"] {
        assert_eq!(admin.get(&format!("/notices/{notice}")).status, 200, "{notice}");
    }
}
