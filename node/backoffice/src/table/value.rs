//! A cell on its way out, typed, so that each form of file can write it as its own kind.

use jiff::civil::Date;
use rust_decimal::Decimal;

/// What one cell of an exported table holds.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum CellValue<'a> {
    /// Text, whatever it looks like: never a formula.
    Text(&'a str),
    /// A whole number.
    Int(i64),
    /// A quantity or an amount; its places after the point are kept.
    Decimal(Decimal),
    /// Yes or no, written `true` or `false`.
    Bool(bool),
    /// A day, written as ISO 8601 has it.
    Date(Date),
    /// Nothing.
    Empty,
}
