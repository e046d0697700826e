//! What is sent wrong, by mistake or on purpose: each is told, and nothing is kept.

use serde_json::json;

use super::{Program, STUDENT, life, staffed};
use crate::web::review_world::number;

#[test]
fn what_is_not_ones_own_to_say_is_refused_by_name() {
    for site in &staffed().sites {
        let student = Program::of(site, STUDENT);
        let id = life::filled(&student);
        let path = format!("/api/v1/cases/{id}");
        let before = student.get(&path).is(200).body;
        let answers = json!({"state": "passed", "version": 9, "applicant": "x", "subsidy": 2000, "exam_fee": 1});
        let refused = student.send("PATCH", &path, &json!({"expected_version": 1, "answers": answers}));
        assert_eq!(refused.refuses(422, "unfit").names(), ["state", "version", "applicant", "subsidy"]);
        let above = json!({"expected_version": 1, "answers": {}, "state": "passed", "version": 9, "applicant": "x"});
        let refused = student.send("PATCH", &path, &above).refuses(422, "unfit");
        assert_eq!(refused.names(), ["state", "version", "applicant"]);
        let begin = json!({"workflow": "certificate", "agreed": true, "applicant": "4110102", "state": "passed"});
        let refused = student.send("POST", "/api/v1/cases", &begin).refuses(422, "unfit");
        assert_eq!(refused.names(), ["applicant", "state"]);
        let step = json!({"expected_version": 1, "to": "passed", "actor": "office1"});
        let refused = student.step(&id, "submit", &step).refuses(422, "unfit");
        assert_eq!(refused.names(), ["to", "actor"]);
        let answers = json!({"expected_version": 1, "answers": {"exam_proof": "someone's file"}});
        assert_eq!(student.send("PATCH", &path, &answers).refuses(422, "unfit").names(), ["exam_proof"]);
        assert_eq!(student.get(&path).is(200).body, before, "nothing was kept");
        student.as_described();
    }
}

#[test]
fn json_that_means_no_good_is_told_so() {
    for site in &staffed().sites {
        let student = Program::of(site, STUDENT);
        let id = life::filled(&student);
        let path = format!("/api/v1/cases/{id}");
        let before = student.get(&path).is(200).body;
        let json = [("Content-Type", "application/json")];
        let send = |body: &str| student.ask("PATCH", &path, &json, body.as_bytes());
        let deep = format!("{{\"expected_version\":1,\"answers\":{}1{}}}", "[".repeat(30_000), "]".repeat(30_000));
        let deep_object = "{\"a\":".repeat(10_000);
        for text in [
            "",
            "{",
            "nonsense",
            "{\"expected_version\":1,}",
            "{\"expected_version\":1} {}",
            "{\"expected_version\":1,\"expected_version\":2,\"answers\":{}}",
            "{\"expected_version\":1,\"answers\":{\"exam_fee\":1,\"exam_fee\":2}}",
            "{\"expected_version\":1e999,\"answers\":{}}",
            "{\"expected_version\":1,\"answers\":{\"exam_fee\":NaN}}",
            "{\"expected_version\":1,\"answers\":{\"exam_fee\":\"\\ud800\"}}",
            &deep,
            &deep_object,
        ] {
            let refused = send(text).refuses(400, "no-json");
            assert!(refused.text("detail").contains("line"), "{}", refused.body);
        }
        student
            .ask("PATCH", &path, &json, b"{\"expected_version\":1,\"answers\":{\"a\":\"\xff\"}}")
            .refuses(400, "no-json");
        send(&format!("{{\"a\":\"{}\"}}", "x".repeat(70_000))).refuses(413, "too-large");
        for (text, names) in [
            ("[]", vec![]),
            ("null", vec![]),
            ("\"text\"", vec![]),
            ("{}", vec!["expected_version", "answers"]),
            ("{\"expected_version\":\"1\",\"answers\":[]}", vec!["expected_version", "answers"]),
            ("{\"expected_version\":1.5,\"answers\":{}}", vec!["expected_version"]),
            ("{\"expected_version\":-1,\"answers\":{}}", vec!["expected_version"]),
            ("{\"expected_version\":1,\"answers\":{\"exam_fee\":[1]}}", vec!["exam_fee"]),
            ("{\"expected_version\":1,\"answers\":{\"exam_fee\":{\"a\":1}}}", vec!["exam_fee"]),
            ("{\"expected_version\":1,\"answers\":{\"exam_fee\":true}}", vec!["exam_fee"]),
            ("{\"expected_version\":1,\"answers\":{\"other_aid\":\"on\"}}", vec!["other_aid"]),
            ("{\"expected_version\":1,\"answers\":{\"exam_date\":20260908}}", vec!["exam_date"]),
            ("{\"expected_version\":1,\"answers\":{\"exam_date\":\"\\u0000\"}}", vec!["exam_date"]),
        ] {
            let refused = send(text).refuses(422, "unfit");
            assert_eq!(refused.names(), names, "{text}");
        }
        for fee in ["-1", "0.5", "1e12", "1e300", "\"a lot\"", "99999999999999999999"] {
            let refused = send(&format!("{{\"expected_version\":1,\"answers\":{{\"exam_fee\":{fee}}}}}"));
            assert_eq!(refused.refuses(422, "form").names(), ["exam_fee"], "{fee}");
        }
        for (kind, body) in [("text/plain", "{}"), ("application/x-www-form-urlencoded", "expected_version=1")] {
            student.ask("PATCH", &path, &[("Content-Type", kind)], body.as_bytes()).refuses(415, "media-type");
        }
        let long = "k".repeat(201);
        for key in ["", "a key", long.as_str()] {
            let headers = [("Content-Type", "application/json"), ("Idempotency-Key", key)];
            let submit = format!("{path}/moves/submit");
            student.ask("POST", &submit, &headers, b"{\"expected_version\":1}").refuses(400, "bad-request");
        }
        // A note with what no database keeps.
        let note = json!({"expected_version": 1, "note": "a\u{0}b"});
        assert_eq!(student.step(&id, "withdraw", &note).refuses(422, "unfit").names(), ["note"]);
        assert_eq!(student.get(&path).is(200).body, before, "nothing was kept");
        assert_eq!(number(site, "SELECT COUNT(*) FROM case_events"), 1);
        student.as_described();
    }
}

#[test]
fn what_is_asked_in_the_address_is_known_or_refused() {
    for site in &staffed().sites {
        let clerk = Program::of(site, "clerk1");
        for (path, name) in [
            ("/api/v1/cases?veiw=mine", "veiw"),
            ("/api/v1/cases?view=everything", "view"),
            ("/api/v1/cases?page=0", "page"),
            ("/api/v1/cases?page=-1", "page"),
            ("/api/v1/cases?page=x", "page"),
            ("/api/v1/cases?state=a&state=b", "state"),
            ("/api/v1/me?account=admin", "account"),
            ("/api/v1/me?lang=en", "lang"),
            ("/api/v1/statistics?by=person", "by"),
            ("/api/v1/statistics?as_of=tomorrow", "as_of"),
            ("/api/v1/statistics?as_of=2999-01-01", "as_of"),
        ] {
            assert_eq!(clerk.get(path).refuses(422, "unfit").names(), [name], "{path}");
        }
        clerk.get("/api/v1/cases?view=own").refuses(403, "forbidden");
        let student = Program::of(site, STUDENT);
        student.get("/api/v1/cases?view=all").refuses(403, "forbidden");
        student.get("/api/v1/cases?view=mine").refuses(403, "forbidden");
        clerk.get("/api/v1/cases?view=all&q=%25%27%22%3B--").is(200);
        clerk.as_described();

        // What reaches no route, or is answered before one.
        for (method, path, status, code) in [
            ("GET", "/api", 404, "not-found"),
            ("GET", "/api/v1/nonsense", 404, "not-found"),
            ("POST", "/api/v1/nonsense", 404, "not-found"),
            ("DELETE", "/api/v1/me", 405, "method"),
            ("POST", "/api/v1/me", 405, "method"),
            ("PUT", "/api/openapi.json", 405, "method"),
        ] {
            clerk.ask(method, path, &[], b"").refuses(status, code);
        }
        // Told in the asker's language.
        let chinese = Program { lang: "zh-TW", ..student.clone() };
        assert_eq!(chinese.get("/api/v1/cases/none").refuses(404, "not-found").json["title"], "沒有這個東西");
        assert_eq!(student.get("/api/v1/cases/none").header("content-language"), "en");
    }
}
