//! What waits for a move of a student's own is linked from the dashboard and from their list.

use menkan::app::case;
use menkan::store::catalogues::{self, EntryRow};

use super::Site;
use super::review_world::{person, raw};
use crate::harness;

const STUDENT: &str = "4110101";

/// A certificate of a list: whether it counts for the threshold.
fn entry(id: &str, counts: bool) -> EntryRow {
    let says = serde_json::json!({
        "category": { "text": "english" }, "level": { "text": "初級" }, "cefr": { "text": "a2" },
        "threshold": { "tick": counts },
    });
    EntryRow {
        id: id.to_owned(),
        catalogue: "certificate-kinds".to_owned(),
        code: id.to_owned(),
        name: format!("證照 {id}"),
        says: says.to_string(),
        ..EntryRow::default()
    }
}

#[test]
fn what_can_be_handed_over_and_what_was_rejected_is_linked_from_the_dashboard() {
    for site in Site::on_each_school("nptu") {
        let kind = site.db.kind;
        let ids: Vec<String> = site.runtime.block_on(async {
            let mut tx = site.app.db.begin().await.unwrap();
            catalogues::add_entries(&mut tx, &[entry("counts", true), entry("other", false)]).await.unwrap();
            tx.commit().await.unwrap();
            let (viewer, now) = (person(&site, STUDENT).await, chrono::Utc::now());
            let mut ids = Vec::new();
            for chosen in ["counts", "other", "counts"] {
                let id = case::begin(&site.app, &viewer, "register", &harness::unique(), now).await.unwrap().id;
                let typed = raw(&[("certificate", chosen), ("issued", "20250820")]);
                case::keep(&site.app, &viewer, &id, 1, &typed, now).await.unwrap();
                ids.push(id);
            }
            ids
        });
        for (id, state) in ids.iter().zip(["passed", "passed", "rejected"]) {
            site.sql(&format!("UPDATE cases SET state = '{state}' WHERE id = '{id}'"));
        }
        let mut student = site.signed_in(STUDENT);
        for path in ["/me", "/cases"] {
            let page = student.get(path).body.replace("&#x2f;", "/");
            assert!(page.contains(&format!("/cases/{}/do/hand_over", ids[0])), "{kind} {path}: {page}");
            assert!(!page.contains(&format!("/cases/{}/do/hand_over", ids[1])), "{kind} {path}: it does not count");
            assert!(page.contains(&format!("\"/cases/{}\"", ids[2])) && page.contains("審核未通過"), "{kind} {path}");
        }
        let ask = student.get(&format!("/cases/{}/do/hand_over", ids[0]));
        assert!(ask.status == 200 && ask.body.contains("匯入畢業門檻"), "{kind}: {}", ask.body);
        let apply = student.get("/apply/award");
        assert!(apply.body.contains("基本資料視「獎勵標準」而定"), "{kind}: {}", apply.body);
        assert!(!apply.body.contains("id=\"profile\""), "{kind}: nothing is asked for that may not be needed");
    }
}
