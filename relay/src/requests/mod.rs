//! What people at the console ask of nodes, until it is answered, and which sites' lines they hold. Owns its file and its bounds.
//!
//! A request is carried, never done here: headquarters' node decides on what changes the roster, a site on what touches its own replica. To hold
//! a line is the relay's own: it takes no session of that site, and changes nothing that the roster says of it.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use comptoir_sync_protocol::SiteId;
use comptoir_sync_protocol::codec;
use comptoir_sync_protocol::console::{ConsoleAct, ConsoleAnswer, ConsoleOutcome, ConsoleRequest, SetAsideEntry};
use comptoir_sync_protocol::ids::RequestId;
use rusqlite::{Connection, OptionalExtension, Row, params};
use rusqlite_migration::M;

use crate::changes::{Changes, Topic};
use crate::limits::{MAX_CONSOLE_REQUESTS_KEPT, MAX_CONSOLE_REQUESTS_WAITING};
use crate::store::{OpenError, StoreError, open_small};

const MIGRATIONS: &[M<'static>] = &[M::up(
    "CREATE TABLE requests (
        id BLOB PRIMARY KEY,
        -- Null: headquarters.
        site BLOB,
        request BLOB NOT NULL,
        at_ms INTEGER NOT NULL,
        outcome BLOB,
        answered_by TEXT,
        said TEXT,
        answered_ms INTEGER
    ) STRICT;
    CREATE INDEX requests_waiting ON requests (site) WHERE outcome IS NULL;
    CREATE TABLE held_lines (
        site BLOB PRIMARY KEY,
        held_by TEXT NOT NULL,
        reason TEXT NOT NULL,
        since_ms INTEGER NOT NULL
    ) STRICT;",
)];

const COLUMNS: &str = "SELECT request, outcome, answered_by, said, answered_ms FROM requests";

/// Whom a request is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Addressee {
    /// Headquarters: somebody there decides.
    Headquarters,
    /// This site.
    Site(SiteId),
}

impl Addressee {
    /// Whom an act is for.
    pub fn of(act: &ConsoleAct) -> Self {
        match act {
            ConsoleAct::JudgeAgain(SetAsideEntry { site, .. }) => Self::Site(*site),
            _ => Self::Headquarters,
        }
    }

    fn site(self) -> Option<[u8; 16]> {
        match self {
            Self::Headquarters => None,
            Self::Site(site) => Some(site.0),
        }
    }
}

/// One request, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// As it is carried.
    pub request: ConsoleRequest,
    /// What became of it, and when; Unix milliseconds. None: it waits.
    pub answer: Option<(ConsoleAnswer, i64)>,
}

/// What became of asking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Posted {
    /// It waits for an answer.
    Kept,
    /// The same waits already.
    Already,
    /// Too many wait.
    NoRoom,
}

/// A line that is held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldLine {
    /// By whom.
    pub by: String,
    /// Why.
    pub reason: String,
    /// Since when; Unix milliseconds.
    pub since_ms: i64,
}

/// The book. Calls block.
#[derive(Debug)]
pub struct RequestBook {
    connection: Mutex<Connection>,
    changes: Changes,
}

impl RequestBook {
    /// Opens its file, or makes one.
    pub fn open(path: &Path, changes: Changes) -> Result<Self, OpenError> {
        Ok(Self { connection: Mutex::new(open_small(path, MIGRATIONS)?), changes })
    }

    /// Keeps a request until it is answered.
    pub fn post(&self, request: &ConsoleRequest) -> Result<Posted, StoreError> {
        let mut connection = self.connection();
        let transaction = connection.transaction()?;
        let waiting = read(&transaction, &format!("{COLUMNS} WHERE outcome IS NULL"), [])?;
        if waiting.iter().any(|known| known.request.act == request.act) {
            return Ok(Posted::Already);
        }
        if waiting.len() >= MAX_CONSOLE_REQUESTS_WAITING {
            return Ok(Posted::NoRoom);
        }
        transaction.execute(
            "INSERT INTO requests (id, site, request, at_ms) VALUES (?1, ?2, ?3, ?4)",
            params![request.id.0, Addressee::of(&request.act).site(), codec::to_bytes(request), request.at_ms],
        )?;
        transaction.execute(
            "DELETE FROM requests WHERE outcome IS NOT NULL AND rowid NOT IN
                (SELECT rowid FROM requests WHERE outcome IS NOT NULL ORDER BY answered_ms DESC, rowid DESC LIMIT ?1)",
            [MAX_CONSOLE_REQUESTS_KEPT],
        )?;
        transaction.commit()?;
        self.changes.tell(&[Topic::Requests]);
        Ok(Posted::Kept)
    }

    /// What waits for an answer of this one, the oldest first.
    pub fn waiting(&self, addressee: Addressee) -> Result<Vec<ConsoleRequest>, StoreError> {
        let sql = format!("{COLUMNS} WHERE outcome IS NULL AND site IS ?1 ORDER BY at_ms, rowid");
        let waiting = read(&self.connection(), &sql, params![addressee.site()])?;
        Ok(waiting.into_iter().map(|request| request.request).collect())
    }

    /// Notes an answer, if it is of whom the request is for and the first. What was asked.
    pub fn answer(
        &self,
        from: Addressee,
        answer: &ConsoleAnswer,
        now_ms: i64,
    ) -> Result<Option<ConsoleRequest>, StoreError> {
        let connection = self.connection();
        let done = connection.execute(
            "UPDATE requests SET outcome = ?3, answered_by = ?4, said = ?5, answered_ms = ?6
             WHERE id = ?1 AND site IS ?2 AND outcome IS NULL",
            params![answer.id.0, from.site(), codec::to_bytes(&answer.outcome), answer.by, answer.said, now_ms],
        )?;
        if done == 0 {
            return Ok(None);
        }
        self.changes.tell(&[Topic::Requests]);
        let found = read(&connection, &format!("{COLUMNS} WHERE id = ?1"), params![answer.id.0])?;
        Ok(found.into_iter().next().map(|request| request.request))
    }

    /// What was asked: what waits first, then the latest.
    pub fn requests(&self) -> Result<Vec<Request>, StoreError> {
        let sql = format!("{COLUMNS} ORDER BY outcome IS NOT NULL, at_ms DESC, rowid DESC LIMIT ?1");
        read(&self.connection(), &sql, params![MAX_CONSOLE_REQUESTS_WAITING as i64 + MAX_CONSOLE_REQUESTS_KEPT])
    }

    /// Holds a site's line. False: it is held already.
    pub fn hold(&self, site: &SiteId, line: &HeldLine) -> Result<bool, StoreError> {
        let done = self.connection().execute(
            "INSERT OR IGNORE INTO held_lines (site, held_by, reason, since_ms) VALUES (?1, ?2, ?3, ?4)",
            params![site.0, line.by, line.reason, line.since_ms],
        )?;
        Ok(self.line_changed(done))
    }

    /// Holds it no more. False: it is not held.
    pub fn release(&self, site: &SiteId) -> Result<bool, StoreError> {
        let done = self.connection().execute("DELETE FROM held_lines WHERE site = ?1", [site.0])?;
        Ok(self.line_changed(done))
    }

    fn line_changed(&self, rows: usize) -> bool {
        if rows > 0 {
            self.changes.tell(&[Topic::Sites]);
        }
        rows > 0
    }

    /// Whether a site's line is held.
    pub fn is_held(&self, site: &SiteId) -> Result<bool, StoreError> {
        let found = self.connection().query_row("SELECT 1 FROM held_lines WHERE site = ?1", [site.0], |_| Ok(()));
        Ok(found.optional()?.is_some())
    }

    /// The lines that are held.
    pub fn held_lines(&self) -> Result<HashMap<SiteId, HeldLine>, StoreError> {
        let connection = self.connection();
        let mut statement = connection.prepare_cached("SELECT site, held_by, reason, since_ms FROM held_lines")?;
        let lines = statement.query_map([], |row| {
            let line = HeldLine { by: row.get(1)?, reason: row.get(2)?, since_ms: row.get(3)? };
            Ok((SiteId(row.get(0)?), line))
        })?;
        Ok(lines.collect::<Result<_, _>>()?)
    }

    fn connection(&self) -> MutexGuard<'_, Connection> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Rows that cannot be read (a newer relay wrote them) are passed over.
fn read(connection: &Connection, sql: &str, params: impl rusqlite::Params) -> Result<Vec<Request>, StoreError> {
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map(params, row)?;
    Ok(rows.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
}

fn row(row: &Row<'_>) -> rusqlite::Result<Option<Request>> {
    let Ok(request) = codec::from_bytes::<ConsoleRequest>("console request", &row.get::<_, Vec<u8>>(0)?) else {
        return Ok(None);
    };
    let outcome: Option<Vec<u8>> = row.get(1)?;
    let outcome = outcome.map(|bytes| codec::from_bytes::<ConsoleOutcome>("console outcome", &bytes)).transpose();
    let Ok(outcome) = outcome else { return Ok(None) };
    let id: RequestId = request.id;
    let answer = match outcome {
        None => None,
        Some(outcome) => Some((ConsoleAnswer { id, outcome, by: row.get(2)?, said: row.get(3)? }, row.get(4)?)),
    };
    Ok(Some(Request { request, answer }))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use comptoir_sync_protocol::Hash;
    use comptoir_sync_protocol::console::Subject;

    use super::*;

    const SITE: SiteId = SiteId([7; 16]);

    fn book() -> (tempfile::TempDir, RequestBook) {
        let dir = tempfile::tempdir().unwrap();
        let book = RequestBook::open(&dir.path().join("requests.sqlite"), Changes::default()).unwrap();
        (dir, book)
    }

    fn suspend(number: u16) -> ConsoleRequest {
        let (mut id, mut site) = ([0; 16], [1; 16]);
        id[..2].copy_from_slice(&number.to_be_bytes());
        site[..2].copy_from_slice(&number.to_be_bytes());
        let act = ConsoleAct::Suspend(Subject { site: SiteId(site) });
        ConsoleRequest { id: RequestId(id), at_ms: i64::from(number), by: "paul".into(), reason: "lost".into(), act }
    }

    fn answer(request: &ConsoleRequest) -> ConsoleAnswer {
        ConsoleAnswer { id: request.id, outcome: ConsoleOutcome::Done, by: "PAR/awa".into(), said: String::new() }
    }

    #[test]
    fn a_request_waits_until_whom_it_is_for_answers_across_restarts() {
        let (dir, book) = book();
        let asked = suspend(1);
        assert_eq!(book.post(&asked).unwrap(), Posted::Kept);
        assert_eq!(book.post(&ConsoleRequest { id: RequestId([9; 16]), ..asked.clone() }).unwrap(), Posted::Already);
        drop(book);
        let book = RequestBook::open(&dir.path().join("requests.sqlite"), Changes::default()).unwrap();
        assert_eq!(book.waiting(Addressee::Headquarters).unwrap(), std::slice::from_ref(&asked));
        assert_eq!(book.waiting(Addressee::Site(SITE)).unwrap(), []);
        assert_eq!(book.answer(Addressee::Site(SITE), &answer(&asked), 5).unwrap(), None, "no site decides it");
        assert_eq!(book.answer(Addressee::Headquarters, &answer(&asked), 6).unwrap().as_ref(), Some(&asked));
        assert_eq!(book.answer(Addressee::Headquarters, &answer(&asked), 7).unwrap(), None, "the first answer holds");
        assert_eq!(book.waiting(Addressee::Headquarters).unwrap(), []);
        let all = book.requests().unwrap();
        assert_eq!(all, [Request { answer: Some((answer(&asked), 6)), request: asked }]);
        assert_eq!(book.post(&suspend(1)).map_err(|_| ()), Err(()), "an id is of one request");
    }

    #[test]
    fn what_a_site_decides_waits_for_that_site() {
        let (_dir, book) = book();
        let act = ConsoleAct::JudgeAgain(SetAsideEntry { site: SITE, entry: Hash([3; 32]) });
        let asked = ConsoleRequest { act, ..suspend(1) };
        book.post(&asked).unwrap();
        assert_eq!(book.waiting(Addressee::Headquarters).unwrap(), []);
        assert_eq!(book.waiting(Addressee::Site(SITE)).unwrap(), std::slice::from_ref(&asked));
        assert_eq!(book.answer(Addressee::Headquarters, &answer(&asked), 5).unwrap(), None);
        assert!(book.answer(Addressee::Site(SITE), &answer(&asked), 5).unwrap().is_some());
    }

    #[test]
    fn what_waits_and_what_is_kept_are_bounded() {
        let (_dir, book) = book();
        let most = MAX_CONSOLE_REQUESTS_WAITING as u16;
        (0..most).for_each(|number| assert_eq!(book.post(&suspend(number)).unwrap(), Posted::Kept));
        assert_eq!(book.post(&suspend(most)).unwrap(), Posted::NoRoom);
        let answered = book.answer(Addressee::Headquarters, &answer(&suspend(0)), 1).unwrap();
        assert!(answered.is_some());
        assert_eq!(book.post(&suspend(most)).unwrap(), Posted::Kept);
        for number in (most + 1)..=(most + 2 + MAX_CONSOLE_REQUESTS_KEPT as u16) {
            book.answer(Addressee::Headquarters, &answer(&suspend(number - 1)), i64::from(number)).unwrap();
            assert_eq!(book.post(&suspend(number)).unwrap(), Posted::Kept);
        }
        let answered = book.requests().unwrap().into_iter().filter(|request| request.answer.is_some()).count();
        assert!(answered as i64 <= MAX_CONSOLE_REQUESTS_KEPT + 1, "{answered}");
    }

    #[test]
    fn a_line_is_held_until_it_is_released() {
        let (_dir, book) = book();
        let line = HeldLine { by: "paul".into(), reason: "odd traffic".into(), since_ms: 5 };
        assert!(!book.is_held(&SITE).unwrap() && !book.release(&SITE).unwrap());
        assert!(book.hold(&SITE, &line).unwrap());
        assert!(!book.hold(&SITE, &HeldLine { by: "awa".into(), ..line.clone() }).unwrap());
        assert!(book.is_held(&SITE).unwrap());
        assert_eq!(book.held_lines().unwrap(), HashMap::from([(SITE, line)]));
        assert!(book.release(&SITE).unwrap() && !book.is_held(&SITE).unwrap());
    }
}
