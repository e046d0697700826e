//! The register of certificates as its manual goes, in a real browser and on both databases;
//! `tests/browser/register.mjs` is the story.

use image::{Rgb, RgbImage};
use serde_json::{Map, Value, json};

use crate::browser::browser;
use crate::files::corpus::jpeg;
use crate::harness::played::{nothing, play};
use crate::web::PASSWORD;
use crate::web::entries::{fill, worlds};

#[test]
fn the_manual_of_the_register_is_followed_step_by_step() {
    let Some(chromium) = browser() else { return };
    for site in worlds() {
        fill(&site, 150);
        let names = ["front", "back", "book1", "book2", "cert1", "cert2", "copy"];
        let picture = |shade: u8| hex::encode(jpeg(&RgbImage::from_pixel(60, 40, Rgb([shade, shade, 90]))));
        let pictures: Map<String, Value> =
            (0..).zip(names).map(|(step, name)| (format!("{name}.jpg"), picture(20 + step * 30).into())).collect();
        let task = json!({
            "base": format!("http://{}", site.address), "chromium": chromium, "password": PASSWORD,
            "student": "4110101", "officer": "officer1", "pictures": pictures,
        });
        play("register.mjs", site.db.kind, &task, nothing);
    }
}
