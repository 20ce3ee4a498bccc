//! Forks: signed entries at places that other entries hold. Owns the proofs; the entries have no effect.

use comptoir_sync_protocol::LogHead;
use comptoir_sync_protocol::entry::Entry;
use comptoir_sync_protocol::ids::{ScopeId, Writer};
use rusqlite::{Connection, params};

use super::{count, id};
use crate::limits;

pub(crate) const CREATE: &str = "
CREATE TABLE forks (
    scope BLOB NOT NULL,
    site BLOB NOT NULL,
    epoch BLOB NOT NULL,
    seq INTEGER NOT NULL,
    hash BLOB NOT NULL,
    received_ms INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (scope, site, epoch, seq, hash)
) STRICT;
";

/// A signed entry that stands where another one does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForkProof {
    /// Its scope.
    pub scope: ScopeId,
    /// The place that it claims.
    pub head: LogHead,
    /// When it came, Unix milliseconds.
    pub received_ms: i64,
    /// The entry.
    pub bytes: Vec<u8>,
}

pub(crate) fn keep(connection: &Connection, entry: &Entry, received_ms: i64) -> rusqlite::Result<()> {
    let header = entry.header();
    let (scope, writer) = (header.scope, header.writer);
    let mut statement = connection.prepare_cached(
        "INSERT INTO forks (scope, site, epoch, seq, hash, received_ms, bytes)
         SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7
         WHERE (SELECT count(*) FROM forks WHERE scope = ?1 AND site = ?2 AND epoch = ?3) < ?8
         ON CONFLICT DO NOTHING",
    )?;
    statement.execute(params![
        scope.0,
        writer.site.0,
        writer.epoch.0,
        header.seq as i64,
        entry.hash().0,
        received_ms,
        entry.encode(),
        limits::MAX_FORK_PROOFS_PER_LOG as i64,
    ])?;
    Ok(())
}

pub(crate) fn all(connection: &Connection) -> rusqlite::Result<Vec<ForkProof>> {
    let mut statement = connection.prepare_cached(
        "SELECT scope, site, epoch, seq, hash, received_ms, bytes FROM forks ORDER BY scope, site, epoch, seq, hash",
    )?;
    let rows = statement.query_map([], |row| {
        let writer = Writer { site: id(row, 1)?, epoch: id(row, 2)? };
        let head = LogHead { writer, seq: count(row, 3)?, hash: id(row, 4)? };
        Ok(ForkProof { scope: id(row, 0)?, head, received_ms: row.get(5)?, bytes: row.get(6)? })
    })?;
    rows.collect()
}
