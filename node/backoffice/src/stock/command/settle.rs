//! Settling what of a transfer did not arrive whole: lost, or found where it was sent from. Owns the decision; the sender's alone.

use comptoir_replica::record::RecordId;
use rand_core::CryptoRng;
use rusqlite::{OptionalExtension, params};

use super::{Decided, Deciding, Posted};
use crate::desk::{CommandError, Desk, Stopped};
use crate::findings::ModuleFinding;
use crate::refusal::{Code, Refusal};
use crate::stock::posting::{Body, Day, Line, Outcome, Place, PlaceKind, Quantity, Settlement, SettlementLine};
use crate::stock::query::findings::FOUND;
use crate::stock::query::layers::share;

impl Desk<'_> {
    /// Settles all that is missing of one line (from 1) of a transfer that this site sent.
    ///
    /// # Errors
    /// [`Code::NotForThisSite`], [`Code::MoreThanMissing`], or the store's.
    pub fn settle_transfer(
        &self,
        dispatch: RecordId,
        line: u32,
        found: bool,
        rng: &mut impl CryptoRng,
    ) -> Result<Posted, CommandError> {
        self.post("transfer.settle", rng, |deciding| decide(deciding, self, dispatch, line, found))
    }

    /// The same from the inbox.
    pub(crate) fn settle_discrepancy(
        &self,
        finding: &ModuleFinding,
        choice: &str,
        rng: &mut impl CryptoRng,
    ) -> Result<Posted, CommandError> {
        let line = finding.field.as_deref().and_then(|field| field.strip_prefix("lines.")?.parse().ok());
        let unknown = || Refusal::new(Code::UnknownLine).with("value", finding.field.as_deref().unwrap_or_default());
        self.settle_transfer(finding.subject, line.ok_or_else(unknown)?, choice == FOUND, rng)
    }
}

fn decide(
    deciding: &Deciding<'_>,
    desk: &Desk<'_>,
    dispatch: RecordId,
    line: u32,
    found: bool,
) -> Result<Decided, Stopped> {
    let (_, body) = deciding.posting(&dispatch)?;
    let Body::Dispatch(sent) = body else { return Err(Refusal::new(Code::NotCited).with("value", dispatch).into()) };
    let unknown = || Refusal::new(Code::UnknownLine).with("value", line);
    let index = line.checked_sub(1).ok_or_else(unknown)?;
    let of = sent.lines.get(index as usize).ok_or_else(unknown)?;
    let sql = "SELECT receipt, quantity - arrived - lost - found FROM stock_transit WHERE dispatch = ?1 AND line = ?2";
    let mut statement = deciding.reading.connection().prepare_cached(sql)?;
    let values = params![dispatch.0, index];
    let known = statement.query_row(values, |row| Ok((row.get::<_, Option<[u8; 16]>>(0)?, row.get::<_, i64>(1)?)));
    let Some((Some(receipt), missing)) = known.optional()? else {
        return Err(Refusal::new(Code::MoreThanMissing).with("value", of.quantity).with("found", 0).into());
    };
    let (receipt, _) = deciding.posting(&RecordId(receipt))?;
    let quantity = Quantity(missing);
    let back = found.then(|| Line {
        from: Place::outside(PlaceKind::Transit),
        to: of.from,
        quantity,
        in_unit: quantity,
        value: share(of.value, quantity.0, of.quantity.0),
        draws: Vec::new(),
        fulfils: None,
        ..of.clone()
    });
    let outcome = if found { Outcome::Found } else { Outcome::Lost };
    let body = Body::Settlement(Settlement {
        number: deciding.next_number("stock.settlement")?,
        date: Day(desk.today()),
        receipt: RecordId(receipt.posting.id),
        currency: sent.currency,
        note: String::new(),
        lines: vec![SettlementLine { line: index, quantity, outcome, found: back }],
    });
    Ok(Decided { body, cites: vec![receipt.entry], edits: Vec::new() })
}
