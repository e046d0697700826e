//! The manual of one of the schools, step by step in a real browser on both databases: certificates are
//! registered, passed and used for awards, paid for and handed over, as `tests/browser/nptu.mjs` tells it.

use std::io::BufReader;
use std::process::{Child, Command, Stdio};

use menkan::app::accounts;
use menkan::lang::Lang;
use menkan::store::catalogues::{self, EntryRow};
use serde_json::json;

use crate::browser::browser;
use crate::files::corpus::{jpeg, points};
use crate::harness::{self, TempFolder, TestDb, school};
use crate::life::{Talk, until};
use crate::web::PASSWORD;
use crate::web::reload::folder;

const STUDENT: &str = "4110101";
const STAFF: [(&str, &str, &str); 2] = [("clerk1", "clerk", "D1"), ("office1", "office", "career")];

/// What can be registered, and what it is awarded by: code, name, what else an entry says.
const ENTRIES: [(&str, &str, &str, &str); 6] = [
    (
        "certificate-kinds",
        "E01",
        "全民英語能力分級檢定測驗",
        r#"{"category":{"text":"english"},"level":{"text":"初級(聽、讀)"},"cefr":{"text":"a2"},"threshold":{"tick":true}}"#,
    ),
    (
        "certificate-kinds",
        "C01",
        "TQC+程式語言 (Python 3)",
        r#"{"category":{"text":"computing"},"level":{"text":"專業級"},"threshold":{"tick":false}}"#,
    ),
    (
        "certificate-kinds",
        "C02",
        "TQC+程式語言 (Java)",
        r#"{"category":{"text":"computing"},"level":{"text":"專業級"},"threshold":{"tick":true}}"#,
    ),
    (
        "standards",
        "A-1-3",
        "全校--1級-3項-證券商業務員",
        r#"{"scope":{"text":"school"},"level":{"amount":100},"item":{"amount":300},"needed":{"amount":100},"money":{"amount":0}}"#,
    ),
    (
        "standards",
        "D1-2-16",
        "系所-測試系-2級-16項-TQC+認證",
        r#"{"scope":{"text":"department"},"department":{"text":"D1"},"level":{"amount":200},"item":{"amount":1600},"needed":{"amount":200},"money":{"amount":80000}}"#,
    ),
    (
        "standards",
        "D2-2-1",
        "系所-別系-2級-1項",
        r#"{"scope":{"text":"department"},"department":{"text":"D2"},"level":{"amount":200},"item":{"amount":100},"needed":{"amount":100},"money":{"amount":80000}}"#,
    ),
];

struct Server {
    process: Child,
    address: String,
    test: TestDb,
    _runtime: tokio::runtime::Runtime,
    _folders: [TempFolder; 2],
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The school with awards that can be applied for on the day of the test.
fn serve(postgres: bool) -> Option<Server> {
    let (folder, data) = (folder(), TempFolder::new());
    let today = (chrono::Utc::now() + chrono::Duration::hours(8)).date_naive();
    let window = format!(
        "windows: award-rounds\ntitle: 申請期間\nrounds:\n  now: {{title: 本年度證照獎勵, opens: {}, closes: {}}}\n",
        today - chrono::Days::new(3),
        today + chrono::Days::new(3)
    );
    std::fs::write(folder.path().join("workflows/nptu/cases/windows.yaml"), window).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let test = runtime.block_on(async {
        let test = if postgres { harness::postgres().await? } else { harness::sqlite().await };
        let app = harness::app(&test, data.path());
        school::seed(&app.db, 1, 1).await;
        let mut tx = app.db.begin().await.unwrap();
        for (account, role, unit) in STAFF {
            school::staff(&mut tx, account, role, unit).await;
        }
        let entries = ENTRIES.iter().zip(1..).map(|((catalogue, code, name, says), ordinal)| EntryRow {
            id: format!("entry{ordinal}"),
            catalogue: (*catalogue).to_owned(),
            code: (*code).to_owned(),
            name: (*name).to_owned(),
            says: (*says).to_owned(),
            ordinal,
            ..EntryRow::default()
        });
        catalogues::add_entries(&mut tx, &entries.collect::<Vec<_>>()).await.unwrap();
        tx.commit().await.unwrap();
        for account in STAFF.iter().map(|(account, ..)| *account).chain([STUDENT]) {
            accounts::create(&app, account, PASSWORD, Lang::ZhTw, chrono::Utc::now()).await.unwrap();
        }
        let key = data.path().join("secret.key");
        std::fs::write(&key, hex::encode(app.settings.secret)).unwrap();
        std::fs::set_permissions(&key, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
        school::national_id(&app, STUDENT).await;
        Some(test)
    })?;
    let address = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let process = Command::new(harness::menkan())
        .env_remove("DATABASE_URL")
        .env_remove("BASE_URL")
        .args(["serve", "--school", "nptu", "--listen", &address, "--database", &test.url, "--folder"])
        .arg(folder.path())
        .arg("--data")
        .arg(data.path())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let server = Server { process, address, test, _runtime: runtime, _folders: [folder, data] };
    until("the server is ready", || std::net::TcpStream::connect(&server.address).ok());
    Some(server)
}

fn play(postgres: bool) {
    let Some(chromium) = browser() else { return };
    let Some(server) = serve(postgres) else { return };
    let mut node = Command::new("node")
        .arg(harness::root().join("tests/browser/nptu.mjs"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("node runs");
    let mut talk = Talk { to: node.stdin.take().unwrap(), from: BufReader::new(node.stdout.take().unwrap()) };
    let picture = |side: u32| hex::encode(jpeg(&points(side, 40)));
    talk.say(&json!({
        "base": format!("http://{}", server.address), "chromium": chromium, "password": PASSWORD,
        "student": STUDENT, "clerk": "clerk1", "office": "office1",
        "pictures": { "english": picture(60), "clear": picture(61), "python": picture(62), "java": picture(63), "passbook": picture(64) },
    }));
    let asked = talk.hear();
    assert_eq!(asked["done"], true, "on {}: {}", server.test.kind, asked["failed"].as_str().unwrap_or_default());
    assert!(node.wait().unwrap().success());
}

#[test]
fn the_manual_of_the_register_and_the_award_is_followed_on_sqlite() {
    play(false);
}

#[test]
fn the_manual_of_the_register_and_the_award_is_followed_on_postgres() {
    play(true);
}
