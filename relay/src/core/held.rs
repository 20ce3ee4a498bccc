//! What is known of the store without asking it: vectors, the roster's history, and entries whose bytes suffered.
//! Owns reading all that when the store is opened; the store stays the truth.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use comptoir_sync_protocol::roster::{self, Roster, RosterHistory, RosterRefusal};
use comptoir_sync_protocol::{Entry, EntryError, Hash, LogHead, OrganisationId, ScopeId, Vector, limits};

use crate::store::{LogStore, ReadBounds, StoreError, StoredEntry};

/// Why what a store holds cannot be taken over.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// It could not be read.
    #[error("the store cannot be read")]
    Store(#[from] StoreError),
    /// A roster entry suffered.
    #[error("roster entry {} is no longer whole", .head.hash)]
    Suffered {
        /// Which.
        head: LogHead,
    },
    /// A roster entry has no place in the roster.
    #[error("roster entry {} does not belong into the roster", .head.hash)]
    Foreign {
        /// Which.
        head: LogHead,
        /// Why.
        #[source]
        source: Box<RosterRefusal>,
    },
}

#[derive(Debug)]
pub(super) struct Held {
    pub history: RosterHistory,
    pub vectors: BTreeMap<ScopeId, Arc<Vector>>,
    pub damaged: BTreeMap<ScopeId, BTreeSet<Hash>>,
}

impl Held {
    pub fn load(store: &dyn LogStore, organisation: OrganisationId) -> Result<Self, LoadError> {
        let vectors = store.vectors()?.into_iter().map(|(scope, vector)| (scope, Arc::new(vector))).collect();
        let mut held = Self { history: RosterHistory::new(organisation), vectors, damaged: BTreeMap::new() };
        let bounds =
            ReadBounds { most_entries: limits::MAX_ENTRIES_PER_FRAME, most_bytes: limits::MAX_ENTRIES_FRAME_BYTES };
        let mut have = Vector::default();
        loop {
            let entries = store.read(roster::scope_id(), &have, bounds)?;
            if entries.is_empty() {
                return Ok(held);
            }
            for stored in entries {
                let head = stored.head;
                let entry = whole(&stored).ok_or(LoadError::Suffered { head })?;
                let checked = held.history.check(&entry);
                held.history.push(checked.map_err(|source| LoadError::Foreign { head, source: Box::new(source) })?);
                have.advance(head);
            }
        }
    }

    pub fn wanted(&self) -> BTreeMap<ScopeId, Vec<Hash>> {
        let most = limits::MAX_WANTED_ENTRIES;
        self.damaged.iter().map(|(scope, hashes)| (*scope, hashes.iter().take(most).copied().collect())).collect()
    }

    pub fn vector(&self, scope: &ScopeId) -> Arc<Vector> {
        self.vectors.get(scope).cloned().unwrap_or_default()
    }

    /// The vector after it.
    pub fn advance(&mut self, scope: ScopeId, heads: &[LogHead]) -> Arc<Vector> {
        let vector = self.vectors.entry(scope).or_default();
        heads.iter().for_each(|head| Arc::make_mut(vector).advance(*head));
        Arc::clone(vector)
    }
}

/// The entry, if its bytes are those that were stored: they are hashed again on each way out.
pub(super) fn whole(stored: &StoredEntry) -> Option<Entry> {
    let entry: Result<Entry, EntryError> = Entry::decode(&stored.bytes);
    entry.ok().filter(|entry| entry.head() == stored.head)
}

/// The name of a scope, where the roster tells.
pub(super) fn scope_name(roster: &Roster, scope: &ScopeId) -> Option<String> {
    if *scope == roster::scope_id() {
        return Some("roster".to_owned());
    }
    roster.scopes.get(scope).map(|scope| scope.name.clone())
}
