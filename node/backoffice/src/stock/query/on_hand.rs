//! What is there of an item: place by place, and what of it is free. Owns the question and its answer, now and at a date.

use std::collections::BTreeMap;

use comptoir_replica::Reading;
use comptoir_replica::record::{Date, RecordId};
use comptoir_sync_protocol::ids::SiteId;
use rusqlite::{Connection, params};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::item::{Counted, named};
use super::{Sites, location_code, quantity};
use crate::desk::Stopped;
use crate::stock::posting::{PlaceKind, Quantity};

/// What is asked.
#[derive(Clone, Debug, Default)]
pub struct OnHandQuery {
    /// At this site alone.
    pub site: Option<SiteId>,
    /// At this location alone.
    pub location: Option<RecordId>,
    /// As the papers of this day had it.
    pub at: Option<Date>,
}

/// What there is of an item.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, ToSchema)]
pub struct OnHand {
    /// The item's id.
    pub item: String,
    /// Its code.
    pub sku: String,
    /// Its name.
    pub name: String,
    /// The unit of every quantity here.
    pub unit: String,
    /// Site by site.
    pub sites: Vec<OnHandAtSite>,
    /// Place by place.
    pub places: Vec<OnHandAtPlace>,
}

/// What a site has of an item.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, ToSchema)]
pub struct OnHandAtSite {
    /// The site's code.
    pub site: String,
    /// All that lies there, what is in quarantine too.
    pub on_hand: String,
    /// Set aside for moves that are being prepared.
    pub reserved: String,
    /// Promised to other sites by rights to a pool.
    pub promised: String,
    /// What may be taken: on hand, less quarantine, reserved and promised; below zero where more was promised than is there.
    pub available: String,
    /// On its way to the site.
    pub incoming: String,
    /// On its way from the site.
    pub outgoing: String,
}

/// What lies at one place of a lot or piece.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, ToSchema)]
pub struct OnHandAtPlace {
    /// The site's code.
    pub site: String,
    /// The location's code.
    pub location: String,
    /// What kind of location it is.
    pub kind: String,
    /// The lot, where lots are followed.
    #[serde(skip_serializing_if = "String::is_empty", default)]
    pub lot: String,
    /// The piece, where pieces are followed.
    #[serde(skip_serializing_if = "String::is_empty", default)]
    pub serial: String,
    /// Until when the lot can be used.
    #[serde(skip_serializing_if = "String::is_empty", default)]
    pub expiry: String,
    /// How much.
    pub quantity: String,
}

/// Sums of one item at one site, in millionths.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Sums {
    /// What lies there.
    pub on_hand: i64,
    /// Of it in quarantine.
    pub quarantined: i64,
    /// Set aside for drafts.
    pub reserved: i64,
    /// Promised by rights.
    pub promised: i64,
    /// On its way there.
    pub incoming: i64,
    /// On its way from there.
    pub outgoing: i64,
}

impl Sums {
    /// What may be taken.
    #[must_use]
    pub fn available(&self) -> i64 {
        self.on_hand - self.quarantined - self.reserved - self.promised
    }

    pub(super) fn shown(&self, site: String) -> OnHandAtSite {
        OnHandAtSite {
            site,
            on_hand: quantity(self.on_hand),
            reserved: quantity(self.reserved),
            promised: quantity(self.promised),
            available: quantity(self.available()),
            incoming: quantity(self.incoming),
            outgoing: quantity(self.outgoing),
        }
    }
}

/// What there is of an item.
///
/// # Errors
/// Those of SQL.
pub fn on_hand(reading: &Reading<'_>, sites: &Sites, item: RecordId, query: &OnHandQuery) -> Result<OnHand, Stopped> {
    let connection = reading.connection();
    let mut places = Vec::new();
    let mut held: BTreeMap<[u8; 16], Sums> = BTreeMap::new();
    let wanted = |site: &[u8; 16], location: &[u8; 16]| {
        query.site.is_none_or(|only| only.0 == *site) && query.location.is_none_or(|only| only.0 == *location)
    };
    for row in rows(connection, item, query.at)? {
        if row.quantity == 0 || !wanted(&row.site, &row.location) {
            continue;
        }
        let sums = held.entry(row.site).or_default();
        sums.on_hand += row.quantity;
        let kind = super::super::rules::location(connection, &RecordId(row.location))?.map(|found| found.kind);
        if kind == Some(PlaceKind::Quarantine) {
            sums.quarantined += row.quantity;
        }
        places.push(OnHandAtPlace {
            site: sites.code(&row.site),
            location: location_code(connection, &row.location)?,
            kind: kind.map_or_else(String::new, |kind| kind.word().to_owned()),
            lot: row.lot,
            serial: row.serial,
            expiry: row.expiry,
            quantity: quantity(row.quantity),
        });
    }
    places.sort_by(|one, other| {
        (&one.site, &one.location, &one.expiry, &one.lot, &one.serial).cmp(&(
            &other.site,
            &other.location,
            &other.expiry,
            &other.lot,
            &other.serial,
        ))
    });
    if query.at.is_none() && query.location.is_none() {
        add_promises(reading, item, &mut held)?;
        held.retain(|site, _| query.site.is_none_or(|only| only.0 == *site));
    }
    let (sku, name, unit) = named(connection, item.as_bytes())?;
    let sites = held.iter().map(|(site, sums)| sums.shown(sites.code(site))).collect();
    Ok(OnHand { item: item.to_string(), sku, name, unit, sites, places })
}

struct Row {
    site: [u8; 16],
    location: [u8; 16],
    lot: String,
    serial: String,
    expiry: String,
    quantity: i64,
}

fn rows(connection: &Connection, item: RecordId, at: Option<Date>) -> rusqlite::Result<Vec<Row>> {
    let read = |row: &rusqlite::Row<'_>| {
        Ok(Row {
            site: row.get(0)?,
            location: row.get(1)?,
            lot: row.get(2)?,
            serial: row.get(3)?,
            expiry: row.get(4)?,
            quantity: row.get(5)?,
        })
    };
    match at {
        None => connection
            .prepare_cached("SELECT site, location, lot, serial, expiry, quantity FROM stock_on_hand WHERE item = ?1")?
            .query_map([item.as_bytes()], read)?
            .collect(),
        Some(day) => connection
            .prepare_cached(
                "SELECT site, location, lot, serial, max(expiry), sum(quantity) FROM stock_lines
                 WHERE item = ?1 AND date <= ?2 AND side < 2 GROUP BY site, location, lot, serial",
            )?
            .query_map(params![item.as_bytes(), day.to_string()], read)?
            .collect(),
    }
}

/// What is reserved, promised and on its way of an item, by site.
pub(super) fn add_promises(
    reading: &Reading<'_>,
    item: RecordId,
    held: &mut BTreeMap<[u8; 16], Sums>,
) -> Result<(), Stopped> {
    let connection = reading.connection();
    let mut pools = connection.prepare_cached(
        "SELECT h.site, p.granted FROM stock_pools p
         JOIN (SELECT location, site FROM stock_on_hand WHERE item = ?1 GROUP BY location, site) h ON h.location = p.location
         WHERE p.item = ?1 AND p.granted <> 0",
    )?;
    let mut found = pools.query([item.as_bytes()])?;
    while let Some(row) = found.next()? {
        held.entry(row.get(0)?).or_default().promised += row.get::<_, i64>(1)?;
    }
    let mut transit = connection.prepare_cached(
        "SELECT from_site, to_site, sum(quantity) FROM stock_transit WHERE item = ?1 AND receipt IS NULL
         GROUP BY from_site, to_site",
    )?;
    let mut found = transit.query([item.as_bytes()])?;
    while let Some(row) = found.next()? {
        let under_way: i64 = row.get(2)?;
        held.entry(row.get(0)?).or_default().outgoing += under_way;
        held.entry(row.get(1)?).or_default().incoming += under_way;
    }
    reserved(reading, item, held)
}

/// Lines of drafts that set something aside. Whose draft it is follows from where its goods are to be taken.
fn reserved(reading: &Reading<'_>, item: RecordId, held: &mut BTreeMap<[u8; 16], Sums>) -> Result<(), Stopped> {
    let mut statement = reading.connection().prepare_cached(
        "SELECT l.f_quantity, l.f_unit, CASE WHEN l.f_from <> '' THEN l.f_from ELSE m.f_from END
         FROM of_move_lines l JOIN of_move m ON m.number = l.record
         WHERE l.f_item = ?1 AND l.archived = 0 AND m.archived = 0 AND m.f_reserve = 1 AND m.f_posted = ''",
    )?;
    let mut rows = statement.query([item.to_string()])?;
    let mut counted = None;
    while let Some(row) = rows.next()? {
        let Some(millionths) = row.get::<_, Option<i64>>(0)?.filter(|number| *number > 0) else { continue };
        let Some(location) = row.get::<_, String>(2)?.parse::<RecordId>().ok() else { continue };
        let Some(site) = site_of(reading.connection(), &location)? else { continue };
        let item = match &counted {
            Some(known) => known,
            None => counted.insert(Counted::of(reading, item)?),
        };
        let number = Quantity(millionths).number();
        // What could not be posted sets nothing aside.
        let own = item.in_own_unit(number, &row.get::<_, String>(1)?).unwrap_or_default();
        held.entry(site).or_default().reserved += own.0;
    }
    Ok(())
}

/// Whose stock lies at a location; `None` where there never was any.
fn site_of(connection: &Connection, location: &RecordId) -> rusqlite::Result<Option<[u8; 16]>> {
    let mut statement = connection.prepare_cached("SELECT site FROM stock_on_hand WHERE location = ?1 LIMIT 1")?;
    statement.query_map([location.as_bytes()], |row| row.get(0))?.next().transpose()
}
