//! Verifying: everything that is stored, held against what it must be.
//!
//! Owns the comparison of chains, signatures, payloads, records (with Automerge as judge) and projections (rebuilt against
//! lived). Changes nothing, but that damaged entries are wanted from peers afterwards.

use std::collections::BTreeMap;

use comptoir_sync_protocol::entry::Entry;
use comptoir_sync_protocol::header::LogHead;
use comptoir_sync_protocol::ids::{Hash, ScopeId, Writer};
use comptoir_sync_protocol::payload::Operation;
use comptoir_sync_protocol::roster;
use rusqlite::Connection;

use crate::application::Application;
use crate::rebuild;
use crate::record::RecordId;
use crate::record::oracle::automerge_state;
use crate::replica::Replica;
use crate::state::State;
use crate::storage::StorageError;
use crate::table::entries::{self, EntryRow};
use crate::table::records;

/// What `verify` found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VerifyReport {
    /// Entries read.
    pub entries: u64,
    /// Records held against Automerge.
    pub records: u64,
    /// Stored entries that are not what was stored. While there are any, records and projections are not compared.
    pub damaged: Vec<Finding>,
    /// Entries that do not attach, are not signed by their writer, or do not open although they have effect.
    pub broken: Vec<Finding>,
    /// Records whose cells are not what Automerge makes of their changes.
    pub records_differ: Vec<RecordDiffers>,
    /// Scopes whose state is another once rebuilt.
    pub states_differ: Vec<String>,
}

impl VerifyReport {
    /// Whether all is as it must be.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.damaged.is_empty()
            && self.broken.is_empty()
            && self.records_differ.is_empty()
            && self.states_differ.is_empty()
    }
}

/// An entry with which something is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Its scope.
    pub scope: ScopeId,
    /// Its place.
    pub head: LogHead,
    /// What is wrong.
    pub what: String,
}

/// A record that Automerge sees otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordDiffers {
    /// Its scope.
    pub scope: ScopeId,
    /// Its id.
    pub record: RecordId,
    /// What differs: `heads`, a field, or why Automerge does not load it.
    pub what: String,
}

impl<A: Application> Replica<A> {
    /// Holds all that is stored against what it must be. Writers wait meanwhile. Damaged entries that it finds are wanted
    /// from peers from then on.
    ///
    /// # Errors
    /// When the store fails.
    pub fn verify(&self) -> Result<VerifyReport, StorageError> {
        let mut damaged_rows = Vec::new();
        let report = self.rehearse(|connection, state| {
            let mut verifying = Verifying {
                connection,
                state,
                report: VerifyReport::default(),
                heads: BTreeMap::new(),
                changes: BTreeMap::new(),
                damaged: Vec::new(),
            };
            verifying.entries()?;
            let (mut report, changes, damaged) = (verifying.report, verifying.changes, verifying.damaged);
            damaged_rows = damaged;
            if report.damaged.is_empty() {
                compare_records(connection, &changes, &mut report)?;
                report.states_differ = rebuild::all(connection, state, self.application())?.changed;
            }
            Ok::<_, StorageError>(report)
        })?;
        for (scope, hash, position) in damaged_rows {
            self.want_again(&scope, &[(hash, position)])?;
        }
        Ok(report)
    }
}

/// The changes of each record, as the log has them.
type Changes = BTreeMap<(ScopeId, RecordId, String), Vec<Vec<u8>>>;

struct Verifying<'a> {
    connection: &'a Connection,
    state: &'a State,
    report: VerifyReport,
    /// How far each log was read.
    heads: BTreeMap<i64, (u64, Hash)>,
    changes: Changes,
    damaged: Vec<(ScopeId, Hash, i64)>,
}

impl Verifying<'_> {
    fn entries(&mut self) -> rusqlite::Result<()> {
        let mut position = 0;
        while let Some(row) = entries::after(self.connection, position)? {
            position = row.position;
            self.report.entries += 1;
            let Some((scope, writer)) = self.state.places.get(&row.log).copied() else { continue };
            let head = LogHead { writer, seq: row.seq, hash: row.hash };
            match row.open() {
                Ok(entry) => self.entry(&row, &entry, scope, head)?,
                Err(damage) => {
                    let what = match std::error::Error::source(&damage) {
                        Some(cause) => format!("{damage}: {cause}"),
                        None => damage.to_string(),
                    };
                    self.report.damaged.push(Finding { scope, head, what });
                    self.damaged.push((scope, row.hash, row.position));
                }
            }
            self.heads.insert(row.log, (row.seq, row.hash));
        }
        for ((scope, writer), log) in &self.state.logs {
            let read = self.heads.get(&log.id).copied().unwrap_or_default();
            if read != (log.seq, log.hash) {
                let head = LogHead { writer: *writer, seq: log.seq, hash: log.hash };
                let what = "the log ends elsewhere than its head".to_owned();
                self.report.broken.push(Finding { scope: *scope, head, what });
            }
        }
        Ok(())
    }

    fn entry(&mut self, row: &EntryRow, entry: &Entry, scope: ScopeId, head: LogHead) -> rusqlite::Result<()> {
        if let Some(what) = self.header_fault(row, entry, scope, head.writer)? {
            self.report.broken.push(Finding { scope, head, what: what.to_owned() });
        }
        if scope == roster::scope_id() || !row.delivered {
            return Ok(());
        }
        let key = self.state.keys.get(&(scope, entry.header().key_id));
        let opened = match entry.open(key) {
            Ok(opened) => opened,
            Err(error) => {
                self.report.broken.push(Finding { scope, head, what: error.to_string() });
                return Ok(());
            }
        };
        for (_, operation) in opened.operations {
            if let Operation::Change(change) = operation {
                let name = (scope, RecordId(change.record), change.kind);
                self.changes.entry(name).or_default().push(change.change);
            }
        }
        Ok(())
    }

    fn header_fault(
        &self,
        row: &EntryRow,
        entry: &Entry,
        scope: ScopeId,
        writer: Writer,
    ) -> rusqlite::Result<Option<&'static str>> {
        let header = entry.header();
        let (seq, hash) = self.heads.get(&row.log).copied().unwrap_or_default();
        if (header.scope, header.writer, header.seq) != (scope, writer, row.seq) {
            return Ok(Some("it stands in another place than its header says"));
        }
        if header.seq != seq + 1 || header.previous != hash {
            return Ok(Some("it does not attach to the entry before"));
        }
        for dep in &header.deps {
            let log = self.state.log(&scope, &dep.writer);
            let read = log.and_then(|log| self.heads.get(&log.id)).map_or(0, |(seq, _)| *seq);
            let stored = log.map(|log| entries::hash_at(self.connection, log.id, dep.seq)).transpose()?.flatten();
            if read < dep.seq || stored != Some(dep.hash) {
                return Ok(Some("it stands before something that it builds on"));
            }
        }
        let roster = match scope == roster::scope_id() {
            true => Some(self.state.history.current()),
            false => self.state.history.at(&header.roster_heads),
        };
        let key = roster.and_then(|roster| roster.signing_key(&scope, &writer));
        let signed = key.is_some_and(|key| entry.signed.verify(&key).is_ok());
        // A later signature of its log vouches for one that was never verified itself.
        Ok((!signed && row.verified).then_some("its signature is not its writer's"))
    }
}

fn compare_records(connection: &Connection, changes: &Changes, report: &mut VerifyReport) -> rusqlite::Result<()> {
    let mut seen = 0;
    records::for_each(connection, |row| {
        let record = row.record;
        report.records += 1;
        let mut differs = |what: String| {
            report.records_differ.push(RecordDiffers { scope: record.scope, record: record.id, what });
        };
        let Some(changes) = changes.get(&(record.scope, record.id, record.kind.clone())) else {
            differs("no entry made it".to_owned());
            return Ok(());
        };
        seen += 1;
        match automerge_state(changes) {
            Ok(state) => {
                if let Some(what) = state.difference(&record.cells) {
                    differs(what);
                }
            }
            Err(error) => differs(error.to_string()),
        }
        Ok(())
    })?;
    if seen < changes.len() {
        let missing = changes
            .keys()
            .find(|(scope, id, kind)| records::get(connection, scope, id, kind).is_ok_and(|found| found.is_none()));
        report.records_differ.extend(missing.map(|(scope, record, _)| RecordDiffers {
            scope: *scope,
            record: *record,
            what: "its entries are here, the record is not".to_owned(),
        }));
    }
    Ok(())
}
