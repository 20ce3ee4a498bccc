//! Finding records: by id, or by the reference that people know them by; through aliases. Owns SELECTs on the tables that all
//! kinds have alike.

use comptoir_replica::record::RecordId;
use comptoir_sync_protocol::ids::ScopeId;
use rusqlite::{Connection, OptionalExtension};

use crate::desk::Stopped;
use crate::limits::MAX_ALIAS_STEPS;
use crate::projection::{layout, place, record_id};
use crate::refusal::{Code, Refusal};
use crate::registry::Kind;

/// A record's place: its scope and its id.
pub type Place = (ScopeId, RecordId);

/// A reference and the live records that bear it, ids ascending.
pub type Bearers = (String, Vec<Place>);

/// The record of this id, archived or not, alias or not.
///
/// # Errors
/// Those of SQL.
pub fn by_id(connection: &Connection, kind: &Kind, id: RecordId) -> rusqlite::Result<Option<Place>> {
    connection
        .prepare_cached(&format!("SELECT scope, id FROM {} WHERE id = ?1", layout(kind).table))?
        .query_row([id.as_bytes()], place)
        .optional()
}

/// The live records with this reference, ids ascending; aliases are none of them.
///
/// # Errors
/// Those of SQL.
pub fn by_reference(connection: &Connection, kind: &Kind, reference: &str) -> rusqlite::Result<Vec<Place>> {
    connection
        .prepare_cached(&format!(
            "SELECT scope, id FROM {} WHERE reference = ?1 AND archived = 0 AND alias_of IS NULL ORDER BY id",
            layout(kind).table
        ))?
        .query_map([reference], place)?
        .collect()
}

/// The record that an id means: itself, or what it is an alias of, through any number of aliases. Aliases that name each
/// other in a circle (two sites merged two records both ways at once) all mean the one with the smallest id; an alias of a
/// record that is not here means itself.
///
/// # Errors
/// Those of SQL.
pub fn canonical(connection: &Connection, kind: &Kind, id: RecordId) -> rusqlite::Result<RecordId> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT t.id FROM {0} a JOIN {0} t ON t.id = a.alias_of WHERE a.id = ?1",
        layout(kind).table
    ))?;
    let mut path = vec![id];
    while path.len() <= MAX_ALIAS_STEPS {
        let last = path[path.len() - 1];
        let Some(next) = statement.query_row([last.as_bytes()], |row| record_id(row, 0)).optional()? else {
            return Ok(last);
        };
        if let Some(begin) = path.iter().position(|passed| *passed == next) {
            return Ok(path[begin..].iter().copied().min().unwrap_or(id));
        }
        path.push(next);
    }
    Ok(id)
}

/// The record that a person names: by id, archived or not, or by a reference that exactly one live record bears.
///
/// # Errors
/// [`Code::NotFound`], [`Code::Ambiguous`], or those of SQL.
pub fn find(connection: &Connection, kind: &Kind, name: &str) -> Result<Place, Stopped> {
    let name = name.trim();
    let found = match name.parse::<RecordId>() {
        Ok(id) => by_id(connection, kind, id)?.into_iter().collect(),
        Err(_) if kind.reference().is_some() => by_reference(connection, kind, name)?,
        Err(_) => Vec::new(),
    };
    match found.as_slice() {
        [] => Err(not_found(kind, name).into()),
        [one] => Ok(*one),
        several => {
            let ids: Vec<String> = several.iter().map(|(_, id)| id.to_string()).collect();
            Err(Refusal::new(Code::Ambiguous).with("value", name).with("ids", ids.join(", ")).into())
        }
    }
}

/// No record is named so.
#[must_use]
pub fn not_found(kind: &Kind, name: &str) -> Refusal {
    Refusal::new(Code::NotFound).with("kind", kind.name()).with("value", name)
}

/// Every record, live or archived, ids ascending.
///
/// # Errors
/// Those of SQL.
pub fn all(connection: &Connection, kind: &Kind) -> rusqlite::Result<Vec<Place>> {
    connection
        .prepare_cached(&format!("SELECT scope, id FROM {} ORDER BY id", layout(kind).table))?
        .query_map([], place)?
        .collect()
}

/// References that several live records bear, at most so many.
///
/// # Errors
/// Those of SQL.
pub fn duplicate_references(connection: &Connection, kind: &Kind, most: usize) -> rusqlite::Result<Vec<Bearers>> {
    let references: Vec<String> = connection
        .prepare_cached(&format!(
            "SELECT reference FROM {} WHERE archived = 0 AND alias_of IS NULL AND reference <> ''
             GROUP BY reference HAVING COUNT(*) > 1 ORDER BY reference LIMIT ?1",
            layout(kind).table
        ))?
        .query_map([most as i64], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    let bearers = |reference: String| Ok((reference.clone(), by_reference(connection, kind, &reference)?));
    references.into_iter().map(bearers).collect()
}

/// Records that one site changed while another archived them or the line changed, at most so many.
///
/// # Errors
/// Those of SQL.
pub fn edited_while_archived(connection: &Connection, kind: &Kind, most: usize) -> rusqlite::Result<Vec<Place>> {
    connection
        .prepare_cached(&format!(
            "SELECT scope, id FROM {} WHERE edited_archived > 0 ORDER BY id LIMIT ?1",
            layout(kind).table
        ))?
        .query_map([most as i64], place)?
        .collect()
}

/// Findings in numbers: fields in conflict, duplicate references, parts changed under an archive.
///
/// # Errors
/// Those of SQL.
pub fn finding_counts(connection: &Connection, kind: &Kind) -> rusqlite::Result<[u32; 3]> {
    let table = &layout(kind).table;
    let count = |sql: String| connection.prepare_cached(&sql)?.query_row([], |row| row.get(0));
    Ok([
        count(format!("SELECT COALESCE(SUM(conflicts), 0) FROM {table} WHERE conflicts > 0"))?,
        count(format!(
            "SELECT COUNT(*) FROM (SELECT 1 FROM {table} WHERE archived = 0 AND alias_of IS NULL AND reference <> ''
             GROUP BY reference HAVING COUNT(*) > 1)"
        ))?,
        count(format!("SELECT COALESCE(SUM(edited_archived), 0) FROM {table} WHERE edited_archived > 0"))?,
    ])
}
