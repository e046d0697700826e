//! Listening: connections with a time limit for their heads, and stopping without losing a request.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;

use super::crowd::Crowd;
use super::{Peer, Web, router};

/// A request's head takes no longer than this, nor does a connection wait longer for the next one.
const HEAD: Duration = Duration::from_secs(15);
/// Requests that are being answered when the server is told to stop.
const DRAIN: Duration = Duration::from_secs(20);
/// Connections at once; the rest wait to be accepted.
const MOST: usize = 4096;
/// Of these, one address has so many at most: a campus may share one.
const MOST_OF_ONE: usize = 1024;

/// Serves until `stop` is done; then no connection is accepted, those that are being answered are
/// finished, and the function returns.
pub async fn serve(listener: TcpListener, web: Arc<Web>, stop: impl Future<Output = ()>) {
    let service = router(web.clone());
    let graceful = GracefulShutdown::new();
    let room = Arc::new(tokio::sync::Semaphore::new(MOST));
    let connected = Crowd::new(MOST_OF_ONE);
    let mut stop = std::pin::pin!(stop);
    loop {
        let Ok(permit) = room.clone().acquire_owned().await else { break };
        let (stream, peer) = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    // Out of file descriptors: some will be given back.
                    tracing::warn!(%error, "a connection was not accepted");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                }
            },
            () = &mut stop => break,
        };
        // A proxy has everybody's connections; so has whoever stands before a server that listens only here.
        let is_one = !peer.ip().to_canonical().is_loopback() && !web.is_proxy(peer.ip());
        let inside = if is_one { connected.enter(peer.ip()) } else { None };
        if is_one && inside.is_none() {
            continue;
        }
        let _ = stream.set_nodelay(true);
        let (service, asked) = (service.clone(), web.clone());
        let with_peer = tower::service_fn(move |mut request: hyper::Request<hyper::body::Incoming>| {
            let by = asked.asked_by(peer, request.headers());
            request.extensions_mut().insert(Peer(by));
            tower::ServiceExt::oneshot(service.clone(), request.map(axum::body::Body::new))
        });
        let connection = hyper::server::conn::http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD)
            .max_buf_size(64 * 1024)
            .serve_connection(TokioIo::new(stream), TowerToHyperService::new(with_peer));
        let watched = graceful.watch(connection);
        tokio::spawn(async move {
            if let Err(error) = watched.await {
                tracing::debug!(%error, "a connection ended");
            }
            drop((permit, inside));
        });
    }
    web.draining.store(true, Ordering::Relaxed);
    drop(listener);
    if tokio::time::timeout(DRAIN, graceful.shutdown()).await.is_err() {
        tracing::warn!("some requests were still being answered when the server stopped");
    }
}
