//! Taking back what a revoked site held of a pool, and honouring what it turns out to have sold of that all the same. Owns both
//! decisions; the keeper's alone. Which credits they concern follows from the tables, whether it is time from the rules.

use comptoir_replica::posting::Leaving;
use comptoir_sync_protocol::ids::SiteId;
use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::rights::pool_named;
use super::{Decided, Deciding, Posted, stopped};
use crate::desk::{CommandError, Desk, Stopped};
use crate::findings::ModuleFinding;
use crate::refusal::{Code, Refusal};
use crate::registry::kind;
use crate::sites::Sites;
use crate::stock::posting::{Body, CreditDraw, Day, Quantity, Rights, RightsAct};
use crate::stock::query::item::named;
use crate::stock::query::rights::{OpenCredit, PoolFacts, frozen_credits, overdrawn_credits, pool};

/// What came back of a pool.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
pub struct Reclaimed {
    /// The code of the site that held it.
    pub site: String,
    /// How much: zero where nothing was left to come back.
    pub quantity: String,
    /// In which unit.
    pub unit: String,
    /// The postings.
    pub postings: Vec<String>,
}

impl Desk<'_> {
    /// Takes back all that a revoked site held of a pool that this site keeps, of all its epochs. `posted` is called after each
    /// posting.
    ///
    /// # Errors
    /// [`Code::NotRevoked`]; [`Code::SitesUnheard`], which names the sites that are waited for; [`Code::RightsUnfit`] at another
    /// site than the keeper's; [`Code::UnknownSite`]; or the store's.
    pub fn reclaim(
        &self,
        name: &str,
        site: &str,
        rng: &mut impl CryptoRng,
        mut posted: impl FnMut(Posted),
    ) -> Result<Reclaimed, CommandError> {
        let id = pool_named(self, name)?;
        let sites = Sites::of(self.replica);
        let of = sites.id(site).map_err(|refusal| refusal.under("site"))?;
        if self.replica.roster().removal(&of).is_none_or(|removal| !removal.revoked) {
            return Err(not_revoked(&sites, of).into());
        }
        let look = || {
            self.look_at(kind("pool")?, |reading| {
                let facts = pool(reading.connection(), &id)?;
                let (_, _, unit) = named(reading.connection(), facts.item.as_bytes())?;
                Ok((unit, frozen_credits(reading.connection(), &facts, of)?.is_empty()))
            })
        };
        let (unit, mut is_done) = look()?;
        let (mut quantity, mut postings) = (0_i64, Vec::new());
        while !is_done {
            let mut taken = 0;
            let done = self.post("rights.reclaim", rng, |deciding| {
                let facts = pool(deciding.reading.connection(), &id)?;
                check_certain(deciding, &sites, of, &facts)?;
                let credits = frozen_credits(deciding.reading.connection(), &facts, of)?;
                taken = credits.iter().map(|credit| credit.left).sum();
                self.on_credits(deciding, &facts, RightsAct::Reclaim, &credits)
            })?;
            quantity += taken;
            postings.push(done.posting.to_string());
            posted(done);
            is_done = look()?.1;
        }
        Ok(Reclaimed { site: sites.code(&of.0), quantity: Quantity(quantity).to_string(), unit, postings })
    }

    /// Honours, from the inbox, what a revoked site sold of rights that were taken back: they are out again.
    pub(crate) fn honour(&self, finding: &ModuleFinding, rng: &mut impl CryptoRng) -> Result<Posted, CommandError> {
        let sites = Sites::of(self.replica);
        let code = finding.part.split_once('/').map_or("", |(site, _)| site);
        let of = sites.id(code)?;
        self.post("rights.honour", rng, |deciding| {
            let facts = pool(deciding.reading.connection(), &finding.subject)?;
            let credits = overdrawn_credits(deciding.reading.connection(), &facts, of)?;
            self.on_credits(deciding, &facts, RightsAct::Honour, &credits)
        })
    }

    /// The posting that draws on these credits of another site, each as far as it says.
    fn on_credits(
        &self,
        deciding: &Deciding<'_>,
        facts: &PoolFacts,
        act: RightsAct,
        credits: &[OpenCredit],
    ) -> Result<Decided, Stopped> {
        let (mut draws, mut cites, mut quantity) = (Vec::with_capacity(credits.len()), Vec::new(), 0_i64);
        for credit in credits {
            let (stored, _) = deciding.posting(&credit.id)?;
            draws.push(CreditDraw { credit: credit.id, quantity: Quantity(credit.left) });
            if !cites.contains(&stored.entry) {
                cites.push(stored.entry);
            }
            quantity = quantity.saturating_add(credit.left);
        }
        let body = Body::Rights(Rights {
            number: deciding.next_number("stock.rights")?,
            date: Day(self.today()),
            act,
            pool: facts.id,
            item: facts.item,
            location: facts.location,
            to: None,
            quantity: Quantity(quantity),
            minted: Quantity::default(),
            draws,
            party: None,
            note: String::new(),
        });
        Ok(Decided { body, cites, edits: Vec::new() })
    }
}

fn not_revoked(sites: &Sites, site: SiteId) -> Refusal {
    Refusal::of("site", Code::NotRevoked).with("value", sites.code(&site.0))
}

/// What the rules will ask, told in the codes of sites.
fn check_certain(deciding: &Deciding<'_>, sites: &Sites, of: SiteId, facts: &PoolFacts) -> Result<(), Stopped> {
    if !deciding.ledger.is_own(&facts.location) {
        return Err(Refusal::new(Code::RightsUnfit).with("value", RightsAct::Reclaim.word()).into());
    }
    match deciding.ledger.left_by(&of).map_err(|stop| stopped(deciding, stop.into()))? {
        Leaving::Left(_) => Ok(()),
        Leaving::Stands => Err(not_revoked(sites, of).into()),
        Leaving::Unheard(unheard) => {
            let mut known: Vec<String> = unheard.iter().map(|site| sites.code(&site.0)).collect();
            known.sort_unstable();
            let known = known.join(", ");
            Err(Refusal::new(Code::SitesUnheard).with("value", &known).with("known", known).into())
        }
    }
}
