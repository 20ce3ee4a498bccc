//! Rights to a pool: granted by its keeper, spent by a sale, passed on, given back, retired. Owns the decisions: which credits
//! are drawn on, oldest first, and which epoch of a site receives.

use comptoir_replica::record::RecordId;
use comptoir_sync_protocol::LogHead;
use comptoir_sync_protocol::ids::{SiteId, Writer};
use rand_core::CryptoRng;
use rust_decimal::Decimal;

use super::{Decided, Deciding, Posted, above_zero};
use crate::desk::{CommandError, Desk, Stopped};
use crate::find::find;
use crate::limits::MAX_CREDIT_DRAWS;
use crate::refusal::{Code, Refusal};
use crate::registry::kind;
use crate::sites::Sites;
use crate::stock::posting::{Body, CreditDraw, Day, Holder, Quantity, Rights, RightsAct};
use crate::stock::query::item::Counted;
use crate::stock::query::rights::{PoolFacts, open_credits, pool};

/// What is done with rights to a pool.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RightsRequest<'r> {
    /// What.
    pub act: RightsAct,
    /// The pool, by id or code.
    pub pool: &'r str,
    /// The code of the site that receives; of a return it is the keeper.
    pub to: Option<&'r str>,
    /// How much, in a unit of the item.
    pub quantity: Decimal,
    /// Which; the item's own when empty.
    pub unit: &'r str,
    /// Of a sale: to whom, by id or reference.
    pub party: Option<&'r str>,
    /// What else is to be said.
    pub note: &'r str,
}

impl Desk<'_> {
    /// Posts an act on rights.
    ///
    /// # Errors
    /// [`Code::PoolShort`], [`Code::RightsShort`], [`Code::RightsUnfit`], [`Code::UnknownSite`], [`Code::SiteSilent`], or the
    /// store's.
    pub fn rights(&self, request: &RightsRequest<'_>, rng: &mut impl CryptoRng) -> Result<Posted, CommandError> {
        let (_, id) = self.find(kind("pool")?, request.pool)?;
        let party = request.party.map(|name| self.find(kind("party")?, name)).transpose()?.map(|(_, party)| party);
        let sites = Sites::of(self.replica);
        let writers = self.replica.latest_writers()?;
        let command = format!("rights.{}", request.act.word());
        self.post(&command, rng, |deciding| {
            let facts = pool(deciding.reading.connection(), &id)?;
            let item = Counted::of(&deciding.reading, facts.item)?;
            let quantity = above_zero(item.in_own_unit(request.quantity, request.unit)?)?;
            let to = receiver(deciding, &sites, &writers, request, &facts)?;
            let rights = Rights {
                number: deciding.next_number("stock.rights")?,
                date: Day(self.today()),
                act: request.act,
                pool: facts.id,
                item: facts.item,
                location: facts.location,
                to,
                quantity,
                minted: Quantity::default(),
                draws: Vec::new(),
                party,
                note: request.note.to_owned(),
            };
            decide(deciding, &facts, rights)
        })
    }
}

/// Who receives: a site in the epoch in which it was last heard.
fn receiver(
    deciding: &Deciding<'_>,
    sites: &Sites,
    writers: &[Writer],
    request: &RightsRequest<'_>,
    facts: &PoolFacts,
) -> Result<Option<Holder>, Stopped> {
    let site = match (request.act, request.to) {
        (RightsAct::Spend | RightsAct::Retire, _) => return Ok(None),
        // What comes back of a revoked site is not of this site's credits: see `reclaim`.
        (RightsAct::Reclaim | RightsAct::Honour, _) => {
            return Err(Refusal::new(Code::RightsUnfit).with("value", request.act.word()).into());
        }
        (RightsAct::Return, _) => {
            let keeper = sites.0.keys().find(|site| deciding.ledger.is_of(site, &facts.location));
            *keeper.ok_or_else(|| Refusal::new(Code::RightsUnfit).with("value", request.act.word()))?
        }
        (_, Some(code)) => sites.id(code).map_err(|refusal| refusal.under("to"))?,
        (_, None) => return Err(Refusal::of("to", Code::Required).into()),
    };
    Ok(Some(holder(sites, writers, site)?))
}

/// A site in the epoch in which it was last heard.
pub(super) fn holder(sites: &Sites, writers: &[Writer], site: SiteId) -> Result<Holder, Refusal> {
    let writer = writers.iter().find(|writer| writer.site == site);
    let writer = writer.ok_or_else(|| Refusal::of("to", Code::SiteSilent).with("value", sites.code(&site.0)))?;
    Ok(Holder { site, epoch: writer.epoch })
}

/// Draws on credits, and for the keeper's grants on free stock for the rest.
pub(super) fn decide(deciding: &Deciding<'_>, facts: &PoolFacts, mut rights: Rights) -> Result<Decided, Stopped> {
    let (draws, cites, drawn) = draw(deciding, &facts.id, rights.quantity)?;
    let rest = rights.quantity.0 - drawn;
    if rest > 0 && rights.act != RightsAct::Grant {
        let refusal = Refusal::new(Code::RightsShort).with("found", Quantity(drawn));
        return Err(refusal.with("value", rights.quantity).into());
    }
    rights.minted = Quantity(rest.max(0));
    rights.draws = draws;
    Ok(Decided { body: Body::Rights(rights), cites, edits: Vec::new() })
}

/// Draws on the oldest credits of this site as it writes now, as far as they go.
fn draw(
    deciding: &Deciding<'_>,
    pool: &RecordId,
    quantity: Quantity,
) -> Result<(Vec<CreditDraw>, Vec<LogHead>, i64), Stopped> {
    let writer = deciding.ledger.writer();
    let (mut draws, mut cites, mut drawn): (Vec<CreditDraw>, Vec<LogHead>, i64) = (Vec::new(), Vec::new(), 0);
    for credit in open_credits(deciding.reading.connection(), &writer, pool)? {
        if drawn == quantity.0 || draws.len() == MAX_CREDIT_DRAWS {
            break;
        }
        let (stored, _) = deciding.posting(&credit.id)?;
        let part = credit.left.min(quantity.0 - drawn);
        draws.push(CreditDraw { credit: credit.id, quantity: Quantity(part) });
        if !cites.contains(&stored.entry) {
            cites.push(stored.entry);
        }
        drawn += part;
    }
    Ok((draws, cites, drawn))
}

/// The pool of a name, for a look.
///
/// # Errors
/// As [`Desk::find`].
pub fn pool_named(desk: &Desk<'_>, name: &str) -> Result<RecordId, CommandError> {
    let of = kind("pool")?;
    desk.look_at(of, |reading| Ok(find(reading.connection(), of, name)?.1))
}
