//! The rules of a transfer to another site. Owns them: a receipt is of a dispatch to this site, once, and of no more than was
//! sent; a settlement is by the sender, of no more than is missing.

use std::collections::BTreeSet;

use super::accounts;
use super::moving::{check_draft, check_line, check_place};
use super::verdict::{Case, RuleStop, check_count, check_currency, of_line};
use crate::refusal::{Code, Refusal};
use crate::stock::posting::{Body, Dispatch, Line, Outcome, PlaceKind, Quantity, Receipt, Settlement};

pub(super) fn judge_dispatch(mut case: Case<'_>, body: &Dispatch) -> Result<(), RuleStop> {
    case.check_number(body.number)?;
    check_count(body.lines.len())?;
    check_currency(&body.currency)?;
    if body.to == case.view.writer.site {
        return Err(Refusal::new(Code::SameSite).into());
    }
    if let Some(draft) = &body.draft {
        check_draft(&case, draft)?;
    }
    for (index, line) in body.lines.iter().enumerate() {
        if line.from.stored().is_none() || line.to.kind != PlaceKind::Transit || line.to.location.is_some() {
            return Err(of_line(index, Code::PlacesUnfit).with("value", "send").into());
        }
        check_line(&mut case, index, line, &body.currency, false)?;
    }
    Ok(())
}

pub(super) fn judge_receipt(mut case: Case<'_>, body: &Receipt) -> Result<(), RuleStop> {
    case.check_number(body.number)?;
    check_currency(&body.currency)?;
    let (_, cited) = case.cited(&body.dispatch)?;
    let Body::Dispatch(sent) = cited else {
        return Err(Refusal::new(Code::NotCited).with("value", body.dispatch).into());
    };
    if sent.to != case.view.writer.site {
        return Err(Refusal::new(Code::NotForThisSite).with("value", body.dispatch).into());
    }
    case.check_once(&accounts::received(&body.dispatch), Code::ReceivedAlready, body.dispatch)?;
    let mut seen = BTreeSet::new();
    for (index, line) in body.lines.iter().enumerate() {
        let of = sent.lines.get(line.line as usize).filter(|_| seen.insert(line.line));
        let of = of.ok_or_else(|| of_line(index, Code::UnknownLine).with("value", line.line + 1))?;
        check_same(index, of, &line.arrived)?;
        let arrived = line.arrived.quantity.0.checked_add(line.damaged.0);
        if line.damaged.0 < 0 || arrived.is_none_or(|arrived| arrived > of.quantity.0) {
            let found = Quantity(arrived.unwrap_or(i64::MAX));
            return Err(of_line(index, Code::MoreThanSent).with("value", found).with("found", of.quantity).into());
        }
        if line.arrived.to.stored().is_none() {
            return Err(of_line(index, Code::LocationMissing).into());
        }
        if line.arrived.quantity.0 == 0 && line.arrived.value == 0 {
            // Nothing whole arrived: there is nothing to put anywhere.
            check_place(&case, index, &line.arrived.to)?;
            continue;
        }
        check_line(&mut case, index, &line.arrived, &body.currency, false)?;
    }
    Ok(())
}

pub(super) fn judge_settlement(mut case: Case<'_>, body: &Settlement) -> Result<(), RuleStop> {
    case.check_number(body.number)?;
    check_count(body.lines.len())?;
    check_currency(&body.currency)?;
    let (_, cited) = case.cited(&body.receipt)?;
    let Body::Receipt(receipt) = cited else {
        return Err(Refusal::new(Code::NotCited).with("value", body.receipt).into());
    };
    let own =
        case.running.ledger.own_posting(&receipt.dispatch)?.map(|(_, posting)| Body::read(&posting)).transpose()?;
    let Some(Body::Dispatch(sent)) = own else {
        return Err(Refusal::new(Code::NotForThisSite).with("value", body.receipt).into());
    };
    if sent.currency != body.currency {
        return Err(Refusal::new(Code::OtherCurrency).with("expected", sent.currency).into());
    }
    for (index, line) in body.lines.iter().enumerate() {
        let of = sent.lines.get(line.line as usize);
        let of = of.ok_or_else(|| of_line(index, Code::UnknownLine).with("value", line.line + 1))?;
        let arrived = receipt.lines.iter().find(|arrived| arrived.line == line.line);
        let missing = of.quantity.0 - arrived.map_or(0, |arrived| arrived.arrived.quantity.0);
        let account = accounts::settled(&body.receipt, line.line);
        let open = missing - case.running.balance(&account)?;
        if line.quantity.0 <= 0 || line.quantity.0 > open {
            let refusal = of_line(index, Code::MoreThanMissing).with("value", line.quantity);
            return Err(refusal.with("found", Quantity(open.max(0))).into());
        }
        case.running.add(&[comptoir_replica::posting::Effect { account, amount: line.quantity.0 }])?;
        match (&line.found, line.outcome) {
            (None, Outcome::Lost) => {}
            (Some(found), Outcome::Found) if found.quantity == line.quantity && found.to.stored().is_some() => {
                check_same(index, of, found)?;
                check_line(&mut case, index, found, &body.currency, false)?;
            }
            _ => return Err(of_line(index, Code::PlacesUnfit).with("value", "settle").into()),
        }
    }
    Ok(())
}

/// What arrives, or is found, is what was sent.
fn check_same(index: usize, sent: &Line, arrived: &Line) -> Result<(), Refusal> {
    let same = sent.item == arrived.item
        && sent.lot == arrived.lot
        && sent.serial == arrived.serial
        && sent.expiry == arrived.expiry
        && arrived.from.kind == PlaceKind::Transit
        && arrived.from.location.is_none()
        && arrived.fulfils.is_none();
    if same { Ok(()) } else { Err(of_line(index, Code::OtherThanSent)) }
}
