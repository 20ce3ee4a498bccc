//! The access log: which answers bore values of a class other than ordinary, when, to whom, of which records. Owns its file, which is
//! this node's alone and bounded (the oldest go), and never holds a value. Who sees what is the back office's mask, which also says what
//! an answer bore.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use comptoir_backoffice::staff::Classes;
use comptoir_daemon::os;
use rusqlite::{Connection, Row, params};

use crate::data_dir::DataDir;
use crate::limits::MAX_ACCESSES;
use crate::problem::told;

/// Layout of the file; a later one is not read.
const VERSION: i64 = 1;
const TABLE: &str = "
CREATE TABLE IF NOT EXISTS accesses (
    number INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL, author TEXT NOT NULL, surface TEXT NOT NULL,
    kind TEXT NOT NULL, record TEXT NOT NULL, records INTEGER NOT NULL, classes TEXT NOT NULL
);
PRAGMA user_version = 1;
";

/// One answer that bore something.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Access {
    /// When, by this machine's clock; Unix milliseconds.
    pub at_ms: i64,
    /// Who asked: `PAR/aminata`.
    pub author: String,
    /// What they asked: method and route.
    pub surface: String,
    /// The kind of record, where one was named; else empty.
    pub kind: String,
    /// The record as it was named, by id or reference; empty of a list, a search or a file.
    pub record: String,
    /// Of how many records the answer bore such a value.
    pub records: u64,
    /// Of which classes, by word.
    pub classes: Vec<String>,
}

impl Access {
    /// What is kept of an answer that bore values of these classes.
    pub fn of(classes: Classes) -> Vec<String> {
        classes.words().map(str::to_owned).collect()
    }
}

/// Why the log is not read or written.
#[derive(Debug, thiserror::Error)]
pub enum AccessError {
    /// SQLite says so.
    #[error("the access log cannot be used")]
    Sql(#[from] rusqlite::Error),
    /// The file could not be made.
    #[error("the access log cannot be made")]
    Io(#[from] std::io::Error),
    /// A later version of the program wrote it.
    #[error("the access log is of a newer version")]
    Newer,
}

/// The access log of a node.
pub struct AccessLog {
    path: PathBuf,
    /// Open once something was kept or read.
    connection: Mutex<Option<Connection>>,
}

impl AccessLog {
    /// That of this directory. The file is opened when it is needed.
    pub fn of(data: &DataDir) -> Self {
        Self { path: data.accesses(), connection: Mutex::new(None) }
    }

    /// Keeps that an answer bore something, before it is sent. Blocks. A log that cannot be written must not keep a branch from its
    /// work: then it is told to whoever looks after the node, and the answer goes out.
    pub fn keep(&self, access: &Access) {
        if let Err(error) = self.with(|connection| insert(connection, access)) {
            let (author, surface) = (&access.author, &access.surface);
            tracing::error!(error = %told(&error), %author, %surface, "what was seen was not kept in the access log");
        }
    }

    /// As [`AccessLog::keep`], where blocking is no harm.
    pub async fn keep_soon(self: &Arc<Self>, access: Access) {
        let log = Arc::clone(self);
        if let Err(error) = tokio::task::spawn_blocking(move || log.keep(&access)).await {
            tracing::error!(%error, "what was seen was not kept in the access log");
        }
    }

    /// The last ones first, of those before this number if one is named: each with its number.
    ///
    /// # Errors
    /// [`AccessError`].
    pub fn latest(&self, before: Option<i64>, most: u32) -> Result<Vec<(i64, Access)>, AccessError> {
        self.with(|connection| {
            let mut select = connection.prepare_cached(
                "SELECT number, at_ms, author, surface, kind, record, records, classes FROM accesses
                 WHERE ?1 IS NULL OR number < ?1 ORDER BY number DESC LIMIT ?2",
            )?;
            select.query_map(params![before, most], read)?.collect()
        })
    }

    fn with<T>(&self, work: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, AccessError> {
        let mut open = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        let connection = match open.take() {
            Some(connection) => connection,
            None => self.open()?,
        };
        let done = work(&connection);
        *open = Some(connection);
        Ok(done?)
    }

    fn open(&self) -> Result<Connection, AccessError> {
        if !self.path.exists() {
            os::create_private(&self.path)?;
        }
        let connection = Connection::open(&self.path)?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "NORMAL")?;
        let version: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
        if version > VERSION {
            return Err(AccessError::Newer);
        }
        connection.execute_batch(TABLE)?;
        Ok(connection)
    }
}

fn insert(connection: &Connection, access: &Access) -> rusqlite::Result<()> {
    let records = i64::try_from(access.records).unwrap_or(i64::MAX);
    let number = connection
        .prepare_cached(
            "INSERT INTO accesses (at_ms, author, surface, kind, record, records, classes) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .insert(params![
            access.at_ms,
            access.author,
            access.surface,
            access.kind,
            access.record,
            records,
            access.classes.join(",")
        ])?;
    connection.prepare_cached("DELETE FROM accesses WHERE number <= ?1")?.execute([number - MAX_ACCESSES])?;
    Ok(())
}

fn read(row: &Row<'_>) -> rusqlite::Result<(i64, Access)> {
    let access = Access {
        at_ms: row.get(1)?,
        author: row.get(2)?,
        surface: row.get(3)?,
        kind: row.get(4)?,
        record: row.get(5)?,
        records: u64::try_from(row.get::<_, i64>(6)?).unwrap_or_default(),
        classes: row.get::<_, String>(7)?.split(',').map(str::to_owned).collect(),
    };
    Ok((row.get(0)?, access))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn access(n: i64) -> Access {
        Access {
            at_ms: n,
            author: "PAR/awa".into(),
            surface: "GET /api/v1/records/{kind}".into(),
            kind: "party".into(),
            record: String::new(),
            records: 3,
            classes: vec!["pay".into(), "legal".into()],
        }
    }

    #[test]
    fn what_is_kept_is_read_again_last_first_by_another_process_too() {
        let directory = tempfile::tempdir().unwrap();
        let data = DataDir::new(directory.path());
        let log = AccessLog::of(&data);
        assert_eq!(log.latest(None, 10).unwrap(), []);
        (1..=5).for_each(|n| log.keep(&access(n)));
        let again = AccessLog::of(&data);
        let numbers =
            |found: Vec<(i64, Access)>| found.into_iter().map(|(number, of)| (number, of.at_ms)).collect::<Vec<_>>();
        assert_eq!(numbers(again.latest(None, 2).unwrap()), [(5, 5), (4, 4)]);
        assert_eq!(numbers(again.latest(Some(4), 9).unwrap()), [(3, 3), (2, 2), (1, 1)]);
        assert_eq!(again.latest(Some(2), 9).unwrap()[0].1, access(1));
    }

    #[test]
    fn the_oldest_go() {
        let directory = tempfile::tempdir().unwrap();
        let log = AccessLog::of(&DataDir::new(directory.path()));
        log.keep(&access(1));
        let last = MAX_ACCESSES + 1;
        log.with(|connection| connection.execute("UPDATE accesses SET number = ?1", [last])).unwrap();
        log.with(|connection| connection.execute("INSERT INTO accesses SELECT 2, 2, '', '', '', '', 0, ''", []))
            .unwrap();
        log.keep(&access(3));
        let numbers: Vec<i64> = log.latest(None, 9).unwrap().into_iter().map(|(number, _)| number).collect();
        assert_eq!(numbers, [last + 1, last], "2 is too far back");
    }

    #[test]
    fn a_log_of_a_newer_version_is_left_alone_and_hinders_nobody() {
        let directory = tempfile::tempdir().unwrap();
        let data = DataDir::new(directory.path());
        let newer = Connection::open(data.accesses()).unwrap();
        newer.pragma_update(None, "user_version", VERSION + 1).unwrap();
        let log = AccessLog::of(&data);
        log.keep(&access(1));
        assert!(matches!(log.latest(None, 1), Err(AccessError::Newer)));
    }
}
