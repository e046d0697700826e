//! A small school in a test's database: classes in their last year, half of each passed.

use menkan::amount::Amount;
use menkan::app::{App, Edition, Settings};
use menkan::args;
use menkan::store::Db;
use menkan::store::catalogues::{self, EntryRow, ListRow};
use menkan::store::credits::{self, NewCredit};
use menkan::store::facts;

/// `classes` classes of `size` students, each with a tutor; the even ones have passed everything.
/// Student 3 of class 2 is `4110203`, its tutor `tutor02`; the department's head is `head`.
pub async fn seed(db: &Db, classes: usize, size: usize) {
    let mut tx = db.begin().await.unwrap();
    tx.run(
        "INSERT INTO units (code, name, college, kind, ordinal) VALUES ('D1', '測試系', '測試學院', 'department', 1)",
        args![],
    )
    .await
    .unwrap();
    staff(&mut tx, "head", "head", "D1").await;
    for class in 1..=classes {
        let (code, tutor) = (format!("C{class:02}"), format!("tutor{class:02}"));
        staff(&mut tx, &tutor, "tutor", "D1").await;
        let id = class as i64;
        tx.run(
            "INSERT INTO class_versions (id, class, name, department, admitted, valid_from, valid_to, import_id)
             VALUES ($1, $2, $3, 'D1', 111, '2022-08-01', '9999-12-31', 0)",
            args![id, &code, format!("四測{class:02}")],
        )
        .await
        .unwrap();
        tx.run("INSERT INTO class_tutors (account, class_id) VALUES ($1, $2)", args![&tutor, id]).await.unwrap();
        for number in 1..=size {
            let student = format!("411{class:02}{number:02}");
            tx.run(
                "INSERT INTO student_versions (id, student, name, department, class, division, admitted, status, email,
                   valid_from, valid_to, import_id)
                 VALUES ($1, $2, $3, 'D1', $4, 'day-4', 111, 'enrolled', $5, '2022-08-01', '9999-12-31', 0)",
                args![
                    (class * 100 + number) as i64,
                    &student,
                    format!("測試生{number:02}"),
                    &code,
                    format!("{student}@example.edu.tw")
                ],
            )
            .await
            .unwrap();
            if number % 2 == 0 {
                pass(&mut tx, &student, "2025-09-20").await;
            }
        }
    }
    tx.commit().await.unwrap();
}

pub async fn staff(tx: &mut menkan::store::Conn, account: &str, role: &str, unit: &str) {
    tx.run(
        "INSERT INTO staff (account, name, email) VALUES ($1, $2, $3)",
        args![account, format!("老師{account}"), format!("{account}@example.edu.tw")],
    )
    .await
    .unwrap();
    tx.run("INSERT INTO staff_roles (account, role, unit) VALUES ($1, $2, $3)", args![account, role, unit])
        .await
        .unwrap();
}

/// A certificate on a department's list, recognised for the threshold.
pub fn certificate(id: &str, department: &str, term: &str, code: &str, name: &str) -> EntryRow {
    EntryRow {
        id: id.to_owned(),
        catalogue: "certificate-list".to_owned(),
        department: department.to_owned(),
        term: term.to_owned(),
        code: code.to_owned(),
        name: name.to_owned(),
        says: r#"{"self_learning":{"tick":true}}"#.to_owned(),
        ordinal: 1,
    }
}

/// Adds entries of one list, which is then approved.
pub async fn approved(tx: &mut menkan::store::Conn, entries: &[EntryRow]) {
    let first = entries.first().unwrap();
    catalogues::add_entries(tx, entries).await.unwrap();
    let list = ListRow {
        catalogue: first.catalogue.clone(),
        department: first.department.clone(),
        term: first.term.clone(),
        state: "approved".to_owned(),
        changed_at: "2026-08-01T00:00:00.000Z".to_owned(),
        ..ListRow::default()
    };
    let before = catalogues::list(tx, &list.catalogue, &list.department, &list.term).await.unwrap();
    assert!(catalogues::set_list(tx, &list, before.map_or(0, |list| list.version)).await.unwrap());
}

/// All that the thresholds ask for, recorded on a day.
pub async fn pass(tx: &mut menkan::store::Conn, student: &str, on: &str) {
    let credit = |category: &'static str, units: i64| NewCredit {
        student,
        category,
        amount: Amount::whole(units),
        happened_on: "2025-03-01",
        term: "113-2",
        name: "演講",
        recorded_on: on,
        case_version: 0,
        takes_back: None,
    };
    let all = [credit("stress", 3), credit("enrichment", 3), credit("social", 24), credit("certificate", 1)];
    credits::add(tx, &all, "2025-09-20T00:00:00.000Z", "test", 0).await.unwrap();
    facts::update(tx, &[student]).await.unwrap();
}

/// The default school over a database, its mail going to `smtp` or else into files in `data`.
pub fn app(db: &Db, smtp: Option<String>, data: &std::path::Path) -> App {
    let edition = Edition::load(super::root(), "ncut").expect("the default school checks");
    let settings = Settings {
        folder: super::root().to_owned(),
        school: "ncut".to_owned(),
        data: data.to_owned(),
        base_url: "https://thresholds.example.edu.tw".to_owned(),
        smtp_url: smtp,
        files: menkan::vault::Place::Folder(data.join("files")),
        mail_from: "thresholds@example.edu.tw".to_owned(),
        sandbox: menkan::sandbox::Sandbox::at(super::menkan()),
        secret: [7; 32],
    };
    App::new(db.clone(), edition, settings)
}

/// Gives a student a national ID, of a form that is nobody's.
pub async fn national_id(app: &menkan::app::App, student: &str) {
    has_national_id(app, student, &format!("A00{student}")).await;
}

pub async fn has_national_id(app: &menkan::app::App, student: &str, id: &str) {
    use menkan::app::import::{private_key, seal_private};
    let values = [("national_id".to_owned(), id.to_owned())].into();
    let sealed = seal_private(&private_key(&app.settings.secret), student, &values).unwrap();
    let mut tx = app.db.begin().await.unwrap();
    menkan::store::register::put_private(&mut tx, &[(student.to_owned(), sealed)]).await.unwrap();
    tx.commit().await.unwrap();
}
