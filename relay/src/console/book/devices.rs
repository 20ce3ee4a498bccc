//! Devices at which somebody signed in before. Owns their table and their bounds; of what a device bears the hash is kept. A device opens
//! nothing: password and second factor are asked for at it as anywhere. It says only that a guess is hardly a stranger's.

use blake3::Hash;
use rusqlite::{Connection, params};

use super::Book;
use crate::limits::MAX_DEVICES_PER_ACCOUNT;
use crate::store::StoreError;

pub(super) const TABLE: &str = "CREATE TABLE devices (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        account INTEGER NOT NULL REFERENCES accounts (id),
        secret BLOB NOT NULL UNIQUE,
        until_ms INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX devices_by_account ON devices (account, number);";

/// None is known for an account any more: whoever had the old password may have signed in at one.
pub(super) fn forget(connection: &Connection, account: i64) -> Result<(), rusqlite::Error> {
    connection.execute("DELETE FROM devices WHERE account = ?1", [account]).map(drop)
}

impl Book {
    /// Whether somebody signed in to the account of this name at the device that bears this.
    pub fn is_device(&self, secret: &Hash, name: &str, now_ms: i64) -> Result<bool, StoreError> {
        let connection = self.reading();
        let sql = "SELECT EXISTS (SELECT 1 FROM devices JOIN accounts ON accounts.id = account
            WHERE secret = ?1 AND name = ?2 AND until_ms > ?3)";
        let mut statement = connection.prepare_cached(sql)?;
        Ok(statement.query_row(params![secret.as_bytes(), name, now_ms], |row| row.get(0))?)
    }

    /// Somebody signed in to an account at a device, which bears a new secret from now on, in place of the one that it bore.
    pub fn know_device(
        &self,
        account: i64,
        (borne, secret): (Option<&Hash>, &Hash),
        (now_ms, until_ms): (i64, i64),
    ) -> Result<(), StoreError> {
        self.act(|transaction| {
            let borne = borne.map(Hash::as_bytes);
            transaction.execute("DELETE FROM devices WHERE secret = ?1 OR until_ms <= ?2", params![borne, now_ms])?;
            transaction.execute(
                "DELETE FROM devices WHERE account = ?1 AND number NOT IN
                    (SELECT number FROM devices WHERE account = ?1 ORDER BY number DESC LIMIT ?2)",
                params![account, MAX_DEVICES_PER_ACCOUNT - 1],
            )?;
            transaction.execute(
                "INSERT INTO devices (account, secret, until_ms) VALUES (?1, ?2, ?3)",
                params![account, secret.as_bytes(), until_ms],
            )?;
            Ok(())
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::console::account::Role;
    use crate::console::book::audit::By;

    #[test]
    fn devices_are_bounded_in_number_and_time_and_each_is_of_one_account() {
        let dir = tempfile::tempdir().unwrap();
        let book = Book::open(dir.path()).unwrap();
        for name in ["awa", "paul"] {
            book.add(&By::default(), name, Role::Viewer, blake3::hash(name.as_bytes())).unwrap();
        }
        let secret = |number: i64| blake3::hash(&number.to_le_bytes());
        let is_known = |number: i64, now_ms: i64| book.is_device(&secret(number), "awa", now_ms).unwrap();
        book.know_device(2, (None, &secret(-1)), (0, 1_000)).unwrap();
        for number in 0..=MAX_DEVICES_PER_ACCOUNT {
            book.know_device(1, (None, &secret(number)), (0, 1_000)).unwrap();
        }
        assert!(!is_known(0, 0) && is_known(1, 0) && is_known(MAX_DEVICES_PER_ACCOUNT, 999), "the oldest made room");
        assert!(!is_known(1, 1_000), "its time is over");
        assert!(!is_known(-1, 0) && book.is_device(&secret(-1), "paul", 0).unwrap());
        book.know_device(1, (Some(&secret(1)), &secret(99)), (0, 1_000)).unwrap();
        assert!(!is_known(1, 0) && is_known(99, 0), "a device bears one secret");
        book.reset(&By::default(), "awa", blake3::hash(b"code")).unwrap();
        assert!(!is_known(99, 0) && book.is_device(&secret(-1), "paul", 0).unwrap());
    }
}
