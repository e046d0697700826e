//! Words typed into a list that is searched, by which nothing was chosen: told at the field with what was
//! typed, and never with what was chosen before in their place.

use menkan::lang::{ALIKE, folded};

use super::entries::{choose, draft, fill, worlds};
use super::{Page, Site};

const STUDENT: &str = "4110101";
const DAY: &str = "2026-09-10";

pub fn value<'a>(page: &'a Page, name: &str) -> &'a str {
    page.body.split(&format!("name=\"{name}\" value=\"")).nth(1).unwrap_or_default().split('"').next().unwrap()
}

/// Saves the form of a draft without a script: what is typed over what its page had.
fn save(site: &Site, id: &str, typed: &[(&str, &str)]) -> Page {
    let (mut student, edit) = (site.signed_in(STUDENT), format!("/cases/{id}/edit"));
    let page = student.get(&edit);
    // Of two of one name, the first is read.
    let mut fields = typed.to_vec();
    fields.extend([("effective_on", DAY), ("do", "save")]);
    fields.extend(["version", "shown"].map(|name| (name, value(&page, name))));
    let was = value(&page, "was-certificate");
    fields.extend([("was-certificate", was), ("found-certificate", value(&page, "found-certificate"))]);
    student.send(&edit, &edit, &fields)
}

#[test]
fn words_that_find_nothing_are_told_and_nothing_stays_in_their_place() {
    for site in worlds() {
        fill(&site, 150);
        let (id, kind) = (draft(&site, STUDENT), site.db.kind);
        choose(&site, STUDENT, &id, "entry77");
        let certificate = |site: &Site| {
            let sql = format!("SELECT raw FROM cases WHERE id = '{id}'");
            let (raw,): (String,) =
                site.runtime.block_on(async { site.app.db.read().await.unwrap().one(&sql, &[]).await.unwrap() });
            let raw: serde_json::Value = serde_json::from_str(&raw).unwrap();
            raw["certificate"].as_str().unwrap_or_default().to_owned()
        };
        // Nothing was searched: what is chosen stays.
        let saved = save(&site, &id, &[("certificate", "entry77"), ("find-certificate", "")]);
        assert_eq!((saved.status, certificate(&site).as_str()), (303, "entry77"), "{kind}: {}", saved.body);
        // The old one is still selected behind the words; with a script, nothing is.
        for behind in ["entry77", ""] {
            let told = save(&site, &id, &[("certificate", behind), ("find-certificate", "沒有這張")]);
            assert_eq!(told.status, 422, "{kind}");
            assert!(
                told.body.contains("所選或所填的不在列表中") && told.body.contains("value=\"沒有這張\""),
                "{}",
                told.body
            );
            assert!(!told.body.contains("value=\"entry77\" selected"), "{kind}: {}", told.body);
            assert_eq!(certificate(&site), "沒有這張", "{kind}");
            assert_eq!(
                site.signed_in(STUDENT).get(&format!("/cases/{id}/check")).status,
                303,
                "{kind}: it cannot be sent"
            );
            choose(&site, STUDENT, &id, "entry77");
        }
        // Searched by the button, then chosen from what was found.
        let found = [("certificate", "entry78"), ("find-certificate", "第78種"), ("found-certificate", "第78種")];
        assert_eq!((save(&site, &id, &found).status, certificate(&site).as_str()), (303, "entry78"), "{kind}");
        // The next search leaves the answers as they are.
        let search = [("certificate", "entry78"), ("find-certificate", "什麼"), ("do", "find-certificate")];
        let at = save(&site, &id, &search);
        assert!(at.header("location").contains("find-certificate="), "{kind}: {}", at.body);
        assert_eq!(certificate(&site), "entry78", "{kind}");
    }
}

#[test]
fn the_page_looks_for_letters_as_the_server_does() {
    let script = std::fs::read_to_string(crate::harness::root().join("style/menkan.js")).unwrap();
    assert!(script.contains(&format!("const ALIKE = \"{ALIKE}\"")), "the pairs of the script are those of src/lang.rs");
    assert_eq!(ALIKE.chars().count() % 2, 0);
    assert_eq!(folded("臺灣ＢＡＮＫ　１"), "台灣bank 1");
    assert_eq!(folded("証照"), folded("證照"));
}
