//! Admission: entries that arrive become part of the log, in one transaction.
//!
//! Owns the order: attach, authority, signature, dependencies, verdict, effects; then whatever waited for it. Never
//! sends anything and never decides what to ask for.

mod place;
mod roster;
mod vouch;

use std::collections::{BTreeMap, BTreeSet};

use comptoir_sync_protocol::entry::Entry;
use comptoir_sync_protocol::frame::RefusalCode;
use comptoir_sync_protocol::header::LogHead;
use comptoir_sync_protocol::ids::{ScopeId, Writer};
use comptoir_sync_protocol::roster as protocol_roster;
use comptoir_sync_protocol::session::{Admitted, Commit};
use rusqlite::Connection;
use thiserror::Error;

use crate::application::Application;
use crate::identity::Identity;
use crate::record::RecordId;
use crate::replica::Replica;
use crate::state::State;
use crate::storage::StorageError;
use crate::table::{logs, waiting};
use crate::verdict::{Judged, Verdict};
use crate::writer::ADMIT;
use place::Placed;
use vouch::Vouched;

/// What one transaction changed in one scope.
#[derive(Clone, Debug)]
pub struct Committed {
    /// For sessions.
    pub commit: Commit,
    /// Records that changed: kind and id.
    pub records: Vec<(&'static str, RecordId)>,
}

/// What became of entries that arrived.
#[derive(Clone, Debug)]
pub struct AdmitReport {
    /// For the session; without receipts, which relays give.
    pub admitted: Admitted,
    /// What advanced, scope by scope: also in scopes where something had waited for these entries.
    pub delivered: Vec<Committed>,
    /// Entries that were quarantined.
    pub quarantined: Vec<Judged>,
    /// Entries that were parked.
    pub parked: Vec<Judged>,
    /// How many of the entries given wait for others.
    pub waiting: usize,
}

/// Why nothing was admitted.
#[derive(Debug, Error)]
pub enum AdmitError {
    /// The replica was opened for inspection.
    #[error("the replica is open for inspection only")]
    Inspecting,
    /// The store failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl From<rusqlite::Error> for AdmitError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Storage(error.into())
    }
}

impl<A: Application> Replica<A> {
    /// Admits entries of one scope, in the order in which they came. Durable when it returns. An entry that is already
    /// here changes nothing; one that is refused or quarantined concerns no other. `now_ms` (Unix milliseconds) is kept
    /// as the time of receipt and decides nothing.
    ///
    /// # Errors
    /// When the store fails: then nothing was admitted.
    pub fn admit(&self, scope: ScopeId, entries: Vec<Entry>, now_ms: i64) -> Result<AdmitReport, AdmitError> {
        let identity = self.identity().ok_or(AdmitError::Inspecting)?;
        self.write(ADMIT, |connection, state| {
            let mut admission = Admission::begin(connection, state, self.application(), Some(&*identity), now_ms);
            Ok(admission.admit(scope, &entries)?)
        })
    }

    /// Takes in the genesis entry that founds the organisation, as one that was written here.
    ///
    /// # Errors
    /// When the store fails.
    pub fn found(&self, genesis: &Entry, now_ms: i64) -> Result<AdmitReport, AdmitError> {
        let identity = self.identity().ok_or(AdmitError::Inspecting)?;
        self.write(ADMIT, |connection, state| {
            let scope = protocol_roster::scope_id();
            let mut admission = Admission::begin(connection, state, self.application(), Some(&*identity), now_ms);
            let report = admission.admit(scope, std::slice::from_ref(genesis))?;
            if let Some(log) = state.logs.get_mut(&(scope, genesis.header().writer)) {
                logs::set_local(connection, log.id)?;
                log.local = true;
            }
            Ok(report)
        })
    }
}

/// One transaction of admitting.
pub(crate) struct Admission<'a> {
    connection: &'a Connection,
    state: &'a mut State,
    application: &'a dyn Application,
    identity: Option<&'a Identity>,
    now_ms: i64,
    vouched: Vouched,
    changes: BTreeMap<ScopeId, Changes>,
    quarantined: Vec<Judged>,
    parked: Vec<Judged>,
    repaired: bool,
    /// Scopes that are judged anew before the transaction ends.
    to_judge: BTreeSet<ScopeId>,
}

#[derive(Default)]
struct Changes {
    writers: BTreeSet<Writer>,
    records: BTreeSet<(&'static str, RecordId)>,
}

impl<'a> Admission<'a> {
    pub fn begin(
        connection: &'a Connection,
        state: &'a mut State,
        application: &'a dyn Application,
        identity: Option<&'a Identity>,
        now_ms: i64,
    ) -> Self {
        Self {
            connection,
            state,
            application,
            identity,
            now_ms,
            vouched: Vouched::default(),
            changes: BTreeMap::new(),
            quarantined: Vec::new(),
            parked: Vec::new(),
            repaired: false,
            to_judge: BTreeSet::new(),
        }
    }

    pub fn admit(&mut self, scope: ScopeId, entries: &[Entry]) -> rusqlite::Result<AdmitReport> {
        self.vouched = Vouched::of(self.state, &scope, entries);
        let mut admitted =
            Admitted { scope, heads: Vec::new(), held: false, receipts: Vec::new(), refused: Vec::new() };
        let (mut waiting, mut no_room) = (0, false);
        let mut refused_logs: BTreeMap<Writer, RefusalCode> = BTreeMap::new();
        for entry in entries {
            // What comes after a refused entry of its log has nothing to attach to.
            let writer = entry.header().writer;
            if refused_logs.contains_key(&writer) {
                continue;
            }
            match self.place(&scope, entry)? {
                Placed::Known | Placed::Delivered => {}
                Placed::Refused(code) => {
                    tracing::warn!(%scope, %writer, seq = entry.header().seq, ?code, "an entry is refused");
                    refused_logs.insert(writer, code);
                    admitted.refused.push((entry.head(), code));
                }
                Placed::Waiting(reason) => {
                    waiting += 1;
                    match waiting::hold(self.connection, entry, reason, self.now_ms)? {
                        true => *self.state.waiting.entry(scope).or_default() += 1,
                        false => no_room = true,
                    }
                    self.state.dirty = true;
                }
            }
        }
        if std::mem::take(&mut self.repaired) {
            // What could not be read when it was loaded can be read now.
            let loaded = State::load(self.connection, self.state.organisation, self.identity)?;
            let before = std::mem::replace(self.state, loaded);
            self.to_judge.extend(before.cuts.differing(&self.state.cuts, self.state));
            self.state.dirty = true;
        }
        self.settle(&scope)?;
        let writers: BTreeSet<Writer> = entries.iter().map(|entry| entry.header().writer).collect();
        admitted.heads = writers.iter().filter_map(|writer| self.state.head(&scope, writer)).collect();
        admitted.held = waiting > 0 && !no_room;
        Ok(self.report(admitted, waiting))
    }

    /// What follows from what was delivered: new keys open parked entries, waiting entries find what they waited for.
    pub fn settle(&mut self, scope: &ScopeId) -> rusqlite::Result<()> {
        let roster_changed = self.changes.contains_key(&protocol_roster::scope_id());
        self.release(scope)?;
        if roster_changed || self.changes.contains_key(&protocol_roster::scope_id()) {
            self.follow_roster()?;
        }
        self.judge_anew()
    }

    fn report(&mut self, admitted: Admitted, waiting: usize) -> AdmitReport {
        AdmitReport {
            admitted,
            delivered: self.committed(),
            quarantined: std::mem::take(&mut self.quarantined),
            parked: std::mem::take(&mut self.parked),
            waiting,
        }
    }

    /// What changed, scope by scope.
    pub fn committed(&mut self) -> Vec<Committed> {
        let changes = std::mem::take(&mut self.changes);
        changes
            .into_iter()
            .map(|(scope, changes)| {
                let heads = changes.writers.iter().filter_map(|writer| self.state.head(&scope, writer)).collect();
                Committed { commit: self.state.commit(scope, heads), records: changes.records.into_iter().collect() }
            })
            .collect()
    }

    fn note(&mut self, scope: ScopeId, head: LogHead, verdict: Verdict) {
        match verdict {
            Verdict::Delivered => {}
            Verdict::Quarantined { code, .. } => {
                let (writer, seq, code) = (head.writer, head.seq, code.0);
                tracing::warn!(%scope, %writer, seq, code, ?verdict, "an entry is quarantined");
                self.quarantined.push(Judged { scope, head, verdict });
            }
            Verdict::Parked { code, .. } => {
                let (writer, seq, code) = (head.writer, head.seq, code.0);
                tracing::warn!(%scope, %writer, seq, code, ?verdict, "an entry is parked");
                self.parked.push(Judged { scope, head, verdict });
            }
        }
    }
}
