//! How a peer's certificate is judged: by the handshake's signature and the pin of its key, by nothing else. No authority,
//! no name, no date is looked at, so a wrong clock or an expired certificate never keeps a site offline.

use std::sync::{Arc, OnceLock};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{WebPkiSupportedAlgorithms, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{CertificateError, DigitallySignedStruct, DistinguishedName, Error, PeerMisbehaved, SignatureScheme};

use crate::pin::Pin;

/// The pin of a certificate.
pub(crate) fn pin_of(certificate: &CertificateDer<'_>) -> Result<Pin, Error> {
    let parsed = ParsedCertificate::try_from(certificate)?;
    Ok(Pin::of_public_key_info(&parsed.subject_public_key_info()))
}

fn sole_pin(certificate: &CertificateDer<'_>, others: &[CertificateDer<'_>]) -> Result<Pin, Error> {
    if !others.is_empty() {
        return Err(Error::InvalidCertificate(CertificateError::BadEncoding));
    }
    pin_of(certificate)
}

fn tls12_is_not_spoken() -> Error {
    Error::PeerMisbehaved(PeerMisbehaved::SignedHandshakeWithUnadvertisedSigScheme)
}

/// The client's judge: exactly one key will do. Made anew for each connection, so that what the server presented can be told.
#[derive(Debug)]
pub(crate) struct ExpectPin {
    expected: Pin,
    presented: Arc<OnceLock<Pin>>,
    algorithms: WebPkiSupportedAlgorithms,
}

impl ExpectPin {
    pub(crate) fn new(expected: Pin, algorithms: WebPkiSupportedAlgorithms) -> Self {
        Self { expected, presented: Arc::default(), algorithms }
    }

    /// Filled with the server's pin once its certificate has been seen.
    pub(crate) fn presented(&self) -> Arc<OnceLock<Pin>> {
        Arc::clone(&self.presented)
    }
}

impl ServerCertVerifier for ExpectPin {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let pin = sole_pin(end_entity, intermediates)?;
        let _ = self.presented.set(pin);
        if pin != self.expected {
            return Err(Error::InvalidCertificate(CertificateError::ApplicationVerificationFailure));
        }
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _certificate: &CertificateDer<'_>,
        _signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(tls12_is_not_spoken())
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signature, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

/// The server's judge: whoever proves to hold a key comes through the handshake. Which keys are admitted stands in the
/// roster and changes live, so the application decides, by the connection's pin.
#[derive(Debug)]
pub(crate) struct AnyProvenKey {
    algorithms: WebPkiSupportedAlgorithms,
}

impl AnyProvenKey {
    pub(crate) fn new(algorithms: WebPkiSupportedAlgorithms) -> Self {
        Self { algorithms }
    }
}

impl ClientCertVerifier for AnyProvenKey {
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        sole_pin(end_entity, intermediates).map(|_| ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _certificate: &CertificateDer<'_>,
        _signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(tls12_is_not_spoken())
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signature, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}
