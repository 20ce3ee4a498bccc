//! The console's book, `console.sqlite`: who may sign in, and what was done by whom. Owns opening the file; each table has a file of its
//! own. A command writes in it beside the running relay: every act is one transaction, with the line of the audit log that tells it.
//!
//! It holds hashes of passwords, codes and what devices bear, and the secrets that authenticators share; never a key of the relay, and nothing of what the
//! sites write.

pub mod accounts;
pub mod audit;
mod devices;
mod own;

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, Transaction, TransactionBehavior};
use rusqlite_migration::M;

use crate::changes::{Changes, Topic};
use crate::store::{OpenError, StoreError, open_small};

/// The book's file.
pub const BOOK_FILE: &str = "console.sqlite";

const MIGRATIONS: &[M<'static>] =
    &[M::up(accounts::TABLE), M::up(audit::TABLE), M::up(devices::TABLE), M::up(audit::BY_ACCOUNT)];

/// The console's book. Calls block.
#[derive(Debug)]
pub struct Book {
    connection: Mutex<Connection>,
    changes: Changes,
}

impl Book {
    /// Opens the book of a relay's directory, or makes one.
    pub fn open(dir: &Path) -> Result<Self, OpenError> {
        let path = dir.join(BOOK_FILE);
        let failed = |source| OpenError::from_sql(&path, source);
        let connection = open_small(&path, MIGRATIONS)?;
        // An act that was told to its author is done, whatever the power does next.
        connection.pragma_update(None, "synchronous", "full").map_err(failed)?;
        connection.pragma_update(None, "foreign_keys", true).map_err(failed)?;
        // What is deleted, such as a secret that was replaced, is not left in free pages.
        connection.pragma_update_and_check(None, "secure_delete", true, |_| Ok(())).map_err(failed)?;
        Ok(Self { connection: Mutex::new(connection), changes: Changes::default() })
    }

    /// Tells there what changes by this process; what a command writes beside it, it does not know.
    #[must_use]
    pub fn telling(self, changes: Changes) -> Self {
        Self { changes, ..self }
    }

    fn reading(&self) -> MutexGuard<'_, Connection> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One act on accounts.
    fn act<T, E: From<StoreError>>(&self, act: impl FnOnce(&Transaction<'_>) -> Result<T, E>) -> Result<T, E> {
        let done = self.write(act)?;
        self.changes.tell(&[Topic::Accounts, Topic::Audit]);
        Ok(done)
    }

    /// All of it, or nothing.
    fn write<T, E: From<StoreError>>(&self, act: impl FnOnce(&Transaction<'_>) -> Result<T, E>) -> Result<T, E> {
        let mut connection = self.reading();
        let begun = connection.transaction_with_behavior(TransactionBehavior::Immediate);
        let transaction = begun.map_err(StoreError::from)?;
        let done = act(&transaction)?;
        transaction.commit().map_err(StoreError::from)?;
        Ok(done)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn migrations_are_well_formed() {
        rusqlite_migration::Migrations::from_slice(MIGRATIONS).validate().unwrap();
    }

    #[test]
    fn a_newer_book_is_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        drop(Book::open(dir.path()).unwrap());
        Connection::open(dir.path().join(BOOK_FILE)).unwrap().pragma_update(None, "user_version", 99).unwrap();
        assert!(matches!(Book::open(dir.path()), Err(OpenError::NewerVersion { found: 99, .. })));
    }
}
