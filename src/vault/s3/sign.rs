//! AWS Signature Version 4 of one request, as
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html> says it.

use hmac::{Hmac, KeyInit, Mac};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use sha2::{Digest, Sha256};

use super::{Credentials, Result, VaultError};
use crate::clock::Instant;

const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// A value of a query, as it is signed and sent.
pub fn encode(text: &str) -> String {
    utf8_percent_encode(text, UNRESERVED).to_string()
}

/// What is signed. The path needs no escape, and the query is sorted and escaped.
pub struct Request<'a> {
    pub method: &'a str,
    pub host: &'a str,
    pub path: &'a str,
    pub query: &'a str,
    pub body: &'a [u8],
}

/// The headers to send, the host's aside.
pub fn headers(
    request: &Request<'_>,
    credentials: &Credentials,
    region: &str,
    now: Instant,
) -> Result<Vec<(&'static str, String)>> {
    let moment = now.format("%Y%m%dT%H%M%SZ").to_string();
    let day = &moment[..8];
    let body = hex::encode(Sha256::digest(request.body));
    let mut headers = vec![("host", request.host.to_owned()), ("x-amz-content-sha256", body.clone())];
    headers.push(("x-amz-date", moment.clone()));
    if let Some(token) = &credentials.token {
        headers.push(("x-amz-security-token", token.clone()));
    }
    let named: Vec<&str> = headers.iter().map(|(name, _)| *name).collect();
    let named = named.join(";");
    let lines: String = headers.iter().map(|(name, value)| format!("{name}:{}\n", value.trim())).collect();
    let Request { method, path, query, .. } = request;
    let canonical = format!("{method}\n{path}\n{query}\n{lines}\n{named}\n{body}");
    let scope = format!("{day}/{region}/s3/aws4_request");
    let text = format!("AWS4-HMAC-SHA256\n{moment}\n{scope}\n{}", hex::encode(Sha256::digest(canonical)));
    let mut key = format!("AWS4{}", credentials.secret).into_bytes();
    for part in [day, region, "s3", "aws4_request"] {
        key = mac(&key, part)?;
    }
    let signature = hex::encode(mac(&key, &text)?);
    headers.remove(0);
    let id = &credentials.id;
    let said = format!("AWS4-HMAC-SHA256 Credential={id}/{scope},SignedHeaders={named},Signature={signature}");
    headers.push(("authorization", said));
    Ok(headers)
}

fn mac(key: &[u8], text: &str) -> Result<Vec<u8>> {
    let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(key)
        .map_err(|error| VaultError::Store(format!("signature: {error}")))?;
    mac.update(text.as_bytes());
    Ok(mac.finalize().into_bytes().to_vec())
}
