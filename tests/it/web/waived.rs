//! A waived requirement as its readers see it: the student why, a tutor only that and by whom.

use menkan::amount::Amount;
use menkan::store::facts;
use menkan::store::grants::{self, Grant, Kind};

use super::Site;

const REASON: &str = "身心狀況不宜";

async fn waive(site: &Site, requirement: &str, until: &str, recorded: &str) {
    let mut tx = site.app.db.begin().await.unwrap();
    let grant = Grant {
        id: 0,
        kind: Kind::Waive,
        what: requirement.to_owned(),
        amount: Amount::ZERO,
        happened_on: recorded.to_owned(),
        term: "114-1".to_owned(),
        round: String::new(),
        said: (REASON.to_owned(), Some("Not fit for it".to_owned())),
        until: until.to_owned(),
        by_name: "<李大明>".to_owned(),
        by_unit: "課外組".to_owned(),
        case: "AB23-CD45".to_owned(),
        case_version: 2,
        recorded_on: recorded.to_owned(),
        taken_back_on: None,
    };
    grants::add(&mut tx, "4110101", &grant, "office1", "2025-10-01T00:00:00.000Z").await.unwrap();
    facts::update(&mut tx, &["4110101"]).await.unwrap();
    tx.commit().await.unwrap();
}

#[test]
fn the_student_reads_why_a_tutor_only_that_it_is_waived_and_by_whom() {
    for site in Site::on_each() {
        let kind = site.db.kind;
        site.runtime.block_on(waive(&site, "social", "2099-12-31", "2025-10-01"));
        site.runtime.block_on(waive(&site, "stress", "2025-10-31", "2025-10-01"));
        let mut student = site.signed_in("4110101");
        let page = student.get("/me").body;
        let block = |id: &str| {
            let start = page.find(&format!("id=\"requirement-{id}\"")).unwrap();
            page[start..].split("</section>").next().unwrap().to_owned()
        };
        let social = block("social");
        assert!(social.contains(">免修</span>") && social.contains("免修，至 2099-12-31（含）"), "{kind} {social}");
        assert!(social.contains(REASON) && social.contains("課外組 &lt;李大明&gt;"), "{kind} {social}");
        let stress = block("stress");
        assert!(!stress.contains("免修") && stress.contains("未通過"), "{kind}: over is over: {stress}");
        assert!(student.get("/me?lang=en").body.contains("Not fit for it"), "{kind}");

        let why = student.get("/me/why/stress?lang=zh-TW").body;
        assert!(why.contains("免修只到 2025-10-31（含）") && why.contains("AB23-CD45"), "{kind} {why}");

        for account in ["tutor01", "head"] {
            let mut reader = site.signed_in(account);
            for path in ["/students/4110101", "/students/4110101/why/social"] {
                let page = reader.get(path).body;
                assert!(page.contains("免修") && page.contains("李大明"), "{kind} {account} {path}");
                assert!(!page.contains(REASON), "{kind} {account} {path}");
            }
            let class = reader.get("/classes/C01").body;
            let row = &class[class.find("4110101").unwrap()..];
            assert!(row.split("</tr>").next().unwrap().contains("免修"), "{kind} {account}");
            assert!(!class.contains(REASON), "{kind} {account}");
        }
        let mut admin = site.signed_in("admin");
        assert!(admin.get("/students/4110101").body.contains(REASON), "{kind}");
    }
}
