//! A store whose medium fills up and has room again, as a test says. Owns nothing but the pretence.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use comptoir_sync_protocol::{Hash, LogHead, ScopeId, Vector, Writer};

use super::{Appended, LogStore, NewEntry, ReadBounds, SqliteStore, StoreError, StoredEntry};

/// A store whose medium fills up.
pub(crate) struct Filling {
    inside: SqliteStore,
    full: Arc<AtomicBool>,
}

impl Filling {
    pub fn new(inside: SqliteStore, full: Arc<AtomicBool>) -> Self {
        Self { inside, full }
    }
}

impl LogStore for Filling {
    fn vectors(&self) -> Result<BTreeMap<ScopeId, Vector>, StoreError> {
        self.inside.vectors()
    }
    fn append(&self, scope: ScopeId, entries: &[NewEntry]) -> Result<Appended, StoreError> {
        if self.full.load(Ordering::Relaxed) {
            let code = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_FULL);
            return Err(rusqlite::Error::SqliteFailure(code, None).into());
        }
        self.inside.append(scope, entries)
    }
    fn read(&self, scope: ScopeId, have: &Vector, bounds: ReadBounds) -> Result<Vec<StoredEntry>, StoreError> {
        self.inside.read(scope, have, bounds)
    }
    fn at(&self, scope: ScopeId, writer: Writer, seq: u64) -> Result<Option<StoredEntry>, StoreError> {
        self.inside.at(scope, writer, seq)
    }
    fn find(&self, scope: ScopeId, hashes: &[Hash], bounds: ReadBounds) -> Result<Vec<StoredEntry>, StoreError> {
        self.inside.find(scope, hashes, bounds)
    }
    fn mend(&self, scope: ScopeId, head: LogHead, bytes: &[u8]) -> Result<bool, StoreError> {
        self.inside.mend(scope, head, bytes)
    }
    fn size_bytes(&self) -> u64 {
        self.inside.size_bytes()
    }
}
