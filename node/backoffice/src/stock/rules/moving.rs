//! The rules of a move, and of the lines that moves and transfers share. Owns them: places are the site's own, nothing lies
//! below zero, value follows quantity, rights of others are kept, a draft is posted once, a reversal takes back just what was.

use comptoir_replica::record::RecordId;

use super::accounts::{self, on_hand};
use super::rights::sold;
use super::verdict::{Case, RuleStop, check_count, check_currency, of_line};
use crate::limits::MAX_LOT_CHARS;
use crate::refusal::{Code, Refusal};
use crate::stock::posting::{Body, Line, Move, MoveType, Place, PlaceKind, Quantity};

pub(super) fn judge(mut case: Case<'_>, body: &Move) -> Result<(), RuleStop> {
    case.check_number(body.number)?;
    check_count(body.lines.len())?;
    check_currency(&body.currency)?;
    if let Some(draft) = &body.draft {
        check_draft(&case, draft)?;
    }
    if let Some(original) = &body.reverses {
        check_reversal(&case, body, original)?;
    }
    for (index, line) in body.lines.iter().enumerate() {
        if body.reverses.is_none() && !fits(body.what, line.from.kind, line.to.kind) {
            let refusal = of_line(index, Code::PlacesUnfit).with("value", body.what.word());
            return Err(refusal.with("from", line.from.kind.word()).with("to", line.to.kind.word()).into());
        }
        if line.from.stored().is_none() && line.to.stored().is_none() {
            return Err(of_line(index, Code::PlacesUnfit).with("value", body.what.word()).into());
        }
        // Only what leaves is delivered; taken back, it comes again.
        let fulfils = line.fulfils.is_some() && body.reverses.is_none();
        if fulfils && (line.from.stored().is_none() || line.to.stored().is_some()) {
            return Err(of_line(index, Code::PlacesUnfit).with("value", body.what.word()).into());
        }
        if [&line.from, &line.to].iter().any(|place| place.kind.is_stored() && place.location.is_none()) {
            return Err(of_line(index, Code::LocationMissing).into());
        }
        check_line(&mut case, index, line, &body.currency, body.what.is_shrinkage())?;
    }
    Ok(())
}

/// A draft is the site's own, and is posted once.
pub(super) fn check_draft(case: &Case<'_>, draft: &RecordId) -> Result<(), RuleStop> {
    if !case.running.ledger.is_own(draft) {
        return Err(Refusal::new(Code::OwnerOnly).into());
    }
    case.check_once(&accounts::posted(draft), Code::PostedAlready, draft)
}

/// From what kind of place to what kind a move of this type goes.
fn fits(what: MoveType, from: PlaceKind, to: PlaceKind) -> bool {
    use PlaceKind as K;
    match what {
        MoveType::Receive => from == K::Supplier && to.is_stored(),
        MoveType::Issue => from.is_stored() && to == K::Customer,
        MoveType::Transfer => from.is_stored() && to.is_stored(),
        MoveType::Adjust => (from == K::Loss && to.is_stored()) || (from.is_stored() && to == K::Loss),
        MoveType::Scrap => from.is_stored() && to == K::Loss,
        MoveType::Return => (from == K::Customer && to.is_stored()) || (from.is_stored() && to == K::Supplier),
    }
}

fn check_reversal(case: &Case<'_>, body: &Move, original: &RecordId) -> Result<(), RuleStop> {
    let unfit = || Refusal::new(Code::ReversalUnfit).with("value", original);
    let Some((entry, posting)) = case.running.ledger.own_posting(original)? else { return Err(unfit().into()) };
    let Body::Move(before) = Body::read(&posting)? else { return Err(unfit().into()) };
    let mirrored = before.lines.iter().map(Line::reversed);
    let alike = before.reverses.is_none()
        && before.what == body.what
        && before.currency == body.currency
        && before.lines.len() == body.lines.len()
        && case.view.posting.cites.contains(&entry)
        // Layers are chosen anew: what came in is taken off its own layer, what went out goes back.
        && mirrored.zip(&body.lines).all(|(was, is)| was == Line { draws: was.draws.clone(), ..is.clone() });
    if !alike {
        return Err(unfit().into());
    }
    case.check_once(&accounts::reversed(original), Code::ReversedAlready, original)
}

/// What holds for every line: of moves and of dispatches.
pub(super) fn check_line(
    case: &mut Case<'_>,
    index: usize,
    line: &Line,
    currency: &str,
    shrinks: bool,
) -> Result<(), RuleStop> {
    check_shape(index, line)?;
    if line.quantity.0 <= 0 {
        return Err(of_line(index, Code::QuantityNotPositive).with("value", line.quantity).into());
    }
    for place in [&line.from, &line.to] {
        check_place(case, index, place)?;
    }
    if line.from == line.to {
        return Err(of_line(index, Code::SamePlace).into());
    }
    let mut effects = Vec::new();
    accounts::of_line(line, currency, &mut effects);
    if let Some(location) = line.from.stored() {
        check_leaving(case, index, line, &location, shrinks)?;
    }
    if let (Some(spend), Some(location)) = (&line.fulfils, line.from.stored()) {
        check_fulfilled(case, index, line, spend, &location)?;
    }
    case.running.add(&effects)?;
    check_value(case, index, line, currency)?;
    let enters = line.from.stored().is_none() && line.to.stored().is_some();
    if enters && !line.serial.is_empty() {
        let account = accounts::piece(&line.item, &line.serial);
        if case.running.balance(&account)? != Quantity::ONE.0 {
            return Err(of_line(index, Code::SerialElsewhere).with("value", &line.serial).into());
        }
    }
    Ok(())
}

fn check_shape(index: usize, line: &Line) -> Result<(), Refusal> {
    let longest = [&line.lot, &line.serial, &line.unit].map(|text| text.chars().count()).into_iter().max();
    if longest.unwrap_or(0) > MAX_LOT_CHARS {
        return Err(of_line(index, Code::TooLong).with("limit", MAX_LOT_CHARS));
    }
    if line.value < 0 {
        return Err(of_line(index, Code::ValueNegative));
    }
    if !line.serial.is_empty() && line.quantity != Quantity::ONE {
        return Err(of_line(index, Code::SerialQuantity).with("value", &line.serial));
    }
    Ok(())
}

/// A location is the site's own; of a kind that is counted there must be one.
pub(super) fn check_place(case: &Case<'_>, index: usize, place: &Place) -> Result<(), RuleStop> {
    match place.location {
        Some(location) if !case.running.ledger.is_own(&location) => {
            Err(of_line(index, Code::ForeignLocation).with("value", location).into())
        }
        // On its way between sites nobody counts it at a place.
        None if place.kind.is_stored() && place.kind != PlaceKind::Transit => {
            Err(of_line(index, Code::LocationMissing).into())
        }
        _ => Ok(()),
    }
}

/// Nothing below zero; and of what others have rights to, nothing is taken but what is gone anyhow.
fn check_leaving(
    case: &Case<'_>,
    index: usize,
    line: &Line,
    location: &RecordId,
    shrinks: bool,
) -> Result<(), RuleStop> {
    let there = case.running.balance(&on_hand(location, line))?;
    if there < line.quantity.0 {
        let refusal = of_line(index, Code::StockShort).with("item", line.item).with("location", location);
        return Err(refusal.with("found", Quantity(there)).with("value", line.quantity).into());
    }
    let granted = case.running.balance(&accounts::granted(location, &line.item))?;
    if granted == 0 || shrinks {
        return Ok(());
    }
    let delivered = if line.fulfils.is_some() { line.quantity.0 } else { 0 };
    let left = case.running.balance(&accounts::at(location, &line.item))? - line.quantity.0;
    if left < granted - delivered && delivered < line.quantity.0 {
        let refusal = of_line(index, Code::RightsOfOthers).with("item", line.item).with("location", location);
        let free = left + line.quantity.0 - granted;
        return Err(refusal.with("found", Quantity(free.max(0))).with("value", line.quantity).into());
    }
    Ok(())
}

/// What another site sold is delivered once, out of the pool that it was sold from.
fn check_fulfilled(
    case: &Case<'_>,
    index: usize,
    line: &Line,
    spend: &RecordId,
    location: &RecordId,
) -> Result<(), RuleStop> {
    let sale = sold(case, spend)?;
    if sale.location != *location || sale.item != line.item {
        return Err(of_line(index, Code::OtherPool).with("value", spend).into());
    }
    let open = sale.quantity.0 - case.running.balance(&accounts::fulfilled(spend))?;
    if line.quantity.0 > open {
        let refusal = of_line(index, Code::MoreThanSold).with("found", Quantity(open.max(0)));
        return Err(refusal.with("value", line.quantity).into());
    }
    Ok(())
}

/// Value is never below zero, and nothing is worth something.
fn check_value(case: &Case<'_>, index: usize, line: &Line, currency: &str) -> Result<(), RuleStop> {
    let value = case.running.balance(&accounts::value(&line.item, currency))?;
    let quantity = case.running.balance(&accounts::quantity(&line.item))?;
    if value < 0 || (quantity == 0 && value != 0) {
        return Err(of_line(index, Code::ValueApart).with("item", line.item).with("value", value).into());
    }
    Ok(())
}
