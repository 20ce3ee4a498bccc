//! The tables of the store in SQLite, and how its file is opened. Owns migrations, settings and the mark of the owner.

use std::path::Path;

use comptoir_daemon::os;
use comptoir_sync_protocol::OrganisationId;
use rusqlite::{Connection, OptionalExtension};
use rusqlite_migration::{M, Migrations};

use super::{Durability, OpenError};
use crate::limits::{STORE_BUSY_TIMEOUT, STORE_WAL_KEPT_BYTES};

const MIGRATIONS: &[M<'static>] = &[M::up(
    "CREATE TABLE meta (
        organisation BLOB NOT NULL
    ) STRICT;
    CREATE TABLE logs (
        log INTEGER PRIMARY KEY,
        scope BLOB NOT NULL,
        site BLOB NOT NULL,
        epoch BLOB NOT NULL,
        seq INTEGER NOT NULL,
        hash BLOB NOT NULL,
        UNIQUE (scope, site, epoch)
    ) STRICT;
    CREATE TABLE entries (
        position INTEGER PRIMARY KEY,
        log INTEGER NOT NULL REFERENCES logs (log),
        seq INTEGER NOT NULL,
        hash BLOB NOT NULL,
        verified INTEGER NOT NULL,
        bytes BLOB NOT NULL,
        UNIQUE (log, seq)
    ) STRICT;
    CREATE INDEX entries_by_hash ON entries (hash);",
)];

/// Opens the file, or makes it, with tables as this version knows them.
pub(super) fn open(path: &Path, organisation: OrganisationId, durability: Durability) -> Result<Connection, OpenError> {
    let failed = |source| OpenError::from_sql(path, source);
    os::keep_database_private(path);
    let mut connection = Connection::open(path).map_err(failed)?;
    prepare(&connection, durability).map_err(failed)?;
    migrate(path, &mut connection)?;
    own(path, &connection, organisation)?;
    Ok(connection)
}

fn prepare(connection: &Connection, durability: Durability) -> Result<(), rusqlite::Error> {
    connection.busy_timeout(STORE_BUSY_TIMEOUT)?;
    connection.pragma_update_and_check(None, "journal_mode", "wal", |_| Ok(()))?;
    let synchronous = if durability == Durability::Full { "full" } else { "off" };
    connection.pragma_update(None, "synchronous", synchronous)?;
    connection.pragma_update_and_check(None, "journal_size_limit", STORE_WAL_KEPT_BYTES, |_| Ok(()))?;
    connection.pragma_update(None, "foreign_keys", true)
}

fn migrate(path: &Path, connection: &mut Connection) -> Result<(), OpenError> {
    let failed = |source| OpenError::from_sql(path, source);
    let known = MIGRATIONS.len() as i64;
    let found: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0)).map_err(failed)?;
    if found > known {
        return Err(OpenError::NewerVersion { path: path.to_owned(), found, known });
    }
    Migrations::from_slice(MIGRATIONS).to_latest(connection).map_err(|error| match error {
        rusqlite_migration::Error::RusqliteError { err, .. } => failed(err),
        other => OpenError::Damaged { path: path.to_owned(), source: Box::new(other) },
    })
}

/// The first to open a store owns it.
fn own(path: &Path, connection: &Connection, expected: OrganisationId) -> Result<(), OpenError> {
    let failed = |source| OpenError::from_sql(path, source);
    let found = connection
        .query_row("SELECT organisation FROM meta", [], |row| row.get(0).map(OrganisationId))
        .optional()
        .map_err(failed)?;
    match found {
        None => {
            connection.execute("INSERT INTO meta (organisation) VALUES (?1)", [&expected.0]).map_err(failed)?;
            Ok(())
        }
        Some(found) if found == expected => Ok(()),
        Some(found) => Err(OpenError::WrongOrganisation { path: path.to_owned(), found, expected }),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn migrations_are_well_formed() {
        Migrations::from_slice(MIGRATIONS).validate().unwrap();
    }
}
