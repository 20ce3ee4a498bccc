//! What sites make of aliases when they work apart, and no one of them would have: circles, and aliases of what another site
//! took out of use. Owns the finding, by SQL on the kind's table; the inbox lists and settles.

use rusqlite::{Connection, OptionalExtension};

use super::{Place, canonical};
use crate::limits::MAX_ALIAS_STEPS;
use crate::projection::{layout, place};
use crate::registry::Kind;

/// Two records that are probably one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LikelyDuplicate {
    /// Their kind.
    pub of: &'static Kind,
    /// The one with the smaller id.
    pub one: Place,
    /// The other.
    pub other: Place,
    /// How probable it is, 0 to 100.
    pub score: u8,
    /// Why, the strongest reason first: `siren`, `email`, `name` …
    pub reasons: Vec<&'static str>,
}

/// The records of one circle, ids ascending: the first stands for all.
pub type Circle = Vec<Place>;

/// The circles, by their smallest ids, at most so many.
///
/// # Errors
/// Those of SQL.
pub fn circles(connection: &Connection, kind: &Kind, most: usize) -> rusqlite::Result<Vec<Circle>> {
    let table = &layout(kind).table;
    let walk = format!(
        "WITH RECURSIVE walk (scope, id, next) AS (SELECT p.scope, p.id, p.alias_of
           UNION SELECT t.scope, t.id, t.alias_of FROM walk w JOIN {table} t ON t.id = w.next LIMIT {})",
        MAX_ALIAS_STEPS + 1
    );
    let sql = format!(
        "SELECT p.id FROM {table} p WHERE p.alias_of IS NOT NULL
           AND ({walk} SELECT MAX(next = p.id) AND MIN(id) = p.id FROM walk) ORDER BY p.id LIMIT ?1"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let ids = statement.query_map([most as i64], |row| row.get::<_, [u8; 16]>(0))?;
    let ids = ids.collect::<rusqlite::Result<Vec<_>>>()?;
    let sql = format!(
        "WITH RECURSIVE walk (scope, id, next) AS (SELECT scope, id, alias_of FROM {table} WHERE id = ?1
           UNION SELECT t.scope, t.id, t.alias_of FROM walk w JOIN {table} t ON t.id = w.next LIMIT {})
         SELECT scope, id FROM walk ORDER BY id",
        MAX_ALIAS_STEPS + 1
    );
    let mut members = connection.prepare_cached(&sql)?;
    ids.into_iter().map(|id| members.query_map([id], place)?.collect()).collect()
}

/// Aliases in use of records that are archived in the same scope: whoever archived the one that stands for both did not know
/// of the alias, or took it along. (A private record that was shared is archived elsewhere, by people who cannot.) The alias,
/// then what it means; by the alias's id, at most so many.
///
/// # Errors
/// Those of SQL.
pub fn into_archived(connection: &Connection, kind: &Kind, most: usize) -> rusqlite::Result<Vec<(Place, Place)>> {
    let table = &layout(kind).table;
    let sql = format!(
        "SELECT p.scope, p.id FROM {table} p WHERE p.alias_of IS NOT NULL AND p.archived = 0 AND EXISTS (
           WITH RECURSIVE walk (id, next, archived) AS (SELECT p.id, p.alias_of, 0
             UNION SELECT t.id, t.alias_of, t.archived FROM walk w JOIN {table} t ON t.id = w.next LIMIT {})
           SELECT 1 FROM walk WHERE archived = 1) ORDER BY p.id",
        MAX_ALIAS_STEPS + 1
    );
    let archived = format!("SELECT archived FROM {table} WHERE id = ?1 AND scope = ?2");
    let mut archived = connection.prepare_cached(&archived)?;
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query([])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()?.filter(|_| found.len() < most) {
        let (scope, id) = place(row)?;
        let meant = canonical(connection, kind, id)?;
        let is_archived = archived.query_row((meant.as_bytes(), scope.as_bytes()), |row| row.get(0)).optional()?;
        if meant != id && is_archived == Some(true) {
            found.push(((scope, id), (scope, meant)));
        }
    }
    Ok(found)
}
