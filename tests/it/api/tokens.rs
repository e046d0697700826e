//! Tokens: made and ended by command, held against every route, and never more than their account.

use std::process::Command;

use menkan::app::accounts;
use menkan::app::tokens::{Scope, Wanted, create};
use menkan::render::words;
use menkan::web::api::{Code, Needs, endpoints};
use serde_json::{Value as Json, json};

use super::{OTHER, Program, STUDENT, life, staffed, token};
use crate::harness;
use crate::web::Site;

/// An address of an endpoint, with what it names.
fn address(path: &str, case: &str) -> String {
    let named = [("{case}", case), ("{workflow}", "certificate"), ("{student}", STUDENT), ("{move}", "submit")];
    let path = named.iter().fold(path.to_owned(), |path, (name, value)| path.replace(name, value));
    path.replace("{field}", "exam_proof").replace("{file}", "none")
}

#[test]
fn a_token_does_what_its_scopes_say_and_nothing_else() {
    for site in &staffed().sites {
        let id = life::filled(&Program::of(site, STUDENT));
        let mut cells = 0;
        for scope in Scope::ALL {
            let program = Program::with(site, &token(site, STUDENT, &[scope]).0);
            for endpoint in endpoints() {
                let reply = program.ask(endpoint.method, &address(endpoint.path, &id), &[], b"");
                let lacks = matches!(endpoint.needs, Needs::Scope(needed) if needed != scope);
                let place = format!("{} {} with {}: {}", endpoint.method, endpoint.path, scope.name(), reply.body);
                assert_eq!(reply.json["code"] == "no-scope", lacks, "{place}");
                if lacks {
                    assert!(reply.header("www-authenticate").contains("insufficient_scope"), "{place}");
                } else {
                    assert_ne!(reply.status, 401, "{place}");
                }
                cells += 1;
            }
        }
        assert!(cells >= 80, "{cells}");
    }
}

#[test]
fn a_token_that_ended_and_one_of_a_disabled_account_open_nothing() {
    for site in &staffed().sites {
        let me = |token: &str| Program::with(site, token).get("/api/v1/me");
        let (good, id) = token(site, STUDENT, &[Scope::CasesRead]);
        assert_eq!(me(&good).is(200).json["token"]["scopes"], json!(["cases:read"]));
        assert!(good.starts_with("mk_") && good.len() == 67, "{good}");

        let none = me("").refuses(401, "no-token");
        assert_eq!(none.header("www-authenticate"), "Bearer realm=\"menkan\"");
        for wrong in ["mk_", "nonsense", &good[3..], &format!("{good}0"), &good.replace("mk_", "MK_")] {
            let refused = me(wrong).refuses(401, "wrong-token");
            assert!(refused.header("www-authenticate").contains("invalid_token"));
        }
        // Another scheme, two headers.
        let basic = Program::with(site, "");
        basic.ask("GET", "/api/v1/me", &[("Authorization", &format!("Basic {good}"))], b"").refuses(401, "no-token");
        let twice = Program::with(site, &good);
        twice.ask("GET", "/api/v1/me", &[("Authorization", "Bearer mk_x")], b"").refuses(401, "no-token");

        // The store knows a hash alone.
        let hashes = "SELECT COUNT(*) FROM tokens WHERE token LIKE 'mk_%' OR length(token) <> 64";
        assert_eq!(crate::web::review_world::number(site, hashes), 0);

        site.runtime.block_on(accounts::set_disabled(&site.app, STUDENT, true, chrono::Utc::now())).unwrap();
        me(&good).refuses(401, "wrong-token");
        site.runtime.block_on(accounts::set_disabled(&site.app, STUDENT, false, chrono::Utc::now())).unwrap();
        me(&good).is(200);

        let (late, late_id) = token(site, STUDENT, &[Scope::CasesRead]);
        site.sql(&format!("UPDATE tokens SET expires_at = '2020-01-01T00:00:00.000Z' WHERE id = '{late_id}'"));
        me(&late).refuses(401, "wrong-token");

        let now = chrono::Utc::now();
        site.runtime.block_on(menkan::app::tokens::revoke(&site.app, &id, now)).unwrap();
        me(&good).refuses(401, "wrong-token");
        assert!(site.runtime.block_on(menkan::app::tokens::revoke(&site.app, &id, now)).is_err(), "once");

        // Nobody's, for nothing, for ever: none is made.
        for (account, scopes, days) in
            [("nobody", &Scope::ALL[..], 9), (STUDENT, &[], 9), (STUDENT, &Scope::ALL, 0), (STUDENT, &Scope::ALL, 367)]
        {
            let wanted = Wanted { account, name: "", scopes, days };
            assert!(site.runtime.block_on(create(&site.app, wanted, now)).is_err(), "{account} {days}");
        }
    }
}

#[test]
fn a_role_that_is_taken_away_is_gone_from_the_token() {
    for site in &staffed().sites {
        let clerk = Program::of(site, "clerk1");
        assert_eq!(clerk.get("/api/v1/me").is(200).json["roles"][0]["id"], "clerk");
        site.sql("DELETE FROM staff_roles WHERE account = 'clerk1'");
        assert_eq!(clerk.get("/api/v1/me").is(200).json["roles"], json!([]));
        assert_eq!(clerk.get("/api/v1/cases?view=all").is(200).json["total"], 0);
    }
}

#[test]
fn cookies_open_no_api_and_tokens_no_page() {
    let site = Site::start();
    let session = site.signed_in(STUDENT);
    let mut browser = session.clone();
    let page = browser.get("/api/v1/me");
    assert_eq!((page.status, page.body.contains("no-token")), (401, true), "{}", page.body);
    // Also of another site, with the browser's cookie: refused for want of a token, not done.
    let headers = [("Content-Type", "application/json".to_owned()), ("Sec-Fetch-Site", "cross-site".to_owned())];
    let page = session.clone().ask("POST", "/api/v1/cases", &headers, "{\"workflow\":\"certificate\",\"agreed\":true}");
    assert_eq!(page.status, 401, "{}", page.body);
    let token = token(&site, STUDENT, &Scope::ALL).0;
    for path in ["/me", "/cases", "/profile"] {
        let page = site.visitor().ask("GET", path, &[("Authorization", format!("Bearer {token}"))], "");
        assert_eq!(page.status, 303, "{path}");
        assert!(page.header("location").starts_with("/sign-in"), "{path}");
    }
}

#[test]
fn what_is_foreign_is_answered_as_what_is_missing() {
    for site in &staffed().sites {
        let id = life::filled(&Program::of(site, STUDENT));
        let file = site.runtime.block_on(async {
            let sql = "SELECT id FROM files WHERE owner_kind = 'case' ORDER BY id LIMIT 1";
            let (file,): (String,) = site.app.db.read().await.unwrap().one(sql, menkan::args![]).await.unwrap();
            file
        });
        let absent = "0".repeat(32);
        let body = |reply: super::Reply| {
            let mut json = reply.json;
            json["request"] = Json::Null;
            (reply.status, json)
        };
        let bodies = [
            ("GET", "/api/v1/cases/{}", ""),
            ("PATCH", "/api/v1/cases/{}", "{\"expected_version\":1,\"answers\":{\"exam_fee\":1}}"),
            ("POST", "/api/v1/cases/{}/moves/submit", "{\"expected_version\":1}"),
            ("POST", "/api/v1/cases/{}/moves/nonsense", "{\"expected_version\":1}"),
            ("POST", "/api/v1/cases/{}/undo", "{\"expected_version\":1}"),
            ("POST", "/api/v1/cases/{}/files/exam_proof", "%PDF-1.4"),
            ("GET", "/api/v1/files/{}", ""),
            ("DELETE", "/api/v1/files/{}", ""),
            ("DELETE", "/api/v1/cases/{}?expected_version=1", ""),
        ];
        for account in [OTHER, "clerk1", "admin"] {
            let stranger = Program::of(site, account);
            for (method, path, sent) in bodies {
                let own = if path.contains("files/{}") { &file } else { &id };
                let kind = if sent.starts_with('%') { "application/pdf" } else { "application/json" };
                let ask = |id: &str| {
                    body(stranger.ask(method, &path.replace("{}", id), &[("Content-Type", kind)], sent.as_bytes()))
                };
                let (foreign, missing) = (ask(own), ask(&absent));
                assert_eq!(foreign, missing, "{account} {method} {path}");
                assert!(matches!(foreign.0, 404 | 403), "{account} {method} {path}: {foreign:?}");
            }
        }
        // Whoever keeps asking for what is not there is told to wait; what is theirs still opens.
        let stranger = Program::of(site, OTHER);
        (0..69).for_each(|_| drop(stranger.get("/api/v1/cases/none")));
        let last = stranger.get("/api/v1/cases/none");
        assert!(last.refuses(429, "too-many").header("retry-after").parse::<i64>().unwrap() > 0);
        stranger.get("/api/v1/me").is(200);
    }
}

#[test]
fn operators_make_list_and_revoke_tokens_by_command() {
    for site in &Site::on_each() {
        let folder = harness::TempFolder::new();
        // The audit log's chain is made with the server's secret.
        let key = folder.path().join("secret.key");
        std::fs::write(&key, hex::encode([7; 32])).unwrap();
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o600)).unwrap();
        let menkan = |args: &[&str]| {
            let output = Command::new(harness::menkan())
                .current_dir(harness::root())
                .args(["--database", &site.db.url, "--data"])
                .arg(folder.path())
                .arg("token")
                .args(args)
                .output()
                .unwrap();
            let (out, said) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
            (output.status.success(), out.trim().to_owned(), said.into_owned())
        };
        let scopes = ["--scope", "cases:read", "--scope", "cases:write", "--days", "7", "--name", "a script"];
        let (done, text, said) = menkan(&[&["create", STUDENT], &scopes[..]].concat());
        assert!(done && text.starts_with("mk_"), "{text} {said}");
        Program::with(site, &text).get("/api/v1/cases").is(200);
        let (_, listed, _) = menkan(&["list", STUDENT, "--json"]);
        let listed: Json = serde_json::from_str(&listed).unwrap();
        assert_eq!(listed[0]["scopes"], json!(["cases:read", "cases:write"]));
        assert_eq!((&listed[0]["state"], &listed[0]["name"]), (&json!("active"), &json!("a script")));
        let id = listed[0]["id"].as_str().unwrap();
        let (_, table, _) = menkan(&["list"]);
        assert!(table.contains(id) && !table.contains(&text), "{table}");
        assert!(menkan(&["revoke", id]).0);
        Program::with(site, &text).get("/api/v1/cases").refuses(401, "wrong-token");
        assert!(!menkan(&["revoke", id]).0, "twice");
        assert!(!menkan(&["create", "nobody", "--scope", "cases:read"]).0);
        let (done, _, said) = menkan(&["create", STUDENT, "--scope", "everything"]);
        assert!(!done && said.contains("cases:write"), "{said}");
        let rows = "SELECT COUNT(*) FROM audit WHERE action IN ('token created', 'token revoked')";
        assert_eq!(crate::web::review_world::number(site, rows), 2);
        let told = "SELECT COUNT(*) FROM audit WHERE detail LIKE '%mk\\_%' ESCAPE '\\'";
        assert_eq!(crate::web::review_world::number(site, told), 0, "no token stands in the log");
    }
}

#[test]
fn every_code_has_its_words_and_every_route_its_description() {
    for code in Code::ALL {
        assert!(words().has(&format!("api-problem-{}", code.name())), "{}", code.name());
    }
    let all = endpoints();
    let mut ids: Vec<&str> = all.iter().map(|endpoint| endpoint.id).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), all.len(), "an id stands twice");
    for endpoint in &all {
        assert!(!endpoint.title.is_empty() && endpoint.says.ends_with('.'), "{}", endpoint.path);
    }
    // The document names what it refers to, also where no validator is installed.
    let site = Site::start();
    let document = Program::with(&site, "").get("/api/openapi.json").is(200);
    for endpoint in &all {
        let there = &document.json["paths"][endpoint.path][endpoint.method.to_ascii_lowercase()];
        assert_eq!(there["operationId"], endpoint.id, "{}", endpoint.path);
    }
    for part in document.body.split("\"$ref\":\"#").skip(1) {
        let pointer = part.split('"').next().unwrap();
        assert!(document.json.pointer(pointer).is_some(), "{pointer} leads nowhere");
    }
}
