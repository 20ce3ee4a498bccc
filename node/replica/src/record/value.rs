//! Values of more meaning than text and numbers: dates, decimals, amounts of money. Owns how each stands in one cell, as text
//! in one canonical form: a cell is what merges, and an amount whose currency merged apart from it would be another amount.
//! No float is touched. Never knows how many digits a currency has: that is reference data.

use std::fmt;
use std::str::FromStr;

use rust_decimal::Decimal;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

use super::Scalar;
use super::schema::{FieldKind, FieldValue};

/// A calendar day of ISO 8601: `2026-11-24`. Years 0001 to 9999.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

/// A text that is no day.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a date: expected YYYY-MM-DD")]
pub struct NotADate;

impl Date {
    /// A day of the Gregorian calendar.
    ///
    /// # Errors
    /// [`NotADate`] when there is no such day.
    pub fn new(year: u16, month: u8, day: u8) -> Result<Self, NotADate> {
        let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
        let days = match month {
            1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
            4 | 6 | 9 | 11 => 30,
            2 if leap => 29,
            2 => 28,
            _ => 0,
        };
        let there = (1..=9999).contains(&year) && (1..=days).contains(&day);
        if there { Ok(Self { year, month, day }) } else { Err(NotADate) }
    }
}

impl FromStr for Date {
    type Err = NotADate;

    fn from_str(text: &str) -> Result<Self, NotADate> {
        let shape = text.len() == 10
            && text
                .bytes()
                .enumerate()
                .all(|(place, byte)| if place == 4 || place == 7 { byte == b'-' } else { byte.is_ascii_digit() });
        if !shape {
            return Err(NotADate);
        }
        let number = |part: &str| part.parse::<u16>().map_err(|_| NotADate);
        let short = |part: &str| part.parse::<u8>().map_err(|_| NotADate);
        Self::new(number(&text[..4])?, short(&text[5..7])?, short(&text[8..])?)
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl TryFrom<String> for Date {
    type Error = NotADate;

    fn try_from(text: String) -> Result<Self, NotADate> {
        text.parse()
    }
}

impl From<Date> for String {
    fn from(date: Date) -> Self {
        date.to_string()
    }
}

impl FieldValue for Date {
    const KIND: FieldKind = FieldKind::Date;

    fn to_scalar(&self) -> Scalar {
        Scalar::Str(self.to_string())
    }

    fn from_scalar(scalar: &Scalar) -> Option<Self> {
        scalar.as_str()?.parse().ok()
    }
}

impl FieldValue for Decimal {
    const KIND: FieldKind = FieldKind::Decimal;

    fn to_scalar(&self) -> Scalar {
        Scalar::Str(self.normalize().to_string())
    }

    fn from_scalar(scalar: &Scalar) -> Option<Self> {
        Self::from_str_exact(scalar.as_str()?).ok()
    }
}

/// An amount of money: whole minor units of a currency of ISO 4217. Its text is `EUR 1234` for 12.34 euros.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Money {
    minor: i64,
    currency: [u8; 3],
}

/// A text that is no amount of money.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not an amount of money: expected a currency and whole minor units, as in EUR 1234")]
pub struct NotMoney;

impl Money {
    /// An amount.
    ///
    /// # Errors
    /// [`NotMoney`] when the currency is not three capital letters.
    pub fn new(minor: i64, currency: &str) -> Result<Self, NotMoney> {
        let code: [u8; 3] = currency.as_bytes().try_into().map_err(|_| NotMoney)?;
        if code.iter().all(u8::is_ascii_uppercase) { Ok(Self { minor, currency: code }) } else { Err(NotMoney) }
    }

    /// Whole minor units.
    #[must_use]
    pub fn minor(&self) -> i64 {
        self.minor
    }

    /// Three letters of ISO 4217.
    #[must_use]
    pub fn currency(&self) -> &str {
        std::str::from_utf8(&self.currency).expect("invariant: three ASCII letters")
    }
}

impl FromStr for Money {
    type Err = NotMoney;

    fn from_str(text: &str) -> Result<Self, NotMoney> {
        let (currency, minor) = text.split_once(' ').ok_or(NotMoney)?;
        let money = Self::new(minor.parse().map_err(|_| NotMoney)?, currency)?;
        // One amount, one text: no plus sign, no leading zeros.
        if money.to_string() == text { Ok(money) } else { Err(NotMoney) }
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.currency(), self.minor)
    }
}

impl TryFrom<String> for Money {
    type Error = NotMoney;

    fn try_from(text: String) -> Result<Self, NotMoney> {
        text.parse()
    }
}

impl From<Money> for String {
    fn from(money: Money) -> Self {
        money.to_string()
    }
}

impl FieldValue for Money {
    const KIND: FieldKind = FieldKind::Money;

    fn to_scalar(&self) -> Scalar {
        Scalar::Str(self.to_string())
    }

    fn from_scalar(scalar: &Scalar) -> Option<Self> {
        scalar.as_str()?.parse().ok()
    }
}

impl JsonSchema for Date {
    fn schema_name() -> Cow<'static, str> {
        "Date".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "date" })
    }
}

impl JsonSchema for Money {
    fn schema_name() -> Cow<'static, str> {
        "Money".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "^[A-Z]{3} -?[0-9]+$" })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn days_are_those_of_the_calendar() {
        for text in ["2024-02-29", "2000-02-29", "0001-01-01", "9999-12-31"] {
            assert_eq!(text.parse::<Date>().unwrap().to_string(), text);
        }
        for wrong in [
            "2023-02-29",
            "1900-02-29",
            "2024-13-01",
            "2024-00-10",
            "2024-1-01",
            "24-01-01",
            "2024/01/01",
            "",
            "２024-01-01",
        ] {
            assert_eq!(wrong.parse::<Date>(), Err(NotADate), "{wrong}");
        }
        assert!("2024-01-02".parse::<Date>().unwrap() > "2023-12-31".parse().unwrap());
    }

    #[test]
    fn money_has_one_text() {
        for text in ["EUR 1234", "XOF -5", "CAD 0"] {
            let money: Money = text.parse().unwrap();
            assert_eq!(Money::from_scalar(&money.to_scalar()), Some(money));
            assert_eq!(money.to_string(), text);
        }
        for wrong in
            ["EUR", "eur 1", "EUR 1.5", "EUR +1", "EUR 01", "EURO 1", "EUR  1", "EUR 99999999999999999999", "€ 1"]
        {
            assert_eq!(wrong.parse::<Money>(), Err(NotMoney), "{wrong}");
        }
    }

    #[test]
    fn decimals_that_are_equal_are_one_text() {
        let one: Decimal = "1.50".parse().unwrap();
        assert_eq!(one.to_scalar(), Scalar::from("1.5"));
        assert_eq!(Decimal::from_scalar(&Scalar::from("1.5")), Some(one));
        assert_eq!(Decimal::from_scalar(&Scalar::from("1e3")), None);
    }
}
