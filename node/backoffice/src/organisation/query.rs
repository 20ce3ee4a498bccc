//! What is read of requests for sites. Owns SELECTs on their tables. Writes nothing.

use comptoir_replica::record::RecordId;
use rusqlite::Connection;

use super::record::SiteRequest;

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
    let mut select = connection.prepare_cached(
        "SELECT id, f_code, f_name, f_country, f_jurisdiction, f_time_zone, f_currency, f_locale, f_reason, f_asked_by,
                f_decision, f_answer
         FROM of_site_request WHERE archived = 0 AND alias_of IS NULL ORDER BY f_decision <> '', id DESC LIMIT ?1",
    )?;
    let asked = |row: &rusqlite::Row<'_>| {
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
    };
    select.query_map([most], asked)?.collect()
}
