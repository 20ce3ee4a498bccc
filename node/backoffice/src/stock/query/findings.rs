//! Broken expectations about stock: transfers that came short, promises beyond what is there, stock below zero, lots near their
//! date, what came in without cost. Owns the finding of them; the inbox lists them.

use comptoir_replica::record::RecordId;
use comptoir_sync_protocol::ids::ScopeId;

use super::item::named;
use super::{location_code, quantity};
use crate::findings::{Looking, ModuleFinding};
use crate::inbox::ItemKind;
use crate::limits::EXPIRY_NOTICE_DAYS;

/// Takes the missing goods of a transfer for lost.
pub const LOST: &str = "lost";
/// Takes them for found where they were sent from.
pub const FOUND: &str = "found";
/// Honours what a revoked site sold of rights that were taken back.
pub const HONOUR: &str = "honour";

/// The findings, at most so many of each kind.
///
/// # Errors
/// Those of SQL.
pub fn findings(looking: &Looking<'_>, most: usize) -> rusqlite::Result<Vec<ModuleFinding>> {
    let mut found = Vec::new();
    discrepancies(looking, most, &mut found)?;
    deficits(looking, most, &mut found)?;
    sold_after_all(looking, most, &mut found)?;
    below_zero(looking, most, &mut found)?;
    expiring(looking, most, &mut found)?;
    uncosted(looking, most, &mut found)?;
    Ok(found)
}

fn discrepancies(looking: &Looking<'_>, most: usize, found: &mut Vec<ModuleFinding>) -> rusqlite::Result<()> {
    let mut statement = looking.connection.prepare_cached(
        "SELECT dispatch, line, scope, from_site, to_site, item, quantity, arrived, damaged, lost + found FROM stock_transit
         WHERE receipt IS NOT NULL AND arrived + lost + found < quantity ORDER BY dispatch, line LIMIT ?1",
    )?;
    let mut rows = statement.query([most as i64])?;
    while let Some(row) = rows.next()? {
        let [sent, arrived, damaged, settled]: [i64; 4] = [row.get(6)?, row.get(7)?, row.get(8)?, row.get(9)?];
        let (item, name, unit) = named(looking.connection, &row.get(5)?)?;
        let (from, to) = (looking.sites.code(&row.get(3)?), looking.sites.code(&row.get(4)?));
        let missing = quantity(sent - arrived - settled);
        let line: u32 = row.get(1)?;
        found.push(ModuleFinding {
            kind: ItemKind::Discrepancy,
            scope: ScopeId(row.get(2)?),
            subject: RecordId(row.get(0)?),
            part: format!("{line}/{missing}"),
            site: from.clone(),
            name: format!("{item} {name}"),
            field: Some(format!("lines.{}", line + 1)),
            reason: format!(
                "{missing} {unit} of a transfer from {from} to {to} did not arrive whole (sent {}, arrived {}, damaged {}); {from} says whether they are lost or found",
                quantity(sent),
                quantity(arrived),
                quantity(damaged),
            ),
            choices: vec![LOST.to_owned(), FOUND.to_owned()],
        });
    }
    Ok(())
}

fn deficits(looking: &Looking<'_>, most: usize, found: &mut Vec<ModuleFinding>) -> rusqlite::Result<()> {
    let mut statement = looking.connection.prepare_cached(
        "SELECT p.location, p.item, p.scope, p.granted, ifnull(h.there, 0) FROM stock_pools p
         LEFT JOIN (SELECT item, location, sum(quantity) AS there FROM stock_on_hand GROUP BY item, location) h
           ON h.item = p.item AND h.location = p.location
         WHERE p.granted > ifnull(h.there, 0) ORDER BY p.location, p.item LIMIT ?1",
    )?;
    let mut rows = statement.query([most as i64])?;
    while let Some(row) = rows.next()? {
        let (location, granted, there): ([u8; 16], i64, i64) = (row.get(0)?, row.get(3)?, row.get(4)?);
        let (item, name, unit) = named(looking.connection, &row.get(1)?)?;
        let site = super::super::rules::location(looking.connection, &RecordId(location))?;
        let deficit = quantity(granted - there);
        found.push(ModuleFinding {
            kind: ItemKind::Deficit,
            scope: ScopeId(row.get(2)?),
            subject: RecordId(location),
            part: format!("{item}/{deficit}"),
            site: site.map(|found| found.site).unwrap_or_default(),
            name: format!("{item} {name}"),
            field: None,
            reason: format!(
                "{} {unit} are promised by rights, {} lie at {}: {deficit} too few. Bring in stock, or ask holders to return rights",
                quantity(granted),
                quantity(there),
                location_code(looking.connection, &location)?,
            ),
            choices: Vec::new(),
        });
    }
    Ok(())
}

/// What a revoked site turned out to have sold of rights that were taken back: more of it counts since.
fn sold_after_all(looking: &Looking<'_>, most: usize, found: &mut Vec<ModuleFinding>) -> rusqlite::Result<()> {
    let mut statement = looking.connection.prepare_cached(
        "SELECT pool, to_site, item, location, scope, sum(drawn - quantity),
            (SELECT f_code FROM of_pool WHERE id = c.pool) FROM stock_credits c WHERE drawn > quantity
         GROUP BY pool, to_site, item, location, scope ORDER BY pool, to_site, item, location LIMIT ?1",
    )?;
    let mut rows = statement.query([most as i64])?;
    while let Some(row) = rows.next()? {
        let (item, name, unit) = named(looking.connection, &row.get(2)?)?;
        let (revoked, location): (String, [u8; 16]) = (looking.sites.code(&row.get(1)?), row.get(3)?);
        let keeper = super::super::rules::location(looking.connection, &RecordId(location))?;
        let (sold, pool): (String, Option<String>) = (quantity(row.get(5)?), row.get(6)?);
        let pool = pool.unwrap_or_default();
        found.push(ModuleFinding {
            kind: ItemKind::SoldAfterAll,
            scope: ScopeId(row.get(4)?),
            subject: RecordId(row.get(0)?),
            part: format!("{revoked}/{sold}"),
            site: keeper.map(|found| found.site).unwrap_or_default(),
            name: format!("{pool}: {sold} {unit} {item} {name}, {revoked}"),
            field: None,
            reason: format!(
                "{sold} {unit} of pool {pool} that came back from {revoked}, which is revoked, were sold by it after all: more of what it wrote counts since. Count what lies at {}, then have them promised again",
                location_code(looking.connection, &location)?,
            ),
            choices: vec![HONOUR.to_owned()],
        });
    }
    Ok(())
}

/// What two epochs of one site took that did not know of each other.
fn below_zero(looking: &Looking<'_>, most: usize, found: &mut Vec<ModuleFinding>) -> rusqlite::Result<()> {
    let mut statement = looking.connection.prepare_cached(
        "SELECT item, location, lot, serial, site, scope, quantity FROM stock_on_hand WHERE quantity < 0
         ORDER BY item, location, lot, serial LIMIT ?1",
    )?;
    let mut rows = statement.query([most as i64])?;
    while let Some(row) = rows.next()? {
        let (item, name, unit) = named(looking.connection, &row.get(0)?)?;
        let (lot, serial): (String, String) = (row.get(2)?, row.get(3)?);
        let (location, below): ([u8; 16], String) = (row.get(1)?, quantity(row.get(6)?));
        found.push(ModuleFinding {
            kind: ItemKind::StockBelowZero,
            scope: ScopeId(row.get(5)?),
            subject: RecordId(location),
            part: format!("{item}/{lot}/{serial}/{below}"),
            site: looking.sites.code(&row.get(4)?),
            name: format!("{item} {name}"),
            field: None,
            reason: format!(
                "{below} {unit} at {}: two copies of the site's node took it at once. Count, and post an adjustment",
                location_code(looking.connection, &location)?,
            ),
            choices: Vec::new(),
        });
    }
    Ok(())
}

fn expiring(looking: &Looking<'_>, most: usize, found: &mut Vec<ModuleFinding>) -> rusqlite::Result<()> {
    let Some(limit) = later(looking.today, EXPIRY_NOTICE_DAYS) else { return Ok(()) };
    let mut statement = looking.connection.prepare_cached(
        "SELECT item, location, lot, site, scope, expiry, quantity FROM stock_on_hand
         WHERE expiry <> '' AND expiry <= ?1 AND quantity > 0 ORDER BY expiry, item, location, lot LIMIT ?2",
    )?;
    let mut rows = statement.query(rusqlite::params![limit, most as i64])?;
    while let Some(row) = rows.next()? {
        let (item, name, unit) = named(looking.connection, &row.get(0)?)?;
        let (location, lot, expiry): ([u8; 16], String, String) = (row.get(1)?, row.get(2)?, row.get(5)?);
        let over = expiry < looking.today.to_string();
        let left = quantity(row.get(6)?);
        found.push(ModuleFinding {
            kind: ItemKind::ExpiringLot,
            scope: ScopeId(row.get(4)?),
            subject: RecordId(location),
            part: format!("{item}/{lot}/{expiry}"),
            site: looking.sites.code(&row.get(3)?),
            name: format!("{item} {name}"),
            field: None,
            reason: format!(
                "{left} {unit} of lot {lot} at {} {} on {expiry}: {}",
                location_code(looking.connection, &location)?,
                if over { "expired" } else { "expire" },
                if over { "scrap them, or move them to quarantine" } else { "use them first" },
            ),
            choices: Vec::new(),
        });
    }
    Ok(())
}

/// What came in for nothing, from suppliers or other sites, and is still there.
fn uncosted(looking: &Looking<'_>, most: usize, found: &mut Vec<ModuleFinding>) -> rusqlite::Result<()> {
    let mut statement = looking.connection.prepare_cached(
        "SELECT item, site, scope, currency, quantity FROM stock_worth WHERE quantity > 0 AND value = 0
         ORDER BY site, item LIMIT ?1",
    )?;
    let mut rows = statement.query([most as i64])?;
    while let Some(row) = rows.next()? {
        let id: [u8; 16] = row.get(0)?;
        let (item, name, unit) = named(looking.connection, &id)?;
        let (site, currency): (String, String) = (looking.sites.code(&row.get(1)?), row.get(3)?);
        let there = quantity(row.get(4)?);
        found.push(ModuleFinding {
            kind: ItemKind::Uncosted,
            scope: ScopeId(row.get(2)?),
            subject: RecordId(id),
            part: format!("{site}/{currency}"),
            site: site.clone(),
            name: format!("{item} {name}"),
            field: None,
            reason: format!("{site} has {there} {unit} that cost nothing: post what they cost with `stock revalue`"),
            choices: Vec::new(),
        });
    }
    Ok(())
}

/// A day some days later, as text; `None` beyond the calendar.
fn later(day: comptoir_replica::record::Date, days: i64) -> Option<String> {
    let day: jiff::civil::Date = day.to_string().parse().ok()?;
    let later = day.checked_add(jiff::Span::new().try_days(days).ok()?).ok()?;
    Some(later.to_string())
}
