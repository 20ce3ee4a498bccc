//! One open door: accepts, shakes hands, hands requests over. Owns the bounds on strangers (how many, how long until they say
//! something) and the order of ending; knows no resource.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use hyper_util::service::TowerToHyperService;
use rustls::ServerConfig;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use crate::limits::{ACCEPT_AGAIN, HANDSHAKE_DEADLINE, IDLE_LIMIT, MAX_CONNECTIONS, STOP_DEADLINE};
use crate::text::told;

const HTTPS_PORT: u16 = 443;

/// At which of this machine's addresses a request arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ArrivedAt(pub SocketAddr);

/// From where a request comes, as far as this machine can tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ComesFrom(pub IpAddr);

impl ArrivedAt {
    /// Whether a request means this place by its host: the port that HTTPS has by itself is not said.
    pub fn is_called(self, host: &str) -> bool {
        let host = if self.0.port() == HTTPS_PORT { format!("{host}:{HTTPS_PORT}") } else { host.to_owned() };
        self.0.to_string() == host
    }
}

/// A door that is open.
pub struct OpenDoor {
    listener: TcpListener,
    address: SocketAddr,
    tls: TlsAcceptor,
}

/// An address that cannot be listened on.
#[derive(Debug, thiserror::Error)]
#[error("{address} cannot be listened on")]
pub struct OpenError {
    /// Which.
    pub address: SocketAddr,
    /// What the system said.
    #[source]
    pub source: io::Error,
}

/// Opens one that speaks TLS by these settings.
pub async fn open(address: SocketAddr, tls: ServerConfig) -> Result<OpenDoor, OpenError> {
    let failed = |source| OpenError { address, source };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    Ok(OpenDoor { listener, address, tls: TlsAcceptor::from(Arc::new(tls)) })
}

impl OpenDoor {
    /// Where it is.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves until it is asked to stop, then lets what is under way end. Dropped, it cuts all connections.
    pub async fn serve(self, router: Router, stopping: CancellationToken) {
        let (places, ending) = (Arc::new(Semaphore::new(MAX_CONNECTIONS)), GracefulShutdown::new());
        let mut connections = JoinSet::new();
        loop {
            let accepted = tokio::select! {
                () = stopping.cancelled() => break,
                // Nobody is accepted beyond the bound: who comes then waits in the system's own queue.
                accepted = async {
                    let place = Arc::clone(&places).acquire_owned().await;
                    (place, self.listener.accept().await)
                } => accepted,
                Some(_) = connections.join_next(), if !connections.is_empty() => continue,
            };
            let (Ok(place), accepted) = accepted else { break };
            let stream = match accepted {
                Ok((stream, _)) => stream,
                Err(error) => {
                    // A peer that is gone already; or too many open files, which a while may mend.
                    tracing::debug!(error = %told(&error), "a connection was not accepted");
                    tokio::time::sleep(ACCEPT_AGAIN).await;
                    continue;
                }
            };
            let (tls, router, watcher) = (self.tls.clone(), router.clone(), ending.watcher());
            let stopping = stopping.clone();
            connections.spawn(async move {
                // Requests are let end when the door stops, handshakes are not.
                if let Some(Some((stream, at))) = stopping.run_until_cancelled(shaken(stream, tls)).await {
                    converse(stream, at, router, watcher).await;
                }
                drop(place);
            });
        }
        drop(self.listener);
        if tokio::time::timeout(STOP_DEADLINE, ending.shutdown()).await.is_err() {
            tracing::debug!("not every connection of a door ended in time");
        }
    }
}

/// Shakes hands with whoever connected.
async fn shaken(stream: TcpStream, tls: TlsAcceptor) -> Option<(TlsStream<TcpStream>, (ArrivedAt, ComesFrom))> {
    let at = stream.local_addr().ok()?;
    let from = ComesFrom(stream.peer_addr().ok()?.ip().to_canonical());
    // An address of IPv4 that came in by a listener of IPv6 is called by its own name.
    let arrived_at = ArrivedAt(SocketAddr::new(at.ip().to_canonical(), at.port()));
    drop(stream.set_nodelay(true));
    match tokio::time::timeout(HANDSHAKE_DEADLINE, tls.accept(stream)).await {
        Ok(Ok(stream)) => return Some((stream, (arrived_at, from))),
        // Also a browser whose user has not trusted the certificate yet.
        Ok(Err(error)) => tracing::debug!(error = %told(&error), "a handshake failed"),
        Err(_) => tracing::debug!("a handshake took too long"),
    }
    None
}

/// One connection, from its first request to its last.
async fn converse(
    stream: TlsStream<TcpStream>,
    (arrived_at, from): (ArrivedAt, ComesFrom),
    router: Router,
    watcher: Watcher,
) {
    let service = router.map_request(move |request: hyper::Request<Incoming>| {
        let mut request: Request = request.map(axum::body::Body::new);
        request.extensions_mut().insert(arrived_at);
        request.extensions_mut().insert(from);
        request
    });
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(IDLE_LIMIT);
    let connection = http.serve_connection(TokioIo::new(stream), TowerToHyperService::new(service));
    if let Err(error) = watcher.watch(connection).await {
        tracing::debug!(error = %told(&error), "a connection of a door broke");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f37_a_place_is_called_by_its_address_and_by_nothing_else() {
        let called = |at: ([u8; 4], u16), host: &str| ArrivedAt(at.into()).is_called(host);
        let (other, usual) = (([192, 168, 1, 20], 7443), ([192, 168, 1, 20], HTTPS_PORT));
        assert!(called(other, "192.168.1.20:7443") && called(usual, "192.168.1.20"));
        assert!(
            !called(other, "192.168.1.20") && !called(other, "192.168.1.21:7443") && !called(usual, "evil.example")
        );
        assert!(!called(other, "") && !called(usual, ""));
    }
}
