//! Connecting out: one attempt to one address, or staggered attempts to all addresses of a name. Owns the attempt and its
//! errors; when to try again is [`crate::Backoff`]'s and the caller's.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::close::Closed;
use crate::connection::Connection;
use crate::identity::TlsIdentity;
use crate::limits::{Bounds, CONNECT_DEADLINE, CONNECT_STAGGER};
use crate::pin::Pin;
use crate::purpose::Purpose;
use crate::resolve::{ResolveError, resolve};
use crate::tls::{self, TlsSetupError};
use crate::verify::ExpectPin;

/// TLS alert 120: the server serves no such purpose (RFC 7301 §3.2).
const ALERT_NO_APPLICATION_PROTOCOL: u8 = 120;

/// Why one address gave no connection.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The attempt could not even begin: the endpoint is closed, or cannot reach this kind of address.
    #[error("a connection to {address} could not be begun")]
    Start {
        /// The address.
        address: SocketAddr,
        /// Why.
        #[source]
        source: quinn::ConnectError,
    },
    /// The identity could not be used.
    #[error("a connection to {address} could not be set up")]
    Setup {
        /// The address.
        address: SocketAddr,
        /// Why.
        #[source]
        source: TlsSetupError,
    },
    /// Nothing answered.
    #[error("{address} did not answer within {} s", .waited.as_secs())]
    Unreachable {
        /// The address.
        address: SocketAddr,
        /// How long it was waited for.
        waited: Duration,
    },
    /// Somebody answered who holds another key than the one expected.
    #[error("{address} presented key {presented}, and {expected} was expected")]
    WrongPin {
        /// The address.
        address: SocketAddr,
        /// The key that was expected.
        expected: Pin,
        /// The key that was presented.
        presented: Pin,
    },
    /// The server does not serve this purpose.
    #[error("{address} serves no {purpose:?}")]
    PurposeRefused {
        /// The address.
        address: SocketAddr,
        /// What was asked for.
        purpose: Purpose,
    },
    /// The connection ended before the handshake was done.
    #[error(transparent)]
    Closed(Closed),
}

/// Why no address of a name gave a connection.
#[derive(Debug, thiserror::Error)]
pub enum ReachError {
    /// The name gave no address.
    #[error(transparent)]
    Resolve(#[from] ResolveError),
    /// Each address failed in its way.
    #[error("none of the {} addresses of {host_port} gave a connection", .attempts.len())]
    NoneAnswered {
        /// The name.
        host_port: String,
        /// One error for each address, in the order in which they failed; never empty.
        attempts: Vec<ConnectError>,
    },
}

/// What an attempt needs of its endpoint.
#[derive(Clone)]
pub(crate) struct Connector {
    pub(crate) quic: quinn::Endpoint,
    pub(crate) identity: TlsIdentity,
    pub(crate) bounds: Option<Bounds>,
}

impl Connector {
    pub(crate) async fn connect(
        &self,
        address: SocketAddr,
        expected: Pin,
        purpose: Purpose,
    ) -> Result<Connection, ConnectError> {
        let verifier = ExpectPin::new(expected, tls::provider().signature_verification_algorithms);
        let presented = verifier.presented();
        let config = tls::client_crypto(&self.identity, purpose, verifier)
            .and_then(tls::client_config)
            .map_err(|source| ConnectError::Setup { address, source })?;
        let connecting = self
            .quic
            .connect_with(config, address, tls::SERVER_NAME)
            .map_err(|source| ConnectError::Start { address, source })?;
        let error = match timeout(CONNECT_DEADLINE, connecting).await {
            Ok(Ok(quic)) => {
                return Connection::established(quic, self.bounds)
                    .map_err(|_| ConnectError::PurposeRefused { address, purpose });
            }
            Ok(Err(error)) => error,
            Err(_) => return Err(ConnectError::Unreachable { address, waited: CONNECT_DEADLINE }),
        };
        Err(match (presented.get(), Closed::from_quic(address, &error)) {
            (Some(&presented), _) if presented != expected => ConnectError::WrongPin { address, expected, presented },
            (_, Closed::Tls { alert: ALERT_NO_APPLICATION_PROTOCOL, .. }) => {
                ConnectError::PurposeRefused { address, purpose }
            }
            (_, Closed::TimedOut { .. }) => ConnectError::Unreachable { address, waited: CONNECT_DEADLINE },
            (_, closed) => ConnectError::Closed(closed),
        })
    }

    /// An address that does not answer must not cost its whole deadline before the next is tried: attempts begin one after
    /// the other at short intervals, and the first connection wins (in the manner of RFC 8305).
    pub(crate) async fn connect_host(
        &self,
        host_port: &str,
        expected: Pin,
        purpose: Purpose,
    ) -> Result<Connection, ReachError> {
        let mut waiting = resolve(host_port).await?.into_iter();
        let mut running = JoinSet::new();
        let mut attempts = Vec::new();
        let mut begin_next = true;
        loop {
            if begin_next && let Some(address) = waiting.next() {
                let connector = self.clone();
                running.spawn(async move { connector.connect(address, expected, purpose).await });
            }
            begin_next = tokio::select! {
                joined = running.join_next() => match joined {
                    Some(Ok(Ok(connection))) => return Ok(connection),
                    Some(Ok(Err(error))) => {
                        attempts.push(error);
                        true
                    }
                    Some(Err(error)) => match error.try_into_panic() {
                        Ok(panic) => std::panic::resume_unwind(panic),
                        Err(_) => true,
                    },
                    None => return Err(ReachError::NoneAnswered { host_port: host_port.to_owned(), attempts }),
                },
                () = sleep(CONNECT_STAGGER), if waiting.len() > 0 => true,
            };
        }
    }
}
