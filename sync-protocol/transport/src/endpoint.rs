//! An endpoint: one UDP socket, by which a node connects out or a relay is connected to. Owns binding, connecting, accepting
//! and stopping; who is admitted is decided by its user.

use std::fmt;
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::sync::Arc;

use quinn::TokioRuntime;
use tokio::sync::{Mutex, mpsc};
use tokio::task::AbortHandle;
use tokio::time::timeout;

use crate::acceptor;
use crate::close::{CloseCode, reason_bytes};
use crate::connect::{ConnectError, Connector, ReachError};
use crate::connection::Connection;
use crate::gate::{AcceptCounts, Gate};
use crate::identity::TlsIdentity;
use crate::limits::{ACCEPTED_QUEUE_CONNECTIONS, Bounds, FINISH_DEADLINE};
use crate::pin::Pin;
use crate::purpose::Purpose;
use crate::tls::{self, TlsSetupError};

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
    purposes: Vec<Purpose>,
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
        let config = tls::server_crypto(std::slice::from_ref(identity), purposes)
            .and_then(tls::server_config)
            .map_err(|source| BindError::Setup { address: listen, source })?;
        let quic = UdpSocket::bind(listen)
            .and_then(|socket| {
                quinn::Endpoint::new(tls::endpoint_config(identity), Some(config), socket, Arc::new(TokioRuntime))
            })
            .map_err(|source| BindError::Socket { address: listen, source })?;
        let gate = Arc::new(Gate::default());
        let (give, connections) = mpsc::channel(ACCEPTED_QUEUE_CONNECTIONS);
        let acceptor = tokio::spawn(acceptor::serve(quic.clone(), Arc::clone(&gate), give, bounds)).abort_handle();
        let listening =
            Some(Listening { connections: Mutex::new(connections), gate, acceptor, purposes: purposes.to_vec() });
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

    /// The same, presenting another key than the endpoint's own.
    pub async fn connect_host_as(
        &self,
        identity: &TlsIdentity,
        host_port: &str,
        expected: Pin,
        purpose: Purpose,
    ) -> Result<Connection, ReachError> {
        let connector = Connector { identity: identity.clone(), ..self.connector.clone() };
        connector.connect_host(host_port, expected, purpose).await
    }

    /// Presents these keys from now on: to whoever comes the one that it came for, or the first. Connections go on.
    pub fn present(&self, identities: &[TlsIdentity]) -> Result<(), TlsSetupError> {
        let Some(listening) = &self.listening else { return Ok(()) };
        let config = tls::server_crypto(identities, &listening.purposes).and_then(tls::server_config)?;
        self.connector.quic.set_server_config(Some(config));
        Ok(())
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::close::{Close, Closed};
    use crate::connection::CONTROL;
    use crate::gate::Decision;
    use crate::limits::MAX_UNFINISHED_HANDSHAKES;
    use crate::loopback::{Impostor, Loopback, bare_endpoint, hand_made_client, until, within};
    use crate::receiver::ReceiveError;

    #[tokio::test]
    async fn each_side_knows_the_others_key() {
        let loopback = Loopback::new();
        let (client, server) = loopback.pair().await;
        assert_eq!(client.peer_pin(), loopback.server.pin());
        assert_eq!(server.peer_pin(), loopback.client.pin());
        assert_eq!(client.peer_address(), loopback.address());
        assert_eq!((client.purpose(), server.purpose()), (Purpose::Sync, Purpose::Sync));
        assert_eq!(loopback.server.accept_counts(), AcceptCounts { connected: 1, ..AcceptCounts::default() });
    }

    #[tokio::test]
    async fn who_comes_for_a_former_key_or_one_to_come_finds_it_and_nobody_else_is_taken_for_it() {
        let loopback = Loopback::new();
        let [new, former] = [(); 2].map(|()| TlsIdentity::generate().unwrap());
        let first = loopback.server.pin();
        let connect = |pin| within(loopback.client.connect(loopback.address(), pin, Purpose::Sync));
        let before = connect(first).await.unwrap();
        loopback.server.present(&[new.clone(), former.clone()]).unwrap();
        for pin in [new.pin(), former.pin()] {
            assert_eq!(connect(pin).await.unwrap().peer_pin(), pin);
        }
        let gone = connect(first).await;
        assert!(matches!(gone, Err(ConnectError::WrongPin { presented, .. }) if presented == new.pin()), "{gone:?}");
        within(loopback.server.accept()).await.unwrap().close(CloseCode::Done, "");
        assert_eq!(within(before.closed()).await.by_peer().unwrap().code, CloseCode::Done, "what was open goes on");
        let (another, host) = (TlsIdentity::generate().unwrap(), loopback.address().to_string());
        let as_another = loopback.client.connect_host_as(&another, &host, new.pin(), Purpose::Sync);
        within(as_another).await.unwrap();
        let mut last = None;
        for _ in 0..3 {
            last = within(loopback.server.accept()).await;
        }
        assert_eq!(last.unwrap().peer_pin(), another.pin());
    }

    #[tokio::test]
    async fn a_stolen_certificate_without_its_key_admits_no_client() {
        let loopback = Loopback::new();
        let thief = Impostor::new(&loopback.client.connector.identity, &TlsIdentity::generate().unwrap());
        let endpoint = bare_endpoint();
        let connecting =
            endpoint.connect_with(hand_made_client(Some(thief), false), loopback.address(), "x.example").unwrap();
        // A TLS 1.3 client is done before the server has judged it, so the refusal may come after.
        let outcome = match within(connecting).await {
            Ok(quic) => within(quic.closed()).await,
            Err(error) => error,
        };
        assert!(matches!(Closed::from_quic(loopback.address(), &outcome), Closed::Tls { .. }), "{outcome:?}");
        until(|| loopback.server.accept_counts().failed == 1).await;
        assert_eq!(loopback.server.accept_counts().connected, 0);
    }

    #[tokio::test]
    async fn a_client_without_certificate_is_refused() {
        let loopback = Loopback::new();
        let endpoint = bare_endpoint();
        let connecting = endpoint.connect_with(hand_made_client(None, false), loopback.address(), "x.example").unwrap();
        let outcome = match within(connecting).await {
            Ok(quic) => within(quic.closed()).await,
            Err(error) => error,
        };
        assert!(matches!(Closed::from_quic(loopback.address(), &outcome), Closed::Tls { .. }), "{outcome:?}");
    }

    #[tokio::test]
    async fn a_server_killed_and_started_again_is_noticed_long_before_the_idle_time_out() {
        let identity = TlsIdentity::generate().unwrap();
        // A runtime of its own, so that its end leaves what kill -9 leaves: a socket gone without a word.
        let dying = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let listen = || Endpoint::server(crate::loopback::any_port(), &identity, &[Purpose::Sync]).unwrap();
        let server = {
            let _inside = dying.enter();
            listen()
        };
        let address = server.local_address().unwrap();
        let client = Endpoint::client(&TlsIdentity::generate().unwrap()).unwrap();
        let connection = within(client.connect(address, server.pin(), Purpose::Sync)).await.unwrap();
        let (sender, mut receiver) = connection.split();
        let accepted = within(server.accept()).await.unwrap();
        dying.shutdown_background();
        drop((server, accepted));
        let mut again = None;
        crate::loopback::until(|| {
            again = Endpoint::server(address, &identity, &[Purpose::Sync]).ok();
            again.is_some()
        })
        .await;
        sender.send(CONTROL, b"are you still who you were?".to_vec()).await.unwrap();
        let began = std::time::Instant::now();
        assert_eq!(within(receiver.next()).await, Some(Err(ReceiveError::Closed(Closed::Reset { address }))));
        assert!(began.elapsed() < crate::limits::IDLE_TIMEOUT / 2, "noticed by the reset, not by the time-out");
    }

    #[tokio::test]
    async fn the_server_refuses_a_site_with_a_reason() {
        let loopback = Loopback::new();
        let (client, server) = loopback.pair().await;
        server.close(CloseCode::NotAdmitted, "no such site\r\n");
        let (sender, mut receiver) = client.split();
        let address = loopback.address();
        let close = Close { code: CloseCode::NotAdmitted, reason: "no such site".to_owned() };
        let closed = Closed::ByPeer { address, close };
        assert_eq!(within(receiver.next()).await, Some(Err(ReceiveError::Closed(closed.clone()))));
        assert_eq!(within(receiver.next()).await, None);
        assert_eq!(within(sender.closed()).await, closed);
        assert_eq!(within(sender.send(CONTROL, vec![1])).await, Err(crate::sender::SendError::Closed(closed)));
    }

    #[tokio::test]
    async fn the_client_says_why_it_leaves() {
        let loopback = Loopback::new();
        let (client, server) = loopback.pair().await;
        client.close(CloseCode::WrongOrganisation, "");
        let closed = within(server.closed()).await;
        assert_eq!(closed.by_peer().unwrap().code, CloseCode::WrongOrganisation);
        assert!(!closed.is_done());
    }

    #[tokio::test]
    async fn a_connection_survives_a_change_of_the_clients_address() {
        let loopback = Loopback::new();
        let (client, server) = loopback.pair().await;
        let ((sender, mut receiver), (answers, mut frames)) = (client.split(), server.split());
        within(sender.send(1, b"before".to_vec())).await.unwrap();
        assert_eq!(within(frames.next()).await, Some(Ok((1, b"before".to_vec()))));
        let before = frames.peer_address();
        loopback.client.rebind().unwrap();
        within(sender.send(1, b"after".to_vec())).await.unwrap();
        assert_eq!(within(frames.next()).await, Some(Ok((1, b"after".to_vec()))));
        within(answers.send(CONTROL, b"still here".to_vec())).await.unwrap();
        assert_eq!(within(receiver.next()).await, Some(Ok((CONTROL, b"still here".to_vec()))));
        until(|| frames.peer_address() != before).await;
        assert_eq!(frames.peer_pin(), loopback.client.pin());
    }

    #[tokio::test]
    async fn a_port_in_use_is_named() {
        let loopback = Loopback::new();
        let taken = loopback.address();
        match Endpoint::server(taken, &TlsIdentity::generate().unwrap(), &[Purpose::Sync]) {
            Err(BindError::Socket { address, source }) => {
                assert_eq!((address, source.kind()), (taken, io::ErrorKind::AddrInUse));
            }
            other => panic!("{other:?}"),
        }
    }

    #[tokio::test]
    async fn f25_newcomers_prove_their_address_then_are_refused_and_come_in_again() {
        let loopback = Loopback::new();
        let gate = Arc::clone(&loopback.server.listening.as_ref().unwrap().gate);
        let enter = |n: usize| match gate.decide([10, 1, (n / 256) as u8, (n % 256) as u8].into(), true, 0) {
            Decision::Handshake(ticket) => ticket,
            other => panic!("{other:?}"),
        };
        let mut held: Vec<_> = (0..MAX_UNFINISHED_HANDSHAKES / 2).map(enter).collect();
        drop(loopback.pair().await);
        assert_eq!(loopback.server.accept_counts().retried, 1);
        until(|| gate.unfinished() == held.len()).await;
        held.extend((held.len()..MAX_UNFINISHED_HANDSHAKES).map(enter));
        let refused = within(loopback.client.connect(loopback.address(), loopback.server.pin(), Purpose::Sync)).await;
        assert!(matches!(refused, Err(ConnectError::Closed(Closed::Refused { .. }))), "{refused:?}");
        assert_eq!(loopback.server.accept_counts().refused, 1);
        held.clear();
        drop(loopback.pair().await);
    }

    #[tokio::test]
    async fn shutting_down_tells_everybody() {
        let loopback = Loopback::new();
        let (client, _server) = loopback.pair().await;
        within(loopback.server.shut_down(CloseCode::ShuttingDown, "restart")).await;
        assert!(within(loopback.server.accept()).await.is_none());
        assert_eq!(within(client.closed()).await.by_peer().unwrap().code, CloseCode::ShuttingDown);
    }
}
