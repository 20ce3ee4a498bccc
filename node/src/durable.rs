//! Small JSON files beside the database: written whole or not at all, readable by their owner alone.
//! Owns the order write, fsync, rename, fsync of the directory. Never decides what stands in them.

use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use comptoir_daemon::os;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::limits::MAX_SMALL_FILE_BYTES;

/// Why a small file could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// It cannot be opened or read.
    #[error("{} cannot be read", .path.display())]
    Io {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// It does not hold what it should.
    #[error("{} is damaged", .path.display())]
    Damaged {
        /// Which file.
        path: PathBuf,
        /// What does not fit.
        #[source]
        source: serde_json::Error,
    },
}

/// A small file could not be written.
#[derive(Debug, thiserror::Error)]
#[error("{} cannot be written", .path.display())]
pub struct WriteError {
    /// Which file.
    pub path: PathBuf,
    /// What the system said.
    #[source]
    pub source: io::Error,
}

/// Reads a file; `None` when there is none.
pub fn read<T: DeserializeOwned>(path: &Path) -> Result<Option<T>, ReadError> {
    let failed = |source| ReadError::Io { path: path.to_owned(), source };
    let file = match std::fs::File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(error)),
    };
    let mut bytes = zeroize::Zeroizing::new(Vec::new());
    file.take(MAX_SMALL_FILE_BYTES).read_to_end(&mut bytes).map_err(failed)?;
    serde_json::from_slice(&bytes).map(Some).map_err(|source| ReadError::Damaged { path: path.to_owned(), source })
}

/// Writes a file so that after a crash either the old or the new content is there, whole.
pub fn write(path: &Path, content: &impl Serialize) -> Result<(), WriteError> {
    let failed = |source| WriteError { path: path.to_owned(), source };
    let mut bytes = zeroize::Zeroizing::new(Vec::new());
    serde_json::to_writer_pretty(&mut *bytes, content).map_err(|error| failed(error.into()))?;
    bytes.push(b'\n');
    let next = unfinished(path);
    let mut file = os::create_private(&next).map_err(failed)?;
    file.write_all(&bytes).and_then(|()| file.sync_all()).map_err(failed)?;
    std::fs::rename(&next, path).map_err(failed)?;
    os::sync_name(path).map_err(failed)
}

/// Where a file is written before it takes its place.
fn unfinished(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    path.with_file_name(name)
}

/// Removes what an interrupted write of this file left beside it.
pub fn remove_unfinished(path: &Path) -> Result<(), WriteError> {
    remove(&unfinished(path))
}

/// Removes a file so that it does not come back after a crash; it is no error when there is none.
pub fn remove_for_good(path: &Path) -> Result<(), WriteError> {
    remove(path)?;
    let failed = |source| WriteError { path: path.to_owned(), source };
    os::sync_name(path).map_err(failed)
}

/// Removes a file; it is no error when there is none.
pub fn remove(path: &Path) -> Result<(), WriteError> {
    match std::fs::remove_file(path) {
        Err(source) if source.kind() != io::ErrorKind::NotFound => Err(WriteError { path: path.to_owned(), source }),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_file_is_replaced_whole_and_damage_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.json");
        assert!(read::<Vec<u8>>(&path).unwrap().is_none());
        write(&path, &vec![1, 2]).unwrap();
        write(&path, &vec![3]).unwrap();
        assert_eq!(read::<Vec<u8>>(&path).unwrap(), Some(vec![3]));
        assert!(matches!(read::<String>(&path), Err(ReadError::Damaged { .. })));
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1, "no half file stays behind");
        remove(&path).unwrap();
        remove(&path).unwrap();
    }

    #[cfg(unix)]
    #[test]
    fn only_the_owner_may_read() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.json");
        write(&path, &1).unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
}
