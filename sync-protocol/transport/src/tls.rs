//! The QUIC and TLS settings of both sides. Owns every knob of quinn and rustls that differs from what they do by default;
//! opens no socket.
//!
//! TLS 1.3 only, the crypto provider passed explicitly, no tickets and no early data: what is sent early can be replayed.
//! No clock is read: rustls is given a constant, quinn's tokens a monotonic one.

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use quinn::crypto::rustls::{NoInitialCipherSuite, QuicClientConfig, QuicServerConfig};
use quinn::crypto::{CryptoError, HmacKey};
use quinn::{EndpointConfig, IdleTimeout, MtuDiscoveryConfig, TimeSource, TransportConfig, VarInt};
use quinn_proto::HashedConnectionIdGenerator;
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::UnixTime;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::time_provider::TimeProvider;

use crate::identity::TlsIdentity;
use crate::limits;
use crate::pin::Pin;
use crate::purpose::Purpose;
use crate::verify::{AnyProvenKey, ExpectPin};

/// Why the settings could not be made of an identity.
#[derive(Debug, thiserror::Error)]
pub enum TlsSetupError {
    /// rustls refused the key, the certificate or the versions.
    #[error("the TLS settings were refused")]
    Tls(#[from] rustls::Error),
    /// The provider lacks the cipher suite that QUIC's first packets need.
    #[error("the TLS provider cannot speak QUIC")]
    Suite(#[from] NoInitialCipherSuite),
}

/// The name in the handshake: for which key somebody came. A server that has renewed its key is still found by whoever has not
/// heard of that. It shows no more than the address does: which server is meant.
pub(crate) fn server_name(expected: &Pin) -> String {
    let name = blake3::derive_key("comptoir 2026 TLS server name", expected.as_bytes());
    let (label, _) = name.split_at(SERVER_NAME_BYTES);
    let label: String = label.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{label}.comptoir")
}

const SERVER_NAME_BYTES: usize = 16;

/// Presents the key that somebody came for; to whoever names none that is here, the first.
#[derive(Debug)]
struct ByName(Vec<(String, Arc<CertifiedKey>)>);

impl ByName {
    fn new(identities: &[TlsIdentity], provider: &CryptoProvider) -> Result<Self, rustls::Error> {
        let named = identities.iter().map(|identity| {
            let key = provider.key_provider.load_private_key(identity.private_key())?;
            let certified = CertifiedKey::new(vec![identity.certificate()], key);
            Ok((server_name(&identity.pin()), Arc::new(certified)))
        });
        named.collect::<Result<_, rustls::Error>>().map(Self)
    }
}

impl ResolvesServerCert for ByName {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let asked = hello.server_name();
        let meant = self.0.iter().find(|(name, _)| asked == Some(name.as_str()));
        meant.or(self.0.first()).map(|(_, key)| Arc::clone(key))
    }
}

pub(crate) fn provider() -> Arc<CryptoProvider> {
    Arc::new(aws_lc_rs::default_provider())
}

/// Nothing that we accept depends on the date, so rustls gets a constant one.
#[derive(Debug)]
pub(crate) struct NoClock;

impl TimeProvider for NoClock {
    fn current_time(&self) -> Option<UnixTime> {
        Some(UnixTime::since_unix_epoch(Duration::ZERO))
    }
}

/// The age of a Retry token, measured by a clock that nobody can set.
struct Monotonic(Instant);

impl TimeSource for Monotonic {
    fn now(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + self.0.elapsed()
    }
}

pub(crate) fn server_crypto(
    identities: &[TlsIdentity],
    purposes: &[Purpose],
) -> Result<rustls::ServerConfig, TlsSetupError> {
    let provider = provider();
    let keys = ByName::new(identities, &provider)?;
    let algorithms = provider.signature_verification_algorithms;
    let mut config = rustls::ServerConfig::builder_with_details(provider, Arc::new(NoClock))
        .with_protocol_versions(&[&rustls::version::TLS13])?
        .with_client_cert_verifier(Arc::new(AnyProvenKey::new(algorithms)))
        .with_cert_resolver(Arc::new(keys));
    config.alpn_protocols = purposes.iter().map(|purpose| purpose.alpn().to_vec()).collect();
    config.max_early_data_size = 0;
    config.send_tls13_tickets = 0;
    config.session_storage = Arc::new(rustls::server::NoServerSessionStorage {});
    Ok(config)
}

pub(crate) fn server_config(crypto: rustls::ServerConfig) -> Result<quinn::ServerConfig, TlsSetupError> {
    let crypto = QuicServerConfig::try_from(crypto)?;
    let mut config = quinn::ServerConfig::with_crypto(Arc::new(crypto));
    let mut tokens = quinn::ValidationTokenConfig::default();
    tokens.sent(0);
    config
        .transport_config(Arc::new(transport_config()))
        .validation_token_config(tokens)
        .retry_token_lifetime(limits::RETRY_TOKEN_LIFETIME)
        .migration(true)
        .max_incoming(limits::MAX_INCOMING)
        .incoming_buffer_size(limits::INCOMING_BUFFER_BYTES)
        .incoming_buffer_size_total(limits::INCOMING_BUFFER_TOTAL_BYTES)
        .time_source(Arc::new(Monotonic(Instant::now())));
    Ok(config)
}

pub(crate) fn client_crypto(
    identity: &TlsIdentity,
    purpose: Purpose,
    verifier: ExpectPin,
) -> Result<rustls::ClientConfig, TlsSetupError> {
    let mut config = rustls::ClientConfig::builder_with_details(provider(), Arc::new(NoClock))
        .with_protocol_versions(&[&rustls::version::TLS13])?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_client_auth_cert(vec![identity.certificate()], identity.private_key())?;
    config.alpn_protocols = vec![purpose.alpn().to_vec()];
    config.resumption = rustls::client::Resumption::disabled();
    config.enable_early_data = false;
    Ok(config)
}

pub(crate) fn client_config(crypto: rustls::ClientConfig) -> Result<quinn::ClientConfig, TlsSetupError> {
    let crypto = QuicClientConfig::try_from(crypto)?;
    let mut config = quinn::ClientConfig::new(Arc::new(crypto));
    config.transport_config(Arc::new(transport_config()));
    Ok(config)
}

/// QUIC version 1 (RFC 9000) and no other. What a restarted server tells those who still talk to its former self (a
/// stateless reset, RFC 9000 §10.3) is derived from its key: they notice at their next packet, not at the idle time-out.
pub(crate) fn endpoint_config(identity: &TlsIdentity) -> EndpointConfig {
    let secret = identity.derive("comptoir 2026 QUIC stateless reset");
    let [a, b, c, d, e, f, g, h, ..] = identity.derive("comptoir 2026 QUIC connection ids");
    let ids = u64::from_be_bytes([a, b, c, d, e, f, g, h]);
    let mut config = EndpointConfig::new(Arc::new(ResetKey(secret)));
    config.supported_versions(vec![1]);
    config.cid_generator(move || Box::new(HashedConnectionIdGenerator::from_key(ids)));
    config
}

/// Keyed BLAKE3 as the code that makes stateless reset tokens.
struct ResetKey([u8; 32]);

impl HmacKey for ResetKey {
    fn sign(&self, data: &[u8], signature_out: &mut [u8]) {
        signature_out.copy_from_slice(blake3::keyed_hash(&self.0, data).as_bytes());
    }

    fn signature_len(&self) -> usize {
        blake3::OUT_LEN
    }

    fn verify(&self, data: &[u8], signature: &[u8]) -> Result<(), CryptoError> {
        let signature: [u8; blake3::OUT_LEN] = signature.try_into().map_err(|_| CryptoError)?;
        // `blake3::Hash` compares in constant time.
        if blake3::keyed_hash(&self.0, data) == blake3::Hash::from_bytes(signature) { Ok(()) } else { Err(CryptoError) }
    }
}

/// A connection begins with little; [`crate::Connection::split`] widens it once the application has decided to talk.
fn transport_config() -> TransportConfig {
    let mut config = TransportConfig::default();
    let mut path = MtuDiscoveryConfig::default();
    path.minimum_change(limits::MTU_SEARCH_STEP_BYTES);
    let idle = u32::try_from(limits::IDLE_TIMEOUT.as_millis()).unwrap_or(u32::MAX);
    config
        .max_idle_timeout(Some(IdleTimeout::from(VarInt::from_u32(idle))))
        .keep_alive_interval(Some(limits::KEEP_ALIVE_INTERVAL))
        .stream_receive_window(VarInt::from_u32(limits::STREAM_RECEIVE_WINDOW_BYTES))
        .receive_window(VarInt::from_u32(limits::UNDECIDED_RECEIVE_WINDOW_BYTES))
        .send_window(limits::SEND_WINDOW_BYTES)
        .send_fairness(true)
        .mtu_discovery_config(Some(path))
        .max_concurrent_bidi_streams(VarInt::from_u32(1))
        .max_concurrent_uni_streams(VarInt::from_u32(0))
        .datagram_receive_buffer_size(None);
    config
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::loopback::{Impostor, any_port, bare_endpoint, hand_made_client, within};

    /// Connects twice with a client that is eager to send early data, and says whether the second time it could, and whether
    /// the server took it.
    async fn early_data(identity: &TlsIdentity, crypto: rustls::ServerConfig) -> (bool, bool) {
        let server = quinn::Endpoint::server(server_config(crypto).unwrap(), any_port()).unwrap();
        let address = server.local_addr().unwrap();
        let serving = tokio::spawn(async move {
            while let Some(incoming) = server.accept().await {
                if let Ok(quic) = incoming.await {
                    tokio::spawn(async move { quic.closed().await });
                }
            }
        });
        let endpoint = bare_endpoint();
        let eager = hand_made_client(Some(Impostor::new(identity, identity)), true);
        let first = within(endpoint.connect_with(eager.clone(), address, "x.example").unwrap()).await.unwrap();
        // Tickets, if there are any, come with the server's first packets after the handshake, HANDSHAKE_DONE among them.
        crate::loopback::until(|| first.stats().frame_rx.handshake_done > 0).await;
        first.close(0u32.into(), b"");
        let again = endpoint.connect_with(eager, address, "x.example").unwrap();
        let outcome = match again.into_0rtt() {
            Ok((_quic, accepted)) => (true, within(accepted).await),
            Err(connecting) => {
                within(connecting).await.unwrap();
                (false, false)
            }
        };
        serving.abort();
        outcome
    }

    #[tokio::test]
    async fn f26_early_data_is_refused() {
        let identity = TlsIdentity::generate().unwrap();
        let ours = || server_crypto(std::slice::from_ref(&identity), &[Purpose::Sync]).unwrap();
        assert_eq!(early_data(&identity, ours()).await, (false, false), "our server gives no ticket");

        let mut loose = ours();
        loose.send_tls13_tickets = 2;
        loose.session_storage = rustls::server::ServerSessionMemoryCache::new(8);
        loose.max_early_data_size = u32::MAX;
        assert_eq!(early_data(&identity, loose).await, (true, true), "positive control: the client would have used it");
    }

    #[test]
    fn f10_the_date_that_tls_sees_is_outside_every_certificate() {
        // Certificates begin in 1975; every handshake in the tests of this crate passes with the date of 1970.
        assert_eq!(NoClock.current_time().unwrap().as_secs(), 0);
    }

    #[test]
    fn only_tls_1_3_is_spoken() {
        let identity = TlsIdentity::generate().unwrap();
        let crypto = server_crypto(&[identity], &[Purpose::Sync]).unwrap();
        assert_eq!((crypto.max_early_data_size, crypto.send_tls13_tickets), (0, 0));
        assert!(crypto.crypto_provider().cipher_suites.iter().any(|suite| suite.tls13().is_some()));
        assert_eq!(crypto.alpn_protocols, [b"comptoir-sync/1".to_vec()]);
    }
}
