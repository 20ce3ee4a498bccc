//! Opened entries: the changes of a record, read from the entries that brought them.
//! Owns the few entries that are kept open while many records are looked at; never judges anything.

use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

use comptoir_sync_protocol::header::LogHead;
use comptoir_sync_protocol::ids::{KeyId, ScopeId};
use comptoir_sync_protocol::keys::ScopeKey;
use comptoir_sync_protocol::payload::{Envelope, Operation, RecordChange};

use crate::limits;
use crate::reading::Reading;
use crate::record::{ParsedChange, RecordId, parse_change};
use crate::storage;
use crate::table::records::{self, RecordRow};
use crate::table::{changes, entries};

/// The scope keys that this site has.
pub(crate) type Keys = BTreeMap<(ScopeId, KeyId), ScopeKey>;

/// Kind, id, place and the allocations of a change that is kept open, about.
const CHANGE_OVERHEAD_BYTES: usize = 160;

/// A delivered entry with its changes of records.
#[derive(Debug)]
pub(super) struct OpenedEntry {
    pub head: LogHead,
    pub envelope: Envelope,
    pub changes: Vec<RecordChange>,
    /// What it holds, about.
    size_bytes: usize,
    /// Which of `changes` each record has.
    by_record: BTreeMap<[u8; 16], Vec<usize>>,
}

impl OpenedEntry {
    fn new(head: LogHead, envelope: Envelope, operations: impl Iterator<Item = Operation>) -> Self {
        let change = |operation| if let Operation::Change(change) = operation { Some(change) } else { None };
        let changes: Vec<RecordChange> = operations.filter_map(change).collect();
        let mut by_record: BTreeMap<[u8; 16], Vec<usize>> = BTreeMap::new();
        for (place, change) in changes.iter().enumerate() {
            by_record.entry(change.record).or_default().push(place);
        }
        let size_bytes = changes.iter().map(|change| change.change.len() + CHANGE_OVERHEAD_BYTES).sum();
        Self { head, envelope, changes, size_bytes, by_record }
    }

    fn of<'a>(&'a self, row: &'a RecordRow) -> impl Iterator<Item = &'a RecordChange> {
        let places = self.by_record.get(&row.record.id.0).into_iter().flatten();
        places.map(|place| &self.changes[*place]).filter(|change| change.kind == row.record.kind)
    }
}

fn size_bytes(entry: &Option<Rc<OpenedEntry>>) -> usize {
    entry.as_ref().map_or(0, |entry| entry.size_bytes)
}

/// A change with the entry that brought it.
pub(super) struct Told {
    pub entry: Rc<OpenedEntry>,
    pub change: ParsedChange,
}

/// Histories of records, one after the other. Keeps a few entries open, so that records which one entry brought are
/// read at the price of one: take one of these for many records.
#[derive(Debug)]
pub struct Histories<'a> {
    pub(super) reading: Reading<'a>,
    kept: VecDeque<Kept>,
    kept_bytes: usize,
}

/// An entry by its place (log, seq).
type Kept = ((i64, u64), Option<Rc<OpenedEntry>>);

impl<'a> Histories<'a> {
    pub(crate) fn new(reading: Reading<'a>) -> Self {
        Self { reading, kept: VecDeque::new(), kept_bytes: 0 }
    }

    /// The entry at this place; `None` when this replica has no key for it.
    pub(super) fn entry(&mut self, place: (i64, u64)) -> rusqlite::Result<Option<Rc<OpenedEntry>>> {
        if let Some(at) = self.kept.iter().position(|(kept, _)| *kept == place)
            && let Some(found) = self.kept.remove(at)
        {
            // What was used last goes last.
            self.kept.push_back(found.clone());
            return Ok(found.1);
        }
        let opened = self.open(place)?.map(Rc::new);
        self.kept_bytes += size_bytes(&opened);
        self.kept.push_back((place, opened.clone()));
        while self.kept.len() > 1
            && (self.kept.len() > limits::MAX_OPENED_ENTRIES || self.kept_bytes > limits::MAX_OPENED_BYTES)
        {
            let (_, oldest) = self.kept.pop_front().expect("invariant: several are kept");
            self.kept_bytes -= size_bytes(&oldest);
        }
        Ok(opened)
    }

    fn open(&self, (log, seq): (i64, u64)) -> rusqlite::Result<Option<OpenedEntry>> {
        let Some(row) = entries::at(self.reading.connection(), log, seq)? else { return Ok(None) };
        let entry = row.open().map_err(entries::as_sql_error)?;
        let Some(key) = self.reading.key(&entry.header().scope, &entry.header().key_id) else { return Ok(None) };
        let opened = entry.open(Some(key)).map_err(storage::damaged)?;
        let operations = opened.operations.into_iter().map(|(_, operation)| operation);
        Ok(Some(OpenedEntry::new(entry.head(), opened.envelope, operations)))
    }

    pub(super) fn row(&self, scope: &ScopeId, id: &RecordId) -> rusqlite::Result<Option<RecordRow>> {
        records::of_any_kind(self.reading.connection(), scope, id)
    }

    /// The changes of a record in an order that is causal and the same everywhere: by first operation, then by actor.
    pub(super) fn told(&mut self, row: &RecordRow) -> rusqlite::Result<Vec<Told>> {
        let mut told = Vec::new();
        for place in changes::entries_of(self.reading.connection(), row.row)? {
            let Some(entry) = self.entry(place)? else { continue };
            for change in entry.of(row) {
                let change = parse_change(&change.change).map_err(storage::damaged)?;
                told.push(Told { entry: entry.clone(), change });
            }
        }
        told.sort_by_key(|told| (told.change.start_op, told.change.actor));
        Ok(told)
    }

    /// The bytes of a record's changes, ancestors first; `None` when one of them cannot be read here.
    pub(super) fn bytes(&mut self, row: &RecordRow) -> rusqlite::Result<Option<Vec<Vec<u8>>>> {
        let mut bytes = Vec::new();
        for place in changes::entries_of(self.reading.connection(), row.row)? {
            let Some(entry) = self.entry(place)? else { return Ok(None) };
            bytes.extend(entry.of(row).map(|change| change.change.clone()));
        }
        Ok(Some(bytes))
    }
}
