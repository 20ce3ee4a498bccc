//! Files that pass through on their way in or out: an upload before it is read, an export before it is sent, a backup before it is put back. Each lies in the
//! node's directory while it is needed, so that its size is the disk's matter and not the memory's, and so that no client,
//! however slow, holds the database open. Owns their making and their going; knows nothing of what is in them.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use comptoir_daemon::os;
use comptoir_sync_protocol::ids::BatchId;

use crate::data_dir::DataDir;
use crate::durable;
use crate::entropy;
use crate::problem::{Code, Problem, told};

const PREFIX: &str = "passing-";

/// A file that is gone when this is, unless it has another name by then.
#[derive(Debug)]
pub struct Spool {
    path: PathBuf,
}

impl Spool {
    /// An empty file that only its owner may read, open for writing.
    pub fn create(data: &DataDir) -> io::Result<(Self, File)> {
        let name = format!("{PREFIX}{}", BatchId::random(&mut entropy::os()));
        let spool = Self { path: data.path().join(name) };
        let file = os::create_private(&spool.path)?;
        Ok((spool, file))
    }

    /// The file from its beginning, to be read.
    pub fn open(&self) -> io::Result<File> {
        File::open(&self.path)
    }

    /// Where it lies.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Takes away what a process that was killed left behind.
    pub fn clear(data: &DataDir) {
        let Ok(found) = std::fs::read_dir(data.path()) else { return };
        for file in found.flatten().filter(|file| file.file_name().to_string_lossy().starts_with(PREFIX)) {
            remove(&file.path());
        }
    }
}

impl Drop for Spool {
    fn drop(&mut self) {
        remove(&self.path);
    }
}

fn remove(path: &Path) {
    if let Err(error) = durable::remove(path) {
        tracing::warn!(path = %path.display(), error = %told(&error), "a file that passed through was not removed");
    }
}

/// Why a file could not pass through.
pub fn problem(error: &io::Error) -> Problem {
    let code = match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Code::DiskFull,
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => Code::DirectoryReadOnly,
        _ => Code::Internal,
    };
    Problem::from_error(code, error)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::io::{Read, Write};

    use super::*;

    #[test]
    fn a_file_is_there_as_long_as_it_is_needed() {
        let dir = tempfile::tempdir().unwrap();
        let data = DataDir::new(dir.path());
        let (spool, mut file) = Spool::create(&data).unwrap();
        file.write_all(b"rows").unwrap();
        let mut text = String::new();
        spool.open().unwrap().read_to_string(&mut text).unwrap();
        assert_eq!(text, "rows");
        let (left, _) = Spool::create(&data).unwrap();
        let path = left.path().to_owned();
        std::mem::forget(left);
        assert!(path.exists());
        let there = spool.path().to_owned();
        drop(spool);
        assert!(!there.exists());
        Spool::clear(&data);
        assert!(!path.exists());
    }
}
