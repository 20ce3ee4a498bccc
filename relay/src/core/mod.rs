//! The relay without its front: one organisation's logs, judged by header, kept in a store, told to whoever listens.
//!
//! Owns admission, reading and receipts over any [`LogStore`]. Never opens a socket, waits, reads a clock or draws
//! randomness; calls block on the store. It holds no scope key: what stands in an entry it cannot know.
//!
//! Subscribe before taking a [`RelayCore::view`]: then no commit falls between the two.

mod admission;
mod held;
mod judge;
mod reading;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use comptoir_sync_protocol::roster::{Party, Roster};
use comptoir_sync_protocol::session::{Commit, LocalView};
use comptoir_sync_protocol::{OrganisationId, ScopeId, SiteId};
use ed25519_dalek::SigningKey;
use tokio::sync::broadcast;

use crate::limits::COMMIT_QUEUE_COMMITS;
use crate::store::{Durability, LogStore, OpenError, SqliteStore, StoreError};

pub use admission::AdmitReport;
use held::Held;
pub use held::LoadError;

/// Who a relay is, and for whom.
#[derive(Clone, Debug)]
pub struct CoreIdentity {
    /// The organisation that it serves.
    pub organisation: OrganisationId,
    /// By which the roster knows it.
    pub tls_pin: [u8; 32],
    /// Signs receipts.
    pub signing: SigningKey,
}

/// One organisation's logs at this relay. Shared by all sessions.
pub struct RelayCore {
    identity: CoreIdentity,
    store: Box<dyn LogStore>,
    /// One admission at a time: what was judged is what the store still holds.
    admission: Mutex<()>,
    held: RwLock<Held>,
    commits: broadcast::Sender<Commit>,
}

/// How much is held of one scope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScopeCount {
    /// The scope.
    pub scope: ScopeId,
    /// Its name, where the roster tells.
    pub name: Option<String>,
    /// Logs.
    pub logs: usize,
    /// Entries in all.
    pub entries: u64,
}

impl RelayCore {
    /// Opens the store in its default home, `DIR/log.sqlite`.
    pub fn open(dir: &Path, identity: CoreIdentity, durability: Durability) -> Result<Self, OpenError> {
        let path = dir.join(STORE_FILE);
        let store = SqliteStore::open(&path, identity.organisation, durability)?;
        Self::over(Box::new(store), identity).map_err(|source| OpenError::Damaged { path, source: Box::new(source) })
    }

    /// Over any store.
    pub fn over(store: Box<dyn LogStore>, identity: CoreIdentity) -> Result<Self, LoadError> {
        let held = Held::load(&*store, identity.organisation)?;
        let commits = broadcast::Sender::new(COMMIT_QUEUE_COMMITS);
        Ok(Self { identity, store, admission: Mutex::default(), held: RwLock::new(held), commits })
    }

    /// The organisation.
    pub fn organisation(&self) -> OrganisationId {
        self.identity.organisation
    }

    /// This relay, as sessions name it.
    pub fn party(&self) -> Party {
        Party::Relay(self.identity.tls_pin)
    }

    /// The roster as it is now.
    pub fn roster(&self) -> Arc<Roster> {
        self.held().history.current()
    }

    /// What a session must know when it begins.
    pub fn view(&self) -> LocalView {
        let held = self.held();
        // Relays write no logs of their own.
        let unreceipted = std::collections::BTreeMap::new();
        LocalView { roster: held.history.current(), vectors: held.vectors.clone(), wanted: held.wanted(), unreceipted }
    }

    /// Every commit from now on.
    pub fn subscribe(&self) -> broadcast::Receiver<Commit> {
        self.commits.subscribe()
    }

    /// How much is held, by scope.
    pub fn counts(&self) -> Vec<ScopeCount> {
        let held = self.held();
        let roster = held.history.current();
        let count = |(scope, vector): (&ScopeId, &Arc<comptoir_sync_protocol::Vector>)| ScopeCount {
            scope: *scope,
            name: held::scope_name(&roster, scope),
            logs: vector.heads().len(),
            entries: vector.entries(),
        };
        held.vectors.iter().map(count).collect()
    }

    /// How many entries are held, by scope.
    pub fn entries(&self) -> Vec<(ScopeId, u64)> {
        self.held().vectors.iter().map(|(scope, vector)| (*scope, vector.entries())).collect()
    }

    /// How far the logs of each site are held, by scope.
    pub fn holdings(&self) -> BTreeMap<SiteId, Vec<ScopeCount>> {
        let held = self.held();
        let roster = held.history.current();
        let mut holdings: BTreeMap<SiteId, Vec<ScopeCount>> = BTreeMap::new();
        for (scope, vector) in &held.vectors {
            let mut counts: BTreeMap<SiteId, (usize, u64)> = BTreeMap::new();
            for head in vector.heads() {
                let (logs, entries) = counts.entry(head.writer.site).or_default();
                (*logs, *entries) = (*logs + 1, *entries + head.seq);
            }
            for (site, (logs, entries)) in counts {
                let name = held::scope_name(&roster, scope);
                holdings.entry(site).or_default().push(ScopeCount { scope: *scope, name, logs, entries });
            }
        }
        holdings
    }

    /// Entries whose stored bytes suffered, and that are wanted again.
    pub fn damaged_entries(&self) -> usize {
        self.held().damaged.values().map(std::collections::BTreeSet::len).sum()
    }

    /// Bytes that the store takes.
    pub fn store_bytes(&self) -> u64 {
        self.store.size_bytes()
    }

    fn held(&self) -> RwLockReadGuard<'_, Held> {
        self.held.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn held_mut(&self) -> RwLockWriteGuard<'_, Held> {
        self.held.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Another process appended first: what is known here is read anew.
    fn reload(&self) -> Result<(), StoreError> {
        let held = Held::load(&*self.store, self.identity.organisation).map_err(|error| match error {
            LoadError::Store(error) => error,
            other => StoreError::Damaged(Box::new(other)),
        })?;
        *self.held_mut() = held;
        Ok(())
    }
}

impl std::fmt::Debug for RelayCore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RelayCore").field("organisation", &self.organisation()).finish_non_exhaustive()
    }
}

/// The store's file; SQLite keeps others beside it, whose names begin alike.
pub const STORE_FILE: &str = "log.sqlite";
