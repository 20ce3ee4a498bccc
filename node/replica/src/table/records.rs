//! Records: the present cells of each. Owns the rows; a cache of the log, made again by `rebuild`.
//!
//! The kind is part of a record's name: two epochs of one faulty site that give one id to records of two kinds make two
//! records everywhere, whichever arrives first.

use comptoir_sync_protocol::ids::ScopeId;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::{count, id};
use crate::record::{Cells, RecordId};
use crate::storage;

pub(crate) const CREATE: &str = "
CREATE TABLE records (
    id INTEGER PRIMARY KEY,
    record BLOB NOT NULL,
    scope BLOB NOT NULL,
    kind TEXT NOT NULL,
    conflicts INTEGER NOT NULL,
    cells BLOB NOT NULL,
    UNIQUE (record, scope, kind)
) STRICT;
";

/// A record as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredRecord {
    /// Its scope.
    pub scope: ScopeId,
    /// Its id.
    pub id: RecordId,
    /// Its kind.
    pub kind: String,
    /// How many of its fields hold several distinct values.
    pub conflicts: u64,
    /// Its cells.
    pub cells: Cells,
}

/// A record with its row number.
#[derive(Debug)]
pub(crate) struct RecordRow {
    pub row: i64,
    pub record: StoredRecord,
}

const ROW: &str = "id, record, scope, kind, conflicts, cells";

fn read(row: &Row<'_>) -> rusqlite::Result<RecordRow> {
    let bytes: [u8; 16] = row.get(1)?;
    let cells = Cells::decode(row.get_ref(5)?.as_blob()?).map_err(storage::damaged)?;
    let record =
        StoredRecord { id: RecordId(bytes), scope: id(row, 2)?, kind: row.get(3)?, conflicts: count(row, 4)?, cells };
    Ok(RecordRow { row: row.get(0)?, record })
}

pub(crate) fn get(
    connection: &Connection,
    scope: &ScopeId,
    id: &RecordId,
    kind: &str,
) -> rusqlite::Result<Option<RecordRow>> {
    let mut statement = connection
        .prepare_cached(&format!("SELECT {ROW} FROM records WHERE record = ?1 AND scope = ?2 AND kind = ?3"))?;
    statement.query_row(params![id.0, scope.0, kind], read).optional()
}

/// The record of this id in a scope, of whatever kind.
pub(crate) fn of_any_kind(
    connection: &Connection,
    scope: &ScopeId,
    id: &RecordId,
) -> rusqlite::Result<Option<RecordRow>> {
    let mut statement = connection
        .prepare_cached(&format!("SELECT {ROW} FROM records WHERE record = ?1 AND scope = ?2 ORDER BY kind LIMIT 1"))?;
    statement.query_row(params![id.0, scope.0], read).optional()
}

/// The record of this id in whatever scope; of several, the one of the least scope.
pub(crate) fn find(connection: &Connection, id: &RecordId) -> rusqlite::Result<Option<RecordRow>> {
    let mut statement = connection
        .prepare_cached(&format!("SELECT {ROW} FROM records WHERE record = ?1 ORDER BY scope, kind LIMIT 1"))?;
    statement.query_row(params![id.0], read).optional()
}

pub(crate) fn insert(
    connection: &Connection,
    scope: &ScopeId,
    id: &RecordId,
    kind: &str,
    conflicts: usize,
    cells: &Cells,
) -> rusqlite::Result<i64> {
    let mut statement = connection
        .prepare_cached("INSERT INTO records (record, scope, kind, conflicts, cells) VALUES (?1, ?2, ?3, ?4, ?5)")?;
    statement.insert(params![id.0, scope.0, kind, conflicts as i64, cells.encode()])
}

pub(crate) fn update(connection: &Connection, row: i64, conflicts: usize, cells: &Cells) -> rusqlite::Result<()> {
    let mut statement = connection.prepare_cached("UPDATE records SET conflicts = ?2, cells = ?3 WHERE id = ?1")?;
    statement.execute(params![row, conflicts as i64, cells.encode()]).map(|_| ())
}

/// Visits every record, by scope and id.
pub(crate) fn for_each(
    connection: &Connection,
    mut visit: impl FnMut(RecordRow) -> rusqlite::Result<()>,
) -> rusqlite::Result<()> {
    let mut statement = connection.prepare(&format!("SELECT {ROW} FROM records ORDER BY scope, record, kind"))?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        visit(read(row)?)?;
    }
    Ok(())
}

/// Visits the stored bytes of a scope's records, by id: (id, kind, cells).
pub(crate) fn for_each_bytes(
    connection: &Connection,
    scope: &ScopeId,
    mut visit: impl FnMut(&[u8], &str, &[u8]),
) -> rusqlite::Result<()> {
    let mut statement =
        connection.prepare_cached("SELECT record, kind, cells FROM records WHERE scope = ?1 ORDER BY record, kind")?;
    let mut rows = statement.query(params![scope.0])?;
    while let Some(row) = rows.next()? {
        visit(row.get_ref(0)?.as_blob()?, row.get_ref(1)?.as_str()?, row.get_ref(2)?.as_blob()?);
    }
    Ok(())
}

/// Kind and id of each record of a scope.
pub(crate) fn names_of_scope(connection: &Connection, scope: &ScopeId) -> rusqlite::Result<Vec<(String, RecordId)>> {
    let mut statement = connection.prepare_cached("SELECT kind, record FROM records WHERE scope = ?1")?;
    statement.query_map(params![scope.0], |row| Ok((row.get(0)?, RecordId(row.get(1)?))))?.collect()
}

/// How many records each kind has.
pub(crate) fn counts(connection: &Connection) -> rusqlite::Result<Vec<(ScopeId, String, u64)>> {
    let mut statement =
        connection.prepare("SELECT scope, kind, count(*) FROM records GROUP BY scope, kind ORDER BY scope, kind")?;
    statement.query_map([], |row| Ok((id(row, 0)?, row.get(1)?, count(row, 2)?)))?.collect()
}

/// Forgets every record of a scope, with its changes and conflicts.
pub(crate) fn forget_scope(connection: &Connection, scope: &ScopeId) -> rusqlite::Result<()> {
    for table in ["changes", "conflicts"] {
        let delete = format!("DELETE FROM {table} WHERE record IN (SELECT id FROM records WHERE scope = ?1)");
        connection.execute(&delete, params![scope.0])?;
    }
    connection.execute("DELETE FROM records WHERE scope = ?1", params![scope.0]).map(|_| ())
}
