//! Style sheet, script and icons: in the binary, named by their content so that they may be kept.

use std::collections::HashMap;
use std::sync::OnceLock;

use sha2::{Digest, Sha256};

#[derive(rust_embed::RustEmbed)]
#[folder = "style"]
struct Style;

/// One file, as it is served.
pub struct Asset {
    pub kind: &'static str,
    pub bytes: Vec<u8>,
}

/// The assets by the name in their address: `menkan.1a2b3c4d.css`.
pub fn get(name: &str) -> Option<&'static Asset> {
    all().0.get(name)
}

/// The address of an asset: `/assets/menkan.1a2b3c4d.css` for `menkan.css`.
pub fn address(file: &str) -> String {
    all().1.get(file).map_or_else(|| format!("/assets/{file}"), |name| format!("/assets/{name}"))
}

type All = (HashMap<String, Asset>, HashMap<String, String>);

fn all() -> &'static All {
    static ALL: OnceLock<All> = OnceLock::new();
    ALL.get_or_init(|| {
        let mut assets = HashMap::new();
        let mut names = HashMap::new();
        for file in Style::iter() {
            let Some(found) = Style::get(&file) else { continue };
            let Some((stem, extension)) = file.rsplit_once('.') else { continue };
            let kind = match extension {
                "css" => "text/css; charset=utf-8",
                "js" => "text/javascript; charset=utf-8",
                "svg" => "image/svg+xml",
                _ => continue,
            };
            let hash = hex::encode(&Sha256::digest(&found.data)[..6]);
            let name = format!("{stem}.{hash}.{extension}");
            names.insert(file.to_string(), name.clone());
            assets.insert(name, Asset { kind, bytes: found.data.into_owned() });
        }
        (assets, names)
    })
}
