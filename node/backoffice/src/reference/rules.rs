//! What reference data may be: codes of the form that their norm gives them, in capitals, the same for ever. Owns what each type
//! says of itself to the registry.

use comptoir_replica::record::{Field, Scalar};

use super::record::{Country, Currency, Subdivision};
use crate::desk::Stopped;
use crate::editions::minor_digits;
use crate::refusal::{Code, Refusal};
use crate::registry::{Business, Context, Put, clean};

/// Digits after the decimal point that ISO 4217 has at most.
const MAX_MINOR_DIGITS: i64 = 4;

impl Business for Country {
    const TITLE: &'static str = "name_en";
    const REFERENCE: Option<&'static str> = Some("code");
    const COLUMNS: &'static [&'static str] = &["code", "name_en", "name_fr"];
    const FIXED: &'static [&'static str] = &["code"];

    fn clean(context: &Context<'_>, field: &Field, value: Scalar) -> Result<Scalar, Stopped> {
        let value = clean::by_widget(context, field, value)?;
        Ok(match field.path.as_ref() {
            "code" => capitals(&value, |code| is_capitals(code, 2), "two letters, for example FR")?,
            "alpha3" => capitals(&value, |code| is_capitals(code, 3), "three letters, for example FRA")?,
            "numeric" => capitals(&value, |code| is_digits(code, 3), "three digits, for example 250")?,
            _ => value,
        })
    }
}

impl Business for Subdivision {
    const TITLE: &'static str = "name_en";
    const REFERENCE: Option<&'static str> = Some("code");
    const COLUMNS: &'static [&'static str] = &["code", "country", "name_en", "name_fr"];
    const FIXED: &'static [&'static str] = &["code", "country"];

    fn clean(context: &Context<'_>, field: &Field, value: Scalar) -> Result<Scalar, Stopped> {
        let value = clean::by_widget(context, field, value)?;
        Ok(match field.path.as_ref() {
            "code" | "parent" => capitals(&value, is_subdivision, "the country, a hyphen and 1 to 3 signs: FR-75C")?,
            _ => value,
        })
    }

    fn settle(_context: &Context<'_>, after: &Self, puts: &mut Vec<Put>) -> Result<(), Stopped> {
        for (path, code) in [("code", &after.code), ("parent", &after.parent)] {
            let put = puts.iter().any(|(put, _)| put == path);
            if put && !code.is_empty() && code.split('-').next() != Some(&after.country) {
                let refusal = Refusal::of(path, Code::IdentifiersDisagree).with("value", code);
                return Err(refusal.with("other", &after.country).into());
            }
        }
        Ok(())
    }
}

impl Business for Currency {
    const TITLE: &'static str = "name_en";
    const REFERENCE: Option<&'static str> = Some("code");
    const COLUMNS: &'static [&'static str] = &["code", "name_en", "name_fr", "digits"];
    const FIXED: &'static [&'static str] = &["code", "digits"];

    fn clean(context: &Context<'_>, field: &Field, value: Scalar) -> Result<Scalar, Stopped> {
        let value = clean::by_widget(context, field, value)?;
        Ok(match field.path.as_ref() {
            "code" => capitals(&value, |code| is_capitals(code, 3), "three letters, for example XOF")?,
            "numeric" => capitals(&value, |code| is_digits(code, 3), "three digits, for example 952")?,
            _ => value,
        })
    }

    fn settle(_context: &Context<'_>, after: &Self, puts: &mut Vec<Put>) -> Result<(), Stopped> {
        let Some(digits) = after.digits.filter(|_| puts.iter().any(|(path, _)| path == "digits")) else {
            return Ok(());
        };
        let bounds = minor_digits(&after.code).map_or((0, MAX_MINOR_DIGITS), |known| (known.into(), known.into()));
        if digits < bounds.0 {
            return Err(Refusal::of("digits", Code::TooLow).with("limit", bounds.0).into());
        }
        if digits > bounds.1 {
            return Err(Refusal::of("digits", Code::TooHigh).with("limit", bounds.1).into());
        }
        Ok(())
    }
}

/// The code in capitals, if it has the form.
fn capitals(value: &Scalar, fits: impl Fn(&str) -> bool, expected: &str) -> Result<Scalar, Refusal> {
    let code = value.as_str().unwrap_or_default().to_uppercase();
    if code.is_empty() || fits(&code) {
        return Ok(code.into());
    }
    Err(Refusal::new(Code::WrongType).with("expected", expected))
}

fn is_capitals(code: &str, length: usize) -> bool {
    code.len() == length && code.bytes().all(|byte| byte.is_ascii_uppercase())
}

fn is_digits(code: &str, length: usize) -> bool {
    code.len() == length && code.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_subdivision(code: &str) -> bool {
    code.split_once('-').is_some_and(|(country, part)| {
        let signs = part.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
        is_capitals(country, 2) && (1..=3).contains(&part.len()) && signs
    })
}
