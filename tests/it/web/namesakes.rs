//! Entries of one name, of which each has its own level and issuer: told apart wherever they are chosen,
//! listed and read, in the reader's language.

use menkan::store::catalogues::{self, EntryRow};
use serde_json::json;

use super::Site;
use super::entries::{choose, draft, row, send, worlds};

const STUDENT: &str = "4110101";

/// Three of one name; the last has no English name.
pub fn namesakes(site: &Site) {
    let text = |text: &str| json!({ "text": text });
    let one = |number: usize, level: &str, issuer: &str, english: &str| {
        let says = json!({
            "name": text("電腦軟體應用"), "english": text(english), "level": text(level), "issuer": text(issuer),
        });
        EntryRow { name: "電腦軟體應用".to_owned(), says: says.to_string(), ..row(number) }
    };
    let rows = [
        one(1, "乙級", "勞動部", "Computer applications"),
        one(2, "丙級", "勞動部", "Computer applications"),
        one(3, "丙級", "經濟部", ""),
    ];
    site.runtime.block_on(async {
        let mut tx = site.app.db.begin().await.unwrap();
        catalogues::add_entries(&mut tx, &rows).await.unwrap();
        tx.commit().await.unwrap();
    });
}

#[test]
fn entries_of_one_name_are_told_apart_where_they_are_chosen_and_read() {
    for site in worlds() {
        namesakes(&site);
        let kind = site.db.kind;
        let id = draft(&site, STUDENT);
        let mut student = site.signed_in(STUDENT);
        let edit = student.get(&format!("/cases/{id}/edit"));
        for label in ["電腦軟體應用 · 乙級 · 勞動部<", "電腦軟體應用 · 丙級 · 勞動部<", "電腦軟體應用 · 丙級 · 經濟部<"]
        {
            assert!(edit.body.contains(label), "{kind}: {}", edit.body);
        }
        let edit = student.get(&format!("/cases/{id}/edit?lang=en"));
        for label in ["Computer applications · 乙級 · 勞動部<", "108100003 電腦軟體應用 · 丙級 · 經濟部<"]
        {
            assert!(edit.body.contains(label), "{kind}: {}", edit.body);
        }
        let found = student.get(&format!("/cases/{id}/entries/certificate?q={}", super::encode("電腦 丙級")));
        let found: serde_json::Value = serde_json::from_str(&found.body).unwrap();
        let labels: Vec<&str> =
            found["found"].as_array().unwrap().iter().map(|one| one["label"].as_str().unwrap()).collect();
        assert_eq!(labels, ["108100002 電腦軟體應用 · 丙級 · 勞動部", "108100003 電腦軟體應用 · 丙級 · 經濟部"]);

        choose(&site, STUDENT, &id, "entry2");
        let says = ["級分數</span> 丙級", "發證單位</span> 勞動部"];
        let check = student.get(&format!("/cases/{id}/check")).body;
        send(&site, STUDENT, &id);
        let (own, mut officer) = (student.get(&format!("/cases/{id}")).body, site.signed_in("officer1"));
        for page in [check, own, officer.get(&format!("/review/{id}")).body] {
            assert!(says.iter().all(|part| page.contains(part)), "{kind}: {page}");
        }
        let english = officer.get(&format!("/review/{id}?lang=en")).body;
        assert!(english.contains("Computer applications") && english.contains("Issuer</span>"), "{english}");
        // Lists speak the page's language, and are searched in either.
        assert!(officer.get("/queue?view=all").body.contains("電腦軟體應用"));
        let english = officer.get("/queue?view=all&lang=en&q=computer").body;
        assert!(english.contains("Computer applications") && !english.contains("電腦軟體應用"), "{kind}: {english}");
    }
}
