//! Statistics: the published table from imported CSV files to the digit, as of the day and of
//! others, in every format; and any statistics as the sum of judging each student alone.

use std::path::Path;
use std::process::Command;

use menkan::app::Edition;
use menkan::app::progress::of_student;
use menkan::app::report::{By, Question, Share, pass_rates};
use menkan::args;
use menkan::clock::Day;
use menkan::store::facts;
use serde_json::{Value, json};

use crate::harness::published::PUBLISHED;
use crate::harness::{self, TempFolder, databases};

const ALL_PASSED: usize = 443;

/// Which requirements each student of a department passes, so that `all` of them pass all four.
fn verdicts([students, passed @ ..]: [usize; 5], all: usize) -> Vec<[bool; 4]> {
    let others = students - all;
    let mut out = vec![[true; 4]; students];
    let mut next = 0;
    for (requirement, passed) in passed.into_iter().enumerate() {
        for _ in 0..students - passed {
            out[all + next % others][requirement] = false;
            next += 1;
        }
    }
    assert!(next >= others, "too few failures to keep the others from passing everything");
    out
}

/// How many pass everything in each department: as few as the figures allow, then more until the sum is right.
fn all_passed() -> Vec<usize> {
    let least = |figures: &[usize; 5]| {
        let failures: usize = figures[1..].iter().map(|passed| figures[0] - passed).sum();
        figures[0].saturating_sub(failures)
    };
    let mut all: Vec<usize> = PUBLISHED.iter().map(|(_, _, figures)| least(figures)).collect();
    let mut open = ALL_PASSED - all.iter().sum::<usize>();
    for ((_, _, figures), all) in PUBLISHED.iter().zip(&mut all) {
        let more = open.min(figures[1..].iter().min().unwrap() - *all);
        *all += more;
        open -= more;
    }
    assert_eq!(open, 0);
    all
}

/// The school as five files, in the documented formats but made here.
fn write_files(folder: &Path) {
    let mut units = String::from("單位代碼,單位名稱,學院,類別\n");
    let mut classes = String::from("班級代碼,班級名稱,系所,入學學年度,導師帳號\n");
    let mut students = String::from("學號,姓名,系所,班級,學制,入學學年度,在學狀態,電子郵件\n");
    let mut credits = String::from("學號,類別,數量,發生日期,名稱,登錄日期\n");
    let staff = "帳號,姓名,電子郵件,角色,單位\ntutor1,甲老師,t1@example.edu.tw,tutor,D01\n";
    for (index, ((college, name, figures), all)) in PUBLISHED.iter().zip(all_passed()).enumerate() {
        let department = format!("D{:02}", index + 1);
        units.push_str(&format!("{department},{name},{college},department\n"));
        classes.push_str(&format!("{department}4A,{name}四甲,{department},111,tutor1\n"));
        for (place, passes) in verdicts(*figures, all).into_iter().enumerate() {
            let student = format!("3{:02}{place:05}", index + 1);
            students.push_str(&format!(
                "{student},生{place},{name},{department}4A,日四技,111,在學,{student}@example.edu.tw\n"
            ));
            credit_rows(&mut credits, &student, passes, place, *name == "文創");
        }
        // Whom the figures leave out: on leave, another year, another division.
        for (more, division, year, status) in
            [(1, "日四技", 111, "休學"), (2, "日四技", 112, "在學"), (3, "進修部四技", 111, "在學")]
        {
            students.push_str(&format!(
                "4{:02}{more:05},外{more},{department},{department}4A,{division},{year},{status},o@example.edu.tw\n",
                index + 1
            ));
        }
    }
    for (name, text) in [
        ("units", &units),
        ("staff", &staff.to_owned()),
        ("classes", &classes),
        ("students", &students),
        ("credits", &credits),
    ] {
        std::fs::write(folder.join(format!("{name}.csv")), text).unwrap();
    }
}

fn credit_rows(out: &mut String, student: &str, passes: [bool; 4], place: usize, later: bool) {
    let mut row = |category: &str, amount: &str, happened: &str, recorded: &str| {
        out.push_str(&format!("{student},{category},{amount},{happened},活動,{recorded}\n"));
    };
    let [stress, enrichment, social, certificate] = passes;
    // What does not pass is near it, in the ways that must not pass.
    row("抗壓", if stress { "3" } else { "2.5" }, "2025-03-01", "2025-03-02");
    row("精進", if enrichment { "1" } else { "0.99" }, "114/10/1", "114/10/3");
    row("精進", "2", "1141001", "2025-12-12");
    match (social, place % 2) {
        (true, 0) => row("社會接軌", "24", "2025-03-01", "2025-03-02"),
        (true, _) => {
            row("social", "20", "2025-03-01", "2025-03-02");
            row("美學", "4", "2025-03-01", "2025-03-02");
        }
        (false, 0) => {
            row("社會接軌", "20", "2025-03-01", "2025-03-02");
            // Before the term from which it counts.
            row("美學", "10", "2024-10-01", "2024-10-02");
        }
        (false, _) => row("社會接軌", "23.99", "2025-03-01", "2025-03-02"),
    }
    if !social && later {
        row("社會接軌", "5", "2025-12-01", "2025-12-13");
    }
    if certificate {
        row("證照", "1", "2025-11-01", "2025-12-12");
    }
}

fn menkan(url: &str, data: &Path, arguments: &[&str]) -> std::process::Output {
    Command::new(harness::menkan())
        .current_dir(harness::root())
        .env_remove("SMTP_URL")
        .args(["--database", url, "--lang", "zh-TW", "--data"])
        .arg(data)
        .args(arguments)
        .output()
        .unwrap()
}

fn out(url: &str, data: &Path, arguments: &[&str]) -> Vec<u8> {
    let output = menkan(url, data, arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

fn json_of(url: &str, data: &Path, arguments: &[&str]) -> Value {
    serde_json::from_slice(&out(url, data, arguments)).unwrap()
}

fn rate(passed: usize, of: usize) -> f64 {
    ((passed * 20_000 + of) / (2 * of)) as f64 / 100.0
}

fn expected_row(college: &str, department: &str, [students, passed @ ..]: [usize; 5], all: usize) -> Value {
    let share = |passed: usize| json!({"passed": passed, "rate": rate(passed, students)});
    let [stress, enrichment, social, certificate] = passed.map(share);
    json!({
        "college": college,
        "department": department,
        "students": students,
        "requirements": {
            "stress": stress, "enrichment": enrichment, "social": social, "certificate": certificate,
        },
        "all": share(all),
    })
}

/// JSON numbers are equal where they are the same number, written 85.4, 85.40 or 100.0.
fn same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => one.as_f64() == other.as_f64(),
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other))
        }
        (Value::Object(one), Value::Object(other)) => {
            one.len() == other.len()
                && one.iter().all(|(key, one)| other.get(key).is_some_and(|other| same(one, other)))
        }
        (one, other) => one == other,
    }
}

#[tokio::test]
async fn the_published_table_comes_out_of_imported_files() {
    let files = TempFolder::new();
    write_files(files.path());
    for test in databases().await {
        let (url, data) = (test.url.as_str(), files.path());
        for kind in ["units", "staff", "classes", "students", "credits"] {
            let file = data.join(format!("{kind}.csv"));
            out(url, data, &["import", kind, file.to_str().unwrap(), "--effective", "2024-08-01"]);
        }
        let report = |more: &[&str]| {
            let mut arguments = vec!["report", "pass-rates"];
            arguments.extend(more);
            out(url, data, &arguments)
        };
        let rates: Value = serde_json::from_slice(&report(&["--as-of", "2025-12-12", "--format", "json"])).unwrap();
        let rows = rates["rows"].as_array().unwrap();
        assert_eq!(rows.len(), 16, "{}", test.kind);
        for ((row, (college, department, figures)), all) in rows.iter().zip(PUBLISHED).zip(all_passed()) {
            let expected = expected_row(college, department, *figures, all);
            assert!(same(row, &expected), "{}: {row}\nis not {expected}", test.kind);
        }
        assert_eq!(rates["as_of"], "2025-12-12");
        let total = json!({
            "students": 1504,
            "requirements": {
                "stress": {"passed": 1320, "rate": 87.77}, "enrichment": {"passed": 1071, "rate": 71.21},
                "social": {"passed": 891, "rate": 59.24}, "certificate": {"passed": 662, "rate": 44.02},
            },
            "all": {"passed": 443, "rate": 29.45},
        });
        assert!(same(&rates["total"], &total), "{}: {}", test.kind, rates["total"]);
        // Half up, where the published table cut off.
        assert_eq!(rows[8]["requirements"]["social"]["rate"].to_string(), "85.42");

        let colleges = json_of(
            url,
            data,
            &["report", "pass-rates", "--as-of", "2025-12-12", "--by", "college", "--format", "json"],
        );
        let names: Vec<&Value> = colleges["rows"].as_array().unwrap().iter().map(|row| &row["college"]).collect();
        assert_eq!(names, ["工程", "電資", "文創", "管理"]);
        assert_eq!(colleges["rows"][0]["students"], 412);
        assert!(colleges["rows"][0].get("department").is_none());
        assert_eq!(colleges["total"], rates["total"]);

        // The day after, seven more are recorded in one department; the day before, no certificates.
        let after = json_of(url, data, &["report", "pass-rates", "--as-of", "2025-12-13", "--format", "json"]);
        assert_eq!(after["rows"][8]["requirements"]["social"]["passed"], 48);
        assert_eq!(after["total"]["requirements"]["social"]["passed"], 898);
        let before = json_of(url, data, &["report", "pass-rates", "--as-of", "2025-12-11", "--format", "json"]);
        assert_eq!(before["total"]["requirements"]["certificate"]["passed"], 0);
        assert_eq!(before["total"]["requirements"]["stress"]["passed"], 1320);
        // In the next academic year they are no longer in their fourth; the others of 112 are.
        let next = json_of(url, data, &["report", "pass-rates", "--as-of", "2026-08-01", "--format", "json"]);
        assert_eq!(next["total"]["students"], 16);

        formats(test.kind, &report);
        one_student(url, data);
    }
}

fn formats(kind: &str, report: &dyn Fn(&[&str]) -> Vec<u8>) {
    let csv = report(&["--as-of", "2025-12-12", "--by", "class", "--format", "csv"]);
    let text = String::from_utf8(csv).unwrap();
    let text = text.strip_prefix('\u{feff}').expect("a byte order mark, so that Excel reads UTF-8");
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    assert_eq!(reader.headers().unwrap().iter().take(4).collect::<Vec<_>>(), ["學院", "系所", "班級", "應屆人數"]);
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 17, "{kind}");
    assert_eq!(rows[8].iter().take(6).collect::<Vec<_>>(), ["文創", "文創", "文創四甲", "48", "40", "83.33"]);

    let xlsx = report(&["--as-of", "2025-12-12", "--format", "xlsx"]);
    let mut book: calamine::Xlsx<_> = calamine::open_workbook_from_rs(std::io::Cursor::new(xlsx)).unwrap();
    let sheet = calamine::Reader::worksheet_range_at(&mut book, 0).unwrap().unwrap();
    let total: Vec<String> = sheet.rows().next_back().unwrap().iter().map(ToString::to_string).collect();
    assert_eq!(
        total,
        ["合計", "", "1504", "1320", "87.77", "1071", "71.21", "891", "59.24", "662", "44.02", "443", "29.45"]
    );

    let table = String::from_utf8(report(&["--as-of", "2025-12-12"])).unwrap();
    assert!(table.contains("87.77") && table.contains("結算至 2025-12-12"), "{table}");
}

fn one_student(url: &str, data: &Path) {
    // The last of 文創 passes neither by aesthetics of an earlier term.
    let student = "30900046";
    let progress = json_of(url, data, &["progress", student, "--as-of", "2025-12-12", "--json"]);
    assert_eq!(progress["student"], student);
    assert_eq!((&progress["bound"], &progress["passed"]), (&json!(true), &json!(false)));
    assert_eq!(progress["requirements"].as_array().unwrap().len(), 4);
    let ids: Vec<&Value> = progress["requirements"].as_array().unwrap().iter().map(|one| &one["id"]).collect();
    assert_eq!(ids, ["stress", "enrichment", "social", "certificate"]);

    let failing = (0..48)
        .map(|place| format!("309{place:05}"))
        .find(|student| {
            let social = json_of(url, data, &["explain", student, "social", "--as-of", "2025-12-12", "--json"]);
            social["passed"] == false && social["records"].as_array().unwrap().len() > 4
        })
        .expect("someone whose aesthetics came too early");
    let social = json_of(url, data, &["explain", &failing, "social", "--as-of", "2025-12-12", "--json"]);
    assert_eq!(social["earned"], 20);
    assert_eq!(social["parameter"]["value"], 24);
    let counted: Vec<&Value> =
        social["records"].as_array().unwrap().iter().filter(|record| record["category"] == "aesthetic").collect();
    assert_eq!(counted[0]["counted"], 0);
    assert!(counted[0]["why"].as_str().unwrap().contains("113-2"), "{}", counted[0]["why"]);

    let unknown = menkan(url, data, &["progress", "nobody"]);
    assert_eq!(unknown.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&unknown.stderr).contains("nobody"));
    let unknown = menkan(url, data, &["explain", student, "socail"]);
    assert_eq!(unknown.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&unknown.stderr).contains("social"));
}

/// A small generator, so that a failure can be repeated.
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len() as u64) as usize]
    }
}

/// Students of all kinds with random credits, some of them taken back, and a change of department.
async fn random_school(db: &menkan::store::Db, seed: u64) -> Vec<String> {
    let mut chance = Chance(seed);
    let mut conn = db.begin().await.unwrap();
    for (ordinal, (code, college)) in [("D1", "一院"), ("D2", "一院"), ("D3", "二院")].into_iter().enumerate() {
        let head = "INSERT INTO units (code, name, college, kind, ordinal) VALUES ($1, $2, $3, 'department', $4)";
        conn.run(head, args![code, format!("{code}系"), college, ordinal as i64]).await.unwrap();
    }
    let mut students = Vec::new();
    let mut id = 1;
    for number in 0..120 {
        let student = format!("S{number:04}");
        let division = chance.pick(&["day-4", "day-4", "day-4", "night-4", "master"]);
        let admitted = 110 + chance.below(4) as i64;
        let moved = ["2022-08-01", "2025-10-01", "9999-12-31"];
        for (from, to) in moved.into_iter().zip(&moved[1..]) {
            let department = chance.pick(&["D1", "D2", "D3"]);
            let status = chance.pick(&["enrolled", "enrolled", "enrolled", "leave"]);
            let head = "INSERT INTO student_versions (id, student, name, department, class, division, admitted, status,
                        email, valid_from, valid_to, import_id) VALUES ($1, $2, '某', $3, $4, $5, $6, $7, '', $8, $9, 0)";
            let class = format!("{department}-A");
            let values = args![id, &student, department, class, division, admitted, status, from, *to];
            conn.run(head, values).await.unwrap();
            id += 1;
        }
        for _ in 0..chance.below(12) {
            let (amount, recorded) = (chance.below(1_200) as i64 + 25, random_day(&mut chance));
            let category = chance.pick(&["stress", "enrichment", "social", "aesthetic", "certificate"]);
            let term = chance.pick(&["111-1", "113-1", "113-2", "114-1"]);
            let head = "INSERT INTO credits (id, student, category, amount, happened_on, term, name, recorded_on,
                        recorded_at, source, import_id, takes_back)
                        VALUES ($1, $2, $3, $4, '2025-01-01', $5, '', $6, '', '', 0, $7)";
            conn.run(head, args![id, &student, category, amount, term, &recorded, None::<i64>]).await.unwrap();
            id += 1;
            if chance.below(5) == 0 {
                let back = random_day(&mut chance).max(recorded);
                conn.run(head, args![id, &student, category, -amount, term, back, Some(id - 1)]).await.unwrap();
                id += 1;
            }
        }
        students.push(student);
    }
    facts::rebuild(&mut conn).await.unwrap();
    conn.commit().await.unwrap();
    students
}

fn random_day(chance: &mut Chance) -> String {
    format!("2025-{:02}-{:02}", chance.below(12) + 1, chance.below(28) + 1)
}

#[tokio::test]
async fn statistics_are_the_sum_of_judging_each_student_alone() {
    let edition = Edition::load(harness::root(), "ncut").unwrap_or_else(|problems| panic!("{problems:?}"));
    for seed in [1, 20_251_212] {
        for test in databases().await {
            let students = random_school(&test.db, seed).await;
            let mut conn = test.db.read().await.unwrap();
            // The last day is after every record: there the kept sums are used.
            for day in ["2025-08-15", "2025-09-30", "2025-10-01", "2026-07-31"] {
                let day: Day = day.parse().unwrap();
                let mut expected: std::collections::BTreeMap<String, Vec<u64>> = Default::default();
                for student in &students {
                    let one = of_student(&mut conn, &edition, student, day).await.unwrap().unwrap();
                    let year = edition.definition.school.calendar.academic_year(day);
                    // Final year, spelled out: enrolled, of the four-year day division, in the fourth year.
                    if one.who.status != "enrolled"
                        || one.who.division != "day-4"
                        || year - one.who.admitted as i32 != 3
                    {
                        continue;
                    }
                    if !one.verdict.bound {
                        continue;
                    }
                    let row = expected.entry(one.who.department).or_insert_with(|| vec![0; 6]);
                    row[0] += 1;
                    for (index, requirement) in one.verdict.requirements.iter().enumerate() {
                        row[index + 1] += u64::from(requirement.passed);
                    }
                    row[5] += u64::from(one.verdict.passed);
                }
                let rates = pass_rates(&mut conn, &edition, &Question::whole(day, By::Department)).await.unwrap();
                let found: std::collections::BTreeMap<String, Vec<u64>> = rates
                    .rows
                    .iter()
                    .map(|row| {
                        let shares = row.tally.requirements.iter().chain([&row.tally.all]).map(|share| share.passed);
                        (row.department_code.clone(), [row.tally.students].into_iter().chain(shares).collect())
                    })
                    .collect();
                assert!(!expected.is_empty(), "{day}: nobody counts, nothing is shown");
                assert_eq!(found, expected, "{} seed {seed} as of {day}", test.kind);
            }
        }
    }
}

#[test]
fn rates_are_rounded_half_up_from_whole_numbers() {
    let rate = |passed, of| Share { passed, of }.rate().fixed();
    assert_eq!(rate(41, 48), "85.42");
    assert_eq!(rate(1, 800), "0.13", "0.125 goes up");
    assert_eq!(rate(1, 3), "33.33");
    assert_eq!(rate(2, 3), "66.67");
    assert_eq!(rate(7, 7), "100.00");
    assert_eq!(rate(0, 0), "0.00");
}

#[test]
fn no_cell_of_a_csv_file_is_a_formula() {
    for dangerous in ["=1+1", "+1", "-1+1", "@SUM(A1)", "\t=1", " =1", "＝1+1"] {
        assert_eq!(menkan::app::csv::harmless(dangerous), format!("'{dangerous}"));
    }
    assert_eq!(menkan::app::csv::harmless("資訊工程系"), "資訊工程系");
}
