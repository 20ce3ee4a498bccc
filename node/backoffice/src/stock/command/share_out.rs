//! Sharing a pool out: its keeper grants what is free, by what each site sold or equally, so that each can sell while the line is
//! down. Owns the policy; every grant is a posting like any other.

use std::collections::BTreeMap;

use comptoir_sync_protocol::ids::SiteId;
use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::rights::{decide, holder, pool_named};
use super::{Deciding, Posted};
use crate::desk::Stopped;
use crate::desk::{CommandError, Desk};
use crate::refusal::{Code, Refusal};
use crate::registry::kind;
use crate::sites::Sites;
use crate::stock::posting::{Day, Holder, Quantity, Rights, RightsAct};
use crate::stock::query::item::Counted;
use crate::stock::query::rights::{Held, PoolFacts, Present, free, holders, pool};

/// What a site is granted.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
pub struct Share {
    /// The site's code.
    pub site: String,
    /// What it holds.
    pub held: String,
    /// What it is granted on top.
    pub granted: String,
}

/// What a site would receive: as it is shown, and as it is posted.
type Portion = (Share, Holder, Quantity);

impl Desk<'_> {
    /// What sharing a pool out would grant. Writes nothing.
    ///
    /// # Errors
    /// As [`Desk::share_out`].
    pub fn try_share_out(&self, name: &str, among: &[String]) -> Result<Vec<Share>, CommandError> {
        Ok(self.shares(name, among)?.1.into_iter().map(|(share, ..)| share).collect())
    }

    /// Grants what is free of a pool to sites: those that are named, else all that hold rights or sold and are not revoked. `posted` is called after
    /// each grant.
    ///
    /// # Errors
    /// [`Code::PoolEmpty`], [`Code::SiteSilent`], [`Code::RightsUnfit`] at another site than the keeper's, or the store's.
    pub fn share_out(
        &self,
        name: &str,
        among: &[String],
        rng: &mut impl CryptoRng,
        mut posted: impl FnMut(Posted),
    ) -> Result<Vec<Share>, CommandError> {
        let (facts, shares) = self.shares(name, among)?;
        let mut done = Vec::with_capacity(shares.len());
        for (share, to, quantity) in shares {
            if quantity.0 > 0 {
                let granted = self.post("rights.share-out", rng, |deciding: &Deciding<'_>| {
                    let rights = Rights {
                        number: deciding.next_number("stock.rights")?,
                        date: Day(self.today()),
                        act: RightsAct::Grant,
                        pool: facts.id,
                        item: facts.item,
                        location: facts.location,
                        to: Some(to),
                        quantity,
                        minted: Quantity::default(),
                        draws: Vec::new(),
                        party: None,
                        note: String::new(),
                    };
                    decide(deciding, &facts, rights)
                })?;
                posted(granted);
            }
            done.push(share);
        }
        Ok(done)
    }

    /// Who would receive how much. Whoever cannot receive is known before anything is granted.
    fn shares(&self, name: &str, among: &[String]) -> Result<(PoolFacts, Vec<Portion>), CommandError> {
        let id = pool_named(self, name)?;
        let (sites, present) = (Sites::of(self.replica), Present::of(self.replica)?);
        let own = self.replica.site();
        self.look_at(kind("pool")?, |reading| {
            let facts = pool(reading.connection(), &id)?;
            let decimals = Counted::of(reading, facts.item)?.record.decimals;
            let held = holders(reading.connection(), &present, &id)?;
            let mut wanted: BTreeMap<SiteId, Held> = BTreeMap::new();
            if among.is_empty() {
                let sells = |site: &SiteId| *site != own && !present.revoked.contains(site);
                wanted.extend(held.iter().filter(|(site, _)| sells(site)).map(|(site, held)| (*site, *held)));
            }
            for code in among {
                let site = sites.id(code)?;
                wanted.insert(site, held.get(&site).copied().unwrap_or_default());
            }
            let (there, out) = free(reading.connection(), &facts)?;
            let returned = held.get(&own).map_or(0, |held| held.held);
            let free = there - out - facts.keep + returned;
            if free <= 0 || wanted.is_empty() {
                return Err(Stopped::from(Refusal::new(Code::PoolEmpty)));
            }
            let step = 10_i64.pow(u32::try_from(6 - decimals).unwrap_or(0));
            let granted = divide(free, step, &wanted, facts.policy == "demand");
            let share = |(site, quantity): (SiteId, i64)| {
                let to = holder(&sites, &present.writers, site)?;
                let held = wanted.get(&site).map_or(0, |held| held.held);
                let (held, granted) = (Quantity(held).to_string(), Quantity(quantity).to_string());
                Ok((Share { site: sites.code(&site.0), held, granted }, to, Quantity(quantity)))
            };
            let shares = granted.into_iter().map(share).collect::<Result<_, Stopped>>()?;
            Ok((facts, shares))
        })
    }
}

/// Who gets how much: so that each holds its part of all that there is, by what it sold or equally. Nobody loses what he holds,
/// and what is granted is whole in the item's decimals.
fn divide(free: i64, step: i64, wanted: &BTreeMap<SiteId, Held>, by_demand: bool) -> BTreeMap<SiteId, i64> {
    // One more than was sold: who sold nothing yet gets something too.
    let weight = |held: &Held| if by_demand { i128::from(held.sold) + i128::from(Quantity::ONE.0) } else { 1 };
    let mut open = free - free % step;
    let mut granted: BTreeMap<SiteId, i64> = wanted.keys().map(|site| (*site, 0)).collect();
    let all: i128 = wanted.values().map(weight).sum();
    let total = i128::from(free) + wanted.values().map(|held| i128::from(held.held)).sum::<i128>();
    // Those that lack most come first, so that rounding and what others hold already hurts them least.
    let mut lacking: Vec<(i64, SiteId)> = wanted
        .iter()
        .map(|(site, held)| {
            let part = i64::try_from(total * weight(held) / all.max(1)).unwrap_or(i64::MAX);
            ((part - held.held).max(0), *site)
        })
        .collect();
    lacking.sort_unstable_by_key(|(lack, site)| (std::cmp::Reverse(*lack), *site));
    for (lack, site) in lacking {
        let part = (lack - lack % step).min(open);
        granted.insert(site, part);
        open -= part;
    }
    granted
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(of: &[(i64, i64)]) -> BTreeMap<SiteId, Held> {
        let site = |(number, (held, sold)): (usize, &(i64, i64))| {
            (SiteId([number as u8; 16]), Held { held: *held * 1_000_000, sold: *sold * 1_000_000, ..Held::default() })
        };
        of.iter().enumerate().map(site).collect()
    }

    fn shares(free: i64, of: &[(i64, i64)], by_demand: bool) -> Vec<i64> {
        let granted = divide(free * 1_000_000, 1_000_000, &wanted(of), by_demand);
        granted.values().map(|quantity| quantity / 1_000_000).collect()
    }

    #[test]
    fn demand_decides_and_nobody_gets_more_than_there_is() {
        assert_eq!(shares(100, &[(0, 0), (0, 0)], false), [50, 50]);
        assert_eq!(shares(100, &[(0, 29), (0, 9)], true), [75, 25]);
        assert_eq!(shares(20, &[(80, 0), (0, 0)], false), [0, 20], "who holds enough gets nothing");
        for free in [1, 7, 99, 1_000] {
            let granted = shares(free, &[(3, 5), (0, 1), (10, 0)], true);
            assert!(granted.iter().sum::<i64>() <= free && granted.iter().all(|part| *part >= 0), "{granted:?}");
        }
    }
}
