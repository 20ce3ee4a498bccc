//! Serving entries to peers: what they lack, and what they want again.
//! Owns the causal order of what is served, and the rule that nothing damaged or unverified leaves.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use comptoir_sync_protocol::entry::Entry;
use comptoir_sync_protocol::header::LogHead;
use comptoir_sync_protocol::ids::{Hash, ScopeId, Writer};
use comptoir_sync_protocol::vector::Vector;
use rusqlite::Connection;

use crate::application::Application;
use crate::replica::Replica;
use crate::storage::StorageError;
use crate::table::entries::{self, EntryRow};
use crate::table::{damaged, logs};
use crate::writer::OTHER;

/// Entries with their places, in causal order.
pub type Served = Vec<(LogHead, Vec<u8>)>;

/// What reading found.
#[derive(Default)]
struct Found {
    served: Vec<(LogHead, Entry, bool)>,
    bytes: usize,
    damaged: Vec<(Hash, i64)>,
}

impl<A: Application> Replica<A> {
    /// Reads what `have` lacks of a scope, in causal order, until about `most_bytes` are read; one entry at least.
    ///
    /// # Errors
    /// When the store fails.
    pub fn read_missing(&self, scope: ScopeId, have: &Vector, most_bytes: usize) -> Result<Served, StorageError> {
        let found = self.readers().read(|connection| missing(connection, &scope, have, most_bytes))?;
        self.serve(&scope, found)
    }

    /// Reads these entries of a scope, as far as they are here and whole, in causal order.
    ///
    /// # Errors
    /// When the store fails.
    pub fn read_wanted(&self, scope: ScopeId, wanted: &[Hash]) -> Result<Served, StorageError> {
        let found = self.readers().read(|connection| {
            let writers = writers_of(connection, &scope)?;
            let mut rows = Vec::new();
            for hash in wanted {
                let row = entries::by_hash(connection, hash)?;
                rows.extend(row.filter(|row| writers.contains_key(&row.log)));
            }
            rows.sort_by_key(|row| row.position);
            rows.dedup_by_key(|row| row.position);
            let mut found = Found::default();
            for row in &rows {
                found.take(row);
            }
            Ok(found)
        })?;
        self.serve(&scope, found)
    }

    /// Lets go what may leave, and remembers what turned out damaged.
    fn serve(&self, scope: &ScopeId, mut found: Found) -> Result<Served, StorageError> {
        if !found.damaged.is_empty() {
            self.want_again(scope, &found.damaged)?;
        }
        let roster = |entry: &Entry| self.key_of(scope, entry);
        found.cut_unverified(roster);
        Ok(found.served.into_iter().map(|(head, entry, _)| (head, entry.encode())).collect())
    }

    /// The key that an entry had to be signed with, by the present roster.
    fn key_of(&self, scope: &ScopeId, entry: &Entry) -> Option<[u8; 32]> {
        self.roster().signing_key(scope, &entry.header().writer)
    }

    /// Marks entries as damaged: never served, and asked for until a peer repairs them.
    pub(crate) fn want_again(&self, scope: &ScopeId, found: &[(Hash, i64)]) -> Result<(), StorageError> {
        self.write(OTHER, |connection, state| {
            for (hash, position) in found {
                tracing::error!(%scope, %hash, "a stored entry is damaged; it is wanted from peers");
                damaged::insert(connection, scope, hash, *position)?;
                let wanted = state.wanted.entry(*scope).or_default();
                if let Err(place) = wanted.binary_search(hash) {
                    state.dirty = true;
                    wanted.insert(place, *hash);
                }
            }
            Ok(())
        })
    }
}

impl Found {
    /// Takes one entry, if it is whole.
    fn take(&mut self, row: &EntryRow) -> bool {
        match row.open() {
            Ok(entry) => {
                self.bytes += row.bytes.len();
                self.served.push((entry.head(), entry, row.verified));
                true
            }
            Err(_) => {
                self.damaged.push((row.hash, row.position));
                false
            }
        }
    }

    /// No range ends with an entry whose own signature was never verified: it is verified now, or not served.
    fn cut_unverified(&mut self, key: impl Fn(&Entry) -> Option<[u8; 32]>) {
        let mut ends: BTreeMap<Writer, bool> = BTreeMap::new();
        let mut keep = vec![true; self.served.len()];
        for (place, (head, entry, verified)) in self.served.iter().enumerate().rev() {
            let ended = ends.entry(head.writer).or_default();
            if !*ended {
                let good = *verified || key(entry).is_some_and(|key| entry.signed.verify(&key).is_ok());
                (*ended, keep[place]) = (good, good);
            }
        }
        let mut keep = keep.into_iter();
        self.served.retain(|_| keep.next().unwrap_or(false));
    }
}

fn writers_of(connection: &Connection, scope: &ScopeId) -> rusqlite::Result<BTreeMap<i64, Writer>> {
    let logs = logs::all(connection)?;
    Ok(logs.into_iter().filter(|log| log.scope == *scope).map(|log| (log.id, log.writer)).collect())
}

/// Walks the logs side by side, always taking the entry of least position: positions are a causal order.
fn missing(connection: &Connection, scope: &ScopeId, have: &Vector, most_bytes: usize) -> rusqlite::Result<Found> {
    let mut next = BinaryHeap::new();
    let queue = |next: &mut BinaryHeap<_>, log: i64, seq: u64| -> rusqlite::Result<()> {
        if let Some(position) = entries::position_at(connection, log, seq)? {
            next.push(Reverse((position, log, seq)));
        }
        Ok(())
    };
    for (log, writer) in writers_of(connection, scope)? {
        queue(&mut next, log, have.seq(&writer) + 1)?;
    }
    let mut found = Found::default();
    while let Some(Reverse((_, log, seq))) = next.pop() {
        let Some(row) = entries::at(connection, log, seq)? else { continue };
        if !found.served.is_empty() && found.bytes + row.bytes.len() > most_bytes {
            break;
        }
        // What comes after a damaged entry of its log attaches to nothing at the peer.
        if found.take(&row) {
            queue(&mut next, log, seq + 1)?;
        }
    }
    Ok(found)
}
