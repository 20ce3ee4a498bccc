//! Receipts: relays' signed words that they hold a log durably. Owns the greatest one of each relay for each log.

use comptoir_sync_protocol::codec;
use comptoir_sync_protocol::receipt::Receipt;
use rusqlite::{Connection, params};

use super::count;
use crate::storage;

pub(crate) const CREATE: &str = "
CREATE TABLE receipts (
    log INTEGER NOT NULL REFERENCES logs (id),
    relay BLOB NOT NULL,
    seq INTEGER NOT NULL,
    received_ms INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (log, relay)
) STRICT;
";

/// Keeps a receipt; an older one than the known changes nothing.
pub(crate) fn keep(connection: &Connection, log: i64, receipt: &Receipt, now_ms: i64) -> rusqlite::Result<()> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO receipts (log, relay, seq, received_ms, bytes) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (log, relay) DO UPDATE SET seq = ?3, received_ms = ?4, bytes = ?5 WHERE seq < ?3",
    )?;
    let bytes = codec::to_bytes(receipt);
    statement.execute(params![log, receipt.relay, receipt.head.seq as i64, now_ms, bytes]).map(|_| ())
}

/// Up to where some relay holds a log durably.
pub(crate) fn acknowledged(connection: &Connection, log: i64) -> rusqlite::Result<u64> {
    let mut statement = connection.prepare_cached("SELECT ifnull(max(seq), 0) FROM receipts WHERE log = ?1")?;
    statement.query_row(params![log], |row| count(row, 0))
}

/// The greatest receipt of each relay for each log.
pub(crate) fn all(connection: &Connection) -> rusqlite::Result<Vec<Receipt>> {
    let mut statement = connection.prepare_cached("SELECT bytes FROM receipts ORDER BY log, relay")?;
    let rows = statement
        .query_map([], |row| codec::from_bytes("receipt", row.get_ref(0)?.as_blob()?).map_err(storage::damaged))?;
    rows.collect()
}
