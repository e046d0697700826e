//! The people of a bench's school: departments with their lists of certificates, staff, students, and a
//! session for each, so that nobody's signing in is measured.

use menkan::store::catalogues::{self, APPROVED, EntryRow, ListRow};
use menkan::store::{Arg, stored};
use sha2::Digest;

use super::school::{DEPARTMENTS, OFFICERS, School, clerk, department, officer, student, token};

const TUTORS: usize = 400;

impl School {
    /// Departments with their lists, staff and so many students, each with a session.
    pub async fn people(&self, students: usize) {
        let (admitted, term) =
            (i64::from(self.edition().definition.school.calendar.term_of(self.today).year) - 2, self.term(self.exam()));
        let mut conn = self.app.db.begin().await.unwrap();
        let (mut units, mut staff, mut roles, mut classes) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for index in 0..DEPARTMENTS {
            let code = department(index);
            units.extend([code.clone().into(), format!("系所 {index}").into(), format!("學院 {}", index / 4).into()]);
            units.extend([Arg::from("department"), Arg::from(index as i64)]);
            staff.push((clerk(index), "clerk", code.clone()));
            classes.extend([Arg::from(index as i64 + 1), format!("c{index}").into(), format!("班 {index}").into()]);
            classes.extend([code.clone().into(), admitted.into(), "2020-08-01".into(), "9999-12-31".into(), 0.into()]);
            let text = |text: &str| serde_json::json!({ "text": text });
            let says =
                serde_json::json!({ "code": text("S1"), "name": text("證照"), "self_learning": { "tick": true } });
            let (id, catalogue) = (format!("bench-{code}"), "certificate-list".to_owned());
            let entry = EntryRow {
                id,
                catalogue,
                department: code,
                term: term.clone(),
                code: "S1".into(),
                name: "證照".into(),
                says: says.to_string(),
                ordinal: 0,
            };
            catalogues::add_entries(&mut conn, std::slice::from_ref(&entry)).await.unwrap();
            let list = ListRow {
                catalogue: entry.catalogue,
                department: entry.department,
                term: entry.term,
                state: APPROVED.into(),
                changed_at: stored(self.now),
                ..ListRow::default()
            };
            catalogues::set_list(&mut conn, &list, 0).await.unwrap();
        }
        staff.extend((0..OFFICERS).map(|index| (officer(index), "office", "career".to_owned())));
        // A school has more teachers than clerks.
        staff.extend((0..TUTORS).map(|index| (format!("tutor{index}"), "tutor", department(index))));
        let mut accounts: Vec<String> = staff.iter().map(|(account, _, _)| account.clone()).collect();
        for (account, role, unit) in &staff {
            roles.extend([Arg::from(account), Arg::from(*role), Arg::from(unit)]);
        }
        let people: Vec<Arg<'_>> = accounts
            .iter()
            .flat_map(|one| [one.clone(), format!("職員 {one}"), format!("{one}@example.edu.tw")])
            .map(Arg::from)
            .collect();
        conn.insert("INSERT INTO units (code, name, college, kind, ordinal) VALUES", 5, &units, "").await.unwrap();
        conn.insert("INSERT INTO staff (account, name, email) VALUES", 3, &people, "").await.unwrap();
        conn.insert("INSERT INTO staff_roles (account, role, unit) VALUES", 3, &roles, "").await.unwrap();
        let head = "INSERT INTO class_versions (id, class, name, department, admitted, valid_from, valid_to, import_id) VALUES";
        conn.insert(head, 8, &classes, "").await.unwrap();
        let mut rows: Vec<Arg<'_>> = Vec::with_capacity(students * 12);
        for index in 0..students {
            let (number, class) = (student(index), format!("c{}", index % DEPARTMENTS));
            rows.extend([
                Arg::from(index as i64 + 1),
                number.clone().into(),
                format!("學生 {index}").into(),
                department(index).into(),
                class.into(),
            ]);
            rows.extend([
                "day-4".into(),
                Arg::from(admitted),
                "enrolled".into(),
                format!("{number}@example.edu.tw").into(),
            ]);
            rows.extend([Arg::from("2022-08-01"), "9999-12-31".into(), 0.into()]);
            accounts.push(number);
        }
        let head = "INSERT INTO student_versions (id, student, name, department, class, division, admitted, status, email, valid_from, valid_to, import_id) VALUES";
        conn.insert(head, 12, &rows, "").await.unwrap();
        let (at, until) = (stored(self.now), stored(self.now + chrono::Duration::hours(12)));
        let (mut known, mut sessions) = (Vec::new(), Vec::new());
        for account in &accounts {
            known.extend([Arg::from(account), "-".into(), "zh-TW".into(), 0.into(), Arg::from(&at)]);
            sessions.extend([
                hex::encode(sha2::Sha256::digest(token(account))).into(),
                Arg::from(account),
                Arg::from(&at),
                Arg::from(&at),
                Arg::from(&until),
            ]);
        }
        conn.insert("INSERT INTO accounts (account, password, lang, disabled, created_at) VALUES", 5, &known, "")
            .await
            .unwrap();
        conn.insert("INSERT INTO sessions (token, account, created_at, seen_at, expires_at) VALUES", 5, &sessions, "")
            .await
            .unwrap();
        conn.commit().await.unwrap();
    }
}
