//! The seal on a directory's key files: one random key, which itself lies in `seal.json` under a passphrase. Owns that file and what a
//! sealed file looks like; which files are sealed, and in what order, is [`super::acts`]'s.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::envelope::{self, EnvelopeError};
use super::passphrase::{Passphrase, PassphraseError, Source};
use crate::data_dir::DataDir;
use crate::durable::{self, ReadError, WriteError};
use crate::entropy::{hex, unhex};
use crate::limits::SEAL_SCRYPT_LOG2;
use crate::problem::{Code, Problem};

const FILE_VERSION: u32 = 1;
const NONCE_BYTES: usize = 24;
/// Bound into what is sealed, with the file's name: no sealed file passes for another.
const PURPOSE: &str = "comptoir key file v2 ";

/// The key that key files are sealed with. Opening them again costs no work once it is held.
#[derive(Clone)]
pub struct Seal(Zeroizing<[u8; 32]>);

/// `seal.json`: the key under a passphrase, and where that is found when nobody says.
#[derive(Serialize, Deserialize)]
struct SealFile {
    version: u32,
    found_in: Source,
    wrapped: String,
}

#[derive(Deserialize)]
struct Version {
    version: u32,
}

/// Why the seal does not open, or a file under it.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// The file cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// A later version wrote it.
    #[error("seal.json has version {found}, and {FILE_VERSION} is known")]
    Newer {
        /// Its version.
        found: u32,
    },
    /// There is no passphrase.
    #[error("the keys are sealed")]
    Passphrase(#[from] PassphraseError),
    /// The passphrase does not open it.
    #[error("the keys are sealed")]
    Envelope(#[from] EnvelopeError),
    /// What the passphrase opens is no key, or not the one that a file was sealed with.
    #[error("{file} does not open with the seal that is here")]
    Damaged {
        /// Which file.
        file: &'static str,
    },
}

impl From<SealError> for Problem {
    fn from(error: SealError) -> Self {
        let code = match &error {
            SealError::Read(ReadError::Io { .. }) => Code::StorageFailed,
            SealError::Newer { .. } => Code::DirectoryNewer,
            SealError::Envelope(EnvelopeError::WrongPassphrase) => Code::PassphraseWrong,
            SealError::Passphrase(PassphraseError::Unreadable { path, .. }) => {
                return Self::from_error(Code::KeysSealed, &error).with("path", path.display());
            }
            SealError::Passphrase(_) => Code::KeysSealed,
            SealError::Read(_) | SealError::Envelope(_) | SealError::Damaged { .. } => Code::Damaged,
        };
        Self::from_error(code, &error)
    }
}

impl Seal {
    /// Draws a new one.
    pub fn generate(rng: &mut impl CryptoRng) -> Self {
        let mut key = Zeroizing::new([0; 32]);
        rng.fill_bytes(&mut *key);
        Self(key)
    }

    /// Opens the seal of a directory; `None` when it has none. The passphrase comes from where the directory says, else the
    /// environment, else the file itself.
    pub fn open(data: &DataDir) -> Result<Option<Self>, SealError> {
        let Some(file) = read(data)? else { return Ok(None) };
        let said = data.passphrase().cloned().or_else(Source::of_environment);
        let passphrase = said.unwrap_or(file.found_in).read()?;
        let opened = envelope::open(file.wrapped.as_bytes(), &passphrase)?;
        let key: [u8; 32] = opened.as_slice().try_into().map_err(|_| SealError::Damaged { file: "seal.json" })?;
        Ok(Some(Self(Zeroizing::new(key))))
    }

    /// Keeps it under a passphrase, which is tried before anything is written; the one before opens it no more.
    pub fn keep(&self, data: &DataDir, passphrase: &Passphrase, found_in: Source) -> Result<(), WriteError> {
        let failed = |source| WriteError { path: data.seal(), source };
        let wrapped = envelope::seal(&*self.0, passphrase, SEAL_SCRYPT_LOG2).map_err(failed)?;
        let tried = envelope::open(wrapped.as_bytes(), passphrase);
        if !tried.is_ok_and(|key| *key == *self.0) {
            return Err(failed(std::io::Error::other("the seal that was made does not open")));
        }
        durable::write(&data.seal(), &SealFile { version: FILE_VERSION, found_in, wrapped })
    }

    /// Seals the content of the file of this name, in hex.
    pub fn close(&self, file: &str, plain: &[u8], rng: &mut impl CryptoRng) -> String {
        let mut nonce = [0; NONCE_BYTES];
        rng.fill_bytes(&mut nonce);
        let aad = format!("{PURPOSE}{file}");
        let payload = Payload { msg: plain, aad: aad.as_bytes() };
        let sealed = XChaCha20Poly1305::new(&(*self.0).into()).encrypt(&XNonce::from(nonce), payload);
        let sealed = sealed.expect("invariant: a key file is shorter than the cipher's bound");
        hex(&nonce) + &hex(&sealed)
    }

    /// Opens it again.
    pub fn unclose(&self, file: &'static str, sealed: &str) -> Result<Zeroizing<Vec<u8>>, SealError> {
        let damaged = || SealError::Damaged { file };
        let bytes = unhex(sealed).ok_or_else(damaged)?;
        let (nonce, sealed) = bytes.split_first_chunk::<NONCE_BYTES>().ok_or_else(damaged)?;
        let aad = format!("{PURPOSE}{file}");
        let payload = Payload { msg: sealed, aad: aad.as_bytes() };
        let plain = XChaCha20Poly1305::new(&(*self.0).into()).decrypt(&XNonce::from(*nonce), payload);
        plain.map(Zeroizing::new).map_err(|_| damaged())
    }
}

/// Where the passphrase is found when nobody says; `None` when there is no seal.
pub fn found_in(data: &DataDir) -> Result<Option<Source>, SealError> {
    Ok(read(data)?.map(|file| file.found_in))
}

fn read(data: &DataDir) -> Result<Option<SealFile>, SealError> {
    let Some(Version { version }) = durable::read(&data.seal())? else { return Ok(None) };
    if version > FILE_VERSION {
        return Err(SealError::Newer { found: version });
    }
    Ok(durable::read(&data.seal())?)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::entropy;

    #[test]
    fn a_sealed_file_opens_under_its_own_name_and_seal_alone() {
        let (seal, other) = (Seal::generate(&mut entropy::os()), Seal::generate(&mut entropy::os()));
        let sealed = seal.close("keys.json", b"secret", &mut entropy::os());
        assert_eq!(&**seal.unclose("keys.json", &sealed).unwrap(), b"secret");
        assert!(seal.unclose("admin.json", &sealed).is_err());
        assert!(other.unclose("keys.json", &sealed).is_err());
        assert_ne!(sealed, seal.close("keys.json", b"secret", &mut entropy::os()));
        for damaged in [&sealed[2..], &sealed[..sealed.len() - 2], "", "zz"] {
            assert!(matches!(seal.unclose("keys.json", damaged), Err(SealError::Damaged { file: "keys.json" })));
        }
    }

    #[test]
    fn a_seal_is_kept_under_one_passphrase_at_a_time() {
        let dir = tempfile::tempdir().unwrap();
        let secret = |name: &str, text: &str| {
            std::fs::write(dir.path().join(name), text).unwrap();
            Source::PassphraseFile(dir.path().join(name))
        };
        let (first, second) = (secret("first", "correct horse"), secret("second", "battery staple"));
        let data = DataDir::new(dir.path());
        assert!(Seal::open(&data).unwrap().is_none());
        let seal = Seal::generate(&mut entropy::os());
        seal.keep(&data, &first.read().unwrap(), first.clone()).unwrap();
        assert_eq!(Seal::open(&data).unwrap().unwrap().0, seal.0);
        let with = |source: &Source| data.clone().with_passphrase(Some(source.clone()));
        let wrong = Seal::open(&with(&second)).err().unwrap();
        assert_eq!(Problem::from(wrong).code, "passphrase-wrong");
        seal.keep(&data, &second.read().unwrap(), second.clone()).unwrap();
        assert_eq!(Seal::open(&data).unwrap().unwrap().0, seal.0);
        assert!(Seal::open(&with(&first)).is_err());
        std::fs::remove_file(dir.path().join("second")).unwrap();
        assert_eq!(Problem::from(Seal::open(&data).err().unwrap()).code, "keys-sealed");
        std::fs::write(data.seal(), r#"{"version":2,"other":true}"#).unwrap();
        assert_eq!(Problem::from(Seal::open(&data).err().unwrap()).code, "directory-newer");
    }
}
