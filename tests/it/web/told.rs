//! What is wrong is told where it can be mended, with what was chosen kept, and before it costs work: over HTTP
//! and on both databases.

use super::filing::{self, Window, begin, complete_profile};
use super::review_world::{number, sent, worlds};
use super::{Site, own};

/// The part of a page around a text.
fn around<'a>(body: &'a str, text: &str) -> &'a str {
    let at = body.find(text).unwrap_or_else(|| panic!("no {text}: {body}"));
    let from = body[..at].char_indices().rev().nth(300).map_or(0, |(at, _)| at);
    &body[from..at + text.len()]
}

#[test]
fn an_incomplete_profile_is_told_before_an_application_is_begun_and_while_it_is_filled_in() {
    for site in &filing::world(Window::Open).sites {
        let kind = site.db.kind;
        let mut student = site.signed_in(filing::STUDENT);
        let told = "基本資料還沒有填好，補齊後才能送出：";
        let start = student.get("/apply/certificate");
        assert!(start.body.contains(told) && start.body.contains("銀行帳戶"), "{kind}: {}", start.body);
        let id = begin(&mut student);
        let edit = format!("/cases/{id}/edit");
        let form = student.get(&edit);
        assert!(form.body.contains(told), "{kind}: {}", form.body);
        let profile = format!("/profile?back={edit}");
        assert!(form.body.contains(&format!("href=\"{profile}\"")), "{kind}: {}", form.body);
        // From there it leads back to the form.
        assert_eq!(filing::value(&student.get(&profile), "back"), edit, "{kind}");
        complete_profile(&mut student);
        site.runtime.block_on(crate::harness::school::national_id(&site.app, filing::STUDENT));
        for page in ["/apply/certificate", &edit] {
            assert!(!student.get(page).body.contains(told), "{kind}: {page}");
        }
    }
}

#[test]
fn a_day_that_has_not_come_is_told_at_its_field_and_the_rest_of_the_form_is_kept() {
    let site = Site::start();
    let mut admin = site.signed_in("admin");
    let page = admin.get("/statistics?as-of=2999-01-01&by=college&of=stress");
    assert_eq!(page.status, 422);
    assert!(page.body.contains("<title>錯誤："), "{}", page.body);
    for kept in ["id=\"as-of-wrong\"", "aria-describedby=\"as-of-wrong\"", "value=\"2999-01-01\""] {
        assert!(page.body.contains(kept), "{kept}: {}", page.body);
    }
    for chosen in ["value=\"college\" selected", "value=\"stress\" selected"] {
        assert!(page.body.contains(chosen), "{chosen}: {}", page.body);
    }
    for path in ["/classes/C01", "/departments/D1", "/requirements/stress"] {
        let page = admin.get(&format!("{path}?as-of=2999-01-01&show=remaining"));
        assert!(page.status == 422 && page.body.contains("id=\"as-of-wrong\""), "{path}: {}", page.body);
        assert!(page.body.contains("2999-01-01 還沒有到"), "{path}: {}", page.body);
    }
    // A file has no field.
    for path in ["/statistics.csv", "/statistics.xlsx", "/departments/D1/students.csv", "/classes/C01/roster"] {
        let page = admin.get(&format!("{path}?as-of=2999-01-01"));
        assert!(page.status == 422 && page.body.contains("2999-01-01 還沒有到"), "{path}: {}", page.body);
    }
}

#[test]
fn a_move_of_several_with_nothing_ticked_is_told_on_the_list_as_it_was() {
    for site in worlds() {
        let kind = site.db.kind;
        let ids: Vec<String> = ["4110101", "4110102"].map(|student| sent(&site, student)).into();
        let mut clerk = site.signed_in("clerk1");
        let list = "/queue?view=mine&q=4110101";
        let page = clerk.get(list);
        let named = filing::value(&page, "list").replace("&amp;", "&");
        assert_eq!(named, list, "{kind}");
        let sends = |clerk: &mut super::Visitor, rest: &str| {
            let token = clerk.get(list).token();
            let body = format!("token={token}&step=certificate%2Fendorse&list={}{rest}", super::encode(&named));
            clerk.post("/queue/bulk", &own(site.address), &body)
        };
        let none = sends(&mut clerk, "");
        assert!(none.status == 422 && none.body.contains("<title>錯誤："), "{kind}: {}", none.body);
        assert!(around(&none.body, "沒有勾選").contains("href=\"#bulk\""), "{kind}");
        assert!(none.body.contains("id=\"bulk-wrong\"") && none.body.contains("value=\"4110101\""), "{kind}");
        assert!(none.body.contains(&ids[0]) && !none.body.contains(&ids[1]), "{kind}: another list: {}", none.body);
        // What was ticked stays so.
        let many: String = (0..50).map(|other| format!("&case={other}%3A1")).collect();
        let many = sends(&mut clerk, &format!("{many}&case={}%3A2", ids[0]));
        assert!(many.status == 422 && many.body.contains(&format!("value=\"{}:2\" checked", ids[0])), "{}", many.body);
        // A list of elsewhere is none.
        let body = format!("token={}&step=certificate%2Fendorse&list=https%3A%2F%2Fevil.example", page.token());
        let elsewhere = clerk.post("/queue/bulk", &own(site.address), &body);
        assert!(elsewhere.status == 422 && !elsewhere.body.contains("evil"), "{kind}: {}", elsewhere.body);
    }
}

#[test]
fn a_year_that_is_none_is_told_at_its_field_and_years_are_written_as_days_are() {
    for site in worlds() {
        let kind = site.db.kind;
        for student in ["4110101", "4110102"] {
            let id = sent(&site, student);
            super::review_world::done(&site, "clerk1", &id, "endorse");
            super::review_world::done(&site, "office1", &id, "pass");
        }
        let mut office = site.signed_in("office1");
        let path = "/payments/certificate-subsidy";
        let page = office.get(&format!("{path}?state=committed&year=abc"));
        assert_eq!(page.status, 422, "{kind}");
        for said in
            ["「abc」不是年度", "id=\"year-wrong\"", "value=\"abc\"", "value=\"committed\" selected", "<title>錯誤："]
        {
            assert!(page.body.contains(said), "{kind}: no {said}: {}", page.body);
        }
        assert_eq!(office.get(&format!("{path}/queue.csv?year=abc")).status, 422, "{kind}");
        assert_eq!(office.get(&format!("{path}/queue.xlsx?year=-1")).status, 422, "{kind}");
        // Either calendar is read; each language has its own.
        for (year, found) in [("2026", true), ("115", true), ("", true), ("114", false), ("2025", false)] {
            let page = office.get(&format!("{path}?year={year}"));
            assert_eq!((page.status, page.body.contains("4110101")), (200, found), "{kind} {year}: {}", page.body);
        }
        let page = office.get(path).body;
        assert!(
            page.contains(">115</a>") && page.contains("115 年的付款批次") && !page.contains("2026 年"),
            "{kind}: {page}"
        );
        let check = office.get(&format!("{path}/batch/2026")).body;
        assert!(check.contains("115 年的付款批次") && !check.contains("2026 年"), "{kind}: {check}");
        let english = office.get(&format!("{path}?lang=en")).body;
        assert!(english.contains(">2026</a>") && !english.contains(">115</a>"), "{kind}: {english}");
    }
}

#[test]
fn a_term_that_is_over_and_had_no_list_offers_none() {
    for site in worlds() {
        let kind = site.db.kind;
        let mut clerk = site.signed_in("clerk1");
        let list = |term: &str| format!("/catalogues/certificate-list?department=D1&term={term}");
        let (past, next) = (clerk.get(&list("113-1")).body, clerk.get(&list("115-2")).body);
        assert!(past.contains("這個學期已經結束") && !past.contains("name=\"do\""), "{kind}: {past}");
        assert!(next.contains("name=\"do\"") && !next.contains("這個學期已經結束"), "{kind}: {next}");
        let body = format!(
            "token={}&seen=0&department=D1&term=113-1&do=add&field-code=1&field-name=a&field-region=other&field-kind=domestic",
            clerk.get(&list("115-2")).token()
        );
        assert_eq!(clerk.post("/catalogues/certificate-list", &own(site.address), &body).status, 409, "{kind}");
        let written = "SELECT CAST(COUNT(*) AS BIGINT) FROM catalogue_entries WHERE term = '113-1'";
        assert_eq!(number(&site, written), 0, "{kind}");
    }
}

#[test]
fn a_role_is_lent_only_after_whose_account_it_is_was_shown() {
    for site in worlds() {
        let kind = site.db.kind;
        let mut lender = site.signed_in("clerk1");
        let today = filing::today().to_string();
        let lent = "SELECT CAST(COUNT(*) AS BIGINT) FROM delegations";
        let mut lend = |more: &[(&str, &str)]| {
            let mut fields = vec![("role", "clerk|D1"), ("to", "elsewhere"), ("from", &today), ("until", &today)];
            fields.extend(more);
            lender.send("/delegation", "/delegation", &fields)
        };
        let asked = lend(&[]);
        assert_eq!((asked.status, number(&site, lent)), (200, 0), "{kind}: {}", asked.body);
        // The name, what they are and where.
        for said in ["老師elsewhere", "別系", "name=\"sure\" value=\"elsewhere\""] {
            assert!(asked.body.contains(said), "{kind}: no {said}: {}", asked.body);
        }
        // Another account than the one that was shown is shown first.
        let other = lend(&[("sure", "clerk2")]);
        assert_eq!((other.status, number(&site, lent)), (200, 0), "{kind}");
        assert_eq!((lend(&[("sure", "elsewhere")]).status, number(&site, lent)), (303, 1), "{kind}");
    }
}
