//! Balances: what the delivered postings of each log left on the accounts of its site. Owns the rows; a cache of the log,
//! made again by `rebuild`.

use comptoir_sync_protocol::ids::ScopeId;
use rusqlite::{Connection, OptionalExtension, params};

use crate::posting::Account;

pub(crate) const CREATE: &str = "
CREATE TABLE balances (
    log INTEGER NOT NULL REFERENCES logs (id),
    account BLOB NOT NULL,
    balance INTEGER NOT NULL,
    PRIMARY KEY (log, account)
) STRICT, WITHOUT ROWID;
";

pub(crate) fn get(connection: &Connection, log: i64, account: &Account) -> rusqlite::Result<i64> {
    let mut statement = connection.prepare_cached("SELECT balance FROM balances WHERE log = ?1 AND account = ?2")?;
    Ok(statement.query_row(params![log, account.0], |row| row.get(0)).optional()?.unwrap_or(0))
}

pub(crate) fn add(connection: &Connection, log: i64, account: &Account, amount: i64) -> rusqlite::Result<()> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO balances (log, account, balance) VALUES (?1, ?2, ?3)
         ON CONFLICT (log, account) DO UPDATE SET balance = balance + excluded.balance",
    )?;
    statement.execute(params![log, account.0, amount]).map(drop)
}

/// Forgets the balances of a scope's logs.
pub(crate) fn forget_scope(connection: &Connection, scope: &ScopeId) -> rusqlite::Result<()> {
    let mut statement =
        connection.prepare_cached("DELETE FROM balances WHERE log IN (SELECT id FROM logs WHERE scope = ?1)")?;
    statement.execute(params![scope.0]).map(drop)
}
