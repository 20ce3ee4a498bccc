//! The keys of a node and, at headquarters, of the roster: made once, kept in files of their own, never in the database.
//! Owns what stands in those files; how they lie on the disk is [`crate::custody`]'s. Never sends a secret anywhere.

use std::path::PathBuf;

use comptoir_sync_protocol::keys::{EnvelopeError, SealingSecret, generate_signing_key};
use comptoir_sync_protocol::roster::SiteKeys;
use comptoir_sync_protocol::{Epoch, OrganisationId, SiteId, Writer};
use comptoir_transport::{IdentityError, TlsIdentity};
use ed25519_dalek::SigningKey;
use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::custody::PLAIN_VERSION;
use crate::custody::keyring::KeySet;
use crate::custody::seal::SealError;
use crate::durable::{ReadError, WriteError};
use crate::entropy::{hex, unhex};
use crate::problem::{Code, Problem};

const SITE_ID_CONTEXT: &str = "comptoir 2026 site id";

/// The keys that this node began with.
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
#[derive(Clone)]
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
    #[error("the key file has version {found}, which is not known here")]
    Newer {
        /// Its version.
        found: u32,
    },
    /// The seal on the files does not open.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// A file is sealed, and the seal is not here.
    #[error("{} is sealed, and seal.json is not beside it: put it back from a copy", .path.display())]
    NoSeal {
        /// Which file.
        path: PathBuf,
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
        let error = match error {
            KeysError::Seal(error) => return error.into(),
            error => error,
        };
        let code = match &error {
            KeysError::Newer { .. } => Code::DirectoryNewer,
            KeysError::Write(write) => return write_problem(write),
            KeysError::Read(ReadError::Io { .. }) => Code::StorageFailed,
            KeysError::Read(_)
            | KeysError::Seal(_)
            | KeysError::Damaged { .. }
            | KeysError::NoSeal { .. }
            | KeysError::Tls(_)
            | KeysError::Sealing(_) => Code::Damaged,
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

/// The file of a site's keys.
#[derive(Serialize, Deserialize)]
pub(crate) struct KeysFile {
    version: u32,
    organisation: String,
    site: String,
    tls: Zeroizing<String>,
    signing: Zeroizing<String>,
    sealing: Zeroizing<String>,
}

/// The file of a roster key.
#[derive(Serialize, Deserialize)]
pub(crate) struct RosterKeyFile {
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
}

impl From<&NodeKeys> for KeysFile {
    fn from(keys: &NodeKeys) -> Self {
        Self {
            version: PLAIN_VERSION,
            organisation: keys.organisation.to_string(),
            site: keys.site.to_string(),
            tls: Zeroizing::new(hex(&keys.tls.to_pkcs8())),
            signing: Zeroizing::new(hex(keys.signing.as_bytes())),
            sealing: Zeroizing::new(hex(keys.sealing.as_bytes())),
        }
    }
}

impl TryFrom<KeysFile> for NodeKeys {
    type Error = KeysError;

    fn try_from(file: KeysFile) -> Result<Self, KeysError> {
        let damaged = |key| move || KeysError::Damaged { key };
        let organisation = file.organisation.parse().map_err(|_| damaged("organisation")())?;
        let site = file.site.parse().map_err(|_| damaged("site")())?;
        let (tls, signing, sealing) = secrets(&file.tls, &file.signing, &file.sealing)?;
        Ok(Self { organisation, site, tls, signing, sealing })
    }
}

/// The file of keys that a site has made since.
#[derive(Serialize, Deserialize)]
pub(crate) struct RenewedFile {
    version: u32,
    sets: Vec<KeySetFile>,
}

#[derive(Serialize, Deserialize)]
struct KeySetFile {
    made_ms: i64,
    cancelled: bool,
    tls: Zeroizing<String>,
    signing: Zeroizing<String>,
    sealing: Zeroizing<String>,
}

impl From<&[KeySet]> for RenewedFile {
    fn from(sets: &[KeySet]) -> Self {
        let sets = sets.iter().map(|set| KeySetFile {
            made_ms: set.made_ms,
            cancelled: set.cancelled,
            tls: Zeroizing::new(hex(&set.tls.to_pkcs8())),
            signing: Zeroizing::new(hex(set.signing.as_bytes())),
            sealing: Zeroizing::new(hex(set.sealing.as_bytes())),
        });
        Self { version: PLAIN_VERSION, sets: sets.collect() }
    }
}

impl TryFrom<RenewedFile> for Vec<KeySet> {
    type Error = KeysError;

    fn try_from(file: RenewedFile) -> Result<Self, KeysError> {
        file.sets
            .into_iter()
            .map(|set| {
                let (tls, signing, sealing) = secrets(&set.tls, &set.signing, &set.sealing)?;
                Ok(KeySet { cancelled: set.cancelled, ..KeySet::new(set.made_ms, tls, signing, sealing)? })
            })
            .collect()
    }
}

fn secrets(tls: &str, signing: &str, sealing: &str) -> Result<(TlsIdentity, SigningKey, SealingSecret), KeysError> {
    let damaged = |key| move || KeysError::Damaged { key };
    Ok((
        TlsIdentity::from_pkcs8(&Zeroizing::new(unhex(tls).ok_or_else(damaged("tls"))?))?,
        SigningKey::from_bytes(&*key_bytes(signing).ok_or_else(damaged("signing"))?),
        SealingSecret::from_bytes(*key_bytes(sealing).ok_or_else(damaged("sealing"))?),
    ))
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
}

impl From<&RosterKey> for RosterKeyFile {
    fn from(key: &RosterKey) -> Self {
        let signing = Zeroizing::new(hex(key.signing.as_bytes()));
        Self { version: PLAIN_VERSION, signing, epoch: key.epoch.to_string() }
    }
}

impl TryFrom<RosterKeyFile> for RosterKey {
    type Error = KeysError;

    fn try_from(file: RosterKeyFile) -> Result<Self, KeysError> {
        let signing = key_bytes(&file.signing).ok_or(KeysError::Damaged { key: "signing" })?;
        let epoch = file.epoch.parse().map_err(|_| KeysError::Damaged { key: "epoch" })?;
        Ok(Self { signing: SigningKey::from_bytes(&signing), epoch })
    }
}

fn key_bytes(text: &str) -> Option<Zeroizing<[u8; 32]>> {
    let bytes = Zeroizing::new(unhex(text)?);
    Some(Zeroizing::new(bytes.as_slice().try_into().ok()?))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_site_id_follows_from_organisation_and_key() {
        let id = site_id(&OrganisationId([1; 32]), &[2; 32]);
        assert_eq!(id, site_id(&OrganisationId([1; 32]), &[2; 32]));
        assert_ne!(id, site_id(&OrganisationId([2; 32]), &[2; 32]));
        assert_ne!(id, site_id(&OrganisationId([1; 32]), &[3; 32]));
    }
}
