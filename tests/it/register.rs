//! The register of certificates as its manual goes, in a real browser and on both databases;
//! `tests/browser/register.mjs` is the story.

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

use image::{Rgb, RgbImage};
use serde_json::{Map, Value, json};

use crate::browser::browser;
use crate::files::corpus::jpeg;
use crate::harness;
use crate::web::PASSWORD;
use crate::web::entries::{fill, worlds};

#[test]
fn the_manual_of_the_register_is_followed_step_by_step() {
    let Some(chromium) = browser() else { return };
    for site in worlds() {
        fill(&site, 150);
        let mut node = Command::new("node")
            .arg(harness::root().join("tests/browser/register.mjs"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("node runs");
        let names = ["front", "back", "book1", "book2", "cert1", "cert2", "copy"];
        let picture = |shade: u8| hex::encode(jpeg(&RgbImage::from_pixel(60, 40, Rgb([shade, shade, 90]))));
        let pictures: Map<String, Value> =
            (0..).zip(names).map(|(step, name)| (format!("{name}.jpg"), picture(20 + step * 30).into())).collect();
        let task = json!({
            "base": format!("http://{}", site.address), "chromium": chromium, "password": PASSWORD,
            "student": "4110101", "officer": "officer1", "pictures": pictures,
        });
        writeln!(node.stdin.take().unwrap(), "{task}").unwrap();
        let mut said = String::new();
        BufReader::new(node.stdout.take().unwrap()).read_line(&mut said).unwrap();
        let done: Value = serde_json::from_str(&said).unwrap_or_else(|_| panic!("the browser's script ended: {said}"));
        assert_eq!(done["done"], true, "on {}: {}", site.db.kind, done["failed"].as_str().unwrap_or_default());
        assert!(node.wait().unwrap().success());
    }
}
