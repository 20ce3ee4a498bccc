//! What can go wrong below: the database and the disk under it.
//! Owns the sorting of SQLite's errors by what the caller must do; never retries anything.

use rusqlite::ErrorCode;
use thiserror::Error;

/// The store failed; nothing of the operation was kept.
#[derive(Debug, Error)]
pub enum StorageError {
    /// The disk is full. Reading goes on; writing works again once there is room.
    #[error("the disk is full")]
    Full(#[source] rusqlite::Error),
    /// The disk failed to read, write or sync. What was acknowledged before stands; the process must end.
    #[error("the disk failed")]
    Io(#[source] rusqlite::Error),
    /// The database may not be written.
    #[error("the database is read-only")]
    ReadOnly(#[source] rusqlite::Error),
    /// The database's own structure is damaged.
    #[error("the database is damaged")]
    Damaged(#[source] rusqlite::Error),
    /// Another process holds the database.
    #[error("the database is in use by another process")]
    Busy(#[source] rusqlite::Error),
    /// Anything else: a fault of this program.
    #[error("the database refused a statement")]
    Sql(#[source] rusqlite::Error),
}

impl StorageError {
    /// Whether the process must end: what the disk did is not known, so nothing may be tried again as if it were.
    #[must_use]
    pub fn is_fatal(&self) -> bool {
        matches!(self, Self::Io(_))
    }
}

impl From<rusqlite::Error> for StorageError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::Full(error),
            Some(ErrorCode::SystemIoFailure | ErrorCode::CannotOpen) => Self::Io(error),
            Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => Self::ReadOnly(error),
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Damaged(error),
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy(error),
            _ if is_damage(&error) => Self::Damaged(error),
            _ => Self::Sql(error),
        }
    }
}

/// A stored value that cannot be read back is damage, not a faulty statement.
fn is_damage(error: &rusqlite::Error) -> bool {
    matches!(error, rusqlite::Error::FromSqlConversionFailure(..) | rusqlite::Error::InvalidColumnType(..))
}

/// A stored blob that is not what was written.
pub(crate) fn damaged(source: impl std::error::Error + Send + Sync + 'static) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Blob, Box::new(source))
}

/// Whether a statement failed for a reason that another row would not have met: the transaction cannot go on.
pub(crate) fn is_storage_failure(error: &rusqlite::Error) -> bool {
    use StorageError as S;
    // `From` takes the error; the code alone decides here.
    matches!(
        error.sqlite_error_code().map(|_| StorageError::from(clone_code(error))),
        Some(S::Full(_) | S::Io(_) | S::ReadOnly(_) | S::Damaged(_) | S::Busy(_))
    )
}

fn clone_code(error: &rusqlite::Error) -> rusqlite::Error {
    match error {
        rusqlite::Error::SqliteFailure(code, _) => rusqlite::Error::SqliteFailure(*code, None),
        _ => rusqlite::Error::InvalidQuery,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rusqlite::ffi;

    #[test]
    fn each_failure_asks_for_something_else() {
        let of = |code| StorageError::from(rusqlite::Error::SqliteFailure(ffi::Error::new(code), None));
        assert!(matches!(of(ffi::SQLITE_FULL), StorageError::Full(_)));
        assert!(of(ffi::SQLITE_IOERR_FSYNC).is_fatal());
        assert!(matches!(of(ffi::SQLITE_READONLY_DBMOVED), StorageError::ReadOnly(_)));
        assert!(matches!(of(ffi::SQLITE_CORRUPT), StorageError::Damaged(_)));
        assert!(matches!(of(ffi::SQLITE_NOTADB), StorageError::Damaged(_)));
        assert!(matches!(of(ffi::SQLITE_CONSTRAINT), StorageError::Sql(_)));
        let full = rusqlite::Error::SqliteFailure(ffi::Error::new(ffi::SQLITE_FULL), None);
        let constraint = rusqlite::Error::SqliteFailure(ffi::Error::new(ffi::SQLITE_CONSTRAINT), None);
        assert!(is_storage_failure(&full) && !is_storage_failure(&constraint));
    }
}
