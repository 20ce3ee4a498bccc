//! Postings: the facts that have effect, as their entries brought them. Owns the rows, in causal order; a cache of the log,
//! made again by `rebuild`.

use comptoir_sync_protocol::codec;
use comptoir_sync_protocol::header::LogHead;
use comptoir_sync_protocol::ids::{ScopeId, Writer};
use rusqlite::{Connection, Row, params};

use super::{count, id};
use crate::posting::{Posting, PostingView};
use crate::record::RecordId;
use crate::storage;

pub(crate) const CREATE: &str = "
CREATE TABLE postings (
    row INTEGER PRIMARY KEY,
    log INTEGER NOT NULL REFERENCES logs (id),
    seq INTEGER NOT NULL,
    posting BLOB NOT NULL,
    kind TEXT NOT NULL,
    version INTEGER NOT NULL,
    cites BLOB NOT NULL,
    body BLOB NOT NULL
) STRICT;
CREATE INDEX postings_by_place ON postings (log, seq);
CREATE INDEX postings_by_id ON postings (posting);
";

/// A posting that has effect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredPosting {
    /// Its scope.
    pub scope: ScopeId,
    /// Its entry.
    pub entry: LogHead,
    /// The person, or `SITE/operator`.
    pub author: String,
    /// By which command.
    pub command: String,
    /// Unix milliseconds by the author's clock: a hint.
    pub at_ms: i64,
    /// The posting.
    pub posting: Posting,
}

impl StoredPosting {
    /// The posting with where it comes from.
    #[must_use]
    pub fn view(&self) -> PostingView<'_> {
        PostingView {
            scope: self.scope,
            writer: self.entry.writer,
            entry: Some(self.entry),
            author: &self.author,
            at_ms: self.at_ms,
            posting: &self.posting,
        }
    }
}

pub(crate) fn insert(connection: &Connection, (log, seq): (i64, u64), posting: &Posting) -> rusqlite::Result<()> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO postings (log, seq, posting, kind, version, cites, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?;
    let cites = codec::to_bytes(&posting.cites);
    let Posting { kind, version, id, body, .. } = posting;
    statement.execute(params![log, seq as i64, id, kind, version, cites, body]).map(drop)
}

const COLUMNS: &str = "p.posting, p.kind, p.version, p.cites, p.body";

fn read(row: &Row<'_>) -> rusqlite::Result<Posting> {
    Ok(Posting {
        id: row.get(0)?,
        kind: row.get(1)?,
        version: row.get(2)?,
        cites: codec::from_bytes("cites", row.get_ref(3)?.as_blob()?).map_err(storage::damaged)?,
        body: row.get(4)?,
    })
}

fn read_stored(row: &Row<'_>) -> rusqlite::Result<StoredPosting> {
    let writer = Writer { site: id(row, 6)?, epoch: id(row, 7)? };
    Ok(StoredPosting {
        scope: id(row, 5)?,
        entry: LogHead { writer, seq: count(row, 8)?, hash: id(row, 9)? },
        author: row.get(10)?,
        command: row.get(11)?,
        at_ms: row.get(12)?,
        posting: read(row)?,
    })
}

fn stored(rest: &str) -> String {
    format!(
        "SELECT {COLUMNS}, l.scope, l.site, l.epoch, p.seq, e.hash, e.author, e.command, e.wall_clock_ms
         FROM postings p JOIN logs l ON l.id = p.log JOIN entries e ON e.log = p.log AND e.seq = p.seq {rest}"
    )
}

/// The postings of one entry, in its order.
pub(crate) fn of_entry(connection: &Connection, log: i64, seq: u64) -> rusqlite::Result<Vec<Posting>> {
    let sql = format!("SELECT {COLUMNS} FROM postings p WHERE p.log = ?1 AND p.seq = ?2 ORDER BY p.row");
    connection.prepare_cached(&sql)?.query_map(params![log, seq as i64], read)?.collect()
}

/// The postings of a log after an entry.
pub(crate) fn after(connection: &Connection, log: i64, seq: u64) -> rusqlite::Result<Vec<Posting>> {
    let sql = format!("SELECT {COLUMNS} FROM postings p WHERE p.log = ?1 AND p.seq > ?2 ORDER BY p.row");
    connection.prepare_cached(&sql)?.query_map(params![log, seq as i64], read)?.collect()
}

/// The postings of this id in a scope: one, unless two epochs of a faulty site gave it to two.
pub(crate) fn of_id(connection: &Connection, scope: &ScopeId, id: &RecordId) -> rusqlite::Result<Vec<StoredPosting>> {
    let sql = stored("WHERE p.posting = ?1 AND l.scope = ?2 ORDER BY p.row");
    connection.prepare_cached(&sql)?.query_map(params![id.0, scope.0], read_stored)?.collect()
}

/// The posting of this id in whatever scope.
pub(crate) fn find(connection: &Connection, id: &RecordId) -> rusqlite::Result<Option<StoredPosting>> {
    let sql = stored("WHERE p.posting = ?1 ORDER BY l.scope, p.row LIMIT 1");
    connection.prepare_cached(&sql)?.query_map(params![id.0], read_stored)?.next().transpose()
}

/// Visits every posting, in causal order.
pub(crate) fn for_each(
    connection: &Connection,
    mut visit: impl FnMut(&StoredPosting) -> rusqlite::Result<()>,
) -> rusqlite::Result<()> {
    let mut statement = connection.prepare(&stored("ORDER BY p.row"))?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        visit(&read_stored(row)?)?;
    }
    Ok(())
}

/// Visits the postings of a scope by id: (id, kind, version, cites, body).
pub(crate) fn for_each_bytes(
    connection: &Connection,
    scope: &ScopeId,
    mut visit: impl FnMut(&[u8], &str, u16, &[u8], &[u8]),
) -> rusqlite::Result<()> {
    let mut statement = connection.prepare_cached(
        "SELECT p.posting, p.kind, p.version, p.cites, p.body FROM postings p JOIN logs l ON l.id = p.log
         WHERE l.scope = ?1 ORDER BY p.posting, l.site, l.epoch, p.seq",
    )?;
    let mut rows = statement.query(params![scope.0])?;
    while let Some(row) = rows.next()? {
        let bytes = |column: usize| -> rusqlite::Result<&[u8]> { Ok(row.get_ref(column)?.as_blob()?) };
        visit(bytes(0)?, row.get_ref(1)?.as_str()?, row.get(2)?, bytes(3)?, bytes(4)?);
    }
    Ok(())
}

/// Kind and id of each posting of a scope.
pub(crate) fn names_of_scope(connection: &Connection, scope: &ScopeId) -> rusqlite::Result<Vec<(String, RecordId)>> {
    let mut statement = connection
        .prepare_cached("SELECT kind, posting FROM postings WHERE log IN (SELECT id FROM logs WHERE scope = ?1)")?;
    statement.query_map(params![scope.0], |row| Ok((row.get(0)?, RecordId(row.get(1)?))))?.collect()
}

/// Forgets the postings of a scope.
pub(crate) fn forget_scope(connection: &Connection, scope: &ScopeId) -> rusqlite::Result<()> {
    let mut statement =
        connection.prepare_cached("DELETE FROM postings WHERE log IN (SELECT id FROM logs WHERE scope = ?1)")?;
    statement.execute(params![scope.0]).map(drop)
}

/// How many there are of each kind.
pub(crate) fn counts(connection: &Connection) -> rusqlite::Result<Vec<(ScopeId, String, u64)>> {
    let mut statement = connection.prepare(
        "SELECT l.scope, p.kind, count(*) FROM postings p JOIN logs l ON l.id = p.log GROUP BY l.scope, p.kind
         ORDER BY l.scope, p.kind",
    )?;
    statement.query_map([], |row| Ok((id(row, 0)?, row.get(1)?, count(row, 2)?)))?.collect()
}
