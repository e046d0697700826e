//! The life of a list over HTTP and on both databases: kept, sent, returned, approved, and what of it
//! may be chosen meanwhile.

use menkan::app::case;

use super::review_world::{number, person, raw, worlds};
use super::{Page, Site, Visitor, encode, own};
use crate::harness;

const LIST: &str = "/catalogues/certificate-list";
const NEXT: &str = "/catalogues/certificate-list?department=D1&term=115-2";
const THIS: &str = "/catalogues/certificate-list?department=D1&term=115-1";
const OFFERS: &str = "SELECT COUNT(*) FROM catalogue_offers WHERE department = 'D1' AND term = '115-2'";

fn seen(page: &Page) -> String {
    let after = page.body.split("name=\"seen\" value=\"").nth(1).unwrap_or("0");
    after.split('"').next().unwrap().to_owned()
}

/// A form of the page as it stands.
fn form(page: &Page, path: &str, fields: &[(&str, &str)]) -> String {
    let term = path.rsplit('=').next().unwrap();
    let mut body = format!("token={}&seen={}&department=D1&term={term}", page.token(), seen(page));
    for (name, value) in fields {
        body.push_str(&format!("&{name}={}", encode(value)));
    }
    body
}

fn press(who: &mut Visitor, path: &str, fields: &[(&str, &str)]) -> Page {
    let body = form(&who.get(path), path, fields);
    who.post(LIST, &own(who.address), &body)
}

fn entry<'a>(code: &'a str, name: &'a str) -> [(&'static str, &'a str); 6] {
    [
        ("do", "add"),
        ("field-code", code),
        ("field-name", name),
        ("field-region", "other"),
        ("field-kind", "domestic"),
        ("field-self_learning", "on"),
    ]
}

fn minutes(who: &mut Visitor, path: &str, name: &str, bytes: &[u8]) -> Page {
    let page = who.get(path);
    let mut body = String::new();
    let fields =
        [("token", page.token()), ("seen", seen(&page)), ("department", "D1".to_owned()), ("term", "115-2".to_owned())];
    for (field, value) in fields {
        body.push_str(&format!("--frontier\r\nContent-Disposition: form-data; name=\"{field}\"\r\n\r\n{value}\r\n"));
    }
    body.push_str(&format!(
        "--frontier\r\nContent-Disposition: form-data; name=\"minutes\"; filename=\"{name}\"\r\n\
         Content-Type: application/pdf\r\n\r\n{}\r\n--frontier--\r\n",
        std::str::from_utf8(bytes).unwrap()
    ));
    let mut headers = vec![("Content-Type", "multipart/form-data; boundary=frontier".to_owned())];
    headers.extend(own(who.address));
    who.ask("POST", "/catalogues/certificate-list/minutes", &headers, &body)
}

fn pdf() -> Vec<u8> {
    // The marks that say that a PDF is binary are none that a text can hold.
    crate::files::corpus::pdf(&[]).into_iter().filter(u8::is_ascii).collect()
}

fn kind(site: &Site) -> &'static str {
    site.db.kind
}

#[test]
fn a_list_is_taken_over_changed_sent_returned_and_approved() {
    for site in worlds() {
        let (mut clerk, mut office) = (site.signed_in("clerk1"), site.signed_in("office1"));
        assert!(
            clerk.get("/home").body.contains("href=\"&#x2f;catalogues\"")
                || clerk.get("/home").body.contains("/catalogues")
        );
        assert!(clerk.get("/catalogues").body.contains("115-2"), "{}", kind(&site));
        let refused = press(&mut clerk, NEXT, &[("do", "send")]);
        assert!(refused.status == 422 && refused.body.contains("列表是空的"), "{}", refused.body);

        // Unchanged against the term before: no minutes.
        assert_eq!(press(&mut clerk, NEXT, &[("do", "take-over-all")]).status, 303);
        let page = clerk.get(NEXT);
        assert!(page.body.contains("與 115-1 相同") && page.body.contains("已沿用"), "{}", page.body);
        let again = press(&mut clerk, NEXT, &[("do", "take-over"), ("entry", "entry-D1")]);
        assert!(again.status == 422 && again.body.contains("已有這個代碼"), "{}", again.body);
        assert!(
            again.body.contains("id=\"wrong-code\"") && again.body.contains("href=\"#field-code\""),
            "{}",
            again.body
        );
        assert_eq!(press(&mut clerk, NEXT, &[("do", "send")]).status, 303);
        let locked = press(&mut clerk, NEXT, &entry("9005", "新證照"));
        assert!(locked.status == 409 && locked.body.contains("已送出，等待核定"), "{} {}", locked.status, locked.body);
        // The sender's page has no form any more; what is posted all the same is refused.
        let version = seen(&office.get(NEXT));
        let token = clerk.get("/catalogues").token();
        for (wanted, status) in [("open", 409), ("approve", 403)] {
            let body = format!("token={token}&seen={version}&department=D1&term=115-2&do={wanted}");
            assert_eq!(clerk.post(LIST, &own(site.address), &body).status, status, "{}: {wanted}", kind(&site));
        }
        assert!(!clerk.get(NEXT).body.contains("value=\"open\""), "{}", kind(&site));
        assert_eq!(number(&site, OFFERS), 0, "nothing is on offer before it is approved");
        assert!(office.get("/catalogues").body.contains("等我核定"));
        assert!(office.get(NEXT).body.contains("value=\"approve\""));
        assert_eq!(press(&mut office, NEXT, &[("do", "approve")]).status, 303);
        assert_eq!(number(&site, OFFERS), 1, "{}", kind(&site));

        // Worked on again: what was approved stays on offer, and what differs needs minutes.
        assert_eq!(press(&mut clerk, NEXT, &[("do", "open")]).status, 303);
        let wrong = press(&mut clerk, NEXT, &entry("9005", ""));
        assert!(
            wrong.status == 422 && wrong.body.contains("value=\"9005\"") && wrong.body.contains("請填寫「證照名稱」")
        );
        assert_eq!(press(&mut clerk, NEXT, &entry("9005", "新證照")).status, 303);
        let taken = press(&mut clerk, NEXT, &entry("9005", "另一張"));
        assert!(taken.status == 422 && taken.body.contains("已有這個代碼") && taken.body.contains("另一張"));
        let refused = press(&mut clerk, NEXT, &[("do", "send")]);
        assert!(refused.status == 422 && refused.body.contains("請先附上會議紀錄"), "{}", refused.body);
        assert_eq!(minutes(&mut clerk, NEXT, "minutes.pdf", b"<html>no paper").status, 422);
        assert_eq!(minutes(&mut clerk, NEXT, "minutes.pdf", &pdf()).status, 303);
        assert_eq!(minutes(&mut clerk, NEXT, "again.pdf", &pdf()).status, 303, "they can be replaced");
        assert_eq!(number(&site, "SELECT COUNT(*) FROM files WHERE owner_kind = 'list' AND removed_at IS NULL"), 1);
        assert_eq!(press(&mut clerk, NEXT, &[("do", "send")]).status, 303);
        assert_eq!(number(&site, OFFERS), 1, "the approved ones stay on offer");
        let page = office.get(NEXT);
        assert!(page.body.contains("again.pdf") && page.body.contains("新增"), "{}", page.body);
        let file =
            page.body.replace("&#x2f;", "/").split("href=\"/files/").nth(1).map(|rest| rest[..32].to_owned()).unwrap();
        assert_eq!(office.get(&format!("/files/{file}")).status, 200);
        assert_eq!(site.signed_in("elsewhere").get(&format!("/files/{file}")).status, 404);
        assert_eq!(press(&mut office, NEXT, &[("do", "return")]).status, 422, "a return says why");
        assert_eq!(press(&mut office, NEXT, &[("do", "return"), ("note", "名稱不全")]).status, 303);
        let page = clerk.get(NEXT);
        assert!(page.body.contains("名稱不全") && page.body.contains("value=\"send\""));
        assert_eq!(press(&mut clerk, NEXT, &[("do", "send")]).status, 303);
        assert_eq!(press(&mut office, NEXT, &[("do", "approve")]).status, 303);
        assert_eq!(number(&site, OFFERS), 2);
        assert_eq!(number(&site, "SELECT COUNT(*) FROM audit WHERE action = 'approve list'"), 2);
        // Whoever sent it was told each time.
        let told = "SELECT COUNT(*) FROM outbox WHERE letter = 'list-decided' AND person = 'clerk1'";
        assert_eq!(number(&site, told), 3, "{}", kind(&site));

        // Another department's is not theirs to know of.
        let mut other = site.signed_in("elsewhere");
        assert_eq!(other.get(NEXT).status, 404);
        let token = other.get("/catalogues").token();
        let body = format!("token={token}&seen=0&department=D1&term=115-2&do=open");
        assert_eq!(other.post(LIST, &own(site.address), &body).status, 404);
    }
}

#[test]
fn a_list_holds_twenty_and_of_two_who_change_it_one_is_told() {
    for site in worlds() {
        let (mut one, mut two) = (site.signed_in("clerk1"), site.signed_in("clerk2"));
        let (first, second) = (one.get(NEXT), two.get(NEXT));
        let body = form(&first, NEXT, &entry("0001", "證照一"));
        assert_eq!(one.post(LIST, &own(site.address), &body).status, 303);
        let stale = two.post(LIST, &own(site.address), &form(&second, NEXT, &entry("0002", "證照二")));
        assert!(stale.status == 409 && stale.body.contains("證照二"), "{}", stale.body);
        for index in 2..=20 {
            let (code, name) = (format!("{index:04}"), format!("證照{index}"));
            assert_eq!(press(&mut one, NEXT, &entry(&code, &name)).status, 303, "{index}");
        }
        let full = press(&mut one, NEXT, &entry("0021", "證照廿一"));
        assert!(
            full.status == 422 && full.body.contains("最多 20 項") && full.body.contains("證照廿一"),
            "{}",
            full.body
        );
        let over = press(&mut one, NEXT, &[("do", "take-over-all")]);
        assert_eq!(over.status, 422, "{}", kind(&site));
        assert_eq!(number(&site, "SELECT COUNT(*) FROM catalogue_entries WHERE term = '115-2'"), 20);
        let page = one.get(NEXT).body.replace("&amp;", "&");
        let id = page.split("&entry=").nth(1).unwrap().split('#').next().unwrap().to_owned();
        assert_eq!(press(&mut one, NEXT, &[("do", "remove"), ("entry", &id)]).status, 303);
        assert_eq!(press(&mut one, NEXT, &[("do", "take-over-all")]).status, 303);
    }
}

#[test]
fn what_was_taken_off_a_list_counts_no_more_once_that_is_approved() {
    for site in worlds() {
        let offered = || {
            site.runtime.block_on(async {
                let student = person(&site, "4110102").await;
                let now = super::review_world::sent_at();
                let begun = case::begin(&site.app, &student, "certificate", &harness::unique(), now).await;
                let id = match begun {
                    Ok(begun) => begun.id,
                    Err(case::CaseError::OpenAlready { case, .. }) => case,
                    Err(error) => panic!("{error}"),
                };
                let typed = raw(&[("exam_date", "115/9/10"), ("certificate", "entry-D1")]);
                let open = case::keep(&site.app, &student, &id, 1, &typed, now).await.unwrap();
                let filled = menkan::case::fill(&open.setting(), &open.workflow().fields, &open.case.raw);
                let (index, _) = open.workflow().field("certificate").unwrap();
                filled.wrong.iter().all(|wrong| wrong.field != index)
            })
        };
        assert!(offered());
        let mut both = site.signed_in("both");
        assert_eq!(press(&mut both, THIS, &[("do", "open")]).status, 303);
        assert_eq!(press(&mut both, THIS, &entry("9100", "新證照")).status, 303);
        assert_eq!(press(&mut both, THIS, &[("do", "remove"), ("entry", "entry-D1")]).status, 303);
        assert!(offered(), "{}: until it is approved", kind(&site));
        site.runtime.block_on(async {
            // The minutes are another test's.
            let mut tx = site.app.db.begin().await.unwrap();
            let row = menkan::store::files::FileRow {
                id: harness::unique().replace('-', ""),
                owner_kind: menkan::store::files::OwnerKind::List,
                owner: "certificate-list|D1|115-1".to_owned(),
                field: "minutes".to_owned(),
                name: "minutes.pdf".to_owned(),
                media: "application/pdf".to_owned(),
                size: 1,
                sha256: "m".to_owned(),
                vault_key: "m".to_owned(),
                thumb_key: String::new(),
                uploaded_by: "both".to_owned(),
                at: "2026-11-10T02:00:00.000Z".to_owned(),
                removed_at: None,
            };
            menkan::store::files::add(&mut tx, &row).await.unwrap();
            tx.commit().await.unwrap();
        });
        assert_eq!(press(&mut both, THIS, &[("do", "send")]).status, 303);
        // The page offers it no form; what is posted all the same is refused.
        let (token, version) = (both.get("/catalogues").token(), seen(&site.signed_in("office1").get(THIS)));
        let body = format!("token={token}&seen={version}&department=D1&term=115-1&do=approve");
        let own_list = both.post(LIST, &own(site.address), &body);
        assert!(own_list.status == 403 && own_list.body.contains("不能核定自己送出的列表"), "{}", own_list.body);
        assert!(offered());
        assert_eq!(press(&mut site.signed_in("office1"), THIS, &[("do", "approve")]).status, 303);
        assert!(!offered(), "{}", kind(&site));
    }
}

#[test]
fn a_list_is_decided_in_a_lenders_place_but_not_in_the_place_of_whoever_sent_it() {
    for site in worlds() {
        let lend = |id: &str, from: &str| {
            site.sql(&format!(
                "INSERT INTO delegations (id, account, to_account, role, unit, from_day, until_day, made_at, ended_at)
                 VALUES ('{id}', '{from}', 'elsewhere', 'office', 'career', '2020-01-01', '2999-01-01',
                   '2020-01-01T00:00:00.000Z', '')"
            ));
        };
        // The clerk is of the office, too, and lends that.
        site.sql("INSERT INTO staff_roles (account, role, unit) VALUES ('clerk1', 'office', 'career')");
        lend("sender", "clerk1");
        let (mut clerk, mut borrower) = (site.signed_in("clerk1"), site.signed_in("elsewhere"));
        assert_eq!(press(&mut clerk, NEXT, &[("do", "take-over-all")]).status, 303);
        assert_eq!(press(&mut clerk, NEXT, &[("do", "send")]).status, 303);
        for (is_clerk, wanted) in [(true, "approve"), (false, "approve"), (false, "return")] {
            let who = if is_clerk { &mut clerk } else { &mut borrower };
            let (token, version) = (who.get("/catalogues").token(), seen(&site.signed_in("office1").get(NEXT)));
            let body = format!("token={token}&seen={version}&department=D1&term=115-2&do={wanted}&note=why");
            let refused = who.post(LIST, &own(site.address), &body);
            assert!(refused.status == 403 && refused.body.contains("代理的人也一樣"), "{} {wanted}", refused.body);
        }
        assert_eq!(number(&site, OFFERS), 0, "{}", kind(&site));
        // Another of the office lends it, too: it is decided in their place.
        lend("other", "office1");
        assert_eq!(press(&mut borrower, NEXT, &[("do", "approve")]).status, 303);
        assert_eq!(number(&site, OFFERS), 1, "{}", kind(&site));
        let told = "SELECT COUNT(*) FROM audit WHERE action = 'approve list' AND actor = 'elsewhere'
                    AND detail LIKE '%\"in_place_of\":\"office1\"%'";
        assert_eq!(number(&site, told), 1, "{}", kind(&site));
    }
}
