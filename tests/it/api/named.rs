//! What a program reads of an entry that was chosen: its code, its name, and all that it says.

use serde_json::json;

use super::Program;
use crate::web::entries::{choose, draft, worlds};
use crate::web::namesakes::namesakes;

const STUDENT: &str = "4110101";

#[test]
fn entries_that_may_be_chosen_and_that_were_say_what_their_catalogue_says() {
    for site in &worlds() {
        namesakes(site);
        let id = draft(site, STUDENT);
        let student = Program::of(site, STUDENT);
        let path = format!("/api/v1/cases/{id}");
        let case = student.get(&path).is(200).json;
        let offered = &case["offers"][0]["entries"][1];
        assert_eq!(offered["label"], "108100002 Computer applications · 丙級 · 勞動部", "{case}");
        let found = student.get(&format!("{path}/entries/certificate?q=%E4%B9%99%E7%B4%9A")).is(200).json;
        assert_eq!(found["entries"][0]["says"]["level"], "乙級", "{found}");
        choose(site, STUDENT, &id, "entry2");
        let case = student.get(&path).is(200).json;
        let answers = case["answers"].as_array().unwrap();
        let chosen = answers.iter().find(|answer| answer["field"] == "certificate").unwrap();
        let says =
            json!({"english": "Computer applications", "issuer": "勞動部", "level": "丙級", "name": "電腦軟體應用"});
        assert_eq!((&chosen["value"]["code"], &chosen["value"]["says"]), (&json!("108100002"), &says), "{case}");
    }
}
