//! The audit log's page: newest first, by account, action and day, fifty at a time.

use menkan::store::audit;

use super::Site;

#[test]
fn the_log_is_shown_newest_first_and_by_account_action_and_day() {
    let site = Site::start();
    site.runtime.block_on(async {
        let mut tx = site.app.db.begin().await.unwrap();
        for number in 0..60 {
            // The last hour of a day in UTC is the next day here.
            let at = if number == 59 { "2026-03-02T23:30:00.000Z" } else { "2026-03-02T01:00:00.000Z" };
            let (actor, action) = if number % 10 == 0 { ("head", "mail retry") } else { ("<admin>", "import") };
            audit::add(&mut tx, &site.app.chain, at, actor, action, &format!("detail-{number}-")).await.unwrap();
        }
        tx.commit().await.unwrap();
    });
    let mut admin = site.signed_in("admin");
    let mut shown = |path: &str| {
        let page = admin.get(path);
        assert_eq!(page.status, 200, "{path}");
        let details: Vec<u32> =
            page.body.split("detail-").skip(1).map(|rest| rest.split('-').next().unwrap().parse().unwrap()).collect();
        (details, page.body)
    };
    let (first, body) = shown("/audit");
    assert_eq!(first, (10..60).rev().collect::<Vec<_>>());
    assert!(body.contains("&lt;admin&gt;") && !body.contains("<admin>"));
    let older = body.split("href=\"").find(|rest| rest.contains("before=")).unwrap().split('"').next().unwrap();
    let older = older.replace("&#x2f;", "/").replace("&amp;", "&");
    assert_eq!(shown(&older).0, (0..10).rev().collect::<Vec<_>>());
    assert_eq!(shown("/audit?actor=head").0, [50, 40, 30, 20, 10, 0]);
    assert_eq!(shown("/audit?action=mail+retry&before=42").0, [40, 30, 20, 10, 0]);
    assert_eq!(shown("/audit?day=2026-03-03").0, [59]);
    assert_eq!(shown("/audit?day=2026-03-02&actor=head").0.len(), 6);
    assert_eq!(shown("/audit?actor=nobody").0, [] as [u32; 0]);
    assert_eq!(shown("/audit?day=x&before=y").0.len(), 50);
    assert_eq!(site.signed_in("head").get("/audit").status, 403);
    assert_eq!(site.signed_in("4110101").get("/audit").status, 403);
}
