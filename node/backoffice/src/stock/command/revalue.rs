//! Revaluing: a cost that is known after the goods came in, freight or the invoice itself. Owns the decision. Nothing that was
//! posted is rewritten.

use comptoir_replica::record::{Money, RecordId};
use rand_core::CryptoRng;
use rusqlite::{OptionalExtension, params};

use super::Deciding;
use super::Posted;
use crate::desk::{CommandError, Desk, Stopped};
use crate::refusal::{Code, Refusal};
use crate::registry::kind;
use crate::stock::posting::{Body, Day, Revaluation};
use crate::stock::query::item::Counted;

impl Desk<'_> {
    /// Changes what this site's stock of an item is worth, by an amount in its currency; below zero for less. Of an item that is
    /// valued first in, first out it belongs to the newest layer that has something left.
    ///
    /// # Errors
    /// [`Code::OtherCurrency`], [`Code::RevaluationUnfit`], or the store's.
    pub fn revalue(
        &self,
        item: &str,
        amount: Money,
        note: &str,
        rng: &mut impl CryptoRng,
    ) -> Result<Posted, CommandError> {
        let (_, item) = self.find(kind("item")?, item)?;
        if amount.currency() != self.home.currency {
            return Err(Refusal::of("amount", Code::OtherCurrency).with("expected", &self.home.currency).into());
        }
        self.post("stock.revalue", rng, |deciding| {
            let layer = layer(deciding, item)?;
            let body = Revaluation {
                number: deciding.next_number("stock.revaluation")?,
                date: Day(self.today()),
                item,
                currency: amount.currency().to_owned(),
                amount: amount.minor(),
                layer: layer.map(|(posting, _)| posting),
                layer_line: layer.map_or(0, |(_, line)| line),
                note: note.to_owned(),
            };
            Ok(Body::Revaluation(body).into())
        })
    }
}

fn layer(deciding: &Deciding<'_>, item: RecordId) -> Result<Option<(RecordId, u32)>, Stopped> {
    if !Counted::of(&deciding.reading, item)?.is_fifo() {
        return Ok(None);
    }
    let sql = "SELECT posting, line FROM stock_layers WHERE item = ?1 AND site = ?2 AND taken < quantity
               ORDER BY posting DESC, line DESC LIMIT 1";
    let mut statement = deciding.reading.connection().prepare_cached(sql)?;
    let values = params![item.0, deciding.ledger.writer().site.0];
    Ok(statement.query_row(values, |row| Ok((RecordId(row.get(0)?), row.get(1)?))).optional()?)
}
