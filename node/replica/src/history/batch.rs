//! Batches: acts that were written over several entries and are taken back as one.
//! Owns their listing and the walk through what one did, an entry at a time, whatever its size.

use comptoir_sync_protocol::ids::{BatchId, ScopeId, SiteId};

use super::opened::Histories;
use crate::application::Application;
use crate::record::{ChangeHash, RecordId, parse_change};
use crate::replica::Replica;
use crate::storage::{self, StorageError};
use crate::table::batches;

/// One batch, as far as it is here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchSummary {
    /// Its id; of its site alone.
    pub id: BatchId,
    /// The site that wrote it.
    pub site: SiteId,
    /// The person who wrote its last entry.
    pub author: String,
    /// By which command.
    pub command: String,
    /// The earliest wall clock of its entries, Unix milliseconds: a hint.
    pub first_ms: i64,
    /// The latest.
    pub last_ms: i64,
    /// How many entries.
    pub entries: u64,
    /// How many changes: of a record that it changed twice, two.
    pub changes: u64,
}

/// Where a walk through a batch stands. Of this replica alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct BatchPlace(i64);

/// What one entry of a batch did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchPage {
    /// Give it to get the page before.
    pub place: BatchPlace,
    /// The scope of the entry.
    pub scope: ScopeId,
    /// Its changes, the last one first.
    pub changes: Vec<BatchChange>,
}

/// One change of a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchChange {
    /// The record's kind.
    pub kind: String,
    /// The record.
    pub record: RecordId,
    /// The change.
    pub change: ChangeHash,
    /// It made the record.
    pub created: bool,
}

impl Histories<'_> {
    /// The changes of a batch, one entry at a time and the last one first: `before` is the place of the page that came
    /// after, `None` to begin. `None` when nothing is left. A record may stand on several pages: what
    /// [`super::Revert::of_batch`] makes of it takes all of its changes back at once, and finds nothing more to do the
    /// next time.
    ///
    /// # Errors
    /// Those of SQL, and damage of an entry.
    pub fn batch_page(
        &mut self,
        site: &SiteId,
        batch: &BatchId,
        before: Option<BatchPlace>,
    ) -> rusqlite::Result<Option<BatchPage>> {
        let mut before = before.map_or(i64::MAX, |BatchPlace(position)| position);
        while let Some(found) = batches::entry_before(self.reading.connection(), site, batch, before)? {
            before = found.position;
            // Without the key it has no effect here either.
            let Some(entry) = self.entry((found.log, found.seq))? else { continue };
            let mut changes = Vec::with_capacity(entry.changes.len());
            for change in entry.changes.iter().rev() {
                let parsed = parse_change(&change.change).map_err(storage::damaged)?;
                changes.push(BatchChange {
                    kind: change.kind.clone(),
                    record: RecordId(change.record),
                    change: parsed.hash,
                    created: parsed.deps.is_empty(),
                });
            }
            return Ok(Some(BatchPage { place: BatchPlace(found.position), scope: found.scope, changes }));
        }
        Ok(None)
    }
}

impl<A: Application> Replica<A> {
    /// The batches that are here, of all sites: those that went on last first.
    ///
    /// # Errors
    /// When the store fails.
    pub fn batches(&self, limit: usize) -> Result<Vec<BatchSummary>, StorageError> {
        self.read(|reading| batches::latest(reading.connection(), limit))
    }
}
