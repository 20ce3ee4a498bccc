//! Staged: what one entry makes of the records that it changes and what it posts, until all of it was found good.
//! Owns loading records and writing them back, with index, conflicts and projection; and writing postings with what they move.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use comptoir_sync_protocol::header::LogHead;
use comptoir_sync_protocol::ids::ScopeId;
use comptoir_sync_protocol::payload::{Envelope, Posting};
use rusqlite::Connection;

use super::Delivering;
use crate::application::{Application, RecordView};
use crate::posting::{Moved, PostingView};
use crate::record::{Actor, Cells, IndexedChange, OpId, RecordId};
use crate::storage::is_storage_failure;
use crate::table::{balances, changes, conflicts, postings, records};

/// One record with the changes that are not written yet.
#[derive(Debug)]
pub(crate) struct StagedRecord {
    pub row: Option<i64>,
    pub cells: Cells,
    pub changes: Vec<IndexedChange>,
    had_conflicts: bool,
}

/// All records that one entry changes, and all that it posts.
#[derive(Debug, Default)]
pub(crate) struct Staged {
    records: BTreeMap<(RecordId, &'static str), StagedRecord>,
    pub(super) postings: Vec<Posting>,
    /// What the postings move on the accounts of their site.
    pub(super) moved: Moved,
}

/// Where what is staged comes from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Origin<'a> {
    pub scope: ScopeId,
    pub log: i64,
    pub entry: LogHead,
    pub author: &'a str,
    pub at_ms: i64,
}

impl<'a> Origin<'a> {
    pub fn new(scope: ScopeId, log: i64, entry: LogHead, envelope: &'a Envelope) -> Self {
        Self { scope, log, entry, author: &envelope.author, at_ms: envelope.wall_clock_ms }
    }

    fn view<'v>(&'v self, posting: &'v Posting) -> PostingView<'v> {
        PostingView {
            scope: self.scope,
            writer: self.entry.writer,
            entry: Some(self.entry),
            author: self.author,
            at_ms: self.at_ms,
            posting,
        }
    }
}

/// How the projection follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Projecting {
    /// A failure refuses the command.
    Strictly,
    /// A failure is logged: what arrives cannot be refused for it.
    Leniently,
    /// Not at all: it will be made anew.
    Not,
}

/// The application could not write the rows of a record or posting.
#[derive(Debug)]
pub(crate) struct ProjectionFailed {
    pub id: RecordId,
    pub source: rusqlite::Error,
}

impl Staged {
    /// The record as it stands with what this entry brought so far.
    pub fn load(
        &mut self,
        delivering: &Delivering<'_>,
        kind: &'static str,
        id: RecordId,
    ) -> rusqlite::Result<&mut StagedRecord> {
        use std::collections::btree_map::Entry;
        Ok(match self.records.entry((id, kind)) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => {
                let stored = records::get(delivering.connection, &delivering.scope, &id, kind)?;
                let staged = match stored {
                    Some(stored) => StagedRecord {
                        row: Some(stored.row),
                        had_conflicts: stored.record.conflicts > 0,
                        cells: stored.record.cells,
                        changes: Vec::new(),
                    },
                    None => StagedRecord { row: None, had_conflicts: false, cells: Cells::new(), changes: Vec::new() },
                };
                place.insert(staged)
            }
        })
    }

    /// Writes everything, as brought by this entry. Returns what changed.
    pub fn write(
        self,
        connection: &Connection,
        application: &dyn Application,
        origin: &Origin<'_>,
        projecting: Projecting,
    ) -> Result<Vec<(&'static str, RecordId)>, ProjectionFailed> {
        let (scope, place) = (origin.scope, (origin.log, origin.entry.seq));
        let mut written = Vec::with_capacity(self.records.len() + self.postings.len());
        for ((id, kind), record) in self.records {
            if record.changes.is_empty() {
                continue;
            }
            let view = RecordView { scope, id, kind, cells: &record.cells };
            record
                .write(connection, &view, place)
                .and_then(|()| project(connection, application, &view, projecting))
                .map_err(|source| ProjectionFailed { id, source })?;
            written.push((kind, id));
        }
        if let Some(last) = self.postings.last() {
            let mut moved = self.moved.iter().filter(|(_, amount)| **amount != 0);
            let added = moved.try_for_each(|(account, amount)| balances::add(connection, origin.log, account, *amount));
            added.map_err(|source| ProjectionFailed { id: RecordId(last.id), source })?;
        }
        for posting in &self.postings {
            let id = RecordId(posting.id);
            postings::insert(connection, place, posting)
                .and_then(|()| project_posting(connection, application, &origin.view(posting), projecting))
                .map_err(|source| ProjectionFailed { id, source })?;
            let known = application.posting_types().iter().find(|known| known.kind == posting.kind);
            written.extend(known.map(|known| (known.kind, id)));
        }
        Ok(written)
    }
}

impl StagedRecord {
    /// The sequence number of an actor's next change of the record.
    pub fn next_seq(&self, connection: &Connection, actor: &Actor) -> rusqlite::Result<u64> {
        if let Some(own) = self.changes.iter().rev().find(|change| change.actor == *actor) {
            return Ok(own.seq + 1);
        }
        let Some(row) = self.row else { return Ok(1) };
        let last = changes::latest_up_to(connection, row, &OpId { counter: u64::MAX, actor: *actor })?;
        Ok(last.map_or(1, |last| last.change.seq + 1))
    }

    fn write(&self, connection: &Connection, view: &RecordView<'_>, (log, seq): (i64, u64)) -> rusqlite::Result<()> {
        let keys = conflicts::of(&self.cells);
        let row = match self.row {
            Some(row) => records::update(connection, row, keys.len(), &self.cells).map(|()| row)?,
            None => records::insert(connection, &view.scope, &view.id, view.kind, keys.len(), &self.cells)?,
        };
        for change in &self.changes {
            changes::insert(connection, row, change, log, seq)?;
        }
        if self.had_conflicts || !keys.is_empty() {
            conflicts::replace(connection, row, &keys)?;
        }
        Ok(())
    }
}

/// Has the application write a record's rows.
pub(crate) fn project(
    connection: &Connection,
    application: &dyn Application,
    view: &RecordView<'_>,
    projecting: Projecting,
) -> rusqlite::Result<()> {
    attempt(projecting, (view.kind, view.id), || application.project(connection, view))
}

/// Has the application write what follows from a posting.
pub(crate) fn project_posting(
    connection: &Connection,
    application: &dyn Application,
    view: &PostingView<'_>,
    projecting: Projecting,
) -> rusqlite::Result<()> {
    attempt(projecting, (&view.posting.kind, view.id()), || application.project_posting(connection, view))
}

fn attempt(
    projecting: Projecting,
    (kind, id): (&str, RecordId),
    project: impl FnOnce() -> rusqlite::Result<()>,
) -> rusqlite::Result<()> {
    match projecting {
        Projecting::Not => Ok(()),
        Projecting::Strictly => project(),
        Projecting::Leniently => match catch_unwind(AssertUnwindSafe(project)) {
            Ok(Err(error)) if is_storage_failure(&error) => Err(error),
            Ok(Err(error)) => {
                tracing::error!(%error, record = %id, kind, "a record or posting was not projected");
                Ok(())
            }
            Err(_) => {
                tracing::error!(record = %id, kind, "projecting a record or posting panicked");
                Ok(())
            }
            Ok(Ok(())) => Ok(()),
        },
    }
}
