//! What the writer of each log knew of the roster, and from which entry on: the heads that its entries named up to there,
//! all taken together, so that whoever names older heads again forgets nothing.
//!
//! Owns one row for each time that it learned something. A function of the headers alone.

use std::collections::BTreeMap;

use comptoir_sync_protocol::codec;
use comptoir_sync_protocol::header::LogHead;
use comptoir_sync_protocol::ids::Writer;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::{count, entries, meta};
use crate::storage;

pub(crate) const CREATE: &str = "
CREATE TABLE rosters_known (
    log INTEGER NOT NULL REFERENCES logs (id),
    seq INTEGER NOT NULL,
    heads BLOB NOT NULL,
    PRIMARY KEY (log, seq)
) STRICT, WITHOUT ROWID;
";

/// Both together: of each log of the roster the later head, by writer.
pub(crate) fn join(known: &[LogHead], named: &[LogHead]) -> Vec<LogHead> {
    let mut heads: BTreeMap<Writer, LogHead> = BTreeMap::new();
    for head in known.iter().chain(named) {
        let later = heads.entry(head.writer).or_insert(*head);
        if head.seq > later.seq {
            *later = *head;
        }
    }
    heads.into_values().collect()
}

pub(crate) fn insert(connection: &Connection, log: i64, seq: u64, heads: &[LogHead]) -> rusqlite::Result<()> {
    let mut statement = connection.prepare_cached("INSERT INTO rosters_known (log, seq, heads) VALUES (?1, ?2, ?3)")?;
    statement.execute(params![log, seq as i64, codec::to_bytes(&heads)]).map(|_| ())
}

/// What the writer knew at this entry, and since which.
pub(crate) fn at(connection: &Connection, log: i64, seq: u64) -> rusqlite::Result<Option<(u64, Vec<LogHead>)>> {
    let mut statement = connection.prepare_cached(
        "SELECT seq, heads FROM rosters_known WHERE log = ?1 AND seq <= ?2 ORDER BY seq DESC LIMIT 1",
    )?;
    let read = |row: &Row<'_>| {
        let heads = codec::from_bytes("roster heads", row.get_ref(1)?.as_blob()?).map_err(storage::damaged)?;
        Ok((count(row, 0)?, heads))
    };
    statement.query_row(params![log, seq as i64], read).optional()
}

/// Fills the table of a database that was made before there was one.
pub(crate) fn fill_once(connection: &mut Connection) -> rusqlite::Result<()> {
    if meta::get(connection, meta::ROSTERS_KNOWN)?.is_some() {
        return Ok(());
    }
    let transaction = connection.transaction()?;
    let mut known: BTreeMap<i64, Vec<LogHead>> = BTreeMap::new();
    let mut position = 0;
    while let Some(row) = entries::after(&transaction, position)? {
        position = row.position;
        // What cannot be read taught nothing that the next entry of its log does not name again.
        let Ok(entry) = row.open() else { continue };
        let before = known.entry(row.log).or_default();
        let joined = join(before, &entry.header().roster_heads);
        if joined != *before {
            insert(&transaction, row.log, row.seq, &joined)?;
            *before = joined;
        }
    }
    meta::set(&transaction, meta::ROSTERS_KNOWN, &[1])?;
    transaction.commit()
}
