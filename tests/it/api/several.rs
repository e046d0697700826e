//! One move of several cases, and one's own profile, for programs.

use menkan::app::tokens::Scope;
use serde_json::json;

use super::{Program, token};
use crate::harness::school;
use crate::web::review_world::{number, sent, state, worlds};

const ENDORSE: &str = "/api/v1/workflows/certificate/moves/endorse";

#[test]
fn several_cases_are_moved_each_for_itself_and_once() {
    for site in worlds() {
        let kind = site.db.kind;
        let ids: Vec<String> = ["4110101", "4110102", "4110103", "4110104"].map(|student| sent(&site, student)).into();
        let foreign = sent(&site, "4110204");
        let clerk = Program::of(&site, "clerk1");
        let case = |id: &str, version: i64| json!({"id": id, "expected_version": version});
        let body = json!({
            "cases": [case(&ids[0], 2), case(&ids[1], 1), case(&foreign, 2), case("0", 2), case(&ids[3], 2)],
            "note": "ok",
        });
        let reply = clerk.once(ENDORSE, "several-1", &body).is(200);
        let told: Vec<(bool, &str)> = reply.json["cases"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| (one["done"] == true, one["code"].as_str().or(one["state"].as_str()).unwrap()))
            .collect();
        let expected =
            [(true, "endorsed"), (false, "stale"), (false, "not-found"), (false, "not-found"), (true, "endorsed")];
        assert_eq!(told, expected, "{kind}: {}", reply.body);
        assert_eq!(reply.json["cases"][0]["version"], 3, "{kind}");
        assert_eq!((state(&site, &foreign).as_str(), state(&site, &ids[1]).as_str()), ("in_review", "in_review"));
        // Sent again it gets the same answer and does nothing.
        let events = "SELECT COUNT(*) FROM case_events WHERE step = 'endorse'";
        assert_eq!(clerk.once(ENDORSE, "several-1", &body).is(200).body, reply.body, "{kind}");
        assert_eq!(number(&site, events), 2, "{kind}");
        // Nobody decides their own case, also among others.
        let own = Program::of(&site, "4110103").send("POST", ENDORSE, &json!({"cases": [case(&ids[2], 2)]}));
        assert_eq!(own.is(200).json["cases"][0]["code"], "own-case", "{kind}");
        for cases in
            [json!([]), json!([case(&ids[0], 2), case(&ids[0], 3)]), json!(["x"]), json!({}), json!([{"id": "x"}])]
        {
            let refused = clerk.send("POST", ENDORSE, &json!({"cases": cases})).refuses(422, "unfit");
            assert_eq!(refused.names(), ["cases"], "{kind}");
        }
        let many: Vec<_> = (0..51).map(|at| case(&at.to_string(), 1)).collect();
        clerk.send("POST", ENDORSE, &json!({"cases": many})).refuses(422, "unfit");
        clerk.send("POST", "/api/v1/workflows/certificate/moves/fly", &body).refuses(404, "not-found");
        let reader = Program::with(&site, &token(&site, "clerk1", &[Scope::CasesRead]).0);
        reader.send("POST", ENDORSE, &body).refuses(403, "no-scope");
    }
}

#[test]
fn ones_own_profile_is_read_masked() {
    for site in worlds() {
        let kind = site.db.kind;
        let student = Program::of(&site, "4110101");
        let empty = student.get("/api/v1/profile").is(200);
        assert_eq!((&empty.json["complete"], &empty.json["version"]), (&json!(false), &json!(0)), "{kind}");
        assert!(empty.json["missing"].as_array().unwrap().contains(&json!("account")), "{kind}: {}", empty.body);
        sent(&site, "4110101");
        site.runtime.block_on(school::national_id(&site.app, "4110101"));
        let full = student.get("/api/v1/profile").is(200);
        assert_eq!(
            (&full.json["complete"], &full.json["missing"]),
            (&json!(true), &json!([])),
            "{kind}: {}",
            full.body
        );
        let field = |id: &str| full.json["fields"].as_array().unwrap().iter().find(|one| one["id"] == id).unwrap();
        assert_eq!(field("bank")["text"], "中華郵政", "{kind}");
        assert_eq!(
            (&field("account")["text"], &field("account")["private"]),
            (&json!("••••8901"), &json!(true)),
            "{kind}"
        );
        assert!(!full.body.contains("00012345678901") && !full.body.contains("A123456789"), "{kind}: {}", full.body);
        Program::with(&site, &token(&site, "4110101", &[Scope::CasesRead]).0)
            .get("/api/v1/profile")
            .refuses(403, "no-scope");
        Program::of(&site, "clerk1").get("/api/v1/profile").refuses(403, "forbidden");
    }
}

#[test]
fn one_sees_and_ends_ones_own_tokens_and_no_others() {
    for site in worlds() {
        let kind = site.db.kind;
        let (text, id) = token(&site, "4110101", &[Scope::CasesRead, Scope::ProfileRead]);
        let (foreign, foreign_id) = token(&site, "clerk1", &[Scope::CasesRead]);
        let me = |text: &str| Program::with(&site, text).get("/api/v1/me").status;
        assert_eq!((me(&text), me(&foreign)), (200, 200), "{kind}");
        let mut student = site.signed_in("4110101");
        let page = student.get("/tokens");
        for said in ["a test", &id, "cases:read", "profile:read", "有效"] {
            assert!(page.body.contains(said), "{kind}: no {said}: {}", page.body);
        }
        assert!(!page.body.contains(&text) && !page.body.contains(&foreign_id), "{kind}: {}", page.body);
        assert_eq!(student.send("/tokens", &format!("/tokens/{foreign_id}/end"), &[]).status, 404, "{kind}");
        assert_eq!(me(&foreign), 200, "{kind}: another's was ended");
        assert_eq!(student.send("/tokens", &format!("/tokens/{id}/end"), &[]).status, 303, "{kind}");
        assert_eq!((me(&text), me(&foreign)), (401, 200), "{kind}");
        let page = student.get("/tokens");
        assert!(page.body.contains("已停用") && !page.body.contains("/end\""), "{kind}: {}", page.body);
        let written = "SELECT COUNT(*) FROM audit WHERE action = 'token revoked' AND actor = '4110101'";
        assert_eq!(number(&site, written), 1, "{kind}");
        assert!(site.signed_in("clerk2").get("/tokens").body.contains("你的帳號沒有權杖"), "{kind}");
    }
}
