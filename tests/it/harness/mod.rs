//! What the tests share: a fresh database of each kind, and the default school's folder.
// Not every test needs all of it.
#![allow(dead_code)]

pub mod mailbox;
pub mod played;
pub mod published;
pub mod s3;
pub mod school;
pub mod smtp;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use menkan::store::Db;
use sqlx::{AssertSqlSafe, Connection, PgConnection};

/// A database of its own for one test; gone when it is dropped.
pub struct TestDb {
    /// `sqlite` or `postgres`: for messages.
    pub kind: &'static str,
    pub db: Db,
    /// As `--database` and `DATABASE_URL` take it.
    pub url: String,
    cleanup: Cleanup,
}

enum Cleanup {
    Nothing,
    Folder(#[allow(dead_code)] TempFolder),
    /// With the tablespace that it has of its own, if any.
    Postgres {
        server: String,
        name: String,
        space: Option<String>,
    },
}

/// A folder of its own, removed with all that is in it.
pub struct TempFolder(PathBuf);

impl TempFolder {
    pub fn new() -> TempFolder {
        let path = std::env::temp_dir().join(format!("menkan-test-{}", unique()));
        std::fs::create_dir_all(&path).unwrap();
        TempFolder(path)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for TempFolder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A fresh database of each kind there is: SQLite always, PostgreSQL where `MENKAN_TEST_POSTGRES`
/// names a server on which databases can be made.
pub async fn databases() -> Vec<TestDb> {
    let mut all = vec![sqlite().await];
    all.extend(postgres().await);
    all
}

pub async fn sqlite() -> TestDb {
    let folder = TempFolder::new();
    let url = format!("sqlite:{}", folder.path().join("menkan.db").display());
    TestDb { kind: "sqlite", db: Db::open(&url).await.unwrap(), url, cleanup: Cleanup::Folder(folder) }
}

/// A database in a folder that somebody else removes.
pub async fn sqlite_in(folder: &Path) -> TestDb {
    let url = format!("sqlite:{}", folder.join("menkan.db").display());
    TestDb { kind: "sqlite", db: Db::open(&url).await.unwrap(), url, cleanup: Cleanup::Nothing }
}

pub async fn postgres() -> Option<TestDb> {
    postgres_in(None).await
}

/// A database whose tables stand in a folder of this machine, on which the server must run, too.
pub async fn postgres_in(folder: Option<&Path>) -> Option<TestDb> {
    let Ok(server) = std::env::var("MENKAN_TEST_POSTGRES") else {
        assert!(
            std::env::var("MENKAN_TEST_ALL").is_err(),
            "MENKAN_TEST_ALL is set, so MENKAN_TEST_POSTGRES must name a PostgreSQL server"
        );
        println!("not run on PostgreSQL: MENKAN_TEST_POSTGRES names no server");
        return None;
    };
    let name = format!("menkan_test_{}", unique().replace('-', "_"));
    let mut admin = PgConnection::connect(&server).await.expect("MENKAN_TEST_POSTGRES names a server that answers");
    let space = folder.map(|_| name.replace("_test_", "_space_"));
    let mut create = format!("CREATE DATABASE {name}");
    if let (Some(folder), Some(space)) = (folder, &space) {
        // The server wants to own what it writes.
        let (data,): (String,) = sqlx::query_as("SHOW data_directory").fetch_one(&mut admin).await.unwrap();
        let owner = std::os::unix::fs::MetadataExt::uid(&std::fs::metadata(data).unwrap());
        std::os::unix::fs::chown(folder, Some(owner), None).unwrap();
        let space_sql = format!("CREATE TABLESPACE {space} LOCATION '{}'", folder.display());
        sqlx::raw_sql(AssertSqlSafe(space_sql)).execute(&mut admin).await.unwrap();
        create = format!("{create} TABLESPACE {space}");
    }
    sqlx::raw_sql(AssertSqlSafe(create)).execute(&mut admin).await.unwrap();
    admin.close().await.unwrap();
    let (before, _) = server.rsplit_once('/').expect("the URL names a database after its last slash");
    let url = format!("{before}/{name}");
    Some(TestDb {
        kind: "postgres",
        db: Db::open(&url).await.unwrap(),
        url,
        cleanup: Cleanup::Postgres { server, name, space },
    })
}

impl Drop for TestDb {
    fn drop(&mut self) {
        if let Cleanup::Postgres { server, name, space } = &self.cleanup {
            let (server, name, space) = (server.clone(), name.clone(), space.clone());
            // The test's own runtime may be ending: a thread with one of its own.
            let _ = std::thread::spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
                runtime.block_on(async {
                    if let Ok(mut admin) = PgConnection::connect(&server).await {
                        let drop = AssertSqlSafe(format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
                        let _ = sqlx::raw_sql(drop).execute(&mut admin).await;
                        if let Some(space) = space {
                            let drop = AssertSqlSafe(format!("DROP TABLESPACE IF EXISTS {space}"));
                            let _ = sqlx::raw_sql(drop).execute(&mut admin).await;
                        }
                    }
                });
            })
            .join();
        }
    }
}

/// The folder that holds workflows/, rules/ and templates/.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The binary that a person runs.
pub fn menkan() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_menkan"))
}

/// A workbook's first sheet as LibreOffice reads it; `None` where that is not installed.
pub fn as_csv(file: &Path) -> Option<String> {
    let folder = file.parent()?;
    let profile = format!("-env:UserInstallation=file://{}/office", folder.display());
    let run = std::process::Command::new("soffice")
        .args(["--headless", &profile, "--convert-to", "csv:Text - txt - csv (StarCalc):44,34,76", "--outdir"])
        .arg(folder)
        .arg(file)
        .output();
    let Ok(output) = run else {
        assert!(std::env::var("MENKAN_TEST_ALL").is_err(), "MENKAN_TEST_ALL is set, so soffice must be installed");
        println!("not run with LibreOffice: there is no soffice");
        return None;
    };
    let csv = std::fs::read_to_string(file.with_extension("csv"));
    Some(csv.unwrap_or_else(|error| panic!("{error}: {output:?}")))
}

/// Differs between tests, and between runs that share a machine.
pub fn unique() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let mut random = [0u8; 4];
    getrandom::fill(&mut random).unwrap();
    format!("{}-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed), hex::encode(random))
}

/// The default school on a database, as the commands make it; `data` is its data folder.
pub fn app(db: &TestDb, data: &Path) -> menkan::app::App {
    app_of(db, root(), data)
}

/// The default school as it stands in another folder.
pub fn app_of(db: &TestDb, folder: &Path, data: &Path) -> menkan::app::App {
    use menkan::app::{App, Edition, Settings};
    let edition = Edition::load(folder, "ncut").unwrap_or_else(|problems| {
        panic!("{}", problems.iter().map(|problem| problem.line(menkan::lang::Lang::En)).collect::<Vec<_>>().join("\n"))
    });
    let settings = Settings {
        folder: folder.to_owned(),
        school: "ncut".to_owned(),
        data: data.to_owned(),
        base_url: "http://127.0.0.1".to_owned(),
        smtp_url: None,
        files: menkan::vault::Place::Folder(data.join("files")),
        mail_from: "menkan@example.edu.tw".to_owned(),
        sandbox: menkan::sandbox::Sandbox::at(menkan()),
        secret: [7; 32],
    };
    App::new(db.db.clone(), edition, settings)
}
