//! The independent model of stock: what lies where and who may sell how much, counted from what clients told the program to do.
//! Shares no code with the module. Owns the counting, and the promises that hold after every single deed.

use std::collections::BTreeMap;

use comptoir_replica::record::RecordId;

use super::deed::{Deed, Spot, Told};
use crate::simulator::ledger::Host;

/// A dispatch and what became of it: whole pieces.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Way {
    /// What was sent, and from where.
    pub spot: Spot,
    /// By whom.
    pub from: Host,
    /// To whom.
    pub to: Host,
    /// How much was sent.
    pub sent: i64,
    /// Whether the receiver has said what arrived.
    pub received: bool,
    /// How much arrived whole.
    pub arrived: i64,
    /// How much arrived damaged.
    pub damaged: i64,
    /// How much is lost.
    pub lost: i64,
    /// How much was found where it came from.
    pub found: i64,
}

impl Way {
    /// What did not arrive whole and is not settled.
    pub fn missing(&self) -> i64 {
        if self.received { self.sent - self.arrived - self.lost - self.found } else { 0 }
    }
}

/// What a number of deeds come to, by site.
#[derive(Clone, Default, Debug)]
pub struct Sums {
    /// Who keeps the pool, and where it lies.
    pub pool: Option<(Host, Spot)>,
    /// What lies where.
    pub on_hand: BTreeMap<(Host, Spot), i64>,
    /// Dispatches by id.
    pub ways: BTreeMap<RecordId, Way>,
    /// Rights that a site holds.
    pub held: BTreeMap<Host, i64>,
    /// What a site sold by rights, and how much of it is delivered.
    pub sold: BTreeMap<Host, (i64, i64)>,
    /// Rights that are out: given out of free stock, less retired, less delivered.
    pub out: i64,
    /// All rights that were ever given out of free stock.
    pub minted: i64,
    /// Rights that were retired.
    pub retired: i64,
    done: BTreeMap<RecordId, (Host, Deed)>,
}

impl Sums {
    /// Nothing yet, of a pool that lies there.
    pub fn of_pool(pool: Option<(Host, Spot)>) -> Self {
        Self { pool, ..Self::default() }
    }

    /// What lies in the pool.
    pub fn in_pool(&self) -> i64 {
        self.pool.map_or(0, |at| self.on_hand.get(&at).copied().unwrap_or(0))
    }

    /// What was sold by rights in all, and how much of that was delivered.
    pub fn all_sold(&self) -> (i64, i64) {
        self.sold.values().fold((0, 0), |sum, of| (sum.0 + of.0, sum.1 + of.1))
    }

    /// Rights beyond what lies in the pool: only shrinkage makes them more.
    fn deficit(&self) -> i64 {
        (self.out - self.in_pool()).max(0)
    }

    /// Counts one deed. The promises that it breaks, in words.
    pub fn count(&mut self, told: &Told) -> Result<(), String> {
        let before = self.deficit();
        let shrinks = self.apply(told.site, &told.deed)?;
        self.done.insert(told.posting, (told.site, told.deed.clone()));
        if let Deed::Send(spot, to, sent) = told.deed {
            let way =
                Way { spot, from: told.site, to, sent, received: false, arrived: 0, damaged: 0, lost: 0, found: 0 };
            self.ways.insert(told.posting, way);
        }
        let broken = |what: &str| Err(format!("{what} after {:?} of site {}: {self:?}", told.deed, told.site));
        if self.on_hand.values().any(|quantity| *quantity < 0) {
            return broken("stock below zero");
        }
        if self.held.values().any(|held| *held < 0) {
            return broken("more rights are gone than were held");
        }
        let (sold, delivered) = self.all_sold();
        if sold > self.minted || self.sold.values().any(|(sold, delivered)| delivered > sold) {
            return broken("more was sold than granted, or delivered than sold");
        }
        if self.held.values().sum::<i64>() + sold + self.retired != self.minted || delivered > sold {
            return broken("rights are not conserved");
        }
        if !shrinks && self.deficit() > before {
            return broken("more is promised than lies in the pool");
        }
        Ok(())
    }

    /// Whether it writes down that something is gone.
    fn apply(&mut self, site: Host, deed: &Deed) -> Result<bool, String> {
        match deed {
            Deed::Receive(spot, quantity) => self.lay(site, *spot, *quantity),
            Deed::Issue(spot, quantity) => self.lay(site, *spot, -quantity),
            Deed::Shift(spot, to, quantity) => {
                self.lay(site, *spot, -quantity);
                self.lay(site, Spot { location: *to, ..*spot }, *quantity);
            }
            Deed::Adjust(spot, more) => {
                self.lay(site, *spot, *more);
                return Ok(*more < 0);
            }
            Deed::Reverse(of) => return self.take_back(site, of),
            Deed::Deliver(spot, quantity, sale) => {
                self.lay(site, *spot, -quantity);
                self.deliver(site, sale, *quantity)?;
            }
            Deed::Send(spot, _, quantity) => self.lay(site, *spot, -quantity),
            Deed::Accept(dispatch, to, arrived, damaged) => {
                let way =
                    self.ways.get_mut(dispatch).ok_or_else(|| format!("{dispatch} arrives and was never sent"))?;
                if std::mem::replace(&mut way.received, true) || way.to != site || arrived + damaged > way.sent {
                    return Err(format!("site {site} receives {arrived} and {damaged} of {way:?}"));
                }
                (way.arrived, way.damaged) = (*arrived, *damaged);
                let spot = Spot { location: *to, ..way.spot };
                self.lay(site, spot, *arrived);
            }
            Deed::Settle(dispatch, found) => {
                let way = self.ways.get_mut(dispatch).filter(|way| way.from == site && way.missing() > 0);
                let way = way.ok_or_else(|| format!("site {site} settles {dispatch}, of which nothing is missing"))?;
                let missing = way.missing();
                *if *found { &mut way.found } else { &mut way.lost } += missing;
                let spot = way.spot;
                if *found {
                    self.lay(site, spot, missing);
                }
            }
            Deed::Grant(..) | Deed::Spend(_) | Deed::Pass(..) | Deed::Return(_) | Deed::Retire(_) => {
                self.change_rights(site, deed)?;
            }
        }
        Ok(false)
    }

    fn change_rights(&mut self, site: Host, deed: &Deed) -> Result<(), String> {
        let (keeper, _) = self.pool.ok_or("rights to a pool that nobody made")?;
        match *deed {
            Deed::Grant(to, quantity, again) if site == keeper => {
                self.hold(keeper, -again);
                self.hold(to, quantity);
                self.minted += quantity - again;
                self.out += quantity - again;
            }
            Deed::Spend(quantity) if site != keeper => {
                self.hold(site, -quantity);
                self.sold.entry(site).or_default().0 += quantity;
            }
            Deed::Pass(to, quantity) if site != keeper && to != keeper => {
                self.hold(site, -quantity);
                self.hold(to, quantity);
            }
            Deed::Return(quantity) if site != keeper => {
                self.hold(site, -quantity);
                self.hold(keeper, quantity);
            }
            Deed::Retire(quantity) if site == keeper => {
                self.hold(keeper, -quantity);
                self.retired += quantity;
                self.out -= quantity;
            }
            _ => return Err(format!("{deed:?} is not for site {site}")),
        }
        Ok(())
    }

    /// So much of a sale is delivered; less than nothing where that is taken back.
    fn deliver(&mut self, site: Host, sale: &RecordId, quantity: i64) -> Result<(), String> {
        let seller = self.done.get(sale).filter(|(_, deed)| matches!(deed, Deed::Spend(_)));
        let (seller, _) = seller.ok_or_else(|| format!("site {site} delivers {sale}, which nobody sold"))?;
        self.sold.entry(*seller).or_default().1 += quantity;
        self.out -= quantity;
        Ok(())
    }

    fn take_back(&mut self, site: Host, of: &RecordId) -> Result<bool, String> {
        let Some((by, deed)) = self.done.get(of).cloned() else { return Err(format!("{of} is taken back, unknown")) };
        match deed {
            _ if by != site => return Err(format!("site {site} takes back what site {by} did")),
            Deed::Receive(spot, quantity) => self.lay(site, spot, -quantity),
            Deed::Issue(spot, quantity) => self.lay(site, spot, quantity),
            Deed::Deliver(spot, quantity, sale) => {
                self.lay(site, spot, quantity);
                self.deliver(site, &sale, -quantity)?;
            }
            Deed::Shift(spot, to, quantity) => {
                self.lay(site, Spot { location: to, ..spot }, -quantity);
                self.lay(site, spot, quantity);
            }
            Deed::Adjust(spot, more) => {
                self.lay(site, spot, -more);
                return Ok(more > 0);
            }
            other => return Err(format!("{other:?} is taken back, which is no move")),
        }
        Ok(false)
    }

    fn lay(&mut self, site: Host, spot: Spot, more: i64) {
        *self.on_hand.entry((site, spot)).or_default() += more;
    }

    fn hold(&mut self, site: Host, more: i64) {
        *self.held.entry(site).or_default() += more;
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use comptoir_sync_protocol::{Epoch, Hash, LogHead, SiteId, Writer};

    use super::*;

    const SPOT: Spot = Spot { item: RecordId([1; 16]), location: RecordId([2; 16]) };

    fn told(site: Host, number: u8, deed: Deed) -> Told {
        let writer = Writer { site: SiteId([site as u8; 16]), epoch: Epoch([0; 8]) };
        let head = LogHead { writer, seq: u64::from(number), hash: Hash([number; 32]) };
        Told { posting: RecordId([number; 16]), site, head, deed }
    }

    fn counted(deeds: &[(Host, Deed)]) -> Result<Sums, String> {
        let mut sums = Sums::of_pool(Some((1, SPOT)));
        for (number, (site, deed)) in deeds.iter().enumerate() {
            sums.count(&told(*site, number as u8, deed.clone()))?;
        }
        Ok(sums)
    }

    #[test]
    fn an_honest_history_is_counted() {
        let sums = counted(&[
            (1, Deed::Receive(SPOT, 100)),
            (1, Deed::Grant(2, 60, 0)),
            (2, Deed::Spend(20)),
            (2, Deed::Pass(3, 10)),
            (3, Deed::Return(4)),
            (1, Deed::Deliver(SPOT, 20, RecordId([2; 16]))),
            (1, Deed::Grant(3, 3, 3)),
            (1, Deed::Retire(1)),
            (1, Deed::Adjust(SPOT, -70)),
            (1, Deed::Send(SPOT, 2, 0)),
        ]);
        let sums = sums.unwrap();
        assert_eq!((sums.in_pool(), sums.out, sums.minted, sums.retired), (10, 39, 60, 1));
        assert_eq!((sums.held[&1], sums.held[&2], sums.held[&3], sums.all_sold()), (0, 30, 9, (20, 20)));
    }

    #[test]
    fn what_breaks_a_promise_is_found() {
        let receive = (1, Deed::Receive(SPOT, 10));
        for (deeds, says) in [
            (vec![(2, Deed::Issue(SPOT, 1))], "below zero"),
            (vec![receive.clone(), (1, Deed::Grant(2, 11, 0))], "promised"),
            (vec![receive.clone(), (1, Deed::Grant(2, 5, 0)), (2, Deed::Spend(6))], "more rights are gone"),
            (vec![receive.clone(), (1, Deed::Grant(2, 5, 0)), (1, Deed::Issue(SPOT, 6))], "promised"),
            (
                vec![
                    receive.clone(),
                    (1, Deed::Send(SPOT, 2, 5)),
                    (3, Deed::Accept(RecordId([1; 16]), SPOT.location, 5, 0)),
                ],
                "receives",
            ),
            (vec![receive.clone(), (2, Deed::Reverse(RecordId([0; 16])))], "takes back"),
            (vec![receive, (1, Deed::Deliver(SPOT, 1, RecordId([9; 16])))], "nobody sold"),
        ] {
            let found = counted(&deeds).unwrap_err();
            assert!(found.contains(says), "{found}");
        }
    }

    #[test]
    fn what_is_missing_of_a_dispatch_is_settled_once() {
        let dispatch = RecordId([1; 16]);
        let mut deeds = vec![
            (1, Deed::Receive(SPOT, 10)),
            (1, Deed::Send(SPOT, 2, 8)),
            (2, Deed::Accept(dispatch, RecordId([7; 16]), 5, 1)),
            (1, Deed::Settle(dispatch, true)),
        ];
        let sums = counted(&deeds).unwrap();
        assert_eq!((sums.in_pool(), sums.ways[&dispatch].missing(), sums.ways[&dispatch].found), (5, 0, 3));
        deeds.push((1, Deed::Settle(dispatch, false)));
        assert!(counted(&deeds).unwrap_err().contains("nothing is missing"));
    }
}
