//! The same manual in a real browser on both databases, as `tests/browser/nkust.mjs` tells it.

use std::io::BufReader;
use std::process::{Child, Command, Stdio};

use menkan::app::accounts;
use menkan::app::files::picture::grey_png;
use menkan::lang::Lang;
use menkan::store::catalogues::{self, EntryRow};
use serde_json::json;

use super::{SCHOOL, school_of_today};
use crate::browser::browser;
use crate::harness::{self, TempFolder, TestDb, school};
use crate::life::{Talk, until};
use crate::web::PASSWORD;

const STUDENT: &str = "4110101";
const STAFF: [(&str, &str, &str); 2] = [("clerk1", "clerk", "D1"), ("office1", "office", "learning")];

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

fn serve(postgres: bool) -> Option<Server> {
    let ((folder, _), data) = (school_of_today(), TempFolder::new());
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let test = runtime.block_on(async {
        let test = if postgres { harness::postgres().await? } else { harness::sqlite().await };
        let app = harness::app(&test, data.path());
        school::seed(&app.db, 1, 1).await;
        let mut tx = app.db.begin().await.unwrap();
        for (account, role, unit) in STAFF {
            school::staff(&mut tx, account, role, unit).await;
        }
        let entry = EntryRow {
            id: "e1".to_owned(),
            catalogue: "certificates".to_owned(),
            department: "D1".to_owned(),
            code: "9001".to_owned(),
            name: "測試技術士".to_owned(),
            says: r#"{"award":{"tick":true},"name":{"text":"測試技術士"}}"#.to_owned(),
            ordinal: 1,
            ..EntryRow::default()
        };
        catalogues::add_entries(&mut tx, &[entry]).await.unwrap();
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
        .args(["serve", "--school", SCHOOL, "--listen", &address, "--database", &test.url, "--folder"])
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
        .arg(harness::root().join("tests/browser/nkust.mjs"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("node runs");
    let mut talk = Talk { to: node.stdin.take().unwrap(), from: BufReader::new(node.stdout.take().unwrap()) };
    let picture = |shade: u8| hex::encode(grey_png(60, 40, vec![shade; 2400]).unwrap());
    let obtained = (chrono::Utc::now() - chrono::Duration::days(20)).format("%Y-%m-%d").to_string();
    talk.say(&json!({
        "base": format!("http://{}", server.address), "chromium": chromium, "password": PASSWORD,
        "student": STUDENT, "clerk": "clerk1", "office": "office1", "obtained": obtained,
        "pictures": { "threshold": picture(20), "award": picture(80), "passbook": picture(140) },
    }));
    let asked = talk.hear();
    assert_eq!(asked["done"], true, "on {}: {}", server.test.kind, asked["failed"].as_str().unwrap_or_default());
    assert!(node.wait().unwrap().success());
}

#[test]
fn the_manual_of_the_review_and_the_export_is_followed_on_sqlite() {
    play(false);
}

#[test]
fn the_manual_of_the_review_and_the_export_is_followed_on_postgres() {
    play(true);
}
