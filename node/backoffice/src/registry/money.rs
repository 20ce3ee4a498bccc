//! Amounts of money as people write and read them: `12.34 EUR`. Owns the way between that and whole minor units, which is
//! what records hold. No float is touched. Never converts a currency.

use comptoir_replica::record::Money;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::Home;
use super::clean::decimal_of_text;
use crate::editions::{is_currency, minor_digits};
use crate::refusal::{Code, Refusal};

/// The JSON Schema pattern of an amount in the API.
pub const MONEY_PATTERN: &str = r"^-?[0-9]+(\.[0-9]+)? [A-Z]{3}$";

/// Reads an amount: `12.34 EUR`, `EUR 12,34` or, in the site's own currency, `12.34`.
///
/// # Errors
/// [`Code::AmountShape`], [`Code::CurrencyUnknown`], or [`Code::TooManyDecimals`]: an amount is never rounded.
pub fn parse_money(text: &str, home: &Home) -> Result<Money, Refusal> {
    let shape = || Refusal::new(Code::AmountShape).with("value", text.trim());
    let (number, currency) = split_currency(text.trim());
    let currency = match currency {
        "" => home.currency.clone(),
        written => written.to_uppercase(),
    };
    if currency.is_empty() || number.is_empty() {
        return Err(shape());
    }
    let digits = minor_digits(&currency).filter(|_| is_currency(&currency));
    let digits = digits.ok_or_else(|| Refusal::new(Code::CurrencyUnknown).with("value", &currency))?;
    let number = decimal_of_text(number).ok_or_else(shape)?.normalize();
    if number.scale() > u32::from(digits) {
        return Err(Refusal::new(Code::TooManyDecimals).with("limit", digits));
    }
    let minor = number.checked_mul(Decimal::from(10_u64.pow(digits.into()))).and_then(|minor| minor.to_i64());
    minor.and_then(|minor| Money::new(minor, &currency).ok()).ok_or_else(shape)
}

/// The letters before or after the number, and the rest.
fn split_currency(text: &str) -> (&str, &str) {
    let letter = |character: char| character.is_alphabetic();
    let after = text.trim_end_matches(letter);
    if after.len() < text.len() {
        return (after.trim_end(), &text[after.len()..]);
    }
    let before = text.trim_start_matches(letter);
    (before.trim_start(), &text[..text.len() - before.len()])
}

/// An amount as people read it, which [`parse_money`] reads again: a dot, as many decimals as the currency has, the currency.
/// One in a currency that this edition does not know stays as it is stored, in minor units: where its dot goes is not known.
#[must_use]
pub fn money_text(money: &Money) -> String {
    let Some(digits) = minor_digits(money.currency()).map(usize::from) else { return money.to_string() };
    let sign = if money.minor() < 0 { "-" } else { "" };
    let minor = format!("{:0width$}", money.minor().unsigned_abs(), width = digits + 1);
    let (whole, part) = minor.split_at(minor.len() - digits);
    let dot = if digits == 0 { "" } else { "." };
    format!("{sign}{whole}{dot}{part} {}", money.currency())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn home() -> Home {
        Home { currency: "EUR".into(), ..Home::default() }
    }

    #[test]
    fn an_amount_is_read_in_every_way_that_people_write_it() {
        for (text, stored) in [
            ("12.34 EUR", "EUR 1234"),
            ("EUR 12,34", "EUR 1234"),
            (" 12,3 ", "EUR 1230"),
            ("-0.05eur", "EUR -5"),
            ("1 234\u{a0}567,50\u{202f}EUR", "EUR 123456750"),
            ("1500 xof", "XOF 1500"),
            ("1.234 TND", "TND 1234"),
            ("12.340", "EUR 1234"),
        ] {
            assert_eq!(parse_money(text, &home()).unwrap().to_string(), stored, "{text}");
        }
    }

    #[test]
    fn an_amount_is_shown_as_it_is_read() {
        for (stored, shown) in
            [("EUR 1234", "12.34 EUR"), ("EUR -5", "-0.05 EUR"), ("XOF 7", "7 XOF"), ("TND 1", "0.001 TND")]
        {
            let money: Money = stored.parse().unwrap();
            assert_eq!(money_text(&money), shown);
            assert_eq!(parse_money(shown, &Home::default()).unwrap(), money);
        }
        for minor in [i64::MIN, -1, 0, 99, 100, i64::MAX] {
            let money = Money::new(minor, "EUR").unwrap();
            assert_eq!(parse_money(&money_text(&money), &Home::default()).unwrap(), money);
        }
        assert_eq!(money_text(&"QQQ 12".parse().unwrap()), "QQQ 12");
    }

    #[test]
    fn what_is_no_amount_is_refused_and_nothing_is_rounded() {
        let code = |text: &str| parse_money(text, &home()).unwrap_err().code;
        assert_eq!(code("12.345"), Code::TooManyDecimals);
        assert_eq!(code("1.5 JPY"), Code::TooManyDecimals);
        assert_eq!(code("12 ZZZ"), Code::CurrencyUnknown);
        assert_eq!(code("12 EURO"), Code::CurrencyUnknown);
        for text in ["", "EUR", "1,234.50", "1.2.3", "twelve", "1e3 EUR", "12 €", "--1", "99999999999999999999"] {
            let refused = code(text);
            assert!(matches!(refused, Code::AmountShape | Code::CurrencyUnknown), "{text}: {refused}");
        }
        assert_eq!(parse_money("12.34", &Home::default()).unwrap_err().code, Code::AmountShape);
    }
}
