//! Nonces of forms, bound to the session: a second layer beside the request's own origin.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::app::password;

pub(super) fn random() -> Option<String> {
    let mut bytes = [0u8; 16];
    getrandom::fill(&mut bytes).ok()?;
    Some(hex::encode(bytes))
}

/// What only this server can write below these words.
pub(super) fn seal(secret: &[u8; 32], words: &[&str]) -> String {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret) else { return String::new() };
    for word in words {
        mac.update(&(word.len() as u64).to_be_bytes());
        mac.update(word.as_bytes());
    }
    hex::encode(&mac.finalize().into_bytes()[..16])
}

pub(super) fn is_seal(secret: &[u8; 32], words: &[&str], given: &str) -> bool {
    let right = seal(secret, words);
    !right.is_empty() && password::equal(right.as_bytes(), given.as_bytes())
}

/// The nonce of a page's forms.
pub(super) fn make(secret: &[u8; 32], binding: &str) -> String {
    let random = random().unwrap_or_default();
    format!("{random}.{}", seal(secret, &["form", binding, &random]))
}

pub(super) fn is_right(secret: &[u8; 32], binding: &str, given: &str) -> bool {
    given.split_once('.').is_some_and(|(random, sealed)| is_seal(secret, &["form", binding, random], sealed))
}
