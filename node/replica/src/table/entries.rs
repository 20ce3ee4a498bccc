//! Entries: the truth. Owns the rows, in an order in which every entry comes after all that it builds on.
//!
//! Bytes are never changed, but for a damaged row that is repaired by the same entry from elsewhere. Standings are a
//! verdict or, for parked ones, a local state; `rebuild` judges them anew.

use comptoir_sync_protocol::entry::Entry;
use comptoir_sync_protocol::ids::{Hash, ScopeId, Writer};
use comptoir_sync_protocol::payload::Envelope;
use comptoir_sync_protocol::{EntryError, LogHead};
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::{count, id};
use crate::past::Past;
use crate::storage;
use crate::verdict::{Verdict, VerdictCode};

pub(crate) const CREATE: &str = "
CREATE TABLE entries (
    position INTEGER PRIMARY KEY,
    log INTEGER NOT NULL REFERENCES logs (id),
    seq INTEGER NOT NULL,
    hash BLOB NOT NULL,
    past BLOB NOT NULL,
    verified INTEGER NOT NULL,
    standing INTEGER NOT NULL,
    code TEXT,
    reason TEXT,
    author TEXT NOT NULL,
    command TEXT NOT NULL,
    wall_clock_ms INTEGER NOT NULL,
    operations INTEGER NOT NULL,
    received_ms INTEGER NOT NULL,
    size INTEGER NOT NULL,
    checksum BLOB NOT NULL,
    bytes BLOB NOT NULL,
    UNIQUE (log, seq)
) STRICT;
CREATE INDEX entries_by_hash ON entries (hash);
CREATE INDEX entries_set_aside ON entries (standing) WHERE standing <> 0;
";

const DELIVERED: i64 = 0;
const QUARANTINED: i64 = 1;
const PARKED: i64 = 2;

/// What is kept of an entry beside its bytes.
#[derive(Debug)]
pub(crate) struct NewEntry<'a> {
    pub log: i64,
    /// What stands behind it, itself included.
    pub past: &'a Past,
    /// Its own signature was verified; else a later one of its log vouches for it.
    pub verified: bool,
    pub verdict: &'a Verdict,
    pub envelope: Option<&'a Envelope>,
    pub operations: usize,
    pub received_ms: i64,
}

pub(crate) fn insert(connection: &Connection, entry: &Entry, new: &NewEntry<'_>) -> rusqlite::Result<()> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO entries (log, seq, hash, past, verified, standing, code, reason, author, command, wall_clock_ms,
            operations, received_ms, size, checksum, bytes, batch)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)",
    )?;
    let bytes = entry.encode();
    let (standing, code, reason) = columns(new.verdict);
    let text = |of: fn(&Envelope) -> &str| new.envelope.map_or("", of);
    statement.execute(params![
        new.log,
        entry.header().seq as i64,
        entry.hash().0,
        new.past.encode(),
        new.verified,
        standing,
        code,
        reason,
        text(|envelope| &envelope.author),
        text(|envelope| &envelope.command),
        new.envelope.map_or(0, |envelope| envelope.wall_clock_ms),
        new.operations as i64,
        new.received_ms,
        bytes.len() as i64,
        checksum(&bytes),
        bytes,
        batch_of(new.envelope),
    ])?;
    Ok(())
}

fn batch_of(envelope: Option<&Envelope>) -> Option<[u8; 16]> {
    envelope.and_then(|envelope| envelope.batch).map(|batch| batch.0)
}

fn columns(verdict: &Verdict) -> (i64, Option<&'static str>, Option<&str>) {
    match verdict {
        Verdict::Delivered => (DELIVERED, None, None),
        Verdict::Quarantined { code, reason } => (QUARANTINED, Some(code.0), Some(reason)),
        Verdict::Parked { code, reason } => (PARKED, Some(code.0), Some(reason)),
    }
}

pub(crate) fn set_verdict(
    connection: &Connection,
    position: i64,
    verdict: &Verdict,
    envelope: Option<&Envelope>,
    operations: usize,
) -> rusqlite::Result<()> {
    let mut statement = connection.prepare_cached(
        "UPDATE entries SET standing = ?2, code = ?3, reason = ?4, author = ?5, command = ?6, wall_clock_ms = ?7,
            operations = ?8, batch = ?9 WHERE position = ?1",
    )?;
    let (standing, code, reason) = columns(verdict);
    let text = |of: fn(&Envelope) -> &str| envelope.map_or("", of);
    statement.execute(params![
        position,
        standing,
        code,
        reason,
        text(|envelope| &envelope.author),
        text(|envelope| &envelope.command),
        envelope.map_or(0, |envelope| envelope.wall_clock_ms),
        operations as i64,
        batch_of(envelope),
    ])?;
    Ok(())
}

/// A stored entry that is not what was stored.
#[derive(Debug, thiserror::Error)]
pub(crate) enum EntryDamaged {
    #[error("the stored bytes are no entry")]
    Unreadable(#[source] EntryError),
    #[error("the stored bytes are of entry {found}")]
    OtherHash { found: Hash },
    #[error("the stored bytes have changed")]
    Checksum,
}

/// One stored entry, its bytes not looked at yet.
#[derive(Debug)]
pub(crate) struct EntryRow {
    pub position: i64,
    pub log: i64,
    pub seq: u64,
    pub hash: Hash,
    pub past: Vec<u8>,
    pub verified: bool,
    /// It has effect.
    pub delivered: bool,
    pub checksum: [u8; 32],
    pub bytes: Vec<u8>,
}

const ROW: &str = "position, log, seq, hash, past, verified, standing, checksum, bytes";

impl EntryRow {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            position: row.get(0)?,
            log: row.get(1)?,
            seq: count(row, 2)?,
            hash: id(row, 3)?,
            past: row.get(4)?,
            verified: row.get(5)?,
            delivered: row.get::<_, i64>(6)? == DELIVERED,
            checksum: row.get(7)?,
            bytes: row.get(8)?,
        })
    }

    /// The entry, held against its hash, its chunk root, and for its signature the checksum of all: what does not pass is
    /// never applied and never served.
    pub fn open(&self) -> Result<Entry, EntryDamaged> {
        if checksum(&self.bytes) != self.checksum {
            return Err(EntryDamaged::Checksum);
        }
        let entry = Entry::decode(&self.bytes).map_err(EntryDamaged::Unreadable)?;
        match entry.hash() {
            found if found == self.hash => Ok(entry),
            found => Err(EntryDamaged::OtherHash { found }),
        }
    }

    pub fn past(&self) -> rusqlite::Result<Past> {
        Past::decode(&self.past)
    }
}

pub(crate) fn at(connection: &Connection, log: i64, seq: u64) -> rusqlite::Result<Option<EntryRow>> {
    let mut statement = connection.prepare_cached(&format!("SELECT {ROW} FROM entries WHERE log = ?1 AND seq = ?2"))?;
    statement.query_row(params![log, seq as i64], EntryRow::read).optional()
}

pub(crate) fn by_hash(connection: &Connection, hash: &Hash) -> rusqlite::Result<Option<EntryRow>> {
    let mut statement = connection.prepare_cached(&format!("SELECT {ROW} FROM entries WHERE hash = ?1"))?;
    statement.query_row(params![hash.0], EntryRow::read).optional()
}

/// The next entry of any log after this position, in causal order.
pub(crate) fn after(connection: &Connection, position: i64) -> rusqlite::Result<Option<EntryRow>> {
    let mut statement = connection
        .prepare_cached(&format!("SELECT {ROW} FROM entries WHERE position > ?1 ORDER BY position LIMIT 1"))?;
    statement.query_row(params![position], EntryRow::read).optional()
}

pub(crate) fn hash_at(connection: &Connection, log: i64, seq: u64) -> rusqlite::Result<Option<Hash>> {
    let mut statement = connection.prepare_cached("SELECT hash FROM entries WHERE log = ?1 AND seq = ?2")?;
    statement.query_row(params![log, seq as i64], |row| id(row, 0)).optional()
}

/// How a stored entry stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    Delivered,
    Quarantined,
    Parked,
}

/// The hash of an entry and how it stands.
pub(crate) fn standing_at(connection: &Connection, log: i64, seq: u64) -> rusqlite::Result<Option<(Hash, Standing)>> {
    let mut statement = connection.prepare_cached("SELECT hash, standing FROM entries WHERE log = ?1 AND seq = ?2")?;
    let read = |row: &Row<'_>| {
        let standing = match row.get(1)? {
            DELIVERED => Standing::Delivered,
            PARKED => Standing::Parked,
            _ => Standing::Quarantined,
        };
        Ok((id(row, 0)?, standing))
    };
    statement.query_row(params![log, seq as i64], read).optional()
}

pub(crate) fn past_at(connection: &Connection, log: i64, seq: u64) -> rusqlite::Result<Option<Past>> {
    let mut statement = connection.prepare_cached("SELECT past FROM entries WHERE log = ?1 AND seq = ?2")?;
    let bytes: Option<Vec<u8>> = statement.query_row(params![log, seq as i64], |row| row.get(0)).optional()?;
    bytes.map(|bytes| Past::decode(&bytes)).transpose()
}

pub(crate) fn position_at(connection: &Connection, log: i64, seq: u64) -> rusqlite::Result<Option<i64>> {
    let mut statement = connection.prepare_cached("SELECT position FROM entries WHERE log = ?1 AND seq = ?2")?;
    statement.query_row(params![log, seq as i64], |row| row.get(0)).optional()
}

/// Who wrote the entry, and when by that clock in Unix milliseconds.
pub(crate) fn author_at(connection: &Connection, log: i64, seq: u64) -> rusqlite::Result<Option<(String, i64)>> {
    let mut statement =
        connection.prepare_cached("SELECT author, wall_clock_ms FROM entries WHERE log = ?1 AND seq = ?2")?;
    statement.query_row(params![log, seq as i64], |row| Ok((row.get(0)?, row.get(1)?))).optional()
}

/// The greatest seq of a log; 0 when it has none.
pub(crate) fn greatest_seq(connection: &Connection, log: i64) -> rusqlite::Result<u64> {
    let mut statement = connection.prepare_cached("SELECT ifnull(max(seq), 0) FROM entries WHERE log = ?1")?;
    statement.query_row(params![log], |row| count(row, 0))
}

pub(crate) fn count_all(connection: &Connection) -> rusqlite::Result<u64> {
    connection.query_row("SELECT count(*) FROM entries", [], |row| count(row, 0))
}

fn checksum(bytes: &[u8]) -> [u8; 32] {
    *blake3::hash(bytes).as_bytes()
}

/// Puts the right bytes back where damaged ones stood.
pub(crate) fn repair(connection: &Connection, position: i64, entry: &Entry) -> rusqlite::Result<()> {
    let bytes = entry.encode();
    let mut statement =
        connection.prepare_cached("UPDATE entries SET bytes = ?2, size = ?3, checksum = ?4 WHERE position = ?1")?;
    statement.execute(params![position, bytes, bytes.len() as i64, checksum(&bytes)]).map(|_| ())
}

/// An entry that was set aside: counted in vectors, without effect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetAside {
    /// Its scope.
    pub scope: ScopeId,
    /// Its place.
    pub head: LogHead,
    /// Why, as a code that never changes.
    pub code: String,
    /// Why, in words.
    pub reason: String,
    /// Who wrote it; empty when it cannot be read.
    pub author: String,
    /// By which command; empty when it cannot be read.
    pub command: String,
    /// Unix milliseconds by its writer's clock; 0 when it cannot be read.
    pub wall_clock_ms: i64,
}

pub(crate) fn quarantined(connection: &Connection) -> rusqlite::Result<Vec<SetAside>> {
    set_aside(connection, QUARANTINED)
}

pub(crate) fn parked(connection: &Connection) -> rusqlite::Result<Vec<SetAside>> {
    set_aside(connection, PARKED)
}

/// By log and seq, so that the list is the same everywhere: in which order they came says nothing.
fn set_aside(connection: &Connection, standing: i64) -> rusqlite::Result<Vec<SetAside>> {
    let mut statement = connection.prepare_cached(
        "SELECT l.scope, l.site, l.epoch, e.seq, e.hash, ifnull(e.code, ''), ifnull(e.reason, ''), e.author, e.command,
            e.wall_clock_ms
         FROM entries e JOIN logs l ON l.id = e.log WHERE e.standing <> 0 AND e.standing = ?1
         ORDER BY l.scope, l.site, l.epoch, e.seq",
    )?;
    let rows = statement.query_map(params![standing], |row| {
        let writer = Writer { site: id(row, 1)?, epoch: id(row, 2)? };
        Ok(SetAside {
            scope: id(row, 0)?,
            head: LogHead { writer, seq: count(row, 3)?, hash: id(row, 4)? },
            code: row.get(5)?,
            reason: row.get(6)?,
            author: row.get(7)?,
            command: row.get(8)?,
            wall_clock_ms: row.get(9)?,
        })
    })?;
    rows.collect()
}

/// Parked entries by log and seq, for those that come behind them.
pub(crate) fn parked_places(connection: &Connection) -> rusqlite::Result<Vec<(i64, u64, String)>> {
    let mut statement = connection.prepare_cached(
        "SELECT log, seq, ifnull(code, '') FROM entries WHERE standing <> 0 AND standing = ?1 ORDER BY position",
    )?;
    let rows = statement.query_map(params![PARKED], |row| Ok((row.get(0)?, count(row, 1)?, row.get(2)?)))?;
    rows.collect()
}

/// What is known of an entry without opening it.
#[derive(Debug)]
pub(crate) struct EntrySummary {
    pub scope: ScopeId,
    pub head: LogHead,
    pub command: String,
    pub wall_clock_ms: i64,
    pub operations: u64,
    pub size: u64,
}

/// Entries of one log after `seq`.
pub(crate) fn summaries_after(connection: &Connection, log: i64, seq: u64) -> rusqlite::Result<Vec<EntrySummary>> {
    let mut statement = connection.prepare_cached(
        "SELECT l.scope, l.site, l.epoch, e.seq, e.hash, e.command, e.wall_clock_ms, e.operations, e.size
         FROM entries e JOIN logs l ON l.id = e.log WHERE e.log = ?1 AND e.seq > ?2 ORDER BY e.seq",
    )?;
    let rows = statement.query_map(params![log, seq as i64], |row| {
        let writer = Writer { site: id(row, 1)?, epoch: id(row, 2)? };
        Ok(EntrySummary {
            scope: id(row, 0)?,
            head: LogHead { writer, seq: count(row, 3)?, hash: id(row, 4)? },
            command: row.get(5)?,
            wall_clock_ms: row.get(6)?,
            operations: count(row, 7)?,
            size: count(row, 8)?,
        })
    })?;
    rows.collect()
}

/// A verdict's code as it was stored, among those that this version knows.
pub(crate) fn code(text: &str) -> Option<VerdictCode> {
    VerdictCode::known(text)
}

/// A damaged row, as an error of the database.
pub(crate) fn as_sql_error(damage: EntryDamaged) -> rusqlite::Error {
    storage::damaged(damage)
}
