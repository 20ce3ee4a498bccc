//! What people want to do about stock at a site, drawn from what that site shows. Owns the drawing and the weights. Some wishes
//! are beyond what is there, so that rules say no; one that the model says is possible must not be refused.

use comptoir_replica::record::RecordId;
use comptoir_sync_protocol::roster::scopes;
use rusqlite::{Connection, params};

use super::deed::{Deed, Spot};
use super::{LOCATIONS, POOL, Stock};
use crate::simulator::chance::Chance;
use crate::simulator::failure::Failure;
use crate::simulator::ledger::Host;
use crate::simulator::limits;
use crate::simulator::world::{RELAY, World};

/// What a site shows its clerk, as far as choosing goes.
#[derive(Default)]
pub struct View {
    items: Vec<RecordId>,
    locations: Vec<RecordId>,
    pools: Vec<RecordId>,
    /// The codes of other sites that have locations.
    heard: Vec<String>,
    /// What lies where, in pieces.
    on_hand: Vec<(Spot, i64)>,
    /// Transfers to this site that have not arrived, with what was sent.
    incoming: Vec<(RecordId, i64)>,
    /// Transfers of this site of which something is missing.
    short: Vec<RecordId>,
    moves: Vec<RecordId>,
    /// What other sites sold from the pool and is not delivered.
    sales: Vec<(RecordId, i64)>,
    held: i64,
}

/// A wish.
enum Wish {
    /// A place to put things.
    Location(&'static str),
    /// The shared pool.
    Pool(Spot),
    /// One deed.
    Do(Deed),
    /// The keeper shares out what is free.
    ShareOut,
}

impl World {
    /// A clerk does a few things at this site or, while nobody can sell from the pool, at the one that keeps it.
    pub(in crate::simulator) fn stock_commands(&mut self, host: Host) -> Result<(), Failure> {
        let keeper = self.stock.keeper;
        let hurried = self.stock.deeds.all.minted == 0 && self.is_up(keeper) && self.chance.one_in(2);
        let host = if hurried { keeper } else { host };
        for _ in 0..self.chance.between(1, limits::MOST_WISHES) {
            if self.is_up(host) {
                self.stock_command(host)?;
            }
        }
        Ok(())
    }

    fn stock_command(&mut self, host: Host) -> Result<(), Failure> {
        let view = self.view(host)?;
        let others = self.known_others(host);
        let Some(wish) = wish(&mut self.chance, &self.stock, &view, host, &others) else { return Ok(()) };
        match wish {
            Wish::Location(code) => {
                self.make(host, "location", &[&format!("code={code}"), &format!("name={code}")])?;
            }
            Wish::Pool(spot) => {
                self.stock.deeds.all.pool = Some((host, spot));
                let (item, location) = (format!("item={}", spot.item), format!("location={}", spot.location));
                self.make(host, "pool", &[&format!("code={POOL}"), "name=Nails of all", &item, &location])?;
            }
            Wish::Do(Deed::Spend(quantity)) => self.sell(host, quantity)?,
            Wish::Do(deed) => self.do_plainly(host, deed)?,
            Wish::ShareOut => self.share_out(host, &view.heard)?,
        }
        Ok(())
    }

    /// A customer wants so many of the pool.
    fn sell(&mut self, host: Host, quantity: i64) -> Result<(), Failure> {
        let reached = !self.around[host].parted && !self.around[RELAY].parted && self.is_up(RELAY);
        let all = &self.stock.deeds.all;
        let stock = all.in_pool() + all.all_sold().1;
        let held = self.model_at(host)?.held.get(&host).copied().unwrap_or(0);
        let Some(served) = self.do_deed(host, Deed::Spend(quantity))? else { return Ok(()) };
        self.stock.market.ask(quantity, (stock, reached, served));
        if served == (held >= quantity) {
            return Ok(());
        }
        Err(Failure::Stock(format!("site {host} has rights to {held}, was asked for {quantity}: served {served}")))
    }

    /// Does a deed; what the model says can be done must be.
    fn do_plainly(&mut self, host: Host, deed: Deed) -> Result<(), Failure> {
        let known = self.model_at(host)?;
        let promised = known.pool.filter(|(keeper, _)| *keeper == host).map(|(_, spot)| spot);
        let there = |spot: &Spot| known.on_hand.get(&(host, *spot)).copied().unwrap_or(0);
        let possible = match &deed {
            Deed::Receive(..) => true,
            Deed::Issue(spot, quantity) | Deed::Shift(spot, _, quantity) | Deed::Send(spot, _, quantity) => {
                there(spot) - if promised == Some(*spot) { known.out } else { 0 } >= *quantity
            }
            Deed::Adjust(spot, more) => there(spot) + more >= 0,
            Deed::Accept(..) => true,
            // What it takes or gives back may be gone, promised, or for a site that was never heard.
            _ => return self.do_deed(host, deed).map(drop),
        };
        match self.do_deed(host, deed.clone())? {
            Some(done) if done != possible => {
                Err(Failure::Stock(format!("site {host}: {deed:?} is done {done} and possible {possible}: {known:?}")))
            }
            _ => Ok(()),
        }
    }

    fn share_out(&mut self, host: Host, among: &[String]) -> Result<(), Failure> {
        let Some(shares) = self.tried_share_out(host, among)? else { return Ok(()) };
        let numbers = |code: &str| self.sites.iter().position(|site| site.secrets.code == code).map_or(0, |at| at + 1);
        let granted = shares.iter().filter_map(|share| {
            let quantity = share.1.parse().ok().filter(|quantity| *quantity > 0)?;
            Some(Deed::Grant(numbers(&share.0), quantity, 0))
        });
        let granted: Vec<Deed> = granted.collect();
        self.post(host, granted, None, |desk, rng, posted| {
            desk.share_out(POOL, among, rng, |grant| posted.push(grant)).map(drop)
        })?;
        Ok(())
    }

    /// What a site has by the model.
    pub(super) fn model_at(&self, host: Host) -> Result<super::model::Sums, Failure> {
        let vectors = self.vectors(host).unwrap_or_default();
        let held = vectors.get(&self.organisation.scope(scopes::TRADE)).cloned().unwrap_or_default();
        self.stock.deeds.known_at(&held)
    }

    /// The other sites that the roster of a site knows.
    fn known_others(&self, host: Host) -> Vec<Host> {
        let Some(replica) = self.sites[host - 1].replica() else { return Vec::new() };
        let roster = replica.roster();
        let known = |other: &Host| *other != host && roster.sites.contains_key(&self.sites[other - 1].secrets.id);
        (1..=self.sites.len()).filter(known).collect()
    }

    fn view(&self, host: Host) -> Result<View, Failure> {
        let Some(replica) = self.sites[host - 1].replica() else { return Ok(View::default()) };
        let secrets = &self.sites[host - 1].secrets;
        let read = replica.read(|reading| View::read(reading.connection(), &secrets.code, secrets.id.0));
        read.map_err(Failure::program("reading what a clerk sees"))
    }
}

impl View {
    fn read(connection: &Connection, code: &str, site: [u8; 16]) -> rusqlite::Result<Self> {
        let ids = |sql: &str, values: &dyn rusqlite::ToSql| -> rusqlite::Result<Vec<RecordId>> {
            connection.prepare_cached(sql)?.query_map([values], |row| row.get(0).map(RecordId))?.collect()
        };
        let amounts = |sql: &str| -> rusqlite::Result<Vec<(RecordId, i64)>> {
            let read = |row: &rusqlite::Row<'_>| Ok((RecordId(row.get(0)?), row.get::<_, i64>(1)? / 1_000_000));
            connection.prepare_cached(sql)?.query_map([site], read)?.collect()
        };
        let on_hand = "SELECT item, location, sum(quantity) FROM stock_on_hand WHERE site = ?1 GROUP BY 1, 2
                       HAVING sum(quantity) > 0 ORDER BY 1, 2";
        let spot = |row: &rusqlite::Row<'_>| {
            let spot = Spot { item: RecordId(row.get(0)?), location: RecordId(row.get(1)?) };
            Ok((spot, row.get::<_, i64>(2)? / 1_000_000))
        };
        let held = "SELECT ifnull(sum(quantity - drawn), 0) FROM stock_credits WHERE to_site = ?1";
        let held: i64 = connection.prepare_cached(held)?.query_row(params![site], |row| row.get(0))?;
        Ok(Self {
            items: ids("SELECT id FROM of_item WHERE f_sku <> ?1 ORDER BY reference", &"")?,
            locations: ids("SELECT id FROM of_location WHERE f_site = ?1 ORDER BY f_code DESC", &code)?,
            pools: ids("SELECT id FROM of_pool WHERE f_code = ?1", &POOL)?,
            heard: connection
                .prepare_cached("SELECT DISTINCT f_site FROM of_location WHERE f_site <> ?1 ORDER BY 1")?
                .query_map([code], |row| row.get(0))?
                .collect::<rusqlite::Result<_>>()?,
            on_hand: connection.prepare_cached(on_hand)?.query_map([site], spot)?.collect::<rusqlite::Result<_>>()?,
            incoming: amounts(
                "SELECT dispatch, quantity FROM stock_transit WHERE to_site = ?1 AND receipt IS NULL ORDER BY dispatch",
            )?,
            short: ids(
                "SELECT dispatch FROM stock_transit WHERE from_site = ?1 AND receipt IS NOT NULL
                 AND arrived + lost + found < quantity ORDER BY dispatch",
                &site,
            )?,
            moves: ids(
                "SELECT id FROM stock_postings WHERE site = ?1 AND kind = 'stock.move' AND reversed_by IS NULL ORDER BY id",
                &site,
            )?,
            sales: amounts(
                "SELECT id, quantity - delivered FROM stock_sales WHERE delivered < quantity AND site <> ?1 ORDER BY id",
            )?,
            held: held / 1_000_000,
        })
    }

    /// Somewhere something lies, with how much.
    fn some_stock(&self, chance: &mut Chance) -> Option<(Spot, i64)> {
        chance.pick(&self.on_hand).copied()
    }
}

/// What somebody wants. `None` while the site has nothing to do it with.
fn wish(chance: &mut Chance, stock: &Stock, view: &View, host: Host, others: &[Host]) -> Option<Wish> {
    let item = *view.items.first()?;
    if let Some(code) = LOCATIONS.get(view.locations.len()) {
        return Some(Wish::Location(code));
    }
    // The codes come in falling order: `MAIN` before `BACK`.
    let pool = Spot { item, location: view.locations[0] };
    if host == stock.keeper && !view.pools.is_empty() && !view.heard.is_empty() && stock.deeds.all.minted == 0 {
        return Some(Wish::ShareOut);
    }
    if host == stock.keeper && view.pools.is_empty() {
        let some = view.on_hand.iter().any(|(spot, _)| *spot == pool);
        let quantity = chance.between(limits::POOL_PIECES / 2, limits::POOL_PIECES) as i64;
        return Some(if some { Wish::Pool(pool) } else { Wish::Do(Deed::Receive(pool, quantity)) });
    }
    let many = |chance: &mut Chance| chance.between(1, limits::MOST_PIECES) as i64;
    let deed = match chance.below(26) {
        0 | 1 => {
            let spot = Spot { item: *chance.pick(&view.items)?, location: *chance.pick(&view.locations)? };
            Deed::Receive(spot, chance.between(1, limits::RECEIVED_PIECES) as i64)
        }
        2 | 3 => match view.some_stock(chance) {
            Some((spot, _)) => Deed::Issue(spot, many(chance)),
            None => Deed::Issue(pool, many(chance)),
        },
        4 => {
            let (spot, there) = view.some_stock(chance)?;
            let into = *view.locations.iter().find(|location| **location != spot.location)?;
            Deed::Shift(spot, into, chance.between(1, there as u64 + 2) as i64)
        }
        5 => {
            let (spot, there) = view.some_stock(chance)?;
            let some = chance.between(1, (there as u64 / 3).max(2)) as i64;
            Deed::Adjust(spot, if chance.one_in(3) { some } else { -some })
        }
        6 => Deed::Reverse(*chance.pick(&view.moves)?),
        7 | 8 => {
            let (spot, there) = view.some_stock(chance)?;
            Deed::Send(spot, *chance.pick(others)?, chance.between(1, (there as u64 / 2).max(2)) as i64)
        }
        9..=11 if !view.incoming.is_empty() => {
            let (dispatch, sent) = *chance.pick(&view.incoming)?;
            let (arrived, damaged) = match chance.below(3) {
                0 => (sent, 0),
                1 => (chance.below(sent as u64 + 1) as i64, 0),
                _ => {
                    let arrived = chance.below(sent as u64 + 1) as i64;
                    (arrived, chance.below((sent - arrived) as u64 + 1) as i64)
                }
            };
            Deed::Accept(dispatch, *chance.pick(&view.locations)?, arrived, damaged)
        }
        12 | 13 if !view.short.is_empty() => Deed::Settle(*chance.pick(&view.short)?, chance.one_in(2)),
        _ if host == stock.keeper => return keeping(chance, view, pool, others),
        14 => Deed::Pass(*chance.pick(others)?, many(chance)),
        15 => Deed::Return(many(chance).min(view.held + 1)),
        _ if stock.deeds.all.pool.is_some() => Deed::Spend(many(chance)),
        _ => return None,
    };
    Some(Wish::Do(deed))
}

/// What the keeper of the pool does about it.
fn keeping(chance: &mut Chance, view: &View, pool: Spot, others: &[Host]) -> Option<Wish> {
    let deed = match chance.below(8) {
        0..=2 => return Some(Wish::ShareOut),
        3 => Deed::Grant(*chance.pick(others)?, chance.between(1, 2 * limits::MOST_PIECES) as i64, 0),
        4 if view.held > 0 => Deed::Retire(chance.between(1, view.held as u64 + 1) as i64),
        7 => Deed::Receive(pool, chance.between(1, limits::RECEIVED_PIECES) as i64),
        _ => match chance.pick(&view.sales).copied() {
            Some((sale, open)) => {
                Deed::Deliver(pool, chance.between(1, open as u64 + u64::from(open < 3)) as i64, sale)
            }
            None => return Some(Wish::ShareOut),
        },
    };
    Some(Wish::Do(deed))
}
