//! What reviewers do, over HTTP and on both databases: the list, a decision, several at once, two at
//! once, and what is not theirs.

use super::review_world::{done, form, number, press, sent, state, worlds};
use super::{Site, own};

fn kind(site: &Site) -> &'static str {
    site.db.kind
}

fn page_of_menu(who: &mut super::Visitor, id: &str) -> String {
    let page = who.get(&format!("/review/{id}"));
    page.body
        .split("<nav class=\"menu\"")
        .nth(1)
        .and_then(|rest| rest.split("</nav>").next())
        .unwrap()
        .replace("&#x2f;", "/")
}

#[test]
fn a_case_goes_from_the_clerk_to_the_office_and_each_sees_what_proves_it() {
    for site in worlds() {
        let id = sent(&site, "4110101");
        let mut clerk = site.signed_in("clerk1");
        let list = clerk.get("/queue");
        assert!(list.body.contains("案件審查（1）") && list.body.contains("4110101"), "{}", kind(&site));
        let menu = page_of_menu(&mut clerk, &id);
        assert!(menu.contains("href=\"/queue\" aria-current=\"page\""), "{menu}");
        assert!(list.body.contains("測試技術士") && list.body.contains("1,500") && list.body.contains("逾期"));
        let page = clerk.get(&format!("/review/{id}"));
        assert_eq!(page.status, 200, "{}", page.body);
        for words in ["報名費收據", "receipt.png", "3000 的一半", "測試分局", "••••8901", "考試日期在本區間內"]
        {
            assert!(page.body.contains(words), "{} has no {words}", kind(&site));
        }
        assert!(!page.body.contains("00012345678901"), "a private answer is masked");

        // A return names fields and says why; nothing that was typed is lost.
        let refused = press(&mut clerk, &id, &[("step", "return"), ("named", "exam_fee")]);
        assert_eq!(refused.status, 422);
        assert!(
            refused.body.contains("<a href=\"#note\">請填寫意見") && refused.body.contains("aria-invalid=\"true\"")
        );
        assert_eq!(refused.body.matches("請填寫意見").count(), 2, "at the head and at the field: {}", refused.body);
        assert!(refused.body.contains("value=\"exam_fee\" checked"));
        let refused = press(&mut clerk, &id, &[("step", "return"), ("note", "收據不清楚")]);
        assert_eq!(refused.status, 422);
        assert!(refused.body.contains("請勾選至少一個") && refused.body.contains("收據不清楚"));
        assert!(refused.body.contains("<a href=\"#mend-"), "{}", refused.body);
        let long = "長".repeat(251);
        let refused = press(&mut clerk, &id, &[("step", "return"), ("named", "exam_fee"), ("note", &long)]);
        assert!(refused.status == 422 && refused.body.contains("現在有 251 個") && refused.body.contains(&long));
        assert_eq!(state(&site, &id), "in_review");
        let returned = press(
            &mut clerk,
            &id,
            &[("step", "return"), ("named", "exam_fee"), ("named", "receipt"), ("note", "收據不清楚")],
        );
        assert_eq!(returned.status, 303, "{}", returned.body);
        assert_eq!(state(&site, &id), "returned");
        assert_eq!(number(&site, "SELECT COUNT(*) FROM cases WHERE named = 'exam_fee,receipt'"), 1);

        // Mended and sent again: what changed is told.
        site.runtime.block_on(async {
            let student = super::review_world::person(&site, "4110101").await;
            let typed = super::review_world::raw(&[("exam_fee", "2000")]);
            let now = super::review_world::sent_at();
            menkan::app::case::keep(&site.app, &student, &id, 3, &typed, now).await.unwrap();
        });
        done(&site, "4110101", &id, "submit");
        let page = clerk.get(&format!("/review/{id}"));
        assert!(page.body.contains("這次送件改了什麼") && page.body.contains("3,000") && page.body.contains("2,000"));

        // Endorsed, and on to the next; the office passes it.
        let other = sent(&site, "4110102");
        let endorsed = press(&mut clerk, &id, &[("step", "endorse"), ("note", "相符")]);
        assert_eq!(endorsed.header("location"), format!("/review/{id}?done=1"));
        let after = clerk.get(endorsed.header("location"));
        assert!(after.body.contains(&format!("/review/{other}\" accesskey=\"N\" autofocus")), "{}", after.body);
        assert!(after.body.contains("復原上一個決定"));
        // Both sent the very same file.
        let seen = clerk.get(&format!("/review/{other}"));
        assert!(seen.body.contains("完全相同") && seen.body.contains(&format!("/review/{id}")));
        let mut office = site.signed_in("office1");
        let page = office.get(&format!("/review/{id}"));
        assert!(page.body.contains("採計") && page.body.contains("發給 1,000 元"), "{}", page.body);
        let passed = press(&mut office, &id, &[("step", "pass")]);
        assert_eq!((passed.status, state(&site, &id).as_str()), (303, "passed"));
        assert_eq!(number(&site, "SELECT COUNT(*) FROM payments WHERE state = 'committed'"), 1);
        // Undone, and refused instead.
        let page = office.get(&format!("/review/{id}"));
        let undone = office.post(&format!("/review/{id}/undo"), &own(site.address), &form(&page, &[]));
        assert_eq!((undone.status, state(&site, &id).as_str()), (303, "endorsed"));
        assert_eq!(press(&mut office, &id, &[("step", "refuse")]).status, 422, "a refusal says why");
        assert_eq!(press(&mut office, &id, &[("step", "refuse"), ("note", "文件不實")]).status, 303);
        assert_eq!(state(&site, &id), "refused");
        assert_eq!(
            number(
                &site,
                "SELECT COUNT(*) FROM payments WHERE state <> 'cancelled' AND case_id = (SELECT id FROM cases WHERE state = 'refused')"
            ),
            0
        );
    }
}

#[test]
fn of_eight_at_once_one_decides_and_the_others_are_told() {
    for site in worlds() {
        for (round, student) in ["4110101", "4110102", "4110104", "4110201"].into_iter().enumerate() {
            let id = sent(&site, student);
            done(&site, "clerk1", &id, "endorse");
            let before = number(&site, "SELECT COUNT(*) FROM outbox");
            let offices: Vec<_> = ["office1", "office2"].map(|who| site.signed_in(who)).into();
            let threads: Vec<_> = (0..8)
                .map(|index| {
                    let (mut office, id) = (offices[index % 2].clone(), id.clone());
                    let page = office.get(&format!("/review/{id}"));
                    let step = if index < 4 { "pass" } else { "refuse" };
                    let body = form(&page, &[("step", step), ("note", "審查意見")]);
                    std::thread::spawn(move || office.post(&format!("/review/{id}"), &own(office.address), &body))
                })
                .collect();
            let answers: Vec<_> = threads.into_iter().map(|thread| thread.join().unwrap()).collect();
            let statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
            assert_eq!(statuses.iter().filter(|status| **status == 303).count(), 1, "{} {statuses:?}", kind(&site));
            assert_eq!(statuses.iter().filter(|status| **status == 409).count(), 7, "{} {statuses:?}", kind(&site));
            let told = answers.iter().find(|answer| answer.status == 409).unwrap();
            assert!(told.body.contains("有了變動") && told.body.contains("審查意見"), "{}", told.body);
            assert_eq!(number(&site, "SELECT COUNT(*) FROM outbox"), before + 1, "one letter, round {round}");
        }
    }
}

#[test]
fn a_move_sent_again_does_nothing_twice() {
    for site in worlds() {
        let id = sent(&site, "4110101");
        for (who, step) in [
            ("clerk1", "return"),
            ("clerk1", "endorse"),
            ("office1", "pass"),
            ("office1", "undo"),
            ("office1", "refuse"),
        ] {
            let mut reviewer = site.signed_in(who);
            let page = reviewer.get(&format!("/review/{id}"));
            let fields = [("step", step), ("note", "說明"), ("named", "exam_fee")];
            // Only a return names fields.
            let body = form(&page, if step == "return" { &fields } else { &fields[..2] });
            let path = if step == "undo" { format!("/review/{id}/undo") } else { format!("/review/{id}") };
            let first = reviewer.post(&path, &own(site.address), &body);
            assert_eq!(first.status, 303, "{} {step}: {}", kind(&site), first.body);
            let counts = || {
                ["case_events", "outbox", "credits", "payments", "audit"]
                    .map(|table| number(&site, &format!("SELECT COUNT(*) FROM {table}")))
            };
            let before = counts();
            for _ in 0..10 {
                let again = reviewer.post(&path, &own(site.address), &body);
                assert_eq!((again.status, again.header("location")), (303, first.header("location")), "{step}");
            }
            assert_eq!(counts(), before, "{} {step}", kind(&site));
            // The same with a nonce of its own meets a case that has moved on.
            let stale = body.replacen(&page.token(), &reviewer.get("/queue").token(), 1);
            assert_eq!(reviewer.post(&path, &own(site.address), &stale).status, 409, "{step}");
            assert_eq!(counts(), before);
            if step == "return" {
                done(&site, "4110101", &id, "submit");
            }
        }
    }
}

#[test]
fn several_at_once_each_have_their_own_outcome() {
    for site in worlds() {
        let ids: Vec<String> = ["4110101", "4110102", "4110104"].map(|student| sent(&site, student)).into();
        let foreign = sent(&site, "4110204");
        let mut clerk = site.signed_in("clerk1");
        let list = clerk.get("/queue");
        let mut body = format!("token={}&step=certificate%2Fendorse", list.token());
        for id in ids.iter().chain([&foreign]) {
            body.push_str(&format!("&case={id}%3A2"));
        }
        let rehearsed = clerk.post("/queue/bulk", &own(site.address), &body);
        assert_eq!(rehearsed.status, 200, "{}", rehearsed.body);
        assert!(rehearsed.body.contains("將處理 3 件，略過 1 件"), "{}", rehearsed.body);
        assert!(rehearsed.body.contains("變為「系審查符合」") && rehearsed.body.contains("不在你可查看的範圍"));
        assert_eq!(state(&site, &ids[0]), "in_review", "nothing is done before it is confirmed");
        // One of them is decided by somebody else meanwhile.
        done(&site, "clerk2", &ids[1], "endorse");
        let body = body.replacen(&list.token(), &rehearsed.token(), 1) + "&note=%E5%90%8C%E6%84%8F";
        let answer = clerk.post("/queue/bulk/do", &own(site.address), &body);
        assert!(answer.body.contains("完成 2 件，未處理 2 件"), "{} {}", kind(&site), answer.body);
        assert!(answer.body.contains("勾選之後案件有了變動"));
        assert_eq!(state(&site, &foreign), "in_review");
        let events = "SELECT COUNT(*) FROM case_events WHERE step = 'endorse'";
        assert_eq!(number(&site, events), 3);
        let again = clerk.post("/queue/bulk/do", &own(site.address), &body);
        assert!(again.body.contains("沒有重複處理"), "{}", again.body);
        assert_eq!(number(&site, events), 3);
        let none = clerk.post(
            "/queue/bulk",
            &own(site.address),
            &format!("token={}&step=certificate%2Fendorse", list.token()),
        );
        assert!(none.status == 422 && none.body.contains("沒有勾選"));
    }
}

#[test]
fn nobody_decides_their_own_case_or_both_reviews() {
    for site in worlds() {
        let own_case = sent(&site, "4110103");
        let mut clerk = site.signed_in("4110103");
        let page = clerk.get(&format!("/review/{own_case}"));
        assert!(page.status == 200 && page.body.contains("這是你自己的申請"), "{}", page.body);
        let tried = press(&mut clerk, &own_case, &[("step", "endorse")]);
        let tried = if tried.status == 409 {
            let token = clerk.get("/queue").token();
            clerk.post(
                &format!("/review/{own_case}"),
                &own(site.address),
                &format!("token={token}&seen=2&step=endorse"),
            )
        } else {
            tried
        };
        assert!(tried.status == 403 && tried.body.contains("不能審查自己的申請"), "{} {}", tried.status, tried.body);

        let id = sent(&site, "4110101");
        done(&site, "both", &id, "endorse");
        let mut both = site.signed_in("both");
        let page = both.get(&format!("/review/{id}"));
        assert!(page.body.contains("你已在另一關審查過這件") && !page.body.contains("value=\"pass\""), "{}", page.body);
        let token = both.get("/queue").token();
        let tried = both.post(&format!("/review/{id}"), &own(site.address), &format!("token={token}&seen=3&step=pass"));
        assert!(tried.status == 403 && tried.body.contains("不能再審這一關"), "{}", tried.body);
        assert_eq!((state(&site, &own_case).as_str(), state(&site, &id).as_str()), ("in_review", "endorsed"));
    }
}

#[test]
fn a_department_learns_nothing_of_anothers_cases() {
    for site in worlds() {
        let (own_case, foreign) = (sent(&site, "4110101"), sent(&site, "4110204"));
        let (mut clerk, mut other) = (site.signed_in("clerk1"), site.signed_in("elsewhere"));
        for path in [
            "/queue",
            "/queue?view=all",
            "/queue?view=all&department=D2",
            "/queue?view=all&q=4110204",
            "/queue?department=D2",
        ] {
            let page = clerk.get(path);
            assert!(
                page.status == 200 && !page.body.contains(&foreign) && !page.body.contains("學生4110204"),
                "{path}"
            );
        }
        assert!(clerk.get("/queue").body.contains("有 1 件等你處理"));
        assert!(clerk.get("/queue?view=all&department=D2").body.contains("沒有符合條件的案件"));
        assert!(other.get("/queue").body.contains(&foreign));
        let missing = "0".repeat(32);
        let (one, two) = (clerk.get(&format!("/review/{foreign}")), clerk.get(&format!("/review/{missing}")));
        assert_eq!((one.status, two.status), (404, 404));
        let plain = |body: &str, id: &str| super::sessions::blank(body).replace(id, "X");
        assert_eq!(plain(&one.body, &foreign), plain(&two.body, &missing));
        let token = clerk.get("/queue").token();
        for path in ["", "/claim", "/release", "/undo", "/reveal"] {
            let body = format!("token={token}&seen=2&step=endorse&reason=%E6%9F%A5%E6%A0%B8");
            let answer = clerk.post(&format!("/review/{foreign}{path}"), &own(site.address), &body);
            assert_eq!(answer.status, 404, "{path}");
        }
        assert_eq!(state(&site, &foreign), "in_review");
        // The same proof was sent there: it is said that there is one, not whose.
        let page = clerk.get(&format!("/review/{own_case}"));
        assert!(page.body.contains("另外 1 案") && !page.body.contains(&foreign), "{}", page.body);
        // Whoever sees everything moves nothing.
        let mut admin = site.signed_in("admin");
        let page = admin.get(&format!("/review/{foreign}"));
        assert!(page.status == 200 && page.body.contains("目前沒有你可以做的事") && !page.body.contains("••••8901"));
    }
}

#[test]
fn what_is_masked_is_shown_for_a_reason_that_is_written_down_first() {
    for site in worlds() {
        let id = sent(&site, "4110101");
        let mut clerk = site.signed_in("clerk1");
        let before = number(&site, "SELECT COUNT(*) FROM audit WHERE action = 'reveal private data'");
        let page = clerk.get(&format!("/review/{id}"));
        let refused = clerk.post(&format!("/review/{id}/reveal"), &own(site.address), &form(&page, &[("reason", " ")]));
        assert!(
            refused.status == 422
                && refused.body.contains("請說明為什麼要看")
                && !refused.body.contains("00012345678901")
        );
        let shown =
            clerk.post(&format!("/review/{id}/reveal"), &own(site.address), &form(&page, &[("reason", "核對帳號")]));
        assert!(shown.status == 200 && shown.body.contains("00012345678901"), "{}", shown.body);
        let after = number(
            &site,
            "SELECT COUNT(*) FROM audit WHERE action = 'reveal private data' AND detail LIKE '%核對帳號%'",
        );
        assert_eq!((before, after), (0, 1), "{}", kind(&site));
        assert!(!clerk.get(&format!("/review/{id}")).body.contains("00012345678901"), "once");
        // The picture's address is good for this reader alone.
        let plain = shown.body.replace("&amp;", "&").replace("&#x2f;", "/");
        let address = plain.split("/revealed/").nth(1).map(|rest| rest.split('"').next().unwrap()).unwrap();
        let address = format!("/review/{id}/revealed/{address}");
        assert_eq!(site.signed_in("clerk2").get(&address).status, 404);
        assert_eq!(clerk.get(&address.replace("until=", "until=1")).status, 404);
    }
}

#[test]
fn a_case_is_taken_and_a_list_is_kept_under_a_name() {
    for site in worlds() {
        let (first, second) = (sent(&site, "4110101"), sent(&site, "4110102"));
        let (mut one, mut two) = (site.signed_in("clerk1"), site.signed_in("clerk2"));
        let page = one.get(&format!("/review/{first}"));
        assert_eq!(one.post(&format!("/review/{first}/claim"), &own(site.address), &form(&page, &[])).status, 303);
        assert!(two.get("/queue").body.contains("老師clerk1 處理中"), "{}", kind(&site));
        let page = two.get(&format!("/review/{first}"));
        let taken = two.post(&format!("/review/{first}/claim"), &own(site.address), &form(&page, &[]));
        assert!(taken.status == 409 && taken.body.contains("別人已在處理"));
        // What another works on is not offered as the next.
        let decided = press(&mut two, &second, &[("step", "endorse")]);
        assert!(two.get(decided.header("location")).body.contains("沒有其他等你處理的案件"));
        one.send(&format!("/review/{first}"), &format!("/review/{first}/release"), &[]);
        assert!(!two.get("/queue").body.contains("處理中"));

        let kept = one.send("/queue", "/queue/views", &[("name", "本學期"), ("query", "view=all&term=115-1&x=1")]);
        assert_eq!(kept.header("location"), "/queue?view=all&term=115-1");
        let page = one.get("/queue?view=all&term=115-1");
        assert!(page.body.contains("本學期") && page.body.contains("找到 2 件"), "{}", page.body);
        assert!(!two.get("/queue").body.contains("本學期"), "it is one's own");
        one.send("/queue", "/queue/views/forget", &[("name", "本學期")]);
        assert!(!one.get("/queue").body.contains("本學期"));
    }
}

#[test]
fn a_role_is_lent_for_its_days_and_no_longer_than_its_lender_holds_it() {
    for site in worlds() {
        let id = sent(&site, "4110101");
        let (mut lender, mut borrower) = (site.signed_in("clerk1"), site.signed_in("elsewhere"));
        let today = site.app.edition.load().definition.school.calendar.today(chrono::Utc::now());
        let (before, later) = (today.pred_opt().unwrap(), today + chrono::Days::new(7));
        let path = format!("/review/{id}");
        let lend =
            |lender: &mut super::Visitor, role: &str, to: &str, from: chrono::NaiveDate, until: chrono::NaiveDate| {
                let (from, until) = (from.to_string(), until.to_string());
                lender.send(
                    "/delegation",
                    "/delegation",
                    &[("role", role), ("to", to), ("sure", to), ("from", &from), ("until", &until)],
                )
            };
        for (role, to, from, until, why) in [
            ("office|career", "elsewhere", today, later, "不是你可以請人代理"),
            ("clerk|D2", "elsewhere", today, later, "不是你可以請人代理"),
            ("clerk|D1", "nobody-here", today, later, "沒有這個教職員"),
            ("clerk|D1", "clerk1", today, later, "不能是自己"),
            ("clerk|D1", "elsewhere", later, today, "最後一天"),
            ("clerk|D1", "elsewhere", before, before, "最後一天"),
        ] {
            let refused = lend(&mut lender, role, to, from, until);
            assert!(refused.status == 422 && refused.body.contains(why), "{role} {to} {}", refused.body);
        }
        assert_eq!(borrower.get(&path).status, 404);
        // Not yet: its first day is to come.
        assert_eq!(lend(&mut lender, "clerk|D1", "elsewhere", later, later).status, 303);
        assert_eq!(borrower.get(&path).status, 404, "{}", kind(&site));
        assert_eq!(lend(&mut lender, "clerk|D1", "elsewhere", before, today).status, 303);
        assert_eq!(borrower.get(&path).status, 200);
        assert!(borrower.get("/queue").body.contains(&id));
        assert!(borrower.get("/delegation").body.contains("老師clerk1"));
        // What is borrowed is not lent on.
        assert_eq!(lend(&mut borrower, "clerk|D1", "clerk2", today, today).status, 422);
        // A page opened in time decides nothing once the role is gone.
        let page = borrower.get(&path);
        let read_before = site.runtime.block_on(super::review_world::person(&site, "elsewhere"));
        site.sql("DELETE FROM staff_roles WHERE account = 'clerk1'");
        let asked = menkan::app::case::Asked { step: "endorse", seen: 2, nonce: "n", ..Default::default() };
        let now = chrono::Utc::now();
        let late = site.runtime.block_on(menkan::app::case::act(&site.app, &read_before, &id, &asked, now));
        assert!(late.is_err(), "a role that was read before it was taken away");
        let tried = borrower.post(&path, &own(site.address), &form(&page, &[("step", "endorse")]));
        assert_eq!((tried.status, state(&site, &id).as_str()), (404, "in_review"));
        site.sql("INSERT INTO staff_roles (account, role, unit) VALUES ('clerk1', 'clerk', 'D1')");
        // Taken back by its lender alone.
        let lent = site.runtime.block_on(async {
            let sql = "SELECT id FROM delegations WHERE until_day = $1";
            let args = menkan::args![today.to_string()];
            let (id,): (String,) = site.app.db.read().await.unwrap().one(sql, args).await.unwrap();
            id
        });
        let end = format!("/delegation/{lent}/end");
        assert_eq!(borrower.send("/delegation", &end, &[]).status, 404);
        assert_eq!(press(&mut borrower, &id, &[("step", "endorse")]).status, 303);
        let actor =
            "SELECT COUNT(*) FROM case_events WHERE step = 'endorse' AND actor = 'elsewhere' AND actor_unit = '測試系'";
        assert_eq!(number(&site, actor), 1, "under their own name, in the unit they stood in for");
        assert_eq!(lender.send("/delegation", &end, &[]).status, 303);
        assert_eq!(borrower.get(&path).status, 404, "{}", kind(&site));
        assert_eq!(number(&site, "SELECT COUNT(*) FROM audit WHERE action IN ('lend role', 'end lending')"), 3);
    }
}
