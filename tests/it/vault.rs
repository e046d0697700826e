//! What the vault promises: what is put is there and whole, nothing plain is on the disk, and what
//! was moved, cut or changed does not open.

use std::path::Path;

use chrono::Utc;
use menkan::seal::SealError;
use menkan::vault::{Credentials, Place, Vault, VaultError, new_key};

use crate::harness::TempFolder;
use crate::harness::s3::Store;

const SECRET: [u8; 32] = [7; 32];
const CANARY: &[u8] = b"CANARY-0123456789-CANARY";

fn in_folder(path: &Path) -> Vault {
    Vault::new(Place::Folder(path.join("files")), &SECRET)
}

async fn put(vault: &Vault, bytes: &[u8]) -> String {
    let key = new_key().unwrap();
    vault.put(&key, bytes).await.unwrap();
    key
}

/// Put, read, listed, deleted: the same in a folder and in a store.
async fn keeps(vault: &Vault) {
    assert_eq!(vault.list().await.unwrap(), []);
    let mut keys = Vec::new();
    for bytes in [b"".as_slice(), CANARY, &vec![0xA5; 3 << 20]] {
        let key = put(vault, bytes).await;
        assert_eq!(vault.get(&key).await.unwrap(), bytes);
        keys.push(key);
    }
    let mut listed: Vec<String> = vault.list().await.unwrap().into_iter().map(|kept| kept.key).collect();
    listed.sort();
    keys.sort();
    assert_eq!(listed, keys);
    let age = Utc::now() - vault.list().await.unwrap()[0].since;
    assert!(age.num_seconds().abs() < 60, "{age}");
    for key in &keys {
        vault.delete(key).await.unwrap();
        vault.delete(key).await.unwrap();
        assert!(matches!(vault.get(key).await, Err(VaultError::Missing(_))));
    }
    for foreign in ["", "../menkan.db", "..", &keys[0].to_uppercase(), &"z".repeat(32)] {
        assert!(matches!(vault.get(foreign).await, Err(VaultError::Missing(_))), "{foreign}");
        vault.delete(foreign).await.unwrap();
    }
    assert_eq!(vault.list().await.unwrap(), []);
}

#[tokio::test]
async fn a_folder_keeps_files_sealed_and_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let data = TempFolder::new();
    let vault = in_folder(data.path());
    keeps(&vault).await;
    let folder = data.path().join("files");
    // Where somebody opened it to others it is closed again.
    std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o755)).unwrap();
    let key = put(&vault, CANARY).await;
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&folder), mode(&folder.join(&key))), (0o700, 0o600));
    let kept = std::fs::read(folder.join(&key)).unwrap();
    assert!(!kept.windows(CANARY.len()).any(|window| window == CANARY));
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1, "nothing unfinished is left");
}

#[tokio::test]
async fn what_a_crash_left_unfinished_is_no_file_and_is_removed() {
    let data = TempFolder::new();
    let vault = in_folder(data.path());
    let key = put(&vault, CANARY).await;
    let half = data.path().join("files").join(format!(".unfinished-{key}"));
    std::fs::write(&half, b"MKS1").unwrap();
    assert_eq!(vault.list().await.unwrap().len(), 1);
    vault.tidy(Utc::now() - chrono::Duration::hours(1)).await.unwrap();
    assert!(half.exists(), "it may still be being written");
    vault.tidy(Utc::now() + chrono::Duration::hours(1)).await.unwrap();
    assert!(!half.exists());
    assert_eq!(vault.get(&key).await.unwrap(), CANARY);
}

#[tokio::test]
async fn what_was_moved_cut_changed_or_sealed_with_another_key_does_not_open() {
    let data = TempFolder::new();
    let vault = in_folder(data.path());
    let (one, other) = (put(&vault, CANARY).await, put(&vault, b"another").await);
    let path = |key: &str| data.path().join("files").join(key);
    let whole = std::fs::read(path(&one)).unwrap();
    let why = async |key: &str| match vault.get(key).await {
        Err(VaultError::Seal { why, .. }) => why,
        answer => panic!("{answer:?}"),
    };
    // Moved to another file's place.
    std::fs::copy(path(&one), path(&other)).unwrap();
    assert_eq!(why(&other).await, SealError::Changed);
    // Cut at each length, and each bit of it turned.
    let mut tried = 0;
    for length in 0..whole.len() {
        std::fs::write(path(&one), &whole[..length]).unwrap();
        let expected = if length < 32 { SealError::NotSealed } else { SealError::Changed };
        assert_eq!(why(&one).await, expected, "{length}");
        tried += 1;
    }
    for at in 0..whole.len() {
        for bit in 0..8 {
            let mut changed = whole.clone();
            changed[at] ^= 1 << bit;
            std::fs::write(path(&one), &changed).unwrap();
            let expected = match at {
                0..4 => SealError::NotSealed,
                4..8 => SealError::OtherKey,
                _ => SealError::Changed,
            };
            assert_eq!(why(&one).await, expected, "{at} {bit}");
            tried += 1;
        }
    }
    assert!(tried >= 200, "{tried}");
    std::fs::write(path(&one), &whole).unwrap();
    assert_eq!(vault.get(&one).await.unwrap(), CANARY);
    // Another school's secret.
    let other = Vault::new(Place::Folder(data.path().join("files")), &[8; 32]);
    assert!(matches!(other.get(&one).await, Err(VaultError::Seal { why: SealError::OtherKey, .. })));
}

#[tokio::test]
async fn an_s3_store_keeps_files_sealed_too() {
    let Some(store) = Store::start() else { return };
    let vault = store.vault("the/files");
    keeps(&vault).await;
    let key = put(&vault, CANARY).await;
    let kept = store.ask("GET", &format!("/school/the/files/{key}"), "");
    assert!(kept.starts_with("HTTP/1.1 200") && kept.contains("MKS1"), "{kept}");
    assert!(!kept.contains("CANARY"));
    // Beside ours others may keep theirs; more than one page of them is read.
    store.ask("PUT", "/school/the/files/readme.txt", "x");
    store.ask("PUT", "/school/elsewhere", "x");
    for number in 0..1_010 {
        store.ask("PUT", &format!("/school/the/files/{number:032x}"), "x");
    }
    assert_eq!(vault.list().await.unwrap().len(), 1_011);
    assert_eq!(vault.get(&format!("{:032x}", 7)).await.unwrap_err().to_string(), {
        "the file 00000000000000000000000000000007 cannot be opened: this is not sealed"
    });
    // Without a prefix all of the bucket is listed, and only what can be a file's key is ours.
    let plain = store.vault("");
    assert_eq!(plain.list().await.unwrap(), []);
    let key = put(&plain, CANARY).await;
    assert_eq!(plain.list().await.unwrap()[0].key, key);
}

#[tokio::test]
async fn a_store_that_is_not_there_or_refuses_is_said_to_be() {
    let place = |url: &str| {
        let credentials = Credentials { id: "id".to_owned(), secret: "secret".to_owned(), token: None };
        Place::parse(Some(url), Path::new("data"), Some(credentials))
    };
    let nobody = Vault::new(place("s3://school?endpoint=http://127.0.0.1:1").unwrap(), &SECRET);
    assert!(
        matches!(nobody.put(&new_key().unwrap(), b"x").await, Err(VaultError::Store(why)) if why.contains("cannot be reached"))
    );
    for url in [
        "s3://",
        "s3:///x",
        "s3://a b",
        "s3://a?x=1",
        "s3://a?endpoint=here",
        "s3://a?endpoint=ftp://here",
        "s3://a?endpoint=https://",
        "ftp://a",
        "http://a",
    ] {
        assert!(matches!(place(url), Err(VaultError::Url(_))), "{url}");
    }
    assert!(matches!(Place::parse(Some("s3://school"), Path::new("data"), None), Err(VaultError::Url(_))));
    if let Some(store) = Store::start() {
        let url = format!("s3://nobodys?endpoint={}", store.endpoint());
        let vault = Vault::new(place(&url).unwrap(), &SECRET);
        for answer in [vault.put(&new_key().unwrap(), b"x").await, vault.get(&"0".repeat(32)).await.map(drop)] {
            assert!(matches!(&answer, Err(VaultError::Store(why)) if why.contains("NoSuchBucket")), "{answer:?}");
        }
    }
}

#[test]
fn requests_are_signed_as_amazons_own_examples_are() {
    use menkan::vault::s3::sign;
    // The examples "GET bucket lifecycle" and "GET bucket (list objects)" of the page that `sign` names.
    let credentials = Credentials {
        id: "AKIAIOSFODNN7EXAMPLE".to_owned(),
        secret: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".to_owned(),
        token: None,
    };
    let now = "2013-05-24T00:00:00Z".parse().unwrap();
    for (query, signature) in [
        ("lifecycle=", "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"),
        ("max-keys=2&prefix=J", "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"),
    ] {
        let request =
            sign::Request { method: "GET", host: "examplebucket.s3.amazonaws.com", path: "/", query, body: b"" };
        let headers = sign::headers(&request, &credentials, "us-east-1", now).unwrap();
        let said = &headers.iter().find(|(name, _)| *name == "authorization").unwrap().1;
        assert!(said.ends_with(&format!("Signature={signature}")), "{query}: {said}");
    }
}
