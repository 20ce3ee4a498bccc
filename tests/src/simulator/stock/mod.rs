//! Stock in the simulator: sites receive, move, send and count goods and sell from one shared pool, by commands at the real
//! desk, while everything goes wrong that goes wrong. Owns what the commands were told, the pool, and what faulty programs forged.
//!
//! [`deed`] are the words, [`draw`] chooses, [`desk`] carries out, [`doubt`] settles what a process did not live to answer;
//! [`model`] and [`check`] judge, and share no code with the module; [`market`] counts what selling by rights is worth;
//! [`faulty`] is the peer that breaks every rule, [`forgery`] what it writes.

pub mod check;
pub mod deed;
pub mod desk;
pub mod doubt;
pub mod draw;
pub mod faulty;
pub mod forgery;
pub mod market;
pub mod model;

use std::collections::{BTreeMap, BTreeSet};

use comptoir_replica::record::RecordId;
use comptoir_sync_protocol::Hash;
use comptoir_sync_protocol::roster::scopes;

use super::failure::Failure;
use super::ledger::Host;
use super::world::World;
use check::{Deeds, Names};
use faulty::Forged;
use market::Market;

/// Headquarters, which makes the items.
pub const HEADQUARTERS: Host = 1;
/// The items: code, name and what else is put at the start. The first is the pool's.
pub const ITEMS: [&[&str]; 2] = [
    &["sku=NAIL", "name=Nails", r#"units+={"code":"box","factor":"12"}"#],
    &["sku=SCREW", "name=Screws", "valuation=fifo"],
];
/// The locations that each site makes: where it sells from, and where the rest lies. The pool lies at the first.
pub const LOCATIONS: [&str; 2] = ["MAIN", "BACK"];
/// Pieces of the pool's item in a box of it.
pub const BOX: i64 = 12;
/// The pool's code.
pub const POOL: &str = "POOL";

/// All about stock in one simulation.
#[derive(Default)]
pub struct Stock {
    /// What clients were told.
    pub deeds: Deeds,
    /// What selling by rights is worth.
    pub market: Market,
    /// Who keeps the pool.
    pub keeper: Host,
    /// Records of stock: parties' commands leave them alone.
    pub records: BTreeSet<RecordId>,
    /// Entries of faulty programs, by hash.
    pub forged: BTreeMap<Hash, Forged>,
}

impl World {
    /// Headquarters makes the items; every site that is known makes its locations, and one is chosen to keep the pool.
    pub(super) fn begin_stock(&mut self) -> Result<(), Failure> {
        if !self.options.stock {
            return Ok(());
        }
        let known = self.sites.len() - self.admissions.len();
        self.stock.keeper = 1 + self.chance.index(known);
        for item in ITEMS {
            self.make(HEADQUARTERS, "item", item)?;
        }
        for host in 1..=known {
            for code in LOCATIONS {
                self.make(host, "location", &[&format!("code={code}"), &format!("name={code}")])?;
            }
        }
        Ok(())
    }

    /// A site whose process runs shows just what the model makes of the deeds that it has.
    pub(super) fn check_stock(&self, host: Host) -> Result<(), Failure> {
        if !self.options.stock {
            return Ok(());
        }
        let Some(replica) = self.sites[host - 1].replica() else { return Ok(()) };
        let vectors = replica.vectors();
        let held = vectors.get(&self.organisation.scope(scopes::TRADE)).cloned().unwrap_or_default();
        let sites: Vec<[u8; 16]> = self.sites.iter().map(|site| site.secrets.id.0).collect();
        let checked = replica
            .read(|reading| Ok(self.stock.deeds.check(host, &held, reading.connection(), &Names { sites: &sites })));
        checked.map_err(Failure::program("reading stock"))?
    }

    /// Counts what was reached.
    pub(super) fn report_stock(&mut self) {
        let (deeds, market) = (&self.stock.deeds, &self.stock.market);
        self.report.moves = deeds.count("stock.move");
        self.report.transfers = deeds.count("stock.dispatch");
        self.report.receipts = deeds.count("stock.receipt") + deeds.count("stock.settlement");
        self.report.rights = deeds.count("stock.rights");
        self.report.asked = market.asked;
        self.report.away = market.away;
        self.report.served = [market.locally, market.online, market.ideally];
    }
}
