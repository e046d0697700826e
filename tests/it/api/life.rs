//! A case from beginning to end by programs of four people.

use serde_json::{Value as Json, json};

use super::{OTHER, Program, STUDENT, staffed};
use crate::web::Site;
use crate::web::filing::{complete_profile, exam, picture};

fn count(site: &Site, sql: &str) -> i64 {
    crate::web::review_world::number(site, sql)
}

fn field<'a>(case: &'a Json, name: &str) -> &'a Json {
    let answers = case["answers"].as_array().unwrap();
    answers.iter().find(|answer| answer["field"] == name).unwrap_or_else(|| panic!("no {name} in {case}"))
}

fn moves(case: &Json) -> Vec<&str> {
    case["moves"].as_array().unwrap().iter().map(|step| step["id"].as_str().unwrap()).collect()
}

fn missing(answer: &Json) -> Vec<&str> {
    answer["wrong"].as_array().unwrap().iter().map(|wrong| wrong["field"].as_str().unwrap()).collect()
}

/// A draft with all its answers and files; the id.
pub fn filled(student: &Program) -> String {
    let begun = student.send("POST", "/api/v1/cases", &json!({"workflow": "certificate", "agreed": true})).is(201);
    let id = begun.text("id");
    let path = format!("/api/v1/cases/{id}");
    let answers = json!({"exam_date": exam().to_string(), "other_aid": false, "exam_fee": 3000});
    student.send("PATCH", &path, &json!({"expected_version": 1, "answers": answers})).is(200);
    let answers = json!({"certificate": "e1"});
    student.send("PATCH", &path, &json!({"expected_version": 1, "answers": answers})).is(200);
    for (name, shade) in [("exam_proof", 10), ("receipt", 20)] {
        let file = picture(shade);
        student.ask("POST", &format!("{path}/files/{name}"), &[("Content-Type", "image/png")], &file).is(201);
    }
    id
}

#[test]
fn a_case_is_filed_returned_mended_endorsed_and_approved() {
    for site in &staffed().sites {
        let student = Program::of(site, STUDENT);
        let (clerk, office) = (student.beside("clerk1"), student.beside("office1"));
        assert_eq!(student.get("/api/v1/me").is(200).json["account"], STUDENT);
        let flows = student.get("/api/v1/workflows").is(200);
        assert_eq!(flows.json["workflows"][0]["for_me"], true, "{}", flows.body);
        assert_eq!(flows.json["workflows"][0]["windows"][0]["id"], "now");
        let flow = student.get("/api/v1/workflows/certificate").is(200);
        assert_eq!(flow.json["form"]["properties"]["exam_fee"]["maximum"], 100_000, "{}", flow.body);
        assert!(flow.json["form"]["properties"].get("subsidy").is_none(), "what is computed is not answered");
        student.get("/api/v1/workflows/nonsense").refuses(404, "not-found");

        // Begun once, whatever is sent again.
        let unread = student.send("POST", "/api/v1/cases", &json!({"workflow": "certificate"}));
        assert_eq!(unread.refuses(422, "unfit").names(), ["agreed"]);
        let begin = json!({"workflow": "certificate", "agreed": true});
        let begun = student.once("/api/v1/cases", "k1", &begin).is(201);
        let id = begun.text("id");
        let path = format!("/api/v1/cases/{id}");
        assert_eq!(begun.header("location"), path);
        assert_eq!(student.once("/api/v1/cases", "k1", &begin).is(201).body, begun.body);
        let other = student.once("/api/v1/cases", "k2", &begin).refuses(409, "open-already");
        assert_eq!(other.json["case"], *id);
        assert_eq!(count(site, "SELECT COUNT(*) FROM cases"), 1);

        let case = student.get(&path).is(200);
        assert_eq!((case.version(), case.text("state")), (1, "draft".to_owned()));
        assert_eq!(moves(&case.json), ["submit", "withdraw"]);
        clerk.get(&path).refuses(404, "not-found");

        // All or nothing: a wrong answer keeps the right ones out, and says where.
        let answers = json!({"exam_date": "九月八日", "exam_fee": 3000, "other_aid": false});
        let wrong = student.send("PATCH", &path, &json!({"expected_version": 1, "answers": answers}));
        assert_eq!(wrong.refuses(422, "form").names(), ["exam_date"]);
        assert_eq!(field(&student.get(&path).json, "other_aid")["value"], true, "nothing was kept");
        let answers = json!({"exam_date": exam().to_string(), "exam_fee": 3000, "other_aid": false});
        let kept = student.send("PATCH", &path, &json!({"expected_version": 1, "answers": answers})).is(200);
        assert_eq!(missing(&kept.json), ["certificate", "exam_proof", "receipt"]);
        let case = student.get(&path).is(200);
        assert_eq!(case.json["offers"][0]["entries"][0]["id"], "e1", "{}", case.body);
        assert_eq!(field(&case.json, "subsidy")["value"], 1500);
        let answers = json!({"certificate": "e9"});
        let wrong = student.send("PATCH", &path, &json!({"expected_version": 1, "answers": answers}));
        assert_eq!(wrong.refuses(422, "form").names(), ["certificate"]);
        let answers = json!({"certificate": "e1"});
        student.send("PATCH", &path, &json!({"expected_version": 1, "answers": answers})).is(200);
        let sent = student.step(&id, "submit", &json!({"expected_version": 1})).refuses(422, "form");
        assert_eq!(sent.names(), ["exam_proof", "receipt"]);

        // Files: as the body, and as a form's one file; sent twice it is one.
        let (proof, png) = (picture(10), [("Content-Type", "image/png")]);
        let to = format!("{path}/files/exam_proof?name=proof.png");
        let file = student.ask("POST", &to, &png, &proof).is(201);
        assert_eq!((file.text("name"), file.text("field")), ("proof.png".to_owned(), "exam_proof".to_owned()));
        assert_eq!(student.ask("POST", &to, &png, &proof).is(201).text("id"), file.text("id"));
        let form = [
            b"--frontier\r\nContent-Disposition: form-data; name=\"file\"; filename=\"receipt.png\"\r\n\r\n".as_slice(),
            &picture(20),
            b"\r\n--frontier--\r\n",
        ]
        .concat();
        let kind = [("Content-Type", "multipart/form-data; boundary=frontier")];
        let receipt = student.ask("POST", &format!("{path}/files/receipt"), &kind, &form).is(201);
        assert_eq!(receipt.text("name"), "receipt.png");
        student.ask("POST", &to, &png, b"GIF89a nothing that is taken").refuses(422, "file-refused");
        student.ask("POST", &format!("{path}/files/subsidy"), &png, &proof).refuses(409, "not-now");
        student.ask("POST", &format!("{path}/files/nonsense"), &png, &proof).refuses(404, "not-found");
        let spare = student.ask("POST", &to, &png, &picture(50)).is(201).text("href");
        student.ask("DELETE", &spare, &[], b"").is(204);
        student.get(&spare).refuses(404, "not-found");
        student.ask("DELETE", &spare, &[], b"").refuses(404, "not-found");
        let read = student.get(&file.text("href")).is(200);
        assert_eq!(read.header("content-type"), "image/png");
        assert!(read.header("content-security-policy").contains("sandbox"));

        // Sent: not without the profile, not of another version, and once.
        let submit = format!("{path}/moves/submit");
        student.once(&submit, "k3", &json!({"expected_version": 1})).refuses(422, "profile-incomplete");
        complete_profile(&mut site.signed_in(STUDENT));
        let stale = student.send("POST", &submit, &json!({"expected_version": 7})).refuses(409, "stale");
        assert_eq!((stale.version(), stale.text("state")), (1, "draft".to_owned()));
        let figures = json!({"expected_version": 1, "expected_figures": {"subsidy": 2000}});
        let other = student.send("POST", &submit, &figures).refuses(409, "conflict");
        assert!(other.text("detail").contains("subsidy = 1500"), "{}", other.body);
        let figures = json!({"expected_version": 1, "expected_figures": {"subsidy": 1500}});
        let sent = student.once(&submit, "k3", &figures).is(200);
        assert_eq!((sent.version(), sent.text("state")), (2, "in_review".to_owned()));
        let again = student.once(&submit, "k3", &json!({"expected_version": 1})).is(200);
        assert_eq!(again.body, sent.body);
        assert_eq!(count(site, "SELECT COUNT(*) FROM case_events"), 2);
        student.once(&submit, "k3", &json!({"expected_version": 2})).refuses(422, "key-reused");
        student
            .once(&format!("{path}/moves/withdraw"), "k3", &json!({"expected_version": 1}))
            .refuses(422, "key-reused");
        assert_eq!(count(site, "SELECT COUNT(*) FROM case_events"), 2);
        let stale = student.send("POST", &submit, &json!({"expected_version": 1})).refuses(409, "stale");
        assert_eq!((stale.version(), stale.text("state")), (2, "in_review".to_owned()));
        student.step(&id, "submit", &json!({"expected_version": 2})).refuses(409, "not-now");
        student.ask("DELETE", &file.text("href"), &[], b"").refuses(409, "not-now");
        student.ask("DELETE", &format!("{path}?expected_version=2"), &[], b"").refuses(409, "not-now");
        let answers = json!({"expected_version": 2, "answers": {"exam_fee": 1}});
        assert_eq!(student.send("PATCH", &path, &answers).refuses(422, "unfit").names(), ["exam_fee"]);

        // Returned by the clerk, who names what is to be mended.
        let mine = clerk.get("/api/v1/cases?view=mine&q=4110101").is(200);
        assert_eq!((&mine.json["total"], &mine.json["cases"][0]["id"]), (&json!(1), &json!(id)));
        assert_eq!(mine.json["cases"][0]["columns"]["subsidy"], "1,500");
        assert_eq!(clerk.get("/api/v1/cases?view=mine&state=endorsed").is(200).json["total"], 0);
        let case = clerk.get(&path).is(200);
        assert_eq!((moves(&case.json), &case.json["whose"]), (vec!["endorse", "return"], &json!("party")));
        clerk.get(&file.text("href")).is(200);
        let back = |body: Json| clerk.step(&id, "return", &body);
        back(json!({"expected_version": 2, "fields": ["exam_proof"]})).refuses(422, "note-needed");
        back(json!({"expected_version": 2, "note": "x"})).refuses(422, "fields-needed");
        back(json!({"expected_version": 2, "note": "x".repeat(2000), "fields": ["exam_proof"]}))
            .refuses(422, "note-too-long");
        let unknown = back(json!({"expected_version": 2, "note": "x", "fields": ["exam_proof", "nonsense"]}));
        assert_eq!(unknown.refuses(422, "unfit").names(), ["nonsense"]);
        let returned = back(json!({"expected_version": 2, "note": "看不清楚", "fields": ["exam_proof"]})).is(200);
        assert_eq!(returned.json["event"]["fields"], json!(["exam_proof"]));
        student.step(&id, "endorse", &json!({"expected_version": 3})).refuses(409, "not-now");

        // Only what was named is open; mended, it is sent again.
        let case = student.get(&path).is(200);
        assert_eq!(field(&case.json, "exam_proof")["to_mend"], true);
        assert_eq!(field(&case.json, "exam_fee")["editable"], false);
        let answers = json!({"expected_version": 3, "answers": {"exam_fee": 9999}});
        assert_eq!(student.send("PATCH", &path, &answers).refuses(422, "unfit").names(), ["exam_fee"]);
        let receipt = format!("{path}/files/receipt");
        student.ask("POST", &receipt, &png, &picture(30)).refuses(409, "not-now");
        student.ask("POST", &to, &png, &picture(40)).is(201);
        student.step(&id, "submit", &json!({"expected_version": 3})).is(200);

        // Endorsed, undone, endorsed again; the clerk does not decide for the office.
        let endorsed = clerk.step(&id, "endorse", &json!({"expected_version": 4})).is(200);
        assert_eq!(endorsed.text("state"), "endorsed");
        assert!(clerk.get(&path).json["undo_until"].is_string());
        let undo = format!("{path}/undo");
        let undone = clerk.once(&undo, "u1", &json!({"expected_version": 5})).is(200);
        assert_eq!((undone.version(), undone.text("state")), (6, "in_review".to_owned()));
        assert_eq!(clerk.once(&undo, "u1", &json!({"expected_version": 5})).is(200).body, undone.body);
        student.beside("clerk2").step(&id, "endorse", &json!({"expected_version": 6, "note": "齊"})).is(200);
        clerk.step(&id, "pass", &json!({"expected_version": 7})).refuses(403, "not-theirs");
        let passed = office.step(&id, "pass", &json!({"expected_version": 7})).is(200);
        assert_eq!(passed.text("state"), "passed");
        clerk.send("POST", &undo, &json!({"expected_version": 8})).refuses(403, "not-theirs");

        let case = student.get(&path).is(200);
        assert_eq!((&case.json["ends"], moves(&case.json).len()), (&json!("well"), 0));
        assert_eq!(
            (&case.json["payment"]["state"], &case.json["payment"]["amount"]),
            (&json!("committed"), &json!(1500))
        );
        let steps: Vec<&str> =
            case.json["timeline"].as_array().unwrap().iter().map(|event| event["step"].as_str().unwrap()).collect();
        assert_eq!(steps, ["", "submit", "return", "submit", "endorse", "undo", "endorse", "pass"]);
        assert!(!case.body.contains("00012345678899"), "the profile is not told");
        assert_eq!(student.get("/api/v1/cases").is(200).json["cases"][0]["state"], "passed");

        // What it brought.
        let progress = student.get(&format!("/api/v1/progress/{STUDENT}")).is(200);
        let certificate = &progress.json["requirements"].as_array().unwrap();
        let certificate = certificate.iter().find(|one| one["id"] == "certificate").unwrap();
        assert_eq!((&certificate["earned"], &certificate["passed"]), (&json!(1), &json!(true)));
        student.get(&format!("/api/v1/progress/{OTHER}")).refuses(404, "not-found");
        let office_sees = office.get("/api/v1/cases?view=all&workflow=certificate&page=1").is(200);
        assert_eq!(office_sees.json["total"], 1);
        let head = student.beside("head");
        assert_eq!(head.get("/api/v1/statistics?by=class&as_of=2026-05-01").is(200).json["total"]["students"], 8);
        student.get("/api/v1/statistics").refuses(403, "forbidden");
        student.as_described();
    }
}

#[test]
fn a_draft_is_thrown_away_with_its_files() {
    for site in &staffed().sites {
        let student = Program::of(site, STUDENT);
        let id = filled(&student);
        let path = format!("/api/v1/cases/{id}");
        let file = student.get(&path).is(200).json["files"][0]["href"].as_str().unwrap().to_owned();
        student.ask("DELETE", &path, &[], b"").refuses(422, "unfit");
        student.ask("DELETE", &format!("{path}?expected_version=2"), &[], b"").refuses(409, "stale");
        student.ask("DELETE", &format!("{path}?expected_version=1"), &[], b"").is(204);
        student.get(&path).refuses(404, "not-found");
        student.get(&file).refuses(404, "not-found");
        assert_eq!(student.get("/api/v1/cases").is(200).json["total"], 0);
        student.as_described();
    }
}

/// The walk of docs/api.md, as it is written there; only the day of the exam is one of now.
#[test]
fn the_walk_of_the_page_holds() {
    let text = std::fs::read_to_string(crate::harness::root().join("docs/api.md")).unwrap();
    let walk = text.split("```bash\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    if std::process::Command::new("curl").arg("--version").output().is_err() {
        assert!(std::env::var("MENKAN_TEST_ALL").is_err(), "curl must be installed");
        println!("not run: there is no curl");
        return;
    }
    for site in &staffed().sites {
        complete_profile(&mut site.signed_in(STUDENT));
        let folder = crate::harness::TempFolder::new();
        for (name, shade) in [("proof.png", 10), ("receipt.png", 20)] {
            std::fs::write(folder.path().join(name), picture(shade)).unwrap();
        }
        let walk = walk.replace("2026-09-08", &exam().to_string());
        let output = std::process::Command::new("bash")
            .args(["-euo", "pipefail", "-c", &walk])
            .current_dir(folder.path())
            .env("menkan", format!("http://{}", site.address))
            .env("token", Program::of(site, STUDENT).token)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
        assert!(said.contains("\"state\":\"in_review\""), "{said}");
        assert_eq!(count(site, "SELECT COUNT(*) FROM cases WHERE state = 'in_review'"), 1);
    }
}

#[test]
fn two_programs_with_one_key_do_it_once() {
    for site in &staffed().sites {
        let student = Program::of(site, STUDENT);
        complete_profile(&mut site.signed_in(STUDENT));
        let id = filled(&student);
        let token = student.token.clone();
        let bodies: Vec<String> = std::thread::scope(|scope| {
            let tries: Vec<_> = (0..6)
                .map(|_| {
                    let (token, id) = (token.clone(), id.clone());
                    scope.spawn(move || {
                        let program = Program::with(site, &token);
                        let body = json!({"expected_version": 1});
                        program.once(&format!("/api/v1/cases/{id}/moves/submit"), "same", &body).is(200).body
                    })
                })
                .collect();
            tries.into_iter().map(|one| one.join().unwrap()).collect()
        });
        assert!(bodies.iter().all(|body| *body == bodies[0]), "{bodies:#?}");
        assert_eq!(count(site, "SELECT COUNT(*) FROM case_events"), 2);
    }
}
