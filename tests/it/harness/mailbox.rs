//! A real SMTP server in a process of its own, aiosmtpd, with a Maildir behind it.

use std::process::Command;
use std::time::Duration;

use super::TempFolder;

pub struct RealServer {
    process: std::process::Child,
    pub port: u16,
    folder: TempFolder,
}

impl RealServer {
    /// A server with further arguments; `None` where it is not installed.
    pub fn start(extra: &[&str]) -> Option<RealServer> {
        RealServer::that(extra, "")
    }

    /// A server that answers a recipient as `rule` says: lines of Python that may `return` an answer.
    pub fn that(extra: &[&str], rule: &str) -> Option<RealServer> {
        let there = Command::new("python3").args(["-c", "import aiosmtpd"]).output();
        if !there.is_ok_and(|output| output.status.success()) {
            assert!(std::env::var("MENKAN_TEST_ALL").is_err(), "MENKAN_TEST_ALL is set, so aiosmtpd must be installed");
            println!("not run against a real SMTP server: aiosmtpd is not installed");
            return None;
        }
        let folder = TempFolder::new();
        let handler = format!(
            "from aiosmtpd.handlers import Mailbox\n\nclass Handler(Mailbox):\n    \
             async def handle_RCPT(self, server, session, envelope, address, options):\n        {rule}\n        \
             envelope.rcpt_tos.append(address)\n        return '250 OK'\n"
        );
        std::fs::write(folder.path().join("handler.py"), handler).unwrap();
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let process = Command::new("python3")
            .args(["-m", "aiosmtpd", "-n", "-l", &format!("127.0.0.1:{port}")])
            .args(extra)
            .args(["-c", "handler.Handler"])
            .env("PYTHONPATH", folder.path())
            .arg(folder.path().join("mailbox"))
            .stderr(std::process::Stdio::null())
            .spawn()
            .unwrap();
        let server = RealServer { process, port, folder };
        for _ in 0..400 {
            if std::net::TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return Some(server);
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("aiosmtpd does not answer");
    }

    pub fn url(&self) -> String {
        format!("smtp://127.0.0.1:{}", self.port)
    }

    pub fn mails(&self) -> Vec<std::path::PathBuf> {
        let Ok(folder) = std::fs::read_dir(self.folder.path().join("mailbox/new")) else { return Vec::new() };
        folder.map(|entry| entry.unwrap().path()).collect()
    }

    /// The mails that went to an address, as they came.
    pub fn to(&self, address: &str) -> Vec<String> {
        let mails = self.mails().into_iter().map(|path| std::fs::read_to_string(path).unwrap());
        mails.filter(|mail| mail.lines().any(|line| line.starts_with("X-RcptTo:") && line.contains(address))).collect()
    }
}

impl Drop for RealServer {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
