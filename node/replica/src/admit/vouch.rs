//! Signatures of a batch: chained entries are vouched for by one signature at the end of their range.
//! Owns finding the ranges. An entry that no range vouches for is verified alone, when its turn comes.

use std::collections::BTreeMap;

use comptoir_sync_protocol::entry::Entry;
use comptoir_sync_protocol::header::LogHead;
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

    /// From the end of a range to its beginning. A signature vouches for what is chained before it under the same key: where the
    /// site changed its key, the last entry under the old one vouches on.
    fn vouch(&mut self, state: &State, scope: &ScopeId, range: &[&Entry]) {
        let mut vouching: Option<[u8; 32]> = None;
        let mut named: Option<(&[LogHead], Option<[u8; 32]>)> = None;
        for entry in range.iter().rev() {
            let header = entry.header();
            let key = match named {
                Some((heads, key)) if heads == header.roster_heads => key,
                _ => state.history.at(&header.roster_heads).and_then(|at| at.signing_key(scope, &header.writer)),
            };
            named = Some((&header.roster_heads, key));
            let own = vouching != key;
            // What is left is verified alone, when its turn comes.
            let Some(key) = key.filter(|key| !own || entry.signed.verify(key).is_ok()) else { return };
            vouching = Some(key);
            self.by_hash.insert(entry.hash(), (key, own));
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
