//! Rights to claim relays: what `relay add` was given, until the relay belongs to this organisation. Owns the file only.

use std::collections::BTreeMap;

use comptoir_transport::Pin;
use zeroize::Zeroizing;

use crate::data_dir::DataDir;
use crate::durable::{self, ReadError, WriteError};
use crate::entropy::{hex, unhex};

type File = BTreeMap<String, Zeroizing<String>>;

/// The right to claim this relay, if one was given.
pub fn read(data: &DataDir, relay: &Pin) -> Result<Option<[u8; 16]>, ReadError> {
    let file: File = durable::read(&data.claims())?.unwrap_or_default();
    Ok(file.get(&relay.to_string()).and_then(|text| unhex(text)?.try_into().ok()))
}

/// Keeps the right to claim a relay.
pub fn keep(data: &DataDir, relay: &Pin, claim: &[u8; 16]) -> Result<(), KeepError> {
    let mut file: File = durable::read(&data.claims())?.unwrap_or_default();
    file.insert(relay.to_string(), Zeroizing::new(hex(claim)));
    Ok(durable::write(&data.claims(), &file)?)
}

/// Why a claim could not be kept.
#[derive(Debug, thiserror::Error)]
pub enum KeepError {
    /// Those that are there already cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The file cannot be written.
    #[error(transparent)]
    Write(#[from] WriteError),
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn each_relay_has_its_own() {
        let dir = tempfile::tempdir().unwrap();
        let data = DataDir::new(dir.path());
        keep(&data, &Pin([1; 32]), &[3; 16]).unwrap();
        keep(&data, &Pin([2; 32]), &[4; 16]).unwrap();
        assert_eq!(read(&data, &Pin([1; 32])).unwrap(), Some([3; 16]));
        assert_eq!(read(&data, &Pin([5; 32])).unwrap(), None);
    }
}
