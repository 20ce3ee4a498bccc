//! Custody of keys: how their files lie on the disk, plain or sealed, and which keys of the roster are here. Owns what a key file may be at any
//! moment: one that opens, whole; never a plain copy beside a sealed one. Never sends a secret anywhere.

pub mod acts;
pub mod admin;
pub mod copy;
pub mod envelope;
mod file;
pub mod keyring;
pub mod passphrase;
pub mod renewal;
pub mod root;
mod roster_keys;
pub mod seal;

use std::path::PathBuf;

pub use file::{Lies, PLAIN_VERSION};
pub use roster_keys::RosterKeys;

use crate::data_dir::DataDir;
use crate::durable::{self, WriteError};
use crate::identity::{KeysError, KeysFile, NodeKeys, RenewedFile, RosterKey, RosterKeyFile};
use keyring::KeySet;
use seal::Seal;

/// The key files of one directory, whose lock is held.
pub struct KeyFiles {
    data: DataDir,
    seal: Option<Seal>,
}

impl KeyFiles {
    /// Opens the seal, if files are sealed. What an interrupted write left beside them is removed first: it may be a plain copy.
    pub fn open(data: &DataDir) -> Result<Self, KeysError> {
        for path in Self::all(data).into_iter().chain([data.seal()]) {
            durable::remove_unfinished(&path)?;
        }
        let mut sealed = None;
        for path in Self::all(data) {
            if file::lies(&path)? == Lies::Sealed {
                sealed = sealed.or(Some(path));
            }
        }
        // A seal under which nothing lies is what an interrupted act left: nobody needs a passphrase.
        let seal = match sealed {
            Some(path) => Some(Seal::open(data)?.ok_or(KeysError::NoSeal { path })?),
            None => None,
        };
        Ok(Self { data: data.clone(), seal })
    }

    /// Every key file that there may be.
    fn all(data: &DataDir) -> [PathBuf; 4] {
        [data.keys(), data.renewed_keys(), data.admin_key(), data.root_key()]
    }

    /// Whether what is written is sealed.
    pub fn is_sealed(&self) -> bool {
        self.seal.is_some()
    }

    /// The site's keys.
    pub fn node(&self) -> Result<Option<NodeKeys>, KeysError> {
        file::read::<KeysFile>(&self.data.keys(), self.seal.as_ref())?.map(NodeKeys::try_from).transpose()
    }

    /// What the site has made since in the place of its keys.
    pub fn renewed(&self) -> Result<Vec<KeySet>, KeysError> {
        let file = file::read::<RenewedFile>(&self.data.renewed_keys(), self.seal.as_ref())?;
        file.map_or(Ok(Vec::new()), Vec::try_from)
    }

    /// The admin key.
    pub fn admin(&self) -> Result<Option<RosterKey>, KeysError> {
        file::read::<RosterKeyFile>(&self.data.admin_key(), self.seal.as_ref())?.map(RosterKey::try_from).transpose()
    }

    /// The root key.
    pub fn root(&self) -> Result<Option<RosterKey>, KeysError> {
        file::read::<RosterKeyFile>(&self.data.root_key(), self.seal.as_ref())?.map(RosterKey::try_from).transpose()
    }

    /// Keeps the site's keys.
    pub fn write_node(&self, keys: &NodeKeys) -> Result<(), WriteError> {
        file::write(&self.data.keys(), &KeysFile::from(keys), self.seal.as_ref())
    }

    /// Keeps what it has made since.
    pub fn write_renewed(&self, renewed: &[KeySet]) -> Result<(), WriteError> {
        file::write(&self.data.renewed_keys(), &RenewedFile::from(renewed), self.seal.as_ref())
    }

    /// Keeps the admin key.
    pub fn write_admin(&self, key: &RosterKey) -> Result<(), WriteError> {
        file::write(&self.data.admin_key(), &RosterKeyFile::from(key), self.seal.as_ref())
    }

    /// Keeps the root key.
    pub fn write_root(&self, key: &RosterKey) -> Result<(), WriteError> {
        file::write(&self.data.root_key(), &RosterKeyFile::from(key), self.seal.as_ref())
    }

    /// Takes the root key off this machine.
    pub fn remove_root(&self) -> Result<(), WriteError> {
        durable::remove_unfinished(&self.data.root_key())?;
        durable::remove_for_good(&self.data.root_key())
    }
}

#[cfg(test)]
mod tests;
