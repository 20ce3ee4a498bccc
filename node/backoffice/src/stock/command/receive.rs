//! Receiving a transfer: what of it arrived, where it is put, what arrived damaged. Owns the decision. What is not said arrived
//! whole; what did not arrive is a discrepancy, which the sender settles.

use std::collections::BTreeMap;

use comptoir_replica::record::{Money, RecordId};
use rand_core::CryptoRng;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::build::Building;
use super::{Decided, Deciding, Posted};
use crate::desk::{CommandError, Desk, Stopped};
use crate::find::{at_home, find};
use crate::refusal::{Code, Refusal};
use crate::registry::{kind, parse_money};
use crate::stock::posting::{Body, Day, Dispatch, Line, Place, PlaceKind, Quantity, Receipt, ReceiptLine};
use crate::stock::query::item::Counted;
use crate::stock::query::layers::share;

/// What arrived.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Arrived {
    /// The location where it is put, by id or code.
    pub to: String,
    /// Lines of which something else is to be said than that they arrived whole.
    pub lines: Vec<ArrivedLine>,
    /// What else is to be said.
    pub note: String,
}

/// What arrived of one line.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ArrivedLine {
    /// The dispatch's line, from 1.
    pub line: u32,
    /// How much arrived whole, in the item's own unit; all of it when nothing is said.
    #[schema(value_type = Option<String>)]
    pub quantity: Option<Decimal>,
    /// How much more arrived damaged.
    #[schema(value_type = Option<String>)]
    pub damaged: Option<Decimal>,
    /// Another location for this line.
    pub to: Option<String>,
    /// What it costs here, where the other site counts in another currency: `120 EUR`.
    pub cost: Option<String>,
}

impl Desk<'_> {
    /// Receives a transfer to this site.
    ///
    /// # Errors
    /// [`Code::NotForThisSite`], [`Code::ReceivedAlready`], [`Code::MoreThanSent`], [`Code::LocationMissing`], or the store's.
    pub fn receive_transfer(
        &self,
        dispatch: RecordId,
        arrived: &Arrived,
        rng: &mut impl CryptoRng,
    ) -> Result<Posted, CommandError> {
        self.post("transfer.receive", rng, |deciding| decide(deciding, self, dispatch, arrived))
    }
}

fn decide(deciding: &Deciding<'_>, desk: &Desk<'_>, dispatch: RecordId, arrived: &Arrived) -> Result<Decided, Stopped> {
    let (stored, body) = deciding.posting(&dispatch)?;
    let Body::Dispatch(sent) = body else { return Err(Refusal::new(Code::NotCited).with("value", dispatch).into()) };
    let said: BTreeMap<u32, &ArrivedLine> = arrived.lines.iter().map(|line| (line.line, line)).collect();
    if let Some(unknown) = said.keys().find(|line| **line == 0 || **line as usize > sent.lines.len()) {
        return Err(Refusal::new(Code::UnknownLine).with("value", unknown).into());
    }
    let today = desk.today();
    let building = Building::new(deciding, today);
    let mut lines = Vec::with_capacity(sent.lines.len());
    for (index, line) in sent.lines.iter().enumerate() {
        let said = said.get(&(index as u32 + 1)).copied();
        let made = one_line(deciding, &building, (&sent, line), said, arrived);
        lines.push(ReceiptLine {
            line: index as u32,
            ..made.map_err(|stopped| stopped.under(&format!("lines.{}", index + 1)))?
        });
    }
    let body = Body::Receipt(Receipt {
        number: deciding.next_number("stock.receipt")?,
        date: Day(today),
        currency: desk.home.currency.clone(),
        dispatch,
        note: arrived.note.clone(),
        lines,
    });
    Ok(Decided { body, cites: vec![stored.entry], edits: Vec::new() })
}

fn one_line(
    deciding: &Deciding<'_>,
    building: &Building<'_>,
    (dispatch, sent): (&Dispatch, &Line),
    said: Option<&ArrivedLine>,
    arrived: &Arrived,
) -> Result<ReceiptLine, Stopped> {
    let item = Counted::of(&deciding.reading, sent.item)?;
    let in_unit = |number: Option<Decimal>| number.map(|number| item.in_own_unit(number, "")).transpose();
    let damaged = in_unit(said.and_then(|said| said.damaged))?.unwrap_or_default();
    let whole = Quantity((sent.quantity.0 - damaged.0).max(0));
    let quantity = in_unit(said.and_then(|said| said.quantity))?.unwrap_or(whole);
    if quantity.0 < 0 || damaged.0 < 0 {
        return Err(Refusal::new(Code::QuantityNotPositive).with("value", quantity.min(damaged)).into());
    }
    let to = said.and_then(|said| said.to.as_deref()).unwrap_or(&arrived.to);
    let (connection, of) = (deciding.reading.connection(), kind("location")?);
    let to = find(connection, of, &at_home(connection, of, deciding.context.home, to)?)?.1;
    let to = building.place(Some(to))?.filter(|place: &Place| place.stored().is_some());
    let to = to.ok_or_else(|| Refusal::new(Code::LocationMissing))?;
    let currency = &deciding.context.home.currency;
    let cost = said.and_then(|said| said.cost.as_deref());
    let cost: Option<Money> = cost.map(|text| parse_money(text, deciding.context.home)).transpose()?;
    let value = match cost {
        _ if quantity.0 == 0 => 0,
        Some(money) if money.currency() == currency => money.minor(),
        Some(_) => return Err(Refusal::new(Code::OtherCurrency).with("expected", currency).into()),
        None if dispatch.currency == *currency => share(sent.value, quantity.0, sent.quantity.0),
        None => building.usual_cost(&item, quantity),
    };
    let arrived = Line {
        from: Place::outside(PlaceKind::Transit),
        to,
        quantity,
        in_unit: quantity,
        unit: item.record.unit.clone(),
        value,
        draws: Vec::new(),
        fulfils: None,
        ..sent.clone()
    };
    Ok(ReceiptLine { line: 0, arrived, damaged })
}
