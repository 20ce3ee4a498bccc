//! An endpoint: one UDP socket, by which a node connects out or a relay is connected to. Owns binding, connecting, accepting
//! and stopping; who is admitted is decided by its user.

use std::fmt;
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::sync::Arc;
use std::time::Duration;

use quinn::TokioRuntime;
use tokio::sync::{Mutex, mpsc};
use tokio::task::AbortHandle;
use tokio::time::timeout;

use crate::acceptor;
use crate::close::{CloseCode, Closed, reason_bytes};
use crate::connection::Connection;
use crate::gate::{AcceptCounts, Gate};
use crate::identity::TlsIdentity;
use crate::limits::{ACCEPTED_QUEUE_CONNECTIONS, Bounds, CONNECT_DEADLINE, FINISH_DEADLINE};
use crate::pin::Pin;
use crate::purpose::Purpose;
use crate::resolve::{ResolveError, resolve};
use crate::tls::{self, TlsSetupError};
use crate::verify::ExpectPin;

/// Why no endpoint could be made.
#[derive(Debug, thiserror::Error)]
pub enum BindError {
    /// The address is in use, not ours, or not permitted.
    #[error("UDP {address} could not be bound")]
    Socket {
        /// The address.
        address: SocketAddr,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The identity could not be used.
    #[error("the endpoint on {address} could not be set up")]
    Setup {
        /// The address.
        address: SocketAddr,
        /// Why.
        #[source]
        source: TlsSetupError,
    },
}

/// One UDP socket and the key that proves who is behind it. Dropping it ends accepting; its connections go on.
pub struct Endpoint {
    connector: Connector,
    listening: Option<Listening>,
}

struct Listening {
    connections: Mutex<mpsc::Receiver<Connection>>,
    gate: Arc<Gate>,
    acceptor: AbortHandle,
}

impl Endpoint {
    /// Listens on `listen` (port 0 for any) for connections of these purposes. Must be called within a tokio runtime.
    pub fn server(listen: SocketAddr, identity: &TlsIdentity, purposes: &[Purpose]) -> Result<Self, BindError> {
        Self::server_with(listen, identity, purposes, None)
    }

    pub(crate) fn server_with(
        listen: SocketAddr,
        identity: &TlsIdentity,
        purposes: &[Purpose],
        bounds: Option<Bounds>,
    ) -> Result<Self, BindError> {
        let config = tls::server_crypto(identity, purposes)
            .and_then(tls::server_config)
            .map_err(|source| BindError::Setup { address: listen, source })?;
        let quic = UdpSocket::bind(listen)
            .and_then(|socket| {
                quinn::Endpoint::new(tls::endpoint_config(), Some(config), socket, Arc::new(TokioRuntime))
            })
            .map_err(|source| BindError::Socket { address: listen, source })?;
        let gate = Arc::new(Gate::default());
        let (give, connections) = mpsc::channel(ACCEPTED_QUEUE_CONNECTIONS);
        let acceptor = tokio::spawn(acceptor::serve(quic.clone(), Arc::clone(&gate), give, bounds)).abort_handle();
        let listening = Some(Listening { connections: Mutex::new(connections), gate, acceptor });
        Ok(Self { connector: Connector { quic, identity: identity.clone(), bounds }, listening })
    }

    /// An endpoint that only connects out, over IPv6 and IPv4 where the system has both. Must be called within a tokio
    /// runtime.
    pub fn client(identity: &TlsIdentity) -> Result<Self, BindError> {
        Self::client_with(identity, None)
    }

    pub(crate) fn client_with(identity: &TlsIdentity, bounds: Option<Bounds>) -> Result<Self, BindError> {
        let any_v4 = SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0));
        let quic = quinn::Endpoint::client(SocketAddr::from((Ipv6Addr::UNSPECIFIED, 0)))
            .or_else(|_| quinn::Endpoint::client(any_v4))
            .map_err(|source| BindError::Socket { address: any_v4, source })?;
        Ok(Self { connector: Connector { quic, identity: identity.clone(), bounds }, listening: None })
    }

    /// Connects to `address`, where the holder of `expected` must answer.
    pub async fn connect(
        &self,
        address: SocketAddr,
        expected: Pin,
        purpose: Purpose,
    ) -> Result<Connection, ConnectError> {
        self.connector.connect(address, expected, purpose).await
    }

    /// Connects to `host:port`, trying all of its addresses, a short time apart; the first
    /// that answers with the right key wins.
    pub async fn connect_host(
        &self,
        host_port: &str,
        expected: Pin,
        purpose: Purpose,
    ) -> Result<Connection, ReachError> {
        self.connector.connect_host(host_port, expected, purpose).await
    }

    /// The next connection whose handshake is done; `None` once the endpoint is closed, or if it does not listen. The client
    /// has proven to hold a key, no more: look at its pin before [`Connection::split`]. Can be cancelled.
    pub async fn accept(&self) -> Option<Connection> {
        self.listening.as_ref()?.connections.lock().await.recv().await
    }

    /// What became of those who wanted to connect.
    pub fn accept_counts(&self) -> AcceptCounts {
        self.listening.as_ref().map(|listening| listening.gate.counts()).unwrap_or_default()
    }

    /// Connections open now, those in their handshake among them.
    pub fn open_connections(&self) -> usize {
        self.connector.quic.open_connections()
    }

    /// The socket's own address.
    pub fn local_address(&self) -> io::Result<SocketAddr> {
        self.connector.quic.local_addr()
    }

    /// The pin of this endpoint's own key.
    pub fn pin(&self) -> Pin {
        self.connector.identity.pin()
    }

    /// Moves to a new socket on a new port; connections go on. For a client whose network changed under it.
    pub fn rebind(&self) -> Result<(), BindError> {
        let old = self.connector.quic.local_addr();
        let address = match old {
            Ok(SocketAddr::V4(_)) => SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0)),
            _ => SocketAddr::from((Ipv6Addr::UNSPECIFIED, 0)),
        };
        UdpSocket::bind(address)
            .and_then(|socket| self.connector.quic.rebind(socket))
            .map_err(|source| BindError::Socket { address, source })
    }

    /// Closes every connection, accepts no more, and waits (bounded) until the peers were told. What is still queued may be
    /// lost: [`crate::Sender::finish_and_close`] goes before.
    pub async fn shut_down(&self, code: CloseCode, reason: &str) {
        self.connector.quic.close(code.varint(), reason_bytes(reason));
        let _ = timeout(FINISH_DEADLINE, self.connector.quic.wait_idle()).await;
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.acceptor.abort();
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Endpoint")
            .field("address", &self.connector.quic.local_addr().ok())
            .field("pin", &self.connector.identity.pin())
            .field("listens", &self.listening.is_some())
            .finish_non_exhaustive()
    }
}
