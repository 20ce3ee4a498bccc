//! The enrolment mailbox: sealed join requests that wait for headquarters, and headquarters' answers for those who asked.
//!
//! Owns its file, its bounds and the memory of answers. It can read neither requests nor secrets, and admits nobody: that a
//! site is admitted is the roster's word, not the mailbox's. Losing the file costs joining sites one more request.

use std::net::IpAddr;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use comptoir_sync_protocol::codec;
use comptoir_sync_protocol::enrolment::JoinState;
use comptoir_sync_protocol::frame::{JoinAnswer, SealedJoinRequest};
use comptoir_sync_protocol::ids::InvitationId;
use rusqlite::{Connection, OptionalExtension, params};
use rusqlite_migration::M;
use tokio::sync::watch;

use crate::limits::{JOIN_REQUEST_KEPT_MS, MAX_JOIN_ANSWERS, MAX_JOIN_REQUESTS, MAX_JOIN_REQUESTS_PER_ADDRESS};
use crate::store::{OpenError, StoreError, open_small};

const MIGRATIONS: &[M<'static>] = &[M::up(
    "CREATE TABLE requests (
        invitation BLOB PRIMARY KEY,
        sealed BLOB NOT NULL,
        address TEXT NOT NULL,
        at_ms INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE answers (
        invitation BLOB PRIMARY KEY,
        state BLOB NOT NULL,
        at_ms INTEGER NOT NULL
    ) STRICT;",
)];

/// What became of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Posted {
    /// It waits for headquarters.
    Kept,
    /// Too many wait already.
    NoRoom,
}

/// The mailbox of one relay. Calls block.
#[derive(Debug)]
pub struct Mailbox {
    connection: Mutex<Connection>,
    answered: watch::Sender<u64>,
}

impl Mailbox {
    /// Opens the mailbox, or makes one.
    pub fn open(path: &Path) -> Result<Self, OpenError> {
        // A request that a power cut takes is sent again.
        let connection = open_small(path, MIGRATIONS)?;
        Ok(Self { connection: Mutex::new(connection), answered: watch::Sender::new(0) })
    }

    /// Puts a request in, in the place of an earlier one of the same invitation.
    pub fn post(&self, request: &SealedJoinRequest, from: IpAddr, now_ms: i64) -> Result<Posted, StoreError> {
        let mut connection = self.connection();
        let transaction = connection.transaction()?;
        transaction.execute("DELETE FROM requests WHERE at_ms < ?1", [now_ms.saturating_sub(JOIN_REQUEST_KEPT_MS)])?;
        transaction.execute("DELETE FROM requests WHERE invitation = ?1", [request.invitation.0])?;
        let address = from.to_canonical().to_string();
        let (all, of_address): (usize, usize) = transaction.query_row(
            "SELECT count(*), count(*) FILTER (WHERE address = ?1) FROM requests",
            [&address],
            |row| Ok((row.get::<_, u32>(0)? as usize, row.get::<_, u32>(1)? as usize)),
        )?;
        if all >= MAX_JOIN_REQUESTS || of_address >= MAX_JOIN_REQUESTS_PER_ADDRESS {
            return Ok(Posted::NoRoom);
        }
        transaction.execute("DELETE FROM answers WHERE invitation = ?1", [request.invitation.0])?;
        transaction.execute(
            "INSERT INTO requests (invitation, sealed, address, at_ms) VALUES (?1, ?2, ?3, ?4)",
            params![request.invitation.0, request.sealed, address, now_ms],
        )?;
        transaction.commit()?;
        Ok(Posted::Kept)
    }

    /// Headquarters answered. Those who wait are woken.
    pub fn answer(&self, answer: JoinAnswer, now_ms: i64) -> Result<(), StoreError> {
        {
            let mut connection = self.connection();
            let transaction = connection.transaction()?;
            transaction.execute("DELETE FROM requests WHERE invitation = ?1", [answer.invitation.0])?;
            transaction.execute(
                "INSERT OR REPLACE INTO answers (invitation, state, at_ms) VALUES (?1, ?2, ?3)",
                params![answer.invitation.0, codec::to_bytes(&answer.state), now_ms],
            )?;
            transaction.execute(
                "DELETE FROM answers WHERE invitation NOT IN
                    (SELECT invitation FROM answers ORDER BY at_ms DESC, rowid DESC LIMIT ?1)",
                [MAX_JOIN_ANSWERS as i64],
            )?;
            transaction.commit()?;
        }
        self.answered.send_modify(|count| *count += 1);
        Ok(())
    }

    /// Headquarters' last answer.
    pub fn answer_to(&self, invitation: &InvitationId) -> Result<Option<JoinState>, StoreError> {
        let bytes: Option<Vec<u8>> = self
            .connection()
            .query_row("SELECT state FROM answers WHERE invitation = ?1", [invitation.0], |row| row.get(0))
            .optional()?;
        Ok(bytes.and_then(|bytes| codec::from_bytes("join state", &bytes).ok()))
    }

    /// What waits for headquarters, oldest first.
    pub fn waiting(&self) -> Result<Vec<SealedJoinRequest>, StoreError> {
        let connection = self.connection();
        let mut statement = connection.prepare("SELECT invitation, sealed FROM requests ORDER BY at_ms, rowid")?;
        let requests = statement.query_map([], |row| {
            Ok(SealedJoinRequest { invitation: InvitationId(row.get(0)?), sealed: row.get(1)? })
        })?;
        Ok(requests.collect::<Result<_, _>>()?)
    }

    /// How many wait.
    pub fn waiting_count(&self) -> Result<u32, StoreError> {
        Ok(self.connection().query_row("SELECT count(*) FROM requests", [], |row| row.get(0))?)
    }

    /// Changes with every answer.
    pub fn answers(&self) -> watch::Receiver<u64> {
        self.answered.subscribe()
    }

    fn connection(&self) -> MutexGuard<'_, Connection> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn request(number: u16) -> SealedJoinRequest {
        let mut invitation = [0; 16];
        invitation[..2].copy_from_slice(&number.to_be_bytes());
        SealedJoinRequest { invitation: InvitationId(invitation), sealed: vec![7; 100] }
    }

    fn address(number: u16) -> IpAddr {
        let [high, low] = number.to_be_bytes();
        IpAddr::from([10, 0, high, low])
    }

    fn mailbox() -> (tempfile::TempDir, Mailbox) {
        let dir = tempfile::tempdir().unwrap();
        let mailbox = Mailbox::open(&dir.path().join("enrolment.sqlite")).unwrap();
        (dir, mailbox)
    }

    #[test]
    fn a_request_waits_until_it_is_answered_across_restarts() {
        let (dir, mailbox) = mailbox();
        assert_eq!(mailbox.post(&request(1), address(1), 0).unwrap(), Posted::Kept);
        drop(mailbox);
        let mailbox = Mailbox::open(&dir.path().join("enrolment.sqlite")).unwrap();
        assert_eq!(mailbox.waiting().unwrap(), [request(1)]);
        let invitation = request(1).invitation;
        assert_eq!(mailbox.answer_to(&invitation).unwrap(), None);
        let mut answers = mailbox.answers();
        mailbox.answer(JoinAnswer { invitation, state: JoinState::Expired }, 1).unwrap();
        assert!(answers.has_changed().unwrap());
        answers.mark_unchanged();
        assert_eq!(mailbox.answer_to(&invitation).unwrap(), Some(JoinState::Expired));
        assert_eq!(mailbox.waiting_count().unwrap(), 0);
        mailbox.post(&request(1), address(1), 2).unwrap();
        assert_eq!(mailbox.answer_to(&invitation).unwrap(), None, "who asks again waits again");
    }

    #[test]
    fn the_mailbox_is_bounded_in_all_and_by_address() {
        let (_dir, mailbox) = mailbox();
        let posted = |number: u16, from: u16| mailbox.post(&request(number), address(from), 0).unwrap();
        let of_one = MAX_JOIN_REQUESTS_PER_ADDRESS as u16;
        (0..of_one).for_each(|number| assert_eq!(posted(number, 1), Posted::Kept));
        assert_eq!(posted(of_one, 1), Posted::NoRoom);
        assert_eq!(posted(0, 1), Posted::Kept, "the same again takes its own place");
        (of_one..MAX_JOIN_REQUESTS as u16).for_each(|number| assert_eq!(posted(number, number), Posted::Kept));
        assert_eq!(posted(5_000, 5_000), Posted::NoRoom);
        assert_eq!(mailbox.waiting_count().unwrap() as usize, MAX_JOIN_REQUESTS);
        let later = mailbox.post(&request(5_000), address(5_000), JOIN_REQUEST_KEPT_MS + 1).unwrap();
        assert_eq!(later, Posted::Kept, "what is too old makes room");
    }

    #[test]
    fn answers_are_bounded() {
        let (_dir, mailbox) = mailbox();
        for number in 0..=MAX_JOIN_ANSWERS as u16 {
            let answer = JoinAnswer { invitation: request(number).invitation, state: JoinState::Unknown };
            mailbox.answer(answer, i64::from(number)).unwrap();
        }
        assert_eq!(mailbox.answer_to(&request(0).invitation).unwrap(), None);
        assert_eq!(mailbox.answer_to(&request(1).invitation).unwrap(), Some(JoinState::Unknown));
    }
}
