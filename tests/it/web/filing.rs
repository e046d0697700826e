//! Applications as students make them: begun, filled in, mended, checked, sent, followed; files that
//! survive errors; forms sent twice; what is others'.

use chrono::{Days, NaiveDate};
use menkan::app::access::Viewer;
use menkan::app::case::{self, Asked};
use menkan::app::files::picture::grey_png;
use menkan::app::{accounts, profile};
use menkan::args;
use menkan::case::Raw;
use menkan::lang::Lang;

use super::reload::folder;
use super::sessions::blank;
use super::{PASSWORD, Page, Site, Visitor};
use crate::harness::{TempFolder, school};

pub const STUDENT: &str = "4110101";
pub const OTHER: &str = "4110102";

/// Whether a window is open on the day of the test.
#[derive(Clone, Copy, PartialEq)]
pub enum Window {
    Open,
    Over,
}

pub struct World {
    pub sites: Vec<Site>,
    _folder: TempFolder,
}

pub fn today() -> NaiveDate {
    (chrono::Utc::now() + chrono::Duration::hours(8)).date_naive()
}

/// The day of the exam, some weeks ago.
pub fn exam() -> NaiveDate {
    today() - Days::new(20)
}

/// The default school with one window.
pub fn folder_with(window: Window) -> TempFolder {
    let folder = folder();
    let closes = if window == Window::Open { today() + Days::new(10) } else { today() - Days::new(1) };
    let text = format!(
        "windows: certificate-rounds\ntitle: {{zh-TW: 申請區間, en: Windows}}\nrounds:\n  now: {{title: {{zh-TW: 本學期, en: \
         This term}}, opens: {}, closes: {closes}, covers_from: {}, covers_to: {}}}\n",
        today() - Days::new(30),
        today() - Days::new(100),
        today(),
    );
    std::fs::write(folder.path().join("workflows/ncut/cases/windows.yaml"), text).unwrap();
    folder
}

pub fn world(window: Window) -> World {
    let folder = folder_with(window);
    let sites = Site::on_each_of(folder.path());
    for site in &sites {
        site.runtime.block_on(furnish(site));
    }
    World { sites, _folder: folder }
}

/// A list of one certificate for the term of the exam, and somebody to review.
pub async fn furnish(site: &Site) {
    let edition = site.app.edition.load_full();
    let term = edition.definition.school.calendar.term_of(exam()).to_string();
    let mut tx = site.app.db.begin().await.unwrap();
    school::staff(&mut tx, "clerk1", "clerk", "D1").await;
    school::approved(&mut tx, &[school::certificate("e1", "D1", &term, "9001", "測試技術士")]).await;
    tx.commit().await.unwrap();
    accounts::create(&site.app, "clerk1", PASSWORD, Lang::ZhTw, chrono::Utc::now()).await.unwrap();
}

pub fn picture(shade: u8) -> Vec<u8> {
    grey_png(40, 40, vec![shade; 1600]).unwrap()
}

/// The address that an answer leads to.
pub(super) fn leads(page: &Page) -> String {
    assert_eq!(page.status, 303, "{}", page.body);
    page.header("location").to_owned()
}

pub(super) fn begin(student: &mut Visitor) -> String {
    let page = student.send("/apply/certificate", "/apply/certificate", &[("agree", "yes")]);
    leads(&page).strip_prefix("/cases/").and_then(|rest| rest.strip_suffix("/edit")).unwrap().to_owned()
}

/// What a right form says, without its files.
pub(super) fn right(date: &str) -> Vec<(&'static str, String)> {
    vec![
        ("version", "1".to_owned()),
        ("exam_date", date.to_owned()),
        ("certificate", "e1".to_owned()),
        ("had-other_aid", "1".to_owned()),
        ("exam_fee", "3,000".to_owned()),
        ("had-claims_issue_fee", "1".to_owned()),
    ]
}

/// Sends the form as it was filled in.
pub(super) fn save(
    student: &mut Visitor,
    id: &str,
    what: &str,
    fields: &[(&str, String)],
    files: &[(&str, &str, &[u8])],
) -> Page {
    let page = student.get(&format!("/cases/{id}/edit"));
    save_over(student, &page, id, what, fields, files)
}

/// Sends the form over what a page showed.
fn save_over(
    student: &mut Visitor,
    page: &Page,
    id: &str,
    what: &str,
    fields: &[(&str, String)],
    files: &[(&str, &str, &[u8])],
) -> Page {
    let edit = format!("/cases/{id}/edit");
    let (token, shown) = (page.token(), value(page, "shown"));
    let mut all: Vec<(&str, &str)> = vec![("token", &token), ("shown", &shown), ("do", what)];
    all.extend(fields.iter().map(|(name, value)| (*name, value.as_str())));
    student.send_files(&edit, &all, files)
}

/// Fills in everything, in two goes as a person does: the fee asks for its receipt.
pub(super) fn fill(student: &mut Visitor, id: &str) {
    let form = right(&exam().to_string());
    let (proof, receipt) = (picture(10), picture(20));
    save(student, id, "save", &form, &[("exam_proof", "proof.png", &proof)]);
    let page = save(student, id, "check", &form, &[("receipt", "receipt.png", &receipt)]);
    assert_eq!(leads(&page), format!("/cases/{id}/check"));
}

/// Keeps a whole profile, but for its picture, which is sent.
pub fn complete_profile(student: &mut Visitor) -> Page {
    let token = student.get("/profile").token();
    let fields = [
        ("token", token.as_str()),
        ("version", "0"),
        ("do", "save"),
        ("bank", "中華郵政"),
        ("branch", "測試分局"),
        ("bank_code", "700"),
        ("branch_code", "0021"),
        ("account", "00012345678899"),
    ];
    student.send_files("/profile", &fields, &[("passbook", "cover.png", &picture(30))])
}

/// Sends what the check page shows.
pub(super) fn send(student: &mut Visitor, id: &str) -> Page {
    let check = format!("/cases/{id}/check");
    let page = student.get(&check);
    assert_eq!(page.status, 200, "{} {}", page.header("location"), page.body);
    let body = sending(&page);
    let own = super::own(student.address);
    student.post(&check, &own, &body)
}

pub(super) fn sending(page: &Page) -> String {
    format!(
        "token={}&version={}&step=submit&shown={}&answers={}",
        page.token(),
        value(page, "version"),
        super::encode(&value(page, "shown")),
        super::encode(&value(page, "answers"))
    )
}

/// What a hidden field of a page holds.
pub(super) fn value(page: &Page, name: &str) -> String {
    let after = page.body.split(&format!("name=\"{name}\" value=\"")).nth(1).unwrap_or_default();
    after.split('"').next().unwrap_or_default().replace("&#x3d;", "=").replace("&#x2f;", "/")
}

pub(super) fn count(site: &Site, sql: &str) -> i64 {
    site.runtime.block_on(async {
        let (count,): (i64,) = site.app.db.read().await.unwrap().one(sql, args![]).await.unwrap();
        count
    })
}

/// A reviewer returns the case and names a field.
fn send_back(site: &Site, id: &str, field: &'static str) {
    site.runtime.block_on(async {
        let now = chrono::Utc::now();
        let edition = site.app.edition.load_full();
        let mut conn = site.app.db.read().await.unwrap();
        let clerk = Viewer::load(&mut conn, &edition.definition, "clerk1", today()).await.unwrap().unwrap();
        drop(conn);
        let asked = Asked {
            step: "return",
            seen: 2,
            note: "成績單看不清楚",
            named: vec![field],
            nonce: "the clerk's",
            ..Asked::default()
        };
        case::act(&site.app, &clerk, id, &asked, now).await.unwrap();
    });
}

#[test]
fn an_application_is_begun_mended_checked_and_sent() {
    for site in world(Window::Open).sites {
        let mut student = site.signed_in(STUDENT);
        let dashboard = student.get("/me");
        assert!(
            dashboard.body.contains("/apply/certificate") || dashboard.body.contains("&#x2f;apply&#x2f;certificate")
        );
        let page = student.get("/apply/certificate");
        for said in ["本學期", "應考證明", "10 MB", "我已詳閱並同意所有內容"] {
            assert!(page.body.contains(said), "the start page says nothing of {said}: {}", page.body);
        }
        let page = student.send("/apply/certificate", "/apply/certificate", &[]);
        assert_eq!(page.status, 422, "nothing begins unread");
        assert_eq!(count(&site, "SELECT COUNT(*) FROM cases"), 0);

        let id = begin(&mut student);
        let edit = format!("/cases/{id}/edit");
        let page = student.get(&edit);
        assert!(page.body.contains("請先填寫「考試日期」"), "{}", page.body);
        assert!(!page.body.contains("name=\"exam_fee\""), "aid is ticked at first: no fee is asked for");

        // A wrong date: nothing typed is lost, and it is said at the top and by the field.
        let mut wrong = right("九月八日");
        wrong.retain(|(name, _)| *name != "certificate");
        let page = save(&mut student, &id, "check", &wrong, &[]);
        assert_eq!(page.status, 422);
        assert!(
            page.body.contains("<title>錯誤：") && page.body.contains("href=\"#field-exam_date\""),
            "{}",
            page.body
        );
        assert!(page.body.contains("value=\"九月八日\"") && page.body.contains("value=\"3,000\""), "{}", page.body);
        assert!(page.body.contains("id=\"wrong-exam_date\"") && page.body.contains("aria-invalid=\"true\""));

        // In the school's own years, with a certificate of that term.
        let date = exam();
        let roc = format!(
            "{}/{}/{}",
            date.format("%Y").to_string().parse::<i32>().unwrap() - 1911,
            date.format("%-m"),
            date.format("%-d")
        );
        let page = save(&mut student, &id, "save", &right(&roc), &[]);
        assert_eq!(leads(&page), edit);
        let page = student.get(&edit);
        assert!(page.body.contains("測試技術士") && page.body.contains("考試日期在本區間內"), "{}", page.body);
        assert!(page.body.contains("1,500") && page.body.contains("的一半"), "the subsidy and why: {}", page.body);

        fill(&mut student, &id);
        let page = student.get(&format!("/cases/{id}/check"));
        assert!(page.body.contains("基本資料還沒有填好") && page.body.contains("銀行帳戶"), "{}", page.body);
        assert!(page.body.contains("#field-exam_date"), "each row can be changed");
        let own = super::own(student.address);
        let body = format!("token={}&version=1&step=submit&shown=subsidy%3D1500%3B%40windows%3Dnow", page.token());
        let page = student.post(&format!("/cases/{id}/check"), &own, &body);
        assert_eq!(page.status, 409, "sent without the page's button, it is not taken either");
        assert!(page.body.contains("基本資料還沒有填好"), "{}", page.body);
        assert_eq!(leads(&complete_profile(&mut student)), "/profile");
        let page = student.get("/profile");
        assert!(page.body.contains("••••8899") && !page.body.contains("00012345678899"), "{}", page.body);

        let page = student.get(&format!("/cases/{id}/check"));
        for said in ["採計「", "1,500", "本學期", "proof.png"] {
            assert!(page.body.contains(said), "nothing of {said}: {}", page.body);
        }
        let page = send(&mut student, &id);
        assert_eq!(leads(&page), format!("/cases/{id}?sent=1"));
        let page = student.get(&format!("/cases/{id}?sent=1"));
        for said in ["已送出", "申請審查中", "測試系 · 系承辦", "aria-current=\"step\"", "送件（初次）"]
        {
            assert!(page.body.contains(said), "nothing of {said}: {}", page.body);
        }
        assert_eq!(leads(&student.get(&edit)), format!("/cases/{id}"), "what was sent is locked");
        assert!(student.get("/me").body.contains("申請審查中"));
        assert!(student.get("/cases").body.contains("申請審查中"));
        let page = student.get("/apply/certificate");
        assert!(page.body.contains("有尚未結案之案件") && !page.body.contains("開始填寫"), "{}", page.body);

        // Returned: what was named is open, the rest is read.
        send_back(&site, &id, "exam_proof");
        let page = student.get(&edit);
        assert!(page.body.contains("成績單看不清楚"), "{}", page.body);
        // Until when it can be mended stands wherever one looks for it.
        for path in [&edit, &format!("/cases/{id}"), "/cases"] {
            let said = student.get(path).body;
            assert!(said.contains("（含當日）以前處理；逾期自動成為"), "{path}: {said}");
        }
        assert!(page.body.contains("type=\"file\" id=\"field-exam_proof\""), "{}", page.body);
        assert!(!page.body.contains("name=\"exam_fee\"") && page.body.contains("3,000"), "{}", page.body);
        assert!(page.body.contains("id=\"former-exam_proof\""), "nothing of the former file: {}", page.body);
        let same = student.get(&format!("/cases/{id}/check"));
        assert!(same.body.contains("id=\"unmended\"") && same.body.contains("和上次送出時相同"), "{}", same.body);
        let again = picture(40);
        let fields = [("version", "3".to_owned()), ("exam_fee", "9,999".to_owned())];
        let page = save(&mut student, &id, "check", &fields, &[("exam_proof", "sharper.png", &again)]);
        assert_eq!(leads(&page), format!("/cases/{id}/check"));
        let page = student.get(&format!("/cases/{id}/check"));
        assert!(page.body.contains("sharper.png") && !page.body.contains("9,999"), "{}", page.body);
        assert!(!page.body.contains("id=\"unmended\""), "{}", page.body);
        leads(&send(&mut student, &id));
        let page = student.get(&format!("/cases/{id}"));
        assert!(page.body.contains("重新送件") && page.body.contains("成績單看不清楚"), "{}", page.body);
    }
}

#[test]
fn what_a_mended_answer_asks_for_is_open_too() {
    for site in world(Window::Open).sites {
        let mut student = site.signed_in(STUDENT);
        complete_profile(&mut student);
        let id = begin(&mut student);
        let mut aided = right(&exam().to_string());
        aided.push(("other_aid", "on".to_owned()));
        save(&mut student, &id, "save", &aided, &[]);
        leads(&save(&mut student, &id, "check", &aided, &[("exam_proof", "proof.png", &picture(10))]));
        leads(&send(&mut student, &id));
        send_back(&site, &id, "other_aid");
        let edit = format!("/cases/{id}/edit");
        let page = student.get(&edit);
        assert!(page.body.contains("name=\"other_aid\"") && !page.body.contains("name=\"exam_date\""), "{}", page.body);
        // Without the aid there are fees, which nobody could name before.
        let mended = [("version", "3".to_owned()), ("had-other_aid", "1".to_owned())];
        assert_eq!(save(&mut student, &id, "check", &mended, &[]).status, 422);
        let fee =
            [("version", "3".to_owned()), ("exam_fee", "800".to_owned()), ("had-claims_issue_fee", "1".to_owned())];
        assert_eq!(save(&mut student, &id, "check", &fee, &[]).status, 422, "a fee needs its receipt");
        let page = student.get(&edit);
        assert!(page.body.contains("name=\"exam_fee\" value=\"800\""), "what was typed can be mended: {}", page.body);
        let page = save(&mut student, &id, "check", &fee, &[("receipt", "receipt.png", &picture(20))]);
        assert_eq!(leads(&page), format!("/cases/{id}/check"));
        leads(&send(&mut student, &id));
        assert_eq!(count(&site, "SELECT COUNT(*) FROM cases WHERE state = 'in_review' AND version = 4"), 1);
    }
}

#[test]
fn a_file_survives_what_is_wrong_elsewhere() {
    for site in world(Window::Open).sites {
        let mut student = site.signed_in(STUDENT);
        let id = begin(&mut student);
        let proof = picture(10);
        let files: [(&str, &str, &[u8]); 2] =
            [("exam_proof", "proof.png", &proof), ("receipt", "receipt.exe", b"MZ\x90\x00")];
        let page = save(&mut student, &id, "check", &right("no date at all"), &files);
        assert_eq!(page.status, 422);
        assert!(page.body.contains("proof.png"), "{}", page.body);
        let page = student.get(&format!("/cases/{id}/edit"));
        assert!(page.body.contains("proof.png") && page.body.contains("no date at all"), "{}", page.body);
        // What is refused is named at its own field; what is with it is kept.
        let page = save(&mut student, &id, "save", &right(&exam().to_string()), &[files[1]]);
        assert_eq!(page.status, 422);
        assert!(page.body.contains("「receipt.exe」不是可以收的檔案"), "{}", page.body);
        assert!(page.body.contains("href=\"#field-receipt\""), "{}", page.body);
        // Sent twice, it is one; removed, it is gone.
        save(&mut student, &id, "save", &right(&exam().to_string()), &[files[0]]);
        assert_eq!(count(&site, "SELECT COUNT(*) FROM files WHERE removed_at IS NULL"), 1);
        let page = student.get(&format!("/cases/{id}/edit"));
        let file = value(&page, "remove");
        let picture = student.get(&format!("/files/{file}"));
        assert_eq!((picture.status, picture.header("content-type")), (200, "image/png"));
        assert_eq!(student.get(&format!("/files/{file}?small=1")).header("content-type"), "image/jpeg");
        let mut form = right(&exam().to_string());
        form.push(("remove", file.clone()));
        form.retain(|(name, _)| *name != "exam_fee");
        form.push(("exam_fee", "2,000".to_owned()));
        leads(&save(&mut student, &id, "save", &form, &[]));
        let page = student.get(&format!("/cases/{id}/edit"));
        assert!(!page.body.contains("proof.png") && page.body.contains("2,000"), "{}", page.body);
        assert_eq!(student.get(&format!("/files/{file}")).status, 404);
    }
}

#[test]
fn a_form_that_is_sent_twice_does_one_thing() {
    for site in world(Window::Open).sites {
        let mut student = site.signed_in(STUDENT);
        complete_profile(&mut student);
        let token = student.get("/apply/certificate").token();
        let body = format!("token={token}&agree=yes");
        let own = super::own(student.address);
        let clicks: Vec<_> = (0..4)
            .map(|_| {
                let (mut student, own, body) = (student.clone(), own.clone(), body.clone());
                std::thread::spawn(move || leads(&student.post("/apply/certificate", &own, &body)))
            })
            .collect();
        let mut led: Vec<String> = clicks.into_iter().map(|click| click.join().unwrap()).collect();
        led.dedup();
        assert_eq!(led.len(), 1, "{led:?}");
        assert_eq!(count(&site, "SELECT COUNT(*) FROM cases"), 1);
        let id = led[0].strip_prefix("/cases/").unwrap().strip_suffix("/edit").unwrap().to_owned();
        fill(&mut student, &id);
        let page = student.get(&format!("/cases/{id}/check"));
        let (check, body) = (format!("/cases/{id}/check"), sending(&page));
        let clicks: Vec<_> = (0..4)
            .map(|_| {
                let (mut student, own, body, check) = (student.clone(), own.clone(), body.clone(), check.clone());
                std::thread::spawn(move || leads(&student.post(&check, &own, &body)))
            })
            .collect();
        for click in clicks {
            assert_eq!(click.join().unwrap(), format!("/cases/{id}?sent=1"));
        }
        assert_eq!(count(&site, "SELECT COUNT(*) FROM case_events WHERE step = 'submit'"), 1);
        assert_eq!(leads(&student.post(&check, &own, &body)), format!("/cases/{id}?sent=1"), "and again, later");
        // The same from a page that was opened before is told what happened.
        let stale = student.get("/cases").token();
        let body = format!("token={stale}&version=1&step=submit&shown=");
        let page = student.post(&check, &own, &body);
        assert_eq!(page.status, 409);
        assert!(page.body.contains("已經有了變化") && page.body.contains("送件（初次）"), "{}", page.body);
    }
}

/// What a form in a second window would send: the answers of `right`, but for one.
fn but(name: &'static str, text: &str) -> Vec<(&'static str, String)> {
    let mut form = right(&exam().to_string());
    form.retain(|(field, _)| *field != name);
    form.push((name, text.to_owned()));
    form
}

#[test]
fn two_windows_lose_nothing_of_each_other() {
    for site in world(Window::Open).sites {
        let mut student = site.signed_in(STUDENT);
        let id = begin(&mut student);
        leads(&save(&mut student, &id, "save", &right(&exam().to_string()), &[]));
        let edit = format!("/cases/{id}/edit");
        let (one, two) = (student.get(&edit), student.get(&edit));
        // Each changes another answer: both stay, whichever is saved last.
        leads(&save_over(&mut student, &one, &id, "save", &but("exam_fee", "2,000"), &[]));
        let day = (exam() + chrono::Days::new(1)).to_string();
        leads(&save_over(&mut student, &two, &id, "save", &but("exam_date", &day), &[]));
        let page = student.get(&edit);
        assert!(
            page.body.contains("value=\"2,000\"") && page.body.contains(&format!("value=\"{day}\"")),
            "{}",
            page.body
        );
        // Both change the same one: the second is asked, with what it typed kept in its page.
        let (one, two) = (student.get(&edit), student.get(&edit));
        let form = |fee: &str| {
            let mut form = but("exam_fee", fee);
            form.retain(|(field, _)| *field != "exam_date");
            form
        };
        leads(&save_over(&mut student, &one, &id, "save", &form("1,800"), &[]));
        let asked = save_over(&mut student, &two, &id, "check", &form("2,600"), &[]);
        assert_eq!(asked.status, 409);
        let says = |text: &str| assert!(asked.body.contains(text), "{text}: {}", asked.body);
        says("value=\"2,600\"");
        says("1,800");
        says("href=\"#field-exam_fee\"");
        says("name=\"meanwhile-exam_fee\"");
        assert!(!asked.body.contains("name=\"meanwhile-exam_date\""), "{}", asked.body);
        assert!(student.get(&edit).body.contains("value=\"1,800\""), "nothing was saved");
        // What the other window kept is taken; or, from the same page, what was typed here.
        let mut take = form("2,600");
        take.push(("meanwhile-exam_fee", "on".to_owned()));
        leads(&save_over(&mut student, &asked, &id, "save", &take, &[]));
        assert!(student.get(&edit).body.contains("value=\"1,800\""));
        leads(&save_over(&mut student, &asked, &id, "save", &form("2,600"), &[]));
        assert!(student.get(&edit).body.contains("value=\"2,600\""));
    }
}

#[test]
fn what_another_window_kept_is_not_sent_unseen() {
    for site in world(Window::Open).sites {
        let mut student = site.signed_in(STUDENT);
        complete_profile(&mut student);
        let id = begin(&mut student);
        fill(&mut student, &id);
        let (check, own) = (format!("/cases/{id}/check"), super::own(student.address));
        let page = student.get(&check);
        // The day changes no figure and no window.
        let day = (exam() + chrono::Days::new(1)).to_string();
        leads(&save(&mut student, &id, "save", &right(&day), &[]));
        let answer = student.post(&check, &own, &sending(&page));
        assert_eq!(answer.status, 409, "{}", answer.body);
        assert!(answer.body.contains("還沒有送出") && answer.body.contains("「考試日期」的內容"), "{}", answer.body);
        assert_eq!(count(&site, "SELECT COUNT(*) FROM case_events WHERE step = 'submit'"), 0);
        leads(&student.post(&check, &own, &sending(&answer)));
        assert_eq!(count(&site, "SELECT COUNT(*) FROM case_events WHERE step = 'submit'"), 1);
    }
}

#[test]
fn a_form_cannot_say_what_is_not_asked_for() {
    for site in world(Window::Open).sites {
        let mut student = site.signed_in(STUDENT);
        let mut other = site.signed_in(OTHER);
        let theirs = begin(&mut other);
        save(&mut other, &theirs, "save", &right(&exam().to_string()), &[("exam_proof", "theirs.png", &picture(50))]);
        let foreign = value(&other.get(&format!("/cases/{theirs}/edit")), "remove");
        let id = begin(&mut student);
        let mut form = right(&exam().to_string());
        for (name, value) in [
            ("state", "passed"),
            ("applicant", OTHER),
            ("subsidy", "999999"),
            ("open_slot", "0"),
            ("exam_proof", foreign.as_str()),
            ("remove", foreign.as_str()),
        ] {
            form.push((name, value.to_owned()));
        }
        leads(&save(&mut student, &id, "save", &form, &[]));
        let sql = format!(
            "SELECT COUNT(*) FROM cases WHERE id = '{id}' AND state = 'draft' AND version = 1 AND applicant = '{STUDENT}' \
             AND open_slot = 1 AND raw NOT LIKE '%999999%' AND raw NOT LIKE '%{foreign}%'"
        );
        assert_eq!(count(&site, &sql), 1);
        assert_eq!(other.get(&format!("/files/{foreign}")).status, 200, "theirs is still there");
        // A version that is not there changes nothing.
        let page = save(&mut student, &id, "save", &[("version", "7".to_owned()), ("exam_fee", "1".to_owned())], &[]);
        assert_eq!(page.status, 409);
        assert!(student.get(&format!("/cases/{id}/edit")).body.contains("3,000"));
    }
}

#[test]
fn what_is_anothers_looks_like_what_is_not_there() {
    for site in world(Window::Open).sites {
        let mut other = site.signed_in(OTHER);
        let theirs = begin(&mut other);
        save(&mut other, &theirs, "save", &right(&exam().to_string()), &[("exam_proof", "theirs.png", &picture(50))]);
        let file = value(&other.get(&format!("/cases/{theirs}/edit")), "remove");
        assert_eq!(other.get(&format!("/files/{file}")).status, 200);
        complete_profile(&mut other);
        let cover = value(&other.get("/profile"), "remove");
        assert_eq!(other.get(&format!("/files/{cover}")).status, 200);
        let none = "0123456789abcdef0123456789abcdef";
        for reader in [STUDENT, "tutor01", "head", "clerk1", "admin"] {
            let mut reader_ = site.signed_in(reader);
            for (foreign, missing) in [
                (format!("/cases/{theirs}"), format!("/cases/{none}")),
                (format!("/cases/{theirs}/edit"), format!("/cases/{none}/edit")),
                (format!("/cases/{theirs}/check"), format!("/cases/{none}/check")),
                (format!("/cases/{theirs}/discard"), format!("/cases/{none}/discard")),
                (format!("/cases/{theirs}/do/withdraw"), format!("/cases/{none}/do/withdraw")),
                (format!("/files/{file}"), format!("/files/{none}")),
                (format!("/files/{cover}"), format!("/files/{none}")),
            ] {
                let (one, two) = (reader_.get(&foreign), reader_.get(&missing));
                assert_eq!(one.status, two.status, "{reader} {foreign}");
                assert!(matches!(one.status, 404 | 403), "{reader} {foreign}: {}", one.status);
                let plain = |page: &Page| {
                    let body =
                        [&theirs, &file, &cover].into_iter().fold(page.body.clone(), |body, id| body.replace(id, none));
                    blank(&body)
                };
                assert_eq!(plain(&one), plain(&two), "{reader} can tell {foreign}");
            }
        }
        // Nor can anything be done to it.
        let mut student = site.signed_in(STUDENT);
        let token = student.get("/cases").token();
        let own = super::own(student.address);
        for action in ["edit", "check", "discard", "undo", "do/withdraw"] {
            let body = format!("token={token}&version=1&step=submit&exam_fee=1");
            let page = student.post(&format!("/cases/{theirs}/{action}"), &own, &body);
            assert_eq!(page.status, 404, "{action}: {}", page.body);
        }
        assert_eq!(count(&site, "SELECT COUNT(*) FROM cases WHERE state = 'draft' AND version = 1"), 1);
    }
}

#[test]
fn being_late_is_said_before_it_is_sent() {
    for site in world(Window::Over).sites {
        let mut student = site.signed_in(STUDENT);
        assert!(student.get("/apply/certificate").body.contains("屬於逾期申請"));
        let id = begin(&mut student);
        fill(&mut student, &id);
        complete_profile(&mut student);
        let page = student.get(&format!("/cases/{id}/check"));
        for said in ["這是逾期申請", "採計「", "補助」：沒有", "考試日期不在本區間"] {
            assert!(page.body.contains(said), "nothing of {said}: {}", page.body);
        }
        leads(&send(&mut student, &id));
    }
}

#[test]
fn what_changed_since_it_was_shown_is_said_and_nothing_is_sent() {
    for site in world(Window::Open).sites {
        let mut student = site.signed_in(STUDENT);
        complete_profile(&mut student);
        let id = begin(&mut student);
        fill(&mut student, &id);
        let check = format!("/cases/{id}/check");
        let own = super::own(student.address);
        // Another window was open when it was shown.
        let page = student.get(&check);
        let body = sending(&page).replace("now", "now%2Cbefore");
        let answer = student.post(&check, &own, &body);
        assert_eq!(answer.status, 409);
        assert!(answer.body.contains("還沒有送出") && answer.body.contains("申請期間"), "{}", answer.body);
        let elsewhere = begin(&mut site.signed_in(OTHER));
        // Another case was paid meanwhile: there is no second subsidy.
        let page = student.get(&check);
        assert!(page.body.contains("1,500"));
        site.sql(&format!(
            "INSERT INTO payments (id, case_id, budget, person, once, amount, state, year, position, batch, at) VALUES \
             ('p', '{elsewhere}', 'certificate-subsidy', '{STUDENT}', '{STUDENT}', 100000, 'committed', 2026, 1, '', '2026-01-01')"
        ));
        let answer = student.post(&check, &own, &sending(&page));
        assert_eq!(answer.status, 409, "{}", answer.body);
        assert!(answer.body.contains("1500 → 0"), "{}", answer.body);
        assert_eq!(count(&site, "SELECT COUNT(*) FROM case_events WHERE step = 'submit'"), 0);
        // What the answer now shows can be sent.
        leads(&student.post(&check, &own, &sending(&answer)));
        assert_eq!(count(&site, "SELECT COUNT(*) FROM case_events WHERE step = 'submit'"), 1);
    }
}

#[test]
fn a_draft_is_thrown_away_and_what_was_sent_is_withdrawn() {
    for site in world(Window::Open).sites {
        let mut student = site.signed_in(STUDENT);
        complete_profile(&mut student);
        let id = begin(&mut student);
        save(&mut student, &id, "save", &right(&exam().to_string()), &[("exam_proof", "proof.png", &picture(10))]);
        let discard = format!("/cases/{id}/discard");
        assert!(student.get(&discard).body.contains("不能復原"));
        assert_eq!(leads(&student.send(&discard, &discard, &[("version", "1")])), "/cases");
        assert_eq!(count(&site, "SELECT COUNT(*) FROM cases"), 0);
        assert_eq!(count(&site, "SELECT COUNT(*) FROM files WHERE removed_at IS NULL AND owner_kind = 'case'"), 0);
        assert_eq!(student.get(&format!("/cases/{id}")).status, 404);

        let id = begin(&mut student);
        fill(&mut student, &id);
        leads(&send(&mut student, &id));
        let withdraw = format!("/cases/{id}/do/withdraw");
        let page = student.send(&withdraw, &withdraw, &[("version", "2"), ("note", &"長".repeat(2000))]);
        assert_eq!(page.status, 422);
        assert!(page.body.contains("長長長"), "what was typed is kept");
        let page = student.send(&withdraw, &withdraw, &[("version", "2"), ("note", "報錯了")]);
        assert_eq!(leads(&page), format!("/cases/{id}"));
        let page = student.get(&format!("/cases/{id}"));
        assert!(page.body.contains("已撤回") && page.body.contains("報錯了"), "{}", page.body);
        assert!(student.get("/apply/certificate").body.contains("開始填寫"));
        let page = student.send("/cases", &format!("/cases/{id}/discard"), &[("version", "3")]);
        assert_eq!(page.status, 409, "what was sent is not thrown away");
    }
}

#[test]
fn a_profile_is_kept_with_its_mistakes_and_its_account_is_masked() {
    for site in world(Window::Open).sites {
        let mut student = site.signed_in(STUDENT);
        let token = student.get("/profile").token();
        let wrong = [
            ("token", token.as_str()),
            ("version", "0"),
            ("do", "save"),
            ("bank", "中華郵政"),
            ("bank_code", "70"),
            ("account", "123-456-7890"),
        ];
        let page = student.send_files("/profile", &wrong, &[("passbook", "cover.png", &picture(30))]);
        assert_eq!(page.status, 422);
        for said in
            ["銀行代碼是三碼數字", "帳號只能是數字", "value=\"中華郵政\"", "cover.png", "value=\"123-456-7890\""]
        {
            assert!(page.body.contains(said), "nothing of {said}: {}", page.body);
        }
        let page = student.get("/profile");
        assert!(!page.body.contains("123-456-7890") && page.body.contains("••••7890"), "{}", page.body);
        // Left empty, the account stays; an older page overwrites nothing.
        let token = page.token();
        let mended =
            [("token", token.as_str()), ("version", "1"), ("do", "save"), ("bank_code", "700"), ("account", "")];
        student.send_files("/profile", &mended, &[]);
        let kept = site.runtime.block_on(async {
            let edition = site.app.edition.load_full();
            let mut conn = site.app.db.read().await.unwrap();
            let kept: Raw = profile::read(&site.app, &mut conn, &edition.definition, STUDENT).await.unwrap().raw;
            kept
        });
        assert_eq!((kept["account"].as_str(), kept["bank_code"].as_str()), ("123-456-7890", "700"));
        let stale = [("token", token.as_str()), ("version", "1"), ("do", "save"), ("bank_code", "822")];
        let page = student.send_files("/profile", &stale, &[]);
        assert_eq!(page.status, 409);
        assert!(page.body.contains("value=\"700\""), "{}", page.body);
        // The student's record is shown when it is asked for, and that is written down.
        let before = count(&site, "SELECT COUNT(*) FROM audit WHERE action = 'reveal private data'");
        let page = student.send("/profile", "/profile/reveal", &[]);
        assert_eq!(page.status, 200);
        let after = count(&site, "SELECT COUNT(*) FROM audit WHERE action = 'reveal private data'");
        assert_eq!(after, before + 1);
        assert_eq!(site.signed_in("head").get("/profile").status, 403);
    }
}
