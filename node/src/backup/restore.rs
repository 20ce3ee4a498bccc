//! Putting a backup back. Owns what is looked at before anything is touched, and the order in which files change places: the database that was
//! there is kept beside, and a crash on the way leaves one of the two to be put in place by the same command. That the database is then older
//! than the world is the node's to notice when it opens.

use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use comptoir_daemon::os;
use comptoir_replica::{CopyOf, OpenError};
use rusqlite::Connection;

use super::file::{self, unfit};
use crate::clock;
use crate::custody::KeyFiles;
use crate::custody::passphrase::Passphrase;
use crate::data_dir::{DataDir, EnterError};
use crate::durable::{self, WriteError};
use crate::identity::{NodeKeys, write_problem};
use crate::limits::TRANSFER_BUFFER_BYTES;
use crate::problem::{Code, Problem, told};

/// What a restored node has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restored {
    /// Where the database lies that was there before, if there was one.
    pub before: Option<PathBuf>,
    /// Whether it is known what relays had acknowledged: then the node notices what it lacks before it writes.
    pub notices: bool,
}

/// A backup's database, taken out of its file and looked through; gone when this is, unless it was put in place, with what SQLite laid beside it.
struct Unpacked(PathBuf);

impl Drop for Unpacked {
    fn drop(&mut self) {
        for end in ["", "-wal", "-shm"] {
            let mut path = self.0.clone().into_os_string();
            path.push(end);
            let _ = durable::remove(Path::new(&path));
        }
    }
}

/// Looks through a backup of this directory's node: that it opens, is whole, and is this site's.
pub fn check(
    data: &DataDir,
    file: &Path,
    passphrase: impl FnOnce() -> Result<Passphrase, Problem>,
) -> Result<u64, Problem> {
    let keys = keys(data)?;
    let unpacked = unpack(data, file, passphrase, &keys)?;
    std::fs::metadata(&unpacked.0).map(|found| found.len()).map_err(|error| Problem::from_error(Code::Internal, &error))
}

/// Puts a backup in the place of the database. The directory is entered for it: no daemon may run.
pub fn restore(
    data: &DataDir,
    file: &Path,
    passphrase: impl FnOnce() -> Result<Passphrase, Problem>,
) -> Result<Restored, Problem> {
    let _lock = data.enter()?;
    let keys = keys(data)?;
    let unpacked = unpack(data, file, passphrase, &keys)?;
    let failed = |source| write_problem(&WriteError { path: data.replica(), source });
    let before = put_aside(data).map_err(failed)?;
    std::fs::rename(&unpacked.0, data.replica()).and_then(|()| os::sync_dir(data.path())).map_err(failed)?;
    Ok(Restored { before, notices: data.receipts().exists() })
}

fn keys(data: &DataDir) -> Result<NodeKeys, Problem> {
    let keys = KeyFiles::open(data)?.node()?;
    keys.ok_or_else(|| EnterError::NotANode { path: data.path().to_owned() }.into())
}

fn unpack(
    data: &DataDir,
    file: &Path,
    passphrase: impl FnOnce() -> Result<Passphrase, Problem>,
    keys: &NodeKeys,
) -> Result<Unpacked, Problem> {
    let mut plain = file::open(file, passphrase)?;
    // Named so that it passes for a part of a database that is being made.
    let unpacked = Unpacked(data.path().join(format!("replica.sqlite.of-{}", std::process::id())));
    let failed = |source| write_problem(&WriteError { path: unpacked.0.clone(), source });
    let mut out = os::create_private(&unpacked.0).map_err(failed)?;
    let mut buffer = vec![0; TRANSFER_BUFFER_BYTES];
    loop {
        // What cannot be read is the backup's fault, what cannot be written the disk's.
        match plain.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => out.write_all(&buffer[..count]).map_err(failed)?,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(unfit(file, format_args!("it is not whole ({error})"))),
        }
    }
    out.sync_all().map_err(failed)?;
    let of = CopyOf::examine(&unpacked.0).map_err(|error| match error {
        OpenError::NewerVersion { .. } => {
            Problem::from_error(Code::DirectoryNewer, &error).with("path", file.display())
        }
        error => unfit(file, told(&error)),
    })?;
    if of != (CopyOf { organisation: keys.organisation, site: keys.site }) {
        let message = format!("{} is of another site", file.display());
        return Err(Problem::new(Code::OtherBackup, message).with("path", file.display()));
    }
    Ok(unpacked)
}

/// The database that is there gets another name, with what SQLite keeps beside it. First what stands in its log is brought into it, if that can
/// still be done: then it is whole wherever a crash parts the two.
fn put_aside(data: &DataDir) -> io::Result<Option<PathBuf>> {
    if data.replica().exists() {
        let _ =
            Connection::open(data.replica()).and_then(|found| found.pragma_update(None, "wal_checkpoint", "TRUNCATE"));
    }
    let name = format!("replica-before-{}", clock::rfc3339(clock::now_ms()).replace(':', "-"));
    let [from, to] = [data.replica_files("replica"), data.replica_files(&name)];
    let mut before = None;
    for (from, to) in from.iter().zip(&to) {
        match std::fs::rename(from, to) {
            Ok(()) => before = before.or_else(|| Some(to.clone())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    Ok(before)
}
