//! A school served by the binary over a database, and scripts in a real browser that use it.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use menkan::app::App;
use serde_json::Value;

use super::{TempFolder, TestDb};

/// A running server with what it stands on; stopped when dropped.
pub struct Served {
    process: Child,
    pub address: String,
    pub test: TestDb,
    pub runtime: tokio::runtime::Runtime,
    pub data: TempFolder,
    _folder: TempFolder,
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Served {
    /// The school of a folder, served with further words once `furnish` has filled its database; `None`
    /// where there is no such database.
    pub fn start(
        postgres: bool,
        folder: TempFolder,
        words: &[&str],
        furnish: impl AsyncFnOnce(&App),
    ) -> Option<Served> {
        let data = TempFolder::new();
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let test = runtime.block_on(async {
            let test = if postgres { super::postgres().await? } else { super::sqlite().await };
            let app = super::app(&test, data.path());
            furnish(&app).await;
            // The server opens with the same key what is sealed here.
            let key = data.path().join("secret.key");
            std::fs::write(&key, hex::encode(app.settings.secret)).unwrap();
            std::fs::set_permissions(&key, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
            Some(test)
        })?;
        let address = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
        let process = Command::new(super::menkan())
            .env_remove("DATABASE_URL")
            .env_remove("BASE_URL")
            .args(["serve", "--listen", &address, "--database", &test.url])
            .args(words)
            .arg("--folder")
            .arg(folder.path())
            .arg("--data")
            .arg(data.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let served = Served { process, address, test, runtime, data, _folder: folder };
        until("the server is ready", || std::net::TcpStream::connect(&served.address).ok());
        Some(served)
    }

    /// Plays a script with its task, doing for it what no browser can.
    pub fn play(&self, script: &str, task: &Value, answer: impl Fn(&Value) -> Value) {
        play(script, self.test.kind, task, answer);
    }
}

/// Plays a script of `tests/browser` to its end; `on` says where it failed.
pub fn play(script: &str, on: &str, task: &Value, answer: impl Fn(&Value) -> Value) {
    let mut node = Command::new("node")
        .arg(super::root().join("tests/browser").join(script))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("node runs");
    let mut talk = Talk { to: node.stdin.take().unwrap(), from: BufReader::new(node.stdout.take().unwrap()) };
    talk.say(task);
    loop {
        let asked = talk.hear();
        if asked.get("done").is_some() {
            assert_eq!(asked["done"], true, "on {on}: {}", asked["failed"].as_str().unwrap_or_default());
            break;
        }
        talk.say(&answer(&asked));
    }
    assert!(node.wait().unwrap().success());
}

/// What a script that asks for nothing is answered.
pub fn nothing(asked: &Value) -> Value {
    panic!("the script wants {asked}")
}

/// Waits for something that another process does.
pub fn until<T>(what: &str, look: impl Fn() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(begun.elapsed() < Duration::from_secs(30), "not within 30 s: {what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// A script at work: a line of JSON each way.
struct Talk {
    to: ChildStdin,
    from: BufReader<ChildStdout>,
}

impl Talk {
    fn say(&mut self, what: &Value) {
        writeln!(self.to, "{what}").unwrap();
    }

    fn hear(&mut self) -> Value {
        let mut line = String::new();
        self.from.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap_or_else(|_| panic!("the browser's script ended: {line}"))
    }
}
