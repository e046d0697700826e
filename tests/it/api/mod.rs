//! The API as programs meet it: a case from beginning to end, tokens, what is foreign, what is sent
//! wrong, and the description held against every answer.

mod hostile;
mod life;
mod named;
mod several;
mod tokens;
mod used;

use std::cell::RefCell;
use std::rc::Rc;

use menkan::app::accounts;
use menkan::app::tokens::{Scope, Wanted, create};
use menkan::lang::Lang;
use serde_json::{Value as Json, json};

use crate::harness::school;
use crate::web::filing::{OTHER, STUDENT, Window, World, world};
use crate::web::{PASSWORD, Site, exchange};

/// A school with an open window, clerks of its department and its office.
fn staffed() -> World {
    let world = world(Window::Open);
    for site in &world.sites {
        site.runtime.block_on(async {
            let mut tx = site.app.db.begin().await.unwrap();
            school::staff(&mut tx, "clerk2", "clerk", "D1").await;
            school::staff(&mut tx, "office1", "office", "career").await;
            tx.commit().await.unwrap();
            for account in ["clerk2", "office1"] {
                accounts::create(&site.app, account, PASSWORD, Lang::ZhTw, chrono::Utc::now()).await.unwrap();
            }
        });
    }
    world
}

/// A program with a token; what it asks and is answered is kept, to be held against the description.
#[derive(Clone)]
struct Program<'a> {
    site: &'a Site,
    token: String,
    lang: &'static str,
    kept: Rc<RefCell<Vec<Json>>>,
}

struct Reply {
    status: u16,
    headers: Vec<(String, String)>,
    body: String,
    json: Json,
}

impl Reply {
    fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str()).unwrap_or_default()
    }

    fn is(self, status: u16) -> Reply {
        assert_eq!(self.status, status, "{}", self.body);
        self
    }

    /// A refusal of that code.
    fn refuses(self, status: u16, code: &str) -> Reply {
        assert_eq!((self.status, self.json["code"].as_str()), (status, Some(code)), "{}", self.body);
        assert_eq!(self.header("content-type"), "application/problem+json");
        self
    }

    /// The names of the places that are wrong.
    fn names(&self) -> Vec<&str> {
        let errors = self.json["errors"].as_array().map(Vec::as_slice).unwrap_or_default();
        errors.iter().map(|error| error["name"].as_str().unwrap()).collect()
    }

    fn text(&self, name: &str) -> String {
        self.json[name].as_str().unwrap_or_else(|| panic!("no {name}: {}", self.body)).to_owned()
    }

    fn version(&self) -> i64 {
        self.json["version"].as_i64().unwrap_or_else(|| panic!("no version: {}", self.body))
    }
}

fn token(site: &Site, account: &str, scopes: &[Scope]) -> (String, String) {
    let wanted = Wanted { account, name: "a test", scopes, days: 30 };
    let created = site.runtime.block_on(create(&site.app, wanted, chrono::Utc::now())).unwrap();
    (created.text, created.row.id)
}

impl<'a> Program<'a> {
    fn of(site: &'a Site, account: &str) -> Program<'a> {
        Program::with(site, &token(site, account, &Scope::ALL).0)
    }

    fn with(site: &'a Site, token: &str) -> Program<'a> {
        Program { site, token: token.to_owned(), lang: "en", kept: Rc::default() }
    }

    /// Another account's, keeping what it is told in the same place.
    fn beside(&self, account: &str) -> Program<'a> {
        Program { kept: self.kept.clone(), ..Program::of(self.site, account) }
    }

    fn get(&self, path: &str) -> Reply {
        self.ask("GET", path, &[], b"")
    }

    fn send(&self, method: &str, path: &str, body: &Json) -> Reply {
        self.ask(method, path, &[("Content-Type", "application/json")], body.to_string().as_bytes())
    }

    /// A request that may be sent again.
    fn once(&self, path: &str, key: &str, body: &Json) -> Reply {
        let headers = [("Content-Type", "application/json"), ("Idempotency-Key", key)];
        self.ask("POST", path, &headers, body.to_string().as_bytes())
    }

    fn step(&self, id: &str, step: &str, body: &Json) -> Reply {
        self.send("POST", &format!("/api/v1/cases/{id}/moves/{step}"), body)
    }

    fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Reply {
        let (address, length) = (self.site.address, body.len());
        let mut text = format!(
            "{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nAccept-Language: {}\r\n\
             Content-Length: {length}\r\n",
            self.lang
        );
        if !self.token.is_empty() {
            text.push_str(&format!("Authorization: Bearer {}\r\n", self.token));
        }
        for (name, value) in headers {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        text.push_str("\r\n");
        let page = exchange(address, &[text.as_bytes(), body].concat());
        let answered: Json = serde_json::from_str(&page.body).unwrap_or_default();
        let reply = Reply { status: page.status, headers: page.headers, body: page.body, json: answered };
        self.kept.borrow_mut().push(json!({
            "method": method,
            "path": path,
            "status": reply.status,
            "kind": reply.header("content-type"),
            "asked": serde_json::from_slice::<Json>(body).unwrap_or_default(),
            "answered": reply.json,
        }));
        assert!(reply.header("cache-control").contains("no-store"), "{method} {path}");
        assert_eq!(reply.header("set-cookie"), "", "{method} {path}");
        reply
    }

    /// Holds all that was kept against the description.
    fn as_described(&self) {
        let there = std::process::Command::new("python3").args(["-c", "import openapi_spec_validator"]).output();
        if !there.is_ok_and(|output| output.status.success()) {
            assert!(std::env::var("MENKAN_TEST_ALL").is_err(), "openapi-spec-validator must be installed");
            println!("not held against the description: openapi-spec-validator is not installed");
            return;
        }
        let kept = self.kept.borrow().clone();
        let folder = crate::harness::TempFolder::new();
        let (document, lines) = (folder.path().join("openapi.json"), folder.path().join("exchanges"));
        std::fs::write(&document, self.get("/api/openapi.json").is(200).body).unwrap();
        let text: String = kept.iter().map(|one| format!("{one}\n")).collect();
        std::fs::write(&lines, text).unwrap();
        let script = crate::harness::root().join("tests/api/validate.py");
        let output = std::process::Command::new("python3").args([&script, &document, &lines]).output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
        println!("{said}");
    }
}
