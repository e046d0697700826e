//! The payment pages, over HTTP and on both databases: what the office sees, freezes and exports, whom
//! it holds back, and that nobody else finds them; and where money goes, as its owner changes it.

use super::review_world::{done, form, number, person, press, raw, sent, value, worlds};
use super::{PASSWORD, Page, Site, own};

const QUEUE: &str = "/payments/certificate-subsidy";

/// Three approved cases, one of them to be paid by cheque.
fn approved(site: &Site) -> Vec<String> {
    let cases: Vec<String> = ["4110101", "4110102", "4110104"].iter().map(|student| sent(site, student)).collect();
    for id in &cases {
        done(site, "clerk1", id, "endorse");
        done(site, "office1", id, "pass");
    }
    keep(site, "4110102", &[("account_frozen", "on")], "2026-11-09T02:00:00Z");
    cases
}

fn keep(site: &Site, student: &str, typed: &[(&str, &str)], at: &str) {
    site.runtime.block_on(async {
        let edition = site.app.edition.load_full();
        let mut conn = site.app.db.read().await.unwrap();
        let kept = menkan::app::profile::read(&site.app, &mut conn, &edition.definition, student).await.unwrap();
        drop(conn);
        let (typed, at) = (raw(typed), at.parse().unwrap());
        assert!(
            menkan::app::profile::keep(&site.app, &edition, student, &typed, kept.version, at).await.unwrap(),
            "{student}"
        );
    });
}

/// The rows of a workbook's first sheet.
fn cells(page: &Page) -> Vec<Vec<String>> {
    use calamine::Reader;
    let mut book = calamine::Xlsx::new(std::io::Cursor::new(page.bytes.clone())).unwrap();
    let name = book.sheet_names()[0].clone();
    book.worksheet_range(&name).unwrap().rows().map(|row| row.iter().map(ToString::to_string).collect()).collect()
}

#[test]
fn the_office_freezes_a_batch_and_exports_it_twice_the_same() {
    for site in worlds() {
        approved(&site);
        let kind = site.db.kind;
        let mut office = site.signed_in("office1");
        assert!(office.get("/home").body.contains("certificate-subsidy"), "{kind}: no link to the payments");
        let page = office.get(QUEUE);
        assert!(page.status == 200 && page.body.contains("4110101") && page.body.contains("445,500"), "{}", page.body);
        let check = office.get(&format!("{QUEUE}/batch/2026"));
        assert!(check.body.contains("3 筆") && check.body.contains("4,500"), "{}", check.body);
        let asked = value(&check, "asked").to_owned();
        let from = format!("{QUEUE}/batch/2026");
        for _ in 0..2 {
            assert_eq!(office.send(&from, &from, &[("asked", &asked)]).status, 303, "{kind}");
        }
        assert_eq!(number(&site, "SELECT CAST(COUNT(*) AS BIGINT) FROM payment_batches"), 1, "{kind}");
        let page = office.get(QUEUE);
        let id = page.body.split("/payments/batches/").nth(1).unwrap().split('/').next().unwrap().to_owned();
        let export = format!("/payments/batches/{id}/export");
        assert_eq!(office.send(QUEUE, &export, &[("reason", "  ")]).status, 422, "{kind}: without a reason");
        let first = office.send(QUEUE, &export, &[("reason", "付款")]);
        let second = office.send(QUEUE, &export, &[("reason", "再匯一次")]);
        assert!(first.header("content-disposition").contains("certificate-subsidy-2026-"), "{kind}");
        assert!(!first.bytes.is_empty() && first.bytes == second.bytes, "{kind}: the same batch, two files");
        let rows = cells(&first);
        assert_eq!(rows.len(), 4);
        let of = |student: &str| rows.iter().find(|row| row.contains(&student.to_owned())).unwrap().clone();
        assert!(of("4110101").contains(&"匯款".to_owned()) && of("4110102").contains(&"支票".to_owned()), "{rows:?}");
        assert!(of("4110101").contains(&"00012345678901".to_owned()) && of("4110101").contains(&"1500".to_owned()));
        let logged = "SELECT CAST(COUNT(*) AS BIGINT) FROM audit WHERE action = 'export private data'";
        assert_eq!(number(&site, logged), 2, "{kind}");
        // Nobody else finds any of it; whoever sees everything sees the queue and no more.
        for stranger in ["clerk1", "elsewhere", "tutor01", "head"] {
            let mut stranger = site.signed_in(stranger);
            for path in [QUEUE, &from, &format!("{QUEUE}/queue.csv"), &format!("{QUEUE}/queue.xlsx")] {
                assert_eq!(stranger.get(path).status, 404, "{kind}: {path}");
            }
            assert_eq!(stranger.send("/home", &export, &[("reason", "看看")]).status, 404, "{kind}");
            assert_eq!(stranger.send("/home", &from, &[("asked", &asked)]).status, 404, "{kind}");
            assert!(!stranger.get("/home").body.contains("certificate-subsidy"), "{kind}");
        }
        assert_eq!(site.signed_in("4110101").get(QUEUE).status, 403, "{kind}");
        let mut admin = site.signed_in("admin");
        let seen = admin.get(QUEUE);
        assert!(seen.status == 200 && !seen.body.contains("/export"), "{kind}");
        assert_eq!(admin.send(QUEUE, &export, &[("reason", "看看")]).status, 404, "{kind}");
        assert_eq!(number(&site, logged), 2, "{kind}");
    }
}

#[test]
fn whoever_lacks_what_the_file_needs_is_left_out_and_named() {
    for site in worlds() {
        approved(&site);
        let kind = site.db.kind;
        site.runtime.block_on(async {
            let mut tx = site.app.db.begin().await.unwrap();
            tx.run("DELETE FROM student_private WHERE student = '4110101'", menkan::args![]).await.unwrap();
            tx.commit().await.unwrap();
        });
        let mut office = site.signed_in("office1");
        let from = format!("{QUEUE}/batch/2026");
        let check = office.get(&from);
        assert!(check.body.contains("2 筆") && check.body.contains("缺身分證字號"), "{kind}: {}", check.body);
        let asked = value(&check, "asked").to_owned();
        assert_eq!(office.send(&from, &from, &[("asked", &asked)]).status, 303, "{kind}");
    }
}

#[test]
fn what_is_in_a_batch_is_not_offered_to_be_undone() {
    for site in worlds() {
        let (kind, id) = (site.db.kind, sent(&site, "4110101"));
        done(&site, "clerk1", &id, "endorse");
        let mut office = site.signed_in("office1");
        assert_eq!(press(&mut office, &id, &[("step", "pass")]).status, 303, "{kind}");
        let review = format!("/review/{id}");
        let page = office.get(&review);
        assert!(page.body.contains(&format!("{review}/undo")) && !page.body.contains("id=\"batched\""), "{kind}");
        let queue = office.get(QUEUE);
        let body = queue.body.replace("&#x2f;", "/");
        let from = body.split(&format!("{QUEUE}/batch/")).nth(1).and_then(|rest| rest.split('"').next());
        let from = format!("{QUEUE}/batch/{}", from.unwrap());
        let asked = value(&office.get(&from), "asked").to_owned();
        assert_eq!(office.send(&from, &from, &[("asked", &asked)]).status, 303, "{kind}");
        let after = office.get(&review);
        assert!(!after.body.contains(&format!("{review}/undo")), "{kind}: {}", after.body);
        assert!(after.body.contains("已列入付款批次，這項決定不能再復原"), "{kind}: {}", after.body);
        // Whoever had the page open before is told the same.
        let late = office.post(&format!("{review}/undo"), &own(site.address), &form(&page, &[]));
        assert_eq!(late.status, 409, "{kind}");
        assert!(late.body.contains("id=\"batched\"") && !late.body.contains(&format!("{review}/undo")), "{kind}");
    }
}

#[test]
fn a_long_queue_is_shown_a_page_at_a_time() {
    for site in worlds() {
        let kind = site.db.kind;
        approved(&site);
        site.runtime.block_on(async {
            let mut tx = site.app.db.begin().await.unwrap();
            for index in 0..32_i64 {
                let sql =
                    "INSERT INTO payments (id, case_id, budget, person, once, amount, state, year, position, batch, at)
                    SELECT $1, case_id, budget, person, $2, amount, state, year, $3, '', at FROM payments
                    WHERE person = '4110101' AND position < 1000 AND state = 'committed'";
                let name = format!("more{index:02}");
                tx.run(sql, menkan::args![&name, &name, 1000 + index]).await.unwrap();
            }
            tx.commit().await.unwrap();
        });
        let mut office = site.signed_in("office1");
        let lines = |page: &Page| page.body.matches("<tr id=\"payment-").count();
        let first = office.get(QUEUE);
        assert!(first.body.contains("rel=\"next\"") && !first.body.contains("rel=\"prev\""), "{kind}: {}", first.body);
        let last = office.get(&format!("{QUEUE}?page=2"));
        assert!(last.body.contains("rel=\"prev\"") && !last.body.contains("rel=\"next\""), "{kind}");
        assert_eq!((lines(&first), lines(&last)), (30, 5), "{kind}");
        assert_eq!(lines(&office.get(&format!("{QUEUE}?page=99"))), 5, "{kind}");
        assert_eq!(
            office.get(&format!("{QUEUE}/queue.csv?page=2")).body.lines().count(),
            36,
            "{kind}: the file is whole"
        );
    }
}

#[test]
fn an_account_that_is_changed_after_the_approval_is_held_and_told() {
    for site in worlds() {
        approved(&site);
        let kind = site.db.kind;
        let letters = "SELECT CAST(COUNT(*) AS BIGINT) FROM outbox WHERE letter = 'payee-changed'";
        let before = number(&site, letters);
        keep(&site, "4110101", &[("account", "00099999997777")], "2026-11-12T02:00:00Z");
        assert_eq!(number(&site, letters), before + 1, "{kind}: nobody was told");
        let to = "SELECT CAST(COUNT(*) AS BIGINT) FROM outbox WHERE letter = 'payee-changed' AND person = '4110101'";
        assert_eq!(number(&site, to), 1, "{kind}");
        let mut office = site.signed_in("office1");
        let page = office.get(QUEUE);
        for said in ["核准後改過銀行資料", "••••8901", "••••7777"] {
            assert!(page.body.contains(said), "{kind}: no {said}: {}", page.body);
        }
        assert!(!page.body.contains("00099999997777") && !page.body.contains("00012345678901"), "{kind}: unmasked");
        assert!(!site.signed_in("admin").get(QUEUE).body.contains("7777"), "{kind}: for the office alone");
        let check = office.get(&format!("{QUEUE}/batch/2026"));
        assert!(check.body.contains("2 筆") && check.body.contains("確認前不會列入"), "{}", check.body);
        let (payment, changed) = (value(&page, "payment").to_owned(), value(&page, "changed").to_owned());
        let confirm = format!("{QUEUE}/confirm");
        assert_eq!(office.send(QUEUE, &confirm, &[("payment", &payment), ("changed", &changed)]).status, 303, "{kind}");
        let check = office.get(&format!("{QUEUE}/batch/2026"));
        assert!(check.body.contains("3 筆"), "{}", check.body);
    }
}

#[test]
fn a_change_of_ones_own_account_is_shown_without_the_button_and_says_who_looks_at_it() {
    for site in worlds() {
        approved(&site);
        let kind = site.db.kind;
        site.sql("UPDATE staff SET student = '4110101' WHERE account = 'office1'");
        for student in ["4110101", "4110104"] {
            keep(&site, student, &[("account", "00099999997777")], "2026-11-12T02:00:00Z");
        }
        let page = site.signed_in("office1").get(QUEUE);
        let line = |student: &str| {
            let all: Vec<&str> = page.body.split("<tr id=\"payment-").skip(1).collect();
            all.into_iter().find(|line| line.contains(student)).unwrap().split("</tr>").next().unwrap().to_owned()
        };
        let (own, other) = (line("4110101"), line("4110104"));
        assert!(own.contains("付給你自己") && own.contains("核准後改過銀行資料"), "{kind}: {own}");
        assert!(!own.contains("name=\"payment\""), "{kind}: the button is there: {own}");
        assert!(other.contains("name=\"payment\"") && !other.contains("付給你自己"), "{kind}: {other}");
    }
}

#[test]
fn whoever_has_a_session_and_no_password_cannot_change_where_money_goes() {
    for site in worlds() {
        let id = sent(&site, "4110101");
        let kind = site.db.kind;
        let mut student = site.signed_in("4110101");
        let account = || {
            site.runtime.block_on(async {
                let edition = site.app.edition.load_full();
                let mut conn = site.app.db.read().await.unwrap();
                let kept = menkan::app::profile::read(&site.app, &mut conn, &edition.definition, "4110101").await;
                kept.unwrap().raw["account"].clone()
            })
        };
        let mut save = |typed: &[(&str, &str)]| {
            let page = student.get("/profile");
            let (token, version) = (page.token(), value(&page, "version").to_owned());
            let mut fields = vec![("token", token.as_str()), ("version", version.as_str()), ("do", "save")];
            fields.extend(typed);
            student.send_files("/profile", &fields, &[])
        };
        // What is not where money goes, and what stays as it is, needs none.
        assert_eq!(save(&[("account", "00012345678901")]).status, 303, "{kind}");
        let refused = save(&[("account", "00077777777777")]);
        assert!(refused.status == 422 && refused.body.contains("請輸入密碼"), "{kind}: {}", refused.body);
        assert!(refused.body.contains("00077777777777"), "{kind}: what was typed is lost");
        let refused = save(&[("account", "00077777777777"), ("password", "wrong horse battery")]);
        assert!(refused.status == 422 && refused.body.contains("密碼不對"), "{kind}: {}", refused.body);
        // Nor by making it look unfinished first.
        assert_eq!(save(&[("bank_code", "")]).status, 422, "{kind}");
        assert_eq!(account(), "00012345678901", "{kind}");
        assert_eq!(save(&[("account", "00077777777777"), ("password", PASSWORD)]).status, 303, "{kind}");
        assert_eq!(account(), "00077777777777", "{kind}");
        // Guessing is counted as at the door, and shut off.
        for _ in 0..5 {
            save(&[("account", "00012345678901"), ("password", "wrong horse battery")]);
        }
        let locked = save(&[("account", "00012345678901"), ("password", PASSWORD)]);
        assert_eq!((locked.status, account().as_str()), (422, "00077777777777"), "{kind}: {}", locked.body);
        let viewer = site.runtime.block_on(person(&site, "4110101"));
        assert!(viewer.is_student && !id.is_empty());
    }
}
