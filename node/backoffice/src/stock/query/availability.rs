//! Availability: item by item what there is and what of it is free, a page at a time in the order of their codes. Owns the
//! question and its answer.

use std::collections::BTreeMap;

use comptoir_replica::Reading;
use comptoir_replica::record::RecordId;
use comptoir_sync_protocol::ids::SiteId;
use rusqlite::params;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Sites;
use super::on_hand::{OnHandAtSite, Sums, add_promises};
use crate::desk::Stopped;
use crate::limits::{MAX_STOCK_PAGE_ROWS, STOCK_PAGE_ROWS};
use crate::list::search_expression;
use crate::refusal::{Code, Refusal};

/// What is asked.
#[derive(Clone, Debug, Default)]
pub struct AvailabilityQuery {
    /// Words that the item has.
    pub search: Option<String>,
    /// At this site alone.
    pub site: Option<SiteId>,
    /// Items after this one: `next` of the page before.
    pub after: Option<String>,
    /// Items to pass over from there on, to reach a far page in one step.
    pub skip: Option<u32>,
    /// How many items.
    pub limit: Option<u32>,
    /// The country whose telephone numbers are dialled; a search needs it.
    pub country: String,
}

/// A page of items.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, ToSchema)]
pub struct Availability {
    /// The items, by code.
    pub items: Vec<ItemAvailability>,
    /// What to ask for the next page with; null at the end.
    pub next: Option<String>,
}

/// One item.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, ToSchema)]
pub struct ItemAvailability {
    /// Its id.
    pub item: String,
    /// Its code.
    pub sku: String,
    /// Its name.
    pub name: String,
    /// The unit of every quantity here.
    pub unit: String,
    /// All sites together.
    pub total: OnHandAtSite,
    /// Site by site.
    pub sites: Vec<OnHandAtSite>,
}

/// Where a page ends, as the next one is asked for: codes may be equal, ids are not.
#[must_use]
pub fn page_key(sku: &str, item: &str) -> String {
    format!("{sku}|{item}")
}

fn place(key: &str) -> Option<(&str, RecordId)> {
    let (sku, item) = key.rsplit_once('|')?;
    Some((sku, item.parse().ok()?))
}

/// A page of items with what there is of each.
///
/// # Errors
/// [`Code::BadPageKey`], or those of SQL.
pub fn availability(reading: &Reading<'_>, sites: &Sites, query: &AvailabilityQuery) -> Result<Availability, Stopped> {
    let limit = query.limit.unwrap_or(STOCK_PAGE_ROWS).clamp(1, MAX_STOCK_PAGE_ROWS);
    let expression = match query.search.as_deref().filter(|text| !text.trim().is_empty()) {
        None => None,
        Some(text) => match search_expression(text, &query.country) {
            Some(expression) => Some(expression),
            None => return Ok(Availability::default()),
        },
    };
    let place = query.after.as_deref().map(|key| place(key).ok_or_else(|| Refusal::of("after", Code::BadPageKey)));
    let (sku, item) = place.transpose()?.unwrap_or(("", RecordId([0; 16])));
    let found = if expression.is_some() {
        "number IN (SELECT rowid FROM of_item_search WHERE ordinary MATCH ?3) AND"
    } else {
        "?3 IS NULL AND"
    };
    let sql = format!(
        "SELECT id, reference, title, f_unit FROM of_item
         WHERE {found} archived = 0 AND alias_of IS NULL AND (reference, id) > (?1, ?4)
         ORDER BY reference, id LIMIT ?2 OFFSET ?5"
    );
    let mut statement = reading.connection().prepare_cached(&sql)?;
    let skip = query.skip.unwrap_or(0);
    let rows = statement.query_map(params![sku, limit + 1, expression, item.as_bytes(), skip], |row| {
        let named: [String; 3] = [row.get(1)?, row.get(2)?, row.get(3)?];
        Ok((RecordId(row.get(0)?), named))
    })?;
    let mut items = Vec::new();
    for row in rows {
        let (id, [sku, name, unit]) = row?;
        let mut held = of_item(reading, id)?;
        held.retain(|site, _| query.site.is_none_or(|only| only.0 == *site));
        let total = held.values().fold(Sums::default(), |sum, of| Sums {
            on_hand: sum.on_hand + of.on_hand,
            quarantined: sum.quarantined + of.quarantined,
            reserved: sum.reserved + of.reserved,
            promised: sum.promised + of.promised,
            incoming: sum.incoming + of.incoming,
            outgoing: sum.outgoing + of.outgoing,
        });
        items.push(ItemAvailability {
            item: id.to_string(),
            sku,
            name,
            unit,
            total: total.shown(String::new()),
            sites: held.iter().map(|(site, sums)| sums.shown(sites.code(site))).collect(),
        });
    }
    let more = items.len() > limit as usize;
    items.truncate(limit as usize);
    let next = items.last().filter(|_| more).map(|last| page_key(&last.sku, &last.item));
    Ok(Availability { items, next })
}

/// What each site has of an item.
///
/// # Errors
/// Those of SQL.
pub fn of_item(reading: &Reading<'_>, item: RecordId) -> Result<BTreeMap<[u8; 16], Sums>, Stopped> {
    let mut held: BTreeMap<[u8; 16], Sums> = BTreeMap::new();
    let mut statement = reading.connection().prepare_cached(
        "SELECT site, sum(quantity), sum(CASE kind WHEN 'quarantine' THEN quantity ELSE 0 END)
         FROM stock_on_hand WHERE item = ?1 GROUP BY site",
    )?;
    let mut rows = statement.query([item.as_bytes()])?;
    while let Some(row) = rows.next()? {
        let sums = held.entry(row.get(0)?).or_default();
        (sums.on_hand, sums.quarantined) = (row.get(1)?, row.get(2)?);
    }
    add_promises(reading, item, &mut held)?;
    Ok(held)
}
