//! The server as its users meet it: started in process on a port of its own, over a fresh
//! database, spoken to in their verbs.

mod audit;
mod busy;
mod canary;
mod catalogue;
pub mod entries;
pub mod filing;
mod forgery;
mod forgotten;
mod full;
mod guesses;
mod history;
mod hostile;
mod imports;
mod names;
pub mod namesakes;
mod notices;
mod onward;
mod pages;
mod passbook;
mod payments;
pub mod reload;
mod review;
pub mod review_world;
mod sessions;
mod told;
pub mod unchosen;
mod uploads;
mod waived;
mod whose;
mod wrong;

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use menkan::app::{App, Edition, Settings, accounts};
use menkan::lang::Lang;
use menkan::web::{Web, serve};

use crate::harness::{self, TempFolder, TestDb, school};

pub const PASSWORD: &str = "correct horse battery";

/// A running server with a small school: classes C01 and C02 of four students each, their tutors
/// `tutor01` and `tutor02`, the department's `head`, and `admin`.
pub struct Site {
    pub address: SocketAddr,
    pub app: Arc<App>,
    pub runtime: tokio::runtime::Runtime,
    pub db: TestDb,
    _data: TempFolder,
}

impl Site {
    pub fn start() -> Site {
        Site::of_folder(harness::root().to_owned())
    }

    /// The default school as it stands in another folder.
    pub fn of_folder(folder: std::path::PathBuf) -> Site {
        Site::over(folder, false).unwrap()
    }

    /// The default school over a database of each kind there is.
    pub fn on_each() -> Vec<Site> {
        Site::on_each_of(harness::root())
    }

    pub fn on_each_of(folder: &std::path::Path) -> Vec<Site> {
        [false, true].into_iter().filter_map(|postgres| Site::over(folder.to_owned(), postgres)).collect()
    }

    /// Another school of this folder, over a database of each kind there is.
    pub fn on_each_school(school: &str) -> Vec<Site> {
        Site::on_each_as(harness::root(), school)
    }

    /// A school as it stands in another folder, the same.
    pub fn on_each_as(folder: &std::path::Path, school: &str) -> Vec<Site> {
        let over = |postgres| {
            let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
            let db = runtime
                .block_on(async { if postgres { harness::postgres().await } else { Some(harness::sqlite().await) } })?;
            Some(Site::of(school, runtime, folder.to_owned(), db, TempFolder::new()))
        };
        [false, true].into_iter().filter_map(over).collect()
    }

    fn over(folder: std::path::PathBuf, postgres: bool) -> Option<Site> {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let db = runtime
            .block_on(async { if postgres { harness::postgres().await } else { Some(harness::sqlite().await) } })?;
        Some(Site::with(runtime, folder, db, TempFolder::new()))
    }

    /// The default school of a folder, with its database and its files in another; `None` where there is
    /// no PostgreSQL.
    pub fn on_disk(folder: &std::path::Path, data: TempFolder, postgres: bool) -> Option<Site> {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let db = runtime.block_on(async {
            if !postgres {
                return Some(harness::sqlite_in(data.path()).await);
            }
            let tables = data.path().join("tables");
            std::fs::create_dir(&tables).unwrap();
            harness::postgres_in(Some(&tables)).await
        })?;
        Some(Site::with(runtime, folder.to_owned(), db, data))
    }

    fn with(runtime: tokio::runtime::Runtime, folder: std::path::PathBuf, db: TestDb, data: TempFolder) -> Site {
        Site::of("ncut", runtime, folder, db, data)
    }

    fn of(
        id: &str,
        runtime: tokio::runtime::Runtime,
        folder: std::path::PathBuf,
        db: TestDb,
        data: TempFolder,
    ) -> Site {
        let (db, app, address) = runtime.block_on(async {
            school::seed(&db.db, 2, 4).await;
            let mut tx = db.db.begin().await.unwrap();
            school::staff(&mut tx, "admin", "admin", "").await;
            tx.commit().await.unwrap();
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            let address = listener.local_addr().unwrap();
            let edition = Edition::load(&folder, id).unwrap_or_else(|problems| panic!("{problems:#?}"));
            let settings = Settings {
                folder,
                school: id.to_owned(),
                data: data.path().to_owned(),
                base_url: format!("http://{address}"),
                smtp_url: None,
                files: menkan::vault::Place::Folder(data.path().join("files")),
                mail_from: "thresholds@example.edu.tw".to_owned(),
                sandbox: menkan::sandbox::Sandbox::at(harness::menkan()),
                secret: [7; 32],
            };
            let app = Arc::new(App::new(db.db.clone(), edition, settings));
            for account in ["4110101", "4110102", "tutor01", "head", "admin"] {
                accounts::create(&app, account, PASSWORD, Lang::ZhTw, chrono::Utc::now()).await.unwrap();
            }
            let web = Arc::new(Web::new(app.clone(), address));
            tokio::spawn(serve(listener, web, std::future::pending()));
            (db, app, address)
        });
        Site { address, app, runtime, db, _data: data }
    }

    /// Changes the database by hand, for what otherwise takes hours.
    pub fn sql(&self, sql: &str) {
        self.runtime.block_on(async {
            let mut tx = self.app.db.begin().await.unwrap();
            tx.run(sql, &[]).await.unwrap();
            tx.commit().await.unwrap();
        });
    }

    pub fn visitor(&self) -> Visitor {
        Visitor { address: self.address, cookies: Vec::new() }
    }

    /// A visitor who has signed in.
    pub fn signed_in(&self, account: &str) -> Visitor {
        let mut visitor = self.visitor();
        let page = visitor.sign_in(account, PASSWORD);
        assert_eq!(page.status, 303, "{account} cannot sign in: {}", page.body);
        visitor
    }
}

/// Someone with a browser: it keeps cookies and sends what browsers send.
#[derive(Clone)]
pub struct Visitor {
    pub address: SocketAddr,
    pub cookies: Vec<(String, String)>,
}

pub struct Page {
    pub status: u16,
    /// Whether the connection was closed before all was sent: a browser then shows no answer.
    pub cut_off: bool,
    pub headers: Vec<(String, String)>,
    pub body: String,
    /// The same as it was sent.
    pub bytes: Vec<u8>,
}

impl Page {
    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str()).unwrap_or_default()
    }

    /// The nonce of the page's forms.
    pub fn token(&self) -> String {
        let after = self.body.split("name=\"token\" value=\"").nth(1).unwrap_or_default();
        after.split('"').next().unwrap_or_default().to_owned()
    }
}

impl Visitor {
    pub fn get(&mut self, path: &str) -> Page {
        self.ask("GET", path, &[], "")
    }

    /// Sends a form with the nonce that the page at `from` has.
    pub fn send(&mut self, from: &str, to: &str, fields: &[(&str, &str)]) -> Page {
        let token = self.get(from).token();
        let mut body = format!("token={token}");
        for (name, value) in fields {
            body.push_str(&format!("&{name}={}", encode(value)));
        }
        self.post(to, &own(self.address), &body)
    }

    pub fn post(&mut self, path: &str, headers: &[(&str, String)], body: &str) -> Page {
        let mut all = vec![("Content-Type", "application/x-www-form-urlencoded".to_owned())];
        all.extend(headers.iter().cloned());
        self.ask("POST", path, &all, body)
    }

    /// Sends a file to be checked; leads to the page that shows what it holds.
    pub fn upload(&mut self, kind: &str, name: &str, text: &str) -> Page {
        let token = self.get("/imports").token();
        let mut body = String::new();
        for (field, value) in [("token", token.as_str()), ("kind", kind)] {
            body.push_str(&format!(
                "--frontier\r\nContent-Disposition: form-data; name=\"{field}\"\r\n\r\n{value}\r\n"
            ));
        }
        body.push_str(&format!(
            "--frontier\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
             Content-Type: text/csv\r\n\r\n{text}\r\n--frontier--\r\n"
        ));
        let mut headers = vec![("Content-Type", "multipart/form-data; boundary=frontier".to_owned())];
        headers.extend(own(self.address));
        self.ask("POST", "/imports", &headers, &body)
    }

    /// Sends a form with its files: (field, name, bytes).
    pub fn send_files(&mut self, to: &str, fields: &[(&str, &str)], files: &[(&str, &str, &[u8])]) -> Page {
        let mut body = Vec::new();
        for (field, value) in fields {
            let part = format!("--frontier\r\nContent-Disposition: form-data; name=\"{field}\"\r\n\r\n{value}\r\n");
            body.extend(part.as_bytes());
        }
        for (field, name, bytes) in files {
            body.extend(
                format!(
                    "--frontier\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"{name}\"\r\n\
                     Content-Type: application/octet-stream\r\n\r\n"
                )
                .as_bytes(),
            );
            body.extend(*bytes);
            body.extend(b"\r\n");
        }
        body.extend(b"--frontier--\r\n");
        let mut headers = vec![("Content-Type", "multipart/form-data; boundary=frontier".to_owned())];
        headers.extend(own(self.address));
        self.ask_bytes("POST", to, &headers, &body)
    }

    pub fn sign_in(&mut self, account: &str, password: &str) -> Page {
        self.send("/sign-in", "/sign-in", &[("account", account), ("password", password)])
    }

    pub fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub fn ask(&mut self, method: &str, path: &str, headers: &[(&str, String)], body: &str) -> Page {
        self.ask_bytes(method, path, headers, body.as_bytes())
    }

    pub fn ask_bytes(&mut self, method: &str, path: &str, headers: &[(&str, String)], body: &[u8]) -> Page {
        let host = self.address.to_string();
        let mut text = format!("{method} {path} HTTP/1.1\r\nConnection: close\r\n");
        if !headers.iter().any(|(name, _)| *name == "Host") {
            text.push_str(&format!("Host: {host}\r\n"));
        }
        if !self.cookies.is_empty() {
            let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            text.push_str(&format!("Cookie: {}\r\n", cookies.join("; ")));
        }
        for (name, value) in headers {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        if method == "POST" {
            text.push_str(&format!("Content-Length: {}\r\n", body.len()));
        }
        text.push_str("\r\n");
        let page = exchange(self.address, &[text.as_bytes(), body].concat());
        for (name, value) in &page.headers {
            if name == "set-cookie" {
                let (name, value) = value.split(';').next().unwrap().split_once('=').unwrap();
                self.cookies.retain(|(known, _)| known != name);
                if !value.is_empty() {
                    self.cookies.push((name.to_owned(), value.to_owned()));
                }
            }
        }
        page
    }
}

/// What a browser says of a form on our own page.
pub fn own(address: SocketAddr) -> [(&'static str, String); 2] {
    [("Origin", format!("http://{address}")), ("Sec-Fetch-Site", "same-origin".to_owned())]
}

pub fn exchange(address: SocketAddr, request: &[u8]) -> Page {
    // Nobody there, as after a server was killed: status 0.
    let Ok(mut stream) = TcpStream::connect(address) else {
        return Page { status: 0, cut_off: true, headers: Vec::new(), body: String::new(), bytes: Vec::new() };
    };
    stream.set_read_timeout(Some(Duration::from_secs(40))).unwrap();
    // A request that is refused early may be cut off while it is still being sent.
    let cut_off = stream.write_all(request).is_err();
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n").map_or(answer.len(), |at| at + 4);
    let bytes = answer.split_off(end);
    answer.extend(&bytes);
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    let mut lines = head.lines();
    let status = lines.next().and_then(|line| line.split(' ').nth(1)).and_then(|code| code.parse().ok()).unwrap_or(0);
    let headers = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    Page { status, cut_off, headers, body: body.to_owned(), bytes }
}

pub fn encode(text: &str) -> String {
    text.bytes()
        .map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") })
        .collect()
}
