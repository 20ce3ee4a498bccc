//! TLS for what speaks HTTP over TCP with the same keys: a node's door on the local network, and a window that comes to it; and for a
//! relay's console. Owns the settings of both sides; opens no socket. A browser judges the certificate by its user or by who issued it, a window by
//! the pin.

use std::sync::Arc;

use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::identity::TlsIdentity;
use crate::pin::Pin;
use crate::tls::{NoClock, TlsSetupError, provider};
use crate::verify::{self, ExpectPin};

const ALPN: &[u8] = b"http/1.1";

/// The pin of the key that a certificate carries; none where it is no certificate.
pub fn pin_of(certificate: &CertificateDer<'_>) -> Option<Pin> {
    verify::pin_of(certificate).ok()
}

/// A server that shows this certificate of the identity's key: browsers remember a certificate, so that one which was shown before
/// is kept and shown again.
pub fn server(
    identity: &TlsIdentity,
    certificate: CertificateDer<'static>,
) -> Result<rustls::ServerConfig, TlsSetupError> {
    server_of(vec![certificate], identity.private_key())
}

/// A server that shows a certificate which somebody else issued, with those between it and its issuer. TLS 1.3 only, no tickets, no
/// early data; the client is asked for no certificate.
pub fn server_of(
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
) -> Result<rustls::ServerConfig, TlsSetupError> {
    let mut config = rustls::ServerConfig::builder_with_details(provider(), Arc::new(NoClock))
        .with_protocol_versions(&[&rustls::version::TLS13])?
        .with_no_client_auth()
        .with_single_cert(chain, key)?;
    config.alpn_protocols = vec![ALPN.to_vec()];
    config.max_early_data_size = 0;
    config.send_tls13_tickets = 0;
    config.session_storage = Arc::new(rustls::server::NoServerSessionStorage {});
    Ok(config)
}

/// A client that speaks to whoever proves this one key, and to nobody else. No name is sent; the protocol is whoever speaks it to say.
pub fn client(pin: Pin) -> Result<rustls::ClientConfig, TlsSetupError> {
    let provider = provider();
    let algorithms = provider.signature_verification_algorithms;
    let mut config = rustls::ClientConfig::builder_with_details(provider, Arc::new(NoClock))
        .with_protocol_versions(&[&rustls::version::TLS13])?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(ExpectPin::new(pin, algorithms)))
        .with_no_client_auth();
    config.resumption = rustls::client::Resumption::disabled();
    config.enable_early_data = false;
    config.enable_sni = false;
    Ok(config)
}
