//! Items as stock counts them: unit, decimals, other units, tracking. Owns the reading of that and the way between units.

use comptoir_replica::Reading;
use comptoir_replica::record::{Cells, Record, RecordId};
use rusqlite::{Connection, OptionalExtension};
use rust_decimal::Decimal;

use crate::desk::Stopped;
use crate::refusal::{Code, Refusal};
use crate::stock::posting::Quantity;
use crate::stock::record::Item;

/// How pieces and lots of an item are followed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Tracking {
    /// Not at all.
    None,
    /// By lot.
    Lot,
    /// By piece.
    Serial,
}

/// An item, as far as moving it goes.
#[derive(Clone, Debug)]
pub struct Counted {
    /// Its id.
    pub id: RecordId,
    /// The whole record.
    pub record: Item,
}

impl Counted {
    /// The item of this id.
    ///
    /// # Errors
    /// [`Code::NotFound`], or those of SQL.
    pub fn of(reading: &Reading<'_>, id: RecordId) -> Result<Self, Stopped> {
        let found = reading.find_record(&id)?.filter(|found| found.kind == Item::KIND);
        let cells: Cells = found
            .map(|found| found.cells)
            .ok_or_else(|| Refusal::new(Code::NotFound).with("kind", Item::KIND).with("value", id))?;
        Ok(Self { id, record: Item::from_cells(&cells) })
    }

    /// How it is followed.
    #[must_use]
    pub fn tracking(&self) -> Tracking {
        match self.record.tracking.as_str() {
            "lot" => Tracking::Lot,
            "serial" => Tracking::Serial,
            _ => Tracking::None,
        }
    }

    /// Whether it is valued first in, first out.
    #[must_use]
    pub fn is_fifo(&self) -> bool {
        self.record.valuation == "fifo"
    }

    /// So much in a unit, in the item's own.
    ///
    /// # Errors
    /// [`Code::UnknownUnit`], [`Code::TooManyDecimals`], [`Code::QuantityTooLarge`].
    pub fn in_own_unit(&self, number: Decimal, unit: &str) -> Result<Quantity, Refusal> {
        let item = &self.record;
        let unit = unit.trim();
        let factor = if unit.is_empty() || unit == item.unit {
            Decimal::ONE
        } else {
            let mut live = item.units.in_use().map(|(_, other)| other);
            let found = live.find(|other| other.code == unit).and_then(|other| other.factor);
            found.ok_or_else(|| {
                let others = item.units.in_use().map(|(_, other)| other.code.as_str());
                let known: Vec<&str> = std::iter::once(item.unit.as_str()).chain(others).collect();
                Refusal::new(Code::UnknownUnit)
                    .with("value", unit)
                    .with("item", &item.sku)
                    .with("known", known.join(", "))
            })?
        };
        let large = || Refusal::new(Code::QuantityTooLarge);
        let own = number.checked_mul(factor).ok_or_else(large)?.normalize();
        let decimals = u32::try_from(item.decimals).unwrap_or(0);
        if own.scale() > decimals {
            return Err(Refusal::new(Code::TooManyDecimals).with("limit", decimals));
        }
        Quantity::of(own).ok_or_else(large)
    }
}

/// Code, name and unit of an item, for a row that shows it.
///
/// # Errors
/// Those of SQL.
pub fn named(connection: &Connection, id: &[u8; 16]) -> rusqlite::Result<(String, String, String)> {
    let sql = "SELECT reference, title, f_unit FROM of_item WHERE id = ?1 ORDER BY scope LIMIT 1";
    let read = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
    let found = connection.prepare_cached(sql)?.query_row([id], read).optional()?;
    Ok(found.unwrap_or_else(|| (RecordId(*id).to_string(), String::new(), String::new())))
}
