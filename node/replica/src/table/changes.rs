//! Changes: the index that an arriving change is checked against. Owns what is kept of each accepted change; the change
//! itself stands in its entry.

use comptoir_sync_protocol::codec;
use comptoir_sync_protocol::ids::ScopeId;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::count;
use crate::record::{Actor, ChangeHash, IndexedChange, OpId, RecordId};
use crate::storage;

pub(crate) const CREATE: &str = "
CREATE TABLE changes (
    record INTEGER NOT NULL REFERENCES records (id),
    actor BLOB NOT NULL,
    start_op INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    hash BLOB NOT NULL,
    log INTEGER NOT NULL,
    entry_seq INTEGER NOT NULL,
    deps BLOB NOT NULL,
    keys BLOB NOT NULL,
    PRIMARY KEY (record, actor, start_op)
) STRICT, WITHOUT ROWID;
CREATE INDEX changes_by_hash ON changes (record, hash);
";

/// An accepted change and the entry that brought it.
#[derive(Debug)]
pub(crate) struct ChangeRow {
    pub change: IndexedChange,
    pub log: i64,
    pub entry_seq: u64,
}

const ROW: &str = "actor, start_op, seq, hash, log, entry_seq, deps, keys";

fn read(row: &Row<'_>) -> rusqlite::Result<ChangeRow> {
    let (deps, rest) = row.get_ref(6)?.as_blob()?.as_chunks::<32>();
    if !rest.is_empty() {
        return Err(rusqlite::Error::InvalidColumnType(6, "deps".into(), rusqlite::types::Type::Blob));
    }
    let keys = codec::from_bytes("keys", row.get_ref(7)?.as_blob()?).map_err(storage::damaged)?;
    let change = IndexedChange {
        actor: Actor(row.get(0)?),
        start_op: count(row, 1)?,
        seq: count(row, 2)?,
        hash: row.get(3)?,
        deps: deps.to_vec(),
        keys,
    };
    Ok(ChangeRow { change, log: row.get(4)?, entry_seq: count(row, 5)? })
}

pub(crate) fn insert(
    connection: &Connection,
    record: i64,
    change: &IndexedChange,
    log: i64,
    entry_seq: u64,
) -> rusqlite::Result<()> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO changes (record, actor, start_op, seq, hash, log, entry_seq, deps, keys)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?;
    statement.execute(params![
        record,
        change.actor.0,
        change.start_op as i64,
        change.seq as i64,
        change.hash,
        log,
        entry_seq as i64,
        change.deps.as_flattened(),
        codec::to_bytes(&change.keys),
    ])?;
    Ok(())
}

pub(crate) fn by_hash(connection: &Connection, record: i64, hash: &ChangeHash) -> rusqlite::Result<Option<ChangeRow>> {
    let mut statement =
        connection.prepare_cached(&format!("SELECT {ROW} FROM changes WHERE record = ?1 AND hash = ?2"))?;
    statement.query_row(params![record, hash], read).optional()
}

/// The change of an actor that begins last, not after `counter`.
pub(crate) fn latest_up_to(connection: &Connection, record: i64, op: &OpId) -> rusqlite::Result<Option<ChangeRow>> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {ROW} FROM changes WHERE record = ?1 AND actor = ?2 AND start_op <= ?3 ORDER BY start_op DESC LIMIT 1"
    ))?;
    let counter = i64::try_from(op.counter).unwrap_or(i64::MAX);
    statement.query_row(params![record, op.actor.0, counter], read).optional()
}

/// The changes of a record in an order that is causal and the same everywhere: by first operation, then by actor.
pub(crate) fn of_record(
    connection: &Connection,
    scope: &ScopeId,
    id: &RecordId,
    kind: &str,
) -> rusqlite::Result<Vec<ChangeRow>> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {ROW} FROM records r JOIN changes c ON c.record = r.id
         WHERE r.record = ?1 AND r.scope = ?2 AND r.kind = ?3 ORDER BY c.start_op, c.actor"
    ))?;
    statement.query_map(params![id.0, scope.0, kind], read)?.collect()
}

/// The entries (log, seq) that changed a record, each once.
pub(crate) fn entries_of(connection: &Connection, record: i64) -> rusqlite::Result<Vec<(i64, u64)>> {
    let mut statement = connection.prepare_cached("SELECT DISTINCT log, entry_seq FROM changes WHERE record = ?1")?;
    statement.query_map(params![record], |row| Ok((row.get(0)?, count(row, 1)?)))?.collect()
}

/// The entries (log, seq) of changes without dependencies.
pub(crate) fn creations(connection: &Connection, record: i64) -> rusqlite::Result<Vec<(i64, u64)>> {
    let mut statement =
        connection.prepare_cached("SELECT log, entry_seq FROM changes WHERE record = ?1 AND length(deps) = 0")?;
    statement.query_map(params![record], |row| Ok((row.get(0)?, count(row, 1)?)))?.collect()
}
