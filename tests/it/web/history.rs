//! Cases of all years, by whoever may see them: the filters of the list, the list as a file; and one's own
//! cases with what was decided of them.

use super::review_world::{done, sent, worlds};
use crate::harness::{self, TempFolder};

#[test]
fn cases_are_found_by_year_division_and_class_within_what_one_may_see() {
    for site in worlds() {
        let kind = site.db.kind;
        for student in ["4110101", "4110201", "4110204"] {
            sent(&site, student);
        }
        let mut clerk = site.signed_in("clerk1");
        let mut finds = |query: &str| {
            let page = clerk.get(&format!("/queue?view=all&{query}"));
            assert_eq!(page.status, 200, "{kind}: {query}");
            let rows = page.body.split("<tbody>").nth(1).unwrap_or_default().to_owned();
            ["4110101", "4110201", "4110204"].into_iter().filter(|student| rows.contains(student)).collect::<Vec<_>>()
        };
        assert_eq!(finds("year=115"), ["4110101", "4110201"], "{kind}: D2 is not hers");
        assert_eq!(finds("year=11"), [""; 0], "{kind}");
        assert_eq!(finds("year=%25"), [""; 0], "{kind}");
        assert_eq!(finds("class=C01"), ["4110101"], "{kind}");
        assert_eq!(finds("class=%E5%9B%9B%E6%B8%AC02"), ["4110201"], "{kind}: a class by its name");
        assert_eq!(finds("division=day-4&year=115"), ["4110101", "4110201"], "{kind}");
        assert_eq!(finds("division=master"), [""; 0], "{kind}");
        assert_eq!(finds("q=4110201&term=115-1&class=C02&division=day-4"), ["4110201"], "{kind}");
        // Each filter can be taken away again.
        let page = clerk.get("/queue?view=all&class=C01&year=115&division=day-4");
        for words in ["115 學年度", "日四技", "C01"] {
            assert!(page.body.contains(&format!("{words} <span aria-hidden")), "{kind}: {words}");
        }
    }
}

#[test]
fn the_list_is_given_as_a_file_of_what_the_page_is_asked() {
    for site in worlds() {
        let kind = site.db.kind;
        for student in ["4110101", "4110201", "4110204"] {
            sent(&site, student);
        }
        let (mut clerk, mut office) = (site.signed_in("clerk1"), site.signed_in("office1"));
        let page = clerk.get("/queue?view=all&class=C01");
        assert!(
            page.body.replace("&#x2f;", "/").contains("/queue.csv?view=all&amp;class=C01"),
            "{kind}: {}",
            page.body
        );
        let file = clerk.get("/queue.csv?view=all&class=C01");
        assert_eq!(file.status, 200, "{kind}");
        let lines: Vec<&str> = file.body.lines().collect();
        assert_eq!(lines.len(), 2, "{kind}: {}", file.body);
        for words in ["4110101", "日四技", "四測01", "115-1", "測試技術士", "1500", "申請審查中"] {
            let row = lines[1].replace(',', "");
            assert!(row.contains(words), "{kind}: {words} in {}", lines[1]);
        }
        assert!(!clerk.get("/queue.csv?view=all").body.contains("4110204"), "{kind}: another department's");
        assert!(office.get("/queue.csv?view=all").body.contains("4110204"), "{kind}");
        let sheet = office.get("/queue.xlsx?view=all");
        assert!(sheet.status == 200 && sheet.body.starts_with("PK"), "{kind}");
        assert!(sheet.header("content-type").contains("spreadsheetml"), "{kind}");
    }
}

#[test]
fn ones_own_list_says_what_was_applied_for_and_who_decided_it() {
    for site in worlds() {
        let kind = site.db.kind;
        let id = sent(&site, "4110101");
        let mut student = site.signed_in("4110101");
        let before = student.get("/cases").body;
        assert!(before.contains("測試技術士") && before.contains("exam_proof.png"), "{kind}: {before}");
        assert!(!before.contains("老師clerk1"), "{kind}");
        done(&site, "clerk1", &id, "return");
        let after = student.get("/cases").body;
        assert!(after.contains("老師clerk1") && after.contains("請看備註"), "{kind}: {after}");
    }
}

#[test]
fn another_program_opens_the_list_and_no_cell_of_it_computes() {
    let folder = TempFolder::new();
    let file = folder.path().join("cases.xlsx");
    let row = vec!["0411001".to_owned(), "=1+1".to_owned()];
    let heads = vec!["學號".to_owned(), "姓名".to_owned()];
    std::fs::write(&file, menkan::app::sheet::table("案件", "2026-11-21 · 1", &heads, &[], &[row]).unwrap()).unwrap();
    if let Some(csv) = harness::as_csv(&file) {
        assert!(csv.contains("0411001,=1+1"), "{csv}");
    }
}
