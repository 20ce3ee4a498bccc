//! The accounts that stock postings move amounts on, and what each posting adds to them. Owns their names, which are for ever:
//! a verdict goes by what stands on them. Quantities are in millionths of the item's own unit, values in minor units.

use comptoir_replica::posting::{Account, Effect};
use comptoir_replica::record::RecordId;

use crate::stock::posting::{Body, Dispatch, Line, Move, Quantity, Receipt, Rights, RightsAct, Settlement};

/// What lies at a location of a lot or piece of an item.
pub fn on_hand(location: &RecordId, line: &Line) -> Account {
    Account::of("stock.on-hand", &[&location.0, &line.item.0, line.lot.as_bytes(), line.serial.as_bytes()])
}

/// What lies at a location of an item.
pub fn at(location: &RecordId, item: &RecordId) -> Account {
    Account::of("stock.at", &[&location.0, &item.0])
}

/// How much the site has of an item.
pub fn quantity(item: &RecordId) -> Account {
    Account::of("stock.quantity", &[&item.0])
}

/// What that is worth.
pub fn value(item: &RecordId, currency: &str) -> Account {
    Account::of("stock.value", &[&item.0, currency.as_bytes()])
}

/// Whether the site has a piece.
pub fn piece(item: &RecordId, serial: &str) -> Account {
    Account::of("stock.piece", &[&item.0, serial.as_bytes()])
}

/// How many postings of a kind an epoch has made.
pub fn number(kind: &str) -> Account {
    Account::of("stock.number", &[kind.as_bytes()])
}

/// Whether a draft was posted.
pub fn posted(draft: &RecordId) -> Account {
    Account::of("stock.posted", &[&draft.0])
}

/// Whether a posting was taken back.
pub fn reversed(posting: &RecordId) -> Account {
    Account::of("stock.reversed", &[&posting.0])
}

/// Whether a dispatch was received.
pub fn received(dispatch: &RecordId) -> Account {
    Account::of("stock.received", &[&dispatch.0])
}

/// How much of what a receipt lacks was settled.
pub fn settled(receipt: &RecordId, line: u32) -> Account {
    Account::of("stock.settled", &[&receipt.0, &line.to_be_bytes()])
}

/// Rights to an item at a location that are out: given, not given back, not delivered.
pub fn granted(location: &RecordId, item: &RecordId) -> Account {
    Account::of("stock.granted", &[&location.0, &item.0])
}

/// How much of a sale by rights was delivered.
pub fn fulfilled(spend: &RecordId) -> Account {
    Account::of("stock.fulfilled", &[&spend.0])
}

/// How much of a credit was drawn.
pub fn drawn(credit: &RecordId) -> Account {
    Account::of("stock.drawn", &[&credit.0])
}

/// How much of a credit its keeper took back after the holder was revoked.
pub fn reclaimed(credit: &RecordId) -> Account {
    Account::of("stock.reclaimed", &[&credit.0])
}

fn effect(account: Account, amount: i64) -> Effect {
    Effect { account, amount }
}

/// What a posting adds.
pub fn effects(body: &Body) -> Vec<Effect> {
    let mut effects = vec![effect(number(body.kind()), 1)];
    match body {
        Body::Move(Move { draft, reverses, currency, lines, .. }) => {
            effects.extend(draft.as_ref().map(|draft| effect(posted(draft), 1)));
            effects.extend(reverses.as_ref().map(|original| effect(reversed(original), 1)));
            lines.iter().for_each(|line| of_line(line, currency, &mut effects));
        }
        Body::Dispatch(Dispatch { draft, currency, lines, .. }) => {
            effects.extend(draft.as_ref().map(|draft| effect(posted(draft), 1)));
            lines.iter().for_each(|line| of_line(line, currency, &mut effects));
        }
        Body::Receipt(Receipt { dispatch, currency, lines, .. }) => {
            effects.push(effect(received(dispatch), 1));
            lines.iter().for_each(|line| of_line(&line.arrived, currency, &mut effects));
        }
        Body::Settlement(Settlement { receipt, currency, lines, .. }) => {
            for line in lines {
                effects.push(effect(settled(receipt, line.line), line.quantity.0));
                line.found.iter().for_each(|found| of_line(found, currency, &mut effects));
            }
        }
        Body::Revaluation(revaluation) => {
            effects.push(effect(value(&revaluation.item, &revaluation.currency), revaluation.amount));
        }
        Body::Rights(rights) => of_rights(rights, &mut effects),
    }
    effects
}

/// What a line of a move or dispatch adds.
pub fn of_line(line: &Line, currency: &str, effects: &mut Vec<Effect>) {
    let Quantity(amount) = line.quantity;
    for (place, sign) in [(&line.from, -1), (&line.to, 1)] {
        let Some(location) = place.stored() else { continue };
        effects.push(effect(on_hand(&location, line), sign * amount));
        effects.push(effect(at(&location, &line.item), sign * amount));
        let other = if sign < 0 { &line.to } else { &line.from };
        if other.stored().is_none() {
            effects.push(effect(quantity(&line.item), sign * amount));
            effects.push(effect(value(&line.item, currency), sign * line.value));
            if !line.serial.is_empty() {
                effects.push(effect(piece(&line.item, &line.serial), sign * amount));
            }
        }
    }
    if let Some((spend, location, delivered)) = line.delivers() {
        effects.push(effect(granted(&location, &line.item), -delivered.0));
        effects.push(effect(fulfilled(&spend), delivered.0));
    }
}

fn of_rights(rights: &Rights, effects: &mut Vec<Effect>) {
    let out = match rights.act {
        RightsAct::Grant => rights.minted.0,
        RightsAct::Retire | RightsAct::Reclaim => -rights.quantity.0,
        RightsAct::Honour => rights.quantity.0,
        RightsAct::Pass | RightsAct::Return | RightsAct::Spend => 0,
    };
    if out != 0 {
        effects.push(effect(granted(&rights.location, &rights.item), out));
    }
    effects.extend(rights.draws.iter().map(|draw| match rights.act {
        RightsAct::Reclaim => effect(reclaimed(&draw.credit), draw.quantity.0),
        RightsAct::Honour => effect(reclaimed(&draw.credit), -draw.quantity.0),
        _ => effect(drawn(&draw.credit), draw.quantity.0),
    }));
}
