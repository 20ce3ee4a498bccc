//! Why a store cannot be opened or used, told apart by what a person must do. Owns the translation of SQLite's codes.

use std::path::{Path, PathBuf};

use comptoir_sync_protocol::OrganisationId;
use rusqlite::ErrorCode;

/// Why a store cannot be opened. Sites still have whatever it held.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// It may not be written.
    #[error("{} cannot be written: make the directory writable for this user", .path.display())]
    ReadOnly {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: rusqlite::Error,
    },
    /// A newer version wrote it.
    #[error("{} has format {found}, and this version knows up to {known}: install the newer version again", .path.display())]
    NewerVersion {
        /// Which file.
        path: PathBuf,
        /// Its format.
        found: i64,
        /// The newest known.
        known: i64,
    },
    /// It holds the logs of another organisation.
    #[error("{} belongs to organisation {found}, and this relay to {expected}: move the file away", .path.display())]
    WrongOrganisation {
        /// Which file.
        path: PathBuf,
        /// Whose it is.
        found: OrganisationId,
        /// Whose it should be.
        expected: OrganisationId,
    },
    /// The medium is full.
    #[error("no room is left for {}: free some and start again", .path.display())]
    Full {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: rusqlite::Error,
    },
    /// It is no longer a store.
    #[error("{} is damaged: move it away with the files beside it of the same name, and the sites bring back what they hold", .path.display())]
    Damaged {
        /// Which file.
        path: PathBuf,
        /// What does not fit.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// Anything else.
    #[error("{} cannot be opened", .path.display())]
    Sql {
        /// Which file.
        path: PathBuf,
        /// What SQLite said.
        #[source]
        source: rusqlite::Error,
    },
}

impl OpenError {
    pub(crate) fn from_sql(path: &Path, source: rusqlite::Error) -> Self {
        let path = path.to_owned();
        match source.sqlite_error_code() {
            Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => {
                Self::ReadOnly { path, source }
            }
            Some(ErrorCode::DiskFull) => Self::Full { path, source },
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
                Self::Damaged { path, source: Box::new(source) }
            }
            _ => Self::Sql { path, source },
        }
    }
}

/// Why an opened store failed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The medium is full. Nothing was stored; reading goes on.
    #[error("no room is left for the store")]
    Full(#[source] rusqlite::Error),
    /// What is read is not what was written.
    #[error("the store is damaged")]
    Damaged(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// Anything else: what was being written must be taken for not durable.
    #[error("the store failed")]
    Sql(#[source] rusqlite::Error),
}

impl From<rusqlite::Error> for StoreError {
    fn from(source: rusqlite::Error) -> Self {
        match source.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::Full(source),
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Damaged(Box::new(source)),
            _ => Self::Sql(source),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failure(code: i32) -> rusqlite::Error {
        rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(code), None)
    }

    #[test]
    fn f04_a_full_disk_is_told_from_a_broken_one() {
        assert!(matches!(StoreError::from(failure(rusqlite::ffi::SQLITE_FULL)), StoreError::Full(_)));
        assert!(matches!(StoreError::from(failure(rusqlite::ffi::SQLITE_IOERR_FSYNC)), StoreError::Sql(_)));
        assert!(matches!(StoreError::from(failure(rusqlite::ffi::SQLITE_CORRUPT)), StoreError::Damaged(_)));
    }

    #[test]
    fn each_failure_to_open_says_what_to_do() {
        let open = |code| OpenError::from_sql(Path::new("log.sqlite"), failure(code)).to_string();
        assert!(open(rusqlite::ffi::SQLITE_READONLY).contains("writable"));
        assert!(open(rusqlite::ffi::SQLITE_FULL).contains("free some"));
        assert!(open(rusqlite::ffi::SQLITE_NOTADB).contains("move it away"));
    }
}
