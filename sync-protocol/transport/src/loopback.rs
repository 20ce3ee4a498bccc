//! Two real endpoints on the loopback interface, for the tests of this crate. Owns their set-up, and peers that break the rules;
//! asserts nothing itself.

#![allow(clippy::unwrap_used)]

use std::future::Future;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use quinn::VarInt;
use rustls::pki_types::CertificateDer;
use rustls::sign::CertifiedKey;

use crate::connection::Connection;
use crate::endpoint::Endpoint;
use crate::identity::TlsIdentity;
use crate::limits::Bounds;
use crate::pin::Pin;
use crate::purpose::Purpose;
use crate::tls;

/// The upper bound of every wait in the tests; a test that meets it fails.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) async fn within<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, future).await.expect("the test waited in vain")
}

/// Looks again, letting the others run, until `holds`.
pub(crate) async fn until(mut holds: impl FnMut() -> bool) {
    within(async {
        while !holds() {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    })
    .await;
}

pub(crate) fn any_port() -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, 0))
}

/// A relay and a site.
pub(crate) struct Loopback {
    pub(crate) server: Endpoint,
    pub(crate) client: Endpoint,
}

impl Loopback {
    pub(crate) fn new() -> Self {
        Self::with_bounds(None)
    }

    pub(crate) fn with_bounds(bounds: Option<Bounds>) -> Self {
        let purposes = [Purpose::Sync, Purpose::Enrolment];
        let identity = TlsIdentity::generate().unwrap();
        let server = Endpoint::server_with(any_port(), &identity, &purposes, bounds).unwrap();
        let client = Endpoint::client_with(&TlsIdentity::generate().unwrap(), bounds).unwrap();
        Self { server, client }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.server.local_address().unwrap()
    }

    /// The client's end and the server's end of one connection.
    pub(crate) async fn pair(&self) -> (Connection, Connection) {
        let connected = self.client.connect(self.address(), self.server.pin(), Purpose::Sync);
        let (client, server) = within(async { tokio::join!(connected, self.server.accept()) }).await;
        (client.unwrap(), server.unwrap())
    }
}

/// Opens a connection's windows as [`Connection::split`] does, for a peer that is driven by hand.
pub(crate) fn widen(quic: &quinn::Connection) {
    quic.set_receive_window(VarInt::from_u32(Bounds::SYNC.receive_window_bytes));
    quic.set_max_concurrent_uni_streams(VarInt::from_u32(64));
}

/// A unidirectional stream that begins as a channel does.
pub(crate) async fn raw_channel(quic: &quinn::Connection, channel: u32) -> quinn::SendStream {
    let mut stream = within(quic.open_uni()).await.unwrap();
    stream.write_all(&channel.to_be_bytes()).await.unwrap();
    stream
}

/// Somebody who shows one identity's certificate and holds another's key.
#[derive(Debug)]
pub(crate) struct Impostor(Arc<CertifiedKey>);

impl Impostor {
    pub(crate) fn new(shows: &TlsIdentity, holds: &TlsIdentity) -> Arc<Self> {
        let key = tls::provider().key_provider.load_private_key(holds.private_key()).unwrap();
        Arc::new(Self(Arc::new(CertifiedKey::new(vec![shows.certificate()], key))))
    }
}

impl rustls::client::ResolvesClientCert for Impostor {
    fn resolve(&self, _: &[&[u8]], _: &[rustls::SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0))
    }

    fn has_certs(&self) -> bool {
        true
    }
}

impl rustls::server::ResolvesServerCert for Impostor {
    fn resolve(&self, _: rustls::server::ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0))
    }
}

/// A judge that is content with any server, for clients that break other rules.
#[derive(Debug)]
pub(crate) struct Gullible;

impl rustls::client::danger::ServerCertVerifier for Gullible {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &rustls::pki_types::ServerName<'_>,
        _: &[u8],
        _: rustls::pki_types::UnixTime,
    ) -> Result<rustls::client::danger::ServerCertVerified, rustls::Error> {
        Ok(rustls::client::danger::ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &rustls::DigitallySignedStruct,
    ) -> Result<rustls::client::danger::HandshakeSignatureValid, rustls::Error> {
        Err(rustls::Error::General("TLS 1.2".to_owned()))
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &rustls::DigitallySignedStruct,
    ) -> Result<rustls::client::danger::HandshakeSignatureValid, rustls::Error> {
        Ok(rustls::client::danger::HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<rustls::SignatureScheme> {
        tls::provider().signature_verification_algorithms.supported_schemes()
    }
}

/// A client of our protocol that shows a certificate chosen by `certificates`, or none.
pub(crate) fn hand_made_client(
    certificates: Option<Arc<dyn rustls::client::ResolvesClientCert>>,
    early_data: bool,
) -> quinn::ClientConfig {
    let builder = rustls::ClientConfig::builder_with_provider(tls::provider())
        .with_protocol_versions(&[&rustls::version::TLS13])
        .unwrap()
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Gullible));
    let mut crypto = match certificates {
        Some(certificates) => builder.with_client_cert_resolver(certificates),
        None => builder.with_no_client_auth(),
    };
    crypto.alpn_protocols = vec![Purpose::Sync.alpn().to_vec()];
    crypto.enable_early_data = early_data;
    tls::client_config(crypto).unwrap()
}

/// An endpoint without any of our rules.
pub(crate) fn bare_endpoint() -> quinn::Endpoint {
    quinn::Endpoint::client(any_port()).unwrap()
}

/// A pin that nobody has.
pub(crate) fn nobody() -> Pin {
    Pin([7; 32])
}
