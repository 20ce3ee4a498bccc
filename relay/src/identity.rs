//! Who this relay is: its keys, and whom it belongs to. Owns `relay.json` and the claim; lies outside the store, so that losing
//! the store loses neither.

use std::io;
use std::path::{Path, PathBuf};

use comptoir_sync_protocol::OrganisationId;
use comptoir_sync_protocol::enrolment::{RelayCode, Secret};
use comptoir_sync_protocol::keys::generate_signing_key;
use comptoir_transport::{IdentityError, TlsIdentity};
use ed25519_dalek::SigningKey;
use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::core::CoreIdentity;
use crate::data_dir::{DataDir, DirError, KEY_FILE, io_error};
use crate::durable::{self, hex, unhex};

const KEY_FILE_VERSION: u32 = 1;

/// Why keys cannot be made, read or kept.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// The directory refused.
    #[error(transparent)]
    Dir(#[from] DirError),
    /// A newer version wrote the file.
    #[error("{} has format {found}, and this version knows up to {known}: install the newer version again", .path.display())]
    NewerVersion {
        /// Which file.
        path: PathBuf,
        /// Its format.
        found: u32,
        /// The newest known.
        known: u32,
    },
    /// The file does not hold what it should.
    #[error("{} is damaged: put a copy of it back; without its keys this relay must be replaced by a new one", .path.display())]
    Damaged {
        /// Which file.
        path: PathBuf,
        /// What does not fit.
        #[source]
        source: Option<io::Error>,
    },
    /// The TLS key could not be made or used.
    #[error("the TLS key cannot be used")]
    Tls(#[from] IdentityError),
}

#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
struct KeyFile {
    version: u32,
    address: String,
    jurisdiction: String,
    /// The organisation that claimed this relay.
    organisation: Option<String>,
    /// PKCS #8, in hex.
    tls_key: String,
    /// Ed25519, in hex.
    signing_key: String,
    /// Hash of the claim secret, in hex.
    claim: String,
}

/// The relay's keys and owner.
#[derive(Clone, Debug)]
pub struct RelayIdentity {
    /// Proves who answers.
    pub tls: TlsIdentity,
    /// Signs receipts.
    pub signing: SigningKey,
    /// `host:port`, as sites are told.
    pub address: String,
    /// Where it stands; empty when nobody certified that.
    pub jurisdiction: String,
    /// The organisation that it belongs to.
    pub organisation: Option<OrganisationId>,
    claim: blake3::Hash,
}

impl RelayIdentity {
    /// Makes keys and keeps them. The code is shown once: only its hash is kept.
    pub fn create(
        dir: &DataDir,
        address: String,
        jurisdiction: String,
        rng: &mut impl CryptoRng,
    ) -> Result<(Self, RelayCode), KeyFileError> {
        let secret = Secret::generate(rng);
        let identity = Self {
            tls: TlsIdentity::generate()?,
            signing: generate_signing_key(rng),
            address,
            jurisdiction,
            organisation: None,
            claim: claim_hash(&secret.0),
        };
        identity.store(dir)?;
        let code = RelayCode {
            address: identity.address.clone(),
            tls_pin: identity.tls.pin().0,
            signing: identity.signing.verifying_key().to_bytes(),
            jurisdiction: identity.jurisdiction.clone(),
            claim: secret,
        };
        Ok((identity, code))
    }

    /// Reads the keys of an initialised relay.
    pub fn load(dir: &DataDir) -> Result<Self, KeyFileError> {
        Self::read(dir.path())
    }

    /// The same without holding the directory.
    pub fn read(dir: &Path) -> Result<Self, KeyFileError> {
        let path = dir.join(KEY_FILE);
        let file: KeyFile = match durable::read(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(DirError::NotInitialised { dir: dir.to_owned() }.into());
            }
            Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                return Err(KeyFileError::Damaged { path, source: Some(error) });
            }
            Err(error) => return Err(io_error(dir, &path, error).into()),
        };
        if file.version > KEY_FILE_VERSION {
            return Err(KeyFileError::NewerVersion { path, found: file.version, known: KEY_FILE_VERSION });
        }
        Self::from_file(&file).ok_or(KeyFileError::Damaged { path, source: None })
    }

    fn from_file(file: &KeyFile) -> Option<Self> {
        let tls_key = Zeroizing::new(unhex(&file.tls_key)?);
        let seed: Zeroizing<[u8; 32]> = Zeroizing::new(unhex(&file.signing_key)?.try_into().ok()?);
        let organisation = match &file.organisation {
            Some(text) => Some(text.parse().ok()?),
            None => None,
        };
        Some(Self {
            tls: TlsIdentity::from_pkcs8(&tls_key).ok()?,
            signing: SigningKey::from_bytes(&seed),
            address: file.address.clone(),
            jurisdiction: file.jurisdiction.clone(),
            organisation,
            claim: blake3::Hash::from_hex(&file.claim).ok()?,
        })
    }

    /// Whether this secret is the one that the code held. Compared in constant time.
    pub fn is_claimed_by(&self, secret: &[u8; 16]) -> bool {
        claim_hash(secret) == self.claim
    }

    /// Binds the relay to an organisation, for good.
    pub fn bind(&mut self, dir: &DataDir, organisation: OrganisationId) -> Result<(), KeyFileError> {
        let bound = Self { organisation: Some(organisation), ..self.clone() };
        bound.store(dir)?;
        *self = bound;
        Ok(())
    }

    /// What the core needs, once the relay belongs to somebody.
    pub fn core(&self, organisation: OrganisationId) -> CoreIdentity {
        CoreIdentity { organisation, tls_pin: self.tls.pin().0, signing: self.signing.clone() }
    }

    fn store(&self, dir: &DataDir) -> Result<(), KeyFileError> {
        let file = KeyFile {
            version: KEY_FILE_VERSION,
            address: self.address.clone(),
            jurisdiction: self.jurisdiction.clone(),
            organisation: self.organisation.map(|organisation| organisation.to_string()),
            tls_key: hex(&self.tls.to_pkcs8()),
            signing_key: hex(self.signing.as_bytes()),
            claim: self.claim.to_hex().to_string(),
        };
        let path = dir.file(KEY_FILE);
        Ok(durable::write(&path, &file).map_err(|source| io_error(dir.path(), &path, source))?)
    }
}

fn claim_hash(secret: &[u8; 16]) -> blake3::Hash {
    blake3::Hash::from_bytes(blake3::derive_key("comptoir 2026 relay claim", secret))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use rand_core::SeedableRng;

    fn create(dir: &Path) -> (DataDir, RelayIdentity, RelayCode) {
        let mut rng = rand_chacha::ChaCha20Rng::seed_from_u64(1);
        let dir = DataDir::create(dir).unwrap();
        let (identity, code) = RelayIdentity::create(&dir, "relay.example:4433".into(), "FR".into(), &mut rng).unwrap();
        (dir, identity, code)
    }

    #[test]
    fn keys_and_owner_outlive_the_process() {
        let temporary = tempfile::tempdir().unwrap();
        let (dir, mut identity, code) = create(temporary.path());
        let organisation = OrganisationId([3; 32]);
        identity.bind(&dir, organisation).unwrap();
        let again = RelayIdentity::load(&dir).unwrap();
        assert_eq!(again.tls.pin().0, code.tls_pin);
        assert_eq!(again.signing.verifying_key().to_bytes(), code.signing);
        assert_eq!(again.organisation, Some(organisation));
        assert!(again.is_claimed_by(&code.claim.0));
        assert!(!again.is_claimed_by(&[0; 16]));
    }

    #[test]
    fn the_claim_itself_is_not_kept() {
        let temporary = tempfile::tempdir().unwrap();
        let (dir, _, code) = create(temporary.path());
        let text = std::fs::read_to_string(dir.file(KEY_FILE)).unwrap();
        assert!(text.contains(&hex(&code.tls_pin)) || text.contains("tls_key"), "the file is read at all");
        assert!(!text.contains(&hex(&code.claim.0)));
    }

    #[test]
    fn damage_and_newer_versions_are_named() {
        let temporary = tempfile::tempdir().unwrap();
        let (dir, ..) = create(temporary.path());
        let path = dir.file(KEY_FILE);
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, text.replace("\"version\": 1", "\"version\": 2")).unwrap();
        assert!(matches!(RelayIdentity::load(&dir), Err(KeyFileError::NewerVersion { found: 2, .. })));
        std::fs::write(&path, &text[..text.len() / 2]).unwrap();
        assert!(matches!(RelayIdentity::load(&dir), Err(KeyFileError::Damaged { .. })));
        std::fs::write(&path, text.replace("\"signing_key\": \"", "\"signing_key\": \"zz")).unwrap();
        assert!(matches!(RelayIdentity::load(&dir), Err(KeyFileError::Damaged { source: None, .. })));
    }
}
