//! The file of a backup: the database itself, or that sealed under a passphrase. Owns telling the two apart, sealing and opening.

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::path::Path;

use age::stream::StreamWriter;

use crate::custody::envelope;
use crate::custody::passphrase::Passphrase;
use crate::limits::{EXPORT_SCRYPT_LOG2, TRANSFER_BUFFER_BYTES};
use crate::problem::{Code, Problem};

const SEALED: &[u8] = b"age-encryption.org/v1\n";
const PLAIN: &[u8] = b"SQLite format 3\0";

/// A backup that is written.
pub enum Writing {
    /// The database itself.
    Plain(BufWriter<File>),
    /// Under a passphrase.
    Sealed(Box<StreamWriter<BufWriter<File>>>),
}

impl Writing {
    /// Into this file.
    pub fn into(file: File, passphrase: Option<&Passphrase>) -> io::Result<Self> {
        let out = BufWriter::with_capacity(TRANSFER_BUFFER_BYTES, file);
        Ok(match passphrase {
            None => Self::Plain(out),
            Some(passphrase) => Self::Sealed(Box::new(envelope::sealing(out, passphrase, EXPORT_SCRYPT_LOG2)?)),
        })
    }

    /// The file is whole and on the disk.
    pub fn finish(self) -> io::Result<()> {
        let out = match self {
            Self::Plain(out) => out,
            Self::Sealed(sealed) => sealed.finish()?,
        };
        out.into_inner()?.sync_all()
    }
}

impl Write for Writing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(out) => out.write(bytes),
            Self::Sealed(sealed) => sealed.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(out) => out.flush(),
            Self::Sealed(sealed) => sealed.flush(),
        }
    }
}

/// The database that a backup holds, to be read. `passphrase` is asked where the file is sealed.
pub fn open(file: &Path, passphrase: impl FnOnce() -> Result<Passphrase, Problem>) -> Result<Box<dyn Read>, Problem> {
    let unreadable = |error: &io::Error| {
        let message = format!("{} cannot be read: {error}", file.display());
        Problem::new(Code::FileUnreadable, message).with("path", file.display())
    };
    let opened = File::open(file).map_err(|error| unreadable(&error))?;
    let mut opened = BufReader::with_capacity(TRANSFER_BUFFER_BYTES, opened);
    let begins = opened.fill_buf().map_err(|error| unreadable(&error))?;
    if begins.starts_with(SEALED) {
        let passphrase = passphrase()?;
        return match envelope::opening(opened, &passphrase) {
            Ok(opened) => Ok(Box::new(opened)),
            Err(envelope::EnvelopeError::WrongPassphrase) => Err(envelope::EnvelopeError::WrongPassphrase.into()),
            Err(error) => Err(Problem::from_error(Code::BackupUnfit, &error).with("path", file.display())),
        };
    }
    if begins.starts_with(PLAIN) {
        return Ok(Box::new(opened));
    }
    Err(unfit(file, "it is no backup"))
}

/// The file is none that can be put back.
pub fn unfit(file: &Path, why: impl std::fmt::Display) -> Problem {
    Problem::new(Code::BackupUnfit, format!("{}: {why}", file.display())).with("path", file.display())
}
