//! Logs: which writers wrote in which scopes. Owns their local row numbers; how far each is held is in the entries.

use comptoir_sync_protocol::ids::{ScopeId, Writer};
use rusqlite::{Connection, params};

use super::id;

pub(crate) const CREATE: &str = "
CREATE TABLE logs (
    id INTEGER PRIMARY KEY,
    scope BLOB NOT NULL,
    site BLOB NOT NULL,
    epoch BLOB NOT NULL,
    local INTEGER NOT NULL DEFAULT 0,
    UNIQUE (scope, site, epoch)
) STRICT;
";

/// One log.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LogRow {
    pub id: i64,
    pub scope: ScopeId,
    pub writer: Writer,
    /// Written here, so that its entries wait in the outbox for a receipt.
    pub local: bool,
}

pub(crate) fn all(connection: &Connection) -> rusqlite::Result<Vec<LogRow>> {
    let mut statement = connection.prepare_cached("SELECT id, scope, site, epoch, local FROM logs ORDER BY id")?;
    let rows = statement.query_map([], |row| {
        let writer = Writer { site: id(row, 2)?, epoch: id(row, 3)? };
        Ok(LogRow { id: row.get(0)?, scope: id(row, 1)?, writer, local: row.get(4)? })
    })?;
    rows.collect()
}

/// Each site's writer whose log began last among those that are held, here first or elsewhere: its present epoch, as far as
/// it was heard of.
pub(crate) fn latest_writers(connection: &Connection) -> rusqlite::Result<Vec<Writer>> {
    let mut statement = connection.prepare_cached(
        "SELECT l.site, l.epoch, max(e.position) FROM logs l JOIN entries e ON e.log = l.id AND e.seq = 1
         GROUP BY l.site, l.epoch ORDER BY 3",
    )?;
    let rows = statement.query_map([], |row| Ok(Writer { site: id(row, 0)?, epoch: id(row, 1)? }))?;
    let mut latest: std::collections::BTreeMap<_, Writer> = std::collections::BTreeMap::new();
    for writer in rows {
        let writer = writer?;
        latest.insert(writer.site, writer);
    }
    Ok(latest.into_values().collect())
}

pub(crate) fn insert(connection: &Connection, scope: &ScopeId, writer: &Writer) -> rusqlite::Result<i64> {
    let mut statement = connection.prepare_cached("INSERT INTO logs (scope, site, epoch) VALUES (?1, ?2, ?3)")?;
    statement.insert(params![scope.0, writer.site.0, writer.epoch.0])
}

pub(crate) fn set_local(connection: &Connection, log: i64) -> rusqlite::Result<()> {
    connection.prepare_cached("UPDATE logs SET local = 1 WHERE id = ?1")?.execute(params![log]).map(|_| ())
}
