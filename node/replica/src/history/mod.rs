//! History: who changed what of a record, when and from what; its state at a date; and what takes changes back.
//!
//! Owns the reading of it, from the log. Taking back is a new change like any other: nothing here writes.

mod batch;
mod concurrent;
mod merges;
mod opened;
mod revert;

use std::collections::{BTreeMap, BTreeSet};

use comptoir_sync_protocol::header::LogHead;
use comptoir_sync_protocol::ids::{BatchId, ScopeId, SiteId};

use crate::application::Application;
use crate::reading::Reading;
use crate::record::{Cells, ChangeHash, IndexedChange, OpId, RecordId, Scalar, Visible};
use crate::replica::Replica;
use crate::storage::{self, StorageError};
use crate::table::records::{self, RecordRow};

pub use batch::{BatchChange, BatchPage, BatchPlace, BatchSummary};
#[cfg(test)]
pub(crate) use merges::Looked;
pub use merges::{Merge, MergeSide, Merges};
pub use opened::Histories;
pub(crate) use opened::Keys;
use opened::Told;
pub use revert::{Revert, puts_back_to};

/// One change of a record, with the entry that brought it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryItem {
    /// The person, or `SITE/operator`.
    pub author: String,
    /// Unix milliseconds by the author's clock: a hint.
    pub wall_clock_ms: i64,
    /// The site that wrote it.
    pub site: SiteId,
    /// By which command.
    pub command: String,
    /// The act of which the entry is a part.
    pub batch: Option<BatchId>,
    /// The entry.
    pub entry: LogHead,
    /// The change.
    pub change: ChangeHash,
    /// It made the record.
    pub created: bool,
    /// What it put, keys ascending.
    pub puts: Vec<HistoryPut>,
}

/// One field of one change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryPut {
    /// The field.
    pub key: String,
    /// The operation: what cells know the value by.
    pub op: OpId,
    /// The value that its author saw there: the last of `overwrote`. `None`: the field had none.
    pub before: Option<Scalar>,
    /// All that its author saw there, the value that showed last: several when the change settled a conflict.
    pub overwrote: Vec<Visible>,
    /// Somebody else put the same field, and neither had seen the other's.
    pub concurrent: bool,
    /// The value that it put.
    pub value: Scalar,
}

impl Histories<'_> {
    /// The changes of a record in an order that is causal and the same on every replica that holds the same. Empty when
    /// there is no such record, or when this replica was opened without the keys to read its scope.
    ///
    /// # Errors
    /// Those of SQL, and damage of an entry of the record.
    pub fn of(&mut self, scope: &ScopeId, id: &RecordId) -> rusqlite::Result<Vec<HistoryItem>> {
        let row = self.row(scope, id)?;
        self.of_row(row)
    }

    fn of_row(&mut self, row: Option<RecordRow>) -> rusqlite::Result<Vec<HistoryItem>> {
        let Some(row) = row else { return Ok(Vec::new()) };
        Ok(items(&self.told(&row)?))
    }
}

fn items(told: &[Told]) -> Vec<HistoryItem> {
    let changes: Vec<IndexedChange> = told.iter().map(|told| IndexedChange::of(&told.change)).collect();
    let concurrent = concurrent::ops(changes.iter());
    let values: BTreeMap<OpId, &Scalar> =
        told.iter().flat_map(|told| told.change.ops().map(|(op, put)| (op, &put.value))).collect();
    let seen = |op: &OpId| Some(Visible { op: *op, value: (*values.get(op)?).clone() });
    told.iter()
        .map(|Told { entry, change }| HistoryItem {
            author: entry.envelope.author.clone(),
            wall_clock_ms: entry.envelope.wall_clock_ms,
            site: entry.head.writer.site,
            command: entry.envelope.command.clone(),
            batch: entry.envelope.batch,
            entry: entry.head,
            change: change.hash,
            created: change.deps.is_empty(),
            puts: change
                .ops()
                .map(|(op, put)| {
                    let overwrote: Vec<Visible> = put.pred.iter().filter_map(seen).collect();
                    let before = overwrote.last().map(|seen| seen.value.clone());
                    let (key, value) = (put.key.clone(), put.value.clone());
                    HistoryPut { key, op, before, overwrote, concurrent: concurrent.contains(&op), value }
                })
                .collect(),
        })
        .collect()
}

impl<'a> Reading<'a> {
    /// Histories of many records: cheaper than asking for each alone.
    #[must_use]
    pub fn histories(&self) -> Histories<'a> {
        Histories::new(*self)
    }

    /// The history of a record, as [`Histories::of`], by its id alone.
    ///
    /// # Errors
    /// As there.
    pub fn history(&self, id: &RecordId) -> rusqlite::Result<Vec<HistoryItem>> {
        self.histories().of_row(records::find(self.connection(), id)?)
    }

    /// The record as it stood at a date (Unix milliseconds): every change whose author's clock said no later, and all
    /// of whose ancestors' clocks said no later either. Clocks are hints and causality wins: what builds on a change of
    /// after the date is of after the date too. `None` when it was not made by then, or is not here.
    ///
    /// # Errors
    /// As [`Histories::of`].
    pub fn record_at(&self, id: &RecordId, at_ms: i64) -> rusqlite::Result<Option<Cells>> {
        let Some(row) = records::find(self.connection(), id)? else { return Ok(None) };
        let mut cells = Cells::new();
        let mut stood: BTreeSet<ChangeHash> = BTreeSet::new();
        for Told { entry, change } in self.histories().told(&row)? {
            if entry.envelope.wall_clock_ms <= at_ms && change.deps.iter().all(|dep| stood.contains(dep)) {
                cells.fold(&change);
                stood.insert(change.hash);
            }
        }
        Ok((!cells.is_empty()).then_some(cells))
    }

    /// What takes one change of a record back, as it stands now. `None` when there is no such record or change.
    ///
    /// # Errors
    /// As [`Histories::of`].
    pub fn revert(&self, id: &RecordId, change: &ChangeHash) -> rusqlite::Result<Option<Revert>> {
        let Some(row) = records::find(self.connection(), id)? else { return Ok(None) };
        let cells = row.record.cells.clone();
        let history = self.histories().of_row(Some(row))?;
        let known = history.iter().any(|item| item.change == *change);
        Ok(known.then(|| Revert::of_change(&cells, &history, change)))
    }
}

impl<A: Application> Replica<A> {
    /// The history of a record: [`Histories::of`], by its id alone.
    ///
    /// # Errors
    /// When the store fails, or an entry of the record is damaged.
    pub fn history(&self, id: RecordId) -> Result<Vec<HistoryItem>, StorageError> {
        self.read(|reading| reading.history(&id))
    }

    /// The record as it stood at a date: [`Reading::record_at`].
    ///
    /// # Errors
    /// When the store fails, or an entry of the record is damaged.
    pub fn record_at(&self, id: RecordId, at_ms: i64) -> Result<Option<Cells>, StorageError> {
        self.read(|reading| reading.record_at(&id, at_ms))
    }

    /// The record as one Automerge document, which any Automerge program opens. `None` when there is no such record.
    ///
    /// # Errors
    /// When the store fails, or an entry of the record is damaged.
    pub fn export_automerge(&self, id: RecordId) -> Result<Option<Vec<u8>>, StorageError> {
        self.read(|reading| {
            let Some(row) = records::find(reading.connection(), &id)? else { return Ok(None) };
            let Some(changes) = reading.histories().bytes(&row)? else { return Ok(None) };
            Ok(Some(crate::record::oracle::export_automerge(&changes).map_err(storage::damaged)?))
        })
    }
}
