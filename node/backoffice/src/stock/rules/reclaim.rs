//! The rules of rights that come back from a revoked site. Owns them: its keeper takes back of a credit what was given, less what
//! the site's log had drawn of it at its cut, less what was taken back before; and that only once nobody who has not heard
//! of the revocation can still make more of that log count. What counts of it later all the same is honoured.

use comptoir_replica::posting::{Leaving, Left};
use comptoir_sync_protocol::ids::SiteId;

use super::accounts;
use super::rights::{check_open, credit};
use super::verdict::{Case, RuleStop, of_line};
use crate::refusal::{Code, Refusal};
use crate::stock::posting::{Rights, RightsAct};

/// Each draw is of a credit of its own: none runs on what another left.
pub(super) fn judge(case: &Case<'_>, body: &Rights) -> Result<(), RuleStop> {
    if body.act == RightsAct::Honour {
        return judge_honour(case, body);
    }
    let mut of = None;
    for (index, draw) in body.draws.iter().enumerate() {
        let (given, holder) = credit(case, index, body, draw)?;
        let (site, left) = match &of {
            Some(known) => known,
            None => &*of.insert((holder.site, left_by(case, &holder.site)?)),
        };
        if holder.site != *site {
            return Err(of_line(index, Code::CreditOfOthers).with("value", draw.credit).into());
        }
        let drawn = left.balance(holder.epoch, &accounts::drawn(&draw.credit))?;
        let before = case.running.balance(&accounts::reclaimed(&draw.credit))?;
        check_open(index, draw, given.quantity.0.saturating_sub(drawn).saturating_sub(before))?;
    }
    Ok(())
}

fn judge_honour(case: &Case<'_>, body: &Rights) -> Result<(), RuleStop> {
    for (index, draw) in body.draws.iter().enumerate() {
        credit(case, index, body, draw)?;
        check_open(index, draw, case.running.balance(&accounts::reclaimed(&draw.credit))?)?;
    }
    Ok(())
}

fn left_by<'c>(case: &Case<'c>, site: &SiteId) -> Result<Left<'c>, RuleStop> {
    match case.running.ledger.left_by(site)? {
        Leaving::Left(left) => Ok(left),
        Leaving::Stands => Err(Refusal::new(Code::NotRevoked).with("value", site).into()),
        Leaving::Unheard(sites) => {
            let sites: Vec<String> = sites.iter().map(SiteId::to_string).collect();
            Err(Refusal::new(Code::SitesUnheard).with("known", sites.join(", ")).into())
        }
    }
}
