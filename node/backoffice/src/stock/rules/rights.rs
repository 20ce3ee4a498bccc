//! The rules of rights to a pool. Owns them: rights come out of free stock by the keeper alone, or out of credits that name this
//! site and epoch, each drawn no further than it goes; what is given names who receives it. So that, whatever sites do while
//! they do not hear of each other, no more is sold than was given, and no more is given than lies there.

use std::collections::BTreeSet;

use comptoir_replica::posting::Effect;
use comptoir_replica::record::RecordId;

use super::verdict::{Case, RuleStop, of_line};
use super::{accounts, reclaim};
use crate::limits::MAX_CREDIT_DRAWS;
use crate::refusal::{Code, Refusal};
use crate::stock::posting::{Body, CreditDraw, Holder, Quantity, Rights, RightsAct};

pub(super) fn judge(mut case: Case<'_>, body: &Rights) -> Result<(), RuleStop> {
    case.check_number(body.number)?;
    let mut drawn = Some(0_i64);
    for draw in &body.draws {
        drawn = drawn.and_then(|drawn| drawn.checked_add(draw.quantity.0));
    }
    let whole = drawn.and_then(|drawn| drawn.checked_add(body.minted.0)) == Some(body.quantity.0);
    if body.quantity.0 <= 0 || body.minted.0 < 0 || !whole {
        return Err(Refusal::new(Code::QuantityNotPositive).with("value", body.quantity).into());
    }
    if body.draws.len() > MAX_CREDIT_DRAWS {
        return Err(Refusal::new(Code::TooMany).with("limit", MAX_CREDIT_DRAWS).into());
    }
    check_parties(&case, body)?;
    if body.minted.0 > 0 {
        check_minted(&case, body)?;
    }
    let mut credits = BTreeSet::new();
    for (index, draw) in body.draws.iter().enumerate() {
        if draw.quantity.0 <= 0 || !credits.insert(draw.credit) {
            return Err(of_line(index, Code::QuantityNotPositive).with("value", draw.quantity).into());
        }
    }
    if let RightsAct::Reclaim | RightsAct::Honour = body.act {
        return reclaim::judge(&case, body);
    }
    for (index, draw) in body.draws.iter().enumerate() {
        check_draw(&mut case, index, body, draw)?;
    }
    Ok(())
}

/// Who may do it, and to whom.
fn check_parties(case: &Case<'_>, body: &Rights) -> Result<(), RuleStop> {
    let (ledger, us) = (case.running.ledger, case.view.writer);
    let keeps = ledger.is_own(&body.location);
    let to_keeper = body.to.is_some_and(|to| ledger.is_of(&to.site, &body.location));
    let to_other = body.to.is_some_and(|to| to.site != us.site);
    let fits = match body.act {
        RightsAct::Grant => keeps && to_other,
        RightsAct::Pass => !keeps && to_other && !to_keeper && body.minted.0 == 0,
        RightsAct::Return => !keeps && to_keeper && body.minted.0 == 0,
        RightsAct::Spend => !keeps && body.to.is_none() && body.minted.0 == 0,
        RightsAct::Retire | RightsAct::Reclaim | RightsAct::Honour => keeps && body.to.is_none() && body.minted.0 == 0,
    };
    if fits { Ok(()) } else { Err(Refusal::new(Code::RightsUnfit).with("value", body.act.word()).into()) }
}

/// No more rights are out than stock lies there.
fn check_minted(case: &Case<'_>, body: &Rights) -> Result<(), RuleStop> {
    let there = case.running.balance(&accounts::at(&body.location, &body.item))?;
    let out = case.running.balance(&accounts::granted(&body.location, &body.item))?;
    let free = there - out;
    if body.minted.0 > free {
        let refusal = Refusal::new(Code::PoolShort).with("item", body.item).with("location", body.location);
        return Err(refusal.with("found", Quantity(free.max(0))).with("value", body.minted).into());
    }
    Ok(())
}

fn check_draw(case: &mut Case<'_>, index: usize, body: &Rights, draw: &CreditDraw) -> Result<(), RuleStop> {
    let us = Holder { site: case.view.writer.site, epoch: case.view.writer.epoch };
    let (given, holder) = credit(case, index, body, draw)?;
    if holder != us {
        return Err(of_line(index, Code::CreditOfOthers).with("value", draw.credit).into());
    }
    let account = accounts::drawn(&draw.credit);
    let open = given.quantity.0 - case.running.balance_of_epoch(&account)?;
    check_open(index, draw, open)?;
    case.running.add(&[Effect { account, amount: draw.quantity.0 }])
}

/// The credit that is drawn on, of this pool, and whose it is.
pub(super) fn credit(
    case: &Case<'_>,
    index: usize,
    body: &Rights,
    draw: &CreditDraw,
) -> Result<(Rights, Holder), RuleStop> {
    let (given, holder) = match case.cited(&draw.credit)?.1 {
        Body::Rights(given @ Rights { to: Some(holder), .. }) => (given, holder),
        _ => return Err(of_line(index, Code::CreditOfOthers).with("value", draw.credit).into()),
    };
    if (given.pool, given.item, given.location) != (body.pool, body.item, body.location) {
        return Err(of_line(index, Code::OtherPool).with("value", draw.credit).into());
    }
    Ok((given, holder))
}

/// No more is drawn than is open.
pub(super) fn check_open(index: usize, draw: &CreditDraw, open: i64) -> Result<(), Refusal> {
    if draw.quantity.0 <= open {
        return Ok(());
    }
    let refusal = of_line(index, Code::RightsShort).with("value", draw.quantity);
    Err(refusal.with("found", Quantity(open.max(0))))
}

/// The sale by rights that a line delivers.
pub(super) fn sold(case: &Case<'_>, spend: &RecordId) -> Result<Rights, RuleStop> {
    match case.cited(spend)?.1 {
        Body::Rights(rights) if rights.act == RightsAct::Spend => Ok(rights),
        _ => Err(Refusal::new(Code::NotCited).with("value", spend).into()),
    }
}
