//! How busy the relay itself was, in samples. Owns what passed between one and the next, and their table; when they are taken is the front's.

use std::time::Duration;

use rusqlite::{Connection, params};

use super::history::stored;
use crate::limits::HEALTH_SAMPLE_KEPT_MS;

/// What a relay has counted since it began, and holds now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counted {
    /// Frame bytes from peers.
    pub received_bytes: u64,
    /// Frame bytes to peers.
    pub sent_bytes: u64,
    /// Receipts that it gave.
    pub receipts: u64,
    /// Sessions of parties that the roster names.
    pub sessions: u64,
    /// Bytes that the store takes.
    pub store_bytes: u64,
}

/// How busy a relay was for a while before a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Busy {
    /// The moment, by the relay's clock; Unix milliseconds.
    pub at_ms: i64,
    /// How long the while was.
    pub span: Duration,
    /// What came and went in it, and what there was at its end.
    pub counted: Counted,
}

impl Counted {
    /// What came and went since something was counted before.
    pub fn after(self, before: &Self) -> Self {
        Self {
            received_bytes: self.received_bytes.saturating_sub(before.received_bytes),
            sent_bytes: self.sent_bytes.saturating_sub(before.sent_bytes),
            receipts: self.receipts.saturating_sub(before.receipts),
            ..self
        }
    }
}

pub(super) const CREATE: &str = "CREATE TABLE busy (
        at_ms INTEGER PRIMARY KEY,
        span_ms INTEGER NOT NULL,
        received INTEGER NOT NULL,
        sent INTEGER NOT NULL,
        receipts INTEGER NOT NULL,
        sessions INTEGER NOT NULL,
        store INTEGER NOT NULL
    ) STRICT;";

pub(super) fn keep(connection: &mut Connection, Busy { at_ms, span, counted }: &Busy) -> rusqlite::Result<()> {
    let transaction = connection.transaction()?;
    transaction.execute(
        "INSERT OR REPLACE INTO busy (at_ms, span_ms, received, sent, receipts, sessions, store)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        params![
            at_ms,
            i64::try_from(span.as_millis()).unwrap_or(i64::MAX),
            stored(counted.received_bytes),
            stored(counted.sent_bytes),
            stored(counted.receipts),
            stored(counted.sessions),
            stored(counted.store_bytes),
        ],
    )?;
    transaction.execute("DELETE FROM busy WHERE at_ms < ?1", [at_ms.saturating_sub(HEALTH_SAMPLE_KEPT_MS)])?;
    transaction.commit()
}

pub(super) fn since(connection: &Connection, since_ms: i64) -> rusqlite::Result<Vec<Busy>> {
    let mut query = connection.prepare(
        "SELECT at_ms, span_ms, received, sent, receipts, sessions, store FROM busy WHERE at_ms >= ?1 ORDER BY at_ms",
    )?;
    let busy = |row: &rusqlite::Row<'_>| {
        let count = |column: usize| row.get::<_, i64>(column).map(i64::unsigned_abs);
        let counted = Counted {
            received_bytes: count(2)?,
            sent_bytes: count(3)?,
            receipts: count(4)?,
            sessions: count(5)?,
            store_bytes: count(6)?,
        };
        Ok(Busy { at_ms: row.get(0)?, span: Duration::from_millis(count(1)?), counted })
    };
    query.query_map([since_ms], busy)?.collect()
}
