//! One request and its answer, over a connection of its own. What can be asked twice without harm
//! (here all can) is asked again where the store is busy or the connection broke.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::client::conn::http1;
use hyper::{Method, Request, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore, crypto};

use super::{Bucket, Result, VaultError, sign};

const CONNECT: Duration = Duration::from_secs(10);
const LONGEST: Duration = Duration::from_secs(60);
/// The largest answer that is read.
const MOST: usize = 64 << 20;
const WAITS: [Duration; 2] = [Duration::from_millis(200), Duration::from_secs(1)];

pub struct Answer {
    pub status: StatusCode,
    pub body: Bytes,
}

fn unreachable(error: impl std::fmt::Display) -> VaultError {
    VaultError::Store(format!("the store cannot be reached: {error}"))
}

pub async fn send(bucket: &Bucket, method: Method, path: &str, query: &str, body: Bytes) -> Result<Answer> {
    let mut waits = WAITS.iter();
    loop {
        let answer = match timeout(LONGEST, once(bucket, &method, path, query, body.clone())).await {
            Ok(answer) => answer,
            Err(_) => Err(unreachable("it took too long")),
        };
        let busy = match &answer {
            Ok(answer) => matches!(answer.status.as_u16(), 429 | 500 | 502 | 503 | 504),
            Err(_) => true,
        };
        match waits.next().filter(|_| busy) {
            Some(wait) => sleep(*wait).await,
            None => return answer,
        }
    }
}

async fn once(bucket: &Bucket, method: &Method, path: &str, query: &str, body: Bytes) -> Result<Answer> {
    let signed = sign::Request { method: method.as_str(), host: &bucket.host, path, query, body: &body };
    // A signature is good for a quarter of an hour by the store's own clock.
    let headers = sign::headers(&signed, &bucket.credentials, &bucket.region, chrono::Utc::now())?;
    let address = if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") };
    let mut request = Request::builder().method(method).uri(address).header("host", &bucket.host);
    for (name, value) in headers {
        request = request.header(name, value);
    }
    let request = request.body(Full::new(body)).map_err(unreachable)?;

    let address = if bucket.has_port() { bucket.host.clone() } else { format!("{}:{}", bucket.host, bucket.port()) };
    let socket = timeout(CONNECT, TcpStream::connect(address))
        .await
        .map_err(|_| unreachable("it does not answer"))?
        .map_err(unreachable)?;
    socket.set_nodelay(true).map_err(unreachable)?;
    if !bucket.tls {
        return speak(socket, request).await;
    }
    let name = ServerName::try_from(bucket.name().to_owned()).map_err(unreachable)?;
    let socket = timeout(CONNECT, TlsConnector::from(Arc::new(trust(bucket)?)).connect(name, socket))
        .await
        .map_err(|_| unreachable("it does not answer"))?
        .map_err(unreachable)?;
    speak(socket, request).await
}

async fn speak<S>(socket: S, request: Request<Full<Bytes>>) -> Result<Answer>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (mut sender, connection) = http1::handshake(TokioIo::new(socket)).await.map_err(unreachable)?;
    let carrying = tokio::spawn(connection);
    let answer = async {
        let answer = sender.send_request(request).await.map_err(unreachable)?;
        let (parts, body) = answer.into_parts();
        let body = Limited::new(body, MOST).collect().await.map_err(unreachable)?.to_bytes();
        Ok(Answer { status: parts.status, body })
    }
    .await;
    carrying.abort();
    answer
}

fn trust(bucket: &Bucket) -> Result<ClientConfig> {
    let mut roots = RootCertStore::empty();
    roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    if let Some(file) = &bucket.ca {
        for certificate in CertificateDer::pem_file_iter(file).map_err(unreachable)? {
            roots.add(certificate.map_err(unreachable)?).map_err(unreachable)?;
        }
    }
    Ok(ClientConfig::builder_with_provider(Arc::new(crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(unreachable)?
        .with_root_certificates(roots)
        .with_no_client_auth())
}

impl Bucket {
    /// Whether the host names its port; an IPv6 address has colons of its own in brackets.
    fn has_port(&self) -> bool {
        self.host.rsplit(']').next().is_some_and(|after| after.contains(':'))
    }

    fn port(&self) -> u16 {
        if self.tls { 443 } else { 80 }
    }

    fn name(&self) -> &str {
        let name = if self.has_port() { self.host.rsplit_once(':').map_or("", |(name, _)| name) } else { &self.host };
        name.trim_start_matches('[').trim_end_matches(']')
    }
}
