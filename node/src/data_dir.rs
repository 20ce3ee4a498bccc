//! A node's data directory: its layout, and the lock that lets one process at a time into it.
//! Owns paths and the lock; never reads what stands in the files.

use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use comptoir_daemon::os;

use crate::custody::passphrase::Source;
use crate::limits::ENTER_INTERVAL;
use crate::problem::{Code, Problem, told};

/// Where everything of one node lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataDir {
    root: PathBuf,
    passphrase: Option<Source>,
}

/// One process's right to a data directory; given back when the last copy is dropped or when the process dies.
#[derive(Clone, Debug)]
pub struct Lock {
    _file: Arc<File>,
}

/// Why a data directory cannot be entered.
#[derive(Debug, thiserror::Error)]
pub enum EnterError {
    /// There is no node in it.
    #[error("{} holds no node", .path.display())]
    NotANode {
        /// Which directory.
        path: PathBuf,
    },
    /// There is a node in it already.
    #[error("{} holds a node already", .path.display())]
    AlreadyANode {
        /// Which directory.
        path: PathBuf,
    },
    /// It is a file, or holds other things.
    #[error("{} is no directory for a node: it holds other things", .path.display())]
    Occupied {
        /// Which directory.
        path: PathBuf,
    },
    /// Another process is in it.
    #[error("{} is in use by another process", .path.display())]
    InUse {
        /// Which directory.
        path: PathBuf,
    },
    /// It cannot be written.
    #[error("{} cannot be written", .path.display())]
    ReadOnly {
        /// Which directory.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The system said something else.
    #[error("{} cannot be used", .path.display())]
    Io {
        /// Which directory.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
}

impl From<EnterError> for Problem {
    fn from(error: EnterError) -> Self {
        let (code, path) = match &error {
            EnterError::NotANode { path } | EnterError::Occupied { path } => (Code::NotADataDirectory, path),
            EnterError::AlreadyANode { path } => (Code::AlreadyANode, path),
            EnterError::InUse { path } => (Code::DirectoryInUse, path),
            EnterError::ReadOnly { path, .. } => (Code::DirectoryReadOnly, path),
            EnterError::Io { path, source } if source.kind() == io::ErrorKind::StorageFull => (Code::DiskFull, path),
            EnterError::Io { path, .. } => (Code::StorageFailed, path),
        };
        Problem::new(code, told(&error)).with("path", path.display())
    }
}

impl DataDir {
    /// The directory at this path; nothing is looked at yet.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { root: path.into(), passphrase: None }
    }

    /// The same, with the place where the passphrase of its keys is found. Where none is named, the environment or the directory itself
    /// says it.
    #[must_use]
    pub fn with_passphrase(self, found_in: Option<Source>) -> Self {
        Self { passphrase: found_in, ..self }
    }

    /// Where the passphrase of its keys is found, if that was named.
    pub fn passphrase(&self) -> Option<&Source> {
        self.passphrase.as_ref()
    }

    /// The directory itself.
    pub fn path(&self) -> &Path {
        &self.root
    }

    /// The database.
    pub fn replica(&self) -> PathBuf {
        self.root.join("replica.sqlite")
    }

    /// The database and what SQLite keeps beside it, under a name in its place.
    pub fn replica_files(&self, name: &str) -> [PathBuf; 3] {
        ["", "-wal", "-shm"].map(|end| self.root.join(format!("{name}.sqlite{end}")))
    }

    /// Bytes that these take.
    pub fn replica_bytes(&self) -> u64 {
        self.replica_files("replica")
            .iter()
            .filter_map(|path| std::fs::metadata(path).ok())
            .map(|found| found.len())
            .sum()
    }

    /// When a backup was last kept.
    pub fn backup(&self) -> PathBuf {
        self.root.join("backup.json")
    }

    /// The site's keys.
    pub fn keys(&self) -> PathBuf {
        self.root.join("keys.json")
    }

    /// The keys that the site has made since, in the place of those.
    pub fn renewed_keys(&self) -> PathBuf {
        self.root.join("renewed-keys.json")
    }

    /// The organisation's root key, at the headquarters that founded it.
    pub fn root_key(&self) -> PathBuf {
        self.root.join("root.json")
    }

    /// The admin key that daily work of headquarters needs.
    pub fn admin_key(&self) -> PathBuf {
        self.root.join("admin.json")
    }

    /// The seal on the key files, when they are sealed.
    pub fn seal(&self) -> PathBuf {
        self.root.join("seal.json")
    }

    /// What is remembered of the root key's copy outside of this machine.
    pub fn root_copy(&self) -> PathBuf {
        self.root.join("root-copy.json")
    }

    /// Where the running daemon is reached, and with which token.
    pub fn api(&self) -> PathBuf {
        self.root.join("api.json")
    }

    /// Invitations made here.
    pub fn invitations(&self) -> PathBuf {
        self.root.join("invitations.json")
    }

    /// What headquarters' console has asked.
    pub fn console(&self) -> PathBuf {
        self.root.join("console.json")
    }

    /// Rights to claim relays.
    pub fn claims(&self) -> PathBuf {
        self.root.join("claims.json")
    }

    /// The door on the local network, and who was let in by it.
    pub fn lan(&self) -> PathBuf {
        self.root.join("lan.json")
    }

    /// Where other sites come in without a relay, and where they are dialled.
    pub fn direct(&self) -> PathBuf {
        self.root.join("direct.json")
    }

    /// When each of them was last heard of.
    pub fn direct_met(&self) -> PathBuf {
        self.root.join("direct-met.json")
    }

    /// Which answers bore values of a class other than ordinary.
    pub fn accesses(&self) -> PathBuf {
        self.root.join("access.sqlite")
    }

    /// What is kept of the staff's passwords.
    pub fn staff(&self) -> PathBuf {
        self.root.join("staff.json")
    }

    /// The enrolment that is under way.
    pub fn join(&self) -> PathBuf {
        self.root.join("join.json")
    }

    /// Up to when everything that the relay had was received.
    pub fn received(&self) -> PathBuf {
        self.root.join("received.json")
    }

    /// Up to where relays have acknowledged each log, outside of the database.
    pub fn receipts(&self) -> PathBuf {
        self.root.join("receipts.json")
    }

    fn lock_file(&self) -> PathBuf {
        self.root.join("node.lock")
    }

    /// Whether a node was founded or joined here.
    pub fn is_a_node(&self) -> bool {
        self.keys().exists()
    }

    /// Enters a directory that holds a node.
    pub fn enter(&self) -> Result<Lock, EnterError> {
        if !self.is_a_node() {
            return Err(EnterError::NotANode { path: self.root.clone() });
        }
        self.lock()
    }

    /// Enters a directory to run a daemon in it, be there a node, a join that is under way, or nothing yet; waits a little for a
    /// command that is at work in it.
    pub fn enter_to_run(&self, patience: Duration) -> Result<Lock, EnterError> {
        let give_up = Instant::now() + patience;
        loop {
            match self.enter_new(true) {
                Err(EnterError::InUse { .. }) if Instant::now() < give_up => std::thread::sleep(ENTER_INTERVAL),
                entered => return entered,
            }
        }
    }

    /// Whether another process is in it now.
    pub fn is_in_use(&self) -> bool {
        let file = File::options().write(true).open(self.lock_file());
        file.is_ok_and(|file| matches!(file.try_lock(), Err(TryLockError::WouldBlock)))
    }

    /// Makes the directory when there is none and enters it, if it holds nothing, or (`resume`) what an earlier attempt left.
    pub fn enter_new(&self, resume: bool) -> Result<Lock, EnterError> {
        os::create_private_dir(&self.root).map_err(|source| self.failed(source))?;
        if !resume && self.is_a_node() {
            return Err(EnterError::AlreadyANode { path: self.root.clone() });
        }
        if !self.is_a_node() && !self.join().exists() {
            let ours = |name: &std::ffi::OsStr| {
                let name = name.to_string_lossy();
                ["node.lock", "root.json", "admin.json", "claims.json", "api.json", "lost+found"]
                    .contains(&name.as_ref())
                    || name.starts_with("replica.sqlite")
                    || name.ends_with(".new")
            };
            for found in std::fs::read_dir(&self.root).map_err(|source| self.failed(source))? {
                if !ours(&found.map_err(|source| self.failed(source))?.file_name()) {
                    return Err(EnterError::Occupied { path: self.root.clone() });
                }
            }
        }
        self.lock()
    }

    fn lock(&self) -> Result<Lock, EnterError> {
        let path = self.lock_file();
        let file = File::options().create(true).truncate(false).write(true).open(path);
        let file = file.map_err(|source| self.failed(source))?;
        match file.try_lock() {
            Ok(()) => Ok(Lock { _file: Arc::new(file) }),
            Err(TryLockError::WouldBlock) => Err(EnterError::InUse { path: self.root.clone() }),
            Err(TryLockError::Error(source)) => Err(self.failed(source)),
        }
    }

    fn failed(&self, source: io::Error) -> EnterError {
        let path = self.root.clone();
        match source.kind() {
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                EnterError::ReadOnly { path, source }
            }
            io::ErrorKind::NotADirectory | io::ErrorKind::AlreadyExists => EnterError::Occupied { path },
            _ => EnterError::Io { path, source },
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn one_process_at_a_time() {
        let dir = tempfile::tempdir().unwrap();
        let data = DataDir::new(dir.path());
        assert!(matches!(data.enter(), Err(EnterError::NotANode { .. })));
        let lock = data.enter_new(false).unwrap();
        std::fs::write(data.keys(), "{}").unwrap();
        assert!(matches!(data.enter(), Err(EnterError::InUse { .. })));
        assert!(data.is_in_use());
        let copy = lock.clone();
        drop(lock);
        assert!(data.is_in_use(), "a copy is the same right");
        drop(copy);
        assert!(!data.is_in_use());
        assert!(data.enter().is_ok());
        assert!(matches!(data.enter_new(false), Err(EnterError::AlreadyANode { .. })));
        assert!(data.enter_new(true).is_ok());
    }

    #[test]
    fn other_peoples_directories_are_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("thesis.odt"), "").unwrap();
        assert!(matches!(DataDir::new(dir.path()).enter_new(false), Err(EnterError::Occupied { .. })));
        let file = DataDir::new(dir.path().join("thesis.odt"));
        assert!(matches!(file.enter_new(false), Err(EnterError::Occupied { .. })));
    }
}
