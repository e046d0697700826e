//! What is remembered, on both databases: people as of a day, credits, and the sums kept of them.

use menkan::amount::Amount;
use menkan::args;
use menkan::clock::{Day, parse_day};
use menkan::store::credits::{self, NewCredit};
use menkan::store::facts::{self, Difference};
use menkan::store::people::{self, Among};
use menkan::store::{Conn, Db};

use crate::harness::databases;

fn day(text: &str) -> Day {
    parse_day(text).unwrap()
}

fn credit<'a>(student: &'a str, category: &'a str, amount: i64, recorded_on: &'a str) -> NewCredit<'a> {
    NewCredit {
        student,
        category,
        amount: Amount(amount),
        happened_on: "2025-03-01",
        term: "113-2",
        name: "演講",
        recorded_on,
        case_version: 0,
        takes_back: None,
    }
}

async fn add(db: &Db, new: &[NewCredit<'_>]) {
    let mut conn = db.begin().await.unwrap();
    credits::add(&mut conn, new, "2025-03-01T00:00:00.000Z", "test", 0).await.unwrap();
    let students: Vec<&str> = new.iter().map(|credit| credit.student).collect();
    facts::update(&mut conn, &students).await.unwrap();
    conn.commit().await.unwrap();
}

async fn as_of(conn: &mut Conn, on: &str) -> Vec<(String, String)> {
    let mut all = Vec::new();
    facts::each_as_of(conn, day(on), |student, sums| all.push((student.to_owned(), sums.to_owned()))).await.unwrap();
    all
}

async fn differences(conn: &mut Conn) -> Vec<Difference> {
    let mut all = Vec::new();
    facts::prove(conn, |difference| all.push(difference)).await.unwrap();
    all
}

#[tokio::test]
async fn sums_follow_the_credits_and_are_had_as_of_a_day() {
    for test in databases().await {
        let db = &test.db;
        add(
            db,
            &[
                credit("4110001", "a", 150, "2025-03-01"),
                credit("4110001", "a", 50, "2025-03-02"),
                credit("4110001", "b", 100, "2025-03-05"),
                credit("4110002", "a", 300, "2025-03-05"),
            ],
        )
        .await;
        let mut conn = db.read().await.unwrap();
        let pair = |student: &str, sums: &str| (student.to_owned(), sums.to_owned());
        assert_eq!(as_of(&mut conn, "2025-03-01").await, [pair("4110001", "a:113-2:150")], "{}", test.kind);
        assert_eq!(as_of(&mut conn, "2025-03-02").await, [pair("4110001", "a:113-2:200")], "{}", test.kind);
        let now = [pair("4110001", "a:113-2:200;b:113-2:100"), pair("4110002", "a:113-2:300")];
        assert_eq!(as_of(&mut conn, "2025-03-05").await, now, "{}", test.kind);
        assert_eq!(facts::of_student(&mut conn, "4110001", day("2025-03-04")).await.unwrap(), "a:113-2:200");
        assert_eq!(differences(&mut conn).await, [], "{}", test.kind);

        // Taken back on a later day: gone from then on, and still there before.
        let first = credits::of_student(&mut conn, "4110001", day("2025-03-05")).await.unwrap().pop().unwrap();
        assert_eq!((first.amount, first.taken_back_on), (Amount(150), None));
        add(db, &[NewCredit { takes_back: Some(first.id), ..credit("4110001", "a", -150, "2025-03-09") }]).await;
        assert_eq!(as_of(&mut conn, "2025-03-05").await, now, "{}", test.kind);
        assert_eq!(as_of(&mut conn, "2025-03-09").await[0], pair("4110001", "a:113-2:50;b:113-2:100"));
        let after = credits::of_student(&mut conn, "4110001", day("2025-03-09")).await.unwrap();
        assert_eq!(after.len(), 3, "a taken-back credit stays visible");
        assert_eq!(after[2].taken_back_on.as_deref(), Some("2025-03-09"));
        assert_eq!(differences(&mut conn).await, [], "{}", test.kind);
    }
}

#[tokio::test]
async fn a_credit_can_be_taken_back_only_once() {
    for test in databases().await {
        add(&test.db, &[credit("4110001", "a", 100, "2025-03-01")]).await;
        let mut conn = test.db.begin().await.unwrap();
        let (id,): (i64,) = conn.one("SELECT id FROM credits", args![]).await.unwrap();
        let back = NewCredit { takes_back: Some(id), ..credit("4110001", "a", -100, "2025-03-02") };
        credits::add(&mut conn, std::slice::from_ref(&back), "", "test", 0).await.unwrap();
        assert!(credits::add(&mut conn, &[back], "", "test", 0).await.is_err(), "{}", test.kind);
    }
}

#[tokio::test]
async fn the_proof_finds_sums_that_are_not_the_credits() {
    for test in databases().await {
        let db = &test.db;
        add(db, &[credit("4110001", "a", 100, "2025-03-01"), credit("4110002", "a", 100, "2025-03-01")]).await;
        let mut conn = db.begin().await.unwrap();
        conn.run("UPDATE student_facts SET sums = 'a:113-2:101' WHERE student = '4110001'", args![]).await.unwrap();
        conn.run("DELETE FROM student_facts WHERE student = '4110002'", args![]).await.unwrap();
        conn.run("INSERT INTO student_facts (student, sums) VALUES ('nobody', 'a:113-2:1')", args![]).await.unwrap();
        conn.commit().await.unwrap();

        let mut conn = db.read().await.unwrap();
        let found: Vec<_> = differences(&mut conn).await.into_iter().map(|d| (d.student, d.kept, d.credits)).collect();
        let three = |a: &str, b: &str, c: &str| (a.to_owned(), b.to_owned(), c.to_owned());
        assert_eq!(
            found,
            [
                three("4110001", "a:113-2:101", "a:113-2:100"),
                three("4110002", "", "a:113-2:100"),
                three("nobody", "a:113-2:1", "")
            ],
            "{}",
            test.kind
        );
        drop(conn);

        let mut conn = db.begin().await.unwrap();
        assert_eq!(facts::rebuild(&mut conn).await.unwrap(), 2);
        conn.commit().await.unwrap();
        assert_eq!(differences(&mut db.read().await.unwrap()).await, [], "{}", test.kind);
    }
}

#[tokio::test]
async fn people_are_had_as_they_were_on_a_day() {
    for test in databases().await {
        let mut conn = test.db.begin().await.unwrap();
        for sql in [
            "INSERT INTO units (code, name, college, kind, ordinal) VALUES ('D1', '一系', '甲學院', 'department', 1)",
            "INSERT INTO units (code, name, college, kind, ordinal) VALUES ('D2', '二系', '乙學院', 'department', 0)",
            "INSERT INTO staff (account, name, email) VALUES ('t1', '王老師', 't1@example.edu.tw')",
            "INSERT INTO staff_roles (account, role, unit) VALUES ('t1', 'tutor', 'D1')",
            "INSERT INTO class_versions VALUES (1, 'C1', '四甲', 'D1', 111, '2022-08-01', '2025-02-01', 0)",
            "INSERT INTO class_versions VALUES (2, 'C1', '四甲', 'D1', 111, '2025-02-01', '9999-12-31', 0)",
            "INSERT INTO class_tutors (account, class_id) VALUES ('t1', 2)",
            "INSERT INTO student_versions VALUES
             (3, '0411', '陳一', 'D1', 'C1', 'day', 111, 'enrolled', '', '2022-08-01', '2025-02-01', 0)",
            "INSERT INTO student_versions VALUES
             (4, '0411', '陳一', 'D2', 'C2', 'day', 111, 'leave', '', '2025-02-01', '9999-12-31', 0)",
            "INSERT INTO student_versions VALUES
             (5, '0412', '李二', 'D1', 'C1', 'day', 112, 'enrolled', '', '2023-08-01', '9999-12-31', 0)",
        ] {
            conn.run(sql, args![]).await.unwrap();
        }
        conn.commit().await.unwrap();
        let mut conn = test.db.read().await.unwrap();
        let numbers = |students: Vec<people::StudentRecord>| -> Vec<String> {
            students.into_iter().map(|student| student.number).collect()
        };
        let before = day("2025-01-31");
        let after = day("2025-02-01");
        assert_eq!(people::student(&mut conn, "0411", before).await.unwrap().unwrap().department, "D1");
        assert_eq!(people::student(&mut conn, "0411", after).await.unwrap().unwrap().status, "leave");
        assert_eq!(people::student(&mut conn, "0411", day("2022-07-31")).await.unwrap(), None);
        for (among, admitted, on, expected) in [
            (Among::School, None, before, vec!["0411", "0412"]),
            (Among::School, Some(112), before, vec!["0412"]),
            (Among::Department("D1"), None, after, vec!["0412"]),
            (Among::College("乙學院"), Some(111), after, vec!["0411"]),
            (Among::College("乙學院"), None, before, vec![]),
            (Among::Class("C1"), None, before, vec!["0411", "0412"]),
            (Among::Tutor("t1"), None, before, vec![]),
            (Among::Tutor("t1"), None, after, vec!["0412"]),
        ] {
            let found = numbers(people::students(&mut conn, among, admitted, on).await.unwrap());
            assert_eq!(found, expected, "{among:?} {on} {}", test.kind);
        }
        let class = people::class(&mut conn, "C1", after).await.unwrap().unwrap();
        assert_eq!(class.tutors[0].email, "t1@example.edu.tw");
        assert!(people::class(&mut conn, "C1", before).await.unwrap().unwrap().tutors.is_empty());
        for among in [Among::Tutor("t1"), Among::College("甲學院"), Among::Department("D1")] {
            assert_eq!(people::classes(&mut conn, among, after).await.unwrap().len(), 1, "{among:?}");
        }
        assert_eq!(people::class_history(&mut conn, "C1").await.unwrap().len(), 2);
        assert_eq!(people::student_history(&mut conn, "0411").await.unwrap()[1].is.department, "D2");
        let codes: Vec<String> = people::units(&mut conn).await.unwrap().into_iter().map(|unit| unit.code).collect();
        assert_eq!(codes, ["D2", "D1"], "in the school's own order");
        let staff = people::staff(&mut conn).await.unwrap();
        assert_eq!(staff[0].roles, [("tutor".to_owned(), "D1".to_owned())]);
        assert_eq!(people::staff_member(&mut conn, "t1").await.unwrap().as_ref(), Some(&staff[0]));
    }
}
