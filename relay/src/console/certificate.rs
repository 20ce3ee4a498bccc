//! What the console shows of itself over TLS: a certificate that somebody issued, or one of its own, made once and kept, so that a browser's
//! user who compared its fingerprint need not do so again. Owns reading and keeping both. The key that sites know the relay by is another.

use std::io;
use std::path::{Path, PathBuf};

use comptoir_door::text::{hex, unhex};
use comptoir_transport::{IdentityError, TlsIdentity, https};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::durable;
use crate::limits::MAX_PEM_BYTES;

/// The console's own certificate and key.
pub const CERTIFICATE_FILE: &str = "console-tls.json";

/// A certificate that somebody issued, in two files of PEM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    /// The certificate, those between it and its issuer after it.
    pub certificate: PathBuf,
    /// Its key.
    pub key: PathBuf,
}

/// Why there is no certificate to show.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    /// A file cannot be read or written.
    #[error("{} cannot be used for the console", .path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// A file holds no PEM of what it should.
    #[error("{} holds no {what} in PEM", .path.display())]
    NoPem {
        /// Which.
        path: PathBuf,
        /// What it should hold.
        what: &'static str,
    },
    /// The file of the console's own certificate does not hold what it should.
    #[error("{} is damaged: delete it, and a new certificate is made", .path.display())]
    Damaged {
        /// Which.
        path: PathBuf,
    },
    /// No key could be made.
    #[error("no certificate could be made for the console")]
    Own(#[from] IdentityError),
    /// Key and certificate do not fit.
    #[error("the console's certificate cannot be used")]
    Setup(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// What the console shows.
pub struct Shown {
    /// The settings of TLS.
    pub tls: rustls::ServerConfig,
    /// SHA-256 of the certificate, as browsers show it: `AB:CD:…`.
    pub fingerprint: String,
    /// Whether browsers are to trust it by who issued it.
    pub issued: bool,
}

/// Reads what is given, or what is kept in the directory, or makes that.
pub fn load(dir: &Path, given: Option<&Given>) -> Result<Shown, CertificateError> {
    let (chain, key) = match given {
        Some(given) => (chain(&given.certificate)?, key(&given.key)?),
        None => own(&dir.join(CERTIFICATE_FILE))?,
    };
    let fingerprint = chain.first().map(fingerprint).unwrap_or_default();
    let tls = https::server_of(chain, key).map_err(|error| CertificateError::Setup(Box::new(error)))?;
    Ok(Shown { tls, fingerprint, issued: given.is_some() })
}

/// Until when a certificate that was given is good; Unix milliseconds. Fails where it cannot be shown with its key.
pub fn ends_ms(given: &Given) -> Result<i64, CertificateError> {
    let (chain, key) = (chain(&given.certificate)?, key(&given.key)?);
    let none = || CertificateError::NoPem { path: given.certificate.clone(), what: "certificate" };
    let first = chain.first().ok_or_else(none)?;
    let (_, parsed) = x509_parser::parse_x509_certificate(first).map_err(|_| none())?;
    let ends_ms = parsed.validity().not_after.timestamp().saturating_mul(1_000);
    https::server_of(chain, key).map_err(|error| CertificateError::Setup(Box::new(error)))?;
    Ok(ends_ms)
}

fn fingerprint(certificate: &CertificateDer<'static>) -> String {
    let digits: Vec<String> = Sha256::digest(certificate).iter().map(|byte| format!("{byte:02X}")).collect();
    digits.join(":")
}

fn read(path: &Path) -> Result<Zeroizing<Vec<u8>>, CertificateError> {
    use std::io::Read;
    let failed = |source| CertificateError::File { path: path.to_owned(), source };
    let mut bytes = Zeroizing::new(Vec::new());
    let file = std::fs::File::open(path).map_err(failed)?;
    file.take(MAX_PEM_BYTES).read_to_end(&mut bytes).map_err(failed)?;
    Ok(bytes)
}

fn chain(path: &Path) -> Result<Vec<CertificateDer<'static>>, CertificateError> {
    let bytes = read(path)?;
    let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&bytes).collect();
    let none = || CertificateError::NoPem { path: path.to_owned(), what: "certificate" };
    chain.ok().filter(|chain| !chain.is_empty()).ok_or_else(none)
}

fn key(path: &Path) -> Result<PrivateKeyDer<'static>, CertificateError> {
    let none = |_| CertificateError::NoPem { path: path.to_owned(), what: "private key" };
    PrivateKeyDer::from_pem_slice(&read(path)?).map_err(none)
}

#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
struct OwnFile {
    /// DER, in hex.
    certificate: String,
    /// PKCS #8, in hex.
    key: String,
}

type Pair = (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>);

fn own(path: &Path) -> Result<Pair, CertificateError> {
    let damaged = || CertificateError::Damaged { path: path.to_owned() };
    let failed = |source| CertificateError::File { path: path.to_owned(), source };
    let file: OwnFile = match durable::read(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::InvalidData => return Err(damaged()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let identity = TlsIdentity::generate()?;
            let file = OwnFile { certificate: hex(&identity.certificate()), key: hex(&identity.to_pkcs8()) };
            durable::write(path, &file).map_err(failed)?;
            file
        }
        Err(error) => return Err(failed(error)),
    };
    let key = Zeroizing::new(unhex(&file.key).ok_or_else(damaged)?);
    let identity = TlsIdentity::from_pkcs8(&key)?;
    let certificate = unhex(&file.certificate).map(CertificateDer::from).ok_or_else(damaged)?;
    if https::pin_of(&certificate) != Some(identity.pin()) {
        return Err(damaged());
    }
    Ok((vec![certificate], identity.private_key()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_own_certificate_is_made_once_and_damage_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let first = load(dir.path(), None).unwrap();
        assert_eq!((load(dir.path(), None).unwrap().fingerprint, first.issued), (first.fingerprint.clone(), false));
        assert_eq!(first.fingerprint.split(':').count(), 32);
        std::fs::write(dir.path().join(CERTIFICATE_FILE), "{}").unwrap();
        assert!(matches!(load(dir.path(), None), Err(CertificateError::Damaged { .. })));
    }

    #[test]
    fn what_is_no_pem_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.pem");
        let given = Given { certificate: path.clone(), key: path.clone() };
        assert!(matches!(load(dir.path(), Some(&given)), Err(CertificateError::File { .. })));
        std::fs::write(&path, "nothing of ours").unwrap();
        assert!(matches!(load(dir.path(), Some(&given)), Err(CertificateError::NoPem { what: "certificate", .. })));
    }
}
