//! What the database says of itself. Owns the names of its keys.

use rusqlite::{Connection, OptionalExtension, params};

pub(crate) const CREATE: &str = "
CREATE TABLE meta (
    key TEXT NOT NULL PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;
";

/// The organisation's id.
pub(crate) const ORGANISATION: &str = "organisation";
/// The site whose replica this is.
pub(crate) const SITE: &str = "site";
/// The epoch in which it writes.
pub(crate) const EPOCH: &str = "epoch";
/// What the program knew when it last judged: record kinds and versions.
pub(crate) const KNOWN: &str = "known";
/// Which tables the projection has.
pub(crate) const PROJECTION: &str = "projection";
/// What the writers of logs knew of the roster is kept for all entries that are held.
pub(crate) const ROSTERS_KNOWN: &str = "rosters_known";
/// Notes of the program above begin so.
pub(crate) const NOTE_PREFIX: &str = "note/";

pub(crate) fn get(connection: &Connection, key: &str) -> rusqlite::Result<Option<Vec<u8>>> {
    let mut statement = connection.prepare_cached("SELECT value FROM meta WHERE key = ?1")?;
    statement.query_row(params![key], |row| row.get(0)).optional()
}

pub(crate) fn set(connection: &Connection, key: &str, value: &[u8]) -> rusqlite::Result<()> {
    let mut statement = connection
        .prepare_cached("INSERT INTO meta (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = ?2")?;
    statement.execute(params![key, value]).map(|_| ())
}
