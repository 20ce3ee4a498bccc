//! Conflicts: fields that hold several distinct values. Owns the rows; derived from cells.

use comptoir_sync_protocol::ids::ScopeId;
use rusqlite::{Connection, params};

use super::id;
use crate::record::{Cells, RecordId, Visible};
use crate::storage;

pub(crate) const CREATE: &str = "
CREATE TABLE conflicts (
    record INTEGER NOT NULL REFERENCES records (id),
    key TEXT NOT NULL,
    PRIMARY KEY (record, key)
) STRICT, WITHOUT ROWID;
";

/// A field with several distinct values, for a person to decide.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// The record's scope.
    pub scope: ScopeId,
    /// The record's kind.
    pub kind: String,
    /// The record.
    pub record: RecordId,
    /// The field.
    pub key: String,
    /// Its values; the last is the one that shows.
    pub values: Vec<Visible>,
}

/// The fields of a record that are in conflict.
pub(crate) fn of(cells: &Cells) -> Vec<&str> {
    cells.conflicts().map(|(key, _)| key).filter(|key| cells.has_distinct_values(key)).collect()
}

pub(crate) fn replace(connection: &Connection, row: i64, keys: &[&str]) -> rusqlite::Result<()> {
    connection.prepare_cached("DELETE FROM conflicts WHERE record = ?1")?.execute(params![row])?;
    let mut insert = connection.prepare_cached("INSERT INTO conflicts (record, key) VALUES (?1, ?2)")?;
    keys.iter().try_for_each(|key| insert.execute(params![row, key]).map(|_| ()))
}

pub(crate) fn all(connection: &Connection) -> rusqlite::Result<Vec<Conflict>> {
    let mut statement = connection.prepare_cached(
        "SELECT r.scope, r.kind, r.record, c.key, r.cells FROM conflicts c JOIN records r ON r.id = c.record
         ORDER BY r.scope, r.record, r.kind, c.key",
    )?;
    let rows = statement.query_map([], |row| {
        let cells = Cells::decode(row.get_ref(4)?.as_blob()?).map_err(storage::damaged)?;
        let key: String = row.get(3)?;
        let values = cells.visible(&key).to_vec();
        Ok(Conflict { scope: id(row, 0)?, kind: row.get(1)?, record: RecordId(row.get(2)?), key, values })
    })?;
    rows.collect()
}

/// Visits a scope's conflicts in order: (record id, key).
pub(crate) fn for_each_of(
    connection: &Connection,
    scope: &ScopeId,
    mut visit: impl FnMut(&[u8], &str),
) -> rusqlite::Result<()> {
    let mut statement = connection.prepare_cached(
        "SELECT r.record, c.key FROM conflicts c JOIN records r ON r.id = c.record WHERE r.scope = ?1
         ORDER BY r.record, r.kind, c.key",
    )?;
    let mut rows = statement.query(params![scope.0])?;
    while let Some(row) = rows.next()? {
        visit(row.get_ref(0)?.as_blob()?, row.get_ref(1)?.as_str()?);
    }
    Ok(())
}
