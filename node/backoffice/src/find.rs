//! Finding records: by id, or by the reference that people know them by. A record that was merged is found as the one that
//! stands for it, unless it is asked for itself. Owns SELECTs on the tables that all kinds have alike.

use std::borrow::Cow;

use comptoir_replica::record::{RecordId, WriteClass};
use rusqlite::{Connection, OptionalExtension};

use crate::alias::target;
pub use crate::alias::{Place, canonical};
use crate::desk::Stopped;
use crate::projection::{layout, place};
use crate::refusal::{Code, Refusal};
use crate::registry::{Context, Home, Kind, Module};
use crate::staff::May;

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

/// The live records that a reference means, ids ascending: those that bear it, or that stand for one that does.
///
/// # Errors
/// Those of SQL.
pub fn by_reference(connection: &Connection, kind: &Kind, reference: &str) -> rusqlite::Result<Vec<Place>> {
    let table = &layout(kind).table;
    let bearers = connection
        .prepare_cached(&format!(
            "SELECT scope, id, alias_of IS NOT NULL FROM {table}
             WHERE reference = ?1 AND (archived = 0 OR alias_of IS NOT NULL) ORDER BY id, scope"
        ))?
        .query_map([reference], |row| Ok((place(row)?, row.get::<_, bool>(2)?)))?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    let mut live = connection.prepare_cached(&format!(
        "SELECT scope, id FROM {table} WHERE id = ?1 AND archived = 0 ORDER BY scope LIMIT 1"
    ))?;
    let mut found = Vec::with_capacity(bearers.len());
    for (bearer, merged) in bearers {
        if merged {
            let meant = canonical(connection, kind, bearer.1)?;
            found.extend(live.query_row([meant.as_bytes()], place).optional()?);
        } else {
            found.push(bearer);
        }
    }
    found.sort_unstable_by_key(|(scope, id)| (*id, *scope));
    found.dedup();
    Ok(found)
}

/// The record that a field names: by id, archived or not, or by a reference that means exactly one live record. For one that
/// was merged the record that stands for it.
///
/// # Errors
/// [`Code::NotFound`], [`Code::Ambiguous`], or those of SQL.
pub fn find(connection: &Connection, kind: &Kind, name: &str) -> Result<Place, Stopped> {
    let found = match by_name(connection, kind, name)? {
        Name::Id(found) => found.into_iter().collect(),
        Name::Reference(name) => by_reference(connection, kind, name)?,
    };
    stands_for(connection, kind, one(kind, name, &found)?)
}

/// As [`find`], for a field of another record that names this one: by a reference only what whoever works sees is named.
///
/// # Errors
/// As [`find`], and [`Code::NotGranted`].
pub fn find_named(context: &Context<'_>, kind: &Kind, name: &str) -> Result<Place, Stopped> {
    if name.trim().parse::<RecordId>().is_err() {
        context.standing.check_may(Module::of(kind), May::See)?;
    }
    find(context.connection, kind, name)
}

/// A name as it is meant at a site: of what its site alone owns and calls by `SITE/NAME`, the site's own is meant by NAME.
///
/// # Errors
/// Those of SQL.
pub fn at_home<'n>(connection: &Connection, kind: &Kind, home: &Home, name: &'n str) -> rusqlite::Result<Cow<'n, str>> {
    if kind.write_class() == WriteClass::SiteOwned && kind.reference().is_some() && !name.contains('/') {
        let own = format!("{}/{}", home.code, name.trim());
        let sql = format!("SELECT 1 FROM {} WHERE reference = ?1 LIMIT 1", layout(kind).table);
        if connection.prepare_cached(&sql)?.exists([&own])? {
            return Ok(Cow::Owned(own));
        }
    }
    Ok(Cow::Borrowed(name))
}

/// The record that a person names: as [`find`], and by the reference of an archived record when no live one bears it.
///
/// # Errors
/// As [`find`].
pub fn find_any(connection: &Connection, kind: &Kind, name: &str) -> Result<Place, Stopped> {
    let found = find_itself(connection, kind, name)?;
    stands_for(connection, kind, found)
}

/// The record of this id, alias or not; a reference means what it means to [`find_any`].
///
/// # Errors
/// As [`find`].
pub fn find_itself(connection: &Connection, kind: &Kind, name: &str) -> Result<Place, Stopped> {
    let found = match by_name(connection, kind, name)? {
        Name::Id(found) => found.into_iter().collect(),
        Name::Reference(name) => match by_reference(connection, kind, name)? {
            live if live.is_empty() => bearing(connection, kind, name, "archived = 1 AND alias_of IS NULL")?,
            live => live,
        },
    };
    one(kind, name, &found)
}

/// The record of this id, or the one that bears this reference itself, whatever stands for it: a live one before an alias, an
/// alias before an archived one.
///
/// # Errors
/// As [`find`].
pub fn find_bearer(connection: &Connection, kind: &Kind, name: &str) -> Result<Place, Stopped> {
    if let Name::Reference(reference) = by_name(connection, kind, name)? {
        for condition in ["archived = 0 AND alias_of IS NULL", "alias_of IS NOT NULL"] {
            let found = last_of_chains(connection, kind, bearing(connection, kind, reference, condition)?)?;
            if !found.is_empty() {
                return one(kind, reference, &found);
            }
        }
    }
    find_itself(connection, kind, name)
}

/// The alias of this id, or the only alias that bears this reference. Where such aliases are aliases of each other (a record
/// that was shared and then merged) the one that leads elsewhere is meant.
///
/// # Errors
/// As [`find`]. Of a record that is no alias its id finds it all the same.
pub fn find_alias(connection: &Connection, kind: &Kind, name: &str) -> Result<Place, Stopped> {
    if let Name::Reference(reference) = by_name(connection, kind, name)? {
        let aliases = bearing(connection, kind, reference, "alias_of IS NOT NULL")?;
        if !aliases.is_empty() {
            return one(kind, reference, &last_of_chains(connection, kind, aliases)?);
        }
    }
    find_itself(connection, kind, name)
}

/// What a name can be.
enum Name<'n> {
    /// An id, and the record that has it.
    Id(Option<Place>),
    /// A reference; no record has one that is empty.
    Reference(&'n str),
}

fn by_name<'n>(connection: &Connection, kind: &Kind, name: &'n str) -> rusqlite::Result<Name<'n>> {
    let name = name.trim();
    Ok(match name.parse::<RecordId>() {
        Ok(id) => Name::Id(by_id(connection, kind, id)?),
        Err(_) if name.is_empty() || kind.reference().is_none() => Name::Id(None),
        Err(_) => Name::Reference(name),
    })
}

/// The records of a reference for which an SQL condition holds, ids ascending.
fn bearing(connection: &Connection, kind: &Kind, reference: &str, condition: &str) -> rusqlite::Result<Vec<Place>> {
    let table = &layout(kind).table;
    let sql = format!("SELECT scope, id FROM {table} WHERE reference = ?1 AND {condition} ORDER BY id");
    connection.prepare_cached(&sql)?.query_map([reference], place)?.collect()
}

/// Of these records those that are no alias of another of them; all of them when they lead round in a circle.
fn last_of_chains(connection: &Connection, kind: &Kind, places: Vec<Place>) -> rusqlite::Result<Vec<Place>> {
    let mut last = Vec::with_capacity(places.len());
    for found in &places {
        let into = target(connection, kind, found.1)?;
        if !places.iter().any(|other| Some(other.1) == into) {
            last.push(*found);
        }
    }
    Ok(if last.is_empty() { places } else { last })
}

fn stands_for(connection: &Connection, kind: &Kind, found: Place) -> Result<Place, Stopped> {
    match canonical(connection, kind, found.1)? {
        id if id == found.1 => Ok(found),
        id => Ok(by_id(connection, kind, id)?.unwrap_or(found)),
    }
}

fn one(kind: &Kind, name: &str, found: &[Place]) -> Result<Place, Stopped> {
    match found {
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

/// References that mean several live records, at most so many.
///
/// # Errors
/// Those of SQL.
pub fn duplicate_references(connection: &Connection, kind: &Kind, most: usize) -> rusqlite::Result<Vec<Bearers>> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT reference FROM {} WHERE reference <> '' AND (archived = 0 OR alias_of IS NOT NULL)
         GROUP BY reference HAVING COUNT(*) > 1 ORDER BY reference",
        layout(kind).table
    ))?;
    let mut rows = statement.query([])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()?.filter(|_| found.len() < most) {
        let reference: String = row.get(0)?;
        // Bearers that were merged are one.
        let bearers = by_reference(connection, kind, &reference)?;
        if bearers.len() > 1 {
            found.push((reference, bearers));
        }
    }
    Ok(found)
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
    let duplicates = duplicate_references(connection, kind, usize::MAX)?.len();
    Ok([
        count(format!("SELECT COALESCE(SUM(conflicts), 0) FROM {table} WHERE conflicts > 0"))?,
        u32::try_from(duplicates).unwrap_or(u32::MAX),
        count(format!("SELECT COALESCE(SUM(edited_archived), 0) FROM {table} WHERE edited_archived > 0"))?,
    ])
}
