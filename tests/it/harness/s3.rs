//! A real S3 store in a process of its own: moto's server.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use menkan::vault::{Credentials, Place, Vault};

pub struct Store {
    process: Child,
    port: u16,
}

impl Store {
    /// A store with the bucket `school`; `None` where it is not installed.
    pub fn start() -> Option<Store> {
        let there = Command::new("python3").args(["-c", "import moto.server"]).output();
        if !there.is_ok_and(|output| output.status.success()) {
            assert!(std::env::var("MENKAN_TEST_ALL").is_err(), "MENKAN_TEST_ALL is set, so moto must be installed");
            println!("not run against a real S3 store: moto is not installed");
            return None;
        }
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let process = Command::new("python3")
            .args(["-m", "moto.server", "-H", "127.0.0.1", "-p", &port.to_string()])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let store = Store { process, port };
        for _ in 0..600 {
            if TcpStream::connect(("127.0.0.1", port)).is_ok() {
                assert!(store.ask("PUT", "/school", "").starts_with("HTTP/1.1 200"));
                return Some(store);
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("moto does not answer");
    }

    /// Our part of the bucket, with the tests' secret.
    pub fn vault(&self, prefix: &str) -> Vault {
        let url = format!("s3://school/{prefix}?endpoint={}&region=us-east-1", self.endpoint());
        let credentials = Credentials { id: "id".to_owned(), secret: "secret".to_owned(), token: None };
        Vault::new(Place::parse(Some(&url), Path::new("data"), Some(credentials)).unwrap(), &[7; 32])
    }

    pub fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// A request of our own; the answer whole. This store lets everyone in who says a name.
    pub fn ask(&self, method: &str, path: &str, body: &str) -> String {
        let mut socket = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        let length = body.len();
        let host = format!("127.0.0.1:{}", self.port);
        let name = "AWS4-HMAC-SHA256 Credential=id/20260101/us-east-1/s3/aws4_request,SignedHeaders=host,Signature=0";
        let head = format!("{method} {path} HTTP/1.1\r\nhost: {host}\r\nauthorization: {name}\r\nconnection: close");
        write!(socket, "{head}\r\ncontent-length: {length}\r\n\r\n{body}").unwrap();
        let mut answer = Vec::new();
        socket.read_to_end(&mut answer).unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
