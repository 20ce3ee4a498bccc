//! What stock is worth: by site and currency, as it was posted. Owns the question and its answer, now and at a date.

use comptoir_replica::record::Date;
use comptoir_sync_protocol::ids::SiteId;
use rusqlite::{Connection, params};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Sites, amount};

/// What the stock of a site is worth.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, ToSchema)]
pub struct SiteValue {
    /// The site's code.
    pub site: String,
    /// The amount, in the currency in which it was posted.
    pub value: String,
    /// Items that the site has.
    pub items: u64,
}

/// The value of each site's stock, one site alone or as of a day.
///
/// # Errors
/// Those of SQL.
pub fn value(
    connection: &Connection,
    sites: &Sites,
    only: Option<SiteId>,
    at: Option<Date>,
) -> rusqlite::Result<Vec<SiteValue>> {
    let only = only.map(|site| site.0);
    let read = |row: &rusqlite::Row<'_>| {
        let currency: String = row.get(1)?;
        Ok(SiteValue {
            site: sites.code(&row.get(0)?),
            value: amount(row.get(2)?, &currency),
            items: u64::try_from(row.get::<_, i64>(3)?).unwrap_or(0),
        })
    };
    match at {
        None => connection
            .prepare_cached(
                "SELECT site, currency, sum(value), sum(quantity > 0) FROM stock_worth
                 WHERE ?1 IS NULL OR site = ?1 GROUP BY site, currency ORDER BY site, currency",
            )?
            .query_map([only], read)?
            .collect(),
        Some(day) => connection
            .prepare_cached(
                "SELECT site, currency, sum(worth), count(DISTINCT item) FROM (
                   SELECT l.site, p.currency, l.worth, l.item FROM stock_lines l
                   JOIN stock_postings p ON p.id = l.posting AND p.scope = l.scope
                   WHERE l.date <= ?2 AND (?1 IS NULL OR l.site = ?1))
                 GROUP BY site, currency ORDER BY site, currency",
            )?
            .query_map(params![only, day.to_string()], read)?
            .collect(),
    }
}
