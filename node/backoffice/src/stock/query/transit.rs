//! Transfers between sites: what is on its way, what came short. Owns the question and its answer.

use comptoir_replica::record::RecordId;
use comptoir_sync_protocol::ids::SiteId;
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::item::named;
use super::{Sites, amount, quantity};

/// A transfer.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, ToSchema)]
pub struct Transfer {
    /// The dispatch's id.
    pub dispatch: String,
    /// Its number.
    pub number: u64,
    /// Its day.
    pub date: String,
    /// The code of the site that sent it.
    pub from: String,
    /// The code of the site to which it goes.
    pub to: String,
    /// `under-way`, `received`, or `short` when something is missing that is not settled.
    pub state: String,
    /// The receipt's id, once there is one.
    pub receipt: Option<String>,
    /// What is sent.
    pub lines: Vec<TransferLine>,
}

/// A line of a transfer.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, ToSchema)]
pub struct TransferLine {
    /// Its place, from 1.
    pub line: u32,
    /// The item's code.
    pub item: String,
    /// Its name.
    pub name: String,
    /// The unit of every quantity here.
    pub unit: String,
    /// The lot, where lots are followed.
    pub lot: String,
    /// The piece, where pieces are followed.
    pub serial: String,
    /// What was sent.
    pub sent: String,
    /// What arrived whole.
    pub arrived: String,
    /// What arrived damaged.
    pub damaged: String,
    /// What is missing and not settled; zero while it is under way.
    pub missing: String,
    /// What it cost where it came from.
    pub value: String,
}

/// Transfers that are under way or short, the oldest first; with `all`, all of them. From or to a site alone.
///
/// # Errors
/// Those of SQL.
pub fn transfers(
    connection: &Connection,
    sites: &Sites,
    only: Option<SiteId>,
    all: bool,
    most: u32,
) -> rusqlite::Result<Vec<Transfer>> {
    let open = if all { "1" } else { "(receipt IS NULL OR arrived + lost + found < quantity)" };
    let sql = format!(
        "SELECT DISTINCT dispatch FROM stock_transit WHERE {open} AND (?1 IS NULL OR from_site = ?1 OR to_site = ?1)
         ORDER BY dispatch LIMIT ?2"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let ids = statement.query_map(rusqlite::params![only.map(|site| site.0), most], |row| row.get::<_, [u8; 16]>(0))?;
    let ids: Vec<[u8; 16]> = ids.collect::<rusqlite::Result<_>>()?;
    let found = ids.into_iter().map(|id| transfer(connection, sites, RecordId(id)));
    found.filter_map(Result::transpose).collect()
}

/// One transfer.
///
/// # Errors
/// Those of SQL.
pub fn transfer(connection: &Connection, sites: &Sites, dispatch: RecordId) -> rusqlite::Result<Option<Transfer>> {
    let mut statement = connection.prepare_cached(
        "SELECT t.line, t.item, t.lot, t.serial, t.quantity, t.arrived, t.damaged, t.lost + t.found, t.value, t.currency,
            t.from_site, t.to_site, t.receipt, p.number, p.date
         FROM stock_transit t JOIN stock_postings p ON p.id = t.dispatch AND p.scope = t.scope
         WHERE t.dispatch = ?1 ORDER BY t.line",
    )?;
    let mut rows = statement.query([dispatch.as_bytes()])?;
    let mut found: Option<Transfer> = None;
    while let Some(row) = rows.next()? {
        let receipt: Option<[u8; 16]> = row.get(12)?;
        let transfer = match &mut found {
            Some(known) => known,
            None => found.insert(Transfer {
                dispatch: dispatch.to_string(),
                number: u64::try_from(row.get::<_, i64>(13)?).unwrap_or(0),
                date: row.get(14)?,
                from: sites.code(&row.get(10)?),
                to: sites.code(&row.get(11)?),
                state: if receipt.is_some() { "received" } else { "under-way" }.to_owned(),
                receipt: receipt.map(|id| RecordId(id).to_string()),
                lines: Vec::new(),
            }),
        };
        let [sent, arrived, damaged, settled]: [i64; 4] = [row.get(4)?, row.get(5)?, row.get(6)?, row.get(7)?];
        let missing = if receipt.is_some() { sent - arrived - settled } else { 0 };
        if missing > 0 {
            transfer.state = "short".to_owned();
        }
        let (item, name, unit) = named(connection, &row.get(1)?)?;
        transfer.lines.push(TransferLine {
            line: row.get::<_, u32>(0)? + 1,
            item,
            name,
            unit,
            lot: row.get(2)?,
            serial: row.get(3)?,
            sent: quantity(sent),
            arrived: quantity(arrived),
            damaged: quantity(damaged),
            missing: quantity(missing),
            value: amount(row.get(8)?, row.get_ref(9)?.as_str()?),
        });
    }
    Ok(found)
}
