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
            .connect_with(config, address, &tls::server_name(&expected))
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::endpoint::Endpoint;
    use crate::loopback::{Impostor, Loopback, any_port, nobody, until, within};

    #[tokio::test]
    async fn f19_a_server_with_another_key_is_refused() {
        let loopback = Loopback::new();
        let refused = within(loopback.client.connect(loopback.address(), nobody(), Purpose::Sync)).await;
        match refused {
            Err(ConnectError::WrongPin { address, expected, presented }) => {
                assert_eq!(address, loopback.address());
                assert_eq!((expected, presented), (nobody(), loopback.server.pin()));
            }
            other => panic!("{other:?}"),
        }
        until(|| loopback.server.accept_counts().failed == 1).await;
    }

    #[tokio::test]
    async fn a_stolen_certificate_without_its_key_makes_no_server() {
        let relay = TlsIdentity::generate().unwrap();
        let thief = Impostor::new(&relay, &TlsIdentity::generate().unwrap());
        let mut crypto = tls::server_crypto(std::slice::from_ref(&relay), &[Purpose::Sync]).unwrap();
        crypto.cert_resolver = thief;
        let config = tls::server_config(crypto).unwrap();
        let server = quinn::Endpoint::server(config, any_port()).unwrap();
        let client = Endpoint::client(&TlsIdentity::generate().unwrap()).unwrap();
        let address = server.local_addr().unwrap();
        let serving = tokio::spawn(async move { server.accept().await.unwrap().await.map(drop) });
        let refused = within(client.connect(address, relay.pin(), Purpose::Sync)).await;
        assert!(matches!(refused, Err(ConnectError::Closed(Closed::Tls { .. }))), "{refused:?}");
        assert!(within(serving).await.unwrap().is_err());
    }

    #[tokio::test]
    async fn a_purpose_that_is_not_served_is_refused() {
        let relay = TlsIdentity::generate().unwrap();
        let server = Endpoint::server(any_port(), &relay, &[Purpose::Sync]).unwrap();
        let client = Endpoint::client(&TlsIdentity::generate().unwrap()).unwrap();
        let address = server.local_address().unwrap();
        let refused = within(client.connect(address, relay.pin(), Purpose::Enrolment)).await;
        assert!(
            matches!(refused, Err(ConnectError::PurposeRefused { purpose: Purpose::Enrolment, .. })),
            "{refused:?}"
        );
    }

    #[tokio::test]
    async fn a_name_is_reached_by_whichever_address_answers() {
        let loopback = Loopback::new();
        let host_port = format!("localhost:{}", loopback.address().port());
        let connected = loopback.client.connect_host(&host_port, loopback.server.pin(), Purpose::Sync);
        assert_eq!(within(connected).await.unwrap().peer_address(), loopback.address());
        let host_port = loopback.address().to_string();
        match within(loopback.client.connect_host(&host_port, nobody(), Purpose::Sync)).await {
            Err(ReachError::NoneAnswered { attempts, .. }) => {
                assert!(matches!(attempts[..], [ConnectError::WrongPin { .. }]), "{attempts:?}");
            }
            other => panic!("{other:?}"),
        }
    }
}
