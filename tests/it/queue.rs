//! Long lists of cases: counted a stretch at a time, and every case on exactly one page.

use std::collections::BTreeSet;

use menkan::store::Conn;
use menkan::store::queue::{self, Part, Question, Scope};

use crate::harness::databases;

/// Cases of two departments in turn, every second of which waits for its clerk; the last `drafts` were never sent.
async fn fill(conn: &mut Conn, cases: i64, drafts: i64) {
    let sql = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < CAST($1 AS BIGINT))
         INSERT INTO cases (id, number, workflow, edition, state, version, applicant, name, department, term, open_slot,
           waits_role, waits_unit, waits_since, raw, columns, search, rounds, named, first_sent_at, sent_at, claimed_by,
           claimed_until, created_at, changed_at)
         SELECT 'c' || CAST(10000 + i AS TEXT), 'N' || CAST(10000 + i AS TEXT), 'certificate', 'e',
           CASE WHEN i % 2 = 0 THEN 'in_review' ELSE 'passed' END, 1, 's' || CAST(i AS TEXT), 'Name',
           CASE WHEN i % 4 < 2 THEN 'd1' ELSE 'd2' END, '114-1', 0, CASE WHEN i % 2 = 0 AND i <= CAST($2 AS BIGINT) THEN 'clerk' ELSE '' END,
           CASE WHEN i % 2 = 1 OR i > CAST($2 AS BIGINT) THEN '' WHEN i % 4 < 2 THEN 'd1' ELSE 'd2' END, '2026-01-01', '{}', '{}',
           'n' || CAST(10000 + i AS TEXT) || ' s' || CAST(i AS TEXT) || ' name', '', '',
           CASE WHEN i > CAST($2 AS BIGINT) THEN NULL ELSE '2026-01-01' END, NULL, '', '', '2026-01-01',
           CASE WHEN i % 3 = 0 THEN '2026-01-01' ELSE '2026-01-02' END FROM n";
    conn.run(sql, menkan::args![cases, cases - drafts]).await.unwrap();
}

async fn page(conn: &mut Conn, scope: &Scope, asked: &Question, page: i64) -> (usize, i64, bool) {
    let found = queue::page(conn, scope, &Question { page, ..asked.clone() }).await.unwrap();
    (found.rows.len(), found.total, found.more)
}

#[tokio::test]
async fn a_list_is_counted_a_stretch_at_a_time_and_each_case_stands_on_one_page() {
    for test in databases().await {
        let mut tx = test.db.begin().await.unwrap();
        fill(&mut tx, 2_130, 10).await;
        tx.commit().await.unwrap();
        let mut conn = test.db.read().await.unwrap();
        let everything = Scope { everything: true, ..Scope::default() };
        let all = Question::default();
        for (number, expected) in
            [(0, (50, 1000, true)), (19, (50, 1000, true)), (20, (50, 2000, true)), (42, (20, 2120, false))]
        {
            assert_eq!(page(&mut conn, &everything, &all, number).await, expected, "{}: page {number}", test.kind);
        }
        // Behind the end.
        for number in [43, 60, 1 << 40] {
            assert_eq!(page(&mut conn, &everything, &all, number).await, (0, 2120, false), "{}: {number}", test.kind);
        }
        let mut seen = BTreeSet::new();
        for number in 0..43 {
            let asked = Question { page: number, ..all.clone() };
            for row in queue::page(&mut conn, &everything, &asked).await.unwrap().rows {
                assert!(seen.insert(row.id.clone()), "{}: {} stands twice", test.kind, row.id);
            }
        }
        assert_eq!(seen.len(), 2120, "{}", test.kind);
    }
}

#[tokio::test]
async fn a_list_has_what_is_asked_for_and_what_its_reader_may_see() {
    for test in databases().await {
        let mut tx = test.db.begin().await.unwrap();
        fill(&mut tx, 130, 10).await;
        tx.commit().await.unwrap();
        let mut conn = test.db.read().await.unwrap();
        let part = |workflow: &str, department: Option<&str>| Part {
            workflow: workflow.to_owned(),
            department: department.map(str::to_owned),
        };
        let clerk = Scope {
            waits: vec![("clerk".to_owned(), "d1".to_owned())],
            parts: vec![part("certificate", Some("d1")), part("other", Some("d1"))],
            ..Scope::default()
        };
        let both = Scope { parts: vec![part("certificate", Some("d1")), part("other", None)], ..Scope::default() };
        let foreign = Scope { parts: vec![part("other", None)], ..Scope::default() };
        let all = Question::default();
        let of = |state: &str, text: &str| Question {
            workflow: "certificate".to_owned(),
            state: state.to_owned(),
            department: "d1".to_owned(),
            term: "114-1".to_owned(),
            text: text.to_owned(),
            ..Question::default()
        };
        let mine = Question { mine: true, ..Question::default() };
        for (what, scope, asked, expected) in [
            ("a department's", &clerk, &all, 60),
            ("two scopes'", &both, &all, 60),
            ("another workflow's", &foreign, &all, 0),
            ("nobody's", &Scope::default(), &all, 0),
            ("what waits", &clerk, &mine, 30),
            ("what waits for nobody", &both, &mine, 0),
            ("a state's", &clerk, &of("in_review", ""), 30),
            ("a number's", &clerk, &of("", "N10004"), 1),
            ("two words'", &clerk, &of("", "s4 NAME"), 7),
            ("no such state's", &clerk, &of("nothing", ""), 0),
        ] {
            let found = queue::page(&mut conn, scope, asked).await.unwrap();
            assert_eq!((found.total, found.more), (expected, false), "{}: {what} list", test.kind);
        }
    }
}
