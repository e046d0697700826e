//! The same manual in a real browser on both databases, as `tests/browser/nkust.mjs` tells it.

use menkan::app::accounts;
use menkan::app::files::picture::grey_png;
use menkan::lang::Lang;
use menkan::store::catalogues::{self, EntryRow};
use serde_json::json;

use super::{SCHOOL, school_of_today};
use crate::browser::browser;
use crate::harness::played::{Served, nothing};
use crate::harness::school;
use crate::web::PASSWORD;

const STUDENT: &str = "4110101";
const STAFF: [(&str, &str, &str); 2] = [("clerk1", "clerk", "D1"), ("office1", "office", "learning")];

fn serve(postgres: bool) -> Option<Served> {
    let (folder, _) = school_of_today();
    Served::start(postgres, folder, &["--school", SCHOOL], async |app| {
        school::seed(&app.db, 1, 1).await;
        let mut tx = app.db.begin().await.unwrap();
        for (account, role, unit) in STAFF {
            school::staff(&mut tx, account, role, unit).await;
        }
        let entry = EntryRow {
            id: "e1".to_owned(),
            catalogue: "certificates".to_owned(),
            department: "D1".to_owned(),
            code: "9001".to_owned(),
            name: "測試技術士".to_owned(),
            says: r#"{"award":{"tick":true},"name":{"text":"測試技術士"}}"#.to_owned(),
            ordinal: 1,
            ..EntryRow::default()
        };
        catalogues::add_entries(&mut tx, &[entry]).await.unwrap();
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
    let picture = |shade: u8| hex::encode(grey_png(60, 40, vec![shade; 2400]).unwrap());
    let obtained = (chrono::Utc::now() - chrono::Duration::days(20)).format("%Y-%m-%d").to_string();
    let task = json!({
        "base": format!("http://{}", served.address), "chromium": chromium, "password": PASSWORD,
        "student": STUDENT, "clerk": "clerk1", "office": "office1", "obtained": obtained,
        "pictures": { "threshold": picture(20), "award": picture(80), "passbook": picture(140) },
    });
    served.play("nkust.mjs", &task, nothing);
}

#[test]
fn the_manual_of_the_review_and_the_export_is_followed_on_sqlite() {
    play(false);
}

#[test]
fn the_manual_of_the_review_and_the_export_is_followed_on_postgres() {
    play(true);
}
