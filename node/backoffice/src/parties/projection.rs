//! Tables of parties beyond those that every kind has: the facts and keys by which alike parties are found, and who was said to be
//! another. Owns them: nothing else writes them. A row depends on one record's cells alone.

use comptoir_replica::RecordView;
use comptoir_replica::record::Record;
use rusqlite::{Connection, OptionalExtension, params};

use super::record::Party;
use super::rules::likeness::{Facts, Key, keys_of};
use crate::alias::DISTINCT_PREFIX;
use crate::alias::decide::distinct_from;
use crate::projection::ModuleTables;

/// `record` is the `number` of the party's row in `of_party`.
pub static TABLES: ModuleTables = ModuleTables {
    create: "
CREATE TABLE party_likeness (record INTEGER PRIMARY KEY, keys BLOB NOT NULL, name TEXT NOT NULL, places TEXT NOT NULL,
    person INTEGER NOT NULL);
CREATE TABLE party_keys (key INTEGER NOT NULL, record INTEGER NOT NULL, PRIMARY KEY (key, record)) WITHOUT ROWID;
CREATE TABLE party_distinct (id BLOB NOT NULL, other BLOB NOT NULL, scope BLOB NOT NULL,
    PRIMARY KEY (id, other, scope)) WITHOUT ROWID;
CREATE VIEW party_likeness_state AS SELECT p.scope, p.id, l.keys, l.name, l.places, l.person
    FROM party_likeness l JOIN of_party p ON p.number = l.record;
",
    drop: "
DROP VIEW IF EXISTS party_likeness_state; DROP TABLE IF EXISTS party_likeness;
DROP TABLE IF EXISTS party_keys; DROP TABLE IF EXISTS party_distinct;
",
    state: &["party_likeness_state", "party_distinct"],
    write,
};

fn write(connection: &Connection, number: i64, view: &RecordView<'_>) -> rusqlite::Result<()> {
    if view.kind != Party::KIND {
        return Ok(());
    }
    let facts = Facts::of(view.cells);
    let before: Option<Vec<Key>> = connection
        .prepare_cached("SELECT keys FROM party_likeness WHERE record = ?1")?
        .query_row([number], |row| Ok(keys_of(row.get_ref(0)?.as_blob()?)))
        .optional()?;
    let before = before.unwrap_or_default();
    let mut delete = connection.prepare_cached("DELETE FROM party_keys WHERE key = ?1 AND record = ?2")?;
    for key in before.iter().filter(|key| facts.keys.binary_search(key).is_err()) {
        delete.execute([key.0, number])?;
    }
    let mut insert = connection.prepare_cached("INSERT INTO party_keys (key, record) VALUES (?1, ?2)")?;
    for key in facts.keys.iter().filter(|key| before.binary_search(key).is_err()) {
        insert.execute([key.0, number])?;
    }
    connection
        .prepare_cached("INSERT OR REPLACE INTO party_likeness VALUES (?1, ?2, ?3, ?4, ?5)")?
        .execute(params![number, facts.keys_bytes(), facts.name, facts.places_text(), facts.person])?;
    write_distinct(connection, view)
}

fn write_distinct(connection: &Connection, view: &RecordView<'_>) -> rusqlite::Result<()> {
    if view.cells.under(DISTINCT_PREFIX).next().is_none() {
        return Ok(());
    }
    let (id, scope) = (view.id.as_bytes(), view.scope.as_bytes());
    connection
        .prepare_cached("DELETE FROM party_distinct WHERE id = ?1 AND scope = ?2")?
        .execute(params![id, scope])?;
    let mut insert = connection.prepare_cached("INSERT INTO party_distinct (id, other, scope) VALUES (?1, ?2, ?3)")?;
    distinct_from(view.cells).try_for_each(|other| insert.execute(params![id, other.as_bytes(), scope]).map(drop))
}
