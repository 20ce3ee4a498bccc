//! The checker of stock: what a site shows is what the model makes of the deeds that the site has delivered. Reads the site's
//! tables by SQL; never calls the module's rules or queries.
//!
//! After every step at a site all of it is compared: ids, numbers, what lies where, transfers, rights. From the comparison
//! and the model's own promises follow that nothing is below zero, nothing acknowledged is lost, rights are conserved, and that
//! what was sold is at most what was granted, and that at most what lies in the pool.

use std::collections::{BTreeMap, BTreeSet};

use comptoir_replica::record::RecordId;
use comptoir_sync_protocol::{Vector, Writer};
use rusqlite::Connection;

use super::deed::{Spot, Told};
use super::model::Sums;
use crate::simulator::failure::Failure;
use crate::simulator::ledger::Host;

/// Millionths that a piece is, in the tables.
const PIECE: i64 = 1_000_000;

/// Who is who, for reading the tables.
pub struct Names<'n> {
    /// The sites' ids, from site 1.
    pub sites: &'n [[u8; 16]],
}

impl Names<'_> {
    fn host(&self, site: [u8; 16]) -> Host {
        self.sites.iter().position(|known| *known == site).map_or(0, |index| index + 1)
    }
}

/// All deeds that clients were told of, in the order in which they were done.
#[derive(Default)]
pub struct Deeds {
    told: Vec<Told>,
    /// What all of them come to.
    pub all: Sums,
}

impl Deeds {
    /// Somebody was told that a deed is kept.
    pub fn tell(&mut self, told: Told) -> Result<(), Failure> {
        if self.told.iter().any(|known| known.posting == told.posting) {
            return Err(Failure::Seen(format!("{} is the id of two postings", told.posting)));
        }
        self.all.count(&told).map_err(Failure::Stock)?;
        self.told.push(told);
        Ok(())
    }

    /// How many of them are of a series.
    pub fn count(&self, series: &str) -> u64 {
        self.told.iter().filter(|told| told.deed.series() == series).count() as u64
    }

    /// The ids that clients of a site were told.
    pub fn ids_of(&self, site: Host) -> BTreeSet<RecordId> {
        self.told.iter().filter(|told| told.site == site).map(|told| told.posting).collect()
    }

    /// The deeds that a site has, by the vector of their scope, and what they come to.
    fn at(&self, held: &Vector) -> Result<(Vec<&Told>, Sums), Failure> {
        let mut sums = Sums::of_pool(self.all.pool);
        let mut here = Vec::new();
        for told in self.told.iter().filter(|told| told.head.seq <= held.seq(&told.head.writer)) {
            sums.count(told).map_err(Failure::Stock)?;
            here.push(told);
        }
        Ok((here, sums))
    }

    /// What a site has by the model.
    pub fn known_at(&self, held: &Vector) -> Result<Sums, Failure> {
        Ok(self.at(held)?.1)
    }

    /// Compares what a site's tables say with the model.
    pub fn check(&self, site: Host, held: &Vector, connection: &Connection, names: &Names<'_>) -> Result<(), Failure> {
        let (here, sums) = self.at(held)?;
        let shown = Shown::read(connection, names).map_err(Failure::program("reading the tables of stock"))?;
        let wrong = |what: &str| Err(Failure::Stock(format!("site {site}: {what}")));
        if let Some(broken) = shown.broken {
            return wrong(&broken);
        }
        let mut expected: BTreeMap<RecordId, (Host, &str, i64)> = BTreeMap::new();
        let mut numbers: BTreeMap<(Writer, &str), i64> = BTreeMap::new();
        for told in here {
            let number = numbers.entry((told.head.writer, told.deed.series())).or_default();
            *number += 1;
            expected.insert(told.posting, (told.site, told.deed.series(), *number));
        }
        for (id, of) in &expected {
            match shown.postings.get(id) {
                None => return Err(Failure::Lost(format!("site {site} holds the entry of {id}, {of:?}, and not it"))),
                Some((by, kind, number)) if (*by, kind.as_str(), *number) == *of => {}
                Some(other) => return wrong(&format!("{id} is {other:?}, expected {of:?}")),
            }
        }
        if let Some((id, of)) = shown.postings.iter().find(|(id, _)| !expected.contains_key(id)) {
            return wrong(&format!("nobody posted {id}, {of:?}"));
        }
        let on_hand: BTreeMap<_, i64> =
            sums.on_hand.iter().filter(|(_, quantity)| **quantity != 0).map(|(at, of)| (*at, *of)).collect();
        same("what lies where", site, &on_hand, &shown.on_hand)?;
        let ways: BTreeMap<_, _> = sums
            .ways
            .iter()
            .map(|(id, way)| (*id, [way.sent, way.arrived, way.damaged, way.lost, way.found]))
            .collect();
        same("transfers", site, &ways, &shown.ways)?;
        let rights: BTreeMap<_, i64> =
            sums.held.iter().filter(|(_, held)| **held != 0).map(|(of, held)| (*of, *held)).collect();
        same("rights held", site, &rights, &shown.held)?;
        same("sales", site, &sums.sold, &shown.sold)?;
        same("rights that are out", site, &sums.out, &shown.out)
    }
}

fn same<T: PartialEq + std::fmt::Debug>(what: &str, site: Host, expected: &T, shown: &T) -> Result<(), Failure> {
    if expected == shown {
        return Ok(());
    }
    Err(Failure::Stock(format!("site {site} shows of {what} {shown:?}, expected {expected:?}")))
}

/// What a site's tables say, in whole pieces.
#[derive(Default)]
struct Shown {
    postings: BTreeMap<RecordId, (Host, String, i64)>,
    on_hand: BTreeMap<(Host, Spot), i64>,
    ways: BTreeMap<RecordId, [i64; 5]>,
    held: BTreeMap<Host, i64>,
    sold: BTreeMap<Host, (i64, i64)>,
    out: i64,
    /// What no history may come to, whatever the model says.
    broken: Option<String>,
}

impl Shown {
    fn read(connection: &Connection, names: &Names<'_>) -> rusqlite::Result<Self> {
        let mut shown = Self { broken: broken(connection)?, ..Self::default() };
        let mut statement = connection.prepare_cached("SELECT id, site, kind, number FROM stock_postings")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            shown.postings.insert(RecordId(row.get(0)?), (names.host(row.get(1)?), row.get(2)?, row.get(3)?));
        }
        let sql =
            "SELECT site, item, location, sum(quantity) FROM stock_on_hand GROUP BY 1, 2, 3 HAVING sum(quantity) <> 0";
        let mut statement = connection.prepare_cached(sql)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let spot = Spot { item: RecordId(row.get(1)?), location: RecordId(row.get(2)?) };
            shown.on_hand.insert((names.host(row.get(0)?), spot), row.get::<_, i64>(3)? / PIECE);
        }
        let sql = "SELECT dispatch, quantity, arrived, damaged, lost, found FROM stock_transit";
        let mut statement = connection.prepare_cached(sql)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let mut of = [0; 5];
            for (index, quantity) in of.iter_mut().enumerate() {
                *quantity = row.get::<_, i64>(index + 1)? / PIECE;
            }
            shown.ways.insert(RecordId(row.get(0)?), of);
        }
        let sql =
            "SELECT to_site, sum(quantity - drawn) FROM stock_credits GROUP BY 1 HAVING sum(quantity - drawn) <> 0";
        let mut statement = connection.prepare_cached(sql)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            shown.held.insert(names.host(row.get(0)?), row.get::<_, i64>(1)? / PIECE);
        }
        let sql = "SELECT site, sum(quantity), sum(delivered) FROM stock_sales GROUP BY 1";
        let mut statement = connection.prepare_cached(sql)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let of = (row.get::<_, i64>(1)? / PIECE, row.get::<_, i64>(2)? / PIECE);
            shown.sold.insert(names.host(row.get(0)?), of);
        }
        let out: i64 = connection
            .prepare_cached("SELECT ifnull(sum(granted), 0) FROM stock_pools")?
            .query_row([], |row| row.get(0))?;
        shown.out = out / PIECE;
        Ok(shown)
    }
}

/// The cheap promises, read off the tables alone.
fn broken(connection: &Connection) -> rusqlite::Result<Option<String>> {
    for (what, sql) in [
        ("stock below zero", "SELECT count(*) FROM stock_on_hand WHERE quantity < 0"),
        (
            "value below zero, or of nothing",
            "SELECT count(*) FROM stock_worth WHERE value < 0 OR quantity = 0 AND value <> 0",
        ),
        (
            "more is drawn of a credit than it is",
            "SELECT count(*) FROM stock_credits WHERE drawn < 0 OR drawn > quantity",
        ),
        (
            "more is taken of a layer than it is",
            "SELECT count(*) FROM stock_layers WHERE taken < 0 OR taken > quantity",
        ),
        ("more is delivered than sold", "SELECT count(*) FROM stock_sales WHERE delivered < 0 OR delivered > quantity"),
        (
            "numbers with gaps or twice",
            "SELECT count(*) FROM (SELECT 1 FROM stock_postings GROUP BY site, epoch, kind
             HAVING min(number) <> 1 OR max(number) <> count(*) OR count(DISTINCT number) <> count(*))",
        ),
        (
            "rights are not conserved",
            "SELECT (SELECT ifnull(sum(granted), 0) FROM stock_pools)
              <> (SELECT ifnull(sum(quantity - drawn), 0) FROM stock_credits)
               + (SELECT ifnull(sum(quantity - delivered), 0) FROM stock_sales)",
        ),
    ] {
        let found: i64 = connection.prepare_cached(sql)?.query_row([], |row| row.get(0))?;
        if found > 0 {
            return Ok(Some(format!("{what} ({found})")));
        }
    }
    Ok(None)
}
