//! Taking a move back: the same the other way round, citing the original. Owns the decision.

use comptoir_replica::record::RecordId;
use rand_core::CryptoRng;
use rusqlite::{OptionalExtension, params};

use super::{Decided, Deciding, Posted};
use crate::desk::{CommandError, Desk, Stopped};
use crate::refusal::{Code, Refusal};
use crate::stock::posting::{Body, Day, LayerDraw, Line, Move};
use crate::stock::query::item::Counted;

impl Desk<'_> {
    /// Takes back a move of this site. What it brought in must still be there.
    ///
    /// # Errors
    /// [`Code::ReversalUnfit`], [`Code::ReversedAlready`], [`Code::StockShort`], [`Code::ValueApart`], or the store's.
    pub fn reverse_move(&self, original: RecordId, rng: &mut impl CryptoRng) -> Result<Posted, CommandError> {
        self.post("move.reverse", rng, |deciding| decide(deciding, Day(self.today()), original))
    }
}

fn decide(deciding: &Deciding<'_>, date: Day, original: RecordId) -> Result<Decided, Stopped> {
    let unfit = || Refusal::new(Code::ReversalUnfit).with("value", original);
    let (stored, body) = deciding.posting(&original).map_err(|_| unfit())?;
    let Body::Move(before) = body else { return Err(unfit().into()) };
    let mut lines = Vec::with_capacity(before.lines.len());
    for (index, line) in before.lines.iter().enumerate() {
        lines.push(reversed(deciding, original, index, line)?);
    }
    let number = deciding.next_number("stock.move")?;
    let body = Move { number, date, draft: None, reverses: Some(original), lines, ..before };
    Ok(Decided { body: Body::Move(body), cites: vec![stored.entry], edits: Vec::new() })
}

/// What came in is taken off the layer that it made, as long as nothing of it has left; what left goes back to its layers.
fn reversed(deciding: &Deciding<'_>, original: RecordId, index: usize, line: &Line) -> Result<Line, Stopped> {
    let mut back = line.reversed();
    let came_in = line.from.stored().is_none();
    if came_in && Counted::of(&deciding.reading, line.item)?.is_fifo() {
        let sql =
            "SELECT quantity - taken FROM stock_layers WHERE item = ?1 AND site = ?2 AND posting = ?3 AND line = ?4";
        let mut statement = deciding.reading.connection().prepare_cached(sql)?;
        let site = deciding.ledger.writer().site;
        let values = params![line.item.0, site.0, original.0, index as i64];
        let left: i64 = statement.query_row(values, |row| row.get(0)).optional()?.unwrap_or(0);
        if left < line.quantity.0 {
            let refusal = Refusal::of(&format!("lines.{}", index + 1), Code::ReversalUnfit);
            return Err(refusal.with("value", "what has left already").into());
        }
        back.draws = vec![LayerDraw { posting: original, line: index as u32, quantity: line.quantity }];
    }
    Ok(back)
}
