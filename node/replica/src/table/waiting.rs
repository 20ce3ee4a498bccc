//! Waiting entries: what they build on is not here yet. Owns their bounds; never part of a vector.

use comptoir_sync_protocol::LogHead;
use comptoir_sync_protocol::entry::Entry;
use comptoir_sync_protocol::ids::{Hash, ScopeId, Writer};
use rusqlite::{Connection, params};

use super::{count, id};
use crate::limits;

pub(crate) const CREATE: &str = "
CREATE TABLE waiting (
    scope BLOB NOT NULL,
    site BLOB NOT NULL,
    epoch BLOB NOT NULL,
    seq INTEGER NOT NULL,
    hash BLOB NOT NULL,
    reason TEXT NOT NULL,
    received_ms INTEGER NOT NULL,
    size INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (scope, site, epoch, seq, hash)
) STRICT;
CREATE INDEX waiting_by_size ON waiting (scope, site, epoch, size);
";

/// An entry that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitingEntry {
    /// Its scope.
    pub scope: ScopeId,
    /// Its place.
    pub head: LogHead,
    /// What for.
    pub reason: String,
    /// Since when, Unix milliseconds.
    pub received_ms: i64,
}

/// Keeps an entry; false when there is no room for it.
pub(crate) fn hold(connection: &Connection, entry: &Entry, reason: &str, received_ms: i64) -> rusqlite::Result<bool> {
    let (header, bytes) = (entry.header(), entry.encode());
    let (scope, writer) = (header.scope, header.writer);
    let (site, epoch, seq) = (writer.site.0, writer.epoch.0, header.seq as i64);
    let mut same = connection.prepare_cached(
        "SELECT 1 FROM waiting WHERE scope = ?1 AND site = ?2 AND epoch = ?3 AND seq = ?4 AND hash = ?5",
    )?;
    if same.exists(params![scope.0, site, epoch, seq, entry.hash().0])? {
        return Ok(true);
    }
    let mut held = connection.prepare_cached(
        "SELECT count(*), ifnull(sum(size), 0), count(*) FILTER (WHERE site = ?2 AND epoch = ?3)
         FROM waiting WHERE scope = ?1",
    )?;
    let (entries, size, of_log) =
        held.query_row(params![scope.0, site, epoch], |row| Ok((count(row, 0)?, count(row, 1)?, count(row, 2)?)))?;
    let full = entries >= limits::MAX_WAITING_ENTRIES_PER_SCOPE as u64
        || of_log >= limits::MAX_WAITING_ENTRIES_PER_LOG as u64
        || size + bytes.len() as u64 > limits::MAX_WAITING_BYTES_PER_SCOPE as u64;
    if full {
        return Ok(false);
    }
    let mut statement = connection.prepare_cached(
        "INSERT INTO waiting (scope, site, epoch, seq, hash, reason, received_ms, size, bytes)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?;
    let size = bytes.len() as i64;
    statement.execute(params![
        scope.0,
        writer.site.0,
        writer.epoch.0,
        header.seq as i64,
        entry.hash().0,
        reason,
        received_ms,
        size,
        bytes
    ])?;
    Ok(true)
}

/// The writers that have something waiting in a scope.
pub(crate) fn writers(connection: &Connection, scope: &ScopeId) -> rusqlite::Result<Vec<Writer>> {
    let mut statement =
        connection.prepare_cached("SELECT DISTINCT site, epoch FROM waiting WHERE scope = ?1 ORDER BY site, epoch")?;
    let rows = statement.query_map(params![scope.0], |row| Ok(Writer { site: id(row, 0)?, epoch: id(row, 1)? }))?;
    rows.collect()
}

/// The hashes and bytes of what waits at one place of one log.
pub(crate) fn at(
    connection: &Connection,
    scope: &ScopeId,
    writer: &Writer,
    seq: u64,
) -> rusqlite::Result<Vec<(Hash, Vec<u8>)>> {
    let mut statement = connection.prepare_cached(
        "SELECT hash, bytes FROM waiting WHERE scope = ?1 AND site = ?2 AND epoch = ?3 AND seq = ?4
         ORDER BY hash",
    )?;
    let key = params![scope.0, writer.site.0, writer.epoch.0, seq as i64];
    statement.query_map(key, |row| Ok((id(row, 0)?, row.get(1)?)))?.collect()
}

/// Forgets what waits at one place of a log.
pub(crate) fn forget_at(connection: &Connection, scope: &ScopeId, head: &LogHead) -> rusqlite::Result<()> {
    let mut statement = connection.prepare_cached(
        "DELETE FROM waiting WHERE scope = ?1 AND site = ?2 AND epoch = ?3 AND seq = ?4 AND hash = ?5",
    )?;
    let (site, epoch) = (head.writer.site.0, head.writer.epoch.0);
    statement.execute(params![scope.0, site, epoch, head.seq as i64, head.hash.0]).map(|_| ())
}

/// Forgets what waits in a log up to this place.
pub(crate) fn forget_up_to(
    connection: &Connection,
    scope: &ScopeId,
    writer: &Writer,
    seq: u64,
) -> rusqlite::Result<()> {
    let mut statement =
        connection.prepare_cached("DELETE FROM waiting WHERE scope = ?1 AND site = ?2 AND epoch = ?3 AND seq <= ?4")?;
    statement.execute(params![scope.0, writer.site.0, writer.epoch.0, seq as i64]).map(|_| ())
}

/// How many entries wait in each scope.
pub(crate) fn counts(connection: &Connection) -> rusqlite::Result<Vec<(ScopeId, u64)>> {
    let mut statement = connection.prepare_cached("SELECT scope, count(*) FROM waiting GROUP BY scope")?;
    statement.query_map([], |row| Ok((id(row, 0)?, count(row, 1)?)))?.collect()
}

pub(crate) fn all(connection: &Connection) -> rusqlite::Result<Vec<WaitingEntry>> {
    let mut statement = connection.prepare_cached(
        "SELECT scope, site, epoch, seq, hash, reason, received_ms FROM waiting ORDER BY scope, site, epoch, seq",
    )?;
    let rows = statement.query_map([], |row| {
        let writer = Writer { site: id(row, 1)?, epoch: id(row, 2)? };
        let head = LogHead { writer, seq: count(row, 3)?, hash: id(row, 4)? };
        Ok(WaitingEntry { scope: id(row, 0)?, head, reason: row.get(5)?, received_ms: row.get(6)? })
    })?;
    rows.collect()
}
