//! The manual of certificate awards with one review, step by step, by the roles that it names: what is applied
//! for, checked, approved with a level or refused for a reason, exported by round, and reminded of.

mod browser;
mod moving;

use std::path::Path;

use menkan::app::case::{self, Asked, CaseError, time};
use menkan::app::{accounts, profile};

use menkan::case::Refusal;
use menkan::clock::Instant;
use menkan::lang::Lang;
use menkan::store::catalogues::{self, EntryRow};
use menkan::store::files::OwnerKind;

use crate::applications::copied;
use crate::harness::{self, TempFolder, school};
use crate::web::review_world::{file, form, number, person, press, raw, state};
use crate::web::{PASSWORD, Page, Site, own};

const SCHOOL: &str = "nkust";

/// The shipped school with a round that is open on the day of the test, and a date that is near.
fn school_of_today() -> (TempFolder, chrono::NaiveDate) {
    let folder = TempFolder::new();
    for part in ["workflows", "rules", "templates"] {
        copied(&harness::root().join(part), &folder.path().join(part));
    }
    let today = (chrono::Utc::now() + chrono::Duration::hours(8)).date_naive();
    let day = |days: i64| today + chrono::Duration::days(days);
    let rounds = format!(
        "windows: award-rounds
title: 梯次
rounds:
  now:
    title: {{zh-TW: 本梯次, en: This round}}
    opens: {}
    closes: {}
    covers_from: {}
    covers_to: {today}
    dates:
      review: {{title: 審核截止, on: {}, reminds: own department clerk, working_days_before: 10}}
  before: {{title: 上一梯次, opens: 2020-03-15, closes: 2020-03-31}}
",
        day(-5),
        day(10),
        day(-100),
        day(3),
    );
    std::fs::write(folder.path().join("workflows/nkust/cases/rounds.yaml"), rounds).unwrap();
    (folder, today)
}

async fn furnish(site: &Site) {
    let mut tx = site.app.db.begin().await.unwrap();
    for (account, role, unit) in
        [("clerk1", "clerk", "D1"), ("clerk2", "clerk", "D1"), ("office1", "office", "learning")]
    {
        school::staff(&mut tx, account, role, unit).await;
    }
    let entry = EntryRow {
        id: "e1".to_owned(),
        catalogue: "certificates".to_owned(),
        department: "D1".to_owned(),
        term: String::new(),
        code: "9001".to_owned(),
        name: "=測試技術士".to_owned(),
        says: r#"{"award":{"tick":true},"name":{"text":"=測試技術士"}}"#.to_owned(),
        ordinal: 1,
    };
    catalogues::add_entries(&mut tx, &[entry]).await.unwrap();
    tx.commit().await.unwrap();
    for account in ["clerk1", "clerk2", "office1"] {
        accounts::create(&site.app, account, PASSWORD, Lang::ZhTw, chrono::Utc::now()).await.unwrap();
    }
    for student in ["4110101", "4110102"] {
        school::national_id(&site.app, student).await;
        let passbook = file(site, OwnerKind::Profile, student, "passbook", student).await;
        let typed = raw(&[
            ("bank_code", "007"),
            ("branch_code", "0123"),
            ("account", "00012345678"),
            ("passbook", passbook.as_str()),
        ]);
        let edition = site.app.edition.load_full();
        profile::keep(&site.app, &edition, student, &typed, 0, chrono::Utc::now()).await.unwrap();
    }
}

/// A case that is filled in and tried to be sent.
fn send(site: &Site, kind: &str, student: &str, serial: &str, now: Instant) -> Result<String, Vec<String>> {
    site.runtime.block_on(async {
        let viewer = person(site, student).await;
        let id = case::begin(&site.app, &viewer, kind, &harness::unique(), now).await.unwrap().id;
        let obtained = (now - chrono::Duration::days(20)).format("%Y%m%d").to_string();
        let mut typed = raw(&[("certificate", "e1"), ("serial", serial), ("obtained", &obtained)]);
        typed.insert("proof".to_owned(), file(site, OwnerKind::Case, &id, "proof", &harness::unique()).await);
        case::keep(&site.app, &viewer, &id, 1, &typed, now).await.unwrap();
        let nonce = harness::unique();
        let asked = Asked { step: "submit", seen: 1, nonce: &nonce, ..Asked::default() };
        match case::act(&site.app, &viewer, &id, &asked, now).await {
            Ok(_) => Ok(id),
            Err(CaseError::Refused(refusal)) => match *refusal {
                Refusal::Rule(reasons) => Err(reasons.into_iter().map(|reason| reason.zh).collect()),
                Refusal::Form(wrong) => Err(wrong.into_iter().map(|wrong| wrong.what.zh).collect()),
                other => panic!("{other:?}"),
            },
            Err(error) => panic!("{error}"),
        }
    })
}

fn cells(page: &Page) -> Vec<Vec<String>> {
    use calamine::Reader;
    let mut book = calamine::Xlsx::new(std::io::Cursor::new(page.bytes.clone())).unwrap();
    let name = book.sheet_names()[0].clone();
    book.worksheet_range(&name).unwrap().rows().map(|row| row.iter().map(ToString::to_string).collect()).collect()
}

#[test]
fn an_award_is_applied_for_checked_decided_exported_and_reminded_of() {
    let (folder, _) = school_of_today();
    for site in Site::on_each_as(folder.path(), SCHOOL) {
        let (kind, now) = (site.db.kind, chrono::Utc::now());
        site.runtime.block_on(furnish(&site));
        assert!(site.visitor().get("/").body.contains("審核截止"), "{kind}: the public page names the dates");

        // A certificate that is registered for the threshold gets no award, however its number is written.
        send(&site, "threshold", "4110101", "T-100", now).unwrap();
        assert_eq!(send(&site, "award", "4110101", "t100", now).unwrap_err(), ["這張證照已用於畢業門檻"], "{kind}");
        // One certificate gets one award.
        let first = send(&site, "award", "4110101", "A-1", now).unwrap();
        assert!(send(&site, "award", "4110102", "Ａ１", now).unwrap_err()[0].contains("已用在別的申請"), "{kind}");
        let second = send(&site, "award", "4110102", "B-2", now).unwrap();

        // Each clerk of the department is told once of the date, with how many cases wait.
        let ticked = site.runtime.block_on(time::tick(&site.app, now, time::Run::Do)).unwrap();
        assert_eq!(ticked.dates, 2, "{kind}");
        let ticked = site.runtime.block_on(time::tick(&site.app, now, time::Run::Do)).unwrap();
        assert_eq!(ticked.dates, 0, "{kind}");
        assert_eq!(number(&site, "SELECT COUNT(*) FROM outbox WHERE letter = 'date-reminder'"), 2, "{kind}");
        let said = "SELECT COUNT(*) FROM outbox WHERE letter = 'date-reminder' AND subject LIKE '%審核截止%'";
        assert_eq!(number(&site, said), 2, "{kind}");

        // The clerk's list: what waits, its dates, what the checks say.
        let mut clerk = site.signed_in("clerk1");
        let list = clerk.get("/queue").body.replace("&#x2f;", "/");
        for part in ["審核截止", "證照號碼", "A-1", "取得日期", "2 項請看", "/exports/award"] {
            assert!(list.contains(part), "{kind}: no {part} in {list}");
        }
        let page = clerk.get(&format!("/review/{first}")).body;
        for part in ["銀行帳戶限申請學生本人", "沒有用於畢業門檻", "在系所認可的清單上", "在本梯次的獲證期間內"]
        {
            assert!(page.contains(part), "{kind}: no {part} in {page}");
        }

        // Whoever looks says what they found; who did and when stands there, and nothing is left to be looked at.
        let mut look = |check: &str, verdict: &str| {
            let page = clerk.get(&format!("/review/{first}"));
            let body = form(&page, &[("verdict", verdict)]);
            clerk.post(&format!("/review/{first}/look?check={check}"), &own(site.address), &body).status
        };
        assert_eq!((look("account", "right"), look("attachments", "wrong")), (303, 303), "{kind}");
        assert_eq!((look("attachments", ""), look("attachments", "right")), (303, 303), "{kind}: looked at again");
        assert_eq!((look("nothing", "right"), look("account", "maybe")), (404, 404), "{kind}");
        assert_eq!(number(&site, "SELECT COUNT(*) FROM case_looks"), 4, "{kind}");
        let page = clerk.get(&format!("/review/{first}")).body;
        let checks = page.split("id=\"checks\"").nth(1).unwrap().split("</section>").next().unwrap();
        assert!(!checks.contains("請看") && checks.matches("老師clerk1").count() == 2, "{kind}: {checks}");
        assert_eq!(clerk.get("/queue").body.matches("2 項請看").count(), 1, "{kind}: of the other alone");
        let mut elsewhere = site.signed_in("office1");
        let body = form(&elsewhere.get("/queue"), &[("verdict", "wrong")]);
        let refused = elsewhere.post(&format!("/review/{first}/look?check=account"), &own(site.address), &body);
        assert_eq!(refused.status, 403, "{kind}: {}", refused.body);

        // What is found while a decision is being written does not throw it away: it is there as it was typed.
        let list = clerk.get("/queue");
        let own_kind = format!("/review/{second}/look?check=account");
        let typed =
            [("verdict", "right"), ("seen", "2"), ("step", "refuse"), ("why", "other"), ("remark", "<帳號>不清")];
        let kept = clerk.post(&own_kind, &own(site.address), &form(&list, &typed));
        assert_eq!(kept.status, 200, "{kind}: {}", kept.body);
        for part in ["value=\"refuse\" checked", "value=\"other\" checked", "&lt;帳號&gt;不清", "老師clerk1"] {
            assert!(kept.body.contains(part), "{kind}: no {part} in {}", kept.body);
        }
        assert_eq!(state(&site, &second), "in_review", "{kind}");
        // What is typed and would not be kept is told, one by one and for several at once.
        let unkept = press(&mut clerk, &second, &[("step", "refuse"), ("why", "account"), ("remark", "不清")]);
        assert!(
            unkept.status == 422 && unkept.body.contains("現在的選擇不需要「其他原因」"),
            "{kind}: {}",
            unkept.body
        );
        assert!(
            unkept.body.contains("data-when") && unkept.body.contains(">\n不清</textarea>"),
            "{kind}: {}",
            unkept.body
        );
        assert!(unkept.body.contains("變為「核准」"), "{kind}: what approving does is told: {}", unkept.body);
        let both = [("step", "award/refuse"), ("case", &format!("{second}:2")), ("why", "account"), ("remark", "不清")];
        let unkept = clerk.post("/queue/bulk/do", &own(site.address), &form(&list, &both));
        assert!(
            unkept.status == 422 && unkept.body.contains("現在的選擇不需要「其他原因」"),
            "{kind}: {}",
            unkept.body
        );
        assert_eq!(state(&site, &second), "in_review", "{kind}");
        // A case of another kind is told to be that, and nothing is done to it.
        let third = send(&site, "threshold", "4110102", "T-300", now).unwrap();
        let body = form(&list, &[("step", "award/approve"), ("case", &format!("{third}:2"))]);
        let other = clerk.post("/queue/bulk", &own(site.address), &body);
        assert!(other.body.contains("這件是「畢業門檻證照登錄」"), "{kind}: {}", other.body);
        let body = form(&list, &[("step", "award/refuse"), ("case", &format!("{third}:2")), ("why", "account")]);
        let other = clerk.post("/queue/bulk/do", &own(site.address), &body);
        assert!(other.status == 409 && other.body.contains("這件是「畢業門檻證照登錄」"), "{kind}: {}", other.body);
        assert_eq!(state(&site, &third), "in_review", "{kind}: another kind has such a move, too");
        // Fields are named to a move that gives back, not to another.
        let named = press(&mut clerk, &third, &[("step", "pass"), ("named", "serial")]);
        assert!(
            named.status == 422 && named.body.contains("「採計」不會用到勾選的「需修正」"),
            "{kind}: {}",
            named.body
        );

        // Approved with a level, once the attachments were looked at; refused for a reason of the list.
        let refused = press(&mut clerk, &first, &[("step", "approve"), ("had-agrees", "1"), ("level", "three")]);
        assert!(refused.status == 422 && refused.body.contains("請先確認帳戶與附件再核准"), "{kind}: {}", refused.body);
        assert!(refused.body.contains("value=\"three\" checked"), "{kind}");
        let fields = [("step", "approve"), ("had-agrees", "1"), ("agrees", "on"), ("level", "three")];
        assert_eq!(press(&mut clerk, &first, &fields).status, 303, "{kind}");
        assert_eq!(state(&site, &first), "approved", "{kind}");
        let refused = press(&mut clerk, &second, &[("step", "refuse")]);
        assert!(refused.status == 422 && refused.body.contains("請選擇「未核准原因」"), "{kind}");
        let untrue = press(&mut clerk, &second, &[("step", "refuse"), ("why", "period")]);
        assert!(untrue.status == 422 && untrue.body.contains("請選別的原因"), "{kind}");
        // Another reason is to be said: it is asked for at its own field.
        let unsaid = press(&mut clerk, &second, &[("step", "refuse"), ("why", "other")]);
        assert!(unsaid.status == 422 && unsaid.body.contains("請填寫「其他原因」"), "{kind}: {}", unsaid.body);
        assert_eq!(press(&mut clerk, &second, &[("step", "refuse"), ("why", "attachments")]).status, 303, "{kind}");
        let over = clerk.get(&format!("/review/{second}")).body;
        assert!(over.contains("沒有註記") && !over.contains("請看"), "{kind}: nothing is left to be looked at: {over}");
        assert!(clerk.get(&format!("/review/{first}")).body.contains("老師clerk1"), "{kind}: who looked is still told");
        let decided = clerk.get("/queue?view=all&workflow=award").body;
        assert!(decided.contains("3級") && decided.contains("附件與填報資料不符"), "{kind}: {decided}");

        exported(&site, folder.path());

        let mut office = site.signed_in("office1");
        assert_eq!(press(&mut office, &first, &[("step", "settle")]).status, 303, "{kind}");
        assert_eq!(state(&site, &first), "awarded", "{kind}");
    }
}

/// The tables of the rounds: who may have them, what they hold, that they are written down.
fn exported(site: &Site, folder: &Path) {
    let kind = site.db.kind;
    let mut clerk = site.signed_in("clerk1");
    let list = clerk.get("/exports/award").body;
    let (now, before) = (list.find("本梯次").unwrap(), list.find("上一梯次").unwrap());
    assert!(now < before && list.contains("全資料") && list.contains("通過"), "{kind}: {list}");
    // One row for a round with cases, each table with how many; one without any is folded away.
    let (shown, folded) = list.split_once("<details>").unwrap();
    assert!(shown.contains("本梯次") && shown.contains("2 件") && shown.contains("1 件"), "{kind}: {shown}");
    assert!(
        folded.contains("上一梯次") && !shown.contains("上一梯次") && !folded.contains("本梯次"),
        "{kind}: {folded}"
    );
    let (all, passed) = ("/exports/award/now/all", "/exports/award/now/passed");
    // In the school's language whatever the page speaks, and in another where it is asked for.
    let english = format!("{all}?lang=en");
    let heads = |page: &Page| cells(page)[2].join(" ");
    let given = clerk.send(&english, &english, &[("as", "xlsx")]);
    assert!(heads(&given).contains("學號") && !heads(&given).contains("Student"), "{kind}: {}", heads(&given));
    let given = clerk.send(all, all, &[("as", "xlsx"), ("language", "en")]);
    assert!(heads(&given).contains("Student") && !heads(&given).contains("學號"), "{kind}: {}", heads(&given));
    let whole = clerk.send(all, all, &[("as", "xlsx")]);
    assert_eq!(whole.status, 200, "{kind}: {}", whole.body);
    let rows = cells(&whole);
    assert_eq!(rows.len(), 5, "{kind}: {rows:?}");
    assert!(rows[3].contains(&"=測試技術士".to_owned()), "{kind}: {rows:?}");
    assert!(rows[4].contains(&"附件與填報資料不符".to_owned()), "{kind}: {rows:?}");
    // Of another round there is none.
    assert_eq!(cells(&clerk.send(all, "/exports/award/before/all", &[("as", "xlsx")])).len(), 3, "{kind}");
    // Bank data only for a reason, which is written down.
    assert_eq!(clerk.send(passed, passed, &[("as", "xlsx")]).status, 422, "{kind}");
    let given = clerk.send(passed, passed, &[("as", "xlsx"), ("reason", "送學推組核發")]);
    let name = given.header("content-disposition");
    let stamp = name.split("License_").nth(1).and_then(|rest| rest.split(".xlsx").next()).unwrap_or_default();
    assert!(stamp.len() == 12 && stamp.bytes().all(|byte| byte.is_ascii_digit()), "{kind}: {name}");
    let rows = cells(&given);
    assert_eq!(rows.len(), 4, "{kind}: {rows:?}");
    for text in ["4110101", "A-1", "3級", "007", "00012345678"] {
        assert!(rows[3].contains(&text.to_owned()), "{kind}: no {text} in {rows:?}");
    }
    let book = folder.join(format!("{kind}.xlsx"));
    std::fs::write(&book, &given.bytes).unwrap();
    if let Some(csv) = harness::as_csv(&book) {
        assert!(csv.contains("00012345678") && csv.contains("=測試技術士"), "{kind}: {csv}");
    }
    let paper = clerk.send(passed, passed, &[("as", "paper"), ("reason", "簽章")]);
    assert!(paper.status == 200 && paper.body.contains("系主任") && paper.body.contains("00012345678"), "{kind}");
    assert_eq!(number(site, "SELECT COUNT(*) FROM audit WHERE action = 'export cases'"), 6, "{kind}");
    assert_eq!(number(site, "SELECT COUNT(*) FROM audit WHERE action = 'export private data'"), 2, "{kind}");
    // A list that leaves as a file is written down: who, what was asked, how many rows.
    for (address, word) in [
        ("/queue.csv?view=all&state=refused", "未核准原因"),
        ("/queue.csv?view=all&state=refused&in=en", "Not approved"),
    ] {
        let file = clerk.get(&format!("{address}&lang=en"));
        assert!(file.status == 200 && file.body.contains(word), "{kind}: {}", file.body);
    }
    assert_eq!(clerk.get("/queue.xlsx?view=all").status, 200, "{kind}");
    let noted = |what: &str| {
        number(
            site,
            &format!(
                "SELECT COUNT(*) FROM audit WHERE action = 'export list' AND actor = 'clerk1' AND detail LIKE '%{what}%'"
            ),
        )
    };
    assert_eq!((noted("state=refused"), noted("\"rows\":1"), noted("queue.xlsx?view=all")), (2, 2, 1), "{kind}");
    // Nobody who reviews none of it, and nothing for a role that is only lent.
    assert_eq!(site.signed_in("tutor01").get(all).status, 404, "{kind}");
    assert_eq!(site.signed_in("admin").get(passed).status, 404, "{kind}");
    site.sql(
        "INSERT INTO delegations (id, account, to_account, role, unit, from_day, until_day, made_at, ended_at)
         VALUES ('d', 'clerk1', 'tutor01', 'clerk', 'D1', '2020-01-01', '2999-01-01', '2020-01-01T00:00:00.000Z', '')",
    );
    let mut lent = site.signed_in("tutor01");
    assert_eq!(lent.get(all).status, 404, "{kind}");
}
