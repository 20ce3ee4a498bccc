//! Damaged entries: stored bytes that are not what was stored. Owns the list of what is wanted from peers again.

use comptoir_sync_protocol::ids::{Hash, ScopeId};
use rusqlite::{Connection, params};

use super::id;

pub(crate) const CREATE: &str = "
CREATE TABLE damaged (
    hash BLOB NOT NULL PRIMARY KEY,
    scope BLOB NOT NULL,
    position INTEGER NOT NULL
) STRICT;
";

pub(crate) fn insert(connection: &Connection, scope: &ScopeId, hash: &Hash, position: i64) -> rusqlite::Result<()> {
    let mut statement = connection
        .prepare_cached("INSERT INTO damaged (hash, scope, position) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING")?;
    statement.execute(params![hash.0, scope.0, position]).map(|_| ())
}

pub(crate) fn remove(connection: &Connection, hash: &Hash) -> rusqlite::Result<()> {
    connection.prepare_cached("DELETE FROM damaged WHERE hash = ?1")?.execute(params![hash.0]).map(|_| ())
}

pub(crate) fn all(connection: &Connection) -> rusqlite::Result<Vec<(ScopeId, Hash)>> {
    let mut statement = connection.prepare_cached("SELECT scope, hash FROM damaged ORDER BY scope, hash")?;
    statement.query_map([], |row| Ok((id(row, 0)?, id(row, 1)?)))?.collect()
}
