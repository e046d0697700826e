//! The manual of one of the schools, step by step in a real browser on both databases: certificates are
//! registered, passed and used for awards, paid for and handed over, as `tests/browser/nptu.mjs` tells it.

use menkan::app::accounts;
use menkan::lang::Lang;
use menkan::store::catalogues::{self, EntryRow};
use serde_json::json;

use crate::browser::browser;
use crate::files::corpus::{jpeg, points};
use crate::harness::played::{Served, nothing};
use crate::harness::school;
use crate::web::PASSWORD;
use crate::web::reload::folder;

const STUDENT: &str = "4110101";
const STAFF: [(&str, &str, &str); 2] = [("clerk1", "clerk", "D1"), ("office1", "office", "career")];

/// What can be registered, and what it is awarded by: code, name, what else an entry says.
const ENTRIES: [(&str, &str, &str, &str); 6] = [
    (
        "certificate-kinds",
        "E01",
        "全民英語能力分級檢定測驗",
        r#"{"category":{"text":"english"},"level":{"text":"初級(聽、讀)"},"cefr":{"text":"a2"},"threshold":{"tick":true}}"#,
    ),
    (
        "certificate-kinds",
        "C01",
        "TQC+程式語言 (Python 3)",
        r#"{"category":{"text":"computing"},"level":{"text":"專業級"},"threshold":{"tick":false}}"#,
    ),
    (
        "certificate-kinds",
        "C02",
        "TQC+程式語言 (Java)",
        r#"{"category":{"text":"computing"},"level":{"text":"專業級"},"threshold":{"tick":true}}"#,
    ),
    (
        "standards",
        "A-1-3",
        "全校--1級-3項-證券商業務員",
        r#"{"scope":{"text":"school"},"level":{"amount":100},"item":{"amount":300},"needed":{"amount":100},"money":{"amount":0}}"#,
    ),
    (
        "standards",
        "D1-2-16",
        "系所-測試系-2級-16項-TQC+認證",
        r#"{"scope":{"text":"department"},"department":{"text":"D1"},"level":{"amount":200},"item":{"amount":1600},"needed":{"amount":200},"money":{"amount":80000}}"#,
    ),
    (
        "standards",
        "D2-2-1",
        "系所-別系-2級-1項",
        r#"{"scope":{"text":"department"},"department":{"text":"D2"},"level":{"amount":200},"item":{"amount":100},"needed":{"amount":100},"money":{"amount":80000}}"#,
    ),
];

/// The school with awards that can be applied for on the day of the test.
fn serve(postgres: bool) -> Option<Served> {
    let folder = folder();
    let today = (chrono::Utc::now() + chrono::Duration::hours(8)).date_naive();
    let window = format!(
        "windows: award-rounds\ntitle: 申請期間\nrounds:\n  now: {{title: 本年度證照獎勵, opens: {}, closes: {}}}\n",
        today - chrono::Days::new(3),
        today + chrono::Days::new(3)
    );
    std::fs::write(folder.path().join("workflows/nptu/cases/windows.yaml"), window).unwrap();
    Served::start(postgres, folder, &["--school", "nptu"], async |app| {
        school::seed(&app.db, 1, 1).await;
        let mut tx = app.db.begin().await.unwrap();
        for (account, role, unit) in STAFF {
            school::staff(&mut tx, account, role, unit).await;
        }
        let entries = ENTRIES.iter().zip(1..).map(|((catalogue, code, name, says), ordinal)| EntryRow {
            id: format!("entry{ordinal}"),
            catalogue: (*catalogue).to_owned(),
            code: (*code).to_owned(),
            name: (*name).to_owned(),
            says: (*says).to_owned(),
            ordinal,
            ..EntryRow::default()
        });
        catalogues::add_entries(&mut tx, &entries.collect::<Vec<_>>()).await.unwrap();
        tx.commit().await.unwrap();
        for account in STAFF.iter().map(|(account, ..)| *account).chain([STUDENT]) {
            accounts::create(app, account, PASSWORD, Lang::ZhTw, chrono::Utc::now()).await.unwrap();
        }
        school::national_id(app, STUDENT).await;
    })
}

fn play(postgres: bool) {
    let Some(chromium) = browser() else { return };
    let Some(served) = serve(postgres) else { return };
    let picture = |side: u32| hex::encode(jpeg(&points(side, 40)));
    let task = json!({
        "base": format!("http://{}", served.address), "chromium": chromium, "password": PASSWORD,
        "student": STUDENT, "clerk": "clerk1", "office": "office1",
        "pictures": { "english": picture(60), "clear": picture(61), "python": picture(62), "java": picture(63), "passbook": picture(64) },
    });
    served.play("nptu.mjs", &task, nothing);
}

#[test]
fn the_manual_of_the_register_and_the_award_is_followed_on_sqlite() {
    play(false);
}

#[test]
fn the_manual_of_the_register_and_the_award_is_followed_on_postgres() {
    play(true);
}
