//! A school for the benches of the running server: departments with their clerks, an office, students
//! with finished drafts, and cases in every state. What a bench measures comes about by the
//! program's own functions; the mass is copied from what they wrote.
//!
//! On SQLite it is made in memory and copied to the disk at the end: nothing of it is measured.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use menkan::app::access::Viewer;
use menkan::app::case::{self, Asked};
use menkan::app::{App, Edition, Settings, profile};
use menkan::case::Raw;
use menkan::clock::{Day, Instant};
use menkan::sandbox::Sandbox;
use menkan::store::files::{self, FileRow, OwnerKind};
use menkan::store::{Db, stored};
use menkan::vault::Place;
use sha2::Digest;

pub const DEPARTMENTS: usize = 16;
/// Those of the office, who see every department's cases.
pub const OFFICERS: usize = 4;
const WINDOWS: &str = "certificate-rounds";

pub struct School {
    pub app: App,
    /// The folder that the server is given, with a window that is open today.
    pub folder: PathBuf,
    pub data: PathBuf,
    scratch: Option<PathBuf>,
    pub now: Instant,
    pub today: Day,
}

pub fn student(index: usize) -> String {
    format!("4{index:08}")
}

pub fn clerk(department: usize) -> String {
    format!("clerk{department:02}")
}

pub fn officer(index: usize) -> String {
    format!("officer{index}")
}

pub fn department(index: usize) -> String {
    format!("d{:02}", index % DEPARTMENTS)
}

pub fn token(account: &str) -> String {
    format!("bench-{account}")
}

/// The cookie of an account's session.
pub fn cookie(account: &str) -> String {
    format!("menkan={}", token(account))
}

pub fn random() -> String {
    let mut bytes = [0u8; 16];
    getrandom::fill(&mut bytes).unwrap();
    hex::encode(bytes)
}

fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

impl School {
    /// A school without people below `root`, in the database named or in one of its own.
    pub async fn make(root: &Path, database: Option<&str>) -> School {
        let (folder, data) = (root.join("school"), root.join("data"));
        std::fs::create_dir_all(&data).unwrap();
        let source = Path::new(env!("CARGO_MANIFEST_DIR"));
        for part in ["workflows", "rules", "templates"] {
            copy(&source.join(part), &folder.join(part)).unwrap();
        }
        let now = chrono::Utc::now();
        let day = |days: i64| (now + chrono::Duration::days(days)).date_naive();
        let windows = format!(
            "windows: {WINDOWS}\ntitle: {{zh-TW: 區間, en: Windows}}\nrounds:\n  now: {{title: {{zh-TW: 區間, en: Window}}, \
             opens: {}, closes: {}, covers_from: {}, covers_to: {}}}\n",
            day(-20),
            day(20),
            day(-40),
            day(-1)
        );
        std::fs::write(folder.join("workflows/ncut/cases/windows.yaml"), windows).unwrap();
        let edition = Edition::load(&folder, "ncut").unwrap_or_else(|problems| panic!("{problems:#?}"));
        let today = edition.definition.school.calendar.today(now);
        let secret = [7u8; 32];
        let key = data.join("secret.key");
        std::fs::write(&key, hex::encode(secret)).unwrap();
        std::fs::set_permissions(&key, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
        let memory = Path::new("/dev/shm");
        let scratch = (database.is_none() && memory.is_dir()).then(|| memory.join(format!("menkan-{}.db", random())));
        let file = scratch.clone().unwrap_or_else(|| data.join("menkan.db"));
        let url = database.map_or_else(|| format!("sqlite:{}", file.display()), str::to_owned);
        let settings = Settings {
            folder: folder.clone(),
            school: "ncut".to_owned(),
            base_url: "http://127.0.0.1".to_owned(),
            smtp_url: None,
            files: Place::Folder(data.join("files")),
            mail_from: "menkan@example.edu.tw".to_owned(),
            sandbox: Sandbox::at(Path::new(env!("CARGO_BIN_EXE_menkan"))),
            data: data.clone(),
            secret,
        };
        let app = App::new(Db::open(&url).await.unwrap(), edition, settings);
        School { app, folder, data, scratch, now, today }
    }

    pub fn edition(&self) -> Arc<Edition> {
        self.app.edition.load_full()
    }

    /// The day of everybody's exam: within the window.
    pub fn exam(&self) -> Day {
        self.today - chrono::Duration::days(10)
    }

    pub fn term(&self, of: Day) -> String {
        self.edition().definition.school.calendar.term_of(of).to_string()
    }

    pub async fn viewer(&self, account: &str) -> Viewer {
        let mut conn = self.app.db.read().await.unwrap();
        let viewer = Viewer::load(&mut conn, &self.edition().definition, account, self.today).await.unwrap();
        viewer.expect("somebody")
    }

    /// Keeps a student's bank data.
    pub async fn profile(&self, account: &str) {
        let bank = typed(&[
            ("bank", "中華郵政"),
            ("branch", "示範分局"),
            ("bank_code", "700"),
            ("branch_code", "0021"),
            ("account", "00012345678901"),
        ]);
        profile::keep(&self.app, &self.edition(), account, &bank, 0, self.now).await.unwrap();
        let mut conn = self.app.db.begin().await.unwrap();
        files::add(&mut conn, &paper(OwnerKind::Profile, account, "passbook", account, self.now)).await.unwrap();
        conn.commit().await.unwrap();
    }

    /// A student's draft, ready to be sent; its id.
    pub async fn draft(&self, index: usize) -> String {
        let viewer = self.viewer(&student(index)).await;
        self.profile(&viewer.account).await;
        let begun = case::begin(&self.app, &viewer, "certificate", &random(), self.now).await.unwrap();
        let mut conn = self.app.db.begin().await.unwrap();
        for field in ["exam_proof", "receipt"] {
            let paper = paper(OwnerKind::Case, &begun.id, field, &viewer.account, self.now);
            files::add(&mut conn, &paper).await.unwrap();
        }
        conn.commit().await.unwrap();
        let (exam, entry) = (self.exam().to_string(), format!("bench-{}", department(index)));
        let answers = typed(&[("exam_date", &exam), ("certificate", &entry), ("other_aid", ""), ("exam_fee", "1200")]);
        case::keep(&self.app, &viewer, &begun.id, 1, &answers, self.now).await.unwrap();
        begun.id
    }

    /// Makes a move of a case as somebody.
    pub async fn act(&self, account: &str, id: &str, step: &str, seen: i64) {
        let asked =
            Asked { step, seen, note: "資料齊全", named: vec!["exam_proof"], nonce: &random(), ..Asked::default() };
        case::act(&self.app, &self.viewer(account).await, id, &asked, self.now).await.unwrap();
    }

    /// Closes the database and puts it where the server looks for it.
    pub async fn close(&self) {
        self.app.db.close().await;
        if let Some(scratch) = &self.scratch {
            std::fs::copy(scratch, self.data.join("menkan.db")).unwrap();
            let _ = std::fs::remove_file(scratch);
        }
    }
}

fn typed(pairs: &[(&str, &str)]) -> Raw {
    pairs.iter().map(|(id, text)| ((*id).to_owned(), (*text).to_owned())).collect()
}

fn paper(kind: OwnerKind, owner: &str, field: &str, by: &str, now: Instant) -> FileRow {
    FileRow {
        id: random(),
        owner_kind: kind,
        owner: owner.to_owned(),
        field: field.to_owned(),
        name: format!("{field}.jpg"),
        media: "image/jpeg".to_owned(),
        size: 1_000_000,
        sha256: hex::encode(sha2::Sha256::digest(random())),
        vault_key: random(),
        thumb_key: random(),
        uploaded_by: by.to_owned(),
        at: stored(now),
        removed_at: None,
    }
}
