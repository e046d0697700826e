//! What people fill in that is wrong: told at its field, on both databases; what else was typed stays, and
//! nothing is sent.

use menkan::app::case;

use super::entries::{choose, draft, fill, worlds};
use super::review_world::{person, raw, state};
use super::unchosen::value;

const STUDENT: &str = "4110101";

#[test]
fn a_certificate_of_another_term_than_its_date_is_told_and_not_sent() {
    for site in worlds() {
        fill(&site, 3);
        let kind = site.db.kind;
        let id = draft(&site, STUDENT);
        choose(&site, STUDENT, &id, "entry2");
        site.runtime.block_on(async {
            let (viewer, typed) = (person(&site, STUDENT).await, raw(&[("effective_on", "2026-03-01")]));
            case::keep(&site.app, &viewer, &id, 1, &typed, chrono::Utc::now()).await.unwrap();
        });
        let mut student = site.signed_in(STUDENT);
        let edit = student.get(&format!("/cases/{id}/edit?show=wrong")).body;
        assert!(edit.contains("單位、學期或用途不符") && edit.contains("value=\"2026-03-01\""), "{kind}: {edit}");
        assert_eq!(student.get(&format!("/cases/{id}/check")).status, 303, "{kind}: there is nothing to send");
        assert_eq!(state(&site, &id), "draft", "{kind}");
    }
}

#[test]
fn a_bank_that_there_is_not_an_account_too_short_and_a_permit_that_ran_out_are_told_at_their_fields() {
    for site in worlds() {
        let (mut student, kind) = (site.signed_in(STUDENT), site.db.kind);
        let page = student.get("/profile");
        let fields = [
            ("version", value(&page, "version")),
            ("had-foreign", "1"),
            ("foreign", "on"),
            ("permit", "A800000014"),
            ("permit_until", "2020-01-31"),
            ("bank", "999"),
            ("account", "123"),
            ("do", "save"),
        ];
        let told = student.send("/profile", "/profile", &fields);
        assert_eq!(told.status, 422, "{kind}: {}", told.body);
        for part in ["沒有 999 這個選項", "居留證已於 2020-01-31 到期", "value=\"2020-01-31\""] {
            assert!(told.body.contains(part), "{kind}: no {part}: {}", told.body);
        }
        let short = [("version", value(&told, "version")), ("bank", "700"), ("account", "123"), ("do", "save")];
        let told = student.send("/profile", "/profile", &short);
        assert!(told.status == 422 && told.body.contains("共 14 碼"), "{kind}: {}", told.body);
    }
}
