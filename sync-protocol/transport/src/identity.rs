//! A site's or relay's TLS key and the certificate that carries it. Owns the key's generation and storage form; never
//! judges a peer. The certificate is made anew from the key at each start: peers know the key (its [`Pin`]), not the
//! certificate.

use std::fmt;

use rcgen::{
    CertificateParams, DistinguishedName, DnType, KeyPair, PKCS_ECDSA_P256_SHA256, PublicKeyData, date_time_ymd,
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use zeroize::{Zeroize, Zeroizing};

use crate::pin::Pin;

/// An ECDSA P-256 key (a browser on the LAN accepts it too) with its self-signed certificate, valid from 1975 to 4096:
/// nobody judges the dates, and a wrong clock must not matter.
#[derive(Clone)]
pub struct TlsIdentity {
    certificate: CertificateDer<'static>,
    key: Zeroizing<Vec<u8>>,
    pin: Pin,
}

/// Why a key could not be made or read.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// The operating system's randomness or the crypto library failed.
    #[error("a TLS key could not be generated")]
    Generate(#[source] rcgen::Error),
    /// The bytes are no PKCS #8 key of ECDSA P-256.
    #[error("the stored TLS key is damaged or of another kind")]
    Read(#[source] rcgen::Error),
    /// The certificate could not be signed.
    #[error("the certificate of the TLS key could not be signed")]
    Sign(#[source] rcgen::Error),
}

impl TlsIdentity {
    /// A new key, from the operating system's randomness.
    pub fn generate() -> Result<Self, IdentityError> {
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).map_err(IdentityError::Generate)?;
        Self::from_key_pair(key)
    }

    /// A key that [`to_pkcs8`](Self::to_pkcs8) wrote.
    pub fn from_pkcs8(der: &[u8]) -> Result<Self, IdentityError> {
        let der = PrivatePkcs8KeyDer::from(der);
        let key = KeyPair::from_pkcs8_der_and_sign_algo(&der, &PKCS_ECDSA_P256_SHA256).map_err(IdentityError::Read)?;
        Self::from_key_pair(key)
    }

    /// The private key in PKCS #8 DER (RFC 5958). The copy is wiped when dropped.
    pub fn to_pkcs8(&self) -> Zeroizing<Vec<u8>> {
        self.key.clone()
    }

    /// What peers know this key by.
    pub fn pin(&self) -> Pin {
        self.pin
    }

    /// A secret for another purpose, the same for this key at every start.
    pub(crate) fn derive(&self, purpose: &str) -> [u8; 32] {
        blake3::derive_key(purpose, &self.to_pkcs8())
    }

    /// The certificate in DER, for a server that speaks TLS over TCP with the same key.
    pub fn certificate(&self) -> CertificateDer<'static> {
        self.certificate.clone()
    }

    /// The private key in the form that rustls takes.
    pub fn private_key(&self) -> PrivateKeyDer<'static> {
        PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(self.key.to_vec()))
    }

    fn from_key_pair(mut key: KeyPair) -> Result<Self, IdentityError> {
        let mut params = CertificateParams::default();
        params.not_before = date_time_ymd(1975, 1, 1);
        params.not_after = date_time_ymd(4096, 1, 1);
        params.distinguished_name = DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, "comptoir");
        let signed = params.self_signed(&key).map_err(IdentityError::Sign);
        let identity = signed.map(|certificate| Self {
            certificate: certificate.der().clone(),
            key: Zeroizing::new(key.serialized_der().to_vec()),
            pin: Pin::of_public_key_info(&key.subject_public_key_info()),
        });
        key.zeroize();
        identity
    }
}

impl fmt::Debug for TlsIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TlsIdentity").field("pin", &self.pin).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_stored_key_keeps_its_pin() {
        let identity = TlsIdentity::generate().unwrap();
        let again = TlsIdentity::from_pkcs8(&identity.to_pkcs8()).unwrap();
        assert_eq!(again.pin(), identity.pin());
        assert_ne!(TlsIdentity::generate().unwrap().pin(), identity.pin());
    }

    #[test]
    fn the_pin_is_that_of_the_certificate() {
        let identity = TlsIdentity::generate().unwrap();
        assert_eq!(crate::verify::pin_of(&identity.certificate()).unwrap(), identity.pin());
    }

    #[test]
    fn a_damaged_key_is_refused() {
        let mut stored = TlsIdentity::generate().unwrap().to_pkcs8();
        stored.truncate(40);
        assert!(matches!(TlsIdentity::from_pkcs8(&stored), Err(IdentityError::Read(_))));
        assert!(matches!(TlsIdentity::from_pkcs8(&[]), Err(IdentityError::Read(_))));
    }

    #[test]
    fn debug_shows_no_key() {
        let identity = TlsIdentity::generate().unwrap();
        assert_eq!(format!("{identity:?}"), format!("TlsIdentity {{ pin: {:?}, .. }}", identity.pin()));
    }
}
