//! Cookies: the session's, the device's, the language's. Where the site is https their names begin
//! with `__Host-`, which no sibling domain can set.

use axum::http::HeaderMap;

use super::{Web, nonce};
use crate::lang::Lang;

pub(super) const LANG: &str = "menkan-lang";
pub(super) const NOTICE: &str = "menkan-notice";

/// A browser that was here before; `account` is the one that has signed in on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    pub id: String,
    pub account: Option<String>,
}

pub(super) fn session_name(web: &Web) -> &'static str {
    if web.secure { "__Host-menkan" } else { "menkan" }
}

fn device_name(web: &Web) -> &'static str {
    if web.secure { "__Host-menkan-device" } else { "menkan-device" }
}

pub(super) fn read<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all("cookie")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(known, value)| *known == name && !value.is_empty() && value.len() <= 300)
        .map(|(_, value)| value)
}

fn set(web: &Web, name: &str, value: &str, rest: &str) -> String {
    let secure = if web.secure { "; Secure" } else { "" };
    format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{secure}{rest}")
}

pub(super) fn session(web: &Web, token: &str) -> String {
    set(web, session_name(web), token, "")
}

pub(super) fn no_session(web: &Web) -> String {
    set(web, session_name(web), "", "; Max-Age=0")
}

pub(super) fn lang(web: &Web, lang: Lang) -> String {
    set(web, LANG, lang.code(), "; Max-Age=31536000")
}

/// What is said once on the next page: a key of the locale files.
pub(super) fn notice(web: &Web, key: &str) -> String {
    set(web, NOTICE, key, "; Max-Age=60")
}

pub(super) fn clear_notice() -> String {
    format!("{NOTICE}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0")
}

/// A device that has not been seen yet.
pub(super) fn new_device() -> Option<Device> {
    nonce::random().map(|id| Device { id, account: None })
}

/// The device's cookie: its id and, sealed, the account that has signed in on it.
pub(super) fn set_device(web: &Web, device: &Device) -> String {
    let value = match &device.account {
        Some(account) => {
            let name = hex::encode(account);
            format!("{}.{name}.{}", device.id, nonce::seal(&web.app.settings.secret, &["device", &device.id, &name]))
        }
        None => device.id.clone(),
    };
    set(web, device_name(web), &value, "; Max-Age=31536000")
}

pub(super) fn device(web: &Web, headers: &HeaderMap) -> Option<Device> {
    let mut parts = read(headers, device_name(web))?.split('.');
    let id = parts.next()?.to_owned();
    if id.len() != 32 || !id.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    let account = match (parts.next(), parts.next()) {
        (Some(name), Some(seal)) if nonce::is_seal(&web.app.settings.secret, &["device", &id, name], seal) => {
            hex::decode(name).ok().and_then(|bytes| String::from_utf8(bytes).ok())
        }
        _ => None,
    };
    Some(Device { id, account })
}
