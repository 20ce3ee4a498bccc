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
use crate::durable::WriteError;
use crate::identity::{NodeKeys, write_problem};
use crate::limits::TRANSFER_BUFFER_BYTES;
use crate::problem::{Code, Problem, told};
use crate::spool::{self, Spool};

/// What a restored node has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restored {
    /// Where the database lies that was there before, if there was one.
    pub before: Option<PathBuf>,
    /// Whether it is known what relays had acknowledged: then the node notices what it lacks before it writes.
    pub notices: bool,
}

/// Looks through a backup of this directory's node: that it opens, is whole, and is this site's.
pub fn check(
    data: &DataDir,
    file: &Path,
    passphrase: impl FnOnce() -> Result<Passphrase, Problem>,
) -> Result<u64, Problem> {
    let keys = keys(data)?;
    let unpacked = unpack(data, file, passphrase, &keys)?;
    std::fs::metadata(unpacked.path()).map(|found| found.len()).map_err(|error| spool::problem(&error))
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
    std::fs::rename(unpacked.path(), data.replica()).and_then(|()| os::sync_name(&data.replica())).map_err(failed)?;
    Ok(Restored { before, notices: data.receipts().exists() })
}

fn keys(data: &DataDir) -> Result<NodeKeys, Problem> {
    let keys = KeyFiles::open(data)?.node()?;
    keys.ok_or_else(|| EnterError::NotANode { path: data.path().to_owned() }.into())
}

/// The database of a backup, taken out of its file and looked through.
fn unpack(
    data: &DataDir,
    file: &Path,
    passphrase: impl FnOnce() -> Result<Passphrase, Problem>,
    keys: &NodeKeys,
) -> Result<Spool, Problem> {
    let mut plain = file::open(file, passphrase)?;
    let failed = |error: io::Error| spool::problem(&error);
    let (unpacked, mut out) = Spool::create(data).map_err(failed)?;
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
    let of = CopyOf::examine(unpacked.path()).map_err(|error| match error {
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
