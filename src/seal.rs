//! Sealing of private data: XChaCha20-Poly1305 with the school's secret. What is sealed is bound
//! to its place, so that it cannot be moved to another row. Pure: the nonce is an argument.

use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};

/// Why a sealed text cannot be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    #[error("this is not sealed")]
    NotSealed,
    #[error("it was sealed with another key")]
    OtherKey,
    #[error("it was changed, cut short or moved from another place")]
    Changed,
}

/// What texts come to under the school's secret: the same always, and no way back to them.
pub fn mark(secret: &[u8; 32], purpose: &str, texts: &[&str]) -> String {
    let Ok(mut mac) = <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(secret) else { return String::new() };
    for text in std::iter::once(&purpose).chain(texts) {
        mac.update(&(text.len() as u64).to_be_bytes());
        mac.update(text.as_bytes());
    }
    hex::encode(mac.finalize().into_bytes())
}

/// What sealed bytes begin with, before the key's id and the nonce.
const BYTES: &[u8; 4] = b"MKS1";
const HEAD: usize = 4 + 4 + 24;

/// A key for one purpose, made from the school's secret.
pub struct Key {
    cipher: XChaCha20Poly1305,
    id: String,
}

impl Key {
    /// Two purposes have unrelated keys.
    pub fn new(secret: &[u8; 32], purpose: &str) -> Key {
        let mut bytes = [0u8; 32];
        // An HMAC takes a key of any length, so this cannot fail; were it to, nothing would open.
        if let Ok(mut mac) = <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(secret) {
            mac.update(purpose.as_bytes());
            bytes.copy_from_slice(&mac.finalize().into_bytes());
        }
        Key { id: hex::encode(&Sha256::digest(bytes)[..4]), cipher: XChaCha20Poly1305::new(&bytes.into()) }
    }

    /// `v1|key|nonce|text` in hex. A nonce is used once; 24 random bytes never meet again.
    pub fn seal(&self, nonce: [u8; 24], place: &str, plain: &[u8]) -> Result<String, SealError> {
        let payload = Payload { msg: plain, aad: place.as_bytes() };
        let sealed = self.cipher.encrypt(&XNonce::from(nonce), payload).map_err(|_| SealError::Changed)?;
        Ok(format!("v1|{}|{}|{}", self.id, hex::encode(nonce), hex::encode(sealed)))
    }

    pub fn open(&self, place: &str, text: &str) -> Result<Vec<u8>, SealError> {
        let mut parts = text.split('|');
        let (Some("v1"), Some(id), Some(nonce), Some(sealed), None) =
            (parts.next(), parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(SealError::NotSealed);
        };
        if id != self.id {
            return Err(SealError::OtherKey);
        }
        let mut nonce_bytes = [0u8; 24];
        hex::decode_to_slice(nonce, &mut nonce_bytes).map_err(|_| SealError::NotSealed)?;
        let sealed = hex::decode(sealed).map_err(|_| SealError::NotSealed)?;
        let payload = Payload { msg: sealed.as_slice(), aad: place.as_bytes() };
        self.cipher.decrypt(&XNonce::from(nonce_bytes), payload).map_err(|_| SealError::Changed)
    }

    /// The same for a file: `MKS1`, key, nonce, text, as bytes.
    pub fn seal_bytes(&self, nonce: [u8; 24], place: &str, plain: &[u8]) -> Result<Vec<u8>, SealError> {
        let payload = Payload { msg: plain, aad: place.as_bytes() };
        let sealed = self.cipher.encrypt(&XNonce::from(nonce), payload).map_err(|_| SealError::Changed)?;
        let mut out = Vec::with_capacity(HEAD + sealed.len());
        out.extend(BYTES);
        out.extend(hex::decode(&self.id).unwrap_or_default());
        out.extend(nonce);
        out.extend(sealed);
        Ok(out)
    }

    pub fn open_bytes(&self, place: &str, bytes: &[u8]) -> Result<Vec<u8>, SealError> {
        let Some((head, sealed)) = bytes.split_at_checked(HEAD).filter(|(head, _)| head.starts_with(BYTES)) else {
            return Err(SealError::NotSealed);
        };
        if hex::encode(&head[4..8]) != self.id {
            return Err(SealError::OtherKey);
        }
        let nonce: [u8; 24] = head[8..].try_into().map_err(|_| SealError::NotSealed)?;
        let payload = Payload { msg: sealed, aad: place.as_bytes() };
        self.cipher.decrypt(&XNonce::from(nonce), payload).map_err(|_| SealError::Changed)
    }
}

/// Links rows that are only added to: each row's link is made with the school's secret from the
/// link before it and the row's text, so that no row can be changed, left out or moved without it.
pub struct Chain(Hmac<Sha256>);

impl Chain {
    pub fn new(secret: &[u8; 32], purpose: &str) -> Chain {
        // An HMAC fills its key with zeros to the length of a block.
        let block = |key: &[u8]| {
            let mut block = [0u8; 64];
            block[..32].copy_from_slice(key);
            <Hmac<Sha256> as hmac::KeyInit>::new(&block.into())
        };
        let mut key = block(secret);
        key.update(purpose.as_bytes());
        Chain(block(&key.finalize().into_bytes()))
    }

    /// 64 hex digits.
    pub fn link(&self, previous: &str, text: &str) -> String {
        let mut mac = self.0.clone();
        mac.update(previous.as_bytes());
        mac.update(b"\n");
        mac.update(text.as_bytes());
        hex::encode(mac.finalize().into_bytes())
    }
}
