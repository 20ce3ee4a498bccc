//! What was posted about stock: a list, the last first, and one posting whole. Owns the question and its answer.

use comptoir_replica::record::RecordId;
use comptoir_sync_protocol::ids::SiteId;
use rusqlite::{Connection, Row, params};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::item::named;
use super::{Sites, amount, location_code, quantity};

/// A posting.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, ToSchema)]
pub struct PostingShown {
    /// Its id.
    pub id: String,
    /// Its kind: `stock.move`.
    pub kind: String,
    /// What it is: `receive`, `issue`, `dispatch`, `grant` …
    #[serde(rename = "type")]
    pub what: String,
    /// Its number: `PAR-12`, or with the epoch where its site has several: `PAR-7f3a-12`.
    pub number: String,
    /// The day of the papers.
    pub date: String,
    /// When it was posted, by that site's clock, Unix milliseconds.
    pub at_ms: i64,
    /// Who posted it.
    pub author: String,
    /// The code of the site that posted it.
    pub site: String,
    /// A number of somebody else's.
    pub reference: String,
    /// What else is to be said.
    pub note: String,
    /// Supplier or customer.
    pub party: Option<String>,
    /// The draft that it was.
    pub draft: Option<String>,
    /// What it is about: the move that it takes back, the dispatch, the receipt, the pool.
    pub about: Option<String>,
    /// The code of the site to which it goes.
    pub to: Option<String>,
    /// The posting that takes it back.
    pub reversed_by: Option<String>,
    /// Its lines, where one was asked for.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub lines: Vec<PostingLine>,
}

/// What one line took from a place, or added to it.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, ToSchema)]
pub struct PostingLine {
    /// Its place, from 1.
    pub line: u32,
    /// The item's code.
    pub item: String,
    /// Its name.
    pub name: String,
    /// The unit of the quantity.
    pub unit: String,
    /// The location's code.
    pub location: String,
    /// What stood at the other end.
    pub counter: String,
    /// The lot, where lots are followed.
    pub lot: String,
    /// The piece, where pieces are followed.
    pub serial: String,
    /// What was added, below zero what was taken.
    pub quantity: String,
    /// What that cost.
    pub value: String,
}

const COLUMNS: &str =
    "p.id, p.kind, p.type, p.number, p.date, p.at_ms, p.author, p.site, p.epoch, p.reference, p.note, p.party,
    p.draft, p.other, p.to_site, p.reversed_by, p.scope, p.currency,
    (SELECT count(*) FROM stock_epochs o WHERE o.site = p.site AND o.scope = p.scope)";

fn shown(sites: &Sites, row: &Row<'_>) -> rusqlite::Result<PostingShown> {
    let id = |column: usize| -> rusqlite::Result<Option<String>> {
        Ok(row.get::<_, Option<[u8; 16]>>(column)?.map(|id| RecordId(id).to_string()))
    };
    let site = sites.code(&row.get(7)?);
    let (epoch, number): ([u8; 8], i64) = (row.get(8)?, row.get(3)?);
    let several = row.get::<_, i64>(18)? > 1;
    let number = match several {
        true => format!("{site}-{:02x}{:02x}-{number}", epoch[0], epoch[1]),
        false => format!("{site}-{number}"),
    };
    Ok(PostingShown {
        id: id(0)?.unwrap_or_default(),
        kind: row.get(1)?,
        what: row.get(2)?,
        number,
        date: row.get(4)?,
        at_ms: row.get(5)?,
        author: row.get(6)?,
        site,
        reference: row.get(9)?,
        note: row.get(10)?,
        party: id(11)?,
        draft: id(12)?,
        about: id(13)?,
        to: row.get::<_, Option<[u8; 16]>>(14)?.map(|site| sites.code(&site)),
        reversed_by: id(15)?,
        lines: Vec::new(),
    })
}

/// The last postings, or those before one; of one site alone.
///
/// # Errors
/// Those of SQL.
pub fn postings(
    connection: &Connection,
    sites: &Sites,
    only: Option<SiteId>,
    before: Option<RecordId>,
    most: u32,
) -> rusqlite::Result<Vec<PostingShown>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM stock_postings p WHERE (?1 IS NULL OR p.site = ?1) AND (?2 IS NULL OR p.id < ?2)
         ORDER BY p.id DESC LIMIT ?3"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let values = params![only.map(|site| site.0), before.map(|id| id.0), most];
    statement.query_map(values, |row| shown(sites, row))?.collect()
}

/// One posting with its lines.
///
/// # Errors
/// Those of SQL.
pub fn posting(connection: &Connection, sites: &Sites, id: RecordId) -> rusqlite::Result<Option<PostingShown>> {
    let sql = format!("SELECT {COLUMNS} FROM stock_postings p WHERE p.id = ?1 ORDER BY p.scope LIMIT 1");
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query([id.as_bytes()])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    let (mut found, currency) = (shown(sites, row)?, row.get::<_, String>(17)?);
    let mut statement = connection.prepare_cached(
        "SELECT line, item, location, counter, lot, serial, quantity, value FROM stock_lines
         WHERE posting = ?1 AND side < 2 ORDER BY line, side",
    )?;
    let mut rows = statement.query([id.as_bytes()])?;
    while let Some(row) = rows.next()? {
        let (item, name, unit) = named(connection, &row.get(1)?)?;
        found.lines.push(PostingLine {
            line: row.get::<_, u32>(0)? + 1,
            item,
            name,
            unit,
            location: location_code(connection, &row.get(2)?)?,
            counter: row.get(3)?,
            lot: row.get(4)?,
            serial: row.get(5)?,
            quantity: quantity(row.get(6)?),
            value: amount(row.get(7)?, &currency),
        });
    }
    Ok(Some(found))
}
