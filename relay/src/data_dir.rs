//! The relay's directory: what lies where, and the lock that keeps a second process out. Owns names and locking; reads no
//! content.
//!
//! `relay.json` holds the keys and is the one file that nobody can bring back; `log.sqlite`, `enrolment.sqlite` and `health.sqlite` may be
//! deleted while the relay stands still. `alarms.sqlite` is the book of alarms, `requests.sqlite` that of what the console asks of nodes; `console.sqlite` and `console-tls.json` are the console's.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use comptoir_daemon::os;
use serde::{Deserialize, Serialize};

use crate::durable;

/// Keys and claim.
pub const KEY_FILE: &str = "relay.json";
/// Join requests that wait.
pub const MAILBOX_FILE: &str = "enrolment.sqlite";
/// What sites say of themselves.
pub const HEALTH_FILE: &str = "health.sqlite";
/// What headquarters should know.
pub const ALARMS_FILE: &str = "alarms.sqlite";
/// What people at the console ask of nodes, and the lines that they hold.
pub const REQUESTS_FILE: &str = "requests.sqlite";
/// Where the running relay listens.
pub const RUN_FILE: &str = "run.json";
const LOCK_FILE: &str = "lock";

/// Why a directory cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DirError {
    /// Nothing was initialised there.
    #[error("{} holds no relay: run `comptoir-relay init` first", .dir.display())]
    NotInitialised {
        /// Which directory.
        dir: PathBuf,
    },
    /// A relay was initialised there before.
    #[error("{} holds a relay already; nothing was changed", .dir.display())]
    AlreadyInitialised {
        /// Which directory.
        dir: PathBuf,
    },
    /// Another process works on it.
    #[error("{} is in use by another process: stop that one first", .dir.display())]
    InUse {
        /// Which directory.
        dir: PathBuf,
    },
    /// It may not be written.
    #[error("{} cannot be written: make it writable for this user", .dir.display())]
    ReadOnly {
        /// Which directory.
        dir: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// Anything else that the system said.
    #[error("{} cannot be used", .path.display())]
    Io {
        /// Which file or directory.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
}

/// A directory that belongs to this process until it is dropped.
#[derive(Debug)]
pub struct DataDir {
    path: PathBuf,
    _lock: File,
}

/// `run.json`: where the running relay can be reached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunFile {
    /// QUIC, over UDP.
    pub listening: SocketAddr,
    /// The admin port, HTTP over TCP.
    pub admin: SocketAddr,
    /// The console, HTTPS over TCP; none where it is not open.
    #[serde(default)]
    pub console: Option<SocketAddr>,
    /// The process.
    pub pid: u32,
}

impl DataDir {
    /// Takes a directory for a new relay, making it when there is none.
    pub fn create(path: &Path) -> Result<Self, DirError> {
        os::create_private_dir(path).map_err(|source| io_error(path, path, source))?;
        let dir = Self::lock(path)?;
        if dir.file(KEY_FILE).exists() {
            return Err(DirError::AlreadyInitialised { dir: path.to_owned() });
        }
        Ok(dir)
    }

    /// Takes the directory of an initialised relay.
    pub fn open(path: &Path) -> Result<Self, DirError> {
        if !path.join(KEY_FILE).exists() {
            return Err(DirError::NotInitialised { dir: path.to_owned() });
        }
        Self::lock(path)
    }

    fn lock(path: &Path) -> Result<Self, DirError> {
        let lock_path = path.join(LOCK_FILE);
        let failed = |source| io_error(path, &lock_path, source);
        let lock = OpenOptions::new().write(true).create(true).truncate(false).open(&lock_path).map_err(failed)?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { path: path.to_owned(), _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(DirError::InUse { dir: path.to_owned() }),
            Err(TryLockError::Error(source)) => Err(failed(source)),
        }
    }

    /// The directory.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// A file in it.
    pub fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// Says where the relay can be reached, until the guard is dropped.
    pub fn announce(&self, run: &RunFile) -> Result<Announcement, DirError> {
        let path = self.file(RUN_FILE);
        durable::write(&path, run).map_err(|source| io_error(&self.path, &path, source))?;
        Ok(Announcement { path })
    }

    /// Bytes that are free on its disk, where the system tells.
    pub fn free_bytes(&self) -> Option<u64> {
        os::free_bytes(&self.path).ok()
    }
}

/// Takes `run.json` away when dropped.
#[derive(Debug)]
pub struct Announcement {
    path: PathBuf,
}

impl Drop for Announcement {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_file(&self.path) {
            tracing::debug!(%error, "run.json could not be removed");
        }
    }
}

/// Where the relay of this directory listens; `None` when none announced itself. One that was killed may have.
pub fn announced(dir: &Path) -> Option<RunFile> {
    durable::read(&dir.join(RUN_FILE)).ok()
}

pub(crate) fn io_error(dir: &Path, path: &Path, source: io::Error) -> DirError {
    match source.kind() {
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            DirError::ReadOnly { dir: dir.to_owned(), source }
        }
        _ => DirError::Io { path: path.to_owned(), source },
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_directory_belongs_to_one() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("relay");
        assert!(matches!(DataDir::open(&path), Err(DirError::NotInitialised { .. })));
        let first = DataDir::create(&path).unwrap();
        assert!(matches!(DataDir::create(&path), Err(DirError::InUse { .. })));
        drop(first);
        std::fs::write(path.join(KEY_FILE), "{}").unwrap();
        assert!(matches!(DataDir::create(&path), Err(DirError::AlreadyInitialised { .. })));
        let _open = DataDir::open(&path).unwrap();
        assert!(matches!(DataDir::open(&path), Err(DirError::InUse { .. })));
    }

    #[test]
    fn an_announcement_ends_with_its_relay() {
        let dir = tempfile::tempdir().unwrap();
        let taken = DataDir::create(dir.path()).unwrap();
        let address: SocketAddr = "127.0.0.1:4433".parse().unwrap();
        let run = RunFile { listening: address, admin: address, console: Some(address), pid: 7 };
        let announcement = taken.announce(&run).unwrap();
        assert_eq!(announced(dir.path()), Some(run));
        drop(announcement);
        assert_eq!(announced(dir.path()), None);
    }

    #[test]
    fn a_read_only_directory_is_told_from_a_broken_one() {
        let error = |kind| io_error(Path::new("d"), Path::new("d/f"), io::Error::from(kind));
        assert!(matches!(error(io::ErrorKind::ReadOnlyFilesystem), DirError::ReadOnly { .. }));
        assert!(matches!(error(io::ErrorKind::PermissionDenied), DirError::ReadOnly { .. }));
        assert!(matches!(error(io::ErrorKind::StorageFull), DirError::Io { .. }));
    }
}
