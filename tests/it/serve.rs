//! The server as an operator runs it: started, told to take the folder anew, stopped, killed.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use crate::harness::{self, TempFolder};

pub struct Server {
    child: Child,
    pub address: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn command(folder: &Path, data: &Path) -> Command {
    let mut command = Command::new(harness::menkan());
    command.env_remove("DATABASE_URL").env_remove("BASE_URL").arg("--folder").arg(folder).arg("--data").arg(data);
    command
}

/// A port that was free a moment ago.
fn port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn start(folder: &Path, data: &Path) -> Server {
    started(command(folder, data))
}

/// A server of a folder's default school over a database.
pub fn start_over(folder: &Path, data: &Path, database: &str) -> Server {
    let mut command = command(folder, data);
    command.args(["--database", database]);
    started(command)
}

fn started(mut command: Command) -> Server {
    let address = format!("127.0.0.1:{}", port());
    let child = command.args(["--listen", &address]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let server = Server { child, address };
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(30) {
        if get(&server.address, "/readyz").is_some_and(|answer| answer.starts_with("HTTP/1.1 200")) {
            return server;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    panic!("the server was not ready within 30 s");
}

fn get(address: &str, path: &str) -> Option<String> {
    let mut stream = TcpStream::connect(address).ok()?;
    stream.write_all(format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").as_bytes()).ok()?;
    let mut out = String::new();
    stream.read_to_string(&mut out).ok()?;
    Some(out)
}

fn signal(server: &Server, name: &str) {
    assert!(Command::new("kill").args([name, &server.child.id().to_string()]).status().unwrap().success());
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        match entry.path().is_dir() {
            true => copy(&entry.path(), &to.join(entry.file_name())),
            false => drop(std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap()),
        }
    }
}

fn folder() -> TempFolder {
    let folder = TempFolder::new();
    for part in ["workflows", "rules"] {
        copy(&harness::root().join(part), &folder.path().join(part));
    }
    folder
}

fn edition(server: &Server) -> String {
    let answer = get(&server.address, "/version").unwrap();
    answer.split("\"edition\":\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
}

fn reload(folder: &Path, data: &Path) -> Output {
    command(folder, data).args(["--lang", "en", "reload"]).output().unwrap()
}

#[test]
fn reload_says_what_the_server_did_and_a_broken_folder_changes_nothing() {
    let (folder, data) = (folder(), TempFolder::new());
    let before_start = reload(folder.path(), data.path());
    assert_eq!(before_start.status.code(), Some(1), "no server, no reload");
    let server = start(folder.path(), data.path());
    let first = edition(&server);

    let school = folder.path().join("workflows/ncut/school.yaml");
    let text = std::fs::read_to_string(&school).unwrap();
    std::fs::write(&school, format!("{text}\nnonsense: 1\n")).unwrap();
    let refused = reload(folder.path(), data.path());
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert_eq!(refused.status.code(), Some(1), "{said}");
    assert!(said.contains("school.yaml:") && said.contains("nonsense"), "{said}");
    assert_eq!(edition(&server), first);
    signal(&server, "-HUP");
    assert_eq!(edition(&server), first);

    std::fs::write(&school, format!("{text}\n# changed\n")).unwrap();
    std::fs::write(school.with_file_name("empty.yaml"), "").unwrap();
    let taken = reload(folder.path(), data.path());
    let said = String::from_utf8_lossy(&taken.stderr).into_owned();
    assert!(said.contains("empty.yaml") && said.contains("MK018"), "what is worth a look is told: {said}");
    assert!(taken.status.success(), "{}", String::from_utf8_lossy(&taken.stderr));
    let second = edition(&server);
    assert_ne!(second, first);
    assert!(String::from_utf8_lossy(&taken.stdout).contains(&second[..12]));

    std::fs::write(&school, &text).unwrap();
    std::fs::remove_file(school.with_file_name("empty.yaml")).unwrap();
    signal(&server, "-HUP");
    let begun = Instant::now();
    while edition(&server) != first {
        assert!(begun.elapsed() < Duration::from_secs(10), "SIGHUP was not heard");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_template_that_asks_for_all_memory_is_refused_and_the_server_lives() {
    let (folder, data) = (folder(), TempFolder::new());
    let server = start(folder.path(), data.path());
    let first = edition(&server);
    let mut bomb = "{% set x0 = 'xxxxxxxxxxxxxxxx' %}".to_owned();
    for n in 1..=34 {
        bomb.push_str(&format!("{{% set x{n} = x{0} ~ x{0} %}}", n - 1));
    }
    let page = folder.path().join("templates/pages/home.html");
    std::fs::create_dir_all(page.parent().unwrap()).unwrap();
    std::fs::write(&page, bomb).unwrap();
    let refused = reload(folder.path(), data.path());
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert_eq!(refused.status.code(), Some(1));
    assert!(said.contains("templates/pages/home.html") && said.contains("MK809"), "{said}");
    assert_eq!(edition(&server), first);
    assert!(get(&server.address, "/").unwrap().starts_with("HTTP/1.1 200"));
    let checked = Command::new(harness::menkan()).arg("check").arg(folder.path()).output().unwrap();
    assert_eq!(checked.status.code(), Some(1), "check says the same");
}

#[test]
fn a_server_that_is_told_to_stop_ends_well_and_one_that_was_killed_leaves_nothing_in_the_way() {
    let (folder, data) = (folder(), TempFolder::new());
    let mut server = start(folder.path(), data.path());
    let second = command(folder.path(), data.path()).args(["--listen", "127.0.0.1:0"]).output().unwrap();
    assert_eq!(second.status.code(), Some(1), "two servers do not share a data folder");
    signal(&server, "-TERM");
    let begun = Instant::now();
    let status = loop {
        if let Some(status) = server.child.try_wait().unwrap() {
            break status;
        }
        assert!(begun.elapsed() < Duration::from_secs(10), "SIGTERM was not heard");
        std::thread::sleep(Duration::from_millis(20));
    };
    assert_eq!(status.code(), Some(0));
    let killed = start(folder.path(), data.path());
    signal(&killed, "-KILL");
    drop(killed);
    start(folder.path(), data.path());
}

#[test]
fn what_is_kept_is_its_owners_alone_whatever_the_umask() {
    use std::os::unix::fs::PermissionsExt;
    let (folder, data) = (folder(), TempFolder::new());
    let inner = data.path().join("new/data");
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let address = format!("127.0.0.1:{}", port());
    let words = format!(
        "umask 0; exec '{}' --folder '{}' --data '{}' --listen {address}",
        harness::menkan().display(),
        folder.path().display(),
        inner.display()
    );
    let child =
        Command::new("sh").args(["-c", &words]).env_remove("DATABASE_URL").stderr(Stdio::null()).spawn().unwrap();
    let server = Server { child, address };
    let begun = Instant::now();
    while !get(&server.address, "/readyz").is_some_and(|answer| answer.starts_with("HTTP/1.1 200")) {
        assert!(begun.elapsed() < Duration::from_secs(30), "the server was not ready");
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(mode(&inner), 0o700);
    for name in ["menkan.db", "menkan.db-wal", "menkan.db-shm", "secret.key", "menkan.sock"] {
        assert_eq!(mode(&inner.join(name)), 0o600, "{name}");
    }
    // Somewhere else, and in a folder that all may enter.
    let elsewhere = data.path().join("records.db");
    let words = format!(
        "umask 0; exec '{}' --folder '{}' --data '{}' --database 'sqlite:{}' user list",
        harness::menkan().display(),
        folder.path().display(),
        inner.display(),
        elsewhere.display()
    );
    assert!(Command::new("sh").args(["-c", &words]).stdout(Stdio::null()).status().unwrap().success());
    assert_eq!(mode(&elsewhere), 0o600);
}

#[test]
fn an_operator_who_says_nothing_holds_up_no_other() {
    let (folder, data) = (folder(), TempFolder::new());
    let _server = start(folder.path(), data.path());
    let silent = std::os::unix::net::UnixStream::connect(data.path().join("menkan.sock")).unwrap();
    let mut waiting = command(folder.path(), data.path()).arg("reload").stdout(Stdio::null()).spawn().unwrap();
    let begun = Instant::now();
    let status = loop {
        if let Some(status) = waiting.try_wait().unwrap() {
            break status;
        }
        if begun.elapsed() > Duration::from_secs(40) {
            waiting.kill().unwrap();
            panic!("nobody was heard while the first said nothing");
        }
        std::thread::sleep(Duration::from_millis(50));
    };
    assert!(status.success());
    drop(silent);
}

#[test]
fn accounts_are_created_told_and_disabled_by_command() {
    let (folder, data) = (folder(), TempFolder::new());
    let user = |words: &[&str], password: &str| {
        let mut child = command(folder.path(), data.path())
            .arg("user")
            .args(words)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(password.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned())
    };
    let (code, told) = user(&["create", "admin"], "");
    assert_eq!(code, Some(0));
    let made = told.trim().split('\t').nth(1).unwrap().to_owned();
    assert!(made.len() >= 16, "a password is made and told once: {told}");
    assert_eq!(user(&["create", "clerk"], "a password of mine\n"), (Some(0), String::new()));
    assert_eq!(user(&["create", "clerk"], "a password of mine\n").0, Some(1), "there is one already");
    assert_eq!(user(&["create", "short"], "short\n").0, Some(1), "too short");
    assert_eq!(user(&["disable", "clerk"], "").0, Some(0));
    let (_, list) = user(&["list"], "");
    assert!(list.contains("admin\t") && list.contains("clerk\t\tdisabled"), "{list}");
    assert!(!list.contains(&made));
}
