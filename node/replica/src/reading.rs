//! Reading: one consistent state of the database, inside or outside of a transaction that writes.
//! Owns nothing but the way to it.

use std::ops::Deref;

use comptoir_sync_protocol::ids::{KeyId, ScopeId};
use comptoir_sync_protocol::keys::ScopeKey;
use rusqlite::Connection;

use crate::history::Keys;
use crate::posting::{Ledger, Moved, Standpoint};
use crate::record::RecordId;
use crate::table::conflicts::{self, Conflict};
use crate::table::postings::{self, StoredPosting};
use crate::table::records::{self, StoredRecord};

/// One state of the database. Dereferences to the connection, for queries on the program's own projection; writing
/// through it is a fault.
#[derive(Clone, Copy)]
pub struct Reading<'a> {
    connection: &'a Connection,
    keys: &'a Keys,
    standpoint: Option<Standpoint<'a>>,
}

impl std::fmt::Debug for Reading<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Reading")
    }
}

impl<'a> Reading<'a> {
    pub(crate) fn new(connection: &'a Connection, keys: &'a Keys) -> Self {
        Self { connection, keys, standpoint: None }
    }

    /// The same for a command, which writes its next entry there.
    pub(crate) fn deciding(standpoint: Standpoint<'a>, keys: &'a Keys) -> Self {
        Self { connection: standpoint.connection, keys, standpoint: Some(standpoint) }
    }

    /// The ledger of this site as the next entry of the scope will find it; `None` outside of a command.
    #[must_use]
    pub fn ledger(&self) -> Option<Ledger<'a>> {
        Some(Ledger::new(self.standpoint?, Moved::new()))
    }

    /// The key that opens entries of a scope, when this site has it.
    pub(crate) fn key(&self, scope: &ScopeId, id: &KeyId) -> Option<&'a ScopeKey> {
        self.keys.get(&(*scope, *id))
    }

    /// The connection.
    #[must_use]
    pub fn connection(&self) -> &'a Connection {
        self.connection
    }

    /// A record of a scope.
    ///
    /// # Errors
    /// Those of SQL.
    pub fn record(&self, scope: &ScopeId, id: &RecordId) -> rusqlite::Result<Option<StoredRecord>> {
        Ok(records::of_any_kind(self.connection, scope, id)?.map(|row| row.record))
    }

    /// A record by its id alone.
    ///
    /// # Errors
    /// Those of SQL.
    pub fn find_record(&self, id: &RecordId) -> rusqlite::Result<Option<StoredRecord>> {
        Ok(records::find(self.connection, id)?.map(|row| row.record))
    }

    /// Visits every record, by scope and id.
    ///
    /// # Errors
    /// Those of SQL, and the visitor's.
    pub fn for_each_record(&self, mut visit: impl FnMut(StoredRecord) -> rusqlite::Result<()>) -> rusqlite::Result<()> {
        records::for_each(self.connection, |row| visit(row.record))
    }

    /// How many records each scope has of each kind.
    ///
    /// # Errors
    /// Those of SQL.
    pub fn record_counts(&self) -> rusqlite::Result<Vec<(ScopeId, String, u64)>> {
        records::counts(self.connection)
    }

    /// A posting by its id.
    ///
    /// # Errors
    /// Those of SQL.
    pub fn find_posting(&self, id: &RecordId) -> rusqlite::Result<Option<StoredPosting>> {
        postings::find(self.connection, id)
    }

    /// How many postings each scope has of each kind.
    ///
    /// # Errors
    /// Those of SQL.
    pub fn posting_counts(&self) -> rusqlite::Result<Vec<(ScopeId, String, u64)>> {
        postings::counts(self.connection)
    }

    /// The fields that hold several distinct values.
    ///
    /// # Errors
    /// Those of SQL.
    pub fn conflicts(&self) -> rusqlite::Result<Vec<Conflict>> {
        conflicts::all(self.connection)
    }
}

impl Deref for Reading<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        self.connection
    }
}
