//! Sealed files in any store that speaks S3: an object is put, read, deleted and listed, no more.
//! Requests are signed with AWS Signature Version 4.

mod http;
pub mod sign;

use std::path::PathBuf;

use hyper::Method;
use percent_encoding::percent_decode_str;

use super::{Kept, Result, VaultError, is_key};

/// The keys of an account at the store.
#[derive(Clone)]
pub struct Credentials {
    pub id: String,
    pub secret: String,
    /// For keys that are lent for a time.
    pub token: Option<String>,
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Credentials({})", self.id)
    }
}

/// A bucket and where in it our objects are.
#[derive(Clone, Debug)]
pub struct Bucket {
    tls: bool,
    /// With its port, where there is one.
    host: String,
    /// What stands before a key in an address: `/bucket` where the host is not the bucket's own.
    base: String,
    /// What stands before a key in the bucket; empty or with a slash at its end.
    prefix: String,
    region: String,
    /// A certificate authority of the school's own.
    ca: Option<PathBuf>,
    credentials: Credentials,
}

impl Bucket {
    /// `s3://bucket/prefix?endpoint=https://…&region=…&ca=FILE`; without an endpoint it is Amazon's.
    pub fn parse(url: &str, credentials: Option<Credentials>) -> Result<Bucket> {
        let wrong = |why: &str| VaultError::Url(why.to_owned());
        let rest = url.strip_prefix("s3://").ok_or_else(|| wrong("must begin with s3://"))?;
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (bucket, prefix) = path.split_once('/').unwrap_or((path, ""));
        let allowed = |text: &str| text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._/".contains(&b));
        if bucket.is_empty() || !allowed(path) {
            return Err(wrong("names no bucket, or has letters in it that a bucket cannot have"));
        }
        let (mut endpoint, mut region, mut ca) = (None, "us-east-1".to_owned(), None);
        for (name, value) in query.split('&').filter_map(|pair| pair.split_once('=')) {
            let value = percent_decode_str(value).decode_utf8_lossy().into_owned();
            match name {
                "endpoint" => endpoint = Some(value),
                "region" => region = value,
                "ca" => ca = Some(PathBuf::from(value)),
                _ => return Err(VaultError::Url(format!("knows endpoint, region and ca, not `{name}`"))),
            }
        }
        let credentials = credentials
            .ok_or_else(|| wrong("s3:// needs AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment"))?;
        let (tls, host, base) = match endpoint {
            None => (true, format!("{bucket}.s3.{region}.amazonaws.com"), String::new()),
            Some(endpoint) => {
                let (scheme, host) =
                    endpoint.split_once("://").ok_or_else(|| wrong("endpoint must begin with https:// or http://"))?;
                let host = host.trim_end_matches('/');
                let tls = match scheme {
                    "https" => true,
                    "http" => false,
                    _ => return Err(wrong("endpoint must begin with https:// or http://")),
                };
                if host.is_empty() || !host.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._:[]".contains(&b)) {
                    return Err(wrong("endpoint must be a host, with a port where it needs one"));
                }
                (tls, host.to_owned(), format!("/{bucket}"))
            }
        };
        let prefix = match prefix.trim_matches('/') {
            "" => String::new(),
            prefix => format!("{prefix}/"),
        };
        Ok(Bucket { tls, host, base, prefix, region, ca, credentials })
    }

    fn path(&self, key: &str) -> String {
        format!("{}/{}{key}", self.base, self.prefix)
    }
}

pub async fn put(bucket: &Bucket, key: &str, sealed: Vec<u8>) -> Result<()> {
    let answer = http::send(bucket, Method::PUT, &bucket.path(key), "", sealed.into()).await?;
    if answer.status.is_success() { Ok(()) } else { Err(refused("put", &answer)) }
}

pub async fn get(bucket: &Bucket, key: &str) -> Result<Vec<u8>> {
    let answer = http::send(bucket, Method::GET, &bucket.path(key), "", Vec::new().into()).await?;
    match answer.status.as_u16() {
        200 => Ok(answer.body.into()),
        404 if code(&answer) != "NoSuchBucket" => Err(VaultError::Missing(key.to_owned())),
        _ => Err(refused("get", &answer)),
    }
}

pub async fn delete(bucket: &Bucket, key: &str) -> Result<()> {
    let answer = http::send(bucket, Method::DELETE, &bucket.path(key), "", Vec::new().into()).await?;
    let gone = answer.status.is_success() || (answer.status.as_u16() == 404 && code(&answer) != "NoSuchBucket");
    if gone { Ok(()) } else { Err(refused("delete", &answer)) }
}

pub async fn list(bucket: &Bucket) -> Result<Vec<Kept>> {
    let mut kept = Vec::new();
    let mut after: Option<String> = None;
    loop {
        // In the order of their names, as they are signed.
        let token = after.as_deref().map(|token| format!("continuation-token={}&", sign::encode(token)));
        let query = format!("{}list-type=2&prefix={}", token.unwrap_or_default(), sign::encode(&bucket.prefix));
        let base = if bucket.base.is_empty() { "/" } else { &bucket.base };
        let answer = http::send(bucket, Method::GET, base, &query, Vec::new().into()).await?;
        if !answer.status.is_success() {
            return Err(refused("list", &answer));
        }
        let text = String::from_utf8_lossy(&answer.body);
        for object in parts(&text, "Contents") {
            let key = part(object, "Key").unwrap_or_default();
            let since = part(object, "LastModified").unwrap_or_default();
            let (Some(key), Ok(since)) =
                (key.strip_prefix(&bucket.prefix), chrono::DateTime::parse_from_rfc3339(&since))
            else {
                continue;
            };
            if is_key(key) {
                kept.push(Kept { key: key.to_owned(), since: since.to_utc() });
            }
        }
        after = part(&text, "NextContinuationToken");
        if after.is_none() {
            return Ok(kept);
        }
    }
}

/// What stands in each element of that name; the names that we ask for do not nest.
fn parts<'a>(xml: &'a str, name: &str) -> impl Iterator<Item = &'a str> {
    let (open, close) = (format!("<{name}>"), format!("</{name}>"));
    let mut rest = xml;
    std::iter::from_fn(move || {
        let begin = rest.find(&open)? + open.len();
        let end = begin + rest[begin..].find(&close)?;
        let found = &rest[begin..end];
        rest = &rest[end..];
        Some(found)
    })
}

fn part(xml: &str, name: &str) -> Option<String> {
    let text = parts(xml, name).next()?;
    let plain = text.replace("&quot;", "\"").replace("&apos;", "'").replace("&lt;", "<").replace("&gt;", ">");
    Some(plain.replace("&amp;", "&"))
}

/// The code in the store's answer: `NoSuchKey`, `AccessDenied`.
fn code(answer: &http::Answer) -> String {
    part(&String::from_utf8_lossy(&answer.body), "Code").unwrap_or_default()
}

fn refused(what: &str, answer: &http::Answer) -> VaultError {
    let code = code(answer);
    // What stores that have a quota answer when it is reached.
    if answer.status.as_u16() == 507 || code == "QuotaExceeded" || code == "XMinioStorageFull" {
        return VaultError::Full;
    }
    VaultError::Store(format!("the store refused to {what}: {} {code}", answer.status))
}
