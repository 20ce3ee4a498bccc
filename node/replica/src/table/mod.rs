//! The tables of the log: each with its migration, its rows, its reads and writes in one file.
//! Owns the order of migrations. Nothing outside of this folder writes these tables.

pub(crate) mod balances;
pub(crate) mod batches;
pub(crate) mod changes;
pub(crate) mod conflicts;
pub(crate) mod damaged;
pub(crate) mod entries;
pub(crate) mod forks;
pub(crate) mod latest;
pub(crate) mod logs;
pub(crate) mod meta;
pub(crate) mod postings;
pub(crate) mod receipts;
pub(crate) mod records;
pub(crate) mod rosters_known;
pub(crate) mod waiting;

use comptoir_sync_protocol::ids::IdParseError;
use rusqlite::Row;
use rusqlite_migration::{M, Migrations};

use crate::storage;

/// Every migration, oldest first. One that was released never changes: a new one follows it.
const MIGRATIONS: &[M<'static>] = &[
    M::up(meta::CREATE),
    M::up(logs::CREATE),
    M::up(entries::CREATE),
    M::up(waiting::CREATE),
    M::up(forks::CREATE),
    M::up(damaged::CREATE),
    M::up(receipts::CREATE),
    M::up(records::CREATE),
    M::up(changes::CREATE),
    M::up(conflicts::CREATE),
    M::up(batches::CREATE),
    M::up(postings::CREATE),
    M::up(balances::CREATE),
    M::up(rosters_known::CREATE),
];

/// The version that this code reads and writes.
pub(crate) const SCHEMA_VERSION: i64 = MIGRATIONS.len() as i64;

pub(crate) fn migrations() -> Migrations<'static> {
    Migrations::from_slice(MIGRATIONS)
}

/// Reads an identifier of fixed length.
fn id<T>(row: &Row<'_>, column: usize) -> rusqlite::Result<T>
where
    T: for<'a> TryFrom<&'a [u8], Error = IdParseError>,
{
    let bytes = row.get_ref(column)?.as_blob()?;
    T::try_from(bytes).map_err(storage::damaged)
}

/// Reads a count that SQLite keeps signed.
fn count(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    let number: i64 = row.get(column)?;
    u64::try_from(number).map_err(storage::damaged)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn migrations_run_from_nothing() {
        migrations().validate().unwrap();
    }
}
