//! What imports leave behind: versions that join, figures that do not depend on the order of the
//! rows, repetition that changes nothing, and taking back to the state before.

use menkan::app::App;
use menkan::app::import::{self, Kind, TakeBackError};
use menkan::args;
use menkan::clock::parse_day;
use menkan::store::{Conn, Db, facts, imports, people};
use proptest::prelude::*;

use crate::harness::{self, databases};
use crate::import::{good, now, request, school};

/// All that imports write, as text: to compare before and after. Numbers of rows are left out:
/// what is put back may have another.
async fn state(db: &Db) -> Vec<String> {
    let mut conn = db.read().await.unwrap();
    let mut all = Vec::new();
    for sql in [
        "SELECT code || '|' || name || '|' || college || '|' || kind || '|' || CAST(ordinal AS TEXT) FROM units",
        "SELECT account || '|' || name || '|' || email || '|' || student FROM staff",
        "SELECT account || '|' || role || '|' || unit FROM staff_roles",
        "SELECT class || '|' || name || '|' || department || '|' || valid_from || '|' || valid_to || '|'
         || CAST(import_id AS TEXT) FROM class_versions",
        "SELECT c.class || '|' || c.valid_from || '|' || t.account FROM class_tutors t
         JOIN class_versions c ON c.id = t.class_id",
        "SELECT student || '|' || name || '|' || department || '|' || class || '|' || status || '|' || valid_from
         || '|' || valid_to || '|' || CAST(import_id AS TEXT) FROM student_versions",
        "SELECT student || '|' || sealed FROM student_private",
        "SELECT student || '|' || sums FROM student_facts",
    ] {
        let mut rows: Vec<String> =
            conn.all::<(String,)>(sql, args![]).await.unwrap().into_iter().map(|(row,)| row).collect();
        rows.sort();
        all.extend(rows);
    }
    all
}

async fn sums(conn: &mut Conn, on: &str) -> Vec<(String, String)> {
    let mut all = Vec::new();
    facts::each_as_of(conn, parse_day(on).unwrap(), |student, sums| {
        all.push((student.to_owned(), sums.to_owned()));
    })
    .await
    .unwrap();
    all.sort();
    all
}

async fn assert_proved(db: &Db) {
    let mut wrong = Vec::new();
    facts::prove(&mut db.read().await.unwrap(), |difference| wrong.push(difference)).await.unwrap();
    assert_eq!(wrong, []);
}

const STUDENTS: &str = "學號,姓名,系所,班級,學制,入學學年度,在學狀態,電子郵件\n";

fn student(number: &str, status: &str) -> String {
    format!("{STUDENTS}{number},陳一,E01,4E01A,日四技,111,{status},{number}@example.edu.tw\n")
}

#[tokio::test]
async fn a_version_lasts_from_its_day_until_the_next_begins() {
    for test in databases().await {
        let app = harness::app(&test, &std::env::temp_dir());
        school(&app).await;
        let put =
            async |status: &str, day: &str| good(&app, request(Kind::Students, &student("4111001", status), day)).await;
        // The student is there from 2025-08-01; later, then between, then before all.
        assert_eq!(put("休學", "2026-02-01").await.changed, 1);
        assert_eq!(put("退學", "2025-10-01").await.changed, 1);
        assert_eq!(put("畢業", "2024-08-01").await.changed, 1);
        assert_eq!(put("休學", "2026-05-01").await.same, 1, "{}: nothing new on that day", test.kind);
        let mut conn = test.db.read().await.unwrap();
        let history = people::student_history(&mut conn, "4111001").await.unwrap();
        let found: Vec<(&str, &str, &str)> =
            history.iter().map(|v| (v.from.as_str(), v.to.as_str(), v.is.status.as_str())).collect();
        assert_eq!(
            found,
            [
                ("2024-08-01", "2025-08-01", "graduated"),
                ("2025-08-01", "2025-10-01", "enrolled"),
                ("2025-10-01", "2026-02-01", "withdrawn"),
                ("2026-02-01", "9999-12-31", "leave"),
            ],
            "{}",
            test.kind
        );
    }
}

#[tokio::test]
async fn repeating_an_import_changes_nothing() {
    for test in databases().await {
        let app = harness::app(&test, &std::env::temp_dir());
        school(&app).await;
        let before = state(&test.db).await;
        // Again the same files, and by the same code as in the first test.
        for (kind, text) in [
            (Kind::Students, student("4111001", "在學")),
            (Kind::Credits, "學號,類別,數量,發生日期,名稱\n4111001,抗壓,1.5,114/3/3,時間管理講座\n".to_owned()),
            (Kind::Units, "單位代碼,單位名稱,學院,類別\nE01,化工與材料工程系,工程學院,系所\n".to_owned()),
            (Kind::Staff, "帳號,姓名,電子郵件,角色,單位\nt001,王導師,t001@example.edu.tw,導師,E01\n".to_owned()),
            (
                Kind::Classes,
                "班級代碼,班級名稱,系所,入學學年度,導師帳號\n4E01A,四化材四甲,E01,111,t002;t001\n".to_owned(),
            ),
        ] {
            let outcome = good(&app, request(kind, &text, "2025-09-15")).await;
            assert_eq!((outcome.same, outcome.new, outcome.changed), (1, 0, 0), "{} {kind:?}", test.kind);
            assert_eq!(outcome.batch, None, "{kind:?}: nothing to save is no import");
        }
        assert_eq!(state(&test.db).await, before, "{}", test.kind);
    }
}

#[tokio::test]
async fn nothing_is_half_imported_unless_asked_for() {
    for test in databases().await {
        let app = harness::app(&test, &std::env::temp_dir());
        school(&app).await;
        let before = state(&test.db).await;
        let text = "學號,類別,數量,發生日期,名稱\n4111001,精進,1,2025-04-01,研習\n4111002,精進,-1,2025-04-01,研習\n";
        let mut with_errors = request(Kind::Credits, text, "2025-09-01");
        let outcome = import::run(&app, with_errors.clone(), now()).await.unwrap();
        assert_eq!((outcome.batch, outcome.refused.len(), outcome.new), (None, 1, 1), "{}", test.kind);
        assert_eq!(state(&test.db).await, before, "{}", test.kind);

        with_errors.accept_good = true;
        let outcome = import::run(&app, with_errors.clone(), now()).await.unwrap();
        assert!(outcome.batch.is_some());
        let mut conn = test.db.read().await.unwrap();
        let sums = sums(&mut conn, "2025-09-30").await;
        assert_eq!(
            sums[0],
            ("4111001".to_owned(), "enrichment:113-2:100;social:113-2:800;stress:113-2:150".to_owned())
        );
        assert_eq!(sums[1], ("4111002".to_owned(), "stress:113-2:300".to_owned()));
        assert_eq!(
            outcome.refused_rows,
            [(3, vec!["4111002", "精進", "-1", "2025-04-01", "研習"].into_iter().map(str::to_owned).collect())]
        );
    }
}

#[tokio::test]
async fn taking_an_import_back_is_the_state_before() {
    for test in databases().await {
        let app = harness::app(&test, &std::env::temp_dir());
        school(&app).await;
        let private = format!(
            "{},身分證字號\n4111001,陳一,E01,4E01A,日四技,111,休學,4111001@example.edu.tw,A1\n4111002,林二,E02,4E02A,日四技,111,在學,,\n4111009,新生,E01,4E01A,日四技,114,在學,,A2\n",
            STUDENTS.trim_end()
        );
        let cases = [
            (Kind::Units, "單位代碼,單位名稱,學院,類別\nE01,化材系,工學院,系所\nX01,新系,工學院,系所\n".to_owned(), "2025-09-01"),
            (Kind::Staff, "帳號,姓名,電子郵件,角色,單位\nt001,王老師,t001@example.edu.tw,系主任,E02\nn001,新老師,,導師,E01\n".to_owned(), "2025-09-01"),
            (Kind::Classes, "班級代碼,班級名稱,系所,入學學年度,導師帳號\n4E01A,四甲,E01,111,t002\nN1,新班,E01,114,t001\n".to_owned(), "2025-09-01"),
            // On the day on which the versions there are began: they are replaced, not ended.
            (Kind::Classes, "班級代碼,班級名稱,系所,入學學年度,導師帳號\n4E01A,四甲,E01,111,h001\n".to_owned(), "2025-08-01"),
            (Kind::Students, private.clone(), "2025-09-01"),
            (Kind::Students, private, "2025-08-01"),
            (
                Kind::Credits,
                "學號,類別,數量,發生日期,名稱\n4111001,社會接軌,6,2025-03-04,淨灘\n4111002,精進,2,2025-04-01,研習\n0411003,美學,2,2025-04-01,展覽\n".to_owned(),
                "2025-09-01",
            ),
        ];
        let before = state(&test.db).await;
        for (kind, text, effective) in cases {
            let what = format!("{} {kind:?} {effective}", test.kind);
            let batch = good(&app, request(kind, &text, effective)).await.batch.unwrap();
            assert_ne!(state(&test.db).await, before, "{what}");
            let taken = import::take_back(&app, batch, "tester", now()).await.unwrap();
            assert_eq!(taken.taken_back_by.as_deref(), Some("tester"));
            assert_eq!(state(&test.db).await, before, "{what}");
            assert_proved(&test.db).await;
            let again = import::take_back(&app, batch, "tester", now()).await;
            assert!(matches!(again, Err(TakeBackError::Refused(why)) if why.zh.contains("已經")), "{what}");
            // And it can be imported again, and taken back again.
            let batch = good(&app, request(kind, &text, effective)).await.batch.unwrap();
            import::take_back(&app, batch, "tester", now()).await.unwrap();
            assert_eq!(state(&test.db).await, before, "{what}");
        }
        let mut conn = test.db.read().await.unwrap();
        assert_eq!(imports::list(&mut conn, 100).await.unwrap().len(), 5 + 14);
        let (audited,): (i64,) = conn.one("SELECT COUNT(*) FROM audit", args![]).await.unwrap();
        assert_eq!(audited, 5 + 28, "each import and each taking back is written down");
    }
}

#[tokio::test]
async fn what_others_stand_on_is_not_taken_back() {
    for test in databases().await {
        let app = harness::app(&test, &std::env::temp_dir());
        school(&app).await;
        let batches: Vec<i64> = {
            let mut conn = test.db.read().await.unwrap();
            let mut list = imports::list(&mut conn, 100).await.unwrap();
            list.reverse();
            list.into_iter().map(|import| import.id).collect()
        };
        let before = state(&test.db).await;
        for (batch, names) in batches[..4].iter().zip(["E01", "h001", "4E01A", "4111001"]) {
            match import::take_back(&app, *batch, "tester", now()).await {
                Err(TakeBackError::Refused(why)) => assert!(why.zh.contains(names), "{}: {}", test.kind, why.zh),
                other => panic!("{}: {other:?}", test.kind),
            }
        }
        // A correction stands on the credit it corrects, a later version on the one it ended.
        let text = "學號,類別,數量,發生日期,名稱\n4111001,社會接軌,6,2025-03-04,淨灘\n";
        let correction = good(&app, request(Kind::Credits, text, "2025-09-01")).await.batch.unwrap();
        let leave = good(&app, request(Kind::Students, &student("0411003", "在學"), "2025-08-01")).await.batch.unwrap();
        for (batch, later) in [(batches[4], correction), (batches[3], leave)] {
            match import::take_back(&app, batch, "tester", now()).await {
                Err(TakeBackError::Refused(why)) => assert!(why.zh.contains(&later.to_string()), "{}", why.zh),
                other => panic!("{}: {other:?}", test.kind),
            }
        }
        for batch in [leave, correction] {
            import::take_back(&app, batch, "tester", now()).await.unwrap();
        }
        assert_eq!(state(&test.db).await, before, "{}", test.kind);
        assert!(import::take_back(&app, 999_999, "tester", now()).await.is_err());
    }
}

#[tokio::test]
async fn past_days_stay_as_they_were() {
    for test in databases().await {
        let app = harness::app(&test, &std::env::temp_dir());
        school(&app).await;
        let past = sums(&mut test.db.read().await.unwrap(), "2025-08-15").await;
        let text = "學號,類別,數量,發生日期,名稱\n4111001,社會接軌,6,2025-03-04,淨灘\n4111002,精進,2,2025-04-01,研習\n";
        let batch = good(&app, request(Kind::Credits, text, "2025-09-01")).await.batch.unwrap();
        let with = sums(&mut test.db.read().await.unwrap(), "2025-09-30").await;
        assert_eq!(with[0].1, "social:113-2:600;stress:113-2:150");
        import::take_back(&app, batch, "tester", now()).await.unwrap();
        let mut conn = test.db.read().await.unwrap();
        assert_eq!(sums(&mut conn, "2025-08-15").await, past, "{}: before it", test.kind);
        assert_eq!(sums(&mut conn, "2025-09-30").await, with, "{}: between, it was there", test.kind);
        assert_eq!(sums(&mut conn, "2025-10-01").await, past, "{}: from the day of taking back", test.kind);
    }
}

#[tokio::test]
async fn private_data_is_sealed_and_bound_to_its_student() {
    let test = harness::sqlite().await;
    let app = harness::app(&test, &std::env::temp_dir());
    school(&app).await;
    let text = format!(
        "{},身分證字號,生日,電話,行動電話,地址\n4111001,陳一,E01,4E01A,日四技,111,在學,4111001@example.edu.tw,A1CANARY9,93/2/28,,0912CANARY,某市某路1號\n",
        STUDENTS.trim_end()
    );
    assert_eq!(good(&app, request(Kind::Students, &text, "2025-08-01")).await.changed, 1);
    assert_eq!(good(&app, request(Kind::Students, &text, "2025-08-01")).await.same, 1, "sealed anew is not changed");
    let mut conn = test.db.read().await.unwrap();
    let (sealed,): (String,) = conn.one("SELECT sealed FROM student_private", args![]).await.unwrap();
    let key = import::private_key(&app.settings.secret);
    let values = import::open_private(&key, "4111001", &sealed).unwrap();
    assert_eq!(values["national_id"], "A1CANARY9");
    assert_eq!(values["birthday"], "2004-02-28");
    assert!(import::open_private(&key, "4111002", &sealed).is_err(), "moved to another student it does not open");
    assert!(import::open_private(&import::private_key(&[8; 32]), "4111001", &sealed).is_err());
    let mut bent = sealed.clone();
    bent.pop();
    assert!(import::open_private(&key, "4111001", &bent).is_err());
    drop(conn);
    test.db.close().await;
    let folder = std::path::Path::new(test.url.strip_prefix("sqlite:").unwrap()).parent().unwrap();
    for entry in std::fs::read_dir(folder).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        assert!(!bytes.windows(6).any(|window| window == b"CANARY"), "in plain text on the disk");
    }
}

#[tokio::test]
async fn who_studies_here_too_is_said_by_the_staff_file_and_forgotten_only_when_it_says_so() {
    let test = harness::sqlite().await;
    let app = harness::app(&test, &std::env::temp_dir());
    school(&app).await;
    let known = async || {
        let mut conn = test.db.read().await.unwrap();
        let member = menkan::store::people::staff_member(&mut conn, "z001").await.unwrap().unwrap();
        (member.name, member.student)
    };
    let head = "帳號,姓名,電子郵件,角色,單位";
    for (text, name, student) in [
        (format!("{head},本人學號\nz001,兼職生,z001@example.edu.tw,clerk,E01,4111001\n"), "兼職生", "4111001"),
        (format!("{head}\nz001,兼職員,z001@example.edu.tw,clerk,E01\n"), "兼職員", "4111001"),
        (format!("{head},student\nz001,兼職員,z001@example.edu.tw,clerk,E01,\n"), "兼職員", ""),
    ] {
        good(&app, request(Kind::Staff, &text, "2025-08-01")).await;
        assert_eq!(known().await, (name.to_owned(), student.to_owned()), "{text}");
    }
}

/// Credits that differ in student, category, day or name.
fn credit_rows() -> impl Strategy<Value = Vec<String>> {
    let student = prop::sample::select(vec!["4111001", "4111002", "0411003"]);
    let category = prop::sample::select(vec!["抗壓", "精進", "社會接軌", "美學"]);
    let row = (student, category, 1..=40_u32, 1..=28_u32, 1..=6_u32);
    prop::collection::vec(row, 1..25).prop_map(|rows| {
        let rows = rows.into_iter().enumerate().map(|(index, (student, category, quarters, day, month))| {
            let amount = f64::from(quarters) / 4.0;
            format!("{student},{category},{amount},2025-{month:02}-{day:02},活動{index},2025-07-{day:02}")
        });
        rows.collect()
    })
}

async fn import_rows(app: &App, rows: &[String]) -> Option<i64> {
    let text = format!("學號,類別,數量,發生日期,名稱,登錄日期\n{}\n", rows.join("\n"));
    good(app, request(Kind::Credits, &text, "2025-09-01")).await.batch
}

#[test]
fn order_and_split_of_the_rows_do_not_matter() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let dbs = runtime.block_on(async {
        let dbs = databases().await;
        for test in &dbs {
            school(&harness::app(test, &std::env::temp_dir())).await;
        }
        dbs
    });
    let mut config = ProptestConfig::with_cases(12);
    config.failure_persistence = None;
    proptest!(config, |(rows in credit_rows(), shuffled in any::<prop::sample::Index>(), split in any::<prop::sample::Index>())| {
        runtime.block_on(async {
            for test in &dbs {
                let app = harness::app(test, &std::env::temp_dir());
                let before = state(&test.db).await;
                let whole = import_rows(&app, &rows).await.unwrap();
                let after = state(&test.db).await;
                assert_proved(&test.db).await;
                assert_eq!(import_rows(&app, &rows).await, None, "again: nothing");
                import::take_back(&app, whole, "tester", now()).await.unwrap();
                assert_eq!(state(&test.db).await, before);

                let mut other = rows.clone();
                other.rotate_left(shuffled.index(rows.len()));
                other.reverse();
                let (first, second) = other.split_at(split.index(rows.len()));
                let mut batches = Vec::new();
                for part in [first, second] {
                    if !part.is_empty() {
                        batches.extend(import_rows(&app, part).await);
                    }
                }
                assert_eq!(state(&test.db).await, after);
                assert_proved(&test.db).await;
                for batch in batches {
                    import::take_back(&app, batch, "tester", now()).await.unwrap();
                }
                assert_eq!(state(&test.db).await, before);
            }
        });
    });
}
