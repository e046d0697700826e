//! Certificates in an award by programs: which may be used, which are, and a clear answer where one is used
//! already.

use serde_json::{Value as Json, json};

use super::Program;
use crate::used::{AWARD, REGISTER, RULE};
use crate::web::reload::folder;
use crate::web::review_world::worlds_in;

fn field<'a>(case: &'a Json, list: &str, name: &str) -> &'a Json {
    let all = case[list].as_array().unwrap();
    all.iter().find(|one| one["field"] == name).unwrap_or_else(|| panic!("no {name} in {case}"))
}

fn begun(student: &Program, workflow: &str, answers: Json) -> String {
    let id = student.send("POST", "/api/v1/cases", &json!({"workflow": workflow})).is(201).text("id");
    let path = format!("/api/v1/cases/{id}");
    student.send("PATCH", &path, &json!({"expected_version": 1, "answers": answers})).is(200);
    id
}

#[test]
fn a_program_uses_certificates_once() {
    let folder = folder();
    for (file, text) in [
        ("workflows/ncut/cases/register.yaml", REGISTER),
        ("workflows/ncut/cases/award.yaml", AWARD),
        ("rules/ncut/award.rhai", RULE),
    ] {
        std::fs::write(folder.path().join(file), text).unwrap();
    }
    for site in &worlds_in(folder.path()) {
        let student = Program::of(site, "4110101");
        let (clerk, office) = (student.beside("clerk1"), student.beside("office1"));
        let form = student.get("/api/v1/workflows/award").is(200).json;
        assert_eq!(form["form"]["properties"]["certificates"]["items"]["type"], "string", "{form}");
        let one = begun(&student, "register", json!({"name": "甲", "issued": "2026-09-10"}));
        student.step(&one, "submit", &json!({"expected_version": 1})).is(200);
        clerk.step(&one, "pass", &json!({"expected_version": 2})).is(200);
        let award = begun(&student, "award", json!({"needed": 1}));
        let path = format!("/api/v1/cases/{award}");
        let offered = student.get(&path).is(200).json;
        assert_eq!(field(&offered, "offers", "certificates")["cases"][0]["id"], *one, "{offered}");
        let asked = |chosen: Json| json!({"expected_version": 1, "answers": {"certificates": chosen}});
        for wrong in [json!("甲"), json!([1])] {
            assert_eq!(student.send("PATCH", &path, &asked(wrong)).refuses(422, "unfit").names(), ["certificates"]);
        }
        let wrong = student.send("PATCH", &path, &asked(json!(["nonsense"]))).refuses(422, "form");
        assert_eq!(wrong.names(), ["certificates"], "{}", wrong.body);
        student.send("PATCH", &path, &asked(json!([one]))).is(200);
        let second = begun(&student, "award", json!({"needed": 1, "certificates": [one]}));
        student.step(&award, "submit", &json!({"expected_version": 1})).is(200);
        let used = office.get(&path).is(200).json;
        assert_eq!(field(&used, "answers", "certificates")["value"][0]["id"], *one, "{used}");
        // It is used: by no other, and it stays as it is.
        let taken = student.step(&second, "submit", &json!({"expected_version": 1})).refuses(422, "form");
        assert_eq!(taken.names(), ["certificates"], "{}", taken.body);
        student.step(&one, "hand_over", &json!({"expected_version": 3})).refuses(409, "in-use");
        student.as_described();
    }
}
