//! The newest entries of the log, for who wants to see what came and went. Owns the reading and its row; changes nothing.

use std::ops::ControlFlow;

use comptoir_sync_protocol::ScopeId;
use comptoir_sync_protocol::ids::SiteId;
use rusqlite::{Connection, Row, params};

use super::{count, id};
use crate::application::Application;
use crate::replica::Replica;
use crate::storage::StorageError;

/// One entry as the log tells of it: everything but its content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogItem {
    /// Its scope.
    pub scope: ScopeId,
    /// The site that wrote it.
    pub site: SiteId,
    /// The person, or the site itself; empty where the entry cannot be read.
    pub author: String,
    /// By which command.
    pub command: String,
    /// When, by its author's clock; Unix milliseconds.
    pub wall_clock_ms: i64,
    /// When it was written or came here, by this machine's clock; Unix milliseconds.
    pub received_ms: i64,
    /// How many operations it holds.
    pub operations: u64,
    /// Whether it has effect.
    pub delivered: bool,
}

const ITEM: &str = "logs.scope, logs.site, author, command, wall_clock_ms, received_ms, operations, standing";

fn item(row: &Row<'_>) -> rusqlite::Result<LogItem> {
    Ok(LogItem {
        scope: id(row, 0)?,
        site: id(row, 1)?,
        author: row.get(2)?,
        command: row.get(3)?,
        wall_clock_ms: row.get(4)?,
        received_ms: row.get(5)?,
        operations: count(row, 6)?,
        delivered: row.get::<_, i64>(7)? == 0,
    })
}

/// One entry on the way back, not opened.
#[derive(Debug)]
pub(crate) struct Arrival {
    pub log: i64,
    pub seq: u64,
    /// What stood behind it, as bytes.
    pub past: Vec<u8>,
    pub received_ms: i64,
    pub operations: u64,
    /// It has effect.
    pub delivered: bool,
}

/// Visits the entries as they were written or came, the last one first, until the visitor has enough.
pub(crate) fn back(
    connection: &Connection,
    mut visit: impl FnMut(Arrival) -> rusqlite::Result<ControlFlow<()>>,
) -> rusqlite::Result<()> {
    let mut statement = connection.prepare_cached(
        "SELECT log, seq, past, received_ms, operations, standing FROM entries ORDER BY position DESC",
    )?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let arrival = Arrival {
            log: row.get(0)?,
            seq: count(row, 1)?,
            past: row.get(2)?,
            received_ms: row.get(3)?,
            operations: count(row, 4)?,
            delivered: row.get::<_, i64>(5)? == 0,
        };
        if visit(arrival)?.is_break() {
            break;
        }
    }
    Ok(())
}

fn latest(connection: &Connection, limit: usize) -> rusqlite::Result<Vec<LogItem>> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {ITEM} FROM entries JOIN logs ON logs.id = entries.log ORDER BY position DESC LIMIT ?1"
    ))?;
    let rows = statement.query_map(params![i64::try_from(limit).unwrap_or(i64::MAX)], item)?;
    rows.collect()
}

fn latest_by_site(connection: &Connection) -> rusqlite::Result<Vec<LogItem>> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {ITEM}, MAX(position) FROM logs JOIN entries ON entries.log = logs.id AND entries.seq =
            (SELECT MAX(seq) FROM entries AS own WHERE own.log = logs.id) GROUP BY logs.site"
    ))?;
    let rows = statement.query_map([], item)?;
    rows.collect()
}

impl<A: Application> Replica<A> {
    /// The entries that were written or came last, the last first.
    ///
    /// # Errors
    /// When the store fails.
    pub fn latest(&self, limit: usize) -> Result<Vec<LogItem>, StorageError> {
        Ok(self.readers().read(|connection| latest(connection, limit))?)
    }

    /// The last entry of each site that one is here of.
    ///
    /// # Errors
    /// When the store fails.
    pub fn latest_by_site(&self) -> Result<Vec<LogItem>, StorageError> {
        Ok(self.readers().read(latest_by_site)?)
    }
}
