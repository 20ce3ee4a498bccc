//! What is read of requests for sites. Owns SELECTs on their tables. Writes nothing.

use comptoir_replica::record::RecordId;
use rusqlite::{Connection, OptionalExtension, Row};

use super::record::SiteRequest;

/// Requests that are in use.
const IN_USE: &str =
    "SELECT id, f_code, f_name, f_country, f_jurisdiction, f_time_zone, f_currency, f_locale, f_reason, f_asked_by,
    f_decision, f_answer
    FROM of_site_request WHERE archived = 0 AND alias_of IS NULL";

/// A request, and its record.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Asked {
    /// Its record.
    pub id: RecordId,
    /// What is asked for.
    pub request: SiteRequest,
}

/// Requests that are in use, the undecided first, then the latest; at most so many.
///
/// # Errors
/// Those of SQL.
pub fn site_requests(connection: &Connection, most: u32) -> rusqlite::Result<Vec<Asked>> {
    let sql = format!("{IN_USE} ORDER BY f_decision <> '', id DESC LIMIT ?1");
    connection.prepare_cached(&sql)?.query_map([most], asked)?.collect()
}

/// The request of this id, if it is in use.
///
/// # Errors
/// Those of SQL.
pub fn site_request(connection: &Connection, id: &RecordId) -> rusqlite::Result<Option<Asked>> {
    let sql = format!("{IN_USE} AND id = ?1");
    connection.prepare_cached(&sql)?.query_row([id.as_bytes()], asked).optional()
}

fn asked(row: &Row<'_>) -> rusqlite::Result<Asked> {
    Ok(Asked {
        id: RecordId(row.get(0)?),
        request: SiteRequest {
            code: row.get(1)?,
            name: row.get(2)?,
            country: row.get(3)?,
            jurisdiction: row.get(4)?,
            time_zone: row.get(5)?,
            currency: row.get(6)?,
            locale: row.get(7)?,
            reason: row.get(8)?,
            asked_by: row.get(9)?,
            decision: row.get(10)?,
            answer: row.get(11)?,
            archived: false,
        },
    })
}
