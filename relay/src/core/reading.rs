//! Reading for peers: nothing leaves that is not what came. Owns the check of each entry on its way out, and of the signature
//! that ends a range. What suffered is set aside and wanted again from whoever has it.

use std::collections::{BTreeMap, BTreeSet};

use comptoir_sync_protocol::{Entry, Hash, LogHead, ScopeId, Vector, Writer, limits};

use super::RelayCore;
use super::held::whole;
use crate::store::{ReadBounds, StoreError, StoredEntry};

/// What one answer may hold at most, with entries that are only added so that a range ends well.
const MOST_BYTES_WITH_ENDS: usize = limits::MAX_FRAME_BYTES - 64 * 1024;

impl RelayCore {
    /// What `have` lacks, in the order in which it came here.
    pub fn read(
        &self,
        scope: ScopeId,
        have: &Vector,
        most_bytes: usize,
    ) -> Result<Vec<(LogHead, Vec<u8>)>, StoreError> {
        let bounds = ReadBounds { most_entries: limits::MAX_ENTRIES_PER_FRAME, most_bytes };
        let stored = self.store.read(scope, have, bounds)?;
        let mut gaps: BTreeSet<Writer> = BTreeSet::new();
        let mut outgoing = Vec::with_capacity(stored.len());
        for stored in stored {
            if gaps.contains(&stored.head.writer) {
                continue;
            }
            match self.take_whole(scope, stored) {
                Ok(entry) => outgoing.push(entry),
                Err(head) => drop(gaps.insert(head.writer)),
            }
        }
        self.end_ranges(scope, &mut outgoing)?;
        Ok(outgoing.into_iter().map(|(_, stored)| (stored.head, stored.bytes)).collect())
    }

    /// These entries, as far as they are held whole.
    pub fn read_wanted(&self, scope: ScopeId, wanted: &[Hash]) -> Result<Vec<(LogHead, Vec<u8>)>, StoreError> {
        let bounds =
            ReadBounds { most_entries: limits::MAX_ENTRIES_PER_FRAME, most_bytes: limits::MAX_ENTRIES_FRAME_BYTES };
        let stored = self.store.find(scope, wanted, bounds)?;
        let whole = stored.into_iter().filter_map(|stored| self.take_whole(scope, stored).ok());
        Ok(whole.map(|(_, stored)| (stored.head, stored.bytes)).collect())
    }

    fn take_whole(&self, scope: ScopeId, stored: StoredEntry) -> Result<(Entry, StoredEntry), LogHead> {
        if let Some(entry) = whole(&stored) {
            return Ok((entry, stored));
        }
        let head = stored.head;
        if self.held_mut().damaged.entry(scope).or_default().insert(head.hash) {
            tracing::error!(entry = %head.hash, writer = %head.writer, "a stored entry is no longer whole: not sent, and wanted again");
        }
        Err(head)
    }

    /// Each log's last entry must be signed; where it is not, the range goes on to the next one that is, or ends before.
    fn end_ranges(&self, scope: ScopeId, outgoing: &mut Vec<(Entry, StoredEntry)>) -> Result<(), StoreError> {
        let ends: BTreeMap<Writer, u64> =
            outgoing.iter().map(|(_, stored)| (stored.head.writer, stored.head.seq)).collect();
        for (writer, mut seq) in ends {
            let begun = outgoing.len();
            let mut bytes: usize = outgoing.iter().map(|(_, stored)| stored.bytes.len()).sum();
            loop {
                let last = outgoing.iter().rev().find(|(_, stored)| stored.head.writer == writer);
                if last.is_none_or(|(entry, stored)| stored.verified || self.is_signed(&scope, entry)) {
                    break;
                }
                seq += 1;
                let next = self.store.at(scope, writer, seq)?.and_then(|stored| self.take_whole(scope, stored).ok());
                match next {
                    Some((entry, stored)) if bytes + stored.bytes.len() <= MOST_BYTES_WITH_ENDS => {
                        bytes += stored.bytes.len();
                        outgoing.push((entry, stored));
                    }
                    _ => {
                        outgoing.truncate(begun);
                        self.cut_back(&scope, writer, outgoing);
                        break;
                    }
                }
            }
        }
        Ok(())
    }

    fn cut_back(&self, scope: &ScopeId, writer: Writer, outgoing: &mut Vec<(Entry, StoredEntry)>) {
        while let Some(place) = outgoing.iter().rposition(|(_, stored)| stored.head.writer == writer) {
            let (entry, stored) = &outgoing[place];
            if stored.verified || self.is_signed(scope, entry) {
                return;
            }
            outgoing.remove(place);
        }
    }

    fn is_signed(&self, scope: &ScopeId, entry: &Entry) -> bool {
        let header = entry.header();
        let roster = self.held().history.at(&header.roster_heads);
        let key = roster.and_then(|roster| roster.signing_key(scope, &header.writer));
        key.is_some_and(|key| entry.signed.verify(&key).is_ok())
    }
}
