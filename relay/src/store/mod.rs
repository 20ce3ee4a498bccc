//! What a relay keeps: every log of its organisation, entry by entry, as sealed bytes in the order in which they came.
//!
//! Owns the [`LogStore`] contract and its homes. A store knows places and bytes: who may write what, and whether bytes are
//! what they claim to be, is judged before ([`crate::core`]). One contract test runs over every home.

#[cfg(test)]
pub(crate) mod contract;
mod error;
#[cfg(test)]
pub(crate) mod filling;
mod reader;
mod schema;
mod small;
mod sqlite;

use std::collections::BTreeMap;

use comptoir_sync_protocol::{Hash, LogHead, ScopeId, Vector, Writer};

pub use error::{OpenError, StoreError};
pub(crate) use small::open_small;
pub use sqlite::{Durability, SqliteStore};

/// One entry to be appended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewEntry {
    /// Its place.
    pub head: LogHead,
    /// Hash of the entry before; zero for the first of a log.
    pub previous: Hash,
    /// Whether its own signature was verified, and not only one further on in its log.
    pub verified: bool,
    /// The entry's wire form.
    pub bytes: Vec<u8>,
}

/// One entry as it lies in the store. The bytes may have suffered since they were written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredEntry {
    /// Its place.
    pub head: LogHead,
    /// Whether its own signature was verified when it came.
    pub verified: bool,
    /// The entry's wire form.
    pub bytes: Vec<u8>,
}

/// What became of an append.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Appended {
    /// All entries are durable.
    Done,
    /// Nothing was stored: this log does not stand where the first of its entries attaches.
    Elsewhere {
        /// Which log.
        writer: Writer,
        /// Where it stands.
        head: Option<LogHead>,
    },
}

/// How much one read may return. One entry at least is returned if there is one.
#[derive(Clone, Copy, Debug)]
pub struct ReadBounds {
    /// Entries.
    pub most_entries: usize,
    /// Bytes of entries.
    pub most_bytes: usize,
}

/// A relay's store. Calls block.
pub trait LogStore: Send + Sync + 'static {
    /// How far each log of each scope is held.
    fn vectors(&self) -> Result<BTreeMap<ScopeId, Vector>, StoreError>;

    /// Compare and append: stores the entries, in this order, if each attaches to the head of its log, those before it in the
    /// same call included. All or nothing; durable when it returns.
    fn append(&self, scope: ScopeId, entries: &[NewEntry]) -> Result<Appended, StoreError>;

    /// What `have` lacks, in the order in which it came. A log that `have` holds further than the store is passed over.
    fn read(&self, scope: ScopeId, have: &Vector, bounds: ReadBounds) -> Result<Vec<StoredEntry>, StoreError>;

    /// The entry at one place.
    fn at(&self, scope: ScopeId, writer: Writer, seq: u64) -> Result<Option<StoredEntry>, StoreError>;

    /// The entries of these hashes that the scope holds, in the order asked for.
    fn find(&self, scope: ScopeId, hashes: &[Hash], bounds: ReadBounds) -> Result<Vec<StoredEntry>, StoreError>;

    /// Puts whole bytes in the place of those that suffered. False: no such entry is held.
    fn mend(&self, scope: ScopeId, head: LogHead, bytes: &[u8]) -> Result<bool, StoreError>;

    /// Bytes that the store takes on its medium.
    fn size_bytes(&self) -> u64;
}
