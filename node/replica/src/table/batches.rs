//! Batches: which entries are parts of one act. Owns the column of the entries that says so, and the reads by it.
//!
//! The column is written with the entry and when it is judged anew. An entry that came before the column did is found
//! after a `rebuild`.

use comptoir_sync_protocol::ids::{BatchId, ScopeId, SiteId};
use rusqlite::{Connection, OptionalExtension, params};

use super::{count, id};
use crate::history::BatchSummary;

pub(crate) const CREATE: &str = "
ALTER TABLE entries ADD COLUMN batch BLOB;
CREATE INDEX entries_by_batch ON entries (batch, position) WHERE batch IS NOT NULL;
";

/// The place of an entry of a batch.
#[derive(Debug)]
pub(crate) struct BatchEntry {
    pub position: i64,
    pub log: i64,
    pub seq: u64,
    pub scope: ScopeId,
}

/// The last delivered entry of a site's batch that stands before this position.
pub(crate) fn entry_before(
    connection: &Connection,
    site: &SiteId,
    batch: &BatchId,
    position: i64,
) -> rusqlite::Result<Option<BatchEntry>> {
    let mut statement = connection.prepare_cached(
        "SELECT e.position, e.log, e.seq, l.scope FROM entries e JOIN logs l ON l.id = e.log
         WHERE e.batch = ?1 AND e.position < ?2 AND e.standing = 0 AND l.site = ?3 ORDER BY e.position DESC LIMIT 1",
    )?;
    let read = |row: &rusqlite::Row<'_>| {
        Ok(BatchEntry { position: row.get(0)?, log: row.get(1)?, seq: count(row, 2)?, scope: id(row, 3)? })
    };
    statement.query_row(params![batch.0, position, site.0], read).optional()
}

/// The batches of all sites, the one that went on last first. Author and command are those of its
/// last entry.
pub(crate) fn latest(connection: &Connection, limit: usize) -> rusqlite::Result<Vec<BatchSummary>> {
    let mut statement = connection.prepare_cached(
        "SELECT b.batch, b.site, e.author, e.command, b.first_ms, b.last_ms, b.entries, b.operations
         FROM (
            SELECT e.batch, l.site, max(e.position) AS last, min(e.wall_clock_ms) AS first_ms,
                max(e.wall_clock_ms) AS last_ms, count(*) AS entries, sum(e.operations) AS operations
            FROM entries e JOIN logs l ON l.id = e.log
            WHERE e.batch IS NOT NULL AND e.standing = 0 GROUP BY e.batch, l.site
         ) b JOIN entries e ON e.position = b.last
         ORDER BY b.last DESC LIMIT ?1",
    )?;
    let rows = statement.query_map(params![i64::try_from(limit).unwrap_or(i64::MAX)], |row| {
        Ok(BatchSummary {
            id: id(row, 0)?,
            site: id(row, 1)?,
            author: row.get(2)?,
            command: row.get(3)?,
            first_ms: row.get(4)?,
            last_ms: row.get(5)?,
            entries: count(row, 6)?,
            changes: count(row, 7)?,
        })
    })?;
    rows.collect()
}
