//! Passwords: argon2id, two at a time, the same work for an account that does not exist.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use argon2::{Algorithm, Argon2, Block, Params, Version};
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use tokio::sync::Semaphore;

use crate::signs::is_unseen;

/// OWASP's figures: some 48 ms and 19 MiB each.
const MEMORY: u32 = 19_456;
const TIMES: u32 = 2;
/// Two cores are kept busy at most, and 38 MiB.
static AT_ONCE: Semaphore = Semaphore::const_new(2);
/// What the work is done in, kept for the next one: given back, each thread that ever did it would hold on to
/// its own.
static ROOMS: Mutex<Vec<Vec<Block>>> = Mutex::new(Vec::new());
static WAITING: AtomicUsize = AtomicUsize::new(0);
/// Beyond these a try is turned away rather than kept waiting.
const MOST_WAITING: usize = 200;
const SHORTEST: usize = 8;
const LONGEST: usize = 200;

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    #[error("a password has at least 8 characters and at most 200 bytes")]
    Length,
    #[error("this password is one of the most common; others try it first")]
    Common,
    #[error("a password does not contain the account's name")]
    Account,
    #[error("too many passwords are being checked")]
    Busy,
    #[error("the password could not be hashed")]
    Failed,
}

/// Passwords that are tried first; a line each, in small letters.
const COMMON: &str = include_str!("common-passwords.txt");
/// An account's name so short may stand in a password by chance.
const SHORT_NAME: usize = 3;

/// Whether an account may have a password: neither too short or long, nor easily guessed.
pub fn allow(account: &str, password: &str) -> Result<(), PasswordError> {
    let seen = password.chars().filter(|sign| !is_unseen(*sign)).count();
    if seen < SHORTEST || password.len() > LONGEST {
        return Err(PasswordError::Length);
    }
    let (small, account) = (password.to_lowercase(), account.to_lowercase());
    if COMMON.lines().any(|common| common == small) {
        return Err(PasswordError::Common);
    }
    if account.chars().count() > SHORT_NAME && small.contains(&account) {
        return Err(PasswordError::Account);
    }
    Ok(())
}

/// A password as it is stored.
pub async fn hash(password: &str) -> Result<String, PasswordError> {
    if password.chars().count() < SHORTEST || password.len() > LONGEST {
        return Err(PasswordError::Length);
    }
    let mut salt = [0u8; 16];
    getrandom::fill(&mut salt).map_err(|_| PasswordError::Failed)?;
    let out = derive(password.to_owned(), salt.to_vec(), MEMORY, TIMES).await?;
    Ok(format!(
        "$argon2id$v=19$m={MEMORY},t={TIMES},p=1${}${}",
        STANDARD_NO_PAD.encode(salt),
        STANDARD_NO_PAD.encode(out)
    ))
}

/// Whether a password is the stored one; without a stored one the same work is done for nothing.
pub async fn verify(password: &str, stored: Option<&str>) -> Result<bool, PasswordError> {
    if password.is_empty() || password.len() > LONGEST {
        return Ok(false);
    }
    let Some((memory, times, salt, expected)) = stored.and_then(parse) else {
        derive(password.to_owned(), vec![7; 16], MEMORY, TIMES).await?;
        return Ok(false);
    };
    let out = derive(password.to_owned(), salt, memory, times).await?;
    Ok(equal(&out, &expected))
}

/// A password to be told once: 20 characters without those that look alike.
pub fn generate() -> Result<String, PasswordError> {
    const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    let mut bytes = [0u8; 20];
    getrandom::fill(&mut bytes).map_err(|_| PasswordError::Failed)?;
    Ok(bytes.iter().map(|byte| char::from(LETTERS[usize::from(byte % 32)])).collect())
}

/// Whether two texts are equal, in a time that does not tell where they differ.
pub fn equal(one: &[u8], other: &[u8]) -> bool {
    one.len() == other.len() && one.iter().zip(other).fold(0, |sum, (a, b)| sum | (a ^ b)) == 0
}

fn parse(stored: &str) -> Option<(u32, u32, Vec<u8>, Vec<u8>)> {
    let mut parts = stored.strip_prefix("$argon2id$v=19$")?.split('$');
    let (settings, salt, out) = (parts.next()?, parts.next()?, parts.next()?);
    let setting = |name: &str| settings.split(',').find_map(|part| part.strip_prefix(name)?.parse().ok());
    Some((setting("m=")?, setting("t=")?, STANDARD_NO_PAD.decode(salt).ok()?, STANDARD_NO_PAD.decode(out).ok()?))
}

async fn derive(password: String, salt: Vec<u8>, memory: u32, times: u32) -> Result<[u8; 32], PasswordError> {
    struct Waiting;
    impl Drop for Waiting {
        fn drop(&mut self) {
            WAITING.fetch_sub(1, Ordering::Relaxed);
        }
    }
    let before = WAITING.fetch_add(1, Ordering::Relaxed);
    let _waiting = Waiting;
    if before >= MOST_WAITING {
        return Err(PasswordError::Busy);
    }
    let permit = AT_ONCE.acquire().await.map_err(|_| PasswordError::Failed)?;
    let work = move || {
        let _permit = permit;
        let params = Params::new(memory, times, 1, Some(32)).map_err(|_| PasswordError::Failed)?;
        let mut out = [0u8; 32];
        let mut blocks = ROOMS.lock().ok().and_then(|mut rooms| rooms.pop()).unwrap_or_default();
        blocks.resize(params.block_count(), Block::default());
        let hashed = Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into_with_memory(password.as_bytes(), &salt, &mut out, &mut blocks)
            .map_err(|_| PasswordError::Failed);
        if let Ok(mut rooms) = ROOMS.lock() {
            rooms.push(blocks);
        }
        hashed.map(|()| out)
    };
    tokio::task::spawn_blocking(work).await.map_err(|_| PasswordError::Failed)?
}
