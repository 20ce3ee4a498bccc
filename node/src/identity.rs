//! The keys of a node and, at headquarters, of the roster: made once, kept in files of their own, never in the database.
//! Owns their storage form. Never sends a secret anywhere.

use std::path::Path;

use comptoir_sync_protocol::keys::{EnvelopeError, SealingSecret, generate_signing_key};
use comptoir_sync_protocol::roster::SiteKeys;
use comptoir_sync_protocol::{Epoch, OrganisationId, SiteId, Writer};
use comptoir_transport::{IdentityError, TlsIdentity};
use ed25519_dalek::SigningKey;
use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::durable::{self, ReadError, WriteError};
use crate::entropy::{hex, unhex};
use crate::problem::{Code, Problem};

const FILE_VERSION: u32 = 1;
const SITE_ID_CONTEXT: &str = "comptoir 2026 site id";

/// The keys of this node.
pub struct NodeKeys {
    /// The organisation that it belongs to.
    pub organisation: OrganisationId,
    /// Its own id.
    pub site: SiteId,
    /// Proves who is at the end of a connection.
    pub tls: TlsIdentity,
    /// Signs entries.
    pub signing: SigningKey,
    /// Opens what is sealed to this site.
    pub sealing: SealingSecret,
}

/// A key that writes the roster: root's or an admin's.
pub struct RosterKey {
    /// The key.
    pub signing: SigningKey,
    /// The epoch of its log.
    pub epoch: Epoch,
}

/// Why keys could not be made, read or kept.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// The file cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The file cannot be written.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// The file is there, but a key in it is none.
    #[error("the key {key} in the key file is damaged")]
    Damaged {
        /// Which key.
        key: &'static str,
    },
    /// A later version wrote the file.
    #[error("the key file has version {found}, and {FILE_VERSION} is known")]
    Newer {
        /// Its version.
        found: u32,
    },
    /// The TLS key could not be made or read.
    #[error(transparent)]
    Tls(#[from] IdentityError),
    /// The sealing key is unusable.
    #[error(transparent)]
    Sealing(#[from] EnvelopeError),
}

impl From<KeysError> for Problem {
    fn from(error: KeysError) -> Self {
        let code = match &error {
            KeysError::Newer { .. } => Code::DirectoryNewer,
            KeysError::Write(write) => return write_problem(write),
            KeysError::Read(ReadError::Io { .. }) => Code::StorageFailed,
            KeysError::Read(_) | KeysError::Damaged { .. } | KeysError::Tls(_) | KeysError::Sealing(_) => Code::Damaged,
        };
        Problem::from_error(code, &error)
    }
}

/// A failed write of a small file, told apart by what the system said.
pub fn write_problem(error: &WriteError) -> Problem {
    let code = match error.source.kind() {
        std::io::ErrorKind::StorageFull => Code::DiskFull,
        std::io::ErrorKind::PermissionDenied | std::io::ErrorKind::ReadOnlyFilesystem => Code::DirectoryReadOnly,
        _ => Code::StorageFailed,
    };
    Problem::from_error(code, error).with("path", error.path.display())
}

#[derive(Serialize, Deserialize)]
struct KeysFile {
    version: u32,
    organisation: String,
    site: String,
    tls: Zeroizing<String>,
    signing: Zeroizing<String>,
    sealing: Zeroizing<String>,
}

#[derive(Serialize, Deserialize)]
struct RosterKeyFile {
    version: u32,
    signing: Zeroizing<String>,
    epoch: String,
}

/// The id of a site: derived from its first signing key, so that nobody can choose another's.
pub fn site_id(organisation: &OrganisationId, signing: &[u8; 32]) -> SiteId {
    let mut hasher = blake3::Hasher::new_derive_key(SITE_ID_CONTEXT);
    hasher.update(&organisation.0).update(signing);
    let mut id = [0; 16];
    hasher.finalize_xof().fill(&mut id);
    SiteId(id)
}

impl NodeKeys {
    /// Makes the keys of a new node.
    pub fn generate(organisation: OrganisationId, rng: &mut impl CryptoRng) -> Result<Self, KeysError> {
        let signing = generate_signing_key(rng);
        let site = site_id(&organisation, &signing.verifying_key().to_bytes());
        let tls = TlsIdentity::generate()?;
        Ok(Self { organisation, site, tls, signing, sealing: SealingSecret::generate(rng) })
    }

    /// The public halves.
    pub fn public(&self) -> Result<SiteKeys, EnvelopeError> {
        Ok(SiteKeys {
            tls_pin: self.tls.pin().0,
            signing: self.signing.verifying_key().to_bytes(),
            sealing: self.sealing.public()?,
        })
    }

    /// Reads them; `None` when there are none.
    pub fn read(path: &Path) -> Result<Option<Self>, KeysError> {
        let Some(file) = durable::read::<KeysFile>(path)? else { return Ok(None) };
        check_version(file.version)?;
        let damaged = |key| move || KeysError::Damaged { key };
        Ok(Some(Self {
            organisation: file.organisation.parse().map_err(|_| damaged("organisation")())?,
            site: file.site.parse().map_err(|_| damaged("site")())?,
            tls: TlsIdentity::from_pkcs8(&Zeroizing::new(unhex(&file.tls).ok_or_else(damaged("tls"))?))?,
            signing: SigningKey::from_bytes(&*key_bytes(&file.signing).ok_or_else(damaged("signing"))?),
            sealing: SealingSecret::from_bytes(*key_bytes(&file.sealing).ok_or_else(damaged("sealing"))?),
        }))
    }

    /// Keeps them.
    pub fn write(&self, path: &Path) -> Result<(), WriteError> {
        let file = KeysFile {
            version: FILE_VERSION,
            organisation: self.organisation.to_string(),
            site: self.site.to_string(),
            tls: Zeroizing::new(hex(&self.tls.to_pkcs8())),
            signing: Zeroizing::new(hex(self.signing.as_bytes())),
            sealing: Zeroizing::new(hex(self.sealing.as_bytes())),
        };
        durable::write(path, &file)
    }
}

impl RosterKey {
    /// Draws a new one.
    pub fn generate(rng: &mut impl CryptoRng) -> Self {
        Self { signing: generate_signing_key(rng), epoch: Epoch::random(rng) }
    }

    /// Under which its holder writes the roster.
    pub fn writer(&self) -> Writer {
        Writer { site: SiteId::of_roster_key(&self.signing.verifying_key().to_bytes()), epoch: self.epoch }
    }

    /// Reads it; `None` when there is none.
    pub fn read(path: &Path) -> Result<Option<Self>, KeysError> {
        let Some(file) = durable::read::<RosterKeyFile>(path)? else { return Ok(None) };
        check_version(file.version)?;
        let signing = key_bytes(&file.signing).ok_or(KeysError::Damaged { key: "signing" })?;
        let epoch = file.epoch.parse().map_err(|_| KeysError::Damaged { key: "epoch" })?;
        Ok(Some(Self { signing: SigningKey::from_bytes(&signing), epoch }))
    }

    /// Keeps it.
    pub fn write(&self, path: &Path) -> Result<(), WriteError> {
        let signing = Zeroizing::new(hex(self.signing.as_bytes()));
        durable::write(path, &RosterKeyFile { version: FILE_VERSION, signing, epoch: self.epoch.to_string() })
    }
}

fn check_version(found: u32) -> Result<(), KeysError> {
    if found > FILE_VERSION { Err(KeysError::Newer { found }) } else { Ok(()) }
}

fn key_bytes(text: &str) -> Option<Zeroizing<[u8; 32]>> {
    let bytes = Zeroizing::new(unhex(text)?);
    Some(Zeroizing::new(bytes.as_slice().try_into().ok()?))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::entropy;

    #[test]
    fn keys_come_back_as_they_were() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("keys.json");
        assert!(NodeKeys::read(&path).unwrap().is_none());
        let keys = NodeKeys::generate(OrganisationId([7; 32]), &mut entropy::os()).unwrap();
        keys.write(&path).unwrap();
        let again = NodeKeys::read(&path).unwrap().unwrap();
        assert_eq!(again.public().unwrap(), keys.public().unwrap());
        assert_eq!((again.site, again.organisation), (keys.site, keys.organisation));
        let root = RosterKey::generate(&mut entropy::os());
        root.write(&path).unwrap();
        assert_eq!(RosterKey::read(&path).unwrap().unwrap().epoch, root.epoch);
        assert!(matches!(NodeKeys::read(&path), Err(KeysError::Read(ReadError::Damaged { .. }))));
    }

    #[test]
    fn a_newer_file_is_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("admin.json");
        durable::write(&path, &serde_json::json!({"version": 2, "signing": "", "epoch": ""})).unwrap();
        let error = RosterKey::read(&path).err().unwrap();
        assert_eq!(Problem::from(error).code, "directory-newer");
    }

    #[test]
    fn a_site_id_follows_from_organisation_and_key() {
        let id = site_id(&OrganisationId([1; 32]), &[2; 32]);
        assert_eq!(id, site_id(&OrganisationId([1; 32]), &[2; 32]));
        assert_ne!(id, site_id(&OrganisationId([2; 32]), &[2; 32]));
        assert_ne!(id, site_id(&OrganisationId([1; 32]), &[3; 32]));
    }
}
