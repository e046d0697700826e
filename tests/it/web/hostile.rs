//! Bad input on the forms of cases, over HTTP: files that are not what they say, lie about their length
//! or their name; fees at their edges; and fields that no form asks for. Each with its named answer, and
//! nothing of it kept. S5, S6.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};

use menkan::lang::Lang;
use menkan::render::words;

use super::filing::{
    OTHER, STUDENT, Window, begin, complete_profile, count, exam, fill, leads, picture, right, save, sending, value,
    world,
};
use super::review_world::form;
use super::{Page, Site, Visitor, own};
use crate::files::corpus;

fn kept(site: &Site) -> i64 {
    count(site, "SELECT COUNT(*) FROM files")
}

#[test]
fn a_bad_file_is_refused_at_its_field_and_all_else_on_the_form_is_kept() {
    let site = world(Window::Open).sites.remove(0);
    let mut student = site.signed_in(STUDENT);
    let id = begin(&mut student);
    let mut of_code: BTreeMap<&str, usize> = BTreeMap::new();
    let (mut tried, mut huge) = (0, 0);
    for (number, case) in corpus::all().into_iter().enumerate() {
        let Some(code) = case.refused else { continue };
        let many = of_code.entry(code).or_default();
        // Some of each kind; the whole corpus is judged beside.
        if *many >= 4 || case.bytes.len() > 9 << 20 || case.name.contains(['"', '<', '\n', '&', '\\']) {
            continue;
        }
        *many += 1;
        let fee = format!("{}", 1000 + number);
        let mut typed = right(&exam().to_string());
        typed.retain(|(name, _)| *name != "exam_fee");
        typed.push(("exam_fee", fee.clone()));
        let page = save(&mut student, &id, "save", &typed, &[("exam_proof", &case.name, &case.bytes)]);
        assert_eq!(page.status, 422, "{}: {}", case.name, page.status);
        let name = menkan::app::files::shown_name(&case.name);
        let whole = words().say_with(
            Lang::ZhTw,
            code,
            &[("name", &name), ("kinds", ""), ("most", "10 MB"), ("found", ""), ("side", "")],
        );
        let said = whole.split(['。', '（']).next().unwrap().replace('\'', "&#x27;").replace('/', "&#x2f;");
        assert!(page.body.contains(&said), "{}: nothing of {said}: {}", case.name, page.body);
        assert!(page.body.contains("href=\"#field-exam_proof\""), "{}", case.name);
        assert!(page.body.contains(&format!("value=\"{fee}\"")), "{}: what was typed is lost", case.name);
        assert_eq!(kept(&site), 0, "{}", case.name);
        tried += 1;
        huge += usize::from(code == "file-pixels");
    }
    println!("{tried} files of {} kinds of wrong", of_code.len());
    assert!(tried >= 25 && of_code.len() >= 8 && huge > 0, "{of_code:?}");
    // After all of them a good one is taken.
    save(&mut student, &id, "save", &right(&exam().to_string()), &[("exam_proof", "proof.png", &picture(10))]);
    assert_eq!(kept(&site), 1);
}

#[test]
fn the_name_of_a_file_leads_nowhere_and_deceives_nobody() {
    let site = world(Window::Open).sites.remove(0);
    let mut student = site.signed_in(STUDENT);
    let id = begin(&mut student);
    for (number, (sent, shown)) in [
        ("../../../../etc/cron.d/x.png", "x.png"),
        ("C:\\\\windows\\\\x.png", "x.png"),
        ("a\u{202e}gnp.exe", "agnp.exe.png"),
        ("<script>alert(1)<!.png", "_script_alert(1)_!.png"),
        ("證\u{200b}明\u{2066}.png", "證明.png"),
        ("", ""),
    ]
    .into_iter()
    .enumerate()
    {
        let before = kept(&site);
        let page = save(
            &mut student,
            &id,
            "save",
            &right(&exam().to_string()),
            &[("exam_proof", sent, &picture(100 + number as u8))],
        );
        assert!(matches!(page.status, 303 | 422), "{sent:?}: {}", page.body);
        let page = student.get(&format!("/cases/{id}/edit"));
        for mark in ["../", "\u{202e}", "\u{200b}", "\u{2066}", "<script>alert", "windows"] {
            assert!(!page.body.contains(mark), "{sent:?} shows {mark:?}");
        }
        let name = count(&site, &format!("SELECT COUNT(*) FROM files WHERE removed_at IS NULL AND name = '{shown}'"));
        let expected = i64::from(!shown.is_empty());
        assert!(name == expected && kept(&site) <= before + 1, "{sent:?} is not kept as {shown:?}");
        // Five is the most; each makes room for the next.
        site.sql("UPDATE files SET removed_at = '2026-01-01T00:00:00.000Z'");
    }
}

/// A form with a file, as bytes, its head saying another length than there is.
fn raw(site: &Site, student: &mut Visitor, id: &str, length: impl Fn(usize) -> String) -> Vec<u8> {
    let edit = format!("/cases/{id}/edit");
    let page = student.get(&edit);
    let (token, shown) = (page.token(), value(&page, "shown"));
    let mut body = Vec::new();
    for (name, value) in
        [("token", token.as_str()), ("shown", &shown), ("do", "save"), ("version", "1"), ("exam_fee", "77")]
    {
        body.extend(format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").as_bytes());
    }
    body.extend(b"--x\r\nContent-Disposition: form-data; name=\"exam_proof\"; filename=\"a.png\"\r\n\r\n");
    body.extend(picture(66));
    body.extend(b"\r\n--x--\r\n");
    let cookies: Vec<String> = student.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let head = format!(
        "POST {edit} HTTP/1.1\r\nHost: {0}\r\nOrigin: http://{0}\r\nSec-Fetch-Site: same-origin\r\nCookie: {1}\r\n\
         Content-Type: multipart/form-data; boundary=x\r\n{2}\r\n",
        site.address,
        cookies.join("; "),
        length(body.len())
    );
    [head.as_bytes(), &body].concat()
}

#[test]
fn a_file_that_grows_or_shrinks_while_it_is_sent_leaves_nothing() {
    let site = world(Window::Open).sites.remove(0);
    let mut student = site.signed_in(STUDENT);
    let id = begin(&mut student);
    let said: &[(&str, &dyn Fn(usize) -> String)] = &[
        ("it grew", &|length| format!("Content-Length: {}\r\n", length / 2)),
        ("it grew by a byte", &|length| format!("Content-Length: {}\r\n", length - 9)),
        ("it shrank", &|length| format!("Content-Length: {}\r\n", length + 5_000)),
        ("two lengths", &|length| format!("Content-Length: {length}\r\nContent-Length: {}\r\n", length / 2)),
        ("no length", &|_| "Content-Length: x\r\n".to_owned()),
        ("less than nothing", &|_| "Content-Length: -5\r\n".to_owned()),
        ("a length and pieces", &|length| format!("Content-Length: {length}\r\nTransfer-Encoding: chunked\r\n")),
        ("pieces that are none", &|_| "Transfer-Encoding: chunked\r\n".to_owned()),
    ];
    for (what, length) in said {
        let request = raw(&site, &mut student, &id, length);
        let mut stream = TcpStream::connect(site.address).unwrap();
        stream.set_read_timeout(Some(std::time::Duration::from_secs(20))).unwrap();
        let _ = stream.write_all(&request);
        let _ = stream.shutdown(Shutdown::Write);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let status = answer.split(' ').nth(1).unwrap_or("no answer").to_owned();
        assert!(["400", "no answer"].contains(&status.as_str()), "{what}: {answer}");
        assert_eq!(kept(&site), 0, "{what}");
        assert_eq!(count(&site, "SELECT COUNT(*) FROM cases WHERE raw LIKE '%77%'"), 0, "{what}");
    }
    // The same with its true length is taken.
    let request = raw(&site, &mut student, &id, |length| format!("Content-Length: {length}\r\nConnection: close\r\n"));
    let page = super::exchange(site.address, &request);
    assert_eq!((page.status, kept(&site)), (303, 1), "{}", page.body);
}

#[test]
fn fees_at_their_edges_each_have_their_answer() {
    let site = world(Window::Open).sites.remove(0);
    let mut student = site.signed_in(STUDENT);
    complete_profile(&mut student);
    let id = begin(&mut student);
    fill(&mut student, &id);
    let range = "「報名費」請輸入 0 到 100000 之間的數";
    for (fee, said, subsidy) in [
        ("1", "", "0"),
        ("0", "", "0"),
        ("3", "", "1"),
        ("１，０００", "", "500"),
        ("100000", "", "2,000"),
        ("100001", range, ""),
        ("-1", range, ""),
        ("1000000000000", range, ""),
        ("99999999999999999999999999", range, ""),
        ("1.5", "「報名費」請輸入整數", ""),
        ("1e3", range, ""),
        ("1__0", range, ""),
        ("NaN", range, ""),
        ("=1+1", range, ""),
        ("1 000", "", "500"),
    ] {
        let mut typed = right(&exam().to_string());
        typed.retain(|(name, _)| *name != "exam_fee");
        typed.push(("exam_fee", fee.to_owned()));
        let page = save(&mut student, &id, "check", &typed, &[]);
        let check = student.get(&format!("/cases/{id}/check"));
        if said.is_empty() {
            assert_eq!(page.status, 303, "{fee}: {}", page.body);
            assert_eq!(check.status, 200, "{fee}");
            let shown = check.body.contains("的一半") && check.body.contains(subsidy);
            assert!(shown, "{fee} brings {subsidy}: {}", check.body);
        } else {
            assert!(page.status == 422 && page.body.contains(said), "{fee}: {} {}", page.status, page.body);
            assert!(page.body.contains("href=\"#field-exam_fee\""), "{fee}");
            assert_eq!(check.status, 303, "{fee} cannot be sent");
        }
    }
}

/// What nobody may say of themselves.
const EXTRA: &str = "&status=passed&state=passed&from=draft&department_id=D2&department=D2&applicant=4110102\
    &account_id=4110102&reviewer_id=admin&actor=admin&hours=99&amount=999999&subsidy=999999&payment=committed\
    &open_slot=0&waits_role=admin&waits_unit=D2&first_sent_at=2020-01-01&sent_at=2020-01-01&rounds=now&edition=x\
    &named=exam_fee&claimed_by=admin&is_staff=1&owner=4110102&id=0&number=X&undone=1&once=x&position=1&year=2020";

fn with_extra(extra: &str, body: &str) -> String {
    format!("{body}{extra}")
}

/// Every form of a case from its beginning to its end, each with `extra`; what is in the database then.
fn life(extra: &str) -> Vec<String> {
    let site = world(Window::Open).sites.remove(0);
    site.runtime.block_on(async {
        let mut tx = site.app.db.begin().await.unwrap();
        crate::harness::school::staff(&mut tx, "office1", "office", "career").await;
        tx.commit().await.unwrap();
        let (app, now) = (&site.app, chrono::Utc::now());
        menkan::app::accounts::create(app, "office1", super::PASSWORD, Lang::ZhTw, now).await.unwrap();
    });
    let mut student = site.signed_in(STUDENT);
    let (mut clerk, mut office) = (site.signed_in("clerk1"), site.signed_in("office1"));
    let post = |who: &mut Visitor, path: &str, body: String| -> Page {
        let own = own(who.address);
        // A reviewer's page has ticks of this name, and a decision that does not use them says so.
        let ticks = if path.starts_with("/review/") { "&named=exam_fee" } else { "" };
        let page = who.post(path, &own, &with_extra(&extra.replacen(ticks, "", 1), &body));
        assert!(matches!(page.status, 200 | 303), "{path}: {} {}", page.status, page.body);
        page
    };
    let pairs: Vec<(String, String)> = extra
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    complete_profile(&mut student);
    let token = student.get("/profile").token();
    let mut fields = vec![("token", token.as_str()), ("version", "1"), ("do", "save"), ("bank", "別的銀行")];
    // Where money goes is changed with the password.
    fields.push(("password", super::PASSWORD));
    fields.extend(pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    assert_eq!(student.send_files("/profile", &fields, &[]).status, 303);
    // A draft that is thrown away, and one that is sent.
    let token = student.get("/apply/certificate").token();
    let begun = post(&mut student, "/apply/certificate", format!("token={token}&agree=yes"));
    let edit = leads(&begun);
    let draft = edit.strip_prefix("/cases/").unwrap().strip_suffix("/edit").unwrap().to_owned();
    let token = student.get(&edit).token();
    post(&mut student, &format!("/cases/{draft}/discard"), format!("token={token}&version=1"));
    let id = begin(&mut student);
    let mut typed = right(&exam().to_string());
    typed.extend([("status", "passed".to_owned()), ("applicant", OTHER.to_owned()), ("department", "D2".to_owned())]);
    if extra.is_empty() {
        typed.truncate(typed.len() - 3);
    }
    save(&mut student, &id, "save", &typed, &[("exam_proof", "proof.png", &picture(10))]);
    save(&mut student, &id, "save", &typed, &[("receipt", "receipt.png", &picture(20))]);
    let check = student.get(&format!("/cases/{id}/check"));
    post(&mut student, &format!("/cases/{id}/check"), sending(&check));
    let review = format!("/review/{id}");
    for path in ["/claim", "/release"] {
        let page = clerk.get(&review);
        post(&mut clerk, &format!("{review}{path}"), form(&page, &[]));
    }
    for (step, path) in [("endorse", ""), ("pass", ""), ("undo", "/undo"), ("refuse", "")] {
        let reviewer = if step == "endorse" { &mut clerk } else { &mut office };
        let page = reviewer.get(&review);
        post(reviewer, &format!("{review}{path}"), form(&page, &[("step", step), ("note", "說明")]));
    }
    // Another is withdrawn, and another is endorsed with several at once.
    let second = begin(&mut student);
    fill(&mut student, &second);
    let check = student.get(&format!("/cases/{second}/check"));
    post(&mut student, &format!("/cases/{second}/check"), sending(&check));
    let page = student.get(&format!("/cases/{second}/do/withdraw"));
    post(&mut student, &format!("/cases/{second}/do/withdraw"), format!("token={}&version=2", page.token()));
    let third = begin(&mut student);
    fill(&mut student, &third);
    let check = student.get(&format!("/cases/{third}/check"));
    post(&mut student, &format!("/cases/{third}/check"), sending(&check));
    let list = clerk.get("/queue");
    let bulk = |token: String| format!("token={token}&step=certificate%2Fendorse&case={third}%3A2");
    let rehearsed = post(&mut clerk, "/queue/bulk", bulk(list.token()));
    post(&mut clerk, "/queue/bulk/do", bulk(rehearsed.token()));
    let page = clerk.get("/queue");
    post(&mut clerk, "/queue/views", format!("token={}&name=mine&query=view%3Dall", page.token()));
    let mut out = Vec::new();
    for sql in [
        "SELECT state || '|' || version || '|' || applicant || '|' || department || '|' || open_slot || '|' || waits_role
         || '|' || waits_unit || '|' || rounds || '|' || named || '|' || raw || '|' || claimed_by FROM cases ORDER BY 1",
        "SELECT actor || '|' || step || '|' || from_state || '|' || to_state || '|' || note || '|' || named || '|' || undone
         FROM case_events ORDER BY 1",
        "SELECT person || '|' || amount || '|' || state || '|' || position || '|' || batch FROM payments ORDER BY 1",
        "SELECT account || '|' || role || '|' || unit FROM staff_roles ORDER BY 1",
        "SELECT account || '|' || lang || '|' || disabled FROM accounts ORDER BY 1",
        "SELECT owner_kind || '|' || field || '|' || name || '|' || uploaded_by FROM files ORDER BY 1",
        "SELECT account || '|' || version FROM profiles ORDER BY 1",
        "SELECT account || '|' || name || '|' || query FROM saved_views ORDER BY 1",
        "SELECT student || '|' || category || '|' || amount FROM credits ORDER BY 1",
        "SELECT actor || '|' || action FROM audit ORDER BY 1",
    ] {
        let rows: Vec<(String,)> = site.runtime.block_on(async {
            site.app.db.read().await.unwrap().all(sql, menkan::args![]).await.unwrap()
        });
        // Files' ids are drawn.
        let plain = |text: String| {
            let parts = text.split(|c: char| !c.is_ascii_hexdigit()).filter(|part| part.len() == 32);
            let long: Vec<String> = parts.map(str::to_owned).collect();
            long.iter().fold(text, |text, id| text.replace(id, "ID"))
        };
        out.extend(rows.into_iter().map(|(row,)| plain(row)));
    }
    out
}

#[test]
fn no_form_takes_what_it_does_not_ask_for() {
    let (plain, with) = (life(""), life(EXTRA));
    assert!(plain.len() > 30, "{plain:?}");
    let differ: Vec<_> = plain.iter().zip(&with).filter(|(one, other)| one != other).collect();
    assert!(differ.is_empty() && plain.len() == with.len(), "{differ:#?}");
}
