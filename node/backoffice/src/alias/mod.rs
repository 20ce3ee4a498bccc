//! Aliases: records that turned out to be the same as another one. A merge puts `alias_of` into one record and moves nothing:
//! each keeps its own fields and lines, other sites go on editing either, and taking the alias away restores both as they
//! were, with whatever was written meanwhile.
//!
//! Owns what an alias means, alike for every kind of record:
//! - what names an alias means the record at the end of its chain, its *canonical* record;
//! - aliases that name each other in a circle (two sites merged both ways at once) all mean the one with the smallest id, at
//!   every site, until a person decides;
//! - an alias of a record that is not here means itself, so that nothing vanishes: a branch may lack the scope of the other.
//!
//! So of each chain and of each circle exactly one record stands for all, and lists show that one. Two records that a person
//! found to be different ones say so in a cell `distinct_from/ID` of one of them: a cell, because it then merges, travels, is
//! erased and shows in history with the record that it is about, which no table or record of its own would do.
//! Never decides what a site may write, and never writes.

pub mod decide;
pub mod findings;
mod show;

use std::fmt::Write;

use comptoir_replica::record::RecordId;
use comptoir_sync_protocol::ids::ScopeId;
use rusqlite::{Connection, OptionalExtension};

pub use show::AliasShown;
pub(crate) use show::show;

use crate::limits::MAX_ALIAS_STEPS;
use crate::projection::{layout, place, record_id};
use crate::registry::Kind;

/// A record's place: its scope and its id.
pub type Place = (ScopeId, RecordId);

/// What cells begin with that say that a record is another than the one whose id follows.
pub const DISTINCT_PREFIX: &str = "distinct_from/";

/// The cell that says that a record is another than this one.
#[must_use]
pub fn distinct_cell(other: &RecordId) -> String {
    format!("{DISTINCT_PREFIX}{other}")
}

/// The record that an id means.
///
/// # Errors
/// Those of SQL.
pub fn canonical(connection: &Connection, kind: &Kind, id: RecordId) -> rusqlite::Result<RecordId> {
    let mut path = vec![id];
    while path.len() <= MAX_ALIAS_STEPS {
        let Some(next) = next(connection, kind, path[path.len() - 1])? else { return Ok(path[path.len() - 1]) };
        if let Some(begin) = path.iter().position(|passed| *passed == next) {
            return Ok(path[begin..].iter().copied().min().unwrap_or(id));
        }
        path.push(next);
    }
    // No desk makes such a chain. Its records stand for themselves, as the lists have it.
    Ok(id)
}

/// The record that this one is an alias of, where that is here.
fn next(connection: &Connection, kind: &Kind, id: RecordId) -> rusqlite::Result<Option<RecordId>> {
    connection
        .prepare_cached(&format!(
            "SELECT t.id FROM {0} a JOIN {0} t ON t.id = a.alias_of WHERE a.id = ?1 ORDER BY a.scope LIMIT 1",
            layout(kind).table
        ))?
        .query_row([id.as_bytes()], |row| record_id(row, 0))
        .optional()
}

/// Whether a record is an alias, of a record that is here or not.
///
/// # Errors
/// Those of SQL.
pub fn target(connection: &Connection, kind: &Kind, id: RecordId) -> rusqlite::Result<Option<RecordId>> {
    let sql = format!("SELECT alias_of FROM {} WHERE id = ?1 AND alias_of IS NOT NULL LIMIT 1", layout(kind).table);
    connection.prepare_cached(&sql)?.query_row([id.as_bytes()], |row| record_id(row, 0)).optional()
}

/// What a reference to a record means now.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Resolved {
    /// The scope of the record that is meant.
    pub scope: ScopeId,
    /// The record that is meant.
    pub canonical: RecordId,
    /// Its title.
    pub title: String,
    /// The reference that it bears; empty for none.
    pub reference: String,
    /// Whether it is out of use.
    pub archived: bool,
}

/// Follows a reference (a field `of = "party"`); `None` when the record is not here.
///
/// # Errors
/// Those of SQL.
pub fn resolve(connection: &Connection, kind: &Kind, id: RecordId) -> rusqlite::Result<Option<Resolved>> {
    let canonical = canonical(connection, kind, id)?;
    let sql = format!(
        "SELECT scope, id, title, reference, archived FROM {} WHERE id = ?1 ORDER BY scope LIMIT 1",
        layout(kind).table
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let resolved = statement.query_row([canonical.as_bytes()], |row| {
        let (scope, canonical) = place(row)?;
        Ok(Resolved { scope, canonical, title: row.get(2)?, reference: row.get(3)?, archived: row.get(4)? })
    });
    resolved.optional()
}

/// The records that mean this one through any number of aliases, itself not among them, ids ascending; at most so many.
///
/// # Errors
/// Those of SQL.
pub fn aliases_of(connection: &Connection, kind: &Kind, id: RecordId, most: usize) -> rusqlite::Result<Vec<Place>> {
    let sql = format!(
        "WITH RECURSIVE below (id) AS (SELECT ?1 UNION SELECT t.id FROM below b JOIN {0} t ON t.alias_of = b.id)
         SELECT t.scope, t.id FROM below b JOIN {0} t ON t.id = b.id WHERE t.id <> ?1 ORDER BY t.id LIMIT ?2",
        layout(kind).table
    );
    let mut statement = connection.prepare_cached(&sql)?;
    statement.query_map(rusqlite::params![id.as_bytes(), most as i64], place)?.collect()
}

/// How many aliases stand one behind the other below a record that is no alias itself.
fn steps_below(connection: &Connection, kind: &Kind, id: RecordId) -> rusqlite::Result<usize> {
    let sql = format!(
        "WITH RECURSIVE below (id, step) AS (SELECT ?1, 0
           UNION SELECT t.id, b.step + 1 FROM below b JOIN {} t ON t.alias_of = b.id WHERE b.step <= ?2)
         SELECT MAX(step) FROM below",
        layout(kind).table
    );
    let most = MAX_ALIAS_STEPS as i64;
    let steps: i64 = connection.prepare_cached(&sql)?.query_row((id.as_bytes(), most), |row| row.get(0))?;
    Ok(usize::try_from(steps).unwrap_or(MAX_ALIAS_STEPS))
}

/// The SQL condition under which a list shows the record in the row `row` of a kind's table: it is no alias, or what it is an
/// alias of is not here, or it is the one that stands for its circle. It agrees with [`canonical`].
#[must_use]
pub fn listed_condition(kind: &Kind, row: &str) -> String {
    let table = &layout(kind).table;
    let mut sql =
        format!("({row}.alias_of IS NULL OR NOT EXISTS (SELECT 1 FROM {table} t WHERE t.id = {row}.alias_of)");
    // The walk holds a row for each record of the chain: within a circle nothing new comes after the last.
    write!(
        sql,
        " OR CASE (WITH RECURSIVE walk (id, next) AS (SELECT {row}.id, {row}.alias_of
             UNION SELECT t.id, t.alias_of FROM walk w JOIN {table} t ON t.id = w.next LIMIT {limit})
           SELECT CASE WHEN COUNT(*) = {limit} THEN 1 WHEN MAX(next = {row}.id) THEN MIN(id) = {row}.id ELSE 0 END
           FROM walk) WHEN 1 THEN 1 ELSE 0 END)",
        limit = MAX_ALIAS_STEPS + 1
    )
    .expect("invariant: writing to a string does not fail");
    sql
}
