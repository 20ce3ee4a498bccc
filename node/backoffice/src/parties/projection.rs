//! The tables of parties: one row a party for lists and exports, one a party and address, a full-text index. Owns their
//! shape and their filling; nothing else writes them. A row depends on one record's cells alone.

use comptoir_replica::record::{Cells, Lines, Record, RecordId};
use comptoir_sync_protocol::ids::ScopeId;
use rusqlite::{Connection, OptionalExtension, params};

use super::record::{Address, Party};
use super::rules::edited_while_archived;
use crate::text::fold;

/// Tables and indexes. `number` is the small integer that the full-text index needs; it differs between replicas, so the
/// state is read through a view without it. (An implicit row id will not do: VACUUM may change it.)
pub const CREATE: &str = "
CREATE TABLE parties (
    number INTEGER PRIMARY KEY,
    scope BLOB NOT NULL, id BLOB NOT NULL,
    reference TEXT NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL, name_folded TEXT NOT NULL,
    customer INTEGER NOT NULL, supplier INTEGER NOT NULL,
    phone TEXT NOT NULL, email TEXT NOT NULL, vat TEXT NOT NULL, siren TEXT NOT NULL, iban TEXT NOT NULL,
    terms TEXT NOT NULL,
    street TEXT NOT NULL, postcode TEXT NOT NULL, city TEXT NOT NULL, country TEXT NOT NULL,
    archived INTEGER NOT NULL, conflicts INTEGER NOT NULL, edited_archived INTEGER NOT NULL,
    UNIQUE (id, scope)
);
CREATE VIEW parties_state AS
    SELECT scope, id, reference, kind, name, name_folded, customer, supplier, phone, email, vat, siren, iban, terms,
           street, postcode, city, country, archived, conflicts, edited_archived
    FROM parties;
CREATE INDEX parties_by_name ON parties (archived, name_folded, id);
CREATE INDEX parties_by_reference ON parties (reference, archived, id);
CREATE INDEX parties_edited_archived ON parties (id) WHERE edited_archived > 0;
CREATE INDEX parties_conflicts ON parties (conflicts) WHERE conflicts > 0;
CREATE TABLE party_addresses (
    scope BLOB NOT NULL, party BLOB NOT NULL, key TEXT NOT NULL,
    position INTEGER NOT NULL, archived INTEGER NOT NULL,
    street TEXT NOT NULL, postcode TEXT NOT NULL, city TEXT NOT NULL, country TEXT NOT NULL,
    PRIMARY KEY (scope, party, key)
) WITHOUT ROWID;
CREATE VIRTUAL TABLE parties_search USING fts5 (
    reference, name, addresses, contact, registration, notes,
    content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 2'
);
";

/// Takes away what [`CREATE`] makes.
pub const DROP: &str = "
DROP TABLE IF EXISTS parties_search;
DROP TABLE IF EXISTS party_addresses;
DROP VIEW IF EXISTS parties_state;
DROP TABLE IF EXISTS parties;
";

/// What is part of the state.
pub const TABLES: &[&str] = &["parties_state", "party_addresses"];

/// Writes one party's rows anew.
///
/// # Errors
/// Those of SQL.
pub fn project(connection: &Connection, scope: ScopeId, id: RecordId, cells: &Cells) -> rusqlite::Result<()> {
    let (party, place) = (Party::from_cells(cells), Place { scope, id });
    let number = number_of(connection, &place)?;
    let written = write_party(connection, number, &place, &party, cells)?;
    write_addresses(connection, &place, &party.addresses)?;
    if number.is_some() {
        connection.prepare_cached("DELETE FROM parties_search WHERE rowid = ?1")?.execute([written])?;
    }
    write_search(connection, written, &party)
}

/// What names a record.
struct Place {
    scope: ScopeId,
    id: RecordId,
}

/// Writes the row under the number that it has, or a new one, and returns that.
fn write_party(
    connection: &Connection,
    number: Option<i64>,
    record: &Place,
    party: &Party,
    cells: &Cells,
) -> rusqlite::Result<i64> {
    let empty = Address::default();
    let main = party.main_address().unwrap_or(&empty);
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO parties VALUES
             (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22)",
        )?
        .insert(params![
            number,
            record.scope.as_bytes(),
            record.id.as_bytes(),
            party.reference,
            party.kind,
            party.name,
            fold(&party.name),
            party.customer,
            party.supplier,
            party.phone,
            party.email,
            party.vat,
            party.siren,
            party.iban,
            party.terms,
            main.street,
            main.postcode,
            main.city,
            main.country,
            party.archived,
            open_conflicts(cells),
            edited_while_archived(cells).len() as i64,
        ])
}

/// Fields whose visible values differ.
fn open_conflicts(cells: &Cells) -> i64 {
    cells.conflicts().filter(|(key, _)| cells.has_distinct_values(key)).count() as i64
}

fn write_addresses(connection: &Connection, record: &Place, addresses: &Lines<Address>) -> rusqlite::Result<()> {
    // Lines are never deleted: a row once written stays a row.
    let mut insert = connection
        .prepare_cached("INSERT OR REPLACE INTO party_addresses VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)")?;
    for (key, address) in addresses.ordered() {
        insert.execute(params![
            record.scope.as_bytes(),
            record.id.as_bytes(),
            key.as_str(),
            address.position,
            address.archived,
            address.street,
            address.postcode,
            address.city,
            address.country,
        ])?;
    }
    Ok(())
}

fn write_search(connection: &Connection, number: i64, party: &Party) -> rusqlite::Result<()> {
    let mut addresses = String::new();
    for (_, address) in party.addresses.in_use() {
        for part in [&address.street, &address.postcode, &address.city] {
            addresses.push_str(part);
            addresses.push('\n');
        }
    }
    connection
        .prepare_cached(
            "INSERT INTO parties_search (rowid, reference, name, addresses, contact, registration, notes)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![
            number,
            fold(&party.reference),
            fold(&party.name),
            fold(&addresses),
            fold(&format!("{}\n{}", party.email, party.phone)),
            fold(&format!("{}\n{}\n{}", party.vat, party.siren, party.iban)),
            fold(&party.notes),
        ])
        .map(drop)
}

fn number_of(connection: &Connection, record: &Place) -> rusqlite::Result<Option<i64>> {
    connection
        .prepare_cached("SELECT number FROM parties WHERE scope = ?1 AND id = ?2")?
        .query_row(params![record.scope.as_bytes(), record.id.as_bytes()], |row| row.get(0))
        .optional()
}

/// A record id out of a row.
pub(super) fn record_id(row: &rusqlite::Row<'_>, column: usize) -> rusqlite::Result<RecordId> {
    row.get::<_, [u8; 16]>(column).map(RecordId)
}
