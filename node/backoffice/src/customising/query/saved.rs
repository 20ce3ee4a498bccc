//! What people saved under a name: views of lists, mappings of imports. Owns how one is found. Reads no query and no file.

use comptoir_replica::record::{Record, RecordId};
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::keyed;
use crate::customising::record::import_mapping::MappedColumn;
use crate::customising::record::{ImportMapping, View};
use crate::desk::Stopped;
use crate::refusal::{Code, Refusal};
use crate::registry::Kind;

/// The live view of this id or name that lists records of a kind; of several with one name that with the smallest id.
///
/// # Errors
/// [`Code::NotFound`], or those of SQL.
pub fn view(connection: &Connection, of: &Kind, name: &str) -> Result<View, Stopped> {
    let (number, name) = saved(connection, View::KIND, "of_view", of, name)?;
    let query = connection
        .prepare_cached("SELECT f_query FROM of_view WHERE number = ?1")?
        .query_row([number], |row| row.get(0))?;
    Ok(View { name, kind: of.name().to_owned(), query, archived: false })
}

/// The live mapping of this id or name for imports of a kind; of several with one name that with the smallest id.
///
/// # Errors
/// [`Code::NotFound`], or those of SQL.
pub fn mapping(connection: &Connection, of: &Kind, name: &str) -> Result<ImportMapping, Stopped> {
    let (number, name) = saved(connection, ImportMapping::KIND, "of_import_mapping", of, name)?;
    let form = connection
        .prepare_cached("SELECT f_form FROM of_import_mapping WHERE number = ?1")?
        .query_row([number], |row| row.get(0))?;
    let column = |row: &Row<'_>| {
        let column = MappedColumn {
            position: row.get(1)?,
            archived: row.get(2)?,
            source: row.get(3)?,
            target: row.get(4)?,
            default: row.get(5)?,
        };
        Ok((row.get::<_, String>(0)?, column))
    };
    let columns = connection
        .prepare_cached(
            "SELECT key, position, archived, f_source, f_target, f_default FROM of_import_mapping_columns
             WHERE record = ?1",
        )?
        .query_map([number], column)?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    Ok(ImportMapping { name, kind: of.name().to_owned(), form, columns: keyed(columns), archived: false })
}

/// The number and the name of something saved for a kind.
fn saved(connection: &Connection, kind: &str, table: &str, of: &Kind, name: &str) -> Result<(i64, String), Stopped> {
    let id = name.trim().parse::<RecordId>().ok();
    let sql = format!(
        "SELECT number, f_name FROM {table} WHERE f_kind = ?1 AND archived = 0 AND alias_of IS NULL
         AND (id = ?2 OR ?2 IS NULL AND f_name = ?3) ORDER BY id LIMIT 1"
    );
    let id = id.as_ref().map(|id| id.as_bytes().as_slice());
    let found = connection
        .prepare_cached(&sql)?
        .query_row(params![of.name(), id, name.trim()], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    found.ok_or_else(|| Refusal::new(Code::NotFound).with("kind", kind).with("value", name.trim()).into())
}
