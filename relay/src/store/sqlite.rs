//! The store in one SQLite file: the default home, with nothing to install. Owns its tables and every statement on them.
//!
//! WAL with synchronous FULL: what was appended survives a power cut. One writer, any number of readers. `position` is the
//! order of arrival, which is causal, since an entry is only appended after what it builds on.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use comptoir_sync_protocol::{Epoch, Hash, LogHead, OrganisationId, ScopeId, SiteId, Vector, Writer};
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Connection, OptionalExtension, Row, TransactionBehavior, params};

use super::reader::Readers;
use super::schema;
use super::{Appended, LogStore, NewEntry, OpenError, ReadBounds, StoreError, StoredEntry};

/// How hard a commit tries to survive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// A power cut loses nothing that was acknowledged.
    Full,
    /// Only the end of the process is survived: for simulations.
    Off,
}

/// A store in one file.
#[derive(Debug)]
pub struct SqliteStore {
    path: PathBuf,
    // Closed in this order: the last one to close folds the write-ahead log into the file, and a reader may not.
    readers: Readers,
    writer: Mutex<Connection>,
}

impl SqliteStore {
    /// Opens the store, or creates it when there is none.
    pub fn open(path: &Path, organisation: OrganisationId, durability: Durability) -> Result<Self, OpenError> {
        let writer = schema::open(path, organisation, durability)?;
        Ok(Self { path: path.to_owned(), writer: Mutex::new(writer), readers: Readers::new(path.to_owned()) })
    }

    fn writer(&self) -> MutexGuard<'_, Connection> {
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A place in a log; SQLite's integers are signed.
struct Seq(u64);

impl ToSql for Seq {
    fn to_sql(&self) -> Result<ToSqlOutput<'_>, rusqlite::Error> {
        let signed = i64::try_from(self.0).map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))?;
        Ok(signed.into())
    }
}

impl FromSql for Seq {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let signed = value.as_i64()?;
        u64::try_from(signed).map(Self).map_err(|_| FromSqlError::OutOfRange(signed))
    }
}

/// Columns: site, epoch, seq, hash.
fn head(row: &Row<'_>) -> Result<LogHead, rusqlite::Error> {
    let writer = Writer { site: SiteId(row.get(0)?), epoch: Epoch(row.get(1)?) };
    Ok(LogHead { writer, seq: row.get::<_, Seq>(2)?.0, hash: Hash(row.get(3)?) })
}

/// Columns: those of a head, verified, bytes.
fn stored(row: &Row<'_>) -> Result<StoredEntry, rusqlite::Error> {
    Ok(StoredEntry { head: head(row)?, verified: row.get(4)?, bytes: row.get(5)? })
}

const STORED: &str = "SELECT logs.site, logs.epoch, entries.seq, entries.hash, entries.verified, entries.bytes
    FROM entries JOIN logs USING (log)";

/// Where one log stands in the database.
struct Log {
    row: i64,
    head: LogHead,
}

fn log_of(connection: &Connection, scope: ScopeId, writer: Writer) -> Result<Option<Log>, rusqlite::Error> {
    connection
        .prepare_cached("SELECT site, epoch, seq, hash, log FROM logs WHERE scope = ?1 AND site = ?2 AND epoch = ?3")?
        .query_row(params![scope.0, writer.site.0, writer.epoch.0], |row| {
            Ok(Log { row: row.get(4)?, head: head(row)? })
        })
        .optional()
}

/// Adds an entry at the end of its log, whose row is returned.
fn insert(connection: &Connection, scope: ScopeId, log: Option<i64>, entry: &NewEntry) -> Result<i64, rusqlite::Error> {
    let LogHead { writer, seq, hash } = entry.head;
    let log = match log {
        Some(log) => {
            connection.prepare_cached("UPDATE logs SET seq = ?2, hash = ?3 WHERE log = ?1")?.execute(params![
                log,
                Seq(seq),
                hash.0
            ])?;
            log
        }
        None => connection
            .prepare_cached("INSERT INTO logs (scope, site, epoch, seq, hash) VALUES (?1, ?2, ?3, ?4, ?5)")?
            .insert(params![scope.0, writer.site.0, writer.epoch.0, Seq(seq), hash.0])?,
    };
    connection
        .prepare_cached("INSERT INTO entries (log, seq, hash, verified, bytes) VALUES (?1, ?2, ?3, ?4, ?5)")?
        .execute(params![log, Seq(seq), hash.0, entry.verified, entry.bytes])?;
    Ok(log)
}

/// Appends all entries, or returns the log that stands elsewhere.
fn append_all(
    connection: &Connection,
    scope: ScopeId,
    entries: &[NewEntry],
) -> Result<Option<Writer>, rusqlite::Error> {
    let mut logs: BTreeMap<Writer, Log> = BTreeMap::new();
    for entry in entries {
        let LogHead { writer, seq, .. } = entry.head;
        let log = match logs.remove(&writer) {
            Some(log) => Some(log),
            None => log_of(connection, scope, writer)?,
        };
        let (at, hash) = log.as_ref().map_or((0, Hash::default()), |log| (log.head.seq, log.head.hash));
        if at.checked_add(1) != Some(seq) || hash != entry.previous {
            return Ok(Some(writer));
        }
        let row = insert(connection, scope, log.map(|log| log.row), entry)?;
        logs.insert(writer, Log { row, head: entry.head });
    }
    Ok(None)
}

/// The place in the order of arrival of one entry.
fn position(connection: &Connection, log: i64, seq: u64) -> Result<Option<i64>, rusqlite::Error> {
    connection
        .prepare_cached("SELECT position FROM entries WHERE log = ?1 AND seq = ?2")?
        .query_row(params![log, Seq(seq)], |row| row.get(0))
        .optional()
}

/// Collects entries until a bound is reached; the first is always taken.
struct Batch {
    entries: Vec<StoredEntry>,
    bytes: usize,
    bounds: ReadBounds,
}

impl Batch {
    fn new(bounds: ReadBounds) -> Self {
        Self { entries: Vec::new(), bytes: 0, bounds }
    }

    /// False: the entry did not fit.
    fn take(&mut self, entry: StoredEntry) -> bool {
        let fits = self.entries.len() < self.bounds.most_entries
            && self.bytes.saturating_add(entry.bytes.len()) <= self.bounds.most_bytes;
        if fits || self.entries.is_empty() {
            self.bytes += entry.bytes.len();
            self.entries.push(entry);
            return true;
        }
        false
    }
}

impl LogStore for SqliteStore {
    fn vectors(&self) -> Result<BTreeMap<ScopeId, Vector>, StoreError> {
        let reader = self.readers.take()?;
        let mut statement = reader.prepare_cached("SELECT site, epoch, seq, hash, scope FROM logs")?;
        let mut rows = statement.query([])?;
        let mut vectors: BTreeMap<ScopeId, Vector> = BTreeMap::new();
        while let Some(row) = rows.next()? {
            vectors.entry(ScopeId(row.get(4)?)).or_default().advance(head(row)?);
        }
        Ok(vectors)
    }

    fn append(&self, scope: ScopeId, entries: &[NewEntry]) -> Result<Appended, StoreError> {
        let mut connection = self.writer();
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        match append_all(&transaction, scope, entries)? {
            None => {
                transaction.commit()?;
                Ok(Appended::Done)
            }
            Some(writer) => {
                transaction.rollback()?;
                let head = log_of(&connection, scope, writer)?.map(|log| log.head);
                Ok(Appended::Elsewhere { writer, head })
            }
        }
    }

    fn read(&self, scope: ScopeId, have: &Vector, bounds: ReadBounds) -> Result<Vec<StoredEntry>, StoreError> {
        let reader = self.readers.take()?;
        let snapshot = reader.unchecked_transaction()?;
        // The next missing entry of each log; the earliest of them to arrive is the next to be sent.
        let mut next = BinaryHeap::new();
        {
            let mut logs = snapshot.prepare_cached("SELECT site, epoch, seq, hash, log FROM logs WHERE scope = ?1")?;
            let mut rows = logs.query([scope.0])?;
            while let Some(row) = rows.next()? {
                let (head, log): (LogHead, i64) = (head(row)?, row.get(4)?);
                let seq = have.seq(&head.writer).saturating_add(1);
                if seq <= head.seq
                    && let Some(position) = position(&snapshot, log, seq)?
                {
                    next.push(Reverse((position, log, seq)));
                }
            }
        }
        let mut batch = Batch::new(bounds);
        while let Some(Reverse((at, log, seq))) = next.pop() {
            let entry =
                snapshot.prepare_cached(&format!("{STORED} WHERE entries.position = ?1"))?.query_row([at], stored)?;
            if !batch.take(entry) {
                break;
            }
            if let Some(position) = position(&snapshot, log, seq + 1)? {
                next.push(Reverse((position, log, seq + 1)));
            }
        }
        Ok(batch.entries)
    }

    fn at(&self, scope: ScopeId, writer: Writer, seq: u64) -> Result<Option<StoredEntry>, StoreError> {
        let reader = self.readers.take()?;
        let found = reader
            .prepare_cached(&format!(
                "{STORED} WHERE logs.scope = ?1 AND logs.site = ?2 AND logs.epoch = ?3 AND entries.seq = ?4"
            ))?
            .query_row(params![scope.0, writer.site.0, writer.epoch.0, Seq(seq)], stored)
            .optional()?;
        Ok(found)
    }

    fn find(&self, scope: ScopeId, hashes: &[Hash], bounds: ReadBounds) -> Result<Vec<StoredEntry>, StoreError> {
        let reader = self.readers.take()?;
        let mut statement = reader.prepare_cached(&format!("{STORED} WHERE entries.hash = ?1 AND logs.scope = ?2"))?;
        let mut batch = Batch::new(bounds);
        for hash in hashes {
            let found = statement.query_row(params![hash.0, scope.0], stored).optional()?;
            if found.is_some_and(|entry| !batch.take(entry)) {
                break;
            }
        }
        Ok(batch.entries)
    }

    fn mend(&self, scope: ScopeId, head: LogHead, bytes: &[u8]) -> Result<bool, StoreError> {
        let connection = self.writer();
        let Some(log) = log_of(&connection, scope, head.writer)? else { return Ok(false) };
        let changed = connection
            .prepare_cached(
                "UPDATE entries SET bytes = ?4, verified = FALSE WHERE log = ?1 AND seq = ?2 AND hash = ?3",
            )?
            .execute(params![log.row, Seq(head.seq), head.hash.0, bytes])?;
        Ok(changed == 1)
    }

    fn size_bytes(&self) -> u64 {
        // The log of writes lies beside the file, under its name with an ending.
        let beside = |ending: &str| {
            let mut name = self.path.clone().into_os_string();
            name.push(ending);
            std::fs::metadata(name).map_or(0, |file| file.len())
        };
        beside("") + beside("-wal")
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::store::contract;

    const ORGANISATION: OrganisationId = OrganisationId([1; 32]);

    fn open(dir: &tempfile::TempDir) -> SqliteStore {
        SqliteStore::open(&dir.path().join("log.sqlite"), ORGANISATION, Durability::Full).unwrap()
    }

    #[test]
    fn keeps_the_contract() {
        contract::holds(|| {
            let dir = tempfile::tempdir().unwrap();
            let store = open(&dir);
            (store, dir)
        });
    }

    #[test]
    fn what_was_appended_is_there_again() {
        let dir = tempfile::tempdir().unwrap();
        let entries = contract::log(1, 1..=3);
        assert_eq!(open(&dir).append(contract::SCOPE, &entries).unwrap(), Appended::Done);
        assert_eq!(open(&dir).vectors().unwrap()[&contract::SCOPE].seq(&entries[0].head.writer), 3);
    }

    #[test]
    fn a_closed_store_is_one_file() {
        let dir = tempfile::tempdir().unwrap();
        let store = open(&dir);
        store.append(contract::SCOPE, &contract::log(1, 1..=3)).unwrap();
        assert_eq!(store.vectors().unwrap().len(), 1);
        drop(store);
        let files: Vec<_> = std::fs::read_dir(dir.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(files, ["log.sqlite"]);
    }

    #[test]
    fn a_newer_store_is_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        open(&dir).writer().pragma_update(None, "user_version", 99).unwrap();
        let again = SqliteStore::open(&dir.path().join("log.sqlite"), ORGANISATION, Durability::Full);
        assert!(matches!(again, Err(OpenError::NewerVersion { found: 99, known: 1, .. })));
    }

    #[test]
    fn the_store_of_another_organisation_is_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        drop(open(&dir));
        let other = SqliteStore::open(&dir.path().join("log.sqlite"), OrganisationId([2; 32]), Durability::Full);
        assert!(matches!(other, Err(OpenError::WrongOrganisation { .. })));
    }

    #[test]
    fn what_is_no_store_is_said_to_be_damaged() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("log.sqlite");
        std::fs::write(&path, [b'x'; 4096]).unwrap();
        let damaged = SqliteStore::open(&path, ORGANISATION, Durability::Full);
        assert!(matches!(damaged, Err(OpenError::Damaged { .. })), "{damaged:?}");
    }

    #[test]
    fn a_directory_that_is_not_there_is_said_so() {
        let dir = tempfile::tempdir().unwrap();
        let nowhere = SqliteStore::open(&dir.path().join("no/log.sqlite"), ORGANISATION, Durability::Full);
        assert!(matches!(nowhere, Err(OpenError::ReadOnly { .. })));
    }
}
