//! What screens, reports and commands read of stock. Owns SELECTs on the tables of stock and of its records, one question a
//! file. Nothing is decided here. Quantities leave as decimal text in the item's own unit, values as amounts of money.

pub mod availability;
pub mod findings;
pub mod item;
pub mod layers;
pub mod on_hand;
pub mod postings;
pub mod rights;
pub mod transit;
pub mod value;

use comptoir_replica::record::{Money, RecordId};
use rusqlite::Connection;

use super::posting::Quantity;
use crate::registry::money_text;
pub use crate::sites::Sites;

/// A quantity as text.
fn quantity(millionths: i64) -> String {
    Quantity(millionths).to_string()
}

/// An amount as text.
fn amount(minor: i64, currency: &str) -> String {
    Money::new(minor, currency).map_or_else(|_| format!("{minor} {currency}"), |money| money_text(&money))
}

/// The code of a location; its id when its record is not here.
fn location_code(connection: &Connection, id: &[u8; 16]) -> rusqlite::Result<String> {
    let found = super::rules::location(connection, &RecordId(*id))?;
    Ok(found.map_or_else(|| RecordId(*id).to_string(), |found| found.code))
}
