//! The index of changes as one entry may see it: what stands in its past, and what it brought itself.
//! Owns that restriction; the rows are [`crate::table::changes`]'.

use rusqlite::Connection;

use crate::past::Past;
use crate::record::{Actor, ChangeHash, ChangeIndex, IndexedChange, OpId};
use crate::table::changes::{self, ChangeRow};

pub(super) struct PastIndex<'a> {
    pub connection: &'a Connection,
    /// `None`: nothing is stored of the record.
    pub record: Option<i64>,
    pub past: &'a Past,
    /// Changes of the same entry that come before, in order.
    pub staged: &'a [IndexedChange],
}

impl PastIndex<'_> {
    fn in_past(&self, row: Option<ChangeRow>) -> Option<IndexedChange> {
        row.filter(|row| self.past.holds(row.log, row.entry_seq)).map(|row| row.change)
    }

    /// An actor writes in one log, so that of its changes a first part stands in any past.
    fn latest_up_to(&self, op: OpId) -> rusqlite::Result<Option<IndexedChange>> {
        let own = self.staged.iter().rev().find(|change| change.actor == op.actor && change.start_op <= op.counter);
        match (own, self.record) {
            (Some(change), _) => Ok(Some(change.clone())),
            (None, Some(record)) => Ok(self.in_past(changes::latest_up_to(self.connection, record, &op)?)),
            (None, None) => Ok(None),
        }
    }
}

impl ChangeIndex for PastIndex<'_> {
    type Error = rusqlite::Error;

    fn by_hash(&self, hash: &ChangeHash) -> rusqlite::Result<Option<IndexedChange>> {
        if let Some(change) = self.staged.iter().find(|change| change.hash == *hash) {
            return Ok(Some(change.clone()));
        }
        let Some(record) = self.record else { return Ok(None) };
        Ok(self.in_past(changes::by_hash(self.connection, record, hash)?))
    }

    fn latest_of(&self, actor: &Actor) -> rusqlite::Result<Option<IndexedChange>> {
        self.latest_up_to(OpId { counter: u64::MAX, actor: *actor })
    }

    fn holding(&self, op: &OpId) -> rusqlite::Result<Option<IndexedChange>> {
        self.latest_up_to(*op)
    }

    fn has_creation(&self) -> rusqlite::Result<bool> {
        if self.staged.iter().any(|change| change.deps.is_empty()) {
            return Ok(true);
        }
        let Some(record) = self.record else { return Ok(false) };
        let creations = changes::creations(self.connection, record)?;
        Ok(creations.into_iter().any(|(log, seq)| self.past.holds(log, seq)))
    }
}
