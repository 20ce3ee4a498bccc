//! Merges: records of which several sites changed different fields at once, so that nobody was asked.
//! Owns the walk back through what arrived, and its bounds. What several put into one field at once is a conflict, which
//! people are asked about elsewhere: it is never told here.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use comptoir_sync_protocol::ids::{ScopeId, SiteId, Writer};
use comptoir_sync_protocol::roster;

use super::concurrent;
use super::opened::Histories;
use crate::application::Application;
use crate::limits::{MAX_MERGE_LOOK_CHANGES, MAX_MERGE_LOOK_ENTRIES, MAX_MERGE_LOOK_OPERATIONS};
use crate::past::Past;
use crate::record::{RecordId, makes_its_record};
use crate::replica::Replica;
use crate::storage::{self, StorageError};
use crate::table::latest::{self, Arrival};
use crate::table::logs::{self, LogRow};
use crate::table::{changes, entries};

/// What was merged, as far back as was looked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Merges {
    /// One a record, the one that arrived last first.
    pub items: Vec<Merge>,
    /// Unix milliseconds: what arrived earlier than this was not looked at, or not all of it. `None`: everything was.
    pub since_ms: Option<i64>,
}

/// The last time that several sites' changes of one record came together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Merge {
    /// The record's scope.
    pub scope: ScopeId,
    /// Its kind.
    pub kind: String,
    /// The record.
    pub record: RecordId,
    /// When the last of the changes arrived here, Unix milliseconds.
    pub received_ms: i64,
    /// What each did, in causal order of the first change of each; the same on every replica.
    pub sides: Vec<MergeSide>,
}

/// What one person of one site did meanwhile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MergeSide {
    /// The site.
    pub site: SiteId,
    /// The person, or `SITE/operator`.
    pub author: String,
    /// When last, Unix milliseconds by the author's clock: a hint.
    pub wall_clock_ms: i64,
    /// The fields that were put, but for those that another put at the same time. None is left of a side that did
    /// nothing else.
    pub keys: BTreeSet<String>,
}

/// What a walk has looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Looked {
    pub entries: usize,
    /// Of the entries that were opened.
    pub operations: u64,
    /// Of records whose changes were held against each other.
    pub changes: usize,
}

struct Walk<'w, 'a> {
    histories: &'w mut Histories<'a>,
    here: Writer,
    limit: usize,
    logs: BTreeMap<i64, LogRow>,
    /// How much of each log was here already when the entry that is looked at came.
    held: BTreeMap<i64, u64>,
    found: BTreeSet<(RecordId, ScopeId, String)>,
    looked: Looked,
    merges: Merges,
}

impl Walk<'_, '_> {
    fn visit(&mut self, arrival: &Arrival) -> rusqlite::Result<ControlFlow<()>> {
        self.looked.entries += 1;
        self.held.insert(arrival.log, arrival.seq.saturating_sub(1));
        let Some(log) = self.logs.get(&arrival.log).copied() else { return Ok(ControlFlow::Continue(())) };
        let enough = self.merges.items.len() >= self.limit || self.looked.entries > MAX_MERGE_LOOK_ENTRIES;
        if enough {
            return Ok(self.ends_at(arrival));
        }
        if !arrival.delivered || !self.may_merge(arrival, &log)? {
            return Ok(ControlFlow::Continue(()));
        }
        let operations = self.looked.operations + arrival.operations;
        if self.looked.operations > 0 && operations > MAX_MERGE_LOOK_OPERATIONS {
            return Ok(self.ends_at(arrival));
        }
        self.looked.operations = operations;
        self.look_into(arrival, &log)
    }

    fn ends_at(&mut self, arrival: &Arrival) -> ControlFlow<()> {
        self.merges.since_ms = Some(arrival.received_ms);
        ControlFlow::Break(())
    }

    /// Whether its writer lacked something of another site that was here before. What is written here lacks nothing.
    fn may_merge(&self, arrival: &Arrival, log: &LogRow) -> rusqlite::Result<bool> {
        if log.writer == self.here || log.scope == roster::scope_id() {
            return Ok(false);
        }
        let past = Past::decode(&arrival.past)?;
        let others =
            self.logs.values().filter(|other| other.scope == log.scope && other.writer.site != log.writer.site);
        let mut held = others.map(|other| (other.id, self.held.get(&other.id).copied().unwrap_or(0)));
        Ok(held.any(|(other, seq)| !past.holds(other, seq)))
    }

    fn look_into(&mut self, arrival: &Arrival, log: &LogRow) -> rusqlite::Result<ControlFlow<()>> {
        let entry = match self.histories.entry((arrival.log, arrival.seq)) {
            Ok(Some(entry)) => entry,
            // Without the key it has no effect here either.
            Ok(None) => return Ok(ControlFlow::Continue(())),
            Err(error) if storage::is_storage_failure(&error) => return Err(error),
            // It is damaged, which is looked for and mended elsewhere: one entry holds up no list.
            Err(_) => return Ok(ControlFlow::Continue(())),
        };
        let mut here = BTreeSet::new();
        for change in entry.changes.iter().rev() {
            let name = (RecordId(change.record), log.scope, change.kind.clone());
            // Whatever else is done to a record builds on what made it.
            if makes_its_record(&change.change) || self.found.contains(&name) || !here.insert(name.clone()) {
                continue;
            }
            if self.merges.items.len() >= self.limit || self.looked.changes > MAX_MERGE_LOOK_CHANGES {
                return Ok(self.ends_at(arrival));
            }
            if let Some(sides) = self.sides(arrival, &name)? {
                let (record, scope, kind) = name.clone();
                self.merges.items.push(Merge { scope, kind, record, received_ms: arrival.received_ms, sides });
                self.found.insert(name);
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    /// What was merged when the entry came, if it was the last of that to come.
    fn sides(
        &mut self,
        arrival: &Arrival,
        (record, scope, kind): &(RecordId, ScopeId, String),
    ) -> rusqlite::Result<Option<Vec<MergeSide>>> {
        let connection = self.histories.reading.connection();
        let rows = changes::of_record(connection, scope, record, kind)?;
        self.looked.changes += rows.len();
        let site = |place: usize| self.logs.get(&rows[place].log).map(|log| log.writer.site);
        if (0..rows.len()).all(|place| site(place) == site(0)) {
            return Ok(None);
        }
        let all = || rows.iter().map(|row| &row.change);
        let groups = concurrent::groups(all(), |one, other| site(one) != site(other));
        let is_several = |group: usize| groups.iter().filter(|of| **of == group).count() > 1;
        let came =
            (0..rows.len()).filter(|&place| (rows[place].log, rows[place].entry_seq) == (arrival.log, arrival.seq));
        let Some(group) = came.map(|place| groups[place]).rfind(|group| is_several(*group)) else { return Ok(None) };
        let contested = concurrent::ops(all());
        let mut sides: Vec<MergeSide> = Vec::new();
        for place in (0..rows.len()).filter(|place| groups[*place] == group) {
            let row = &rows[place];
            let Some(site) = site(place) else { continue };
            let Some((author, wall_clock_ms)) = entries::author_at(connection, row.log, row.entry_seq)? else {
                continue;
            };
            let at = sides.iter().position(|side| side.site == site && side.author == author).unwrap_or_else(|| {
                sides.push(MergeSide { site, author, wall_clock_ms, keys: BTreeSet::new() });
                sides.len() - 1
            });
            sides[at].wall_clock_ms = wall_clock_ms;
            let keys = row.change.ops().filter(|(op, _)| !contested.contains(op)).map(|(_, key)| key.to_owned());
            sides[at].keys.extend(keys);
        }
        Ok(sides.iter().any(|side| !side.keys.is_empty()).then_some(sides))
    }
}

impl Histories<'_> {
    /// What was merged without asking, the record that arrived last first: those of which changes of different sites,
    /// neither having seen the other's, put different fields. `here` is the writer of this replica.
    ///
    /// An entry that is damaged is passed over.
    ///
    /// # Errors
    /// Those of SQL.
    pub fn merges(&mut self, here: Writer, limit: usize) -> rusqlite::Result<Merges> {
        Ok(self.look_for_merges(here, limit)?.0)
    }

    pub(crate) fn look_for_merges(&mut self, here: Writer, limit: usize) -> rusqlite::Result<(Merges, Looked)> {
        let connection = self.reading.connection();
        let logs: BTreeMap<i64, LogRow> = logs::all(connection)?.into_iter().map(|log| (log.id, log)).collect();
        let held = logs.keys().map(|log| Ok((*log, entries::greatest_seq(connection, *log)?)));
        let held = held.collect::<rusqlite::Result<_>>()?;
        let (found, looked, merges) = (BTreeSet::new(), Looked::default(), Merges::default());
        let mut walk = Walk { histories: self, here, limit, logs, held, found, looked, merges };
        latest::back(connection, |arrival| walk.visit(&arrival))?;
        Ok((walk.merges, walk.looked))
    }
}

impl<A: Application> Replica<A> {
    /// What was merged without asking: [`Histories::merges`].
    ///
    /// # Errors
    /// When the store fails.
    pub fn merges(&self, limit: usize) -> Result<Merges, StorageError> {
        let here = self.writer();
        self.read(|reading| reading.histories().merges(here, limit))
    }
}
