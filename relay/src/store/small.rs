//! The small databases beside the store. Owns how they are opened.

use std::path::{Path, PathBuf};

use comptoir_daemon::os;
use rusqlite::Connection;
use rusqlite_migration::{M, Migrations};

use super::OpenError;
use crate::limits::STORE_BUSY_TIMEOUT;

/// Opens a file, or makes it, with tables as this version knows them. A power cut may take its last moments: whoever
/// cannot do without them says so to SQLite.
pub(crate) fn open_small(path: &Path, migrations: &[M<'static>]) -> Result<Connection, OpenError> {
    let failed = |source| OpenError::from_sql(path, source);
    os::keep_database_private(path);
    let mut connection = Connection::open(path).map_err(failed)?;
    connection.busy_timeout(STORE_BUSY_TIMEOUT).map_err(failed)?;
    connection.pragma_update_and_check(None, "journal_mode", "wal", |_| Ok(())).map_err(failed)?;
    connection.pragma_update(None, "synchronous", "normal").map_err(failed)?;
    let known = migrations.len() as i64;
    let found: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0)).map_err(failed)?;
    if found > known {
        return Err(OpenError::NewerVersion { path: path.to_owned(), found, known });
    }
    Migrations::from_slice(migrations)
        .to_latest(&mut connection)
        .map_err(|source| OpenError::Damaged { path: PathBuf::from(path), source: Box::new(source) })?;
    Ok(connection)
}
