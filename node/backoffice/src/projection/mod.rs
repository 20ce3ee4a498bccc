//! The tables that are derived from records: for every kind one table of its fields, one for each list of lines, one
//! full-text index, all made from the type's declaration. Owns their shape and their filling; nothing else writes them. A
//! row depends on one record's cells alone. Tables of a module's own stand in its `projection.rs`.

mod layout;
mod write;

use std::sync::LazyLock;

use comptoir_replica::record::{Cells, RecordId};
use comptoir_replica::{Projection, RecordView};
use comptoir_sync_protocol::ids::ScopeId;
use rusqlite::Connection;

pub use layout::{Layout, ListLayout, SIGNED_WORDS, column, layout, main_column, sign_of};
pub(crate) use write::{MILLIONTHS_DIGITS, millionths};

use crate::registry::{Kind, Module, kinds};

/// Tables of a module's own.
#[derive(Clone, Copy, Debug)]
pub struct ModuleTables {
    /// SQL that creates them, run after the tables that every kind has.
    pub create: &'static str,
    /// SQL that drops them.
    pub drop: &'static str,
    /// Those of them, or views on them, that the state hash covers: see [`Projection::tables`].
    pub state: &'static [&'static str],
    /// Writes one record's rows anew, whatever kind of the module's it is of. The number is that of its row in the kind's table.
    pub write: fn(&Connection, i64, &RecordView<'_>) -> rusqlite::Result<()>,
}

/// Raised whenever what is written into the tables changes while their shape stays: databases then rebuild on opening.
const PROJECTION_VERSION: u32 = 5;

/// Values of fields of the organisation's own, of every kind. `number` is the value as a millionth where it is a number.
const CUSTOM: &str = "
CREATE TABLE custom_values (
    kind TEXT NOT NULL, key TEXT NOT NULL, record INTEGER NOT NULL, scope BLOB NOT NULL, id BLOB NOT NULL,
    text TEXT NOT NULL, number INTEGER,
    PRIMARY KEY (kind, key, record)
) WITHOUT ROWID;
CREATE INDEX custom_values_by_text ON custom_values (kind, key, text);
CREATE VIEW custom_values_state AS SELECT scope, id, kind, key, text FROM custom_values;
";
const DROP_CUSTOM: &str = "DROP VIEW IF EXISTS custom_values_state; DROP TABLE IF EXISTS custom_values;";

/// All tables.
pub fn projection() -> &'static Projection {
    static PROJECTION: LazyLock<Projection> = LazyLock::new(|| {
        let (mut create, mut drop, mut tables) =
            (CUSTOM.to_owned(), DROP_CUSTOM.to_owned(), vec!["custom_values_state"]);
        for kind in kinds() {
            let layout = layout(kind);
            create.push_str(&layout.create());
            drop.push_str(&layout.drop());
            tables.extend(layout.state_tables().into_iter().map(|table| &*table.leak()));
        }
        for own in Module::ALL.iter().filter_map(|module| module.tables()) {
            create.push_str(own.create);
            drop.insert_str(0, own.drop);
            tables.extend(own.state);
        }
        Projection { version: PROJECTION_VERSION, create: create.leak(), drop: drop.leak(), tables: tables.leak() }
    });
    &PROJECTION
}

/// Writes one record's rows anew.
///
/// # Errors
/// Those of SQL.
pub fn project(connection: &Connection, kind: &Kind, view: &RecordView<'_>) -> rusqlite::Result<()> {
    let row = write::Row { layout: layout(kind), kind, scope: view.scope, id: view.id, cells: view.cells };
    let number = row.write(connection)?;
    Module::of(kind).tables().map_or(Ok(()), |own| (own.write)(connection, number, view))
}

/// A record id out of a row.
///
/// # Errors
/// When the column holds something else.
pub fn record_id(row: &rusqlite::Row<'_>, column: usize) -> rusqlite::Result<RecordId> {
    row.get::<_, [u8; 16]>(column).map(RecordId)
}

/// A scope and a record id out of the first two columns of a row.
///
/// # Errors
/// When the columns hold something else.
pub fn place(row: &rusqlite::Row<'_>) -> rusqlite::Result<(ScopeId, RecordId)> {
    Ok((ScopeId(row.get(0)?), record_id(row, 1)?))
}

/// Fields whose visible values differ.
#[must_use]
pub fn open_conflicts(cells: &Cells) -> i64 {
    cells.conflicts().filter(|(key, _)| cells.has_distinct_values(key)).count() as i64
}
