//! The whole life of an application, played in a real browser against the server that a person runs:
//! what is sent, returned, mended, decided and paid as `tests/browser/life.mjs` tells it, with letters
//! that go over a real mail server. The test carries letters to the browser and lets an hour go by.

use chrono::{Datelike, Days, NaiveDate};
use menkan::app::accounts;
use menkan::app::files::picture::grey_png;
use menkan::args;
use menkan::lang::Lang;
use menkan::store::{Db, stored};
use serde_json::{Value, json};

use crate::browser::browser;
use crate::harness::mailbox::RealServer;
use crate::harness::played::{Served, until};
use crate::harness::{self, TempFolder, school};
use crate::web::PASSWORD;
use crate::web::reload::folder;

const STUDENT: &str = "4110101";
const OTHER: &str = "4110103";
const STAFF: [(&str, &str, &str); 3] =
    [("clerk1", "clerk", "D1"), ("office1", "office", "career"), ("admin", "admin", "")];

fn today() -> NaiveDate {
    (chrono::Utc::now() + chrono::Duration::hours(8)).date_naive()
}

fn exam() -> NaiveDate {
    today() - Days::new(20)
}

/// The default school with a window that is open on the day of the test.
fn school_of_today() -> TempFolder {
    let folder = folder();
    let text = format!(
        "windows: certificate-rounds\ntitle: {{zh-TW: 申請區間, en: Windows}}\nrounds:\n  now: {{title: {{zh-TW: 本學期, en: \
         This term}}, opens: {}, closes: {}, covers_from: {}, covers_to: {}}}\n",
        today() - Days::new(30),
        today() + Days::new(10),
        today() - Days::new(100),
        today(),
    );
    std::fs::write(folder.path().join("workflows/ncut/cases/windows.yaml"), text).unwrap();
    folder
}

/// A department, its students, who reviews, and a list with one certificate.
async fn furnish(app: &menkan::app::App, certificate: &str) {
    school::seed(&app.db, 1, 4).await;
    let term = app.edition.load().definition.school.calendar.term_of(exam()).to_string();
    let mut tx = app.db.begin().await.unwrap();
    for (account, role, unit) in STAFF {
        school::staff(&mut tx, account, role, unit).await;
    }
    school::approved(&mut tx, &[school::certificate("e1", "D1", &term, "9001", certificate)]).await;
    tx.commit().await.unwrap();
    for account in STAFF.iter().map(|(account, ..)| *account).chain([STUDENT, OTHER, "tutor01"]) {
        accounts::create(app, account, PASSWORD, Lang::ZhTw, chrono::Utc::now()).await.unwrap();
    }
}

/// The school as it is served, its mail going to a real server.
struct Life {
    served: Served,
    mail: RealServer,
    certificate: &'static str,
}

impl Life {
    fn begin(postgres: bool, certificate: &'static str) -> Option<Life> {
        let mail = RealServer::start(&[])?;
        let served = Served::start(postgres, school_of_today(), &["--smtp", &mail.url()], async |app| {
            furnish(app, certificate).await;
            for student in [STUDENT, OTHER] {
                school::national_id(app, student).await;
            }
        })?;
        Some(Life { served, mail, certificate })
    }

    /// Plays a script: does for it what no browser can.
    fn play(&self, script: &str) {
        let Some(chromium) = browser() else { return };
        let picture = |shade: u8| hex::encode(grey_png(60, 40, vec![shade; 2400]).unwrap());
        let names = ["passbook", "proof", "receipt", "copy", "issue", "mended", "clear"];
        let pictures: serde_json::Map<String, Value> = names
            .iter()
            .zip((0..).map(|step| 20 + step * 30))
            .map(|(name, shade)| ((*name).to_owned(), picture(shade).into()))
            .collect();
        let day = exam();
        let task = json!({
            "base": format!("http://{}", self.served.address), "chromium": chromium, "password": PASSWORD,
            "student": STUDENT, "other": OTHER, "clerk": "clerk1", "office": "office1", "tutor": "tutor01", "admin": "admin",
            "certificate": format!("9001 {}", self.certificate), "certificateName": self.certificate,
            // As people here write a day.
            "date": format!("{}/{}/{}", day.year() - 1911, day.month(), day.day()), "year": today().year(),
            "pictures": pictures,
        });
        self.served.play(script, &task, |asked| self.answer(asked));
    }

    fn answer(&self, asked: &Value) -> Value {
        let says: Vec<&str> =
            asked["says"].as_array().into_iter().flatten().map(|said| said.as_str().unwrap()).collect();
        match asked["want"].as_str().unwrap() {
            "letter" => {
                json!({ "text": until(&format!("a letter says {says:?}"), || self.letters(asked, &says).pop()) })
            }
            "html" => json!({ "html": until(&format!("a letter says {says:?}"), || self.htmls(asked, &says).pop()) }),
            "letters" => json!({ "count": self.letters(asked, &says).len() }),
            "hour" => self.an_hour_goes_by(),
            "workbook" => self.opens(asked, &says),
            other => panic!("the script wants {other}"),
        }
    }

    /// The texts of the letters that came to somebody and say all of this.
    fn letters(&self, asked: &Value, says: &[&str]) -> Vec<String> {
        let to = format!("{}@example.edu.tw", asked["to"].as_str().unwrap());
        let texts = self.mail.to(&to).into_iter().map(|mail| menkan::mail::read(&mail).text);
        texts.filter(|text| says.iter().all(|said| text.contains(said))).collect()
    }

    /// How the letters look that came to somebody and say all of this.
    fn htmls(&self, asked: &Value, says: &[&str]) -> Vec<String> {
        let to = format!("{}@example.edu.tw", asked["to"].as_str().unwrap());
        let parser = mail_parser::MessageParser::default();
        let mails = self.mail.to(&to).into_iter();
        let htmls = mails.filter_map(|mail| Some(parser.parse(&mail)?.body_html(0)?.into_owned()));
        htmls.filter(|html| says.iter().all(|said| html.contains(said))).collect()
    }

    /// The last decision is as old as if an hour had gone by, and so is its letter.
    fn an_hour_goes_by(&self) -> Value {
        let before = stored(chrono::Utc::now() - chrono::Duration::minutes(61));
        self.sql("UPDATE case_events SET at = $1 WHERE step = 'pass'", &before);
        self.sql("UPDATE outbox SET next_at = $1 WHERE state = 'queued'", &before);
        Value::Null
    }

    fn sql(&self, sql: &str, arg: &str) {
        self.served.runtime.block_on(async {
            let db: &Db = &self.served.test.db;
            let mut tx = db.begin().await.unwrap();
            tx.run(sql, args![arg]).await.unwrap();
            tx.commit().await.unwrap();
        });
    }

    /// Another program opens a workbook and finds what it must hold.
    fn opens(&self, asked: &Value, says: &[&str]) -> Value {
        assert!(asked["name"].as_str().unwrap().ends_with(".xlsx"), "{}", asked["name"]);
        let file = self.served.data.path().join("batch.xlsx");
        std::fs::write(&file, hex::decode(asked["bytes"].as_str().unwrap()).unwrap()).unwrap();
        match harness::as_csv(&file) {
            Some(csv) => assert!(says.iter().all(|said| csv.contains(said)), "{says:?} in {csv}"),
            None => println!("not opened by another program: there is no soffice"),
        }
        Value::Null
    }
}

/// What a page must show as it was written, and never act on.
const HOSTILE: &str = "<img src=x onerror=alert(1)>\"'><script>alert(2)</script>";

fn play(postgres: bool, script: &str, certificate: &'static str) {
    if browser().is_none() {
        return;
    }
    if let Some(life) = Life::begin(postgres, certificate) {
        if certificate == HOSTILE {
            for table in ["student_versions", "class_versions", "staff", "units"] {
                life.sql(&format!("UPDATE {table} SET name = $1"), HOSTILE);
            }
        }
        life.play(script);
    }
}

#[test]
fn an_application_lives_from_the_profile_to_the_bank_on_sqlite() {
    play(false, "life.mjs", "測試技術士");
}

#[test]
fn an_application_lives_from_the_profile_to_the_bank_on_postgres() {
    play(true, "life.mjs", "測試技術士");
}

#[test]
fn hostile_text_is_only_text_on_every_page_of_a_case() {
    play(false, "hostile.mjs", HOSTILE);
}
