//! Signatures of a batch: chained entries are vouched for by one signature at the end of their range.
//! Owns finding the ranges. An entry that no range vouches for is verified alone, when its turn comes.

use std::collections::BTreeMap;

use comptoir_sync_protocol::entry::Entry;
use comptoir_sync_protocol::ids::{Hash, ScopeId, Writer};
use comptoir_sync_protocol::roster;

use crate::state::State;

/// What is known of the signatures of one batch.
#[derive(Debug, Default)]
pub(super) struct Vouched {
    /// By entry: the key, and whether the entry's own signature was verified.
    by_hash: BTreeMap<Hash, ([u8; 32], bool)>,
}

impl Vouched {
    pub fn of(state: &State, scope: &ScopeId, entries: &[Entry]) -> Self {
        let mut vouched = Self::default();
        if *scope == roster::scope_id() {
            // The roster's history verifies each of its own.
            return vouched;
        }
        let mut by_writer: BTreeMap<Writer, Vec<&Entry>> = BTreeMap::new();
        for entry in entries {
            by_writer.entry(entry.header().writer).or_default().push(entry);
        }
        for log in by_writer.values() {
            for range in log.chunk_by(|one, next| attaches(one, next)) {
                vouched.vouch(state, scope, range);
            }
        }
        vouched
    }

    fn vouch(&mut self, state: &State, scope: &ScopeId, range: &[&Entry]) {
        let Some(last) = range.last() else { return };
        let header = last.header();
        let roster = state.history.at(&header.roster_heads);
        let Some(key) = roster.and_then(|roster| roster.signing_key(scope, &header.writer)) else { return };
        if last.signed.verify(&key).is_ok() {
            self.by_hash.extend(range.iter().map(|entry| (entry.hash(), (key, entry.hash() == last.hash()))));
        }
    }

    /// Whether this key signed the entry: `Some(true)` by its own signature, `Some(false)` by a later one of its log.
    pub fn signed(&self, entry: &Entry, key: &[u8; 32]) -> Option<bool> {
        match self.by_hash.get(&entry.hash()) {
            Some((signed_with, own)) if signed_with == key => Some(*own),
            _ => entry.signed.verify(key).is_ok().then_some(true),
        }
    }
}

fn attaches(one: &Entry, next: &Entry) -> bool {
    next.header().seq == one.header().seq + 1 && next.header().previous == one.hash()
}
