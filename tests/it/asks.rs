//! What a move asks whoever makes it: on the page, in bulk and by programs; kept with the move, used like the
//! form's fields, and taken back with it.

use menkan::app::tokens::{Scope, Wanted, create};
use serde_json::{Value as Json, json};

use crate::applications::{copied, edit};
use crate::harness::{self, TempFolder};
use crate::web::review_world::{done, form, number, press, sent, state, worlds_in};
use crate::web::{Site, encode, exchange, own};

/// The shipped school, whose office approves with a level, which says how much is paid, and refuses
/// for a reason.
fn worlds() -> (TempFolder, Vec<Site>) {
    let folder = TempFolder::new();
    for part in ["workflows", "rules", "templates"] {
        copied(&harness::root().join(part), &folder.path().join(part));
    }
    let asks = "    asks:
      grade: {is: choice, label: 等級, options: {one: 一級, two: 二級}}
      extra: {is: money, label: 加發, most: 500, when: grade is one, check: certificate::extra}
";
    let reason = "    asks: {why: {is: choice, label: 不通過原因, options: {date: 日期不符, other: 其他}}}\n";
    let changes = [
        (
            "moves:\n  submit:",
            "checks:
  round: {title: 考試日期在期間內, rule: certificate::round}
  fee: {title: 報名費在兩千以內, rule: certificate::fee}
  paper: {title: 附件與填報相符}
moves:\n  submit:",
        ),
        ("columns: [certificate, exam_date, subsidy]", "columns: [grade, subsidy]"),
        (
            "    to: passed\n    by: career office\n",
            &format!("    to: passed\n    by: career office\n    if: certificate::may_pass\n{asks}"),
        ),
        ("    to: refused\n    by: career office\n", &format!("    to: refused\n    by: career office\n{reason}")),
    ];
    edit(&folder.path().join("workflows/ncut/cases/certificate.yaml"), &changes);
    let rules = [(
        "fn subsidy(c) {",
        "fn round(c) { c.window.covers(c.exam_date) }
fn fee(c) { if c.exam_fee > 2000 { fail(`報名費 ${c.exam_fee}`) } else { pass() } }
fn extra(c) { if c.extra == 13 { fail(\"十三不行\") } else { pass() } }
fn may_pass(c) { if c.grade == \"two\" && c.exam_fee > 3000 { fail(\"二級不超過三千\") } else { pass().because(`等級 ${c.grade}`) } }
fn subsidy(c) {
    if c.grade != \"\" { return figure(c.extra + 100).because(\"依等級\"); }",
    )];
    edit(&folder.path().join("rules/ncut/certificate.rhai"), &rules);
    let sites = worlds_in(folder.path());
    (folder, sites)
}

fn endorsed(site: &Site, student: &str) -> String {
    let id = sent(site, student);
    done(site, "clerk1", &id, "endorse");
    id
}

#[test]
fn what_a_move_asks_for_is_told_at_its_field_kept_shown_paid_by_and_taken_back() {
    let (_folder, sites) = worlds();
    for site in sites {
        let id = endorsed(&site, "4110101");
        let mut office = site.signed_in("office1");
        let page = office.get(&format!("/review/{id}"));
        for part in ["一級", "二級", "name=\"extra\"", "不通過原因"] {
            assert!(page.body.contains(part), "no {part}: {}", page.body);
        }
        // Nothing, and what is wrong, is told at the field; what was typed stays.
        let refused = press(&mut office, &id, &[("step", "pass"), ("note", "看過了")]);
        assert_eq!(refused.status, 422);
        for part in ["<a href=\"#field-grade\">請選擇「等級」", "看過了", "id=\"wrong-grade\""] {
            assert!(refused.body.contains(part), "no {part}: {}", refused.body);
        }
        assert_eq!(refused.body.matches("請選擇「等級」").count(), 2, "at the head and at the field: {}", refused.body);
        let refused = press(&mut office, &id, &[("note", "看過了")]);
        assert_eq!(refused.status, 422);
        assert_eq!(refused.body.matches("請選擇要做的決定").count(), 2, "{}", refused.body);
        let refused = press(&mut office, &id, &[("step", "pass"), ("grade", "one"), ("extra", "13")]);
        assert_eq!(refused.status, 422);
        for part in ["<a href=\"#field-extra\">十三不行", "value=\"13\"", "value=\"one\" checked"] {
            assert!(refused.body.contains(part), "no {part}: {}", refused.body);
        }
        let refused = press(&mut office, &id, &[("step", "pass"), ("grade", "nine")]);
        assert!(refused.status == 422 && refused.body.contains("這個選項"), "{}", refused.body);
        assert_eq!(state(&site, &id), "endorsed");
        let passed = press(&mut office, &id, &[("step", "pass"), ("grade", "one"), ("extra", "50")]);
        assert_eq!(passed.status, 303, "{}", passed.body);
        assert_eq!(number(&site, "SELECT COUNT(*) FROM payments WHERE state = 'committed' AND amount = 15000"), 1);
        // Read with the case and by its applicant, in history and in lists.
        let page = office.get(&format!("/review/{id}"));
        assert!(page.body.contains("一級") && page.body.contains("等級 one"), "{}", page.body);
        assert!(office.get("/queue?view=all").body.contains("<th scope=\"col\">等級</th>"));
        let listed =
            "SELECT COUNT(*) FROM cases WHERE columns LIKE '%一級%' AND columns LIKE '%150%' AND search LIKE '%一級%'";
        assert_eq!(number(&site, listed), 1);
        let own_page = site.signed_in("4110101").get(&format!("/cases/{id}"));
        assert!(own_page.body.contains("等級：一級") && own_page.body.contains("加發"), "{}", own_page.body);
        let letters = "SELECT COUNT(*) FROM outbox WHERE notice = 'case'";
        assert!(number(&site, letters) > 0);

        // Undone, it is as if it had not been asked; then another answer stands.
        let page = office.get(&format!("/review/{id}"));
        let undone = office.post(&format!("/review/{id}/undo"), &own(site.address), &form(&page, &[]));
        assert_eq!(undone.status, 303, "{}", undone.body);
        assert_eq!(number(&site, listed), 0);
        assert_eq!(number(&site, "SELECT COUNT(*) FROM payments WHERE state = 'reserved' AND amount = 150000"), 1);
        let page = office.get(&format!("/review/{id}"));
        assert!(page.body.contains("class=\"struck\""));
        assert!(!page.body.contains("value=\"one\" checked"), "{}", page.body);
        // What is not asked for is not kept, which is told before it is lost.
        let unkept = press(&mut office, &id, &[("step", "pass"), ("grade", "two"), ("extra", "50")]);
        assert!(unkept.status == 422 && unkept.body.contains("現在的選擇不需要「加發」"), "{}", unkept.body);
        let passed = press(&mut office, &id, &[("step", "pass"), ("grade", "two"), ("extra", "")]);
        assert_eq!(passed.status, 303, "{}", passed.body);
        assert_eq!(number(&site, "SELECT COUNT(*) FROM payments WHERE state = 'committed' AND amount = 10000"), 1);
        let asked =
            "SELECT COUNT(*) FROM case_events WHERE undone = 0 AND asked LIKE '%two%' AND asked NOT LIKE '%extra%'";
        assert_eq!(number(&site, asked), 1);
    }
}

#[test]
fn checks_are_told_to_reviewers_and_hinder_nothing() {
    let (_folder, sites) = worlds();
    for site in sites {
        let id = sent(&site, "4110101");
        let mut clerk = site.signed_in("clerk1");
        let page = clerk.get(&format!("/review/{id}")).body;
        let checks = page.split("<ul class=\"checks\">").nth(1).and_then(|rest| rest.split("</ul>").next()).unwrap();
        let told: Vec<&str> = checks.split("<li>").skip(1).collect();
        assert!(told[0].contains("\">符合</span> 考試日期在期間內"), "{checks}");
        assert!(told[1].contains("\">不符</span> 報名費在兩千以內") && told[1].contains("報名費 3000"), "{checks}");
        assert!(told[2].contains("\">請看</span> 附件與填報相符"), "{checks}");
        let queue = clerk.get("/queue").body;
        assert!(queue.contains("1 項不符") && queue.contains("1 項請看"), "{queue}");
        let token = clerk.get("/queue").token();
        let body = format!("token={token}&step=certificate%2Fendorse&case={id}%3A2");
        let page = clerk.post("/queue/bulk", &own(site.address), &body);
        assert!(page.body.contains("檢核不符：報名費在兩千以內"), "{}", page.body);
        let own_page = site.signed_in("4110101").get(&format!("/cases/{id}"));
        assert!(!own_page.body.contains("報名費在兩千以內"), "{}", own_page.body);
        assert_eq!(press(&mut clerk, &id, &[("step", "endorse")]).status, 303);
        assert_eq!(state(&site, &id), "endorsed");
    }
}

#[test]
fn many_cases_are_asked_once_and_nothing_is_done_where_an_answer_is_wrong() {
    let (_folder, sites) = worlds();
    for site in sites {
        let ids = [endorsed(&site, "4110101"), endorsed(&site, "4110102")];
        let mut office = site.signed_in("office1");
        let token = office.get("/queue").token();
        let chosen = format!("case={}%3A3&case={}%3A3", ids[0], ids[1]);
        let body = format!("token={token}&step=certificate%2Frefuse&{chosen}");
        let page = office.post("/queue/bulk", &own(site.address), &body);
        assert!(page.status == 200 && page.body.contains("不通過原因"), "{}", page.body);
        let mut send = |why: &str| {
            let token = office.get("/queue").token();
            let body = format!("token={token}&step=certificate%2Frefuse&{chosen}&note={}{why}", encode("不符"));
            office.post("/queue/bulk/do", &own(site.address), &body)
        };
        let wrong = send("");
        assert!(wrong.status == 422 && wrong.body.contains("請選擇「不通過原因」") && wrong.body.contains("不符"));
        assert_eq!(state(&site, &ids[0]), "endorsed");
        let done = send("&why=date");
        assert_eq!(done.status, 200, "{}", done.body);
        assert!(done.body.contains(">結果</th>") && !done.body.contains("會發生什麼"), "{}", done.body);
        assert!(done.body.contains(">審查不通過</td>"), "{}", done.body);
        assert_eq!(number(&site, "SELECT COUNT(*) FROM case_events WHERE asked LIKE '%\"date\"%'"), 2);
    }
}

#[test]
fn programs_are_told_what_a_move_asks_for_and_answer_it() {
    let (_folder, sites) = worlds();
    for site in sites {
        let id = endorsed(&site, "4110101");
        let wanted = Wanted { account: "office1", name: "a test", scopes: &Scope::ALL, days: 30 };
        let token = site.runtime.block_on(create(&site.app, wanted, chrono::Utc::now())).unwrap().text;
        let ask = |method: &str, path: &str, body: &Json| -> (u16, Json) {
            let body = if method == "GET" { String::new() } else { body.to_string() };
            let head = format!(
                "{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n\
                 Content-Type: application/json\r\nContent-Length: {}\r\n\r\n",
                site.address,
                body.len()
            );
            let answer = exchange(site.address, format!("{head}{body}").as_bytes());
            (answer.status, serde_json::from_str(&answer.body).unwrap_or_default())
        };
        let path = format!("/api/v1/cases/{id}");
        let (_, case) = ask("GET", &path, &Json::Null);
        let pass = case["moves"].as_array().unwrap().iter().find(|one| one["id"] == "pass").unwrap();
        assert_eq!(pass["asks"]["properties"]["grade"]["oneOf"][0]["const"], "one", "{case}");
        let to = format!("{path}/moves/pass");
        let (status, told) = ask("POST", &to, &json!({"expected_version": 3}));
        assert_eq!((status, &told["errors"][0]["pointer"]), (422, &json!("#/answers/grade")), "{told}");
        let (status, told) = ask("POST", &to, &json!({"expected_version": 3, "answers": {"exam_fee": 1}}));
        assert_eq!((status, &told["errors"][0]["name"]), (422, &json!("exam_fee")), "{told}");
        let answers = json!({"grade": "one", "extra": 20});
        let (status, told) = ask("POST", &to, &json!({"expected_version": 3, "answers": answers}));
        assert_eq!((status, &told["event"]["answers"]), (200, &answers), "{told}");
        let (_, case) = ask("GET", &path, &Json::Null);
        let grade = case["answers"].as_array().unwrap().iter().find(|one| one["field"] == "grade");
        assert_eq!(grade.map(|one| &one["value"]), Some(&json!("one")), "{case}");
    }
}
