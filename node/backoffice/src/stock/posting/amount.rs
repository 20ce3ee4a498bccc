//! Quantities and days as postings hold them. Owns their text and their bytes: a quantity is a whole number of millionths of
//! the item's own unit, a day its ISO 8601 text. No float is touched.

use std::fmt;
use std::str::FromStr;

use comptoir_replica::record::Date;
use minicbor::{Decode, Decoder, Encode, Encoder};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

/// Digits after the decimal point of every quantity.
pub const UNIT_DIGITS: u32 = 6;

/// A quantity, in millionths of the item's own unit.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Encode, Decode)]
#[cbor(transparent)]
pub struct Quantity(#[n(0)] pub i64);

impl Quantity {
    /// One whole unit.
    pub const ONE: Self = Self(10_i64.pow(UNIT_DIGITS));

    /// The quantity that a number is; `None` when it has more than six decimals or is too large.
    #[must_use]
    pub fn of(number: Decimal) -> Option<Self> {
        let millionths = number.checked_mul(Decimal::from(Self::ONE.0))?;
        if millionths.fract().is_zero() { millionths.to_i64().map(Self) } else { None }
    }

    /// As a number.
    #[must_use]
    pub fn number(self) -> Decimal {
        Decimal::new(self.0, UNIT_DIGITS).normalize()
    }

    /// How many decimals it has.
    #[must_use]
    pub fn decimals(self) -> u32 {
        self.number().scale()
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.number().fmt(f)
    }
}

/// A day.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Day(pub Date);

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Day {
    type Err = comptoir_replica::record::value::NotADate;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

impl<C> Encode<C> for Day {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.str(&self.0.to_string())?.ok()
    }
}

impl<'b, C> Decode<'b, C> for Day {
    fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        d.str()?.parse().map_err(|_| minicbor::decode::Error::message("not a day: expected YYYY-MM-DD"))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn quantities_are_exact_or_none() {
        let of = |text: &str| Quantity::of(text.parse().unwrap());
        assert_eq!(of("1.5"), Some(Quantity(1_500_000)));
        assert_eq!(of("-0.000001"), Some(Quantity(-1)));
        assert_eq!(of("0.0000001"), None);
        assert_eq!(of("10000000000000"), None);
        assert_eq!((of("12.50").unwrap().to_string(), of("12.50").unwrap().decimals()), ("12.5".to_owned(), 1));
    }
}
